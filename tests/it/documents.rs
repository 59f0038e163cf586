//! Documents of a test as files: what they hold is what the report holds, and nobody gets more of it.

use crate::support::{MINUTE, World, definition};
use axum::http::{Method, StatusCode, header};
use calamine::{Data, Reader};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};

const MORE: &str = "code,name,parent,kind\nC,第三支部,HQ,支部\nD,第四支部,HQ,支部\n";

/// Eleven below A, two below B, six at C, five at D; two of the same name. How many answers of each are right.
const PEOPLE: [(&str, &str, &str, &str, Option<usize>); 24] = [
    ("a1", "赵一山", "A1", "1001", Some(7)),
    ("a2", "赵二水", "A1", "1002", Some(7)),
    ("a3", "王伟", "A1", "2003", Some(6)),
    ("a4", "赵四火", "A1", "1004", Some(7)),
    ("a5", "赵五木", "A1", "1005", Some(7)),
    ("a6", "赵六金", "A1", "1006", Some(5)),
    ("a7", "钱七土", "A2", "1007", Some(7)),
    ("a8", "钱八日", "A2", "1008", Some(7)),
    ("a9", "钱九月", "A2", "1009", Some(4)),
    ("a10", "钱十星", "A2", "1010", None),
    ("a11", "钱百辰", "A2", "1011", Some(7)),
    ("b1", "孙北平", "B1", "1012", Some(1)),
    ("b2", "孙南京", "B1", "1013", Some(0)),
    ("c1", "李春风", "C", "1014", Some(3)),
    ("c2", "王伟", "C", "2015", Some(2)),
    ("c3", "李秋霜", "C", "1016", Some(3)),
    ("c4", "李冬雪", "C", "1017", Some(0)),
    ("c5", "李东升", "C", "1018", Some(4)),
    ("c6", "李西岭", "C", "1019", None),
    ("d1", "周大江", "D", "1020", Some(5)),
    ("d2", "周大河", "D", "1021", Some(5)),
    ("d3", "周大湖", "D", "1022", Some(5)),
    ("d4", "周大海", "D", "1023", Some(5)),
    ("d5", "周大洋", "D", "1024", Some(5)),
];

async fn unit() -> World {
    let world = World::new().await;
    world.load_bank().await;
    let admin = world.token("admin").await;
    world.send(Method::POST, "/api/v1/roster/branches", Some(&admin), MORE).await.good();
    let rows: Vec<String> = PEOPLE
        .iter()
        .map(|(login, name, branch, number, _)| {
            format!("{login},{name},{branch},member,正式党员,{number},n0t-{login}-word\n")
        })
        .collect();
    let sheet = format!("login,name,branch,role,category,number,password\n{}", rows.concat());
    world.send(Method::POST, "/api/v1/roster/members", Some(&admin), sheet).await.good();
    // The four members of every unit don't take part in this test.
    for login in ["m1", "m2", "m3", "m4"] {
        let gone = json!({ "as": "transferred-out" });
        let answer = world.post(&format!("/api/v1/people/{login}/departure"), &admin, gone).await;
        assert!(answer.status.is_success(), "{answer:?}");
    }
    world.make(&definition("t", json!({ "title": "季度测试" }))).await;
    world
}

async fn sat() -> World {
    let world = unit().await;
    for (login, _, _, _, rights) in PEOPLE {
        let Some(rights) = rights else { continue };
        world.sits(login, "t", rights).await;
    }
    let com = world.token("com").await;
    let leave = json!({ "state": "excused", "reason": "因公出差" });
    let set = world.put("/api/v1/tests/t/presence/c6", &com, leave).await;
    assert_eq!(set.status, StatusCode::NO_CONTENT, "{set:?}");
    world
}

async fn settled() -> World {
    let world = sat().await;
    world.pass(61 * MINUTE).await;
    world
}

