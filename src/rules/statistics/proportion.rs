//! Rates of few, and of many branches: the interval of one rate, and rates drawn together as far as their numbers ask
//! for it.
//!
//! The interval is Wilson's (1927), never Wald's. Branches are taken as drawn from a beta distribution fitted to all of
//! them by maximum likelihood (empirical Bayes, beta-binomial: Griffin & Krutchkoff 1971).

use crate::rules::statistics::{Interval, Z, size};
use statrs::function::beta::{beta_reg, ln_beta};
use statrs::function::factorial::ln_binomial;
use statrs::function::gamma::digamma;

/// The Wilson interval of a rate, from 0 to 1; `None` of nothing. Its ends at none and at all are exact.
pub fn wilson(part: u64, whole: u64) -> Option<Interval> {
    if whole == 0 {
        return None;
    }
    let float = |count: u64| size(usize::try_from(count).unwrap_or(usize::MAX));
    let (n, p) = (float(whole), float(part) / float(whole));
    let scale = 1.0 + Z * Z / n;
    let centre = (p + Z * Z / (2.0 * n)) / scale;
    let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt() / scale;
    let low = if part == 0 { 0.0 } else { centre - half };
    let high = if part == whole { 1.0 } else { centre + half };
    Some(Interval { low, high })
}

/// A rate of one branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many reach it.
    pub part: u64,
    /// Of how many.
    pub whole: u64,
}

/// With fewer branches nothing can be said about how branches differ.
pub const LEAST_BRANCHES: usize = 5;
/// What the rate of all weighs then, in members.
const WEAK_PRIOR: f64 = 10.0;
/// Beyond this weight branches don't differ measurably.
const MOST_WEIGHT: f64 = 10_000.0;
/// Below it every branch stands for itself.
const LEAST_WEIGHT: f64 = 0.1;

/// How branches differ in a rate: a beta distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prior {
    /// Its first parameter: members that reach the rate.
    pub alpha: f64,
    /// Its second parameter: members that don't.
    pub beta: f64,
    /// Whether branches differ measurably; `None` where there are too few to say.
    pub differ: Option<bool>,
}

impl Prior {
    /// Of all branches that have anybody; `None` where there is none.
    pub fn fit(branches: &[Rate]) -> Option<Self> {
        let branches: Vec<(f64, f64)> = branches.iter().filter(|rate| rate.whole > 0).map(floats).collect();
        let (reached, all) = branches.iter().fold((0.0, 0.0), |sums, rate| (sums.0 + rate.0, sums.1 + rate.1));
        if branches.is_empty() {
            return None;
        }
        let weighing = |weight: f64, differ: Option<bool>| {
            let mean = (reached + 0.5) / (all + 1.0);
            Self { alpha: mean * weight, beta: (1.0 - mean) * weight, differ }
        };
        if branches.len() < LEAST_BRANCHES {
            return Some(weighing(WEAK_PRIOR, None));
        }
        // Nobody, or everybody: there is no difference that could be seen.
        if reached == 0.0 || reached >= all {
            return Some(weighing(MOST_WEIGHT, Some(false)));
        }
        let slope = |logarithm: f64| {
            let weight = logarithm.exp();
            let mean = best_mean(&branches, weight);
            let (by_alpha, by_beta) = slopes(&branches, mean * weight, (1.0 - mean) * weight);
            mean * by_alpha + (1.0 - mean) * by_beta
        };
        let (least, most) = (LEAST_WEIGHT.ln(), MOST_WEIGHT.ln());
        let weight = if slope(most) >= 0.0 {
            return Some(weighing(MOST_WEIGHT, Some(false)));
        } else if slope(least) <= 0.0 {
            LEAST_WEIGHT
        } else {
            root(least, most, slope).exp()
        };
        let mean = best_mean(&branches, weight);
        Some(Self { alpha: mean * weight, beta: (1.0 - mean) * weight, differ: Some(true) })
    }

