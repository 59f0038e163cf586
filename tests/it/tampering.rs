//! What `trace verify` and `draw verify` find of changes made behind the program's back.

use crate::support::{World, questions, right};
use axum::http::Method;
use kaohe::service::proofs::{self, NamedAttempt};
use serde_json::json;

/// Two sat, one of them fully right, one is excused; the test is closed and settled.
async fn closed() -> World {
    let world = World::with_test().await;
    let org = world.token("org").await;
    let excused = json!({ "state": "excused", "reason": "ill" });
    assert!(world.put("/api/v1/tests/t/presence/m3", &org, excused).await.status.is_success());
    for login in ["m1", "m2"] {
        let token = world.token(login).await;
        let paper = world.start(&token).await;
        let attempt = paper["attempt"].as_str().unwrap();
        for question in questions(&paper).iter().take(5) {
            let position = question["position"].as_i64().unwrap();
            assert!(world.save(&token, attempt, position, 1, right(question)).await.status.is_success());
        }
        world.submit(&token, attempt).await.good();
    }
    world.send(Method::POST, "/api/v1/tests/t/close", Some(&org), "{}").await.good();
    world
}

async fn damage(world: &World, statements: &[&'static str]) {
    let mut tx = world.app.db.write().await.unwrap();
    for statement in statements {
        assert!(tx.query(statement).execute().await.unwrap() > 0, "{statement} changed nothing");
    }
    tx.commit().await.unwrap();
}

const NO_FINISH_DETAILS: &str =
    "DELETE FROM trace_detail WHERE seq IN (SELECT seq FROM trace WHERE kind = 'attempt-finished')";
const NO_DETAILS: &str = "DELETE FROM trace_detail";

#[tokio::test]
async fn every_change_of_a_result_shows() {
    let good = proofs::verify_trace(&closed().await.app).await.unwrap();
    assert!(good.holds() && good.unchecked_attempts.is_empty(), "{good:?}");
    for statements in [
        &["UPDATE attempt SET score = 2000"][..],
        &["UPDATE attempt SET full_marks = 1000"],
        &["UPDATE attempt SET deadline_at_ms = deadline_at_ms + 60000"],
        &["UPDATE attempt SET finished_at_ms = finished_at_ms - 1"],
        &["UPDATE attempt SET started_at_ms = started_at_ms - 1"],
        &["UPDATE attempt SET branch_id = (SELECT id FROM branch WHERE code = 'B1')"],
        &["UPDATE attempt SET receipt = 'AAAA-AAAA-AAAA-AAAA'"],
        &["UPDATE response SET response = NULL WHERE position = 1"],
        &["DELETE FROM response WHERE position = 1"],
        &[NO_FINISH_DETAILS, "UPDATE attempt SET score = 2000"],
        &[NO_DETAILS, "UPDATE attempt SET marks = replace(marks, '2', '4')"],
        &[NO_DETAILS, "UPDATE response SET response = NULL WHERE position = 1"],
    ] {
        let world = closed().await;
        damage(&world, statements).await;
        let found = proofs::verify_trace(&world.app).await.unwrap();
        assert!(!found.holds() && found.differing_attempts.len() == 2, "{statements:?}: {found:?}");
        assert!(found.differing_attempts.iter().all(|one| one.test == "t" && one.login.starts_with('m')), "{found:?}");
    }
}

#[tokio::test]
async fn every_change_of_a_test_or_a_presence_shows() {
    for statement in [
        "UPDATE test SET definition = replace(definition, '\"pass\":60', '\"pass\":50')",
        "UPDATE test SET opens_at_ms = opens_at_ms - 1",
        "UPDATE test SET cancelled_reason = 'no'",
        "UPDATE test SET commitment = secret",
        "DELETE FROM closed_member WHERE person_id = (SELECT id FROM person WHERE login = 'm4')",
        "UPDATE closed_branch SET name = 'other' WHERE code = 'A'",
    ] {
        for without in [&[][..], &[NO_DETAILS]] {
            let world = closed().await;
            damage(&world, &[without, &[statement]].concat()).await;
            let found = proofs::verify_trace(&world.app).await.unwrap();
            assert_eq!(found.differing_tests, ["t"], "{statement} {without:?}");
        }
    }
    for statement in [
        "UPDATE presence SET state = 'exempt'",
        "UPDATE presence SET reason = 'other'",
        "UPDATE presence SET person_id = (SELECT id FROM person WHERE login = 'm4')",
        "DELETE FROM presence",
    ] {
        let world = closed().await;
        damage(&world, &[statement]).await;
        let found = proofs::verify_trace(&world.app).await.unwrap();
        assert!(!found.holds() && !found.differing_presence.is_empty(), "{statement}: {found:?}");
    }
}

#[tokio::test]
async fn missing_particulars_are_told_as_long_as_responses_are_kept() {
    let world = closed().await;
    damage(&world, &[NO_DETAILS]).await;
    let found = proofs::verify_trace(&world.app).await.unwrap();
    assert!(!found.holds() && found.missing_details.len() == 2 && found.differing_attempts.is_empty(), "{found:?}");
    damage(&world, &["DELETE FROM response"]).await;
    let found = proofs::verify_trace(&world.app).await.unwrap();
    assert!(found.holds() && found.unchecked_attempts.len() == 2, "{found:?}");
}

#[tokio::test]
async fn responses_may_be_deleted_after_their_time() {
    let world = closed().await;
    damage(&world, &["DELETE FROM response"]).await;
    let found = proofs::verify_trace(&world.app).await.unwrap();
    assert!(found.holds() && found.unchecked_attempts.is_empty(), "{found:?}");
    damage(&world, &["UPDATE attempt SET score = 2000 WHERE person_id = (SELECT id FROM person WHERE login = 'm1')"])
        .await;
    let found = proofs::verify_trace(&world.app).await.unwrap();
    assert!(matches!(&found.differing_attempts[..], [NamedAttempt { login, .. }] if login == "m1"), "{found:?}");
}

#[tokio::test]
async fn an_attempt_that_the_chain_does_not_know_shows() {
    let world = closed().await;
    let made_up = "INSERT INTO attempt (id, test_id, person_id, number, branch_id, seed, paper, question_count, started_at_ms,
            deadline_at_ms, save_base, finished_at_ms, finished_by, marks, score, full_marks, receipt)
        SELECT 'made-up', test_id, person_id, 9, branch_id, seed, paper, question_count, started_at_ms, deadline_at_ms, 0,
            finished_at_ms, finished_by, marks, score, full_marks, receipt
        FROM attempt WHERE person_id = (SELECT id FROM person WHERE login = 'm2')";
    damage(&world, &[made_up]).await;
    let found = proofs::verify_trace(&world.app).await.unwrap();
    assert!(matches!(&found.differing_attempts[..], [NamedAttempt { login, .. }] if login == "m2"), "{found:?}");
}

#[tokio::test]
async fn an_edited_question_shows_in_the_draw() {
    for statement in [
        "UPDATE question SET body = replace(body, '\"A\"', '\"B\"') WHERE kind = 'single'",
        "UPDATE question SET topic = 'secret-topic-b' WHERE kind = 'single'",
        "UPDATE question SET family = 'x' WHERE kind = 'single'",
        "UPDATE question SET digest = 'x' WHERE kind = 'single'",
    ] {
        let world = closed().await;
        let org = world.caller("org").await;
        assert!(proofs::verify_draw(&world.app, &org, "t").await.unwrap().holds());
        damage(&world, &[statement]).await;
        let found = proofs::verify_draw(&world.app, &org, "t").await.unwrap();
        assert_eq!(found.edited_banks, ["rules"], "{statement}");
    }
}
