//! The overview of branches over tests.

use crate::app::App;
use crate::http::{Access, Route};
use crate::rules::blueprint::Occasion;
use crate::rules::overview::Measure;
use crate::service::overview::{self, Asked};
use crate::web::views::overview::{self as view, Shown};
use crate::web::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/overview", Access::REPORTS, show)]
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    branch: String,
    #[serde(default)]
    year: String,
    #[serde(default)]
    occasion: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    category: String,
    #[serde(default)]
    figure: String,
    #[serde(default)]
    from: i64,
}

async fn show(State(app): State<App>, visit: Visit, Query(wanted): Query<Wanted>) -> Response {
    let asked = Asked {
        branch: Some(wanted.branch).filter(|code| !code.is_empty()),
        year: wanted.year.parse().ok(),
        occasion: Occasion::from_name(&wanted.occasion),
        kind: Some(wanted.kind).filter(|kind| !kind.is_empty()),
        category: Some(wanted.category).filter(|category| !category.is_empty()),
        from: wanted.from.max(0),
    };
    let found = overview::overview(&app, &visit.caller, visit.now_ms, &asked).await;
    visit.answer(found.map(|overview| {
        let words = visit.words();
        let shown = Shown {
            overview: &overview,
            asked: &asked,
            measure: Measure::from_name(&wanted.figure),
            now_ms: visit.now_ms,
        };
        visit.page(&words.t("overview"), view::overview(words, &shown))
    }))
}
