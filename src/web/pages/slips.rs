//! First passwords on paper.

use crate::app::App;
use crate::http::{Access, Route};
use crate::service::people::{self, Asked, Chosen};
use crate::service::{Error, Result};
use crate::web::input::Fields;
use crate::web::views::fields::Refused;
use crate::web::views::slips::{self as view, Choosing};
use crate::web::visit::{ServerAddress, Visit};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/slips", Access::ADMINISTRATOR, choose), Route::post("/slips", Access::ADMINISTRATOR, make)]
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ChooseQuery {
    branch: String,
    search: String,
}

async fn choose(State(app): State<App>, visit: Visit, Query(query): Query<ChooseQuery>) -> Response {
    let result = render(&app, &visit, &query, None).await;
    visit.answer(result)
}

async fn render(app: &App, visit: &Visit, query: &ChooseQuery, refused: Option<&Refused>) -> Result<Response> {
    let branch = Some(query.branch.trim().to_owned()).filter(|code| !code.is_empty());
    let waiting = people::waiting(app, &visit.caller, branch.as_deref()).await?;
    let found = if query.search.trim().is_empty() {
        Vec::new()
    } else {
        let asked = Asked { branch, search: query.search.clone(), ..Asked::default() };
        people::page(app, &visit.caller, &asked, 0).await?.people
    };
    let shown =
        Choosing { waiting: &waiting, branch: query.branch.trim(), search: &query.search, found: &found, refused };
    let status = refused.map_or(StatusCode::OK, |refused| crate::api::problem::status(&refused.error));
    Ok(visit.page_with(status, &visit.words().t("slips"), view::choose(visit.words(), &shown)))
}

async fn make(State(app): State<App>, visit: Visit, ServerAddress(address): ServerAddress, fields: Fields) -> Response {
    let branch = fields.get("branch").trim().to_owned();
    let chosen = if fields.get("who") == "waiting" {
        Chosen::Waiting(Some(branch.clone()))
    } else {
        Chosen::Picked(fields.all("person").map(ToOwned::to_owned).collect())
    };
    match people::issue(&app, &visit.caller, visit.now_ms, &chosen).await {
        Ok(slips) => {
            let body = view::made(visit.words(), &address, &branch, &slips);
            visit.page(&visit.words().t("slips-made-title"), body)
        }
        Err(error @ Error::Fields(_)) => {
            let refused = Refused { form: "slips", fields, error };
            let query = ChooseQuery { branch, search: String::new() };
            let result = render(&app, &visit, &query, Some(&refused)).await;
            visit.answer(result)
        }
        Err(error) => visit.error(&error),
    }
}
