//! Tests: the announcement for members; making, changing, closing for organizers.

mod form;
mod papers;

use crate::app::App;
use crate::http::{Access, ClientAddress, Route};
use crate::i18n::{Described, describe};
use crate::rules::roster::Role;
use crate::service::tests::{self, PersonalWindowChange};
use crate::service::{Error, Result, home, late, marking, objections, proofs};
use crate::web::draft::typed;
use crate::web::input::Fields;
use crate::web::views::tests::{self as view, Announcement, Managed};
use crate::web::visit::{Visit, go, segment, to_its_end};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/tests", Access::REPORTS, list),
        Route::get("/tests/new", Access::ORGANIZER, form::new),
        Route::post("/tests", Access::ORGANIZER, form::create),
        Route::get("/tests/{test}", Access::SignedIn, announce),
        Route::get("/tests/{test}/manage", Access::ORGANIZER, manage),
        Route::get("/tests/{test}/edit", Access::ORGANIZER, form::edit),
        Route::post("/tests/{test}/replace", Access::ORGANIZER, form::replace),
        Route::get("/tests/{test}/copy", Access::ORGANIZER, form::copy),
        Route::get("/tests/{test}/trial", Access::ORGANIZER, papers::trial),
        Route::get("/tests/{test}/notice", Access::ORGANIZER, papers::notice),
        Route::get("/tests/{test}/file", Access::ORGANIZER, papers::file),
        Route::get("/tests/{test}/close", Access::ORGANIZER, ask_to_close),
        Route::post("/tests/{test}/close", Access::ORGANIZER, close),
        Route::post("/tests/{test}/cancel", Access::ORGANIZER, cancel),
        Route::post("/tests/{test}/window", Access::ORGANIZER, set_window),
        Route::get("/tests/{test}/draw", Access::ORGANIZER, draw),
    ]
}

async fn list(State(app): State<App>, visit: Visit) -> Response {
    let listed = tests::list(&app, &visit.caller).await;
    visit.answer(listed.map(|mut listed| {
        listed.retain(|(_, standing)| standing.manages || standing.reads_report);
        let body = view::tests(visit.words(), &visit.caller, visit.now_ms, &listed);
        visit.page(&visit.words().t("nav-tests"), body)
    }))
}

#[derive(Deserialize)]
struct Refused {
    #[serde(default)]
    refused: String,
}

async fn announce(
    State(app): State<App>,
    visit: Visit,
    ClientAddress(address): ClientAddress,
    Path(name): Path<String>,
    Query(Refused { refused }): Query<Refused>,
) -> Response {
    let result = async {
        let (test, standing) = tests::show(&app, &visit.caller, &name).await?;
        if standing.manages && !standing.sits {
            return render_managed(&app, &visit, &name, None, None).await;
        }
        let mine = home::my_test(&app, &visit.caller, visit.now_ms, test.clone(), standing.sits).await?;
        let title = visit.words().of(&test.definition.title).to_owned();
        let address = address.map(|address| address.to_string()).unwrap_or_default();
        let refused = view::refusal(&refused, address).map(|error| describe(visit.language, &error));
        let shown = Announcement { test, standing, mine, refused };
        Ok(visit.page(&title, view::announcement(visit.words(), visit.now_ms, &shown)))
    };
    let result = result.await;
    visit.answer(result)
}

#[derive(Deserialize)]
struct Done {
    #[serde(default)]
    done: String,
}

impl Done {
    fn message(&self) -> Option<&'static str> {
        match self.done.as_str() {
            "made" => Some("done-made"),
            "changed" => Some("done-changed"),
            "window" => Some("done-window"),
            "closed" => Some("done-closed"),
            _ => None,
        }
    }
}

async fn manage(State(app): State<App>, visit: Visit, Path(name): Path<String>, Query(done): Query<Done>) -> Response {
    let result = render_managed(&app, &visit, &name, done.message(), None).await;
    visit.answer(result)
}

