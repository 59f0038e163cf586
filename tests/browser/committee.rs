//! What a committee does with results: from the overview down to a person and back, a wrong key corrected by two, other
//! rules tried, the year signed off, and all of it printed.

use crate::stage::{Look, Stage};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::PathBuf;
use thirtyfour::By;

fn now() -> jiff::Timestamp {
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    jiff::Timestamp::from_second(i64::try_from(now).unwrap()).unwrap()
}

fn year() -> String {
    now().to_string()[..4].to_owned()
}

async fn become_one(stage: &Stage, login: &str) {
    stage.become_reader(Some(&stage.token(login)), "en").await;
}

/// A settled test whose corrections two have to agree on, sat by m001 and m002, who chose A throughout: their attempts.
async fn settled(stage: &Stage) -> [String; 2] {
    let (opens, closes) = (now() - jiff::Span::new().minutes(1), now() + jiff::Span::new().hours(1));
    let test = json!({ "test": "checked", "title": { "zh": "复核测试", "en": "Checked test" }, "audience": { "branches": ["HQ"] },
        "opens": opens.to_string(), "closes": closes.to_string(), "minutes": 30, "approve_corrections": true, "sections": [
            { "title": "Single choice", "kind": "single", "points": 10, "draw": [{ "bank": "branch-work", "count": 10 }] }] });
    stage.call("organizer", Method::POST, "/api/v1/tests", Some(test)).await;
    stage.settle("m002");
    let mut attempts = Vec::new();
    for login in ["m001", "m002"] {
        let paper = stage.call(login, Method::POST, "/api/v1/tests/checked/attempts", Some(json!({}))).await;
        let attempt = paper["attempt"].as_str().unwrap().to_owned();
        for position in 1..=10 {
            let path = format!("/api/v1/attempts/{attempt}/responses/{position}");
            stage.call(login, Method::PUT, &path, Some(json!({ "response": "A", "save": 1 }))).await;
        }
        stage.call(login, Method::POST, &format!("/api/v1/attempts/{attempt}/submit"), Some(json!({}))).await;
        attempts.push(attempt);
    }
    stage.call("organizer", Method::POST, "/api/v1/tests/checked/close", None).await;
    for _ in 0..100 {
        if stage.api("organizer", "/tests/checked/report").await["final"] == true {
            return attempts.try_into().unwrap();
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the test isn't settled");
}

async fn set_rules(stage: &Stage) {
    let rules = json!({ "year": year().parse::<u32>().unwrap(), "title": { "zh": "年度学习考核", "en": "Annual study assessment" },
        "components": [{ "title": { "zh": "月度测试", "en": "Monthly tests" }, "weight": 80, "tests": { "names": ["monthly-study"] } },
            { "title": { "zh": "复核测试", "en": "Checked test" }, "weight": 20, "tests": { "names": ["checked"] } }],
        "bands": [{ "title": { "zh": "优秀", "en": "Excellent" }, "from": 90 }, { "title": { "zh": "合格", "en": "Pass" }, "from": 60 },
            { "title": { "zh": "待提高", "en": "Needs study" }, "from": 0 }],
        "branch": { "mean": 60, "participation": 40 }, "least_members": 5 });
    stage.call("committee", Method::PUT, &format!("/api/v1/assessments/{}", year()), Some(rules)).await;
}

/// Overview, branch, report, topic, question; the person and the year; and by links all the way up again.
async fn goes_down_and_up(stage: &Stage) {
    become_one(stage, "committee").await;
    stage.go("/overview").await;
    stage.go_by("table.heat a[href*='branch=B&'], table.heat a[href$='branch=B']").await;
    stage.says(".crumbs [aria-current]", "业务党总支").await;
    stage.go_by("table.heat tbody a[href*='/tests/monthly-study/report?branch=B3']").await;
    stage.says(".crumbs [aria-current]", "民生服务党支部").await;
    let topic = stage.find("main a[href*='&topic=']").await;
    let (name, listed) = (topic.text().await.unwrap(), "#questions tbody tr");
    stage.go_by("main a[href*='&topic=']").await;
    stage.says("h1", &name).await;
    let of_topic = stage.driver.find_all(By::Css(listed)).await.unwrap().len();
    stage.go_by("#questions th a[href*='sort=facility']").await;
    stage.says("h1", &name).await;
    stage.go_by("#questions tbody a").await;
    stage.says("main", "Facility").await;
    stage.go_by("a.button[href*='/items?branch=B3']").await;
    stage.says("h1", "Item analysis").await;
    let all = stage.driver.find_all(By::Css(listed)).await.unwrap().len();
    assert!(0 < of_topic && of_topic < all, "{of_topic} of {all} are of the topic");
    stage.go_by("a.button[href*='/report?branch=B3']").await;
    stage.says(".crumbs [aria-current]", "民生服务党支部").await;

    let person = stage.find("dl.people a").await.text().await.unwrap();
    stage.go_by("dl.people a").await;
    stage.says("h1", &person).await;
    stage.go_by("main a[href^='/assessments/']").await;
    stage.says("h1", &person).await;
    stage.says("main", "How it came about").await;
    for name in ["民生服务党支部", "业务党总支", "滨江区直属机关党委"] {
        let up = stage.driver.find_all(By::Css(".crumbs a")).await.unwrap().len();
        stage.go_by(&format!(".crumbs a:nth-of-type({up})")).await;
        stage.says(".crumbs [aria-current]", name).await;
    }

    // Who answers for one branch goes down no other way.
    become_one(stage, "secretary").await;
    stage.go("/overview").await;
    stage.says("h1 + .muted", "民生服务党支部").await;
    stage.go("/tests/monthly-study/report?branch=B2").await;
    assert!(stage.driver.find(By::Css("dl.people")).await.is_err(), "another branch is closed");
    stage.go("/people/m001").await;
    assert!(!stage.text().await.contains("办公室党支部"), "and so are its people");
}

/// A question that m001 got wrong, and what was chosen in the bank's own letters.
async fn wrong(stage: &Stage, attempt: &str) -> [String; 2] {
    let csv = stage.text_of("organizer", "/api/v1/tests/checked/responses.csv").await;
    let lost = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let lost = lost.filter(|cells| cells.get(1) == Some(&attempt)).find(|cells| cells[10] == "0").unwrap();
    [lost[5], lost[9]].map(ToOwned::to_owned)
}

async fn score(stage: &Stage, attempt: &str) -> Value {
    stage.api("m001", &format!("/attempts/{attempt}")).await["score"].clone()
}

/// One proposes, cannot approve, another looks and approves; the member reads what was and what is.
async fn corrects_a_key(stage: &Stage, attempt: &str) {
    let ([question, chosen], before) = (wrong(stage, attempt).await, score(stage, attempt).await);
    become_one(stage, "organizer").await;
    stage.go("/tests/checked/corrections").await;
    stage.go_by(&format!("#questions a[href$='question={question}']")).await;
    stage.click("input[name=change][value=key]").await;
    stage.click(&format!("input[name=answer][value={chosen}]")).await;
    stage.go_by("form.card button").await;
    stage.says("main .facts", &format!("The correct answer becomes: {chosen}")).await;
    let after = before.as_f64().unwrap() + 10.0;
    stage.says("main", &format!("{before} → {after}")).await;
    stage.find("input[name=reason]").await.send_keys("The clause was amended").await.unwrap();
    stage.go_by("form.card button").await;
    stage.says("main .tag", "waits for approval").await;
    stage.go_by("main section a.button[href*='/waiting/']").await;
    stage.says("main form", "somebody else has to approve").await;
    assert_eq!(score(stage, attempt).await, before, "nothing is changed by one alone");

    become_one(stage, "second").await;
    stage.go("/tests/checked/corrections").await;
    stage.go_by("main section a.button[href*='/waiting/']").await;
    stage.says("main", &format!("{before} → {after}")).await;
    stage.says("main form", "The clause was amended").await;
    stage.go_by("button[value=approve]").await;
    stage.says("main .tag", "in force").await;
    stage.says("main", "Decided by second").await;

    become_one(stage, "m001").await;
    stage.go(&format!("/attempts/{attempt}")).await;
    stage.says("main", &format!("The score is {after} instead of {before}")).await;
    stage.says("main", "The clause was amended").await;
    assert_eq!(score(stage, attempt).await.as_f64(), Some(after));
}

/// Other weights and another line, on the form: who would be where, and nothing is changed.
async fn tries_other_rules(stage: &Stage) {
    become_one(stage, "committee").await;
    let path = format!("/assessments/{}", year());
    let before = stage.api("committee", &path).await;
    stage.go(&format!("{path}/rules")).await;
    for (field, value) in [("c0-weight", "40"), ("c1-weight", "60"), ("b0-from", "75")] {
        let field = stage.find(&format!("#f-{field}")).await;
        field.scroll_into_view().await.unwrap();
        field.clear().await.unwrap();
        field.send_keys(value).await.unwrap();
    }
    stage.go_by("button[value=try]").await;
    stage.says("#tried", "Nothing was changed").await;
    let rows = stage
        .run(
            "return Array.from(document.querySelectorAll('#tried tbody tr')).map(function (row) {
        return Array.from(row.cells).map(function (cell) { return cell.textContent.trim(); }); })",
        )
        .await;
    let (mut bands, mut places) = (0, 0);
    for row in rows.as_array().unwrap() {
        let moved = |cell: usize| {
            let text = row[cell].as_str().unwrap();
            text.split_once(" → ").is_some_and(|(one, two)| one != two)
        };
        bands += usize::from(moved(2));
        places += usize::from(moved(3));
    }
    assert!(bands > 0 && places > 0, "{bands} bands and {places} places move: {rows}");
    assert_eq!(stage.run("return document.getElementById('f-c0-weight').value").await, "40", "what was typed stays");
    assert_eq!(stage.api("committee", &path).await, before, "and nothing was changed");
}

