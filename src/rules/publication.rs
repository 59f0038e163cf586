//! What may be published of branches: never figures of fewer people than [`LEAST`], nor such as follow from others.
//!
//! The rows that are published are disjoint and together are everybody, whose figures stand in the total. What anybody
//! can compute from them is therefore of whole rows together, so that it is enough that every row is large.

use std::collections::BTreeSet;

/// Fewest people whose figures are published.
pub const LEAST: u64 = 5;

/// How many people the figures of a branch speak of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size {
    /// Whose score is in mean and rates.
    pub marked: u64,
    /// Who was due, and so is in the rate of participation.
    pub due: u64,
}

impl Size {
    /// Whether figures of so many may be published. Of nobody there are none.
    pub const fn is_large(self) -> bool {
        (self.marked == 0 || self.marked >= LEAST) && (self.due == 0 || self.due >= LEAST)
    }

    const fn is_nobody(self) -> bool {
        self.marked == 0 && self.due == 0
    }

    const fn with(self, other: Self) -> Self {
        Self { marked: self.marked + other.marked, due: self.due + other.due }
    }
}

/// What is published of some branches, by their indices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Published {
    /// Branches that stand by themselves, in their order.
    pub alone: Vec<usize>,
    /// Branches of which only the sum is published, in their order.
    pub together: Vec<usize>,
}

/// What may be published of branches that together are everybody: the small ones are one row, and where they are too few
/// even together, the next smallest joins them, because the total less the others would tell of them. `None`: everybody
/// together is too few. Branches of nobody aren't told of.
pub fn published(sizes: &[Size]) -> Option<Published> {
    let mut order: Vec<(Size, usize)> = sizes.iter().copied().zip(0..).filter(|(size, _)| !size.is_nobody()).collect();
    order.sort_by_key(|(size, index)| (size.is_large(), *size, *index));
    let mut sum = Size::default();
    let mut cut = 0;
    for (size, _) in &order {
        if size.is_large() && sum.is_large() {
            break;
        }
        sum = sum.with(*size);
        cut += 1;
    }
    if !sum.is_large() || order.is_empty() {
        return None;
    }
    let sorted = |part: &[(Size, usize)]| {
        let mut indices: Vec<usize> = part.iter().map(|(_, index)| *index).collect();
        indices.sort_unstable();
        indices
    };
    let (together, alone) = order.split_at_checked(cut)?;
    Some(Published { alone: sorted(alone), together: sorted(together) })
}

/// What may be published of branches over several tests, by their indices: a branch stands by itself only where it does in
/// each of these tests, because the sum less what was published of the others would tell of the one in which it doesn't.
/// Each item holds the sizes of all branches in one test. `None`: of some test nothing may be told.
pub fn published_over(tests: &[Vec<Size>]) -> Option<Published> {
    let mut together = BTreeSet::new();
    let mut anybody = BTreeSet::new();
    for sizes in tests {
        let of_one = published(sizes)?;
        anybody.extend(of_one.alone.into_iter().chain(of_one.together.iter().copied()));
        together.extend(of_one.together);
    }
    let alone = anybody.difference(&together).copied().collect();
    Some(Published { alone, together: together.into_iter().collect() })
}

#[cfg(test)]
mod tests {
    use super::{LEAST, Published, Size, published, published_over};
    use proptest::collection::vec;
    use proptest::prelude::{Strategy, prop_assert, prop_assert_eq, proptest};

    fn sat(counts: &[u64]) -> Vec<Size> {
        counts.iter().map(|&count| Size { marked: count, due: count }).collect()
    }

    #[test]
    fn small_branches_are_one_row() {
        let rows = |counts: &[u64]| published(&sat(counts)).map(|Published { alone, together }| (alone, together));
        assert_eq!(rows(&[9, 8, 7]), Some((vec![0, 1, 2], vec![])));
        assert_eq!(rows(&[9, 3, 7, 2]), Some((vec![0, 2], vec![1, 3])), "five together");
        assert_eq!(rows(&[9, 3, 7]), Some((vec![0], vec![1, 2])), "the next smallest joins");
        assert_eq!(rows(&[9, 3]), Some((vec![], vec![0, 1])));
        assert_eq!(rows(&[9, 0, 8]), Some((vec![0, 2], vec![])), "of nobody nothing is told");
        assert_eq!(rows(&[2, 2]), None);
        assert_eq!(rows(&[]), None);
    }

    #[test]
    fn few_results_of_many_due_are_merged_too() {
        let sizes = [Size { marked: 1, due: 40 }, Size { marked: 30, due: 30 }, Size { marked: 0, due: 12 }];
        let expected = Published { alone: vec![1], together: vec![0, 2] };
        let merged = published(&sizes);
        assert_ne!(merged, Some(expected), "one result is as easily told from 42 due as from 40");
        assert_eq!(merged, Some(Published { alone: vec![], together: vec![0, 1, 2] }));
    }

