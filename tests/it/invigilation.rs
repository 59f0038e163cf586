//! Watching over a test: pauses that give back every second, whoever they reach; messages; attempts opened again.

use crate::support::{MINUTE, World, open, posted, questions, right};
use axum::http::StatusCode;
use kaohe::service::proofs::verify_trace;
use serde_json::{Value, json};

fn seconds(paper: &Value) -> i64 {
    paper["deadline"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_millisecond()
}

async fn pause(world: &World, who: &str, body: Value) -> Value {
    world.post("/api/v1/tests/t/pauses", &world.token(who).await, body).await.good()
}

async fn resume(world: &World, pause: &Value) {
    let path = format!("/api/v1/tests/t/pauses/{}/resume", pause["pause"].as_str().unwrap());
    world.post(&path, &world.token("org").await, json!({ "reason": "the lights are on" })).await.good();
}

#[tokio::test]
async fn while_a_test_stands_still_no_time_runs_and_nothing_is_taken_or_ended() {
    let world = World::with_test().await;
    let (m1, m3) = (world.token("m1").await, world.token("m3").await);
    let paper = world.start(&m1).await;
    let attempt = paper["attempt"].as_str().unwrap().to_owned();
    let question = questions(&paper).remove(0);
    world.pass(5 * MINUTE).await;
    let stopped = pause(&world, "org", json!({ "reason": "no power" })).await;
    // What was under way when it began is taken.
    world.pass(4_000).await;
    assert_eq!(world.save(&m1, &attempt, 1, 1, right(&question)).await.status, StatusCode::NO_CONTENT);
    world.pass(2_000).await;
    let refused = world.save(&m1, &attempt, 1, 2, Value::Null).await;
    assert_eq!((refused.status, refused.kind().as_str()), (StatusCode::CONFLICT, "paused"));
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(world.submit(&m1, &attempt).await.kind(), "paused");
    assert_eq!(world.post("/api/v1/tests/t/attempts", &m3, json!({})).await.kind(), "paused");
    // Beyond the deadline and the closing: nothing ends, and no key is shown.
    world.pass(120 * MINUTE).await;
    assert_eq!(world.get(&format!("/api/v1/attempts/{attempt}"), &m1).await.good().get("score"), None);
    resume(&world, &stopped).await;
    let again = world.start(&m1).await;
    assert_eq!(seconds(&again) - seconds(&paper), 120 * MINUTE + 6_000);
    assert_eq!(world.save(&m1, &attempt, 1, 3, right(&question)).await.status, StatusCode::NO_CONTENT);
    // The closing went with it: who couldn't start can.
    world.start(&m3).await;
    world.pass(20 * MINUTE).await;
    let ended = world.get(&format!("/api/v1/attempts/{attempt}"), &m1).await.good();
    assert_eq!(ended["score"], json!(2));
    assert!(verify_trace(&world.app).await.unwrap().holds());
}

#[tokio::test]
async fn a_pause_reaches_its_branch_or_its_person_and_overlapping_ones_count_once() {
    let world = World::with_test().await;
    let (m1, m3, m4) = (world.token("m1").await, world.token("m3").await, world.token("m4").await);
    let papers = [world.start(&m1).await, world.start(&m3).await, world.start(&m4).await];
    let id = |index: usize| papers[index]["attempt"].as_str().unwrap().to_owned();
    // An organizer of the branch may, over that branch only.
    let org_a = world.token("org-a").await;
    let all = world.post("/api/v1/tests/t/pauses", &org_a, json!({ "reason": "smoke" })).await;
    assert_eq!(all.status, StatusCode::FORBIDDEN);
    let other = world.post("/api/v1/tests/t/pauses", &org_a, json!({ "branch": "B", "reason": "smoke" })).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    let branch = pause(&world, "org-a", json!({ "branch": "A", "reason": "smoke" })).await;
    world.pass(MINUTE).await;
    let person = pause(&world, "org", json!({ "login": "m1", "reason": "unwell" })).await;
    world.pass(MINUTE).await;
    assert_eq!(world.save(&m3, &id(1), 1, 1, Value::Null).await.kind(), "paused");
    assert_eq!(world.save(&m4, &id(2), 1, 1, Value::Null).await.status, StatusCode::NO_CONTENT);
    resume(&world, &branch).await;
    assert_eq!(world.save(&m3, &id(1), 1, 1, Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.save(&m1, &id(0), 1, 1, Value::Null).await.kind(), "paused");
    world.pass(MINUTE).await;
    resume(&world, &person).await;
    let later = |before: &Value, after: &Value| seconds(after) - seconds(before);
    assert_eq!(later(&papers[0], &world.start(&m1).await), 3 * MINUTE);
    assert_eq!(later(&papers[1], &world.start(&m3).await), 2 * MINUTE);
    assert_eq!(later(&papers[2], &world.start(&m4).await), 0);
    // Extra minutes come on top of what stood still.
    let org = world.token("org").await;
    world.put("/api/v1/tests/t/members/m1", &org, json!({ "extra_minutes": 5, "reason": "slow phone" })).await.good();
    assert_eq!(later(&papers[0], &world.start(&m1).await), 8 * MINUTE);
    assert!(verify_trace(&world.app).await.unwrap().holds());
}

#[tokio::test]
async fn a_paper_handed_in_by_mistake_goes_on_and_its_first_end_is_history() {
    let world = World::with_test().await;
    let (m1, org) = (world.token("m1").await, world.token("org").await);
    let paper = world.start(&m1).await;
    let attempt = paper["attempt"].as_str().unwrap().to_owned();
    let asked = questions(&paper);
    world.save(&m1, &attempt, 1, 1, right(&asked[0])).await;
    let first = world.submit(&m1, &attempt).await.good();
    world.pass(3 * MINUTE).await;
    let path = format!("/api/v1/attempts/{attempt}/reopen");
    assert_eq!(world.post(&path, &m1, json!({ "reason": "please" })).await.status, StatusCode::FORBIDDEN);
    let below = world.token("org-b").await;
    assert_eq!(world.post(&path, &below, json!({ "reason": "not mine" })).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.post(&path, &org, json!({})).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    world.post(&path, &org, json!({ "reason": "pressed the wrong button" })).await.good();
    assert!(verify_trace(&world.app).await.unwrap().holds(), "while it is open again");
    let again = world.start(&m1).await;
    assert_eq!((again["attempt"].as_str().unwrap(), seconds(&again) - seconds(&paper)), (&*attempt, 3 * MINUTE));
    world.save(&m1, &attempt, 2, 2, right(&asked[1])).await;
    let second = world.submit(&m1, &attempt).await.good();
    assert_eq!((&first["score"], &second["score"]), (&json!(2), &json!(4)));
    assert_ne!(first["receipt"], second["receipt"]);
    assert!(verify_trace(&world.app).await.unwrap().holds());
    let mut tx = world.app.db.write().await.unwrap();
    tx.query("UPDATE attempt SET finished_at_ms = NULL, receipt = NULL").execute().await.unwrap();
    tx.commit().await.unwrap();
    assert!(!verify_trace(&world.app).await.unwrap().holds(), "opened without the chain");
}

#[tokio::test]
async fn closing_a_test_that_stands_still_ends_it() {
    let world = World::with_test().await;
    let (m1, org) = (world.token("m1").await, world.token("org").await);
    let attempt = world.start(&m1).await["attempt"].as_str().unwrap().to_owned();
    pause(&world, "org", json!({ "reason": "no power" })).await;
    world.pass(MINUTE).await;
    let closed = world.post("/api/v1/tests/t/close", &org, json!({})).await.good();
    assert_eq!(closed["final"], json!(true));
    let reopen = world.post(&format!("/api/v1/attempts/{attempt}/reopen"), &org, json!({ "reason": "x" })).await;
    assert_eq!(reopen.kind(), "test-is-over");
}

#[tokio::test]
async fn the_live_view_shows_each_what_lies_below_and_acts_from_the_page() {
    let world = World::with_test().await;
    let (m1, org, org_b) = (world.token("m1").await, world.token("org").await, world.token("org-b").await);
    let paper = world.start(&m1).await;
    let attempt = paper["attempt"].as_str().unwrap().to_owned();
    world.save(&m1, &attempt, 1, 1, right(&questions(&paper)[0])).await;
    let live = world.get("/api/v1/tests/t/live", &org).await.good();
    assert_eq!(
        live["counts"],
        json!({ "silent": 0, "paused": 0, "working": 1, "not_started": 3, "finished": 0, "away": 0 })
    );
    let mine =
        live["members"].as_array().unwrap().iter().find(|member| member["attempt"] == json!(attempt)).unwrap().clone();
    assert_eq!((&mine["answered"], &mine["questions"], &mine["state"]), (&json!(1), &json!(7), &json!("working")));
    let below = world.get("/api/v1/tests/t/live", &org_b).await.good();
    assert_eq!(below["members"].as_array().unwrap().len(), 1);
    assert_eq!(world.get("/api/v1/tests/t/live", &m1).await.status, StatusCode::FORBIDDEN);
    world.pass(6 * MINUTE).await;
    let page = open(&world, "/tests/t/live?state=silent", &org).await.text;
    assert!(page.contains("王一") && !page.contains("王二") && page.contains("silent for 5 minutes"), "{page}");
    let done =
        posted(&world, "/tests/t/live", &org, &[("act", "pause"), ("branch", "A1"), ("reason", "no light")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let page = open(&world, "/tests/t/live", &org).await.text;
    assert!(page.contains("Paused: 一支部") && page.contains("no light"), "{page}");
    let without = posted(&world, "/tests/t/live", &org, &[("act", "message"), ("branch", ""), ("text", " ")]).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    posted(&world, "/tests/t/live", &org, &[("act", "message"), ("branch", ""), ("text", "Stay seated <b>")]).await;
    let page = open(&world, "/tests/t/live", &org).await.text;
    assert!(page.contains("Everyone: Stay seated &lt;b&gt;"), "{page}");
    assert_eq!(world.get("/api/v1/tests/t/messages", &org).await.good()[0]["text"], json!("Stay seated <b>"));
    assert_eq!(world.get("/api/v1/tests/t/messages", &m1).await.status, StatusCode::FORBIDDEN);
}
