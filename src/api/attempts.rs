//! Sitting: start, save, submit, show. Before review opens nothing here holds a key or anything from which it follows.

pub(in crate::api) mod paper;

use self::paper::{paper, reviewed, sections};
use crate::api::{Answer, Body, body, json, time};
use crate::app::App;
use crate::formats::reader::{Fields, Reader};
use crate::http::{Access, Arrived, CameFrom, ClientAddress, Route, SignedIn};
use crate::limits;
use crate::rules::integrity::MOST_PASSWORD_CHARACTERS;
use crate::rules::rights::Caller;
use crate::service::Error;
use crate::service::sitting::standing;
use crate::service::sitting::{self, Asking, Incoming, Sitting, hints};
use crate::service::{corrections, late, objections, review};
use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value, json as value};

/// The server's time in an answer, Unix milliseconds.
const TIME: HeaderName = HeaderName::from_static("kaohe-time");
/// The deadline of the attempt, Unix milliseconds.
const DEADLINE: HeaderName = HeaderName::from_static("kaohe-deadline");

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/tests/{test}/attempts", Access::SignedIn, start),
        Route::get("/api/v1/attempts/{attempt}", Access::SignedIn, show),
        Route::put("/api/v1/attempts/{attempt}/responses/{position}", SAVE_ACCESS, save).with_body(SAVE_BYTES),
        Route::get("/api/v1/attempts/{attempt}/now", Access::SignedIn, now),
        Route::post("/api/v1/attempts/{attempt}/submit", Access::SignedIn, submit),
    ]
}

/// Who may save.
pub const SAVE_ACCESS: Access = Access::SignedIn;
/// Most bytes of a save.
const SAVE_BYTES: usize = 2 * limits::RESPONSE_BYTES;

struct Start {
    take_over: bool,
    password: Option<String>,
}

impl Body for Start {
    const FIELDS: &'static [&'static str] = &["take_over", "password"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let take_over = fields.get("take_over").map_or(Some(false), |value| reader.boolean(value));
        let password = match fields.get("password") {
            Some(value) => Some(reader.text(value, MOST_PASSWORD_CHARACTERS)?.into_owned()),
            None => None,
        };
        Some(Self { take_over: take_over?, password })
    }
}

async fn start(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    (Arrived(now), CameFrom(came)): (Arrived, CameFrom),
    Path(name): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        let Start { take_over, password } = body(&bytes)?;
        let asking = Asking { came, password, take_over };
        let sitting = sitting::start(&app, &caller, now, &name, &asking).await?;
        Ok(timed(&app, &sitting, &paper(&caller, &sitting, app.clock.now_ms())))
    };
    result.await.unwrap_or_else(|error| answer.problem(error).into_response())
}

/// Adds the server's time and the deadline, from which a page tells the time left.
fn timed(app: &App, sitting: &Sitting, body: &impl Serialize) -> Response {
    let now_ms = app.clock.now_ms();
    with_times(now_ms, sitting.runs_until(now_ms), json(body))
}

fn with_times(now_ms: i64, deadline_at_ms: i64, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(TIME, HeaderValue::from(now_ms));
    headers.insert(DEADLINE, HeaderValue::from(deadline_at_ms));
    response
}

