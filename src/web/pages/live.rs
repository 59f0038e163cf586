//! The live view of a test: the page, its stream, and what an invigilator does from it.

use crate::app::App;
use crate::http::{Access, Route};
use crate::i18n::describe;
use crate::limits;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::service::tests::invigilate::{self, Scope};
use crate::service::tests::{self, PersonalWindowChange};
use crate::service::watching::{self, State as Standing};
use crate::service::{Error, Result};
use crate::web::input::Fields;
use crate::web::views::live::{self as view, Chosen, Shown};
use crate::web::visit::{Visit, go, segment};
use crate::web::words::Words;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use serde::Deserialize;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/tests/{test}/live", Access::REPORTS, show),
        Route::get("/tests/{test}/live/events", Access::REPORTS, events),
        Route::post("/tests/{test}/live", Access::ORGANIZER, act),
    ]
}

#[derive(Debug, Clone, Default, Deserialize)]
struct LiveQuery {
    #[serde(default)]
    state: String,
    #[serde(default)]
    from: i64,
    #[serde(default)]
    person: String,
    #[serde(default)]
    done: String,
}

impl LiveQuery {
    fn chosen(&self) -> Chosen {
        Chosen { state: Standing::from_name(&self.state), from: self.from.max(0) }
    }
}

async fn show(
    State(app): State<App>,
    visit: Visit,
    Path(name): Path<String>,
    Query(query): Query<LiveQuery>,
) -> Response {
    let result = render(&app, &visit, &name, &query, None).await;
    visit.answer(result)
}

async fn render(app: &App, visit: &Visit, name: &str, query: &LiveQuery, error: Option<&Error>) -> Result<Response> {
    let (test, standing) = tests::show(app, &visit.caller, name).await?;
    let seen = watching::look(app, &visit.caller, app.clock.now_ms(), name).await?;
    let pauses = invigilate::pauses(app, &visit.caller, name).await?;
    let messages = invigilate::messages(app, &visit.caller, name).await?;
    let words = visit.words();
    let shown = Shown {
        may_act: visit.caller.has(Role::Organizer),
        manages: standing.manages,
        person: seen.members.iter().find(|member| member.person_id == query.person),
        chosen: query.chosen(),
        done: view::done(&query.done),
        error: error.map(|error| describe(visit.language, error)),
        test: &test,
        seen: &seen,
        pauses: &pauses,
        messages: &messages,
        now_ms: visit.now_ms,
    };
    let status = error.map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
    Ok(visit.page_with(status, &words.t("live-title"), view::live(words, &visit.caller, &shown)))
}

/// What a stream goes by.
struct Stream {
    app: App,
    caller: Arc<Caller>,
    words: Words,
    name: String,
    chosen: Chosen,
    last: String,
    looks: u64,
}

async fn events(
    State(app): State<App>,
    visit: Visit,
    Path(name): Path<String>,
    Query(query): Query<LiveQuery>,
) -> Response {
    if let Err(error) = watching::look(&app, &visit.caller, visit.now_ms, &name).await {
        return visit.error(&error);
    }
    let (caller, words) = (Arc::clone(&visit.caller), visit.words());
    let stream = Stream { app, caller, words, name, chosen: query.chosen(), last: String::new(), looks: 0 };
    Sse::new(futures_util::stream::unfold(stream, next)).into_response()
}

/// Waits for a change. The stream ends after a while, so that rights are looked at again when the browser comes back.
async fn next(mut stream: Stream) -> Option<(std::result::Result<Event, Infallible>, Stream)> {
    while stream.looks * limits::WATCH_TICK_MS < limits::WATCH_MOST_MS {
        if stream.looks > 0 {
            tokio::time::sleep(Duration::from_millis(limits::WATCH_TICK_MS)).await;
        }
        stream.looks += 1;
        let now_ms = stream.app.clock.now_ms();
        let seen = watching::look(&stream.app, &stream.caller, now_ms, &stream.name).await.ok()?;
        let region = view::region(stream.words, &stream.name, &seen, stream.chosen, now_ms).into_string();
        if region != stream.last {
            let event = Event::default().data(&region);
            stream.last = region;
            return Some((Ok(event), stream));
        }
    }
    None
}

async fn act(State(app): State<App>, visit: Visit, Path(name): Path<String>, fields: Fields) -> Response {
    let person = fields.get("person").to_owned();
    match act_on(&app, &visit, &name, &fields).await {
        Ok(done) => go(&format!("/tests/{}/live?done={done}", segment(&name))),
        Err(
            error @ (Error::Invalid { .. }
            | Error::NotFound(_)
            | Error::TestIsOver
            | Error::KeysWereShown
            | Error::AttemptFinished
            | Error::Paused
            | Error::ChangedMeanwhile),
        ) => {
            let query = LiveQuery { person, ..LiveQuery::default() };
            let result = render(&app, &visit, &name, &query, Some(&error)).await;
            visit.answer(result)
        }
        Err(error) => visit.error(&error),
    }
}

/// Does what the form asks for; returns the name of what was done.
async fn act_on(app: &App, visit: &Visit, name: &str, fields: &Fields) -> Result<&'static str> {
    let (caller, now_ms, reason) = (&visit.caller, visit.now_ms, fields.get("reason"));
    let login = fields.get("login");
    let scope = match (login, fields.get("branch")) {
        ("", "") => Scope::Everyone,
        ("", code) => Scope::Branch(code.to_owned()),
        (login, _) => Scope::Person(login.to_owned()),
    };
    match fields.get("act") {
        "pause" => invigilate::pause(app, caller, now_ms, name, &scope, reason).await.map(|_| "paused"),
        "resume" => invigilate::resume(app, caller, now_ms, name, fields.get("pause"), reason).await.map(|_| "resumed"),
        "message" => {
            invigilate::send_message(app, caller, now_ms, name, &scope, fields.get("text")).await.map(|_| "sent")
        }
        "release" => invigilate::release(app, caller, now_ms, fields.get("attempt"), reason).await.map(|()| "released"),
        "reopen" => invigilate::reopen(app, caller, now_ms, fields.get("attempt"), reason).await.map(|_| "reopened"),
        "extra" => {
            let invalid = Error::Invalid { field: "extra_minutes", expected: "minutes" };
            let minutes = fields.get("extra_minutes").trim().parse().map_err(|_| invalid)?;
            let change = PersonalWindowChange {
                extra_minutes: Some(minutes),
                reason: reason.to_owned(),
                ..PersonalWindowChange::default()
            };
            tests::set_window(app, caller, now_ms, name, login, change).await.map(|_| "extra")
        }
        _ => Err(Error::Invalid { field: "act", expected: "act" }),
    }
}
