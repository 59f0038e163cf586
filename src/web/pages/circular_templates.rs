//! The template for circulars of a branch: looked at, sent, removed.

use crate::app::App;
use crate::documents::{self, File};
use crate::http::{Access, Route};
use crate::limits;
use crate::service::circular_templates as service;
use crate::service::{Error, Result};
use crate::web::input::{Fields, Upload};
use crate::web::pages::banks::attachment;
use crate::web::views::circular_templates as view;
use crate::web::views::files::is_in_the_file;
use crate::web::visit::{Visit, go, to_its_end};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;

/// What a form adds to the file that it brings.
const FORM_BYTES: usize = 64 * 1024;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    let access = Access::REPORTS;
    vec![
        Route::get("/branches/{code}/template", access, show),
        Route::post("/branches/{code}/template", access, keep).with_body(limits::TEMPLATE_BYTES + FORM_BYTES),
        Route::post("/branches/{code}/template/remove", access, remove),
        Route::get("/branches/{code}/template.docx", access, file),
        Route::get("/branches/{code}/template/sample.docx", access, sample),
    ]
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Wanted {
    done: String,
}

impl Wanted {
    fn message(&self) -> Option<&'static str> {
        match self.done.as_str() {
            "kept" => Some("template-kept"),
            "removed" => Some("template-removed"),
            _ => None,
        }
    }
}

async fn page(
    app: &App,
    visit: &Visit,
    code: &str,
    (done, refused): (Option<&'static str>, Option<&Error>),
) -> Result<Response> {
    let shown = service::show(app, &visit.caller, code).await?;
    let status = refused.map_or(StatusCode::OK, crate::api::problem::status);
    let words = visit.words();
    Ok(visit.page_with(status, &words.t("template"), view::template(words, &shown, done, refused)))
}

async fn show(
    State(app): State<App>,
    visit: Visit,
    Path(code): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let result = page(&app, &visit, &code, (wanted.message(), None)).await;
    visit.answer(result)
}

async fn keep(State(app): State<App>, visit: Visit, Path(code): Path<String>, upload: Upload) -> Response {
    let (to_end, caller, now_ms, at) = (app.clone(), visit.caller.clone(), visit.now_ms, code.clone());
    let kept = to_its_end(async move { service::keep(&to_end, &caller, now_ms, &at, upload.file).await }).await;
    let result = match kept {
        Ok(shown) => return go(&format!("{}?done=kept", view::path_of(&shown.branch))),
        Err(error) if is_in_the_file(&error) || matches!(error, Error::BodyTooLarge) => {
            page(&app, &visit, &code, (None, Some(&error))).await
        }
        Err(error) => Err(error),
    };
    visit.answer(result)
}

async fn remove(State(app): State<App>, visit: Visit, Path(code): Path<String>, _: Fields) -> Response {
    match service::remove(&app, &visit.caller, visit.now_ms, &code).await {
        Ok(shown) => go(&format!("{}?done=removed", view::path_of(&shown.branch))),
        Err(error) => visit.error(&error),
    }
}

fn sent(file: File) -> Response {
    attachment(file.media_type, &file.name, file.bytes)
}

async fn file(State(app): State<App>, visit: Visit, Path(code): Path<String>) -> Response {
    let found = service::content(&app, &visit.caller, &code).await;
    visit.answer(found.map(|(branch, bytes)| sent(documents::template(&branch, bytes))))
}

async fn sample(State(app): State<App>, visit: Visit, Path(code): Path<String>) -> Response {
    let made = async {
        let shown = service::show(&app, &visit.caller, &code).await?;
        documents::sample_template(visit.words(), &shown.branch).await
    };
    visit.answer(made.await.map(sent))
}
