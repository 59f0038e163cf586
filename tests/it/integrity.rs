//! What a test asks of its sitting: networks, the word, the browser, one device; and the hints that are noted.

use crate::support::{Answer, MINUTE, World, definition, open, posted, questions, right};
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode, header};
use kaohe::service::proofs::verify_trace;
use kaohe::service::upkeep;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::net::SocketAddr;

async fn asking(integrity: Value) -> World {
    let world = World::new().await;
    world.load_bank().await;
    world.make(&definition("t", json!({ "integrity": integrity }))).await;
    world
}

async fn from(world: &World, address: [u8; 4], method: Method, path: &str, token: &str, body: Value) -> Answer {
    let source: SocketAddr = (address, 4_000).into();
    let request = Request::builder().method(method).uri(path).header(header::HOST, "danwei.example");
    let request = request.header(header::AUTHORIZATION, format!("Bearer {token}")).extension(ConnectInfo(source));
    world.request(request.body(Body::from(body.to_string())).unwrap()).await
}

const START: &str = "/api/v1/tests/t/attempts";

#[tokio::test]
async fn a_test_of_some_networks_is_sat_from_them_only() {
    let world = asking(json!({ "addresses": ["10.1.0.0/16"] })).await;
    let m1 = world.token("m1").await;
    let (hall, home) = ([10, 1, 2, 3], [192, 168, 0, 7]);
    let refused = from(&world, home, Method::POST, START, &m1, json!({})).await;
    assert_eq!((refused.status, refused.kind().as_str()), (StatusCode::FORBIDDEN, "address-not-admitted"));
    assert!(refused.text.contains("192.168.0.7"), "{}", refused.text);
    let paper = from(&world, hall, Method::POST, START, &m1, json!({})).await.good();
    let attempt = paper["attempt"].as_str().unwrap();
    let answer = right(&questions(&paper)[0]);
    let save = format!("/api/v1/attempts/{attempt}/responses/1");
    let body = |save: i64| json!({ "response": answer, "save": save });
    assert_eq!(from(&world, home, Method::PUT, &save, &m1, body(1)).await.kind(), "address-not-admitted");
    assert_eq!(from(&world, hall, Method::PUT, &save, &m1, body(1)).await.status, StatusCode::NO_CONTENT);
    assert_eq!(from(&world, home, Method::POST, START, &m1, json!({})).await.kind(), "address-not-admitted");
    // Handing in gains nobody anything, and a result is read from anywhere.
    world.submit(&m1, attempt).await.good();
    assert_eq!(world.get(&format!("/api/v1/attempts/{attempt}"), &m1).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_word_opens_the_paper_and_is_shown_to_no_member() {
    let world = asking(json!({ "password": "red flag" })).await;
    let m1 = world.token("m1").await;
    let shown = world.get("/api/v1/tests/t", &m1).await;
    assert!(!shown.text.contains("red flag"), "{}", shown.text);
    assert_eq!(shown.json()["asks"], json!(["password"]));
    assert_eq!(
        world.get("/api/v1/tests/t", &world.token("org").await).await.json()["integrity"]["password"],
        "red flag"
    );
    assert_eq!(world.post(START, &m1, json!({})).await.kind(), "test-password-needed");
    assert_eq!(world.post(START, &m1, json!({ "password": "white flag" })).await.kind(), "wrong-test-password");
    let page = open(&world, "/tests/t", &m1).await;
    assert!(page.text.contains("name=\"password\"") && !page.text.contains("red flag"), "{}", page.text);
    let refused = posted(&world, "/tests/t/start", &m1, &[("password", "white")]).await;
    let back = refused.headers[header::LOCATION].to_str().unwrap();
    assert!(open(&world, back, &m1).await.text.contains("This is not the word that starts the test"));
    assert!(!open(&world, "/tests/t?refused=internal", &m1).await.text.contains("class=\"notice bad"));
    let in_now = posted(&world, "/tests/t/start", &m1, &[("password", " red flag ")]).await;
    assert!(in_now.headers[header::LOCATION].to_str().unwrap().starts_with("/attempts/"));
    // Going on needs no word; whoever guesses has to wait.
    world.post(START, &m1, json!({})).await.good();
    let m3 = world.token("m3").await;
    for _ in 0..kaohe::limits::LOGIN_FAILURES {
        assert_eq!(world.post(START, &m3, json!({ "password": "no" })).await.kind(), "wrong-test-password");
    }
    let waits = world.post(START, &m3, json!({ "password": "red flag" })).await;
    assert_eq!((waits.status, waits.kind().as_str()), (StatusCode::TOO_MANY_REQUESTS, "too-many-failures"));
}

#[tokio::test]
async fn one_device_keeps_the_attempt_until_an_invigilator_lets_it_go() {
    let world = asking(json!({ "one_device": true })).await;
    let (first, second) = (world.token("m1").await, world.token("m1").await);
    let paper = world.start(&first).await;
    let (attempt, base) = (paper["attempt"].as_str().unwrap(), paper["save_base"].as_i64().unwrap());
    let answer = right(&questions(&paper)[0]);
    let save = async |token: &str, save: i64| world.save(token, attempt, 1, base + save, answer.clone()).await;
    assert_eq!(save(&first, 1).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.start(&second).await["held_elsewhere"], true);
    assert_eq!(save(&second, 2).await.kind(), "taken-over");
    let taking = || json!({ "take_over": true });
    assert_eq!(world.post(START, &second, taking()).await.kind(), "one-device");
    let page = open(&world, &format!("/attempts/{attempt}"), &second).await;
    assert!(page.text.contains("stays on the device") && !page.text.contains("take_over"), "{}", page.text);
    // Signing out is no way to carry it elsewhere.
    world.send(Method::DELETE, "/api/v1/session", Some(&first), Body::empty()).await;
    assert_eq!(world.start(&second).await["held_elsewhere"], true);
    let release = format!("/api/v1/attempts/{attempt}/release");
    let reason = || json!({ "reason": "the phone broke" });
    assert_eq!(world.post(&release, &world.token("org-b").await, reason()).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.post(&release, &second, reason()).await.status, StatusCode::FORBIDDEN);
    let org = world.token("org").await;
    assert_eq!(world.post(&release, &org, json!({ "reason": " " })).await.kind(), "invalid-field");
    assert_eq!(world.post(&release, &org, reason()).await.status, StatusCode::NO_CONTENT);
    let resumed = world.start(&second).await;
    assert_eq!(resumed["held_elsewhere"], false);
    let number = resumed["save_base"].as_i64().unwrap() + 1;
    assert_eq!(world.save(&second, attempt, 2, number, Value::Null).await.status, StatusCode::NO_CONTENT);
    world.submit(&second, attempt).await.good();
    assert_eq!(world.post(&release, &org, reason()).await.kind(), "attempt-finished");
    assert!(verify_trace(&world.app).await.unwrap().holds());
}

#[tokio::test]
async fn safe_exam_browser_proves_its_key_by_header_or_through_the_page() {
    let key = "ab".repeat(32);
    let world = asking(json!({ "safe_exam_browser": [key.to_uppercase()] })).await;
    let (m1, m3) = (world.token("m1").await, world.token("m3").await);
    let digest = |url: &str| -> String { kaohe::rules::text::hex(&Sha256::digest(format!("{url}{key}"))) };
    let start = async |digest: &str| {
        let request = Request::post(START).header(header::HOST, "danwei.example");
        let request = request.header(header::AUTHORIZATION, format!("Bearer {m1}"));
        let request = request.header("X-SafeExamBrowser-ConfigKeyHash", digest);
        world.request(request.body(Body::empty()).unwrap()).await
    };
    assert_eq!(world.post(START, &m1, json!({})).await.kind(), "safe-exam-browser-needed");
    assert_eq!(start(&digest("http://danwei.example/elsewhere")).await.kind(), "safe-exam-browser-needed");
    start(&digest(&format!("http://danwei.example{START}"))).await.good();
    assert!(!world.get("/api/v1/tests/t", &m1).await.text.contains(&key));
    // Another browser of the same member doesn't get the paper.
    assert_eq!(world.post(START, &world.token("m1").await, json!({})).await.kind(), "safe-exam-browser-needed");
    let page = "http://danwei.example/tests/t";
    let fields = |url| [("browser_url", url), ("browser_digest", "")];
    let told = posted(&world, "/tests/t/start", &m3, &fields(page)).await;
    assert!(told.headers[header::LOCATION].to_str().unwrap().contains("refused=safe-exam-browser-needed"));
    let other = "http://danwei.example.org/tests/t";
    let proofs = [(other, digest(other), "/tests/"), (page, digest(page), "/attempts/")];
    for (url, digest, to) in &proofs {
        let told = posted(&world, "/tests/t/start", &m3, &[("browser_url", url), ("browser_digest", digest)]).await;
        assert!(told.headers[header::LOCATION].to_str().unwrap().starts_with(to), "{told:?}");
    }
}

#[tokio::test]
async fn hints_are_noted_where_asked_for_seen_by_the_member_and_gone_once_results_are_final() {
    let world = asking(json!({ "hints": true })).await;
    let (m1, org) = (world.token("m1").await, world.token("org").await);
    assert!(open(&world, "/tests/t", &m1).await.text.contains("They are hints only"), "announced before the start");
    let attempt = world.start(&m1).await["attempt"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/attempts/{attempt}/hints");
    let told = json!({ "hints": [{ "hint": "left_page", "seconds": 12 }, { "hint": "copied" }] });
    world.post(&path, &m1, told.clone()).await.good();
    let all = world.post(&path, &m1, json!({ "hints": [{ "hint": "left_page", "seconds": 30 }] })).await.good();
    let expected =
        json!([{ "hint": "left_page", "times": 2, "seconds": 42 }, { "hint": "copied", "times": 1, "seconds": 0 }]);
    assert_eq!(all, expected);
    assert_eq!(world.post(&path, &world.token("m3").await, told.clone()).await.status, StatusCode::NOT_FOUND);
    for wrong in
        [json!({ "hints": [{ "hint": "other_device" }] }), json!({ "hints": [{ "hint": "copied", "seconds": -1 }] })]
    {
        assert_eq!(world.post(&path, &m1, wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let other = world.token("m1").await;
    world.post(START, &other, json!({ "take_over": true })).await.good();
    let mine = format!("/api/v1/attempts/{attempt}");
    assert_eq!(world.get(&mine, &m1).await.json()["hints"].as_array().unwrap().len(), 3);
    let page = open(&world, &format!("/attempts/{attempt}"), &other).await.text;
    assert!(page.contains("page left 2 × (42 s in all)") && page.contains("device changed 1 ×"), "{page}");
    let live = world.get("/api/v1/tests/t/live", &org).await.good();
    let noted = live["members"].as_array().unwrap().iter().find(|member| member["attempt"] == json!(attempt)).unwrap();
    assert_eq!(noted["hints"].as_array().unwrap().len(), 3);
    world.pass(61 * MINUTE).await;
    assert_eq!(
        world.post(&path, &m1, told).await.good().as_array().unwrap().len(),
        3,
        "an ended attempt notes nothing"
    );
    let exported = world.get("/api/v1/tests/t/attempts.csv", &org).await.text;
    assert!(!exported.contains("left_page"));
    upkeep::tidy(&world.app, world.now()).await.unwrap();
    let kept = async || world.get(&mine, &world.token("m1").await).await.json()["hints"].as_array().unwrap().len();
    assert_eq!(kept().await, 3);
    world.pass(6 * 24 * 60 * MINUTE).await;
    upkeep::tidy(&world.app, world.now()).await.unwrap();
    assert_eq!(kept().await, 0);
}

#[tokio::test]
async fn without_being_asked_for_nothing_is_noted() {
    let world = World::with_test().await;
    let m1 = world.token("m1").await;
    let attempt = world.start(&m1).await["attempt"].as_str().unwrap().to_owned();
    let told = json!({ "hints": [{ "hint": "copied" }] });
    assert_eq!(world.post(&format!("/api/v1/attempts/{attempt}/hints"), &m1, told).await.good(), json!([]));
    assert_eq!(world.get(&format!("/api/v1/attempts/{attempt}"), &m1).await.json().get("hints"), None);
    assert!(!open(&world, &format!("/attempts/{attempt}"), &m1).await.text.contains("id=\"integrity\""));
}

#[tokio::test]
async fn wrong_conditions_are_refused_each_at_its_place() {
    let world = World::new().await;
    world.load_bank().await;
    let wrong = json!({ "addresses": ["hall"], "safe_exam_browser": ["key"], "password": " ", "hint": true });
    let path = "/api/v1/tests";
    let refused = world.post(path, &world.token("org").await, definition("t", json!({ "integrity": wrong }))).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for pointer in
        ["/integrity/addresses/0", "/integrity/safe_exam_browser/0", "/integrity/password", "/integrity/hint"]
    {
        assert!(refused.text.contains(pointer), "{pointer}: {}", refused.text);
    }
}
