//! What reports say, word for word, in both languages: pages reduced to their text, over data that is always the same.

use crate::assessments::{a_year, rules, set, year};
use crate::support::{BANK, World};
use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};
use std::fmt::Write;

/// A page's text, a line for each block; what is not to be read is left out.
fn reduced(page: &str) -> String {
    let main = page.split_once("<main").map_or(page, |(_, rest)| rest);
    let main = main.split_once("</main>").map_or(main, |(main, _)| main);
    let mut text = String::new();
    let mut rest = main.split_once('>').map_or("", |(_, rest)| rest);
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, next) = after.split_once('>').unwrap_or((after, ""));
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        match name.as_str() {
            "svg" | "style" | "select" if !tag.starts_with('/') => {
                rest = next.split_once(&format!("</{name}>")).map_or("", |(_, rest)| rest);
                continue;
            }
            "td" | "th" if tag.starts_with('/') => {}
            "td" | "th" => text.push_str(" | "),
            "b" | "strong" | "span" | "a" | "em" | "code" => {}
            _ => text.push('\n'),
        }
        rest = next;
    }
    text.push_str(rest);
    let mut lines = String::new();
    for line in text.lines() {
        let line = line.split_whitespace().map(masked).collect::<Vec<_>>().join(" ");
        let line = line.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
        if !line.is_empty() {
            let _ = writeln!(lines, "{line}");
        }
    }
    lines
}

/// Digests depend on what else is in the record, times of day on where the machine stands.
fn masked(word: &str) -> String {
    let is_hex = |part: &str| part.len() >= 12 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_time = |part: &str| {
        part.split_once(':').is_some_and(|(hour, minute)| {
            let is_two = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            is_two(hour) && is_two(minute)
        })
    };
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    if is_hex(bare) {
        return word.replace(bare, "‹digest›");
    }
    let parts: Vec<&str> = word.split(['–', ' ']).collect();
    if parts.iter().any(|part| is_time(part.trim_matches(|c: char| !c.is_alphanumeric()))) {
        "‹time›".to_owned()
    } else {
        word.to_owned()
    }
}

async fn read(world: &World, login: &str, language: &str, (path, form): (&str, Option<&str>)) -> String {
    let token = world.token(login).await;
    let method = if form.is_some() { Method::POST } else { Method::GET };
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "danwei.example")
        .header(header::ORIGIN, "http://danwei.example")
        .header(header::ACCEPT_LANGUAGE, language)
        .header(header::COOKIE, format!("kaohe_session={token}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = world.request(request.body(Body::from(form.unwrap_or_default().to_owned())).unwrap()).await;
    assert!(answer.status.is_success(), "{path}: {answer:?}");
    reduced(&answer.text)
}

/// A year with an assessment that has a list of marks and criteria.
async fn world() -> World {
    let world = a_year().await;
    let rules = rules(json!({
        "components": [
            { "title": "月度", "weight": 40, "tests": { "occasion": "monthly" } },
            { "title": "年度", "weight": 50, "tests": { "occasion": "annual" } },
            { "title": "学习笔记", "weight": 10, "marks": { "name": "notes", "full": 20 } }
        ],
        "commend": { "members": { "total": 60, "most": 1 }, "branches": { "participation": 50 } },
        "help": { "below": 70, "absences": 2 }
    }));
    set(&world, "com", &rules).await.good();
    let com = world.token("com").await;
    let path = format!("/api/v1/assessments/{}/marks/notes", year());
    world.send(Method::PUT, &format!("{path}?source=list"), Some(&com), "login,score\nm1,18\nm3,10\n").await.good();
    world
}

/// The identifier of a question of the bank.
fn single() -> String {
    let bank: Value = serde_json::from_str(BANK).unwrap();
    let questions = bank["questions"].as_array().unwrap();
    let single = questions.iter().find(|question| question["kind"] == "single").unwrap();
    single["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn reports_say_what_they_said_before() {
    let world = world().await;
    let at = format!("/assessments/{}", year());
    let correction = format!("bank=rules&question={}&change=void", single());
    let pages = [
        ("report", "com", "/tests/annual/report?branch=HQ".to_owned(), None),
        ("overview", "com", "/overview?branch=HQ".to_owned(), None),
        ("assessment", "com", at.clone(), None),
        ("assessment-member", "com", format!("{at}/members/m1"), None),
        ("assessment-commended", "com", format!("{at}/commended"), None),
        ("assessment-to-help", "com", format!("{at}/to-help"), None),
        ("correction-preview", "org", "/tests/annual/corrections".to_owned(), Some(correction.as_str())),
    ];
    for language in ["zh", "en"] {
        for (name, login, path, form) in &pages {
            let text = read(&world, login, language, (path, *form)).await;
            insta::assert_snapshot!(format!("{name}-{language}"), text);
        }
    }
}

#[test]
fn a_page_is_reduced_to_what_is_read() {
    let page = "<body><main id=\"main\"><h1>A &amp; B</h1><p>x <b>2</b></p><svg><title>t</title></svg>\
        <table><tr><td>1</td><td>0123456789abcdef</td></tr></table><select><option>o</option></select></main>foot";
    assert_eq!(reduced(page), "A & B\nx 2\n| 1 | ‹digest›\n");
}
