//! What stands beside the figures of branches: ranges, judgement, places.

use crate::support::{World, open, questions, right};
use axum::http::Method;
use serde_json::{Value, json};
use std::fmt::Write;

/// Twelve members in A1 and B1 each, three in A2; those of A1 get `rights` questions right, the others all.
async fn world() -> World {
    let world = World::with_test().await;
    let admin = world.token("admin").await;
    let mut roster = String::from("login,name,branch\n");
    let branch = |index: usize| {
        if index < 12 {
            "A1"
        } else if index < 15 {
            "A2"
        } else {
            "B1"
        }
    };
    for index in 0..27 {
        let _ = writeln!(roster, "p{index},p{index},{}", branch(index));
    }
    world.send(Method::POST, "/api/v1/roster/members", Some(&admin), roster).await.good();
    let logins: Vec<String> = (0..27).map(|index| format!("p{index}")).collect();
    world.give_passwords(logins.iter().map(String::as_str)).await;
    for (index, login) in logins.iter().enumerate() {
        let token = world.token(login).await;
        let paper = world.start(&token).await;
        let attempt = paper["attempt"].as_str().unwrap();
        let known = if branch(index) == "A1" { index % 3 } else { 7 - index % 2 };
        for question in questions(&paper).iter().take(known) {
            world.save(&token, attempt, question["position"].as_i64().unwrap(), 1, right(question)).await;
        }
        world.submit(&token, attempt).await.good();
    }
    world
}

fn child<'r>(report: &'r Value, code: &str) -> &'r Value {
    report["children"].as_array().unwrap().iter().find(|line| line["code"] == json!(code)).unwrap()
}

#[tokio::test]
async fn places_go_by_the_raw_mean_and_small_branches_stand_apart() {
    let world = world().await;
    let org = world.token("org").await;
    let whole = world.get("/api/v1/tests/t/report?branch=HQ", &org).await.good();
    let (a, b) = (child(&whole, "A"), child(&whole, "B"));
    assert_eq!((&a["advice"]["rank"], &b["advice"]["rank"]), (&json!(2), &json!(1)));
    assert_eq!((&a["advice"]["standing"], &b["advice"]["standing"]), (&json!("below"), &json!("above")));
    // Two branches say nothing of how branches differ: the mean of all weighs as ten members.
    let mean = |line: &Value| line["mean"].as_f64().unwrap();
    let all = (mean(a) * 15.0 + mean(b) * 12.0) / 27.0;
    let adjusted = b["advice"]["adjusted_mean"]["value"].as_f64().unwrap();
    assert!((adjusted - (12.0 * mean(b) + 10.0 * all) / 22.0).abs() < 1e-9, "{b}");
    let below = world.get("/api/v1/tests/t/report?branch=A", &org).await.good();
    let small = child(&below, "A2");
    assert_eq!((&small["advice"]["rank"], &small["advice"]["standing"]), (&Value::Null, &json!("few")));
    assert_eq!(child(&below, "A1")["advice"]["rank"], json!(1), "although three others have more");
    let pass = &small["advice"]["pass_rate"];
    assert!(
        (pass["low"].as_f64().unwrap() - 43.850_297).abs() < 1e-4 && pass["high"] == json!(100.0),
        "3 of 3: {small}"
    );
    let page = open(&world, "/tests/t/report?branch=A", &org).await.text;
    assert!(page.contains("not ranked") && page.contains("place 1") && page.contains("too few to judge"), "{page}");
    let page = open(&world, "/tests/t/report?branch=HQ", &org).await.text;
    assert!(page.contains("clearly above all") && page.contains("adjusted"), "{page}");
}
