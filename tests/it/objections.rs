//! Objections to questions: sent while sitting and at the review, answered, told, kept in the trace and the papers.

use crate::documents::{file, part};
use crate::support::{Answer, MINUTE, World, definition, open, posted};
use axum::http::{Method, StatusCode};
use kaohe::rules::objection::{MOST_CHARACTERS, MOST_WRITINGS};
use kaohe::service::proofs;
use serde_json::{Value, json};

const PATH: &str = "/api/v1/tests/t/objections";
const DAY: i64 = 24 * 60 * MINUTE;

async fn object(world: &World, token: &str, attempt: &str, position: i64, note: &str) -> Answer {
    let path = format!("/api/v1/attempts/{attempt}/objections");
    world.post(&path, token, json!({ "position": position, "note": note })).await
}

async fn begun(world: &World, login: &str) -> (String, String) {
    let token = world.token(login).await;
    let attempt = world.start(&token).await["attempt"].as_str().unwrap().to_owned();
    (token, attempt)
}

/// The bank's question at a position, as the queue names it.
async fn queue(world: &World, login: &str) -> Value {
    let token = world.token(login).await;
    world.get(PATH, &token).await.good()
}

async fn holds(world: &World) {
    let found = proofs::verify_trace(&world.app).await.unwrap();
    assert!(found.holds(), "{found:?}");
}

