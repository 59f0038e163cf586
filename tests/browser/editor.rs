//! A question changed in the browser: looked at while it is typed, saved, published.

use crate::stage::{Look, Stage};
use thirtyfour::By;

const BANK: &str = "/banks/party-constitution";

#[tokio::test]
async fn a_question_is_mended_seen_and_published() {
    let stage = Stage::open(Look::DESKTOP_EN).await;
    stage.go("/").await;
    stage.become_reader(Some(&stage.token("organizer")), "en").await;
    stage.go(&format!("{BANK}/draft/question?id=pc-0001")).await;
    let stem = stage.find("textarea[name='stem (en)']").await;
    stem.clear().await.unwrap();
    stem.send_keys("What is the highest ideal?").await.unwrap();
    stage.says("#live-look", "What is the highest ideal?").await;
    // A correct option that nobody can choose is told before anything is saved.
    stage.click("input[name=answer][value=F]").await;
    stage.says("#live-look [role=alert]", "1 mistake").await;
    stage.click("input[name=answer][value=A]").await;
    stage.says("#live-look", "As members will see it").await;
    stage.click("button[value=save]").await;
    stage.says("main", "What is the highest ideal?").await;
    stage.says("main h2", "version 2").await;
    stage.find("#f-note").await.send_keys("shorter").await.unwrap();
    stage.click("button[value=publish]").await;
    stage.says("main", "shorter").await;
    assert_eq!(stage.driver.find_all(By::Css("div.pairs")).await.unwrap().len(), 1, "one question differs");
    stage.close().await;
}
