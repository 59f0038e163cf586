//! Looking for questions over all banks, and pairs of different banks: only what one may read, on page, API and command.

use crate::support::{World, open};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

/// A bank of one branch with three questions; its first asks what the first of every such bank asks.
fn bank(name: &str, key: &str) -> String {
    let question = |id: &str, stem: &str, changes: Value| {
        let mut question = json!({ "id": id, "kind": "single", "topic": "t", "difficulty": 2, "stem": stem,
            "options": { "A": "一至二", "B": "三至五", "C": "六至七" }, "answer": "B", "explanation": "见条文", "cite": "第七条" });
        for (name, value) in changes.as_object().unwrap() {
            question[name] = value.clone();
        }
        question
    };
    let questions = [
        question("one", "党的支部委员会每届任期一般为（　）年。", json!({ "answer": key })),
        question("two", &format!("{name}里独有的一道题问什么"), json!({ "difficulty": 4, "retired": true })),
        question(
            "three",
            &format!("What does {name} say of  Ｑuorum"),
            json!({ "explanation": { "zh": "过半数", "en": "more than half" },
            "cite": { "zh": "第三条", "en": "Article 3", "regulation": "议事规则", "article": 3 } }),
        ),
    ];
    json!({ "bank": name, "title": name, "topics": [{ "id": "t", "title": "T" }], "questions": questions }).to_string()
}

/// Banks of the top (with the usual one), of A and of B.
async fn world() -> World {
    let world = World::new().await;
    world.load_bank().await;
    let org = world.token("org").await;
    for (name, branch, key) in [("of-a", "A", "B"), ("of-b", "B", "C"), ("top", "HQ", "B")] {
        let path = format!("/api/v1/banks?branch={branch}&shared=true");
        world.send(Method::POST, &path, Some(&org), bank(name, key)).await.good();
    }
    world
}

fn names(found: &Value) -> Vec<String> {
    let name = |one: &Value| format!("{}/{}", one["bank"].as_str().unwrap(), one["question"]["id"].as_str().unwrap());
    found["questions"].as_array().unwrap().iter().map(name).collect()
}

#[tokio::test]
async fn a_search_finds_what_fits_in_the_banks_one_may_read_and_nothing_else() {
    let world = world().await;
    let (org, org_a) = (world.token("org").await, world.token("org-a").await);
    let find = async |query: &str, token: &str| world.get(&format!("/api/v1/questions?{query}"), token).await.good();
    for (query, ids) in [
        ("text=quorum%20过半数", &["of-a/three", "of-b/three", "top/three"][..]),
        ("text=QUORUM&bank=of-a", &["of-a/three"]),
        ("text=quorum%20任期", &[]),
        ("difficulty_from=3&topic=t", &["of-a/two", "of-b/two", "top/two"]),
        ("retired=false&bank=top", &["top/one", "top/three"]),
        ("regulation=%20议事规则&article=3&bank=of-b", &["of-b/three"]),
        ("regulation=议事规则&article=4", &[]),
        ("text=第七条&kind=single&bank=top&retired=false", &["top/one"]),
        ("lint=near-duplicate&bank=top", &[]),
        ("kind=true_false&text=false", &["rules/qid-t2"]),
    ] {
        let encoded = query.split('&').map(|pair| {
            let (name, value) = pair.split_once('=').unwrap();
            let plain = value.replace("%20", " ");
            let value = percent_encoding::utf8_percent_encode(&plain, percent_encoding::NON_ALPHANUMERIC);
            format!("{name}={value}")
        });
        let found = find(&encoded.collect::<Vec<_>>().join("&"), &org).await;
        if query.starts_with("kind=true") {
            assert!(found["count"].as_u64().is_some_and(|count| count >= 1), "{query}: {found}");
            continue;
        }
        assert_eq!(
            (names(&found), &found["count"]),
            (ids.iter().map(|id| (*id).to_owned()).collect(), &json!(ids.len())),
            "{query}"
        );
    }
    let own = find("", &org_a).await;
    assert_eq!(names(&own), ["of-a/one", "of-a/two", "of-a/three"], "what is shared from above isn't read");
    assert_eq!(find("bank=top", &org_a).await["count"], json!(0));
    assert_eq!(find("from=2", &org_a).await["questions"].as_array().unwrap().len(), 1);
    for login in ["com", "m1", "admin"] {
        let refused = world.get("/api/v1/questions", &world.token(login).await).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{login}");
    }
}

#[tokio::test]
async fn what_cannot_be_meant_is_told_and_stays_typed() {
    let world = world().await;
    let org = world.token("org").await;
    for query in
        ["kind=singles", "difficulty_from=9", "article=3", "used=often", "facility_from=-1", "lint=x", "retired=maybe"]
    {
        let refused = world.get(&format!("/api/v1/questions?{query}"), &org).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}: {refused:?}");
    }
    let page = open(&world, "/questions?text=quorum&article=3", &org).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("value=\"quorum\"") && page.text.contains("href=\"#f-regulation\""), "{}", page.text);
    let good = open(&world, "/questions?text=quorum", &org).await.text;
    assert!(good.contains("Questions 1–3 of 3") && good.contains("/banks/of-a/draft/question?id=three"), "{good}");
    let none = open(&world, "/questions", &world.token("org-b").await).await.text;
    assert!(none.contains("of-b") && !none.contains("of-a"), "{none}");
}

