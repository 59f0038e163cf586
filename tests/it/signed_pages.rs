//! Scanned signed pages: who sends and reads them, what is taken, where they go, and what of them is traced.

use crate::assessments::{a_year, path as year_path, rules, set, year};
use crate::documents::{file_of, part};
use crate::support::{Answer, MINUTE, NOON, World, definition, open, posted, time};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use kaohe::service::proofs;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::io::{Cursor, Read};

const PAGES: &str = "/api/v1/tests/t/signed-pages";

/// A PDF of a page that says so.
fn pdf(says: &str) -> Vec<u8> {
    format!("%PDF-1.7\n1 0 obj\n({says})\nendobj\n%%EOF\n").into_bytes()
}

fn jpeg() -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0".to_vec();
    bytes.extend(b"\xff\xc0\0\x0b\x08\0\x10\0\x10\x01\x01\x11\0\xff\xd9");
    bytes
}

const PNG: &[u8] = include_bytes!("../fixtures/red.png");

/// A settled test that everybody sat.
async fn settled() -> World {
    let world = World::new().await;
    world.load_bank().await;
    world.make(&definition("t", json!({ "title": "季度测试" }))).await;
    for login in ["m1", "m2", "m3", "m4"] {
        world.sits(login, "t", 5).await;
    }
    world.pass(61 * MINUTE).await;
    world
}

/// A test that is still to come when the first one is settled.
fn later(name: &str, branch: &str) -> Value {
    let (opens, closes) = (time(NOON + 300 * MINUTE), time(NOON + 360 * MINUTE));
    definition(name, json!({ "audience": { "branches": [branch] }, "opens": opens, "closes": closes }))
}

async fn send(world: &World, login: &str, path: &str, bytes: &[u8]) -> Answer {
    let token = world.token(login).await;
    let request = Request::post(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
    world.request(request.header(header::ACCEPT_LANGUAGE, "en").body(Body::from(bytes.to_vec())).unwrap()).await
}

fn titled(title: &str) -> String {
    let title = percent_encoding::utf8_percent_encode(title, percent_encoding::NON_ALPHANUMERIC);
    format!("{PAGES}?title={title}")
}

async fn get(world: &World, login: &str, path: &str) -> (Answer, Vec<u8>) {
    let token = world.token(login).await;
    let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
    world.request_file(request.body(Body::empty()).unwrap()).await
}

fn names(bytes: &[u8]) -> Vec<String> {
    zip::ZipArchive::new(Cursor::new(bytes)).unwrap().file_names().map(|name| name.unwrap().into_owned()).collect()
}

fn held(bytes: &[u8], name: &str) -> Vec<u8> {
    let mut held = Vec::new();
    zip::ZipArchive::new(Cursor::new(bytes)).unwrap().by_name(name).unwrap().read_to_end(&mut held).unwrap();
    held
}

#[tokio::test]
async fn a_page_is_sent_listed_handed_over_archived_and_removed_with_a_reason() {
    let world = settled().await;
    let (org, com) = (world.token("org").await, world.token("com").await);
    assert_eq!(world.get(PAGES, &org).await.good(), json!([]));
    let first = pdf("register");
    let sent = send(&world, "org", &titled("成绩册/签字页: 甲"), &first).await.good();
    let digest = kaohe::rules::text::hex(&Sha256::digest(&first));
    assert_eq!((&sent["kind"], &sent["digest"], &sent["bytes"]), (&json!("pdf"), &json!(digest), &json!(first.len())));
    assert_eq!(sent["sent_by"], json!("组织员"));
    world.pass(MINUTE).await;
    send(&world, "org", &titled("现场"), &jpeg()).await.good();
    world.pass(MINUTE).await;
    send(&world, "org", &titled("公章"), PNG).await.good();
    let listed = world.get(PAGES, &com).await.good();
    let kinds: Vec<&Value> = listed.as_array().unwrap().iter().map(|page| &page["kind"]).collect();
    assert_eq!(kinds, [&json!("pdf"), &json!("jpg"), &json!("png")]);
    assert_eq!(listed[0], sent);

    let id = sent["page"].as_str().unwrap();
    let (answer, bytes) = get(&world, "com", &format!("{PAGES}/{id}")).await;
    assert_eq!((answer.status, &bytes), (StatusCode::OK, &first), "the same bytes");
    let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
    assert!(header("content-disposition").starts_with("attachment; filename=\"signed-page.pdf\"; filename*=UTF-8''"));
    assert!(!header("content-disposition").contains("%2F") && !header("content-disposition").contains("%3A"));
    assert_eq!(
        (header("content-type"), header("x-content-type-options")),
        ("application/pdf".into(), "nosniff".into())
    );
    assert!(header("cache-control").contains("no-store"));

    let archive = file_of(&world, "com", "/api/v1/tests/t/archive.zip").await;
    let name = "10 签字扫描件/01 成绩册 签字页  甲.pdf";
    assert_eq!(held(&archive, name), first, "{:?}", names(&archive));
    assert_eq!(held(&archive, "10 签字扫描件/03 公章.png"), PNG);
    let contents = part(&archive, "00 目录.html");
    assert!(contents.contains(&digest) && contents.contains(name), "{contents}");
    assert!(part(&archive, "SHA256SUMS.txt").contains(&format!("{digest}  {name}")));
    let period = format!("/api/v1/overview/archive.zip?year={}", year());
    let archive = file_of(&world, "com", &period).await;
    assert_eq!(held(&archive, &format!("01 季度测试/{name}")), first, "{:?}", names(&archive));

    let path = format!("{PAGES}/{id}");
    let without = world.send(Method::DELETE, &path, Some(&org), json!({ "reason": " " }).to_string()).await;
    assert_eq!(without.kind(), "invalid-field", "a reason is needed");
    let reason = json!({ "reason": "漏盖公章，重新扫描" }).to_string();
    let removed = world.send(Method::DELETE, &path, Some(&org), reason.clone()).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT, "{removed:?}");
    assert_eq!(world.send(Method::DELETE, &path, Some(&org), reason).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get(PAGES, &org).await.good().as_array().unwrap().len(), 2);
    let found = proofs::verify_trace(&world.app).await.unwrap();
    assert!(found.holds(), "{found:?}");
    let verified = world.command(&["trace", "verify"]);
    assert!(verified.status.success(), "{verified:?}");
}