#[tokio::test]
async fn a_note_is_sent_changed_withdrawn_and_answered_once() {
    let world = World::with_test().await;
    let (m1, attempt) = begun(&world, "m1").await;
    let sent = object(&world, &m1, &attempt, 2, "  两个答案都对 ").await.good();
    assert_eq!((&sent["note"], &sent["answer"]), (&json!("两个答案都对"), &Value::Null));
    let changed = object(&world, &m1, &attempt, 2, "第七条已修改").await.good();
    assert_eq!(changed["objection"], sent["objection"], "one waits for each question of a sitting");
    object(&world, &m1, &attempt, 5, "没有这一条").await.good();
    let withdraw = format!("/api/v1/attempts/{attempt}/objections/5");
    let withdrawn = || world.send(Method::DELETE, &withdraw, Some(&m1), "");
    assert_eq!(withdrawn().await.status, StatusCode::NO_CONTENT);
    assert_eq!(withdrawn().await.status, StatusCode::NOT_FOUND);
    holds(&world).await;

    let listed = queue(&world, "org").await;
    let [question] = listed["questions"].as_array().unwrap().as_slice() else { panic!("{listed}") };
    let one = &question["objections"][0];
    assert_eq!((&listed["waiting"], &one["login"], &one["note"]), (&json!(1), &json!("m1"), &json!("第七条已修改")));
    assert!(question.get("answer").is_some(), "the key beside the question");
    let org = world.token("org").await;
    assert!(open(&world, "/tests/t/manage", &org).await.text.contains("/tests/t/objections"));
    let answer = |upheld: Value, answer: &str| json!({ "bank": question["bank"], "question": question["question"], "upheld": upheld, "answer": answer });
    let nothing = world.post(PATH, &org, answer(json!(true), " ")).await;
    assert_eq!((nothing.status, nothing.kind().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid-field"));
    let answered = world.post(PATH, &org, answer(json!(false), "条文未变")).await.good();
    assert_eq!(answered, json!({ "answered": 1 }));
    let again = world.post(PATH, &org, answer(json!(true), "再答")).await;
    assert_eq!((again.status, again.kind().as_str()), (StatusCode::CONFLICT, "objection-answered"));
    let mine = world.get(&format!("/api/v1/attempts/{attempt}"), &m1).await.good();
    assert_eq!(
        (&mine["objections"][0]["answer"], &mine["objections"][0]["upheld"]),
        (&json!("条文未变"), &json!(false))
    );
    assert!(open(&world, "/", &m1).await.text.contains(&format!("/attempts/{attempt}#q2")));
    let more = object(&world, &m1, &attempt, 2, "仍然不同意").await.good();
    assert_ne!(more["objection"], sent["objection"], "after an answer another may be sent");
    holds(&world).await;
}

#[tokio::test]
async fn the_queue_is_by_question_and_one_answer_may_go_to_all() {
    let world = World::new().await;
    crate::kinds::load_kinds(&world).await;
    let section =
        |kind: &str| json!({ "title": kind, "kind": kind, "points": 2, "draw": [{ "bank": "kinds", "count": 1 }] });
    let section = json!([section("order"), section("numeric")]);
    world.make(&definition("t", json!({ "sections": section }))).await;
    let mut sat = Vec::new();
    for login in ["m1", "m2", "m3"] {
        let (token, attempt) = begun(&world, login).await;
        for position in [1, 2] {
            object(&world, &token, &attempt, position, &format!("{login}：题目有误")).await.good();
        }
        sat.push((token, attempt));
    }
    let listed = queue(&world, "org").await;
    let questions = listed["questions"].as_array().unwrap();
    assert_eq!((questions.len(), &listed["waiting"], &questions[0]["waiting"]), (2, &json!(6), &json!(3)));
    let org = world.token("org").await;
    let one = &questions[0]["objections"][1]["objection"];
    let single = json!({ "bank": "kinds", "question": questions[0]["question"], "objection": one, "upheld": true, "answer": "只答您" });
    assert_eq!(world.post(PATH, &org, single).await.good(), json!({ "answered": 1 }));
    let all =
        json!({ "bank": "kinds", "question": questions[0]["question"], "upheld": true, "answer": "确有错误，已更正" });
    assert_eq!(world.post(PATH, &org, all).await.good(), json!({ "answered": 2 }));
    assert_eq!(queue(&world, "org").await["waiting"], json!(3));
    let form = [("bank", "kinds"), ("question", questions[1]["question"].as_str().unwrap()), ("answer", "条文如此")];
    let unsaid = posted(&world, "/tests/t/objections", &org, &form).await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY, "right or not has to be said");
    assert!(unsaid.text.contains("条文如此"), "what was typed stays");
    let said = posted(&world, "/tests/t/objections", &org, &[&form[..], &[("upheld", "no")]].concat()).await;
    assert_eq!(said.headers["location"], "/tests/t/objections");
    world.post("/api/v1/tests/t/close", &org, json!({})).await.good();
    for (token, attempt) in &sat {
        let page = open(&world, &format!("/attempts/{attempt}"), token).await.text;
        assert!(page.contains("条文如此"), "{page}");
    }
    holds(&world).await;
}

#[tokio::test]
async fn without_script_the_form_saves_and_sends_at_once() {
    let world = World::with_test().await;
    let (m1, attempt) = begun(&world, "m1").await;
    let page = format!("/attempts/{attempt}");
    let fields = [("was1", "null"), ("save1", "0"), ("r1", "A"), ("object1", "选项重复"), ("object", "1")];
    let sent = posted(&world, &page, &m1, &fields).await;
    assert_eq!(sent.headers["location"], format!("{page}?saved=1#q1"));
    let mine = world.get(&format!("/api/v1{page}"), &m1).await.good();
    assert_eq!(mine["objections"][0]["note"], json!("选项重复"));
    assert_eq!(mine["sections"][0]["questions"][0]["response"], json!("A"), "what was chosen is saved with it");
    assert!(open(&world, &page, &m1).await.text.contains("选项重复"));
    let taken_back = [("was1", "\"A\""), ("save1", "1"), ("r1", "A"), ("object1", "选项重复"), ("withdraw", "1")];
    posted(&world, &page, &m1, &taken_back).await;
    assert_eq!(world.get(&format!("/api/v1{page}"), &m1).await.good()["objections"], json!([]));
    world.submit(&m1, &attempt).await.good();
    world.pass(61 * MINUTE).await;
    let review = open(&world, &page, &m1).await.text;
    assert!(review.contains(&format!("action=\"{page}/objections\"")), "{review}");
    let sent = posted(&world, &format!("{page}/objections"), &m1, &[("object3", "答案错了"), ("object", "3")]).await;
    assert_eq!(sent.headers["location"], format!("{page}#q3"));
    assert!(open(&world, &page, &m1).await.text.contains("答案错了"));
    holds(&world).await;
}

#[tokio::test]
async fn results_are_provisional_until_the_period_is_over() {
    for (days, until_days) in [(json!(null), Some(5)), (json!(1), Some(1)), (json!(0), None)] {
        let world = World::new().await;
        world.load_bank().await;
        let changes = if days.is_null() { json!({}) } else { json!({ "objection_days": days }) };
        world.make(&definition("t", changes)).await;
        let attempt = world.sits("m1", "t", 3).await;
        let (m1, org) = (world.token("m1").await, world.token("org").await);
        assert_eq!(world.get("/api/v1/tests/t/report", &org).await.good()["provisional_until"], Value::Null);
        world.post("/api/v1/tests/t/close", &org, json!({})).await.good();
        let settled = world.now();
        let report = world.get("/api/v1/tests/t/report", &org).await.good();
        let until = report["provisional_until"].clone();
        assert_eq!(report["final"], json!(true), "what `final` says isn't changed");
        let Some(_) = until_days else {
            assert_eq!(until, Value::Null);
            let closed = object(&world, &m1, &attempt, 1, "迟了").await;
            assert_eq!((closed.status, closed.kind().as_str()), (StatusCode::CONFLICT, "objections-closed"));
            continue;
        };
        let at: jiff::Timestamp = until.as_str().unwrap().parse().unwrap();
        let wait = at.as_millisecond() - settled;
        assert!((DAY..=5 * DAY).contains(&wait), "{until}");
        let mine = world.get(&format!("/api/v1/attempts/{attempt}"), &m1).await.good();
        assert_eq!((&mine["provisional_until"], &mine["takes_objections"]), (&until, &json!(true)));
        let pages = [("/tests/t/report", &org), ("/tests/t/manage", &org), (&*format!("/attempts/{attempt}"), &m1)];
        for (page, token) in pages {
            assert!(open(&world, page, token).await.text.contains("Results are provisional"), "{page}");
        }
        object(&world, &m1, &attempt, 1, "及时").await.good();
        world.pass(wait).await;
        let (m1, org) = (world.token("m1").await, world.token("org").await);
        let late = object(&world, &m1, &attempt, 2, "迟了").await;
        assert_eq!((late.status, late.kind().as_str()), (StatusCode::CONFLICT, "objections-closed"));
        assert!(!open(&world, "/tests/t/report", &org).await.text.contains("Results are provisional"));
        let waiting = queue(&world, "org").await["waiting"].clone();
        assert_eq!(waiting, json!(1), "what wasn't answered still is");
        let zip = file(&world, "org", "archive.zip").await;
        let objections = part(&zip, "09 试题异议.csv");
        assert!(objections.contains("及时") && !objections.contains("m1"), "without a name: {objections}");
        let contents = part(&zip, "00 目录.html");
        assert!(contents.contains("1 条对试题的异议待答复"), "{contents}");
    }
}

#[tokio::test]
async fn notes_that_say_nothing_or_too_much_or_come_too_often_are_refused() {
    let world = World::with_test().await;
    let (m1, attempt) = begun(&world, "m1").await;
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    for (note, status) in [
        ("  ".to_owned(), unfit),
        ("异".repeat(MOST_CHARACTERS + 1), unfit),
        ("a\u{0}b".to_owned(), unfit),
        ("异".repeat(MOST_CHARACTERS), StatusCode::OK),
    ] {
        assert_eq!(object(&world, &m1, &attempt, 1, &note).await.status, status, "{note:?}");
    }
    assert_eq!(object(&world, &m1, &attempt, 99, "没有这题").await.status, StatusCode::NOT_FOUND);
    assert_eq!(object(&world, &m1, &attempt, 0, "没有这题").await.status, StatusCode::NOT_FOUND);
    let path = format!("/api/v1/attempts/{attempt}/objections");
    assert_eq!(world.post(&path, &m1, json!({ "position": 1 })).await.status, unfit);
    assert_eq!(world.post(&path, &m1, json!({ "position": "1", "note": "x" })).await.status, unfit);
    for number in 1..MOST_WRITINGS {
        object(&world, &m1, &attempt, 1, &format!("第 {number} 次")).await.good();
    }
    object(&world, &m1, &attempt, 1, &format!("第 {} 次", MOST_WRITINGS - 1)).await.good();
    let often = object(&world, &m1, &attempt, 1, "又一次").await;
    assert_eq!((often.status, often.kind().as_str()), (StatusCode::CONFLICT, "too-many-objections"));
    object(&world, &m1, &attempt, 2, "别的题").await.good();
    let org = world.token("org").await;
    world.post("/api/v1/tests/t/cancel", &org, json!({ "reason": "断电" })).await;
    posted(&world, "/tests/t/cancel", &org, &[("reason", "断电")]).await;
    assert_eq!(object(&world, &m1, &attempt, 3, "取消以后").await.kind(), "cancelled");
    holds(&world).await;
}

#[tokio::test]
async fn nobody_reads_or_answers_what_isnt_theirs() {
    let world = World::with_test().await;
    let (m1, attempt) = begun(&world, "m1").await;
    object(&world, &m1, &attempt, 1, "只给考务员看").await.good();
    let m2 = world.token("m2").await;
    assert_eq!(object(&world, &m2, &attempt, 1, "别人的").await.status, StatusCode::NOT_FOUND);
    let withdraw = format!("/api/v1/attempts/{attempt}/objections/1");
    assert_eq!(world.send(Method::DELETE, &withdraw, Some(&m2), "").await.status, StatusCode::NOT_FOUND);
    let com = world.token("com").await;
    assert_eq!(world.get(PATH, &com).await.kind(), "test-not-over", "committees read it once the test is settled");
    for login in ["org-a", "com-b", "admin"] {
        let token = world.token(login).await;
        assert!(world.get(PATH, &token).await.status.is_client_error(), "{login}");
        let answer = json!({ "bank": "rules", "question": "qid-s1", "upheld": true, "answer": "x" });
        assert!(world.post(PATH, &token, answer).await.status.is_client_error(), "{login}");
    }
    let org = world.token("org").await;
    world.post("/api/v1/tests/t/close", &org, json!({})).await.good();
    let read = world.get(PATH, &com).await;
    let one = &read.good()["questions"][0]["objections"][0];
    assert_eq!(one["note"], json!("只给考务员看"));
    for name in ["login", "name", "attempt", "position"] {
        assert!(one.get(name).is_none(), "{name}: {one}");
    }
    let page = open(&world, "/tests/t/objections", &com).await.text;
    assert!(
        page.contains("只给考务员看")
            && !page.contains("Member 1")
            && !page.contains("<form method=\"post\" action=\"/tests")
    );
    let refused =
        world.post(PATH, &com, json!({ "bank": "rules", "question": "x", "upheld": true, "answer": "x" })).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_command_line_lists_and_answers() {
    let world = World::with_test().await;
    let (m1, attempt) = begun(&world, "m1").await;
    object(&world, &m1, &attempt, 1, "表述不清").await.good();
    let said = |arguments: &[&str]| {
        let output = world.command(arguments);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(said(&["test", "objections", "t"]).contains("表述不清"));
    let listed: Value = serde_json::from_str(&said(&["test", "objections", "t", "--json"])).unwrap();
    let question = listed["questions"][0]["question"].as_str().unwrap().to_owned();
    let answer = [
        "test",
        "answer-objections",
        "t",
        "--bank",
        "rules",
        "--question",
        &question,
        "--upheld",
        "--answer",
        "已更正",
    ];
    said(&answer);
    assert!(!world.command(&answer).status.success(), "nothing waits any more");
    assert_eq!(queue(&world, "org").await["questions"][0]["objections"][0]["answer"], json!("已更正"));
    holds(&world).await;
}

#[tokio::test]
async fn a_changed_row_is_found() {
    let world = World::with_test().await;
    let (m1, attempt) = begun(&world, "m1").await;
    object(&world, &m1, &attempt, 1, "原话").await.good();
    let mut tx = world.app.db.write().await.unwrap();
    tx.query("UPDATE objection SET note = $1").bind("改过".to_owned()).execute().await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(proofs::verify_trace(&world.app).await.unwrap().differing_tests, ["t"]);
}