pub(crate) async fn file(world: &World, login: &str, document: &str) -> Vec<u8> {
    file_of(world, login, &format!("/api/v1/tests/t/{document}")).await
}

pub(crate) async fn file_of(world: &World, login: &str, path: &str) -> Vec<u8> {
    let token = world.token(login).await;
    let request = axum::http::Request::get(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::ACCEPT_LANGUAGE, "zh");
    let (answer, bytes) = world.request_file(request.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
    bytes
}

async fn refused(world: &World, login: &str, document: &str) -> StatusCode {
    let token = world.token(login).await;
    world.get(&format!("/api/v1/tests/t/{document}"), &token).await.status
}

/// Sheet by sheet, row by row: what a cell holds, as text.
fn sheets(bytes: &[u8]) -> Vec<(String, Vec<Vec<String>>)> {
    let mut workbook = calamine::Xlsx::new(Cursor::new(bytes)).unwrap();
    let names = workbook.sheet_names();
    names
        .into_iter()
        .map(|name| {
            let range = workbook.worksheet_range(&name).unwrap();
            let cell = |cell: &Data| cell.to_string();
            let rows = range.rows().map(|row| row.iter().map(cell).collect()).collect();
            (name, rows)
        })
        .collect()
}

/// The rows of a sheet by their first cell, as heading → value.
fn by_heading(rows: &[Vec<String>], key: usize) -> BTreeMap<String, BTreeMap<String, String>> {
    let heading = &rows[2];
    let row = |row: &Vec<String>| (row[key].clone(), heading.iter().cloned().zip(row.iter().cloned()).collect());
    rows[3..].iter().map(row).collect()
}

pub(crate) fn part(bytes: &[u8], name: &str) -> String {
    let mut text = String::new();
    zip::ZipArchive::new(Cursor::new(bytes)).unwrap().by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The words of a document, paragraph by paragraph, and its tables, row by row.
fn words(bytes: &[u8]) -> (Vec<String>, Vec<Vec<String>>) {
    let text = part(bytes, "word/document.xml");
    let xml = roxmltree::Document::parse(&text).unwrap();
    let is = |node: &roxmltree::Node<'_, '_>, name: &str| node.tag_name().name() == name;
    let said = |node: roxmltree::Node<'_, '_>| -> String {
        node.descendants().filter(|node| is(node, "t")).filter_map(|node| node.text()).collect()
    };
    let paragraphs = xml.descendants().filter(|node| is(node, "p")).map(said).collect();
    let cells = |row: roxmltree::Node<'_, '_>| row.children().filter(|node| is(node, "tc")).map(said).collect();
    (paragraphs, xml.descendants().filter(|node| is(node, "tr")).map(cells).collect())
}

#[tokio::test]
async fn a_workbook_holds_the_figures_of_the_report_level_by_level() {
    let world = settled().await;
    let com = world.token("com").await;
    let report = world.get("/api/v1/tests/t/report", &com).await.good();
    let book = sheets(&file(&world, "com", "report.xlsx").await);
    let names: Vec<&str> = book.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["总览", "第 1 级", "第 2 级", "分数段", "各党组织分数段", "知识点", "名单"]);
    let overview = by_heading(&book[0].1, 0);
    assert_eq!(overview["应考"]["数值"], report["branch"]["due"].to_string());
    assert_eq!(overview["参考率"]["人数"], format!("{}/{}", report["branch"]["sat"], report["branch"]["due"]));
    let level = by_heading(&book[1].1, 0);
    for child in report["children"].as_array().unwrap() {
        same_figures(&level[child["code"].as_str().unwrap()], child);
    }
    let below = world.get("/api/v1/tests/t/report?branch=A", &com).await.good();
    let level = by_heading(&book[2].1, 0);
    assert_eq!(level.len(), 3, "two below A, one below B");
    for child in below["children"].as_array().unwrap() {
        same_figures(&level[child["code"].as_str().unwrap()], child);
        assert_eq!(level[child["code"].as_str().unwrap()]["上级党组织"], "第一总支");
    }
    let listed: Vec<(&str, &str)> = book[6].1[3..].iter().map(|row| (row[0].as_str(), row[2].as_str())).collect();
    assert!(listed.contains(&("缺考", "钱十星")) && listed.contains(&("请假", "李西岭")), "{listed:?}");
    assert!(listed.contains(&("未合格", "孙北平")) && !listed.iter().any(|(_, name)| *name == "赵一山"));
    let own = sheets(&file(&world, "com-b", "report.xlsx").await);
    assert!(own.iter().all(|(_, rows)| rows.iter().flatten().all(|cell| !cell.contains("一支部"))));
}

/// What a row says is what the API says, digit by digit.
fn same_figures(row: &BTreeMap<String, String>, line: &Value) {
    let number = |heading: &str| row[heading].parse::<f64>().unwrap();
    for (heading, name) in
        [("应考", "due"), ("实考", "sat"), ("缺考", "absent"), ("请假", "excused"), ("合格人数", "passed")]
    {
        assert!((number(heading) - line[name].as_f64().unwrap()).abs() < 1e-9, "{heading}: {row:?}");
    }
    for (heading, name, times) in [
        ("平均分", "mean", 1.0),
        ("中位", "median", 1.0),
        ("参考率", "participation_rate", 100.0),
        ("合格率", "pass_rate", 100.0),
    ] {
        assert!((number(heading) * times - line[name].as_f64().unwrap()).abs() < 1e-9, "{heading}: {row:?}");
    }
}

#[tokio::test]
async fn tables_of_workbooks_print_on_a4_with_their_heading_on_every_page() {
    let world = settled().await;
    for (document, orientation) in [("report.xlsx", "landscape"), ("register.xlsx", "portrait")] {
        let bytes = file(&world, "com", document).await;
        let sheet = part(&bytes, "xl/worksheets/sheet2.xml");
        let xml = roxmltree::Document::parse(&sheet).unwrap();
        let named = |name: &str| xml.descendants().find(|node| node.tag_name().name() == name).unwrap();
        assert_eq!(named("pageSetup").attribute("paperSize"), Some("9"));
        assert_eq!(named("pageSetup").attribute("orientation"), Some(orientation));
        assert_eq!((named("pane").attribute("ySplit"), named("pane").attribute("state")), (Some("3"), Some("frozen")));
        assert!(part(&bytes, "xl/workbook.xml").contains("_xlnm.Print_Titles"));
    }
    let names = file(&world, "com", "report.xlsx").await;
    assert!(
        part(&names, "xl/charts/chart1.xml").contains("平均分")
            || part(&names, "xl/charts/chart2.xml").contains("平均分")
    );
}

#[tokio::test]
async fn a_register_has_everybody_once_and_counts_add_up() {
    let world = settled().await;
    let book = sheets(&file(&world, "com", "register.xlsx").await);
    let names: Vec<&str> = book.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["汇总", "一支部", "二支部", "三支部", "第三支部", "第四支部"]);
    let summary = by_heading(&book[0].1, 0);
    for row in summary.values().filter(|row| !row["应考"].is_empty()) {
        let of = |heading: &str| row[heading].parse::<u64>().unwrap();
        assert_eq!(of("应考"), of("实考") + of("缺考") + of("请假") + of("违纪"));
    }
    assert_eq!(summary["合计"]["应考"], "24");
    let mut listed = 0;
    for (name, rows) in &book[1..] {
        let people: Vec<&Vec<String>> = rows[3..].iter().take_while(|row| row[0].parse::<u32>().is_ok()).collect();
        assert_eq!(summary[name]["应考"], people.len().to_string());
        listed += people.len();
    }
    assert_eq!(listed, PEOPLE.len());
    let first: Vec<&str> = book[1].1[3..9].iter().map(|row| row[1].as_str()).collect();
    assert_eq!(first, ["赵一山", "赵二水", "王伟（2003）", "赵四火", "赵五木", "赵六金"], "namesakes are told apart");
    let best = &book[1].1[3];
    assert_eq!((best[3].as_str(), best[4].as_str(), best[5].as_str(), best[6].as_str()), ("实考", "20", "", "优秀"));
    let away = book[4].1.iter().find(|row| row[1] == "李西岭").unwrap();
    assert_eq!((away[3].as_str(), away[4].as_str(), away[6].as_str(), away[8].as_str()), ("请假", "", "", "因公出差"));

    let bytes = file(&world, "com", "register.docx").await;
    let (paragraphs, rows) = words(&bytes);
    for (_, name, _, _, _) in PEOPLE {
        let cells = rows.iter().filter(|row| row.get(1).is_some_and(|cell| cell.starts_with(name))).count();
        assert_eq!(cells, if name == "王伟" { 2 } else { 1 }, "{name}");
    }
    let text = part(&bytes, "word/document.xml");
    assert_eq!(text.matches("<w:tblHeader/>").count(), 10, "two rows of heading for each of five branches");
    let identity = "应考 6 人 = 实考 5 + 缺考 0 + 请假 1 + 违纪 0；另有免考 0 人";
    assert!(paragraphs.iter().any(|paragraph| paragraph == identity), "{paragraphs:?}");
    assert!(paragraphs.iter().any(|paragraph| paragraph.contains("支部书记（签字）：")));
}

