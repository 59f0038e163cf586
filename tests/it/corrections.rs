//! Corrections after a test: previewed, made, approved by a second person, told to members, kept in the trace.

#![expect(clippy::float_cmp, reason = "points have two decimals and are compared as they are written")]

use crate::support::{Answer, MINUTE, World, definition, open, posted};
use axum::http::StatusCode;
use kaohe::rules::rights::Caller;
use kaohe::service::{corrections, proofs};
use kaohe::store::trace;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const PATH: &str = "/api/v1/tests/t/amendments";

/// Three of four have sat: m1 everything right, m2 the first three, m3 nothing. The test is settled.
async fn settled(changes: Value) -> World {
    let world = World::new().await;
    world.load_bank().await;
    world.make(&definition("t", changes)).await;
    for (login, rights) in [("m1", 7), ("m2", 3), ("m3", 0)] {
        world.sits(login, "t", rights).await;
    }
    world.pass(61 * MINUTE).await;
    world
}

/// A line of `responses.csv`.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    attempt: String,
    login: String,
    position: i64,
    question: String,
    kind: String,
    response: String,
    points: f64,
    full: f64,
}

async fn lines(world: &World) -> Vec<Line> {
    let org = world.token("org").await;
    let text = world.get("/api/v1/tests/t/responses.csv", &org).await.text;
    let mut reader = csv::ReaderBuilder::new().from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let number = |text: &str| text.parse::<f64>().unwrap();
    reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            Line {
                attempt: record[1].to_owned(),
                login: record[2].to_owned(),
                position: record[3].parse().unwrap(),
                question: record[5].to_owned(),
                kind: record[7].to_owned(),
                response: record[9].to_owned(),
                points: number(&record[10]),
                full: number(&record[11]),
            }
        })
        .collect()
}

fn scores(lines: &[Line]) -> BTreeMap<String, f64> {
    let mut scores = BTreeMap::new();
    for line in lines {
        *scores.entry(line.attempt.clone()).or_default() += line.points;
    }
    scores
}

/// A single choice that somebody has answered and somebody else has left: its id.
fn single(lines: &[Line]) -> String {
    let is_left = |id: &str| lines.iter().any(|line| line.question == id && line.points == 0.0);
    let is_meant = |line: &&Line| line.kind == "single" && line.response == "A" && is_left(&line.question);
    lines.iter().find(is_meant).unwrap().question.clone()
}

async fn correct(world: &World, login: &str, body: Value) -> Answer {
    let token = world.token(login).await;
    world.post(PATH, &token, body).await
}

async fn preview(world: &World, body: &Value) -> Value {
    let token = world.token("org").await;
    world.post(&format!("{PATH}?preview=true"), &token, body.clone()).await.good()
}

fn question(id: &str, change: &str) -> Value {
    json!({ "bank": "rules", "question": id, "change": change, "reason": "第七条是一年" })
}

