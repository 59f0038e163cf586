//! The figures of a branch report, each defined once, here.
//!
//! A [`Tally`] is a sum over people: tallies of branches add up to the tally of their parent, exactly. Everything else
//! follows from the tally, so that a parent is never a mean of means.

use crate::rules::make_up::OUT_OF_REACH;
use crate::rules::points::{Points, number};
use crate::rules::presence::Presence;
use std::collections::BTreeMap;

/// One member's part in a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Result {
    /// The presence.
    pub presence: Presence,
    /// Whether an attempt is open right now.
    pub working: bool,
    /// The score that counts, of a member who sat.
    pub score: Option<Points>,
    /// Whether somebody still has to mark what the member wrote.
    pub pending: bool,
}

/// Full marks and lines of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// Full marks.
    pub full: Points,
    /// Pass line in percent.
    pub pass: Points,
    /// Line of excellence in percent.
    pub excellent: Points,
}

impl Scale {
    /// The line of excellence, where anybody can reach it.
    pub fn excellence(self) -> Option<Points> {
        Some(self.excellent).filter(|line| *line < OUT_OF_REACH)
    }
}

/// Counts and the distribution of scores of a set of members.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Members who sat.
    pub sat: u64,
    /// Of these, members whose result waits for somebody to mark what they wrote: no score of theirs counts yet.
    pub pending: u64,
    /// Members who didn't, without a reason.
    pub absent: u64,
    /// Members on leave.
    pub excused: u64,
    /// Members not due.
    pub exempt: u64,
    /// Members disqualified.
    pub disqualified: u64,
    /// Members with an open attempt.
    pub working: u64,
    /// Score → how many have it, over those who sat.
    pub scores: BTreeMap<Points, u64>,
    /// Bank and topic → points won and possible, over the attempts that count.
    pub topics: BTreeMap<(String, String), (Points, Points)>,
}

impl Tally {
    /// Counts one member in.
    pub fn add(&mut self, result: Result) {
        match result.presence {
            Presence::Sat => {
                self.sat += 1;
                if result.pending {
                    self.pending += 1;
                    return;
                }
                *self.scores.entry(result.score.unwrap_or_default()).or_default() += 1;
            }
            Presence::Absent => self.absent += 1,
            Presence::Excused => self.excused += 1,
            Presence::Exempt => self.exempt += 1,
            Presence::Disqualified => self.disqualified += 1,
        }
        self.working += u64::from(result.working && result.presence.is_due());
    }

    /// Counts points of a topic in.
    pub fn add_topic(&mut self, bank: &str, topic: &str, won: Points, possible: Points) {
        let sums = self.topics.entry((bank.to_owned(), topic.to_owned())).or_default();
        *sums = (sums.0 + won, sums.1 + possible);
    }

    /// Counts another set of members in.
    pub fn add_all(&mut self, other: &Self) {
        self.sat += other.sat;
        self.pending += other.pending;
        self.absent += other.absent;
        self.excused += other.excused;
        self.exempt += other.exempt;
        self.disqualified += other.disqualified;
        self.working += other.working;
        for (&score, count) in &other.scores {
            *self.scores.entry(score).or_default() += count;
        }
        for ((bank, topic), &(won, possible)) in &other.topics {
            self.add_topic(bank, topic, won, possible);
        }
    }

    /// Whether nobody was counted in.
    pub const fn is_empty(&self) -> bool {
        self.due() + self.exempt == 0
    }

    /// due = sat + absent + excused + disqualified.
    pub const fn due(&self) -> u64 {
        self.sat + self.absent + self.excused + self.disqualified
    }

    /// Members who sat and whose score is there.
    pub const fn marked(&self) -> u64 {
        self.sat - self.pending
    }

    /// How many of those who sat reach a line (percent of full marks, inclusive).
    pub fn reaching(&self, line: Points, full: Points) -> u64 {
        self.scores.iter().filter(|(score, _)| score.reach(line, full)).map(|(_, count)| count).sum()
    }

