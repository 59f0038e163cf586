//! Objections to questions: sent from a result, answered by those who organize the test.

use crate::app::App;
use crate::http::{Access, Route};
use crate::i18n::describe;
use crate::service::objections::{self, Answering};
use crate::service::{Error, Result};
use crate::web::input::Fields;
use crate::web::views::objections::{self as view, Shown};
use crate::web::visit::{Visit, go, segment, to_its_end};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::post("/attempts/{attempt}/objections", Access::SignedIn, send),
        Route::get("/tests/{test}/objections", Access::REPORTS, list),
        Route::post("/tests/{test}/objections", Access::ORGANIZER, answer),
    ]
}

/// What a member's form does: a note is sent, or taken back.
pub(super) async fn write(app: &App, visit: &Visit, attempt: &str, fields: &Fields) -> Result<i64> {
    let withdraws = fields.has("withdraw");
    let named = fields.get(if withdraws { "withdraw" } else { "object" });
    let position: i64 = named.parse().map_err(|_| Error::Invalid { field: "note", expected: "objection" })?;
    let (app, caller, now_ms, attempt) = (app.clone(), visit.caller.clone(), visit.now_ms, attempt.to_owned());
    let note = fields.get(&format!("object{position}")).to_owned();
    to_its_end(async move {
        if withdraws {
            objections::withdraw(&app, &caller, now_ms, (&attempt, position)).await
        } else {
            objections::send(&app, &caller, now_ms, (&attempt, position), &note).await.map(|_| ())
        }
    })
    .await?;
    Ok(position)
}

async fn send(State(app): State<App>, visit: Visit, Path(attempt): Path<String>, fields: Fields) -> Response {
    let result = write(&app, &visit, &attempt, &fields).await;
    visit.answer(result.map(|position| go(&format!("/attempts/{}#q{position}", segment(&attempt)))))
}

async fn list(State(app): State<App>, visit: Visit, Path(name): Path<String>) -> Response {
    let result = render(&app, &visit, &name, None).await;
    visit.answer(result)
}

async fn render(app: &App, visit: &Visit, name: &str, failed: Option<(&Answering, &Error)>) -> Result<Response> {
    let (test, standing, listed) = objections::list(app, &visit.caller, visit.now_ms, name).await?;
    let shown = Shown {
        test: &test,
        standing,
        now_ms: visit.now_ms,
        listed: &listed,
        failed: failed.map(|(answering, error)| (answering, describe(visit.language, error))),
    };
    let status = if failed.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(visit.page_with(status, &visit.words().t("objections-title"), view::list(visit.words(), &shown)))
}

async fn answer(State(app): State<App>, visit: Visit, Path(name): Path<String>, fields: Fields) -> Response {
    let one = fields.get("objection");
    let answering = Answering {
        bank: fields.get("bank").to_owned(),
        question: fields.get("question").to_owned(),
        objection: (!one.is_empty()).then(|| one.to_owned()),
        upheld: fields.get("upheld") == "yes",
        answer: fields.get("answer").to_owned(),
    };
    let said = matches!(fields.get("upheld"), "yes" | "no");
    let (to_end, caller, now_ms) = (app.clone(), visit.caller.clone(), visit.now_ms);
    let (of, meant) = (name.clone(), answering.clone());
    let answered = if said {
        to_its_end(async move { objections::answer(&to_end, &caller, now_ms, &of, meant).await }).await
    } else {
        Err(Error::Invalid { field: "upheld", expected: "objection-upheld" })
    };
    match answered {
        Ok(_) => go(&format!("/tests/{}/objections", segment(&name))),
        Err(error @ (Error::Invalid { .. } | Error::ObjectionAnswered)) => {
            let result = render(&app, &visit, &name, Some((&answering, &error))).await;
            visit.answer(result)
        }
        Err(error) => visit.error(&error),
    }
}
