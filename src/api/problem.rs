//! Errors as problem documents (RFC 9457). `type` is stable; words are in the caller's language.

use crate::i18n;
use crate::rules::bank::{self, Origin, Place};
use crate::rules::text::Language;
use crate::service::Error;
use crate::service::error::StoredResponse;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// An error on its way to a program.
#[derive(Debug)]
pub struct Problem {
    error: Error,
    language: Language,
    request_id: String,
}

impl Problem {
    /// The problem document of an error.
    pub const fn new(error: Error, language: Language, request_id: String) -> Self {
        Self { error, language, request_id }
    }
}

/// The status of an error; the same for pages.
pub const fn status(error: &Error) -> StatusCode {
    match error {
        Error::SignInNeeded | Error::WrongCredentials | Error::SlipNotValid => StatusCode::UNAUTHORIZED,
        Error::ForeignOrigin
        | Error::PasswordChangeNeeded
        | Error::LinkNotValid
        | Error::Forbidden(_)
        | Error::NotOpen { .. }
        | Error::Cancelled { .. }
        | Error::AddressNotAdmitted { .. }
        | Error::SafeExamBrowserNeeded
        | Error::TestPasswordNeeded
        | Error::WrongTestPassword
        | Error::TooLate => StatusCode::FORBIDDEN,
        Error::NotFound(_) => StatusCode::NOT_FOUND,
        Error::BadPassword
        | Error::Unreadable(_)
        | Error::Parameters(_)
        | Error::Invalid { .. }
        | Error::Fields(_)
        | Error::File(_)
        | Error::Sheet(_)
        | Error::Template(_)
        | Error::Shortfall(_)
        | Error::Unanswered { .. }
        | Error::Misfit(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Error::NameTaken(_)
        | Error::LastAdministrator
        | Error::OwnRole
        | Error::BranchInUse(_)
        | Error::ChangedMeanwhile
        | Error::OnPaper
        | Error::NothingToPublish
        | Error::Unfinished
        | Error::PapersAreOut
        | Error::TestIsOver
        | Error::SlipInUse
        | Error::NoAttemptLeft
        | Error::TooEarly { .. }
        | Error::StaleSave(_)
        | Error::TakenOver(_)
        | Error::OneDevice
        | Error::AttemptFinished
        | Error::AttemptOpen
        | Error::LateDecided
        | Error::Paused
        | Error::TestNotOver
        | Error::NotSignedOff
        | Error::SecondPersonNeeded
        | Error::ObjectionsClosed { .. }
        | Error::ObjectionAnswered
        | Error::TooManyObjections
        | Error::KeysWereShown
        | Error::NotForThisDatabase => StatusCode::CONFLICT,
        Error::DeadlinePassed | Error::FileGone | Error::PrintoutGone => StatusCode::GONE,
        Error::Throttled { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Busy | Error::NoRoom => StatusCode::SERVICE_UNAVAILABLE,
        Error::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// How many seconds to wait before trying again, where waiting helps.
pub const fn retry_after(error: &Error) -> Option<i64> {
    match error {
        Error::Throttled { wait_seconds } => Some(*wait_seconds),
        Error::Busy => Some(1),
        Error::Paused => Some(3),
        Error::NoRoom => Some(5),
        _ => None,
    }
}

/// What a problem document says of an error, without what belongs to a request.
pub fn said(error: &Error, language: Language) -> Map<String, Value> {
    let words = i18n::describe(language, error);
    let mut body = Map::new();
    body.insert("type".into(), json!(error.code()));
    body.insert("title".into(), json!(words.what));
    body.insert("status".into(), json!(status(error).as_u16()));
    body.insert("detail".into(), json!(words.remedy));
    body.extend(particulars(error, language));
    body
}

/// A problem of a file in a document.
pub fn of_file(problem: &bank::Problem, language: Language) -> Value {
    let words = i18n::problem(language, problem);
    let mut said = place((problem.place, &problem.pointer, problem.origin.as_deref()), language);
    said.insert("code".into(), json!(problem.code));
    said.insert("detail".into(), json!(words.what));
    said.insert("remedy".into(), json!(words.remedy));
    Value::from(said)
}

/// A place in a file. Of a file of another form it is the place there: the bank file that was made of it has no lines that
/// anybody could look up.
pub fn place((place, pointer, origin): (Place, &str, Option<&Origin>), language: Language) -> Map<String, Value> {
    let (line, column) = match origin {
        Some(origin) => (origin.line.unwrap_or_default(), 0),
        None => (place.line, place.column),
    };
    let mut said = Map::new();
    said.insert("line".into(), json!(line));
    said.insert("column".into(), json!(column));
    said.insert("pointer".into(), json!(pointer));
    if let Some(origin) = origin {
        said.insert("origin".into(), json!(origin));
        said.insert("place".into(), json!(i18n::origin(language, origin)));
    }
    said
}

fn particulars(error: &Error, language: Language) -> Map<String, Value> {
    let mut members = Map::new();
    match error {
        Error::File(problems) | Error::Unreadable(problems) | Error::Parameters(problems) => {
            let of = |problem: &bank::Problem| of_file(problem, language);
            members.insert("errors".into(), problems.iter().map(of).collect());
        }
        Error::Fields(mistakes) => {
            let of = |mistake: &crate::service::error::Mistake| {
                json!({ "field": mistake.field, "code": mistake.expected,
                    "detail": i18n::text(language, &format!("expected-{}", mistake.expected)) })
            };
            members.insert("errors".into(), mistakes.iter().map(of).collect());
        }
        Error::Sheet(problems) => {
            let of = |problem: &crate::rules::roster::SheetProblem| {
                let words = i18n::sheet_problem(language, problem);
                json!({ "row": problem.row, "column": problem.column, "code": problem.code, "detail": words.what, "remedy": words.remedy })
            };
            members.insert("errors".into(), problems.iter().map(of).collect());
        }
        Error::Template(flaws) => {
            let of = |flaw: &crate::service::error::Flaw| json!({ "code": flaw.code, "what": flaw.what, "detail": i18n::template_flaw(language, flaw) });
            members.insert("errors".into(), flaws.iter().map(of).collect());
        }
        Error::Shortfall(shortfalls) => {
            let of = |short: &crate::service::error::NamedShortfall| json!({ "rows": short.rows, "needed": short.needed, "there": short.there, "detail": i18n::shortfall(language, short) });
            members.insert("shortfalls".into(), shortfalls.iter().map(of).collect());
        }
        Error::StaleSave(stored) => insert_stored(&mut members, Some(stored)),
        Error::TakenOver(stored) => insert_stored(&mut members, stored.as_ref()),
        Error::Invalid { field, .. } => {
            members.insert("field".into(), json!(field));
        }
        _ => {}
    }
    members
}

fn insert_stored(members: &mut Map<String, Value>, stored: Option<&StoredResponse>) {
    let value = stored.map(|stored| json!({ "save": stored.save, "response": stored.response }));
    members.insert("stored".into(), value.unwrap_or_default());
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self { error, language, request_id } = self;
        let status = status(&error);
        if let Error::Store(cause) = &error {
            tracing::error!(request_id, %cause, "a request failed");
        }
        let mut body = said(&error, language);
        body.insert("request_id".into(), json!(request_id));
        let mut response = (status, Value::Object(body).to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after(&error) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
