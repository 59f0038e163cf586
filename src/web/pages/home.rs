//! The first page after signing in: what needs the reader now.

use crate::app::App;
use crate::http::{Access, Route};
use crate::rules::blueprint::Review;
use crate::rules::roster::Role;
use crate::service::{Result, home, marking, objections, review};
use crate::web::views::home as view;
use crate::web::visit::Visit;
use axum::extract::State;
use axum::response::Response;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/", Access::SignedIn, show)]
}

async fn show(State(app): State<App>, visit: Visit) -> Response {
    let result = render(&app, &visit).await;
    visit.answer(result)
}

async fn render(app: &App, visit: &Visit) -> Result<Response> {
    let caller = &visit.caller;
    let mut mine = Vec::new();
    for test in home::my_tests(app, caller, visit.now_ms).await? {
        let reviewable = !test.attempts.is_empty()
            && test.test.row.cancelled_reason.is_none()
            && match test.test.definition.review {
                Review::Never => false,
                Review::AfterSubmit => true,
                Review::AfterClose => review::opens(app, visit.now_ms, &test.test).await?,
            };
        mine.push(view::Mine { test, reviewable });
    }
    let works_here = caller.has(Role::Organizer) || caller.has(Role::Committee);
    let office = if works_here { home::office(app, caller, visit.now_ms).await? } else { Vec::new() };
    let sets_up = caller.has(Role::Administrator) || caller.has(Role::Organizer);
    let progress = if sets_up { Some(home::progress(app).await?) } else { None };
    let upkeep = if caller.has(Role::Administrator) { Some(home::upkeep(app, caller).await?) } else { None };
    let answered = objections::answered(app, caller, visit.now_ms).await?;
    let queues = marking::queues(app, caller).await?;
    let shown = view::Home { mine, answered, queues, office, progress, upkeep };
    let body = view::home(visit.words(), caller, visit.now_ms, &shown);
    Ok(visit.page(&visit.words().t("home-title"), body))
}