    /// The logarithm of the likelihood of some rates.
    pub fn log_likelihood(&self, branches: &[Rate]) -> f64 {
        let one = |rate: &Rate| {
            let (part, whole) = floats(rate);
            let ways = ln_binomial(rate.whole, rate.part);
            ways + ln_beta(part + self.alpha, whole - part + self.beta) - ln_beta(self.alpha, self.beta)
        };
        branches.iter().map(one).sum()
    }

    /// What a branch's rate is taken for, from 0 to 1, with its interval.
    pub fn estimate(&self, rate: Rate) -> (f64, Interval) {
        let (part, whole) = floats(&rate);
        let (alpha, beta) = (part + self.alpha, whole - part + self.beta);
        let at = |share: f64| root(0.0, 1.0, |x| share - beta_reg(alpha, beta, x));
        (alpha / (alpha + beta), Interval { low: at(0.025), high: at(0.975) })
    }
}

fn floats(rate: &Rate) -> (f64, f64) {
    let float = |count: u64| size(usize::try_from(count).unwrap_or(usize::MAX));
    (float(rate.part), float(rate.whole))
}

/// The slopes of the logarithm of the likelihood by both parameters.
fn slopes(branches: &[(f64, f64)], alpha: f64, beta: f64) -> (f64, f64) {
    let of_all = digamma(alpha + beta);
    branches.iter().fold((0.0, 0.0), |slopes, &(part, whole)| {
        let both = of_all - digamma(whole + alpha + beta);
        (
            slopes.0 + digamma(part + alpha) - digamma(alpha) + both,
            slopes.1 + digamma(whole - part + beta) - digamma(beta) + both,
        )
    })
}

/// The mean of the likeliest distribution of a weight; the likelihood has one top in it.
fn best_mean(branches: &[(f64, f64)], weight: f64) -> f64 {
    root(1e-9, 1.0 - 1e-9, |mean| {
        let (by_alpha, by_beta) = slopes(branches, mean * weight, (1.0 - mean) * weight);
        by_alpha - by_beta
    })
}

