//! Banks: the list, loading one, looking through one, exporting one.

use crate::app::App;
use crate::http::{Access, Route};
use crate::limits;
use crate::rules::bank::Wanted;
use crate::rules::question::Kind;
use crate::rules::text::fold;
use crate::service::banks::{self, LoadOptions, Reading};
use crate::service::{Error, Result};
use crate::web::input::Upload;
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
        Route::get("/banks/{bank}/lints", Access::ORGANIZER, suspects),
    ]
}

async fn list(State(app): State<App>, visit: Visit) -> Response {
    let result = render(&app, &visit, StatusCode::OK, Outcome::None).await;
    visit.answer(result)
}

async fn render(app: &App, visit: &Visit, status: StatusCode, outcome: Outcome<'_>) -> Result<Response> {
    let listed = banks::list(app, &visit.caller).await?;
    let words = visit.words();
    Ok(visit.page_with(status, &words.t("nav-banks"), view::banks(words, &listed, outcome)))
}

async fn load(State(app): State<App>, visit: Visit, upload: Upload) -> Response {
    let dry_run = upload.fields.get("action") == "check";
    // A box that isn't ticked sends nothing: an edition of a shared bank stays shared unless the form says otherwise.
    let shared = upload.fields.has("shared").then_some(true);
    let options = LoadOptions { branch: None, shared, dry_run };
    let reading = match reading(&upload) {
        Ok(reading) => reading,
        Err(error) => return visit.answer(Err(error)),
    };
    let (to_end, caller, now_ms) = (app.clone(), visit.caller.clone(), visit.now_ms);
    let file = Arc::new(upload.file);
    let sent = (Arc::clone(&file), reading);
    let taken = to_its_end(async move { banks::load_file(&to_end, &caller, now_ms, sent, options).await }).await;
    let result = match taken {
        Ok(taken) => render(&app, &visit, StatusCode::OK, Outcome::Taken { taken: &taken, dry_run }).await,
        Err(error) if is_in_the_file(&error) => {
            let status = crate::api::problem::status(&error);
            render(&app, &visit, status, Outcome::Refused { error: &error, file: &upload.file_name, content: &file })
                .await
        }
        Err(error) => Err(error),
    };
    visit.answer(result)
}

/// How the form says that a file is to be read.
fn reading(upload: &Upload) -> Result<Reading> {
    let said = |name: &str| Some(upload.fields.get(name).trim().to_owned()).filter(|text| !text.is_empty());
    let wrong = |_| Error::Invalid { field: "columns", expected: "columns" };
    Ok(Reading {
        file: upload.file_name.clone(),
        form: None,
        bank: said("bank"),
        title: said("title"),
        columns: said("columns").map(|text| text.parse().map_err(wrong)).transpose()?.unwrap_or_default(),
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
            text: fold(&self.search),
            topic: Some(self.topic.clone()).filter(|topic| !topic.is_empty()),
            kind: Kind::from_name(&self.kind),
            difficulty: self.difficulty.parse().ok(),
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
        let browsed = Browsed {
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

async fn export(State(app): State<App>, visit: Visit, Path(name): Path<String>) -> Response {
    let text = banks::export(&app, &visit.caller, &name).await;
    visit.answer(text.map(|text| attachment("application/json", &format!("{name}.json"), text.into_bytes())))
}

/// A file to be kept by the browser.
pub(super) fn attachment(kind: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let plain: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')).collect();
    let encoded = crate::web::visit::segment(name);
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response()
}
