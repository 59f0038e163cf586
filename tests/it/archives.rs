//! The archive of a quarter or a year: everything of each test, and a page that says what is missing.

use crate::documents::{file_of, part};
use crate::support::{MINUTE, NOON, World, definition, open, time};
use axum::http::{Method, StatusCode};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::io::{Cursor, Read};

/// Three tests of a quarter: two settled, of which one is only for branch A, and one that is open.
async fn quarter() -> (World, String) {
    let world = World::new().await;
    world.load_bank().await;
    world.make(&definition("t", json!({ "title": "季度测试" }))).await;
    world.make(&definition("a", json!({ "title": "甲/乙：专题?", "audience": { "branches": ["A"] } }))).await;
    for (login, test) in [("m1", "t"), ("m2", "t"), ("m3", "t"), ("m4", "t"), ("m1", "a"), ("m2", "a")] {
        world.sits(login, test, 5).await;
    }
    let com = world.token("com").await;
    let closes = world.get("/api/v1/tests/t", &com).await.good()["closes"].as_str().unwrap().to_owned();
    let month: u32 = closes[5..7].parse().unwrap();
    world.pass(61 * MINUTE).await;
    (world, format!("?year={}&quarter={}", &closes[..4], (month - 1) / 3 + 1))
}

fn names(bytes: &[u8]) -> Vec<String> {
    zip::ZipArchive::new(Cursor::new(bytes)).unwrap().file_names().map(|name| name.unwrap().into_owned()).collect()
}

#[tokio::test]
async fn the_archive_of_a_quarter_holds_that_of_each_test_and_can_be_checked() {
    let (world, period) = quarter().await;
    let path = format!("/api/v1/overview/archive.zip{period}");
    let bytes = file_of(&world, "com", &path).await;
    let names = names(&bytes);
    for folder in ["01 季度测试", "02 甲 乙：专题"] {
        for file in ["00 目录.html", "02 成绩报告.xlsx", "03 成绩册.docx", "08 样卷.html", "SHA256SUMS.txt"]
        {
            let wanted = format!("{folder}/{file}");
            assert!(names.contains(&wanted), "{wanted}: {names:?}");
        }
        let of_test = part(&bytes, &format!("{folder}/00 目录.html"));
        assert!(of_test.contains(">03 成绩册.docx<") && !of_test.contains(folder), "{of_test}");
    }
    assert!(names.contains(&"本期通报.docx".to_owned()), "{names:?}");
    let sums = part(&bytes, "SHA256SUMS.txt");
    assert_eq!(sums.lines().count() + 1, names.len(), "every file but that of the digests");
    let contents = part(&bytes, "00 目录.html");
    for line in sums.lines() {
        let (digest, name) = line.split_once("  ").unwrap();
        let mut held = Vec::new();
        zip::ZipArchive::new(Cursor::new(&bytes)).unwrap().by_name(name).unwrap().read_to_end(&mut held).unwrap();
        assert_eq!(kaohe::rules::text::hex(&Sha256::digest(&held)), digest, "{name}");
        assert!(name == "00 目录.html" || contents.contains(digest), "{name}");
    }
    assert!(!contents.contains("没有收入") && !contents.contains("年度考核结果"), "{contents}");
    let page = |login: &'static str| {
        let world = &world;
        let path = format!("/overview{period}");
        async move { open(world, &path, &world.token(login).await).await.text }
    };
    assert!(page("com").await.contains("/overview/archive.zip?"));
    assert!(!page("com-b").await.contains("/overview/archive.zip?"), "of no test the whole");
    for (login, expected) in [("com-b", StatusCode::FORBIDDEN), ("m1", StatusCode::FORBIDDEN)] {
        assert_eq!(world.get(&path, &world.token(login).await).await.status, expected, "{login}");
    }
    for wrong in ["", "?quarter=1", "?year=1999"] {
        let refused = world.get(&format!("/api/v1/overview/archive.zip{wrong}"), &world.token("com").await).await;
        assert_eq!(refused.kind(), "invalid-field", "{wrong}");
    }
}

#[tokio::test]
async fn what_is_missing_is_said() {
    let (world, period) = quarter().await;
    let later = json!({ "title": "未完测试", "opens": time(NOON), "closes": time(NOON + 90 * MINUTE) });
    world.make(&definition("later", later)).await;
    let path = format!("/api/v1/overview/archive.zip{period}");
    let bytes = file_of(&world, "com", &path).await;
    let contents = part(&bytes, "00 目录.html");
    assert!(contents.contains("还有 1 次考试没有收入") && contents.contains("未完测试 — 成绩尚未确定"), "{contents}");
    assert!(contents.contains("没有本期通报") && !names(&bytes).contains(&"本期通报.docx".to_owned()), "{contents}");
    let of_a = part(&file_of(&world, "org-a", &path).await, "00 目录.html");
    assert!(of_a.contains("01 甲 乙：专题") && of_a.contains("季度测试 — 您只能看其中一部分"), "{of_a}");
}

#[tokio::test]
async fn that_of_a_year_holds_its_result_and_says_whether_it_is_signed() {
    let (world, period) = quarter().await;
    let year = period[6..10].to_owned();
    let path = format!("/api/v1/overview/archive.zip?year={year}");
    let contents = part(&file_of(&world, "com", &path).await, "00 目录.html");
    assert!(contents.contains("没有年度考核结果"), "{contents}");
    let com = world.token("com").await;
    let rules = kaohe::service::assessments::ready_rules("monthly-nine-of-twelve", year.parse().unwrap()).unwrap();
    let mut rules = kaohe::formats::assessment_json::write(&rules);
    rules["components"] = json!([{ "title": "测试", "weight": 100, "tests": { "names": ["t", "a"] } }]);
    world.send(Method::PUT, &format!("/api/v1/assessments/{year}"), Some(&com), rules.to_string()).await.good();
    let bytes = file_of(&world, "com", &path).await;
    assert!(part(&bytes, "00 目录.html").contains("还没有签字确认"));
    assert!(names(&bytes).contains(&"年度考核结果.xlsx".to_owned()));
    let signing = json!({ "signers": ["王主任"], "note": "" });
    let signed = world.post(&format!("/api/v1/assessments/{year}/signings"), &com, signing).await.good();
    let contents = part(&file_of(&world, "com", &path).await, "00 目录.html");
    let digest = signed["digest"].as_str().unwrap();
    assert!(contents.contains("签字人：王主任") && contents.contains(digest), "{contents}");
}

#[tokio::test]
async fn the_command_line_writes_it_too() {
    let (world, period) = quarter().await;
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("archive.zip");
    let (year, quarter) = (&period[6..10], &period[period.len() - 1..]);
    let out = path.to_str().unwrap();
    let said = world.command(&["report", "overview", "--year", year, "--quarter", quarter, "--archive", out]);
    assert!(said.status.success(), "{said:?}");
    assert!(names(&std::fs::read(&path).unwrap()).contains(&"SHA256SUMS.txt".to_owned()));
}
