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

#[tokio::test]
async fn an_unfinished_question_waits_and_keeps_everything_from_being_published() {
    let world = World::new().await;
    world.load_bank().await;
    let org = world.token("org").await;
    let form = "/banks/rules/draft/question";
    let mut fields = fields_of(&open(&world, &format!("{form}?id=qid-s1"), &org).await.text);
    fields.retain(|(name, _)| name != "answer");
    fields.push(("action".to_owned(), "save".to_owned()));
    let refused = send(&world, form, &org, &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("value=\"unfinished\""), "it may wait: {}", refused.text);
    fields.retain(|(name, _)| name != "action");
    fields.push(("action".to_owned(), "unfinished".to_owned()));
    assert_eq!(send(&world, form, &org, &fields).await.status, StatusCode::SEE_OTHER);
    let draft = world.get(DRAFT, &org).await.good();
    assert_eq!(draft["changes"][0]["unfinished"], json!(true), "{draft}");
    assert!(open(&world, "/banks/rules/draft", &org).await.text.contains("Unfinished"));

    // Others are not held up by it, but nothing is published with it.
    let mut other = question(&world, &org, "qid-m1").await;
    other["difficulty"] = json!(5);
    let given = json!({ "question": other, "seen": seen(&world, &org, "qid-m1").await });
    world.put(&place("qid-m1"), &org, given).await.good();
    let publish = format!("{DRAFT}/publish");
    let early = world.post(&publish, &org, json!({ "note": "n" })).await;
    assert_eq!((early.status, early.kind().as_str()), (StatusCode::CONFLICT, "unfinished"));

    let page = open(&world, &format!("{form}?id=qid-s1"), &org).await.text;
    assert!(page.contains("role=\"alert\""), "what is wrong is told again: {page}");
    let mut fields = fields_of(&page);
    fields.push(("answer".to_owned(), "A".to_owned()));
    fields.push(("action".to_owned(), "save".to_owned()));
    let saved = send(&world, form, &org, &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    world.post(&publish, &org, json!({ "note": "n" })).await.good();

    let broken = json!({ "question": { "kind": "single", "stem": "?" }, "unfinished": true });
    let kept = world.put(&place("begun"), &org, broken.clone()).await.good();
    assert!(!kept["mistakes"].as_array().unwrap().is_empty(), "{kept}");
    let unnamed = world.put(&place("no%20name"), &org, broken).await;
    assert_eq!(unnamed.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn titles_topics_and_order_wait_and_are_published_with_the_rest() {
    let world = World::new().await;
    world.load_bank().await;
    let org = world.token("org").await;
    let address = format!("{DRAFT}/outline");
    let opened = world.get(&address, &org).await.good();
    let order: Vec<&str> = opened["order"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let (first, last) = (order[0], order[order.len() - 1]);
    let mut outline = opened["outline"].clone();
    outline["title"] = json!({ "zh": "新题库", "en": "New rules" });
    outline["topics"].as_array_mut().unwrap().push(json!({ "id": "later", "title": "Later" }));
    outline["moves"] = json!([{ "question": last }, { "question": first, "after": order[1] }]);
    let saved = world.put(&address, &org, json!({ "outline": outline, "seen": opened["version"] })).await.good();
    let again = world.put(&address, &org, json!({ "outline": outline, "seen": opened["version"] })).await;
    assert_eq!(again.kind(), "changed-meanwhile");
    let page = open(&world, "/banks/rules/draft", &org).await.text;
    assert!(page.contains("New rules") && page.contains("2 questions moved"), "{page}");
    let form = open(&world, "/banks/rules/draft/question?kind=single", &org).await.text;
    assert!(form.contains("value=\"later\""), "new topics can be chosen: {form}");

    let mut without = outline.clone();
    without["topics"] = json!([{ "id": "later", "title": "Later" }]);
    let refused = world.put(&address, &org, json!({ "outline": without, "seen": saved["version"] })).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "questions have the topics that would be gone");
    for wrong in [json!({ "title": "x" }), json!({ "title": "", "topics": [] }), json!([])] {
        let refused = world.put(&address, &org, json!({ "outline": wrong, "seen": saved["version"] })).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    let mut unknown = outline.clone();
    unknown["moves"] = json!([{ "question": "nobody" }]);
    let refused = world.put(&address, &org, json!({ "outline": unknown, "seen": saved["version"] })).await;
    assert_eq!(refused.kind(), "invalid-field");

    let loaded = world.post(&format!("{DRAFT}/publish"), &org, json!({ "note": "outline" })).await.good();
    assert_eq!((&loaded["edition"], &loaded["changed"]), (&json!(2), &json!(0)));
    let now = world.get("/api/v1/banks/rules/export", &org).await.good();
    assert_eq!(now["title"], outline["title"]);
    let ids: Vec<&str> = now["questions"].as_array().unwrap().iter().filter_map(|q| q["id"].as_str()).collect();
    let mut expected = vec![last, order[1], first];
    expected.extend(&order[2..order.len() - 1]);
    assert_eq!(ids, expected);
    let page = open(&world, "/banks/rules/changes", &org).await.text;
    assert!(page.contains("New rules") && page.contains("another order"), "{page}");
}

#[tokio::test]
async fn titles_topics_and_order_are_changed_on_the_page() {
    let world = World::new().await;
    world.load_bank().await;
    let org = world.token("org").await;
    let address = format!("{DRAFT}/outline");
    let opened = world.get(&address, &org).await.good();
    let last = opened["order"].as_array().unwrap().last().unwrap().as_str().unwrap().to_owned();
    let topics = opened["outline"]["topics"].as_array().unwrap().clone();
    let path = "/banks/rules/draft/outline";
    let page = open(&world, path, &org).await.text;
    let seen = page.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let place = format!("place-{last}");
    let moved = [("seen", seen.as_str()), ("action", &format!("move:{last}")), (&place, "3")];
    assert_eq!(posted(&world, path, &org, &moved).await.status, StatusCode::SEE_OTHER);
    let far = [("seen", seen.as_str()), ("action", &format!("move:{last}")), (&place, "9999")];
    assert_eq!(posted(&world, path, &org, &far).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let opened = world.get(&address, &org).await.good();
    assert_eq!(opened["order"][2], json!(last));
    let seen = opened["version"].as_str().unwrap();
    let mut fields: Vec<(String, String)> = vec![
        ("seen".to_owned(), seen.to_owned()),
        ("title-zh".to_owned(), "新题库".to_owned()),
        ("title-en".to_owned(), "Renamed".to_owned()),
    ];
    for (index, topic) in topics.iter().enumerate() {
        fields.push((format!("t{index}-id"), topic["id"].as_str().unwrap().to_owned()));
        fields.push((format!("t{index}-old"), "1".to_owned()));
        fields.push((format!("t{index}-en"), format!("Topic {index}")));
    }
    fields.push((format!("t{}-id", topics.len()), String::new()));
    fields.push((format!("t{}-en", topics.len()), "Quite new".to_owned()));
    let with = |action: &str| {
        let mut fields = fields.clone();
        fields.push(("action".to_owned(), action.to_owned()));
        fields
    };
    let up = with("up:1");
    let up: Vec<(&str, &str)> = up.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let shown = posted(&world, path, &org, &up).await.text;
    assert!(shown.find("Topic 1").unwrap() < shown.find("Topic 0").unwrap(), "{shown}");
    let save = with("save");
    let save: Vec<(&str, &str)> = save.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(posted(&world, path, &org, &save).await.status, StatusCode::SEE_OTHER);
    let outline = world.get(&address, &org).await.good()["outline"].clone();
    assert_eq!((&outline["title"]["en"], &outline["topics"][0]["title"]), (&json!("Renamed"), &json!("Topic 0")));
    assert_eq!(outline["topics"].as_array().unwrap().last().unwrap()["id"], json!("t01"));
    let version = world.get(&address, &org).await.good()["version"].clone();
    let gone = format!("{address}?version={}", version.as_str().unwrap());
    assert_eq!(world.send(Method::DELETE, &gone, Some(&org), "").await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.get(DRAFT, &org).await.good()["outline"], Value::Null);
}
