//! Clauses: what is cited as data, what was amended, what has still to be checked, and retiring with a reason.

use crate::support::{World, open, posted};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

fn bank(name: &str, articles: &[Option<u32>]) -> String {
    let question = |(index, article): (usize, &Option<u32>)| {
        json!({ "id": format!("q{index}"), "kind": "true_false", "topic": "t", "answer": true,
            "stem": format!("{name} 第 {index} 题所说的事情是对的"), "explanation": "e",
            "cite": { "zh": "条文", "regulation": "议事规则", "article": article } })
    };
    let mut questions: Vec<Value> = articles.iter().enumerate().map(question).collect();
    for question in &mut questions {
        if question["cite"]["article"].is_null() {
            question["cite"].as_object_mut().unwrap().remove("article");
        }
    }
    questions.push(json!({ "id": "words", "kind": "true_false", "topic": "t", "answer": true,
        "stem": format!("{name} 只用文字写明依据的一题"), "explanation": "e", "cite": "议事规则第七条" }));
    json!({ "bank": name, "title": name, "topics": [{ "id": "t", "title": "T" }], "questions": questions }).to_string()
}

async fn load(world: &World, branch: &str, file: String) {
    let org = world.token("org").await;
    world.send(Method::POST, &format!("/api/v1/banks?branch={branch}&shared=true"), Some(&org), file).await.good();
}

async fn world() -> World {
    let world = World::new().await;
    load(&world, "HQ", bank("top", &[Some(7), Some(7), Some(10), None])).await;
    load(&world, "A", bank("of-a", &[Some(7), Some(3)])).await;
    world
}

async fn amend(world: &World, token: &str, article: Value) -> String {
    let given =
        json!({ "regulation": "议事规则", "article": article, "on": "2026/10/1", "note": "法定人数改为三分之二" });
    let made = world.post("/api/v1/clauses/amended", token, given).await.good();
    made["amended"].as_str().unwrap().to_owned()
}

fn listed(opened: &Value) -> Vec<String> {
    let name = |one: &Value| format!("{}/{}", one["bank"].as_str().unwrap(), one["question"]["id"].as_str().unwrap());
    opened["questions"].as_array().unwrap().iter().map(name).collect()
}

