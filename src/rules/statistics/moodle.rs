//! Item analysis exactly as Moodle's quiz statistics report has it, so that its figures can be set beside Moodle's own.
//!
//! After `question/classes/statistics/questions/calculator.php` and `mod/quiz/report/statistics/classes/calculator.php`
//! of Moodle 3 and 4. A row is a position of the paper; where positions are filled by a draw, a row for each question
//! drawn stands below it. Moodle sets a position against the rest of the paper, and a drawn question against the total
//! that includes it: the two discriminations can't be compared, and both are kept as they are.

use crate::rules::statistics::moments::{Moments, Paired};
use crate::rules::statistics::size;

/// What a mark is set against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against {
    /// The rest of the paper: a position, or a variant of a calculated question.
    Rest,
    /// The whole paper: a question drawn into a position.
    Total,
}

/// The statistics of a position or of a question drawn into one. Shares and indices in percent.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Row {
    /// How many attempts.
    pub attempts: usize,
    /// Mean mark in percent of full marks.
    pub facility: Option<f64>,
    /// Standard deviation of the mark in percent of full marks.
    pub standard_deviation: Option<f64>,
    /// Covariance of mark and other marks.
    pub covariance: Option<f64>,
    /// Variance of the mark.
    pub mark_variance: Option<f64>,
    /// Variance of the other marks.
    pub other_mark_variance: Option<f64>,
    /// Correlation of mark and other marks, in percent.
    pub discrimination_index: Option<f64>,
    /// The covariance there would be if both were in the same order.
    pub covariance_maximum: Option<f64>,
    /// Covariance in percent of that.
    pub discriminative_efficiency: Option<f64>,
    /// Covariance of mark and total, from which effective weights follow.
    #[serde(skip)]
    pub covariance_with_total: Option<f64>,
}

impl Row {
    /// Of the marks and totals of those who got it.
    pub fn of(marks: &[(f64, f64)], maximum: f64, against: Against) -> Self {
        let other = |&(mark, total): &(f64, f64)| if against == Against::Rest { total - mark } else { total };
        let pairs = marks.iter().map(|pair| (pair.0, other(pair)));
        let own: Vec<f64> = marks.iter().map(|pair| pair.0).collect();
        let moments = Moments::of(&own);
        let scored = maximum > 0.0;
        let paired = Paired::of(pairs.clone());
        let greatest = Paired::of(in_the_same_order(pairs).into_iter()).map(|paired| paired.covariance);
        let efficiency = paired.zip(greatest.filter(|most| *most != 0.0));
        Self {
            attempts: marks.len(),
            facility: moments.mean().filter(|_| scored).map(|mean| 100.0 * mean / maximum),
            standard_deviation: moments.standard_deviation().filter(|_| scored).map(|sd| 100.0 * sd / maximum),
            covariance: paired.map(|paired| paired.covariance),
            mark_variance: paired.map(|paired| paired.first),
            other_mark_variance: paired.map(|paired| paired.second),
            discrimination_index: paired.and_then(|paired| paired.correlation()).map(|r| 100.0 * r),
            covariance_maximum: greatest,
            discriminative_efficiency: efficiency.map(|(paired, most)| 100.0 * paired.covariance / most),
            covariance_with_total: Paired::of(marks.iter().copied()).map(|paired| paired.covariance),
        }
    }
}

/// The least first figure with the least second one, and so on.
fn in_the_same_order(pairs: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let (mut one, mut two): (Vec<f64>, Vec<f64>) = pairs.unzip();
    one.sort_by(f64::total_cmp);
    two.sort_by(f64::total_cmp);
    one.into_iter().zip(two).collect()
}

/// The effective weight of each position in percent; `None` where its covariance with the total is negative.
pub fn effective_weights(rows: &[Row]) -> Vec<Option<f64>> {
    let root = |row: &Row| row.covariance_with_total.filter(|covariance| *covariance >= 0.0).map(f64::sqrt);
    let sum: f64 = rows.iter().filter_map(root).sum();
    rows.iter().map(|row| root(row).filter(|_| sum > 0.0).map(|root| 100.0 * root / sum)).collect()
}

/// The statistics of a whole quiz, from its totals and positions; points, and shares in percent.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Quiz {
    /// How many attempts.
    pub attempts: usize,
    /// Mean total.
    pub mean: Option<f64>,
    /// Total in the middle.
    pub median: Option<f64>,
    /// Standard deviation of the totals.
    pub standard_deviation: Option<f64>,
    /// Skewness of the totals.
    pub skewness: Option<f64>,
    /// Kurtosis of the totals.
    pub kurtosis: Option<f64>,
    /// Cronbach's alpha over positions.
    pub coefficient_of_internal_consistency: Option<f64>,
    /// Share of the deviation that is chance.
    pub error_ratio: Option<f64>,
    /// Standard error of a total.
    pub standard_error: Option<f64>,
}