#[tokio::test]
async fn a_circular_merges_the_few_and_names_nobody() {
    let world = sat().await;
    assert_eq!(refused(&world, "com", "circular.docx").await, StatusCode::CONFLICT, "while anything can change");
    world.pass(61 * MINUTE).await;
    assert_eq!(refused(&world, "a1", "circular.docx").await, StatusCode::FORBIDDEN);
    let (paragraphs, rows) = words(&file(&world, "com", "circular.docx").await);
    let table: Vec<(&str, &str)> = rows[1..].iter().map(|row| (row[1].as_str(), row[2].as_str())).collect();
    assert_eq!(table, [("第一总支", "11"), ("第三支部", "6"), ("其他2个党组织", "7"), ("合计", "24")]);
    let whole = paragraphs.concat();
    assert!(whole.contains("关于季度测试情况的通报") && whole.contains("应考24人，实考22人，参考率91.7%"), "{whole}");
    for (_, name, _, _, _) in PEOPLE {
        assert!(!whole.contains(name), "{name}");
    }
    assert!(!whole.contains("第二总支") && !whole.contains("第四支部"), "who is merged isn't named: {whole}");
    for heading in ["一、基本情况", "二、主要特点", "三、存在问题", "四、下步要求"] {
        assert!(paragraphs.iter().any(|paragraph| paragraph == heading), "{heading}");
    }
    let (few, rows) = words(&file(&world, "com-b", "circular.docx").await);
    assert!(rows.is_empty() && few.concat().contains("有成绩的人数不足5人，成绩不予公布。"), "{few:?}");
    assert!(!few.concat().contains("应考"), "two people have no figures: {few:?}");
}

