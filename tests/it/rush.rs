//! Everybody at once: more callers than the database has connections.

use crate::support::{World, definition, questions, right};
use futures_util::future::join_all;
use serde_json::json;
use std::fmt::Write;
use std::time::Duration;

const MEMBERS: usize = 40;

/// A world with forty more members in A1, and a session of each.
async fn crowd() -> (World, Vec<String>) {
    let world = World::with_test().await;
    let mut roster = String::from("login,name,branch\n");
    for member in 0..MEMBERS {
        let _ = writeln!(roster, "c{member},c{member},A1");
    }
    let admin = world.token("admin").await;
    world.send(axum::http::Method::POST, "/api/v1/roster/members", Some(&admin), roster).await.good();
    let logins: Vec<String> = (0..MEMBERS).map(|member| format!("c{member}")).collect();
    world.give_passwords(logins.iter().map(String::as_str)).await;
    let mut tokens = Vec::new();
    for login in &logins {
        tokens.push(world.token(login).await);
    }
    (world, tokens)
}

async fn sit(world: &World, token: &str) {
    // Twice at the same time, as two tabs do.
    let (paper, again) = tokio::join!(world.start(token), world.start(token));
    assert_eq!(paper["attempt"], again["attempt"]);
    let attempt = paper["attempt"].as_str().unwrap();
    let all = questions(&paper);
    let saves = all
        .iter()
        .map(|question| world.save(token, attempt, question["position"].as_i64().unwrap(), 1, right(question)));
    assert!(join_all(saves).await.iter().all(|answer| answer.status.as_u16() == 204));
    let (one, two) = tokio::join!(world.submit(token, attempt), world.submit(token, attempt));
    let (one, two) = (one.good(), two.good());
    assert_eq!((&one["score"], &one), (&json!(20), &two));
    assert_eq!(world.get(&format!("/api/v1/attempts/{attempt}"), token).await.good()["score"], json!(20));
}

async fn watch(world: &World, token: &str) {
    for path in ["report", "presence", "attempts.csv", "responses.csv", "draw"] {
        let answer = world.get(&format!("/api/v1/tests/t/{path}"), token).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}: {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hall_that_starts_together_is_served() {
    let (world, tokens) = crowd().await;
    let org = world.token("org").await;
    let all = async {
        tokio::join!(
            join_all(tokens.iter().map(|token| sit(&world, token))),
            join_all((0..MEMBERS).map(|_| watch(&world, &org)))
        )
    };
    tokio::time::timeout(Duration::from_mins(1), all).await.unwrap();
    let report = world.get("/api/v1/tests/t/report?branch=A1", &org).await.good();
    assert_eq!((&report["branch"]["sat"], &report["branch"]["mean"]), (&json!(MEMBERS), &json!(100.0)));
    let verified = kaohe::service::proofs::verify_trace(&world.app).await.unwrap();
    assert!(verified.holds(), "{verified:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_made_or_changed_at_once_happens_once() {
    let world = World::with_test().await;
    let org = world.token("org").await;
    let other = definition("other", json!({}));
    let made = join_all((0..8).map(|_| world.post("/api/v1/tests", &org, other.clone()))).await;
    let count = |status: u16| made.iter().filter(|answer| answer.status.as_u16() == status).count();
    assert_eq!((count(201), count(409)), (1, 7), "{made:?}");
    let changed = crate::support::BANK.replace("Single two", "Single two, reworded");
    let load = || world.send(axum::http::Method::POST, "/api/v1/banks", Some(&org), changed.clone());
    let loaded = join_all((0..4).map(|_| load())).await;
    assert!(loaded.iter().any(|answer| answer.status.as_u16() == 200), "{loaded:?}");
    assert!(loaded.iter().all(|answer| matches!(answer.status.as_u16(), 200 | 409)), "{loaded:?}");
    assert_eq!(world.get("/api/v1/banks/rules", &org).await.good()["edition"], json!(2));
    let closed = join_all((0..4).map(|_| world.post("/api/v1/tests/t/close", &org, json!({})))).await;
    assert!(closed.iter().all(|answer| matches!(answer.status.as_u16(), 200 | 409)), "{closed:?}");
    assert_eq!(world.get("/api/v1/tests/t/report", &org).await.good()["final"], json!(true));
}
