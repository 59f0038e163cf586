//! Sitting a test: starting, the paper, saving by form, the check before submitting, the result.

use crate::app::App;
use crate::http::{Access, CameFrom, ClientAddress, Route, ServerAddress};
use crate::limits;
use crate::rules::integrity::BrowserProof;
use crate::rules::paper::Item;
use crate::rules::question::{Kind, paper_label};
use crate::service::sitting::standing::{self, is_elsewhere};
use crate::service::sitting::{self, Asking, Incoming, Sitting, hints};
use crate::service::{Error, Result, corrections, home, late, objections, review, tests};
use crate::web::input::Fields;
use crate::web::views::exam::{self as view, Shown, part_name};
use crate::web::views::question::canonical;
use crate::web::views::result;
use crate::web::views::tests::refusal;
use crate::web::visit::{TextSize, Visit, go, segment, text_size_cookie, to_its_end, with_cookie};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum_extra::extract::Query;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::net::IpAddr;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::post("/tests/{test}/start", Access::SignedIn, start),
        Route::get("/attempts/{attempt}", Access::SignedIn, show),
        Route::post("/attempts/{attempt}", Access::SignedIn, save).with_body(4 * limits::BODY_BYTES),
        Route::get("/attempts/{attempt}/check", Access::SignedIn, check),
        Route::post("/attempts/{attempt}/submit", Access::SignedIn, submit),
    ]
}

async fn start(
    State(app): State<App>,
    visit: Visit,
    (CameFrom(mut came), server): (CameFrom, ServerAddress),
    Path(name): Path<String>,
    fields: Fields,
) -> Response {
    let back = format!("/tests/{}", segment(&name));
    let (caller, now_ms, take_over) = (visit.caller.clone(), visit.now_ms, fields.has("take_over"));
    came.browser.extend(told_by_page(&fields, &server, &back));
    let password = fields.has("password").then(|| fields.get("password").to_owned());
    let asking = Asking { came, password, take_over };
    // Who was asked about another device takes over what is open there, and begins nothing new.
    if take_over && !has_open(&app, &visit, &name).await {
        return go(&back);
    }
    let started = to_its_end(async move { sitting::start(&app, &caller, now_ms, &name, &asking).await }).await;
    match started {
        Ok(sitting) => go(&format!("/attempts/{}", sitting.attempt.id)),
        // The page of the test says calmly how things stand.
        Err(Error::NotOpen { .. } | Error::TooLate | Error::NoAttemptLeft | Error::Cancelled { .. }) => go(&back),
        Err(error) if refusal(error.code(), String::new()).is_some() => go(&format!("{back}?refused={}", error.code())),
        Err(error) => visit.error(&error),
    }
}

/// What Safe Exam Browser told the script of the page of the test, where it can't add headers.
fn told_by_page(fields: &Fields, ServerAddress(server): &ServerAddress, page: &str) -> Option<BrowserProof> {
    let (url, digest) = (fields.get("browser_url"), fields.get("browser_digest"));
    let is_page = url.split('?').next() == Some(&*format!("{server}{page}"));
    (is_page && !digest.is_empty()).then(|| BrowserProof { url: url.to_owned(), digest: digest.to_owned() })
}

async fn has_open(app: &App, visit: &Visit, name: &str) -> bool {
    let mine = async {
        let (test, standing) = tests::show(app, &visit.caller, name).await?;
        home::my_test(app, &visit.caller, visit.now_ms, test, standing.sits).await
    };
    mine.await.is_ok_and(|mine| mine.is_some_and(|mine| mine.open().is_some()))
}

#[derive(Deserialize)]
struct ShowQuery {
    saved: Option<String>,
}

async fn show(
    State(app): State<App>,
    visit: Visit,
    CameFrom(came): CameFrom,
    Path(attempt): Path<String>,
    Query(query): Query<ShowQuery>,
) -> Response {
    let result = async {
        let sitting = sitting::resume(&app, &visit.caller, visit.now_ms, &attempt, &came).await?;
        if is_elsewhere(&visit.caller, &sitting.attempt) {
            let body = view::elsewhere(visit.words(), &sitting, visit.now_ms);
            return Ok(visit.page(&visit.words().t("exam-elsewhere"), body));
        }
        let shown = Shown { saved: query.saved.is_some(), ..Shown::default() };
        render(&app, &visit, &sitting, shown).await
    };
    let result = result.await;
    visit.answer(result)
}

