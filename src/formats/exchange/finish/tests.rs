use super::{Converted, Draft, Drafted, Naming, Origin, finish};
use crate::formats::bank_json;
use crate::rules::bank::{Bank, ProblemCode};
use serde_json::{Value, json};

fn row(line: usize, fields: &Value) -> Drafted {
    let origin = Origin { sheet: Some("单选".into()), line: Some(line), column: None, file: None };
    let answer = Origin { column: Some("F".into()), ..origin.clone() };
    Drafted { origin, fields: fields.as_object().unwrap().clone(), origins: vec![("/answer".into(), answer)] }
}

fn converted(questions: Vec<Drafted>, topics: &[&str]) -> Converted {
    let topics = topics.iter().map(|raw| ((*raw).to_owned(), json!(raw))).collect();
    let naming = Naming { bank: "b".into(), ..Naming::default() };
    finish(Draft { topics, questions, ..Draft::default() }, &naming)
}

fn read(converted: &Converted) -> Bank {
    bank_json::read(&converted.json).unwrap()
}

#[test]
fn ids_and_topics_are_made_where_the_file_has_none() {
    let statement = |more: Value| {
        let mut fields = json!({ "kind": "true_false", "stem": "S", "answer": true });
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        fields
    };
    let questions = vec![
        row(2, &statement(json!({ "topic": "党员义务" }))),
        row(3, &statement(json!({ "id": "q-0002", "topic": "meetings" }))),
        row(4, &statement(json!({}))),
    ];
    let bank = read(&converted(questions, &["党员义务", "meetings"]));
    let ids: Vec<(&str, &str)> = bank.questions.iter().map(|one| (one.id.as_str(), one.topic.as_str())).collect();
    assert_eq!(ids, [("q-0001", "t01"), ("q-0002", "meetings"), ("q-0003", "general")]);
    assert_eq!(bank.topics.iter().map(|topic| topic.id.as_str()).collect::<Vec<_>>(), ["t01", "meetings", "general"]);
    assert_eq!(bank.topics[0].title, "党员义务".into());
}

#[test]
fn mistakes_are_told_where_they_stand_in_the_file() {
    let sound = json!({ "id": "a", "kind": "true_false", "stem": "S", "answer": true });
    let faulty = json!({ "id": "a", "kind": "single", "stem": "S", "options": { "A": "1", "B": "2" }, "answer": "D" });
    let made = converted(vec![row(2, &sound), row(7, &faulty)], &[]);
    let problems = made.locate(bank_json::read(&made.json).unwrap_err());
    let told: Vec<(ProblemCode, Option<usize>, Option<&str>, &str)> = problems
        .iter()
        .map(|problem| {
            let origin = problem.origin.as_deref().unwrap();
            (problem.code, origin.line, origin.column.as_deref(), problem.expected.as_str())
        })
        .collect();
    assert_eq!(
        told,
        [(ProblemCode::RepeatedId, Some(7), None, "2"), (ProblemCode::UnknownLabel, Some(7), Some("F"), "A, B"),]
    );
    let kept = made.without(&problems).unwrap();
    assert_eq!(read(&kept).questions[0].id, "a");
    let problems =
        vec![problems[0].clone(), crate::rules::bank::Problem { pointer: "/title".into(), ..problems[0].clone() }];
    assert!(made.without(&problems).is_none(), "a mistake of the whole file can't be left out");
}

#[test]
fn a_file_names_its_bank_as_far_as_it_can() {
    for (file, name, whole) in [
        ("/tmp/party-2026.xlsx", "party-2026", true),
        ("题库.csv", "bank", false),
        ("二季度 q2 题库.xlsx", "q2", false),
        ("a b.json", "a-b", false),
    ] {
        assert_eq!(Naming::of_file(file), (name.to_owned(), whole), "{file}");
    }
}
