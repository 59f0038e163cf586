//! The JSON Schema of a bank file.

use super::answer::{
    GAP, MODEL, MOST_ACCEPTED, MOST_MARKING_POINTS, MOST_NUMBER, MOST_UNIT_CHARACTERS, MOST_UNITS, NUMERIC, POINT,
};
use super::parts::{FIELDS as PART, REQUIRED as PART_REQUIRED};
use super::question::{
    CITE, FIELDS as QUESTION, MOST_ARTICLES, MOST_EXCLUDED, MOST_LABEL_CHARACTERS, OPTIONS, REQUIRED, TARGETS,
};
use super::{FIELDS, MOST_QUESTIONS, MOST_TOPICS, TOPIC};
use crate::formats::reader::{MOST_TEXT_CHARACTERS, MOST_TITLE_CHARACTERS};
use crate::formats::schema::{idle_words, integer, list, name, object, one_of, spoken, words};
use crate::rules::question::blank::MOST_GAPS;
use crate::rules::question::case::MOST_PARTS;
use crate::rules::question::{Kind, MOST_GAP_CHARACTERS};
use serde_json::{Value, json};

/// What a bank file may hold.
pub(in crate::formats) fn schema() -> Value {
    let topic = object(&TOPIC, &TOPIC, |field| match field {
        "id" => name(),
        _ => words(MOST_TITLE_CHARACTERS),
    });
    let mut bank = object(&FIELDS, &["bank", "title", "topics", "questions"], |field| match field {
        "bank" => name(),
        "title" => words(MOST_TITLE_CHARACTERS),
        "source" => idle_words(MOST_TEXT_CHARACTERS),
        "topics" => list(&topic, 1, MOST_TOPICS),
        _ => list(&json!({ "$ref": "#/$defs/question" }), 1, MOST_QUESTIONS),
    });
    if let Some(members) = bank.as_object_mut() {
        members.insert("$defs".into(), json!({ "question": question(), "part": part(), "kinds": kinds() }));
    }
    bank
}

fn question() -> Value {
    let mut question = object(&QUESTION, &REQUIRED, |field| match field {
        "id" | "topic" => name(),
        "kind" => one_of(&Kind::ALL, Kind::name),
        "difficulty" => json!({ "type": "integer", "minimum": 1, "maximum": 5, "default": 3 }),
        "stem" => words(MOST_TEXT_CHARACTERS),
        "options" => choices(&OPTIONS),
        "targets" => choices(&TARGETS),
        "any_order" | "retired" => json!({ "type": "boolean", "default": false }),
        "explanation" => idle_words(MOST_TEXT_CHARACTERS),
        "cite" => cite(),
        "excludes" => list(&name(), 0, MOST_EXCLUDED),
        "parts" => list(&json!({ "$ref": "#/$defs/part" }), 1, MOST_PARTS),
        // What it holds depends on the kind.
        _ => json!(true),
    });
    refer_to_kinds(&mut question);
    question
}

/// What each kind holds, for questions and parts alike.
fn kinds() -> Value {
    json!({ "allOf": Kind::ALL.map(of_kind).to_vec() })
}

fn refer_to_kinds(schema: &mut Value) {
    if let Some(members) = schema.as_object_mut() {
        members.insert("$ref".into(), json!("#/$defs/kinds"));
    }
}

/// A part of a case.
fn part() -> Value {
    let mut part = object(&PART, &PART_REQUIRED, |field| match field {
        "id" | "topic" => name(),
        "kind" => one_of(Kind::of_parts(), Kind::name),
        "difficulty" => json!({ "type": "integer", "minimum": 1, "maximum": 5 }),
        "stem" => words(MOST_TEXT_CHARACTERS),
        "options" => choices(&OPTIONS),
        "targets" => choices(&TARGETS),
        "any_order" => json!({ "type": "boolean", "default": false }),
        "share" => integer(1..=100),
        "explanation" => idle_words(MOST_TEXT_CHARACTERS),
        "cite" => cite(),
        _ => json!(true),
    });
    refer_to_kinds(&mut part);
    part
}

