//! What the results of members come to for a branch.

use super::{Definition, Outcome, WHOLE};
use crate::rules::figures::rate;
use crate::rules::points::{Points, half_up};
use crate::rules::presence::Presence;

/// What results of members come to, for a branch with all below it. Sums, so that a parent is the sum of its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BranchTally {
    /// Members.
    pub members: u64,
    /// Members with a result.
    pub graded: u64,
    /// Their results, added.
    pub sum: i64,
    /// How many pass.
    pub passed: u64,
    /// How many are excellent.
    pub excellent: u64,
    /// How often anyone was due in a test of a component.
    pub due: u64,
    /// How often anyone sat one.
    pub sat: u64,
    /// Members by band; the last counts those below every band.
    pub bands: Vec<u64>,
}

impl BranchTally {
    /// Counts a member in.
    pub fn add(&mut self, definition: &Definition, outcome: &Outcome) {
        self.members += 1;
        self.bands.resize(definition.bands.len() + 1, 0);
        for one in outcome.parts.iter().flat_map(|part| &part.tests) {
            self.due += 1;
            self.sat += u64::from(one.sitting.presence == Presence::Sat);
        }
        let Ok(total) = outcome.total else { return };
        self.graded += 1;
        self.sum += total.hundredths();
        self.passed += u64::from(total >= definition.pass);
        self.excellent += u64::from(total >= definition.excellent);
        if let Some(count) = self.bands.get_mut(outcome.band.unwrap_or(definition.bands.len())) {
            *count += 1;
        }
    }

    /// Counts another set of members in.
    pub fn add_all(&mut self, other: &Self) {
        self.members += other.members;
        self.graded += other.graded;
        self.sum += other.sum;
        self.passed += other.passed;
        self.excellent += other.excellent;
        self.due += other.due;
        self.sat += other.sat;
        self.bands.resize(self.bands.len().max(other.bands.len()), 0);
        for (mine, theirs) in self.bands.iter_mut().zip(&other.bands) {
            *mine += theirs;
        }
    }

    /// The figures of the set.
    pub fn figures(&self, definition: &Definition) -> BranchFigures {
        let whole = |part: u64, of: u64| {
            let signed = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
            (of > 0).then(|| WHOLE.share(signed(part), signed(of)))
        };
        let mean = (self.graded > 0)
            .then(|| Points::from_hundredths(half_up(self.sum, i64::try_from(self.graded).unwrap_or(i64::MAX))));
        let (participation, pass, excellence) =
            (whole(self.sat, self.due), whole(self.passed, self.graded), whole(self.excellent, self.graded));
        let weights = &definition.branch;
        let parts = [
            (weights.mean, mean),
            (weights.participation, participation),
            (weights.pass, pass),
            (weights.excellence, excellence),
        ];
        let mut weighted = Some(0);
        for (weight, value) in parts.into_iter().filter(|(weight, _)| *weight > Points::ZERO) {
            weighted = weighted.zip(value).map(|(sum, value)| sum + weight.hundredths() * value.hundredths());
        }
        let score = weighted.map(|sum| Points::from_hundredths(half_up(sum, WHOLE.hundredths())));
        BranchFigures { mean, participation, pass, excellence, score, graded_rate: rate(self.graded, self.members) }
    }
}

/// Figures of a branch, in percent or points, hundredths; `None` where undefined.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BranchFigures {
    /// Mean of its members' results.
    pub mean: Option<Points>,
    /// Sat over due.
    pub participation: Option<Points>,
    /// Passed over those with a result.
    pub pass: Option<Points>,
    /// Excellent over those with a result.
    pub excellence: Option<Points>,
    /// The branch's result.
    pub score: Option<Points>,
    /// Members with a result of all.
    pub graded_rate: Option<f64>,
}
