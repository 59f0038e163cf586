//! One visit to a page: who reads, in which language, when it began; and how it is answered.

use crate::app::App;
use crate::http::{Arrived, MaybeSignedIn, Reader, RequestId, cookie};
use crate::rules::rights::Caller;
use crate::rules::text::Language;
use crate::service::{Error, Result};
use crate::web::words::Words;
use crate::web::{error, layout};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
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
    /// How large the letters are.
    pub text_size: TextSize,
    /// When the request arrived, Unix milliseconds.
    pub now_ms: i64,
    /// The id under which it stands in the log.
    pub request_id: String,
    /// The address to come back to after switching the language.
    pub here: String,
    /// Whether the visit brings a form.
    pub is_form: bool,
}

/// The name of the cookie that holds the size of letters.
const TEXT_SIZE: &str = "kaohe_text_size";

/// How large the letters are, in steps from 100 to 200 percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TextSize(usize);

impl TextSize {
    const STEPS: [(&'static str, Option<&'static str>); 6] = [
        ("100", None),
        ("115", Some("size-115")),
        ("130", Some("size-130")),
        ("150", Some("size-150")),
        ("175", Some("size-175")),
        ("200", Some("size-200")),
    ];

    /// The step of a percentage; 100 where there is none such.
    pub fn from_percent(text: &str) -> Self {
        Self(Self::STEPS.iter().position(|(percent, _)| *percent == text).unwrap_or_default())
    }

    fn step(self) -> (&'static str, Option<&'static str>) {
        Self::STEPS.get(self.0).copied().unwrap_or(("100", None))
    }

    /// The percentage in digits.
    pub fn percent(self) -> &'static str {
        self.step().0
    }

    /// The class of the document; none for 100.
    pub fn class(self) -> Option<&'static str> {
        self.step().1
    }

    /// One step down.
    #[must_use]
    pub const fn smaller(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// One step up.
    #[must_use]
    pub fn larger(self) -> Self {
        Self((self.0 + 1).min(Self::STEPS.len() - 1))
    }
}

/// The header that remembers a size of letters; the script of the exam page writes the same.
pub fn text_size_cookie(size: TextSize) -> String {
    format!("{TEXT_SIZE}={}; Path=/; SameSite=Lax; Max-Age=31536000", size.percent())
}

/// Adds a cookie to an answer.
pub fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

impl Visit {
    /// A reader of whom nothing but the language is known.
    pub fn of_nobody(language: Language, request_id: &str) -> Self {
        Self {
            caller: Arc::new(nobody()),
            language,
            text_size: TextSize::default(),
            now_ms: 0,
            request_id: request_id.to_owned(),
            here: String::new(),
            is_form: false,
        }
    }

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
        slip: None,
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
        let is_form = !matches!(parts.method, Method::GET | Method::HEAD);
        let here =
            if is_form { "/" } else { parts.uri.path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str) };
        let text_size = TextSize::from_percent(cookie(&parts.headers, TEXT_SIZE).unwrap_or_default());
        Ok(Self {
            caller: caller.unwrap_or_else(|| Arc::new(nobody())),
            language,
            text_size,
            now_ms,
            request_id,
            here: here.to_owned(),
            is_form,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::TextSize;

    #[test]
    fn letters_grow_to_twice_their_size_and_back() {
        let mut size = TextSize::from_percent("junk");
        for expected in ["115", "130", "150", "175", "200", "200"] {
            size = size.larger();
            assert_eq!(size.percent(), expected);
        }
        assert_eq!(TextSize::from_percent("115").smaller().smaller().percent(), "100");
    }
}