/// What a question of one kind holds, and what it can't.
fn of_kind(kind: Kind) -> Value {
    let mut properties = json!({ "answer": answer(kind) });
    let mut required = Vec::new();
    let is_case = kind == Kind::Case;
    if !is_case {
        required.push("answer");
    }
    for (field, is_there) in [("options", kind.has_options()), ("targets", kind == Kind::Match), ("parts", is_case)] {
        if is_there {
            required.push(field);
        } else if let Some(members) = properties.as_object_mut() {
            members.insert(field.into(), json!(false));
        }
    }
    if let (Some(members), true) = (properties.as_object_mut(), kind != Kind::Blank) {
        members.insert("any_order".into(), json!(false));
    }
    let is_kind = json!({ "properties": { "kind": { "const": kind.name() } }, "required": ["kind"] });
    json!({ "if": is_kind, "then": { "properties": properties, "required": required } })
}

fn answer(kind: Kind) -> Value {
    let label = || json!({ "type": "string" });
    match kind {
        Kind::Single => label(),
        Kind::Multiple | Kind::Order => {
            let mut labels = list(&label(), 1, MOST_ACCEPTED);
            if let Some(members) = labels.as_object_mut() {
                members.insert("uniqueItems".into(), json!(true));
            }
            labels
        }
        Kind::TrueFalse => json!({ "type": "boolean" }),
        Kind::Blank => list(&gap(), 1, MOST_GAPS),
        Kind::Match => json!({ "type": "object", "additionalProperties": label() }),
        Kind::Numeric => object(&NUMERIC, &["value"], |field| match field {
            "value" => json!({ "type": "number", "minimum": -MOST_NUMBER, "maximum": MOST_NUMBER }),
            "tolerance" => json!({ "type": "number", "minimum": 0, "maximum": MOST_NUMBER }),
            _ => units(),
        }),
        Kind::Short | Kind::Essay => {
            let text = || words(MOST_TEXT_CHARACTERS);
            let point = object(&POINT, &POINT, |field| if field == "text" { text() } else { integer(1..=100) });
            let described = object(&MODEL, &["model"], |field| match field {
                "model" => text(),
                _ => list(&point, 1, MOST_MARKING_POINTS),
            });
            json!({ "anyOf": [text(), described] })
        }
        // Its parts have theirs.
        Kind::Case => json!(false),
    }
}

fn gap() -> Value {
    let accept = list(&spoken(MOST_GAP_CHARACTERS), 1, MOST_ACCEPTED);
    let described = object(&GAP, &["accept"], |field| match field {
        "accept" => accept.clone(),
        "number" => json!({ "type": "boolean", "default": false }),
        _ => units(),
    });
    json!({ "anyOf": [accept, described] })
}

fn units() -> Value {
    list(&spoken(MOST_UNIT_CHARACTERS), 0, MOST_UNITS)
}

fn choices(count: &std::ops::RangeInclusive<usize>) -> Value {
    let label = format!("^[A-Za-z0-9]{{1,{MOST_LABEL_CHARACTERS}}}$");
    json!({ "type": "object", "propertyNames": { "pattern": label }, "minProperties": count.start(),
        "maxProperties": count.end(), "additionalProperties": words(MOST_TEXT_CHARACTERS) })
}

/// Words, or a clause.
fn cite() -> Value {
    let clause = object(&CITE, &["regulation"], |field| match field {
        "regulation" => spoken(MOST_TEXT_CHARACTERS),
        "article" => integer(1..=MOST_ARTICLES),
        _ => json!({ "type": "string", "maxLength": MOST_TEXT_CHARACTERS }),
    });
    json!({ "anyOf": [idle_words(MOST_TEXT_CHARACTERS), clause] })
}
