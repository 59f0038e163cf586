//! People: the list, one of them; keeping them is in `kept`.

mod kept;

use crate::api::Answer;
use crate::app::App;
use crate::http::{Access, Arrived, Parameter, Route, SignedIn};
use crate::rules::rights::Caller;
use crate::rules::roster::{Departure, Role};
use crate::service::{Error, people};
use axum::extract::{Path, State};
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;
use serde_json::{Value, json};

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::get("/api/v1/branches", Access::OFFICE, branches),
        Route::get("/api/v1/people", Access::OFFICE, list).with_query(&NARROWED),
        Route::get("/api/v1/people/{login}", Access::OFFICE, show),
        Route::post("/api/v1/people/{login}/password", Access::ADMINISTRATOR, reset_password),
    ];
    routes.extend(kept::routes());
    routes
}

const NARROWED: [Parameter; 4] =
    [Parameter::text("branch"), Parameter::text("search"), Parameter::text("role"), Parameter::text("state")];

async fn branches(State(app): State<App>, SignedIn(caller): SignedIn, answer: Answer) -> Response {
    answer.json(people::visible_branches(&app, &caller).await.map(|nodes| {
        nodes
            .iter()
            .map(|(node, parent)| json!({ "code": node.code, "name": node.name, "kind": node.kind, "parent": parent }))
            .collect::<Value>()
    }))
}

#[derive(Deserialize)]
struct ListQuery {
    branch: Option<String>,
    #[serde(default)]
    search: String,
    role: Option<String>,
    state: Option<String>,
}

impl ListQuery {
    fn asked(self) -> Result<people::Asked, Error> {
        let invalid = |field| Error::Invalid { field, expected: field };
        let role = self.role.map(|name| Role::from_name(&name).ok_or_else(|| invalid("role"))).transpose()?;
        let state =
            self.state.map(|name| people::State::from_name(&name).ok_or_else(|| invalid("state"))).transpose()?;
        Ok(people::Asked { branch: self.branch, role, state, search: self.search })
    }
}

fn person(listed: &people::Listed, caller: &Caller) -> Value {
    let roles: Vec<_> = listed
        .roles
        .iter()
        .map(|(role, place)| json!({ "role": role.name(), "branch": place.as_ref().map(|node| &node.code) }))
        .collect();
    let person = &listed.person;
    json!({ "login": people::shown_login(&person.login, caller), "person": person.id, "name": person.name, "category": person.category, "number": person.number, "roles": roles })
}

async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Query(query): Query<ListQuery>,
    answer: Answer,
) -> Response {
    let result = async {
        let listed = people::all(&app, &caller, &query.asked()?).await?;
        Ok(listed.iter().map(|one| person(one, &caller)).collect::<Value>())
    };
    answer.json(result.await)
}

async fn show(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(login): Path<String>,
    answer: Answer,
) -> Response {
    answer.json(whole(&app, &caller, &login).await)
}

/// One person with roles and memberships.
async fn whole(app: &App, caller: &Caller, login: &str) -> Result<Value, Error> {
    let shown = people::show(app, caller, login).await?;
    let mut value = person(&shown.listed, caller);
    let at = |ms: i64| jiff::Timestamp::from_millisecond(ms).map(|at| at.to_string()).unwrap_or_default();
    let memberships = shown.history.iter().filter(|held| held.role == Role::Member);
    let memberships: Vec<_> = memberships
        .map(|held| {
            json!({ "branch": held.place.as_ref().map(|node| &node.code), "from": at(held.from_at_ms),
                "until": held.until_at_ms.map(at), "as": held.ended_as.map(Departure::name) })
        })
        .collect();
    if let Some(members) = value.as_object_mut() {
        members.insert("memberships".into(), json!(memberships));
    }
    Ok(value)
}

async fn reset_password(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(login): Path<String>,
    answer: Answer,
) -> Response {
    let password = people::reset_password(&app, &caller, now, &login).await;
    answer.json(password.map(|password| json!({ "password": password })))
}