    /// All figures of the set.
    pub fn figures(&self, scale: Scale) -> Figures {
        let passed = self.reaching(scale.pass, scale.full);
        let excellent = self.reaching(scale.excellent, scale.full);
        let percent = |score: &Points| score.percent_of(scale.full);
        Figures {
            participation_rate: rate(self.sat, self.due()),
            mean: self.mean(scale.full),
            median: self
                .median()
                .and_then(|twice| Points::from_hundredths(twice).percent_of(scale.full))
                .map(|twice| twice / 2.0),
            highest: self.scores.keys().next_back().and_then(percent),
            lowest: self.scores.keys().next().and_then(percent),
            standard_deviation: self.standard_deviation(scale.full),
            passed,
            pass_rate: rate(passed, self.marked()),
            pass_rate_due: rate(passed, self.due()),
            excellent,
            excellence_rate: rate(excellent, self.marked()),
            excellence_rate_due: rate(excellent, self.due()),
        }
    }

    /// The sum of the scores, in hundredths.
    pub fn sum(&self) -> i64 {
        self.scores.iter().map(|(score, &count)| score.hundredths() * signed(count)).sum()
    }

    fn mean(&self, full: Points) -> Option<f64> {
        let marked = self.marked();
        (marked > 0 && full > Points::ZERO)
            .then(|| number(self.sum()) * 100.0 / (number(full.hundredths()) * number(signed(marked))))
    }

    /// Twice the median score, in hundredths: the sum of the two middle scores, or twice the one.
    fn median(&self) -> Option<i64> {
        let marked = self.marked();
        (marked > 0).then(|| self.nth((marked - 1) / 2).hundredths() + self.nth(marked / 2).hundredths())
    }

    fn nth(&self, index: u64) -> Points {
        let mut left = index;
        for (&score, &count) in &self.scores {
            if left < count {
                return score;
            }
            left -= count;
        }
        Points::ZERO
    }

    /// By n − 1, in percent of full marks; the sums are exact integers, so that the result doesn't depend on order.
    fn standard_deviation(&self, full: Points) -> Option<f64> {
        if self.marked() < 2 || full <= Points::ZERO {
            return None;
        }
        let n = i128::from(self.marked());
        let sum = i128::from(self.sum());
        let squares: i128 =
            self.scores.iter().map(|(score, &count)| i128::from(score.hundredths()).pow(2) * i128::from(count)).sum();
        let variance_times = n * squares - sum * sum;
        #[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "the one rounding of the figure")]
        let variance = variance_times as f64 / (n * (n - 1)) as f64;
        Some(variance.sqrt() * 100.0 / number(full.hundredths()))
    }

    /// How many of those who sat lie in each band.
    pub fn bands(&self, full: Points) -> Vec<BandCount> {
        let mut bands: Vec<BandCount> = BANDS.iter().map(|&(from, to)| BandCount { from, to, count: 0 }).collect();
        for (score, &count) in &self.scores {
            let (from, _) = band(*score, full);
            bands.iter_mut().filter(|band| band.from == from).for_each(|band| band.count += count);
        }
        bands
    }
}

/// The default bands in percent of full marks: closed at the lower end, the last also at the upper.
pub const BANDS: [(i64, i64); 5] = [(0, 60), (60, 70), (70, 80), (80, 90), (90, 100)];

/// The band of a score, in percent of full marks from and to.
pub fn band(score: Points, full: Points) -> (i64, i64) {
    let reached = |(from, _): &&(i64, i64)| score.reach(Points::from_hundredths(from * 100), full);
    *BANDS.iter().rev().find(reached).unwrap_or(&BANDS[0])
}

/// How many lie in a band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct BandCount {
    /// Percent of full marks, inclusive.
    pub from: i64,
    /// Percent of full marks, exclusive but for 100.
    pub to: i64,
    /// How many.
    pub count: u64,
}

