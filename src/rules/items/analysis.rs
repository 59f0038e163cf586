//! The figures of a test and of each of its questions.
//!
//! Members with other papers are set beside each other by what they won beyond what others win of the same questions:
//! a hard paper makes nobody weak. Of papers that are all alike the order is that of the scores.

use super::flags::{Flag, flags};
use super::{Answer, Asked, Sittings, choices};
use crate::rules::figures::Scale;
use crate::rules::points::number;
use crate::rules::statistics::decision::consistency;
use crate::rules::statistics::groups::{by_equals, upper_lower};
use crate::rules::statistics::moments::{Moments, Paired, median};
use crate::rules::statistics::reliability::{Own, Stratum, alike, dependability, standard_error};
use crate::rules::statistics::size;

/// With fewer attempts nothing is said of how a question tells members apart, nor of reliability.
pub const LEAST: usize = 10;

/// The figures of a whole test; means and deviations in percent of full marks.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TestFigures {
    /// How many attempts count.
    pub attempts: usize,
    /// Mean score.
    pub mean: Option<f64>,
    /// Score in the middle.
    pub median: Option<f64>,
    /// Standard deviation by n − 1.
    pub standard_deviation: Option<f64>,
    /// Skewness (k3 / k2^1.5).
    pub skewness: Option<f64>,
    /// Kurtosis (k4 / k2²), 0 for a normal distribution.
    pub kurtosis: Option<f64>,
    /// The index of dependability Φ, also valid where members got other questions.
    pub reliability: Option<f64>,
    /// The standard error of a score in points, of Φ.
    pub standard_error: Option<f64>,
    /// Whether every paper asks the same questions.
    pub papers_alike: bool,
    /// Cronbach's alpha, where every paper asks the same.
    pub alpha: Option<f64>,
    /// The standard error of a score in points, of alpha: among members with the same questions.
    pub alpha_standard_error: Option<f64>,
    /// Guttman's lambda 2, likewise.
    pub lambda_2: Option<f64>,
    /// How many in a hundred would get the same decision, pass or fail, with another paper.
    pub decision_consistency: Option<f64>,
}

/// How one option was chosen; shares in percent of those who got the question.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct OptionFigures {
    /// Of all.
    pub share: Option<f64>,
    /// Of the strongest third.
    pub top: Option<f64>,
    /// Of the third in the middle.
    pub middle: Option<f64>,
    /// Of the weakest third.
    pub bottom: Option<f64>,
    /// How choosing it goes together with the rest of the paper, from −1 to 1.
    pub correlation: Option<f64>,
}

/// How one question behaved.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionFigures {
    /// The question.
    pub asked: Asked,
    /// How many attempts got it.
    pub attempts: usize,
    /// The mean part of its full marks that is won, in percent.
    pub facility: Option<f64>,
    /// How many left it without a response.
    pub omitted: usize,
    /// Correlation of its points with those of the rest of the paper, from −1 to 1.
    pub discrimination: Option<f64>,
    /// What the strongest 27 % win of it less what the weakest win, from −1 to 1.
    pub upper_lower: Option<f64>,
    /// Option by option, in the bank's order.
    pub options: Vec<OptionFigures>,
    /// What is to be looked at, the gravest first.
    pub flags: Vec<Flag>,
}

/// An item analysis.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Analysis {
    /// Of the test.
    pub test: TestFigures,
    /// Of each question that somebody got.
    pub questions: Vec<QuestionFigures>,
}

/// An answer with whose it is.
#[derive(Debug, Clone, Copy)]
struct Given<'s> {
    attempt: usize,
    answer: &'s Answer,
}

struct Working<'s> {
    sittings: &'s Sittings,
    /// Scores in hundredths, attempt by attempt.
    scores: Vec<i64>,
    /// What each attempt won beyond what is won of its questions, in hundredths of [`FINE`].
    beyond: Vec<i64>,
    /// The part of full marks that is won of each question.
    shares: Vec<f64>,
    by_question: Vec<Vec<Given<'s>>>,
}

/// What was won beyond expectation is counted in these parts of a hundredth, as integers: equals must be equal in
/// whatever order their questions stand.
const FINE: f64 = 10_000.0;

