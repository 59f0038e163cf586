//! What a form can't hold of a bank: found by reading back what was written, so that nothing is promised that isn't so.

use super::drafting::Fields;
use super::{Draft, Origin, Remark};
use crate::formats::bank_json::written_question;
use crate::rules::bank::Bank;
use crate::rules::question::{Key, Question};
use crate::rules::text::{Language, Text};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;

/// Parts of a question by their names.
type Parts = BTreeMap<&'static str, Value>;

/// Questions that lose the same part are named one by one up to this many.
const MOST_NAMED: usize = 3;

/// Lists what `read` doesn't hold of a bank; `kept` are the questions that were written, in their order, and `language`
/// is the only one they were written in, where the form holds but one.
pub(super) fn list(bank: &Bank, language: Option<Language>, kept: &[&Question], read: &Draft) -> Vec<Remark> {
    let mut found = of_bank(bank, language, read);
    let written: HashSet<&str> = kept.iter().map(|question| question.id.as_str()).collect();
    let left = bank.questions.iter().filter(|question| !written.contains(question.id.as_str()));
    found.extend(left.map(|question| format!("{}: {}", question.id, question.kind().name())));
    let mut lost: Vec<(&str, &'static str)> = Vec::new();
    let mut with_part: HashMap<&'static str, usize> = HashMap::new();
    for (index, question) in kept.iter().enumerate() {
        let before = parts(&in_language(question, language));
        let after = read.questions.get(index).map(|question| parts(&question.fields)).unwrap_or_default();
        for (part, value) in before {
            *with_part.entry(part).or_default() += usize::from(!is_nothing(part, &value));
            if after.get(part) != Some(&value) {
                lost.push((&question.id, part));
            }
        }
    }
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for (_, part) in &lost {
        *counts.entry(part).or_default() += 1;
    }
    let is_everywhere = |part: &str| {
        let count = counts.get(part).copied().unwrap_or_default();
        count > MOST_NAMED && with_part.get(part).is_none_or(|all| count >= *all)
    };
    let mut told: HashSet<&str> = HashSet::new();
    for (id, part) in &lost {
        if !is_everywhere(part) {
            found.push(format!("{id}: {part}"));
        } else if told.insert(part) {
            found.push(format!("{part} × {}", counts.get(part).copied().unwrap_or_default()));
        }
    }
    found.into_iter().map(|found| Remark { origin: Origin::default(), code: "not-in-form", found }).collect()
}

/// What is lost of the bank as a whole.
fn of_bank(bank: &Bank, language: Option<Language>, read: &Draft) -> Vec<String> {
    let mut found = Vec::new();
    let Some(language) = language else {
        let topics = bank.topics.iter().map(|topic| (topic.id.clone(), json!(topic.title)));
        let is_held = [
            ("title", read.title == Some(json!(bank.title))),
            ("source", read.source == bank.source.as_ref().map(|source| json!(source))),
            ("topics", topics.eq(read.topics.iter().take(bank.topics.len()).cloned())),
        ];
        found.extend(is_held.into_iter().filter(|(_, held)| !held).map(|(part, _)| part.to_owned()));
        return found;
    };
    let other = if language == Language::Zh { Language::En } else { Language::Zh };
    if bank.questions.iter().any(|question| is_in_both(&question.stem)) {
        found.push(other.code().to_owned());
    }
    let is_held = |text: &Text, read: Option<&Value>| read.and_then(Value::as_str) == Some(text.in_language(language));
    if bank.title.in_language(language) != bank.name && !is_held(&bank.title, read.title.as_ref()) {
        found.push("title".to_owned());
    }
    if bank.source.as_ref().is_some_and(|source| !is_held(source, read.source.as_ref())) {
        found.push("source".to_owned());
    }
    found
}

fn is_in_both(text: &Text) -> bool {
    let versions: HashSet<&str> = text.versions().collect();
    versions.len() > 1
}

/// A question as a bank file in one language, or in both, holds it.
fn in_language(question: &Question, language: Option<Language>) -> Fields {
    let Value::Object(mut fields) = written_question(question) else { return Fields::new() };
    let Some(language) = language else { return fields };
    let say = |value: &mut Value| {
        let text = serde_json::from_value::<Text>(value.clone());
        if let Ok(text) = text {
            *value = json!(text.in_language(language));
        }
    };
    for name in ["stem", "explanation", "cite"] {
        fields.get_mut(name).into_iter().for_each(say);
    }
    for name in ["options", "targets"] {
        let texts = fields.get_mut(name).and_then(Value::as_object_mut);
        texts.into_iter().flat_map(serde_json::Map::values_mut).for_each(say);
    }
    if let (Key::Short(_) | Key::Essay(_), Some(answer)) = (&question.key, fields.get_mut("answer")) {
        answer.get_mut("model").into_iter().for_each(say);
        let points = answer.get_mut("points").and_then(Value::as_array_mut);
        points.into_iter().flatten().filter_map(|point| point.get_mut("text")).for_each(say);
    }
    fields
}

/// A question as parts that can be compared, whatever its labels are and in which order its gaps are counted.
fn parts(fields: &Fields) -> Parts {
    let get = |name: &str| fields.get(name).cloned();
    let mut parts = Parts::from([
        ("id", get("id").unwrap_or_default()),
        ("kind", get("kind").unwrap_or_default()),
        ("topic", get("topic").unwrap_or_default()),
        ("difficulty", get("difficulty").unwrap_or(json!(3))),
        ("stem", get("stem").unwrap_or_default()),
        ("any_order", get("any_order").unwrap_or(json!(false))),
        ("explanation", get("explanation").unwrap_or_default()),
        ("cite", get("cite").unwrap_or_default()),
        ("excludes", get("excludes").unwrap_or(json!([]))),
        ("retired", get("retired").unwrap_or(json!(false))),
    ]);
    let options = texts(fields.get("options"));
    let answer = get("answer").unwrap_or_default();
    match get("kind").as_ref().and_then(Value::as_str).unwrap_or_default() {
        "single" => {
            parts.insert("answer", text_of(&options, &answer));
        }
        "multiple" => {
            let right: HashSet<&str> = strings(&answer).collect();
            let chosen = options.iter().filter(|(label, _)| right.contains(label)).map(|(_, text)| (*text).clone());
            parts.insert("answer", chosen.collect());
        }
        "order" => {
            let in_order = strings(&answer).map(|label| text_of(&options, &json!(label)));
            parts.insert("answer", in_order.collect());
        }
        "match" => {
            let targets = texts(fields.get("targets"));
            let pairs = options.iter().map(|(label, _)| text_of(&targets, answer.get(*label).unwrap_or(&Value::Null)));
            parts.insert("answer", pairs.collect());
            parts.insert("targets", sorted(&targets));
        }
        "blank" => gaps(&mut parts, &answer),
        "numeric" => {
            let number = |name: &str| answer.get(name).and_then(Value::as_f64).unwrap_or_default();
            parts.insert("answer", json!([number("value"), number("tolerance")]));
            parts.insert("answer/units", answer.get("units").cloned().unwrap_or(json!([])));
        }
        "short" | "essay" => {
            parts.insert("answer", answer.get("model").unwrap_or(&answer).clone());
            parts.insert("answer/points", answer.get("points").cloned().unwrap_or(json!([])));
        }
        _ => {
            parts.insert("answer", answer);
        }
    }
    let is_order = parts.get("kind") == Some(&json!("order"));
    let listed = if is_order { sorted(&options) } else { options.iter().map(|(_, text)| (*text).clone()).collect() };
    parts.insert("options", listed);
    parts
}

/// Whether a part of a question says nothing of its own.
fn is_nothing(part: &str, value: &Value) -> bool {
    value.is_null() || *value == json!([]) || *value == json!(false) && part != "answer"
}

/// Labels with their texts.
fn texts(list: Option<&Value>) -> Vec<(&str, &Value)> {
    list.and_then(Value::as_object).into_iter().flatten().map(|(label, text)| (label.as_str(), text)).collect()
}

fn text_of(list: &[(&str, &Value)], label: &Value) -> Value {
    list.iter().find(|(known, _)| *label == *known).map_or(Value::Null, |(_, text)| (*text).clone())
}

fn strings(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn sorted(list: &[(&str, &Value)]) -> Value {
    let mut texts: Vec<&Value> = list.iter().map(|(_, text)| *text).collect();
    texts.sort_by_cached_key(ToString::to_string);
    texts.into_iter().cloned().collect()
}

/// Gaps in the order in which they stand in the stem; of a stem in both languages, as they are counted.
fn gaps(parts: &mut Parts, answer: &Value) {
    let count = answer.as_array().map(Vec::len).unwrap_or_default();
    let (stem, order) = match parts.get("stem") {
        Some(Value::String(stem)) => renumbered(stem),
        other => (other.cloned().unwrap_or_default(), (1..=count).collect()),
    };
    let in_order: Vec<&Value> =
        order.iter().map(|number| answer.get(number.wrapping_sub(1)).unwrap_or(&Value::Null)).collect();
    let field = |name: &str, usual: &Value| {
        in_order.iter().map(|gap| gap.get(name).unwrap_or(usual).clone()).collect::<Value>()
    };
    let accept = in_order.iter().map(|gap| gap.get("accept").unwrap_or(gap)).cloned().collect();
    let numbers = field("number", &json!(false));
    let units = field("units", &json!([]));
    parts.insert("stem", stem);
    parts.insert("answer", accept);
    parts.insert("answer/number", numbers);
    parts.insert("answer/units", units);
}

/// A stem with its gaps counted in their order, and how they were counted.
fn renumbered(stem: &str) -> (Value, Vec<usize>) {
    let mut pieces = stem.split("{{");
    let mut renumbered = pieces.next().unwrap_or_default().to_owned();
    let mut order: Vec<usize> = Vec::new();
    for piece in pieces {
        let number = piece.split_once("}}").and_then(|(number, rest)| Some((number.parse::<usize>().ok()?, rest)));
        if let Some((number, rest)) = number {
            order.push(number);
            let _ = write!(renumbered, "{{{{{}}}}}{rest}", order.len());
        } else {
            renumbered.push_str("{{");
            renumbered.push_str(piece);
        }
    }
    (Value::String(renumbered), order)
}
