//! Watching over a test under way: who stands where, pauses, messages, attempts opened again.

use crate::api::{Answer, Body, Optional, body, optional_text, text_or_empty};
use crate::app::App;
use crate::formats::reader::{Fields, Reader};
use crate::http::{Access, Arrived, Route, SignedIn};
use crate::service::Error;
use crate::service::tests::invigilate::{self, MessageRow, PauseRow, Scope};
use crate::service::watching::{self, Seen, Watched};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/tests/{test}/live", Access::REPORTS, live),
        Route::get("/api/v1/tests/{test}/pauses", Access::REPORTS, list_pauses),
        Route::post("/api/v1/tests/{test}/pauses", Access::ORGANIZER, pause),
        Route::post("/api/v1/tests/{test}/pauses/{pause}/resume", Access::ORGANIZER, resume),
        Route::get("/api/v1/tests/{test}/messages", Access::REPORTS, list_messages),
        Route::post("/api/v1/tests/{test}/messages", Access::ORGANIZER, send_message),
        Route::post("/api/v1/attempts/{attempt}/reopen", Access::ORGANIZER, reopen),
        Route::post("/api/v1/attempts/{attempt}/release", Access::ORGANIZER, release),
    ]
}

/// Whom an act concerns, and what it says.
struct Act {
    branch: Option<String>,
    login: Option<String>,
    words: String,
}

impl Act {
    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>, words: &str) -> Option<Self> {
        let branch = optional_text(reader, fields, "branch").map(Optional::text);
        let login = optional_text(reader, fields, "login").map(Optional::text);
        let words = text_or_empty(reader, fields, words);
        Some(Self { branch: branch?, login: login?, words: words? })
    }

    fn scope(&self) -> Result<Scope, Error> {
        match (&self.branch, &self.login) {
            (None, None) => Ok(Scope::Everyone),
            (Some(code), None) => Ok(Scope::Branch(code.clone())),
            (None, Some(login)) => Ok(Scope::Person(login.clone())),
            (Some(_), Some(_)) => Err(Error::Invalid { field: "login", expected: "one-scope" }),
        }
    }
}

struct WithReason(Act);

impl Body for WithReason {
    const FIELDS: &'static [&'static str] = &["branch", "login", "reason"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        Act::read(reader, fields, "reason").map(Self)
    }
}

struct WithText(Act);

impl Body for WithText {
    const FIELDS: &'static [&'static str] = &["branch", "login", "text"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        Act::read(reader, fields, "text").map(Self)
    }
}

struct Reason(String);

impl Body for Reason {
    const FIELDS: &'static [&'static str] = &["reason"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        text_or_empty(reader, fields, "reason").map(Self)
    }
}

fn moment(at_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(at_ms).map(|at| at.to_string()).unwrap_or_default()
}

fn pause_value(pause: &PauseRow) -> Value {
    json!({ "pause": pause.id, "branch": pause.branch_id, "person": pause.person_id, "from": moment(pause.from_at_ms),
        "until": pause.until_at_ms.map(moment), "reason": pause.reason })
}

fn message_value(message: &MessageRow) -> Value {
    json!({ "id": message.id, "branch": message.branch_id, "person": message.person_id, "text": message.text,
        "at": moment(message.sent_at_ms) })
}

async fn live(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(name): Path<String>,
    answer: Answer,
) -> Response {
    let seen = watching::look(&app, &caller, now, &name).await;
    answer.json(seen.map(|seen| seen_value(&seen, now)))
}

/// How a test stands at a moment.
pub fn seen_value(seen: &Seen, now_ms: i64) -> Value {
    json!({ "server_time": moment(now_ms), "counts": seen.counts(), "saves_per_second": seen.saves_per_second(),
        "members": seen.members.iter().map(watched_value).collect::<Vec<_>>() })
}

/// One member of the live view.
fn watched_value(member: &Watched) -> Value {
    json!({ "person": member.person_id, "name": member.name, "branch": member.branch_code, "state": member.state.name(),
        "attempt": member.attempt_id, "answered": member.answered, "questions": member.questions,
        "last_save": member.last_save_at_ms.map(moment), "deadline": member.deadline_at_ms.map(moment), "hints": super::hints::all(&member.hints) })
}

async fn list_pauses(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(name): Path<String>,
    answer: Answer,
) -> Response {
    let pauses = invigilate::pauses(&app, &caller, &name).await;
    answer.json(pauses.map(|pauses| pauses.iter().map(pause_value).collect::<Value>()))
}

async fn pause(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(name): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        let WithReason(act) = body(&bytes)?;
        invigilate::pause(&app, &caller, now, &name, &act.scope()?, &act.words).await
    };
    answer.json(result.await.map(|pause| pause_value(&pause)))
}

async fn resume(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path((name, pause)): Path<(String, String)>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        let Reason(reason) = body(&bytes)?;
        invigilate::resume(&app, &caller, now, &name, &pause, &reason).await
    };
    answer.json(result.await.map(|pause| pause_value(&pause)))
}

async fn list_messages(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(name): Path<String>,
    answer: Answer,
) -> Response {
    let messages = invigilate::messages(&app, &caller, &name).await;
    answer.json(messages.map(|messages| messages.iter().map(message_value).collect::<Value>()))
}

async fn send_message(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(name): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        let WithText(act) = body(&bytes)?;
        invigilate::send_message(&app, &caller, now, &name, &act.scope()?, &act.words).await
    };
    answer.json(result.await.map(|message| message_value(&message)))
}

async fn release(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(attempt): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        let Reason(reason) = body(&bytes)?;
        invigilate::release(&app, &caller, now, &attempt, &reason).await
    };
    answer.empty(result.await)
}

async fn reopen(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(attempt): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        let Reason(reason) = body(&bytes)?;
        invigilate::reopen(&app, &caller, now, &attempt, &reason).await
    };
    answer
        .json(result.await.map(|attempt| json!({ "attempt": attempt.id, "deadline": moment(attempt.deadline_at_ms) })))
}
