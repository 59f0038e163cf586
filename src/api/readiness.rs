//! Whether everything is ready for a test.

use crate::api::Answer;
use crate::app::App;
use crate::http::{Access, Arrived, Route, SignedIn};
use crate::service::readiness;
use axum::extract::State;
use axum::response::Response;

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/api/v1/ready", Access::OFFICE, show)]
}

async fn show(State(app): State<App>, SignedIn(caller): SignedIn, Arrived(now): Arrived, answer: Answer) -> Response {
    let found = readiness::look(&app, &caller, now, "").await;
    answer.json(found.map(|found| found.document()))
}
