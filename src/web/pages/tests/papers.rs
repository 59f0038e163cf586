//! What comes out of a test on paper: a trial paper, the announcement to print, the test file.

use super::form::managed;
use crate::app::App;
use crate::http::ServerAddress;
use crate::service::tests;
use crate::web::views::tests::{self as view, Back, Notice};
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
        let test = managed(&app, &visit, &name).await?;
        let plan = tests::measure(&app, &visit.caller, &test.definition, None).await?;
        let units = tests::unit_names(&app, &test.definition).await?;
        let shown = Notice {
            address: format!("{address}/tests/{}", segment(&name)),
            organizer: visit.caller.name.clone(),
            due: plan.due,
            units,
            now_ms: visit.now_ms,
            test,
        };
        Ok(visit.page(&visit.words().t("notice"), view::notice_page(visit.words(), &shown)))
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
