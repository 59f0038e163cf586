//! Item analysis.

use crate::api::{Answer, json};
use crate::app::App;
use crate::http::{Access, Arrived, Parameter, Route, SignedIn};
use crate::rules::items::{Drawn, Flag, Position};
use crate::rules::tree::Node;
use crate::service::Error;
use crate::service::items::{self, Items, Line, MoodleItems};
use crate::service::tests::Test;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use serde::Deserialize;
use serde_json::{Value, json as value};

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/api/v1/tests/{test}/items", Access::REPORTS, show).with_query(&QUERY)]
}

const QUERY: [Parameter; 2] = [Parameter::text("branch"), Parameter::text("mode")];

#[derive(Deserialize)]
struct Asked {
    branch: Option<String>,
    mode: Option<String>,
}

async fn show(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    (Path(name), Query(asked)): (Path<String>, Query<Asked>),
    answer: Answer,
) -> Response {
    let branch = asked.branch.as_deref();
    let document = match asked.mode.as_deref() {
        None => items::items(&app, &caller, now, &name, branch).await.map(|items| document(&items)),
        Some("moodle") => items::moodle_items(&app, &caller, &name, branch).await.map(|items| moodle(&items)),
        Some(_) => Err(Error::Invalid { field: "mode", expected: "items-mode" }),
    };
    match document {
        Ok(document) => json(&document),
        Err(error) => answer.problem(error).into_response(),
    }
}

fn head(test: &Test, branch: Option<&Node>) -> Value {
    value!({
        "test": test.row.name,
        "title": test.definition.title,
        "final": test.row.finished_at_ms.is_some(),
        "cancelled": test.row.cancelled_reason,
        "branch": { "code": branch.map(|node| &node.code), "name": branch.map(|node| &node.name) },
        "full": test.definition.full(),
    })
}

/// Adds the members of an object to another.
fn join(mut one: Value, other: Value) -> Value {
    if let (Some(members), Value::Object(more)) = (one.as_object_mut(), other) {
        members.extend(more);
    }
    one
}

/// An item analysis as the API and the command line give it.
pub fn document(items: &Items) -> Value {
    let figures = serde_json::to_value(&items.figures).unwrap_or_default();
    let questions: Vec<Value> = items.questions.iter().map(question).collect();
    join(join(head(&items.test, items.branch.as_ref()), figures), value!({ "questions": questions }))
}

fn question(line: &Line) -> Value {
    let figures = &line.figures;
    let asked = &figures.asked;
    let mut members = value!({
        "bank": asked.bank,
        "question": asked.question.id,
        "edition": line.edition,
        "kind": asked.question.kind().name(),
        "topic": asked.question.topic,
        "attempts": figures.attempts,
        "facility": figures.facility,
        "omitted": figures.omitted,
        "discrimination": figures.discrimination,
        "upper_lower": figures.upper_lower,
        "flags": line.flags().iter().map(|flag| flag.name()).collect::<Vec<_>>(),
    });
    if let (Some(members), true) = (members.as_object_mut(), line.shows_key) {
        members.insert("options".into(), options(line));
    }
    members
}

fn options(line: &Line) -> Value {
    let option = |(index, ((label, is_key), figures))| {
        let flags: Vec<&str> =
            line.flags().iter().filter(|flag| flag.is_of(index)).map(|flag: &Flag| flag.name()).collect();
        let chosen: Value = serde_json::to_value(figures).unwrap_or_default();
        join(join(value!({ "label": label, "key": is_key }), chosen), value!({ "flags": flags }))
    };
    line.choices().into_iter().zip(&line.figures.options).enumerate().map(option).collect()
}

/// The report as Moodle has it, as the API and the command line give it.
pub fn moodle(items: &MoodleItems) -> Value {
    let quiz = serde_json::to_value(&items.report.quiz).unwrap_or_default();
    let positions: Vec<Value> = items.report.positions.iter().map(position).collect();
    join(join(head(&items.test, items.branch.as_ref()), quiz), value!({ "mode": "moodle", "positions": positions }))
}

fn position(position: &Position) -> Value {
    let row = serde_json::to_value(&position.row).unwrap_or_default();
    join(
        join(value!({ "position": position.position }), row),
        value!({
            "intended_weight": position.intended_weight,
            "effective_weight": position.effective_weight,
            "questions": position.drawn.iter().map(drawn).collect::<Vec<_>>(),
        }),
    )
}

fn drawn(drawn: &Drawn) -> Value {
    let row = serde_json::to_value(&drawn.row).unwrap_or_default();
    let name = value!({ "bank": drawn.asked.bank, "question": drawn.asked.question.id });
    join(join(name, row), value!({ "random_guess_score": drawn.random_guess_score }))
}
