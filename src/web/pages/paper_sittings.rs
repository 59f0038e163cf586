//! Sitting on paper: papers printed, entered, checked.

use super::sitting::response_of;
use crate::app::App;
use crate::http::{Access, Route};
use crate::i18n::describe;
use crate::limits;
use crate::service::paper_sittings::{self as papers, Opened, PRINTED};
use crate::service::{Error, Result};
use crate::web::input::Fields;
use crate::web::views::paper_sittings::{self as view, Shown};
use crate::web::visit::{Visit, go};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/tests/{test}/papers", Access::ORGANIZER, list),
        Route::post("/tests/{test}/papers", Access::ORGANIZER, make),
        Route::get("/tests/{test}/papers/print", Access::ORGANIZER, print),
        Route::get("/tests/{test}/papers/{paper}", Access::ORGANIZER, open),
        Route::post("/tests/{test}/papers/{paper}", Access::ORGANIZER, enter).with_body(4 * limits::BODY_BYTES),
        Route::post("/tests/{test}/papers/{paper}/check", Access::ORGANIZER, check),
        Route::post("/tests/{test}/papers/{paper}/void", Access::ORGANIZER, void),
    ]
}

/// Whether an error is told on the page, because it lies in what was asked.
const fn is_told(error: &Error) -> bool {
    matches!(
        error,
        Error::ChangedMeanwhile
            | Error::SecondPersonNeeded
            | Error::Invalid { .. }
            | Error::Misfit(_)
            | Error::NotOpen { .. }
            | Error::AttemptOpen
            | Error::NoAttemptLeft
            | Error::TestIsOver
            | Error::NotFound(crate::service::error::Thing::Person)
    )
}

async fn list(State(app): State<App>, visit: Visit, Path(name): Path<String>) -> Response {
    let result = render(&app, &visit, &name, None).await;
    visit.answer(result)
}

async fn render(app: &App, visit: &Visit, name: &str, error: Option<&Error>) -> Result<Response> {
    let listed = papers::list(app, &visit.caller, name).await?;
    let words = visit.words();
    let refused = error.map(|error| describe(visit.language, error));
    let status = error.map_or(StatusCode::OK, crate::api::problem::status);
    Ok(visit.page_with(status, &words.t("papers-title"), view::list(words, &visit.caller, &listed, refused.as_ref())))
}

async fn make(State(app): State<App>, visit: Visit, Path(name): Path<String>, fields: Fields) -> Response {
    let typed = fields.get("logins").split([',', '，', ';', '；', '\n', ' ']).map(str::trim);
    let chosen: Vec<String> =
        fields.all("person").chain(typed).filter(|one| !one.is_empty()).map(ToOwned::to_owned).collect();
    match papers::print(&app, &visit.caller, visit.now_ms, &name, &chosen).await {
        Ok(ids) => {
            let query: Vec<String> = ids.iter().map(|id| format!("id={id}")).collect();
            go(&format!("{}/print?{}", view::address(&name), query.join("&")))
        }
        Err(error) if is_told(&error) => {
            let result = render(&app, &visit, &name, Some(&error)).await;
            visit.answer(result)
        }
        Err(error) => visit.error(&error),
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Printed {
    id: Vec<String>,
}

/// The papers asked for, or all of which nothing was entered yet.
async fn print(
    State(app): State<App>,
    visit: Visit,
    Path(name): Path<String>,
    Query(asked): Query<Printed>,
) -> Response {
    let result = async {
        let listed = papers::list(&app, &visit.caller, &name).await?;
        let is_meant = |id: &String| asked.id.is_empty() || asked.id.contains(id);
        let rows = listed.papers.iter().filter(|paper| paper.row.state == PRINTED && is_meant(&paper.row.id));
        let mut opened: Vec<Opened> = Vec::new();
        for paper in rows.take(limits::PAPERS_AT_ONCE) {
            opened.push(papers::open(&app, &visit.caller, visit.now_ms, (&name, &paper.row.id)).await?.1);
        }
        let words = visit.words();
        Ok(visit.page(&words.t("papers-print"), view::print(words, &listed.test, &opened)))
    };
    let result = result.await;
    visit.answer(result)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    change: bool,
}

async fn open(
    State(app): State<App>,
    visit: Visit,
    Path((name, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    let result = show(&app, &visit, (&name, &id), asked.change, None).await;
    visit.answer(result)
}

async fn show(
    app: &App,
    visit: &Visit,
    (name, id): (&str, &str),
    change: bool,
    refused: Option<(&Error, Option<BTreeMap<i64, Value>>)>,
) -> Result<Response> {
    let (test, mut opened) = papers::open(app, &visit.caller, visit.now_ms, (name, id)).await?;
    if !opened.listed.row.is_open() {
        return Ok(go(&view::address(name)));
    }
    let enters = change || opened.listed.row.state == PRINTED;
    let (mut status, mut described) = (StatusCode::OK, None);
    if let Some((error, typed)) = refused {
        (status, described) = (crate::api::problem::status(error), Some(describe(visit.language, error)));
        // What was typed stays.
        opened.responses = typed.unwrap_or(opened.responses);
    }
    let is_own = opened.listed.row.entered_by == visit.caller.person_id;
    let shown = Shown { test: &test, opened: &opened, enters, is_own, refused: described };
    Ok(visit.page_with(status, &visit.words().t("papers-title"), view::one(visit.words(), &shown)))
}

async fn enter(
    State(app): State<App>,
    visit: Visit,
    Path((name, id)): Path<(String, String)>,
    fields: Fields,
) -> Response {
    let result = async {
        let (_, opened) = papers::open(&app, &visit.caller, visit.now_ms, (&name, &id)).await?;
        let given = (1_i64..).zip(&opened.sheet.items);
        let responses: BTreeMap<i64, Value> = given
            .filter_map(|(position, item)| Some((position, response_of(&fields, position, item)?)))
            .filter(|(_, response)| !response.is_null())
            .collect();
        let seen = (fields.get("seen"), &responses);
        match papers::enter(&app, &visit.caller, visit.now_ms, (&name, &id), seen).await {
            Ok(_) => Ok(go(&view::address(&name))),
            Err(error) if is_told(&error) => {
                show(&app, &visit, (&name, &id), true, Some((&error, Some(responses)))).await
            }
            Err(error) => Err(error),
        }
    };
    let result = result.await;
    visit.answer(result)
}

async fn check(
    State(app): State<App>,
    visit: Visit,
    Path((name, id)): Path<(String, String)>,
    fields: Fields,
) -> Response {
    match papers::check(&app, &visit.caller, visit.now_ms, (&name, &id), fields.get("seen")).await {
        Ok(_) => go(&view::address(&name)),
        Err(error) if is_told(&error) => {
            let result = show(&app, &visit, (&name, &id), false, Some((&error, None))).await;
            visit.answer(result)
        }
        Err(error) => visit.error(&error),
    }
}

async fn void(
    State(app): State<App>,
    visit: Visit,
    Path((name, id)): Path<(String, String)>,
    fields: Fields,
) -> Response {
    let said = (fields.get("seen"), fields.get("reason"));
    match papers::void(&app, &visit.caller, visit.now_ms, (&name, &id), said).await {
        Ok(()) => go(&view::address(&name)),
        Err(error) if is_told(&error) => {
            let result = render(&app, &visit, &name, Some(&error)).await;
            visit.answer(result)
        }
        Err(error) => visit.error(&error),
    }
}
