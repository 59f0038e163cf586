//! Marks that are entered by hand.

use super::percent;
use crate::rules::points::Points;
use crate::rules::text::fold;

/// A mark: points of full marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Points.
    pub points: Points,
    /// Full marks.
    pub full: Points,
}

impl Mark {
    /// A mark as people write it: points of `full` (`17`, `17.5分`), or percent (`85%`). `None` where it is neither, or
    /// more than full marks.
    pub fn parse(text: &str, full: Points) -> Option<Self> {
        let text = fold(text);
        let (number, full) = match text.trim().strip_suffix('%') {
            Some(number) => (number, super::WHOLE),
            None => (text.trim().trim_end_matches('分'), full),
        };
        let number = number.trim();
        let is_plain = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let points = Points::from_number(number.parse().ok().filter(|_| is_plain)?)?;
        (points <= full).then_some(Self { points, full })
    }

    /// In percent, hundredths.
    pub fn percent(self) -> Points {
        percent(self.points, self.full)
    }
}

#[cfg(test)]
mod tests {
    use super::Mark;
    use crate::rules::points::Points;
    use proptest::prelude::{prop_assert_eq, proptest};

    #[test]
    fn a_mark_is_points_or_percent() {
        let parse =
            |text: &str| Mark::parse(text, Points::from_hundredths(2000)).map(|mark| mark.percent().hundredths());
        assert_eq!(parse("17"), Some(8500));
        assert_eq!(parse(" 17.5 分"), Some(8750));
        assert_eq!(parse("85％"), Some(8500));
        assert_eq!(parse("0"), Some(0));
        for wrong in ["", "20.5", "-1", "101%", "1e1", "17.123", "优", "%", "inf", "NaN", "+5"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_as_the_same(hundredths in 0..=10_000_i64) {
            let full = super::super::WHOLE;
            let points = Points::from_hundredths(hundredths);
            prop_assert_eq!(Mark::parse(&points.to_string(), full), Some(Mark { points, full }));
            prop_assert_eq!(Mark::parse(&format!("{points}%"), full).map(Mark::percent), Some(points));
        }
    }
}
