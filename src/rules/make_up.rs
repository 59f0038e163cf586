//! Make-up tests 补考: who needs one, and what its score counts as.
//!
//! A make-up belongs to a first test. It counts at most its cap, never as excellent, and never takes away what the first
//! test gave.

use crate::rules::assessment::{WHOLE, percent};
use crate::rules::blueprint::Definition;
use crate::rules::figures::Scale;
use crate::rules::points::Points;
use crate::rules::presence::Presence;
use serde::{Deserialize, Serialize};

/// A line that no score reaches: a make-up has no excellent ones.
pub const OUT_OF_REACH: Points = Points::from_hundredths(100 * 100 + 1);

/// What a make-up is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakeUpOf {
    /// The name of the first test.
    pub test: String,
    /// Most that it counts, in percent of full marks; without one, the pass line of the first test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<Points>,
    /// Whether keys of the first test stay closed to members until the make-up is over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub holds_review: bool,
}

/// Why somebody needs a make-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Was absent.
    Absent,
    /// Sat it and didn't reach the pass line.
    Failed,
    /// Was on leave.
    Excused,
}

impl Need {
    /// Every reason.
    pub const ALL: [Self; 3] = [Self::Absent, Self::Failed, Self::Excused];

    /// The name in the API and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Failed => "failed",
            Self::Excused => "excused",
        }
    }

    /// Why somebody with this presence and score needs one. Who was disqualified or isn't due doesn't, and whose score
    /// isn't there yet may still pass.
    pub fn of(presence: Presence, score: Option<Points>, scale: Scale) -> Option<Self> {
        match presence {
            Presence::Absent => Some(Self::Absent),
            Presence::Excused => Some(Self::Excused),
            Presence::Sat => score.filter(|score| !score.reach(scale.pass, scale.full)).map(|_| Self::Failed),
            Presence::Exempt | Presence::Disqualified => None,
        }
    }
}

/// A make-up that somebody sat instead of a test, or after failing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MadeUp {
    /// Points won and possible; `None` waits to be marked.
    pub score: Option<(Points, Points)>,
    /// Most that it counts, in percent.
    pub cap: Points,
    /// Full marks of the first test.
    pub full: Points,
    /// Whether it reached its own pass line.
    pub passed: bool,
}

impl MadeUp {
    /// What it counts in percent, hundredths: its own percent, at most the cap.
    pub fn percent(&self) -> Option<Points> {
        self.score.map(|(won, full)| percent(won, full).min(self.cap))
    }

    /// What it counts in points of the first test, rounded half up.
    pub fn points(&self) -> Option<Points> {
        self.percent().map(|percent| self.full.share(percent.hundredths(), WHOLE.hundredths()))
    }
}

/// The cap of a make-up: its own, or the pass line of the first test.
pub fn cap(make_up: &MakeUpOf, first: &Definition) -> Points {
    make_up.cap.unwrap_or(first.pass)
}

/// Whether a cap fits a first test: a pass can be made up, an excellent result can't.
pub fn is_cap(cap: Points, first: &Definition) -> bool {
    first.pass <= cap && cap <= WHOLE && (cap < first.excellent || cap == first.pass)
}

/// The members' first result and make-up together, counted once each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct After {
    /// Members who sat a make-up.
    pub sat: u64,
    /// Of these, members who reached its pass line.
    pub passed: u64,
    /// Members who hadn't sat the first test and sat a make-up.
    pub newly_sat: u64,
}

impl After {
    /// Counts others in.
    pub const fn add(&mut self, other: &Self) {
        self.sat += other.sat;
        self.passed += other.passed;
        self.newly_sat += other.newly_sat;
    }
}

#[cfg(test)]
mod tests {
    use super::{MadeUp, Need, OUT_OF_REACH, Points, Presence, Scale};
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    const SCALE: Scale = Scale {
        full: Points::from_hundredths(2_000),
        pass: Points::from_hundredths(6_000),
        excellent: Points::from_hundredths(9_000),
    };

    #[test]
    fn who_was_absent_on_leave_or_failed_needs_one() {
        let of = |presence, score: Option<i64>| Need::of(presence, score.map(Points::from_hundredths), SCALE);
        assert_eq!(of(Presence::Sat, Some(1_199)), Some(Need::Failed));
        assert_eq!(of(Presence::Sat, Some(1_200)), None);
        assert_eq!(of(Presence::Sat, None), None, "it may still pass");
        assert_eq!(of(Presence::Absent, None), Some(Need::Absent));
        assert_eq!(of(Presence::Excused, None), Some(Need::Excused));
        assert_eq!(of(Presence::Disqualified, Some(0)), None);
        assert_eq!(of(Presence::Exempt, None), None);
    }

    proptest! {
        #[test]
        fn a_make_up_counts_at_most_its_cap(won in 0..=5_000_i64, cap in 0..=10_000_i64, full in 1..=20_000_i64) {
            let point = Points::from_hundredths;
            let one = MadeUp { score: Some((point(won), point(5_000))), cap: point(cap), full: point(full), passed: true };
            prop_assert!(one.percent() <= Some(point(cap)));
            prop_assert!(one.points() <= Some(point(full)));
            prop_assert!(!point(5_000).reach(OUT_OF_REACH, point(5_000)));
            let open = MadeUp { score: None, ..one };
            prop_assert_eq!(open.points(), None);
        }
    }
}