    const PRIME: u64 = 1_000_003;

    fn inverse(number: u64) -> u64 {
        let (mut result, mut base, mut power) = (1, number, PRIME - 2);
        while power > 0 {
            if power & 1 == 1 {
                result = result * base % PRIME;
            }
            base = base * base % PRIME;
            power >>= 1;
        }
        result
    }

    /// The rank of rows modulo a prime.
    fn rank(mut rows: Vec<Vec<u64>>) -> usize {
        let columns = rows.first().map_or(0, Vec::len);
        let mut rank = 0;
        for column in 0..columns {
            let Some(pivot) = (rank..rows.len()).find(|&row| rows[row][column] != 0) else { continue };
            rows.swap(rank, pivot);
            let factor = inverse(rows[rank][column]);
            let lead: Vec<u64> = rows[rank].iter().map(|value| value * factor % PRIME).collect();
            for (index, row) in rows.iter_mut().enumerate() {
                let times = if index == rank { 0 } else { row[column] };
                for (value, lead) in row.iter_mut().zip(&lead) {
                    *value = (*value + PRIME * PRIME - times * lead) % PRIME;
                }
            }
            rows[rank] = lead;
            rank += 1;
        }
        rank
    }

    fn indicator(count: usize, members: &[usize]) -> Vec<u64> {
        (0..count).map(|index| u64::from(members.contains(&index))).collect()
    }

    fn sizes() -> impl Strategy<Value = Vec<Size>> {
        let size = (0..12_u64, 0..4_u64).prop_map(|(marked, more)| Size { marked, due: marked + more });
        vec(size, 1..9)
    }

    proptest! {
        /// Every set of branches whose sum somebody could compute from the rows and the total, in any way that uses
        /// sums, differences and multiples, is of enough people.
        #[test]
        fn nobody_can_compute_the_figures_of_few(sizes in sizes()) {
            let count = sizes.len();
            let all: Vec<usize> = (0..count).collect();
            let mut told = Vec::new();
            if let Some(Published { alone, together }) = published(&sizes) {
                told.push(indicator(count, &all));
                told.extend(alone.iter().map(|&index| indicator(count, &[index])));
                told.push(indicator(count, &together));
            }
            let known = rank(told.clone());
            for chosen in 1_u32..1 << count {
                let members: Vec<usize> = all.iter().copied().filter(|index| chosen & (1 << index) != 0).collect();
                let sum = members.iter().fold(Size::default(), |sum, &index| sum.with(sizes[index]));
                let with = told.iter().cloned().chain([indicator(count, &members)]).collect();
                if rank(with) == known {
                    prop_assert!(sum.marked == 0 || sum.marked >= LEAST, "{:?} of {:?}", members, sizes);
                    prop_assert!(sum.due == 0 || sum.due >= LEAST, "{:?} of {:?}", members, sizes);
                }
            }
        }

        #[test]
        fn no_more_is_merged_than_must_be(sizes in sizes()) {
            let Some(Published { alone, together }) = published(&sizes) else {
                let sum = sizes.iter().fold(Size::default(), |sum, size| sum.with(*size));
                prop_assert!(!sum.is_large() || sum == Size::default());
                return Ok(());
            };
            let mut told: Vec<usize> = alone.iter().chain(&together).copied().collect();
            told.sort_unstable();
            let anybody: Vec<usize> = (0..sizes.len()).filter(|&index| sizes[index].due > 0).collect();
            prop_assert_eq!(told, anybody, "everybody is in one row");
            prop_assert!(alone.iter().all(|&index| sizes[index].is_large()));
            let large = together.iter().filter(|&&index| sizes[index].is_large()).copied().max_by_key(|&index| (sizes[index], index));
            if let Some(last) = large {
                let others = together.iter().filter(|&&index| index != last);
                let sum = others.fold(Size::default(), |sum, &index| sum.with(sizes[index]));
                prop_assert!(!sum.is_large() || sum == Size::default(), "the last to join had to");
            }
        }
    }

    proptest! {
        #[test]
        fn over_several_tests_nothing_of_any_is_told_that_it_would_not_tell(
            tests in vec(vec(0_u64..12, 5), 1..4)
        ) {
            let tests: Vec<Vec<Size>> = tests.iter().map(|counts| sat(counts)).collect();
            let each: Option<Vec<Published>> = tests.iter().map(|sizes| published(sizes)).collect();
            let over = published_over(&tests);
            prop_assert_eq!(over.is_some(), each.is_some());
            if let (Some(over), Some(each)) = (over, each) {
                for (of_one, sizes) in each.iter().zip(&tests) {
                    prop_assert!(over.alone.iter().all(|index| !of_one.together.contains(index)));
                    let merged = over.together.iter().map(|&index| sizes[index]).fold(Size::default(), Size::with);
                    prop_assert!(merged.is_large(), "{:?}", merged);
                }
            }
        }
    }
}
