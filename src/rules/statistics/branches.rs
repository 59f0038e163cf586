//! Means of branches, drawn together as far as their numbers ask for it, and how each stands against all.
//!
//! Branches are taken as drawn from a normal distribution (normal-normal model, Efron & Morris 1975); its variance is
//! the estimate of moments of `DerSimonian` & Laird (1986). The variance within is that of all branches together, because
//! that of three members is noise.

use crate::rules::statistics::proportion::LEAST_BRANCHES;
use crate::rules::statistics::{Interval, Z, size};

/// What the mean of all weighs, in members, where branches are too few to say how they differ.
const WEAK_PRIOR: f64 = 10.0;

/// The scores of one branch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Group {
    /// How many.
    pub count: usize,
    /// Their mean.
    pub mean: f64,
    /// Their variance, by n − 1; `None` of a single one.
    pub variance: Option<f64>,
}

/// How the means of branches differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// The mean that small branches are drawn to.
    pub centre: f64,
    /// The variance of that mean.
    centre_variance: f64,
    /// The variance between branches.
    pub between: f64,
    /// The variance between members of one branch.
    pub within: f64,
    /// Whether branches differ measurably; `None` where there are too few to say.
    pub differ: Option<bool>,
}

impl Spread {
    /// Of all branches that have anybody; `None` where no branch has two.
    pub fn fit(groups: &[Group]) -> Option<Self> {
        let groups: Vec<&Group> = groups.iter().filter(|group| group.count > 0).collect();
        let (freedom, squares) = groups.iter().fold((0.0, 0.0), |sums, group| {
            let free = size(group.count) - 1.0;
            (sums.0 + free, sums.1 + free * group.variance.unwrap_or_default())
        });
        let within = (freedom > 0.0).then(|| squares / freedom)?;
        let plain = weighted(&groups, |group| size(group.count));
        if within <= 0.0 {
            // Members of a branch don't differ at all: every mean is exact.
            return Some(Self {
                centre: plain.0,
                centre_variance: 0.0,
                between: f64::INFINITY,
                within: 0.0,
                differ: None,
            });
        }
        if groups.len() < LEAST_BRANCHES {
            let between = within / WEAK_PRIOR;
            return Some(Self { centre: plain.0, centre_variance: 0.0, between, within, differ: None });
        }
        let weight = |group: &Group| size(group.count) / within;
        let (weights, of_squares) =
            groups.iter().map(|group| weight(group)).fold((0.0, 0.0), |s, w| (s.0 + w, s.1 + w * w));
        let q: f64 = groups.iter().map(|group| weight(group) * (group.mean - plain.0).powi(2)).sum();
        let between = ((q - (size(groups.len()) - 1.0)) / (weights - of_squares / weights)).max(0.0);
        let (centre, weights) = weighted(&groups, |group| 1.0 / (between + within / size(group.count)));
        Some(Self { centre, centre_variance: 1.0 / weights, between, within, differ: Some(between > 0.0) })
    }

    /// What a branch's mean is taken for, with its interval.
    pub fn estimate(&self, group: &Group) -> (f64, Interval) {
        let error = self.within / size(group.count.max(1));
        let own = if self.between.is_infinite() { 1.0 } else { self.between / (self.between + error) };
        let mean = self.centre + own * (group.mean - self.centre);
        let half = Z * (own * error + (1.0 - own).powi(2) * self.centre_variance).sqrt();
        (mean, Interval { low: mean - half, high: mean + half })
    }
}

/// The weighted mean, and the sum of the weights.
fn weighted(groups: &[&Group], weight: impl Fn(&Group) -> f64) -> (f64, f64) {
    let sums =
        groups.iter().fold((0.0, 0.0), |sums, group| (sums.0 + weight(group) * group.mean, sums.1 + weight(group)));
    (sums.0 / sums.1, sums.1)
}

/// How a branch stands against all, with its numbers taken into account. Advice; it decides no rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Clearly above the mean of all.
    Above,
    /// Not to be told from it.
    Same,
    /// Clearly below it.
    Below,
    /// Too few to say.
    Few,
    /// Nobody sat.
    Nobody,
    /// There is nothing to compare with.
    Alone,
}

