//! Moments of a set of scores: mean, spread, skewness, kurtosis; and how two figures of the same people go together.
//!
//! Skewness and kurtosis are those of k statistics (Fisher 1930), as Moodle's quiz statistics have them.

use crate::rules::statistics::size;

/// Count, mean and central moments of some values.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Moments {
    count: usize,
    mean: f64,
    /// The second, third and fourth central moment, each over n.
    second: f64,
    third: f64,
    fourth: f64,
}

impl Moments {
    /// Of values; in two passes, so that nothing cancels out.
    pub fn of(values: &[f64]) -> Self {
        if values.is_empty() {
            return Self::default();
        }
        let n = size(values.len());
        let mean = values.iter().sum::<f64>() / n;
        let central = |power: i32| values.iter().map(|value| (value - mean).powi(power)).sum::<f64>() / n;
        Self { count: values.len(), mean, second: central(2), third: central(3), fourth: central(4) }
    }

    /// The mean.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then_some(self.mean)
    }

    /// The variance, by n − 1.
    pub fn variance(&self) -> Option<f64> {
        (self.count > 1).then(|| self.second * size(self.count) / (size(self.count) - 1.0))
    }

    /// The standard deviation, by n − 1.
    pub fn standard_deviation(&self) -> Option<f64> {
        self.variance().map(f64::sqrt)
    }

    /// k3 / k2^1.5; of three values or more that aren't all the same.
    pub fn skewness(&self) -> Option<f64> {
        let n = size(self.count);
        let k2 = self.variance().filter(|variance| *variance > 0.0)?;
        (self.count > 2).then(|| n * n * self.third / ((n - 1.0) * (n - 2.0)) / k2.powf(1.5))
    }

    /// k4 / k2², 0 for a normal distribution; of four values or more that aren't all the same.
    pub fn kurtosis(&self) -> Option<f64> {
        let n = size(self.count);
        let k2 = self.variance().filter(|variance| *variance > 0.0)?;
        let k4 = n * n * ((n + 1.0) * self.fourth - 3.0 * (n - 1.0) * self.second * self.second);
        (self.count > 3).then(|| k4 / ((n - 1.0) * (n - 2.0) * (n - 3.0)) / (k2 * k2))
    }
}

/// The value in the middle, or the mean of the two in the middle.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = sorted.get(sorted.len() / 2)?;
    let lower = sorted.get((sorted.len() - 1) / 2)?;
    Some(f64::midpoint(*lower, *upper))
}

/// Two figures of the same people: their variances and their covariance, by n − 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paired {
    /// Of the first.
    pub first: f64,
    /// Of the second.
    pub second: f64,
    /// Of both.
    pub covariance: f64,
}

impl Paired {
    /// Of pairs; `None` of fewer than two.
    pub fn of(pairs: impl Iterator<Item = (f64, f64)> + Clone) -> Option<Self> {
        let count = pairs.clone().count();
        if count < 2 {
            return None;
        }
        let n = size(count);
        let (one, two) = pairs.clone().fold((0.0, 0.0), |sums, pair| (sums.0 + pair.0, sums.1 + pair.1));
        let (one, two) = (one / n, two / n);
        let products = pairs.fold((0.0, 0.0, 0.0), |sums, pair| {
            let (x, y) = (pair.0 - one, pair.1 - two);
            (sums.0 + x * x, sums.1 + y * y, sums.2 + x * y)
        });
        let per = n - 1.0;
        Some(Self { first: products.0 / per, second: products.1 / per, covariance: products.2 / per })
    }

    /// Pearson's r; `None` where one of the two doesn't vary.
    pub fn correlation(&self) -> Option<f64> {
        let varies = self.first > 0.0 && self.second > 0.0;
        varies.then(|| self.covariance / (self.first * self.second).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::{Moments, Paired, median};
    use proptest::collection::vec;
    use proptest::prelude::{prop_assert, proptest};

    #[test]
    fn nothing_and_too_little_are_no_figures() {
        let of = |values: &[f64]| {
            let moments = Moments::of(values);
            [moments.mean(), moments.variance(), moments.skewness(), moments.kurtosis(), median(values)]
        };
        assert_eq!(of(&[]), [None; 5]);
        assert_eq!(of(&[3.0]), [Some(3.0), None, None, None, Some(3.0)]);
        assert_eq!(of(&[3.0, 3.0, 3.0, 3.0]), [Some(3.0), Some(0.0), None, None, Some(3.0)]);
        assert_eq!(Paired::of([(1.0, 2.0)].into_iter()), None);
        assert_eq!(Paired::of([(1.0, 2.0), (1.0, 3.0)].into_iter()).unwrap().correlation(), None);
    }

    proptest! {
        #[test]
        fn a_shift_moves_the_mean_and_nothing_else(values in vec(0_i32..100, 4..40), shift in -50_i32..50) {
            let floats = |by: i32| values.iter().map(|value| f64::from(value + by)).collect::<Vec<_>>();
            let (one, two) = (Moments::of(&floats(0)), Moments::of(&floats(shift)));
            let near = |a: Option<f64>, b: Option<f64>| a.zip(b).is_none_or(|(a, b)| (a - b).abs() < 1e-6);
            prop_assert!(near(one.mean().map(|mean| mean + f64::from(shift)), two.mean()));
            prop_assert!(near(one.variance(), two.variance()) && near(one.skewness(), two.skewness()) && near(one.kurtosis(), two.kurtosis()));
        }

        #[test]
        fn r_lies_between_both_ends_and_is_blind_to_scale(pairs in vec((0_i32..9, 0_i32..9), 2..40)) {
            let floats = |scale: f64| pairs.iter().map(move |&(x, y)| (f64::from(x), f64::from(y) * scale));
            let (one, two) = (Paired::of(floats(1.0)).unwrap().correlation(), Paired::of(floats(-3.0)).unwrap().correlation());
            prop_assert!(one.is_none_or(|r| r.abs() <= 1.0 + 1e-12));
            prop_assert!(one.zip(two).is_none_or(|(one, two)| (one + two).abs() < 1e-9));
        }
    }
}