#[tokio::test]
async fn how_questions_were_used_narrows_a_search() {
    let world = World::with_test().await;
    let org = world.token("org").await;
    for login in ["m1", "m2", "m3"] {
        world.sits(login, "t", 7).await;
    }
    let count = async |query: &str| {
        world.get(&format!("/api/v1/questions?{query}"), &org).await.good()["count"].as_u64().unwrap()
    };
    let all = count("").await;
    assert_eq!(count("used=never").await, all, "nothing is settled");
    world.pass(3 * 3_600_000).await;
    let used = world.get("/api/v1/questions?used=yes", &org).await.good();
    let n = used["count"].as_u64().unwrap();
    assert!(n >= 7 && count("used=never").await == all - n, "{used}");
    assert_eq!(used["questions"][0]["used"]["tests"], json!(1));
    let easy = world.get("/api/v1/questions?facility_from=100", &org).await.good();
    assert_eq!(easy["count"].as_u64(), Some(n), "everybody was right: {easy}");
    assert_eq!(count("facility_to=99.9").await, 0);
    assert_eq!((count("used=flagged").await, count("used=weak").await), (0, 0), "three say nothing");
    let page = open(&world, "/questions?used=yes", &org).await.text;
    assert!(page.contains("used in 1 test") && page.contains("100.0%"), "{page}");
    // What was asked otherwise says nothing of the question as it is now.
    let bank = crate::support::BANK.replace("Single", "Only");
    world.send(Method::POST, "/api/v1/banks", Some(&org), bank).await.good();
    let changed = world.get("/api/v1/questions?used=yes&kind=single", &org).await.good();
    assert!(changed["questions"][0]["used"]["facility"].is_null() && changed["count"].as_u64() > Some(0), "{changed}");
}

#[tokio::test]
async fn pairs_across_banks_are_told_with_contradictions_first() {
    let world = world().await;
    let org = world.token("org").await;
    let pairs = world.get("/api/v1/questions/duplicates", &org).await.good();
    let told: Vec<(bool, String)> = pairs["pairs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| {
            let name = |index: usize| {
                let one = &pair["questions"][index];
                format!(
                    "{}/{}={}",
                    one["bank"].as_str().unwrap(),
                    one["question"]["id"].as_str().unwrap(),
                    one["question"]["answer"]
                )
            };
            (pair["contradicting"].as_bool().unwrap(), format!("{} {}", name(0), name(1)))
        })
        .collect();
    assert!(told[0].0 && told[0].1 == "of-a/one=\"B\" of-b/one=\"C\"", "{told:?}");
    assert_eq!((&pairs["contradicting"], told.iter().filter(|(against, _)| *against).count()), (&json!(1), 1));
    assert!(
        told.iter().any(|(against, pair)| !against && pair.starts_with("of-a/one") && pair.contains("top/one")),
        "{told:?}"
    );
    assert!(!told.iter().any(|(_, pair)| pair.contains("/two")), "retired ones are left alone: {told:?}");
    let page = open(&world, "/questions/duplicates", &org).await.text;
    assert!(page.contains("Contradicting keys") && page.contains("of-b"), "{page}");
    let own = world.get("/api/v1/questions/duplicates", &world.token("org-a").await).await.good();
    assert_eq!(own["count"], json!(0), "one bank alone has no pairs across banks");
    // A part of a case asks what a question asks; what is right of it follows from the material.
    let part = json!({ "kind": "single", "stem": "党的支部委员会每届任期一般为（　）年。", "explanation": "见条文", "cite": "第七条",
        "options": { "A": "一至二", "B": "三至五", "C": "六至七" }, "answer": "A" });
    let case = json!({ "bank": "cases", "title": "C", "topics": [{ "id": "t", "title": "T" }], "questions": [
        { "id": "c", "kind": "case", "topic": "t", "stem": "某支部上次换届是在四年以前，今年没有换届的打算。", "parts": [part] }] });
    world.send(Method::POST, "/api/v1/banks?shared=true", Some(&org), case.to_string()).await.good();
    let pairs = world.get("/api/v1/questions/duplicates", &org).await.good();
    let with_case: Vec<&Value> =
        pairs["pairs"].as_array().unwrap().iter().filter(|pair| pair.to_string().contains("\"cases\"")).collect();
    assert_eq!(with_case.len(), 1, "{pairs}");
    assert_eq!(with_case[0]["contradicting"], json!(false));
    assert_eq!(pairs["contradicting"], json!(1));
    // Another edition is looked at anew.
    world.send(Method::POST, "/api/v1/banks", Some(&org), bank("of-b", "B")).await.good();
    assert_eq!(world.get("/api/v1/questions/duplicates", &org).await.good()["contradicting"], json!(0));
}

#[tokio::test]
async fn the_commands_say_the_same() {
    let world = world().await;
    let org = world.token("org").await;
    let run = |arguments: &[&str]| {
        let output = world.command(arguments);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let said: Value = serde_json::from_str(&run(&["bank", "search", "quorum", "--bank", "of-a", "--json"])).unwrap();
    let api = world.get("/api/v1/questions?text=quorum&bank=of-a", &org).await.good();
    assert_eq!(said, api);
    assert!(run(&["bank", "search", "quorum"]).contains("of-b/three"));
    let pairs: Value = serde_json::from_str(&run(&["bank", "duplicates", "--json"])).unwrap();
    assert_eq!(pairs, world.get("/api/v1/questions/duplicates", &org).await.good());
    assert!(run(&["bank", "duplicates"]).contains("of-a/one"));
    assert_eq!(world.command(&["bank", "search", "--kind", "x"]).status.code(), Some(1));
}