#[tokio::test]
async fn only_those_who_manage_the_test_send_and_only_those_who_read_the_whole_of_it_read() {
    let world = settled().await;
    let page = send(&world, "org", &titled("一"), &pdf("1")).await.good();
    let one = format!("{PAGES}/{}", page["page"].as_str().unwrap());
    let sending = titled("二");
    for (login, path, expected) in [
        ("com", &sending, StatusCode::FORBIDDEN),
        ("org-a", &sending, StatusCode::FORBIDDEN),
        ("org-b", &sending, StatusCode::FORBIDDEN),
        ("com-b", &sending, StatusCode::FORBIDDEN),
        ("admin", &sending, StatusCode::FORBIDDEN),
        ("m1", &sending, StatusCode::FORBIDDEN),
    ] {
        // Whoever may not send isn't told what is wrong with the file.
        assert_eq!(send(&world, login, path, b"nothing").await.status, expected, "{login}");
    }
    let reason = json!({ "reason": "x" }).to_string();
    for login in ["org-a", "org-b", "com", "com-b", "admin", "m1"] {
        let token = world.token(login).await;
        let removed = world.send(Method::DELETE, &one, Some(&token), reason.clone()).await;
        assert_eq!(removed.status, StatusCode::FORBIDDEN, "{login}");
        for path in [PAGES, &one, "/tests/t/signed-pages"] {
            let expected = if login == "com" { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(open(&world, path, &token).await.status, expected, "{login} {path}");
        }
    }
    // A page is reached only through the test that it belongs to.
    world.make(&later("of-a", "A")).await;
    let of_other = format!("/api/v1/tests/of-a/signed-pages/{}", page["page"].as_str().unwrap());
    assert_eq!(world.get(&of_other, &world.token("org-a").await).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        world.get("/api/v1/tests/of-a/signed-pages", &world.token("org-b").await).await.status,
        StatusCode::NOT_FOUND
    );
    let nobody = world.send(Method::GET, &one, None, "").await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_cannot_be_one_is_refused_with_what_to_do() {
    let world = World::with_test().await;
    assert_eq!(send(&world, "org", &titled("早"), &pdf("1")).await.kind(), "test-not-over");
    world.pass(61 * MINUTE).await;
    for wrong in [&b""[..], b"%PDF-1.7 cut off", b"<html>%%EOF", b"PK\x03\x04", b"GIF89a", b"MZ\x90\0"] {
        let refused = send(&world, "org", &titled("错"), wrong).await;
        assert_eq!(refused.kind(), "invalid-field", "{wrong:?}");
        assert!(refused.text.contains("a whole PDF, JPEG or PNG"), "{refused:?}");
    }
    let untitled = send(&world, "org", PAGES, &pdf("1")).await;
    assert!(untitled.text.contains("title of 1 to 100"), "{untitled:?}");
    let long = send(&world, "org", &titled(&"长".repeat(101)), &pdf("1")).await;
    assert_eq!(long.kind(), "invalid-field");
    let mut large = pdf("1");
    large.resize(8 * 1024 * 1024 + 1, b' ');
    assert_eq!(send(&world, "org", &titled("大"), &large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    send(&world, "org", &titled("一"), &pdf("1")).await.good();
    let twice = send(&world, "org", &titled("又一"), &pdf("1")).await;
    assert!(twice.text.contains("sent already"), "{twice:?}");
    for number in 2..=40 {
        send(&world, "org", &titled("页"), &pdf(&number.to_string())).await.good();
    }
    let beyond = send(&world, "org", &titled("多"), &pdf("41")).await;
    assert!(beyond.text.contains("40 files, and 64 MB together"), "{beyond:?}");

    let org = world.token("org").await;
    world.make(&later("c", "HQ")).await;
    world.post("/api/v1/tests/c/cancel", &org, json!({ "reason": "停电" })).await;
    assert_eq!(send(&world, "org", "/api/v1/tests/c/signed-pages?title=x", &pdf("1")).await.kind(), "cancelled");
}

#[tokio::test]
async fn large_pages_fill_the_room_of_a_test() {
    let world = World::with_test().await;
    world.pass(61 * MINUTE).await;
    for number in 0..9 {
        let mut large = format!("%PDF-1.7 {number}").into_bytes();
        large.resize(8 * 1024 * 1024 - 6, b' ');
        large.extend(b"%%EOF\n");
        let sent = send(&world, "org", &titled("大"), &large).await;
        assert_eq!(sent.status.is_success(), number < 8, "{number}: {}", sent.text);
    }
}

#[tokio::test]
async fn pages_of_a_year_come_once_it_is_signed_and_go_into_its_archive() {
    let world = a_year().await;
    set(&world, "com", &rules(json!({}))).await.good();
    let com = world.token("com").await;
    let pages = format!("{}/signed-pages", year_path());
    let sending = format!("{pages}?title=x");
    let early = send(&world, "com", &sending, &pdf("year")).await;
    assert_eq!((early.status, early.kind().as_str()), (StatusCode::CONFLICT, "not-signed-off"));
    let at = format!("/assessments/{}", year());
    assert!(!open(&world, &at, &com).await.text.contains("/signed-pages"));
    assert!(open(&world, &format!("{at}/signed-pages"), &com).await.text.contains("once the results of the year"));
    world.post(&format!("{}/signings", year_path()), &com, json!({ "signers": ["王主任"], "note": "" })).await.good();
    assert!(open(&world, &at, &com).await.text.contains("/signed-pages"));
    let sent = send(&world, "com", &sending, &pdf("year")).await.good();
    let one = format!("{pages}/{}", sent["page"].as_str().unwrap());
    assert_eq!(get(&world, "com", &one).await.1, pdf("year"));
    for (login, expected) in
        [("com-b", StatusCode::FORBIDDEN), ("org", StatusCode::FORBIDDEN), ("m1", StatusCode::FORBIDDEN)]
    {
        assert_eq!(get(&world, login, &one).await.0.status, expected, "{login}");
        assert_eq!(send(&world, login, &sending, &pdf("2")).await.status, expected, "{login}");
    }
    let of_b = format!("{one}?branch=B");
    assert_eq!(get(&world, "com-b", &of_b).await.0.status, StatusCode::FORBIDDEN, "those of the whole unit");
    let archive = file_of(&world, "com", &format!("/api/v1/overview/archive.zip?year={}", year())).await;
    assert_eq!(held(&archive, "年度考核签字扫描件/01 x.pdf"), pdf("year"), "{:?}", names(&archive));
    let removed = world.send(Method::DELETE, &one, Some(&com), json!({ "reason": "错页" }).to_string()).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    let found = proofs::verify_trace(&world.app).await.unwrap();
    assert!(found.holds(), "{found:?}");
}

#[tokio::test]
async fn a_page_changed_behind_the_programs_back_shows() {
    for sql in [
        "UPDATE signed_page SET title = 'other'",
        "UPDATE signed_page SET sent_by = NULL",
        "UPDATE signed_page SET digest = 'other' WHERE title = '一'",
        "UPDATE signed_page SET content = (SELECT content FROM signed_page ORDER BY id DESC LIMIT 1)",
        "DELETE FROM signed_page",
        "DELETE FROM signed_page WHERE title = '一'",
    ] {
        let world = settled().await;
        send(&world, "org", &titled("一"), &pdf("1")).await.good();
        world.pass(MINUTE).await;
        send(&world, "org", &titled("二"), &pdf("2")).await.good();
        assert!(proofs::verify_trace(&world.app).await.unwrap().holds());
        let mut tx = world.app.db.write().await.unwrap();
        assert!(tx.query(sql).execute().await.unwrap() > 0, "{sql}");
        tx.commit().await.unwrap();
        assert_eq!(proofs::verify_trace(&world.app).await.unwrap().differing_tests, ["t"], "{sql}");
    }
}

#[tokio::test]
async fn the_page_takes_a_file_by_its_name_says_what_is_wrong_and_removes_it() {
    let world = settled().await;
    let org = world.token("org").await;
    let upload = async |name: &str, title: &str, content: &[u8]| {
        let head = format!("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        let mut body = head.into_bytes();
        body.extend_from_slice(content);
        let end = format!("\r\n--x\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n{title}\r\n--x--\r\n");
        body.extend(end.into_bytes());
        let request = Request::post("/tests/t/signed-pages")
            .header(header::HOST, "danwei.example")
            .header(header::ORIGIN, "http://danwei.example")
            .header(header::COOKIE, format!("kaohe_session={org}"))
            .header(header::ACCEPT_LANGUAGE, "en")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        world.request(request.body(Body::from(body)).unwrap()).await
    };
    for page in ["/tests/t/report", "/tests/t/manage"] {
        assert!(open(&world, page, &org).await.text.contains("/tests/t/signed-pages"), "{page}");
    }
    let wrong = upload("a.pdf", "第一页", b"nothing").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("what counts is what is in it"), "{wrong:?}");
    assert!(wrong.text.contains("value=\"第一页\""), "what was typed stays: {wrong:?}");
    let taken = upload("C:\\scan\\<b>成绩册.pdf", "", &pdf("1")).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{taken:?}");
    let page = open(&world, "/tests/t/signed-pages?done=sent", &org).await.text;
    assert!(page.contains("&lt;b&gt;成绩册.pdf") && page.contains("stands in the change record"), "{page}");
    let com = open(&world, "/tests/t/signed-pages", &world.token("com").await).await.text;
    assert!(com.contains("成绩册") && !com.contains("/remove"), "{com}");
    let id = world.get(PAGES, &org).await.good()[0]["page"].as_str().unwrap().to_owned();
    let path = format!("/tests/t/signed-pages/{id}/remove");
    let without = posted(&world, &path, &org, &[("reason", "")]).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    let removed = posted(&world, &path, &org, &[("reason", "scanned anew")]).await;
    assert_eq!(removed.status, StatusCode::SEE_OTHER, "{removed:?}");
    assert!(open(&world, "/tests/t/signed-pages?done=removed", &org).await.text.contains("Nothing has been sent"));
}

#[tokio::test]
async fn the_command_line_keeps_them_too() {
    let world = settled().await;
    let folder = tempfile::TempDir::new().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (one, two) = (file("签字页.pdf", &pdf("1")), file("seal.png", PNG));
    let out = folder.path().join("out.pdf").to_str().unwrap().to_owned();
    let run = |arguments: &[&str], code: i32| {
        let said = world.command(arguments);
        assert_eq!(said.status.code(), Some(code), "{arguments:?}: {said:?}");
        String::from_utf8(said.stdout).unwrap()
    };
    run(&["test", "signed-pages", "add", "t", &one, &two, "--title", "x"], 1);
    let added = run(&["test", "signed-pages", "add", "t", &one, &two], 0);
    assert!(added.contains("签字页.pdf") && added.contains("seal.png"), "{added}");
    run(&["test", "signed-pages", "add", "t", &one], 1);
    let listed: Value = serde_json::from_str(&run(&["test", "signed-pages", "list", "t", "--json"], 0)).unwrap();
    let page = listed.as_array().unwrap().iter().find(|page| page["kind"] == "pdf").unwrap();
    assert_eq!((&page["title"], &page["sent_by"]), (&json!("签字页"), &Value::Null));
    let id = page["page"].as_str().unwrap();
    run(&["test", "signed-pages", "get", "t", id, "--out", &out], 0);
    assert_eq!(std::fs::read(&out).unwrap(), pdf("1"));
    run(&["test", "signed-pages", "remove", "t", id], 2);
    run(&["test", "signed-pages", "remove", "t", id, "--reason", "scanned anew"], 0);
    assert!(!run(&["test", "signed-pages", "list", "t"], 0).contains(id));
    run(&["assess", "signed-pages", "list", &year()], 1);
    run(&["trace", "verify"], 0);
}
