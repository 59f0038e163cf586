//! Corrections of questions after a test: another key, one more key, the points for all, or no points at all; and
//! marking a paper again by them.
//!
//! A question that doesn't count leaves full marks as they are: on each paper it earns its points at the rate of the
//! rest of that paper, so that the percentage is that of the rest and papers without the question stay comparable.

use crate::rules::paper::{Item, Marks, Sheet};
use crate::rules::points::Points;
use crate::rules::question::Key;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What is changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "change")]
pub enum Change {
    /// Another key takes the place of the one that the question had.
    Key {
        /// The key.
        key: Key,
    },
    /// A further key counts as much as the one that the question has.
    Accept {
        /// The key.
        key: Key,
    },
    /// Whoever got the question gets its points.
    FullPoints,
    /// The question doesn't count.
    Void,
    /// One mark of one attempt.
    Mark {
        /// The attempt.
        attempt: String,
        /// From 1.
        position: i64,
        /// What it earns from now on.
        points: Points,
    },
}

impl Change {
    /// Names of all changes, as files and the API write them.
    pub const NAMES: [&'static str; 5] = ["key", "accept", "full_points", "void", "mark"];

    /// The name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Key { .. } => "key",
            Self::Accept { .. } => "accept",
            Self::FullPoints => "full_points",
            Self::Void => "void",
            Self::Mark { .. } => "mark",
        }
    }

    /// The key that it brings.
    pub const fn key(&self) -> Option<&Key> {
        match self {
            Self::Key { key } | Self::Accept { key } => Some(key),
            Self::FullPoints | Self::Void | Self::Mark { .. } => None,
        }
    }
}

/// Who earns the points of a question.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Counting {
    /// Whoever answers as a key says.
    #[default]
    ByKey,
    /// Whoever got it.
    ForAll,
    /// Nobody: it doesn't count.
    Not,
}

/// What holds of a question of a test after all corrections.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ruling {
    /// The key, where another one took its place.
    pub key: Option<Key>,
    /// Keys beside it.
    pub also: Vec<Key>,
    /// Who earns the points.
    pub counting: Counting,
}

impl Ruling {
    fn take(&mut self, change: &Change) {
        match change {
            Change::Key { key } => *self = Self { key: Some(key.clone()), ..Self::default() },
            Change::Accept { key } => {
                self.counting = Counting::ByKey;
                if !self.also.contains(key) {
                    self.also.push(key.clone());
                }
            }
            Change::FullPoints => self.counting = Counting::ForAll,
            Change::Void => self.counting = Counting::Not,
            Change::Mark { .. } => {}
        }
    }

    /// The same for the part of a case at an index.
    pub(super) fn of_part(&self, index: usize) -> Self {
        let also = self.also.iter().filter_map(|key| key.part(index)).cloned().collect();
        Self { key: None, also, counting: self.counting }
    }

    /// What a response earns; `mark` marks it by one key, `key` is the question's.
    pub(super) fn mark(&self, key: &Key, full: Points, mark: impl Fn(&Key) -> Option<Points>) -> Option<Points> {
        match self.counting {
            Counting::ForAll => return Some(full),
            Counting::Not => return Some(Points::ZERO),
            Counting::ByKey => {}
        }
        let marks: Vec<Option<Points>> = std::iter::once(key).chain(&self.also).map(mark).collect();
        let best = marks.iter().flatten().max().copied();
        // Whoever has full points already needs nobody to look.
        if best != Some(full) && marks.contains(&None) { None } else { best }
    }
}

/// Bank and id of a question.
pub type Named = (String, String);

/// What holds of each corrected question.
pub type Rulings = HashMap<Named, Arc<Ruling>>;

/// Stored responses by position, as JSON.
pub type Answers = HashMap<i64, String>;

/// Positions on a paper.
pub type Positions = HashSet<i64>;

