//! Pictures of questions.

use crate::app::App;
use crate::formats::picture::media_type;
use crate::http::{Access, Route};
use crate::service::banks::pictures;
use crate::web::visit::Visit;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/pictures/{name}", Access::SignedIn, show)]
}

/// Under one name there is one picture for ever.
const KEPT: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

async fn show(State(app): State<App>, visit: Visit, Path(name): Path<String>) -> Response {
    match pictures::find(&app, &name).await {
        Ok(bytes) => {
            let kind = HeaderValue::from_static(media_type(&name));
            ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, KEPT)], bytes.to_vec()).into_response()
        }
        Err(error) => visit.error(&error),
    }
}
