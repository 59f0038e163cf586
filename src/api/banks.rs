//! Banks.

use crate::api::Answer;
use crate::app::App;
use crate::http::{Access, Arrived, Parameter, Route, SignedIn};
use crate::limits;
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
    ]
}

const LOAD: [Parameter; 3] = [Parameter::switch("dry_run"), Parameter::text("branch"), Parameter::switch("shared")];

#[derive(Deserialize)]
struct LoadQuery {
    #[serde(default)]
    dry_run: bool,
    branch: Option<String>,
    shared: Option<bool>,
}

async fn load(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Query(query): Query<LoadQuery>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let options = LoadOptions { branch: query.branch, shared: query.shared, dry_run: query.dry_run };
    answer.json(banks::load(&app, &caller, now, bytes.to_vec().into(), options).await)
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
