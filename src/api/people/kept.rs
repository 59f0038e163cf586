//! Keeping people, one by one.

use super::whole;
use crate::api::{Answer, Body, body, optional_text, required_text, switch, text_or_empty};
use crate::app::App;
use crate::formats::reader::{Fields, Reader};
use crate::http::{Access, Arrived, Route, SignedIn};
use crate::rules::roster::{Departure, Role};
use crate::service::people::{self, Departing, Ending, Facts, Giving, Moving, NewPerson};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Calls of this subject.
pub(super) fn routes() -> Vec<Route> {
    let access = Access::ADMINISTRATOR;
    vec![
        Route::post("/api/v1/people", access, add),
        Route::patch("/api/v1/people/{login}", access, change),
        Route::post("/api/v1/people/{login}/move", access, move_to),
        Route::post("/api/v1/people/{login}/roles", access, give_role),
        Route::delete("/api/v1/people/{login}/roles", access, take_role),
        Route::post("/api/v1/people/{login}/departure", access, depart),
    ]
}

fn role<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Role> {
    let value = reader.required(fields, "role")?;
    reader.one_of(value, &Role::ALL, Role::name)
}

impl Body for NewPerson {
    const FIELDS: &'static [&'static str] = &["name", "login", "branch", "category", "number", "role", "password"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let name = required_text(reader, fields, "name");
        let login = text_or_empty(reader, fields, "login");
        let (category, number) = (text_or_empty(reader, fields, "category"), text_or_empty(reader, fields, "number"));
        let (branch, password) = (optional_text(reader, fields, "branch"), optional_text(reader, fields, "password"));
        let role = if fields.get("role").is_some() { role(reader, fields) } else { Some(Role::Member) };
        Some(Self {
            form: None,
            login: login?,
            name: name?,
            category: category?,
            number: number?,
            role: role?,
            branch: branch?.text(),
            password: password?.text(),
        })
    }
}

async fn add(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        let added = people::add(&app, &caller, now, body(&bytes)?).await?;
        let mut value = whole(&app, &caller, &added.person_id).await?;
        if let (Some(members), Some(password)) = (value.as_object_mut(), added.password) {
            members.insert("password".into(), json!(password));
        }
        Ok(value)
    };
    match result.await {
        Ok(value) => (StatusCode::CREATED, crate::api::json(&value)).into_response(),
        Err(error) => answer.problem(error).into_response(),
    }
}

impl Body for Facts {
    const FIELDS: &'static [&'static str] = &["name", "login", "category", "number"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let (name, login) = (optional_text(reader, fields, "name"), optional_text(reader, fields, "login"));
        let (category, number) = (optional_text(reader, fields, "category"), optional_text(reader, fields, "number"));
        Some(Self { name: name?.text(), login: login?.text(), category: category?.text(), number: number?.text() })
    }
}

async fn change(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(login): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        let login = people::change(&app, &caller, now, &login, body(&bytes)?).await?;
        whole(&app, &caller, &login).await
    };
    answer.json(result.await)
}

impl Body for Moving {
    const FIELDS: &'static [&'static str] = &["branch", "on"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let (branch, on) = (required_text(reader, fields, "branch"), text_or_empty(reader, fields, "on"));
        Some(Self { branch: branch?, on: on? })
    }
}

async fn move_to(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(login): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        people::move_to(&app, &caller, now, &login, &body(&bytes)?).await?;
        whole(&app, &caller, &login).await
    };
    answer.json(result.await)
}

impl Body for Giving {
    const FIELDS: &'static [&'static str] = &["role", "branch", "on"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let role = role(reader, fields);
        let (branch, on) = (optional_text(reader, fields, "branch"), text_or_empty(reader, fields, "on"));
        Some(Self { role: role?, branch: branch?.text(), on: on? })
    }
}

async fn give_role(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(login): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        people::give_role(&app, &caller, now, &login, &body(&bytes)?).await?;
        whole(&app, &caller, &login).await
    };
    answer.json(result.await)
}

impl Body for Ending {
    const FIELDS: &'static [&'static str] = &["role", "branch", "even_own"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let role = role(reader, fields);
        let (branch, even_own) = (optional_text(reader, fields, "branch"), switch(reader, fields, "even_own"));
        Some(Self { role: role?, branch: branch?.text(), even_own: even_own? })
    }
}

async fn take_role(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(login): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async { people::take_role(&app, &caller, now, &login, &body(&bytes)?).await };
    answer.empty(result.await)
}

impl Body for Departing {
    const FIELDS: &'static [&'static str] = &["as", "on", "even_own"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let reason = reader.required(fields, "as");
        let reason = reason.and_then(|value| reader.one_of(value, &Departure::ALL, Departure::name));
        let (on, even_own) = (text_or_empty(reader, fields, "on"), switch(reader, fields, "even_own"));
        Some(Self { reason: reason?, on: on?, even_own: even_own? })
    }
}

async fn depart(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(login): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async { people::depart(&app, &caller, now, &login, &body(&bytes)?).await };
    answer.empty(result.await)
}
