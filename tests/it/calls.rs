//! The API at its edges: what is missing, unknown, unreadable or too large, and how that is said.

use crate::support::{Answer, BANK, MINUTE, NOON, World, definition, questions, time};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

async fn in_english(world: &World, method: Method, path: &str, token: &str, body: impl Into<Body>) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "danwei.example")
        .header(header::ACCEPT_LANGUAGE, "en")
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    world.request(request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn only_an_explicit_null_takes_a_response_back() {
    let world = World::with_test().await;
    let m1 = world.token("m1").await;
    let paper = world.start(&m1).await;
    let attempt = paper["attempt"].as_str().unwrap();
    assert_eq!(world.save(&m1, attempt, 1, 1, json!("A")).await.status, StatusCode::NO_CONTENT);
    let path = format!("/api/v1/attempts/{attempt}/responses/1");
    for body in [r#"{"save":11}"#, r#"["A",12]"#, r#"{"response":"B","save":"13"}"#, r#"{"response":"B","save":1.5}"#] {
        let answer = world.send(Method::PUT, &path, Some(&m1), body).await;
        assert_eq!((answer.status, answer.kind().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "unreadable"), "{body}");
        assert!(answer.headers.contains_key("kaohe-time") && answer.headers.contains_key("kaohe-deadline"), "{body}");
    }
    let stored = questions(&world.get(&format!("/api/v1/attempts/{attempt}"), &m1).await.good());
    assert_eq!((&stored[0]["response"], &stored[0]["save"]), (&json!("A"), &json!(1)));
    assert_eq!(world.save(&m1, attempt, 1, 14, Value::Null).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn small_bodies_are_refused_in_the_readers_language_with_the_nearest_name() {
    let world = World::with_test().await;
    let org = world.token("org").await;
    let body = r#"{"state":"excused","raeson":"leave"}"#;
    let path = "/api/v1/tests/t/presence/m1";
    let english = in_english(&world, Method::PUT, path, &org, body).await;
    assert_eq!((english.status, english.kind().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "unreadable"));
    assert!(
        english.text.contains("Did you mean “reason”?") && english.text.contains("There is no field"),
        "{english:?}"
    );
    let chinese = world.send(Method::PUT, path, Some(&org), body).await;
    assert!(chinese.text.contains("是不是想写“reason”？"), "{chinese:?}");
    let none = in_english(&world, Method::PUT, path, &org, "{").await;
    assert!(none.text.contains("This is not JSON"), "{none:?}");
}

#[tokio::test]
async fn unknown_parameters_are_refused_with_the_nearest_name() {
    let world = World::new().await;
    let admin = world.token("admin").await;
    let sheet = "login,name,branch\nnew,新人,A1\n";
    let path = "/api/v1/roster/members?dryrun=true";
    let answer = in_english(&world, Method::POST, path, &admin, sheet).await;
    assert_eq!((answer.status, answer.kind().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid-parameter"));
    assert!(answer.text.contains("dry_run"), "{answer:?}");
    assert_eq!(world.get("/api/v1/people/new", &admin).await.status, StatusCode::NOT_FOUND, "nothing was loaded");
    for path in [
        "/api/v1/roster/members?dry_run=maybe",
        "/api/v1/roster/members?dry_run=true&dry_run=false",
        "/api/v1/roster/members?dry_run",
    ] {
        let answer = world.send(Method::POST, path, Some(&admin), sheet).await;
        assert_eq!(answer.kind(), "invalid-parameter", "{path}");
    }
    assert_eq!(world.get("/api/v1/me?x=1", &admin).await.kind(), "invalid-parameter");
}

#[tokio::test]
async fn what_the_framework_refuses_is_said_in_our_words() {
    let world = World::with_test().await;
    let (m1, org) = (world.token("m1").await, world.token("org").await);
    let address = in_english(&world, Method::GET, "/api/v1/tests/%ff", &org, "").await;
    assert_eq!((address.status, address.kind().as_str()), (StatusCode::NOT_FOUND, "not-found"));
    let large = in_english(&world, Method::POST, "/api/v1/tests/t/attempts", &m1, vec![b' '; 2 << 20]).await;
    assert_eq!((large.status, large.kind().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "too-large"));
    assert_eq!(large.headers[header::CONTENT_TYPE], "application/problem+json");
    assert!(large.headers.contains_key("kaohe-time") && large.text.contains("too large"), "{large:?}");
    for path in ["/tests/%ff", "/tests/t/report?branch=%ff"] {
        let page = in_english(&world, Method::GET, path, &org, "").await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"), "{path}: {page:?}");
    }
    let number = in_english(&world, Method::GET, "/tests/t/presence?from=x", &org, "").await;
    assert!(number.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"), "{number:?}");
}

#[tokio::test]
async fn the_character_that_no_text_can_hold_is_refused_everywhere() {
    let world = World::with_test().await;
    let (admin, org, m1) = (world.token("admin").await, world.token("org").await, world.token("m1").await);
    for (path, token) in [
        ("/api/v1/tests/a%00b", &org),
        ("/api/v1/banks/a%00b", &org),
        ("/api/v1/people/a%00b", &admin),
        ("/api/v1/people?search=%00", &admin),
        ("/api/v1/attempts/a%00b", &m1),
        ("/api/v1/tests/t/report?branch=a%00b", &org),
        ("/tests/a%00b", &org),
    ] {
        assert_eq!(world.get(path, token).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let signed = world
        .send(Method::POST, "/api/v1/session", Some(""), json!({ "login": "a\u{0}b", "password": "x" }).to_string())
        .await;
    assert_eq!(signed.status, StatusCode::UNPROCESSABLE_ENTITY, "{signed:?}");
    for change in [json!({ "opens": "a\u{0}b", "reason": "x" }), json!({ "extra_minutes": 1, "reason": "a\u{0}b" })] {
        let answer = world.put("/api/v1/tests/t/members/m1", &org, change).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{answer:?}");
    }
    let form = Request::builder()
        .method(Method::POST)
        .uri("/sign-in")
        .header(header::HOST, "danwei.example")
        .header(header::ORIGIN, "http://danwei.example")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("login=a%00b&password=x"))
        .unwrap();
    let page = world.request(form).await;
    assert!(page.status.is_client_error(), "{page:?}");
}

#[tokio::test]
async fn every_answer_about_an_attempt_tells_the_time() {
    let world = World::with_test().await;
    world.make(&definition("later", json!({ "opens": time(NOON + 30 * MINUTE) }))).await;
    let m1 = world.token("m1").await;
    let early = world.post("/api/v1/tests/later/attempts", &m1, json!({})).await;
    assert_eq!(early.kind(), "not-open");
    assert!(early.headers.contains_key("kaohe-time") && !early.headers.contains_key("kaohe-deadline"));
    let attempt = world.start(&m1).await["attempt"].as_str().unwrap().to_owned();
    world.submit(&m1, &attempt).await.good();
    let none_left = world.post("/api/v1/tests/t/attempts", &m1, json!({})).await;
    assert_eq!(none_left.kind(), "no-attempt-left");
    let of_other = world.get(&format!("/api/v1/attempts/{attempt}"), &world.token("m2").await).await;
    assert!(of_other.headers.contains_key("kaohe-time") && !of_other.headers.contains_key("kaohe-deadline"));
    let finished = world.save(&m1, &attempt, 1, 1, json!("A")).await;
    let unsigned = world.send(Method::GET, &format!("/api/v1/attempts/{attempt}"), None, "").await;
    assert!(unsigned.headers.contains_key("kaohe-time"), "{unsigned:?}");
    for answer in [none_left, finished] {
        assert_eq!(answer.headers["kaohe-deadline"], (NOON + 20 * MINUTE).to_string());
        assert_eq!(answer.headers["kaohe-time"], NOON.to_string());
    }
}

#[tokio::test]
async fn a_take_over_also_works_where_numbers_are_used_up() {
    let world = World::with_test().await;
    let (old, new) = (world.token("m1").await, world.token("m1").await);
    let attempt = world.start(&old).await["attempt"].as_str().unwrap().to_owned();
    let most = (1_i64 << 53) - 1;
    assert_eq!(world.save(&old, &attempt, 1, most, json!("A")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.save(&old, &attempt, 2, 5, json!("B")).await.status, StatusCode::NO_CONTENT);
    let taken = world.post("/api/v1/tests/t/attempts", &new, json!({ "take_over": true })).await.good();
    let base = taken["save_base"].as_i64().unwrap();
    assert!(base < most, "{base}");
    assert_eq!(questions(&taken)[0]["response"], json!("A"), "what was saved is kept");
    for position in [1, 2, 3] {
        let saved = world.save(&new, &attempt, position, base + position, json!("C")).await;
        assert_eq!(saved.status, StatusCode::NO_CONTENT, "{saved:?}");
    }
    assert_eq!(world.save(&old, &attempt, 1, most, json!("B")).await.kind(), "taken-over");
}

#[tokio::test]
async fn personal_times_are_written_as_in_test_files() {
    let world = World::with_test().await;
    let org = world.token("org").await;
    for wrong in ["2026-11-20 09:00:00+08", "2026-11-20T09:00:00", "2026-11-20T09:00:00+08:00[Asia/Shanghai]", "soon"] {
        let body = json!({ "closes": wrong, "reason": "ill" });
        let answer = world.put("/api/v1/tests/t/members/m1", &org, body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}: {answer:?}");
        assert_eq!(answer.json()["errors"][0]["code"], json!("bad-time"), "{wrong}");
    }
    let good = json!({ "closes": time(NOON + 90 * MINUTE), "opens": null, "extra_minutes": 5, "reason": "ill" });
    assert_eq!(world.put("/api/v1/tests/t/members/m1", &org, good).await.good()["extra_minutes"], json!(5));
}

#[tokio::test]
async fn a_test_goes_back_as_it_came() {
    let world = World::new().await;
    world.load_bank().await;
    let made = world.make(&definition("t", json!({}))).await;
    let org = world.token("org").await;
    let shown = world.get("/api/v1/tests/t", &org).await.good();
    let again = world.put("/api/v1/tests/t", &org, shown.clone()).await.good();
    assert_eq!((&again["sections"], &again["title"]), (&made["sections"], &made["title"]));
    let mut wrong = shown;
    wrong["finals"] = json!(true);
    assert_eq!(world.put("/api/v1/tests/t", &org, wrong).await.json()["errors"][0]["code"], json!("unknown-field"));
}

#[tokio::test]
async fn a_reviewed_blank_shows_its_answer_as_the_bank_has_it() {
    let world = World::new().await;
    let changed = BANK.replacen("\"kind\": \"blank\"", "\"any_order\": true, \"kind\": \"blank\"", 1);
    let org = world.token("org").await;
    let loaded = world.send(Method::POST, "/api/v1/banks", Some(&org), changed).await;
    loaded.good();
    world.make(&definition("t", json!({ "occasion": "practice", "review": "after_submit" }))).await;
    let m1 = world.token("m1").await;
    let attempt = world.start(&m1).await["attempt"].as_str().unwrap().to_owned();
    world.submit(&m1, &attempt).await.good();
    let shown = questions(&world.get(&format!("/api/v1/attempts/{attempt}"), &m1).await.good());
    let blank = shown.iter().find(|question| question["kind"] == "blank").unwrap();
    let file: Value = serde_json::from_str(BANK).unwrap();
    let written = file["questions"].as_array().unwrap().iter().find(|question| question["id"] == blank["id"]).unwrap();
    assert_eq!((&blank["answer"], &blank["any_order"]), (&written["answer"], &json!(true)));
}

#[tokio::test]
async fn what_a_test_file_names_wrongly_has_a_place() {
    let world = World::new().await;
    world.load_bank().await;
    let org = world.token("org").await;
    let mut wrong = definition("t", json!({ "audience": { "branches": ["HQ", "A9"] } }));
    wrong["sections"][1]["draw"][0]["topics"] = json!(["secret-topic-a", "secret-topic-x"]);
    wrong["sections"][2]["draw"][0]["bank"] = json!("ruls");
    let text = serde_json::to_string_pretty(&wrong).unwrap();
    let answer = world.send(Method::POST, "/api/v1/tests", Some(&org), text.clone()).await.json();
    let line_of = |word: &str| text.lines().position(|line| line.contains(word)).unwrap() + 1;
    let found: Vec<(String, usize)> = answer["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| {
            let line = usize::try_from(error["line"].as_u64().unwrap()).unwrap();
            assert!(error["column"].as_u64().unwrap() > 1, "{error}");
            (error["code"].as_str().unwrap().to_owned(), line)
        })
        .collect();
    for (code, word) in
        [("unknown-branch", "\"A9\""), ("unknown-topic", "secret-topic-x"), ("unknown-bank", "\"ruls\"")]
    {
        assert!(found.contains(&(code.to_owned(), line_of(word))), "{code}: {found:?}");
    }
}

#[tokio::test]
async fn a_test_that_is_over_already_is_refused() {
    let world = World::new().await;
    world.load_bank().await;
    let org = world.token("org").await;
    let past = definition("t", json!({ "opens": time(NOON - 9 * MINUTE), "closes": time(NOON - MINUTE) }));
    let answer = world.post("/api/v1/tests", &org, past).await;
    assert_eq!(
        (answer.status, &answer.json()["errors"][0]["pointer"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("/closes"))
    );
    world.make(&definition("t", json!({}))).await;
    let past = definition("t", json!({ "opens": time(NOON - 9 * MINUTE), "closes": time(NOON - MINUTE) }));
    assert_eq!(world.put("/api/v1/tests/t", &org, past).await.json()["errors"][0]["code"], json!("closes-past"));
}
