//! Match 配对: a target for each option. Each pair earns an equal share; there may be targets that belong to none, and
//! a target may belong to several options.

use crate::rules::points::Points;
use crate::rules::question::{Misfit, Shape, label_index, target_index};
use std::collections::BTreeMap;

/// Label of an option → label of a target.
pub type Pairs = BTreeMap<String, String>;

/// The pairs of a response; options may be left out.
pub(super) fn decode(shape: &Shape, value: &serde_json::Value) -> Result<Pairs, Misfit> {
    let members = value.as_object().ok_or(Misfit::Form)?;
    let mut pairs = Pairs::new();
    for (label, target) in members {
        label_index(label, shape.options).ok_or(Misfit::UnknownLabel)?;
        if target.is_null() {
            continue;
        }
        let target = target.as_str().ok_or(Misfit::Form)?;
        target_index(target, shape.targets).ok_or(Misfit::UnknownLabel)?;
        pairs.insert(label.clone(), target.to_owned());
    }
    Ok(pairs)
}

/// An equal share for each pair that is right.
pub(super) fn mark(key: &Pairs, said: &Pairs, full: Points) -> Points {
    let right = key.iter().filter(|(option, target)| said.get(*option) == Some(target)).count();
    full.share(i64::try_from(right).unwrap_or_default(), i64::try_from(key.len()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{Pairs, decode, mark};
    use crate::rules::points::Points;
    use crate::rules::question::{Kind, Misfit, Shape};
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
    use serde_json::json;

    fn pairs(targets: &[usize]) -> Pairs {
        ["A", "B", "C", "D"].iter().zip(targets).map(|(a, t)| ((*a).to_owned(), t.to_string())).collect()
    }

    #[test]
    fn a_response_speaks_of_what_the_paper_shows() {
        let shape = Shape { kind: Kind::Match, options: 2, targets: 3, gaps: 0, parts: vec![] };
        assert_eq!(decode(&shape, &json!({"A": "3", "B": null})), Ok(Pairs::from([("A".into(), "3".into())])));
        for (wrong, why) in [
            (json!({"C": "1"}), Misfit::UnknownLabel),
            (json!({"A": "4"}), Misfit::UnknownLabel),
            (json!({"A": "01"}), Misfit::UnknownLabel),
            (json!({"A": 1}), Misfit::Form),
            (json!(["A"]), Misfit::Form),
        ] {
            assert_eq!(decode(&shape, &wrong), Err(why), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn every_pair_earns_its_share(key in proptest::collection::vec(1_usize..6, 4), said in proptest::collection::vec(1_usize..6, 0..=4)) {
            let full = Points::from_hundredths(400);
            let right = key.iter().zip(&said).filter(|(k, s)| k == s).count();
            prop_assert_eq!(mark(&pairs(&key), &pairs(&said), full).hundredths(), i64::try_from(right).unwrap() * 100);
            prop_assert!(mark(&pairs(&key), &pairs(&key), full) == full);
        }
    }
}
