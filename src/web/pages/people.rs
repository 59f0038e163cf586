//! People within the reader's rights: the list, one person, somebody new, and what administrators do to keep them.

use crate::app::App;
use crate::http::{Access, Route, ServerAddress};
use crate::rules::roster::{Departure, Role};
use crate::service::people::{self, Departing, Ending, Facts, Giving, Moving, NewPerson, State as RosterState};
use crate::service::{Error, Result, assessments};
use crate::web::input::Fields;
use crate::web::views::fields::Refused;
use crate::web::views::people::{self as view, Asked, List, New, Person, WHOLE};
use crate::web::visit::{Visit, go};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    let access = Access::ADMINISTRATOR;
    vec![
        Route::get("/people", Access::OFFICE, list),
        Route::get("/people/new", access, new),
        Route::post("/people", access, add),
        Route::get("/people/{login}", Access::OFFICE, show),
        Route::post("/people/{login}", access, change),
        Route::post("/people/{login}/move", access, move_to),
        Route::post("/people/{login}/return", access, come_back),
        Route::post("/people/{login}/roles", access, give_role),
        Route::post("/people/{login}/roles/end", access, take_role),
        Route::post("/people/{login}/leave", access, leave),
        Route::post("/people/{login}/password", access, reset_password),
    ]
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ListQuery {
    branch: String,
    search: String,
    role: String,
    state: String,
    give: String,
    from: i64,
}

