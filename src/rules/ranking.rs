//! Places: equal values share one 并列, and the next one counts all before it.

/// The place of a value among all, from 1: one more than there are higher ones. `ascending` is sorted.
pub fn place<T: PartialOrd>(value: &T, ascending: &[T]) -> usize {
    ascending.len() - ascending.partition_point(|other| other <= value) + 1
}

#[cfg(test)]
mod tests {
    use super::place;
    use proptest::prelude::{prop_assert_eq, proptest};

    #[test]
    fn equal_values_share_a_place() {
        let all = [60, 70, 70, 90];
        assert_eq!([90, 70, 60].map(|value| place(&value, &all)), [1, 2, 4]);
    }

    proptest! {
        #[test]
        fn a_place_is_one_more_than_there_are_higher_ones(mut all in proptest::collection::vec(0..20_i32, 1..40)) {
            all.sort_unstable();
            for value in &all {
                prop_assert_eq!(place(value, &all), all.iter().filter(|other| *other > value).count() + 1);
            }
        }
    }
}
