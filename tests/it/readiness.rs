//! Getting ready for a test: findings, the page for a phone, the poster.

use crate::support::{World, open};
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use std::net::SocketAddr;

/// How something stands.
fn state<'f>(found: &'f Value, of: &str) -> &'f Value {
    &found["findings"].as_array().unwrap().iter().find(|one| one["of"] == of).unwrap()["state"]
}

async fn hello(world: &World, from: &str) {
    let from: SocketAddr = from.parse().unwrap();
    let request = Request::get("/hello").header(header::HOST, "danwei.example").extension(ConnectInfo(from));
    assert_eq!(world.request(request.body(Body::empty()).unwrap()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_phone_that_reaches_the_server_is_seen() {
    let world = World::with_test().await;
    let org = world.token("org").await;
    world.app.listening.set("0.0.0.0:8080".parse().unwrap()).unwrap();
    assert_eq!(state(&world.get("/api/v1/ready", &org).await.good(), "phone"), "warn");
    hello(&world, "127.0.0.1:5000").await;
    assert_eq!(state(&world.get("/api/v1/ready", &org).await.good(), "phone"), "warn", "this machine proves nothing");
    hello(&world, "192.168.1.7:5000").await;
    let found = world.get("/api/v1/ready", &org).await;
    assert_eq!(state(&found.good(), "phone"), "good");
    let page = open(&world, "/ready", &org).await.text;
    assert!(page.contains("192.168.1.7") && page.contains("<svg") && page.contains("A test"), "{page}");
    world.app.clock.move_by(kaohe::limits::READY_PHONE_MS);
    assert_eq!(state(&world.get("/api/v1/ready", &org).await.good(), "phone"), "warn", "that was another day");
}

#[tokio::test]
async fn next_tests_stand_with_their_numbers_and_for_whom_they_concern() {
    let world = World::with_test().await;
    let (org, admin, com) = (world.token("org").await, world.token("admin").await, world.token("com").await);
    world.post("/api/v1/tests/t/slips", &org, json!({ "people": ["m1", "m2"] })).await.good();
    let m1 = world.token("m1").await;
    world.put("/api/v1/tests/t/device-check", &m1, json!({ "shape": "circle", "word": "ready" })).await.good();
    let found = world.get("/api/v1/ready", &org).await.good();
    let test = &found["tests"][0];
    assert_eq!(
        (&test["test"], &test["people"], &test["slips"], &test["checked"], &test["due"]),
        (&json!("t"), &json!(4), &json!(2), &json!(1), &json!(4)),
        "{found}"
    );
    assert_eq!(world.get("/api/v1/ready", &admin).await.good()["tests"], json!([]), "administrators see no tests");
    assert_eq!(world.get("/api/v1/ready", &com).await.good()["tests"][0]["people"], 4);
    assert_eq!(world.get("/api/v1/ready", &m1).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_backup_is_asked_for_and_then_known() {
    let world = World::new().await;
    let admin = world.token("admin").await;
    let kept = world.app.settings.location.folder();
    let before = state(&world.get("/api/v1/ready", &admin).await.good(), "backup").clone();
    let Some(folder) = kept else {
        assert_eq!(before, "unknown");
        return;
    };
    assert_eq!(before, "warn");
    kaohe::app::note_backup(&folder, world.now()).unwrap();
    let found = world.get("/api/v1/ready", &admin).await.good();
    assert_eq!(
        (state(&found, "backup"), state(&found, "disk"), state(&found, "clock")),
        (&json!("good"), &json!("good"), &json!("good"))
    );
    world.app.clock.move_by(kaohe::limits::READY_BACKUP_MS);
    let admin = world.token("admin").await;
    assert_eq!(state(&world.get("/api/v1/ready", &admin).await.good(), "backup"), "warn");
}

#[tokio::test]
async fn the_poster_says_what_was_typed_and_breaks_nothing() {
    let world = World::new().await;
    let org = world.token("org").await;
    let page =
        open(&world, "/poster?wifi=%3Cb%3EHall%201%3C%2Fb%3E&address=http%3A%2F%2Felsewhere.example", &org).await.text;
    assert!(page.contains("&lt;b&gt;Hall 1&lt;/b&gt;") && page.contains("http://danwei.example"), "{page}");
    assert!(!page.contains(">http://elsewhere.example<"), "only addresses of this server");
    assert_eq!(open(&world, "/poster", &world.token("m1").await).await.status, StatusCode::FORBIDDEN);
}
