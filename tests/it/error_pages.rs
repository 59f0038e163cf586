//! What a reader sees when something can't be done: the calm page, in the reader's own frame, with a way to lose
//! nothing of what was typed.

use crate::support::{Answer, World};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};

/// A request as a browser sends it from a page of the server.
async fn browse(world: &World, method: Method, path: &str, token: &str, body: impl Into<Body>) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "danwei.example")
        .header(header::ORIGIN, "http://danwei.example")
        .header(header::COOKIE, format!("kaohe_session={token}; kaohe_language=en; kaohe_text_size=150"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    world.request(request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn a_refusal_keeps_the_readers_frame() {
    let world = World::with_test().await;
    let m1 = world.token("m1").await;
    let refused = browse(&world, Method::GET, "/banks", &m1, "").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    for mine in ["href=\"/account\"", "size-150", "You may not do this"] {
        assert!(refused.text.contains(mine), "{mine} in {}", refused.text);
    }
    let unknown = browse(&world, Method::GET, "/nothing-here", &m1, "").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(unknown.text.contains("Page not found") && unknown.text.contains("href=\"/account\""), "{unknown:?}");
}

#[tokio::test]
async fn a_form_sent_after_signing_out_is_sent_again_by_reloading() {
    let world = World::with_test().await;
    let m1 = world.token("m1").await;
    let attempt = world.start(&m1).await["attempt"].as_str().unwrap().to_owned();
    let path = format!("/attempts/{attempt}");
    let form = "r1=A&was1=null&save1=0&action=save";
    let signed_out = browse(&world, Method::POST, &path, "gone", form).await;
    assert_eq!(signed_out.status, StatusCode::UNAUTHORIZED);
    assert!(signed_out.text.contains("reload this page"), "{signed_out:?}");
    assert!(signed_out.text.contains("target=\"_blank\""), "the page with the form stays open: {signed_out:?}");
    // The same form again, as a reload sends it after signing in beside it.
    let saved = browse(&world, Method::POST, &path, &m1, form).await;
    assert!(saved.status.is_redirection() || saved.status.is_success(), "{saved:?}");
    let stored = world.get(&format!("/api/v1/attempts/{attempt}"), &m1).await.good();
    assert_eq!(crate::support::questions(&stored)[0]["response"], "A");
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_answered_by_a_page() {
    let world = World::with_test().await;
    let m1 = world.token("m1").await;
    let answer = browse(&world, Method::POST, "/password", &m1, "x".repeat(kaohe::limits::BODY_BYTES + 1)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text.contains("<h1>") && answer.text.contains("href=\"/account\""), "{answer:?}");
}

#[test]
fn a_form_that_met_a_failing_server_is_sent_again_by_reloading() {
    let reader = kaohe::web::visit::Visit::of_nobody(kaohe::rules::text::Language::En, "abc");
    let visit = kaohe::web::visit::Visit { is_form: true, ..reader };
    let broken = kaohe::service::Error::Store(kaohe::store::Error::Busy);
    assert_eq!(kaohe::web::error::page_of(&visit, &broken).status(), StatusCode::INTERNAL_SERVER_ERROR);
}
