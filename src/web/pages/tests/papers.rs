//! What comes out of a test on paper: a trial paper, the announcement to print, the test file.

use super::form::managed;
use crate::app::App;
use crate::http::ServerAddress;
use crate::service::{announcements, tests};
use crate::web::views::tests::{self as view, Back};
use crate::web::visit::{Visit, segment};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

/// A paper drawn from a seed that is nobody's.
pub(super) async fn trial(State(app): State<App>, visit: Visit, Path(name): Path<String>) -> Response {
    let trial = tests::try_saved(&app, &visit.caller, &name).await;
    visit.answer(trial.map(|trial| {
        let back = Back::Test { name };
        visit.page(&visit.words().t("trial"), view::trial(visit.words(), &trial, &back))
    }))
}

/// The announcement as an office would send it out.
pub(super) async fn notice(
    State(app): State<App>,
    visit: Visit,
    Path(name): Path<String>,
    ServerAddress(address): ServerAddress,
) -> Response {
    let result = async {
        managed(&app, &visit, &name).await?;
        let announced = announcements::announced(&app, &visit.caller, &name).await?;
        let address = format!("{address}/tests/{}", segment(&name));
        let body = view::notice_page(visit.words(), &announced, &address, visit.now_ms);
        Ok(visit.page(&visit.words().t("notice"), body))
    };
    let result = result.await;
    visit.answer(result)
}

/// The test file.
pub(super) async fn file(State(app): State<App>, visit: Visit, Path(name): Path<String>) -> Response {
    let result = managed(&app, &visit, &name).await.map(|test| {
        let disposition = format!("attachment; filename=\"{}.json\"", test.definition.test);
        let kind = "application/json; charset=utf-8".to_owned();
        ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], view::definition_text(&test))
            .into_response()
    });
    visit.answer(result)
}
