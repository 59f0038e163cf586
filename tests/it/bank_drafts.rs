//! Changing a bank question by question: nobody overwrites anybody, nothing counts before it is published.

use crate::forms::{Fields, fields_of, send};
use crate::support::{World, open, posted};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

const DRAFT: &str = "/api/v1/banks/rules/draft";

fn place(id: &str) -> String {
    format!("{DRAFT}/questions/{id}")
}

async fn exported(world: &World, token: &str) -> Vec<Value> {
    world.get("/api/v1/banks/rules/export", token).await.good()["questions"].as_array().unwrap().clone()
}

async fn question(world: &World, token: &str, id: &str) -> Value {
    exported(world, token).await.into_iter().find(|question| question["id"] == id).unwrap()
}

/// The version of a question that doesn't wait: what a refused save would have had to name is told by nobody, so it is
/// read from the form.
async fn seen(world: &World, token: &str, id: &str) -> String {
    let page = open(world, &format!("/banks/rules/draft/question?id={id}"), token).await.text;
    page.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_change_waits_until_it_is_published_and_says_why() {
    let world = World::new().await;
    world.load_bank().await;
    let org = world.token("org").await;
    let before = exported(&world, &org).await;
    let mut changed = question(&world, &org, "qid-s1").await;
    changed["stem"] = json!("Single one, mended");
    let given = json!({ "question": changed, "seen": seen(&world, &org, "qid-s1").await });
    let saved = world.put(&place("qid-s1"), &org, given.clone()).await.good();
    assert_eq!(saved["waits"], json!(true), "{saved}");
    let mut new = changed.clone();
    new["id"] = json!("fresh");
    new["stem"] = json!("Something quite different is asked here");
    world.put(&place("fresh"), &org, json!({ "question": new })).await.good();
    assert_eq!(exported(&world, &org).await, before, "nothing counts before it is published");

    let draft = world.get(DRAFT, &org).await.good();
    let waiting = draft["changes"].as_array().unwrap();
    assert_eq!(waiting.len(), 2, "{draft}");
    let of = |id: &str| waiting.iter().find(|change| change["question"] == id).unwrap();
    let old = of("qid-s1");
    assert_eq!((&old["before"]["id"], &old["after"]["stem"]), (&json!("qid-s1"), &changed["stem"]));
    assert!(of("fresh")["before"].is_null() && old["changed_by"].is_string(), "{draft}");

    let publish = format!("{DRAFT}/publish");
    assert_eq!(world.post(&publish, &org, json!({ "note": " " })).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let loaded = world.post(&publish, &org, json!({ "note": "article 7 of 2026" })).await.good();
    assert_eq!((&loaded["edition"], &loaded["added"], &loaded["changed"]), (&json!(2), &json!(1), &json!(1)));
    assert_eq!(question(&world, &org, "qid-s1").await["stem"], changed["stem"]);
    assert_eq!(world.get(DRAFT, &org).await.good()["changes"], json!([]));
    assert_eq!(world.post(&publish, &org, json!({ "note": "again" })).await.kind(), "nothing-to-publish");
    let page = open(&world, "/banks/rules/changes", &org).await.text;
    assert!(page.contains("article 7 of 2026") && page.contains("Single one, mended"), "{page}");
}

#[tokio::test]
async fn of_two_who_change_the_same_question_the_second_is_told() {
    let world = World::new().await;
    world.load_bank().await;
    let org = world.token("org").await;
    let version = seen(&world, &org, "qid-s1").await;
    let stem = |stem: &str, seen: &str, question: &Value| {
        let mut question = question.clone();
        question["stem"] = json!(stem);
        json!({ "question": question, "seen": seen })
    };
    let old = question(&world, &org, "qid-s1").await;
    let first = world.put(&place("qid-s1"), &org, stem("One of the first", &version, &old)).await.good();
    let second = world.put(&place("qid-s1"), &org, stem("One of the second", &version, &old)).await;
    assert_eq!((second.status, second.kind().as_str()), (StatusCode::CONFLICT, "changed-meanwhile"));
    let as_new = world.put(&place("qid-s1"), &org, json!({ "question": old })).await;
    assert_eq!(as_new.kind(), "changed-meanwhile", "nor as if it were new");
    let path = format!("{}?version=other", place("qid-s1"));
    assert_eq!(world.send(Method::DELETE, &path, Some(&org), "").await.kind(), "changed-meanwhile");

    // A load in between takes nothing away, and nothing of it is overwritten unseen.
    let bank = crate::support::BANK.replace("Single one", "Single of the load");
    world.send(Method::POST, "/api/v1/banks", Some(&org), bank).await.good();
    let draft = world.get(DRAFT, &org).await.good();
    assert_eq!(draft["changes"][0]["overtaken"], json!(true));
    let publish = format!("{DRAFT}/publish");
    assert_eq!(world.post(&publish, &org, json!({ "note": "n" })).await.kind(), "changed-meanwhile");
    let page = open(&world, "/banks/rules/draft/question?id=qid-s1", &org).await.text;
    assert!(page.contains("Single of the load") && page.contains("One of the first"), "{page}");
    let again = stem("One of both", first["version"].as_str().unwrap(), &old);
    world.put(&place("qid-s1"), &org, again).await.good();
    world.post(&publish, &org, json!({ "note": "n" })).await.good();
    assert_eq!(question(&world, &org, "qid-s1").await["stem"], json!("One of both"));
}

#[tokio::test]
async fn what_is_unsound_is_told_at_its_field_and_not_kept() {
    let world = World::new().await;
    world.load_bank().await;
    let org = world.token("org").await;
    let form = "/banks/rules/draft/question";
    let version = seen(&world, &org, "qid-s1").await;
    let typed = |answer: &'static str, action: &'static str, version: &str| {
        vec![
            ("kind", "single".to_owned()),
            ("id", "qid-s1".to_owned()),
            ("seen", version.to_owned()),
            ("topic", "secret-topic-a".to_owned()),
            ("difficulty", "2".to_owned()),
            ("stem", "Which one?".to_owned()),
            ("option A", "the first".to_owned()),
            ("option B", "the second".to_owned()),
            ("answer", answer.to_owned()),
            ("action", action.to_owned()),
        ]
    };
    let fill = async |fields: Vec<(&str, String)>| {
        let fields: Fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        send(&world, form, &org, &fields).await
    };
    let refused = fill(typed("D", "save", &version)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("class=\"error\"") && refused.text.contains("the second"), "{}", refused.text);
    assert_eq!(world.get(DRAFT, &org).await.good()["changes"], json!([]));
    let looked = fill(typed("B", "check", &version)).await;
    assert!(looked.text.contains("As members will see it"), "{}", looked.text);
    assert_eq!(world.get(DRAFT, &org).await.good()["changes"], json!([]));
    assert_eq!(fill(typed("B", "save", &version)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(world.get(DRAFT, &org).await.good()["changes"][0]["after"]["answer"], json!("B"));
    let late = fill(typed("A", "save", &version)).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text.contains("Somebody else has just changed it") && late.text.contains("the second"));

    let page = open(&world, "/banks/rules/draft", &org).await.text;
    let change = page.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let fields = [("action", "discard"), ("question", "qid-s1"), ("version", change)];
    posted(&world, "/banks/rules/draft", &org, &fields).await;
    assert_eq!(world.get(DRAFT, &org).await.good()["changes"], json!([]));
}

#[tokio::test]
async fn each_kind_comes_back_from_its_form_as_it_was() {
    let world = World::new().await;
    let org = world.token("org").await;
    let bank = world.command(&["bank", "template", "--form", "csv", "--language", "en"]);
    let loaded = world.send(Method::POST, "/api/v1/banks?form=csv&bank=rules", Some(&org), bank.stdout).await.good();
    assert!(loaded["added"].as_u64().unwrap() > 6, "{loaded}");
    for one in exported(&world, &org).await {
        let id = one["id"].as_str().unwrap();
        let path = format!("/banks/rules/draft/question?id={id}");
        let page = open(&world, &path, &org).await.text;
        let mut fields = fields_of(&page);
        fields.push(("action".to_owned(), "save".to_owned()));
        let saved = send(&world, "/banks/rules/draft/question", &org, &fields).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{id}: {}", saved.text);
    }
    assert_eq!(world.get(DRAFT, &org).await.good()["changes"], json!([]), "as it was, so no change");
}

#[tokio::test]
async fn only_those_who_may_read_keys_change_a_bank() {
    let world = World::new().await;
    world.load_bank().await;
    for login in ["org-a", "com", "m1"] {
        let token = world.token(login).await;
        for answer in [
            world.get(DRAFT, &token).await,
            world.put(&place("x"), &token, json!({ "question": {} })).await,
            world.post(&format!("{DRAFT}/publish"), &token, json!({ "note": "n" })).await,
            world.send(Method::DELETE, &format!("{}?version=v", place("x")), Some(&token), "").await,
            open(&world, "/banks/rules/draft", &token).await,
            open(&world, "/banks/rules/draft/question?id=qid-s1", &token).await,
        ] {
            assert!(matches!(answer.status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND), "{login}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn the_command_says_what_waits_and_publishes_it() {
    let world = World::new().await;
    world.load_bank().await;
    let org = world.token("org").await;
    let mut new = question(&world, &org, "qid-s1").await;
    new["id"] = json!("fresh");
    new["stem"] = json!("Something quite different is asked here");
    world.put(&place("fresh"), &org, json!({ "question": new })).await.good();
    let said = world.command(&["bank", "draft", "rules", "--json"]);
    let said: Value = serde_json::from_slice(&said.stdout).unwrap_or_else(|_| panic!("{said:?}"));
    assert_eq!(said["changes"][0]["question"], json!("fresh"));
    assert!(String::from_utf8(world.command(&["bank", "draft", "rules"]).stdout).unwrap().contains("fresh"));
    assert!(world.command(&["bank", "draft", "rules", "--publish", "because"]).status.success());
    assert_eq!(question(&world, &org, "fresh").await["stem"], new["stem"]);
}
