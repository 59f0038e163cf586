//! Sitting a test in the browser.

use crate::stage::{Look, Stage};
use reqwest::Method;
use serde_json::json;
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

#[tokio::test]
async fn a_test_with_conditions_says_them_asks_for_its_word_and_notes_hints_openly() {
    let stage = Stage::open(Look::PHONE_ZH).await;
    let mut test = stage.api("organizer", "/tests/annual-study").await;
    test["test"] = json!("hall");
    test["integrity"] = json!({ "hints": true, "full_screen": true, "no_copy": true, "one_device": true,
        "password": "红旗", "addresses": ["127.0.0.0/8", "::1"] });
    stage.call("organizer", Method::POST, "/api/v1/tests", Some(test)).await;
    stage.sign_in("m001").await;
    stage.go("/tests/hall").await;
    for rule in ["口令", "不能复制", "全屏", "127.0.0.0/8", "不影响成绩"] {
        stage.says("main", rule).await;
    }
    stage.find("input[name=password]").await.send_keys("白旗").await.unwrap();
    stage.click("form[action$='/start'] button").await;
    stage.says("main", "考试口令不对").await;
    stage.find("input[name=password]").await.send_keys("红旗").await.unwrap();
    stage.click("form[action$='/start'] button").await;
    stage.find("form#exam").await;
    assert!(stage.find("#full-screen").await.is_displayed().await.unwrap());
    choose_first(&stage, 1).await;
    stage.says("#s1", "已保存").await;
    let prevented = stage
        .run("var copy = new Event('copy', { bubbles: true, cancelable: true }); document.querySelector('.stem').dispatchEvent(copy); return copy.defaultPrevented;")
        .await;
    assert_eq!(prevented, json!(true));
    stage.says("#hinted", "复制 1 次").await;
    let out_of_sight = |hidden: bool| {
        format!(
            "Object.defineProperty(document, 'hidden', {{ value: {hidden}, configurable: true }}); document.dispatchEvent(new Event('visibilitychange'));"
        )
    };
    stage.run(&out_of_sight(true)).await;
    tokio::time::sleep(std::time::Duration::from_millis(1_200)).await;
    stage.run(&out_of_sight(false)).await;
    stage.says("#hinted", "离开页面 1 次（共 1 秒）").await;
    let attempt = stage.address().await.rsplit('/').next().unwrap().to_owned();
    let noted = stage.api("m001", &format!("/attempts/{attempt}")).await["hints"].clone();
    assert_eq!(noted.as_array().unwrap().len(), 2, "{noted}");
    stage.close().await;
}
