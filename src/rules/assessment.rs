//! The annual study assessment: a year's tests composed into one result per member and per branch.
//!
//! Every figure that is shown is a number of hundredths, rounded half up, and the next one is computed from figures as
//! they are shown: anybody can recompute a result with a calculator.

mod branches;
pub mod commendation;
mod definition;
pub mod help;
mod marks;
pub mod ready;

pub use branches::{BranchFigures, BranchTally};
pub use definition::{Band, BranchWeights, Combine, Component, Definition, MarkList, Missing, Selection};
pub use marks::Mark;

use crate::rules::make_up::MadeUp;
use crate::rules::points::{Points, half_up};
use crate::rules::presence::Presence;
use serde::Serialize;

/// 100 %, in hundredths.
pub const WHOLE: Points = Points::from_hundredths(10_000);

/// What one test holds of one member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sitting {
    /// Index of the test among those of the component, in the order of closing.
    pub test: usize,
    /// The presence.
    pub presence: Presence,
    /// Points won and possible, of somebody who sat; `None` waits to be marked.
    pub score: Option<(Points, Points)>,
    /// The make-up that the member sat of it.
    pub made_up: Option<MadeUp>,
}

impl Sitting {
    /// The make-up, where the member may have one: who was disqualified hasn't.
    fn make_up(&self) -> Option<MadeUp> {
        self.made_up.filter(|_| matches!(self.presence, Presence::Sat | Presence::Absent | Presence::Excused))
    }

    /// Whether the member sat the test or a make-up of it.
    pub fn is_sat(&self) -> bool {
        self.presence == Presence::Sat || self.make_up().is_some()
    }

    /// What counts: points won and possible, and whether they are those of the make-up. `None` where the member sat
    /// neither. A make-up never takes away what was won before.
    fn counting(&self) -> Option<Earned> {
        let first = (self.presence == Presence::Sat).then_some(self.score);
        let made_up = self.make_up().map(|made_up| made_up.points().map(|points| (points, made_up.full)));
        let earned = |score: Option<(Points, Points)>, made_up| {
            score.map_or(Earned::Waits, |score| Earned::Score { score, made_up })
        };
        match (first, made_up) {
            (None, None) => None,
            (Some(first), None) => Some(earned(first, false)),
            (None, Some(second)) => Some(earned(second, true)),
            (Some(Some(first)), Some(Some(second))) => {
                let is_better = percent(second.0, second.1) > percent(first.0, first.1);
                Some(earned(Some(if is_better { second } else { first }), is_better))
            }
            (Some(_), Some(_)) => Some(Earned::Waits),
        }
    }
}

/// What a sitting earned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Earned {
    /// It waits to be marked.
    Waits,
    /// Points won and possible.
    Score { score: (Points, Points), made_up: bool },
}

/// What became of a test in a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// It counts.
    Counted,
    /// Others were better, or later.
    NotAmong,
    /// It isn't counted: leave, or an absence that the rules drop.
    Dropped,
    /// It waits to be marked.
    Waiting,
}

/// One test of a component, as it counts for a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Which, and what it holds.
    pub sitting: Sitting,
    /// In percent, hundredths; `None` where it has none.
    pub value: Option<Points>,
    /// What became of it.
    pub use_: Use,
    /// Points won and possible that the value comes from.
    pub score: Option<(Points, Points)>,
    /// Whether these are those of a make-up.
    pub made_up: bool,
}

/// A component of one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its tests.
    pub tests: Vec<Counted>,
    /// In percent, hundredths; `None` where nothing counts.
    pub value: Option<Points>,
    /// How often the member sat.
    pub sat: u32,
    /// How often at least, for this member.
    pub least: u32,
}

/// Why a member has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ungraded {
    /// Nothing of a component counts.
    NothingCounts,
    /// Sat less often than the rules ask.
    TooFew,
    /// Something waits to be marked.
    Waiting,
}

impl Ungraded {
    /// The name in the API and of its message.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NothingCounts => "nothing_counts",
            Self::TooFew => "too_few",
            Self::Waiting => "waiting",
        }
    }
}

/// A member's result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Component by component.
    pub parts: Vec<Part>,
    /// What was added or taken away.
    pub adjusted: Points,
    /// The result, or why there is none.
    pub total: Result<Points, Ungraded>,
    /// The band; `None` without a result, or below every band.
    pub band: Option<usize>,
}

impl Component {
    /// The component of one member, from what its tests hold or from the mark that was entered, in percent.
    fn part(&self, sittings: &[Sitting], mark: Option<Points>) -> Part {
        if self.marks().is_some() {
            let missing = (self.absent == Missing::Zero).then_some(Points::ZERO);
            return Part { tests: Vec::new(), value: mark.or(missing), sat: 0, least: 0 };
        }
        let mut tests: Vec<Counted> =
            sittings.iter().filter(|one| one.presence.is_due()).map(|one| self.counted(*one)).collect();
        let due = u32::try_from(tests.len()).unwrap_or(u32::MAX);
        let sat = tests.iter().filter(|one| one.sitting.is_sat()).count();
        self.choose(&mut tests);
        let counted: Vec<&Counted> = tests.iter().filter(|one| one.use_ == Use::Counted).collect();
        let value = match self.combine {
            _ if counted.is_empty() => None,
            Combine::Sum => Some(sum(&counted)),
            Combine::Mean | Combine::Best | Combine::Last => {
                let total: i64 = counted.iter().filter_map(|one| one.value).map(Points::hundredths).sum();
                Some(Points::from_hundredths(half_up(total, signed(counted.len()))))
            }
        };
        Part { value, sat: u32::try_from(sat).unwrap_or(u32::MAX), least: self.least.min(due), tests }
    }

