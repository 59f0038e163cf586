//! Files of questions that aren't our own: told apart, read, refused by their own places, loaded.

use crate::commands::Data;
use crate::support::{World, open};
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
    for (form, ending) in [
        ("xlsx", "xlsx"),
        ("csv", "csv"),
        ("gift", "gift"),
        ("aiken", "aiken"),
        ("moodle-xml", "xml"),
        ("qti21", "zip"),
        ("qti3", "zip"),
    ] {
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

#[tokio::test]
async fn a_bank_is_had_in_every_form_by_those_who_may_read_its_keys() {
    let world = World::with_test().await;
    let org = world.token("org").await;
    let bank = world.get("/api/v1/banks/rules/export", &org).await;
    assert_eq!(bank.headers["content-type"], "application/json");
    for (form, kind) in [("xlsx", "spreadsheetml"), ("csv", "text/csv"), ("gift", "text/plain"), ("qti3", "zip")] {
        let path = format!("/banks/rules/export?form={form}");
        for file in [world.get(&format!("/api/v1{path}"), &org).await, open(&world, &path, &org).await] {
            assert_eq!(file.status, StatusCode::OK, "{path}");
            assert!(file.headers["content-type"].to_str().unwrap().contains(kind), "{path}: {:?}", file.headers);
        }
        let page = open(&world, &format!("/banks/rules/forms?form={form}"), &org).await;
        assert!(page.text.contains(&format!("/banks/rules/export?form={form}")), "{}", page.text);
    }
    let lost = world.get("/api/v1/banks/rules/export?form=aiken&remarks=true", &org).await.good();
    assert!(lost["remarks"].as_array().is_some_and(|remarks| !remarks.is_empty()), "{lost}");
    let whole = world.get("/api/v1/banks/rules/export?form=csv&remarks=true", &org).await.good();
    assert_eq!(whole, json!({ "form": "csv", "remarks": [] }));
    let csv = world.get("/api/v1/banks/rules/export?form=csv&language=zh", &org).await.text;
    let same = world.send(Method::POST, "/api/v1/banks?form=csv&bank=rules&dry_run=true", Some(&org), csv).await.good();
    assert_eq!((&same["changed"], &same["added"], &same["edition"]), (&json!(0), &json!(0), &json!(1)), "{same}");
    for path in ["/banks/rules/export?form=docx", "/banks/rules/forms?form=x"] {
        assert_eq!(open(&world, path, &org).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
    }
    for query in ["form=docx", "language=fr"] {
        let refused = world.get(&format!("/api/v1/banks/rules/export?{query}"), &org).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
    }
    // The bank is shared with the organizers below, who may draw from it and read no keys.
    let below = world.token("org-a").await;
    for path in ["/banks/rules/forms", "/banks/rules/forms?form=csv", "/banks/rules/export?form=csv"] {
        assert_eq!(open(&world, path, &below).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let refused = world.get("/api/v1/banks/rules/export?form=csv", &below).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_template_is_had_by_those_who_may_load_and_loaded_as_it_comes() {
    let world = World::new().await;
    let org = world.token("org").await;
    for language in ["zh", "en"] {
        let file = world.get(&format!("/api/v1/banks/template?form=csv&language={language}"), &org).await.text;
        let path = format!("/api/v1/banks?form=csv&bank=b-{language}");
        let loaded = world.send(Method::POST, &path, Some(&org), file).await.good();
        assert_eq!((&loaded["added"], loaded.get("remarks")), (&json!(10), None), "{loaded}");
    }
    let file = open(&world, "/banks/template/xlsx", &org).await;
    assert!(file.text.starts_with("PK") && file.headers["content-disposition"].to_str().unwrap().contains(".xlsx"));
    assert_eq!(open(&world, "/banks/template/docx", &org).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get("/api/v1/banks/template?form=docx", &org).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let member = world.token("m1").await;
    assert_eq!(world.get("/api/v1/banks/template", &member).await.status, StatusCode::FORBIDDEN);
    assert_eq!(open(&world, "/banks/template/csv", &member).await.status, StatusCode::FORBIDDEN);
    let data = Data::new().await;
    let out = data.folder.path().join("template.xlsx").display().to_string();
    data.good(&["bank", "template", "--form", "xlsx", "--language", "zh", "--out", &out]);
    data.good(&["bank", "check", &out]);
    let csv = data.good(&["bank", "template", "--form", "csv", "--language", "en"]);
    assert!(csv.contains("id (Kaohe),kind,part of case,share,topic"), "{csv}");
}

const CODED: &str = "题型,题目,答案\n1,每届任期（　）年。A.一 B.三 C.五,B\n3,党员应当按期交纳党费。,√\n";

#[tokio::test]
async fn codes_and_options_in_the_stem_are_asked_and_named_everywhere() {
    let world = World::new().await;
    let org = world.token("org").await;
    let asked = world.send(Method::POST, "/api/v1/banks?form=csv&bank=b", Some(&org), CODED).await.json();
    let codes: Vec<&Value> = asked["errors"].as_array().unwrap().iter().map(|error| &error["code"]).collect();
    assert_eq!(codes, [&json!("kinds-unclear"), &json!("options-in-stem")], "{asked}");
    let named = "/api/v1/banks?form=csv&bank=b&kinds=1=single,3=true_false&columns=%E9%80%89%E9%A1%B9=B";
    assert_eq!(world.send(Method::POST, named, Some(&org), CODED).await.good()["added"], json!(2));
    // The next file with the same headings is read as the last one; another organizer's isn't, and a word overrides it.
    let again =
        world.send(Method::POST, "/api/v1/banks?form=csv&bank=c", Some(&org), CODED.replace('√', "×")).await.good();
    assert_eq!((&again["added"], &again["remarks"][0]["code"]), (&json!(2), &json!("as-last-time")), "{again}");
    assert_eq!(again["remarks"][0]["found"], json!("选项内容=B; 1=single,3=true_false"));
    let other =
        world.send(Method::POST, "/api/v1/banks?form=csv&bank=d", Some(&world.token("org-a").await), CODED).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    let overridden = world.send(Method::POST, "/api/v1/banks?form=csv&bank=e&kinds=1=single", Some(&org), CODED).await;
    assert_eq!(overridden.json()["errors"][0]["code"], json!("kinds-unclear"), "{overridden:?}");
    let wrong = world.send(Method::POST, "/api/v1/banks?form=csv&bank=b&kinds=1", Some(&org), CODED).await;
    assert_eq!(wrong.json()["type"], json!("invalid-field"));
    let data = Data::new().await;
    let file = data.file("coded.csv", CODED);
    assert_eq!(data.run(&["bank", "check", &file]).status.code(), Some(1));
    data.good(&["bank", "check", &file, "--kinds", "1=单选,3=判断", "--columns", "选项=B"]);
}

#[tokio::test]
async fn a_faulty_sheet_is_given_back_with_its_mistakes() {
    let world = World::new().await;
    let org = world.token("org").await;
    let marked = world.send(Method::POST, "/api/v1/banks/marked?form=csv", Some(&org), SHEET).await;
    assert_eq!(marked.status, StatusCode::OK);
    let sound =
        world.send(Method::POST, "/api/v1/banks/marked?form=csv", Some(&org), "题型,题目,答案\n判断,问,对\n").await;
    assert_eq!(sound.status, StatusCode::NO_CONTENT);
    let other = world.send(Method::POST, "/api/v1/banks/marked?form=gift", Some(&org), "a {T}").await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    let member = world.send(Method::POST, "/api/v1/banks/marked", Some(&world.token("m1").await), SHEET).await;
    assert_eq!(member.status, StatusCode::FORBIDDEN);
    let data = Data::new().await;
    let (file, out) = (data.file("party.csv", SHEET), data.folder.path().join("marked.xlsx").display().to_string());
    assert_eq!(data.run(&["bank", "check", &file, "--marked", &out]).status.code(), Some(1));
    let sheets = kaohe::formats::sheet::read(&std::fs::read(&out).unwrap()).unwrap();
    let said: Vec<&str> = sheets[0].rows.iter().map(|row| row.cell(7)).collect();
    assert!(said[0].contains("Kaohe") && said[1].is_empty() && said[2].is_empty() && !said[3].is_empty(), "{said:?}");
    let two = data.run(&["bank", "check", &file, &file, "--marked", &out]);
    assert_eq!(two.status.code(), Some(1));
}
