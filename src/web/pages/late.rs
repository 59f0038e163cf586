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
        Route::post("/tests/{test}/late/all", Access::ORGANIZER, decide_all),
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

fn decision(fields: &Fields) -> Result<bool> {
    match fields.get("decision") {
        "accept" => Ok(true),
        "refuse" => Ok(false),
        _ => Err(Error::Invalid { field: "decision", expected: "late-decision" }),
    }
}

async fn decide(State(app): State<App>, visit: Visit, Path(name): Path<String>, fields: Fields) -> Response {
    let done = async {
        let accepted = decision(&fields)?;
        let (to_end, caller, now_ms, reason) =
            (app.clone(), visit.caller.clone(), visit.now_ms, fields.get("reason").to_owned());
        let (of, whose) = (name.clone(), fields.get("attempt").to_owned());
        to_its_end(async move { late::decide(&to_end, &caller, now_ms, (&of, &whose), accepted, &reason).await }).await
    };
    let done = done.await.map(drop);
    answer(&app, &visit, (&name, fields.get("attempt")), done).await
}

/// Decides about everything that the page listed as waiting; what came in since goes on waiting.
async fn decide_all(State(app): State<App>, visit: Visit, Path(name): Path<String>, fields: Fields) -> Response {
    let done = async {
        let accepted = decision(&fields)?;
        let (to_end, caller, now_ms, reason) =
            (app.clone(), visit.caller.clone(), visit.now_ms, fields.get("reason").to_owned());
        let (of, listed) = (name.clone(), fields.all("attempt").map(ToOwned::to_owned).collect::<Vec<_>>());
        to_its_end(
            async move { late::decide_all(&to_end, &caller, now_ms, (&of, Some(&listed)), accepted, &reason).await },
        )
        .await
    };
    let done = done.await.map(drop);
    answer(&app, &visit, (&name, view::ALL), done).await
}

/// The list as it stands now, with what went wrong at the form from which it came.
async fn answer(app: &App, visit: &Visit, (name, form): (&str, &str), done: Result<()>) -> Response {
    match done {
        Ok(()) => go(&format!("/tests/{}/late", segment(name))),
        Err(error @ (Error::Invalid { .. } | Error::LateDecided)) => {
            let result = render(app, visit, name, Some((form, &error))).await;
            visit.answer(result)
        }
        Err(error) => visit.error(&error),
    }
}