async fn list(State(app): State<App>, visit: Visit, Query(query): Query<ListQuery>) -> Response {
    let result = async {
        let asked = Asked {
            branch: query.branch.trim().to_owned(),
            search: query.search,
            role: query.role,
            state: query.state,
            give: Role::from_name(&query.give),
        };
        let wanted = people::Asked {
            branch: Some(asked.branch.clone()).filter(|code| !code.is_empty()),
            role: Role::from_name(&asked.role),
            state: RosterState::from_name(&asked.state),
            search: asked.search.clone(),
        };
        let from = query.from.max(0);
        let page = people::page(&app, &visit.caller, &wanted, from).await?;
        let branches = people::visible_branches(&app, &visit.caller).await?;
        let shown = List { page: &page, from, asked: &asked, branches: &branches };
        Ok(visit.page(&visit.words().t("nav-people"), view::people(visit.words(), &visit.caller, &shown)))
    };
    let result = result.await;
    visit.answer(result)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct NewQuery {
    branch: String,
    role: String,
}

async fn new(State(app): State<App>, visit: Visit, Query(query): Query<NewQuery>) -> Response {
    let result = render_new(&app, &visit, &query, None).await;
    visit.answer(result)
}

async fn render_new(app: &App, visit: &Visit, query: &NewQuery, refused: Option<&Refused>) -> Result<Response> {
    let kept = people::kept(app, &visit.caller).await?;
    let (categories, form_id) = (people::categories(app).await?, people::form_id(app, visit.now_ms));
    let shown = New {
        form_id: &form_id,
        kept: &kept,
        categories: &categories,
        branch: &query.branch,
        role: &query.role,
        refused,
    };
    let status = refused.map_or(StatusCode::OK, |refused| crate::api::problem::status(&refused.error));
    Ok(visit.page_with(status, &visit.words().t("person-new"), view::new(visit.words(), &shown)))
}

/// A branch that was chosen; nothing for the whole unit.
fn chosen(code: &str) -> Option<String> {
    Some(code.trim().to_owned()).filter(|code| code != WHOLE)
}

fn role_of(fields: &Fields) -> Result<Role> {
    Role::from_name(fields.get("role")).ok_or(Error::Invalid { field: "role", expected: "role" })
}

async fn add(State(app): State<App>, visit: Visit, ServerAddress(address): ServerAddress, fields: Fields) -> Response {
    let result = async {
        let text = |name: &str| fields.get(name).to_owned();
        let role = role_of(&fields)?;
        let branch = chosen(fields.get("branch"));
        if branch.as_deref().is_some_and(str::is_empty) && role == Role::Administrator {
            return Err(Error::Invalid { field: "branch", expected: "branch" });
        }
        let new = NewPerson {
            form: Some(text("form")),
            login: text("login"),
            name: text("name"),
            category: text("category"),
            number: text("number"),
            role,
            branch,
            password: None,
        };
        people::add(&app, &visit.caller, visit.now_ms, new).await
    };
    match result.await {
        Ok(added) => {
            let path = view::path_of(&visit.caller, &added.person_id, &added.login);
            let body = view::added(visit.words(), &added, &path, &address);
            visit.page(&visit.words().t("person-added-title"), body)
        }
        Err(error @ (Error::Store(_) | Error::Busy)) => visit.error(&error),
        Err(error) => {
            let refused = Refused { form: "new", fields, error };
            let result = render_new(&app, &visit, &NewQuery::default(), Some(&refused)).await;
            visit.answer(result)
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ShowQuery {
    done: String,
    give: String,
}

impl ShowQuery {
    fn message(&self) -> Option<&'static str> {
        match self.done.as_str() {
            "changed" => Some("done-changed"),
            "moved" => Some("done-person-moved"),
            "role" => Some("done-role"),
            "left" => Some("done-person-left"),
            "returned" => Some("done-person-returned"),
            _ => None,
        }
    }
}

/// What is on the page beside the person.
#[derive(Default)]
struct Turn<'a> {
    password: Option<&'a str>,
    done: Option<&'static str>,
    give: Option<Role>,
    refused: Option<&'a Refused>,
}

async fn show(
    State(app): State<App>,
    visit: Visit,
    Path(login): Path<String>,
    Query(query): Query<ShowQuery>,
) -> Response {
    let turn = Turn { done: query.message(), give: Role::from_name(&query.give), ..Turn::default() };
    let result = render(&app, &visit, &login, turn).await;
    visit.answer(result)
}

async fn render(app: &App, visit: &Visit, login: &str, turn: Turn<'_>) -> Result<Response> {
    let shown = people::show(app, &visit.caller, login).await?;
    let kept = people::kept(app, &visit.caller).await?;
    let categories = if shown.may_keep { people::categories(app).await? } else { Vec::new() };
    let place = shown.membership().and_then(|held| held.place.as_ref());
    let years = match place {
        Some(branch) => assessments::years_at(app, &visit.caller, &branch.id).await?,
        None => Vec::new(),
    };
    let page = Person {
        years: &years,
        shown: &shown,
        kept: &kept,
        categories: &categories,
        today: &people::iso_day(visit.now_ms),
        password: turn.password,
        done: turn.done,
        give: turn.give,
        refused: turn.refused,
    };
    let body = view::person(visit.words(), &visit.caller, &page);
    let status = turn.refused.map_or(StatusCode::OK, |refused| crate::api::problem::status(&refused.error));
    Ok(visit.page_with(status, &shown.listed.person.name, body))
}

/// Where to go on after a change; or the page again, with what was typed and what is wrong with it.
async fn answer(
    app: &App,
    visit: &Visit,
    (login, done): (&str, &str),
    (form, fields): (&'static str, Fields),
    result: Result<()>,
) -> Response {
    let result = match result {
        Ok(()) => match people::show(app, &visit.caller, login).await {
            Ok(shown) => {
                let person = &shown.listed.person;
                return go(&format!("{}?done={done}", view::path_of(&visit.caller, &person.id, &person.login)));
            }
            // Moved out of the caller's own sight.
            Err(Error::NotFound(_)) => return go("/people"),
            Err(error) => Err(error),
        },
        Err(error @ (Error::Store(_) | Error::Busy | Error::NotFound(_))) => Err(error),
        Err(error) => {
            let refused = Refused { form, fields, error };
            render(app, visit, login, Turn { refused: Some(&refused), ..Turn::default() }).await
        }
    };
    visit.answer(result)
}

async fn change(State(app): State<App>, visit: Visit, Path(login): Path<String>, fields: Fields) -> Response {
    let text = |name: &str| fields.has(name).then(|| fields.get(name).to_owned());
    let facts = Facts { name: text("name"), login: text("login"), category: text("category"), number: text("number") };
    match people::change(&app, &visit.caller, visit.now_ms, &login, facts).await {
        Ok(now) => answer(&app, &visit, (&now, "changed"), ("facts", fields), Ok(())).await,
        Err(error) => answer(&app, &visit, (&login, "changed"), ("facts", fields), Err(error)).await,
    }
}

async fn move_to(State(app): State<App>, visit: Visit, Path(login): Path<String>, fields: Fields) -> Response {
    let moving = Moving { branch: fields.get("branch").to_owned(), on: fields.get("on").to_owned() };
    let result = people::move_to(&app, &visit.caller, visit.now_ms, &login, &moving).await;
    answer(&app, &visit, (&login, "moved"), ("move", fields), result).await
}

async fn come_back(State(app): State<App>, visit: Visit, Path(login): Path<String>, fields: Fields) -> Response {
    let branch = Some(fields.get("branch").to_owned());
    let giving = Giving { role: Role::Member, branch, on: fields.get("on").to_owned() };
    let result = people::give_role(&app, &visit.caller, visit.now_ms, &login, &giving).await;
    answer(&app, &visit, (&login, "returned"), ("return", fields), result).await
}

async fn give_role(State(app): State<App>, visit: Visit, Path(login): Path<String>, fields: Fields) -> Response {
    let result = async {
        let branch = chosen(fields.get("branch"));
        if branch.as_deref().is_some_and(str::is_empty) {
            return Err(Error::Invalid { field: "branch", expected: "branch" });
        }
        let giving = Giving { role: role_of(&fields)?, branch, on: String::new() };
        people::give_role(&app, &visit.caller, visit.now_ms, &login, &giving).await
    };
    let result = result.await;
    answer(&app, &visit, (&login, "role"), ("give", fields), result).await
}

async fn take_role(State(app): State<App>, visit: Visit, Path(login): Path<String>, fields: Fields) -> Response {
    let result = async {
        let branch = Some(fields.get("branch").to_owned());
        let ending = Ending { role: role_of(&fields)?, branch, even_own: fields.has("even_own") };
        people::take_role(&app, &visit.caller, visit.now_ms, &login, &ending).await
    };
    let result = result.await;
    answer(&app, &visit, (&login, "role"), ("take", fields), result).await
}

async fn leave(State(app): State<App>, visit: Visit, Path(login): Path<String>, fields: Fields) -> Response {
    let result = async {
        let reason = Departure::from_name(fields.get("as"));
        let reason = reason.ok_or(Error::Invalid { field: "as", expected: "departure" })?;
        let on = fields.get("on").to_owned();
        let departing = Departing { reason, on, even_own: fields.has("even_own") };
        people::depart(&app, &visit.caller, visit.now_ms, &login, &departing).await
    };
    let result = result.await;
    answer(&app, &visit, (&login, "left"), ("leave", fields), result).await
}

async fn reset_password(State(app): State<App>, visit: Visit, Path(login): Path<String>) -> Response {
    let result = async {
        let password = people::reset_password(&app, &visit.caller, visit.now_ms, &login).await?;
        render(&app, &visit, &login, Turn { password: Some(&password), ..Turn::default() }).await
    };
    let result = result.await;
    visit.answer(result)
}