/// The paper while the attempt is open, afterwards the result.
async fn render(app: &App, visit: &Visit, sitting: &Sitting, mut shown: Shown) -> Result<Response> {
    let noted = if sitting.test.definition.integrity.hints {
        hints::of_attempt(&mut app.db.read().await?, &sitting.attempt.id).await?
    } else {
        Vec::new()
    };
    if sitting.attempt.finished_at_ms.is_none() {
        let standing = standing::now(app, &visit.caller, app.clock.now_ms(), &sitting.attempt.id).await?;
        shown.taken_over = shown.taken_over || standing.is_elsewhere;
        shown.messages = standing.messages;
        shown.noted = noted;
        shown.objections = objections::of_attempt(app, &sitting.attempt.id).await?;
        let status = if shown.is_all_stored() { StatusCode::OK } else { StatusCode::CONFLICT };
        let page = view::exam(visit, sitting, app.clock.now_ms(), &shown).into_string();
        return Ok((status, Html(page)).into_response());
    }
    let score = review::score(&sitting.test, &sitting.attempt);
    let marks = if review::is_open(app, visit.now_ms, sitting).await? {
        Some(review::given(app, sitting).await?)
    } else {
        None
    };
    let late = late::told(app, &sitting.attempt).await?;
    let amended = corrections::amended(app, &sitting.attempt.id).await?;
    let written = objections::of_attempt(app, &sitting.attempt.id).await?;
    let objections =
        result::Objections { written: &written, takes: objections::takes_objections(&sitting.test, visit.now_ms) };
    let told = result::Told { late: late.as_ref(), amended: &amended, noted: &noted, objections, now_ms: visit.now_ms };
    let body = result::result(visit.words(), sitting, &told, (score.as_ref(), marks.as_ref()));
    Ok(visit.page(&visit.words().t("result-title"), body))
}

/// A text, or null where there is none.
fn filled(text: &str) -> Value {
    if text.trim().is_empty() { Value::Null } else { Value::from(text) }
}

/// What a form says about one question; `None` where it says nothing, because the question wasn't in it.
pub(super) fn response_of(fields: &Fields, position: i64, item: &Item) -> Option<Value> {
    if !fields.has(&format!("was{position}")) {
        return None;
    }
    Some(given(fields, &format!("r{position}"), item))
}

/// What the fields of one name say; null where nothing was chosen or filled in.
fn given(fields: &Fields, name: &str, item: &Item) -> Value {
    match item.question.kind() {
        Kind::Case => {
            let parts = item.parts();
            let given: Vec<Value> =
                parts.iter().enumerate().map(|(index, part)| given(fields, &part_name(name, index), part)).collect();
            if given.iter().all(Value::is_null) { Value::Null } else { Value::from(given) }
        }
        Kind::Single => fields.all(name).next().map_or(Value::Null, Value::from),
        Kind::TrueFalse => match fields.get(name) {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => Value::Null,
        },
        Kind::Multiple => {
            let labels: Vec<&str> = fields.all(name).collect();
            if labels.is_empty() { Value::Null } else { Value::from(labels) }
        }
        Kind::Order => ordered(fields, name, item.options.len()),
        Kind::Match => {
            let target = |index: usize| Some(fields.get(&format!("{name}_{}", index + 1))).filter(|to| !to.is_empty());
            let pairs = (0..item.options.len()).filter_map(|index| Some((paper_label(index), target(index)?.into())));
            let pairs: Map<String, Value> = pairs.collect();
            if pairs.is_empty() { Value::Null } else { Value::Object(pairs) }
        }
        // A form ends its lines as no database should keep them.
        Kind::Short | Kind::Essay => filled(&fields.get(name).replace("\r\n", "\n")),
        Kind::Numeric => filled(fields.get(name)),
        Kind::Blank => {
            let filled = |gap: usize| Some(fields.get(&format!("{name}_{gap}"))).filter(|text| !text.trim().is_empty());
            let gaps: Vec<Option<&str>> = (1..=item.question.gap_count()).map(filled).collect();
            if gaps.iter().all(Option::is_none) {
                Value::Null
            } else {
                Value::from(gaps.into_iter().map(Value::from).collect::<Vec<_>>())
            }
        }
    }
}

/// The order that a form's ranks give. Where they give none they come back as they are, option → rank: that fits no
/// question, and the page shows them again.
fn ordered(fields: &Fields, name: &str, options: usize) -> Value {
    let rank = |index: usize| Some(fields.get(&format!("{name}_{}", index + 1))).filter(|rank| !rank.is_empty());
    let ranks: Map<String, Value> =
        (0..options).filter_map(|index| Some((paper_label(index), rank(index)?.into()))).collect();
    if ranks.is_empty() {
        return Value::Null;
    }
    let at = |place: usize| ranks.iter().find(|(_, rank)| rank.as_str() == Some(place.to_string().as_str()));
    let labels: Vec<&String> = (1..=options).filter_map(|place| at(place).map(|(label, _)| label)).collect();
    if labels.len() == options {
        Value::from(labels.into_iter().map(String::as_str).collect::<Vec<_>>())
    } else {
        Value::Object(ranks)
    }
}

/// A change that a form asks for.
struct Change {
    position: i64,
    response: Value,
    /// Whether something else was stored since the form was shown.
    is_stale: bool,
    save: i64,
}