#[tokio::test]
async fn a_circular_of_a_quarter_tells_no_more_than_those_of_its_tests() {
    let world = sat().await;
    world.make(&definition("u", json!({ "title": "第二次测试" }))).await;
    for (login, _, branch, _, rights) in PEOPLE {
        // Three of the third branch sit the second test: too few to be told of there.
        let Some(rights) = rights.filter(|_| branch != "C" || ["c1", "c2", "c3"].contains(&login)) else { continue };
        world.sits(login, "u", rights).await;
    }
    let com = world.token("com").await;
    let closes = world.get("/api/v1/tests/u", &com).await.good()["closes"].as_str().unwrap().to_owned();
    let (year, month): (&str, u32) = (&closes[..4], closes[5..7].parse().unwrap());
    let quarter = (month - 1) / 3 + 1;
    let path = format!("/api/v1/overview/circular.docx?year={year}&quarter={quarter}");
    assert_eq!(world.get(&path, &com).await.kind(), "test-not-over", "while anything can change");
    world.pass(61 * MINUTE).await;
    assert_eq!(world.get(&path, &world.token("a1").await).await.status, StatusCode::FORBIDDEN);
    let (paragraphs, rows) = words(&file_of(&world, "com", &path).await);
    let told: Vec<(&str, &str, &str)> =
        rows.iter().map(|row| (row[1].as_str(), row[2].as_str(), row[3].as_str())).collect();
    let [_, first, second, both, _, alone, together, all] = told.as_slice() else { panic!("{told:?}") };
    assert!(first.0.starts_with("季度测试") && second.0.starts_with("第二次测试"), "{told:?}");
    assert_eq!((first.1, first.2, second.1, second.2), ("24", "22", "24", "20"));
    assert_eq!(*both, ("合计", "48", "42"));
    assert_eq!(*alone, ("第一总支", "22", "20"), "who is merged in one of the tests is merged here");
    assert_eq!(*together, ("其他3个党组织", "26", "22"));
    assert_eq!(all, both);
    let whole = paragraphs.concat();
    let named = ["一", "二", "三", "四"][usize::try_from(quarter - 1).unwrap()];
    assert!(whole.contains(&format!("关于{year}年第{named}季度考核情况的通报")), "{whole}");
    assert!(whole.contains("共组织考核2次") && whole.contains("应考48人次，实考42人次，参考率87.5%"), "{whole}");
    for (_, name, _, _, _) in PEOPLE {
        assert!(!whole.contains(name), "{name}");
    }
    for merged in ["第二总支", "第三支部", "第四支部"] {
        assert!(!whole.contains(merged), "{merged}");
    }
    let none = format!("/api/v1/overview/circular.docx?year={year}&quarter={}", quarter % 4 + 1);
    assert_eq!(world.get(&none, &com).await.kind(), "invalid-field", "no test closed then");
    for (wrong, kind) in [
        ("", "invalid-field"),
        ("?quarter=1", "invalid-field"),
        ("?year=2026&quarter=5", "invalid-parameter"),
        ("?year=abc", "invalid-parameter"),
        ("?year=99999", "invalid-parameter"),
    ] {
        let refused = world.get(&format!("/api/v1/overview/circular.docx{wrong}"), &com).await;
        assert_eq!((refused.status, refused.kind().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, kind), "{wrong}");
    }
    let page = crate::support::open(&world, &format!("/overview?year={year}&quarter={quarter}"), &com).await.text;
    assert!(page.contains("/overview/circular.docx?"), "{page}");
    let (few, rows) = words(&file_of(&world, "com-b", &path).await);
    assert!(rows.is_empty() && few.concat().contains("成绩不予公布"), "{few:?}");
}

