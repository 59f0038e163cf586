//! What is correct, kind by kind.

use super::texts;
use crate::formats::json::Value;
use crate::formats::reader::{Fields, MOST_TEXT_CHARACTERS, Reader};
use crate::rules::bank::ProblemCode;
use crate::rules::question::blank::{Gap, Gaps, MOST_GAPS};
use crate::rules::question::matching::Pairs;
use crate::rules::question::normal::normalise;
use crate::rules::question::numeric::Numeric;
use crate::rules::question::quantity::Quantity;
use crate::rules::question::written::{MarkingPoint, Model};
use crate::rules::question::{Choice, Key, Kind, MOST_GAP_CHARACTERS};
use serde_json::Number;

pub(super) const NUMERIC: [&str; 3] = ["value", "tolerance", "units"];
pub(super) const MODEL: [&str; 2] = ["model", "points"];
pub(super) const POINT: [&str; 2] = ["text", "share"];
pub(super) const GAP: [&str; 3] = ["accept", "number", "units"];

/// Most texts that a gap accepts.
pub(super) const MOST_ACCEPTED: usize = 200;
/// Most units of a gap.
pub(super) const MOST_UNITS: usize = 50;
/// Most characters of a unit.
pub(super) const MOST_UNIT_CHARACTERS: usize = 50;
/// Most marking points of a model answer.
pub(super) const MOST_MARKING_POINTS: usize = 50;
/// Largest number of a `numeric` question.
pub(super) const MOST_NUMBER: f64 = 1e15;
/// Most digits of such a number that a floating number holds exactly.
const MOST_DIGITS: usize = 15;

/// The options and targets of a question; `None` where they can't be read: then no label is blamed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Labelled<'o> {
    pub(super) options: Option<&'o [Choice]>,
    pub(super) targets: Option<&'o [Choice]>,
}

/// The key of a question.
pub(super) fn key<'d>(
    reader: &mut Reader<'d>,
    fields: &Fields<'d>,
    kind: Kind,
    answer: &'d Value,
    Labelled { options, targets }: Labelled<'_>,
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
        Kind::Order => order(reader, answer, options).map(Key::Order),
        Kind::Match => pairs(reader, answer, options, targets).map(Key::Match),
        Kind::Numeric => numeric(reader, answer).map(Key::Numeric),
        Kind::Short => model(reader, answer).map(Key::Short),
        Kind::Essay => model(reader, answer).map(Key::Essay),
        // Its parts have theirs.
        Kind::Case => None,
    }
}

/// Every option, in the right order.
fn order<'d>(reader: &mut Reader<'d>, value: &'d Value, options: Option<&[Choice]>) -> Option<Vec<String>> {
    let items = reader.list(value, MOST_ACCEPTED)?;
    let labels = distinct(reader, items, options)?;
    note_missing(reader, value, options?, |label| labels.iter().any(|known| known == label))?;
    Some(labels)
}

/// A target for every option.
fn pairs<'d>(
    reader: &mut Reader<'d>,
    value: &'d Value,
    options: Option<&[Choice]>,
    targets: Option<&[Choice]>,
) -> Option<Pairs> {
    let members = reader.members(value)?;
    let mut pairs = Pairs::new();
    for member in members {
        let option = reader.document().key(member).into_owned();
        let is_known = is_known(reader, member.at(), &option, options);
        if let Some(target) = label(reader, &member.value, targets)
            && is_known
        {
            pairs.insert(option, target);
        }
    }
    if pairs.len() < members.len() {
        return None;
    }
    note_missing(reader, value, options?, |label| pairs.contains_key(label))?;
    Some(pairs)
}

/// Notes the options that an answer leaves out.
fn note_missing(reader: &mut Reader<'_>, value: &Value, options: &[Choice], has: impl Fn(&str) -> bool) -> Option<()> {
    let missing: Vec<&str> = options.iter().map(|choice| choice.label.as_str()).filter(|label| !has(label)).collect();
    if missing.is_empty() {
        return Some(());
    }
    reader.note(value.at(), ProblemCode::OptionsMissing, &missing.join(", "), "");
    None
}

/// A value, how far off an answer may be, and units.
fn numeric<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<Numeric> {
    let fields = reader.fields(value, &NUMERIC)?;
    let number = reader.required(&fields, "value").and_then(|value| exact(reader, value, -MOST_NUMBER));
    let tolerance = match fields.get("tolerance") {
        Some(value) => exact(reader, value, 0.0),
        None => Some(Number::from(0)),
    };
    let units = match fields.get("units") {
        Some(value) => units(reader, value),
        None => Some(Vec::new()),
    };
    Some(Numeric { value: number?, tolerance: tolerance?, units: units? })
}

