//! Branches over several tests: which figure is looked at, how it changed from one test to the next, and where a topic
//! is weak.

use crate::rules::advice::LEAST_JUDGED;
use crate::rules::figures::{Figures, Tally, rate, signed};
use crate::rules::points::{Points, number};
use std::collections::BTreeMap;

/// The figure that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Measure {
    /// The mean in percent of full marks.
    #[default]
    Mean,
    /// sat / due.
    Participation,
    /// passed / sat.
    Pass,
    /// excellent / sat.
    Excellence,
}

impl Measure {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Mean, Self::Participation, Self::Pass, Self::Excellence];

    /// Its name in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Participation => "participation",
            Self::Pass => "pass",
            Self::Excellence => "excellence",
        }
    }

    /// The measure of a name; the mean where there is none such.
    pub fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|measure| measure.name() == name).unwrap_or_default()
    }

    /// Its value in percent.
    pub const fn of(self, figures: &Figures) -> Option<f64> {
        match self {
            Self::Mean => figures.mean,
            Self::Participation => figures.participation_rate,
            Self::Pass => figures.pass_rate,
            Self::Excellence => figures.excellence_rate,
        }
    }
}

/// A branch in a test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// Members due.
    pub due: u64,
    /// Members who sat.
    pub sat: u64,
    /// Of these, members whose score is there.
    pub marked: u64,
    /// Figures.
    pub figures: Figures,
}

/// A branch over several tests: sums of heads, so that who sat twice counts twice; means weighted by those who were marked.
/// `None` where nobody was due in any. Median, extremes and deviation of several tests are none.
pub fn over<'c>(cells: impl IntoIterator<Item = &'c Cell>) -> Option<Cell> {
    let mut sum = Sum::default();
    cells.into_iter().for_each(|cell| sum.add(cell));
    sum.cell()
}

/// What is left of a whole without some of its parts; `None` where nobody is.
pub fn less<'c>(whole: &Cell, parts: impl IntoIterator<Item = &'c Cell>) -> Option<Cell> {
    let (mut left, mut gone) = (Sum::default(), Sum::default());
    left.add(whole);
    parts.into_iter().for_each(|cell| gone.add(cell));
    left.take(&gone);
    left.cell()
}

/// Heads and points of cells.
#[derive(Default)]
struct Sum {
    due: u64,
    sat: u64,
    marked: u64,
    passed: u64,
    excellent: u64,
    /// Means times those who were marked.
    points: f64,
}

impl Sum {
    fn add(&mut self, cell: &Cell) {
        self.due += cell.due;
        self.sat += cell.sat;
        self.marked += cell.marked;
        self.passed += cell.figures.passed;
        self.excellent += cell.figures.excellent;
        self.points += cell.figures.mean.unwrap_or_default() * number(signed(cell.marked));
    }

    fn take(&mut self, other: &Self) {
        let heads = [
            (&mut self.due, other.due),
            (&mut self.sat, other.sat),
            (&mut self.marked, other.marked),
            (&mut self.passed, other.passed),
            (&mut self.excellent, other.excellent),
        ];
        for (own, gone) in heads {
            *own = own.saturating_sub(gone);
        }
        self.points -= other.points;
    }

    fn cell(self) -> Option<Cell> {
        let Self { due, sat, marked, passed, excellent, points } = self;
        let mean = (marked > 0).then(|| points / number(signed(marked)));
        let figures = Figures {
            participation_rate: rate(sat, due),
            mean,
            passed,
            pass_rate: rate(passed, marked),
            pass_rate_due: rate(passed, due),
            excellent,
            excellence_rate: rate(excellent, marked),
            excellence_rate_due: rate(excellent, due),
            ..Figures::default()
        };
        (due > 0).then_some(Cell { due, sat, marked, figures })
    }
}

/// A change from one test to a later one, in percentage points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// The column of the earlier test.
    pub from: usize,
    /// The column of the later one.
    pub to: usize,
    /// Later minus earlier.
    pub points: f64,
}

/// The change between the last two tests of a branch in which enough members counted that it says something.
pub fn last_change(cells: &[Option<Cell>], measure: Measure) -> Option<Change> {
    let enough = |cell: &Cell| if measure == Measure::Participation { cell.due } else { cell.marked } >= LEAST_JUDGED;
    let told = |(column, cell): (usize, &Option<Cell>)| {
        let cell = cell.as_ref().filter(|cell| enough(cell))?;
        Some((column, measure.of(&cell.figures)?))
    };
    let mut backwards = cells.iter().enumerate().rev().filter_map(told);
    let ((to, later), (from, earlier)) = (backwards.next()?, backwards.next()?);
    Some(Change { from, to, points: later - earlier })
}

/// Points of topics, by bank and topic: won and possible.
pub type Topics = BTreeMap<(String, String), (Points, Points)>;

/// Adds the topics of a tally.
pub fn add_topics(sums: &mut Topics, tally: &Tally) {
    for (topic, &(won, possible)) in &tally.topics {
        let sum = sums.entry(topic.clone()).or_default();
        *sum = (sum.0 + won, sum.1 + possible);
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, Measure, last_change, less, over};
    use crate::rules::figures::{Result, Scale, Tally};
    use crate::rules::points::Points;
    use crate::rules::presence::Presence;

    fn cell(sat: u64, score: i64) -> Cell {
        let mut tally = Tally::default();
        for _ in 0..sat {
            let score = Some(Points::from_hundredths(score));
            tally.add(Result { presence: Presence::Sat, working: false, score, pending: false });
        }
        let line = Points::from_hundredths;
        let scale = Scale { full: line(10_000), pass: line(6_000), excellent: line(9_000) };
        Cell { due: tally.due(), sat: tally.sat, marked: tally.marked(), figures: tally.figures(scale) }
    }

    #[test]
    fn a_change_is_told_between_tests_that_enough_members_sat() {
        let cells = [Some(cell(9, 7_000)), Some(cell(4, 100)), None, Some(cell(5, 8_250)), Some(cell(0, 0))];
        let change = last_change(&cells, Measure::Mean).unwrap();
        assert_eq!((change.from, change.to), (0, 3));
        assert!((change.points - 12.5).abs() < 1e-9);
        assert_eq!(last_change(&cells[1..], Measure::Mean), None);
        let pass = last_change(&cells, Measure::Pass).unwrap();
        assert!(pass.points.abs() < 1e-9);
    }

    #[test]
    fn cells_are_summed_by_heads_and_taken_apart_again() {
        let [one, two] = [cell(9, 7_000), cell(3, 9_500)];
        let both = over([&one, &two]).unwrap();
        assert_eq!((both.due, both.sat, both.figures.passed, both.figures.excellent), (12, 12, 12, 3));
        assert!((both.figures.mean.unwrap() - 76.25).abs() < 1e-9);
        let left = less(&both, [&two]).unwrap();
        assert_eq!((left.due, left.marked, left.figures.passed), (one.due, one.marked, one.figures.passed));
        assert!((left.figures.mean.unwrap() - 70.0).abs() < 1e-9);
        assert_eq!((less(&both, [&one, &two]), over([])), (None, None), "of nobody there is nothing");
    }

    #[test]
    fn every_measure_has_its_own_name() {
        for measure in Measure::ALL {
            assert_eq!(Measure::from_name(measure.name()), measure);
        }
    }
}