/// The paper as a member sees it while sitting; its texts are written from where they are kept.
async fn show(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(attempt): Path<String>,
    answer: Answer,
) -> Response {
    let result = async {
        let sitting = sitting::show(&app, &caller, &attempt).await?;
        let mut body = value!(paper(&caller, &sitting, app.clock.now_ms()));
        if let Some(members) = body.as_object_mut() {
            let finished = sitting.attempt.finished_at_ms;
            members.insert("finished".into(), value!(finished.map(time)));
            let late = late::told(&app, &sitting.attempt).await?;
            members.insert(
                "late".into(),
                value!(late.map(|told| value!({ "positions": told.positions, "codes": told.codes,
                "decision": told.decision.as_ref().map(crate::api::late::decision) }))),
            );
            let amended = corrections::amended(&app, &sitting.attempt.id).await?;
            members.insert("amendments".into(), amended.iter().map(crate::api::corrections::amended).collect());
            if sitting.test.definition.integrity.hints {
                let noted = hints::of_attempt(&mut app.db.read().await?, &sitting.attempt.id).await?;
                members.insert("hints".into(), crate::api::hints::all(&noted));
            }
            let is_open = review::is_open(&app, now, &sitting).await?;
            members.insert("review".into(), value!(is_open));
            let written = objections::of_attempt(&app, &sitting.attempt.id).await?;
            members.insert("objections".into(), written.iter().map(crate::api::objections::mine).collect());
            members.insert("takes_objections".into(), value!(objections::takes_objections(&sitting.test, now)));
            members.insert("provisional_until".into(), value!(objections::provisional_until(&sitting.test).map(time)));
            if let Some(score) = review::score(&sitting.test, &sitting.attempt) {
                members.extend(
                    serde_json::to_value(score).ok().and_then(|score| score.as_object().cloned()).unwrap_or_default(),
                );
            }
            if is_open {
                let given = review::given(&app, &sitting).await?;
                members.insert(
                    "sections".into(),
                    value!(sections(&sitting, |position, item| reviewed(&sitting, position, item, &given))),
                );
            }
        }
        Ok(timed(&app, &sitting, &body))
    };
    result.await.unwrap_or_else(|error| answer.problem(error).into_response())
}

/// How an open attempt stands; what its page asks again and again.
async fn now(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(attempt): Path<String>,
    answer: Answer,
) -> Response {
    let standing = match standing::now(&app, &caller, now, &attempt).await {
        Ok(standing) => standing,
        Err(error) => return answer.problem(error).into_response(),
    };
    let messages: Vec<Value> = standing
        .messages
        .iter()
        .map(|message| value!({ "id": message.id, "at": time(message.sent_at_ms), "text": message.text }))
        .collect();
    let body = json(&value!({
        "deadline": time(standing.deadline_at_ms),
        "server_time": time(now),
        "paused": standing.is_paused,
        "finished": standing.is_finished,
        "held_elsewhere": standing.is_elsewhere,
        "messages": messages,
        // A page compares these with what it was told: a spare that took over may lie behind.
        "saves": standing.saves.iter().map(|(position, save)| (position.to_string(), value!(save))).collect::<Map<_, _>>(),
    }));
    with_times(now, standing.deadline_at_ms, body)
}

/// Only an explicit `null` takes a response back: a field that was forgotten must not.
struct SaveBody {
    response: Value,
    save: i64,
}

impl Body for SaveBody {
    const FIELDS: &'static [&'static str] = &["response", "save"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let response = reader.required(fields, "response").map(|value| reader.document().plain(value));
        let save = reader.required(fields, "save").and_then(|value| reader.whole(value));
        Some(Self { response: response?, save: save? })
    }
}

async fn save(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    (Arrived(now), address): (Arrived, ClientAddress),
    Path((attempt, position)): Path<(String, String)>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    store(&app, &caller, (now, address), (&attempt, &position), &answer, &bytes).await
}

async fn store(
    app: &App,
    caller: &Caller,
    (now, ClientAddress(address)): (i64, ClientAddress),
    (attempt, position): (&str, &str),
    answer: &Answer,
    bytes: &Bytes,
) -> Response {
    let result = async {
        let SaveBody { response, save } = body(bytes)?;
        let position = position.parse().map_err(|_| Error::NotFound(crate::service::error::Thing::Question))?;
        sitting::save(app, caller, now, attempt, Incoming { position, save, response, address }).await
    };
    match result.await {
        Ok(deadline_at_ms) => with_times(app.clock.now_ms(), deadline_at_ms, StatusCode::NO_CONTENT.into_response()),
        Err(error) => answer.problem(error).into_response(),
    }
}

/// A save told by its address alone, so that it needs no router. It does what the route of the same address does.
#[derive(Debug)]
pub struct SaveCall {
    attempt: String,
    position: String,
}