/// Only what was changed in the form is written; what was changed elsewhere meanwhile is never overwritten.
fn changes(sitting: &Sitting, fields: &Fields) -> Vec<Change> {
    let mut changes = Vec::new();
    for (position, item) in (1_i64..).zip(&sitting.sheet.items) {
        let Some(response) = response_of(fields, position, item) else { continue };
        let was: Value = serde_json::from_str(fields.get(&format!("was{position}"))).unwrap_or_default();
        if response == was {
            continue;
        }
        let stored = sitting.responses.get(&position);
        let number = stored.map_or(0, |row| row.save);
        if canonical(item, stored.and_then(|row| row.response.as_deref())) == response {
            continue;
        }
        let is_stale = fields.get(&format!("save{position}")).parse() != Ok(number);
        changes.push(Change { position, response, is_stale, save: number.max(sitting.attempt.save_base) + 1 });
    }
    changes
}

async fn save(
    State(app): State<App>,
    visit: Visit,
    ClientAddress(address): ClientAddress,
    Path(attempt): Path<String>,
    fields: Fields,
) -> Response {
    let result = save_form(&app, &visit, address, &attempt, &fields).await;
    let response = visit.answer(result);
    if !fields.has("size") {
        return response;
    }
    with_cookie(response, &text_size_cookie(TextSize::from_percent(fields.get("size"))))
}

async fn save_form(
    app: &App,
    visit: &Visit,
    address: Option<IpAddr>,
    attempt: &str,
    fields: &Fields,
) -> Result<Response> {
    let sitting = sitting::show(app, &visit.caller, attempt).await?;
    let path = format!("/attempts/{}", sitting.attempt.id);
    let mut shown = Shown::default();
    for change in changes(&sitting, fields) {
        if change.is_stale {
            shown.conflicts.insert(change.position, change.response);
            continue;
        }
        let (position, save, response) = (change.position, change.save, change.response.clone());
        let incoming = Incoming { position, save, response, address };
        match sitting::save(app, &visit.caller, visit.now_ms, attempt, incoming).await {
            Ok(_) => {}
            Err(Error::StaleSave(_)) => {
                shown.conflicts.insert(change.position, change.response);
            }
            Err(Error::TakenOver(_)) => {
                shown.taken_over = true;
                shown.conflicts.insert(change.position, change.response);
            }
            Err(Error::Misfit(_)) => {
                shown.misfits.insert(change.position, change.response);
            }
            // It stays on the page, to be sent again.
            Err(Error::Paused | Error::Busy | Error::AddressNotAdmitted { .. }) => {
                shown.unsaved.insert(change.position, change.response);
            }
            Err(Error::AttemptFinished | Error::DeadlinePassed) => return Ok(go(&path)),
            Err(error) => return Err(error),
        }
    }
    let objects = fields.has("object") || fields.has("withdraw");
    if objects {
        let position = super::objections::write(app, visit, attempt, fields).await?;
        if shown.is_all_stored() {
            return Ok(go(&format!("{path}?saved=1#q{position}")));
        }
    }
    if shown.is_all_stored() {
        let submits = fields.get("action") == "submit";
        return Ok(go(&if submits { format!("{path}/check") } else { format!("{path}?saved=1") }));
    }
    let sitting = sitting::show(app, &visit.caller, attempt).await?;
    render(app, visit, &sitting, shown).await
}

async fn check(State(app): State<App>, visit: Visit, Path(attempt): Path<String>) -> Response {
    let result = async {
        let sitting = sitting::show(&app, &visit.caller, &attempt).await?;
        if sitting.attempt.finished_at_ms.is_some() {
            return Ok(go(&format!("/attempts/{}", sitting.attempt.id)));
        }
        let body = view::check(visit.words(), &sitting, visit.now_ms, None);
        Ok(visit.page(&visit.words().t("check-title"), body))
    };
    let result = result.await;
    visit.answer(result)
}

async fn submit(State(app): State<App>, visit: Visit, Path(attempt): Path<String>) -> Response {
    let (to_end, caller, now_ms, id) = (app.clone(), visit.caller.clone(), visit.now_ms, attempt.clone());
    let submitted = to_its_end(async move { sitting::submit(&to_end, &caller, now_ms, &id).await }).await;
    let result = match submitted {
        Ok(ended) => Ok(go(&format!("/attempts/{}", ended.attempt.id))),
        Err(Error::TooEarly { from_ms }) => sitting::show(&app, &visit.caller, &attempt).await.map(|sitting| {
            let body = view::check(visit.words(), &sitting, visit.now_ms, Some(from_ms));
            visit.page_with(StatusCode::CONFLICT, &visit.words().t("check-title"), body)
        }),
        Err(error) => Err(error),
    };
    visit.answer(result)
}
