//! Banks: the list, loading one, looking through one, exporting one.

use crate::api::banks as api;
use crate::app::App;
use crate::formats::bundle::Beside;
use crate::formats::exchange::Form;
use crate::http::{Access, Route};
use crate::limits;
use crate::rules::question::Kind;
use crate::rules::roster::Role;
use crate::rules::search::{Sought, Wanted};
use crate::service::banks::{self, LoadOptions, Reading, kept};
use crate::service::error::Thing;
use crate::service::{Error, Result};
use crate::web::input::{Fields, Upload};
use crate::web::views::banks::{self as view, Browsed, Outcome, changes, lints};
use crate::web::views::files::is_in_the_file;
use crate::web::visit::{Visit, to_its_end};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use serde::Deserialize;
use std::sync::Arc;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/banks", Access::ORGANIZER, list),
        Route::post("/banks", Access::ORGANIZER, load).with_body(limits::BANK_BYTES),
        Route::get("/banks/{bank}", Access::ORGANIZER, show),
        Route::get("/banks/{bank}/changes", Access::ORGANIZER, changes),
        Route::get("/banks/{bank}/export", Access::ORGANIZER, export),
        Route::get("/banks/{bank}/forms", Access::ORGANIZER, forms),
        Route::get("/banks/template/{form}", Access::ORGANIZER, template),
        Route::get("/banks/{bank}/lints", Access::ORGANIZER, suspects),
    ]
}

async fn list(State(app): State<App>, visit: Visit) -> Response {
    let result = render(&app, &visit, StatusCode::OK, Outcome::None, &Fields::default()).await;
    visit.answer(result)
}

async fn render(
    app: &App,
    visit: &Visit,
    status: StatusCode,
    outcome: Outcome<'_>,
    typed: &Fields,
) -> Result<Response> {
    let listed = banks::list(app, &visit.caller).await?;
    let words = visit.words();
    let files = kept::list(app, &visit.caller).await?;
    Ok(visit.page_with(status, &words.t("nav-banks"), view::banks(words, (&listed, &files), outcome, typed)))
}

async fn load(State(app): State<App>, visit: Visit, upload: Upload) -> Response {
    let action = upload.fields.get("action");
    let (dry_run, is_to_be_marked) = (matches!(action, "check" | "mark"), action == "mark");
    // A box that isn't ticked sends nothing: an edition of a shared bank stays shared unless the form says otherwise.
    let shared = upload.fields.has("shared").then_some(true);
    let options = LoadOptions { shared, dry_run, ..LoadOptions::default() };
    let reading = match reading(&upload) {
        Ok(reading) => reading,
        Err(error) => return visit.answer(Err(error)),
    };
    let (to_end, caller, now_ms) = (app.clone(), visit.caller.clone(), visit.now_ms);
    let file = Arc::new(upload.file);
    if is_to_be_marked {
        let as_named = Reading { any_name: true, ..reading.clone() };
        // Without mistakes there is nothing to mark: then the check says so, or why the file can't be read.
        let marked = api::marked(&visit.caller, Arc::clone(&file), as_named, visit.language).await;
        if let Ok(Some(bytes)) = marked {
            let (stem, _) = upload.file_name.rsplit_once('.').unwrap_or((&upload.file_name, ""));
            return attachment(Form::Xlsx.media_type(), &format!("{stem}-marked.xlsx"), bytes);
        }
    }
    let sent = (Arc::clone(&file), reading.clone());
    let taken = to_its_end(async move { banks::load_file(&to_end, &caller, now_ms, sent, options).await }).await;
    // What wasn't loaded is kept, so that it can be looked at and mended here and need not be sent again.
    let kept = match &taken {
        Ok(_) if !dry_run => None,
        Ok(_) | Err(Error::File(_)) => {
            let sent = (&file, reading);
            match kept::keep(&app, &visit.caller, visit.now_ms, sent, upload.fields.has("shared")).await {
                Ok(kept) => kept,
                Err(error) => return visit.error(&error),
            }
        }
        Err(_) => None,
    };
    let kept = kept.as_deref();
    let result = match taken {
        Ok(taken) => {
            // Once loaded there is nothing to send again.
            let typed = if dry_run { &upload.fields } else { &Fields::default() };
            render(&app, &visit, StatusCode::OK, Outcome::Taken { taken: &taken, dry_run, kept }, typed).await
        }
        Err(error) if is_in_the_file(&error) => {
            let status = crate::api::problem::status(&error);
            let refused = Outcome::Refused { error: &error, file: &upload.file_name, content: &file, kept };
            render(&app, &visit, status, refused, &upload.fields).await
        }
        Err(error) => Err(error),
    };
    visit.answer(result)
}

