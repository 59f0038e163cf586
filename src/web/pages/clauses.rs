//! Clauses that questions cite as data, and what was amended of them.

use crate::app::App;
use crate::http::{Access, Route};
use crate::i18n::describe;
use crate::rules::search::Asked;
use crate::service::clauses::{self, Amending};
use crate::service::error::Thing;
use crate::service::{Error, Result, search};
use crate::web::input::Fields;
use crate::web::views::clauses as view;
use crate::web::visit::{Visit, go, segment, to_its_end};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/clauses", Access::ORGANIZER, index),
        Route::get("/clauses/of", Access::ORGANIZER, of),
        Route::post("/clauses/amended", Access::ORGANIZER, amend),
        Route::get("/clauses/amended/{amended}", Access::ORGANIZER, open),
        Route::post("/clauses/amended/{amended}", Access::ORGANIZER, decide),
    ]
}

async fn index(State(app): State<App>, visit: Visit) -> Response {
    let result = async {
        let all = clauses::index(&app, &visit.caller).await?;
        let amended = clauses::amended(&app, &visit.caller).await?;
        let words = visit.words();
        Ok(visit.page(&words.t("clauses"), view::index(words, &all, &amended)))
    };
    let result = result.await;
    visit.answer(result)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Clause {
    regulation: String,
    article: String,
    from: usize,
}

async fn of(State(app): State<App>, visit: Visit, Query(clause): Query<Clause>) -> Response {
    if clause.regulation.trim().is_empty() {
        return go("/clauses");
    }
    let result = render(&app, &visit, &clause, None).await;
    visit.answer(result)
}

/// A regulation with its articles, or one article with its questions; with what was typed of an amendment that was refused.
async fn render(app: &App, visit: &Visit, clause: &Clause, refused: Option<(&Amending, &Error)>) -> Result<Response> {
    let words = visit.words();
    let all = clauses::index(app, &visit.caller).await?;
    let is_meant = |name: &str| crate::rules::text::fold(name) == crate::rules::text::fold(&clause.regulation);
    let regulation = all.iter().find(|one| is_meant(&one.name)).ok_or(Error::NotFound(Thing::Page))?;
    let amended = clauses::amended(app, &visit.caller).await?;
    let amended: Vec<_> = amended.into_iter().filter(|one| is_meant(&one.row.regulation)).collect();
    let found = if clause.article.is_empty() {
        None
    } else {
        let asked =
            Asked { regulation: clause.regulation.clone(), article: clause.article.clone(), ..Asked::default() };
        Some((asked.clone(), search::search(app, &visit.caller, &search::wanted(&asked)?, clause.from).await?))
    };
    let shown = view::Shown {
        regulation,
        article: clause.article.parse().ok(),
        found: found.as_ref(),
        amended: &amended,
        refused: refused.map(|(typed, error)| (typed, describe(visit.language, error))),
        today: &crate::service::people::iso_day(visit.now_ms),
    };
    let status = refused.map_or(StatusCode::OK, |(_, error)| crate::api::problem::status(error));
    Ok(visit.page_with(status, &regulation.name, view::clause(words, &shown)))
}

async fn amend(State(app): State<App>, visit: Visit, fields: Fields) -> Response {
    let typed = |name: &str| fields.get(name).to_owned();
    let amending =
        Amending { regulation: typed("regulation"), article: typed("article"), on: typed("on"), note: typed("note") };
    match clauses::amend(&app, &visit.caller, visit.now_ms, &amending).await {
        Ok(id) => go(&format!("/clauses/amended/{}", segment(&id))),
        Err(error @ Error::Invalid { .. }) => {
            let clause = Clause { regulation: typed("regulation"), article: typed("article"), from: 0 };
            let result = render(&app, &visit, &clause, Some((&amending, &error))).await;
            visit.answer(result)
        }
        Err(error) => visit.error(&error),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Page {
    from: usize,
}

async fn open(State(app): State<App>, visit: Visit, Path(id): Path<String>, Query(page): Query<Page>) -> Response {
    let result = render_open(&app, &visit, &id, page.from, None).await;
    visit.answer(result)
}

async fn render_open(
    app: &App,
    visit: &Visit,
    id: &str,
    from: usize,
    refused: Option<(&Fields, &Error)>,
) -> Result<Response> {
    let opened = clauses::open(app, &visit.caller, id, from).await?;
    let words = visit.words();
    let told = refused.map(|(fields, error)| (fields, describe(visit.language, error)));
    let status = refused.map_or(StatusCode::OK, |(_, error)| crate::api::problem::status(error));
    Ok(visit.page_with(status, &words.t("amended"), view::amended(words, &opened, told.as_ref())))
}

async fn decide(State(app): State<App>, visit: Visit, Path(id): Path<String>, fields: Fields) -> Response {
    let here = format!("/clauses/amended/{}", segment(&id));
    let questions: Vec<String> = fields.all("question").map(ToOwned::to_owned).collect();
    let (to_end, caller, now_ms, of) = (app.clone(), visit.caller.clone(), visit.now_ms, id.clone());
    let (action, note) = (fields.get("action").to_owned(), fields.get("note").to_owned());
    let done = to_its_end(async move {
        match action.as_str() {
            "checked" => clauses::check(&to_end, &caller, now_ms, &of, &questions).await.map(|_| here),
            "retire" => clauses::retire(&to_end, &caller, now_ms, &of, (&questions, &note)).await.map(|_| here),
            "withdraw" => clauses::withdraw(&to_end, &caller, &of).await.map(|()| "/clauses".to_owned()),
            _ => Err(Error::Invalid { field: "action", expected: "act" }),
        }
    });
    match done.await {
        Ok(path) => go(&path),
        Err(error @ (Error::Invalid { .. } | Error::ChangedMeanwhile | Error::File(_))) => {
            let from = fields.get("from").parse().unwrap_or_default();
            let result = render_open(&app, &visit, &id, from, Some((&fields, &error))).await;
            visit.answer(result)
        }
        Err(error) => visit.error(&error),
    }
}