impl Standing {
    /// The name in the API and of the message.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Above => "above",
            Self::Same => "same",
            Self::Below => "below",
            Self::Few => "few",
            Self::Nobody => "nobody",
            Self::Alone => "alone",
        }
    }

    /// Of an interval against the mean of all.
    pub fn of(interval: Interval, all: f64) -> Self {
        // What nobody would see in a figure of one decimal is no difference.
        const LEAST: f64 = 0.05;
        if interval.low > all + LEAST {
            Self::Above
        } else if interval.high < all - LEAST {
            Self::Below
        } else {
            Self::Same
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Group, Spread, Standing};
    use crate::rules::statistics::moments::Moments;
    use crate::rules::statistics::reliability::{OneWay, Own};
    use proptest::collection::vec;
    use proptest::prelude::{prop_assert, proptest};

    fn group(scores: &[f64]) -> Group {
        let moments = Moments::of(scores);
        Group { count: scores.len(), mean: moments.mean().unwrap(), variance: moments.variance() }
    }

    #[test]
    fn a_lucky_three_are_drawn_further_in_than_thirty() {
        let many = |mean: f64, count: usize| Group { count, mean, variance: Some(100.0) };
        let groups = [many(92.0, 3), many(90.0, 30), many(75.0, 40), many(70.0, 35), many(82.0, 25), many(78.0, 50)];
        let spread = Spread::fit(&groups).unwrap();
        let [few, thirty] = [0, 1].map(|index| spread.estimate(&groups[index]));
        assert!(few.0 < thirty.0 && thirty.0 < 90.0 && few.0 > spread.centre, "{few:?} {thirty:?}");
        assert_eq!(spread.differ, Some(true));
        let all = 78.0;
        let standings: Vec<Standing> = groups.iter().map(|group| Standing::of(spread.estimate(group).1, all)).collect();
        assert_eq!(standings[1..4], [Standing::Above, Standing::Same, Standing::Below]);
    }

    #[test]
    fn few_branches_weigh_the_mean_of_all_as_ten_members() {
        let groups = [group(&[60.0, 80.0, 70.0]), group(&[90.0, 80.0])];
        let spread = Spread::fit(&groups).unwrap();
        let centre = 76.0;
        assert!((spread.estimate(&groups[0]).0 - (3.0 * 70.0 + 10.0 * centre) / 13.0).abs() < 1e-9);
        assert_eq!(spread.differ, None);
        assert_eq!(Spread::fit(&[group(&[60.0]), group(&[90.0])]), None);
        let exact = [group(&[60.0, 60.0]), group(&[90.0, 90.0])];
        assert!((Spread::fit(&exact).unwrap().estimate(&exact[0]).0 - 60.0).abs() < 1e-12);
    }

    proptest! {
        /// Of branches of one size the estimate of moments is that of the analysis of variance.
        #[test]
        fn of_equal_branches_the_spread_is_that_of_the_analysis_of_variance(scores in vec(vec(0_u8..100, 5), 5..12)) {
            let floats: Vec<Vec<f64>> = scores.iter().map(|s| s.iter().map(|s| f64::from(*s)).collect()).collect();
            let groups: Vec<Group> = floats.iter().map(|scores| group(scores)).collect();
            let members: Vec<Own> = floats.iter().map(|scores| scores.iter().copied().collect::<Own>()).collect();
            if let Some(spread) = Spread::fit(&groups).filter(|spread| spread.within > 0.0) {
                let expected = OneWay::of(&members).unwrap().members_variance().max(0.0);
                prop_assert!((spread.between - expected).abs() < 1e-6 * (1.0 + expected), "{spread:?} {expected}");
                for group in &groups {
                    let (mean, range) = spread.estimate(group);
                    prop_assert!(range.low <= mean && mean <= range.high);
                    prop_assert!((group.mean.min(spread.centre) - 1e-9..=group.mean.max(spread.centre) + 1e-9).contains(&mean));
                }
            }
        }
    }
}
