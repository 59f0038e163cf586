//! People and branches within the reader's rights.

use crate::app::App;
use crate::http::{Access, Route};
use crate::limits;

use crate::service::{Result, people};
use crate::web::views::people::{self as view, List, Membership};
use crate::web::visit::Visit;
use axum::extract::{Path, State};
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/people", Access::OFFICE, list),
        Route::get("/people/{login}", Access::OFFICE, show),
        Route::post("/people/{login}/password", Access::ADMINISTRATOR, reset_password),
        Route::get("/branches", Access::OFFICE, branches),
    ]
}

#[derive(Deserialize)]
struct ListQuery {
    #[serde(default)]
    branch: String,
    #[serde(default)]
    search: String,
    #[serde(default)]
    from: i64,
}

async fn list(State(app): State<App>, visit: Visit, Query(query): Query<ListQuery>) -> Response {
    let result = async {
        let branch = Some(query.branch.trim()).filter(|code| !code.is_empty());
        let found = people::list(&app, &visit.caller, branch, &query.search).await?;
        let branches = people::visible_branches(&app, &visit.caller).await?;
        let from = query.from.max(0);
        let page = found.iter().skip(usize::try_from(from).unwrap_or_default());
        let page: Vec<_> = page.take(usize::try_from(limits::PAGE_ITEMS).unwrap_or_default()).collect();
        let all = i64::try_from(found.len()).unwrap_or(i64::MAX);
        let shown = List { page, all, from, branch: query.branch.trim(), search: &query.search, branches: &branches };
        Ok(visit.page(&visit.words().t("nav-people"), view::people(visit.words(), &visit.caller, &shown)))
    };
    let result = result.await;
    visit.answer(result)
}

async fn show(State(app): State<App>, visit: Visit, Path(login): Path<String>) -> Response {
    let result = render(&app, &visit, &login, None).await;
    visit.answer(result)
}

async fn render(app: &App, visit: &Visit, login: &str, password: Option<&str>) -> Result<Response> {
    let (person, history) = people::show(app, &visit.caller, login).await?;
    let history: Vec<Membership> = history
        .into_iter()
        .map(|(row, place)| Membership {
            branch: place.map_or_else(|| "–".to_owned(), |node| node.name),
            from_at_ms: row.from_at_ms,
            until_at_ms: row.until_at_ms,
        })
        .collect();
    let body = view::person(visit.words(), &visit.caller, &person, &history, password);
    Ok(visit.page(&person.person.name, body))
}

async fn reset_password(State(app): State<App>, visit: Visit, Path(login): Path<String>) -> Response {
    let result = async {
        let password = people::reset_password(&app, &visit.caller, visit.now_ms, &login).await?;
        render(&app, &visit, &login, Some(&password)).await
    };
    let result = result.await;
    visit.answer(result)
}

async fn branches(State(app): State<App>, visit: Visit) -> Response {
    let result = people::visible_branches(&app, &visit.caller).await;
    visit.answer(result.map(|branches| {
        visit.page(&visit.words().t("nav-branches"), view::branches(visit.words(), &visit.caller, &branches))
    }))
}
