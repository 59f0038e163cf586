//! The annual study assessment: years, results, one member's result, rules, adjustments, signing off.

mod marks;

use crate::app::App;
use crate::http::{Access, Route};
use crate::i18n::describe;
use crate::limits;
use crate::rules::roster::Role;
use crate::service::assessments::{self, Adjusting, year};
use crate::service::error::Thing;
use crate::service::{Error, Result};
use crate::web::input::Fields;
use crate::web::views::assessments::{self as view, RulesForm};
use crate::web::visit::{Visit, go, segment, to_its_end};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;

const COMMITTEE: Access = Access::Roles(&[Role::Committee]);

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/assessments", COMMITTEE, years),
        Route::get("/assessments/{year}", COMMITTEE, show),
        Route::get("/assessments/{year}/rules", COMMITTEE, rules),
        Route::post("/assessments/{year}/rules", COMMITTEE, set),
        Route::get("/assessments/{year}/members/{login}", COMMITTEE, member),
        Route::post("/assessments/{year}/members/{login}", COMMITTEE, adjust),
        Route::post("/assessments/{year}/members/{login}/marks", COMMITTEE, marks::enter),
        Route::get("/assessments/{year}/marks/{list}", COMMITTEE, marks::show),
        Route::post("/assessments/{year}/marks/{list}", COMMITTEE, marks::load).with_body(4 * limits::MARK_LIST_BYTES),
        Route::get("/assessments/{year}/marks/{list}/template/{format}", COMMITTEE, marks::template),
        Route::get("/assessments/{year}/commended", COMMITTEE, commended),
        Route::get("/assessments/{year}/to-help", COMMITTEE, to_help),
        Route::get("/assessments/{year}/compared", COMMITTEE, compared),
        Route::post("/assessments/{year}/sign", COMMITTEE, sign),
    ]
}

#[derive(Deserialize)]
struct Wanted {
    branch: Option<String>,
    #[serde(default)]
    ready: String,
}

async fn years(State(app): State<App>, visit: Visit) -> Response {
    let result = async {
        let listed = assessments::years(&app, &visit.caller).await?;
        let words = visit.words();
        Ok(visit.page(&words.t("assessments-title"), view::years(words, visit.now_ms, &listed)))
    };
    visit.answer(result.await)
}

async fn show(State(app): State<App>, visit: Visit, Path(of): Path<String>, Query(wanted): Query<Wanted>) -> Response {
    let result = results(&app, &visit, &of, wanted.branch.as_deref(), None).await;
    visit.answer(result)
}

async fn results(app: &App, visit: &Visit, of: &str, branch: Option<&str>, error: Option<&Error>) -> Result<Response> {
    let assessed = match assessments::show(app, &visit.caller, visit.now_ms, year(of)?, branch).await {
        // Rules can be made at once.
        Err(Error::NotFound(Thing::Assessment)) if branch.is_none() => {
            return Ok(go(&format!("/assessments/{}/rules", segment(of))));
        }
        assessed => assessed?,
    };
    let error = error.map(|error| describe(visit.language, error));
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let words = visit.words();
    let title = words.of(&assessed.definition.title).to_owned();
    Ok(visit.page_with(status, &title, view::results(words, &assessed, error.as_ref())))
}

async fn commended(
    State(app): State<App>,
    visit: Visit,
    Path(of): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let result = async {
        let at = (year(&of)?, wanted.branch.as_deref());
        let shown = assessments::commended(&app, &visit.caller, visit.now_ms, at).await?;
        Ok(visit.page(&visit.words().t("commended-title"), view::commended(visit.words(), &shown)))
    };
    visit.answer(result.await)
}

async fn to_help(
    State(app): State<App>,
    visit: Visit,
    Path(of): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let result = async {
        let at = (year(&of)?, wanted.branch.as_deref());
        let shown = assessments::to_help(&app, &visit.caller, visit.now_ms, at).await?;
        Ok(visit.page(&visit.words().t("to-help-title"), view::to_help(visit.words(), &shown)))
    };
    visit.answer(result.await)
}

async fn compared(
    State(app): State<App>,
    visit: Visit,
    Path(of): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let result = async {
        let at = (year(&of)?, wanted.branch.as_deref());
        let shown = assessments::compared(&app, &visit.caller, visit.now_ms, at).await?;
        Ok(visit.page(&visit.words().t("compared-title"), view::compared(visit.words(), &shown)))
    };
    visit.answer(result.await)
}

async fn rules(State(app): State<App>, visit: Visit, Path(of): Path<String>, Query(wanted): Query<Wanted>) -> Response {
    let result = async {
        let of = year(&of)?;
        let branch = wanted.branch.as_deref();
        let known = match assessments::show(&app, &visit.caller, visit.now_ms, of, branch).await {
            Ok(assessed) => Some(assessed.definition),
            Err(Error::NotFound(Thing::Assessment)) => None,
            Err(error) => return Err(error),
        };
        let is_known = known.is_some();
        let ready = assessments::ready_rules(&wanted.ready, of);
        let usual = || assessments::ready_rules("study-and-annual", of);
        let definition = ready.or(known).or_else(usual).ok_or(Error::NotFound(Thing::Assessment))?;
        let words = visit.words();
        let shown =
            RulesForm { year: of, branch, fields: &view::fields_of(&definition), is_known, problems: &[], tried: None };
        Ok(visit.page(&words.t("assessment-rules"), view::rules(words, &shown)))
    };
    visit.answer(result.await)
}

