//! Everything that is kept about a member, for that member.

use crate::commands::Data;
use crate::support::{World, open, questions, right};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

#[tokio::test]
async fn a_member_has_everything_about_themselves_and_no_key() {
    let world = World::with_test().await;
    let (m1, org) = (world.token("m1").await, world.token("org").await);
    let window = json!({ "extra_minutes": 7, "reason": "ill" });
    world.put("/api/v1/tests/t/members/m1", &org, window).await.good();
    let paper = world.start(&m1).await;
    let attempt = paper["attempt"].as_str().unwrap();
    let first = questions(&paper)[0].clone();
    world.save(&m1, attempt, 1, 1, right(&first)).await;
    world.submit(&m1, attempt).await.good();
    let m2 = world.token("m2").await;
    let other = world.start(&m2).await["attempt"].as_str().unwrap().to_owned();
    world.save(&m2, &other, 1, 1, Value::Null).await;

    let data = world.get("/api/v1/me/data", &m1).await.good();
    assert_eq!((&data["login"], &data["roles"][0]["role"]), (&json!("m1"), &json!("member")));
    assert!(data["roles"][0]["from"].as_str().is_some_and(|at| at.contains('T')), "{data}");
    assert_eq!((&data["windows"][0]["extra_minutes"], &data["windows"][0]["reason"]), (&json!(7), &json!("ill")));
    let sat = &data["attempts"][0];
    assert_eq!((&sat["attempt"], &sat["test"]), (&json!(attempt), &json!("t")));
    assert_eq!(sat["responses"][0]["response"], right(&first));
    assert!(sat["receipt"].is_string() && sat["score"].is_number() && sat.get("marks").is_none(), "{sat}");
    for secret in [&*other, "qid-", "because-explained", "secret-topic", "argon2", "token_hash", "person_id"] {
        assert!(!data.to_string().contains(secret), "{secret} in {data}");
    }
    world.post("/api/v1/tests/t/close", &org, json!({})).await.good();
    assert!(world.get("/api/v1/me/data", &m1).await.good()["attempts"][0]["marks"].is_array(), "once it is settled");
    let page = open(&world, "/account", &m1).await.text;
    assert!(page.contains("href=\"/account/data\""), "{page}");
    let file = open(&world, "/account/data", &m1).await;
    assert!(file.headers["content-disposition"].to_str().unwrap().contains("m1.json"));
    assert_eq!(serde_json::from_str::<Value>(&file.text).unwrap()["login"], json!("m1"));
    let nobody = world.send(Method::GET, "/api/v1/me/data", None, "").await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_operator_answers_a_request() {
    let data = Data::new().await;
    data.good(&["user", "add", "wang", "--name", "Wang", "--role", "administrator"]);
    let told: Value = serde_json::from_str(&data.good(&["user", "data", "wang"])).unwrap();
    assert_eq!((&told["name"], &told["attempts"]), (&json!("Wang"), &json!([])));
    assert!(!data.run(&["user", "data", "nobody"]).status.success());
}
