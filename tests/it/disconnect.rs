//! A client that goes away: what its request began runs to its end, and nobody is held up.

use crate::support::{MINUTE, NOON, World, definition, questions, time};
use axum::http::Method;
use serde_json::{Value, json};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

/// Drives a request a few steps and drops it, as when its connection is cut.
async fn cut_after(steps: u32, request: impl Future) {
    let mut request = pin!(request);
    for _ in 0..steps {
        if request.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn eventually<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    for _ in 0..500 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{what}");
}

/// After how many steps at most a request is cut.
const MOST_STEPS: u32 = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn longer_times_reach_open_attempts_or_nobody() {
    for steps in 1..=MOST_STEPS {
        let world = World::with_test().await;
        let (org, m1) = (world.token("org").await, world.token("m1").await);
        world.start(&m1).await;
        let longer = definition("t", json!({ "minutes": 30 }));
        cut_after(steps, world.put("/api/v1/tests/t", &org, longer)).await;
        eventually("all or nothing", || async {
            let minutes = world.get("/api/v1/tests/t", &org).await.good()["minutes"].as_i64().unwrap();
            world.start(&m1).await["deadline"] == json!(time(NOON + minutes * MINUTE))
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closing_that_began_ends_every_attempt() {
    for steps in 1..=MOST_STEPS {
        let world = World::with_test().await;
        let org = world.token("org").await;
        for login in ["m1", "m2", "m3"] {
            world.start(&world.token(login).await).await;
        }
        let before = world.get("/api/v1/tests/t", &org).await.good()["closes"].clone();
        cut_after(steps, world.post("/api/v1/tests/t/close", &org, json!({}))).await;
        eventually("closed and settled, or open as before", || async {
            let shown = world.get("/api/v1/tests/t", &org).await.good();
            let report = world.get("/api/v1/tests/t/report", &org).await.good();
            if shown["closes"] == before {
                return report["branch"]["working"] == 3;
            }
            report["final"] == true && report["branch"]["sat"] == 3
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn saves_and_submits_that_are_cut_off_hold_nobody_up() {
    let world = World::with_test().await;
    let m1 = world.token("m1").await;
    let paper = world.start(&m1).await;
    let attempt = paper["attempt"].as_str().unwrap();
    for steps in 1..=MOST_STEPS {
        let number = i64::from(steps);
        let label = json!(["A", "B", "C", "D"][usize::try_from(steps % 4).unwrap()]);
        cut_after(steps, world.save(&m1, attempt, 1, number, label.clone())).await;
        let again = world.save(&m1, attempt, 1, number, label.clone()).await;
        assert_eq!(again.status.as_u16(), 204, "the same again is good, whether or not the first came through");
        let stored = questions(&world.start(&m1).await)[0].clone();
        assert_eq!((&stored["save"], &stored["response"]), (&json!(number), &label));
    }
    for steps in 1..=MOST_STEPS {
        cut_after(steps, world.submit(&m1, attempt)).await;
    }
    let done: Value = world.submit(&m1, attempt).await.good();
    assert_eq!(world.submit(&m1, attempt).await.good(), done);
    assert!(kaohe::service::proofs::verify_trace(&world.app).await.unwrap().holds());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_load_that_is_cut_off_leaves_all_or_nothing() {
    let questions: Vec<Value> = (0..1_000)
        .map(|number| json!({ "id": format!("q{number}"), "kind": "true_false", "topic": "t", "stem": format!("S{number}"), "answer": true }))
        .collect();
    let bank =
        json!({ "bank": "big", "title": "Big", "topics": [{ "id": "t", "title": "T" }], "questions": questions })
            .to_string();
    for steps in [1, 2, 3, 5, 8, 13, 40] {
        let world = World::new().await;
        let org = world.token("org").await;
        let began = world.send(Method::POST, "/api/v1/banks", Some(&org), bank.clone());
        cut_after(steps, began).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
        let shown = world.get("/api/v1/banks/big", &org).await;
        assert!(shown.status.as_u16() == 404 || shown.good()["questions"] == json!(1_000));
        eventually("the bank can be loaded", || async {
            let again = world.send(Method::POST, "/api/v1/banks", Some(&org), bank.clone()).await;
            assert!(matches!(again.status.as_u16(), 200 | 409), "{again:?}");
            again.status.as_u16() == 200
        })
        .await;
    }
}