#[tokio::test]
async fn another_key_marks_every_paper_again_and_keeps_what_was() {
    let world = settled(json!({})).await;
    let before = lines(&world).await;
    let id = single(&before);
    let mut body = question(&id, "key");
    body["answer"] = json!("B");
    let expected: Vec<Line> = before
        .iter()
        .cloned()
        .map(|mut line| {
            if line.question == id {
                line.points = if line.response == "B" { line.full } else { 0.0 };
            }
            line
        })
        .collect();
    let told = preview(&world, &body).await;
    let (old, new) = (scores(&before), scores(&expected));
    let changed: Vec<&String> = old.keys().filter(|attempt| old[*attempt] != new[*attempt]).collect();
    assert!(!changed.is_empty());
    assert_eq!(told["changed"], json!(changed.len()));
    for result in told["results"].as_array().unwrap() {
        let attempt = result["attempt"].as_str().unwrap();
        assert_eq!(result["score_before"].as_f64().unwrap(), old[attempt]);
        assert_eq!(result["score"].as_f64().unwrap(), new[attempt]);
    }
    assert_eq!(lines(&world).await, before, "a preview changes nothing");
    let report = world.get("/api/v1/tests/t/report", &world.token("org").await).await.good();

    let made = correct(&world, "org", body.clone()).await.good();
    assert_eq!(
        (&made["state"], &made["changed"], &made["number"]),
        (&json!("applied"), &json!(changed.len()), &json!(1))
    );
    assert_eq!(lines(&world).await, expected);
    let after = world.get("/api/v1/tests/t/report", &world.token("com").await).await.good();
    let top = told["branches"].as_array().unwrap().iter().find(|one| one["code"] == "HQ").unwrap();
    assert_eq!(top["before"]["mean"], report["branch"]["mean"]);
    assert_eq!(top["after"]["mean"], after["branch"]["mean"]);
    let mean = new.values().sum::<f64>() / 3.0 * 5.0;
    assert!((after["branch"]["mean"].as_f64().unwrap() - mean).abs() < 1e-9);

    let line = before.iter().find(|line| line.question == id && line.response == "A").unwrap();
    let (m1, attempt) = (world.token(&line.login).await, &line.attempt);
    let mine = world.get(&format!("/api/v1/attempts/{attempt}"), &m1).await.good();
    assert_eq!(mine["amendments"][0]["reason"], "第七条是一年");
    assert_eq!(mine["amendments"][0]["score_before"].as_f64(), Some(old[attempt]));
    assert_eq!(mine["score"].as_f64(), Some(new[attempt]));
    let page = open(&world, &format!("/attempts/{attempt}"), &m1).await.text;
    assert!(page.contains("第七条是一年") && page.contains("Its correct answer was changed"), "{page}");

    body["answer"] = json!("A");
    correct(&world, "org", body).await.good();
    assert_eq!(lines(&world).await, before, "taken back");
    let listed = world.get(PATH, &world.token("org").await).await.good();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    let found = proofs::verify_trace(&world.app).await.unwrap();
    assert!(found.holds(), "{found:?}");
}

#[tokio::test]
async fn points_for_all_no_points_and_a_further_key() {
    let world = settled(json!({})).await;
    let before = lines(&world).await;
    let id = single(&before);
    let holding = |lines: &[Line]| -> Vec<Line> { lines.iter().filter(|line| line.question == id).cloned().collect() };
    correct(&world, "org", question(&id, "full_points")).await.good();
    assert!(holding(&lines(&world).await).iter().all(|line| line.points == line.full));
    let mut further = question(&id, "accept");
    further["answer"] = json!("C");
    correct(&world, "org", further).await.good();
    for line in holding(&lines(&world).await) {
        assert_eq!(line.points == line.full, ["A", "C"].contains(&line.response.as_str()), "{line:?}");
    }
    correct(&world, "org", question(&id, "void")).await.good();
    let after = lines(&world).await;
    for line in holding(&after) {
        let rest: Vec<&Line> = after.iter().filter(|one| one.attempt == line.attempt && one.question != id).collect();
        let (won, full) =
            (rest.iter().map(|one| one.points).sum::<f64>(), rest.iter().map(|one| one.full).sum::<f64>());
        assert_eq!(line.points, (won / full * line.full * 100.0 + 1e-9).round() / 100.0);
    }
    let topics = |report: &Value| -> f64 {
        report["topics"].as_array().unwrap().iter().map(|topic| topic["possible"].as_f64().unwrap()).sum()
    };
    let report = world.get("/api/v1/tests/t/report", &world.token("org").await).await.good();
    let without: f64 = after.iter().filter(|line| line.question != id).map(|line| line.full).sum();
    assert_eq!(topics(&report), without, "what doesn't count is no point of a topic");
    let found = proofs::verify_trace(&world.app).await.unwrap();
    assert!(found.holds(), "{found:?}");
}

