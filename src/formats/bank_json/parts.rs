//! The parts of a case.

use super::Known;
use super::question::{asked, cite, topic};
use crate::formats::json::Value;
use crate::formats::reader::{Expected, Fields, Reader};
use crate::rules::bank::ProblemCode;
use crate::rules::question::case::{MOST_PARTS, Part, PartKey};
use crate::rules::question::{Key, Kind};
use std::borrow::Cow;
use std::collections::HashMap;

pub(super) const FIELDS: [&str; 12] = [
    "id",
    "kind",
    "topic",
    "difficulty",
    "stem",
    "options",
    "targets",
    "answer",
    "any_order",
    "share",
    "explanation",
    "cite",
];

/// Those that each part has; `options` and `targets` as well where its kind has them.
pub(super) const REQUIRED: [&str; 3] = ["kind", "stem", "answer"];

/// What the parts of a case ask, and the key that they make together.
pub(super) struct Parts {
    pub(super) parts: Vec<Part>,
    /// `None` of another kind.
    pub(super) key: Option<Key>,
}

/// The parts of a case, and none of another kind.
pub(super) fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>, kind: Kind, known: &Known<'d>) -> Option<Parts> {
    if kind != Kind::Case {
        if let Some(member) = fields.member("parts") {
            reader.note(member.at(), ProblemCode::NotForKind, "parts", Kind::Case.name());
            return None;
        }
        return Some(Parts { parts: Vec::new(), key: None });
    }
    let list = reader.required(fields, "parts")?;
    let items = reader.list(list, MOST_PARTS)?;
    let mut ids = HashMap::new();
    let read: Vec<(Part, Option<u32>, Key)> =
        items.iter().filter_map(|item| part(reader, item, known, &mut ids)).collect();
    if read.len() < items.len() {
        return None;
    }
    let said: Vec<u32> = read.iter().filter_map(|(_, share, _)| *share).collect();
    let sum: u32 = said.iter().sum();
    if !said.is_empty() && (said.len() < read.len() || sum != 100) {
        let found = if said.len() < read.len() { format!("{} / {}", said.len(), read.len()) } else { sum.to_string() };
        reader.note(list.at(), ProblemCode::PartShares, &found, "100");
        return None;
    }
    let (parts, keys) =
        read.into_iter().map(|(part, share, key)| (part, PartKey { share: share.unwrap_or(1), key })).unzip();
    Some(Parts { parts, key: Some(Key::Case(keys)) })
}

fn part<'d>(
    reader: &mut Reader<'d>,
    value: &'d Value,
    known: &Known<'d>,
    ids: &mut HashMap<Cow<'d, str>, u32>,
) -> Option<(Part, Option<u32>, Key)> {
    let fields = reader.fields(value, &FIELDS)?;
    let kind = reader.required(&fields, "kind").and_then(|value| reader.one_of(value, Kind::of_parts(), Kind::name));
    let id = match fields.get("id") {
        Some(value) => Some(own_id(reader, value, ids)?),
        None => None,
    };
    let topic = match fields.get("topic") {
        Some(value) => Some(topic(reader, value, known)?),
        None => None,
    };
    let difficulty = match fields.get("difficulty") {
        Some(value) => Some(reader.integer(value, 1..=5).and_then(|number| u8::try_from(number).ok())?),
        None => None,
    };
    let share = match fields.get("share") {
        Some(value) => Some(reader.integer(value, 1..=100)?),
        None => None,
    };
    let asked = asked(reader, &fields, kind)?;
    let explanation = fields.get("explanation").and_then(|value| reader.idle_words(value));
    let cite = fields.get("cite").and_then(|value| cite(reader, value));
    let (stem, options, targets) = (asked.stem, asked.options, asked.targets);
    Some((Part { id, topic, difficulty, stem, options, targets, explanation, cite }, share, asked.key?))
}

/// A name that no part before it bears.
fn own_id<'d>(reader: &mut Reader<'d>, value: &'d Value, ids: &mut HashMap<Cow<'d, str>, u32>) -> Option<String> {
    let id = reader.name(value)?;
    if let Some(first) = ids.insert(id.clone(), value.at()) {
        reader.note(value.at(), ProblemCode::RepeatedId, &id, Expected::LineOf(first));
        return None;
    }
    Some(id.into_owned())
}
