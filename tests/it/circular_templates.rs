//! A unit's own template for circulars: who keeps it, where it holds, and what comes out.

use crate::documents::{file_of, part};
use crate::support::{MINUTE, World, definition, open};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use std::io::{Cursor, Read, Write};

const TEMPLATE: &str = "/api/v1/branches/HQ/template";

/// The sample with some of its text changed.
async fn template(world: &World, from: &str, to: &str) -> Vec<u8> {
    let sample = file_of(world, "com", "/api/v1/branches/HQ/template/sample.docx").await;
    let mut package = zip::ZipArchive::new(Cursor::new(sample)).unwrap();
    let mut changed = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..package.len() {
        let mut file = package.by_index(index).unwrap();
        let (name, mut text) = (file.name().unwrap().into_owned(), String::new());
        file.read_to_string(&mut text).unwrap();
        changed.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        changed.write_all(text.replace(from, to).as_bytes()).unwrap();
    }
    changed.finish().unwrap().into_inner()
}

async fn put(world: &World, login: &str, path: &str, bytes: &[u8]) -> crate::support::Answer {
    let token = world.token(login).await;
    let request = Request::put(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::ACCEPT_LANGUAGE, "zh")
        .body(Body::from(bytes.to_vec()));
    world.request(request.unwrap()).await
}

/// A settled test that everybody sat.
async fn settled() -> World {
    let world = World::new().await;
    world.load_bank().await;
    world.make(&definition("t", serde_json::json!({ "title": "季度测试" }))).await;
    for login in ["m1", "m2", "m3", "m4"] {
        world.sits(login, "t", 5).await;
    }
    world.pass(61 * MINUTE).await;
    world
}

