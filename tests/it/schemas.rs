//! The schemas of our own files: told to everybody, written down, true.

use crate::commands::Data;
use crate::support::{World, definition};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use jsonschema::{Validator, validator_for};
use kaohe::formats::schema::Schema;
use kaohe::formats::{assessment_json, bank_json, test_json};
use kaohe::rules::assessment::ready;
use serde_json::{Value, json};
use std::path::Path;

fn validator(schema: Schema) -> Validator {
    validator_for(&schema.document()).unwrap()
}

fn file(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[tokio::test]
async fn they_are_told_to_everybody_and_stand_in_the_documents() {
    let world = World::new().await;
    for schema in Schema::ALL {
        let path = format!("/api/v1/schemas/{}.json", schema.name());
        let told = world.send(Method::GET, &path, None, Body::empty()).await;
        assert_eq!((told.status, told.text.as_str()), (StatusCode::OK, schema.text().as_str()));
        assert_eq!(Data::new().await.good(&["schema", schema.name()]), schema.text());
        let written = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/schemas/{}.json", schema.name()));
        let written = std::fs::read_to_string(&written).unwrap_or_default();
        assert!(written == schema.text(), "write it anew: kaohe schema {0} > docs/schemas/{0}.json", schema.name());
    }
    for path in ["/api/v1/schemas/roster.json", "/api/v1/schemas/bank"] {
        assert_eq!(world.send(Method::GET, path, None, Body::empty()).await.status, StatusCode::NOT_FOUND);
    }
}

#[test]
fn shipped_banks_and_those_of_all_kinds_are_valid() {
    let validator = validator(Schema::Bank);
    let shipped = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("question_banks")).unwrap();
    let mut names: Vec<String> = shipped
        .map(|entry| format!("question_banks/{}", entry.unwrap().file_name().to_str().unwrap()))
        .filter(|name| Path::new(name).extension().is_some_and(|ending| ending == "json"))
        .collect();
    assert!(names.len() > 3);
    names.extend(
        ["tests/fixtures/bank.json", "tests/fixtures/kinds.json", "tests/fixtures/cases.json"].map(str::to_owned),
    );
    for name in names {
        let wrong: Vec<String> = validator.iter_errors(&file(&name)).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{name}: {wrong:?}");
    }
}

/// The same file with another value at a pointer.
fn with(file: &Value, pointer: &str, value: Value) -> Value {
    let mut file = file.clone();
    let (before, last) = pointer.rsplit_once('/').unwrap();
    match file.pointer_mut(before).unwrap() {
        Value::Object(members) => drop(members.insert(last.to_owned(), value)),
        other => other[last.parse::<usize>().unwrap()] = value,
    }
    file
}

