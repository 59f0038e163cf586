//! Statistics of tests and branches, each with the source of its formula. Numbers in, numbers out: nothing here knows
//! banks, papers or people, and what is undefined is `None`, never a zero that looks like a figure.

pub mod branches;
pub mod decision;
pub mod difference;
pub mod groups;
pub mod moments;
pub mod moodle;
pub mod proportion;
pub mod reliability;
pub mod survey;

use crate::rules::points::number;

/// A count as a floating number.
pub(crate) fn size(count: usize) -> f64 {
    number(i64::try_from(count).unwrap_or(i64::MAX))
}

/// The value of which 2.5 % of a normal distribution lie above.
pub(crate) const Z: f64 = 1.959_963_984_540_054;

/// A range in which a figure may lie, at 95 %.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The share of a normal distribution that lies below `z`.
pub(crate) fn normal_below(z: f64) -> f64 {
    statrs::function::erf::erfc(-z / std::f64::consts::SQRT_2) / 2.0
}
