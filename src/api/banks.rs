//! Banks.

use crate::api::Answer;
use crate::app::App;
use crate::formats::bank_json::Placed;
use crate::formats::exchange::{Form, Remark};
use crate::http::{Access, Arrived, Parameter, Route, SignedIn};
use crate::i18n;
use crate::limits;
use crate::rules::lint::{Lint, Suspect};
use crate::rules::text::Language;
use crate::service::banks::{self, Listed, LoadOptions, Reading};
use crate::service::{Error, Result};
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

const LOAD: [Parameter; 10] = [
    Parameter::switch("dry_run"),
    Parameter::text("branch"),
    Parameter::switch("shared"),
    Parameter::switch("lints"),
    Parameter::text("file"),
    Parameter::text("form"),
    Parameter::text("bank"),
    Parameter::text("title"),
    Parameter::text("columns"),
    Parameter::switch("skip_faulty"),
];

#[derive(Deserialize)]
struct LoadQuery {
    #[serde(default)]
    dry_run: bool,
    branch: Option<String>,
    shared: Option<bool>,
    #[serde(default)]
    lints: bool,
    // How a file that isn't our own bank file is to be read.
    #[serde(default)]
    file: String,
    form: Option<String>,
    bank: Option<String>,
    title: Option<String>,
    columns: Option<String>,
    #[serde(default)]
    skip_faulty: bool,
}

impl LoadQuery {
    fn reading(self) -> Result<Reading> {
        let wrong = |field, expected| Error::Invalid { field, expected };
        let form = self.form.map(|name| Form::from_name(&name).ok_or(wrong("form", "form"))).transpose()?;
        let columns = self.columns.map(|text| text.parse().map_err(|_| wrong("columns", "columns"))).transpose()?;
        let (file, bank, title) = (self.file, self.bank, self.title);
        let columns = columns.unwrap_or_default();
        Ok(Reading {
            file,
            form,
            bank,
            title,
            columns,
            skip_faulty: self.skip_faulty,
            any_name: false,
            lints: self.lints,
        })
    }
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
    let options = LoadOptions { branch: query.branch.clone(), shared: query.shared, dry_run: query.dry_run };
    let loaded = match query.reading() {
        Ok(reading) => banks::load_file(&app, &caller, now, (bytes.to_vec().into(), reading), options).await,
        Err(error) => Err(error),
    };
    answer.json(loaded.map(|taken| {
        let mut value = json!(taken.loaded);
        if let Some(members) = value.as_object_mut() {
            if lints {
                members.insert("lints".into(), taken.lints.iter().map(|one| placed(answer.language, one)).collect());
            }
            if !taken.remarks.is_empty() {
                members
                    .insert("remarks".into(), taken.remarks.iter().map(|one| remark(answer.language, one)).collect());
            }
            if !taken.left_out.is_empty() {
                let of = |one| crate::api::problem::of_file(one, answer.language);
                members.insert("left_out".into(), taken.left_out.iter().map(of).collect());
            }
        }
        value
    }))
}

/// What was left out of a file or taken over otherwise than written, with its place.
pub(crate) fn remark(language: Language, remark: &Remark) -> Value {
    let (place, message) = (i18n::origin(language, &remark.origin), i18n::remark(language, remark));
    json!({ "place": place, "code": remark.code, "found": remark.found, "message": message, "origin": remark.origin })
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
