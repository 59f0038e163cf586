//! Saves, submits and times: design facts 1 to 6.

use crate::support::{MINUTE, NOON, World, definition, questions, right, time};
use axum::http::StatusCode;
use serde_json::{Value, json};

async fn started(world: &World, login: &str) -> (String, Value, String) {
    let token = world.token(login).await;
    let paper = world.start(&token).await;
    let attempt = paper["attempt"].as_str().unwrap().to_owned();
    (token, paper, attempt)
}

#[tokio::test]
async fn saves_are_ordered_and_idempotent() {
    let world = World::with_test().await;
    let (m1, _, attempt) = started(&world, "m1").await;
    assert_eq!(world.save(&m1, &attempt, 1, 5, json!("A")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(
        world.save(&m1, &attempt, 1, 5, json!("A")).await.status,
        StatusCode::NO_CONTENT,
        "the same again changes nothing"
    );
    let conflict = world.save(&m1, &attempt, 1, 5, json!("B")).await;
    assert_eq!((conflict.status, conflict.kind().as_str()), (StatusCode::CONFLICT, "stale-save"));
    assert_eq!(conflict.json()["stored"], json!({ "save": 5, "response": "A" }));
    assert_eq!(world.save(&m1, &attempt, 1, 4, json!("C")).await.kind(), "stale-save");
    assert_eq!(world.save(&m1, &attempt, 1, 9, json!("B")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(
        world.save(&m1, &attempt, 1, 10, Value::Null).await.status,
        StatusCode::NO_CONTENT,
        "null takes a response back"
    );
    assert_eq!(questions(&world.start(&m1).await)[0]["response"], Value::Null);
    assert_eq!(world.save(&m1, &attempt, 4, 1, json!(["B", "A"])).await.status, StatusCode::NO_CONTENT);
    assert_eq!(
        world.save(&m1, &attempt, 4, 1, json!(["A", "B"])).await.status,
        StatusCode::NO_CONTENT,
        "the order of a choice says nothing"
    );
    assert_eq!(questions(&world.start(&m1).await)[3]["response"], json!(["B", "A"]), "kept as sent");
}

#[tokio::test]
async fn what_does_not_fit_is_refused_and_spoils_nothing() {
    let world = World::with_test().await;
    let (m1, _, attempt) = started(&world, "m1").await;
    let long = "长".repeat(501);
    for (position, response) in [
        (1, json!("E")),
        (1, json!(["A"])),
        (1, json!(7)),
        (4, json!(["A", "A"])),
        (4, json!("A")),
        (4, json!(["Z"])),
        (5, json!("true")),
        (7, json!(["一年"])),
        (7, json!(["a\u{0}", null])),
        (7, json!([long, null])),
        (7, json!([1, 2])),
    ] {
        let answer = world.save(&m1, &attempt, position, 1, response.clone()).await;
        assert_eq!(
            (answer.status, answer.kind().as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, "response-misfit"),
            "{response}"
        );
    }
    for save in [0, -1, 1 << 53] {
        assert_eq!(world.save(&m1, &attempt, 1, save, json!("A")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(world.save(&m1, &attempt, 1, (1 << 53) - 1, json!("A")).await.status, StatusCode::NO_CONTENT);
    for position in ["0", "8", "x", "99999999999999999999"] {
        let path = format!("/api/v1/attempts/{attempt}/responses/{position}");
        assert_eq!(world.put(&path, &m1, json!({ "response": "A", "save": 1 })).await.status, StatusCode::NOT_FOUND);
    }
    let stranger = world.token("m2").await;
    assert_eq!(world.save(&stranger, &attempt, 1, 1, json!("A")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get(&format!("/api/v1/attempts/{attempt}"), &stranger).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.submit(&stranger, &attempt).await.status, StatusCode::NOT_FOUND);
    let unknown = world
        .put(&format!("/api/v1/attempts/{attempt}/responses/1"), &m1, json!({ "response": "A", "save": 2, "sav": 3 }))
        .await;
    assert_eq!(unknown.kind(), "unreadable");
}

#[tokio::test]
async fn every_attempt_answer_tells_time_and_deadline() {
    let world = World::with_test().await;
    let (m1, paper, attempt) = started(&world, "m1").await;
    assert_eq!(paper["deadline"], json!(time(NOON + 20 * MINUTE)));
    let answers = [
        world.post("/api/v1/tests/t/attempts", &m1, json!({})).await,
        world.get(&format!("/api/v1/attempts/{attempt}"), &m1).await,
        world.save(&m1, &attempt, 1, 1, json!("A")).await,
        world.save(&m1, &attempt, 1, 1, json!("B")).await,
        world.submit(&m1, &attempt).await,
    ];
    for answer in answers {
        assert_eq!(answer.headers["kaohe-time"], NOON.to_string().as_str());
        assert_eq!(answer.headers["kaohe-deadline"], (NOON + 20 * MINUTE).to_string().as_str());
    }
}

#[tokio::test]
async fn the_deadline_has_its_grace_and_then_the_server_finishes() {
    let world = World::with_test().await;
    let (m1, paper, attempt) = started(&world, "m1").await;
    let first = &questions(&paper)[0];
    world.pass(20 * MINUTE + 5_000).await;
    assert_eq!(
        world.save(&m1, &attempt, 1, 1, right(first)).await.status,
        StatusCode::NO_CONTENT,
        "the last moment of grace"
    );
    world.app.clock.move_by(1);
    let late = world.save(&m1, &attempt, 2, 1, json!("A")).await;
    assert_eq!((late.status, late.kind().as_str()), (StatusCode::GONE, "deadline-passed"));
    let world = world.restarted().await;
    world.pass(1).await;
    let done = world.get(&format!("/api/v1/attempts/{attempt}"), &m1).await.good();
    assert_eq!(
        done["finished"],
        json!(time(NOON + 20 * MINUTE)),
        "finished at the deadline, with nobody connected, after a restart"
    );
    assert_eq!(done["score"], json!(2), "with everything received in time");
    assert_eq!(world.save(&m1, &attempt, 2, 1, json!("A")).await.kind(), "deadline-passed");
    assert_eq!(world.submit(&m1, &attempt).await.good()["receipt"], done["receipt"]);
}

#[tokio::test]
async fn nothing_is_taken_after_the_submit() {
    let world = World::with_test().await;
    let (m1, _, attempt) = started(&world, "m1").await;
    world.submit(&m1, &attempt).await.good();
    let late = world.save(&m1, &attempt, 1, 1, json!("A")).await;
    assert_eq!((late.status, late.kind().as_str()), (StatusCode::CONFLICT, "attempt-finished"));
}

#[tokio::test]
async fn a_device_that_was_taken_over_cant_win() {
    let world = World::with_test().await;
    let (old, paper, attempt) = started(&world, "m1").await;
    assert_eq!(paper["save_base"], json!(0));
    world.save(&old, &attempt, 1, 1_795_000_000_000, json!("A")).await;
    let new = world.token("m1").await;
    let taken = world.post("/api/v1/tests/t/attempts", &new, json!({ "take_over": true })).await.good();
    let base = taken["save_base"].as_i64().unwrap();
    assert!(base > 1_795_000_000_000);
    for save in [1_795_000_000_001, base, base + 1_000_000] {
        let answer = world.save(&old, &attempt, 1, save, json!("B")).await;
        assert_eq!((answer.status, answer.kind().as_str()), (StatusCode::CONFLICT, "taken-over"), "{save}");
        assert_eq!(answer.json()["stored"]["response"], json!("A"));
    }
    assert_eq!(world.save(&new, &attempt, 1, base, json!("B")).await.kind(), "taken-over");
    assert_eq!(world.save(&new, &attempt, 1, base + 1, json!("C")).await.status, StatusCode::NO_CONTENT);
    let back = world.post("/api/v1/tests/t/attempts", &old, json!({ "take_over": true })).await.good();
    let base = back["save_base"].as_i64().unwrap();
    assert_eq!(
        world.save(&old, &attempt, 1, base + 1, json!("D")).await.status,
        StatusCode::NO_CONTENT,
        "unless it takes over in turn"
    );
}

#[tokio::test]
async fn a_double_start_is_one_attempt() {
    let world = World::with_test().await;
    let m1 = world.token("m1").await;
    let starts = futures_util::future::join_all((0..20).map(|_| world.start(&m1))).await;
    assert!(
        starts
            .iter()
            .all(|paper| paper["attempt"] == starts[0]["attempt"] && paper["sections"] == starts[0]["sections"])
    );
}

#[tokio::test]
async fn extra_minutes_reach_an_open_attempt_and_are_never_cut() {
    let world = World::new().await;
    world.load_bank().await;
    world.make(&definition("t", json!({ "closes": time(NOON + 10 * MINUTE), "late_minutes": 5 }))).await;
    let org = world.token("org").await;
    let (m1, paper, _) = started(&world, "m1").await;
    assert_eq!(paper["deadline"], json!(time(NOON + 10 * MINUTE)), "the closing cuts the minutes");
    let path = "/api/v1/tests/t/members/m1";
    assert_eq!(
        world.put(path, &org, json!({ "extra_minutes": 15 })).await.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "a reason is needed"
    );
    world.put(path, &org, json!({ "extra_minutes": 15, "reason": "视力不便" })).await.good();
    assert_eq!(world.start(&m1).await["deadline"], json!(time(NOON + 25 * MINUTE)), "but never the extra ones");
    world.pass(5 * MINUTE).await;
    let m2 = world.token("m2").await;
    let late = world.post("/api/v1/tests/t/attempts", &m2, json!({})).await;
    assert_eq!((late.status, late.kind().as_str()), (StatusCode::FORBIDDEN, "too-late"));
    let own = json!({ "opens": time(NOON + 4 * MINUTE), "closes": time(NOON + 40 * MINUTE), "reason": "值班" });
    world.put("/api/v1/tests/t/members/m2", &org, own).await.good();
    assert_eq!(
        world.start(&m2).await["deadline"],
        json!(time(NOON + 25 * MINUTE)),
        "lateness counts from the own opening"
    );
    world.pass(6 * MINUTE).await;
    let m3 = world.token("m3").await;
    assert_eq!(world.post("/api/v1/tests/t/attempts", &m3, json!({})).await.kind(), "not-open");
    assert_eq!(
        world.get("/api/v1/tests/t/report", &org).await.good()["final"],
        json!(false),
        "not before the last personal window"
    );
    world.pass(40 * MINUTE).await;
    assert_eq!(world.get("/api/v1/tests/t/report", &org).await.good()["final"], json!(true));
}

#[tokio::test]
async fn before_the_opening_and_before_the_earliest_submit() {
    let world = World::new().await;
    world.load_bank().await;
    world.make(&definition("t", json!({ "opens": time(NOON + MINUTE), "earliest_submit_minutes": 5 }))).await;
    let m1 = world.token("m1").await;
    let early = world.post("/api/v1/tests/t/attempts", &m1, json!({})).await;
    assert_eq!((early.status, early.kind().as_str()), (StatusCode::FORBIDDEN, "not-open"));
    world.pass(MINUTE).await;
    let attempt = world.start(&m1).await["attempt"].as_str().unwrap().to_owned();
    let soon = world.submit(&m1, &attempt).await;
    assert_eq!((soon.status, soon.kind().as_str()), (StatusCode::CONFLICT, "too-early"));
    world.pass(5 * MINUTE).await;
    world.submit(&m1, &attempt).await.good();
}
