//! Who needs help: for the committee that is responsible, and for nobody else.

use super::{Definition, Outcome, Ungraded, Use, commendation::Attendance};
use crate::rules::points::{Points, half_up};
use serde::{Deserialize, Serialize};

/// When the committee wants to look after somebody; whoever fails is always among them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpCriteria {
    /// A result below this line.
    pub below: Option<Points>,
    /// So many points less than last year, or in the last test than in those before it.
    pub fall: Option<Points>,
    /// So many absences in tests of the year.
    pub absences: Option<u32>,
}

/// Why somebody needs help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// The result is below the pass line.
    Failed,
    /// No result, and not because something waits to be marked.
    NoResult,
    /// The result is below the line that the committee set.
    Below,
    /// The result is so many hundredths less than last year's.
    FellSinceLastYear(i64),
    /// The last test is so many hundredths less than the mean of those before it.
    FellWithin(i64),
    /// So many absences.
    Absent(u32),
}

impl Need {
    /// The name in the API and of its message.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::NoResult => "no_result",
            Self::Below => "below",
            Self::FellSinceLastYear(_) => "fell_since_last_year",
            Self::FellWithin(_) => "fell_within",
            Self::Absent(_) => "absent",
        }
    }

    /// What goes with it: points or a count.
    pub fn amount(self) -> Option<String> {
        match self {
            Self::Failed | Self::NoResult | Self::Below => None,
            Self::FellSinceLastYear(by) | Self::FellWithin(by) => Some(Points::from_hundredths(by).to_string()),
            Self::Absent(times) => Some(times.to_string()),
        }
    }
}

/// What somebody needs help for; nothing where they don't. `closed_at` is when a test of a component closed, by
/// component and place.
pub fn needs(
    definition: &Definition,
    (outcome, attendance): (&Outcome, &Attendance),
    last_year: Option<Points>,
    closed_at: impl Fn(usize, usize) -> i64,
) -> Vec<Need> {
    let none = HelpCriteria::default();
    let criteria = definition.help.as_ref().unwrap_or(&none);
    let mut needs = Vec::new();
    match outcome.total {
        Ok(total) if total < definition.pass => needs.push(Need::Failed),
        Ok(total) if criteria.below.is_some_and(|line| total < line) => needs.push(Need::Below),
        Ok(_) | Err(Ungraded::Waiting) => {}
        Err(Ungraded::NothingCounts | Ungraded::TooFew) => needs.push(Need::NoResult),
    }
    if let Some(fall) = criteria.fall {
        let since = last_year.zip(outcome.total.ok()).map(|(was, is)| was.hundredths() - is.hundredths());
        needs.extend(since.filter(|by| *by >= fall.hundredths()).map(Need::FellSinceLastYear));
        needs.extend(fell_within(outcome, closed_at).filter(|by| *by >= fall.hundredths()).map(Need::FellWithin));
    }
    let often = criteria.absences.is_some_and(|often| often > 0 && attendance.absent >= often);
    needs.extend(often.then_some(Need::Absent(attendance.absent)));
    needs
}

/// By how many hundredths the last test that was sat lies below the mean of those before it.
fn fell_within(outcome: &Outcome, closed_at: impl Fn(usize, usize) -> i64) -> Option<i64> {
    let mut sat: Vec<(i64, Points)> = outcome
        .parts
        .iter()
        .enumerate()
        .flat_map(|(component, part)| part.tests.iter().map(move |one| (component, one)))
        .filter(|(_, one)| one.sitting.is_sat() && one.use_ != Use::Waiting)
        .filter_map(|(component, one)| Some((closed_at(component, one.sitting.test), one.value?)))
        .collect();
    sat.sort_unstable_by_key(|(at, value)| (*at, *value));
    // A test may count in several components.
    sat.dedup();
    let ((_, last), before) = sat.split_last()?;
    let count = i64::try_from(before.len()).ok().filter(|count| *count > 0)?;
    let mean = half_up(before.iter().map(|(_, value)| value.hundredths()).sum(), count);
    Some(mean - last.hundredths())
}

#[cfg(test)]
mod tests {
    use super::{HelpCriteria, Need, needs};
    use crate::rules::assessment::commendation::Attendance;
    use crate::rules::assessment::{Definition, Sitting, ready};
    use crate::rules::points::Points;
    use crate::rules::presence::Presence;

    fn line(points: i64) -> Points {
        Points::from_hundredths(points * 100)
    }

    fn sat(test: usize, won: i64) -> Sitting {
        Sitting { test, presence: Presence::Sat, score: Some((line(won), line(100))), made_up: None }
    }

    fn absent(test: usize) -> Sitting {
        Sitting { presence: Presence::Absent, score: None, ..sat(test, 0) }
    }

    fn of(rules: &Definition, sittings: Vec<Sitting>, last_year: Option<i64>) -> Vec<Need> {
        let outcome = rules.outcome(&[sittings], &[], Points::ZERO);
        let attendance = Attendance::of(&outcome, |_, _| Some(line(60)));
        needs(rules, (&outcome, &attendance), last_year.map(line), |_, test| i64::try_from(test).unwrap())
    }

    #[test]
    fn each_need_is_told_for_itself() {
        let mut rules = ready::rules("monthly-nine-of-twelve", 2026).unwrap();
        rules.components[0].least = 0;
        assert_eq!(
            of(&rules, vec![sat(0, 80), sat(1, 20)], Some(90)),
            [Need::Failed],
            "without criteria only who fails"
        );
        rules.help = Some(HelpCriteria { below: Some(line(75)), fall: Some(line(10)), absences: Some(2) });
        assert_eq!(of(&rules, vec![sat(0, 80), sat(1, 80)], Some(85)), []);
        assert_eq!(of(&rules, vec![sat(0, 70), sat(1, 74)], None), [Need::Below]);
        let fell = of(&rules, vec![sat(0, 90), sat(1, 95), sat(2, 80)], Some(99));
        assert_eq!(fell, [Need::FellSinceLastYear(1067), Need::FellWithin(1250)]);
        let often = of(&rules, vec![sat(0, 100), absent(1), absent(2), sat(3, 100), sat(4, 100), sat(5, 100)], None);
        assert_eq!(often, [Need::Below, Need::Absent(2)], "400 of 600");
        assert_eq!(of(&rules, vec![], None), [Need::NoResult]);
    }
}
