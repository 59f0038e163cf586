//! Case studies in the browser: answered part by part, marked part by part, written in the editor.

use crate::hands::{Hands, Person};
use crate::stage::{Look, Stage};
use serde_json::{Value, json};
use thirtyfour::By;

const CASES: &str = include_str!("../fixtures/cases.json");

/// The position of the case with so many parts.
async fn place(stage: &Stage, attempt: &str, parts: usize) -> (i64, Value) {
    let paper = stage.api("m001", &format!("/attempts/{attempt}")).await;
    let all = paper["sections"][0]["questions"].as_array().unwrap().clone();
    let case = all.into_iter().find(|one| one["parts"].as_array().unwrap().len() == parts).unwrap();
    (case["position"].as_i64().unwrap(), case)
}

async fn before_the_paper(hands: Hands, width: u32) -> (Person, String) {
    let sections = json!([{ "kind": "case", "points": 20, "draw": [{ "bank": "cases", "count": 2 }] }]);
    let test = json!({ "test": "cases", "title": "Case studies", "sections": sections });
    Person::before_a_paper(hands, width, CASES, test).await
}

/// Answers every part of the large case, and hands in.
async fn answered(hands: Hands, width: u32) -> (Person, String) {
    let (person, attempt) = before_the_paper(hands, width).await;
    let (at, case) = place(&person.stage, &attempt, 6).await;
    if hands == Hands::Touch && at == 2 {
        person.press("#next").await;
    }
    let label = |part: usize, list: &str, text: &str| {
        let shown = case["parts"][part - 1][list].as_array().unwrap().iter().find(|one| one["text"]["en"] == text);
        shown.unwrap()["label"].as_str().unwrap().to_owned()
    };
    let month = label(1, "options", "each month");
    if hands == Hands::Keyboard {
        // The Tab key reaches a group of choices at its first one; a letter chooses, in the part where it is pressed.
        person.press_into(&format!("input[name=r{at}p1][value=A]")).await;
        person.stage.driver.action_chain().send_keys(&month).perform().await.unwrap();
    } else {
        person.press(&format!("input[name=r{at}p1][value={month}]")).await;
    }
    for text in ["general meeting", "committee meeting", "group meeting"] {
        person.press(&format!("input[name=r{at}p2][value={}]", label(2, "options", text))).await;
    }
    let steps = ["monthly", "quarterly", "yearly"].map(|text| label(3, "options", text));
    if hands == Hands::WithoutScript {
        for (place, step) in (1..).zip(&steps) {
            let field = format!("#q{at} .mover[data-label='{step}'] select[name^=r{at}p3]");
            person.stage.find(&field).await.send_keys(place.to_string()).await.unwrap();
        }
    } else {
        // Moved away and back, so that the order counts as given.
        person.press(&format!("#q{at} .subquestion[data-kind=order] .as-shown")).await;
        for (place, step) in steps.iter().enumerate() {
            loop {
                let rows = format!(
                    "return [].map.call(document.querySelectorAll('#q{at} .subquestion[data-kind=order] .mover'), function (row) {{ return row.dataset.label; }})"
                );
                let rows: Vec<String> = serde_json::from_value(person.stage.run(&rows).await).unwrap();
                if rows.iter().position(|row| row == step).unwrap() == place {
                    break;
                }
                person.press(&format!("#q{at} .subquestion[data-kind=order] .mover[data-label='{step}'] .up")).await;
            }
        }
    }
    let mut pairs = serde_json::Map::new();
    for (option, target) in [("general meeting", "quarterly"), ("committee meeting", "monthly")] {
        let (from, to) = (label(4, "options", option), label(4, "targets", target));
        let field = format!("#q{at} .subquestion[data-kind=match] .mover[data-label='{from}'] select");
        person.stage.find(&field).await.send_keys(&to).await.unwrap();
        pairs.insert(from, json!(to));
    }
    person.fill(&format!("input[name=r{at}p5_1]"), "quarter").await;
    person.fill(&format!("textarea[name=r{at}p6]"), "No committee meetings").await;
    if hands == Hands::WithoutScript {
        person.stage.click("#exam button[value=save]").await;
        person.stage.says("main", "saved").await;
    } else {
        person.stage.says(&format!("#s{at}"), "Saved").await;
        person.stage.driver.refresh().await.unwrap();
        person.stage.find("html.js").await;
    }
    let (_, case) = place(&person.stage, &attempt, 6).await;
    let response = case["response"].clone();
    assert_eq!((&response[0], &response[2]), (&json!(month), &json!(steps)));
    assert_eq!((&response[3], &response[4]), (&Value::Object(pairs), &json!(["quarter"])));
    assert_eq!(response[5], json!("No committee meetings"));
    let written = person.stage.find(&format!("textarea[name=r{at}p6]")).await.prop("value").await.unwrap();
    assert_eq!(written.as_deref(), Some("No committee meetings"), "it stands there again after a reload");
    person.stage.go(&format!("/attempts/{attempt}/check")).await;
    person.stage.click("form[action$='/submit'] button").await;
    person.stage.find("code.receipt").await;
    (person, attempt)
}

