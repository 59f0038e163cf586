//! Banks.

use crate::api::Answer;
use crate::app::App;
use crate::formats::bank_json::Placed;
use crate::http::{Access, Arrived, Parameter, Route, SignedIn};
use crate::i18n;
use crate::limits;
use crate::rules::lint::{Lint, Suspect};
use crate::rules::text::Language;
use crate::service::banks::{self, Listed, LoadOptions};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use serde::Deserialize;
use serde_json::{Value, json};

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/banks", Access::ORGANIZER, load).with_body(limits::BANK_BYTES).with_query(&LOAD),
        Route::get("/api/v1/banks", Access::ORGANIZER, list),
        Route::get("/api/v1/banks/{bank}", Access::ORGANIZER, show),
        Route::get("/api/v1/banks/{bank}/export", Access::ORGANIZER, export),
        Route::get("/api/v1/banks/{bank}/lints", Access::ORGANIZER, lints),
    ]
}

const LOAD: [Parameter; 4] =
    [Parameter::switch("dry_run"), Parameter::text("branch"), Parameter::switch("shared"), Parameter::switch("lints")];

#[derive(Deserialize)]
struct LoadQuery {
    #[serde(default)]
    dry_run: bool,
    branch: Option<String>,
    shared: Option<bool>,
    #[serde(default)]
    lints: bool,
}

async fn load(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Query(query): Query<LoadQuery>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let lints = query.lints;
    let options = LoadOptions { branch: query.branch, shared: query.shared, dry_run: query.dry_run, lints };
    let loaded = banks::load(&app, &caller, now, bytes.to_vec().into(), options).await;
    answer.json(loaded.map(|loaded| {
        let mut value = json!(loaded);
        if let Some(members) = value.as_object_mut().filter(|_| lints) {
            members.insert("lints".into(), loaded.lints.iter().map(|one| placed(answer.language, one)).collect());
        }
        value
    }))
}

/// Something suspicious in a file, with its place.
pub(crate) fn placed(language: Language, placed: &Placed) -> Value {
    let mut value = json!(placed);
    if let Some(members) = value.as_object_mut() {
        members.extend(said(language, &placed.lint));
    }
    value
}

fn said(language: Language, lint: &Lint) -> serde_json::Map<String, Value> {
    let words = i18n::lint(language, lint);
    [("code", lint.code.name()), ("found", &lint.found), ("message", &words.what), ("remedy", &words.remedy)]
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text.into()))
        .collect()
}

async fn lints(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(name): Path<String>,
    answer: Answer,
) -> Response {
    let suspects = banks::suspects(&app, &caller, &name).await;
    let one = |suspect: &Suspect| {
        let mut value = said(answer.language, &suspect.lint);
        value.insert("question".into(), json!(suspect.question));
        value.insert("part".into(), json!(suspect.lint.part));
        Value::from(value)
    };
    answer.json(suspects.map(|suspects| suspects.iter().map(one).collect::<Value>()))
}

fn listed(bank: &Listed) -> Value {
    json!({ "bank": bank.row.name, "title": bank.title, "source": bank.source, "edition": bank.row.number, "branch": bank.branch,
        "shared": bank.row.shared, "questions": bank.row.question_count, "digest": bank.row.digest, "reads_keys": bank.reads_keys })
}

async fn list(State(app): State<App>, SignedIn(caller): SignedIn, answer: Answer) -> Response {
    let banks = banks::list(&app, &caller).await;
    answer.json(banks.map(|banks| banks.iter().map(listed).collect::<Value>()))
}

async fn show(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(name): Path<String>,
    answer: Answer,
) -> Response {
    let shown = banks::show(&app, &caller, &name).await;
    answer.json(shown.map(|(bank, counts)| {
        let mut value = listed(&bank);
        if let Some(members) = value.as_object_mut() {
            members.insert("topics".into(), json!(bank.topics));
            members.insert("counts".into(), json!(counts));
        }
        value
    }))
}

async fn export(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(name): Path<String>,
    answer: Answer,
) -> Response {
    match banks::export(&app, &caller, &name).await {
        Ok(text) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Err(error) => answer.problem(error).into_response(),
    }
}
