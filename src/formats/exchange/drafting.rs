//! What readers and writers of all forms do alike.

use super::{Draft, Drafted, Origin, Remark};
use crate::rules::question::{Question, paper_label};
use crate::rules::rich::plain;
use crate::rules::text::is_name;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashSet};

/// The fields of a question.
pub(super) type Fields = Map<String, Value>;

pub(super) const DIFFICULTY_TAG: &str = "difficulty-";
pub(super) const TOPIC_TAG: &str = "topic-";
pub(super) const RETIRED_TAG: &str = "retired";
pub(super) const SHORT_TAG: &str = "short-answer";

impl Draft {
    /// Says what was left out or decided.
    pub(super) fn remark(&mut self, origin: Origin, code: &'static str, found: impl Into<String>) {
        self.remarks.push(Remark { origin, code, found: shortened(&plain(&found.into())) });
    }
}

impl Draft {
    /// Says that a question isn't taken over, by its kind and name.
    pub(super) fn skip(&mut self, origin: Origin, kind: &str, name: &str) {
        self.remark(origin, "item-skipped", format!("{kind}: {name}"));
    }

    /// Says first how many questions of which kinds were not taken over.
    pub(super) fn count_skipped(&mut self) {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for remark in self.remarks.iter().filter(|remark| remark.code == "item-skipped") {
            let kind = remark.found.split_once(": ").map_or(remark.found.as_str(), |(kind, _)| kind);
            *counts.entry(kind).or_default() += 1;
        }
        if counts.values().sum::<usize>() > 1 {
            let counted: Vec<String> = counts.iter().map(|(kind, count)| format!("{kind} × {count}")).collect();
            let found = counted.join(", ");
            self.remarks.insert(0, Remark { origin: Origin::default(), code: "items-skipped", found });
        }
    }

    /// Leaves an id to the first question that has it: other systems' names are unique in their folder at best.
    pub(super) fn leave_repeated_ids(&mut self) {
        let mut seen = HashSet::new();
        for question in &mut self.questions {
            let id = question.fields.get("id").and_then(Value::as_str).map(str::to_owned);
            if id.is_some_and(|id| !seen.insert(id)) {
                question.fields.remove("id");
            }
        }
    }
}

/// A line of a file.
pub(super) fn line(number: usize) -> Origin {
    Origin { line: Some(number), ..Origin::default() }
}

/// Most characters of what a remark repeats.
const MOST_FOUND_CHARACTERS: usize = 80;

fn shortened(text: &str) -> String {
    let one_line = text.split_whitespace().collect::<Vec<&str>>().join(" ");
    let mut short: String = one_line.chars().take(MOST_FOUND_CHARACTERS).collect();
    if short.len() < one_line.len() {
        short.push('…');
    }
    short
}

/// Fields from a literal object.
pub(super) fn fields(value: Value) -> Fields {
    match value {
        Value::Object(fields) => fields,
        _ => Fields::new(),
    }
}

/// Texts under the labels A, B, C …
pub(super) fn lettered(texts: impl IntoIterator<Item = String>) -> Value {
    texts
        .into_iter()
        .enumerate()
        .map(|(index, text)| (paper_label(index), Value::String(text)))
        .collect::<Fields>()
        .into()
}

/// The fields of a choice: `right` says of each option whether it is.
pub(super) fn choice(kind: &str, options: Vec<String>, right: &[bool]) -> Fields {
    let labels: Vec<String> =
        right.iter().enumerate().filter(|(_, right)| **right).map(|(index, _)| paper_label(index)).collect();
    let mut fields = fields(json!({ "kind": kind, "options": lettered(options) }));
    let answer = match (kind, labels.first()) {
        (_, None) => return fields,
        ("single", Some(label)) => json!(label),
        _ => json!(labels),
    };
    fields.insert("answer".to_owned(), answer);
    fields
}

