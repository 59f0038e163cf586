//! The trial of a device before a test: the member's page, and who has passed.

use crate::app::App;
use crate::http::{Access, Route};
use crate::service::device_checks;
use crate::web::input::Fields;
use crate::web::views::device_checks as view;
use crate::web::visit::Visit;
use axum::extract::{Path, State};
use axum::response::Response;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/tests/{test}/try", Access::SignedIn, show),
        Route::post("/tests/{test}/try", Access::SignedIn, save),
        Route::get("/tests/{test}/tried", Access::REPORTS, overview),
    ]
}

async fn show(State(app): State<App>, visit: Visit, Path(name): Path<String>) -> Response {
    let trial = device_checks::show(&app, &visit.caller, &name).await;
    visit.answer(trial.map(|trial| visit.page(&visit.words().t("device-check"), view::trial(&visit, &trial))))
}

async fn save(State(app): State<App>, visit: Visit, Path(name): Path<String>, fields: Fields) -> Response {
    let (shape, word) = (fields.get("shape"), fields.get("word"));
    let trial = device_checks::save(&app, &visit.caller, visit.now_ms, &name, shape, word).await;
    visit.answer(trial.map(|trial| visit.page(&visit.words().t("device-check"), view::trial(&visit, &trial))))
}

async fn overview(State(app): State<App>, visit: Visit, Path(name): Path<String>) -> Response {
    let overview = device_checks::overview(&app, &visit.caller, &name).await;
    let page = |overview| visit.page(&visit.words().t("device-checks"), view::overview(visit.words(), &overview));
    visit.answer(overview.map(page))
}
