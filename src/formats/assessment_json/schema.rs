//! The JSON Schema of the rules of an annual assessment.

use super::criteria::{COMMEND, HELP, OF_BRANCHES, OF_MEMBERS};
use super::{
    ASSESSED, BAND, BRANCH, COMPONENT, FIELDS, LEAST_FULL, MARKS, MOST_BANDS, MOST_COMPONENTS, MOST_FULL, MOST_NUMBER,
    MOST_TESTS, OF_TESTS, SELECTION, YEARS,
};
use crate::formats::reader::MOST_TITLE_CHARACTERS;
use crate::formats::schema::{integer, list, name, object, one_of, points, words};
use crate::rules::assessment::{Combine, Missing};
use crate::rules::blueprint::Occasion;
use serde_json::{Value, json};

/// What the rules may hold.
pub(in crate::formats) fn schema() -> Value {
    let percent = || points(0.0, 100.0);
    let title = || words(MOST_TITLE_CHARACTERS);
    let band = object(&BAND, &BAND, |field| if field == "title" { title() } else { percent() });
    object(&FIELDS, &["year", "title", "components", "bands", "branch"], |field| match field {
        "year" => integer(YEARS),
        "title" => title(),
        "components" => list(&component(), 1, MOST_COMPONENTS),
        "bands" => list(&band, 1, MOST_BANDS),
        "branch" => object(&BRANCH, &[], |_| percent()),
        "least_members" => integer(0..=MOST_NUMBER),
        "commend" => commend(),
        "help" => object(&HELP, &[], criterion),
        _ => percent(),
    })
}

/// One criterion, by its name.
fn criterion(field: &str) -> Value {
    match field {
        "no_absence" | "no_fail" => json!({ "type": "boolean" }),
        "most" | "members" | "absences" => integer(1..=MOST_NUMBER),
        "kind" => json!({ "type": "string", "maxLength": MOST_TITLE_CHARACTERS }),
        _ => points(0.0, 100.0),
    }
}

fn commend() -> Value {
    object(&COMMEND, &[], |field| match field {
        "members" => object(&OF_MEMBERS, &[], criterion),
        _ => object(&OF_BRANCHES, &[], criterion),
    })
}

fn component() -> Value {
    let mut tests = object(&SELECTION, &[], |field| match field {
        "occasion" => one_of(&ASSESSED, Occasion::name),
        _ => list(&name(), 1, MOST_TESTS),
    });
    if let Some(members) = tests.as_object_mut() {
        members.insert("minProperties".into(), json!(1));
    }
    let marks = object(&MARKS, &["name"], |field| match field {
        "name" => name(),
        _ => points(LEAST_FULL.number(), MOST_FULL.number()),
    });
    let mut component = object(&COMPONENT, &["title", "weight"], |field| match field {
        "title" => words(MOST_TITLE_CHARACTERS),
        "weight" => points(0.0, 100.0),
        "tests" => tests.clone(),
        "marks" => marks.clone(),
        "combine" => one_of(&Combine::ALL, Combine::name),
        "best" => integer(1..=1000),
        "least" => integer(0..=MOST_NUMBER),
        _ => one_of(&Missing::ALL, Missing::name),
    });
    if let Some(members) = component.as_object_mut() {
        let none: serde_json::Map<String, Value> =
            OF_TESTS.iter().map(|field| ((*field).to_owned(), json!(false))).collect();
        let is_best =
            json!({ "properties": { "combine": { "const": Combine::Best.name() } }, "required": ["combine"] });
        let of_tests = json!({ "required": ["tests"], "if": is_best, "then": { "required": ["best"] },
            "else": { "properties": { "best": false } } });
        members.insert("if".into(), json!({ "required": ["marks"] }));
        members.insert("then".into(), json!({ "properties": none }));
        members.insert("else".into(), of_tests);
    }
    component
}
