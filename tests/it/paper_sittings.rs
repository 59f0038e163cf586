//! Sitting on paper: the same paper as on a device, entered by one person, checked by another, and only then marked.

use crate::support::{MINUTE, NOON, World, definition, open, posted, right, time};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

const PAPERS: &str = "/api/v1/tests/t/papers";

async fn world() -> World {
    let world = World::new().await;
    world.load_bank().await;
    world.make(&definition("t", json!({}))).await;
    world
}

async fn printed(world: &World, token: &str, login: &str) -> String {
    let printed = world.post(PAPERS, token, json!({ "people": [login] })).await.good();
    printed["papers"][0].as_str().unwrap().to_owned()
}

fn answers(paper: &Value) -> Value {
    let one = |question: &Value| json!({ "position": question["position"], "response": right(question) });
    paper["questions"].as_array().unwrap().iter().map(one).collect()
}

#[tokio::test]
async fn what_was_written_is_entered_checked_and_marked_once() {
    let world = world().await;
    let (org, second, m1) = (world.token("org").await, world.token("org-a").await, world.token("m1").await);
    let id = printed(&world, &org, "m1").await;
    let refused = world.post("/api/v1/tests/t/attempts", &m1, json!({})).await;
    assert_eq!((refused.status, refused.kind().as_str()), (StatusCode::CONFLICT, "on-paper"));
    let twice = world.post(PAPERS, &org, json!({ "people": ["m1"] })).await;
    assert_eq!(twice.status, StatusCode::NOT_FOUND, "one paper waits already");
    let edited = definition("t", json!({ "minutes": 10 }));
    let edited = world.send(Method::PUT, "/api/v1/tests/t", Some(&org), edited.to_string()).await;
    assert_eq!(edited.kind(), "papers-are-out", "what is printed can't change any more");

    let path = format!("{PAPERS}/{id}");
    let paper = world.get(&path, &org).await.good();
    assert_eq!(paper["questions"].as_array().unwrap().len(), 7);
    assert!(!paper.to_string().contains("answer"), "no keys: {paper}");
    let given = json!({ "seen": "", "responses": answers(&paper) });
    let wrong = json!({ "seen": "", "responses": [{ "position": 1, "response": "Z" }] });
    assert_eq!(world.put(&format!("{path}/responses"), &org, wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let entered = world.put(&format!("{path}/responses"), &org, given.clone()).await.good();
    let seen = json!({ "seen": entered["version"] });
    assert_eq!(world.put(&format!("{path}/responses"), &org, given).await.kind(), "changed-meanwhile");
    let own = world.post(&format!("{path}/check"), &org, seen.clone()).await;
    assert_eq!(own.kind(), "second-person-needed");
    let other = world.post(&format!("{path}/check"), &second, json!({ "seen": "0" })).await;
    assert_eq!(other.kind(), "changed-meanwhile", "what was seen is what is marked");
    assert_eq!(world.get("/api/v1/tests/t/report", &org).await.good()["branch"]["sat"], json!(0));
    let checked = world.post(&format!("{path}/check"), &second, seen.clone()).await.good();
    assert_eq!(world.post(&format!("{path}/check"), &second, seen).await.status, StatusCode::CONFLICT, "once");

    let attempt = checked["attempt"].as_str().unwrap();
    let result = world.get(&format!("/api/v1/attempts/{attempt}"), &m1).await.good();
    assert!(result["finished"].is_string() || result["finished_at"].is_string(), "{result}");
    let page = open(&world, &format!("/attempts/{attempt}"), &m1).await.text;
    assert!(page.contains("You sat on paper"), "{page}");
    let report = world.get("/api/v1/tests/t/report", &org).await.good();
    assert_eq!((&report["branch"]["sat"], &report["branch"]["mean"]), (&json!(1), &json!(100.0)), "{report}");
    let again = world.post("/api/v1/tests/t/attempts", &m1, json!({})).await;
    assert_eq!(again.kind(), "no-attempt-left");
    let verified = world.command(&["trace", "verify"]);
    assert!(verified.status.success(), "{verified:?}");
    world.pass(61 * MINUTE).await;
    let drawn = world.command(&["draw", "verify", "t"]);
    assert!(drawn.status.success(), "the paper is the one that the draw gives: {drawn:?}");
}

#[tokio::test]
async fn a_test_waits_for_its_papers_and_a_void_one_frees_the_member() {
    let world = world().await;
    let org = world.token("org").await;
    let id = printed(&world, &org, "m2").await;
    world.make(&definition("c", json!({}))).await;
    let other = world.post("/api/v1/tests/c/papers", &org, json!({ "people": ["m1"] })).await.good();
    world.post("/api/v1/tests/c/cancel", &org, json!({ "reason": "停电" })).await;
    let path = format!("/api/v1/tests/c/papers/{}/responses", other["papers"][0].as_str().unwrap());
    let entered = world.put(&path, &org, json!({ "seen": "", "responses": [] })).await;
    assert_eq!(entered.kind(), "cancelled", "nothing of it counts");
    world.pass(120 * MINUTE).await;
    let is_final = async || world.get("/api/v1/tests/t/report", &org).await.good()["final"].clone();
    assert_eq!(is_final().await, json!(false), "a paper waits");
    let path = format!("{PAPERS}/{id}");
    assert_eq!(
        world.post(&format!("{path}/void"), &org, json!({ "reason": " " })).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let void = world.post(&format!("{path}/void"), &org, json!({ "reason": "没有到场" })).await;
    assert!(void.status.is_success(), "{void:?}");
    world.pass(MINUTE).await;
    assert_eq!(is_final().await, json!(true));
    let listed = world.get(PAPERS, &org).await.good();
    assert_eq!((&listed[0]["state"], &listed[0]["reason"]), (&json!("void"), &json!("没有到场")));
    let late = world.post(PAPERS, &org, json!({ "people": ["m3"] })).await;
    assert_eq!(late.kind(), "test-is-over");
    let said = world.command(&["test", "papers", "t"]);
    assert!(String::from_utf8_lossy(&said.stdout).contains("m2"), "{said:?}");
}

#[tokio::test]
async fn papers_are_printed_and_entered_on_pages_within_rights() {
    let world = world().await;
    let (org, org_a, org_b) = (world.token("org").await, world.token("org-a").await, world.token("org-b").await);
    assert_eq!(world.post(PAPERS, &org_a, json!({ "people": ["m4"] })).await.status, StatusCode::NOT_FOUND);
    let path = "/tests/t/papers";
    let made = posted(&world, path, &org, &[("logins", "m1, m2")]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let page = open(&world, &format!("{path}/print"), &org).await.text;
    assert_eq!(page.matches("Answer sheet").count(), 2, "{page}");
    assert!(page.contains("alpha") && page.contains("王一") && page.contains("________"), "{page}");
    let id = world.get(PAPERS, &org).await.good()[0]["paper"].as_str().unwrap().to_owned();
    let one = format!("{path}/{id}");
    assert_eq!(open(&world, &one, &org_b).await.status, StatusCode::NOT_FOUND, "not of that subtree");
    let member = world.token("m1").await;
    assert_eq!(open(&world, &one, &member).await.status, StatusCode::FORBIDDEN);

    let paper = world.get(&format!("{PAPERS}/{id}"), &org).await.good();
    let mut fields: Vec<(String, String)> = vec![("seen".to_owned(), String::new())];
    for question in paper["questions"].as_array().unwrap() {
        let position = &question["position"];
        fields.push((format!("was{position}"), "null".to_owned()));
        match right(question) {
            Value::String(label) => fields.push((format!("r{position}"), label)),
            Value::Bool(right) => fields.push((format!("r{position}"), right.to_string())),
            Value::Array(several) if question["kind"] == "multiple" => {
                for label in several {
                    fields.push((format!("r{position}"), label.as_str().unwrap().to_owned()));
                }
            }
            Value::Array(gaps) => {
                for (number, gap) in (1..).zip(gaps) {
                    fields.push((format!("r{position}_{number}"), gap.as_str().unwrap().to_owned()));
                }
            }
            other => panic!("{other}"),
        }
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let entered = posted(&world, &one, &org, &fields).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.text);
    let page = open(&world, &one, &org).await.text;
    assert!(page.contains("somebody else has to check it") && page.contains("一年"), "{page}");
    let version = world.get(&format!("{PAPERS}/{id}"), &org).await.good()["version"].as_str().unwrap().to_owned();
    let own = posted(&world, &format!("{one}/check"), &org, &[("seen", &version)]).await;
    assert_eq!(own.status, StatusCode::CONFLICT);
    let checked = posted(&world, &format!("{one}/check"), &org_a, &[("seen", &version)]).await;
    assert_eq!(checked.status, StatusCode::SEE_OTHER, "{}", checked.text);
    let page = open(&world, path, &org).await.text;
    assert!(page.contains("checked and marked") && page.contains("Declare void"), "{page}");
}

#[tokio::test]
async fn nobody_prints_enters_or_checks_an_own_paper_and_lower_organizers_see_none_before_the_opening() {
    let world = World::new().await;
    world.load_bank().await;
    let admin = world.token("admin").await;
    let more = "login,name,branch,role,password\n13800138000,周电话,A1,member,n0t-a-guessed-one\norg-a,甲组织员,A1,member,\norg-a,甲组织员,A,organizer,\n";
    world.send(Method::POST, "/api/v1/roster/members", Some(&admin), more).await.good();
    world.make(&definition("t", json!({ "opens": time(NOON + 30 * MINUTE) }))).await;
    let (org, org_a) = (world.token("org").await, world.token("org-a").await);
    let people = |login: &str| json!({ "people": [login] });
    let early = world.post(PAPERS, &org_a, people("m1")).await;
    assert_eq!(early.kind(), "not-open", "who doesn't manage the test sees no question before it opens");
    let own = printed(&world, &org, "org-a").await;
    let telephone = printed(&world, &org, "13800138000").await;
    let path = |id: &str| format!("{PAPERS}/{id}");
    assert_eq!(world.get(&path(&own), &org_a).await.status, StatusCode::NOT_FOUND, "nor reads it");
    assert_eq!(world.get(&path(&telephone), &org_a).await.kind(), "not-open");
    let before = json!({ "seen": "", "responses": [] });
    assert_eq!(world.put(&format!("{}/responses", path(&telephone)), &org, before).await.kind(), "not-open");
    let listed = world.get(PAPERS, &org).await.good().to_string();
    let page = open(&world, "/tests/t/papers", &org).await.text;
    for shown in [&listed, &page] {
        assert!(shown.contains("138****8000") && !shown.contains("13800138000"), "{shown}");
    }

    world.pass(31 * MINUTE).await;
    assert_eq!(world.get(&path(&telephone), &org_a).await.good()["state"], json!("printed"));
    let empty = json!({ "seen": "", "responses": [] });
    let entered = world.put(&format!("{}/responses", path(&own)), &org, empty).await.good();
    let seen = json!({ "seen": entered["version"] });
    assert_eq!(world.post(&format!("{}/check", path(&own)), &org_a, seen).await.status, StatusCode::NOT_FOUND);
    let void = json!({ "seen": entered["version"], "reason": "改为上机" });
    assert!(world.post(&format!("{}/void", path(&own)), &org, void).await.status.is_success());
    assert_eq!(world.post(PAPERS, &org_a, people("org-a")).await.status, StatusCode::NOT_FOUND, "nor prints it");
    world.pass(30 * MINUTE).await;
    let late = world.post(PAPERS, &org, people("m1")).await;
    assert_eq!(late.kind(), "not-open", "nobody begins after the end: {}", late.text);
}

#[tokio::test]
async fn a_paper_tells_programs_everything_that_it_asks() {
    let world = World::new().await;
    let org = world.token("org").await;
    let bank = include_str!("../fixtures/cases.json");
    world.send(Method::POST, "/api/v1/banks?shared=true", Some(&org), bank).await.good();
    let sections = json!([{ "kind": "case", "points": 20, "draw": [{ "bank": "cases", "count": 2 }] }]);
    world.make(&definition("t", json!({ "sections": sections }))).await;
    let id = printed(&world, &org, "m1").await;
    let paper = world.get(&format!("{PAPERS}/{id}"), &org).await.good();
    let parts: Vec<&Value> =
        paper["questions"].as_array().unwrap().iter().flat_map(|case| case["parts"].as_array().unwrap()).collect();
    assert!(parts.iter().any(|part| part["kind"] == "match" && part["targets"].is_array()), "{paper}");
    assert!(!paper.to_string().contains("\"answer\""), "no keys: {paper}");
    let page = open(&world, &format!("/tests/t/papers/print?id={id}"), &org).await.text;
    assert!(page.contains("1 (2)"), "each part has its place on the answer sheet: {page}");
}
