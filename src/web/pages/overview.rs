//! The overview of branches over tests.

use crate::app::App;
use crate::documents;
use crate::http::{Access, Route, ServerAddress};
use crate::rules::blueprint::Occasion;
use crate::rules::overview::Measure;
use crate::service::archives;
use crate::service::overview::{self, Asked};
use crate::web::pages::banks::attachment;
use crate::web::views::overview::{self as view, Shown};
use crate::web::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/overview", Access::REPORTS, show),
        Route::get("/overview/circular.docx", Access::REPORTS, circular),
        Route::get("/overview/archive.zip", Access::REPORTS, archive),
    ]
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    branch: String,
    #[serde(default)]
    year: String,
    #[serde(default)]
    quarter: String,
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

impl Wanted {
    fn asked(&self) -> Asked {
        let said = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let year = self.year.parse().ok();
        Asked {
            branch: said(&self.branch),
            year,
            quarter: self.quarter.parse().ok().filter(|quarter| year.is_some() && (1..=4).contains(quarter)),
            occasion: Occasion::from_name(&self.occasion),
            kind: said(&self.kind),
            category: said(&self.category),
            from: self.from.max(0),
            whole: false,
        }
    }
}

async fn circular(State(app): State<App>, visit: Visit, Query(wanted): Query<Wanted>) -> Response {
    let asked = wanted.asked();
    let made = documents::circular_of_period(&app, &visit.caller, (visit.words(), visit.now_ms), &asked).await;
    visit.answer(made.map(|file| attachment(file.media_type, &file.name, file.bytes)))
}

async fn archive(
    State(app): State<App>,
    visit: Visit,
    Query(wanted): Query<Wanted>,
    ServerAddress(address): ServerAddress,
) -> Response {
    let asked = wanted.asked();
    let at = (visit.words(), visit.now_ms, address.as_str());
    let made = documents::archive_of_period(&app, &visit.caller, at, &asked).await;
    visit.answer(made.map(|file| attachment(file.media_type, &file.name, file.bytes)))
}

async fn show(State(app): State<App>, visit: Visit, Query(wanted): Query<Wanted>) -> Response {
    let asked = wanted.asked();
    let has_archive = archives::is_period_offered(&app, &visit.caller, visit.now_ms, &asked).await;
    let found = overview::overview(&app, &visit.caller, visit.now_ms, &asked).await;
    visit.answer(found.map(|overview| {
        let words = visit.words();
        let shown = Shown {
            overview: &overview,
            has_archive,
            asked: &asked,
            measure: Measure::from_name(&wanted.figure),
            now_ms: visit.now_ms,
        };
        visit.page(&words.t("overview"), view::overview(words, &shown))
    }))
}
