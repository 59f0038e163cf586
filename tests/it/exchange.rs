//! Files of questions that aren't our own: told apart, read, refused by their own places, loaded.

use crate::commands::Data;
use crate::support::World;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

const SHEET: &str = "题型,题目,选项A,选项B,选项C,答案,章节\n单选题,党支部每届任期（　）年？,一,三,五,B,组织\n判断题,党员应当按期交纳党费。,,,,√,党员\n单选题,坏题,一,二,三,,党员\n";

#[tokio::test]
async fn a_foreign_sheet_is_refused_by_its_own_rows_and_loaded_without_them() {
    let world = World::new().await;
    let org = world.token("org").await;
    let send = async |query: &str| {
        let path = format!("/api/v1/banks?form=csv{query}");
        world.send(Method::POST, &path, Some(&org), SHEET).await
    };
    assert_eq!(send("").await.json()["type"], json!("invalid-field"), "a bank needs a name");
    let refused = send("&bank=sheet").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let error = refused.json()["errors"][0].clone();
    assert_eq!((&error["code"], &error["line"]), (&json!("missing"), &json!(4)), "{error}");
    assert_eq!(world.get("/api/v1/banks", &org).await.good(), json!([]), "all or nothing");
    let loaded = send("&bank=sheet&skip_faulty=true").await.good();
    assert_eq!((&loaded["added"], loaded["left_out"].as_array().unwrap().len()), (&json!(2), 1));
    let bank = world.get("/api/v1/banks/sheet", &org).await.good();
    assert_eq!(bank["topics"].as_array().unwrap().len(), 2);
    let unclear = world.send(Method::POST, "/api/v1/banks?form=csv&bank=x", Some(&org), "甲,乙\n一,二\n").await;
    let asked = unclear.json()["errors"][0].clone();
    assert_eq!(asked["code"], json!("columns-unclear"));
    assert!(asked["detail"].as_str().unwrap().contains("A=甲, B=乙"), "{asked}");
    for (form, bytes) in
        [("xlsx", &b"PK\x03\x04nothing"[..]), ("xlsx", b""), ("csv", b""), ("csv", b"\x89PNG\r\n\x1a\n\0\0")]
    {
        let path = format!("/api/v1/banks?bank=x&form={form}");
        let refused = world.send(Method::POST, &path, Some(&org), bytes.to_vec()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}: {}", refused.text);
    }
    let member = world.send(Method::POST, "/api/v1/banks?form=csv&bank=y", Some(&world.token("m1").await), SHEET).await;
    assert_eq!(member.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_foreign_sheet_is_converted_and_checked_on_the_command_line() {
    let data = Data::new().await;
    let file = data.file("party.csv", SHEET);
    let output = data.run(&["bank", "convert", &file, "--to", "json"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && said.contains('4'), "{said}");
    let made: Value =
        serde_json::from_str(&data.good(&["bank", "convert", &file, "--to", "json", "--skip-faulty"])).unwrap();
    assert_eq!((&made["bank"], made["questions"].as_array().unwrap().len()), (&json!("party"), 2));
    assert_eq!((&made["questions"][0]["answer"], &made["questions"][1]["answer"]), (&json!("B"), &json!(true)));
    data.good(&["bank", "load", &file, "--skip-faulty"]);
    let named = data.run(&["bank", "load", &data.file("题库.csv", SHEET), "--skip-faulty"]);
    assert_eq!(named.status.code(), Some(1), "a made-up name could be another bank's");
}

#[tokio::test]
async fn lists_and_gift_are_told_apart_and_gift_is_written() {
    let data = Data::new().await;
    let list = "一、单项选择题\n1. 党支部委员会每届任期（　）年。\nA. 一  B. 三  C. 五\n答案：B 解析：见条例\n二、判断题\n1. 党员应当按期交纳党费。（√）\n";
    let made: Value =
        serde_json::from_str(&data.good(&["bank", "convert", &data.file("list.txt", list), "--to", "json"])).unwrap();
    let keys: Vec<&Value> = made["questions"].as_array().unwrap().iter().map(|question| &question["answer"]).collect();
    assert_eq!(keys, [&json!("B"), &json!(true)]);
    let gift = data.good(&["bank", "convert", &data.file("list.txt", list), "--to", "gift"]);
    assert!(gift.contains("=三") && gift.contains("{T"), "{gift}");
    let back: Value =
        serde_json::from_str(&data.good(&["bank", "convert", &data.file("back.gift", &gift), "--to", "json"])).unwrap();
    assert_eq!(back["questions"].as_array().unwrap().len(), 2);
    assert_eq!(back["questions"][0]["explanation"], made["questions"][0]["explanation"]);
}

#[tokio::test]
async fn every_form_is_written_and_read_back_on_the_command_line() {
    let data = Data::new().await;
    let bank = json!({
        "bank": "b", "title": "题库", "topics": [{ "id": "t", "title": "主题" }],
        "questions": [{ "id": "q1", "kind": "single", "topic": "t", "stem": "每届任期（　）年。",
            "options": { "A": "一", "B": "三", "C": "五" }, "answer": "B" }]
    });
    let file = data.file("bank.json", &bank.to_string());
    for (form, ending) in
        [("gift", "gift"), ("aiken", "aiken"), ("moodle-xml", "xml"), ("qti21", "zip"), ("qti3", "zip")]
    {
        let path = data.folder.path().join(format!("{form}.{ending}")).display().to_string();
        data.good(&["bank", "convert", &file, "--to", form, "--out", &path]);
        assert!(!std::fs::read(&path).unwrap().starts_with(b"{"), "{form} is no JSON");
        for from in [&["--from", form][..], &[]] {
            let again = data.good(&[&["bank", "convert", &path, "--to", "json", "--bank", "b"][..], from].concat());
            let again: Value = serde_json::from_str(&again).unwrap();
            let question = &again["questions"][0];
            let options: Vec<&Value> = question["options"].as_object().unwrap().values().collect();
            assert_eq!(
                (&question["answer"], options),
                (&json!("B"), vec![&json!("一"), &json!("三"), &json!("五")]),
                "{form}"
            );
        }
    }
}