#[tokio::test]
async fn an_announcement_says_when_who_and_how() {
    let world = unit().await;
    let (paragraphs, _) = words(&file(&world, "org", "announcement.docx").await);
    let whole = paragraphs.concat();
    for part in ["关于组织“季度测试”的通知", "共 24 人", "共 7 题，满分 20 分", "/tests/t ，", "组织员，电话："]
    {
        assert!(whole.contains(part), "{part}: {whole}");
    }
    assert_eq!(refused(&world, "a1", "announcement.docx").await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_archive_can_be_checked_without_us_and_is_for_those_of_the_whole_test() {
    let world = sat().await;
    assert_eq!(refused(&world, "org", "archive.zip").await, StatusCode::CONFLICT);
    world.pass(61 * MINUTE).await;
    for login in ["org-a", "com-b", "a1"] {
        assert_eq!(refused(&world, login, "archive.zip").await, StatusCode::FORBIDDEN, "{login}");
    }
    let org = world.token("org").await;
    let correction = json!({ "change": "full_points", "bank": "rules", "question": "qid-s1", "reason": "题面有误" });
    let corrected = world.post("/api/v1/tests/t/amendments", &org, correction).await;
    assert!(corrected.status.is_success(), "{corrected:?}");
    for login in ["org", "com"] {
        let bytes = file(&world, login, "archive.zip").await;
        let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
        let sums = part(&bytes, "SHA256SUMS.txt");
        assert_eq!(sums.lines().count() + 1, archive.len());
        let contents = part(&bytes, "00 目录.html");
        for line in sums.lines() {
            let (digest, name) = line.split_once("  ").unwrap();
            let mut held = Vec::new();
            archive.by_name(name).unwrap().read_to_end(&mut held).unwrap();
            assert_eq!(kaohe::rules::text::hex(&Sha256::digest(&held)), digest, "{name}");
            assert!(name == "00 目录.html" || contents.contains(digest), "{name}");
        }
        let sample = part(&bytes, "08 样卷.html");
        assert_eq!(sample.matches("标准答案：").count(), 7, "{sample}");
        assert!(
            PEOPLE.iter().all(|(login, name, ..)| !sample.contains(name) && !sample.contains(&format!(">{login}<")))
        );
        assert!(part(&bytes, "04 应考情况.csv").contains("第三支部,李西岭,正式党员,请假,因公出差"));
        assert!(part(&bytes, "05 更正记录.csv").contains("题面有误,组织员,组织员,已生效"));
    }
}

#[tokio::test]
async fn keys_that_are_never_published_stay_out_of_a_committees_archive() {
    let world = unit().await;
    world.make(&definition("kept", json!({ "review": "never" }))).await;
    let token = world.token("a1").await;
    let paper = world.post("/api/v1/tests/kept/attempts", &token, json!({})).await.good();
    world.submit(&token, paper["attempt"].as_str().unwrap()).await.good();
    world.pass(61 * MINUTE).await;
    for (login, shown) in [("org", 7), ("com", 0)] {
        let sample = part(&file_of(&world, login, "/api/v1/tests/kept/archive.zip").await, "08 样卷.html");
        assert_eq!(sample.matches("标准答案：").count(), shown, "{login}: {sample}");
    }
}

#[tokio::test]
async fn pages_offer_what_the_reader_may_have() {
    let world = settled().await;
    for (login, has_archive) in [("com", true), ("com-b", false)] {
        let token = world.token(login).await;
        let page = crate::support::open(&world, "/tests/t/report", &token).await.text;
        assert!(page.contains("/tests/t/register.docx") && page.contains("/tests/t/circular.docx"));
        assert_eq!(page.contains("/tests/t/archive.zip"), has_archive, "{login}");
    }
    let com = world.token("com").await;
    let sent = crate::support::open(&world, "/tests/t/register.docx?branch=A", &com).await;
    let disposition = sent.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert!(disposition.contains("filename=\"t-A-register.docx\""), "{disposition}");
    let (paragraphs, _) = words(&file(&world, "com", "register.docx?branch=A").await);
    assert!(paragraphs.concat().contains("赵一山") && !paragraphs.concat().contains("李春风"));
}

#[tokio::test]
async fn the_command_line_writes_the_same_documents() {
    let world = settled().await;
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("成绩册.docx");
    let said = world.command(&[
        "report",
        "t",
        "--document",
        "register.docx",
        "--branch",
        "C",
        "--out",
        path.to_str().unwrap(),
    ]);
    assert!(said.status.success(), "{said:?}");
    let (_, rows) = words(&std::fs::read(&path).unwrap());
    assert_eq!(rows.iter().filter(|row| row.len() == 9).count(), 7, "a heading and six members");
    let csv = world.command(&["report", "t", "--document", "report.csv"]);
    assert!(csv.stdout.starts_with("\u{feff}".as_bytes()));
    let wrong = world.command(&["report", "t", "--document", "register.pdf"]);
    assert_eq!(wrong.status.code(), Some(2));
}
