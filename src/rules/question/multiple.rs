//! Multiple choice 多选: labels, marked by the section's policy.

use crate::rules::points::Points;
use crate::rules::question::{Misfit, Policy, Shape, label_index};

/// The labels of a response, as sent.
pub(super) fn decode(shape: &Shape, value: &serde_json::Value) -> Result<Vec<String>, Misfit> {
    let labels = value.as_array().ok_or(Misfit::Form)?;
    let mut seen = Vec::with_capacity(labels.len().min(shape.options));
    for label in labels {
        let label = label.as_str().ok_or(Misfit::Form)?;
        label_index(label, shape.options).ok_or(Misfit::UnknownLabel)?;
        if seen.iter().any(|known| known == label) {
            return Err(Misfit::RepeatedLabel);
        }
        seen.push(label.to_owned());
    }
    Ok(seen)
}

/// The points of a choice of several. A label counts once however often it is given; nothing chosen earns nothing.
pub(super) fn mark(key: &[String], chosen: &[String], full: Points, policy: Policy) -> Points {
    let right = count(key.iter().filter(|label| chosen.contains(label)).count());
    let wrong = count(
        chosen
            .iter()
            .enumerate()
            .filter(|(i, label)| !key.contains(label) && !chosen.iter().take(*i).any(|l| l == *label))
            .count(),
    );
    let keys = count(key.len());
    if right == 0 || keys == 0 {
        return Points::ZERO;
    }
    let exact = right == keys && wrong == 0;
    match policy {
        Policy::AllOrNothing | Policy::HalfIfIncomplete if exact => full,
        Policy::HalfIfIncomplete if wrong == 0 => full.share(1, 2),
        Policy::PerOption if wrong == 0 => full.share(right, keys),
        Policy::RightMinusWrong => full.share((right - wrong).max(0), keys),
        Policy::AllOrNothing | Policy::HalfIfIncomplete | Policy::PerOption => Points::ZERO,
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::mark;
    use crate::rules::points::Points;
    use crate::rules::question::Policy;
    use proptest::prelude::{Just, Strategy, prop_assert, prop_assert_eq, proptest};
    use proptest::sample::{select, subsequence};

    fn labels(text: &str) -> Vec<String> {
        text.chars().map(|c| c.to_string()).collect()
    }

    #[test]
    fn each_policy_as_announced() {
        let earn = |chosen: &str, policy| {
            mark(&labels("ACD"), &labels(chosen), Points::from_hundredths(400), policy).hundredths()
        };
        let row = |chosen| Policy::ALL.map(|policy| earn(chosen, policy));
        assert_eq!(row("ACD"), [400, 400, 400, 400]);
        assert_eq!(row("AC"), [0, 200, 267, 267]);
        assert_eq!(row("A"), [0, 200, 133, 133]);
        assert_eq!(row("ACDB"), [0, 0, 0, 267]);
        assert_eq!(row("AB"), [0, 0, 0, 0]);
        assert_eq!(row(""), [0, 0, 0, 0]);
        assert_eq!(row("AAA"), [0, 200, 133, 133], "a repeated letter is one letter");
    }

    proptest! {
        #[test]
        fn never_below_zero_nor_above_full_and_blind_to_order(
            key in subsequence(labels("ABCDE"), 1..=5),
            chosen in subsequence(labels("ABCDE"), 0..=5).prop_flat_map(|c| Just(c).prop_shuffle()),
            policy in select(&Policy::ALL[..]),
            points in 1_i64..100_000,
        ) {
            let full = Points::from_hundredths(points);
            let earned = mark(&key, &chosen, full, policy);
            let mut sorted = chosen.clone();
            sorted.sort();
            prop_assert!(earned >= Points::ZERO && earned <= full);
            prop_assert_eq!(earned, mark(&key, &sorted, full, policy));
            prop_assert_eq!(mark(&key, &key, full, policy), full);
            if sorted != key {
                prop_assert!(policy != Policy::AllOrNothing || earned == Points::ZERO);
            }
        }
    }
}
