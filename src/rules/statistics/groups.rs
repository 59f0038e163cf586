//! The strongest and the weakest of a group. Whoever ties at a boundary belongs to both sides in part, so that nothing
//! depends on the order in which equals happen to stand.

use crate::rules::statistics::size;
use std::ops::Range;

/// Members with the same score, and which part of each belongs to the weakest and to the strongest.
#[derive(Debug, Clone, PartialEq)]
pub struct Equals {
    /// Where they stand.
    pub range: Range<usize>,
    /// The part of each that belongs to the weakest.
    pub bottom: f64,
    /// The part of each that belongs to the strongest.
    pub top: f64,
}

impl Equals {
    /// The part of each that belongs to neither.
    pub fn middle(&self) -> f64 {
        (1.0 - self.bottom - self.top).max(0.0)
    }
}

/// Goes through scores, the lowest first, by groups of equals; `each` is the size of the weakest and of the strongest
/// group, in members.
pub fn by_equals<K: PartialEq>(sorted: &[K], each: f64, mut take: impl FnMut(&Equals)) {
    let all = size(sorted.len());
    let mut from = 0;
    for equals in sorted.chunk_by(|one, two| one == two) {
        let range = from..from + equals.len();
        let (low, high, count) = (size(range.start), size(range.end), size(equals.len()));
        let bottom = (each.min(high) - low).clamp(0.0, count) / count;
        let top = (high - (all - each).max(low)).clamp(0.0, count) / count;
        from = range.end;
        take(&Equals { range, bottom, top });
    }
}

/// The part of all that makes the strongest and the weakest group of an upper-lower comparison (Kelley 1939).
pub const UPPER_LOWER: f64 = 0.27;

/// How much more the strongest 27 % win of a question than the weakest, from −1 to 1. `shares` are the parts of full
/// marks in the order of `sorted`, which is from the weakest on.
pub fn upper_lower<K: PartialEq>(sorted: &[K], shares: &[f64]) -> Option<f64> {
    let each = (UPPER_LOWER * size(sorted.len())).round();
    let mut difference = 0.0;
    by_equals(sorted, each, |equals| {
        let won: f64 = shares.get(equals.range.clone()).unwrap_or_default().iter().sum();
        difference += (equals.top - equals.bottom) * won;
    });
    (each >= 1.0).then(|| difference / each)
}

#[cfg(test)]
mod tests {
    use super::{by_equals, upper_lower};
    use proptest::collection::vec;
    use proptest::prelude::{prop_assert, proptest};

    #[test]
    fn who_ties_at_a_boundary_belongs_to_both_in_part() {
        let mut seen = Vec::new();
        by_equals(&[1, 2, 2, 2, 3, 3], 2.0, |equals| seen.push((equals.range.clone(), equals.bottom, equals.top)));
        assert_eq!(seen, [(0..1, 1.0, 0.0), (1..4, 1.0 / 3.0, 0.0), (4..6, 0.0, 1.0)]);
        let mut all = Vec::new();
        by_equals(&[5, 5, 5], 1.0, |equals| all.push((equals.bottom, equals.middle(), equals.top)));
        assert!((all[0].0 - 1.0 / 3.0).abs() < 1e-12 && (all[0].1 - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_question_that_only_the_strong_know_has_a_difference_of_one() {
        let scores: Vec<i32> = (0..100).collect();
        let known: Vec<f64> = scores.iter().map(|score| f64::from(u8::from(*score >= 50))).collect();
        assert_eq!(upper_lower(&scores, &known), Some(1.0));
        assert_eq!(upper_lower(&[1; 100], &known), Some(0.0));
        assert_eq!(upper_lower(&[1], &[1.0]), None);
    }

    proptest! {
        #[test]
        fn the_parts_add_up_and_the_difference_is_blind_to_the_order_of_equals(pairs in vec((0_u8..6, 0_u8..2), 4..60)) {
            let mut one = pairs.clone();
            one.sort_unstable();
            let mut two = pairs;
            two.sort_by_key(|pair| (pair.0, std::cmp::Reverse(pair.1)));
            let scores: Vec<u8> = one.iter().map(|pair| pair.0).collect();
            let each = f64::from(u32::try_from(scores.len()).unwrap()) / 3.0;
            let (mut bottom, mut middle, mut top) = (0.0, 0.0, 0.0);
            by_equals(&scores, each, |equals| {
                let count = f64::from(u32::try_from(equals.range.len()).unwrap());
                bottom += equals.bottom * count;
                middle += equals.middle() * count;
                top += equals.top * count;
            });
            prop_assert!([bottom, middle, top].into_iter().all(|part| (part - each).abs() < 1e-9));
            let shares = |pairs: &[(u8, u8)]| pairs.iter().map(|pair| f64::from(pair.1)).collect::<Vec<_>>();
            let (first, second) = (upper_lower(&scores, &shares(&one)).unwrap(), upper_lower(&scores, &shares(&two)).unwrap());
            prop_assert!((first - second).abs() < 1e-9 && first.abs() <= 1.0 + 1e-9);
        }
    }
}