/// Figures of a set of members; rates and means in percent, `None` where undefined.
#[derive(Debug, Clone, Copy, Default, PartialEq, serde::Serialize)]
pub struct Figures {
    /// sat / due.
    pub participation_rate: Option<f64>,
    /// Mean score in percent of full marks.
    pub mean: Option<f64>,
    /// Median likewise.
    pub median: Option<f64>,
    /// Highest likewise.
    pub highest: Option<f64>,
    /// Lowest likewise.
    pub lowest: Option<f64>,
    /// Standard deviation by n − 1, likewise.
    pub standard_deviation: Option<f64>,
    /// How many reach the pass line.
    pub passed: u64,
    /// passed / sat.
    pub pass_rate: Option<f64>,
    /// passed / due.
    pub pass_rate_due: Option<f64>,
    /// How many reach the line of excellence.
    pub excellent: u64,
    /// excellent / sat.
    pub excellence_rate: Option<f64>,
    /// excellent / due.
    pub excellence_rate_due: Option<f64>,
}

/// `part / whole` in percent; `None` of nothing.
pub fn rate(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| number(signed(part)) * 100.0 / number(signed(whole)))
}

/// A count as a signed number.
pub fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Points, Presence, Result, Scale, Tally};
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
    use proptest::sample::select;

    const SCALE: Scale = Scale {
        full: Points::from_hundredths(5000),
        pass: Points::from_hundredths(6000),
        excellent: Points::from_hundredths(9000),
    };

    fn tally(scores: &[i64]) -> Tally {
        let mut tally = Tally::default();
        for &score in scores {
            tally.add(Result {
                presence: Presence::Sat,
                working: false,
                score: Some(Points::from_hundredths(score)),
                pending: false,
            });
        }
        tally
    }

    #[test]
    fn figures_of_a_small_group() {
        let figures = tally(&[3000, 4500, 5000, 2999]).figures(SCALE);
        assert_eq!(figures.mean, Some(77.495));
        assert_eq!(figures.median, Some(75.0));
        assert_eq!((figures.passed, figures.excellent), (3, 2));
        let deviation = figures.standard_deviation.unwrap();
        assert!((deviation - 20.621_188_9).abs() < 1e-6, "{deviation}");
        assert_eq!(tally(&[]).figures(SCALE).mean, None);
        assert_eq!(tally(&[4000]).figures(SCALE).standard_deviation, None);
    }

    #[test]
    fn bands_are_closed_at_the_lower_end() {
        let counts: Vec<u64> =
            tally(&[0, 2999, 3000, 3500, 4000, 4500, 5000]).bands(SCALE.full).iter().map(|b| b.count).collect();
        assert_eq!(counts, [2, 1, 1, 1, 2]);
    }

    proptest! {
        #[test]
        fn sums_of_parts_are_the_whole(
            people in proptest::collection::vec((select(&Presence::ALL[..]), 0..=5000_i64, 0..4_usize), 0..40),
        ) {
            let result = |(presence, score, _): &(Presence, i64, usize)| {
                let sat = *presence == Presence::Sat;
                Result { presence: *presence, working: !sat, score: sat.then(|| Points::from_hundredths(*score)), pending: false }
            };
            let mut whole = Tally::default();
            let mut parts = vec![Tally::default(); 4];
            for person in &people {
                whole.add(result(person));
                parts[person.2].add(result(person));
            }
            let mut sum = Tally::default();
            for part in &parts {
                sum.add_all(part);
            }
            prop_assert_eq!(&sum, &whole);
            let figures = whole.figures(SCALE);
            let scores: Vec<f64> = people.iter().filter(|p| p.0 == Presence::Sat).map(|p| f64::from(i32::try_from(p.1).unwrap()) / 50.0).collect();
            prop_assert_eq!(whole.due(), u64::try_from(people.iter().filter(|p| p.0.is_due()).count()).unwrap());
            if let Some(mean) = figures.mean {
                let naive = scores.iter().sum::<f64>() / f64::from(u32::try_from(scores.len()).unwrap());
                prop_assert!((mean - naive).abs() < 1e-9);
                let bands: u64 = whole.bands(SCALE.full).iter().map(|b| b.count).sum();
                prop_assert_eq!(bands, whole.sat);
            }
            for rate in [figures.participation_rate, figures.pass_rate, figures.excellence_rate_due].into_iter().flatten() {
                prop_assert!((0.0..=100.0).contains(&rate));
            }
        }
    }
}
