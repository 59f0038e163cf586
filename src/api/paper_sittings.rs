//! Sitting on paper: papers printed, entered, checked.

use crate::api::attempts::paper::without_key;
use crate::api::{Answer, Body, body, required_text, text_or_empty, time};
use crate::app::App;
use crate::formats::reader::{Fields, Reader};
use crate::http::{Access, Arrived, Route, SignedIn};
use crate::rules::rights::Caller;
use crate::service::paper_sittings::{self as papers, Listed, Opened};
use crate::service::people::shown_login;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/tests/{test}/papers", Access::ORGANIZER, list),
        Route::post("/api/v1/tests/{test}/papers", Access::ORGANIZER, print),
        Route::get("/api/v1/tests/{test}/papers/{paper}", Access::ORGANIZER, open),
        Route::put("/api/v1/tests/{test}/papers/{paper}/responses", Access::ORGANIZER, enter),
        Route::post("/api/v1/tests/{test}/papers/{paper}/check", Access::ORGANIZER, check),
        Route::post("/api/v1/tests/{test}/papers/{paper}/void", Access::ORGANIZER, void),
    ]
}

/// A printed paper, as the API and the command line give it.
pub(crate) fn described(paper: &Listed, caller: &Caller) -> Value {
    let row = &paper.row;
    json!({
        "paper": row.id, "login": shown_login(&paper.person.login, caller), "name": paper.person.name, "branch": paper.branch.code,
        "number": row.number, "state": row.state, "printed": time(row.printed_at_ms), "entered_by": paper.entered_by,
        "entered": row.entered_at_ms.map(time), "ended": row.ended_at_ms.map(time), "reason": row.reason,
        "attempt": row.attempt_id, "version": row.digest.as_deref().unwrap_or_default(),
    })
}

async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(name): Path<String>,
    answer: Answer,
) -> Response {
    let listed = papers::list(&app, &caller, &name).await;
    answer.json(listed.map(|listed| listed.papers.iter().map(|paper| described(paper, &caller)).collect::<Value>()))
}

/// For whom papers are printed.
struct People {
    people: Vec<String>,
}

impl Body for People {
    const FIELDS: &'static [&'static str] = &["people"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let list =
            reader.required(fields, "people").and_then(|value| reader.list(value, crate::limits::PAPERS_AT_ONCE))?;
        let people: Vec<Option<String>> =
            list.iter().map(|one| reader.text(one, 200).map(std::borrow::Cow::into_owned)).collect();
        Some(Self { people: people.into_iter().collect::<Option<_>>()? })
    }
}

async fn print(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(name): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let printed = async {
        let People { people } = body(&bytes)?;
        papers::print(&app, &caller, now, &name, &people).await
    };
    answer.json(printed.await.map(|ids| json!({ "papers": ids })))
}

fn opened(opened: &Opened, caller: &Caller) -> Value {
    let items = (1_i64..).zip(&opened.sheet.items);
    let questions: Value = items
        .map(|(position, item)| {
            let response = opened.responses.get(&position).cloned().unwrap_or_default();
            json!(without_key((position, item), (response, 0)))
        })
        .collect();
    let mut described = described(&opened.listed, caller);
    if let Some(members) = described.as_object_mut() {
        members.insert("questions".into(), questions);
    }
    described
}

async fn open(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path((name, id)): Path<(String, String)>,
    answer: Answer,
) -> Response {
    let paper = papers::open(&app, &caller, now, (&name, &id)).await;
    answer.json(paper.map(|(_, paper)| opened(&paper, &caller)))
}

/// What stands on a paper.
struct Entered {
    seen: String,
    responses: BTreeMap<i64, Value>,
}

impl Body for Entered {
    const FIELDS: &'static [&'static str] = &["seen", "responses"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let seen = text_or_empty(reader, fields, "seen");
        let list = reader.required(fields, "responses").and_then(|value| reader.list_or_none(value, 1_000))?;
        let mut responses = BTreeMap::new();
        for one in list {
            let fields = reader.fields(one, &["position", "response"])?;
            let position = reader.required(&fields, "position").and_then(|value| reader.whole(value));
            let response = reader.required(&fields, "response").map(|value| reader.document().plain(value));
            responses.insert(position?, response?);
        }
        Some(Self { seen: seen?, responses })
    }
}

async fn enter(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path((name, id)): Path<(String, String)>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let entered = async {
        let Entered { seen, responses } = body(&bytes)?;
        papers::enter(&app, &caller, now, (&name, &id), (&seen, &responses)).await
    };
    answer.json(entered.await.map(|paper| opened(&paper, &caller)))
}

/// The version that was seen, and why, where a reason is wanted.
struct Seen {
    seen: String,
    reason: String,
}

impl Body for Seen {
    const FIELDS: &'static [&'static str] = &["seen", "reason"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let seen = text_or_empty(reader, fields, "seen");
        let reason = text_or_empty(reader, fields, "reason");
        Some(Self { seen: seen?, reason: reason? })
    }
}

/// What was checked.
struct Checked {
    seen: String,
}

impl Body for Checked {
    const FIELDS: &'static [&'static str] = &["seen"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        Some(Self { seen: required_text(reader, fields, "seen")? })
    }
}

async fn check(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path((name, id)): Path<(String, String)>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let checked = async {
        let Checked { seen } = body(&bytes)?;
        papers::check(&app, &caller, now, (&name, &id), &seen).await
    };
    answer.json(checked.await.map(|attempt| json!({ "attempt": attempt })))
}

async fn void(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path((name, id)): Path<(String, String)>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let done = async {
        let Seen { seen, reason } = body(&bytes)?;
        papers::void(&app, &caller, now, (&name, &id), (&seen, &reason)).await
    };
    answer.empty(done.await)
}
