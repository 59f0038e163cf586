//! Places: equal values share one 并列, and the next one counts all before it (1, 2, 2, 4).

use std::cmp::Ordering;

/// The place of a value among all, from 1: one more than there are higher ones. `ascending` is sorted.
pub fn place<T: PartialOrd>(value: &T, ascending: &[T]) -> usize {
    ascending.len() - ascending.partition_point(|other| other <= value) + 1
}

/// A mean as the sum of scores and how many there are, so that equal means are exactly equal.
#[derive(Debug, Clone, Copy)]
pub struct Mean {
    /// The sum.
    pub sum: i64,
    /// Of how many; never 0.
    pub count: u64,
}

impl Ord for Mean {
    fn cmp(&self, other: &Self) -> Ordering {
        let cross = |one: &Self, two: &Self| i128::from(one.sum) * i128::from(two.count);
        cross(self, other).cmp(&cross(other, self))
    }
}

impl PartialOrd for Mean {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Mean {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Mean {}

#[cfg(test)]
mod tests {
    use super::{Mean, place};
    use proptest::collection::vec;
    use proptest::prelude::{prop_assert_eq, proptest};

    #[test]
    fn equal_values_share_a_place() {
        let all = [60, 70, 70, 90];
        assert_eq!([90, 70, 60].map(|value| place(&value, &all)), [1, 2, 4]);
    }

    #[test]
    fn equal_means_are_equal_whatever_they_are_made_of() {
        let mut means = [(1, 3), (2, 3), (4, 6), (9, 10), (0, 5)].map(|(sum, count)| Mean { sum, count });
        let given = means;
        means.sort_unstable();
        assert_eq!(given.map(|mean| place(&mean, &means)), [4, 2, 2, 1, 5]);
    }

    proptest! {
        #[test]
        fn a_place_is_one_more_than_there_are_higher_ones(mut all in vec((0_i64..50, 1_u64..9), 1..40)) {
            all.sort_unstable();
            let mut means: Vec<Mean> = all.iter().map(|&(sum, count)| Mean { sum, count }).collect();
            means.sort_unstable();
            for value in &means {
                let higher = all.iter().filter(|&&(sum, count)| {
                    i128::from(sum) * i128::from(value.count) > i128::from(value.sum) * i128::from(count)
                });
                prop_assert_eq!(place(value, &means), higher.count() + 1);
            }
        }
    }
}