async fn signs_the_year(stage: &Stage) {
    let path = format!("/assessments/{}", year());
    stage.go(&path).await;
    stage.says("main .notice", "Not signed off yet").await;
    stage.click("details.card.noprint summary").await;
    stage.find("#f-signers").await.send_keys("王主任\n陈委员").await.unwrap();
    stage.go_by("form[action*='/sign'] button").await;
    stage.says("main .notice.good", "Version 1").await;
    stage.says("main .notice.good", "王主任").await;
    let signed = stage.api("committee", &path).await;
    let digest = signed["signings"][0]["digest"].as_str().unwrap();
    stage.says("main .notice.good code", digest).await;
}

/// A page as it is printed, on A4; in a folder for pictures, where one is named.
async fn prints(stage: &Stage, path: &str, name: &str) {
    stage.go(path).await;
    stage.find("main h1").await;
    let printed = stage.browser("Page.printToPDF", json!({ "preferCSSPageSize": true })).await;
    let told = "var pdf = atob(arguments[0]); var boxes = pdf.match(/\\/MediaBox\\s*\\[[^\\]]*\\]/g) || [];
        return { head: pdf.slice(0, 5), ends: pdf.indexOf('%%EOF') > 0, pages: (pdf.match(/\\/Type\\s*\\/Page\\b/g) || []).length, box: boxes[0] };";
    let told = stage.run_with(told, vec![printed["data"].clone()]).await;
    assert_eq!((&told["head"], &told["ends"]), (&json!("%PDF-"), &json!(true)), "{told}");
    assert!(told["pages"].as_u64().unwrap() > 0, "{told}");
    assert!(told["box"].as_str().unwrap().contains(" 59"), "{told} is no A4");
    if let Some(folder) = std::env::var_os("KAOHE_SCREENSHOTS").map(PathBuf::from) {
        let data = printed["data"].as_str().unwrap();
        std::fs::write(folder.join(format!("{name}.pdf.base64")), data).unwrap();
    }
}

#[tokio::test]
async fn from_the_overview_to_the_signed_year() {
    let stage = Stage::open(Look::DESKTOP_EN).await;
    stage.add_person("second", "organizer", "HQ");
    let [attempt, _] = settled(&stage).await;
    set_rules(&stage).await;
    stage.go("/healthz").await;
    goes_down_and_up(&stage).await;
    corrects_a_key(&stage, &attempt).await;
    tries_other_rules(&stage).await;
    signs_the_year(&stage).await;
    prints(&stage, &format!("/assessments/{}", year()), "signed").await;
    prints(&stage, "/tests/monthly-study/report", "report").await;
    stage.close().await;
}
