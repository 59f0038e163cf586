//! Sitting a test in the browser.

use crate::stage::{Look, Stage};
use thirtyfour::By;

async fn start(stage: &Stage) -> String {
    stage.sign_in("m001").await;
    stage.go("/tests/annual-study").await;
    stage.click("form[action$='/start'] button").await;
    stage.find("form#exam").await;
    let url = stage.driver.current_url().await.unwrap();
    url.path().rsplit('/').next().unwrap().to_owned()
}

/// Answers the first questions, which are single choices, by their first option.
async fn choose_first(stage: &Stage, position: usize) {
    stage.click(&format!("#q{position} label.option")).await;
}

async fn stored(stage: &Stage, attempt: &str) -> usize {
    let attempt = stage.api("m001", &format!("/attempts/{attempt}")).await;
    let sections = attempt["sections"].as_array().unwrap();
    let questions = sections.iter().flat_map(|section| section["questions"].as_array().unwrap());
    questions.filter(|question| !question["response"].is_null()).count()
}

#[tokio::test]
async fn a_member_sits_a_test_on_a_phone() {
    let stage = Stage::open(Look::PHONE_ZH).await;
    let attempt = start(&stage).await;
    for position in 1..=3 {
        choose_first(&stage, position).await;
        stage.says(&format!("#s{position}"), "已保存").await;
        stage.click("#next").await;
    }
    assert_eq!(stored(&stage, &attempt).await, 3, "what the page says is saved is in the database");
    stage.driver.refresh().await.unwrap();
    stage.find("form#exam").await;
    assert_eq!(stage.driver.find_all(By::Css("#exam input:checked")).await.unwrap().len(), 3);
    stage.go(&format!("/attempts/{attempt}/check")).await;
    stage.says("main", "47").await;
    stage.click("form[action$='/submit'] button").await;
    stage.says("main", "已交卷").await;
    let done = stage.api("m001", &format!("/attempts/{attempt}")).await;
    stage.says("main", done["receipt"].as_str().unwrap()).await;
    assert!(done["finished"].is_string() && done.get("review") == Some(&serde_json::json!(false)));
    stage.close().await;
}

#[tokio::test]
async fn without_script_everything_can_be_answered_saved_and_submitted() {
    let stage = Stage::open(Look::PHONE_EN_WITHOUT_SCRIPT).await;
    let attempt = start(&stage).await;
    for position in 1..=4 {
        choose_first(&stage, position).await;
    }
    stage.find("#exam input.gap").await.send_keys("one year").await.unwrap();
    stage.click("#exam button[value=save]").await;
    stage.find("form#exam").await;
    assert_eq!(stored(&stage, &attempt).await, 5);
    stage.click("#exam .no-js button[value=submit]").await;
    stage.click("form[action$='/submit'] button").await;
    stage.says("main", "anded in").await;
    let done = stage.api("m001", &format!("/attempts/{attempt}")).await;
    stage.says("main", done["receipt"].as_str().unwrap()).await;
    stage.close().await;
}
