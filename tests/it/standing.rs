//! How an open attempt stands: what its page asks now and then, pauses, messages, and which session holds it.

use crate::support::{MINUTE, NOON, World, open, posted, questions, time};
use axum::http::StatusCode;
use serde_json::{Value, json};

async fn started(world: &World) -> (String, String) {
    let token = world.token("m1").await;
    let attempt = world.start(&token).await["attempt"].as_str().unwrap().to_owned();
    (token, attempt)
}

async fn sql(world: &World, statement: &'static str) {
    let mut tx = world.app.db.write().await.unwrap();
    assert!(tx.query(statement).execute().await.unwrap() > 0, "{statement}");
    tx.commit().await.unwrap();
}

async fn pause(world: &World) {
    let mut tx = world.app.db.write().await.unwrap();
    tx.query("UPDATE attempt SET paused_at_ms = $1").bind(world.now()).execute().await.unwrap();
    tx.commit().await.unwrap();
}

async fn now(world: &World, token: &str, attempt: &str) -> Value {
    world.get(&format!("/api/v1/attempts/{attempt}/now"), token).await.good()
}

#[tokio::test]
async fn the_page_learns_time_pause_and_extra_minutes() {
    let world = World::with_test().await;
    let (m1, attempt) = started(&world).await;
    let first = now(&world, &m1, &attempt).await;
    assert_eq!(
        first,
        json!({ "deadline": time(NOON + 20 * MINUTE), "server_time": time(NOON), "paused": false, "finished": false,
            "held_elsewhere": false, "messages": [], "saves": {} })
    );
    let org = world.token("org").await;
    let more = json!({ "extra_minutes": 5, "reason": "断电" });
    world.put("/api/v1/tests/t/members/m1", &org, more).await.good();
    assert_eq!(now(&world, &m1, &attempt).await["deadline"], json!(time(NOON + 25 * MINUTE)));
    pause(&world).await;
    world.app.clock.move_by(3 * MINUTE);
    let answer = world.get(&format!("/api/v1/attempts/{attempt}/now"), &m1).await;
    assert_eq!(answer.headers["kaohe-deadline"], (NOON + 28 * MINUTE).to_string().as_str(), "the end moves on");
    assert_eq!(
        (&answer.json()["paused"], &answer.json()["deadline"]),
        (&json!(true), &json!(time(NOON + 28 * MINUTE)))
    );
    let refused = world.save(&m1, &attempt, 1, 1, json!("A")).await;
    assert_eq!((refused.status, refused.kind().as_str()), (StatusCode::CONFLICT, "paused"));
    assert_eq!(refused.headers["kaohe-deadline"], (NOON + 28 * MINUTE).to_string().as_str());
    let form =
        posted(&world, &format!("/attempts/{attempt}"), &m1, &[("was1", "null"), ("save1", "0"), ("r1", "B")]).await;
    assert!(form.status == StatusCode::CONFLICT && form.text.contains("value=\"B\" checked"), "stays in the form");
    sql(&world, "UPDATE attempt SET paused_at_ms = NULL, deadline_at_ms = deadline_at_ms + 180000, paused_ms = 180000")
        .await;
    assert_eq!(world.save(&m1, &attempt, 1, 1, json!("A")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(now(&world, &m1, &attempt).await["saves"], json!({ "1": 1 }), "what a page compares with its own");
    world.submit(&m1, &attempt).await.good();
    assert_eq!(now(&world, &m1, &attempt).await["finished"], json!(true));
    let stranger = world.token("m2").await;
    assert_eq!(world.get(&format!("/api/v1/attempts/{attempt}/now"), &stranger).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn messages_reach_those_they_are_for() {
    let world = World::with_test().await;
    let (m1, attempt) = started(&world).await;
    let mut tx = world.app.db.write().await.unwrap();
    for (id, branch, person, at, text) in [
        ("1", None, None, NOON - 1, "before the start"),
        ("2", None, None, NOON + 1, "everyone"),
        ("3", Some("A1"), None, NOON + 2, "own branch"),
        ("4", Some("HQ"), None, NOON + 3, "above"),
        ("5", Some("A2"), None, NOON + 4, "another branch"),
        ("6", None, Some("m1"), NOON + 5, "in person"),
        ("7", None, Some("m2"), NOON + 6, "somebody else"),
    ] {
        tx.query(
            "INSERT INTO message (id, test_id, branch_id, person_id, text, sent_at_ms)
             SELECT $1, test.id, (SELECT id FROM branch WHERE code = $2), (SELECT id FROM person WHERE login = $3), $4, $5
             FROM test",
        )
        .bind(id.to_owned())
        .bind(branch.map(ToOwned::to_owned))
        .bind(person.map(ToOwned::to_owned))
        .bind(text.to_owned())
        .bind(at)
        .execute()
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
    let standing = now(&world, &m1, &attempt).await;
    let texts: Vec<&str> =
        standing["messages"].as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["everyone", "own branch", "above", "in person"]);
    assert_eq!(standing["messages"][0]["at"], json!(time(NOON + 1)));
    let page = open(&world, &format!("/attempts/{attempt}"), &m1).await.text;
    assert!(page.contains("own branch") && !page.contains("another branch"), "without script they stand on the page");
}

#[tokio::test]
async fn another_device_is_asked_before_it_takes_over() {
    let world = World::with_test().await;
    let (phone, attempt) = started(&world).await;
    world.save(&phone, &attempt, 1, 1, json!("A")).await;
    let desk = world.token("m1").await;
    let path = format!("/attempts/{attempt}");
    let asked = open(&world, &path, &desk).await.text;
    assert!(asked.contains("open on another device") && !asked.contains("id=\"exam\""), "{asked}");
    assert_eq!(now(&world, &desk, &attempt).await["held_elsewhere"], json!(true));
    assert!(open(&world, &path, &phone).await.text.contains("id=\"exam\""), "asking takes nothing away");
    let taken = posted(&world, "/tests/t/start", &desk, &[("take_over", "1")]).await;
    assert_eq!(taken.headers["location"], path.as_str());
    assert!(open(&world, &path, &desk).await.text.contains("id=\"exam\""));
    assert_eq!(now(&world, &phone, &attempt).await["held_elsewhere"], json!(true));
    assert!(open(&world, &path, &phone).await.text.contains("open on another device"), "the first may take it back");
    assert_eq!(world.save(&phone, &attempt, 1, 1 << 50, json!("B")).await.kind(), "taken-over");
}

#[tokio::test]
async fn who_signs_in_anew_isnt_another_device() {
    let world = World::with_test().await;
    let (before, attempt) = started(&world).await;
    world.save(&before, &attempt, 1, 1, json!("A")).await;
    world.send(axum::http::Method::DELETE, "/api/v1/session", Some(&before), "").await;
    let after = world.token("m1").await;
    assert!(open(&world, &format!("/attempts/{attempt}"), &after).await.text.contains("id=\"exam\""));
    let resumed = world.start(&after).await;
    assert_eq!((&resumed["held_elsewhere"], &questions(&resumed)[0]["response"]), (&json!(false), &json!("A")));
    let number = resumed["save_base"].as_i64().unwrap() + 1;
    assert_eq!(world.save(&after, &attempt, 1, number, json!("B")).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_take_over_begins_no_new_attempt_on_the_page() {
    let world = World::new().await;
    world.load_bank().await;
    world.make(&crate::support::definition("t", json!({ "attempts": 3 }))).await;
    let (m1, attempt) = started(&world).await;
    world.submit(&m1, &attempt).await.good();
    let answer = posted(&world, "/tests/t/start", &m1, &[("take_over", "1")]).await;
    assert_eq!(answer.headers["location"], "/tests/t");
}

#[tokio::test]
async fn the_page_of_an_overdue_attempt_ends_it() {
    let world = World::with_test().await;
    let (m1, attempt) = started(&world).await;
    world.app.clock.move_by(20 * MINUTE + 5_001);
    assert!(open(&world, &format!("/attempts/{attempt}"), &m1).await.text.contains("id=\"finished\""));
}
