//! Scanned signed pages of a test or a year: looked at, sent, removed.

use crate::app::App;
use crate::http::{Access, Route};
use crate::limits;
use crate::rules::roster::Role;
use crate::service::assessments::year;
use crate::service::signed_pages::{self as service, Sending, Whose};
use crate::service::{Error, Result};
use crate::web::input::{Fields, Upload};
use crate::web::views::files::is_in_the_file;
use crate::web::views::signed_pages::{self as view, Shown};
use crate::web::visit::{Visit, go, to_its_end};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;

/// What a form adds to the file that it brings.
const FORM_BYTES: usize = 64 * 1024;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    const COMMITTEE: Access = Access::Roles(&[Role::Committee]);
    let body = limits::SIGNED_PAGE_BYTES + FORM_BYTES;
    vec![
        Route::get("/tests/{test}/signed-pages", Access::REPORTS, show),
        Route::post("/tests/{test}/signed-pages", Access::ORGANIZER, send).with_body(body),
        Route::post("/tests/{test}/signed-pages/{page}/remove", Access::ORGANIZER, remove),
        Route::get("/assessments/{year}/signed-pages", COMMITTEE, show_of_year),
        Route::post("/assessments/{year}/signed-pages", COMMITTEE, send_of_year).with_body(body),
        Route::post("/assessments/{year}/signed-pages/{page}/remove", COMMITTEE, remove_of_year),
    ]
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Wanted {
    branch: Option<String>,
    done: String,
}

/// Whose pages an address names.
#[derive(Debug, Clone)]
enum Named {
    Test(String),
    Year(u32, Option<String>),
}

impl Named {
    fn of_year(of: &str, wanted: &Wanted) -> Result<Self> {
        Ok(Self::Year(year(of)?, wanted.branch.clone()))
    }

    fn whose(&self) -> Whose<'_> {
        match self {
            Self::Test(name) => Whose::Test(name),
            Self::Year(year, branch) => Whose::Year(*year, branch.as_deref()),
        }
    }
}

async fn page(
    app: &App,
    visit: &Visit,
    named: &Named,
    (done, refused): (&str, Option<(&Error, &str)>),
) -> Result<Response> {
    let pages = service::list(app, &visit.caller, named.whose()).await?;
    let done = match done {
        "sent" => Some("signed-page-sent"),
        "removed" => Some("signed-page-removed"),
        _ => None,
    };
    let branch = match named {
        Named::Year(_, branch) => branch.as_deref(),
        Named::Test(_) => None,
    };
    let status = refused.map_or(StatusCode::OK, |(error, _)| crate::api::problem::status(error));
    let words = visit.words();
    let shown = Shown { pages: &pages, branch, done, refused };
    Ok(visit.page_with(status, &words.t("signed-pages"), view::signed_pages(words, &shown)))
}

/// The page again after something was done, or with what is wrong about it and the title that was typed.
async fn after(app: &App, visit: &Visit, named: &Named, (result, done, title): (Result<()>, &str, &str)) -> Response {
    let answered = match result {
        Ok(()) => return go(&view::done(named.whose(), done)),
        Err(error) if is_in_the_file(&error) || matches!(error, Error::BodyTooLarge) => {
            page(app, visit, named, ("", Some((&error, title)))).await
        }
        Err(error) => Err(error),
    };
    visit.answer(answered)
}

async fn sent(app: &App, visit: &Visit, named: Named, upload: Upload) -> Response {
    let title = upload.fields.get("title").to_owned();
    let sending = Sending { title: title.clone(), file_name: upload.file_name, content: upload.file };
    let (to_end, caller, now_ms, whose) = (app.clone(), visit.caller.clone(), visit.now_ms, named.clone());
    let result =
        to_its_end(async move { service::send(&to_end, &caller, now_ms, whose.whose(), sending).await.map(drop) });
    after(app, visit, &named, (result.await, "sent", &title)).await
}

async fn removed(app: &App, visit: &Visit, named: Named, (id, fields): (&str, Fields)) -> Response {
    let about = (id, fields.get("reason"));
    let result = service::remove(app, &visit.caller, visit.now_ms, named.whose(), about).await;
    after(app, visit, &named, (result, "removed", "")).await
}

async fn show(
    State(app): State<App>,
    visit: Visit,
    Path(test): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let result = page(&app, &visit, &Named::Test(test), (&wanted.done, None)).await;
    visit.answer(result)
}

async fn send(State(app): State<App>, visit: Visit, Path(test): Path<String>, upload: Upload) -> Response {
    sent(&app, &visit, Named::Test(test), upload).await
}

async fn remove(
    State(app): State<App>,
    visit: Visit,
    Path((test, id)): Path<(String, String)>,
    fields: Fields,
) -> Response {
    removed(&app, &visit, Named::Test(test), (&id, fields)).await
}

async fn show_of_year(
    State(app): State<App>,
    visit: Visit,
    Path(of): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let result = async { page(&app, &visit, &Named::of_year(&of, &wanted)?, (&wanted.done, None)).await };
    let result = result.await;
    visit.answer(result)
}

async fn send_of_year(
    State(app): State<App>,
    visit: Visit,
    Path(of): Path<String>,
    Query(wanted): Query<Wanted>,
    upload: Upload,
) -> Response {
    match Named::of_year(&of, &wanted) {
        Ok(named) => sent(&app, &visit, named, upload).await,
        Err(error) => visit.error(&error),
    }
}

async fn remove_of_year(
    State(app): State<App>,
    visit: Visit,
    Path((of, id)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
    fields: Fields,
) -> Response {
    match Named::of_year(&of, &wanted) {
        Ok(named) => removed(&app, &visit, named, (&id, fields)).await,
        Err(error) => visit.error(&error),
    }
}