/// The item analysis of the attempts of some branches.
pub fn analyse(sittings: &Sittings, scale: Scale, is_meant: impl Fn(&str) -> bool) -> Analysis {
    let attempts = sittings.of(is_meant);
    let mut by_question: Vec<Vec<Given<'_>>> = vec![Vec::new(); sittings.questions.len()];
    for (attempt, answers) in attempts.iter().enumerate() {
        for answer in *answers {
            if let Some(given) = by_question.get_mut(index(answer)) {
                given.push(Given { attempt, answer });
            }
        }
    }
    let shares = by_question.iter().map(|given| mean_share(sittings, given)).collect();
    let score = |answers: &&[Answer]| answers.iter().map(|answer| i64::from(answer.mark)).sum();
    let mut working =
        Working { sittings, scores: attempts.iter().map(score).collect(), beyond: Vec::new(), shares, by_question };
    let beyond = |answers: &&[Answer]| answers.iter().map(|answer| working.beyond(answer)).sum();
    working.beyond = attempts.iter().map(beyond).collect();
    let questions = (0..sittings.questions.len()).filter_map(|index| working.question(index)).collect();
    Analysis { test: working.test(&attempts, scale), questions }
}

fn index(answer: &Answer) -> usize {
    usize::try_from(answer.question).unwrap_or(usize::MAX)
}

fn mean_share(sittings: &Sittings, given: &[Given<'_>]) -> f64 {
    let won: f64 = given.iter().map(|given| sittings.share(given.answer)).sum();
    if given.is_empty() { 0.0 } else { won / size(given.len()) }
}

impl Working<'_> {
    /// What an answer won beyond what is won of its question, in hundredths of [`FINE`].
    fn beyond(&self, answer: &Answer) -> i64 {
        let share = self.shares.get(index(answer)).copied().unwrap_or_default();
        let expected = (share * self.sittings.full(answer) * FINE).round();
        #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "a whole number far below 2^53")]
        let expected = expected as i64;
        i64::from(answer.mark) * 10_000 - expected
    }

    /// How an attempt did in the rest of its paper, for comparison with other papers.
    fn rest(&self, given: &Given<'_>) -> i64 {
        self.beyond.get(given.attempt).copied().unwrap_or_default() - self.beyond(given.answer)
    }

    fn question(&self, index: usize) -> Option<QuestionFigures> {
        let given = self.by_question.get(index).filter(|given| !given.is_empty())?;
        let asked = self.sittings.questions.get(index)?;
        let is_enough = given.len() >= LEAST;
        let score = |given: &Given<'_>| self.scores.get(given.attempt).copied().unwrap_or_default();
        let pairs = given
            .iter()
            .map(|given| (self.sittings.share(given.answer), number(score(given) - i64::from(given.answer.mark))));
        let mut sorted: Vec<(i64, &Answer)> = given.iter().map(|given| (self.rest(given), given.answer)).collect();
        sorted.sort_unstable_by_key(|(rest, _)| *rest);
        let rests: Vec<i64> = sorted.iter().map(|(rest, _)| *rest).collect();
        let won: Vec<f64> = sorted.iter().map(|(_, answer)| self.sittings.share(answer)).collect();
        let labels = choices(&asked.question);
        let answers: Vec<&Answer> = sorted.iter().map(|(_, answer)| *answer).collect();
        let mut figures = QuestionFigures {
            asked: asked.clone(),
            attempts: given.len(),
            facility: self.shares.get(index).map(|share| share * 100.0),
            omitted: given.iter().filter(|given| given.answer.chosen.is_nothing()).count(),
            discrimination: Paired::of(pairs).filter(|_| is_enough).and_then(|paired| paired.correlation()),
            upper_lower: is_enough.then(|| upper_lower(&rests, &won)).flatten(),
            options: options(&rests, &answers, labels.len()),
            flags: Vec::new(),
        };
        let keys: Vec<bool> = labels.iter().map(|(_, is_key)| *is_key).collect();
        figures.flags = flags(asked.question.kind(), &figures, &keys);
        Some(figures)
    }

    fn test(&self, attempts: &[&[Answer]], scale: Scale) -> TestFigures {
        let full = number(scale.full.hundredths());
        let percent: Vec<f64> = self.scores.iter().map(|score| number(*score) * 100.0 / full).collect();
        let moments = Moments::of(&percent);
        let mut figures = TestFigures {
            attempts: attempts.len(),
            mean: moments.mean(),
            median: median(&percent),
            standard_deviation: moments.standard_deviation(),
            skewness: moments.skewness(),
            kurtosis: moments.kurtosis(),
            papers_alike: self.are_alike(attempts),
            ..TestFigures::default()
        };
        if attempts.len() < LEAST {
            return figures;
        }
        let points: Vec<f64> = self.scores.iter().map(|score| number(*score) / 100.0).collect();
        let dependability = dependability(&self.strata(attempts), &points);
        figures.reliability = dependability.map(|found| found.phi);
        figures.standard_error = dependability.map(|found| found.standard_error);
        let alike = figures.papers_alike.then(|| alike(&self.matrix())).flatten();
        figures.alpha = alike.map(|found| found.alpha);
        figures.lambda_2 = alike.map(|found| found.lambda_2);
        let deviation = Moments::of(&points).standard_deviation();
        figures.alpha_standard_error = figures.alpha.zip(deviation).map(|(alpha, sd)| standard_error(sd, alpha));
        let line = scale.pass.number() / 100.0 * scale.full.number();
        let share = figures
            .alpha
            .or(figures.reliability)
            .and_then(|reliability| consistency(&points, line, reliability, number(self.step()) / 100.0));
        figures.decision_consistency = share.map(|share| share * 100.0);
        figures
    }

    /// Whether every attempt has the same questions, and each once.
    fn are_alike(&self, attempts: &[&[Answer]]) -> bool {
        let asked = self.by_question.iter().filter(|given| !given.is_empty());
        let everybody = asked.clone().all(|given| given.len() == attempts.len());
        everybody && attempts.iter().all(|answers| answers.len() == asked.clone().count())
    }

    /// Marks by question, in the same order of attempts; of papers that are all alike.
    fn matrix(&self) -> Vec<Vec<f64>> {
        let asked = self.by_question.iter().filter(|given| !given.is_empty());
        asked.map(|given| given.iter().map(|given| f64::from(given.answer.mark)).collect()).collect()
    }

    /// Sections as strata of a draw, with marks as shares.
    fn strata(&self, attempts: &[&[Answer]]) -> Vec<Stratum> {
        let section = |(index, full): (usize, &crate::rules::points::Points)| {
            let of = |answers: &&[Answer]| -> Own {
                let here = answers.iter().filter(|answer| usize::from(answer.section) == index);
                here.map(|answer| self.sittings.share(answer)).collect()
            };
            let members: Vec<Own> = attempts.iter().map(of).collect();
            let count = members.iter().map(|own| own.count).max().unwrap_or_default();
            Stratum { members, squared_points: size(count) * full.number() * full.number() }
        };
        self.sittings.sections.iter().enumerate().map(section).filter(|stratum| stratum.squared_points > 0.0).collect()
    }

    /// The greatest number that divides every difference of two scores, in hundredths: the steps in which they come.
    fn step(&self) -> i64 {
        const fn divisor(one: i64, two: i64) -> i64 {
            let (mut one, mut two) = (one.abs(), two.abs());
            while two != 0 {
                (one, two) = (two, one % two);
            }
            one
        }
        let first = self.scores.first().copied().unwrap_or_default();
        self.scores.iter().fold(0, |step, score| divisor(step, score - first))
    }
}

