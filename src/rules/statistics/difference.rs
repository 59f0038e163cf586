//! Whether two groups differ by more than chance: Welch's interval for the difference of two means (Welch 1947, with
//! the degrees of freedom of Satterthwaite 1946).

use crate::rules::statistics::moments::Moments;
use crate::rules::statistics::{Interval, size};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// Fewer values than these on either side say nothing.
pub const LEAST: usize = 5;

/// How a later group stands to an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shift {
    /// Higher by more than chance.
    Higher,
    /// Lower by more than chance.
    Lower,
    /// No more than chance would make.
    Chance,
}

impl Shift {
    /// The name in the API and of its message.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Higher => "higher",
            Self::Lower => "lower",
            Self::Chance => "chance",
        }
    }
}

/// The range in which the difference of means, later minus earlier, may lie at 95 %; `None` with fewer than [`LEAST`]
/// values on either side.
pub fn of_means(earlier: &[f64], later: &[f64]) -> Option<Interval> {
    if earlier.len() < LEAST || later.len() < LEAST {
        return None;
    }
    let (one, two) = (Moments::of(earlier), Moments::of(later));
    let difference = two.mean()? - one.mean()?;
    let (first, second) = (one.variance()? / size(earlier.len()), two.variance()? / size(later.len()));
    let squared = first + second;
    if squared <= 0.0 {
        return Some(Interval { low: difference, high: difference });
    }
    let part = |share: f64, count: usize| share * share / (size(count) - 1.0);
    let degrees = squared * squared / (part(first, earlier.len()) + part(second, later.len()));
    let t = StudentsT::new(0.0, 1.0, degrees).ok()?.inverse_cdf(0.975);
    let half = t * squared.sqrt();
    Some(Interval { low: difference - half, high: difference + half })
}

/// How a later group stands to an earlier one; `None` where too few are there to say.
pub fn shift(earlier: &[f64], later: &[f64]) -> Option<Shift> {
    let range = of_means(earlier, later)?;
    Some(match range {
        Interval { low, .. } if low > 0.0 => Shift::Higher,
        Interval { high, .. } if high < 0.0 => Shift::Lower,
        Interval { .. } => Shift::Chance,
    })
}

#[cfg(test)]
mod tests {
    use super::{Shift, of_means, shift};
    use proptest::collection::vec;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    #[test]
    fn the_range_is_that_of_a_known_example() {
        // t.test(2 * (1:5), 1:5) in R: t = 1.8974, df = 5.8824, from -0.8876 to 6.8876.
        let range = of_means(&[1.0, 2.0, 3.0, 4.0, 5.0], &[2.0, 4.0, 6.0, 8.0, 10.0]).unwrap();
        assert!((range.low + 0.887_6).abs() < 1e-3 && (range.high - 6.887_6).abs() < 1e-3, "{range:?}");
    }

    #[test]
    fn few_say_nothing_and_much_is_more_than_chance() {
        let low = [60.0, 62.0, 58.0, 61.0, 59.0];
        let high = low.map(|one| one + 20.0);
        assert_eq!(shift(&low[..4], &high), None);
        assert_eq!((shift(&low, &high), shift(&high, &low)), (Some(Shift::Higher), Some(Shift::Lower)));
        assert_eq!(shift(&low, &low), Some(Shift::Chance));
        assert_eq!(shift(&[80.0; 5], &[80.0; 6]), Some(Shift::Chance));
        assert_eq!(shift(&[80.0; 5], &[81.0; 6]), Some(Shift::Higher));
    }

    proptest! {
        #[test]
        fn to_and_fro_mirror_each_other(one in vec(0.0..100.0_f64, 5..30), two in vec(0.0..100.0_f64, 5..30)) {
            let (there, back) = (of_means(&one, &two).unwrap(), of_means(&two, &one).unwrap());
            prop_assert!((there.low + back.high).abs() < 1e-6 && (there.high + back.low).abs() < 1e-6);
            prop_assert_eq!(shift(&one, &two) == Some(Shift::Chance), shift(&two, &one) == Some(Shift::Chance));
        }
    }
}
