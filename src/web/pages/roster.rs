//! Loading branches and members: checked first, then applied as a whole.

use crate::app::App;
use crate::http::{Access, Route};
use crate::limits;
use crate::service::{Error, Result, people, roster};
use crate::web::input::Upload;
use crate::web::views::files::is_in_the_file;
use crate::web::views::roster::{self as view, Outcome};
use crate::web::visit::{Visit, to_its_end};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use std::collections::HashMap;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/roster", Access::ADMINISTRATOR, show),
        Route::post("/roster/branches", Access::ADMINISTRATOR, load_branches).with_body(limits::ROSTER_BYTES),
        Route::post("/roster/members", Access::ADMINISTRATOR, load_members).with_body(limits::ROSTER_BYTES),
    ]
}

async fn show(State(app): State<App>, visit: Visit) -> Response {
    let result = render(&app, &visit, Outcome::None).await;
    visit.answer(result)
}

async fn render(app: &App, visit: &Visit, outcome: Outcome<'_>) -> Result<Response> {
    let has_branches = !people::current_tree(app).await?.nodes().is_empty();
    let status = match &outcome {
        Outcome::Refused { error, .. } => crate::api::problem::status(error),
        _ => StatusCode::OK,
    };
    let words = visit.words();
    Ok(visit.page_with(status, &words.t("roster-title"), view::roster(words, has_branches, &outcome)))
}

/// The form again with what is wrong with the file, or the page of the error.
async fn refused(app: &App, visit: &Visit, error: Error, file: &str) -> Response {
    if !is_in_the_file(&error) {
        return visit.error(&error);
    }
    let result = render(app, visit, Outcome::Refused { error: &error, file }).await;
    visit.answer(result)
}

async fn load_branches(State(app): State<App>, visit: Visit, upload: Upload) -> Response {
    let dry_run = upload.fields.get("action") == "check";
    match roster::load_branches(&app, &visit.caller, visit.now_ms, upload.file, dry_run).await {
        Ok(loaded) => {
            let named = async {
                let tree = people::current_tree(&app).await?;
                let names = tree.nodes().iter().map(|node| (node.code.clone(), node.name.clone())).collect();
                render(&app, &visit, Outcome::Branches { loaded: &loaded, names: &names, dry_run }).await
            };
            let result = named.await;
            visit.answer(result)
        }
        Err(error) => refused(&app, &visit, error, &upload.file_name).await,
    }
}

async fn load_members(State(app): State<App>, visit: Visit, upload: Upload) -> Response {
    let dry_run = upload.fields.get("action") == "check";
    let (to_end, caller, now_ms) = (app.clone(), visit.caller.clone(), visit.now_ms);
    let file = upload.file;
    let loaded = to_its_end(async move { roster::load_members(&to_end, &caller, now_ms, file, dry_run).await }).await;
    match loaded {
        Ok(loaded) => {
            let named = async {
                let known = people::list(&app, &visit.caller, None, "").await?;
                let names: HashMap<String, String> =
                    known.into_iter().map(|one| (one.person.login, one.person.name)).collect();
                render(&app, &visit, Outcome::Members { loaded: &loaded, names: &names, dry_run }).await
            };
            let result = named.await;
            visit.answer(result)
        }
        Err(error) => refused(&app, &visit, error, &upload.file_name).await,
    }
}
