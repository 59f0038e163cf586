//! The JSON Schema of the rules of an annual assessment.

use super::{
    ASSESSED, BAND, BRANCH, COMPONENT, FIELDS, MOST_BANDS, MOST_COMPONENTS, MOST_NUMBER, MOST_TESTS, SELECTION, YEARS,
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
        _ => percent(),
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
    let mut component = object(&COMPONENT, &["title", "weight", "tests"], |field| match field {
        "title" => words(MOST_TITLE_CHARACTERS),
        "weight" => points(0.0, 100.0),
        "tests" => tests.clone(),
        "combine" => one_of(&Combine::ALL, Combine::name),
        "best" => integer(1..=1000),
        "least" => integer(0..=MOST_NUMBER),
        _ => one_of(&Missing::ALL, Missing::name),
    });
    if let Some(members) = component.as_object_mut() {
        let is_best =
            json!({ "properties": { "combine": { "const": Combine::Best.name() } }, "required": ["combine"] });
        members.insert("if".into(), is_best);
        members.insert("then".into(), json!({ "required": ["best"] }));
        members.insert("else".into(), json!({ "properties": { "best": false } }));
    }
    component
}
