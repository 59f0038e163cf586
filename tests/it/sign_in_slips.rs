//! Sign-in slips for a test: who may make them, how long they work, one device at a time, and what they open.

use crate::support::{Answer, MINUTE, World, definition, open, posted};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

const SLIPS: &str = "/api/v1/tests/t/slips";

async fn make(world: &World, who: &str, asked: Value) -> Answer {
    let token = world.token(who).await;
    world.post(SLIPS, &token, asked).await
}

/// The slip of somebody by name.
fn of<'s>(slips: &'s Value, name: &str) -> &'s Value {
    slips.as_array().unwrap().iter().find(|slip| slip["name"] == name).unwrap()
}

async fn by_code(world: &World, slip: &Value, take_over: bool) -> Answer {
    let body = json!({ "code": slip["printed"], "take_over": take_over });
    world.send(Method::POST, "/api/v1/session", None, body.to_string()).await
}

fn token(answer: &Answer) -> String {
    answer.good()["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_slip_opens_the_test_with_the_rights_of_a_member_and_no_more() {
    let world = World::with_test().await;
    let mut tx = world.app.db.write().await.unwrap();
    tx.query("UPDATE person SET must_change = $1").bind(true).execute().await.unwrap();
    tx.commit().await.unwrap();
    let admin = world.caller("admin").await;
    let giving = kaohe::service::people::Giving {
        role: kaohe::rules::roster::Role::Organizer,
        branch: Some("HQ".into()),
        on: String::new(),
    };
    kaohe::service::people::give_role(&world.app, &admin, world.now(), "m1", &giving).await.unwrap();
    let slips = kaohe::service::sign_in_slips::make(
        &world.app,
        &kaohe::rules::rights::Caller::operator(),
        world.now(),
        "t",
        &kaohe::service::sign_in_slips::Asked::default(),
    )
    .await
    .unwrap();
    let mine = slips.slips.iter().find(|slip| slip.name == "王一").unwrap();
    let body = json!({ "code": mine.code }).to_string();
    let session = world.send(Method::POST, "/api/v1/session", None, body).await;
    assert_eq!((session.good()["test"].clone(), session.good()["must_change"].clone()), (json!("t"), json!(false)));
    let session = token(&session);
    let me = world.get("/api/v1/me", &session).await.good();
    assert_eq!(me["roles"], json!([{ "role": "member", "branch": "A1" }]), "{me}");
    assert_eq!(world.get("/api/v1/tests/t/presence", &session).await.status, StatusCode::FORBIDDEN);
    world.app.caches.callers.clear();
    assert_eq!(world.get("/api/v1/me", &session).await.good()["roles"], me["roles"], "also as read from the database");
    let paper = world.start(&session).await;
    assert_eq!(world.submit(&session, paper["attempt"].as_str().unwrap()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn only_hashes_are_stored_and_making_again_voids_nothing_unasked() {
    let world = World::with_test().await;
    let slips = make(&world, "org", json!({})).await.good();
    assert_eq!(slips.as_array().unwrap().len(), 4);
    let (code, path) = (of(&slips, "王一")["code"].as_str().unwrap(), of(&slips, "王一")["path"].as_str().unwrap());
    let mut tx = world.app.db.read().await.unwrap();
    let rows: Vec<(String, String)> = tx.query("SELECT code_hash, token_hash FROM slip").fetch_all().await.unwrap();
    assert!(rows.iter().all(|(one, two)| one.len() == 64 && two.len() == 64 && one != code && !path.contains(two)));
    drop(tx);
    let again = make(&world, "org", json!({})).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(again.json()["errors"][0]["code"], "somebody-without-slip");
    token(&by_code(&world, of(&slips, "王一"), false).await);
    let anew = make(&world, "org", json!({ "people": ["m1"], "anew": true })).await.good();
    assert_eq!(anew.as_array().unwrap().len(), 1);
    assert_eq!(by_code(&world, of(&slips, "王一"), false).await.kind(), "slip-not-valid");
    token(&by_code(&world, of(&anew, "王一"), false).await);
    token(&by_code(&world, of(&slips, "王二"), false).await);
    let org = world.token("org").await;
    let listed = world.get(SLIPS, &org).await;
    assert!(!listed.text.contains(code) && listed.good()[0]["in_use"] == true, "{listed:?}");
}

#[tokio::test]
async fn a_subtree_is_the_limit_of_who_makes_them() {
    let world = World::with_test().await;
    let of_a = make(&world, "org-a", json!({})).await.good();
    assert_eq!(of_a.as_array().unwrap().len(), 3, "A1 and A2, though the test is of the whole unit");
    assert_eq!(make(&world, "org-a", json!({ "people": ["m4"] })).await.status, StatusCode::NOT_FOUND);
    assert_eq!(make(&world, "org-a", json!({ "branch": "B" })).await.status, StatusCode::NOT_FOUND);
    assert_eq!(make(&world, "com", json!({})).await.status, StatusCode::FORBIDDEN);
    assert_eq!(make(&world, "admin", json!({})).await.status, StatusCode::FORBIDDEN);
    let rest = make(&world, "org", json!({})).await.good();
    assert_eq!((rest.as_array().unwrap().len(), &rest[0]["name"]), (1, &json!("王四")));
    world.make(&definition("of-b", json!({ "audience": { "branches": ["B"] } }))).await;
    let org_a = world.token("org-a").await;
    assert_eq!(world.post("/api/v1/tests/of-b/slips", &org_a, json!({})).await.status, StatusCode::NOT_FOUND);
    let org_b = world.token("org-b").await;
    let cancel = |token: String| {
        let world = &world;
        async move { world.send(Method::DELETE, &format!("{SLIPS}/m1"), Some(&token), Body::empty()).await.status }
    };
    assert_eq!(cancel(org_b).await, StatusCode::NOT_FOUND);
    assert_eq!(cancel(org_a).await, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_second_device_asks_once_and_takes_the_attempt_over() {
    let world = World::with_test().await;
    let slips = make(&world, "org", json!({})).await.good();
    let mine = of(&slips, "王一");
    let first = token(&by_code(&world, mine, false).await);
    let paper = world.start(&first).await;
    let attempt = paper["attempt"].as_str().unwrap();
    let question = &crate::support::questions(&paper)[0];
    let response = crate::support::right(question);
    assert_eq!(world.save(&first, attempt, 1, 5, response.clone()).await.status, StatusCode::NO_CONTENT);
    let asked = by_code(&world, mine, false).await;
    assert_eq!((asked.status, asked.kind().as_str()), (StatusCode::CONFLICT, "slip-in-use"));
    assert_eq!(world.get("/api/v1/me", &first).await.status, StatusCode::OK, "asking ends nothing");
    let second = token(&by_code(&world, mine, true).await);
    assert_eq!(world.get("/api/v1/me", &first).await.kind(), "sign-in-needed");
    let resumed = world.start(&second).await;
    assert_eq!(resumed["attempt"], attempt);
    assert_eq!(crate::support::questions(&resumed)[0]["response"], response);
    let base = resumed["save_base"].as_i64().unwrap();
    assert!(base > 5, "numbers of the first device lie below");
    assert_eq!(world.save(&second, attempt, 1, base + 1, response).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn of_devices_that_come_at_once_one_gets_in() {
    let world = World::with_test().await;
    let slips = make(&world, "org", json!({})).await.good();
    let mine = of(&slips, "王一");
    let answers = futures_util::future::join_all((0..8).map(|_| by_code(&world, mine, false))).await;
    let inside = answers.iter().filter(|answer| answer.status == StatusCode::OK).count();
    assert_eq!(inside, 1, "{answers:?}");
    assert!(answers.iter().all(|answer| answer.status == StatusCode::OK || answer.kind() == "slip-in-use"));
}

#[tokio::test]
async fn a_slip_works_until_its_test_is_over_or_it_is_cancelled() {
    let world = World::with_test().await;
    let slips = make(&world, "org", json!({})).await.good();
    let session = token(&by_code(&world, of(&slips, "王二"), false).await);
    let org = world.token("org").await;
    let gone = world.send(Method::DELETE, &format!("{SLIPS}/m2"), Some(&org), Body::empty()).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(world.get("/api/v1/me", &session).await.kind(), "sign-in-needed", "its session ends with it");
    assert_eq!(by_code(&world, of(&slips, "王二"), false).await.kind(), "slip-not-valid");
    let again = world.send(Method::DELETE, &format!("{SLIPS}/m2"), Some(&org), Body::empty()).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    world.app.clock.move_by(59 * MINUTE);
    let late = token(&by_code(&world, of(&slips, "王一"), false).await);
    world.pass(2 * MINUTE).await;
    assert_eq!(by_code(&world, of(&slips, "王三"), false).await.kind(), "slip-not-valid");
    assert_eq!(world.get("/api/v1/me", &late).await.status, StatusCode::OK, "whoever is in reads the end of it");
    assert_eq!(make(&world, "org", json!({})).await.kind(), "test-is-over");
}

#[tokio::test]
async fn wrong_codes_are_throttled_and_right_ones_are_not() {
    let world = World::with_test().await;
    let slips = make(&world, "org", json!({})).await.good();
    let wrong = json!({ "printed": "00000 00000" });
    for _ in 0..kaohe::limits::LOGIN_FAILURES {
        assert_eq!(by_code(&world, &wrong, false).await.kind(), "slip-not-valid");
    }
    assert_eq!(by_code(&world, &wrong, false).await.status, StatusCode::TOO_MANY_REQUESTS);
    token(&by_code(&world, of(&slips, "王一"), false).await);
    for number in 0..kaohe::limits::ADDRESS_FAILURES {
        by_code(&world, &json!({ "printed": format!("1{number:09}") }), false).await;
    }
    let held = by_code(&world, of(&slips, "王二"), false).await;
    assert_eq!(held.status, StatusCode::TOO_MANY_REQUESTS, "who tries numbers from one address waits");
    assert!(held.headers.contains_key(header::RETRY_AFTER));
    assert_eq!(by_code(&world, &json!({ "printed": "12" }), false).await.kind(), "slip-not-valid", "no code at all");
}

/// The cookie of a session that an answer sets.
fn cookie(answer: &Answer) -> String {
    let set = answer.headers[header::SET_COOKIE].to_str().unwrap();
    set.split(';').next().unwrap().trim_start_matches("kaohe_session=").to_owned()
}

#[tokio::test]
async fn opening_the_address_uses_nothing_up_and_the_button_signs_in() {
    let world = World::with_test().await;
    let slips = make(&world, "org", json!({})).await.good();
    let path = of(&slips, "王一")["path"].as_str().unwrap();
    let secret = path.trim_start_matches("/s/");
    for _ in 0..3 {
        let seen = open(&world, path, "").await;
        assert!(seen.status == StatusCode::OK && seen.text.contains("王一"), "{seen:?}");
        assert!(!seen.headers.contains_key(header::SET_COOKIE));
    }
    let entered = posted(&world, "/s", "", &[("token", secret)]).await;
    assert_eq!((entered.status, &entered.headers["location"]), (StatusCode::SEE_OTHER, &"/tests/t".parse().unwrap()));
    let session = cookie(&entered);
    assert!(open(&world, "/tests/t", &session).await.text.contains("Start"));
    let same = posted(&world, "/s", &session, &[("token", secret)]).await;
    assert_eq!(same.status, StatusCode::SEE_OTHER, "the same device isn't asked");
    assert!(!same.headers.contains_key(header::SET_COOKIE));
    let other = posted(&world, "/s", "", &[("token", secret)]).await;
    assert!(other.status == StatusCode::CONFLICT && other.text.contains("Go on here"), "{other:?}");
    let over = posted(&world, "/s", "", &[("token", secret), ("take_over", "yes")]).await;
    assert_eq!(over.status, StatusCode::SEE_OTHER);
    assert_eq!(open(&world, "/tests/t", &session).await.status, StatusCode::SEE_OTHER, "the first is signed out");
    assert_eq!(open(&world, "/s/nothing", "").await.status, StatusCode::GONE);
    let typed = of(&slips, "王三")["printed"].as_str().unwrap().replace(' ', "-");
    let next = posted(&world, "/s", &cookie(&over), &[("code", &typed)]).await;
    assert_eq!(next.status, StatusCode::SEE_OTHER);
    let before = posted(&world, "/s", "", &[("token", secret)]).await;
    assert_eq!(before.status, StatusCode::SEE_OTHER, "on a machine of the hall the one before is signed out");
}

#[tokio::test]
async fn a_printed_sheet_may_be_loaded_again_by_its_maker() {
    let world = World::with_test().await;
    let org = world.token("org").await;
    let made = posted(&world, "/tests/t/slips", &org, &[("branch", "A1")]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{made:?}");
    let path = made.headers["location"].to_str().unwrap().to_owned();
    let sheet = open(&world, &path, &org).await;
    assert!(sheet.text.contains("王一") && sheet.text.contains("王二") && !sheet.text.contains("王三"));
    assert_eq!(sheet.text.matches("<svg").count(), 2);
    assert_eq!(open(&world, &path, &org).await.text, sheet.text);
    let other = world.token("org").await;
    assert_eq!(open(&world, &path, &other).await.status, StatusCode::GONE);
    let code = sheet.text.split("<code class=\"big\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    token(&by_code(&world, &json!({ "printed": code }), false).await);
    let again = posted(&world, "/tests/t/slips", &org, &[("branch", "A1")]).await;
    assert!(again.status == StatusCode::UNPROCESSABLE_ENTITY && again.text.contains("has a slip already"));
    let page = open(&world, "/tests/t/slips?branch=A1", &org).await.text;
    assert!(page.contains("In use") && page.contains("Make all of them anew"), "{page}");
    world.app.clock.move_by(kaohe::limits::PRINTOUT_MS);
    assert_eq!(open(&world, &path, &org).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn first_passwords_may_be_printed_again_too() {
    let world = World::with_test().await;
    let admin = world.token("admin").await;
    let made = posted(&world, "/slips", &admin, &[("who", "picked"), ("person", "m1")]).await;
    let path = made.headers["location"].to_str().unwrap().to_owned();
    let sheet = open(&world, &path, &admin).await;
    assert!(sheet.status == StatusCode::OK && sheet.text.contains("王一"), "{sheet:?}");
    assert_eq!(open(&world, &path, &admin).await.text, sheet.text, "a reload makes no new password");
    let password = sheet.text.split("<code class=\"big\">").nth(2).unwrap().split('<').next().unwrap();
    let body = json!({ "login": "m1", "password": password });
    world.send(Method::POST, "/api/v1/session", None, body.to_string()).await.good();
}

#[tokio::test]
async fn making_and_cancelling_is_traced() {
    let world = World::with_test().await;
    make(&world, "org", json!({ "people": ["m1"] })).await.good();
    let org = world.token("org").await;
    world.send(Method::DELETE, &format!("{SLIPS}/m1"), Some(&org), Body::empty()).await;
    let mut tx = world.app.db.read().await.unwrap();
    let kinds: Vec<(String,)> = tx.query("SELECT kind FROM trace ORDER BY seq").fetch_all().await.unwrap();
    let kinds: Vec<&str> = kinds.iter().map(|(kind,)| kind.as_str()).collect();
    assert!(kinds.ends_with(&["slips-made", "slip-cancelled"]), "{kinds:?}");
    drop(tx);
    assert!(kaohe::service::proofs::verify_trace(&world.app).await.unwrap().holds());
}

#[tokio::test]
async fn a_foreign_page_signs_nobody_in() {
    let world = World::with_test().await;
    let slips = make(&world, "org", json!({})).await.good();
    let secret = of(&slips, "王一")["path"].as_str().unwrap().trim_start_matches("/s/").to_owned();
    let request = Request::post("/s")
        .header(header::HOST, "danwei.example")
        .header(header::ORIGIN, "http://elsewhere.example")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = world.request(request.body(Body::from(format!("token={secret}"))).unwrap()).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}
