//! Who can be commended: members and branches that meet the criteria of the committee, with what speaks for each.
//!
//! The rules name candidates and places; whom the committee commends it decides itself. Equal results are never cut: who
//! shares the last place with more than there is room for is told as tied.

use super::{BranchFigures, BranchTally, Outcome};
use crate::rules::points::Points;
use crate::rules::presence::Presence;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How near to a line counts as near: two points.
pub const NEAR: Points = Points::from_hundredths(200);

/// The criteria of a year.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commendation {
    /// For members.
    pub members: Option<MemberCriteria>,
    /// For branches.
    pub branches: Option<BranchCriteria>,
}

/// What a member has to reach; what isn't set isn't asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberCriteria {
    /// The least result.
    pub total: Option<Points>,
    /// The least of every component.
    pub component: Option<Points>,
    /// The least participation in percent: sat over due, without make-ups.
    pub participation: Option<Points>,
    /// Nobody who was absent from a test.
    pub no_absence: bool,
    /// Nobody who failed a test or was disqualified in one; a make-up doesn't undo it.
    pub no_fail: bool,
    /// Places for each branch; `None`: as many as meet the criteria.
    pub most: Option<u32>,
    /// Places for each branch in percent of its members, rounded down.
    pub most_percent: Option<Points>,
}

/// What a branch has to reach; what isn't set isn't asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchCriteria {
    /// Every branch of this kind, however deep; `None`: the branches right below.
    pub kind: Option<String>,
    /// The least mean of its members' results.
    pub mean: Option<Points>,
    /// The least participation in percent.
    pub participation: Option<Points>,
    /// The least pass rate in percent.
    pub pass: Option<Points>,
    /// The least rate of excellence in percent.
    pub excellence: Option<Points>,
    /// The fewest members with a result.
    pub members: Option<u32>,
    /// Places; `None`: as many as meet the criteria.
    pub most: Option<u32>,
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// A result at all.
    Result,
    /// The result.
    Total,
    /// A component, by its place.
    Component(usize),
    /// Participation.
    Participation,
    /// No absence.
    NoAbsence,
    /// No test failed.
    NoFail,
    /// The mean of a branch.
    Mean,
    /// Its pass rate.
    Pass,
    /// Its rate of excellence.
    Excellence,
    /// How many members have a result.
    Members,
}

impl Criterion {
    /// The name in the API and of its message.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Result => "result",
            Self::Total => "total",
            Self::Component(_) => "component",
            Self::Participation => "participation",
            Self::NoAbsence => "no_absence",
            Self::NoFail => "no_fail",
            Self::Mean => "mean",
            Self::Pass => "pass",
            Self::Excellence => "excellence",
            Self::Members => "members",
        }
    }
}

/// A criterion against a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Which.
    pub criterion: Criterion,
    /// What there is; `None`: nothing.
    pub value: Option<Points>,
    /// What is asked at least.
    pub line: Points,
}

impl Held {
    /// Whether the line is reached, inclusive.
    pub fn is_met(&self) -> bool {
        self.value.is_some_and(|value| value >= self.line)
    }

    /// Whether what there is lies within [`NEAR`] of the line, on either side. All that there can be is near to nothing.
    pub fn is_near(&self) -> bool {
        if self.value == Some(super::WHOLE) || self.criterion == Criterion::Result {
            return false;
        }
        let apart = |value: Points| (value.hundredths() - self.line.hundredths()).abs();
        self.value.is_some_and(|value| apart(value) <= NEAR.hundredths())
    }
}

/// How often a member was due, sat, was absent and failed, in all tests of the components.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Attendance {
    /// Due.
    pub due: u32,
    /// Sat, without make-ups.
    pub sat: u32,
    /// Absent.
    pub absent: u32,
    /// Failed or disqualified, without make-ups.
    pub failed: u32,
}

impl Attendance {
    /// Of an outcome; `pass` is the pass line in percent of a test, by component and place.
    pub fn of(outcome: &Outcome, pass: impl Fn(usize, usize) -> Option<Points>) -> Self {
        let mut attendance = Self::default();
        for (component, one) in
            outcome.parts.iter().enumerate().flat_map(|(index, part)| part.tests.iter().map(move |one| (index, one)))
        {
            let sitting = &one.sitting;
            attendance.due += 1;
            attendance.sat += u32::from(sitting.presence == Presence::Sat);
            attendance.absent += u32::from(sitting.presence == Presence::Absent);
            let is_below = |(won, full): (Points, Points)| {
                pass(component, sitting.test).is_some_and(|line| !won.reach(line, full))
            };
            let failed = sitting.presence == Presence::Disqualified
                || sitting.presence == Presence::Sat && sitting.score.is_some_and(is_below);
            attendance.failed += u32::from(failed);
        }
        attendance
    }

