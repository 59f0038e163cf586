//! Everything that is kept about the caller.

use crate::api::{Answer, time};
use crate::app::App;
use crate::http::{Access, Route, SignedIn};
use crate::rules::paper::Marks;
use crate::rules::points::Points;
use crate::service::people::own_data::{self, OwnAttempt, OwnData};
use axum::extract::State;
use axum::response::Response;
use serde_json::{Map, Value, json};

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/api/v1/me/data", Access::SignedIn, show)]
}

async fn show(State(app): State<App>, SignedIn(caller): SignedIn, answer: Answer) -> Response {
    answer.json(own_data::own_data(&app, &caller).await.map(|data| document(&data)))
}

/// It as a document, the same for page, API and command.
pub(crate) fn document(data: &OwnData) -> Value {
    let person = &data.person;
    let mut document = json!({ "login": person.login, "name": person.name, "category": person.category,
        "number": person.number, "added": time(person.created_at_ms),
        "attempts": data.attempts.iter().map(attempt).collect::<Vec<_>>() });
    if let (Some(members), Ok(Value::Object(rows))) = (document.as_object_mut(), serde_json::to_value(&data.rows)) {
        members.extend(rows.into_iter().map(|(name, rows)| (name, readable(rows))));
    }
    document
}

fn attempt(one: &OwnAttempt) -> Value {
    let OwnAttempt { test, attempt, .. } = one;
    let read = |text: Option<&str>| text.and_then(|text| serde_json::from_str::<Value>(text).ok());
    let responses = one.responses.iter().map(|row| {
        json!({ "position": row.position, "response": read(row.response.as_deref()), "received": time(row.received_at_ms) })
    });
    let late = one.late.iter().map(|row| {
        json!({ "position": row.position, "response": read(row.response.as_deref()), "code": row.code,
            "received": time(row.received_at_ms) })
    });
    let points = |hundredths: i64| Points::from_hundredths(hundredths);
    let amendments = one.amendments.iter().map(|row| {
        json!({ "kind": row.kind, "accepted": row.accepted, "reason": row.reason, "decided": time(row.decided_at_ms),
            "score_before": points(row.score_before), "score": points(row.score) })
    });
    let objections = one.objections.iter().map(|row| {
        json!({ "position": row.position, "note": row.note, "written": time(row.written_at_ms),
            "withdrawn": row.withdrawn_at_ms.map(time), "upheld": row.upheld, "answer": row.answer,
            "answered": row.answered_at_ms.map(time) })
    });
    let hints = one.hints.iter().map(|row| json!({ "kind": row.kind, "times": row.times, "seconds": row.seconds }));
    let mut document = json!({
        "test": test.row.name, "title": test.definition.title, "attempt": attempt.id, "number": attempt.number,
        "started": time(attempt.started_at_ms), "deadline": time(attempt.deadline_at_ms),
        "finished": attempt.finished_at_ms.map(time), "finished_by": attempt.finished_by,
        "score": attempt.score.map(points), "full": points(attempt.full), "receipt": attempt.receipt,
        "responses": responses.collect::<Vec<_>>(), "late": late.collect::<Vec<_>>(),
        "amendments": amendments.collect::<Vec<_>>(), "objections": objections.collect::<Vec<_>>(),
        "hints": hints.collect::<Vec<_>>(),
    });
    let marks = attempt.marks.as_deref().and_then(|marks| serde_json::from_str::<Marks>(marks).ok());
    if let (Some(members), Some(marks), true) = (document.as_object_mut(), marks, one.shows_marks) {
        members.insert("marks".into(), marks.into_iter().map(|mark| json!(mark.map(points))).collect());
    }
    document
}

/// Rows of the database as people read them: moments as times, hundredths as points.
fn readable(value: Value) -> Value {
    let member = |(name, value): (String, Value)| match (name.strip_suffix("_at_ms"), value.as_i64()) {
        (Some(name), at_ms) => (name.to_owned(), json!(at_ms.map(time))),
        (None, Some(hundredths)) if name.ends_with("points") => (name, json!(Points::from_hundredths(hundredths))),
        _ => (name, value),
    };
    match value {
        Value::Array(rows) => rows.into_iter().map(readable).collect(),
        Value::Object(members) => members.into_iter().map(member).collect::<Map<_, _>>().into(),
        other => other,
    }
}
