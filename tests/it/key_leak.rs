//! Nothing sent to a member before review opens holds a key, or anything it follows from.

use crate::support::{BANK, World, definition, questions, right};
use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};

fn secrets() -> Vec<String> {
    let bank: Value = serde_json::from_str(BANK).unwrap();
    let texts = bank["questions"].as_array().unwrap().iter().flat_map(|question| {
        ["id", "explanation", "cite", "topic"].map(|field| question[field].as_str().unwrap().to_owned())
    });
    texts
        .chain(
            ["\"answer\"", "\"explanation\"", "\"cite\"", "\"difficulty\"", "\"key\"", "\"accept\""]
                .map(ToOwned::to_owned),
        )
        .collect()
}

#[tokio::test]
async fn no_byte_before_review_tells_a_key() {
    let world = World::with_test().await;
    let m1 = world.token("m1").await;
    let paper = world.start(&m1).await;
    let attempt = paper["attempt"].as_str().unwrap();
    let api = [
        "/api/v1/tests".to_owned(),
        "/api/v1/tests/t".into(),
        "/api/v1/tests/t/draw".into(),
        format!("/api/v1/attempts/{attempt}"),
        "/api/v1/me".into(),
        "/api/v1/banks".into(),
        "/api/v1/banks/rules".into(),
        "/api/v1/banks/rules/export".into(),
        "/api/v1/questions".into(),
        "/api/v1/questions/duplicates".into(),
        "/api/v1/banks/rules/export?form=csv".into(),
        "/api/v1/banks/rules/export?form=gift&remarks=true".into(),
        "/api/v1/tests/t/report".into(),
        "/api/v1/tests/t/items".into(),
        "/api/v1/tests/t/items?mode=moodle".into(),
        "/api/v1/tests/t/responses.csv".into(),
        "/api/v1/tests/t/attempts.csv".into(),
        "/api/v1/tests/t/presence".into(),
        "/api/v1/overview/archive.zip?year=2026".into(),
        "/api/v1/branches/A1/template".into(),
    ];
    let pages = [
        "/".to_owned(),
        "/tests/t".into(),
        format!("/attempts/{attempt}"),
        format!("/attempts/{attempt}/check"),
        "/banks/rules".into(),
        "/questions".into(),
        "/questions/duplicates".into(),
        "/banks/rules/forms?form=csv".into(),
        "/banks/rules/export?form=csv".into(),
        "/tests/t/report".into(),
        "/tests/t/items".into(),
        "/overview/archive.zip?year=2026".into(),
        "/branches/A1/template".into(),
    ];
    let mut bodies = Vec::new();
    for round in 0..3 {
        if round == 1 {
            for question in questions(&paper) {
                let position = question["position"].as_i64().unwrap();
                bodies.push(world.save(&m1, attempt, position, 1, right(&question)).await.text);
                bodies.push(world.save(&m1, attempt, position, 1, json!("Q")).await.text);
            }
        }
        if round == 2 {
            bodies.push(world.submit(&m1, attempt).await.text);
        }
        bodies.push(world.post("/api/v1/tests/t/attempts", &m1, json!({})).await.text);
        for path in &api {
            bodies.push(world.get(path, &m1).await.text);
        }
        for path in &pages {
            let request = Request::get(path)
                .header(header::HOST, "danwei.example")
                .header(header::COOKIE, format!("kaohe_session={m1}"));
            bodies.push(world.request(request.body(Body::empty()).unwrap()).await.text);
        }
    }
    assert!(bodies.iter().any(|body| body.contains("Single")), "papers were among them");
    for secret in secrets() {
        for body in &bodies {
            assert!(!body.contains(&secret), "{secret} in {body}");
        }
    }
}

