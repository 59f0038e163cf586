//! Branches within the reader's rights: the tree, one of them, a new one, and what administrators do to keep them.

use crate::app::App;
use crate::http::{Access, Route};
use crate::rules::tree::Node;
use crate::service::branches::{self, Facts};
use crate::service::{Error, Result, people};
use crate::web::input::Fields;
use crate::web::views::branches as view;
use crate::web::views::fields::Refused;
use crate::web::visit::{Visit, go, segment};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    let access = Access::ADMINISTRATOR;
    vec![
        Route::get("/branches", Access::OFFICE, list),
        Route::get("/branches/new", access, new),
        Route::post("/branches", access, add),
        Route::get("/branches/{code}", Access::OFFICE, show),
        Route::post("/branches/{code}", access, change),
        Route::post("/branches/{code}/move", access, move_below),
        Route::post("/branches/{code}/order", access, reorder),
        Route::post("/branches/{code}/delete", access, delete),
    ]
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ListQuery {
    search: String,
}

async fn list(State(app): State<App>, visit: Visit, Query(query): Query<ListQuery>) -> Response {
    let search = query.search.trim();
    let rows = branches::list(&app, &visit.caller, search).await;
    visit.answer(rows.map(|rows| {
        let body = view::branches(visit.words(), &visit.caller, &rows, search);
        visit.page(&visit.words().t("nav-branches"), body)
    }))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct NewQuery {
    parent: String,
}

async fn new(State(app): State<App>, visit: Visit, Query(query): Query<NewQuery>) -> Response {
    let result = render_new(&app, &visit, &query.parent, None).await;
    visit.answer(result)
}

async fn render_new(app: &App, visit: &Visit, parent: &str, refused: Option<&Refused>) -> Result<Response> {
    let kept = people::kept(app, &visit.caller).await?;
    let first = kept.branches.first().map(|(_, node)| node.code.as_str());
    let parent = if parent.is_empty() { first.unwrap_or_default() } else { parent };
    let parents = view::parents(visit.words(), &kept.branches, kept.whole);
    let body = view::new(visit.words(), &parents, parent, refused);
    let status = refused.map_or(StatusCode::OK, |refused| crate::api::problem::status(&refused.error));
    Ok(visit.page_with(status, &visit.words().t("branch-new"), body))
}

fn facts(fields: &Fields) -> Facts {
    let text = |name: &str| fields.has(name).then(|| fields.get(name).to_owned());
    Facts { code: text("code"), name: text("name"), kind: text("kind") }
}

async fn add(State(app): State<App>, visit: Visit, fields: Fields) -> Response {
    let parent = fields.get("parent").to_owned();
    match branches::add(&app, &visit.caller, visit.now_ms, &facts(&fields), &parent).await {
        Ok(node) => go(&format!("{}?done=added", view::path_of(&node))),
        Err(error @ (Error::Store(_) | Error::Busy)) => visit.error(&error),
        Err(error) => {
            let refused = Refused { form: "new", fields, error };
            let result = render_new(&app, &visit, &parent, Some(&refused)).await;
            visit.answer(result)
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ShowQuery {
    done: String,
}

impl ShowQuery {
    fn message(&self) -> Option<&'static str> {
        match self.done.as_str() {
            "added" => Some("done-branch-added"),
            "changed" => Some("done-changed"),
            "moved" => Some("done-branch-moved"),
            _ => None,
        }
    }
}

async fn show(
    State(app): State<App>,
    visit: Visit,
    Path(code): Path<String>,
    Query(query): Query<ShowQuery>,
) -> Response {
    let result = render(&app, &visit, &code, query.message(), None).await;
    visit.answer(result)
}

async fn render(
    app: &App,
    visit: &Visit,
    code: &str,
    done: Option<&'static str>,
    refused: Option<&Refused>,
) -> Result<Response> {
    let shown = branches::show(app, &visit.caller, code).await?;
    let status = refused.map_or(StatusCode::OK, |refused| crate::api::problem::status(&refused.error));
    let body = view::branch(visit.words(), &shown, done, refused);
    Ok(visit.page_with(status, &shown.row.node.name, body))
}

/// Where to go on after a change; or the page again, with what was typed and what is wrong with it.
async fn answer(
    app: &App,
    visit: &Visit,
    (code, done): (&str, &str),
    (form, fields): (&'static str, Fields),
    result: Result<Node>,
) -> Response {
    let result = match result {
        Ok(node) => return go(&format!("{}{done}", view::path_of(&node))),
        Err(error @ (Error::Store(_) | Error::Busy | Error::NotFound(_))) => Err(error),
        Err(error) => {
            let refused = Refused { form, fields, error };
            render(app, visit, code, None, Some(&refused)).await
        }
    };
    visit.answer(result)
}

async fn change(State(app): State<App>, visit: Visit, Path(code): Path<String>, fields: Fields) -> Response {
    let result = branches::change(&app, &visit.caller, visit.now_ms, &code, &facts(&fields)).await;
    answer(&app, &visit, (&code, "?done=changed"), ("facts", fields), result).await
}

async fn move_below(State(app): State<App>, visit: Visit, Path(code): Path<String>, fields: Fields) -> Response {
    let result = branches::move_below(&app, &visit.caller, visit.now_ms, &code, fields.get("parent")).await;
    answer(&app, &visit, (&code, "?done=moved"), ("move", fields), result).await
}

async fn reorder(State(app): State<App>, visit: Visit, Path(code): Path<String>, fields: Fields) -> Response {
    let result = branches::reorder(&app, &visit.caller, visit.now_ms, &code, fields.get("to") == "up").await;
    let back = fields.get("back");
    if result.is_ok() && !back.is_empty() {
        return go(&format!("/branches/{}", segment(back)));
    }
    answer(&app, &visit, (&code, ""), ("order", fields), result).await
}

async fn delete(State(app): State<App>, visit: Visit, Path(code): Path<String>, fields: Fields) -> Response {
    match branches::delete(&app, &visit.caller, visit.now_ms, &code).await {
        Ok(()) => go("/branches"),
        Err(error) => answer(&app, &visit, (&code, ""), ("delete", fields), Err(error)).await,
    }
}