/// The fields of a match of options with the texts of their targets; `more` targets belong to none.
pub(super) fn matching(pairs: Vec<(String, String)>, more: Vec<String>) -> Fields {
    let mut targets: Vec<String> = Vec::new();
    let mut options = Vec::new();
    let mut answer = Fields::new();
    for (index, (option, target)) in pairs.into_iter().enumerate() {
        options.push(option);
        let at = targets.iter().position(|known| *known == target).unwrap_or_else(|| {
            targets.push(target);
            targets.len() - 1
        });
        answer.insert(paper_label(index), json!((at + 1).to_string()));
    }
    for target in more {
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    let targets: Fields = (1..).zip(targets).map(|(number, text)| (number.to_string(), Value::String(text))).collect();
    fields(json!({ "kind": "match", "options": lettered(options), "targets": targets, "answer": answer }))
}

/// Puts the marker of the only gap into a stem: where `_____` stands for it, or at the end.
pub(super) fn with_gap(stem: &str) -> String {
    let from = stem.find("__");
    let (before, rest) = from.map_or((stem, None), |at| (stem.get(..at).unwrap_or_default(), stem.get(at..)));
    match rest.map(|rest| rest.trim_start_matches('_')) {
        Some(after) if !after.contains("__") => format!("{before}{{{{1}}}}{after}"),
        _ => {
            let stem = stem.trim_end();
            // Chinese sets no spaces, and nothing stands behind a table on its last line.
            let space = match stem.chars().next_back() {
                Some('|') => "\n",
                Some(character) if character.is_ascii() => " ",
                _ => "",
            };
            format!("{stem}{space}{{{{1}}}}")
        }
    }
}

/// What tags say of a question that no other place of the form holds; returns those that say nothing to us.
pub(super) fn apply_tags(draft: &mut Draft, fields: &mut Fields, tags: &[String]) -> Vec<String> {
    let mut others = Vec::new();
    for tag in tags {
        if let Some(difficulty) = tag.strip_prefix(DIFFICULTY_TAG).and_then(|level| level.parse::<u8>().ok()) {
            fields.insert("difficulty".to_owned(), json!(difficulty));
        } else if let Some(topic) = tag.strip_prefix(TOPIC_TAG).filter(|topic| is_name(topic)) {
            let title = fields.insert("topic".to_owned(), json!(topic)).unwrap_or_else(|| json!(topic));
            note_topic(draft, topic, &title);
        } else if tag == RETIRED_TAG {
            fields.insert("retired".to_owned(), json!(true));
        } else if tag == SHORT_TAG {
            if fields.get("kind").is_some_and(|kind| kind == "essay") {
                fields.insert("kind".to_owned(), json!("short"));
            }
        } else {
            others.push(tag.clone());
        }
    }
    others
}

/// The tags of a question.
pub(super) fn tags(question: &Question) -> Vec<String> {
    let mut tags = vec![format!("{TOPIC_TAG}{}", question.topic), format!("{DIFFICULTY_TAG}{}", question.difficulty)];
    if question.retired {
        tags.push(RETIRED_TAG.to_owned());
    }
    if question.kind() == crate::rules::question::Kind::Short {
        tags.push(SHORT_TAG.to_owned());
    }
    tags
}

/// Declares a topic unless it is.
pub(super) fn note_topic(draft: &mut Draft, raw: &str, title: &Value) {
    if !draft.topics.iter().any(|(known, _)| known == raw) {
        draft.topics.push((raw.to_owned(), title.clone()));
    }
}

/// Leaves words to what is to be typed: nobody types a picture or a formula.
fn only_words(draft: &mut Draft, origin: &Origin, answer: &mut Value) {
    match answer {
        Value::String(text) => {
            let words = plain(text).into_owned();
            if words != *text {
                let code = if text.contains("</math>") { "formula-flattened" } else { "media-left-out" };
                draft.remark(origin.clone(), code, words.as_str());
                *text = words;
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|one| only_words(draft, origin, one)),
        Value::Object(fields) => fields.values_mut().for_each(|one| only_words(draft, origin, one)),
        _ => {}
    }
}

/// Adds a question; declares its topic, where it still names one by its title.
pub(super) fn push(draft: &mut Draft, mut question: Drafted) {
    let is_blank = question.fields.get("kind").is_some_and(|kind| kind == "blank");
    if let Some(answer) = question.fields.get_mut("answer").filter(|_| is_blank) {
        only_words(draft, &question.origin, answer);
    }
    if let Some(Value::String(topic)) = question.fields.get("topic").cloned() {
        note_topic(draft, &topic, &Value::String(topic.clone()));
    }
    draft.questions.push(question);
}
