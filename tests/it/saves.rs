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

#[tokio::test]
async fn refusals_tell_the_time_too() {
    let world = World::new().await;
    world.load_bank().await;
    world.make(&definition("t", json!({ "earliest_submit_minutes": 5 }))).await;
    let (m1, _, attempt) = started(&world, "m1").await;
    world.save(&m1, &attempt, 1, 2, json!("A")).await;
    world.pass(MINUTE).await;
    let path = format!("/api/v1/attempts/{attempt}/responses/1");
    let answers = [
        world.submit(&m1, &attempt).await,
        world.save(&m1, &attempt, 1, 1, json!("A")).await,
        world.save(&m1, &attempt, 1, 3, json!("Z")).await,
        world.save(&m1, &attempt, 1, 0, json!("A")).await,
        world.save(&m1, &attempt, 99, 3, json!("A")).await,
        world.put(&path, &m1, json!([])).await,
        world.post(&format!("/api/v1/attempts/{attempt}/submit"), &m1, json!({ "now": true })).await,
    ];
    for answer in answers {
        assert!(answer.status.is_client_error(), "{answer:?}");
        let header = |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        assert_eq!(header("kaohe-time"), (NOON + MINUTE).to_string(), "{answer:?}");
        assert_eq!(header("kaohe-deadline"), (NOON + 20 * MINUTE).to_string(), "{answer:?}");
    }
}

#[tokio::test]
async fn what_was_acknowledged_stays_acknowledged() {
    let world = World::with_test().await;
    let (m1, _, attempt) = started(&world, "m1").await;
    let kept = |number: i64| world.save(&m1, &attempt, 1, number, json!("A"));
    assert_eq!(kept(3).await.status, StatusCode::NO_CONTENT);
    let new = world.token("m1").await;
    world.post("/api/v1/tests/t/attempts", &new, json!({ "take_over": true })).await.good();
    assert_eq!(kept(3).await.status, StatusCode::NO_CONTENT, "sent again after the device was taken over");
    world.pass(20 * MINUTE + 5_001).await;
    assert_eq!(kept(3).await.status, StatusCode::NO_CONTENT, "sent again after the time is over");
    assert_eq!(kept(4).await.kind(), "deadline-passed");
    let (m2, _, attempt) = {
        let world = &world;
        started(world, "m2").await
    };
    assert_eq!(world.save(&m2, &attempt, 1, 3, json!("A")).await.status, StatusCode::NO_CONTENT);
    world.submit(&m2, &attempt).await.good();
    assert_eq!(world.save(&m2, &attempt, 1, 3, json!("A")).await.status, StatusCode::NO_CONTENT, "or submitted");
    assert_eq!(world.save(&m2, &attempt, 1, 3, json!("B")).await.kind(), "attempt-finished");
}

