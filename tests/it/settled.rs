//! After a test: what may still change, what a cancelled one counts, and who sees what.

use crate::support::{BANK, MINUTE, World, definition, questions, right};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

async fn sits(world: &World, login: &str) -> String {
    let token = world.token(login).await;
    let paper = world.start(&token).await;
    let attempt = paper["attempt"].as_str().unwrap();
    for question in questions(&paper) {
        let position = question["position"].as_i64().unwrap();
        assert!(world.save(&token, attempt, position, 1, right(&question)).await.status.is_success());
    }
    attempt.to_owned()
}

async fn sets(world: &World, login: &str, state: &str) -> StatusCode {
    let com = world.token("com").await;
    let body = json!({ "state": state, "reason": "put right" });
    let answer = world.put(&format!("/api/v1/tests/t/presence/{login}"), &com, body).await;
    assert!(answer.status.is_success() || answer.kind() == "test-is-over", "{answer:?}");
    answer.status
}

#[tokio::test]
async fn who_was_due_is_frozen_when_a_test_is_settled() {
    let world = World::with_test().await;
    assert_eq!(sets(&world, "m4", "exempt").await, StatusCode::NO_CONTENT);
    let org = world.token("org").await;
    world.send(Method::POST, "/api/v1/tests/t/close", Some(&org), "{}").await.good();
    let due = || async { world.get("/api/v1/tests/t/report", &org).await.good()["branch"].clone() };
    assert_eq!((&due().await["due"], &due().await["exempt"]), (&json!(3), &json!(1)));
    for (login, state, meant) in [
        ("m1", "exempt", StatusCode::CONFLICT),
        ("m4", "absent", StatusCode::CONFLICT),
        ("m4", "excused", StatusCode::CONFLICT),
        ("m4", "exempt", StatusCode::NO_CONTENT),
        ("m1", "excused", StatusCode::NO_CONTENT),
        ("m1", "exempt", StatusCode::CONFLICT),
        ("m2", "disqualified", StatusCode::NO_CONTENT),
        ("m2", "absent", StatusCode::NO_CONTENT),
    ] {
        assert_eq!(sets(&world, login, state).await, meant, "{login} {state}");
        assert_eq!(due().await["due"], json!(3), "{login} {state}");
    }
    assert_eq!(due().await["excused"], json!(1));
    let mut tx = world.app.db.read().await.unwrap();
    let links = kaohe::store::trace::list(&mut tx, 0, 1_000).await.unwrap();
    assert_eq!(links.iter().filter(|link| link.kind == "presence-set").count(), 5, "each change is traced");
}

/// Two organizers may press the button in the second in which the server ends the test by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_test_that_is_closed_by_several_at_once_is_settled_once() {
    let world = World::new().await;
    world.load_bank().await;
    let org = world.token("org").await;
    for round in 0..20 {
        let name = format!("t{round}");
        world.make(&definition(&name, json!({}))).await;
        let path = format!("/api/v1/tests/{name}/close");
        let close = || world.send(Method::POST, &path, Some(&org), "{}");
        let upkeep = || kaohe::service::upkeep::round(&world.app, world.now());
        let (one, two, three, four, five) = tokio::join!(close(), upkeep(), close(), upkeep(), close());
        for answer in [one, three, five] {
            answer.good();
        }
        two.and(four).unwrap();
        let due = world.get(&format!("/api/v1/tests/{name}/report"), &org).await.good()["branch"]["due"].clone();
        assert_eq!(due, json!(4), "{name}");
    }
    let mut tx = world.app.db.read().await.unwrap();
    let links = kaohe::store::trace::list(&mut tx, 0, 1_000).await.unwrap();
    assert_eq!(links.iter().filter(|link| link.kind == "test-settled").count(), 20, "each is settled once");
}

#[tokio::test]
async fn a_cancelled_test_ends_at_once_and_counts_nowhere() {
    let world = World::with_test().await;
    let (org, m1, m2) = (world.token("org").await, world.token("m1").await, world.token("m2").await);
    let (open, done) = (sits(&world, "m1").await, sits(&world, "m2").await);
    world.submit(&m2, &done).await.good();
    assert_eq!(world.get("/api/v1/tests/t/report", &org).await.good()["branch"]["sat"], json!(1));
    world.post("/api/v1/tests/t/cancel", &org, json!({ "reason": "wrong bank" })).await.good();
    let saved = world.save(&m1, &open, 1, 9, json!(null)).await;
    assert_eq!((saved.status, saved.kind().as_str()), (StatusCode::CONFLICT, "attempt-finished"));
    assert_eq!(world.submit(&m1, &open).await.kind(), "cancelled");
    assert_eq!(world.post("/api/v1/tests/t/attempts", &m1, json!({})).await.kind(), "cancelled");
    let shown = world.get(&format!("/api/v1/attempts/{open}"), &m1).await.good();
    assert!(!questions(&shown)[0]["response"].is_null() && !shown["finished"].is_null(), "what was answered is kept");
    let check = |report: Value| {
        assert_eq!(report["cancelled"], json!("wrong bank"));
        for line in report["children"].as_array().unwrap().iter().chain([&report["branch"]]) {
            assert_eq!((&line["sat"], &line["working"], &line["mean"]), (&json!(0), &json!(0), &json!(null)), "{line}");
        }
    };
    check(world.get("/api/v1/tests/t/report", &org).await.good());
    let presence = world.get("/api/v1/tests/t/presence", &org).await.good();
    assert!(presence.as_array().unwrap().iter().all(|member| member["state"] != "sat"), "{presence}");
    world.pass(120 * MINUTE).await;
    check(world.get("/api/v1/tests/t/report", &org).await.good());
    assert!(kaohe::service::proofs::verify_trace(&world.app).await.unwrap().holds());
}

