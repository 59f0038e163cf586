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

/// What organizers send: a question of it has no answer, another only one option.
const SHEET: &str = "题型,题目,选项A,选项B,选项C,答案,章节\n单选题,党支部委员会每届任期（　）年。,一,三,五,B,组织\n单选题,没有答案的题,甲,乙,,,党员\n单选题,只有一个选项,甲,,,A,党员\n";

#[tokio::test]
async fn a_foreign_file_is_mended_on_the_page_and_loaded() {
    let stage = Stage::open(Look::PHONE_ZH).await;
    stage.go("/").await;
    stage.become_reader(Some(&stage.token("organizer")), "zh").await;
    stage.go("/banks").await;
    let file = stage.file("sheet.csv", SHEET);
    stage.find("#f-file").await.send_keys(file.to_str().unwrap()).await.unwrap();
    stage.go_by("button[value=load]").await;
    stage.says("main", "缺少“答案”").await;
    stage.go_by("a.button[href^='/question-files/']").await;
    stage.says("main", "有 2 题有错误").await;
    stage.go_by("a.button[href$='/2']").await;
    stage.says("#live-look [role=alert]", "缺少“答案”").await;
    // The check goes along with the typing, and shows the question as soon as it is right.
    stage.click("input[name=answer][value=B]").await;
    stage.says("#live-look", "没有答案的题").await;
    stage.go_by("button[value=save]").await;
    stage.says("main", "有 1 题有错误").await;
    stage.go_by("article.card button[value=leave-out]").await;
    stage.says("main", "没有错误了，可以导入").await;
    stage.go_by("button[value=load]").await;
    stage.says("main h1", "sheet").await;
    let bank = stage.api("organizer", "/banks/sheet/export").await;
    let answers: Vec<&str> =
        bank["questions"].as_array().unwrap().iter().filter_map(|question| question["answer"].as_str()).collect();
    assert_eq!(answers, ["B", "B"]);

    // Order and topics wait like any change, and are published with the reason.
    stage.go("/banks/sheet/draft/outline").await;
    let place = stage.find("input[name^='place-']").await;
    place.clear().await.unwrap();
    place.send_keys("2").await.unwrap();
    stage.go_by("#order tbody button").await;
    stage.says("main", "已移动").await;
    stage.go_by("button[value='down:0']").await;
    stage.find("input[name=title-en]").await.send_keys("（修订）").await.unwrap();
    stage.go_by("button.button[value=save]").await;
    stage.says("main", "已保存").await;
    stage.go("/banks/sheet/draft").await;
    stage.find("#f-note").await.send_keys("调整顺序").await.unwrap();
    stage.go_by("button[value=publish]").await;
    stage.says("main", "试题的顺序不同了").await;
    let bank = stage.api("organizer", "/banks/sheet/export").await;
    assert_eq!(bank["questions"][0]["stem"], "没有答案的题");
    assert_eq!((bank["title"].as_str(), bank["topics"][0]["title"].as_str()), (Some("sheet（修订）"), Some("党员")));
    stage.close().await;
}
