//! One visit to a page: who reads, in which language, when it began; and how it is answered.

use crate::app::App;
use crate::http::{Arrived, MaybeSignedIn, Reader, RequestId};
use crate::rules::rights::Caller;
use crate::rules::text::Language;
use crate::service::{Error, Result};
use crate::web::words::Words;
use crate::web::{error, layout};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::Markup;
use std::convert::Infallible;
use std::sync::Arc;

/// Everything that handlers and the layout need to know of a request.
#[derive(Debug, Clone)]
pub struct Visit {
    /// Who reads; without roles and id where nobody is signed in.
    pub caller: Arc<Caller>,
    /// The language.
    pub language: Language,
    /// When the request arrived, Unix milliseconds.
    pub now_ms: i64,
    /// The id under which it stands in the log.
    pub request_id: String,
    /// The address to come back to after switching the language.
    pub here: String,
}

impl Visit {
    /// The words of the reader's language.
    pub const fn words(&self) -> Words {
        Words(self.language)
    }

    /// Whether somebody is signed in.
    pub fn is_signed_in(&self) -> bool {
        self.caller.person_id.is_some()
    }

    /// A whole page.
    pub fn page(&self, title: &str, body: Markup) -> Response {
        self.page_with(StatusCode::OK, title, body)
    }

    /// A whole page with a status.
    #[expect(clippy::needless_pass_by_value, reason = "every caller hands over what it has just made")]
    pub fn page_with(&self, status: StatusCode, title: &str, body: Markup) -> Response {
        (status, Html(layout::page(self, title, &body).into_string())).into_response()
    }

    /// The page of an error.
    pub fn error(&self, error: &Error) -> Response {
        error::page_of(self, error)
    }

    /// The answer, or the page of the error.
    pub fn answer(&self, result: Result<Response>) -> Response {
        result.unwrap_or_else(|error| self.error(&error))
    }
}

/// Where to go on after a form was taken.
pub fn go(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// Runs what has to end even when the reader goes away.
pub async fn to_its_end<T: Send + 'static>(work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    tokio::spawn(work).await.unwrap_or(Err(Error::Busy))
}

/// A part of an address, encoded.
pub fn segment(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, SEGMENT).to_string()
}

const SEGMENT: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Nobody: no id, no role.
pub fn nobody() -> Caller {
    Caller {
        person_id: None,
        login: String::new(),
        name: String::new(),
        session: String::new(),
        must_change: false,
        roles: Vec::new(),
    }
}

impl FromRequestParts<App> for Visit {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> std::result::Result<Self, Infallible> {
        let Reader(language) = Reader::from_request_parts(parts, app).await?;
        let RequestId(request_id) = RequestId::from_request_parts(parts, app).await?;
        let Arrived(now_ms) = Arrived::from_request_parts(parts, app).await?;
        let MaybeSignedIn(caller) = MaybeSignedIn::from_request_parts(parts, app).await?;
        let here = if parts.method == Method::GET {
            parts.uri.path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str)
        } else {
            "/"
        };
        let here = here.to_owned();
        Ok(Self { caller: caller.unwrap_or_else(|| Arc::new(nobody())), language, now_ms, request_id, here })
    }
}