/// How each option was chosen by those who got the question; `rests` from the weakest on, `answers` in the same order.
fn options(rests: &[i64], answers: &[&Answer], count: usize) -> Vec<OptionFigures> {
    let each = size(rests.len()) / 3.0;
    let is_enough = rests.len() >= LEAST;
    (0..count)
        .map(|option| {
            let (mut all, mut bottom, mut middle, mut top) = (0, 0.0, 0.0, 0.0);
            by_equals(rests, each, |equals| {
                let answers = answers.get(equals.range.clone()).unwrap_or_default();
                let chosen = answers.iter().filter(|answer| answer.chosen.has(option)).count();
                all += chosen;
                bottom += equals.bottom * size(chosen);
                middle += equals.middle() * size(chosen);
                top += equals.top * size(chosen);
            });
            let part = |chosen: f64| is_enough.then(|| (chosen * 100.0 / each).clamp(0.0, 100.0));
            let pairs = answers
                .iter()
                .zip(rests)
                .map(|(answer, rest)| (f64::from(u8::from(answer.chosen.has(option))), number(*rest)));
            let correlation = Paired::of(pairs).filter(|_| is_enough).and_then(|paired| paired.correlation());
            let share = Some(size(all) * 100.0 / size(rests.len()));
            OptionFigures { share, top: part(top), middle: part(middle), bottom: part(bottom), correlation }
        })
        .collect()
}