/// What persons gave the parts of cases, by position, in hundredths; `None` for parts that no person marks.
pub type PartMarks = HashMap<i64, Vec<Option<i64>>>;

/// What stands of an ended attempt when it is marked again.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// Its marks.
    pub marks: &'a Marks,
    /// Where somebody changed a mark one by one.
    pub kept: &'a Positions,
    /// What persons gave the parts of its cases.
    pub parts: &'a PartMarks,
}

/// What holds of each corrected question, from the changes in their order.
pub fn rulings<'c>(changes: impl IntoIterator<Item = (&'c Named, &'c Change)>) -> Rulings {
    let mut rulings: HashMap<Named, Ruling> = HashMap::new();
    for (named, change) in changes {
        if !matches!(change, Change::Mark { .. }) {
            rulings.entry(named.clone()).or_default().take(change);
        }
    }
    rulings.into_iter().map(|(named, ruling)| (named, Arc::new(ruling))).collect()
}

/// The same sheet as it is marked after corrections; its questions have the corrected keys.
pub fn corrected(sheet: &Sheet, rulings: &Rulings) -> Sheet {
    let one = |item: &Item| {
        let mut item = item.clone();
        if let Some(ruling) = rulings.get(&(item.bank.to_string(), item.question.id.clone())) {
            if let Some(key) = &ruling.key {
                item = item.with_key(key);
            }
            item.ruling = Some(Arc::clone(ruling));
        }
        item
    };
    Sheet { items: sheet.items.iter().map(one).collect() }
}

/// Gives questions that don't count their points at the rate of the rest, as far as the rest is marked. Of a paper on
/// which nothing counts everybody has all points.
pub fn settle(sheet: &Sheet, marks: &mut Marks) {
    let counts = |item: &Item| item.ruling.as_ref().is_none_or(|ruling| ruling.counting != Counting::Not);
    let (mut won, mut possible) = (0, 0);
    for (item, mark) in sheet.items.iter().zip(marks.iter()).filter(|(item, _)| counts(item)) {
        won += mark.unwrap_or_default();
        possible += item.points.hundredths();
    }
    for (item, mark) in sheet.items.iter().zip(marks.iter_mut()).filter(|(item, _)| !counts(item)) {
        let points = if possible > 0 { item.points.share(won, possible) } else { item.points };
        *mark = Some(points.hundredths());
    }
}

/// What the parts of a case come to, where a person gave the points of those that have none by their key; `None` while
/// one is missing.
pub fn with_parts(by_key: &[Option<Points>], by_hand: &[Option<i64>]) -> Option<Points> {
    let given = by_hand.iter().map(|points| points.map(Points::from_hundredths)).chain(std::iter::repeat(None));
    (!by_key.is_empty()).then(|| by_key.iter().zip(given).map(|(key, hand)| key.or(hand)).sum::<Option<_>>()).flatten()
}

/// Marks an ended attempt again. What only a person can say stays as a person has said it, and so do marks that somebody
/// changed one by one, unless the question counts for all or for nobody.
pub fn marked_again(sheet: &Sheet, answers: &Answers, standing: Standing<'_>) -> Marks {
    let one = |position: i64, item: &Item| {
        let stood = usize::try_from(position - 1).ok().and_then(|index| standing.marks.get(index)).copied().flatten();
        let by_key = item.ruling.as_ref().is_none_or(|ruling| ruling.counting == Counting::ByKey);
        if by_key && standing.kept.contains(&position) {
            return stood;
        }
        let response = item.read(answers.get(&position).map(String::as_str));
        let by_hand = || with_parts(&item.part_marks(response.as_ref()), standing.parts.get(&position)?);
        item.mark(response.as_ref()).or_else(by_hand).map(Points::hundredths).or(stood)
    };
    let mut marks: Marks = (1..).zip(&sheet.items).map(|(position, item)| one(position, item)).collect();
    settle(sheet, &mut marks);
    marks
}

#[cfg(test)]
mod tests;
