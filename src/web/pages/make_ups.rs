//! Making a make-up of a settled test: the form, and what it makes.

use crate::app::App;
use crate::http::{Access, Route};
use crate::i18n::{self, Described, describe};
use crate::rules::make_up::Need;
use crate::rules::points::Points;
use crate::service::tests::{MakeUpAsked, make_up, plan_make_up};
use crate::service::{Error, Result};
use crate::web::draft::typed;
use crate::web::input::Fields;
use crate::web::views::make_ups::{self as view, Shown};
use crate::web::visit::{Visit, go, segment};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/tests/{test}/make-up", Access::ORGANIZER, form),
        Route::post("/tests/{test}/make-up", Access::ORGANIZER, make),
    ]
}

async fn form(State(app): State<App>, visit: Visit, Path(name): Path<String>) -> Response {
    let result = render(&app, &visit, &name, None).await;
    visit.answer(result)
}

/// The form, or the form again with what was typed and what is wrong with it.
async fn render(app: &App, visit: &Visit, name: &str, refused: Option<(&Fields, &Error)>) -> Result<Response> {
    let usual = MakeUpAsked { holds_review: true, ..MakeUpAsked::default() };
    let plan = plan_make_up(app, &visit.caller, visit.now_ms, name, &usual).await?;
    let words = visit.words();
    let shown = Shown {
        plan: &plan,
        typed: refused.map(|(fields, _)| fields),
        error: refused.map(|(_, error)| said(visit, error)),
    };
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(visit.page_with(status, &words.t("make-up-make"), view::form(words, &shown)))
}

/// What is wrong, problem by problem where there are several.
fn said(visit: &Visit, error: &Error) -> Described {
    let Error::File(problems) = error else { return describe(visit.language, error) };
    let each: Vec<String> = problems
        .iter()
        .map(|problem| {
            let Described { what, remedy } = i18n::problem(visit.language, problem);
            format!("{what} {remedy}")
        })
        .collect();
    Described { what: describe(visit.language, error).what, remedy: each.join(" ") }
}

fn asked(fields: &Fields) -> Result<MakeUpAsked> {
    let moment =
        |field: &'static str| typed(fields.get(field)).map(Some).ok_or(Error::Invalid { field, expected: "moment" });
    let cap = fields.get("cap").trim();
    let invalid = Error::Invalid { field: "cap", expected: "make-up-cap" };
    let cap =
        if cap.is_empty() { None } else { Some(cap.parse::<f64>().ok().and_then(Points::from_number).ok_or(invalid)?) };
    let is_ticked = |need: &Need| fields.0.iter().any(|(name, value)| name == "who" && value == need.name());
    Ok(MakeUpAsked {
        name: Some(fields.get("name").to_owned()),
        opens_at_ms: moment("opens")?,
        closes_at_ms: moment("closes")?,
        cap,
        who: Some(Need::ALL.into_iter().filter(is_ticked).collect()),
        holds_review: !fields.get("holds_review").is_empty(),
    })
}

async fn make(State(app): State<App>, visit: Visit, Path(name): Path<String>, fields: Fields) -> Response {
    let result = async {
        let asked = asked(&fields)?;
        make_up(&app, &visit.caller, visit.now_ms, &name, &asked).await
    };
    match result.await {
        Ok((_, test)) => go(&format!("/tests/{}/manage?done=made", segment(&test.row.name))),
        Err(error @ (Error::Invalid { .. } | Error::File(_) | Error::NameTaken(_) | Error::Shortfall(_))) => {
            let again = render(&app, &visit, &name, Some((&fields, &error))).await;
            visit.answer(again)
        }
        Err(error) => visit.error(&error),
    }
}
