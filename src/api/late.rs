//! What arrived after the end of an attempt: sent by its member, decided about by those who organize the test.

use crate::api::{Answer, Body, body, json, text_or_empty, time};
use crate::app::App;
use crate::formats::reader::{Fields, MOST_TEXT_CHARACTERS, Reader};
use crate::http::{Access, Arrived, Parameter, Route, SignedIn};
use crate::rules::points::Points;
use crate::rules::rights::Caller;
use crate::service::late::{self, Amendment, Incoming, Late, Waiting};
use crate::service::people::shown_login;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use serde::Deserialize;
use serde_json::{Value, json as value};

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/attempts/{attempt}/late-responses", Access::SignedIn, send),
        Route::get("/api/v1/tests/{test}/late-responses", Access::ORGANIZER, list),
        Route::post("/api/v1/tests/{test}/late-responses", Access::ORGANIZER, decide_all).with_query(&PREVIEW),
        Route::post("/api/v1/tests/{test}/late-responses/{attempt}", Access::ORGANIZER, decide),
    ]
}

const PREVIEW: [Parameter; 1] = [Parameter::switch("preview")];

/// Most responses that one call may bring; a paper holds fewer.
const MOST: usize = 10_000;

struct Sent {
    responses: Vec<Incoming>,
}

impl Body for Sent {
    const FIELDS: &'static [&'static str] = &["responses"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let list = reader.required(fields, "responses").and_then(|value| reader.list(value, MOST))?;
        let read: Vec<Option<Incoming>> = list
            .iter()
            .map(|one| {
                let fields = reader.fields(one, &["position", "response", "save"])?;
                let position = reader.required(&fields, "position").and_then(|value| reader.whole(value));
                let response = reader.required(&fields, "response").map(|value| reader.document().plain(value));
                let save = reader.required(&fields, "save").and_then(|value| reader.whole(value));
                Some(Incoming { position: position?, save: save?, response: response? })
            })
            .collect();
        Some(Self { responses: read.into_iter().collect::<Option<_>>()? })
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
        let Sent { responses } = body(&bytes)?;
        late::send(&app, &caller, now, &attempt, responses).await
    };
    answer.json(result.await.map(|received| value!({ "code": received.code, "late": received.late })))
}

async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(name): Path<String>,
    answer: Answer,
) -> Response {
    match late::list(&app, &caller, &name).await {
        Ok((_, listed)) => json(&listed.iter().map(|late| described(late, &caller)).collect::<Value>()),
        Err(error) => answer.problem(error).into_response(),
    }
}

/// One sitting with what arrived late, as the API and the command line give it.
pub fn described(late: &Late, caller: &Caller) -> Value {
    let plain =
        |text: Option<&str>| -> Value { text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default() };
    let responses: Vec<Value> = late
        .rows
        .iter()
        .map(|row| {
            let stored = late.stored.get(&row.position);
            value!({ "position": row.position, "stored": plain(stored.and_then(|stored| stored.response.as_deref())),
                "late": plain(row.response.as_deref()), "save": row.save, "received": time(row.received_at_ms), "code": row.code })
        })
        .collect();
    let trace: Vec<Value> = late
        .trace
        .iter()
        .map(|event| value!({ "number": event.seq, "at": time(event.at_ms), "kind": event.kind }))
        .collect();
    value!({ "attempt": late.attempt.id, "login": shown_login(&late.person.login, caller), "name": late.person.name,
        "branch": late.branch.code, "finished": late.attempt.finished_at_ms.map(time), "finished_by": late.attempt.finished_by,
        "codes": late::codes(&late.rows), "responses": responses, "trace": trace,
        "decision": late.decision.as_ref().map(|(amendment, by)| {
            let mut decision = decision(amendment);
            if let Some(members) = decision.as_object_mut() {
                members.insert("by".into(), value!(by));
            }
            decision
        }) })
}

/// A decision as its member and the organizers see it.
pub fn decision(amendment: &Amendment) -> Value {
    value!({ "accepted": amendment.accepted, "reason": amendment.reason, "at": time(amendment.decided_at_ms),
        "score_before": Points::from_hundredths(amendment.score_before), "score": Points::from_hundredths(amendment.score) })
}

struct Decision {
    accepted: bool,
    reason: String,
}

impl Body for Decision {
    const FIELDS: &'static [&'static str] = &["accepted", "reason"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let accepted = reader.required(fields, "accepted").and_then(|value| reader.boolean(value));
        let reason = text_or_empty(reader, fields, "reason");
        Some(Self { accepted: accepted?, reason: reason? })
    }
}

async fn decide(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path((name, attempt)): Path<(String, String)>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        let Decision { accepted, reason } = body(&bytes)?;
        late::decide(&app, &caller, now, (&name, &attempt), accepted, &reason).await
    };
    answer.json(result.await.map(|amendment| decision(&amendment)))
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    preview: bool,
}

/// A decision about many sittings.
struct Together {
    decision: Decision,
    /// Only these attempts.
    attempts: Option<Vec<String>>,
}

impl Body for Together {
    const FIELDS: &'static [&'static str] = &["accepted", "reason", "attempts"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let decision = Decision::read(reader, fields);
        let mut attempts = None;
        if let Some(value) = fields.get("attempts") {
            let ids = reader.list(value, MOST)?.iter();
            let ids = ids.map(|id| Some(reader.text(id, MOST_TEXT_CHARACTERS)?.into_owned()));
            attempts = Some(ids.collect::<Option<_>>()?);
        }
        Some(Self { decision: decision?, attempts })
    }
}

async fn decide_all(
    State(app): State<App>,
    (SignedIn(caller), Arrived(now)): (SignedIn, Arrived),
    Path(name): Path<String>,
    Query(wanted): Query<Wanted>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    if wanted.preview {
        let listed = late::list(&app, &caller, &name).await;
        return answer.json(listed.map(|(_, listed)| waiting(&late::waiting_of(&listed))));
    }
    let result = async {
        let Together { decision: Decision { accepted, reason }, attempts } = body(&bytes)?;
        late::decide_all(&app, &caller, now, (&name, attempts.as_deref()), accepted, &reason).await
    };
    answer.json(result.await.map(|decided| decided.iter().map(of_attempt).collect::<Value>()))
}

fn waiting(waiting: &Waiting) -> Value {
    let branches = waiting.branches.iter();
    let branches: Vec<Value> = branches
        .map(|(branch, attempts)| value!({ "code": branch.code, "name": branch.name, "attempts": attempts }))
        .collect();
    value!({ "attempts": waiting.attempts, "new": waiting.new, "replacing": waiting.replacing, "branches": branches })
}

fn of_attempt(amendment: &Amendment) -> Value {
    let mut decision = decision(amendment);
    if let Some(members) = decision.as_object_mut() {
        members.insert("attempt".into(), value!(amendment.attempt_id));
    }
    decision
}