    fn counted(&self, sitting: Sitting) -> Counted {
        let missing = |rule: Missing| match rule {
            Missing::Zero => (Some(Points::ZERO), Use::Counted),
            Missing::Dropped => (None, Use::Dropped),
        };
        let (value, use_) = match (sitting.counting(), sitting.presence) {
            (Some(Earned::Waits), _) => (None, Use::Waiting),
            (Some(Earned::Score { score: (won, full), made_up }), _) => {
                let value = Some(percent(won, full));
                return Counted { sitting, value, use_: Use::Counted, score: Some((won, full)), made_up };
            }
            (None, Presence::Disqualified) => (Some(Points::ZERO), Use::Counted),
            (None, Presence::Excused) => missing(self.excused),
            (None, Presence::Absent | Presence::Sat) => missing(self.absent),
            (None, Presence::Exempt) => (None, Use::Dropped),
        };
        Counted { sitting, value, use_, score: None, made_up: false }
    }

    /// Of tests that count, takes those out that the way of combining leaves aside.
    fn choose(&self, tests: &mut [Counted]) {
        let mut counting: Vec<usize> =
            (0..tests.len()).filter(|&index| tests.get(index).is_some_and(|one| one.use_ == Use::Counted)).collect();
        let keep = match self.combine {
            Combine::Mean | Combine::Sum => return,
            Combine::Last => 1,
            Combine::Best => {
                let value = |index: &usize| tests.get(*index).and_then(|one| one.value);
                // Of equal ones the earlier counts, so that the same ones do each time.
                counting.sort_by(|one, two| value(one).cmp(&value(two)).then_with(|| two.cmp(one)));
                usize::try_from(self.best.unwrap_or(1)).unwrap_or(usize::MAX)
            }
        };
        let left = counting.len().saturating_sub(keep);
        for index in counting.into_iter().take(left) {
            if let Some(test) = tests.get_mut(index) {
                test.use_ = Use::NotAmong;
            }
        }
    }
}

/// Points won over points possible in all of them; whoever didn't sit one has won nothing of the mean of what was
/// possible in the others, or of 100 where nobody knows.
fn sum(counted: &[&Counted]) -> Points {
    let possible = |one: &&&Counted| one.score.map(|(_, full)| full.hundredths());
    let known: Vec<i64> = counted.iter().filter_map(|one| possible(&one)).collect();
    let usual = half_up(known.iter().sum::<i64>(), signed(known.len()));
    let full: i64 = counted.iter().map(|one| possible(&one).unwrap_or(usual)).sum();
    let won: i64 = counted.iter().filter_map(|one| one.score).map(|(won, _)| won.hundredths()).sum();
    percent(Points::from_hundredths(won), Points::from_hundredths(full))
}

/// In percent, hundredths, rounded half up.
pub fn percent(won: Points, full: Points) -> Points {
    WHOLE.share(won.hundredths(), full.hundredths())
}

fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl Definition {
    /// A member's result from what each component's tests hold, and from the marks in percent that were entered for
    /// components that are made of such.
    pub fn outcome(&self, sittings: &[Vec<Sitting>], marks: &[Option<Points>], adjusted: Points) -> Outcome {
        let none = Vec::new();
        let mark = |index: usize| marks.get(index).copied().flatten();
        let parts: Vec<Part> = self
            .components
            .iter()
            .enumerate()
            .map(|(index, component)| component.part(sittings.get(index).unwrap_or(&none), mark(index)))
            .collect();
        let total = self.total(&parts, adjusted);
        let band = total.ok().and_then(|total| self.bands.iter().position(|band| total >= band.from));
        Outcome { parts, adjusted, total, band }
    }

    fn total(&self, parts: &[Part], adjusted: Points) -> Result<Points, Ungraded> {
        if parts.iter().any(|part| part.tests.iter().any(|one| one.use_ == Use::Waiting)) {
            return Err(Ungraded::Waiting);
        }
        if parts.iter().any(|part| part.sat < part.least) {
            return Err(Ungraded::TooFew);
        }
        let mut weighted = 0;
        for (component, part) in self.components.iter().zip(parts) {
            let value = part.value.ok_or(Ungraded::NothingCounts)?;
            weighted += component.weight.hundredths() * value.hundredths();
        }
        let total = half_up(weighted, WHOLE.hundredths()) + adjusted.hundredths();
        Ok(Points::from_hundredths(total.max(0)))
    }
}

#[cfg(test)]
mod tests;