#[tokio::test]
async fn a_branch_that_has_moved_away_is_not_shown_by_name() {
    let world = World::with_test().await;
    let (org, admin) = (world.token("org").await, world.token("admin").await);
    for login in ["m1", "m3"] {
        let attempt = sits(&world, login).await;
        world.submit(&world.token(login).await, &attempt).await.good();
    }
    world.send(Method::POST, "/api/v1/tests/t/close", Some(&org), "{}").await.good();
    let moved = "code,name,parent,kind\nA2,二支部,B,支部\n";
    world.send(Method::POST, "/api/v1/roster/branches", Some(&admin), moved).await.good();
    world
        .send(
            Method::POST,
            "/api/v1/roster/members",
            Some(&admin),
            "login,name,branch,role\ncom-a,甲委员,A,committee\n",
        )
        .await
        .good();
    world.give_passwords(["com-a"].into_iter()).await;
    let report = world.get("/api/v1/tests/t/report", &world.token("com-a").await).await.good();
    let children = report["children"].as_array().unwrap();
    let names: Vec<&Value> = children.iter().map(|line| &line["name"]).collect();
    assert_eq!(names, [&json!("一支部"), &Value::Null], "{report}");
    assert_eq!((&children[1]["elsewhere"], &children[1]["code"]), (&json!(true), &Value::Null));
    for field in ["due", "sat", "absent"] {
        let sum: i64 = children.iter().map(|line| line[field].as_i64().unwrap()).sum();
        assert_eq!(Some(sum), report["branch"][field].as_i64(), "{field}");
    }
    assert!(!report.to_string().contains("二支部"));
    let whole = world.get("/api/v1/tests/t/report?branch=A", &org).await.good();
    assert!(whole.to_string().contains("二支部"), "who sees all still sees the tree of the closing");
}

#[tokio::test]
async fn raw_responses_of_a_shared_bank_wait_for_the_end() {
    let world = World::new().await;
    world.load_bank().await;
    let own = BANK.replacen("\"bank\": \"rules\"", "\"bank\": \"own\"", 1);
    let org_a = world.token("org-a").await;
    world.send(Method::POST, "/api/v1/banks", Some(&org_a), own).await.good();
    let mut test = definition("t", json!({ "audience": { "branches": ["A"] } }));
    test["sections"][2]["draw"][0]["bank"] = json!("own");
    world.post("/api/v1/tests", &org_a, test).await.good();
    let attempt = sits(&world, "m1").await;
    world.submit(&world.token("m1").await, &attempt).await.good();
    let banks = |text: &str| -> Vec<String> {
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        reader.records().map(|record| record.unwrap()[4].to_owned()).collect()
    };
    let open = world.get("/api/v1/tests/t/responses.csv", &org_a).await.text;
    assert_eq!(banks(&open), ["own", "own"], "{open}");
    let above = world.get("/api/v1/tests/t/responses.csv", &world.token("org").await).await.text;
    assert_eq!(banks(&above).len(), 7, "who reads the keys sees all");
    world.pass(120 * MINUTE).await;
    let after = world.get("/api/v1/tests/t/responses.csv", &org_a).await.text;
    assert_eq!(banks(&after).len(), 7);
    let mut reader = csv::Reader::from_reader(after.trim_start_matches('\u{feff}').as_bytes());
    let cell = |kind: &str, records: &[csv::StringRecord]| {
        records.iter().find(|record| &record[7] == kind).unwrap()[9].to_owned()
    };
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == ',');
    assert!(plain(&cell("single", &records)) && plain(&cell("multiple", &records)), "{after}");
    assert!(cell("multiple", &records).contains(','), "{after}");
}

#[tokio::test]
async fn a_telephone_as_login_is_masked_and_still_addressable() {
    let world = World::new().await;
    world.load_bank().await;
    let admin = world.token("admin").await;
    let sheet = "login,name,branch\n13812345678,手机人,A1\n";
    world.send(Method::POST, "/api/v1/roster/members", Some(&admin), sheet).await.good();
    world.give_passwords(["13812345678"].into_iter()).await;
    world.make(&definition("t", json!({}))).await;
    let attempt = sits(&world, "13812345678").await;
    world.submit(&world.token("13812345678").await, &attempt).await.good();
    let org = world.token("org").await;
    let list = world.get("/api/v1/tests/t/presence", &org).await.good();
    let mine = list.as_array().unwrap().iter().find(|member| member["name"] == "手机人").unwrap();
    assert_eq!(mine["login"], json!("138****5678"));
    let person = mine["person"].as_str().unwrap();
    let body = json!({ "state": "disqualified", "reason": "copied" });
    assert_eq!(
        world.put(&format!("/api/v1/tests/t/presence/{person}"), &org, body).await.status,
        StatusCode::NO_CONTENT
    );
    let longer = json!({ "extra_minutes": 5, "reason": "ill" });
    world.put(&format!("/api/v1/tests/t/members/{person}"), &org, longer).await.good();
    for file in ["attempts", "responses"] {
        let text = world.get(&format!("/api/v1/tests/t/{file}.csv"), &org).await.text;
        assert!(text.contains("138****5678") && !text.contains("13812345678"), "{text}");
    }
    assert_eq!(world.get(&format!("/api/v1/people/{person}"), &org).await.good()["person"], mine["person"]);
}