#[tokio::test]
async fn answered_by_fingers_and_marked_part_by_part() {
    let (person, attempt) = answered(Hands::Touch, 390).await;
    let stage = person.stage;
    stage.become_reader(Some(&stage.token("organizer")), "en").await;
    stage.go("/tests/cases/marking?question=cases/case-1").await;
    stage.says("#mark", "No committee meetings").await;
    assert_eq!(stage.driver.find_all(By::Css("#mark input[name^=part][type=number]")).await.unwrap().len(), 1);
    stage.find("#f-part-6").await.send_keys("4.5").await.unwrap();
    stage.click("#mark form button").await;
    stage.says("#mark", "All answers to this question are marked").await;
    let done = stage.api("m001", &format!("/attempts/{attempt}")).await;
    assert_eq!((&done["score"], &done["pending"]), (&json!(18.5), &json!(0)));
    stage.close().await;
}

#[tokio::test]
async fn answered_by_the_keyboard() {
    answered(Hands::Keyboard, 1280).await.0.stage.close().await;
}

#[tokio::test]
async fn answered_without_script() {
    answered(Hands::WithoutScript, 390).await.0.stage.close().await;
}

#[tokio::test]
async fn a_case_is_written_in_the_editor() {
    let stage = Stage::open(Look::DESKTOP_EN).await;
    stage.go("/").await;
    stage.become_reader(Some(&stage.token("organizer")), "en").await;
    stage.go("/banks/party-constitution/draft/question?kind=case").await;
    stage.find("textarea[name=stem]").await.send_keys("A branch elects its secretary.").await.unwrap();
    for (kind, number) in [("true_false", 1), ("short", 2)] {
        stage.find(&format!("#f-part-kind option[value={kind}]")).await.click().await.unwrap();
        stage.click("button[value=add-part]").await;
        stage.find(&format!("textarea[name='p{number} stem']")).await;
    }
    stage.find("textarea[name='p1 stem']").await.send_keys("It may.").await.unwrap();
    stage.click("input[name='p1 answer'][value=true]").await;
    stage.find("textarea[name='p2 stem']").await.send_keys("Why?").await.unwrap();
    stage.click("button.quiet[value=check]").await;
    // The mistake stands at the field of its part.
    stage.says("fieldset.subquestion:nth-of-type(2) .error", "answer").await;
    stage.find("textarea[name='p2 answer']").await.send_keys("Its members elect it.").await.unwrap();
    stage.says("#live-look", "As members will see it").await;
    stage.says("#live-look", "It may.").await;
    stage.click("button[value=save]").await;
    stage.says("main", "A branch elects its secretary.").await;
    stage.says("main", "Its members elect it.").await;
    stage.find("#f-note").await.send_keys("a first case").await.unwrap();
    stage.click("button[value=publish]").await;
    stage.says("main", "a first case").await;
    stage.close().await;
}
