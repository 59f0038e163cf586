//! Order 排序: every option once, in the right order. Full points for the key; otherwise the share of neighbours in the
//! key that stand next to each other, the same way round, in the response.

use crate::rules::points::Points;
use crate::rules::question::{Misfit, Shape, label_index};

/// The labels of a response: each option of the paper exactly once.
pub(super) fn decode(shape: &Shape, value: &serde_json::Value) -> Result<Vec<String>, Misfit> {
    let labels = super::multiple::decode(shape, value)?;
    // Distinct labels of the paper, as many as it shows, are a permutation.
    if labels.len() == shape.options { Ok(labels) } else { Err(Misfit::Incomplete) }
}

/// The position of each option of the paper in a response, from 1.
pub fn ranks(labels: &[String], options: usize) -> Vec<Option<usize>> {
    let mut ranks = vec![None; options];
    for (rank, label) in (1..).zip(labels) {
        if let Some(place) = label_index(label, options).and_then(|index| ranks.get_mut(index)) {
            *place = Some(rank);
        }
    }
    ranks
}

/// The points of an order.
pub(super) fn mark(key: &[String], said: &[String], full: Points) -> Points {
    let neighbours = |labels: &[String]| -> Vec<[String; 2]> {
        labels.windows(2).filter_map(|pair| Some([pair.first()?.clone(), pair.get(1)?.clone()])).collect()
    };
    if said == key {
        return full;
    }
    let (wanted, there) = (neighbours(key), neighbours(said));
    let kept = wanted.iter().filter(|pair| there.contains(pair)).count();
    full.share(i64::try_from(kept).unwrap_or_default(), i64::try_from(wanted.len()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{mark, ranks};
    use crate::rules::points::Points;
    use proptest::prelude::{Just, Strategy, prop_assert, prop_assert_eq, proptest};

    fn labels(text: &str) -> Vec<String> {
        text.chars().map(|c| c.to_string()).collect()
    }

    #[test]
    fn neighbours_kept_earn_their_share() {
        let earn = |said: &str| mark(&labels("CABD"), &labels(said), Points::from_hundredths(300)).hundredths();
        assert_eq!(["CABD", "DCAB", "ABDC", "DBAC", "ABCD"].map(earn), [300, 200, 200, 0, 100]);
        assert_eq!(ranks(&labels("CAB"), 3), [Some(2), Some(3), Some(1)]);
    }

    proptest! {
        #[test]
        fn only_the_key_earns_all_and_turning_it_round_earns_nothing(
            (key, said) in (2_usize..9).prop_flat_map(|n| {
                let all: Vec<String> = labels("ABCDEFGH").into_iter().take(n).collect();
                (Just(all.clone()).prop_shuffle(), Just(all).prop_shuffle())
            }),
            points in 1_i64..100_000,
        ) {
            let full = Points::from_hundredths(points);
            let earned = mark(&key, &said, full);
            prop_assert!(earned >= Points::ZERO && earned <= full);
            prop_assert_eq!(mark(&key, &key, full), full);
            let turned: Vec<String> = key.iter().rev().cloned().collect();
            prop_assert_eq!(mark(&key, &turned, full), Points::ZERO);
            // One neighbour too few is at least half a hundredth too few only where there are points enough to tell.
            prop_assert!(key == said || points < 16 || earned < full);
        }
    }
}
