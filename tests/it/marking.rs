//! Named markers, and two who mark with a third for differences.

use crate::kinds::load_kinds;
use crate::support::{Answer, World, definition, open, posted};
use axum::http::{Method, StatusCode};
use kaohe::service::proofs;
use serde_json::{Value, json};

const PATH: &str = "/api/v1/tests/t/marking";

/// A test with one essay of 10 points, sat by m1.
async fn with_essay(changes: Value) -> (World, String) {
    let world = World::new().await;
    load_kinds(&world).await;
    let sections =
        json!([{ "title": "Essay", "kind": "essay", "points": 10, "draw": [{ "bank": "kinds", "count": 1 }] }]);
    let mut test = definition("t", changes);
    test["sections"] = sections;
    world.make(&test).await;
    let token = world.token("m1").await;
    let attempt = world.start(&token).await["attempt"].as_str().unwrap().to_owned();
    world.save(&token, &attempt, 1, 1, json!("an essay of m-one")).await;
    world.submit(&token, &attempt).await.good();
    (world, attempt)
}

async fn named(world: &World, login: &str) -> Answer {
    let org = world.token("org").await;
    world.send(Method::PUT, &format!("/api/v1/tests/t/markers/{login}"), Some(&org), "").await
}

async fn queue(world: &World, login: &str) -> Value {
    let token = world.token(login).await;
    world.get(PATH, &token).await.good()
}

/// Marks what waits for somebody.
async fn marks(world: &World, login: &str, points: f64) -> StatusCode {
    let token = world.token(login).await;
    let list = world.get(PATH, &token).await.good();
    let response = list["questions"][0]["waiting"][0]["response"].clone();
    world.post(PATH, &token, json!({ "response": response, "points": points })).await.status
}

async fn settled(world: &World) {
    let org = world.token("org").await;
    world.post("/api/v1/tests/t/close", &org, json!({})).await.good();
}

async fn score(world: &World, attempt: &str) -> (Value, Value) {
    let token = world.token("m1").await;
    let mine = world.get(&format!("/api/v1/attempts/{attempt}"), &token).await.good();
    (mine["score"].clone(), mine["pending"].clone())
}

