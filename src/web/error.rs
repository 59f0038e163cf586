//! Errors as calm pages: what happened, what to do, and the number under which the log has it.

use crate::api::problem::{Problem, retry_after, status};
use crate::i18n::{Described, describe};
use crate::rules::text::Language;
use crate::service::Error;
use crate::service::error::Thing;
use crate::web::visit::{Visit, go};
use axum::extract::OriginalUri;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};

/// The page of an error.
pub fn page_of(visit: &Visit, error: &Error) -> Response {
    if matches!(error, Error::PasswordChangeNeeded) {
        return go("/password");
    }
    if let Error::Store(cause) = error {
        tracing::error!(request_id = visit.request_id, %cause, "a page failed");
    }
    let words = visit.words();
    let next = match error {
        Error::SignInNeeded => ("/sign-in", words.t("sign-in")),
        _ => ("/", words.t("to-home")),
    };
    let again = match error {
        Error::SignInNeeded => Some("form-again-signed-in"),
        Error::Busy | Error::NoRoom | Error::Store(_) => Some("form-again"),
        _ => None,
    };
    let described = describe(visit.language, error);
    let remedy = match again.filter(|_| visit.is_form) {
        Some(id) => words.t(id),
        None => described.remedy,
    };
    let described = Described { remedy, ..described };
    let mut response = calm(visit, status(error), &described, Some(next));
    if let Some(seconds) = retry_after(error) {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn calm(visit: &Visit, status: StatusCode, described: &Described, next: Option<(&str, String)>) -> Response {
    visit.page_with(status, &described.what, body(visit, described, next))
}

/// A form that wasn't taken is still in the browser, which sends it again when this page is loaded again; so the way on
/// opens beside it.
fn body(visit: &Visit, described: &Described, next: Option<(&str, String)>) -> Markup {
    let words = visit.words();
    html! {
        section.card.narrow {
            h1 { (described.what) }
            p { (described.remedy) }
            @if let Some((path, label)) = next {
                p.actions { a.button href=(path) target=[visit.is_form.then_some("_blank")] { (label) @if visit.is_form { " ↗" span.visually-hidden { " " (words.t("opens-beside")) } } } }
            }
            @if !visit.request_id.is_empty() { p.small.muted { (words.t("request-id")) " " code { (visit.request_id) } } }
        }
    }
}

/// The page for a form that can't be read, or is too large.
pub fn unreadable(visit: &Visit, status: StatusCode) -> Response {
    let words = visit.words();
    let id = if status == StatusCode::PAYLOAD_TOO_LARGE { "page-too-large" } else { "page-unreadable" };
    let described = Described { what: words.t(id), remedy: words.t(&format!("{id}.remedy")) };
    calm(visit, status, &described, Some(("/", words.t("to-home"))))
}

/// The answer for an unknown address.
pub async fn not_found(visit: Visit, OriginalUri(address): OriginalUri) -> Response {
    let visit = Visit { here: String::new(), ..visit };
    let error = Error::NotFound(Thing::Page);
    if address.path().starts_with("/api/") {
        return Problem::new(error, visit.language, visit.request_id).into_response();
    }
    visit.error(&error)
}

/// The answer for a method that a known address doesn't take.
pub async fn wrong_method(visit: Visit, OriginalUri(address): OriginalUri) -> Response {
    let visit = Visit { here: String::new(), ..visit };
    let words = visit.words();
    let described = Described { what: words.t("page-wrong-method"), remedy: words.t("page-wrong-method.remedy") };
    if address.path().starts_with("/api/") {
        let document = serde_json::json!({ "type": "wrong-method", "title": described.what, "status": 405,
            "detail": described.remedy, "request_id": visit.request_id });
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        return (StatusCode::METHOD_NOT_ALLOWED, kind, document.to_string()).into_response();
    }
    calm(&visit, StatusCode::METHOD_NOT_ALLOWED, &described, Some(("/", words.t("to-home"))))
}

/// The answer where the server failed: in both languages, since nothing is known of the reader any more.
#[expect(clippy::needless_pass_by_value, reason = "the signature that the layer asks for")]
pub fn panicked(cause: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let said = cause.downcast_ref::<&str>().copied().or_else(|| cause.downcast_ref::<String>().map(String::as_str));
    tracing::error!(cause = said.unwrap_or_default(), "a handler panicked");
    let texts = Language::ALL.map(|language| {
        let words = crate::web::words::Words(language);
        html! { h1 { (words.t("page-failed")) } p { (words.t("page-failed.remedy")) } }
    });
    let body = html! { main { @for text in &texts { section.card { (text) } } } };
    let visit = Visit::of_nobody(Language::Zh, "");
    let page = crate::web::layout::document(&visit, "Kaohe", crate::web::assets::page_script(), &body);
    (StatusCode::INTERNAL_SERVER_ERROR, Html(page.into_string())).into_response()
}

#[cfg(test)]
mod tests {
    use super::{page_of, panicked};
    use crate::rules::text::Language;
    use crate::service::Error;
    use crate::web::visit::Visit;
    use axum::response::Response;

    async fn text(response: Response) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_form_that_met_a_busy_server_is_sent_again_by_reloading() {
        let visit = Visit { is_form: true, ..Visit::of_nobody(Language::En, "abc") };
        let response = page_of(&visit, &Error::Busy);
        assert_eq!((response.status().as_u16(), response.headers().contains_key("retry-after")), (503, true));
        let text = text(response).await;
        assert!(text.contains("Reload this page") && text.contains("_blank") && text.contains("abc"), "{text}");
        let throttled = page_of(&Visit::of_nobody(Language::Zh, ""), &Error::Throttled { wait_seconds: 120 });
        assert_eq!((throttled.status().as_u16(), &throttled.headers()["retry-after"]), (429, &"120".parse().unwrap()));
    }

    #[tokio::test]
    async fn a_handler_that_panicked_is_answered_in_both_languages() {
        let response = panicked(Box::new("why"));
        assert_eq!(response.status(), 500);
        let text = text(response).await;
        assert!(text.contains("服务器出错了") && text.contains("The server failed") && !text.contains("why"), "{text}");
    }
}
