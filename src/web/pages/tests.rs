//! Tests: the announcement for members; making, changing, closing for organizers.

use crate::app::App;
use crate::http::{Access, Route};
use crate::i18n::{Described, describe};
use crate::rules::question::Kind;
use crate::rules::roster::Role;
use crate::rules::text::Language;
use crate::service::tests::{self, PersonalWindowChange};
use crate::service::{Error, Result, banks, home, people, proofs};
use crate::web::input::{Fields, Upload};
use crate::web::views::files::is_in_the_file;
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
        Route::get("/tests/new", Access::ORGANIZER, new),
        Route::post("/tests", Access::ORGANIZER, create),
        Route::get("/tests/{test}", Access::SignedIn, announce),
        Route::get("/tests/{test}/manage", Access::ORGANIZER, manage),
        Route::get("/tests/{test}/edit", Access::ORGANIZER, edit),
        Route::post("/tests/{test}/replace", Access::ORGANIZER, replace),
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

async fn announce(State(app): State<App>, visit: Visit, Path(name): Path<String>) -> Response {
    let result = async {
        let (test, standing) = tests::show(&app, &visit.caller, &name).await?;
        if standing.manages && !standing.sits {
            return render_managed(&app, &visit, &name, None, None).await;
        }
        let mine = home::my_test(&app, &visit.caller, visit.now_ms, test.clone(), standing.sits).await?;
        let title = visit.words().of(&test.definition.title).to_owned();
        let shown = Announcement { test, standing, mine };
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
    let papers_are_out = tests::papers_are_out(app, &test).await?;
    let title = visit.words().of(&test.definition.title).to_owned();
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shown = Managed { test, standing, pinned, members, papers_are_out, done, error };
    Ok(visit.page_with(status, &title, view::manage(visit.words(), visit.now_ms, &shown)))
}

async fn new(State(app): State<App>, visit: Visit) -> Response {
    let result = example(&app, &visit).await.map(|text| {
        let body = view::new_test(visit.words(), &text, None);
        visit.page(&visit.words().t("test-new"), body)
    });
    visit.answer(result)
}

/// A test file to start from: the largest bank at hand, a few questions of each kind it has, the caller's own branch.
async fn example(app: &App, visit: &Visit) -> Result<String> {
    let banks = banks::list(app, &visit.caller).await?;
    let tree = people::current_tree(app).await?;
    let place = visit.caller.places(Role::Organizer).next().flatten();
    let branch = place.and_then(|id| tree.get(id)).or_else(|| tree.children(None).into_iter().next());
    let branch = branch.map_or_else(|| "HQ".to_owned(), |node| node.code.clone());
    let mut sections = Vec::new();
    if let Some(bank) = banks.iter().max_by_key(|bank| bank.row.question_count) {
        let (bank, counts) = banks::show(app, &visit.caller, &bank.row.name).await?;
        for (kind, there) in &counts.kinds {
            sections.push(section(&bank.row.name, *kind, (*there).min(if *kind == Kind::Single { 10 } else { 5 })));
        }
    } else {
        sections.push(section("BANK", Kind::Single, 10));
    }
    let day_ms = 24 * 3_600_000;
    let definition = serde_json::json!({
        "test": format!("test-{}", local(visit.now_ms).get(..10).unwrap_or_default()),
        "occasion": "monthly",
        "title": { "zh": "党建知识测试", "en": "Party knowledge test" },
        "audience": { "branches": [branch], "except": [] },
        "opens": local(visit.now_ms - visit.now_ms.rem_euclid(3_600_000) + 3_600_000),
        "closes": local(visit.now_ms - visit.now_ms.rem_euclid(3_600_000) + day_ms),
        "minutes": 60, "attempts": 1, "keep": "best", "pass": 60, "excellent": 90, "review": "after_close",
        "sections": sections,
    });
    Ok(serde_json::to_string_pretty(&definition).unwrap_or_default())
}

fn section(bank: &str, kind: Kind, count: usize) -> serde_json::Value {
    let message = format!("kind-{}", kind.name());
    let title = |language| crate::i18n::text(language, &message);
    serde_json::json!({ "title": { "zh": title(Language::Zh), "en": title(Language::En) }, "kind": kind.name(), "points": 2,
        "draw": [{ "bank": bank, "count": count }] })
}

/// A moment as test files write it, in the server's zone: `2026-11-20T09:00:00+08:00`.
fn local(at_ms: i64) -> String {
    let zone = jiff::tz::TimeZone::system();
    jiff::Timestamp::from_millisecond(at_ms)
        .map(|at| at.to_zoned_datetime(zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
        .unwrap_or_default()
}

async fn create(State(app): State<App>, visit: Visit, upload: Upload) -> Response {
    let typed = upload.fields.get("definition").to_owned();
    let file = if upload.file.is_empty() { typed.clone().into_bytes() } else { upload.file };
    match tests::create(&app, &visit.caller, visit.now_ms, &file).await {
        Ok(test) => go(&format!("/tests/{}/manage?done=made", segment(&test.definition.test))),
        Err(error) if is_in_the_file(&error) => {
            let text = String::from_utf8_lossy(&file);
            let body = view::new_test(visit.words(), &text, Some(&error));
            visit.page_with(crate::api::problem::status(&error), &visit.words().t("test-new"), body)
        }
        Err(error) => visit.error(&error),
    }
}

async fn edit(State(app): State<App>, visit: Visit, Path(name): Path<String>) -> Response {
    let result = render_edit(&app, &visit, &name, None).await;
    visit.answer(result)
}

/// The form for changing a test: as it stands, or as it was typed with what is wrong.
async fn render_edit(app: &App, visit: &Visit, name: &str, wrong: Option<(&str, &Error)>) -> Result<Response> {
    let (test, standing) = tests::show(app, &visit.caller, name).await?;
    if !standing.manages {
        return Err(Error::Forbidden(Some(Role::Organizer)));
    }
    let out = tests::papers_are_out(app, &test).await?;
    let stands = view::definition_text(&test);
    let (shown, error) = wrong.map_or((stands.as_str(), None), |(typed, error)| (typed, Some(error)));
    let title = visit.words().of(&test.definition.title);
    let body = view::replace_test(visit.words(), name, title, shown, out, error);
    let status = error.map_or(StatusCode::OK, crate::api::problem::status);
    Ok(visit.page_with(status, &visit.words().t("test-edit"), body))
}

async fn replace(State(app): State<App>, visit: Visit, Path(name): Path<String>, fields: Fields) -> Response {
    let text = fields.get("definition");
    match tests::replace(&app, &visit.caller, visit.now_ms, &name, text.as_bytes()).await {
        Ok(_) => go(&format!("/tests/{}/manage?done=changed", segment(&name))),
        Err(error) if is_in_the_file(&error) => {
            let result = render_edit(&app, &visit, &name, Some((text, &error))).await;
            visit.answer(result)
        }
        Err(error) => visit.error(&error),
    }
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

/// Reads a moment typed into a form, `2026-11-20T09:00`, in the server's zone.
fn typed_moment(text: &str, field: &'static str) -> Result<Option<i64>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let invalid = || Error::Invalid { field, expected: "moment" };
    let at: jiff::civil::DateTime = text.trim().replace(' ', "T").parse().map_err(|_| invalid())?;
    let zoned = at.to_zoned_datetime(jiff::tz::TimeZone::system()).map_err(|_| invalid())?;
    Ok(Some(zoned.timestamp().as_millisecond()))
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

#[cfg(test)]
mod typed {
    use super::typed_moment;

    #[test]
    fn moments_are_read_as_browsers_send_them() {
        assert!(matches!(typed_moment(" ", "opens"), Ok(None)));
        assert!(matches!(typed_moment("2026-11-20T09:00", "opens"), Ok(Some(_))));
        assert!(typed_moment("tomorrow", "opens").is_err());
    }
}
