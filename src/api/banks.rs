//! Banks.

use crate::api::{Answer, problem};
use crate::app::App;
use crate::formats::bank_json::Placed;
use crate::formats::bundle::Beside;
use crate::formats::exchange::sheet::Hints;
use crate::formats::exchange::{Form, Remark};
use crate::formats::picture::MOST_BYTES;
use crate::http::{Access, Arrived, Parameter, Route, SignedIn};
use crate::i18n;
use crate::limits;
use crate::rules::bank::Problem;
use crate::rules::lint::{Lint, Suspect};
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::text::Language;
use crate::service::banks::pictures;
use crate::service::banks::{self, Listed, LoadOptions, Notes, Reading};
use crate::service::{Error, Result};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/banks", Access::ORGANIZER, load).with_body(limits::BANK_BYTES).with_query(&LOAD),
        Route::get("/api/v1/banks", Access::ORGANIZER, list),
        Route::get("/api/v1/banks/template", Access::ORGANIZER, template).with_query(&TEMPLATE),
        Route::post("/api/v1/banks/marked", Access::ORGANIZER, mark).with_body(limits::BANK_BYTES).with_query(&MARK),
        Route::post("/api/v1/pictures", Access::ORGANIZER, add_picture).with_body(MOST_BYTES),
        Route::get("/api/v1/banks/{bank}", Access::ORGANIZER, show),
        Route::get("/api/v1/banks/{bank}/export", Access::ORGANIZER, export).with_query(&EXPORT),
        Route::get("/api/v1/banks/{bank}/lints", Access::ORGANIZER, lints),
    ]
}

const LOAD: [Parameter; 11] = [
    Parameter::switch("dry_run"),
    Parameter::text("branch"),
    Parameter::switch("shared"),
    Parameter::switch("lints"),
    Parameter::text("file"),
    Parameter::text("form"),
    Parameter::text("bank"),
    Parameter::text("title"),
    Parameter::text("columns"),
    Parameter::text("kinds"),
    Parameter::switch("skip_faulty"),
];
const MARK: [Parameter; 4] =
    [Parameter::text("file"), Parameter::text("form"), Parameter::text("columns"), Parameter::text("kinds")];
const TEMPLATE: [Parameter; 2] = [Parameter::text("form"), Parameter::text("language")];
const EXPORT: [Parameter; 3] = [Parameter::text("form"), Parameter::text("language"), Parameter::switch("remarks")];

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
    kinds: Option<String>,
    #[serde(default)]
    skip_faulty: bool,
}

impl LoadQuery {
    fn reading(self) -> Result<Reading> {
        let wrong = |field, expected| Error::Invalid { field, expected };
        let form = self.form.map(|name| Form::from_name(&name).ok_or(wrong("form", "form"))).transpose()?;
        let hints = hints(self.columns.as_deref().unwrap_or_default(), self.kinds.as_deref().unwrap_or_default())?;
        let (file, bank, title) = (self.file, self.bank, self.title);
        Ok(Reading {
            file,
            form,
            bank,
            title,
            hints,
            skip_faulty: self.skip_faulty,
            any_name: false,
            lints: self.lints,
            beside: Beside::Nothing,
        })
    }
}

/// What is said of a sheet in text.
pub(crate) fn hints(columns: &str, kinds: &str) -> Result<Hints> {
    let wrong = |field, expected| Error::Invalid { field, expected };
    Ok(Hints {
        columns: columns.parse().map_err(|_| wrong("columns", "columns"))?,
        kinds: kinds.parse().map_err(|_| wrong("kinds", "kinds"))?,
    })
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
    let options = LoadOptions {
        branch: query.branch.clone(),
        shared: query.shared,
        dry_run: query.dry_run,
        ..LoadOptions::default()
    };
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

#[derive(Deserialize)]
struct FormQuery {
    form: Option<String>,
    language: Option<String>,
    #[serde(default)]
    remarks: bool,
}

impl FormQuery {
    /// The form, of these, and the language that is asked for.
    fn wanted(&self, usual: Form, forms: &[Form], language: Language) -> Result<(Form, Language)> {
        let wrong = |field, expected| Error::Invalid { field, expected };
        let form = self.form.as_deref().map_or(Some(usual), Form::from_name).filter(|form| forms.contains(form));
        let language = self.language.as_deref().map_or(Some(language), Language::from_code);
        Ok((form.ok_or(wrong("form", "written-form"))?, language.ok_or(wrong("language", "language"))?))
    }
}

async fn export(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(name): Path<String>,
    Query(query): Query<FormQuery>,
    answer: Answer,
) -> Response {
    let written = async {
        let (form, language) = query.wanted(Form::Json, &Form::WRITTEN, answer.language)?;
        Ok((form, banks::export(&app, &caller, &name, form, language).await?))
    };
    match written.await {
        Ok((form, written)) if query.remarks => {
            let remarks: Value = written.remarks.iter().map(|one| remark(answer.language, one)).collect();
            answer.json(Ok(json!({ "form": form.name(), "remarks": remarks })))
        }
        Ok((form, written)) => file(form, written.bytes),
        Err(error) => answer.problem(error).into_response(),
    }
}

/// Takes in a picture for a question that is written elsewhere: the name under which texts show it.
async fn add_picture(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let name = pictures::add(&app, &caller, now, bytes.to_vec()).await;
    answer.json(name.map(|name| json!({ "name": name, "text": format!("![]({name})") })))
}

fn file(form: Form, bytes: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, form.media_type())], bytes).into_response()
}

async fn template(SignedIn(caller): SignedIn, Query(query): Query<FormQuery>, answer: Answer) -> Response {
    let made = query.wanted(Form::Xlsx, &Form::SHEETS, answer.language).and_then(|(form, language)| {
        banks::template(&caller, form, language, template_help(language)).map(|bytes| file(form, bytes))
    });
    made.unwrap_or_else(|error| answer.problem(error).into_response())
}

/// What is to be filled in, heading by heading.
pub(crate) fn template_help(language: Language) -> Vec<Vec<String>> {
    let text = i18n::text(language, "sheet-template-help");
    text.lines().map(|line| line.splitn(2, '|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

async fn mark(SignedIn(caller): SignedIn, Query(query): Query<LoadQuery>, answer: Answer, bytes: Bytes) -> Response {
    let language = answer.language;
    let made = async {
        let reading = Reading { any_name: true, ..query.reading()? };
        marked(&caller, bytes.to_vec().into(), reading, language).await
    };
    match made.await {
        Ok(Some(bytes)) => file(Form::Xlsx, bytes),
        Ok(None) => axum::http::StatusCode::NO_CONTENT.into_response(),
        Err(error) => answer.problem(error).into_response(),
    }
}

/// A sheet with its mistakes marked, in words; `None` where there are none.
pub(crate) async fn marked(
    caller: &Caller,
    bytes: Arc<Vec<u8>>,
    reading: Reading,
    language: Language,
) -> Result<Option<Vec<u8>>> {
    if !caller.has(Role::Organizer) {
        return Err(Error::Forbidden(Some(Role::Organizer)));
    }
    let mark = move || banks::marked(&bytes, &reading, language, |problem| told(language, problem));
    tokio::task::spawn_blocking(mark).await.map_err(|_| Error::Busy)?
}

/// A mistake and its remedy in one line.
pub(crate) fn told(language: Language, problem: &Problem) -> String {
    let said = i18n::problem(language, problem);
    let values = [("what", i18n::Value::from(said.what)), ("remedy", i18n::Value::from(said.remedy))];
    i18n::text_with(language, "mistake-in-a-cell", &values).trim().to_owned()
}
