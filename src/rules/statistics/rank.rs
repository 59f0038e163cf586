//! The official ranking: by the raw mean, equal means share a rank 并列, and the next one counts on (1, 2, 2, 4).

use std::cmp::Ordering;

/// A mean as the sum of scores and how many there are, so that equal means are exactly equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mean {
    /// The sum.
    pub sum: i64,
    /// Of how many; never 0.
    pub count: u64,
}

impl Mean {
    /// The higher mean is greater.
    pub fn order(self, other: Self) -> Ordering {
        let cross = |one: Self, two: Self| i128::from(one.sum) * i128::from(two.count);
        cross(self, other).cmp(&cross(other, self))
    }
}

/// The rank of each, from 1.
pub fn ranks(means: &[Mean]) -> Vec<usize> {
    let above = |mean: &Mean| means.iter().filter(|other| other.order(*mean) == Ordering::Greater).count();
    means.iter().map(|mean| above(mean) + 1).collect()
}

#[cfg(test)]
mod tests {
    use super::{Mean, ranks};
    use proptest::collection::vec;
    use proptest::prelude::{prop_assert_eq, proptest};

    #[test]
    fn equal_means_share_a_rank() {
        let mean = |sum, count| Mean { sum, count };
        assert_eq!(ranks(&[mean(1, 3), mean(2, 3), mean(4, 6), mean(9, 10), mean(0, 5)]), [4, 2, 2, 1, 5]);
        assert_eq!(ranks(&[]), Vec::<usize>::new());
    }

    proptest! {
        #[test]
        fn a_rank_is_one_more_than_how_many_are_better(pairs in vec((0_i64..50, 1_u64..9), 1..20)) {
            let means: Vec<Mean> = pairs.iter().map(|&(sum, count)| Mean { sum, count }).collect();
            let ranks = ranks(&means);
            let mut sorted: Vec<usize> = ranks.clone();
            sorted.sort_unstable();
            for (index, rank) in sorted.iter().enumerate() {
                // The first of equals stands at its place.
                prop_assert_eq!(*rank, sorted.iter().position(|other| other == rank).unwrap() + 1, "{} {:?}", index, sorted);
            }
        }
    }
}