/// How the form says that a file is to be read.
fn reading(upload: &Upload) -> Result<Reading> {
    let said = |name: &str| Some(upload.fields.get(name).trim().to_owned()).filter(|text| !text.is_empty());
    Ok(Reading {
        beside: Beside::Nothing,
        file: upload.file_name.clone(),
        form: None,
        bank: said("bank"),
        title: said("title"),
        hints: api::hints(upload.fields.get("columns"), upload.fields.get("kinds"))?,
        skip_faulty: upload.fields.has("skip_faulty"),
        any_name: false,
        lints: true,
    })
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Page {
    from: i64,
    search: String,
    topic: String,
    kind: String,
    difficulty: String,
    as_member: bool,
}

impl Page {
    fn wanted(&self) -> Wanted {
        Wanted {
            words: Sought::new(&self.search),
            topic: Some(self.topic.clone()).filter(|topic| !topic.is_empty()),
            kind: Kind::from_name(&self.kind),
            difficulty: self.difficulty.parse().ok().map(|difficulty: u8| difficulty..=difficulty),
            ..Wanted::default()
        }
    }
}

async fn show(State(app): State<App>, visit: Visit, Path(name): Path<String>, Query(page): Query<Page>) -> Response {
    let result = async {
        let (bank, counts) = banks::show(&app, &visit.caller, &name).await?;
        let from = page.from.max(0);
        let wanted = page.wanted();
        let (questions, found) = if bank.reads_keys {
            banks::questions(&app, &visit.caller, &name, &wanted, from).await?
        } else {
            (Vec::new(), 0)
        };
        let title = visit.words().of(&bank.title).to_owned();
        let waiting = if bank.reads_keys { banks::drafts::waiting(&app, &bank).await? } else { 0 };
        let browsed = Browsed {
            waiting,
            bank,
            counts,
            questions,
            found,
            from,
            wanted,
            search: page.search.clone(),
            as_member: page.as_member,
        };
        Ok(visit.page(&title, view::bank(visit.words(), &browsed)))
    };
    let result = result.await;
    visit.answer(result)
}

#[derive(Deserialize)]
struct Editions {
    before: Option<i64>,
    after: Option<i64>,
}

async fn changes(
    State(app): State<App>,
    visit: Visit,
    Path(name): Path<String>,
    Query(asked): Query<Editions>,
) -> Response {
    let result = async {
        let (bank, _) = banks::show(&app, &visit.caller, &name).await?;
        let compared = banks::compare(&app, &visit.caller, &name, asked.before, asked.after).await?;
        let words = visit.words();
        Ok(visit.page(&words.t("bank-changes"), changes::changes(words, &bank, &compared)))
    };
    let result = result.await;
    visit.answer(result)
}

async fn suspects(State(app): State<App>, visit: Visit, Path(name): Path<String>) -> Response {
    let result = async {
        let (bank, _) = banks::show(&app, &visit.caller, &name).await?;
        let suspects = banks::suspects(&app, &visit.caller, &name).await?;
        let words = visit.words();
        Ok(visit.page(&words.t("bank-lints"), lints::lints(words, &bank, &suspects)))
    };
    let result = result.await;
    visit.answer(result)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct InForm {
    form: String,
}

impl InForm {
    fn wanted(&self) -> Result<Option<Form>> {
        let unknown = Error::Invalid { field: "form", expected: "written-form" };
        match self.form.as_str() {
            "" => Ok(None),
            name => Form::from_name(name).filter(|form| Form::WRITTEN.contains(form)).map(Some).ok_or(unknown),
        }
    }
}

async fn export(
    State(app): State<App>,
    visit: Visit,
    Path(name): Path<String>,
    Query(query): Query<InForm>,
) -> Response {
    let result = async {
        let form = query.wanted()?.unwrap_or(Form::Json);
        let written = banks::export(&app, &visit.caller, &name, form, visit.language).await?;
        Ok(attachment(form.media_type(), &format!("{name}.{}", form.ending()), written.bytes))
    };
    let result = result.await;
    visit.answer(result)
}

/// The forms in which a bank may be had, and what the chosen one can't hold of it.
async fn forms(
    State(app): State<App>,
    visit: Visit,
    Path(name): Path<String>,
    Query(query): Query<InForm>,
) -> Response {
    let result = async {
        let (bank, _) = banks::show(&app, &visit.caller, &name).await?;
        if !bank.reads_keys {
            return Err(Error::Forbidden(Some(Role::Organizer)));
        }
        let chosen = match query.wanted()? {
            Some(form) => Some((form, banks::export(&app, &visit.caller, &name, form, visit.language).await?.remarks)),
            None => None,
        };
        let words = visit.words();
        Ok(visit.page(&words.t("bank-forms"), view::forms::forms(words, &bank, chosen.as_ref())))
    };
    let result = result.await;
    visit.answer(result)
}

/// A sheet to begin with, in the reader's language.
async fn template(visit: Visit, Path(form): Path<String>) -> Response {
    let Some(form) = Form::from_name(&form).filter(|form| Form::SHEETS.contains(form)) else {
        return visit.error(&Error::NotFound(Thing::Page));
    };
    let made = banks::template(&visit.caller, form, visit.language, api::template_help(visit.language));
    let name = format!("kaohe-bank.{}", form.ending());
    visit.answer(made.map(|bytes| attachment(form.media_type(), &name, bytes)))
}

/// A file to be kept by the browser.
pub(super) fn attachment(kind: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let plain: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')).collect();
    let encoded = crate::web::visit::segment(name);
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response()
}