    /// Sat over due in percent; `None` where never due.
    pub fn participation(&self) -> Option<Points> {
        (self.due > 0)
            .then(|| super::percent(Points::from_hundredths(self.sat.into()), Points::from_hundredths(self.due.into())))
    }
}

impl MemberCriteria {
    /// Every criterion with what a member has of it.
    pub fn held(&self, outcome: &Outcome, attendance: &Attendance) -> Vec<Held> {
        let flag = |criterion, count: u32| {
            let value = if count == 0 { super::WHOLE } else { Points::ZERO };
            Held { criterion, value: Some(value), line: super::WHOLE }
        };
        let total = outcome.total.ok();
        let mut held =
            vec![Held { criterion: Criterion::Result, value: total.map(|_| Points::ZERO), line: Points::ZERO }];
        held.extend(self.total.map(|line| Held { criterion: Criterion::Total, value: total, line }));
        if let Some(line) = self.component {
            let part = |(index, part): (usize, &super::Part)| Held {
                criterion: Criterion::Component(index),
                value: part.value,
                line,
            };
            held.extend(outcome.parts.iter().enumerate().map(part));
        }
        // Who was never due has missed nothing.
        let participation = attendance.participation().or(Some(super::WHOLE));
        held.extend(self.participation.map(|line| Held {
            criterion: Criterion::Participation,
            value: participation,
            line,
        }));
        held.extend(self.no_absence.then(|| flag(Criterion::NoAbsence, attendance.absent)));
        held.extend(self.no_fail.then(|| flag(Criterion::NoFail, attendance.failed)));
        held
    }

    /// How many places a branch of so many members has; `None`: no limit.
    pub fn places(&self, members: usize) -> Option<usize> {
        let members = i64::try_from(members).unwrap_or(i64::MAX);
        let share = self.most_percent.map(|percent| members.saturating_mul(percent.hundredths()) / 10_000);
        let share = share.map(|share| usize::try_from(share).unwrap_or(usize::MAX));
        let most = self.most.map(|most| usize::try_from(most).unwrap_or(usize::MAX));
        match (most, share) {
            (Some(most), Some(share)) => Some(most.min(share)),
            (most, share) => most.or(share),
        }
    }
}

impl BranchCriteria {
    /// Every criterion with what a branch has of it.
    pub fn held(&self, tally: &BranchTally, figures: &BranchFigures) -> Vec<Held> {
        let graded = Points::from_hundredths(i64::try_from(tally.graded).unwrap_or(i64::MAX).saturating_mul(100));
        let least = self.members.map(|members| Points::from_hundredths(i64::from(members) * 100));
        let lines = [
            (Criterion::Mean, self.mean, figures.mean),
            (Criterion::Participation, self.participation, figures.participation),
            (Criterion::Pass, self.pass, figures.pass),
            (Criterion::Excellence, self.excellence, figures.excellence),
            (Criterion::Members, least, Some(graded)),
        ];
        let result =
            Held { criterion: Criterion::Result, value: figures.score.map(|_| Points::ZERO), line: Points::ZERO };
        let asked =
            lines.into_iter().filter_map(|(criterion, line, value)| Some(Held { criterion, value, line: line? }));
        std::iter::once(result).chain(asked).collect()
    }
}

/// Where a candidate stands among the places that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// There is a place.
    Within,
    /// Shares the last places with more than there is room for: the committee decides.
    Tied,
    /// Meets the criteria, but others were better.
    Beyond,
}

impl Place {
    /// The name in the API and of its message.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Within => "within",
            Self::Tied => "tied",
            Self::Beyond => "beyond",
        }
    }
}

