//! Getting ready for a test: the list of what is to be looked at, the page that a phone opens to prove that it reaches
//! the server, and the poster for the door.

use crate::app::App;
use crate::http::{Access, ClientAddress, Route, ServerAddress};
use crate::service::{reach, readiness};
use crate::web::views::readiness::{self as view, Poster};
use crate::web::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/ready", Access::OFFICE, show),
        Route::get("/hello", Access::Anyone, hello),
        Route::get("/poster", Access::OFFICE, poster),
    ]
}

async fn show(State(app): State<App>, visit: Visit, ServerAddress(address): ServerAddress) -> Response {
    let found = readiness::look(&app, &visit.caller, visit.now_ms, &address).await;
    visit.answer(found.map(|found| visit.page(&visit.words().t("ready"), view::list(&visit, &found))))
}

/// Whoever opens it reaches the server, which is what the readiness page wants to know. This machine itself doesn't count,
/// unless it is a proxy's, through which everybody comes.
async fn hello(State(app): State<App>, visit: Visit, ClientAddress(address): ClientAddress) -> Response {
    let is_other = address.is_some_and(|ip| !ip.is_loopback());
    if is_other || app.settings.external_url.is_some() {
        app.visitors.note(visit.now_ms, &address.map(|ip| ip.to_string()).unwrap_or_default());
    }
    visit.page(&visit.words().t("hello"), view::hello(visit.words()))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PosterQuery {
    wifi: String,
    address: String,
}

async fn poster(
    State(app): State<App>,
    visit: Visit,
    ServerAddress(asked_by): ServerAddress,
    Query(query): Query<PosterQuery>,
) -> Response {
    let addresses = reach::addresses(&app, &asked_by);
    let chosen = addresses.iter().find(|one| **one == query.address).or_else(|| addresses.first());
    let shown = Poster {
        addresses: &addresses,
        address: chosen.map(String::as_str).unwrap_or_default(),
        wifi: query.wifi.trim(),
    };
    visit.page(&visit.words().t("poster"), view::poster(visit.words(), &shown))
}
