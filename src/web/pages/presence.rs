//! Presence in one test: the list, and setting one person's.

use crate::app::App;
use crate::http::{Access, Route};
use crate::i18n::describe;
use crate::rules::presence::Presence;
use crate::service::error::Thing;
use crate::service::tests::{self, Member, PresenceChange};
use crate::service::{Error, Result};
use crate::web::input::Fields;
use crate::web::views::presence::{self as view, Shown};
use crate::web::visit::{Visit, go, segment};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/tests/{test}/presence", Access::REPORTS, list),
        Route::post("/tests/{test}/presence", Access::REPORTS, set),
    ]
}

#[derive(Deserialize)]
struct ListQuery {
    #[serde(default)]
    person: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    from: i64,
}

async fn list(
    State(app): State<App>,
    visit: Visit,
    Path(name): Path<String>,
    Query(query): Query<ListQuery>,
) -> Response {
    let result = render(&app, &visit, &name, &query, None).await;
    visit.answer(result)
}

async fn render(app: &App, visit: &Visit, name: &str, query: &ListQuery, error: Option<&Error>) -> Result<Response> {
    let (test, standing) = tests::show(app, &visit.caller, name).await?;
    let members = tests::list_presence(app, &visit.caller, name).await?;
    let words = visit.words();
    let shown = Shown {
        manages: standing.manages,
        is_final: test.row.finished_at_ms.is_some(),
        chosen: members.iter().find(|member| member.person.id == query.person),
        state: Presence::from_name(&query.state),
        from: query.from.max(0),
        error: error.map(|error| describe(visit.language, error)),
        members: &members,
        test: &test,
    };
    let status = error.map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
    Ok(visit.page_with(status, &words.t("presence-title"), view::presence(words, &visit.caller, &shown)))
}

async fn set(State(app): State<App>, visit: Visit, Path(name): Path<String>, fields: Fields) -> Response {
    let person = fields.get("person").to_owned();
    match set_one(&app, &visit, &name, &person, &fields).await {
        Ok(()) => go(&format!("/tests/{}/presence", segment(&name))),
        Err(error @ Error::Invalid { .. }) => {
            let query = ListQuery { person, state: String::new(), from: 0 };
            let result = render(&app, &visit, &name, &query, Some(&error)).await;
            visit.answer(result)
        }
        Err(error) => visit.error(&error),
    }
}

async fn set_one(app: &App, visit: &Visit, name: &str, person: &str, fields: &Fields) -> Result<()> {
    let members = tests::list_presence(app, &visit.caller, name).await?;
    let is_meant = |member: &&Member| member.person.id == person;
    let member = members.iter().find(is_meant).ok_or(Error::NotFound(Thing::Person))?;
    let invalid = Error::Invalid { field: "state", expected: "presence" };
    let state = Presence::from_name(fields.get("state")).ok_or(invalid)?;
    let change = PresenceChange { login: member.person.login.clone(), state, reason: fields.get("reason").to_owned() };
    tests::set_presence(app, &visit.caller, visit.now_ms, name, change).await
}
