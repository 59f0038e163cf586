//! What a person has to mark at a test, for those who organize it and those whom they name; without saying whose a
//! response is.

use crate::api::{Answer, Body, body, json, required_text, switch, text_or_empty, time};
use crate::app::App;
use crate::formats::bank_json;
use crate::formats::json::Value as Json;
use crate::formats::reader::{Fields, Reader};
use crate::http::{Access, Arrived, Route, SignedIn};
use crate::rules::bank::ProblemCode;
use crate::rules::paper::Item;
use crate::rules::points::Points;
use crate::rules::question::case::MOST_PARTS;
use crate::service::marking::{self, Awarded, Given, Listed, Marker, Question, Written};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json as value};

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/tests/{test}/marking", Access::SignedIn, list),
        Route::post("/api/v1/tests/{test}/marking", Access::SignedIn, mark),
        Route::get("/api/v1/tests/{test}/markers", Access::ORGANIZER, markers),
        Route::put("/api/v1/tests/{test}/markers/{login}", Access::ORGANIZER, name_marker),
        Route::delete("/api/v1/tests/{test}/markers/{login}", Access::ORGANIZER, end_marker),
    ]
}

async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(name): Path<String>,
    answer: Answer,
) -> Response {
    match marking::list(&app, &caller, &name).await {
        Ok(Listed { test, questions, .. }) => {
            let count = |of: fn(&Question) -> usize| questions.iter().map(of).sum::<usize>();
            json(&value!({ "waiting": count(|one| one.waiting.len()), "marked": count(|one| one.marked.len()),
                "others": count(|one| one.others), "markers": test.definition.marking.markers(),
                "questions": questions.iter().map(question).collect::<Vec<_>>() }))
        }
        Err(error) => answer.problem(error).into_response(),
    }
}

fn question(question: &Question) -> Value {
    let response = |one: &Written| {
        let mut described = value!({ "response": one.key, "text": one.response, "points": one.item.points,
            "mark": one.mark, "third": one.third });
        let parts: Vec<Value> = one.item.parts().iter().zip(one.part_marks()).map(part).collect();
        if let (Some(members), false) = (described.as_object_mut(), parts.is_empty()) {
            members.insert("parts".into(), parts.into());
        }
        described
    };
    let mut described = value!({ "question": question.name, "others": question.others, "marked": question.marked.iter().map(response).collect::<Vec<_>>(),
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

/// A part of a case, with the points that its key gives; null where a person gives them.
fn part((part, by_key): (&Item, Option<Points>)) -> Value {
    value!({ "kind": part.question.kind(), "stem": part.question.stem, "points": part.points, "mark": by_key })
}

impl Body for Given {
    const FIELDS: &'static [&'static str] = &["response", "points", "parts", "note", "again"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let most = Points::from_hundredths(1000 * 100);
        let response = required_text(reader, fields, "response");
        let points = match fields.get("parts") {
            Some(list) if fields.get("points").is_none() => {
                let items = reader.list(list, MOST_PARTS)?;
                let given = |value: &'d Json| match value {
                    Json::Null { .. } => Some(None),
                    value => reader.points(value, Points::ZERO..=most).map(Some),
                };
                items.iter().map(given).collect::<Option<Vec<_>>>().map(Awarded::Parts)
            }
            Some(list) => {
                reader.note(list.at(), ProblemCode::OneOfFields, "", "points, parts");
                None
            }
            None => {
                let value = reader.required(fields, "points");
                value.and_then(|value| reader.points(value, Points::ZERO..=most)).map(Awarded::Whole)
            }
        };
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

async fn markers(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(name): Path<String>,
    answer: Answer,
) -> Response {
    answer.json(marking::list_markers(&app, &caller, &name).await.map(|listed| described(&listed)))
}

/// Those who were named, as the API and the command line give them.
pub fn described(listed: &[Marker]) -> Value {
    let one =
        |marker: &Marker| value!({ "login": marker.login, "name": marker.name, "named": time(marker.named_at_ms) });
    listed.iter().map(one).collect()
}

async fn name_marker(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path((name, login)): Path<(String, String)>,
    answer: Answer,
) -> Response {
    answer.empty(marking::name(&app, &caller, now, &name, &login).await)
}

async fn end_marker(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path((name, login)): Path<(String, String)>,
    answer: Answer,
) -> Response {
    answer.empty(marking::end(&app, &caller, now, &name, &login).await)
}
