//! Proofs: the draw redrawn in Python, the chain of changes.

use crate::kinds::load_kinds;
use crate::support::{BANK, MINUTE, World, definition};
use kaohe::service::proofs;
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};

pub(crate) fn redraw(proof: &Value) -> (bool, String) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/draw/redraw.py");
    let mut python = Command::new("python3").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    python.stdin.take().unwrap().write_all(proof.to_string().as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Overlapping rows, families, difficulties and repeats, so that every rule of the draw is in play.
fn hard() -> Value {
    let difficulty = json!({ "1-2": 1, "3-5": 1 });
    definition(
        "t",
        json!({ "attempts": 2, "sections": [
        { "title": "Single", "kind": "single", "points": 2, "draw": [
            { "bank": "rules", "count": 2, "difficulty": difficulty }, { "bank": "rules", "topics": ["secret-topic-b"], "count": 1 }] },
        { "title": "Judge", "kind": "true_false", "points": 2, "draw": [
            { "bank": "rules", "topics": ["secret-topic-b"], "count": 1 }, { "bank": "rules", "count": 1 }] },
        { "title": "Multiple", "kind": "multiple", "points": 2, "draw": [{ "bank": "rules", "count": 1 }] },
        { "title": "Match", "kind": "match", "points": 2, "draw": [{ "bank": "kinds", "count": 1 }] },
        { "title": "Order", "kind": "order", "points": 2, "draw": [{ "bank": "kinds", "count": 1 }] } ] }),
    )
}

#[tokio::test]
async fn python_draws_every_paper_again_byte_for_byte() {
    let world = World::new().await;
    world.load_bank().await;
    load_kinds(&world).await;
    let made = world.make(&hard()).await;
    let org = world.token("org").await;
    for login in ["m1", "m2", "m3", "m4"] {
        let token = world.token(login).await;
        for _ in 0..2 {
            let paper = world.start(&token).await;
            world.submit(&token, paper["attempt"].as_str().unwrap()).await.good();
        }
    }
    let before = world.get("/api/v1/tests/t/draw", &org).await.good();
    assert_eq!(before["commitment"], made["commitment"]);
    assert!(before.get("secret").is_none() && before.get("candidates").is_none() && before.get("attempts").is_none());
    world.pass(90 * MINUTE).await;
    let mut proof = world.get("/api/v1/tests/t/draw", &org).await.good();
    assert_eq!(proof["commitment"], made["commitment"]);
    assert_eq!(redraw(&proof), (true, "8 papers agree\n".to_owned()));
    let own = world.get("/api/v1/tests/t/draw", &world.token("m1").await).await.good();
    assert_eq!(
        (own["attempts"].as_array().unwrap().len(), redraw(&own).0),
        (2, true),
        "a member verifies the own papers"
    );
    let verified = proofs::verify_draw(&world.app, &world.caller("org").await, "t").await.unwrap();
    assert!(verified.commitment_holds && verified.differing.is_empty() && verified.papers == 8);
    let paper = proof["attempts"][3]["paper"].as_str().unwrap().replacen("1 1 rules", "1 1 ruled", 1);
    proof["attempts"][3]["paper"] = json!(paper);
    assert!(!redraw(&proof).0, "a changed paper shows");
}

#[tokio::test]
async fn a_new_edition_is_never_taken_silently() {
    let world = World::with_test().await;
    let org = world.token("org").await;
    let retired = BANK.replace("\"kind\": \"blank\"", "\"retired\": true, \"kind\": \"blank\"");
    world.send(axum::http::Method::POST, "/api/v1/banks", Some(&org), retired).await.good();
    let m1 = world.token("m1").await;
    assert_eq!(
        crate::support::questions(&world.start(&m1).await).len(),
        7,
        "the pinned edition can always be drawn from"
    );
}

#[tokio::test]
async fn the_chain_shows_what_was_edited_removed_or_reordered() {
    for damage in [
        "UPDATE trace SET at_ms = at_ms + 1 WHERE seq = 3",
        "UPDATE trace_detail SET detail = '{}' WHERE seq = 4",
        "UPDATE trace SET kind = 'bank-loaded' WHERE seq = 2",
        "UPDATE attempt SET score = 2000, marks = '[]'",
        "UPDATE trace_head SET digest = ''",
    ] {
        let world = World::with_test().await;
        let m1 = world.token("m1").await;
        let paper = world.start(&m1).await;
        world.submit(&m1, paper["attempt"].as_str().unwrap()).await.good();
        let good = proofs::verify_trace(&world.app).await.unwrap();
        assert!(good.holds() && good.links >= 5, "{good:?}");
        let mut tx = world.app.db.write().await.unwrap();
        tx.query(damage).execute().await.unwrap();
        tx.commit().await.unwrap();
        assert!(!proofs::verify_trace(&world.app).await.unwrap().holds(), "{damage}");
    }
}

#[tokio::test]
async fn a_receipt_is_the_head_of_the_chain_after_the_finish() {
    let world = World::with_test().await;
    let m1 = world.token("m1").await;
    let paper = world.start(&m1).await;
    let receipt =
        world.submit(&m1, paper["attempt"].as_str().unwrap()).await.good()["receipt"].as_str().unwrap().to_owned();
    let (_, head) = kaohe::store::trace::head(&mut world.app.db.read().await.unwrap()).await.unwrap();
    assert_eq!(receipt.replace('-', "").to_lowercase(), head[..16]);
}

#[tokio::test]
async fn the_chain_shows_removed_and_exchanged_links() {
    for damage in [
        &["DELETE FROM trace_detail WHERE seq = 3", "DELETE FROM trace WHERE seq = 3"][..],
        &[
            "DELETE FROM trace_detail WHERE seq = (SELECT max(seq) FROM trace)",
            "DELETE FROM trace WHERE seq = (SELECT max(seq) FROM trace)",
        ],
        &[
            "DELETE FROM trace_detail WHERE seq IN (2, 3)",
            "UPDATE trace SET seq = -1 WHERE seq = 2",
            "UPDATE trace SET seq = 2 WHERE seq = 3",
            "UPDATE trace SET seq = 3 WHERE seq = -1",
        ],
    ] {
        let world = World::with_test().await;
        let m1 = world.token("m1").await;
        let paper = world.start(&m1).await;
        world.submit(&m1, paper["attempt"].as_str().unwrap()).await.good();
        let mut tx = world.app.db.write().await.unwrap();
        for statement in damage {
            tx.query(statement).execute().await.unwrap();
        }
        tx.commit().await.unwrap();
        let found = proofs::verify_trace(&world.app).await.unwrap();
        assert!(!found.broken.is_empty(), "{damage:?}: {found:?}");
    }
}

#[tokio::test]
async fn particulars_may_be_deleted_and_the_chain_still_holds() {
    let world = World::with_test().await;
    let m1 = world.token("m1").await;
    world.start(&m1).await;
    let mut tx = world.app.db.write().await.unwrap();
    tx.query("DELETE FROM trace_detail").execute().await.unwrap();
    tx.commit().await.unwrap();
    assert!(proofs::verify_trace(&world.app).await.unwrap().holds());
}

#[tokio::test]
async fn a_paper_seed_or_statement_that_was_exchanged_shows() {
    for (damage, commitment_holds, differing) in [
        ("UPDATE attempt SET paper = replace(paper, 'qid-s', 'qid-x')", true, 2),
        ("UPDATE attempt SET seed = (SELECT max(seed) FROM attempt)", true, 1),
        ("UPDATE test SET draw_statement = replace(draw_statement, '\"count\":3', '\"count\":2')", false, 0),
        ("UPDATE test SET secret = replace(replace(secret, 'a', 'b'), '1', '2')", false, 2),
        ("UPDATE test SET definition = replace(definition, '\"count\":3', '\"count\":2')", false, 2),
    ] {
        let world = World::with_test().await;
        for login in ["m1", "m2"] {
            world.start(&world.token(login).await).await;
        }
        let caller = world.caller("org").await;
        let good = proofs::verify_draw(&world.app, &caller, "t").await.unwrap();
        assert!(good.commitment_holds && good.differing.is_empty() && good.papers == 2);
        let mut tx = world.app.db.write().await.unwrap();
        tx.query(damage).execute().await.unwrap();
        tx.commit().await.unwrap();
        let world = world.restarted().await;
        let found = proofs::verify_draw(&world.app, &caller, "t").await.unwrap();
        assert_eq!((found.commitment_holds, found.differing.len()), (commitment_holds, differing), "{damage}");
    }
}