/// Where a falling function crosses zero: halving, with a straight line wherever that comes closer (Illinois).
fn root(from: f64, to: f64, function: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (from, to);
    let (mut above, mut below) = (function(low), function(high));
    if above <= 0.0 {
        return low;
    }
    if below >= 0.0 {
        return high;
    }
    for round in 0..200 {
        let line = (low * below - high * above) / (below - above);
        let middle = f64::midpoint(low, high);
        // A line that creeps along one end would take for ever.
        let next = if round % 3 == 2 || !(low < line && line < high) { middle } else { line };
        let value = function(next);
        if value == 0.0 || high - low < 1e-13 * high.abs().max(1e-3) {
            return next;
        }
        if value > 0.0 {
            (low, above, below) = (next, value, below / 2.0);
        } else {
            (high, below, above) = (next, value, above / 2.0);
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::{Prior, Rate, wilson};
    use proptest::collection::vec;
    use proptest::prelude::{prop_assert, proptest};

    /// Branches with the rate of each, its estimate and its interval as another program (R) gives them.
    const BRANCHES: &str = include_str!("../../../tests/fixtures/statistics/branches.csv");

    fn branches() -> Vec<(Rate, Vec<f64>)> {
        let branch = |line: &str| {
            let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
            let [whole, part] = [1, 2].map(|at| line.split(',').nth(at).unwrap().parse().unwrap());
            (Rate { part, whole }, cells)
        };
        BRANCHES.lines().skip(1).map(branch).collect()
    }

    #[test]
    fn the_distribution_of_branches_is_that_of_another_program() {
        let branches = branches();
        let rates: Vec<Rate> = branches.iter().map(|(rate, _)| *rate).collect();
        let prior = Prior::fit(&rates).unwrap();
        assert!((prior.alpha - 9.873_79).abs() < 1e-3 && (prior.beta - 2.536_90).abs() < 3e-4, "{prior:?}");
        assert!((prior.log_likelihood(&rates) + 48.704_264_825).abs() < 1e-8);
        assert_eq!(prior.differ, Some(true));
        for (rate, cells) in &branches {
            let (mean, range) = prior.estimate(*rate);
            for (found, expected) in [(mean, cells[4]), (range.low, cells[5]), (range.high, cells[6])] {
                assert!((found - expected).abs() < 2e-5, "{rate:?}: {found}, not {expected}");
            }
        }
    }

    #[test]
    fn four_of_four_no_longer_leads() {
        let branches = branches();
        let rates: Vec<Rate> = branches.iter().map(|(rate, _)| *rate).collect();
        let prior = Prior::fit(&rates).unwrap();
        let lucky = prior.estimate(Rate { part: 4, whole: 4 }).0;
        assert_eq!(rates.iter().filter(|rate| prior.estimate(**rate).0 > lucky).count(), 5);
    }

    #[test]
    fn branches_that_do_not_differ_are_told_so() {
        let same = [Rate { part: 8, whole: 10 }; 8];
        let prior = Prior::fit(&same).unwrap();
        assert_eq!(prior.differ, Some(false));
        let (mean, range) = prior.estimate(same[0]);
        assert!((mean - 0.8).abs() < 0.01 && range.high - range.low < 0.02, "{mean} {range:?}");
        assert_eq!(Prior::fit(&[Rate { part: 5, whole: 5 }; 6]).unwrap().differ, Some(false));
        assert_eq!(Prior::fit(&[Rate { part: 0, whole: 0 }]), None);
    }

    #[test]
    fn of_few_branches_the_rate_of_all_weighs_ten_members() {
        let prior = Prior::fit(&[Rate { part: 9, whole: 10 }, Rate { part: 9, whole: 20 }]).unwrap();
        assert!((prior.alpha + prior.beta - 10.0).abs() < 1e-12 && prior.differ.is_none());
        assert!((prior.alpha - 10.0 * 18.5 / 31.0).abs() < 1e-12);
    }

    #[test]
    fn intervals_are_those_of_wilson() {
        let known = [
            (0, 1, 0.0, 0.793_450_685_622_762_6),
            (5, 5, 0.565_517_535_216_825_1, 1.0),
            (3, 4, 0.300_641_842_582_401_84, 0.954_412_739_190_299_5),
            (0, 10, 0.0, 0.277_532_799_862_889_2),
            (10, 10, 0.722_467_200_137_110_7, 1.0),
            (8, 10, 0.490_162_471_536_641_8, 0.943_317_848_545_624_8),
            (900, 1000, 0.879_848_036_804_651_6, 0.917_090_556_406_904_4),
            (1, 30, 0.005_908_590_381_612_455, 0.166_703_909_914_091_73),
        ];
        for (part, whole, low, high) in known {
            let found = wilson(part, whole).unwrap();
            assert!((found.low - low).abs() < 1e-12 && (found.high - high).abs() < 1e-12, "{part}/{whole}: {found:?}");
        }
        assert_eq!(wilson(0, 0), None);
    }

    proptest! {
        #[test]
        fn an_estimate_lies_in_its_interval_and_between_rate_and_mean(counts in vec((0_u64..40, 1_u64..40), 1..12)) {
            let rates: Vec<Rate> = counts.iter().map(|&(part, whole)| Rate { part: part.min(whole), whole }).collect();
            let prior = Prior::fit(&rates).unwrap();
            let centre = prior.alpha / (prior.alpha + prior.beta);
            for rate in rates {
                let (mean, range) = prior.estimate(rate);
                let raw = f64::from(u32::try_from(rate.part).unwrap()) / f64::from(u32::try_from(rate.whole).unwrap());
                prop_assert!(range.low <= mean && mean <= range.high, "{prior:?} {rate:?} {mean} {range:?}");
                prop_assert!((raw.min(centre) - 1e-9..=raw.max(centre) + 1e-9).contains(&mean));
                let wilson = wilson(rate.part, rate.whole).unwrap();
                prop_assert!(wilson.low >= 0.0 && wilson.high <= 1.0 && wilson.low <= raw + 1e-12 && raw <= wilson.high + 1e-12);
            }
        }
    }
}
