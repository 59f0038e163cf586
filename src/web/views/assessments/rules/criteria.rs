//! The part of the form that asks who can be commended and who needs help.

use crate::formats::assessment_json;
use crate::rules::assessment::Definition;
use crate::web::input::Fields;
use crate::web::layout::{Field, field};
use crate::web::words::Words;
use maud::{Markup, html};
use serde_json::{Map, Value, json};

/// Fields of the form: where they stand in the file, and their words. A switch is told apart by the last.
const MEMBERS: [(&str, &str, bool); 7] = [
    ("total", "criteria-total", false),
    ("component", "criteria-component", false),
    ("participation", "criteria-participation", false),
    ("most", "criteria-most", false),
    ("most_percent", "criteria-most-percent", false),
    ("no_absence", "criterion-no_absence", true),
    ("no_fail", "criterion-no_fail", true),
];
const BRANCHES: [(&str, &str, bool); 7] = [
    ("kind", "criteria-kind", false),
    ("mean", "criteria-mean", false),
    ("participation", "criteria-participation", false),
    ("pass", "criteria-pass", false),
    ("excellence", "criteria-excellence", false),
    ("members", "criteria-members", false),
    ("most", "criteria-most-branches", false),
];
const HELP: [(&str, &str, bool); 3] =
    [("below", "criteria-below", false), ("fall", "criteria-fall", false), ("absences", "criteria-absences", false)];

/// Puts the criteria into the fields of the form.
pub(super) fn put(definition: &Definition, put: &mut dyn FnMut(String, String)) {
    let file = assessment_json::write(definition);
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
    for (start, pointer) in [("m", "/commend/members"), ("u", "/commend/branches"), ("h", "/help")] {
        for (name, value) in file.pointer(pointer).and_then(Value::as_object).into_iter().flatten() {
            put(format!("{start}-{name}"), text(value));
        }
    }
}

/// What the fields say, as the file has it; nothing where all are empty.
fn said(fields: &Fields, start: &str, known: &[(&str, &str, bool)]) -> Value {
    let mut read = Map::new();
    for (name, _, is_switch) in known {
        let text = fields.get(&format!("{start}-{name}")).trim();
        if text.is_empty() {
            continue;
        }
        let value = match (is_switch, *name) {
            (true, _) => json!(true),
            (false, "kind") => json!(text),
            (false, _) => super::number(fields, &format!("{start}-{name}")),
        };
        read.insert((*name).to_owned(), value);
    }
    if read.is_empty() { Value::Null } else { read.into() }
}

pub(super) fn commend(fields: &Fields) -> Value {
    let mut commend = Map::new();
    for (name, start, known) in [("members", "m", &MEMBERS), ("branches", "u", &BRANCHES)] {
        let criteria = said(fields, start, known);
        if !criteria.is_null() {
            commend.insert(name.to_owned(), criteria);
        }
    }
    if commend.is_empty() { Value::Null } else { commend.into() }
}

pub(super) fn help(fields: &Fields) -> Value {
    said(fields, "h", &HELP)
}

pub(super) fn form(words: Words, fields: &Fields) -> Markup {
    html! {
        section.card {
            h2 { (words.t("criteria-title")) }
            p.muted { (words.t("criteria-help")) }
            h3.part-title { (words.t("commended-members")) }
            (inputs(words, fields, "m", &MEMBERS))
            h3.part-title { (words.t("commended-branches")) }
            (inputs(words, fields, "u", &BRANCHES))
            h3.part-title { (words.t("to-help-title")) }
            p.muted { (words.t("criteria-help-always")) }
            (inputs(words, fields, "h", &HELP))
        }
    }
}

fn inputs(words: Words, fields: &Fields, start: &str, known: &[(&str, &str, bool)]) -> Markup {
    let id = |name: &str| format!("{start}-{name}");
    html! {
        div.grid { @for (name, label, _) in known.iter().filter(|one| !one.2) {
            (field(&Field { name: &id(name), kind: "text", label: words.t(label), value: fields.get(&id(name)), autocomplete: Some("off"), optional: true, ..Field::default() }))
        } }
        @for (name, label, _) in known.iter().filter(|one| one.2) {
            label.check { input type="checkbox" name=(id(name)) value="true" checked[!fields.get(&id(name)).is_empty()]; " " (words.t(label)) }
        }
    }
}
