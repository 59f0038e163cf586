//! What stands beside the figures of branches: where small numbers leave a rate, what a mean is taken for with numbers
//! taken into account, how a branch stands against all; and the official ranking, which knows nothing of that.

use crate::rules::figures::{Scale, Tally};
use crate::rules::points::Points;
use crate::rules::ranking::{Mean, place};
use crate::rules::statistics::Interval;
use crate::rules::statistics::branches::{Group, Spread, Standing};
use crate::rules::statistics::proportion::{Prior, Rate, wilson};

/// Branches with fewer results are neither ranked nor judged.
pub const LEAST_JUDGED: u64 = 5;

/// A figure with the range in which it may lie, in percent.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Estimate {
    /// The figure.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Estimate {
    fn of((value, range): (f64, Interval), scale: f64) -> Self {
        Self { value: value * scale, low: range.low * scale, high: range.high * scale }
    }
}

/// A place in the official ranking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// From 1.
    pub rank: usize,
    /// Whether others have the same.
    pub shared: bool,
}

/// What stands beside the figures of a branch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Advice {
    /// The range of the pass rate, in percent.
    pub pass_rate: Option<Interval>,
    /// The range of the rate of excellence, in percent.
    pub excellence_rate: Option<Interval>,
    /// The mean with numbers taken into account, in percent of full marks.
    pub adjusted_mean: Option<Estimate>,
    /// The pass rate likewise.
    pub adjusted_pass_rate: Option<Estimate>,
    /// How the branch stands against all.
    pub standing: Standing,
    /// Its place by the raw mean; `None` where it isn't ranked.
    pub place: Option<Place>,
}

/// What stands beside each of some branches that together make `all`; `ranked` says which of them are ranked.
pub fn advise(all: &Tally, branches: &[(&Tally, bool)], scale: Scale) -> Vec<Advice> {
    let groups: Vec<Group> = branches.iter().map(|(tally, _)| group(tally, scale)).collect();
    let rates: Vec<Rate> = branches.iter().map(|(tally, _)| rate(tally, scale)).collect();
    let several = groups.iter().filter(|group| group.count > 0).count() > 1;
    let spread = Spread::fit(&groups).filter(|_| several);
    let prior = Prior::fit(&rates).filter(|_| several);
    let mean = all.figures(scale).mean;
    let numbers = groups.iter().zip(&rates).zip(places(branches));
    let advice = |((tally, _), ((group, rate), place)): (&(&Tally, bool), ((&Group, &Rate), _))| {
        let has_any = group.count > 0;
        let estimate = spread.filter(|_| has_any).map(|spread| spread.estimate(group));
        let passing = prior.filter(|_| has_any).map(|prior| prior.estimate(*rate));
        Advice {
            adjusted_mean: estimate.map(|estimate| Estimate::of(estimate, 1.0)),
            adjusted_pass_rate: passing.map(|estimate| Estimate::of(estimate, 100.0)),
            standing: standing(rate.whole, estimate.map(|(_, range)| range).zip(mean)),
            place,
            ..of_one(tally, scale)
        }
    };
    branches.iter().zip(numbers).map(advice).collect()
}

/// What stands beside a branch by itself.
pub fn of_one(tally: &Tally, scale: Scale) -> Advice {
    let range = |line: Points| percent(wilson(tally.reaching(line, scale.full), tally.marked()));
    Advice {
        pass_rate: range(scale.pass),
        excellence_rate: range(scale.excellent),
        adjusted_mean: None,
        adjusted_pass_rate: None,
        standing: standing(tally.marked(), None),
        place: None,
    }
}

fn percent(range: Option<Interval>) -> Option<Interval> {
    range.map(|range| Interval { low: range.low * 100.0, high: range.high * 100.0 })
}

fn rate(tally: &Tally, scale: Scale) -> Rate {
    Rate { part: tally.reaching(scale.pass, scale.full), whole: tally.marked() }
}

fn group(tally: &Tally, scale: Scale) -> Group {
    let figures = tally.figures(scale);
    Group {
        count: usize::try_from(tally.marked()).unwrap_or(usize::MAX),
        mean: figures.mean.unwrap_or_default(),
        variance: figures.standard_deviation.map(|deviation| deviation * deviation),
    }
}

fn standing(count: u64, compared: Option<(Interval, f64)>) -> Standing {
    match compared {
        _ if count == 0 => Standing::Nobody,
        _ if count < LEAST_JUDGED => Standing::Few,
        None => Standing::Alone,
        Some((range, mean)) => Standing::of(range, mean),
    }
}

