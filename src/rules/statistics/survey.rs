//! What a sample drawn in groups (strata) says of everybody: mean and rate, each with the range in which it may lie.
//!
//! Stratified sampling without replacement (Cochran 1977, *Sampling Techniques*, 5.3–5.4): with `N_h` members in group
//! h, `n_h` of them with a value, `W_h = N_h / N` and `f_h = n_h / N_h`, the mean is `Σ W_h ȳ_h` and its variance
//! `Σ W_h² (1 − f_h) s_h² / n_h`, where `1 − f_h` is the finite population correction. Degrees of freedom follow
//! Satterthwaite (Cochran 5.16). A group with a single value borrows the variance within the other groups. A rate has
//! the interval of Wilson for an effective number of members (Korn & Graubard 1998), which never is larger than that of
//! a simple random sample: an interval by chance too narrow would be worse than one a little too wide.

use crate::rules::statistics::moments::Moments;
use crate::rules::statistics::{Interval, Z, size};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// A group of members, and the values of those of them who were drawn and came.
#[derive(Debug, Clone, PartialEq)]
pub struct Stratum {
    /// How many it has, drawn or not.
    pub members: usize,
    /// The values.
    pub values: Vec<f64>,
}

/// A figure of everybody, from a sample.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Estimate {
    /// The figure.
    pub value: f64,
    /// Where it may lie, at 95 %; `None` where the sample is too small to say.
    pub range: Option<Interval>,
}

/// Sums over groups that have a value.
struct Summed {
    value: f64,
    /// `None` with a single value in all.
    variance: Option<f64>,
    degrees: f64,
    members: f64,
    values: f64,
}

fn summed(strata: &[Stratum]) -> Option<Summed> {
    let used: Vec<&Stratum> = strata.iter().filter(|one| !one.values.is_empty()).collect();
    let members: f64 = used.iter().map(|one| size(one.members)).sum();
    if used.is_empty() || members <= 0.0 {
        return None;
    }
    let moments: Vec<Moments> = used.iter().map(|one| Moments::of(&one.values)).collect();
    let borrowed = within(&used, &moments);
    let (mut value, mut variance, mut squares) = (0.0, Some(0.0), 0.0);
    for (one, moments) in used.iter().zip(&moments) {
        let (n, share) = (size(one.values.len()), size(one.members) / members);
        value += share * moments.mean().unwrap_or_default();
        let left = 1.0 - n / size(one.members);
        if left <= 0.0 {
            continue;
        }
        let own = moments.variance().map(|variance| (variance, n - 1.0)).or(borrowed);
        let Some((spread, degrees)) = own else {
            variance = None;
            continue;
        };
        let part = share * share * left * spread / n;
        variance = variance.map(|sum| sum + part);
        squares += part * part / degrees;
    }
    let degrees = variance.filter(|_| squares > 0.0).map_or(f64::INFINITY, |variance| variance * variance / squares);
    Some(Summed { value, variance, degrees, members, values: used.iter().map(|one| size(one.values.len())).sum() })
}

/// The variance within groups of two values or more, with its degrees of freedom; with no such group, that of all values.
fn within(used: &[&Stratum], moments: &[Moments]) -> Option<(f64, f64)> {
    let (mut sum, mut degrees) = (0.0, 0.0);
    for (one, moments) in used.iter().zip(moments) {
        if let Some(variance) = moments.variance() {
            let n = size(one.values.len()) - 1.0;
            sum += variance * n;
            degrees += n;
        }
    }
    if degrees > 0.0 {
        return Some((sum / degrees, degrees));
    }
    let all: Vec<f64> = used.iter().flat_map(|one| one.values.iter().copied()).collect();
    Some((Moments::of(&all).variance()?, size(all.len()) - 1.0))
}

/// The value of Student's t of which 2.5 % lie above.
fn quantile(degrees: f64) -> f64 {
    let t = if degrees.is_finite() { StudentsT::new(0.0, 1.0, degrees.max(1.0)).ok() } else { None };
    t.map_or(Z, |t| t.inverse_cdf(0.975))
}

/// The mean of everybody; `None` where nobody has a value.
pub fn mean(strata: &[Stratum]) -> Option<Estimate> {
    let summed = summed(strata)?;
    let range = summed.variance.map(|variance| {
        let half = quantile(summed.degrees) * variance.sqrt();
        Interval { low: summed.value - half, high: summed.value + half }
    });
    Some(Estimate { value: summed.value, range })
}

/// The rate of everybody, from 0 to 1, of values that are 0 or 1; `None` where nobody has one.
pub fn rate(strata: &[Stratum]) -> Option<Estimate> {
    let summed = summed(strata)?;
    let value = summed.value.clamp(0.0, 1.0);
    let left = 1.0 - summed.values / summed.members;
    if left <= 0.0 {
        return Some(Estimate { value, range: Some(Interval { low: value, high: value }) });
    }
    let simple = summed.values / left;
    let effective = match summed.variance {
        Some(variance) if variance > 0.0 => {
            let correction = (Z / quantile(summed.degrees)).powi(2);
            (value * (1.0 - value) / variance * correction).min(simple)
        }
        _ => simple,
    };
    Some(Estimate { value, range: Some(wilson(value, effective)) })
}

/// Wilson's interval for a number of members that needn't be whole.
fn wilson(p: f64, n: f64) -> Interval {
    let scale = 1.0 + Z * Z / n;
    let centre = (p + Z * Z / (2.0 * n)) / scale;
    let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt() / scale;
    Interval { low: (centre - half).clamp(0.0, p), high: (centre + half).clamp(p, 1.0) }
}