#[tokio::test]
async fn whoever_is_named_marks_and_sees_nothing_else() {
    let (world, attempt) = with_essay(json!({})).await;
    let (m2, com) = (world.token("m2").await, world.token("com").await);
    assert_eq!(world.get(PATH, &com).await.status, StatusCode::FORBIDDEN);
    for login in ["com", "m2", "m1"] {
        assert_eq!(named(&world, login).await.status, StatusCode::NO_CONTENT, "{login}");
    }
    assert_eq!(named(&world, "nobody-knows").await.status, StatusCode::NOT_FOUND);
    let early = world.get(PATH, &m2).await;
    assert_eq!(early.kind(), "test-not-over", "who may sit the test reads no model answer before");
    settled(&world).await;
    assert_eq!(queue(&world, "m1").await["questions"], json!([]), "nobody marks an own answer");
    let list = queue(&world, "m2").await;
    assert_eq!((&list["waiting"], &list["markers"]), (&json!(1), &json!(1)));
    for private in ["m1", &attempt, "\"login\"", "\"name\""] {
        assert!(!list.to_string().replace("m-one", "").contains(private), "{private} in {list}");
    }
    assert!(open(&world, "/", &m2).await.text.contains("/tests/t/marking"));
    let page = open(&world, "/tests/t/marking?question=kinds/qid-w2", &m2).await.text;
    assert!(page.contains("an essay of m-one") && !page.contains("/manage") && !page.contains("/markers"), "{page}");
    for path in ["/api/v1/tests/t/report", "/api/v1/tests/t/markers", "/api/v1/tests/t/responses.csv"] {
        assert!(world.get(path, &m2).await.status.is_client_error(), "{path}");
    }
    let form = [("login", "com")];
    assert_eq!(posted(&world, "/tests/t/markers", &m2, &form).await.status, StatusCode::FORBIDDEN);
    assert_eq!(marks(&world, "m2", 7.5).await, StatusCode::NO_CONTENT);
    assert_eq!(score(&world, &attempt).await, (json!(7.5), json!(0)));
    let given = queue(&world, "m2").await["questions"][0]["marked"][0].clone();
    let again = json!({ "response": given["response"], "points": 8, "again": true, "note": "miscounted" });
    assert_eq!(world.post(PATH, &m2, again).await.status, StatusCode::NO_CONTENT, "an own mark may be changed");
    assert_eq!(queue(&world, "com").await["questions"], json!([]), "a mark of others isn't shown to who was named");
    let org = world.token("org").await;
    assert_eq!(
        posted(&world, "/tests/t/markers", &org, &[("login", "m2"), ("end", "1")]).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(world.get(PATH, &m2).await.status, StatusCode::FORBIDDEN);
    let listed = world.get("/api/v1/tests/t/markers", &org).await.good();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert!(proofs::verify_trace(&world.app).await.unwrap().holds());
}

#[tokio::test]
async fn two_mark_unseen_and_their_mean_counts() {
    let (world, attempt) = with_essay(json!({ "markers": 2 })).await;
    for login in ["m2", "m3"] {
        named(&world, login).await;
    }
    settled(&world).await;
    assert_eq!(marks(&world, "m2", 6.0).await, StatusCode::NO_CONTENT);
    assert_eq!(score(&world, &attempt).await, (json!(0), json!(1)), "provisional until the other has marked");
    let org = world.token("org").await;
    let report = world.get("/api/v1/tests/t/report", &org).await.good();
    assert_eq!((&report["final"], &report["branch"]["pending"]), (&json!(false), &json!(1)));
    let mine = queue(&world, "m2").await;
    assert_eq!((&mine["waiting"], &mine["others"]), (&json!(0), &json!(1)));
    let other = queue(&world, "m3").await;
    assert_eq!((&other["waiting"], &other["questions"][0]["waiting"][0]["mark"]), (&json!(1), &Value::Null));
    assert!(!other.to_string().contains("6.0") && !other.to_string().contains("\"mark\":6"), "{other}");
    assert_eq!(marks(&world, "m3", 7.5).await, StatusCode::NO_CONTENT);
    assert_eq!(score(&world, &attempt).await, (json!(7), json!(0)), "6.75 half up to a half point");
    let given = queue(&world, "m2").await["questions"][0]["marked"][0].clone();
    let again = json!({ "response": given["response"], "points": 8, "again": true, "note": "mine alone" });
    let m2 = world.token("m2").await;
    assert_eq!(world.post(PATH, &m2, again.clone()).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.post(PATH, &org, again).await.status, StatusCode::NO_CONTENT, "who organizes may, with a reason");
    assert_eq!(world.get("/api/v1/tests/t/report", &org).await.good()["final"], json!(true));
    assert!(proofs::verify_trace(&world.app).await.unwrap().holds());
}

#[tokio::test]
async fn beyond_the_difference_a_third_person_decides() {
    let (world, attempt) = with_essay(json!({ "difference": 2 })).await;
    for login in ["m2", "m3", "com"] {
        named(&world, login).await;
    }
    settled(&world).await;
    assert_eq!(queue(&world, "com").await["markers"], json!(2), "a difference speaks of two");
    marks(&world, "m2", 3.0).await;
    marks(&world, "m3", 5.5).await;
    assert_eq!(score(&world, &attempt).await, (json!(0), json!(1)));
    assert_eq!(queue(&world, "m2").await["waiting"], json!(0), "neither of the two is the third");
    let third = queue(&world, "com").await["questions"][0]["waiting"][0].clone();
    assert_eq!(third["third"], json!(true));
    assert_eq!(marks(&world, "com", 4.0).await, StatusCode::NO_CONTENT);
    assert_eq!(score(&world, &attempt).await, (json!(4), json!(0)));
    assert!(proofs::verify_trace(&world.app).await.unwrap().holds());
}

#[tokio::test]
async fn a_late_answer_that_is_taken_in_is_marked_anew() {
    let (world, attempt) = with_essay(json!({ "markers": 2 })).await;
    let (m1, org) = (world.token("m1").await, world.token("org").await);
    assert_eq!(marks(&world, "org", 6.0).await, StatusCode::NO_CONTENT);
    let late = json!({ "responses": [{ "position": 1, "save": 9, "response": "another essay" }] });
    world.post(&format!("/api/v1/attempts/{attempt}/late-responses"), &m1, late).await.good();
    let accepted = json!({ "accepted": true, "reason": "断网" });
    world.post(&format!("/api/v1/tests/t/late-responses/{attempt}"), &org, accepted).await.good();
    let list = queue(&world, "org").await;
    assert_eq!((&list["waiting"], &list["others"]), (&json!(1), &json!(0)));
    assert!(proofs::verify_trace(&world.app).await.unwrap().holds());
}

#[tokio::test]
async fn the_rules_of_marking_are_checked_and_named_on_the_command_line() {
    let world = World::new().await;
    world.load_bank().await;
    let org = world.token("org").await;
    for wrong in [
        json!({ "markers": 3 }),
        json!({ "markers": 0 }),
        json!({ "markers": 1, "difference": 2 }),
        json!({ "difference": -1 }),
    ] {
        let refused = world.post("/api/v1/tests", &org, definition("t", wrong.clone())).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    world.make(&definition("t", json!({ "difference": 1.5 }))).await;
    let told = world.get("/api/v1/tests/t", &org).await.good();
    assert_eq!((&told["markers"], &told["difference"]), (&json!(2), &json!(1.5)));
    assert!(world.command(&["test", "name-marker", "t", "m2"]).status.success());
    let listed = world.command(&["test", "markers", "t", "--json"]);
    assert!(String::from_utf8(listed.stdout).unwrap().contains("\"m2\""));
    assert!(world.command(&["test", "name-marker", "t", "m2", "--end"]).status.success());
    assert!(!world.command(&["test", "name-marker", "t", "m2", "--end"]).status.success(), "it is off already");
}
