//! Tests: making, listing, changing, closing; presence and personal windows.

use crate::api::{Answer, Body, body, text_or_empty};
use crate::app::App;
use crate::formats::json::Value as JsonValue;
use crate::formats::reader::{Fields, Reader};
use crate::formats::test_json;
use crate::http::{Access, Arrived, Parameter, Route, SignedIn};
use crate::rules::blueprint::MOST_MINUTES;
use crate::rules::integrity::Integrity;
use crate::rules::presence::Presence;
use crate::rules::rights::Caller;
use crate::service::tests::{self, PersonalWindowChange, PresenceChange, Standing, Test};
use crate::service::{people, proofs};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use serde::Deserialize;
use serde_json::{Value, json};

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/tests", Access::ORGANIZER, create),
        Route::get("/api/v1/tests", Access::SignedIn, list),
        Route::get("/api/v1/tests/{test}", Access::SignedIn, show),
        Route::put("/api/v1/tests/{test}", Access::ORGANIZER, replace).with_query(&REPLACING),
        Route::post("/api/v1/tests/{test}/close", Access::ORGANIZER, close),
        Route::post("/api/v1/tests/{test}/cancel", Access::ORGANIZER, cancel),
        Route::get("/api/v1/tests/{test}/draw", Access::SignedIn, draw),
        Route::get("/api/v1/tests/{test}/presence", Access::REPORTS, list_presence),
        Route::put("/api/v1/tests/{test}/presence/{login}", Access::REPORTS, set_presence),
        Route::put("/api/v1/tests/{test}/members/{login}", Access::ORGANIZER, set_window),
    ]
}

const REPLACING: [Parameter; 1] = [Parameter::switch("newest_editions")];

/// What a test says about itself: to those who manage it the whole definition, to members what concerns them.
fn described(test: &Test, standing: Standing) -> Value {
    let whole = test_json::write(&test.definition);
    let mut value = if standing.manages { whole } else { for_members(test, whole) };
    if let Some(members) = value.as_object_mut() {
        members.insert("commitment".into(), json!(test.row.commitment));
        members.insert("questions".into(), json!(test.definition.question_count()));
        members.insert("full".into(), json!(test.definition.full()));
        members.insert("final".into(), json!(test.row.finished_at_ms.is_some()));
        members.insert("cancelled".into(), json!(test.row.cancelled_reason));
        members.insert("may".into(), json!(standing));
        members.insert("asks".into(), json!(asks(&test.definition.integrity)));
    }
    value
}

/// Without blueprint and audience, which say what to expect and who else sits it.
fn for_members(test: &Test, mut whole: Value) -> Value {
    if let Some(members) = whole.as_object_mut() {
        members.remove("audience");
        let sections: Vec<Value> = test
            .definition
            .sections
            .iter()
            .map(|section| {
                let count: u32 = section.draw.iter().map(|row| row.count).sum();
                json!({ "title": section.title, "kind": section.kind, "points": section.points, "policy": section.policy, "count": count })
            })
            .collect();
        members.insert("sections".into(), json!(sections));
        if let Some(integrity) = members.get_mut("integrity").and_then(Value::as_object_mut) {
            integrity.remove("password");
            integrity.remove("safe_exam_browser");
        }
    }
    whole
}

/// What a start needs besides.
fn asks(integrity: &Integrity) -> Vec<&'static str> {
    let asked =
        [(integrity.password.is_some(), "password"), (!integrity.safe_exam_browser.is_empty(), "safe_exam_browser")];
    asked.into_iter().filter_map(|(is_asked, name)| is_asked.then_some(name)).collect()
}

/// A test that the caller has just made.
pub(super) fn made(test: &Test) -> Value {
    described(test, MANAGER)
}

const MANAGER: Standing = Standing { sits: false, manages: true, reads_report: true };

async fn create(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    match tests::create(&app, &caller, now, &bytes).await {
        Ok(test) => (StatusCode::CREATED, crate::api::json(&described(&test, MANAGER))).into_response(),
        Err(error) => answer.problem(error).into_response(),
    }
}

async fn list(State(app): State<App>, SignedIn(caller): SignedIn, answer: Answer) -> Response {
    let listed = tests::list(&app, &caller).await;
    answer
        .json(listed.map(|listed| listed.iter().map(|(test, standing)| described(test, *standing)).collect::<Value>()))
}

async fn show(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(name): Path<String>,
    answer: Answer,
) -> Response {
    let shown = tests::show(&app, &caller, &name).await;
    answer.json(shown.map(|(test, standing)| described(&test, standing)))
}