impl Quiz {
    /// Of totals and the rows of every position.
    pub fn of(totals: &[f64], positions: &[Row]) -> Self {
        let moments = Moments::of(totals);
        let deviation = moments.standard_deviation();
        let several = totals.len() > 2 && positions.len() > 1;
        let variance = moments.variance().filter(|variance| several && *variance > 0.0);
        let within: f64 = positions.iter().filter_map(|row| row.mark_variance).sum();
        let count = size(positions.len());
        let consistency = variance.map(|variance| 100.0 * count / (count - 1.0) * (1.0 - within / variance));
        let ratio = consistency.map(|consistency| 100.0 * (1.0 - consistency / 100.0).sqrt());
        Self {
            attempts: totals.len(),
            mean: moments.mean(),
            median: super::moments::median(totals),
            standard_deviation: deviation,
            skewness: moments.skewness(),
            kurtosis: moments.kurtosis(),
            coefficient_of_internal_consistency: consistency,
            error_ratio: ratio,
            standard_error: ratio.zip(deviation).map(|(ratio, deviation)| ratio * deviation / 100.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Against, Quiz, Row, effective_weights};
    use std::collections::BTreeMap;

    const MARKS: &str = include_str!("../../../tests/fixtures/statistics/moodle_marks.csv");
    const EXPECTED: &str = include_str!("../../../tests/fixtures/statistics/moodle_expected.csv");

    struct Given {
        attempt: String,
        slot: usize,
        question: String,
        variant: String,
        mark: f64,
        maximum: f64,
    }

    fn marks() -> Vec<Given> {
        let mark = |line: &str| {
            let cells: Vec<&str> = line.split(',').collect();
            Given {
                attempt: cells[0].to_owned(),
                slot: cells[1].parse().unwrap(),
                question: cells[2].to_owned(),
                variant: cells[3].to_owned(),
                mark: cells[4].parse().unwrap(),
                maximum: cells[5].parse().unwrap(),
            }
        };
        MARKS.lines().skip(1).map(mark).collect()
    }

    /// What stands in the row of a slot, of a question drawn into it, or of a variant of its question.
    fn row(marks: &[Given], totals: &BTreeMap<&str, f64>, slot: usize, question: &str, variant: &str) -> Row {
        let is_meant = |mark: &&Given| {
            mark.slot == slot
                && [question, ""].contains(&&*mark.question) | question.is_empty()
                && (variant.is_empty() || mark.variant == variant)
        };
        let meant: Vec<&Given> = marks.iter().filter(is_meant).collect();
        let pairs: Vec<(f64, f64)> = meant.iter().map(|mark| (mark.mark, totals[&*mark.attempt])).collect();
        let against = if question.is_empty() { Against::Rest } else { Against::Total };
        Row::of(&pairs, meant[0].maximum, against)
    }

    fn near(found: Option<f64>, expected: &str, tolerance: f64, what: &str) {
        match expected {
            "" => {}
            "**NULL**" => assert_eq!(found, None, "{what}"),
            number => {
                let (found, expected) = (found.unwrap(), number.parse::<f64>().unwrap());
                assert!((found - expected).abs() <= tolerance * expected.abs(), "{what}: {found}, not {expected}");
            }
        }
    }

    #[test]
    fn the_figures_are_those_of_moodle() {
        let marks = marks();
        let mut totals: BTreeMap<&str, f64> = BTreeMap::new();
        for mark in &marks {
            *totals.entry(&mark.attempt).or_default() += mark.mark;
        }
        let slots: Vec<Row> = (1..=7).map(|slot| row(&marks, &totals, slot, "", "")).collect();
        let weights = effective_weights(&slots);
        for line in EXPECTED.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let slot: usize = cells[0].parse().unwrap();
            let (question, variant) = (cells[1], cells[2]);
            let found = row(&marks, &totals, slot, question, variant);
            let weight = weights[slot - 1].filter(|_| question.is_empty() && variant.is_empty());
            assert_eq!(found.attempts.to_string(), cells[3], "{line}");
            let percent = |figure: Option<f64>| figure.map(|figure| figure / 100.0);
            near(percent(found.facility), cells[4], 1e-6, "facility");
            near(percent(found.standard_deviation), cells[5], 1e-6, "standard deviation");
            near(weight, cells[6], 1e-5, "effective weight");
            near(found.covariance, cells[7], 1e-5, "covariance");
            near(found.mark_variance, cells[8], 1e-6, "variance of the mark");
            near(found.other_mark_variance, cells[9], 1e-6, "variance of the other marks");
            near(found.discrimination_index, cells[10], 1e-5, "discrimination");
            near(found.covariance_maximum, cells[11], 1e-5, "greatest covariance");
            near(found.discriminative_efficiency, cells[12], 1e-5, "efficiency");
        }
        let totals: Vec<f64> = totals.into_values().collect();
        let quiz = Quiz::of(&totals, &slots);
        let expected = [
            (quiz.median, "4.5"),
            (quiz.mean, "4.617333332"),
            (quiz.standard_deviation, "0.8117265554"),
            (quiz.skewness, "-0.092502502"),
            (quiz.kurtosis, "-0.7073968557"),
            (quiz.coefficient_of_internal_consistency, "-87.2230935542"),
            (quiz.error_ratio, "136.8294900795"),
            (quiz.standard_error, "1.1106813066"),
        ];
        for (found, expected) in expected {
            near(found, expected, 1.5e-5, "quiz");
        }
        assert_eq!(quiz.attempts, 25);
    }

    #[test]
    fn a_single_attempt_or_a_question_without_marks_has_no_figures() {
        let alone = Row::of(&[(1.0, 4.0)], 1.0, Against::Rest);
        assert_eq!((alone.facility, alone.standard_deviation, alone.discrimination_index), (Some(100.0), None, None));
        assert_eq!(Row::of(&[(0.0, 1.0), (0.0, 2.0)], 0.0, Against::Rest).facility, None);
        assert_eq!(effective_weights(&[alone]), [None]);
    }
}