#[test]
fn what_the_schema_refuses_the_reader_refuses() {
    let question = |kind: &str, answer: Value| json!({ "id": "q", "kind": kind, "topic": "t", "stem": "问{{1}}", "answer": answer });
    let bank = |question: Value| json!({ "bank": "b", "title": "b", "topics": [{ "id": "t", "title": "t" }], "questions": [question] });
    let mut single = question("single", json!("A"));
    single["options"] = json!({ "A": "甲", "B": { "zh": "乙", "en": "b" } });
    let single = bank(single);
    let gaps = bank(question("blank", json!([["1"]])));
    let validator = validator(Schema::Bank);
    for good in [&single, &gaps] {
        assert!(validator.is_valid(good) && bank_json::read(good.to_string().as_bytes()).is_ok(), "{good}");
    }
    let essay = bank(question("essay", json!({ "model": "答", "points": [{ "text": "一", "share": 100 }] })));
    assert!(validator.is_valid(&essay));
    for wrong in [
        with(&single, "/questions/0/dificulty", json!(3)),
        with(&single, "/questions/0/answer", json!(true)),
        with(&single, "/questions/0/answer", json!(["A"])),
        with(&single, "/questions/0/kind", json!("choice")),
        with(&single, "/questions/0/kind", json!("blank")),
        with(&single, "/questions/0/options", json!({ "A": "甲" })),
        with(&single, "/questions/0/options", json!({ "A": "甲", "一": "乙" })),
        with(&single, "/questions/0/targets", json!({ "1": "甲", "2": "乙" })),
        with(&single, "/questions/0/any_order", json!(true)),
        with(&single, "/questions/0/difficulty", json!(6)),
        with(&single, "/questions/0/stem", json!(" ")),
        with(&single, "/questions/0/stem", json!({ "de": "x" })),
        with(&single, "/questions/0/id", json!("题")),
        with(&single, "/questions/0/cite", json!({ "article": 7 })),
        with(&single, "/bank", json!("")),
        with(&gaps, "/questions/0/answer", json!("1")),
        with(&gaps, "/questions/0/answer/0", json!({ "accept": ["1"], "unit": ["年"] })),
        with(&gaps, "/questions/0/answer/0", json!([])),
        with(&essay, "/questions/0/answer/points/0/share", json!(0)),
        with(&gaps, "/questions", json!([])),
    ] {
        assert!(bank_json::read(wrong.to_string().as_bytes()).is_err(), "{wrong}");
        assert!(!validator.is_valid(&wrong), "{wrong}");
    }
}

#[test]
fn tests_and_assessments_are_valid_as_they_are_written() {
    let validator = validator(Schema::Test);
    let test = definition("t", json!({ "integrity": { "one_device": true, "addresses": ["10.0.0.0/8"] } }));
    let read = test_json::read(test.to_string().as_bytes()).unwrap();
    for good in [&test, &test_json::write(&read)] {
        let wrong: Vec<String> = validator.iter_errors(good).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{wrong:?} in {good:#}");
    }
    for wrong in [
        with(&test, "/minute", json!(60)),
        with(&test, "/minutes", json!(0)),
        with(&test, "/occasion", json!("yearly")),
        with(&test, "/pass", json!("60")),
        with(&test, "/audience", json!({ "branches": [] })),
        with(&test, "/sections/0/kind", json!("choice")),
        with(&test, "/sections/0/draw/0/difficulty", json!({ "0-2": 1 })),
        with(&test, "/integrity/copy", json!(true)),
    ] {
        assert!(test_json::read(wrong.to_string().as_bytes()).is_err(), "{wrong}");
        assert!(!validator.is_valid(&wrong), "{wrong}");
    }
    let validator = self::validator(Schema::Assessment);
    for name in ready::NAMES {
        let rules = assessment_json::write(&ready::rules(name, 2026).unwrap());
        assert!(validator.is_valid(&rules), "{name}");
        let wrong = with(&rules, "/components/0/best", json!(2));
        let mut by_hand = with(
            &rules,
            "/commend",
            json!({ "members": { "total": 90, "no_fail": true }, "branches": { "kind": "党支部" } }),
        );
        by_hand["help"] = json!({ "absences": 2 });
        by_hand["components"][0] = json!({ "title": "笔记", "weight": rules["components"][0]["weight"], "marks": { "name": "notes", "full": 20 } });
        assert!(
            validator.is_valid(&by_hand) && assessment_json::read(by_hand.to_string().as_bytes()).is_ok(),
            "{name}"
        );
        for wrong in [
            with(&by_hand, "/components/0/tests", json!({ "occasion": "monthly" })),
            with(&by_hand, "/components/0/least", json!(2)),
            with(&by_hand, "/components/0/marks/name", json!("党课")),
            with(&by_hand, "/commend/members/totl", json!(2)),
            with(&by_hand, "/help/absences", json!(0)),
        ] {
            assert!(assessment_json::read(wrong.to_string().as_bytes()).is_err(), "{wrong}");
            assert!(!validator.is_valid(&wrong), "{wrong}");
        }
        let is_best = rules["components"][0]["combine"] == "best";
        assert!(is_best || !validator.is_valid(&wrong), "{name}");
    }
}