/// How a test is to be changed.
#[derive(Deserialize)]
struct Replacing {
    /// Whether newer editions of its banks are taken.
    #[serde(default)]
    newest_editions: bool,
}

async fn replace(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    (Path(name), Query(Replacing { newest_editions })): (Path<String>, Query<Replacing>),
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let editions = if newest_editions { tests::Editions::Newest } else { tests::Editions::Pinned };
    let test = tests::replace(&app, &caller, now, &name, &bytes, editions).await;
    answer.json(test.map(|test| described(&test, MANAGER)))
}

async fn close(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(name): Path<String>,
    answer: Answer,
) -> Response {
    let test = tests::close(&app, &caller, now, &name).await;
    answer.json(test.map(|test| described(&test, MANAGER)))
}

struct Reason {
    reason: String,
}

impl Body for Reason {
    const FIELDS: &'static [&'static str] = &["reason"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        Some(Self { reason: text_or_empty(reader, fields, "reason")? })
    }
}

async fn cancel(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(name): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        let Reason { reason } = body(&bytes)?;
        tests::cancel(&app, &caller, now, &name, &reason).await
    };
    answer.json(result.await.map(|test| described(&test, MANAGER)))
}

async fn draw(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(name): Path<String>,
    answer: Answer,
) -> Response {
    answer.json(proofs::proof(&app, &caller, now, &name).await)
}

async fn list_presence(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(name): Path<String>,
    answer: Answer,
) -> Response {
    let members = tests::list_presence(&app, &caller, &name).await;
    answer.json(members.map(|members| members.iter().map(|member| present(member, &caller)).collect::<Value>()))
}

fn present(member: &tests::Member, caller: &Caller) -> Value {
    json!({ "login": people::shown_login(&member.person.login, caller), "person": member.person.id, "name": member.person.name, "branch": member.branch.code,
        "state": member.presence, "reason": member.reason, "working": member.working })
}

struct SetPresence {
    state: Presence,
    reason: String,
}

impl Body for SetPresence {
    const FIELDS: &'static [&'static str] = &["state", "reason"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let state = reader.required(fields, "state");
        let state = state.and_then(|value| reader.one_of(value, &Presence::ALL, Presence::name));
        let reason = text_or_empty(reader, fields, "reason");
        Some(Self { state: state?, reason: reason? })
    }
}

async fn set_presence(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path((name, login)): Path<(String, String)>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        let SetPresence { state, reason } = body(&bytes)?;
        tests::set_presence(&app, &caller, now, &name, PresenceChange { login, state, reason }).await
    };
    answer.empty(result.await)
}

/// What is left out or null stays as it is.
struct SetWindow {
    extra_minutes: Option<u32>,
    opens: Option<i64>,
    closes: Option<i64>,
    reason: String,
}

impl Body for SetWindow {
    const FIELDS: &'static [&'static str] = &["extra_minutes", "opens", "closes", "reason"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let given = |name: &str| fields.get(name).filter(|value| !matches!(value, JsonValue::Null { .. }));
        let extra_minutes = given("extra_minutes").map(|value| reader.integer(value, 0..=MOST_MINUTES));
        let opens = given("opens").map(|value| test_json::moment(reader, value));
        let closes = given("closes").map(|value| test_json::moment(reader, value));
        let reason = text_or_empty(reader, fields, "reason");
        let read = Self {
            extra_minutes: extra_minutes.flatten(),
            opens: opens.flatten(),
            closes: closes.flatten(),
            reason: reason?,
        };
        // A field that is there but can't be read was noted, and must not pass for one that was left out.
        let is_sound = extra_minutes != Some(None) && opens != Some(None) && closes != Some(None);
        is_sound.then_some(read)
    }
}

async fn set_window(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path((name, login)): Path<(String, String)>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        let SetWindow { extra_minutes, opens, closes, reason } = body(&bytes)?;
        let change = PersonalWindowChange { extra_minutes, opens_at_ms: opens, closes_at_ms: closes, reason };
        tests::set_window(&app, &caller, now, &name, &login, change).await
    };
    let time = |ms: i64| jiff::Timestamp::from_millisecond(ms).map(|at| at.to_string()).unwrap_or_default();
    answer.json(result.await.map(|window| {
        json!({ "opens": time(window.opens_at_ms), "closes": time(window.closes_at_ms), "extra_minutes": window.extra_minutes })
    }))
}