#[tokio::test]
async fn one_mark_is_changed_and_stays_when_a_key_changes() {
    let world = settled(json!({})).await;
    let before = lines(&world).await;
    let id = single(&before);
    let line = before.iter().find(|line| line.question == id && line.points == 2.0).unwrap();
    let mark = json!({ "change": "mark", "attempt": line.attempt, "position": line.position, "points": 1.5, "reason": "停电" });
    assert_eq!(preview(&world, &mark).await["changed"], 1);
    correct(&world, "org", mark.clone()).await.good();
    let mut body = question(&id, "key");
    body["answer"] = json!("B");
    correct(&world, "org", body).await.good();
    let now = lines(&world).await;
    let same = now.iter().find(|one| one.attempt == line.attempt && one.position == line.position).unwrap();
    assert_eq!(same.points, 1.5);
    let too_many =
        json!({ "change": "mark", "attempt": line.attempt, "position": line.position, "points": 2.01, "reason": "x" });
    assert_eq!(correct(&world, "org", too_many).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let nowhere = json!({ "change": "mark", "attempt": line.attempt, "position": 8, "points": 1, "reason": "x" });
    assert_eq!(correct(&world, "org", nowhere).await.status, StatusCode::NOT_FOUND);
    assert!(proofs::verify_trace(&world.app).await.unwrap().holds());
}

#[tokio::test]
async fn a_second_person_approves_where_the_test_asks_for_it() {
    let world = settled(json!({ "approve_corrections": true })).await;
    let before = lines(&world).await;
    let id = single(&before);
    let made = correct(&world, "org", question(&id, "void")).await.good();
    assert_eq!((&made["state"], &made["changed"]), (&json!("waiting"), &json!(0)));
    assert_eq!(lines(&world).await, before);
    let (path, org) = (format!("{PATH}/{}", made["amendment"].as_str().unwrap()), world.token("org").await);
    let own = world.post(&path, &org, json!({ "approved": true })).await;
    assert_eq!((own.status, own.kind().as_str()), (StatusCode::CONFLICT, "second-person-needed"));
    let operator = Caller::operator();
    let told = corrections::preview_waiting(&world.app, &operator, "t", made["amendment"].as_str().unwrap());
    assert!(!told.await.unwrap().results.is_empty());
    assert!(proofs::verify_trace(&world.app).await.unwrap().holds());
    let row = corrections::decide(&world.app, &operator, world.now(), ("t", made["amendment"].as_str().unwrap()), true);
    assert_eq!(row.await.unwrap().state, "applied");
    assert_ne!(lines(&world).await, before);
    assert_eq!(world.post(&path, &org, json!({ "approved": false })).await.kind(), "late-decided");
    let refused = correct(&world, "org", question(&id, "full_points")).await.good();
    let now = lines(&world).await;
    let path = format!("{PATH}/{}", refused["amendment"].as_str().unwrap());
    assert_eq!(world.post(&path, &org, json!({ "approved": false })).await.good()["state"], "refused");
    assert_eq!(lines(&world).await, now);
    let found = proofs::verify_trace(&world.app).await.unwrap();
    assert!(found.holds(), "{found:?}");
}

#[tokio::test]
async fn only_those_who_organize_the_test_correct_it_once_it_is_settled() {
    let world = World::with_test().await;
    let running = correct(&world, "org", question("qid-s1", "void")).await;
    assert_eq!((running.status, running.kind().as_str()), (StatusCode::CONFLICT, "test-not-over"));
    world.pass(61 * MINUTE).await;
    for (login, status) in [
        ("m1", StatusCode::FORBIDDEN),
        ("com", StatusCode::FORBIDDEN),
        ("admin", StatusCode::FORBIDDEN),
        ("org-b", StatusCode::NOT_FOUND),
    ] {
        let refused = correct(&world, login, question("qid-s1", "void")).await;
        assert!([status, StatusCode::FORBIDDEN].contains(&refused.status), "{login} {refused:?}");
    }
    let org = world.token("org").await;
    for (body, kind) in [
        (question("nothing", "void"), "not-found"),
        (json!({ "bank": "nothing", "question": "q", "change": "void", "reason": "x" }), "not-found"),
        (json!({ "bank": "rules", "question": "q", "change": "melt", "reason": "x" }), "unreadable"),
        (json!({ "change": "mark", "attempt": "x", "position": 1, "points": 1, "reason": "x" }), "not-found"),
    ] {
        assert_eq!(world.post(PATH, &org, body.clone()).await.kind(), kind, "{body}");
    }
}

#[tokio::test]
async fn a_bad_answer_is_refused_in_words_and_a_reason_is_needed() {
    let world = settled(json!({})).await;
    let id = single(&lines(&world).await);
    for answer in [json!("Z"), json!(["A", "B"]), json!(true), Value::Null] {
        let mut body = question(&id, "key");
        body["answer"] = answer.clone();
        let refused = correct(&world, "org", body).await;
        assert_eq!(
            (refused.status, refused.kind().as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, "unreadable"),
            "{answer}"
        );
        assert!(refused.text.contains("/answer"), "{refused:?}");
    }
    let mut body = question(&id, "void");
    body["reason"] = json!(" ");
    assert_eq!(correct(&world, "org", body).await.kind(), "invalid-field");
}

#[tokio::test]
async fn what_a_stop_has_left_is_done_at_the_next_start() {
    let world = settled(json!({})).await;
    let before = lines(&world).await;
    let id = single(&before);
    let made = correct(&world, "org", question(&id, "void")).await.good();
    let after = lines(&world).await;
    // As if the program had stopped after the decision: nothing marked again, and the chain tells only of the decision.
    let mut tx = world.app.db.write().await.unwrap();
    for sql in [
        "UPDATE attempt SET marks = (SELECT marks_before FROM amendment WHERE attempt_id = attempt.id),
             score = (SELECT score_before FROM amendment WHERE attempt_id = attempt.id)
         WHERE id IN (SELECT attempt_id FROM amendment)",
        "DELETE FROM amendment",
        "UPDATE correction SET state = 'applying'",
        "DELETE FROM trace_detail WHERE seq IN (SELECT seq FROM trace WHERE kind = 'attempt-corrected')",
        "DELETE FROM trace WHERE kind = 'attempt-corrected'",
        "UPDATE trace_head SET seq = (SELECT max(seq) FROM trace),
             digest = (SELECT digest FROM trace ORDER BY seq DESC LIMIT 1)",
    ] {
        tx.query(sql).execute().await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(lines(&world).await, before);
    assert!(proofs::verify_trace(&world.app).await.unwrap().holds());
    let world = world.restarted().await;
    world.pass(2 * MINUTE).await;
    assert_eq!(lines(&world).await, after);
    let listed = world.get(PATH, &world.token("org").await).await.good();
    assert_eq!((&listed[0]["state"], &listed[0]["changed"]), (&json!("applied"), &made["changed"]));
    assert!(proofs::verify_trace(&world.app).await.unwrap().holds());
}

#[tokio::test]
async fn an_edited_correction_or_result_is_found() {
    for sql in [
        "UPDATE correction SET reason = 'other'",
        "UPDATE correction SET state = 'refused'",
        "UPDATE correction SET change = '{\"change\":\"void\"}'",
        "UPDATE amendment SET score = score + 100",
        "UPDATE attempt SET score = score + 100 WHERE id IN (SELECT attempt_id FROM amendment)",
        "DELETE FROM amendment",
    ] {
        let world = settled(json!({})).await;
        let id = single(&lines(&world).await);
        correct(&world, "org", question(&id, "full_points")).await.good();
        let mut tx = world.app.db.write().await.unwrap();
        assert!(trace::head(&mut tx).await.unwrap().0 > 0);
        tx.query(sql).execute().await.unwrap();
        tx.commit().await.unwrap();
        assert!(!proofs::verify_trace(&world.app).await.unwrap().holds(), "{sql}");
    }
}

#[tokio::test]
async fn an_organizer_corrects_on_the_pages() {
    let world = settled(json!({})).await;
    let before = lines(&world).await;
    let id = single(&before);
    let org = world.token("org").await;
    assert!(open(&world, "/tests/t/manage", &org).await.text.contains("/tests/t/corrections"));
    let list = open(&world, "/tests/t/corrections", &org).await.text;
    let form = format!("/tests/t/corrections/question?bank=rules&question={id}");
    assert!(list.contains(&form.replace('&', "&amp;")), "{list}");
    let page = open(&world, &form, &org).await.text;
    assert!(page.contains("name=\"answer\" value=\"A\" checked"), "{page}");
    let fields = [("bank", "rules"), ("question", id.as_str()), ("change", "key"), ("answer", "B")];
    let shown = posted(&world, "/tests/t/corrections", &org, &fields).await;
    assert!(shown.status.is_success() && shown.text.contains("Results that change"), "{shown:?}");
    assert_eq!(lines(&world).await, before);
    let confirmed = [&fields[..], &[("apply", "1"), ("reason", "第七条是一年")]].concat();
    let done = posted(&world, "/tests/t/corrections", &org, &confirmed).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{done:?}");
    assert_ne!(lines(&world).await, before);
    let list = open(&world, "/tests/t/corrections", &org).await.text;
    assert!(list.contains("The correct answer becomes: B") && list.contains("第七条是一年"), "{list}");
    let wrong = posted(&world, "/tests/t/corrections", &org, &[("bank", "rules"), ("question", &id)]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mark = [("login", "m2"), ("position", "1"), ("points", "1")];
    let shown = posted(&world, "/tests/t/corrections", &org, &mark).await;
    assert!(shown.status.is_success() && shown.text.contains("王二"), "{shown:?}");
    let nobody =
        posted(&world, "/tests/t/corrections", &org, &[("login", "x"), ("position", "1"), ("points", "1")]).await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(open(&world, "/tests/t/corrections/mark", &org).await.status.is_success());
}

#[tokio::test]
async fn the_item_analysis_follows_corrections() {
    let world = settled(json!({})).await;
    let id = single(&lines(&world).await);
    let org = world.token("org").await;
    let line = async || -> Option<Value> {
        let items = world.get("/api/v1/tests/t/items", &org).await.good();
        items["questions"].as_array().unwrap().iter().find(|line| line["question"] == id.as_str()).cloned()
    };
    let keys = |line: &Value| -> Vec<String> {
        let options = line["options"].as_array().unwrap().iter();
        options.filter(|one| one["key"] == true).map(|one| one["label"].as_str().unwrap().to_owned()).collect()
    };
    let before = line().await.unwrap();
    assert_eq!(keys(&before), ["A"]);
    let mut body = question(&id, "key");
    body["answer"] = json!("B");
    correct(&world, "org", body).await.good();
    let after = line().await.unwrap();
    assert_eq!(keys(&after), ["B"]);
    assert!(after["facility"].as_f64() < before["facility"].as_f64());
    correct(&world, "org", question(&id, "void")).await.good();
    assert_eq!(line().await, None, "a question that doesn't count is none of the test");
}

#[tokio::test]
async fn corrections_and_the_assessment_by_commands() {
    let world = settled(json!({})).await;
    let id = single(&lines(&world).await);
    let good = |arguments: &[&str]| -> Value {
        let output = world.command(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        serde_json::from_slice(&output.stdout).unwrap_or_default()
    };
    let correct =
        ["test", "correct", "t", "--bank", "rules", "--question", &id, "--change", "key", "--answer", "B", "--json"];
    let before = lines(&world).await;
    let told = good(&[&correct[..], &["--preview"]].concat());
    assert_eq!((&told["answer_before"], &told["answer"]), (&json!("A"), &json!("B")));
    assert_eq!(lines(&world).await, before);
    let made = good(&[&correct[..], &["--reason", "第七条"]].concat());
    assert_eq!((&made["changed"], &made["state"]), (&told["changed"], &json!("applied")));
    assert_eq!(good(&["test", "corrections", "t", "--json"])[0]["reason"], "第七条");
    for arguments in [&correct[..], &["test", "correct", "t", "--change", "void", "--reason", "x"]] {
        assert_ne!(world.command(arguments).status.code(), Some(0), "{arguments:?}");
    }
    let rules = world.command(&["assess", "rules", "2026", "study-and-annual"]);
    let file = tempfile::NamedTempFile::new().unwrap();
    let text = String::from_utf8(rules.stdout).unwrap().replace("\"annual\"", "\"monthly\"");
    std::fs::write(file.path(), text).unwrap();
    let path = file.path().display().to_string();
    assert!(world.command(&["assess", "set", "2026", &path]).status.success());
    assert_eq!(good(&["assess", "show", "2026", "--json"])["members"].as_array().unwrap().len(), 4);
    let signed = world.command(&["assess", "sign", "2026", "--signer", "张书记"]);
    assert!(signed.status.success(), "{signed:?}");
    assert!(world.command(&["trace", "verify"]).status.success());
}