/// Gives candidates the places that there are, by their results; `None`: everybody has one.
pub fn places(results: &[Points], places: Option<usize>) -> Vec<Place> {
    let Some(places) = places else { return vec![Place::Within; results.len()] };
    let mut counts: BTreeMap<Points, usize> = BTreeMap::new();
    for result in results {
        *counts.entry(*result).or_default() += 1;
    }
    let of = |result: &Points| {
        let better: usize = counts.range(*result..).map(|(_, count)| count).sum::<usize>()
            - counts.get(result).copied().unwrap_or_default();
        let equal = counts.get(result).copied().unwrap_or_default();
        match places.saturating_sub(better) {
            0 => Place::Beyond,
            left if left >= equal => Place::Within,
            _ => Place::Tied,
        }
    };
    results.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::{Attendance, Criterion, Held, MemberCriteria, Place, places};
    use crate::rules::assessment::{Definition, Sitting, ready};
    use crate::rules::points::Points;
    use crate::rules::presence::Presence;
    use proptest::collection::vec;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    fn line(points: i64) -> Points {
        Points::from_hundredths(points * 100)
    }

    fn sat(test: usize, won: i64) -> Sitting {
        Sitting { test, presence: Presence::Sat, score: Some((line(won), line(100))), made_up: None }
    }

    fn monthly() -> Definition {
        let mut rules = ready::rules("monthly-nine-of-twelve", 2026).unwrap();
        rules.components[0].least = 0;
        rules
    }

    #[test]
    fn criteria_are_met_or_missed_each_for_itself() {
        let absent = Sitting { presence: Presence::Absent, score: None, ..sat(2, 0) };
        let outcome = monthly().outcome(&[vec![sat(0, 95), sat(1, 55), absent]], &[], Points::ZERO);
        let attendance = Attendance::of(&outcome, |_, _| Some(line(60)));
        assert_eq!(attendance, Attendance { due: 3, sat: 2, absent: 1, failed: 1 });
        assert_eq!(attendance.participation(), Some(Points::from_hundredths(6667)));
        let criteria = MemberCriteria {
            total: Some(line(50)),
            component: Some(line(51)),
            participation: Some(line(60)),
            no_absence: true,
            no_fail: true,
            ..MemberCriteria::default()
        };
        let missed: Vec<Criterion> =
            criteria.held(&outcome, &attendance).iter().filter(|one| !one.is_met()).map(|one| one.criterion).collect();
        assert_eq!(missed, [Criterion::Component(0), Criterion::NoAbsence, Criterion::NoFail]);
        let none = MemberCriteria::default();
        let nobody = monthly().outcome(&[vec![]], &[], Points::ZERO);
        assert!(!none.held(&nobody, &Attendance::default())[0].is_met(), "without a result nobody is a candidate");
        assert!(none.held(&outcome, &attendance).iter().all(Held::is_met));
    }

    #[test]
    fn who_is_near_a_line_is_told_on_either_side() {
        let held = |value: i64| Held { criterion: Criterion::Total, value: Some(line(value)), line: line(90) };
        assert!(held(88).is_near() && held(92).is_near() && !held(93).is_near() && !held(87).is_near());
    }

    #[test]
    fn places_are_the_lesser_of_number_and_percent() {
        let criteria = |most, percent: Option<i64>| MemberCriteria {
            most,
            most_percent: percent.map(line),
            ..MemberCriteria::default()
        };
        assert_eq!(criteria(Some(3), Some(10)).places(25), Some(2));
        assert_eq!(criteria(Some(3), None).places(25), Some(3));
        assert_eq!(criteria(None, Some(10)).places(9), Some(0));
        assert_eq!(criteria(None, None).places(9), None);
    }

    #[test]
    fn equals_at_the_last_place_are_tied() {
        let results = [95, 90, 90, 80].map(line);
        assert_eq!(places(&results, Some(2)), [Place::Within, Place::Tied, Place::Tied, Place::Beyond]);
        assert_eq!(places(&results, Some(3)), [Place::Within, Place::Within, Place::Within, Place::Beyond]);
        assert_eq!(places(&results, Some(0)), [Place::Beyond; 4]);
        assert_eq!(places(&results, None), [Place::Within; 4]);
    }

    proptest! {
        #[test]
        fn equals_stand_alike_and_no_place_is_given_twice(results in vec(0..6_i64, 0..20), room in 0..12_usize) {
            let results: Vec<Points> = results.into_iter().map(line).collect();
            let given = places(&results, Some(room));
            let count = |place: Place| given.iter().filter(|one| **one == place).count();
            prop_assert!(count(Place::Within) <= room);
            let might = count(Place::Within) + count(Place::Tied);
            prop_assert!(might >= room.min(results.len()), "no place stays empty while somebody waits");
            for (one, place) in results.iter().zip(&given) {
                for (two, other) in results.iter().zip(&given) {
                    if one == two {
                        prop_assert_eq!(place, other);
                    }
                    if one > two && *place == Place::Beyond {
                        prop_assert_eq!(*other, Place::Beyond);
                    }
                }
            }
        }
    }
}
