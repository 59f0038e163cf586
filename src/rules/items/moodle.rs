//! The analysis as Moodle's quiz statistics report has it, for comparison: a row for each position of the paper, and one
//! for each question drawn into it. Marks are points, and every position is one that a draw fills.

use super::{Answer, Asked, Sittings};
use crate::rules::points::number;
use crate::rules::question::{Kind, Question};
use crate::rules::statistics::moodle::{Against, Quiz, Row, effective_weights};
use crate::rules::statistics::size;

/// A question drawn into a position.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// The question.
    pub asked: Asked,
    /// Its statistics, against the whole paper.
    pub row: Row,
    /// What guessing wins, in percent; `None` where there is no way to say.
    pub random_guess_score: Option<f64>,
}

/// A position of the paper.
#[derive(Debug, Clone, PartialEq)]
pub struct Position {
    /// From 1.
    pub position: usize,
    /// Its statistics, against the rest of the paper.
    pub row: Row,
    /// Its part of full marks, in percent.
    pub intended_weight: Option<f64>,
    /// Its part of the differences between members, in percent.
    pub effective_weight: Option<f64>,
    /// The questions drawn into it.
    pub drawn: Vec<Drawn>,
}

/// The report.
#[derive(Debug, Clone, PartialEq)]
pub struct Moodle {
    /// The whole test.
    pub quiz: Quiz,
    /// Position by position.
    pub positions: Vec<Position>,
}

/// The report over the attempts of some branches.
pub fn moodle(sittings: &Sittings, is_meant: impl Fn(&str) -> bool) -> Moodle {
    let attempts = sittings.of(is_meant);
    let points = |answer: &Answer| f64::from(answer.mark) / 100.0;
    let totals: Vec<f64> = attempts.iter().map(|answers| answers.iter().map(points).sum()).collect();
    let length = attempts.iter().map(|answers| answers.len()).max().unwrap_or_default();
    let at = |position: usize| {
        attempts.iter().zip(&totals).filter_map(move |(answers, total)| Some((answers.get(position)?, *total)))
    };
    let full = |position: usize| at(position).next().map_or(0.0, |(answer, _)| sittings.full(answer) / 100.0);
    let row = |position: usize| {
        let marks: Vec<(f64, f64)> = at(position).map(|(answer, total)| (points(answer), total)).collect();
        Row::of(&marks, full(position), Against::Rest)
    };
    let rows: Vec<Row> = (0..length).map(row).collect();
    let weights = effective_weights(&rows);
    let quiz = Quiz::of(&totals, &rows);
    let sum: f64 = (0..length).map(full).sum();
    let drawn = |position: usize| {
        let mut answers: Vec<(u32, f64, f64)> =
            at(position).map(|(answer, total)| (answer.question, points(answer), total)).collect();
        answers.sort_by_key(|(question, _, _)| *question);
        let of_one = |answers: &[(u32, f64, f64)]| {
            let asked = sittings.questions.get(usize::try_from(answers.first()?.0).ok()?)?.clone();
            let marks: Vec<(f64, f64)> = answers.iter().map(|(_, mark, total)| (*mark, *total)).collect();
            let random_guess_score = random_guess_score(&asked.question);
            Some(Drawn { asked, row: Row::of(&marks, full(position), Against::Total), random_guess_score })
        };
        answers.chunk_by(|one, two| one.0 == two.0).filter_map(of_one).collect()
    };
    let position = |(index, (row, effective_weight)): (usize, (Row, Option<f64>))| Position {
        position: index + 1,
        row,
        intended_weight: (sum > 0.0).then(|| full(index) * 100.0 / sum),
        effective_weight,
        drawn: drawn(index),
    };
    Moodle { quiz, positions: rows.into_iter().zip(weights).enumerate().map(position).collect() }
}

/// What guessing wins of a question, in percent, as Moodle counts it.
fn random_guess_score(question: &Question) -> Option<f64> {
    let one_of = |count: usize| (count > 0).then(|| 100.0 / number(i64::try_from(count).unwrap_or(i64::MAX)));
    match question.kind() {
        Kind::TrueFalse => Some(50.0),
        Kind::Single => one_of(question.options.len()),
        Kind::Match => one_of(question.targets.len()),
        Kind::Blank | Kind::Numeric => Some(size(0)),
        Kind::Multiple | Kind::Order | Kind::Short | Kind::Essay | Kind::Case => None,
    }
}
