//! What arrives after the end of an attempt: taken, shown to the organizer, decided about, and told in the trace.

use crate::support::{MINUTE, World, open, posted, questions, right};
use axum::http::StatusCode;
use kaohe::service::proofs;
use serde_json::{Value, json};

/// m1 answered question 1 rightly in time, the time is over, and the page still holds more.
async fn over() -> (World, String, String, Vec<Value>) {
    let world = World::with_test().await;
    let token = world.token("m1").await;
    let paper = world.start(&token).await;
    let attempt = paper["attempt"].as_str().unwrap().to_owned();
    let questions = questions(&paper);
    world.save(&token, &attempt, 1, 1, right(&questions[0])).await;
    world.save(&token, &attempt, 5, 2, json!(!right(&questions[4]).as_bool().unwrap())).await;
    world.pass(20 * MINUTE + 6_000).await;
    (world, token, attempt, questions)
}

#[expect(clippy::needless_pass_by_value, reason = "callers write it in place")]
fn one(position: i64, save: i64, response: Value) -> Value {
    json!({ "position": position, "save": save, "response": response })
}

async fn send(world: &World, token: &str, attempt: &str, responses: Vec<Value>) -> crate::support::Answer {
    let path = format!("/api/v1/attempts/{attempt}/late-responses");
    world.post(&path, token, json!({ "responses": responses })).await
}

#[tokio::test]
async fn what_came_late_counts_only_after_an_organizer_accepts_it() {
    let (world, m1, attempt, paper) = over().await;
    let (known, lost, changed) = (right(&paper[0]), right(&paper[1]), right(&paper[4]));
    let sent = vec![one(1, 7, known), one(2, 8, lost.clone()), one(5, 9, changed.clone())];
    let told = send(&world, &m1, &attempt, sent.clone()).await.good();
    assert_eq!(told["late"], json!([2, 5]), "what is stored already isn't late");
    assert_eq!(send(&world, &m1, &attempt, sent).await.good(), told, "the same again changes nothing");
    let path = format!("/api/v1/attempts/{attempt}");
    let mine = world.get(&path, &m1).await.good();
    assert_eq!((&mine["score"], &mine["late"]["decision"]), (&json!(2), &Value::Null), "nothing is marked by itself");
    assert_eq!(mine["late"]["codes"], json!([told["code"]]));
    let org = world.token("org").await;
    let listed = world.get("/api/v1/tests/t/late-responses", &org).await.good();
    let responses = &listed[0]["responses"];
    assert_eq!(responses.as_array().unwrap().len(), 2);
    assert_eq!((&responses[0]["stored"], &responses[0]["late"]), (&Value::Null, &lost));
    assert_eq!((&responses[1]["stored"], &responses[1]["late"]), (&json!(!changed.as_bool().unwrap()), &changed));
    let kinds: Vec<&str> =
        listed[0]["trace"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["attempt-started", "attempt-finished", "late-received"]);
    assert!(open(&world, "/tests/t/manage", &org).await.text.contains("/tests/t/late"));
    assert!(proofs::verify_trace(&world.app).await.unwrap().holds());

    let decision = format!("/api/v1/tests/t/late-responses/{attempt}");
    let without = world.post(&decision, &org, json!({ "accepted": true })).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY, "a reason is needed");
    let decided = world.post(&decision, &org, json!({ "accepted": true, "reason": "三楼断网" })).await.good();
    assert_eq!((&decided["score_before"], &decided["score"]), (&json!(2), &json!(6)));
    let again = world.post(&decision, &org, json!({ "accepted": false, "reason": "不" })).await;
    assert_eq!((again.status, again.kind().as_str()), (StatusCode::CONFLICT, "late-decided"));
    let mine = world.get(&path, &m1).await.good();
    assert_eq!((&mine["score"], &mine["late"]["decision"]["reason"]), (&json!(6), &json!("三楼断网")));
    let page = open(&world, &format!("/attempts/{attempt}"), &m1).await.text;
    assert!(page.contains("三楼断网") && page.contains("now 6 instead of 2"), "{page}");
    let listed = world.get("/api/v1/tests/t/late-responses", &org).await.good();
    assert_eq!(listed[0]["responses"][1]["stored"], json!(!changed.as_bool().unwrap()), "the old stays kept");
    let csv = world.get("/api/v1/tests/t/attempts.csv", &org).await.text;
    assert!(csv.lines().any(|line| line.contains(&attempt) && line.contains(",6,20,30,")), "{csv}");
    let report = world.get("/api/v1/tests/t/report", &org).await.good();
    assert_eq!(report["branch"]["highest"], json!(30.0));
    assert_eq!(send(&world, &m1, &attempt, vec![one(3, 99, json!("A"))]).await.kind(), "late-decided");
    let found = proofs::verify_trace(&world.app).await.unwrap();
    assert!(found.holds(), "{found:?}");
}

