//! The whole job through the API: bank, roster, test, sitting, review, report.

use crate::support::{BANK, MINUTE, NOON, World, definition, questions, right, time};
use axum::http::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story")]
async fn banks_in_tests_sat_branch_report_out() {
    let world = World::new().await;
    let (org, m1, m3) = (world.token("org").await, world.token("m1").await, world.token("m3").await);
    let dry = world.send(Method::POST, "/api/v1/banks?dry_run=true&shared=true", Some(&org), BANK).await.good();
    assert_eq!((&dry["edition"], &dry["added"]), (&json!(1), &json!(10)));
    assert_eq!(world.get("/api/v1/banks/rules", &org).await.status, StatusCode::NOT_FOUND, "a dry run stores nothing");
    world.send(Method::POST, "/api/v1/banks?shared=true", Some(&org), BANK).await.good();
    let again = world.send(Method::POST, "/api/v1/banks", Some(&org), BANK).await.good();
    assert_eq!((&again["edition"], &again["unchanged"]), (&json!(1), &json!(10)), "the same file is the same edition");
    let changed = BANK.replace("Single two", "Single two, reworded");
    let second = world.send(Method::POST, "/api/v1/banks", Some(&org), changed).await.good();
    assert_eq!((&second["edition"], &second["changed"], &second["unchanged"]), (&json!(2), &json!(1), &json!(9)));
    world.send(Method::POST, "/api/v1/banks", Some(&org), BANK).await.good();
    let shown = world.get("/api/v1/banks/rules", &org).await.good();
    assert_eq!(
        (&shown["counts"]["kinds"]["single"], &shown["counts"]["topics"]["secret-topic-a"]),
        (&json!(4), &json!(5))
    );

    world.make(&definition("t", json!({}))).await;
    let paper = world.start(&m1).await;
    let attempt = paper["attempt"].as_str().unwrap().to_owned();
    for question in questions(&paper) {
        let position = question["position"].as_i64().unwrap();
        assert_eq!(world.save(&m1, &attempt, position, 1, right(&question)).await.status, StatusCode::NO_CONTENT);
    }
    let world = world.restarted().await;
    let resumed = world.start(&m1).await;
    assert_eq!(resumed["attempt"], json!(attempt), "after a restart the same attempt goes on");
    assert!(questions(&resumed).iter().all(|question| question["save"] == 1 && !question["response"].is_null()));
    let done = world.submit(&m1, &attempt).await.good();
    assert_eq!((&done["score"], &done["full"], &done["percent"]), (&json!(20), &json!(20), &json!(100.0)));
    assert_eq!((&done["passed"], &done["excellent"], &done["pending"]), (&json!(true), &json!(true), &json!(0)));
    assert_eq!(world.submit(&m1, &attempt).await.good(), done, "a second submit answers as the first");

    let other = world.start(&m3).await;
    let half = questions(&other).iter().find(|question| question["kind"] == "multiple").unwrap().clone();
    let one_of_two = json!([right(&half)[0]]);
    world.save(&m3, other["attempt"].as_str().unwrap(), half["position"].as_i64().unwrap(), 1, one_of_two).await;
    assert_eq!(world.submit(&m3, other["attempt"].as_str().unwrap()).await.good()["score"], json!(2));

    let path = "/api/v1/tests/t/presence/m4";
    assert_eq!(
        world.put(path, &org, json!({ "state": "excused", "reason": "因公" })).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(world.put(path, &org, json!({ "state": "excused" })).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let open = world.get("/api/v1/tests/t/report", &org).await.good();
    assert_eq!(
        (&open["final"], &open["branch"]["due"], &open["branch"]["absent"]),
        (&json!(false), &json!(4), &json!(1))
    );

    world.post("/api/v1/tests/t/close", &org, json!({})).await.good();
    let report = world.get("/api/v1/tests/t/report", &org).await.good();
    let branch = &report["branch"];
    assert_eq!(report["final"], json!(true));
    assert_eq!(
        (&branch["code"], &branch["due"], &branch["sat"], &branch["absent"], &branch["excused"]),
        (&json!("HQ"), &json!(4), &json!(2), &json!(1), &json!(1))
    );
    assert_eq!(
        (&branch["mean"], &branch["participation_rate"], &branch["pass_rate"], &branch["pass_rate_due"]),
        (&json!(55.0), &json!(50.0), &json!(50.0), &json!(25.0))
    );
    let codes: Vec<&str> =
        report["children"].as_array().unwrap().iter().filter_map(|line| line["code"].as_str()).collect();
    assert_eq!(codes, ["A", "B"]);
    let bands: u64 = report["bands"].as_array().unwrap().iter().map(|band| band["count"].as_u64().unwrap()).sum();
    assert_eq!(bands, 2);
    let possible: f64 =
        report["topics"].as_array().unwrap().iter().map(|topic| topic["possible"].as_f64().unwrap()).sum();
    assert!((possible - 40.0).abs() < 1e-9);

    let review = world.get(&format!("/api/v1/attempts/{attempt}"), &m1).await.good();
    assert_eq!(review["review"], json!(true));
    for question in questions(&review) {
        assert!(question["explanation"].as_str().unwrap().starts_with("because-explained"));
        assert!(
            question["answer"] == question["response"] || question["kind"] == "blank" || question["kind"] == "multiple"
        );
    }
    let csv = world.get("/api/v1/tests/t/attempts.csv", &org).await.text;
    assert!(csv.starts_with(
        "\u{feff}test,attempt,login,name,branch,number,started,finished,score,full,percent,passed,presence\r\n"
    ));
    assert_eq!(csv.lines().count(), 5, "two attempts, two without, one heading");
    let raw = world.get("/api/v1/tests/t/responses.csv", &org).await.text;
    assert_eq!(raw.lines().count(), 15);
    assert!(
        raw.lines().any(|line| line.contains("qid-m1,3,multiple,secret-topic-a,") && line.contains(",A,2,4")),
        "{raw}"
    );
}

#[tokio::test]
async fn a_test_that_cant_be_filled_is_refused_with_the_rows_that_lack() {
    let world = World::with_test().await;
    let org = world.token("org").await;
    let short = definition(
        "s",
        json!({ "sections": [
        { "title": "Judge", "kind": "true_false", "points": 2, "draw": [{ "bank": "rules", "count": 2 }, { "bank": "rules", "topics": ["secret-topic-b"], "count": 1 }] } ] }),
    );
    let answer = world.post("/api/v1/tests", &org, short).await;
    assert_eq!((answer.status, answer.kind().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "shortfall"));
    let shortfall = &answer.json()["shortfalls"][0];
    assert_eq!((&shortfall["needed"], &shortfall["there"]), (&json!(3), &json!(2)), "t1 and t2 give each other away");
    assert_eq!(shortfall["rows"].as_array().unwrap().len(), 2);
    let unknown = definition(
        "u",
        json!({ "audience": { "branches": ["H"] }, "sections": [
        { "title": "x", "kind": "single", "points": 2, "draw": [{ "bank": "rule", "count": 1 }, { "bank": "rules", "topics": ["secret-topic"], "count": 1 }] } ] }),
    );
    let answer = world.post("/api/v1/tests", &org, unknown).await;
    let pointers: Vec<String> = answer.json()["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(pointers, ["/audience/branches/0", "/sections/0/draw/0/bank", "/sections/0/draw/1/topics/0"]);
    let taken = world.post("/api/v1/tests", &org, definition("t", json!({}))).await;
    assert_eq!((taken.status, taken.kind().as_str()), (StatusCode::CONFLICT, "name-taken"));
}

#[tokio::test]
async fn after_the_first_paper_only_longer_times() {
    let world = World::with_test().await;
    let (org, m1) = (world.token("org").await, world.token("m1").await);
    let retitled = definition("t", json!({ "title": "Another" }));
    world.put("/api/v1/tests/t", &org, retitled.clone()).await.good();
    let before = world.start(&m1).await;
    let refused = world.put("/api/v1/tests/t", &org, definition("t", json!({}))).await;
    assert_eq!((refused.status, refused.kind().as_str()), (StatusCode::CONFLICT, "papers-are-out"));
    let mut longer = retitled.clone();
    longer["minutes"] = json!(30);
    world.put("/api/v1/tests/t", &org, longer).await.good();
    let after = world.start(&m1).await;
    assert_eq!(before["deadline"], json!(time(NOON + 20 * MINUTE)));
    assert_eq!(after["deadline"], json!(time(NOON + 30 * MINUTE)));
    let shorter = world.put("/api/v1/tests/t", &org, retitled).await;
    assert_eq!(shorter.kind(), "papers-are-out");
}

#[tokio::test]
async fn several_attempts_keep_what_the_test_says() {
    for (keep, expected) in [("best", 100.0), ("first", 30.0), ("last", 0.0), ("mean", 130.0 / 3.0)] {
        let world = World::new().await;
        world.load_bank().await;
        world.make(&definition("t", json!({ "attempts": 3, "keep": keep }))).await;
        let (org, m1) = (world.token("org").await, world.token("m1").await);
        for kinds in [&["blank"][..], &["single", "multiple", "true_false", "blank"], &[]] {
            let paper = world.start(&m1).await;
            let attempt = paper["attempt"].as_str().unwrap();
            for question in
                questions(&paper).iter().filter(|question| kinds.contains(&question["kind"].as_str().unwrap()))
            {
                world.save(&m1, attempt, question["position"].as_i64().unwrap(), 1, right(question)).await;
            }
            world.submit(&m1, attempt).await.good();
        }
        let none = world.post("/api/v1/tests/t/attempts", &m1, json!({})).await;
        assert_eq!((none.status, none.kind().as_str()), (StatusCode::CONFLICT, "no-attempt-left"));
        let report = world.get("/api/v1/tests/t/report?branch=A1", &org).await.good();
        let mean = report["branch"]["mean"].as_f64().unwrap();
        assert!((mean - expected).abs() < 0.02, "{keep}: {mean}");
    }
}

#[tokio::test]
async fn a_transfer_rewrites_no_closed_report() {
    let world = World::with_test().await;
    let (org, m1, admin) = (world.token("org").await, world.token("m1").await, world.token("admin").await);
    let paper = world.start(&m1).await;
    world.submit(&m1, paper["attempt"].as_str().unwrap()).await.good();
    let moved = "login,name,branch,role\nm1,王一,B1,member\nm2,王二,B1,member\n";
    world.send(Method::POST, "/api/v1/roster/members", Some(&admin), moved).await.good();
    let open = world.get("/api/v1/tests/t/report?branch=A1", &org).await.good();
    assert_eq!(
        (&open["branch"]["due"], &open["branch"]["sat"]),
        (&json!(1), &json!(1)),
        "who sat stays where they sat; who didn't goes along"
    );
    world.post("/api/v1/tests/t/close", &org, json!({})).await.good();
    let closed = world.get("/api/v1/tests/t/report", &org).await.good();
    let back = "login,name,branch,role\nm2,王二,A2,member\n";
    world.send(Method::POST, "/api/v1/roster/members", Some(&admin), back).await.good();
    world.send(Method::POST, "/api/v1/roster/branches", Some(&admin), "code,name,parent\nA1,改名,B\n").await.good();
    assert_eq!(world.get("/api/v1/tests/t/report", &org).await.good()["children"], closed["children"]);
    let person = world.get("/api/v1/people/m2", &admin).await.good();
    assert_eq!(person["memberships"].as_array().unwrap().len(), 3, "the history of memberships is kept");
}