async fn render_managed(
    app: &App,
    visit: &Visit,
    name: &str,
    done: Option<&'static str>,
    error: Option<Described>,
) -> Result<Response> {
    let (test, standing) = tests::show(app, &visit.caller, name).await?;
    if !standing.manages {
        return Err(Error::Forbidden(Some(Role::Organizer)));
    }
    let pinned = tests::pinned(app, &test).await?;
    let members = tests::list_presence(app, &visit.caller, name).await?;
    let late = late::waiting(app, &visit.caller, name).await?;
    let unmarked = marking::waiting(app, &visit.caller, name).await?;
    let objections = objections::waiting(app, &visit.caller, name).await?;
    let papers_are_out = tests::papers_are_out(app, &test).await?;
    let newer = tests::newer_editions(app, &test).await?;
    let may_make_up = tests::may_be_made_up(app, &visit.caller, &test).await?;
    let repeats = tests::repeats(app, &test).await?;
    let title = visit.words().of(&test.definition.title).to_owned();
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shown = Managed {
        test,
        standing,
        pinned,
        newer,
        members,
        late,
        unmarked,
        objections,
        papers_are_out,
        may_make_up,
        repeats,
        done,
        error,
    };
    Ok(visit.page_with(status, &title, view::manage(visit.words(), visit.now_ms, &shown)))
}

async fn ask_to_close(State(app): State<App>, visit: Visit, Path(name): Path<String>) -> Response {
    let result = async {
        let (test, standing) = tests::show(&app, &visit.caller, &name).await?;
        if !standing.manages {
            return Err(Error::Forbidden(Some(Role::Organizer)));
        }
        let members = tests::list_presence(&app, &visit.caller, &name).await?;
        let working = members.iter().filter(|member| member.working).count();
        Ok(visit.page(&visit.words().t("close-now"), view::close_check(visit.words(), &test, working)))
    };
    let result = result.await;
    visit.answer(result)
}

async fn close(State(app): State<App>, visit: Visit, Path(name): Path<String>) -> Response {
    let to = format!("/tests/{}/manage?done=closed", segment(&name));
    let (caller, now_ms) = (visit.caller.clone(), visit.now_ms);
    let closed = to_its_end(async move { tests::close(&app, &caller, now_ms, &name).await }).await;
    visit.answer(closed.map(|_| go(&to)))
}

async fn cancel(State(app): State<App>, visit: Visit, Path(name): Path<String>, fields: Fields) -> Response {
    match tests::cancel(&app, &visit.caller, visit.now_ms, &name, fields.get("reason")).await {
        Ok(_) => go(&format!("/tests/{}/manage", segment(&name))),
        Err(error) => managed_again(&app, &visit, &name, error).await,
    }
}

/// The page of the test again with what was wrong with a form on it.
async fn managed_again(app: &App, visit: &Visit, name: &str, error: Error) -> Response {
    if !matches!(error, Error::Invalid { .. } | Error::NotFound(_) | Error::TestIsOver) {
        return visit.error(&error);
    }
    let described = describe(visit.language, &error);
    let result = render_managed(app, visit, name, None, Some(described)).await;
    visit.answer(result)
}

/// A moment typed into a form; nothing where the field is empty.
fn typed_moment(text: &str, field: &'static str) -> Result<Option<i64>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    typed(text).map(Some).ok_or(Error::Invalid { field, expected: "moment" })
}

async fn set_window(State(app): State<App>, visit: Visit, Path(name): Path<String>, fields: Fields) -> Response {
    let result = async {
        let minutes = fields.get("extra_minutes").trim();
        let invalid = |_| Error::Invalid { field: "extra_minutes", expected: "minutes" };
        let extra_minutes = if minutes.is_empty() { None } else { Some(minutes.parse().map_err(invalid)?) };
        let change = PersonalWindowChange {
            extra_minutes,
            opens_at_ms: typed_moment(fields.get("opens"), "opens")?,
            closes_at_ms: typed_moment(fields.get("closes"), "closes")?,
            reason: fields.get("reason").to_owned(),
        };
        tests::set_window(&app, &visit.caller, visit.now_ms, &name, fields.get("login"), change).await
    };
    match result.await {
        Ok(_) => go(&format!("/tests/{}/manage?done=window", segment(&name))),
        Err(error) => managed_again(&app, &visit, &name, error).await,
    }
}

async fn draw(State(app): State<App>, visit: Visit, Path(name): Path<String>) -> Response {
    let result = async {
        let (test, _) = tests::show(&app, &visit.caller, &name).await?;
        let verified = proofs::verify_draw(&app, &visit.caller, &name).await?;
        Ok(visit.page(&visit.words().t("draw-check"), view::draw_check(visit.words(), &test, &verified)))
    };
    let result = result.await;
    visit.answer(result)
}
