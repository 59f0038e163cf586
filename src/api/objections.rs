//! Objections to questions: sent and withdrawn by members, listed and answered by those who organize the test.

use crate::api::{Answer, Body, body, json, optional_text, required_text, time};
use crate::app::App;
use crate::formats::bank_json;
use crate::formats::reader::{Fields, Reader};
use crate::http::{Access, Arrived, Route, SignedIn};
use crate::service::Error;
use crate::service::error::Thing;
use crate::service::objections::{self, Answering, Listed, Objected, ObjectionRow};
use crate::service::tests::Test;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json as value};

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/attempts/{attempt}/objections", Access::SignedIn, send),
        Route::delete("/api/v1/attempts/{attempt}/objections/{position}", Access::SignedIn, withdraw),
        Route::get("/api/v1/tests/{test}/objections", Access::REPORTS, list),
        Route::post("/api/v1/tests/{test}/objections", Access::ORGANIZER, answer_them),
    ]
}

struct Note {
    position: i64,
    note: String,
}

impl Body for Note {
    const FIELDS: &'static [&'static str] = &["position", "note"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let position = reader.required(fields, "position").and_then(|value| reader.whole(value));
        let note = required_text(reader, fields, "note");
        Some(Self { position: position?, note: note? })
    }
}

async fn send(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(attempt): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        let Note { position, note } = body(&bytes)?;
        objections::send(&app, &caller, now, (&attempt, position), &note).await
    };
    answer.json(result.await.map(|row| mine(&row)))
}

async fn withdraw(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path((attempt, position)): Path<(String, String)>,
    answer: Answer,
) -> Response {
    let result = async {
        let position = position.parse().map_err(|_| Error::NotFound(Thing::Question))?;
        objections::withdraw(&app, &caller, now, (&attempt, position)).await
    };
    answer.empty(result.await)
}

/// An objection as its member sees it.
pub fn mine(row: &ObjectionRow) -> Value {
    value!({ "objection": row.id, "position": row.position, "note": row.note, "written": time(row.written_at_ms),
        "upheld": row.upheld, "answer": row.answer, "answered": row.answered_at_ms.map(time) })
}

async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(name): Path<String>,
    answer: Answer,
) -> Response {
    match objections::list(&app, &caller, now, &name).await {
        Ok((test, _, listed)) => json(&document(&test, &listed)),
        Err(error) => answer.problem(error).into_response(),
    }
}

/// Objections of a test as the API and the command line give them.
pub fn document(test: &Test, listed: &[Objected]) -> Value {
    value!({ "test": test.row.name, "waiting": listed.iter().map(Objected::waiting).sum::<usize>(),
        "provisional_until": objections::provisional_until(test).map(time),
        "questions": listed.iter().map(objected).collect::<Vec<_>>() })
}

fn objected(objected: &Objected) -> Value {
    let question = &objected.question;
    let mut described = value!({ "bank": objected.bank, "question": question.id, "kind": question.kind(),
        "stem": question.stem, "waiting": objected.waiting(),
        "objections": objected.objections.iter().map(one).collect::<Vec<_>>() });
    if let Some(members) = described.as_object_mut() {
        if objected.shows_key {
            members.insert("answer".into(), bank_json::written_answer(&question.key));
        }
        if let Some((facility, discrimination)) = objected.figures {
            members.insert("facility".into(), value!(facility));
            members.insert("discrimination".into(), value!(discrimination));
        }
    }
    described
}

fn one(listed: &Listed) -> Value {
    let mut described = mine(&listed.row);
    if let Some(members) = described.as_object_mut() {
        members.insert("branch".into(), value!(listed.branch.code));
        if let Some((login, name)) = &listed.by {
            members.insert("login".into(), value!(login));
            members.insert("name".into(), value!(name));
            members.insert("attempt".into(), value!(listed.row.attempt_id));
            members.insert("answered_by".into(), value!(listed.answerer));
        } else {
            members.remove("position");
        }
    }
    described
}

impl Body for Answering {
    const FIELDS: &'static [&'static str] = &["bank", "question", "objection", "upheld", "answer"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let bank = required_text(reader, fields, "bank");
        let question = required_text(reader, fields, "question");
        let objection = optional_text(reader, fields, "objection");
        let upheld = reader.required(fields, "upheld").and_then(|value| reader.boolean(value));
        let answer = required_text(reader, fields, "answer");
        Some(Self { bank: bank?, question: question?, objection: objection?.text(), upheld: upheld?, answer: answer? })
    }
}

async fn answer_them(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(name): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async { objections::answer(&app, &caller, now, &name, body(&bytes)?).await };
    answer.json(result.await.map(|answered| value!({ "answered": answered })))
}
