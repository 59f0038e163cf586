//! Case studies 材料分析: material, and questions about it that each earn a share of the points.

use crate::rules::points::Points;
use crate::rules::question::{Choice, Cite, Key, Misfit, Policy, Question, Response, Shape, mark};
use crate::rules::text::Text;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Most parts of a case.
pub const MOST_PARTS: usize = 20;

/// A question about the material. What it leaves out holds as the case says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// A name that readers of the file gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Another topic than the case's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// Another difficulty than the case's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difficulty: Option<u8>,
    /// What is asked.
    pub stem: Text,
    /// The options in the bank's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Choice>,
    /// The targets of a match, in the bank's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Choice>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Text>,
    /// Where it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cite: Option<Cite>,
}

/// What is correct in a part, and what it weighs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartKey {
    /// Its weight among the parts: in percent, or 1 where all weigh the same.
    pub share: u32,
    /// What is correct.
    pub key: Key,
}

impl Question {
    /// The parts of a case as questions of their own, named by the case and their number.
    pub fn parts(&self) -> Vec<Self> {
        let Key::Case(keys) = &self.key else { return Vec::new() };
        let one = |(number, (part, PartKey { key, .. })): (usize, (&Part, &PartKey))| Self {
            id: part.id.clone().unwrap_or_else(|| format!("{}.{number}", self.id)),
            topic: part.topic.clone().unwrap_or_else(|| self.topic.clone()),
            difficulty: part.difficulty.unwrap_or(self.difficulty),
            stem: part.stem.clone(),
            options: part.options.clone(),
            targets: part.targets.clone(),
            parts: Vec::new(),
            key: key.clone(),
            explanation: part.explanation.clone(),
            cite: part.cite.clone(),
            excludes: Vec::new(),
            retired: false,
        };
        (1..).zip(self.parts.iter().zip(keys)).map(one).collect()
    }
}

impl Part {
    /// How long the lists are that a paper shuffles: options, and targets, where there are any.
    pub(super) fn counts(&self) -> impl Iterator<Item = usize> {
        [self.options.len(), self.targets.len()].into_iter().filter(|count| *count > 0)
    }
}

/// The points of each part, of `full` together: cut where the shares before it end, rounded half up, so that nothing is
/// lost or won.
pub fn points(keys: &[PartKey], full: Points) -> Vec<Points> {
    let all = keys.iter().map(|key| i64::from(key.share)).sum();
    let (mut shares, mut before) = (0, Points::ZERO);
    let one = |key: &PartKey| {
        shares += i64::from(key.share);
        let until = full.share(shares, all);
        let points = Points::from_hundredths(until.hundredths() - before.hundredths());
        before = until;
        points
    };
    keys.iter().map(one).collect()
}

/// Whether all parts weigh the same without saying so.
pub fn is_even(keys: &[PartKey]) -> bool {
    keys.iter().all(|key| key.share == 1)
}

/// The responses to the parts; `None` where one has none.
pub(super) fn decode(shape: &Shape, value: &Value) -> Result<Vec<Option<Response>>, Misfit> {
    let given = value.as_array().ok_or(Misfit::Form)?;
    if given.len() != shape.parts.len() {
        return Err(Misfit::PartCount);
    }
    shape.parts.iter().zip(given).map(|(shape, value)| Response::decode(shape, value)).collect()
}

/// What the parts earn together; `None` where a person has to say so of one.
pub(super) fn mark_all(
    keys: &[PartKey],
    responses: &[Option<Response>],
    full: Points,
    policy: Policy,
) -> Option<Points> {
    let parts = keys.iter().zip(points(keys, full)).zip(responses);
    parts.map(|((key, points), response)| mark(&key.key, response.as_ref(), points, policy)).sum()
}

impl Key {
    /// Whether only a person can mark by it.
    pub fn is_written(&self) -> bool {
        match self {
            Self::Short(_) | Self::Essay(_) => true,
            Self::Case(keys) => keys.iter().all(|part| part.key.is_written()),
            _ => false,
        }
    }

    /// What is correct in the part at an index.
    pub fn part(&self, index: usize) -> Option<&Self> {
        match self {
            Self::Case(keys) => keys.get(index).map(|part| &part.key),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PartKey, points};
    use crate::rules::points::Points;
    use crate::rules::question::{Key, Policy, Response, mark};
    use proptest::collection::vec;
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    fn case(shares: &[u32]) -> Vec<PartKey> {
        shares.iter().map(|&share| PartKey { share, key: Key::TrueFalse(true) }).collect()
    }

    #[test]
    fn thirds_lose_nothing() {
        let of = |shares: &[u32], full| {
            points(&case(shares), Points::from_hundredths(full)).into_iter().map(Points::hundredths).collect::<Vec<_>>()
        };
        assert_eq!(of(&[1, 1, 1], 1000), [333, 334, 333]);
        assert_eq!(of(&[20, 30, 50], 1000), [200, 300, 500]);
        assert_eq!(of(&[1, 1], 1), [1, 0]);
    }

    #[test]
    fn a_part_that_a_person_marks_makes_the_whole_wait() {
        let full = Points::from_hundredths(600);
        let mut keys = case(&[1, 1]);
        let said = |said| Some(Response::TrueFalse(said));
        let of = |keys: &[PartKey], parts| {
            mark(&Key::Case(keys.to_vec()), Some(&Response::Parts(parts)), full, Policy::default())
        };
        assert_eq!(of(&keys, vec![said(true), said(false)]), Some(Points::from_hundredths(300)));
        assert_eq!(of(&keys, vec![None, said(true)]), Some(Points::from_hundredths(300)));
        keys[1].key = Key::Short(crate::rules::question::written::Model { model: "m".into(), points: vec![] });
        assert_eq!(of(&keys, vec![said(true), Some(Response::Written("w".into()))]), None);
        assert_eq!(
            of(&keys, vec![said(true), None]),
            Some(Points::from_hundredths(300)),
            "nothing written earns nothing"
        );
    }

    proptest! {
        #[test]
        fn parts_add_up_and_all_right_is_everything(shares in vec(1..60_u32, 1..20), full in 1..5000_i64, right in vec(any::<bool>(), 20)) {
            let (keys, full) = (case(&shares), Points::from_hundredths(full));
            let each = points(&keys, full);
            prop_assert!(each.iter().all(|points| *points >= Points::ZERO));
            prop_assert_eq!(each.iter().copied().sum::<Points>(), full);
            let given = right.iter().take(keys.len()).map(|right| Some(Response::TrueFalse(*right))).collect();
            let won: Points = each.iter().zip(&right).filter(|(_, right)| **right).map(|(points, _)| *points).sum();
            prop_assert_eq!(mark(&Key::Case(keys), Some(&Response::Parts(given)), full, Policy::default()), Some(won));
        }
    }
}