impl SaveCall {
    /// The save that a request makes; `None` where it is something else, or its names are written with escapes.
    pub fn of(request: &Request) -> Option<Self> {
        let path = request.uri().path();
        if request.method() != Method::PUT || path.contains('%') {
            return None;
        }
        let (attempt, rest) = path.strip_prefix("/api/v1/attempts/")?.split_once('/')?;
        let position = rest.strip_prefix("responses/").filter(|position| !position.contains('/'))?;
        let is_told = !attempt.is_empty() && !position.is_empty();
        is_told.then(|| Self { attempt: attempt.to_owned(), position: position.to_owned() })
    }

    /// Makes the save. Once it is with the writer it is done, also where the caller goes away.
    pub async fn run(self, app: &App, request: Request) -> Response {
        let (mut parts, body) = request.into_parts();
        let Ok(SignedIn(caller)) = SignedIn::from_request_parts(&mut parts, app).await else {
            return StatusCode::UNAUTHORIZED.into_response();
        };
        let Ok(Arrived(now)) = Arrived::from_request_parts(&mut parts, app).await;
        let Ok(address) = ClientAddress::from_request_parts(&mut parts, app).await;
        let Ok(answer) = Answer::from_request_parts(&mut parts, app).await;
        match axum::body::to_bytes(body, SAVE_BYTES).await {
            Ok(bytes) => store(app, &caller, (now, address), (&self.attempt, &self.position), &answer, &bytes).await,
            Err(error) if is_too_large(&error) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
            // It broke off, or came too slowly.
            Err(_) => StatusCode::BAD_REQUEST.into_response(),
        }
    }
}

fn is_too_large(error: &axum::Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>)
}

/// Adds to any answer about an attempt, refusals included, the server's time, and the deadline where there is an
/// attempt of the caller's to speak of.
pub async fn stamp(app: &App, caller: Option<&Caller>, path: &str, mut response: Response) -> Response {
    let Some(place) = place(path) else { return response };
    let now_ms = app.clock.now_ms();
    let headers = response.headers_mut();
    headers.entry(TIME).or_insert_with(|| HeaderValue::from(now_ms));
    let (Some(caller), false) = (caller, headers.contains_key(DEADLINE)) else { return response };
    let deadline = match &place {
        Place::Attempt(id) => standing::deadline(app, caller, now_ms, id).await,
        Place::Test(name) => sitting::last_deadline_of(app, caller, now_ms, name).await,
    };
    if let Ok(deadline_at_ms) = deadline {
        response.headers_mut().insert(DEADLINE, HeaderValue::from(deadline_at_ms));
    }
    response
}

/// What a call of this subject is about.
enum Place {
    Attempt(String),
    Test(String),
}

fn place(path: &str) -> Option<Place> {
    let decoded =
        |part: &str| percent_encoding::percent_decode_str(part).decode_utf8().ok().map(std::borrow::Cow::into_owned);
    let tells = |text: &String| !text.contains('\0');
    if let Some(rest) = path.strip_prefix("/api/v1/attempts/") {
        return decoded(rest.split('/').next()?).filter(tells).map(Place::Attempt);
    }
    let name = path.strip_prefix("/api/v1/tests/")?.strip_suffix("/attempts")?;
    decoded(name).filter(tells).map(Place::Test)
}

async fn submit(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(attempt): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        let Nothing {} = body(&bytes)?;
        let sitting::Ended { test, attempt } = sitting::submit(&app, &caller, now, &attempt).await?;
        let score = review::score(&test, &attempt).ok_or(Error::Busy)?;
        let body = json(&serde_json::to_value(score).unwrap_or_default());
        Ok(with_times(app.clock.now_ms(), attempt.deadline_at_ms, body))
    };
    result.await.unwrap_or_else(|error| answer.problem(error).into_response())
}

struct Nothing {}

impl Body for Nothing {
    const FIELDS: &'static [&'static str] = &[];

    fn read<'d>(_: &mut Reader<'d>, _: &Fields<'d>) -> Option<Self> {
        Some(Self {})
    }
}
