//! What arrived after the end of attempts at a test, for those who decide about it.

use crate::app::App;
use crate::http::{Access, Route};
use crate::i18n::describe;
use crate::service::{Error, Result, late};
use crate::web::input::Fields;
use crate::web::views::late::{self as view, Shown};
use crate::web::visit::{Visit, go, segment, to_its_end};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/tests/{test}/late", Access::ORGANIZER, list),
        Route::post("/tests/{test}/late", Access::ORGANIZER, decide),
    ]
}

async fn list(State(app): State<App>, visit: Visit, Path(name): Path<String>) -> Response {
    let result = render(&app, &visit, &name, None).await;
    visit.answer(result)
}

async fn render(app: &App, visit: &Visit, name: &str, error: Option<(&str, &Error)>) -> Result<Response> {
    let (test, listed) = late::list(app, &visit.caller, name).await?;
    let shown = Shown {
        test: &test,
        listed: &listed,
        error: error.map(|(attempt, error)| (attempt, describe(visit.language, error))),
    };
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(visit.page_with(status, &visit.words().t("late-title"), view::late(visit.words(), &visit.caller, &shown)))
}

async fn decide(State(app): State<App>, visit: Visit, Path(name): Path<String>, fields: Fields) -> Response {
    let attempt = fields.get("attempt").to_owned();
    let accepted = match fields.get("decision") {
        "accept" => Ok(true),
        "refuse" => Ok(false),
        _ => Err(Error::Invalid { field: "decision", expected: "late-decision" }),
    };
    let (to_end, caller, now_ms, reason) =
        (app.clone(), visit.caller.clone(), visit.now_ms, fields.get("reason").to_owned());
    let (of, whose) = (name.clone(), attempt.clone());
    let decided = match accepted {
        Ok(accepted) => {
            to_its_end(async move { late::decide(&to_end, &caller, now_ms, (&of, &whose), accepted, &reason).await })
                .await
        }
        Err(error) => Err(error),
    };
    match decided {
        Ok(_) => go(&format!("/tests/{}/late", segment(&name))),
        Err(error @ (Error::Invalid { .. } | Error::LateDecided)) => {
            let result = render(&app, &visit, &name, Some((&attempt, &error))).await;
            visit.answer(result)
        }
        Err(error) => visit.error(&error),
    }
}
