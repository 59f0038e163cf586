//! Banks.

use crate::api::{Answer, problem};
use crate::app::App;
use crate::formats::bank_json::Placed;
use crate::formats::exchange::{Form, Remark};
use crate::http::{Access, Arrived, Parameter, Route, SignedIn};
use crate::i18n;
use crate::limits;
use crate::rules::lint::{Lint, Suspect};
use crate::rules::text::Language;
use crate::service::banks::{self, Listed, LoadOptions, Notes, Reading};
use crate::service::{Error, Result};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use serde::Deserialize;
use serde_json::{Map, Value, json};

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
            let said = |name: &str, list: &Value| {
                name == "warnings" && lints || list.as_array().is_some_and(|list| !list.is_empty())
            };
            members.extend(notes(answer.language, &taken.notes).into_iter().filter(|(name, list)| said(name, list)));
        }
        value
    }))
}

/// What is to be said of a file: `warnings` (what is suspicious), `remarks` (what was left out, or taken over otherwise
/// than written) and `left_out` (the mistakes of questions that were), each with its place.
pub(crate) fn notes(language: Language, notes: &Notes) -> Map<String, Value> {
    let warnings = notes.lints.iter().map(|one| placed(language, one)).collect();
    let remarks = notes.remarks.iter().map(|one| remark(language, one)).collect();
    let left_out = notes.left_out.iter().map(|one| problem::of_file(one, language)).collect();
    [("warnings", warnings), ("remarks", remarks), ("left_out", left_out)]
        .map(|(name, list): (_, Value)| (name.to_owned(), list))
        .into_iter()
        .collect()
}

fn remark(language: Language, remark: &Remark) -> Value {
    let (place, message) = (i18n::origin(language, &remark.origin), i18n::remark(language, remark));
    json!({ "place": place, "code": remark.code, "found": remark.found, "message": message, "origin": remark.origin })
}

fn placed(language: Language, placed: &Placed) -> Value {
    let mut value = problem::place((placed.place, &placed.pointer, placed.origin.as_deref()), language);
    value.extend(said(language, &placed.lint));
    Value::from(value)
}

fn said(language: Language, lint: &Lint) -> Map<String, Value> {
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