#[tokio::test]
async fn the_index_counts_what_is_cited_as_data_and_names_what_lacks() {
    let world = world().await;
    let index = world.get("/api/v1/clauses", &world.token("org").await).await.good();
    assert_eq!(index.as_array().unwrap().len(), 1, "words alone are not guessed at: {index}");
    let one = &index[0];
    assert_eq!((&one["regulation"], &one["questions"]), (&json!("议事规则"), &json!(6)));
    assert_eq!(one["without_question"], json!([{ "from": 4, "to": 6 }, { "from": 8, "to": 9 }]));
    assert_eq!(one["articles"][0], json!({ "article": null, "questions": 1, "retired": 0 }));
    let own = world.get("/api/v1/clauses", &world.token("org-a").await).await.good();
    assert_eq!((&own[0]["questions"], &own[0]["without_question"]), (&json!(2), &json!([{ "from": 4, "to": 6 }])));
    assert_eq!(world.get("/api/v1/clauses", &world.token("org-b").await).await.good(), json!([]));
    let org = world.token("org").await;
    let page = open(&world, "/clauses", &org).await.text;
    assert!(page.contains("议事规则") && page.contains("4–6, 8–9"), "{page}");
    let regulation = "%E8%AE%AE%E4%BA%8B%E8%A7%84%E5%88%99";
    let article = open(&world, &format!("/clauses/of?regulation={regulation}&article=7"), &org).await.text;
    assert!(article.contains("Questions 1–3 of 3") && article.contains("Note an amendment"), "{article}");
    assert!(open(&world, &format!("/clauses/of?regulation={regulation}"), &org).await.text.contains("Article 10"));
    assert_eq!(open(&world, "/clauses/of?regulation=x", &org).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_depends_on_an_amended_clause_is_listed_until_it_is_checked_or_retired() {
    let world = world().await;
    let org = world.token("org").await;
    let id = amend(&world, &org, json!(7)).await;
    let path = format!("/api/v1/clauses/amended/{id}");
    let opened = world.get(&path, &org).await.good();
    assert_eq!(listed(&opened), ["of-a/q0", "top/q0", "top/q1"]);
    assert_eq!((&opened["on"], &opened["to_check"]), (&json!("2026-10-01"), &json!(3)));

    let none = world.post(&format!("{path}/checked"), &org, json!({ "questions": [] })).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    let other = world.post(&format!("{path}/checked"), &org, json!({ "questions": ["top/q0", "top/q2"] })).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "that one doesn't rest on it");
    let checked = world.post(&format!("{path}/checked"), &org, json!({ "questions": ["top/q0"] })).await.good();
    assert_eq!(checked["checked"], json!(1), "nothing was noted of the refused ones");

    // Somebody's change of another question waits, and goes on waiting.
    let waits =
        json!({ "id": "q2", "kind": "true_false", "topic": "t", "answer": false, "stem": "换了一种问法的第二题" });
    let version = {
        let page = open(&world, "/banks/top/draft/question?id=q2", &org).await.text;
        page.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    world.put("/api/v1/banks/top/draft/questions/q2", &org, json!({ "question": waits, "seen": version })).await.good();
    let retire = json!({ "questions": ["top/q1", "of-a/q0"], "note": " " });
    assert_eq!(world.post(&format!("{path}/retired"), &org, retire).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let retire = json!({ "questions": ["top/q1", "of-a/q0"], "note": "第七条已改" });
    let loaded = world.post(&format!("{path}/retired"), &org, retire).await.good();
    assert_eq!(
        (loaded.as_array().unwrap().len(), &loaded[0]["changed"], &loaded[1]["edition"]),
        (2, &json!(1), &json!(2))
    );
    let file = world.get("/api/v1/banks/top/export", &org).await.good();
    assert_eq!((&file["questions"][1]["retired"], file["questions"][2].get("retired")), (&json!(true), None));
    let draft = world.get("/api/v1/banks/top/draft", &org).await.good();
    assert_eq!((draft["changes"].as_array().unwrap().len(), &draft["changes"][0]["overtaken"]), (1, &json!(false)));
    assert!(open(&world, "/banks/of-a/changes", &org).await.text.contains("第七条已改"));
    assert_eq!(world.get(&path, &org).await.good()["to_check"], json!(0));

    // A question that is changed, or comes later, is looked at again.
    load(&world, "HQ", bank("top", &[Some(7), Some(7), Some(10), None, Some(7)]).replace("top 第 0", "新版第 0")).await;
    assert_eq!(listed(&world.get(&path, &org).await.good()), ["top/q0", "top/q1", "top/q4"]);
}

#[tokio::test]
async fn a_note_is_seen_where_it_was_made_below_and_above_and_tells_no_other_bank() {
    let world = world().await;
    let (org, org_a, org_b) = (world.token("org").await, world.token("org-a").await, world.token("org-b").await);
    let (top, of_a) = (amend(&world, &org, Value::Null).await, amend(&world, &org_a, json!(3)).await);
    let path = |id: &str| format!("/api/v1/clauses/amended/{id}");
    assert_eq!(listed(&world.get(&path(&top), &org_a).await.good()), ["of-a/q0", "of-a/q1"], "only what one may read");
    assert_eq!(world.get(&path(&top), &org).await.good()["to_check"], json!(6));
    assert_eq!(world.get(&path(&of_a), &org).await.status, StatusCode::OK);
    assert_eq!(world.get(&path(&of_a), &org_b).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get("/api/v1/clauses/amended", &org_b).await.good().as_array().unwrap().len(), 1);
    let foreign = json!({ "questions": ["top/q0"], "note": "n" });
    for action in ["checked", "retired"] {
        let refused = world.post(&format!("{}/{action}", path(&top)), &org_a, foreign.clone()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{action}");
    }
    assert_eq!(world.send(Method::DELETE, &path(&top), Some(&org_a), "").await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.send(Method::DELETE, &path(&of_a), Some(&org), "").await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.get(&path(&of_a), &org_a).await.status, StatusCode::NOT_FOUND);
    for login in ["com", "m1", "admin"] {
        assert_eq!(world.get("/api/v1/clauses", &world.token(login).await).await.status, StatusCode::FORBIDDEN);
    }
    for wrong in [
        json!({ "regulation": " ", "on": "2026-10-01", "note": "n" }),
        json!({ "regulation": "r", "article": 0, "on": "2026-10-01", "note": "n" }),
        json!({ "regulation": "r", "on": "soon", "note": "n" }),
        json!({ "regulation": "r", "on": "2026-10-01", "note": "" }),
    ] {
        let refused = world.post("/api/v1/clauses/amended", &org, wrong.clone()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
}

#[tokio::test]
async fn the_pages_do_the_same_without_script() {
    let world = world().await;
    let org = world.token("org").await;
    let fields = [("regulation", "议事规则"), ("article", "7"), ("on", "2026-10-01"), ("note", "")];
    let refused = posted(&world, "/clauses/amended", &org, &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    let fields = [("regulation", "议事规则"), ("article", "7"), ("on", "2026-10-01"), ("note", "法定人数")];
    let made = posted(&world, "/clauses/amended", &org, &fields).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let here = made.headers["location"].to_str().unwrap().to_owned();
    let page = open(&world, &here, &org).await.text;
    assert!(page.contains("value=\"of-a/q0\"") && page.contains("To be checked: 3"), "{page}");
    let nothing = posted(&world, &here, &org, &[("action", "checked")]).await;
    assert!(nothing.status == StatusCode::UNPROCESSABLE_ENTITY && nothing.text.contains("role=\"alert\""));
    let done =
        posted(&world, &here, &org, &[("question", "of-a/q0"), ("question", "top/q0"), ("action", "checked")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let no_reason = posted(&world, &here, &org, &[("question", "top/q1"), ("action", "retire"), ("note", "")]).await;
    assert!(no_reason.text.contains("value=\"top/q1\" checked"), "what was ticked stays: {}", no_reason.text);
    posted(&world, &here, &org, &[("question", "top/q1"), ("action", "retire"), ("note", "已改")]).await;
    assert!(open(&world, &here, &org).await.text.contains("All questions that rest on it are checked or retired"));
    assert!(open(&world, "/clauses", &org).await.text.contains("all checked"));
    assert_eq!(posted(&world, &here, &org, &[("action", "withdraw")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(open(&world, &here, &org).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_commands_do_the_same() {
    let world = world().await;
    let org = world.token("org").await;
    let run = |arguments: &[&str]| {
        let output = world.command(arguments);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let index: Value = serde_json::from_str(&run(&["clause", "list", "--json"])).unwrap();
    assert_eq!(index, world.get("/api/v1/clauses", &org).await.good());
    assert!(run(&["clause", "list"]).contains("4-6,8-9"));
    let note = ["clause", "amend", "议事规则", "--article", "7", "--on", "2026-10-01", "--note", "法定人数"];
    let id = run(&note).trim().to_owned();
    assert!(run(&["clause", "amended"]).contains(&id));
    let opened: Value = serde_json::from_str(&run(&["clause", "amended", &id, "--json"])).unwrap();
    assert_eq!(opened, world.get(&format!("/api/v1/clauses/amended/{id}"), &org).await.good());
    run(&["clause", "checked", &id, "top/q0", "of-a/q0"]);
    assert!(run(&["clause", "retire", &id, "top/q1", "--reason", "已改"]).contains("top"));
    assert!(run(&["clause", "amended", &id]).trim_end().ends_with("0."));
    run(&["clause", "withdraw", &id]);
    assert_eq!(world.command(&["clause", "amended", &id]).status.code(), Some(1));
}
