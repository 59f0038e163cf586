//! The schemas of our own files, for editors.

use crate::api::Answer;
use crate::formats::schema::Schema;
use crate::http::{Access, Route};
use crate::service::Error;
use crate::service::error::Thing;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/api/v1/schemas/{schema}", Access::Anyone, show)]
}

async fn show(Path(file): Path<String>, answer: Answer) -> Response {
    match file.strip_suffix(".json").and_then(Schema::from_name) {
        Some(schema) => ([(header::CONTENT_TYPE, "application/schema+json")], schema.text()).into_response(),
        None => answer.problem(Error::NotFound(Thing::Page)).into_response(),
    }
}