#[cfg(test)]
mod tests {
    use super::{Stratum, mean, rate};
    use crate::rules::draw::Stream;
    use proptest::collection::vec;
    use proptest::prelude::{prop_assert, proptest};

    #[test]
    fn a_sample_worked_by_hand() {
        // W = 0.6 and 0.4, means 70 and 50, s² = 200 in both.
        let strata =
            [Stratum { members: 12, values: vec![60.0, 80.0] }, Stratum { members: 8, values: vec![40.0, 60.0] }];
        let found = mean(&strata).unwrap();
        assert!((found.value - 62.0).abs() < 1e-9);
        // 0.36 × (1 − 1/6) × 100 + 0.16 × (1 − 1/4) × 100 = 30 + 12 = 42; 42² / (30² + 12²) = 1.69 degrees of freedom.
        let half = (found.range.unwrap().high - 62.0) / 42.0_f64.sqrt();
        assert!((4.8..5.6).contains(&half), "{half}");
    }

    #[test]
    fn everybody_drawn_leaves_no_doubt_and_nobody_says_nothing() {
        let all = [Stratum { members: 3, values: vec![0.0, 1.0, 1.0] }];
        let (mean, rate) = (mean(&all).unwrap(), rate(&all).unwrap());
        assert!((mean.range.unwrap().high - mean.value).abs() < 1e-12);
        assert!((rate.range.unwrap().low - rate.value).abs() < 1e-12);
        assert_eq!(super::mean(&[Stratum { members: 3, values: vec![] }]), None);
        let one = super::mean(&[Stratum { members: 3, values: vec![5.0] }]).unwrap();
        assert_eq!(one.range, None, "one value tells nothing of the others");
        let sure = super::rate(&[Stratum { members: 30, values: vec![1.0; 6] }]).unwrap();
        assert!(sure.range.unwrap().low < 0.8, "six of six isn't everybody: {sure:?}");
    }

    /// A number from 0 to 1.
    fn uniform(stream: &mut Stream) -> f64 {
        f64::from(u32::try_from(stream.below(1_000_000)).unwrap()) / 1_000_000.0
    }

    fn population(stream: &mut Stream) -> Vec<Vec<f64>> {
        let sizes = [5_usize, 8, 12, 15, 20, 20, 25, 30, 40, 40];
        let of = |(index, size): (usize, &usize)| {
            let shift = f64::from(u32::try_from(index).unwrap()) * 2.0;
            (0..*size).map(|_| (45.0 + shift + 45.0 * uniform(stream).sqrt()).min(100.0).round()).collect()
        };
        sizes.iter().enumerate().map(of).collect()
    }

    #[test]
    fn ranges_hold_the_truth_about_nineteen_times_in_twenty() {
        let mut stream = Stream::new([9; 32], 0);
        let population = population(&mut stream);
        let all: Vec<f64> = population.iter().flatten().copied().collect();
        let average = |values: &[f64]| values.iter().sum::<f64>() / super::size(values.len());
        let passes = |values: &[f64]| values.iter().map(|v| f64::from(u8::from(*v >= 75.0))).collect::<Vec<f64>>();
        let (truth, share) = (average(&all), average(&passes(&all)));
        let (mut means, mut rates) = (0_u32, 0_u32);
        for _ in 0..2000 {
            let sample: Vec<Stratum> = population
                .iter()
                .map(|members| {
                    let mut shuffled = members.clone();
                    stream.shuffle(&mut shuffled);
                    shuffled.truncate((members.len() / 5).max(2));
                    Stratum { members: members.len(), values: shuffled }
                })
                .collect();
            let holds = |range: super::Interval, truth: f64| (range.low..=range.high).contains(&truth);
            means += u32::from(holds(mean(&sample).unwrap().range.unwrap(), truth));
            let reached: Vec<Stratum> =
                sample.iter().map(|one| Stratum { members: one.members, values: passes(&one.values) }).collect();
            rates += u32::from(holds(rate(&reached).unwrap().range.unwrap(), share));
        }
        assert!((1860..=1960).contains(&means), "{means} of 2000");
        assert!((1860..=1990).contains(&rates), "{rates} of 2000");
    }

    proptest! {
        #[test]
        fn a_figure_lies_in_its_range_and_among_its_values(
            groups in vec((vec(0..=100_u32, 0..6), 0..20_usize), 1..8),
        ) {
            let strata: Vec<Stratum> = groups.iter().map(|(values, more)| Stratum {
                members: values.len() + more,
                values: values.iter().map(|value| f64::from(*value)).collect(),
            }).collect();
            if let Some(found) = mean(&strata) {
                prop_assert!((-1e-9..=100.0 + 1e-9).contains(&found.value));
                if let Some(range) = found.range {
                    prop_assert!(range.low <= found.value + 1e-9 && found.value <= range.high + 1e-9);
                }
            }
            let reached: Vec<Stratum> = strata.iter().map(|one| Stratum {
                members: one.members,
                values: one.values.iter().map(|value| f64::from(u8::from(*value >= 60.0))).collect(),
            }).collect();
            if let Some(range) = rate(&reached).and_then(|found| found.range) {
                prop_assert!(0.0 <= range.low && range.low <= range.high && range.high <= 1.0);
            }
        }
    }
}
