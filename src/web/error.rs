//! Errors as pages.
use crate::rules::text::Language;
use crate::service::Error;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
/// The page of an error.
pub fn page(error: &Error, language: Language, request_id: &str) -> Response {
    let described = crate::i18n::describe(language, error);
    (StatusCode::BAD_REQUEST, format!("{} {} {request_id}", described.what, described.remedy)).into_response()
}
/// The answer for an unknown address.
pub async fn not_found() -> Response {
    StatusCode::NOT_FOUND.into_response()
}
/// The answer for a method that a known address doesn't take.
pub async fn wrong_method() -> Response {
    StatusCode::METHOD_NOT_ALLOWED.into_response()
}
/// The answer where the server failed.
pub fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
