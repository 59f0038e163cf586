//! The JSON Schema of a test file.

use super::belonging;
use super::integrity::FIELDS as INTEGRITY;
use super::section::{FIELDS as SECTION, MOST_TOPICS, POINTS, ROW};
use super::{AUDIENCE, FIELDS, MOST_BRANCHES, TOLD};
use crate::formats::reader::{MOST_TEXT_CHARACTERS, MOST_TITLE_CHARACTERS};
use crate::formats::schema::{integer, list, name, object, one_of, points, spoken, words};
use crate::rules::blueprint::{
    Keep, MOST_ATTEMPTS, MOST_MINUTES, MOST_QUESTIONS, MOST_ROWS, MOST_SECTIONS, Occasion, Review,
};
use crate::rules::integrity::{MOST_PASSWORD_CHARACTERS, MOST_PLACES};
use crate::rules::objection::MOST_DAYS;
use crate::rules::question::{Kind, Policy};
use serde_json::{Value, json};

/// What a test file may hold. What the API tells of a test besides may stand in it and says nothing.
pub(in crate::formats) fn schema() -> Value {
    const REQUIRED: [&str; 7] = ["test", "title", "audience", "opens", "closes", "minutes", "sections"];
    let fields: Vec<&str> = FIELDS.into_iter().chain(TOLD).collect();
    object(&fields, &REQUIRED, |field| match field {
        "test" => name(),
        "occasion" => one_of(&Occasion::ALL, Occasion::name),
        "title" => words(MOST_TITLE_CHARACTERS),
        "audience" => audience(),
        "opens" | "closes" => json!({ "type": "string", "format": "date-time" }),
        "minutes" => integer(1..=MOST_MINUTES),
        "attempts" => integer(1..=MOST_ATTEMPTS),
        "keep" => one_of(&Keep::ALL, Keep::name),
        "pass" | "excellent" => points(0.0, 100.0),
        "review" => one_of(&Review::ALL, Review::name),
        "late_minutes" | "earliest_submit_minutes" => integer(0..=MOST_MINUTES),
        "integrity" => integrity(),
        "approve_corrections" => json!({ "type": "boolean", "default": false }),
        "make_up_of" => belonging::make_up_schema(),
        "sample" => belonging::sample_schema(),
        "markers" => integer(1..=2),
        "difference" => points(0.0, 1000.0),
        "objection_days" => integer(0..=MOST_DAYS),
        "sections" => list(&section(), 1, MOST_SECTIONS),
        _ => json!(true),
    })
}

fn audience() -> Value {
    let code = spoken(MOST_TEXT_CHARACTERS);
    object(&AUDIENCE, &["branches"], |field| list(&code, usize::from(field == "branches"), MOST_BRANCHES))
}

fn integrity() -> Value {
    object(&INTEGRITY, &[], |field| match field {
        "addresses" => list(&spoken(MOST_TEXT_CHARACTERS), 0, MOST_PLACES),
        "password" => spoken(MOST_PASSWORD_CHARACTERS),
        "safe_exam_browser" => {
            list(&json!({ "type": "string", "pattern": "^\\s*[0-9A-Fa-f]{64}\\s*$" }), 0, MOST_PLACES)
        }
        _ => json!({ "type": "boolean", "default": false }),
    })
}

fn section() -> Value {
    let mut section = object(&SECTION, &["kind", "points", "draw"], |field| match field {
        "title" => words(MOST_TITLE_CHARACTERS),
        "kind" => one_of(&Kind::ALL, Kind::name),
        "points" => points(POINTS.start().number(), POINTS.end().number()),
        "policy" => one_of(&Policy::ALL, Policy::name),
        _ => list(&row(), 1, MOST_ROWS),
    });
    if let Some(members) = section.as_object_mut() {
        let is_multiple = json!({ "properties": { "kind": { "const": Kind::Multiple.name() } } });
        members.insert("if".into(), is_multiple);
        members.insert("else".into(), json!({ "properties": { "policy": false } }));
    }
    section
}

fn row() -> Value {
    object(&ROW, &["bank", "count"], |field| match field {
        "bank" => name(),
        "topics" => list(&name(), 0, MOST_TOPICS),
        "count" => integer(1..=MOST_QUESTIONS),
        _ => json!({ "type": "object", "propertyNames": { "pattern": "^\\s*[1-5]\\s*(-\\s*[1-5]\\s*)?$" },
            "additionalProperties": integer(1..=MOST_QUESTIONS) }),
    })
}
