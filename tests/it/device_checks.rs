//! The trial of a device before a test: what it stores, that it counts nowhere, and who has passed.

use crate::support::{MINUTE, NOON, World, definition, open, posted, time};
use axum::http::StatusCode;
use serde_json::json;

const OVERVIEW: &str = "/api/v1/tests/soon/device-checks";

async fn before_a_test() -> World {
    let world = World::new().await;
    world.load_bank().await;
    let times = json!({ "opens": time(NOON + 60 * MINUTE), "closes": time(NOON + 120 * MINUTE) });
    world.make(&definition("soon", times)).await;
    world
}

#[tokio::test]
async fn a_trial_passes_once_both_are_right_and_stays_passed() {
    let world = before_a_test().await;
    let m1 = world.token("m1").await;
    let page = open(&world, "/tests/soon/try", &m1).await;
    assert!(page.status == StatusCode::OK && page.text.contains("Not yet") && !page.text.contains("Works"), "{page:?}");
    assert!(open(&world, "/tests/soon", &m1).await.text.contains("/tests/soon/try"));
    let half = posted(&world, "/tests/soon/try", &m1, &[("shape", "circle"), ("word", "")]).await;
    assert!(half.text.contains("Stored by the server at") && !half.text.contains("You can sit the test"), "{half:?}");
    let wrong = posted(&world, "/tests/soon/try", &m1, &[("shape", "square"), ("word", " READY ")]).await;
    assert!(wrong.text.contains("please look again") && wrong.text.contains("Works"), "{wrong:?}");
    let org = world.token("org").await;
    assert_eq!(world.get(OVERVIEW, &org).await.good()["checked"], 0);
    let right = posted(&world, "/tests/soon/try", &m1, &[("shape", "circle"), ("word", "考核")]).await;
    assert!(right.text.contains("You can sit the test on this device"), "{right:?}");
    posted(&world, "/tests/soon/try", &m1, &[("shape", "hexagon"), ("word", &"x".repeat(5_000))]).await;
    let seen = world.get(OVERVIEW, &org).await.good();
    assert_eq!((&seen["checked"], &seen["due"]), (&json!(1), &json!(4)), "{seen}");
    let a1 = &seen["branches"][0];
    assert_eq!((&a1["branch"], &a1["missing"]), (&json!("A1"), &json!(["王二"])), "{seen}");
    let page = open(&world, "/tests/soon/tried", &org).await.text;
    assert!(page.contains("1 of 4 checked") && page.contains("王二") && !page.contains("王一"), "{page}");
}

#[tokio::test]
async fn a_trial_counts_nowhere_and_leaks_nothing() {
    let world = before_a_test().await;
    let m1 = world.token("m1").await;
    let put = world.put("/api/v1/tests/soon/device-check", &m1, json!({ "shape": "circle", "word": "ready" })).await;
    assert_eq!(put.good(), json!({ "shape": true, "word": true, "passed": true }));
    assert_eq!(world.get("/api/v1/tests/soon", &m1).await.status, StatusCode::OK);
    let mut tx = world.app.db.read().await.unwrap();
    let (attempts,): (i64,) = tx.query("SELECT count(*) FROM attempt").fetch_one().await.unwrap();
    assert_eq!(attempts, 0);
    drop(tx);
    let page = open(&world, "/tests/soon/try", &m1).await.text;
    for secret in ["alpha", "Multiple one", "secret-topic"] {
        assert!(!page.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn only_those_who_sit_it_try_and_only_the_subtree_is_seen() {
    let world = before_a_test().await;
    let (org, org_b, m4) = (world.token("org").await, world.token("org-b").await, world.token("m4").await);
    let given = json!({ "shape": "circle", "word": "ready" });
    let refused = world.put("/api/v1/tests/soon/device-check", &org, given.clone()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    world.put("/api/v1/tests/soon/device-check", &m4, given.clone()).await.good();
    let seen = world.get(OVERVIEW, &org_b).await.good();
    assert_eq!((&seen["checked"], &seen["due"]), (&json!(1), &json!(1)), "{seen}");
    assert_eq!(world.get(OVERVIEW, &m4).await.status, StatusCode::FORBIDDEN);
    let excused = json!({ "state": "excused", "reason": "on leave" });
    world.put("/api/v1/tests/soon/presence/m3", &org, excused).await;
    assert_eq!(world.get(OVERVIEW, &org).await.good()["due"], 3, "who is on leave need not try");
    world.pass(200 * MINUTE).await;
    let late = world.put("/api/v1/tests/soon/device-check", &m4, given).await;
    assert_eq!(late.kind(), "test-is-over");
}
