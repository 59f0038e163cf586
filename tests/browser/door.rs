//! The door of an exam day in the browser: a slip signs in, also on a second phone; a device is tried beforehand.

use crate::stage::{Look, Stage};
use reqwest::Method;
use serde_json::json;
use thirtyfour::By;

#[tokio::test]
async fn a_phone_dies_and_the_slip_goes_on_with_another() {
    let stage = Stage::open(Look::PHONE_ZH).await;
    let asked = json!({ "people": ["m002"] });
    let made = stage.call("organizer", Method::POST, "/api/v1/tests/annual-study/slips", Some(asked)).await;
    let (path, code) = (made[0]["path"].as_str().unwrap(), made[0]["printed"].as_str().unwrap());
    stage.go(path).await;
    stage.says("main", made[0]["name"].as_str().unwrap()).await;
    stage.click("main form button").await;
    stage.click("form[action$='/start'] button").await;
    stage.find("form#exam").await;
    stage.click("#q1 label.option").await;
    stage.says("#s1", "已保存").await;
    // A second phone: nothing of the first is on it.
    stage.become_reader(None, "zh").await;
    stage.go("/s").await;
    stage.find("#f-code").await.send_keys(code).await.unwrap();
    stage.click("main form button").await;
    stage.says("main h1", "另一台设备").await;
    stage.click("main form button").await;
    stage.click("a[href^='/attempts/']").await;
    stage.find("form#exam").await;
    assert_eq!(stage.driver.find_all(By::Css("#q1 input:checked")).await.unwrap().len(), 1);
    stage.click("#next").await;
    stage.click("#q2 label.option").await;
    stage.says("#s2", "已保存").await;
    stage.close().await;
}

#[tokio::test]
async fn a_device_is_tried_and_says_saved_only_on_the_servers_word() {
    let mut stage = Stage::open(Look::PHONE_ZH).await;
    stage.sign_in("m001").await;
    stage.go("/tests/annual-study/try").await;
    stage.click("label.option:nth-of-type(2)").await;
    stage.says("#trial-state", "已存到服务器").await;
    stage.pull_the_plug();
    stage.find("#f-word").await.send_keys("考核").await.unwrap();
    stage.says("#trial-state", "没有保存上").await;
    stage.plug_in();
    stage.find("#f-word").await.send_keys(" ").await.unwrap();
    stage.says("#trial-state", "可以用来考试").await;
    let tried = stage.api("organizer", "/tests/annual-study/device-checks").await;
    assert_eq!(tried["checked"], 1, "{tried}");
    stage.close().await;
}