#[tokio::test]
async fn circulars_are_written_into_the_nearest_template() {
    let world = settled().await;
    let com = world.token("com").await;
    let none = world.get(TEMPLATE, &com).await.good();
    assert_eq!((&none["own"], &none["used"]), (&false.into(), &serde_json::Value::Null));
    let plain = file_of(&world, "com", "/api/v1/tests/t/circular.docx").await;
    let own = template(&world, "文件</w:t>", "文 件（红头）</w:t>").await;
    let kept = put(&world, "com", TEMPLATE, &own).await.good();
    assert_eq!((&kept["own"], &kept["used"]["branch"]), (&true.into(), &"HQ".into()));
    assert_eq!(file_of(&world, "org", "/api/v1/branches/HQ/template.docx").await, own);
    for path in ["/api/v1/tests/t/circular.docx", "/api/v1/tests/t/circular.docx?branch=A"] {
        let text = part(&file_of(&world, "com", path).await, "word/document.xml");
        assert!(text.contains("文 件（红头）") && text.contains("关于季度测试情况的通报"), "{path}: {text}");
        assert!(text.contains("一、基本情况") && !text.contains("{{"), "{path}: {text}");
    }
    let closes = world.get("/api/v1/tests/t", &com).await.good()["closes"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/overview/circular.docx?year={}", &closes[..4]);
    let text = part(&file_of(&world, "com-b", &path).await, "word/document.xml");
    assert!(text.contains("文 件（红头）") && text.contains("考核情况的通报"), "of the branch above: {text}");
    let below = world.get("/api/v1/branches/B/template", &world.token("com-b").await).await.good();
    assert_eq!((&below["own"], &below["used"]["branch"]), (&false.into(), &"HQ".into()));
    let removed = world.send(Method::DELETE, TEMPLATE, Some(&com), "").await.good();
    assert_eq!(removed["used"], serde_json::Value::Null);
    assert_eq!(world.send(Method::DELETE, TEMPLATE, Some(&com), "").await.status, StatusCode::NOT_FOUND);
    assert_eq!(file_of(&world, "com", "/api/v1/tests/t/circular.docx").await, plain);
}

#[tokio::test]
async fn a_template_is_kept_by_those_who_publish_for_its_branch() {
    let world = World::new().await;
    let own = template(&world, "x", "x").await;
    for (login, path, expected) in [
        ("com-b", TEMPLATE, StatusCode::NOT_FOUND),
        ("org-b", "/api/v1/branches/A/template", StatusCode::NOT_FOUND),
        ("admin", TEMPLATE, StatusCode::FORBIDDEN),
        ("m1", TEMPLATE, StatusCode::FORBIDDEN),
        ("com-b", "/api/v1/branches/B/template", StatusCode::OK),
        ("org", TEMPLATE, StatusCode::OK),
    ] {
        assert_eq!(put(&world, login, path, &own).await.status, expected, "{login} {path}");
    }
    let token = world.token("org-a").await;
    for path in ["/api/v1/branches/HQ/template.docx", "/api/v1/branches/B/template.docx"] {
        assert_eq!(world.get(path, &token).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let none = world.get("/api/v1/branches/A/template.docx", &token).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND, "it is the one of above that is used");
}

#[tokio::test]
async fn a_file_that_cannot_be_one_is_refused_with_what_to_do() {
    let world = World::new().await;
    let without = template(&world, "正文", "正文2").await;
    let refused = put(&world, "com", TEMPLATE, &without).await;
    assert_eq!(refused.kind(), "invalid-template");
    let said = refused.json();
    let codes: Vec<&str> = said["errors"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["unknown", "no-text"]);
    assert!(refused.text.contains("不认识“{{正文2}}”"), "{refused:?}");
    for (bytes, expected) in [(&b""[..], "invalid-field"), (b"PK", "invalid-template"), (b"\xff", "invalid-template")] {
        assert_eq!(put(&world, "com", TEMPLATE, bytes).await.kind(), expected);
    }
    let large = vec![0; 8 * 1024 * 1024 + 1];
    assert_eq!(put(&world, "com", TEMPLATE, &large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn the_page_takes_a_file_says_what_is_wrong_and_removes_it() {
    let world = World::new().await;
    let com = world.token("com").await;
    let send = async |content: &[u8]| {
        let mut body = b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.docx\"\r\n\r\n".to_vec();
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n--x--\r\n");
        let request = Request::post("/branches/HQ/template")
            .header(header::HOST, "danwei.example")
            .header(header::ORIGIN, "http://danwei.example")
            .header(header::COOKIE, format!("kaohe_session={com}"))
            .header(header::ACCEPT_LANGUAGE, "zh")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        world.request(request.body(Body::from(body)).unwrap()).await
    };
    assert!(open(&world, "/branches/HQ", &com).await.text.contains("/branches/HQ/template"));
    assert!(open(&world, "/branches/HQ/template", &com).await.text.contains("{{text}}"));
    let wrong = send(b"nothing").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("另存为"), "{wrong:?}");
    let taken = send(&template(&world, "x", "x").await).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{taken:?}");
    let page = open(&world, "/branches/HQ/template?done=kept", &com).await.text;
    assert!(page.contains("The template is in use") && page.contains("/branches/HQ/template/remove"), "{page}");
    let admin = world.token("admin").await;
    assert!(!open(&world, "/branches/HQ", &admin).await.text.contains("/branches/HQ/template"));
}

#[tokio::test]
async fn the_command_line_keeps_one_too() {
    let world = settled().await;
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("t.docx");
    let path = path.to_str().unwrap();
    for (arguments, code) in [
        (&["template", "get", "HQ", "--out", path][..], 1),
        (&["template", "get", "HQ", "--sample", "--out", path], 0),
        (&["template", "set", "HQ", path], 0),
        (&["template", "get", "A", "--out", path], 1),
        (&["template", "show", "A", "--json"], 0),
    ] {
        let said = world.command(arguments);
        assert_eq!(said.status.code(), Some(code), "{arguments:?}: {said:?}");
        if arguments.contains(&"--json") {
            assert!(String::from_utf8_lossy(&said.stdout).contains("\"branch\":\"HQ\""), "{said:?}");
        }
    }
    assert_eq!(world.command(&["template", "remove", "HQ"]).status.code(), Some(0));
}
