//! Around every request: its time of arrival and id, the caller, the access of its route, its origin, and the headers
//! of its answer.

use crate::api::problem::Problem;
use crate::app::App;
use crate::http::extract::{Arrived, RequestId, language, note_caller, token};
use crate::http::{Access, Parameter, Route, address};
use crate::rules::rights::Caller;
use crate::rules::text::Language;
use crate::service::Error;
use crate::service::error::Thing;
use crate::web::visit::Visit;
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use tracing::Instrument;

/// Notes arrival and id, and answers with the headers that every answer carries.
pub(super) async fn surround<F: Future<Output = Response>>(
    app: &App,
    mut request: Request,
    span: impl FnOnce(&str, &Request) -> tracing::Span,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let arrived = app.clock.now_ms();
    let id = app.request_ids.next();
    request.extensions_mut().insert(Arrived(arrived));
    request.extensions_mut().insert(RequestId(id.clone()));
    let span = span(&id, &request);
    let is_asset = request.uri().path().starts_with("/assets/");
    let mut response = next(request).instrument(span.clone()).await;
    let took_ms = app.clock.now_ms() - arrived;
    span.in_scope(|| tracing::debug!(status = response.status().as_u16(), took_ms, "answered"));
    // A browser shows nothing of an empty answer that these could guard.
    let has_content = response.status() != StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    if has_content {
        for (name, value) in ANSWER_HEADERS {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert("x-request-id", value);
    }
    if !is_asset {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    headers.append(header::VARY, HeaderValue::from_static("accept-language, cookie"));
    response
}

const ANSWER_HEADERS: [(header::HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // `no-referrer` would make forms send `Origin: null`.
    (header::REFERRER_POLICY, "same-origin"),
    (header::HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
];

/// What a refusal needs to know of a request.
struct Asked {
    method: Method,
    uri: Uri,
    by: By,
}

/// Who is to be answered.
enum By {
    /// A program.
    Program(Language, String),
    /// Somebody before a page.
    Reader(Visit),
}

impl Asked {
    async fn of(parts: &mut Parts, app: &App) -> Self {
        let by = if parts.uri.path().starts_with("/api/") {
            let id = parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
            By::Program(language(&parts.headers), id)
        } else {
            let Ok(visit) = Visit::from_request_parts(parts, app).await;
            By::Reader(visit)
        };
        Self { method: parts.method.clone(), uri: parts.uri.clone(), by }
    }
}

/// Lets a request through to its route, or answers with the refusal as page or problem document.
pub(super) async fn admit<F: Future<Output = Response>>(
    rule: Rule,
    app: &App,
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let now_ms = parts.extensions.get::<Arrived>().map_or_else(|| app.clock.now_ms(), |arrived| arrived.0);
    let (verdict, caller) = match note_caller(app, &mut parts, now_ms).await {
        Ok(caller) => (verdict(rule, app, &parts, caller.as_ref()), caller),
        Err(error) => (Err(error), None),
    };
    let asked = Asked::of(&mut parts, app).await;
    let response = match verdict {
        Ok(()) => next(Request::from_parts(parts, body)).await,
        Err(error) => refuse(&asked, error),
    };
    let response = in_our_words(&asked, response);
    if matches!(asked.by, By::Program(..)) {
        return crate::api::attempts::stamp(app, caller.as_deref(), asked.uri.path(), response).await;
    }
    response
}

/// What the framework refuses by itself, in bare English text, becomes a problem document or a calm page.
fn in_our_words(asked: &Asked, response: Response) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let is_bare = kind.is_none_or(|kind| kind.starts_with("text/plain"));
    if !response.status().is_client_error() || !is_bare {
        return response;
    }
    match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE => refuse(asked, Error::BodyTooLarge),
        _ if is_reading(&asked.method) => refuse(asked, Error::NotFound(Thing::Page)),
        _ => refuse(asked, Error::Unreadable(Vec::new())),
    }
}

pub(super) fn is_reading(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// What changes something runs to its end, also when the client goes away meanwhile and nobody waits for the answer.
pub(super) async fn to_its_end(work: impl Future<Output = Response> + Send + 'static) -> Response {
    match tokio::spawn(work.in_current_span()).await {
        Ok(response) => response,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => crate::web::error::panicked(Box::new("the server is stopping")),
        },
    }
}

fn refuse(asked: &Asked, error: Error) -> Response {
    let visit = match &asked.by {
        By::Program(reader, id) => return Problem::new(error, *reader, id.clone()).into_response(),
        By::Reader(visit) => visit,
    };
    if matches!(error, Error::SignInNeeded) && asked.method == Method::GET {
        let back = percent_encoding::utf8_percent_encode(asked.uri.path(), percent_encoding::NON_ALPHANUMERIC);
        return axum::response::Redirect::to(&format!("/sign-in?next={back}")).into_response();
    }
    visit.error(&error)
}

fn verdict(rule: Rule, app: &App, parts: &Parts, caller: Option<&Arc<Caller>>) -> Result<(), Error> {
    let changes = !is_reading(&parts.method);
    let by_bearer = token(&parts.headers).is_some_and(|(_, bearer)| bearer);
    let path = parts.uri.path();
    if changes && !by_bearer && !is_own_origin(app, parts) {
        return Err(Error::ForeignOrigin);
    }
    let admitted = match (rule.access, caller) {
        (Access::Anyone, _) => Ok(()),
        (_, None) => Err(Error::SignInNeeded),
        (_, Some(caller)) if caller.must_change && !MAY_WITH_FIRST_PASSWORD.contains(&path) => {
            Err(Error::PasswordChangeNeeded)
        }
        (Access::SignedIn, Some(_)) => Ok(()),
        (Access::Roles(roles), Some(caller)) if roles.iter().any(|role| caller.has(*role)) => Ok(()),
        (Access::Roles(roles), Some(_)) => Err(Error::Forbidden(roles.first().copied())),
    };
    // Last, so that nobody learns more of a call than whether it may be made.
    admitted.and_then(|()| address::check(&parts.uri, rule.query))
}

/// What somebody with a first password may call before changing it.
const MAY_WITH_FIRST_PASSWORD: [&str; 6] =
    ["/password", "/sign-out", "/language", "/text-size", "/api/v1/session", "/api/v1/password"];

/// Whether a request with a cookie comes from a page of ours. A program without cookies has nothing to be abused.
fn is_own_origin(app: &App, parts: &Parts) -> bool {
    let headers = &parts.headers;
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    // HTTP/2, spoken under TLS, names the host in the address instead of a header.
    let host = text(header::HOST)
        .or_else(|| parts.uri.authority().map(axum::http::uri::Authority::as_str))
        .unwrap_or_default();
    let of_us = |origin: &str| {
        let external = app.settings.external_url.as_deref().map(|url| url.trim_end_matches('/'));
        let authority = origin.split_once("://").map_or("", |(_, rest)| rest.split('/').next().unwrap_or_default());
        external == Some(origin.trim_end_matches('/'))
            || authority.eq_ignore_ascii_case(host)
            || external.is_some_and(|url| {
                url.split_once("://").is_some_and(|(_, rest)| rest.split('/').next() == Some(authority))
            })
    };
    match (text(header::ORIGIN), text(header::REFERER)) {
        (Some(origin), _) => of_us(origin),
        (None, Some(referer)) => of_us(referer),
        (None, None) => {
            token(headers).is_none()
                && headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin" || site == "none")
        }
    }
}

/// What a route asks of its requests.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    access: Access,
    /// The parameters that a call knows; pages take any.
    query: Option<&'static [Parameter]>,
}

impl Rule {
    /// The rule of addresses that don't exist.
    pub(super) const UNKNOWN: Self = Self { access: Access::Anyone, query: None };

    /// The rule of saves, as the table has it.
    pub(super) const SAVE: Self = Self { access: crate::api::attempts::SAVE_ACCESS, query: Some(&[]) };

    /// The rule of a line of the table.
    pub(super) fn of(route: &Route) -> Self {
        Self { access: route.access, query: route.path.starts_with("/api/").then_some(route.query) }
    }
}
