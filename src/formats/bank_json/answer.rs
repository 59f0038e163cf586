//! What is correct, kind by kind.

use super::texts;
use crate::formats::json::Value;
use crate::formats::reader::{Fields, Reader};
use crate::rules::bank::ProblemCode;
use crate::rules::question::blank::{Gap, Gaps, MOST_GAPS};
use crate::rules::question::normal::normalise;
use crate::rules::question::quantity::Quantity;
use crate::rules::question::{Choice, Key, Kind, MOST_GAP_CHARACTERS};

/// Most texts that a gap accepts.
const MOST_ACCEPTED: usize = 200;
/// Most units of a gap.
const MOST_UNITS: usize = 50;
/// Most characters of a unit.
const MOST_UNIT_CHARACTERS: usize = 50;

/// The key of a question. `options` is `None` where they can't be read: then no label is blamed.
pub(super) fn key<'d>(
    reader: &mut Reader<'d>,
    fields: &Fields<'d>,
    kind: Kind,
    answer: &'d Value,
    options: Option<&[Choice]>,
) -> Option<Key> {
    let any_order = any_order(reader, fields, kind);
    match kind {
        Kind::Single => label(reader, answer, options).map(Key::Single),
        Kind::Multiple => labels(reader, answer, options).map(Key::Multiple),
        Kind::TrueFalse => reader.boolean(answer).map(Key::TrueFalse),
        Kind::Blank => {
            let items = reader.list(answer, MOST_GAPS)?;
            let gaps: Vec<Gap> = items.iter().filter_map(|item| gap(reader, item)).collect();
            (gaps.len() == items.len()).then_some(Key::Blank(Gaps { gaps, any_order }))
        }
    }
}

fn any_order<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>, kind: Kind) -> bool {
    let Some(member) = fields.member("any_order") else { return false };
    if kind != Kind::Blank {
        reader.note(member.at(), ProblemCode::NotForKind, "any_order", Kind::Blank.name());
    }
    reader.boolean(&member.value).unwrap_or_default()
}

fn label<'d>(reader: &mut Reader<'d>, value: &'d Value, options: Option<&[Choice]>) -> Option<String> {
    let label = reader.text(value, MOST_GAP_CHARACTERS)?;
    if let Some(options) = options
        && !options.iter().any(|choice| choice.label == label)
    {
        let known: Vec<&str> = options.iter().map(|choice| choice.label.as_str()).collect();
        reader.note(value.at(), ProblemCode::UnknownLabel, &label, known.join(", "));
        return None;
    }
    Some(label.into_owned())
}

/// The labels of a multiple choice, in the order of its options.
fn labels<'d>(reader: &mut Reader<'d>, value: &'d Value, options: Option<&[Choice]>) -> Option<Vec<String>> {
    let items = reader.list(value, MOST_ACCEPTED)?;
    let mut chosen: Vec<String> = Vec::with_capacity(items.len());
    for item in items {
        let Some(label) = label(reader, item, options) else { continue };
        if chosen.contains(&label) {
            reader.note(item.at(), ProblemCode::Repeated, &label, "");
        } else {
            chosen.push(label);
        }
    }
    if chosen.len() != items.len() {
        return None;
    }
    chosen.sort_by_key(|label| options?.iter().position(|choice| choice.label == *label));
    Some(chosen)
}

fn gap<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<Gap> {
    match value {
        Value::List { .. } => accepted(reader, value).map(|accept| Gap { accept, ..Gap::default() }),
        Value::Object { .. } => described_gap(reader, value),
        _ => {
            reader.wrong_type(value, "array, object");
            None
        }
    }
}

fn described_gap<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<Gap> {
    let fields = reader.fields(value, &["accept", "number", "units"])?;
    let accept_value = reader.required(&fields, "accept");
    let accept = accept_value.and_then(|value| accepted(reader, value));
    let number = match fields.get("number") {
        Some(value) => reader.boolean(value),
        None => Some(false),
    };
    let units = match fields.member("units") {
        Some(member) => {
            if number == Some(false) {
                reader.note(member.at(), ProblemCode::NotForKind, "units", "number");
            }
            let items = reader.list_or_none(&member.value, MOST_UNITS);
            items.and_then(|items| texts(reader, items, MOST_UNIT_CHARACTERS))
        }
        None => Some(Vec::new()),
    };
    let (accept, number, units) = (accept?, number?, units?);
    if let Some(Value::List { items, .. }) = accept_value
        && number
    {
        for (text, item) in accept.iter().zip(items) {
            if Quantity::read(text, &units).is_none() {
                reader.note(item.at(), ProblemCode::NotNumber, text, "");
            }
        }
    }
    Some(Gap { accept, number, units })
}

/// The accepted texts. One that nothing filled in could equal is as good as empty.
fn accepted<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<Vec<String>> {
    let items = reader.list(value, MOST_ACCEPTED)?;
    let texts = texts(reader, items, MOST_GAP_CHARACTERS)?;
    for (text, item) in texts.iter().zip(items) {
        if normalise(text).is_empty() {
            reader.note(item.at(), ProblemCode::Empty, "", "");
        }
    }
    Some(texts)
}

/// Notes each version of a stem that doesn't hold each of the answer's gaps exactly once.
pub(super) fn check_gaps<'d>(reader: &mut Reader<'d>, stem: &'d Value, answer: &'d Value) {
    let Value::List { items, .. } = answer else { return };
    if !(1..=MOST_GAPS).contains(&items.len()) {
        return;
    }
    let versions: Vec<&'d Value> = match stem {
        Value::Object { members, .. } => members.iter().map(|member| &member.value).collect(),
        other => vec![other],
    };
    let document = reader.document();
    for version in versions {
        let Some(text) = document.text(version) else { continue };
        let found = markers(&text);
        let mut sorted = found.clone();
        sorted.sort_unstable();
        if !sorted.into_iter().eq(1..=items.len()) {
            let words = |numbers: &mut dyn Iterator<Item = usize>| {
                numbers.map(|number| format!("{{{{{number}}}}}")).collect::<Vec<String>>().join(" ")
            };
            let expected = words(&mut (1..=items.len()));
            reader.note(version.at(), ProblemCode::GapsDiffer, &words(&mut found.into_iter()), expected);
        }
    }
}

/// The numbers of the gap markers of a stem, in their order. `{{01}}` and `{{ 1 }}` are no markers.
fn markers(stem: &str) -> Vec<usize> {
    let parts = stem.split("{{").skip(1).filter_map(|part| part.split_once("}}"));
    let number = |inner: &str| inner.parse::<usize>().ok().filter(|number| number.to_string() == inner);
    parts.filter_map(|(inner, _)| number(inner)).collect()
}
