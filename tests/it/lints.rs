//! What is suspicious in a bank: told on load, afterwards, and on the command line; never a hindrance.

use crate::commands::Data;
use crate::support::World;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

fn question(id: &str, key: &str, extra: &Value) -> Value {
    let mut question = json!({ "id": id, "kind": "single", "topic": "t", "stem": "党的支部委员会每届任期一般为（　）年。",
        "options": { "A": "一至二", "B": "三至五", "C": "六至七" }, "answer": key, "explanation": "见条文", "cite": "第七条" });
    for (name, value) in extra.as_object().unwrap() {
        question[name] = value.clone();
    }
    question
}

fn bank() -> String {
    let options = json!({ "options": { "A": "一年", "B": "1 年", "C": "以上都对" }, "stem": "发展党员的程序由哪一级党组织负责审批",
        "cite": null });
    let mut plain = question("q-3", "A", &options);
    plain.as_object_mut().unwrap().remove("cite");
    let questions = [question("q-1", "B", &json!({})), question("q-2", "C", &json!({})), plain];
    serde_json::to_string_pretty(
        &json!({ "bank": "lints", "title": "疑点", "topics": [{ "id": "t", "title": "T" }], "questions": questions }),
    )
    .unwrap()
}

#[tokio::test]
async fn a_suspicious_bank_is_loaded_and_says_where() {
    let world = World::new().await;
    let org = world.token("org").await;
    let dry = world.send(Method::POST, "/api/v1/banks?dry_run=true&lints=true", Some(&org), bank()).await.good();
    let codes = |list: &Value, place: &str| -> Vec<String> {
        let one = |lint: &Value| format!("{} {}", lint[place].as_str().unwrap_or("-"), lint["code"].as_str().unwrap());
        list.as_array().unwrap().iter().map(one).collect()
    };
    assert_eq!(
        codes(&dry["warnings"], "pointer"),
        ["/questions/1/stem contradicting-keys", "/questions/2 no-cite", "/questions/2/options/C all-of-the-above"]
    );
    assert!(
        dry["warnings"][0]["line"].as_u64() > Some(1)
            && dry["warnings"][0]["message"].as_str().unwrap().contains("q-1")
    );
    let loaded = world.send(Method::POST, "/api/v1/banks", Some(&org), bank()).await.good();
    assert_eq!((&loaded["added"], loaded.get("warnings")), (&json!(3), None), "only where asked for");
    let found = world.get("/api/v1/banks/lints/lints", &org).await.good();
    assert_eq!(codes(&found, "question"), ["q-2 contradicting-keys", "q-3 all-of-the-above", "q-3 no-cite"]);
    let page = world.get("/banks/lints/lints", &org).await.text;
    assert!(page.contains("q-2") && page.contains("/banks/lints?search=q-3"), "{page}");
    let below = world.get("/api/v1/banks/lints/lints", &world.token("org-a").await).await;
    assert_ne!(below.status, StatusCode::OK, "what is suspicious tells keys");
}

#[tokio::test]
async fn a_strict_check_fails_where_something_is_suspicious() {
    let data = Data::new().await;
    let file = data.file("lints.json", &bank());
    let output = data.run(&["bank", "check", &file]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.contains("/questions/1/stem"), "{said}");
    let strict = data.run(&["bank", "check", &file, "--strict", "--json"]);
    assert_eq!(strict.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&strict.stdout).unwrap();
    assert_eq!((&report[0]["errors"], report[0]["warnings"].as_array().unwrap().len()), (&json!([]), 3));
    let said = data.good(&["bank", "load", &file]);
    assert!(said.contains('3'), "{said}");
}

#[tokio::test]
async fn nothing_is_suspicious_in_the_banks_that_are_shipped() {
    let data = Data::new().await;
    let shipped = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/question_banks")).unwrap();
    let is_bank = |path: &std::path::PathBuf| path.extension().is_some_and(|extension| extension == "json");
    let paths = shipped.map(|file| file.unwrap().path()).filter(is_bank);
    let mut files: Vec<String> = paths.map(|path| path.display().to_string()).collect();
    files.sort();
    assert!(files.len() >= 4);
    let mut arguments = vec!["bank", "check", "--strict"];
    arguments.extend(files.iter().map(String::as_str));
    data.good(&arguments);
}
