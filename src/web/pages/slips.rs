//! First passwords on paper.

use crate::app::App;
use crate::http::{Access, Route, ServerAddress};
use crate::service::people::{self, Asked, Chosen, Slip};
use crate::service::{Error, Result, reach};
use crate::web::input::Fields;
use crate::web::views::fields::Refused;
use crate::web::views::slips::{self as view, Choosing};
use crate::web::visit::{Visit, go};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;

/// What waits to be printed, so that loading the page again makes no password anew.
struct Printout {
    slips: Vec<Slip>,
    branch: String,
    address: String,
}

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/slips", Access::ADMINISTRATOR, choose),
        Route::post("/slips", Access::ADMINISTRATOR, make),
        Route::get("/slips/{printout}", Access::ADMINISTRATOR, print),
    ]
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
            let address = reach::addresses(&app, &address).into_iter().next().unwrap_or_default();
            let id = app.randomness.short_token();
            let printout = Printout { slips, branch, address };
            app.printouts.keep(id.clone(), &visit.caller.session, visit.now_ms, printout);
            go(&format!("/slips/{id}"))
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

async fn print(State(app): State<App>, visit: Visit, Path(printout): Path<String>) -> Response {
    let Some(found) = app.printouts.find::<Printout>(&printout, &visit.caller.session, visit.now_ms) else {
        return visit.error(&Error::PrintoutGone);
    };
    let body = view::made(visit.words(), &found.address, &found.branch, &found.slips);
    visit.page(&visit.words().t("slips-made-title"), body)
}
