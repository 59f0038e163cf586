//! Presence in one test: the list, and setting one person's.

use crate::app::App;
use crate::http::{Access, Route};
use crate::i18n::describe;
use crate::rules::presence::Presence;
use crate::rules::text::fold;
use crate::service::error::Thing;
use crate::service::reports::report;
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
    branch: String,
    #[serde(default)]
    search: String,
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
    let branch = Some(query.branch.as_str()).filter(|code| !code.is_empty());
    let report = if standing.reads_report { Some(report(app, &visit.caller, name, branch).await?) } else { None };
    let members = match (&report, query.search.trim()) {
        // Of many people a name is looked for among all, and nobody is listed who wasn't asked for.
        (Some(report), "") if report.members.is_some() || report.children.iter().any(|line| !line.direct) => {
            report.members.clone()
        }
        (report, search) => {
            let mut found = found(tests::list_presence(app, &visit.caller, name).await?, search);
            if let Some(only) =
                report.as_ref().filter(|_| search.is_empty()).and_then(|report| report.line.branch.as_ref())
            {
                found.retain(|member| member.branch.id == only.id);
            }
            Some(found)
        }
    };
    let chosen = if query.person.is_empty() {
        None
    } else {
        tests::one_presence(app, &visit.caller, name, &query.person).await?
    };
    let words = visit.words();
    let shown = Shown {
        manages: standing.manages,
        is_final: test.row.finished_at_ms.is_some(),
        chosen: chosen.as_ref(),
        search: query.search.trim(),
        branch: branch.and_then(|_| report.as_ref()?.line.branch.as_ref()),
        path: report.as_ref().map(|report| report.path.as_slice()).unwrap_or_default(),
        below: report.as_ref().map(|report| report.children.as_slice()).unwrap_or_default(),
        state: Presence::from_name(&query.state),
        from: query.from.max(0),
        error: error.map(|error| describe(visit.language, error)),
        members: members.as_deref(),
        test: &test,
    };
    let status = error.map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
    Ok(visit.page_with(status, &words.t("presence-title"), view::presence(words, &visit.caller, &shown)))
}

/// Those whose name, login or number holds what is looked for.
fn found(mut members: Vec<Member>, search: &str) -> Vec<Member> {
    let wanted = fold(search);
    let holds = |text: &str| fold(text).contains(&wanted);
    members.retain(|member| {
        let person = &member.person;
        holds(&person.name) || holds(&person.login) || holds(&person.number)
    });
    members
}

async fn set(State(app): State<App>, visit: Visit, Path(name): Path<String>, fields: Fields) -> Response {
    let person = fields.get("person").to_owned();
    match set_one(&app, &visit, &name, &person, &fields).await {
        Ok(()) => go(&format!("/tests/{}/presence", segment(&name))),
        Err(error @ Error::Invalid { .. }) => {
            let query =
                ListQuery { person, state: String::new(), branch: String::new(), search: String::new(), from: 0 };
            let result = render(&app, &visit, &name, &query, Some(&error)).await;
            visit.answer(result)
        }
        Err(error) => visit.error(&error),
    }
}

async fn set_one(app: &App, visit: &Visit, name: &str, person: &str, fields: &Fields) -> Result<()> {
    let member = tests::one_presence(app, &visit.caller, name, person).await?;
    let member = member.ok_or(Error::NotFound(Thing::Person))?;
    let invalid = Error::Invalid { field: "state", expected: "presence" };
    let state = Presence::from_name(fields.get("state")).ok_or(invalid)?;
    let change = PresenceChange { login: member.person.login, state, reason: fields.get("reason").to_owned() };
    tests::set_presence(app, &visit.caller, visit.now_ms, name, change).await
}