#[tokio::test]
async fn what_was_refused_changes_nothing() {
    let (world, m1, attempt, paper) = over().await;
    send(&world, &m1, &attempt, vec![one(2, 8, right(&paper[1]))]).await.good();
    let org = world.token("org").await;
    let form = [("attempt", attempt.as_str()), ("decision", "refuse"), ("reason", "代码不符")];
    let nothing = posted(&world, "/tests/t/late", &org, &[("attempt", attempt.as_str()), ("decision", "refuse")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(posted(&world, "/tests/t/late", &org, &form).await.headers["location"], "/tests/t/late");
    let mine = world.get(&format!("/api/v1/attempts/{attempt}"), &m1).await.good();
    assert_eq!((&mine["score"], &mine["late"]["decision"]["accepted"]), (&json!(2), &json!(false)));
    assert!(open(&world, &format!("/attempts/{attempt}"), &m1).await.text.contains("代码不符"));
    assert!(open(&world, "/tests/t/late", &org).await.text.contains("代码不符"));
    assert!(proofs::verify_trace(&world.app).await.unwrap().holds());
}

#[tokio::test]
async fn only_ended_attempts_of_ones_own_take_what_fits() {
    let (world, m1, attempt, paper) = over().await;
    let good = one(2, 8, right(&paper[1]));
    let stranger = world.token("m2").await;
    assert_eq!(send(&world, &stranger, &attempt, vec![good.clone()]).await.status, StatusCode::NOT_FOUND);
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    for (responses, status) in [
        (vec![], unfit),
        (vec![good.clone(), good.clone()], unfit),
        (vec![one(2, 8, json!("Z"))], unfit),
        (vec![one(2, 0, json!("A"))], unfit),
        (vec![one(9, 8, json!("A"))], StatusCode::NOT_FOUND),
        (vec![json!({ "position": 2, "save": 1 })], unfit),
    ] {
        assert_eq!(send(&world, &m1, &attempt, responses.clone()).await.status, status, "{responses:?}");
    }
    let other = world.start(&stranger).await["attempt"].as_str().unwrap().to_owned();
    let open = send(&world, &stranger, &other, vec![one(1, 1, json!("A"))]).await;
    assert_eq!((open.status, open.kind().as_str()), (StatusCode::CONFLICT, "attempt-open"));
    for (login, status) in
        [("org-a", StatusCode::FORBIDDEN), ("org-b", StatusCode::NOT_FOUND), ("com", StatusCode::FORBIDDEN)]
    {
        let token = world.token(login).await;
        let listed = world.get("/api/v1/tests/t/late-responses", &token).await;
        assert!(listed.status == status || listed.status == StatusCode::FORBIDDEN, "{login}: {listed:?}");
    }
    send(&world, &m1, &attempt, vec![one(5, 1, json!(true))]).await.good();
    let org = world.token("org").await;
    assert_eq!(
        world.get("/api/v1/tests/t/late-responses", &org).await.good(),
        json!([]),
        "a lower number was overtaken"
    );
    world.app.clock.move_by(kaohe::limits::LATE_MOST_MS);
    let m1 = world.token("m1").await;
    assert_eq!(send(&world, &m1, &attempt, vec![good]).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn changes_behind_the_back_show() {
    for accept in [true, false] {
        for statement in [
            "UPDATE late_response SET response = NULL",
            "UPDATE late_response SET code = 'AAAA-AAAA'",
            "UPDATE late_response SET received_at_ms = received_at_ms - 1",
            "DELETE FROM late_response",
            "UPDATE amendment SET reason = 'other'",
            "UPDATE amendment SET score_before = 100",
            "UPDATE amendment SET marks_before = marks",
            "UPDATE amendment SET accepted = NOT accepted",
            "DELETE FROM amendment",
            "UPDATE attempt SET score = 2000",
            "UPDATE response SET response = NULL WHERE position = 1",
            "UPDATE response SET response = NULL WHERE position = 2",
            "UPDATE late_response SET stored = '\"A\"', stored_save = 1, stored_at_ms = 1",
        ] {
            let touches_nothing = !accept
                && (statement.contains("position = 2")
                    || statement.contains("stored =")
                    || statement.contains("marks_before = marks"));
            if touches_nothing {
                continue;
            }
            let (world, m1, attempt, paper) = over().await;
            send(&world, &m1, &attempt, vec![one(2, 8, right(&paper[1]))]).await.good();
            let org = world.token("org").await;
            let path = format!("/api/v1/tests/t/late-responses/{attempt}");
            world.post(&path, &org, json!({ "accepted": accept, "reason": "断网" })).await.good();
            assert!(proofs::verify_trace(&world.app).await.unwrap().holds());
            let mut tx = world.app.db.write().await.unwrap();
            assert!(tx.query(statement).execute().await.unwrap() > 0, "{statement}");
            tx.commit().await.unwrap();
            let found = proofs::verify_trace(&world.app).await.unwrap();
            assert_eq!(found.differing_attempts.len(), 1, "{accept} {statement}: {found:?}");
        }
    }
}

#[tokio::test]
async fn late_responses_may_be_deleted_with_all_others() {
    let (world, m1, attempt, paper) = over().await;
    send(&world, &m1, &attempt, vec![one(2, 8, right(&paper[1]))]).await.good();
    let org = world.token("org").await;
    let path = format!("/api/v1/tests/t/late-responses/{attempt}");
    world.post(&path, &org, json!({ "accepted": true, "reason": "断网" })).await.good();
    let mut tx = world.app.db.write().await.unwrap();
    tx.query("DELETE FROM late_response").execute().await.unwrap();
    tx.query("DELETE FROM response").execute().await.unwrap();
    tx.commit().await.unwrap();
    let found = proofs::verify_trace(&world.app).await.unwrap();
    assert!(found.holds(), "{found:?}");
}

#[tokio::test]
async fn late_responses_are_decided_about_by_commands() {
    let (world, m1, attempt, paper) = over().await;
    send(&world, &m1, &attempt, vec![one(2, 8, right(&paper[1]))]).await.good();
    let listed = world.command(&["test", "late", "t", "--json"]);
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!((&listed[0]["attempt"], &listed[0]["decision"]), (&json!(attempt), &Value::Null));
    let decide = ["test", "decide-late", "t", "approve", "--all", "--reason", "三楼断网"];
    let decided = world.command(&decide);
    assert!(decided.status.success(), "{decided:?}");
    let mine = world.get(&format!("/api/v1/attempts/{attempt}"), &m1).await.good();
    assert_eq!((&mine["score"], &mine["late"]["decision"]["accepted"]), (&json!(4), &json!(true)));
    assert_eq!(world.command(&decide).status.code(), Some(1), "nothing waits any more");
}

/// m1, m2 and m3 have late answers after one failure of the network: m1 one in place of another, the rest anew.
async fn three_over() -> (World, Vec<String>) {
    let world = World::with_test().await;
    let mut sittings = Vec::new();
    for login in ["m1", "m2", "m3"] {
        let token = world.token(login).await;
        let paper = world.start(&token).await;
        let attempt = paper["attempt"].as_str().unwrap().to_owned();
        let questions = questions(&paper);
        if login == "m1" {
            world.save(&token, &attempt, 5, 1, json!(!right(&questions[4]).as_bool().unwrap())).await;
        }
        sittings.push((token, attempt, questions));
    }
    world.pass(20 * MINUTE + 6_000).await;
    for (token, attempt, questions) in &sittings {
        let sent = [2, 5].map(|position| one(position, 9, right(&questions[usize::try_from(position).unwrap() - 1])));
        send(&world, token, attempt, sent.to_vec()).await.good();
    }
    (world, sittings.into_iter().map(|(_, attempt, _)| attempt).collect())
}

#[tokio::test]
async fn all_that_wait_are_decided_about_at_once_from_the_page() {
    let (world, attempts) = three_over().await;
    let org = world.token("org").await;
    let page = open(&world, "/tests/t/late", &org).await.text;
    for said in ["All 3 that wait, at once", "takes in 5 answers", "and 1 in the place of others", "2 sittings"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let all = |decision: &'static str, reason: &'static str, attempts: &[String]| {
        let mut fields = vec![("decision", decision.to_owned()), ("reason", reason.to_owned())];
        fields.extend(attempts.iter().map(|attempt| ("attempt", attempt.clone())));
        fields
    };
    let send_all = async |fields: Vec<(&'static str, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        posted(&world, "/tests/t/late/all", &org, &fields).await
    };
    let without = send_all(all("accept", " ", &attempts)).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY, "a reason is needed");
    let nowhere = send_all(all("accept", "三楼断网", &["nobody".to_owned()])).await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    assert_eq!(send_all(all("both", "三楼断网", &attempts)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    // What the page didn't list goes on waiting.
    let done = send_all(all("accept", "三楼断网", &attempts[..2])).await;
    assert_eq!(done.headers["location"], "/tests/t/late");
    assert_eq!(decisions(&world, &org).await, [json!(true), json!(true), Value::Null]);
    let page = open(&world, "/tests/t/late", &org).await.text;
    assert!(!page.contains("at once"), "of one that waits its own form is enough");
    assert!(page.contains("Accepted: the score is now 4 instead of 0."), "{page}");
    // Once decided, it stays so.
    assert_eq!(send_all(all("refuse", "代码不符", &attempts)).await.headers["location"], "/tests/t/late");
    assert_eq!(decisions(&world, &org).await, [json!(true), json!(true), json!(false)]);
    let found = proofs::verify_trace(&world.app).await.unwrap();
    assert!(found.holds(), "{found:?}");
}

/// What was decided about m1's, m2's and m3's sitting.
async fn decisions(world: &World, org: &str) -> Vec<Value> {
    let mut listed = world.get("/api/v1/tests/t/late-responses", org).await.good().as_array().unwrap().clone();
    listed.sort_by_key(|one| one["login"].as_str().unwrap().to_owned());
    listed.iter().map(|one| one["decision"]["accepted"].clone()).collect()
}

#[tokio::test]
async fn all_that_wait_are_decided_about_at_once_by_a_call() {
    let (world, attempts) = three_over().await;
    let (path, org) = ("/api/v1/tests/t/late-responses", world.token("org").await);
    let told = world.post(&format!("{path}?preview=true"), &org, json!({})).await.good();
    let mut named: Vec<&str> = told["attempts"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    named.sort_unstable();
    let mut expected: Vec<&str> = attempts.iter().map(String::as_str).collect();
    expected.sort_unstable();
    assert_eq!((named, &told["new"], &told["replacing"]), (expected, &json!(5), &json!(1)));
    let mut branches = told["branches"].as_array().unwrap().clone();
    branches.sort_by_key(|branch| branch["code"].as_str().unwrap().to_owned());
    assert_eq!((&branches[0]["attempts"], &branches[1]["attempts"]), (&json!(2), &json!(1)));
    assert_eq!(decisions(&world, &org).await, [Value::Null, Value::Null, Value::Null], "a preview changes nothing");

    for body in [
        json!({ "accepted": true }),
        json!({ "reason": "断网" }),
        json!({ "accepted": true, "reason": "断网", "attempts": [] }),
        json!({ "accepted": true, "reason": "断网", "attempts": [7] }),
    ] {
        let refused = world.post(path, &org, body.clone()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    }
    let unknown = json!({ "accepted": true, "reason": "断网", "attempts": [attempts[0], "nobody"] });
    assert_eq!(world.post(path, &org, unknown).await.status, StatusCode::NOT_FOUND);
    assert_eq!(decisions(&world, &org).await, [Value::Null, Value::Null, Value::Null], "nor does what is refused");
    for login in ["m1", "com", "org-a", "org-b"] {
        let token = world.token(login).await;
        let refused = world.post(path, &token, json!({ "accepted": true, "reason": "断网" })).await;
        assert!([StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&refused.status), "{login}: {refused:?}");
    }

    let one = json!({ "accepted": false, "reason": "代码不符", "attempts": [attempts[1]] });
    let decided = world.post(path, &org, one).await.good();
    assert_eq!((&decided[0]["attempt"], &decided[0]["accepted"]), (&json!(attempts[1]), &json!(false)));
    let decided = world.post(path, &org, json!({ "accepted": true, "reason": "断网" })).await.good();
    assert_eq!(decided.as_array().unwrap().len(), 2);
    assert!(decided.as_array().unwrap().iter().all(|one| one["score"] == 4 && one["score_before"] == 0), "{decided}");
    assert_eq!(decisions(&world, &org).await, [json!(true), json!(false), json!(true)]);
    let nothing = world.post(path, &org, json!({ "accepted": true, "reason": "断网" })).await.good();
    assert_eq!(nothing, json!([]), "nothing waits any more");
    let found = proofs::verify_trace(&world.app).await.unwrap();
    assert!(found.holds(), "{found:?}");
}
