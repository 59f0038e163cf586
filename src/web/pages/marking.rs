//! Marking what a person has to mark at a test, question by question.

use crate::app::App;
use crate::http::{Access, Route};
use crate::i18n::describe;
use crate::rules::points::Points;
use crate::rules::question::case::MOST_PARTS;
use crate::service::error::Thing;
use crate::service::marking::{self, Awarded, Given};
use crate::service::{Error, Result};
use crate::web::input::Fields;
use crate::web::views::marking::{self as view, Shown};
use crate::web::visit::{Visit, go, segment, to_its_end};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/tests/{test}/marking", Access::SignedIn, show),
        Route::post("/tests/{test}/marking", Access::SignedIn, mark),
        Route::post("/tests/{test}/markers", Access::ORGANIZER, name_marker),
    ]
}

#[derive(Deserialize)]
struct Wanted {
    question: Option<String>,
    response: Option<String>,
}

async fn show(
    State(app): State<App>,
    visit: Visit,
    Path(name): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let result = render(
        &app,
        &visit,
        &name,
        (wanted.question.as_deref(), wanted.response.as_deref().unwrap_or_default(), ""),
        None,
    )
    .await;
    visit.answer(result)
}

async fn render(
    app: &App,
    visit: &Visit,
    name: &str,
    (question, key, points): (Option<&str>, &str, &str),
    error: Option<&Error>,
) -> Result<Response> {
    let listed = marking::list(app, &visit.caller, name).await?;
    let markers = if listed.manages { Some(marking::list_markers(app, &visit.caller, name).await?) } else { None };
    let error = error.map(|error| describe(visit.language, error));
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shown = Shown { listed: &listed, markers: markers.as_deref(), question, key, points, error };
    Ok(visit.page_with(status, &visit.words().t("marking-title"), view::marking(visit.words(), &shown)))
}

async fn mark(State(app): State<App>, visit: Visit, Path(name): Path<String>, fields: Fields) -> Response {
    let (question, key) = (fields.get("question"), fields.get("response").to_owned());
    let (points, typed) = awarded(&fields);
    let (note, again) = (fields.get("note").to_owned(), fields.has("again"));
    let (to_end, caller, now_ms, of, whose) =
        (app.clone(), visit.caller.clone(), visit.now_ms, name.clone(), key.clone());
    let marked = match points {
        Some(points) => {
            let given = Given { key: whose, points, note, again };
            to_its_end(async move { marking::mark(&to_end, &caller, now_ms, &of, given).await }).await
        }
        None => Err(Error::Invalid { field: "points", expected: "half-points" }),
    };
    match marked {
        // What somebody else has marked meanwhile is done: the next one comes.
        Ok(()) | Err(Error::ChangedMeanwhile) => {
            go(&format!("/tests/{}/marking?question={}", segment(&name), segment(question)))
        }
        Err(error @ Error::Invalid { .. }) => {
            let result = render(&app, &visit, &name, (Some(question), &key, &typed), Some(&error)).await;
            visit.answer(result)
        }
        Err(error) => visit.error(&error),
    }
}

/// The points that a form gives, and what was typed; of a case, which says how many parts it has, one after the other.
fn awarded(fields: &Fields) -> (Option<Awarded>, String) {
    let points = |typed: &str| typed.trim().parse::<f64>().ok().and_then(Points::from_number);
    let Ok(count) = fields.get("parts").parse::<usize>() else {
        let typed = fields.get("points");
        return (points(typed).map(Awarded::Whole), typed.to_owned());
    };
    let field = |number: usize| {
        let name = format!("part{number}");
        fields.has(&name).then(|| fields.get(&name).trim())
    };
    let typed: Vec<Option<&str>> = (1..=count.min(MOST_PARTS)).map(field).collect();
    let is_readable = typed.iter().flatten().all(|typed| points(typed).is_some());
    let given = typed.iter().map(|typed| typed.and_then(points)).collect();
    let again = typed.iter().flatten().copied().collect::<Vec<_>>().join(" ");
    (is_readable.then_some(Awarded::Parts(given)), again)
}

async fn name_marker(State(app): State<App>, visit: Visit, Path(name): Path<String>, fields: Fields) -> Response {
    let (to_end, caller, now_ms, of) = (app.clone(), visit.caller.clone(), visit.now_ms, name.clone());
    let (login, ends) = (fields.get("login").trim().to_owned(), fields.has("end"));
    let done = to_its_end(async move {
        if ends {
            marking::end(&to_end, &caller, now_ms, &of, &login).await
        } else {
            marking::name(&to_end, &caller, now_ms, &of, &login).await
        }
    });
    match done.await {
        Ok(()) => go(&format!("/tests/{}/marking#markers", segment(&name))),
        Err(error @ (Error::Invalid { .. } | Error::NotFound(Thing::Person))) => {
            let result = render(&app, &visit, &name, (None, "", ""), Some(&error)).await;
            visit.answer(result)
        }
        Err(error) => visit.error(&error),
    }
}
