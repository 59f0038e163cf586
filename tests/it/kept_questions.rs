//! Files of questions that are sent, mended on the page and loaded from there.

use crate::forms::{Fields, fields_of, send, send_file};
use crate::support::{Answer, World, open, posted};
use axum::http::StatusCode;
use serde_json::{Value, json};

const SHEET: &str = "题型,题目,选项A,选项B,选项C,答案,章节\n单选题,党支部每届任期（　）年？,一,三,五,B,组织\n判断题,党员应当按期交纳党费。,,,,√,党员\n单选题,哪一项对？,甲的说法,乙的说法,,,党员\n单选题,空题,一,,,A,党员\n";

async fn sent(world: &World, token: &str, (name, content): (&str, &[u8]), more: &[(&str, &str)]) -> Answer {
    let mut fields: Fields = vec![("action".to_owned(), "check".to_owned())];
    fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    send_file(world, "/banks", token, &fields, (name, content)).await
}

/// The address of the file that a page offers to go on with.
fn kept(page: &str) -> Option<String> {
    let rest = page.split("href=\"/question-files/").nth(1)?;
    Some(format!("/question-files/{}", rest.split('"').next()?))
}

fn set(fields: &mut Fields, name: &str, value: &str) {
    match fields.iter_mut().find(|(known, _)| known == name) {
        Some((_, known)) => value.clone_into(known),
        None => fields.push((name.to_owned(), value.to_owned())),
    }
}

async fn banks(world: &World, token: &str) -> Value {
    world.get("/api/v1/banks", token).await.good()
}

#[tokio::test]
async fn a_faulty_sheet_is_mended_on_the_page_and_loaded_whole() {
    let world = World::new().await;
    let org = world.token("org").await;
    let refused = sent(&world, &org, ("sheet.csv", SHEET.as_bytes()), &[("shared", "1")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    let file = kept(&refused.text).expect("it can be mended");
    let page = open(&world, &file, &org).await.text;
    assert!(page.contains("2 questions have mistakes") && !page.contains("value=\"load\""), "{page}");
    assert!(page.contains("党支部每届任期") && page.contains("line 4"), "{page}");
    let early = posted(&world, &file, &org, &[("action", "load")]).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(banks(&world, &org).await, json!([]), "nothing is loaded before all of it is right");

    let form = open(&world, &format!("{file}/3"), &org).await.text;
    assert!(form.contains("乙的说法") && form.contains("role=\"alert\""), "what is wrong is told at once: {form}");
    let mut fields = fields_of(&form);
    set(&mut fields, "answer", "D");
    set(&mut fields, "action", "save");
    let wrong = send(&world, &format!("{file}/3"), &org, &fields).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("乙的说法"), "nothing typed is lost");
    set(&mut fields, "answer", "B");
    assert_eq!(send(&world, &format!("{file}/3"), &org, &fields).await.status, StatusCode::SEE_OTHER);
    let late = send(&world, &format!("{file}/3"), &org, &fields).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "another window is told");
    let out = posted(&world, &file, &org, &[("action", "leave-out"), ("number", "4"), ("seen", "")]).await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    let page = open(&world, &file, &org).await.text;
    assert!(page.contains("value=\"load\"") && page.contains("left out") && page.contains("mended"), "{page}");
    posted(&world, &file, &org, &[("action", "restore"), ("number", "4")]).await;
    assert!(!open(&world, &file, &org).await.text.contains("value=\"load\""), "as it was sent");
    posted(&world, &file, &org, &[("action", "leave-out"), ("number", "4"), ("seen", "")]).await;

    let others = world.token("org-a").await;
    assert_eq!(open(&world, &file, &others).await.status, StatusCode::GONE, "it is the sender's alone");
    let loaded = posted(&world, &file, &org, &[("action", "load"), ("shared", "1")]).await;
    assert_eq!(loaded.status, StatusCode::SEE_OTHER, "{}", loaded.text);
    let bank = world.get("/api/v1/banks/sheet/export", &org).await.good();
    let keys: Vec<&Value> = bank["questions"].as_array().unwrap().iter().map(|question| &question["answer"]).collect();
    assert_eq!(keys, [&json!("B"), &json!(true), &json!("B")]);
    assert_eq!(banks(&world, &org).await[0]["shared"], json!(true));
    assert_eq!(open(&world, &file, &org).await.status, StatusCode::GONE, "it is not needed any more");
}

#[tokio::test]
async fn a_sound_file_need_not_be_sent_twice_and_ours_is_mended_as_well() {
    let world = World::new().await;
    let org = world.token("org").await;
    let good = crate::support::BANK;
    let looked = sent(&world, &org, ("rules.json", good.as_bytes()), &[]).await;
    let file = kept(&looked.text).expect("it can be loaded from here");
    assert!(open(&world, "/banks", &org).await.text.contains(&file), "it is found again");
    assert_eq!(posted(&world, &file, &org, &[("action", "load")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(banks(&world, &org).await[0]["edition"], json!(1));

    let mut faulty: Value = serde_json::from_str(good).unwrap();
    let id = faulty["questions"][0]["id"].as_str().unwrap().to_owned();
    faulty["questions"][0]["kind"] = json!("riddle");
    faulty["questions"][0]["answer"] = json!("A");
    faulty["questions"][1]["difficulty"] = json!("hard");
    let refused = sent(&world, &org, ("rules.json", faulty.to_string().as_bytes()), &[]).await;
    let file = kept(&refused.text).expect("it can be mended");
    for (number, value) in [("1", "difficulty"), ("2", "difficulty")] {
        let path = format!("{file}/{number}");
        let form = open(&world, &path, &org).await.text;
        let mut fields = fields_of(&form);
        assert!(fields.iter().any(|(name, _)| name == "stem" || name.starts_with("stem")), "{form}");
        set(&mut fields, value, "3");
        set(&mut fields, "action", "save");
        let saved = send(&world, &path, &org, &fields).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    }
    let page = open(&world, &file, &org).await.text;
    assert!(page.contains("value=\"load\"") && page.contains(&id), "{page}");
    posted(&world, &file, &org, &[("action", "load")]).await;
    let bank = world.get("/api/v1/banks/rules/export", &org).await.good();
    assert_eq!((&bank["questions"][0]["kind"], &bank["questions"][1]["difficulty"]), (&json!("single"), &json!(3)));

    for (name, content) in [("x.json", &b"{"[..]), ("x.json", b"[]"), ("x.csv", b""), ("x.xlsx", b"PK\x03\x04nothing")]
    {
        let refused = sent(&world, &org, (name, content), &[("bank", "x")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(kept(&refused.text), None, "nothing to mend in {name}");
    }
    assert_eq!(open(&world, "/question-files/none", &org).await.status, StatusCode::GONE);
    let member = world.token("m1").await;
    assert_eq!(open(&world, &file, &member).await.status, StatusCode::FORBIDDEN);
}
