//! Points: integers of a hundredth, so that every sum is exact.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Points in hundredths. In JSON a number of points with at most two decimals (`62.5`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Points(i64);

/// Most points of one question or paper.
pub const MOST_POINTS: i64 = 1_000_000;

impl Points {
    /// No points.
    pub const ZERO: Self = Self(0);

    /// From hundredths of a point.
    pub const fn from_hundredths(hundredths: i64) -> Self {
        Self(hundredths)
    }

    /// In hundredths of a point.
    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// From a number of points; `None` where it has more than two decimals, is negative or too large.
    pub fn from_number(number: f64) -> Option<Self> {
        let hundredths = (number * 100.0).round();
        #[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "a small constant")]
        let fits = (0.0..=(MOST_POINTS * 100) as f64).contains(&hundredths);
        // A decimal of two places times 100 is off by rounding only; anything else had a third place.
        let exact = (number * 100.0 - hundredths).abs() < 1e-6;
        #[expect(
            clippy::as_conversions,
            clippy::cast_possible_truncation,
            reason = "a whole number within MOST_POINTS"
        )]
        (fits && exact).then_some(Self(hundredths as i64))
    }

    /// The share `numerator / denominator` of these points, rounded half up to a hundredth.
    #[must_use]
    pub fn share(self, numerator: i64, denominator: i64) -> Self {
        Self(half_up(self.0.saturating_mul(numerator), denominator))
    }

    /// As a number of points.
    pub fn number(self) -> f64 {
        number(self.0) / 100.0
    }

    /// The percentage these points are of `full`; `None` of nothing.
    pub fn percent_of(self, full: Self) -> Option<f64> {
        (full.0 > 0).then(|| number(self.0) * 100.0 / number(full.0))
    }

    /// Whether these points reach `line` percent of `full` (inclusive), decided in integers.
    pub fn reach(self, line: Self, full: Self) -> bool {
        i128::from(self.0) * 10_000 >= i128::from(line.0) * i128::from(full.0)
    }
}

/// An integer as a floating number; exact for every amount that Kaohe holds.
#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "amounts are far below 2^53")]
pub const fn number(integer: i64) -> f64 {
    integer as f64
}

/// `numerator / denominator`, rounded half up; 0 for a denominator of 0.
pub const fn half_up(numerator: i64, denominator: i64) -> i64 {
    if denominator == 0 {
        return 0;
    }
    (2 * numerator + denominator).div_euclid(2 * denominator)
}

impl std::iter::Sum for Points {
    fn sum<I: Iterator<Item = Self>>(points: I) -> Self {
        Self(points.map(|p| p.0).sum())
    }
}

impl std::ops::Add for Points {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl std::fmt::Display for Points {
    /// As people write points: `62.5`, `3`, never a trailing zero.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, rest) = (self.0 / 100, (self.0 % 100).abs());
        match rest {
            0 => write!(formatter, "{whole}"),
            rest if rest % 10 == 0 => write!(formatter, "{whole}.{}", rest / 10),
            rest => write!(formatter, "{whole}.{rest:02}"),
        }
    }
}

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 100 == 0 { serializer.serialize_i64(self.0 / 100) } else { serializer.serialize_f64(self.number()) }
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        Self::from_number(number)
            .ok_or_else(|| de::Error::custom("points are a number from 0 with at most two decimals"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Points, half_up};

    #[test]
    fn shares_round_half_up_once() {
        assert_eq!(Points::from_hundredths(100).share(1, 3).hundredths(), 33);
        assert_eq!(Points::from_hundredths(500).share(1, 2).hundredths(), 250);
        assert_eq!(Points::from_hundredths(1).share(1, 2).hundredths(), 1);
        assert_eq!(half_up(0, 0), 0);
    }

    #[test]
    fn numbers_keep_two_decimals() {
        assert_eq!(Points::from_number(62.55).map(Points::hundredths), Some(6255));
        assert_eq!(Points::from_number(0.005), None);
        assert_eq!(Points::from_number(-1.0), None);
        assert_eq!(Points::from_hundredths(6250).to_string(), "62.5");
        assert_eq!(serde_json::to_string(&Points::from_hundredths(6250)).unwrap(), "62.5");
        assert_eq!(serde_json::to_string(&Points::from_hundredths(200)).unwrap(), "2");
    }

    #[test]
    fn the_line_is_inclusive() {
        let line = Points::from_hundredths(6000);
        assert!(Points::from_hundredths(60).reach(line, Points::from_hundredths(100)));
        assert!(!Points::from_hundredths(5999).reach(line, Points::from_hundredths(10_000)));
    }
}
