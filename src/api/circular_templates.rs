//! The template for circulars of a branch.

use crate::api::{Answer, time};
use crate::app::App;
use crate::documents;
use crate::http::{Access, Arrived, Route, SignedIn};
use crate::i18n::words::Words;
use crate::limits;
use crate::service::Result;
use crate::service::circular_templates::{self as service, Kept, Shown};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    let access = Access::REPORTS;
    vec![
        Route::get("/api/v1/branches/{code}/template", access, show),
        Route::put("/api/v1/branches/{code}/template", access, keep).with_body(limits::TEMPLATE_BYTES),
        Route::delete("/api/v1/branches/{code}/template", access, remove),
        Route::get("/api/v1/branches/{code}/template.docx", access, file),
        Route::get("/api/v1/branches/{code}/template/sample.docx", access, sample),
    ]
}

/// What holds for a branch, as the API and the command line give it.
pub fn document(shown: &Shown) -> Value {
    let used = |kept: &Kept| {
        json!({ "branch": kept.branch.code, "digest": kept.template.digest, "bytes": kept.template.size,
            "kept_at": time(kept.template.kept_at_ms), "kept_by": kept.template.kept_by })
    };
    json!({ "branch": shown.branch.code, "own": shown.is_own(), "used": shown.used.as_ref().map(used) })
}

async fn show(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(code): Path<String>,
    answer: Answer,
) -> Response {
    answer.json(service::show(&app, &caller, &code).await.map(|shown| document(&shown)))
}

async fn keep(
    State(app): State<App>,
    (SignedIn(caller), Arrived(now)): (SignedIn, Arrived),
    Path(code): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let kept = service::keep(&app, &caller, now, &code, bytes.to_vec()).await;
    answer.json(kept.map(|shown| document(&shown)))
}

async fn remove(
    State(app): State<App>,
    (SignedIn(caller), Arrived(now)): (SignedIn, Arrived),
    Path(code): Path<String>,
    answer: Answer,
) -> Response {
    answer.json(service::remove(&app, &caller, now, &code).await.map(|shown| document(&shown)))
}

fn sent(made: Result<documents::File>, answer: &Answer) -> Response {
    match made {
        Ok(file) => ([(header::CONTENT_TYPE, file.media_type)], file.bytes).into_response(),
        Err(error) => answer.problem(error).into_response(),
    }
}

async fn file(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(code): Path<String>,
    answer: Answer,
) -> Response {
    let found = service::content(&app, &caller, &code).await;
    sent(found.map(|(branch, bytes)| documents::template(&branch, bytes)), &answer)
}

async fn sample(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(code): Path<String>,
    answer: Answer,
) -> Response {
    let made = async {
        let shown = service::show(&app, &caller, &code).await?;
        documents::sample_template(Words(answer.language), &shown.branch).await
    };
    sent(made.await, &answer)
}