/// The official places: by the raw mean, equals share one; small branches stand apart.
fn places(branches: &[(&Tally, bool)]) -> Vec<Option<Place>> {
    let is_ranked = |(tally, ranked): &(&Tally, bool)| *ranked && tally.marked() >= LEAST_JUDGED;
    let mean = |(tally, _): &(&Tally, bool)| Mean { sum: tally.sum(), count: tally.marked() };
    let mut ascending: Vec<Mean> = branches.iter().filter(|branch| is_ranked(branch)).map(mean).collect();
    ascending.sort_unstable();
    let of = |branch: &(&Tally, bool)| {
        let mine = mean(branch);
        let shared = ascending.iter().filter(|other| **other == mine).count() > 1;
        is_ranked(branch).then(|| Place { rank: place(&mine, &ascending), shared })
    };
    branches.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::{Advice, LEAST_JUDGED, advise, of_one};
    use crate::rules::figures::{Result, Scale, Tally};
    use crate::rules::points::Points;
    use crate::rules::presence::Presence;
    use crate::rules::statistics::branches::Standing;
    use proptest::collection::vec;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    const SCALE: Scale = Scale {
        full: Points::from_hundredths(10_000),
        pass: Points::from_hundredths(6000),
        excellent: Points::from_hundredths(9000),
    };

    fn tally(scores: &[i64]) -> Tally {
        let mut tally = Tally::default();
        for score in scores {
            let score = Some(Points::from_hundredths(score * 100));
            tally.add(Result { presence: Presence::Sat, working: false, score, pending: false });
        }
        tally
    }

    fn compared(branches: &[Tally]) -> Vec<Advice> {
        let mut all = Tally::default();
        for branch in branches {
            all.add_all(branch);
        }
        let branches: Vec<(&Tally, bool)> = branches.iter().map(|branch| (branch, true)).collect();
        advise(&all, &branches, SCALE)
    }

    #[test]
    fn a_branch_of_three_leads_neither_ranking_nor_judgement() {
        let usual: Vec<i64> = (0..30).map(|member| 60 + member).collect();
        let strong: Vec<i64> = (0..30).map(|member| 70 + member).collect();
        let mut branches = vec![tally(&[100, 100, 99]), tally(&strong), tally(&[]), tally(&usual)];
        branches.extend((0..4).map(|_| tally(&usual)));
        let found = compared(&branches);
        assert_eq!((found[0].standing, found[0].place), (Standing::Few, None));
        assert_eq!(found[2].standing, Standing::Nobody);
        assert_eq!(found[1].standing, Standing::Above);
        let ranks: Vec<Option<(usize, bool)>> =
            found.iter().map(|advice| advice.place.map(|place| (place.rank, place.shared))).collect();
        assert_eq!(ranks[1..5], [Some((1, false)), None, Some((2, true)), Some((2, true))]);
        let (lucky, many) = (found[0].adjusted_mean.unwrap(), found[1].adjusted_mean.unwrap());
        assert!(lucky.high - lucky.low > many.high - many.low && lucky.value < 99.0, "{lucky:?} {many:?}");
    }

    #[test]
    fn one_branch_has_nothing_to_be_compared_with() {
        let found = compared(&[tally(&[50, 60, 70, 80, 90, 100])]);
        assert_eq!((found[0].standing, found[0].adjusted_mean), (Standing::Alone, None));
        let pass = found[0].pass_rate.unwrap();
        assert!(pass.low > 40.0 && pass.high < 98.0, "{pass:?}");
        assert_eq!(of_one(&tally(&[]), SCALE).pass_rate, None);
    }

    proptest! {
        #[test]
        fn ranks_follow_the_raw_mean_and_ranges_hold_the_rate(scores in vec(vec(0_i64..=100, 0..12), 1..9)) {
            let branches: Vec<Tally> = scores.iter().map(|scores| tally(scores)).collect();
            let found = compared(&branches);
            for (one, advice) in branches.iter().zip(&found) {
                prop_assert_eq!(advice.place.is_some(), one.marked() >= LEAST_JUDGED);
                for (other, beside) in branches.iter().zip(&found) {
                    if let (Some(mine), Some(theirs)) = (advice.place, beside.place) {
                        let (mean, than) = (one.figures(SCALE).mean.unwrap(), other.figures(SCALE).mean.unwrap());
                        prop_assert!(mean <= than + 1e-9 || mine.rank < theirs.rank);
                    }
                }
                if let Some((rate, range)) = one.figures(SCALE).pass_rate.zip(advice.pass_rate) {
                    prop_assert!(range.low <= rate + 1e-9 && rate <= range.high + 1e-9);
                }
            }
        }
    }
}
