//! A member objects from the paper and from the review, an organizer answers, and the member reads it.

use crate::stage::{Look, Stage};
use reqwest::Method;
use serde_json::{Value, json};

async fn sitting(stage: &Stage) -> String {
    let annual = stage.api("organizer", "/tests/annual-study").await;
    let test = json!({ "test": "objected", "occasion": "practice", "title": "Objected", "audience": annual["audience"],
        "opens": annual["opens"], "closes": annual["closes"], "minutes": 30, "review": "after_submit",
        "sections": [{ "kind": "single", "points": 2, "draw": [{ "bank": "branch-work", "count": 3 }] }] });
    stage.call("organizer", Method::POST, "/api/v1/tests", Some(test)).await;
    stage.sign_in("m001").await;
    stage.go("/tests/objected").await;
    stage.click("form[action$='/start'] button").await;
    stage.find("form#exam").await;
    stage.driver.current_url().await.unwrap().path().rsplit('/').next().unwrap().to_owned()
}

async fn written(stage: &Stage, attempt: &str) -> Vec<Value> {
    let mine = stage.api("m001", &format!("/attempts/{attempt}")).await;
    mine["objections"].as_array().unwrap().clone()
}

async fn objects(stage: &Stage, position: u32, note: &str) {
    stage.click(&format!("#q{position} .object summary")).await;
    stage.find(&format!("#q{position} .object textarea")).await.send_keys(note).await.unwrap();
    stage.click(&format!("#q{position} .object button[name=object]")).await;
}

#[tokio::test]
async fn from_the_paper_and_the_review_to_the_answer() {
    let stage = Stage::open(Look { width: 1280, language: "en", script: true }).await;
    let attempt = sitting(&stage).await;
    stage.click("#q1 .option").await;
    stage.says("#s1", "Saved").await;
    // The letters of a note choose nothing.
    objects(&stage, 1, "A and B are both right").await;
    stage.says("#q1 .object", "Objection sent").await;
    stage.says("#s1", "Saved").await;
    assert_eq!(written(&stage, &attempt).await[0]["note"], json!("A and B are both right"));
    let paper = stage.api("m001", &format!("/attempts/{attempt}")).await;
    assert_eq!(paper["sections"][0]["questions"][0]["response"], json!("A"), "what was chosen stays chosen");
    stage.go(&format!("/attempts/{attempt}")).await;
    stage.click("#q1 .object summary").await;
    stage.click("#q1 .object button[name=withdraw]").await;
    stage.says("#q1 .object", "withdrawn").await;
    assert!(written(&stage, &attempt).await.is_empty());
    stage.go(&format!("/attempts/{attempt}/check")).await;
    stage.click("form[action$='/submit'] button").await;
    stage.find("code.receipt").await;
    objects(&stage, 2, "Article 7 was amended").await;
    stage.says("#q2 .object", "not answered yet").await;

    stage.become_reader(Some(&stage.token("organizer")), "en").await;
    stage.go("/tests/objected/manage").await;
    stage.click(".notice a[href$='/objections']").await;
    stage.says("main", "Article 7 was amended").await;
    stage.click("main li details summary").await;
    stage.find("main li textarea").await.send_keys("You are right; it is corrected").await.unwrap();
    stage.click("main li [name=upheld][value=yes]").await;
    stage.click("main li form button").await;
    stage.says("main li .tag", "Accepted").await;

    stage.become_reader(Some(&stage.token("m001")), "en").await;
    stage.go("/").await;
    stage.click(&format!("a[href='/attempts/{attempt}#q2']")).await;
    stage.says("#q2", "You are right; it is corrected").await;
    stage.close().await;
}

#[tokio::test]
async fn without_script_what_was_chosen_is_saved_with_the_note() {
    let stage = Stage::open(Look { width: 390, language: "en", script: false }).await;
    let attempt = sitting(&stage).await;
    stage.click("#q1 .option").await;
    objects(&stage, 1, "Unclear").await;
    stage.says("#q1 .object", "not answered yet").await;
    assert_eq!(written(&stage, &attempt).await[0]["note"], json!("Unclear"));
    let paper = stage.api("m001", &format!("/attempts/{attempt}")).await;
    assert_eq!(paper["sections"][0]["questions"][0]["response"], json!("A"));
    stage.close().await;
}
