//! What the tests of all forms share.

use super::Draft;
use crate::formats::bank_json;
use crate::rules::bank::Bank;
use crate::rules::text::is_name;
use proptest::prelude::{Just, Strategy, any, prop};
use serde_json::{Map, Value, json};

/// The questions of a draft as values.
pub(super) fn questions(draft: &Draft) -> Vec<Value> {
    draft.questions.iter().map(|question| Value::Object(question.fields.clone())).collect()
}

/// Codes and findings of the remarks, with their lines.
pub(super) fn remarks(draft: &Draft) -> Vec<(usize, &str, &str)> {
    draft.remarks.iter().map(|r| (r.origin.line.unwrap_or_default(), r.code, r.found.as_str())).collect()
}

/// A bank of questions; topics `t` and `u` are there.
pub(super) fn bank(questions: &Value) -> Bank {
    let topics = json!([{ "id": "t", "title": "党章/总纲" }, { "id": "u", "title": "Duties" }]);
    let file = json!({ "bank": "b", "title": "b", "topics": topics, "questions": questions });
    bank_json::read(file.to_string().as_bytes()).unwrap()
}

/// The bank that a draft makes, where every question is sound.
pub(super) fn finished(draft: &Draft) -> Bank {
    let id_of = |raw: &str| if is_name(raw) { raw.to_owned() } else { format!("t{}", raw.len()) };
    let mut topics: Vec<Value> =
        draft.topics.iter().map(|(raw, title)| json!({ "id": id_of(raw), "title": title })).collect();
    topics.push(json!({ "id": "general", "title": "g" }));
    let questions: Vec<Value> = questions(draft)
        .into_iter()
        .enumerate()
        .map(|(index, mut question)| {
            let fields: &mut Map<String, Value> = question.as_object_mut().unwrap();
            fields.entry("id").or_insert_with(|| json!(format!("q-{index}")));
            let topic = fields.get("topic").and_then(Value::as_str).map_or("general".to_owned(), id_of);
            fields.insert("topic".to_owned(), json!(topic));
            question
        })
        .collect();
    let file = json!({ "bank": "b", "title": "b", "topics": topics, "questions": questions });
    bank_json::read(file.to_string().as_bytes()).unwrap_or_else(|problems| panic!("{problems:#?} in {file:#}"))
}

/// A line of text with all that could be mistaken for something else.
pub(super) fn words() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "甲", "x", "7", " ", ":", "::", "#", "=", "~", "{", "}", "\\", "%", "%50%", "[html]", "(", "）", "<b>",
        "&amp;", "&", "<", ">", "//", "/", "*", "\"", "'", "A. ", "ANSWER: ", "$", "a-b", "]]>", "é", "😀", "T",
    ]);
    prop::collection::vec(piece, 1..8).prop_map(|pieces| format!("词{}词", pieces.concat()))
}

/// Questions of the kinds that most forms hold, as fields of a bank file, without ids.
pub(super) fn question() -> impl Strategy<Value = Value> {
    let options = prop::collection::btree_set(words(), 2..6);
    let explanation = prop::option::of(words());
    (words(), options, explanation, 0_usize..6, any::<prop::sample::Index>(), 1_u8..=5, Just(())).prop_map(
        |(stem, options, explanation, kind, chosen, difficulty, ())| {
            let texts: Vec<&String> = options.iter().collect();
            let labels = ["A", "B", "C", "D", "E", "F"];
            let options: Map<String, Value> =
                labels.iter().zip(&texts).map(|(label, text)| ((*label).to_owned(), json!(text))).collect();
            let at = chosen.index(texts.len());
            let mut question = match kind {
                0 => json!({ "kind": "single", "stem": stem, "options": options, "answer": labels[at] }),
                1 => json!({ "kind": "multiple", "stem": stem, "options": options, "answer": &labels[..=at] }),
                2 => json!({ "kind": "true_false", "stem": stem, "answer": at == 0 }),
                3 => json!({ "kind": "blank", "stem": format!("{stem}{{{{1}}}}{stem}"), "answer": [&texts[..=at]] }),
                4 => json!({ "kind": "numeric", "stem": stem, "answer": { "value": at, "tolerance": 0.5 } }),
                _ => json!({ "kind": "essay", "stem": stem, "answer": texts[at] }),
            };
            if let (Some(explanation), 0..5) = (explanation, kind) {
                question["explanation"] = json!(explanation);
            }
            question["difficulty"] = json!(difficulty);
            question["topic"] = json!(if difficulty > 2 { "t" } else { "u" });
            question
        },
    )
}

/// A bank of such questions.
pub(super) fn banks() -> impl Strategy<Value = Bank> {
    prop::collection::vec(question(), 1..6).prop_map(|questions| {
        let numbered = (1..).zip(questions).map(|(number, mut question)| {
            question["id"] = json!(format!("q-{number}"));
            question
        });
        bank(&Value::Array(numbered.collect()))
    })
}
