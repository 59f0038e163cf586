//! What a person has to mark at a test, for those who organize it; without saying whose a response is.

use crate::api::{Answer, Body, body, json, required_text, switch, text_or_empty};
use crate::app::App;
use crate::formats::bank_json;
use crate::formats::reader::{Fields, Reader};
use crate::http::{Access, Arrived, Route, SignedIn};
use crate::rules::points::Points;
use crate::service::marking::{self, Given, Question, Written};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json as value};

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/tests/{test}/marking", Access::ORGANIZER, list),
        Route::post("/api/v1/tests/{test}/marking", Access::ORGANIZER, mark),
    ]
}

async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(name): Path<String>,
    answer: Answer,
) -> Response {
    match marking::list(&app, &caller, &name).await {
        Ok((_, questions)) => {
            let count = |of: fn(&Question) -> usize| questions.iter().map(of).sum::<usize>();
            json(&value!({ "waiting": count(|one| one.waiting.len()), "marked": count(|one| one.marked.len()),
                "questions": questions.iter().map(question).collect::<Vec<_>>() }))
        }
        Err(error) => answer.problem(error).into_response(),
    }
}

fn question(question: &Question) -> Value {
    let response = |one: &Written| value!({ "response": one.key, "text": one.response, "points": one.item.points, "mark": one.mark });
    let mut described = value!({ "question": question.name, "marked": question.marked.iter().map(response).collect::<Vec<_>>(),
        "waiting": question.waiting.iter().map(response).collect::<Vec<_>>() });
    if let (Some(members), Some(first)) =
        (described.as_object_mut(), question.waiting.iter().chain(&question.marked).next())
    {
        let of = &first.item.question;
        members.insert("kind".into(), value!(of.kind()));
        members.insert("stem".into(), value!(of.stem));
        members.insert("answer".into(), bank_json::written_answer(&of.key));
    }
    described
}

impl Body for Given {
    const FIELDS: &'static [&'static str] = &["response", "points", "note", "again"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let most = Points::from_hundredths(1000 * 100);
        let response = required_text(reader, fields, "response");
        let points = reader.required(fields, "points").and_then(|value| reader.points(value, Points::ZERO..=most));
        let note = text_or_empty(reader, fields, "note");
        let again = switch(reader, fields, "again");
        Some(Self { key: response?, points: points?, note: note?, again: again? })
    }
}

async fn mark(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(name): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async { marking::mark(&app, &caller, now, &name, body(&bytes)?).await };
    answer.empty(result.await)
}
