//! The JSON API under `/api/v1`: parses, calls a use case, renders. Errors are problem documents.

pub mod assessments;
pub mod attempts;
pub mod bank_drafts;
pub mod banks;
pub mod branches;
pub mod circular_templates;
pub mod clauses;
pub mod corrections;
pub mod device_checks;
pub mod hints;
pub mod invigilation;
pub mod items;
pub mod late;
pub mod make_ups;
pub mod marking;
pub mod objections;
pub mod openapi;
pub mod overview;
pub mod own_data;
pub mod paper_sittings;
pub mod people;
pub mod problem;
pub mod readiness;
pub mod rehearsal;
pub mod reports;
pub mod roster;
pub mod samples;
pub mod schemas;
pub mod search;
pub mod session;
pub mod sign_in_slips;
pub mod signed_pages;
pub mod tests;

use crate::formats::json::Document;
use crate::formats::reader::{Fields, MOST_TEXT_CHARACTERS, Reader};
use crate::http::{RequestId, Route};
use crate::limits;
use crate::rules::text::Language;
use crate::service::Error;
use axum::body::Bytes;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use problem::Problem;

/// Every call.
pub fn routes() -> Vec<Route> {
    [
        session::routes(),
        own_data::routes(),
        banks::routes(),
        bank_drafts::routes(),
        search::routes(),
        clauses::routes(),
        roster::routes(),
        people::routes(),
        branches::routes(),
        circular_templates::routes(),
        tests::routes(),
        attempts::routes(),
        invigilation::routes(),
        hints::routes(),
        late::routes(),
        make_ups::routes(),
        samples::routes(),
        marking::routes(),
        objections::routes(),
        corrections::routes(),
        assessments::routes(),
        overview::routes(),
        sign_in_slips::routes(),
        paper_sittings::routes(),
        signed_pages::routes(),
        readiness::routes(),
        device_checks::routes(),
        reports::routes(),
        items::routes(),
        schemas::routes(),
        openapi::routes(),
    ]
    .concat()
}

/// What every handler needs for answering: the language and the request's id.
#[derive(Debug, Clone)]
pub struct Answer {
    pub(crate) language: Language,
    request_id: String,
}

impl Answer {
    /// Turns an error into its problem document.
    fn problem(&self, error: Error) -> Problem {
        Problem::new(error, self.language, self.request_id.clone())
    }

    /// A JSON document, or the problem.
    fn json<T: serde::Serialize>(&self, result: crate::service::Result<T>) -> Response {
        match result {
            Ok(value) => json(&value),
            Err(error) => self.problem(error).into_response(),
        }
    }

    /// 204, or the problem.
    fn empty(&self, result: crate::service::Result<()>) -> Response {
        match result {
            Ok(()) => axum::http::StatusCode::NO_CONTENT.into_response(),
            Err(error) => self.problem(error).into_response(),
        }
    }
}

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Answer {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut axum::http::request::Parts, state: &S) -> Result<Self, Self::Rejection> {
        let crate::http::Reader(language) = crate::http::Reader::from_request_parts(parts, state).await?;
        let RequestId(request_id) = RequestId::from_request_parts(parts, state).await?;
        Ok(Self { language, request_id })
    }
}

fn json<T: serde::Serialize>(value: &T) -> Response {
    let text = serde_json::to_string(value).unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

fn csv(bytes: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], bytes).into_response()
}

/// A small JSON body: an object whose fields are known.
trait Body: Sized {
    /// Every field it may have.
    const FIELDS: &'static [&'static str];

    /// Reads the fields; `None` where a problem was noted.
    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self>;
}

/// Reads a small JSON body; an empty one stands for `{}`. What is wrong with it is said all at once, with the nearest
/// known name of a field that isn't known.
fn body<T: Body>(bytes: &Bytes) -> Result<T, Error> {
    let bytes: &[u8] = if bytes.iter().all(u8::is_ascii_whitespace) { b"{}" } else { bytes };
    let document = Document::read(bytes, limits::BODY_BYTES).map_err(|problem| Error::Unreadable(vec![problem]))?;
    let mut reader = Reader::new(&document);
    let read = reader.fields(document.root(), T::FIELDS).and_then(|fields| T::read(&mut reader, &fields));
    reader.finish(read).map_err(Error::Unreadable)
}

/// A text of a field that must be there.
fn required_text<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>, name: &str) -> Option<String> {
    let value = reader.required(fields, name)?;
    reader.text(value, MOST_TEXT_CHARACTERS).map(std::borrow::Cow::into_owned)
}

/// What a field that may be left out says.
enum Optional {
    /// It is left out, or null.
    Nothing,
    /// A text.
    Text(String),
}

impl Optional {
    fn text(self) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Text(text) => Some(text),
        }
    }
}

/// A text of a field that may be left out or null; `None` where a problem was noted.
fn optional_text<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>, name: &str) -> Option<Optional> {
    match fields.get(name) {
        None | Some(crate::formats::json::Value::Null { .. }) => Some(Optional::Nothing),
        Some(value) => reader.text(value, MOST_TEXT_CHARACTERS).map(|text| Optional::Text(text.into_owned())),
    }
}

/// A switch that is off where it is left out.
fn switch<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>, name: &str) -> Option<bool> {
    match fields.get(name) {
        None => Some(false),
        Some(value) => reader.boolean(value),
    }
}

/// A text of a field that may be left out.
fn text_or_empty<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>, name: &str) -> Option<String> {
    match fields.get(name) {
        None => Some(String::new()),
        Some(value) => reader.text(value, MOST_TEXT_CHARACTERS).map(std::borrow::Cow::into_owned),
    }
}

/// A moment as RFC 3339 in UTC.
pub(crate) fn time(at_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(at_ms).map(|at| at.to_string()).unwrap_or_default()
}