/// A model answer: words alone, or with marking points whose shares add up to 100.
fn model<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<Model> {
    let is_described = match value {
        Value::Object { members, .. } => {
            members.iter().any(|member| matches!(&*reader.document().key(member), "model" | "points"))
        }
        _ => false,
    };
    if !is_described {
        return reader.words(value, MOST_TEXT_CHARACTERS).map(|model| Model { model, points: Vec::new() });
    }
    let fields = reader.fields(value, &MODEL)?;
    let model = reader.required(&fields, "model").and_then(|value| reader.words(value, MOST_TEXT_CHARACTERS));
    let points = match fields.get("points") {
        Some(value) => marking_points(reader, value),
        None => Some(Vec::new()),
    };
    Some(Model { model: model?, points: points? })
}

fn marking_points<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<Vec<MarkingPoint>> {
    let items = reader.list(value, MOST_MARKING_POINTS)?;
    let mut points = Vec::with_capacity(items.len());
    for item in items {
        let Some(fields) = reader.fields(item, &POINT) else { continue };
        let text = reader.required(&fields, "text").and_then(|value| reader.words(value, MOST_TEXT_CHARACTERS));
        let share = reader.required(&fields, "share").and_then(|value| reader.integer(value, 1..=100));
        if let (Some(text), Some(share)) = (text, share) {
            points.push(MarkingPoint { text, share });
        }
    }
    if points.len() < items.len() {
        return None;
    }
    let sum: u32 = points.iter().map(|point| point.share).sum();
    if sum != 100 {
        reader.note(value.at(), ProblemCode::SharesSum, &sum.to_string(), "100");
    }
    Some(points)
}

/// A number that is kept as it is written.
fn exact<'d>(reader: &mut Reader<'d>, value: &'d Value, least: f64) -> Option<Number> {
    let Some((number, raw)) = reader.document().number(value) else {
        reader.wrong_type(value, "number");
        return None;
    };
    let mantissa = raw.split(['e', 'E']).next().unwrap_or_default().trim_start_matches(['-', '0', '.']);
    let is_exact = mantissa.bytes().filter(u8::is_ascii_digit).count() <= MOST_DIGITS;
    if !is_exact || !(least..=MOST_NUMBER).contains(&number) {
        let from = if least < 0.0 { "-10^15" } else { "0" };
        reader.note(value.at(), ProblemCode::OutOfRange, raw, format!("{from}–10^15 ({MOST_DIGITS})"));
        return None;
    }
    let whole = (number.fract() == 0.0).then(|| format!("{number:.0}").parse::<i64>().ok()).flatten();
    whole.map(Number::from).or_else(|| Number::from_f64(number))
}

fn units<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<Vec<String>> {
    let items = reader.list_or_none(value, MOST_UNITS)?;
    texts(reader, items, MOST_UNIT_CHARACTERS)
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
    is_known(reader, value.at(), &label, options).then(|| label.into_owned())
}

/// Notes a label that isn't among `options`.
fn is_known(reader: &mut Reader<'_>, at: u32, label: &str, options: Option<&[Choice]>) -> bool {
    let Some(options) = options else { return true };
    let is_known = options.iter().any(|choice| choice.label == label);
    if !is_known {
        let known: Vec<&str> = options.iter().map(|choice| choice.label.as_str()).collect();
        reader.note(at, ProblemCode::UnknownLabel, label, known.join(", "));
    }
    is_known
}

/// The labels of a multiple choice, in the order of its options.
fn labels<'d>(reader: &mut Reader<'d>, value: &'d Value, options: Option<&[Choice]>) -> Option<Vec<String>> {
    let items = reader.list(value, MOST_ACCEPTED)?;
    let mut chosen = distinct(reader, items, options)?;
    chosen.sort_by_key(|label| options?.iter().position(|choice| choice.label == *label));
    Some(chosen)
}

/// Labels that stand once each.
fn distinct<'d>(reader: &mut Reader<'d>, items: &'d [Value], options: Option<&[Choice]>) -> Option<Vec<String>> {
    let mut chosen: Vec<String> = Vec::with_capacity(items.len());
    for item in items {
        let Some(label) = label(reader, item, options) else { continue };
        if chosen.contains(&label) {
            reader.note(item.at(), ProblemCode::Repeated, &label, "");
        } else {
            chosen.push(label);
        }
    }
    (chosen.len() == items.len()).then_some(chosen)
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
    let fields = reader.fields(value, &GAP)?;
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
            units(reader, &member.value)
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