/// Tries rules, or sets them.
async fn set(
    State(app): State<App>,
    visit: Visit,
    Path(of): Path<String>,
    Query(wanted): Query<Wanted>,
    fields: Fields,
) -> Response {
    let result = async {
        let of = year(&of)?;
        let branch = wanted.branch.clone();
        let file = view::file_of(of, &fields).to_string().into_bytes();
        let saves = fields.get("do") == "save";
        let tried = assessments::try_rules(&app, &visit.caller, visit.now_ms, (of, branch.as_deref()), &file).await;
        let words = visit.words();
        let again = |problems: &[crate::rules::bank::Problem], tried: Option<&view::Tried>| {
            let branch = branch.as_deref();
            let is_known = tried.is_some_and(|tried| tried.0.is_some());
            let shown = RulesForm { year: of, branch, fields: &fields, is_known, problems, tried };
            let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
            visit.page_with(status, &words.t("assessment-rules"), view::rules(words, &shown))
        };
        let tried = match tried {
            Ok(tried) => tried,
            Err(Error::Unreadable(problems)) => return Ok(again(&problems, None)),
            Err(error) => return Err(error),
        };
        if !saves {
            return Ok(again(&[], Some(&tried)));
        }
        let (to_end, caller, now_ms, at) = (app.clone(), visit.caller.clone(), visit.now_ms, branch.clone());
        to_its_end(async move { assessments::set(&to_end, &caller, now_ms, (of, at.as_deref()), &file).await }).await?;
        Ok(go(&view::path(&of.to_string(), branch.as_deref())))
    };
    visit.answer(result.await)
}

async fn member(
    State(app): State<App>,
    visit: Visit,
    Path((of, login)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let result = one(&app, &visit, (&of, &login), wanted.branch.as_deref(), None).await;
    visit.answer(result)
}

async fn one(
    app: &App,
    visit: &Visit,
    (of, login): (&str, &str),
    branch: Option<&str>,
    error: Option<&Error>,
) -> Result<Response> {
    let assessed = assessments::show(app, &visit.caller, visit.now_ms, year(of)?, branch).await?;
    let id = assessments::person_id(app, login).await?;
    let found = assessed.members.iter().find(|member| member.person_id == id).ok_or(Error::NotFound(Thing::Person))?;
    let error = error.map(|error| describe(visit.language, error));
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let words = visit.words();
    Ok(visit.page_with(status, &found.name, view::member(words, &assessed, found, error.as_ref())))
}

async fn adjust(
    State(app): State<App>,
    visit: Visit,
    Path((of, login)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
    fields: Fields,
) -> Response {
    let branch = wanted.branch.clone();
    let done = async {
        let of = year(&of)?;
        let (to_end, caller, now_ms, at) = (app.clone(), visit.caller.clone(), visit.now_ms, branch.clone());
        if fields.has("end") {
            let id = fields.get("end").to_owned();
            return to_its_end(async move {
                assessments::end_adjustment(&to_end, &caller, now_ms, (of, at.as_deref()), &id).await
            })
            .await;
        }
        let typed = fields.get("points").trim().replace('−', "-").parse::<f64>().ok();
        let hundredths = typed.and_then(assessments::hundredths_of);
        let points = hundredths.ok_or(Error::Invalid { field: "points", expected: "adjustment-points" })?;
        let adjusting = Adjusting { login: login.clone(), points, reason: fields.get("reason").to_owned() };
        to_its_end(async move {
            assessments::adjust(&to_end, &caller, now_ms, (of, at.as_deref()), &adjusting).await.map(drop)
        })
        .await
    };
    match done.await {
        Ok(()) => go(&view::member_path(&of, &login, branch.as_deref())),
        Err(error @ (Error::Invalid { .. } | Error::ChangedMeanwhile)) => {
            let result = one(&app, &visit, (&of, &login), branch.as_deref(), Some(&error)).await;
            visit.answer(result)
        }
        Err(error) => visit.error(&error),
    }
}

async fn sign(
    State(app): State<App>,
    visit: Visit,
    Path(of): Path<String>,
    Query(wanted): Query<Wanted>,
    fields: Fields,
) -> Response {
    let branch = wanted.branch.clone();
    let names: Vec<String> = fields.get("signers").split(['\n', ',', '，', '、']).map(ToOwned::to_owned).collect();
    let (to_end, caller, now_ms, at, note) =
        (app.clone(), visit.caller.clone(), visit.now_ms, branch.clone(), fields.get("note").to_owned());
    let signed = match year(&of) {
        Ok(of) => {
            to_its_end(async move {
                assessments::sign(&to_end, &caller, now_ms, (of, at.as_deref()), (&names, &note)).await
            })
            .await
        }
        Err(error) => Err(error),
    };
    match signed {
        Ok(_) => go(&view::path(&of, branch.as_deref())),
        Err(error @ (Error::Invalid { .. } | Error::ChangedMeanwhile)) => {
            let result = results(&app, &visit, &of, branch.as_deref(), Some(&error)).await;
            visit.answer(result)
        }
        Err(error) => visit.error(&error),
    }
}
