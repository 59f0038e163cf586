//! Who was drawn for an inspection.

use crate::app::App;
use crate::http::{Access, Route};
use crate::service::samples;
use crate::web::views::samples as view;
use crate::web::visit::Visit;
use axum::extract::{Path, State};
use axum::response::Response;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/tests/{test}/sample", Access::REPORTS, show)]
}

async fn show(State(app): State<App>, visit: Visit, Path(name): Path<String>) -> Response {
    let sampled = samples::show(&app, &visit.caller, &name).await;
    let words = visit.words();
    visit.answer(
        sampled.map(|sampled| visit.page(&words.t("sample-drawn"), view::sample(words, &visit.caller, &sampled))),
    )
}