#[tokio::test]
async fn two_devices_share_one_order() {
    let world = World::with_test().await;
    let (one, paper, attempt) = started(&world, "m1").await;
    let two = world.token("m1").await;
    assert_eq!(world.start(&two).await["sections"], paper["sections"]);
    assert_eq!(world.save(&one, &attempt, 1, 2, json!("A")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.save(&two, &attempt, 1, 1, json!("B")).await.kind(), "stale-save");
    assert_eq!(world.save(&two, &attempt, 1, 3, json!("B")).await.status, StatusCode::NO_CONTENT);
    let stored = questions(&world.start(&one).await)[0].clone();
    assert_eq!((&stored["save"], &stored["response"]), (&json!(3), &json!("B")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_saves_at_once_the_highest_stands() {
    let world = World::with_test().await;
    let (m1, _, attempt) = started(&world, "m1").await;
    let label = |number: i64| json!(["A", "B", "C", "D"][usize::try_from(number % 4).unwrap()]);
    let mut numbers: Vec<i64> = (1..=200).map(|number| number * 77 % 211).collect();
    numbers.extend(numbers.clone());
    let saves = numbers.iter().map(|number| world.save(&m1, &attempt, 1, *number, label(*number)));
    let answers = futures_util::future::join_all(saves).await;
    assert!(answers.iter().all(|answer| matches!(answer.status.as_u16(), 204 | 409)), "{answers:?}");
    let highest = *numbers.iter().max().unwrap();
    let stored = questions(&world.start(&m1).await)[0].clone();
    assert_eq!((&stored["save"], &stored["response"]), (&json!(highest), &label(highest)));
}

#[tokio::test]
async fn a_bad_neighbour_spoils_no_save() {
    let world = World::with_test().await;
    let (m1, _, mine) = started(&world, "m1").await;
    let (m2, _, theirs) = started(&world, "m2").await;
    world.submit(&m2, &theirs).await.good();
    world.save(&m1, &mine, 2, 9, json!("A")).await;
    let (good, finished, foreign, stale, missing, again) = tokio::join!(
        world.save(&m1, &mine, 1, 1, json!("A")),
        world.save(&m2, &theirs, 1, 1, json!("A")),
        world.save(&m2, &mine, 3, 1, json!("A")),
        world.save(&m1, &mine, 2, 8, json!("B")),
        world.save(&m1, "no-such-attempt", 1, 1, json!("A")),
        world.save(&m1, &mine, 3, 1, json!("B")),
    );
    let statuses = [&good, &finished, &foreign, &stale, &missing, &again].map(|answer| answer.status.as_u16());
    assert_eq!(statuses, [204, 409, 404, 409, 404, 204]);
}

#[tokio::test]
async fn longer_times_for_all_reach_open_attempts_and_nothing_else_is_changed() {
    let world = World::new().await;
    world.load_bank().await;
    let before = json!({ "late_minutes": 5, "closes": time(NOON + 15 * MINUTE) });
    let made = |changes: Value| {
        let mut merged = before.clone();
        merged.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        definition("t", merged)
    };
    world.make(&made(json!({}))).await;
    let org = world.token("org").await;
    let (m1, paper, _) = started(&world, "m1").await;
    assert_eq!(paper["deadline"], json!(time(NOON + 15 * MINUTE)));
    for changes in [
        json!({ "minutes": 19 }),
        json!({ "closes": time(NOON + 14 * MINUTE) }),
        json!({ "opens": time(NOON - 2 * MINUTE) }),
        json!({ "late_minutes": 4 }),
        json!({ "pass": 50 }),
        json!({ "review": "never" }),
        json!({ "attempts": 2 }),
        json!({ "audience": { "branches": ["A"] } }),
        json!({ "title": "Another" }),
        json!({ "sections": [{ "kind": "single", "points": 2, "draw": [{ "bank": "rules", "count": 3 }] }] }),
    ] {
        let refused = world.put("/api/v1/tests/t", &org, made(changes.clone())).await;
        assert_eq!((refused.status, refused.kind().as_str()), (StatusCode::CONFLICT, "papers-are-out"), "{changes}");
    }
    let longer = made(json!({ "closes": time(NOON + 90 * MINUTE), "late_minutes": 30, "minutes": 25 }));
    world.put("/api/v1/tests/t", &org, longer).await.good();
    assert_eq!(world.start(&m1).await["deadline"], json!(time(NOON + 25 * MINUTE)));
    world.pass(20 * MINUTE).await;
    let m2 = world.token("m2").await;
    assert_eq!(world.start(&m2).await["deadline"], json!(time(NOON + 45 * MINUTE)), "and later admission");
}

#[tokio::test]
async fn a_cancelled_test_is_sat_no_more() {
    let world = World::with_test().await;
    let org = world.token("org").await;
    let (m1, _, attempt) = started(&world, "m1").await;
    world.save(&m1, &attempt, 1, 1, json!("A")).await;
    let path = "/api/v1/tests/t/cancel";
    assert_eq!(world.post(path, &org, json!({})).await.status, StatusCode::UNPROCESSABLE_ENTITY, "a reason is needed");
    world.post(path, &org, json!({ "reason": "停电" })).await.good();
    let m2 = world.token("m2").await;
    let refused = world.post("/api/v1/tests/t/attempts", &m2, json!({})).await;
    assert_eq!((refused.status, refused.kind().as_str()), (StatusCode::FORBIDDEN, "cancelled"));
    assert_eq!(world.post(path, &org, json!({ "reason": "again" })).await.kind(), "test-is-over");
    assert_eq!(world.get("/api/v1/tests/t", &m1).await.good()["cancelled"], json!("停电"));
    world.pass(90 * MINUTE).await;
    let shown = world.get(&format!("/api/v1/attempts/{attempt}"), &m1).await.good();
    assert_eq!(shown["review"], json!(false), "its questions may come again");
    assert_eq!(questions(&shown)[0]["response"], json!("A"), "what was answered is kept");
}

#[tokio::test]
async fn presence_set_by_hand_has_its_order() {
    let world = World::with_test().await;
    let org = world.token("org").await;
    let (m1, _, attempt) = started(&world, "m1").await;
    let state = async || {
        let members = world.get("/api/v1/tests/t/presence", &org).await.good();
        let mine = members.as_array().unwrap().iter().find(|member| member["login"] == "m1").unwrap().clone();
        (mine["state"].as_str().unwrap().to_owned(), mine["working"].as_bool().unwrap())
    };
    let set =
        |state: &str| world.put("/api/v1/tests/t/presence/m1", &org, json!({ "state": state, "reason": "because" }));
    assert_eq!(state().await, ("absent".into(), true));
    assert_eq!(set("sat").await.status, StatusCode::UNPROCESSABLE_ENTITY, "follows from an attempt alone");
    assert_eq!(set("away").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    set("excused").await;
    assert_eq!(state().await, ("excused".into(), true));
    world.submit(&m1, &attempt).await.good();
    assert_eq!(state().await, ("sat".into(), false), "who sat has sat");
    for strongest in ["disqualified", "exempt"] {
        set(strongest).await;
        assert_eq!(state().await.0, strongest);
    }
    set("absent").await;
    assert_eq!(state().await.0, "sat", "what was set is taken back");
}