#[tokio::test]
async fn options_stand_in_a_fresh_order_on_every_paper() {
    let world = World::new().await;
    world.load_bank().await;
    world
        .make(&definition(
            "t",
            json!({ "attempts": 300, "sections": [
        { "title": "Single", "kind": "single", "points": 1, "draw": [{ "bank": "rules", "count": 4 }] } ] }),
        ))
        .await;
    let m1 = world.token("m1").await;
    let mut places = [0_u32; 4];
    for _ in 0..100 {
        let paper = world.start(&m1).await;
        for question in questions(&paper) {
            let label = right(&question);
            let place = ["A", "B", "C", "D"].iter().position(|known| label == *known).unwrap();
            places[place] += 1;
        }
        world.submit(&m1, paper["attempt"].as_str().unwrap()).await.good();
    }
    // In the bank every key is A; 400 shuffles put each place near 100 (standard deviation 8.7).
    assert!(places.iter().all(|&count| (60..140).contains(&count)), "{places:?}");
}

#[tokio::test]
async fn an_organizer_below_draws_from_a_shared_bank_without_reading_it() {
    let world = World::with_test().await;
    let org_a = world.token("org-a").await;
    let shown = world.send(Method::GET, "/api/v1/banks/rules", Some(&org_a), "").await.good();
    assert_eq!(shown["reads_keys"], json!(false));
    assert_eq!(world.get("/api/v1/banks/rules/export", &org_a).await.status.as_u16(), 403);
    let mine = definition("mine", json!({ "audience": { "branches": ["A"] } }));
    assert_eq!(world.post("/api/v1/tests", &org_a, mine).await.status.as_u16(), 201);
    let theirs = definition("theirs", json!({ "audience": { "branches": ["HQ"] } }));
    assert_eq!(world.post("/api/v1/tests", &org_a, theirs).await.status.as_u16(), 403);
}

#[tokio::test]
async fn no_route_at_all_tells_a_member_a_key() {
    let world = World::with_test().await;
    let m1 = world.token("m1").await;
    let attempt = world.start(&m1).await["attempt"].as_str().unwrap().to_owned();
    let parts = |part: &str| match part {
        "{test}" => "t".to_owned(),
        "{bank}" => "rules".into(),
        "{login}" => "m1".into(),
        "{code}" => "A1".into(),
        "{attempt}" => attempt.clone(),
        "{file}" | "{paper}" | "{pause}" | "{printout}" | "{sheet}" | "{format}" | "{form}" | "{schema}"
        | "{amendment}" | "{correction}" | "{adjustment}" | "{mark}" | "{list}" | "{amended}" | "{page}"
        | "{question}" => "none".into(),
        "{year}" => "2026".into(),
        "{position}" | "{number}" => "1".into(),
        "{token}" | "{name}" => "any".into(),
        other => {
            assert!(!other.starts_with('{'), "say here what stands for {other}");
            other.to_owned()
        }
    };
    let secrets = secrets();
    let mut all = kaohe::http::server::routes();
    all.sort_by_key(|route| (route.method != Method::GET, route.path.contains("submit")));
    for route in all {
        // The description of all calls names the fields in which others find keys.
        let is_description = route.path.ends_with("/openapi.json");
        if is_description
            || route.method == Method::DELETE
            || ["sign-out", "password"].iter().any(|part| route.path.contains(part))
        {
            continue;
        }
        let path = route.path.split('/').map(parts).collect::<Vec<_>>().join("/");
        for query in ["", "?branch=HQ", "?dry_run=true"] {
            let request = Request::builder()
                .method(route.method.clone())
                .uri(format!("{path}{query}"))
                .header(header::HOST, "danwei.example")
                .header(header::ORIGIN, "http://danwei.example")
                .header(header::COOKIE, format!("kaohe_session={m1}"));
            let answer = world.request(request.body(Body::from("{}")).unwrap()).await;
            for secret in &secrets {
                assert!(!answer.text.contains(secret), "{secret} in {} {path}{query}: {}", route.method, answer.text);
            }
        }
    }
}
