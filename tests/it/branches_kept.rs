//! Branches kept one by one: added, renamed, moved, put in order, deleted.

use crate::support::{MINUTE, World, open, posted};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

async fn codes(world: &World, token: &str) -> Vec<String> {
    let branches = world.get("/api/v1/branches", token).await.good();
    branches.as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
}

async fn parent(world: &World, token: &str, code: &str) -> Value {
    let branches = world.get("/api/v1/branches", token).await.good();
    branches.as_array().unwrap().iter().find(|one| one["code"] == code).unwrap()["parent"].clone()
}

#[tokio::test]
async fn a_branch_is_added_once_at_its_place() {
    let world = World::new().await;
    let admin = world.token("admin").await;
    let body = json!({ "code": "A3", "name": "四 支部", "kind": "支部", "parent": "A" });
    for _ in 0..2 {
        let added = world.post("/api/v1/branches", &admin, body.clone()).await;
        assert_eq!(added.status, StatusCode::CREATED, "{added:?}");
        assert_eq!(added.json(), json!({ "code": "A3", "name": "四支部", "kind": "支部", "parent": "A" }));
    }
    assert_eq!(codes(&world, &admin).await, ["HQ", "A", "A1", "A2", "A3", "B", "B1"]);
    let other = json!({ "code": "a3", "name": "五支部", "parent": "B" });
    assert_eq!(world.post("/api/v1/branches", &admin, other).await.kind(), "name-taken");
    let empty = world.post("/api/v1/branches", &admin, json!({ "code": "", "name": "" })).await;
    assert_eq!(empty.json()["errors"].as_array().unwrap().len(), 2, "{empty:?}");
    let form = [("code", "A3"), ("name", "六支部"), ("kind", ""), ("parent", "A")];
    let page = posted(&world, "/branches", &admin, &form).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text.contains("value=\"六支部\"") && page.text.contains("f-new-code-error"), "{}", page.text);
    let form = [("code", "A4"), ("name", "六支部"), ("kind", ""), ("parent", "A")];
    let made = posted(&world, "/branches", &admin, &form).await;
    assert_eq!(made.headers["location"], "/branches/A4?done=added");
}

#[tokio::test]
async fn a_move_makes_no_circle_and_changes_no_settled_report() {
    let world = World::with_test().await;
    let (admin, com, m1) = (world.token("admin").await, world.token("com").await, world.token("m1").await);
    let attempt = world.start(&m1).await["attempt"].as_str().unwrap().to_owned();
    world.submit(&m1, &attempt).await.good();
    world.pass(2 * 60 * MINUTE).await;
    let of_a = |report: Value| report["branch"]["due"].clone();
    assert_eq!(of_a(world.get("/api/v1/tests/t/report?branch=A", &com).await.good()), json!(3));
    for below in ["A", "A1"] {
        let circle = world.post("/api/v1/branches/A/move", &admin, json!({ "parent": below })).await;
        assert_eq!(circle.json()["errors"][0]["code"], json!("no-circle"), "{circle:?}");
    }
    for _ in 0..2 {
        world.post("/api/v1/branches/A1/move", &admin, json!({ "parent": "B" })).await.good();
    }
    assert_eq!(codes(&world, &admin).await, ["HQ", "A", "A2", "B", "B1", "A1"], "last among its new siblings");
    assert_eq!(of_a(world.get("/api/v1/tests/t/report?branch=A", &com).await.good()), json!(3), "as it stood then");
    let top = world.post("/api/v1/branches/A1/move", &admin, json!({ "parent": null })).await.good();
    assert_eq!(top["parent"], Value::Null);
    let (org_a, org_b) = (world.token("org-a").await, world.token("org-b").await);
    for token in [org_a, org_b] {
        assert_eq!(world.get("/branches/A1", &token).await.status, StatusCode::NOT_FOUND, "rights follow today's tree");
    }
}

#[tokio::test]
async fn rights_are_checked_at_both_ends() {
    let world = World::new().await;
    let adm_a = world.token("adm-a").await;
    let calls = [
        (Method::POST, "/api/v1/branches", json!({ "code": "B2", "name": "新", "parent": "B" }), StatusCode::FORBIDDEN),
        (Method::POST, "/api/v1/branches", json!({ "code": "X", "name": "新" }), StatusCode::FORBIDDEN),
        (Method::PATCH, "/api/v1/branches/B1", json!({ "name": "新" }), StatusCode::NOT_FOUND),
        (Method::POST, "/api/v1/branches/A1/move", json!({ "parent": "B" }), StatusCode::FORBIDDEN),
        (Method::POST, "/api/v1/branches/A1/move", json!({ "parent": null }), StatusCode::FORBIDDEN),
        (Method::POST, "/api/v1/branches/A/move", json!({ "parent": "A1" }), StatusCode::FORBIDDEN),
        (Method::POST, "/api/v1/branches/A/order", json!({ "to": "down" }), StatusCode::FORBIDDEN),
        (Method::DELETE, "/api/v1/branches/A", json!({}), StatusCode::FORBIDDEN),
        (Method::DELETE, "/api/v1/branches/B1", json!({}), StatusCode::NOT_FOUND),
    ];
    for (method, path, body, status) in calls {
        let answer = world.send(method, path, Some(&adm_a), body.to_string()).await;
        assert_eq!(answer.status, status, "{path} {body}: {answer:?}");
    }
    world.post("/api/v1/branches", &adm_a, json!({ "code": "A3", "name": "新支部", "parent": "A" })).await.good();
    world.post("/api/v1/branches/A3/move", &adm_a, json!({ "parent": "A1" })).await.good();
    assert_eq!(parent(&world, &adm_a, "A3").await, json!("A1"));
    let page = open(&world, "/branches/A", &adm_a).await.text;
    assert!(!page.contains("/branches/A/move") && page.contains("/branches/A1/order"), "{page}");
}

#[tokio::test]
async fn siblings_change_places_and_no_others() {
    let world = World::new().await;
    let admin = world.token("admin").await;
    let order = |code: &'static str, to: &'static str| {
        let path = format!("/api/v1/branches/{code}/order");
        let (world, admin) = (&world, &admin);
        async move { world.post(&path, admin, json!({ "to": to })).await.good() }
    };
    order("B", "up").await;
    assert_eq!(codes(&world, &admin).await, ["HQ", "B", "B1", "A", "A1", "A2"]);
    order("B", "up").await;
    order("A1", "down").await;
    assert_eq!(codes(&world, &admin).await, ["HQ", "B", "B1", "A", "A2", "A1"], "the first stays the first");
    let mut tx = world.app.db.write().await.unwrap();
    tx.query("UPDATE branch SET position = 0").execute().await.unwrap();
    tx.commit().await.unwrap();
    order("A1", "down").await;
    assert_eq!(codes(&world, &admin).await, ["HQ", "A", "A2", "A1", "B", "B1"], "where all shared one place");
    let form = [("to", "up"), ("back", "A")];
    let answer = posted(&world, "/branches/A1/order", &admin, &form).await;
    assert_eq!(answer.headers["location"], "/branches/A");
    assert_eq!(codes(&world, &admin).await, ["HQ", "A", "A1", "A2", "B", "B1"]);
}

#[tokio::test]
async fn only_what_was_never_used_is_deleted() {
    let world = World::with_test().await;
    let admin = world.token("admin").await;
    for (code, said) in [("A1", "somebody belongs"), ("HQ", "stand below it"), ("HQ", "tests are set for it")] {
        let page = posted(&world, &format!("/branches/{code}/delete"), &admin, &[]).await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        assert!(page.text.contains(said), "{}", page.text);
        let refused = world.send(Method::DELETE, &format!("/api/v1/branches/{code}"), Some(&admin), "").await;
        assert_eq!(refused.kind(), "branch-in-use");
    }
    world.post("/api/v1/branches", &admin, json!({ "code": "A3", "name": "误设", "parent": "A" })).await.good();
    let gone = world.send(Method::DELETE, "/api/v1/branches/A3", Some(&admin), "").await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert!(!codes(&world, &admin).await.contains(&"A3".to_owned()));
    world.post("/api/v1/branches", &admin, json!({ "code": "A4", "name": "四支部", "parent": "A" })).await.good();
    world.pass(2 * 60 * MINUTE).await;
    let refused = world.send(Method::DELETE, "/api/v1/branches/A4", Some(&admin), "").await;
    assert_eq!(refused.kind(), "branch-in-use", "it stands in the tree of a settled test");
}

#[tokio::test]
async fn a_code_stays_while_a_test_names_it() {
    let world = World::with_test().await;
    let admin = world.token("admin").await;
    let patch = |code: &'static str, body: Value| {
        let path = format!("/api/v1/branches/{code}");
        let (world, admin) = (&world, &admin);
        async move { world.send(Method::PATCH, &path, Some(admin), body.to_string()).await }
    };
    let refused = patch("HQ", json!({ "code": "TOP" })).await;
    assert_eq!(refused.json()["errors"][0]["code"], json!("code-in-test"), "{refused:?}");
    assert_eq!(patch("HQ", json!({ "name": "机关党委（新）" })).await.good()["name"], json!("机关党委（新）"));
    assert_eq!(patch("A1", json!({ "code": "A9", "kind": "党支部" })).await.good()["code"], json!("A9"));
    assert_eq!(patch("A9", json!({ "code": "B1" })).await.kind(), "name-taken");
}

#[tokio::test]
async fn the_tree_shows_members_and_is_searched_with_its_paths() {
    let world = World::new().await;
    let com = world.token("com").await;
    let page = open(&world, "/branches", &com).await.text;
    assert!(page.contains("4 members with all below") && page.contains("2 members"), "{page}");
    let found = open(&world, "/branches?search=b1", &com).await.text;
    for (code, shown) in [("HQ", true), ("B", true), ("B1", true), ("A", false), ("A1", false)] {
        assert_eq!(found.contains(&format!("\"/branches/{code}\"")), shown, "{code}: {found}");
    }
    assert!(found.contains("<mark>三支部</mark>") && !found.contains("<mark>机关党委</mark>"));
    let com_b = world.token("com-b").await;
    assert!(!open(&world, "/branches", &com_b).await.text.contains("/branches/A"));
    assert_eq!(open(&world, "/branches/A1", &com_b).await.status, StatusCode::NOT_FOUND);
    let one = open(&world, "/branches/B1", &com_b).await;
    assert!(one.status == StatusCode::OK && !one.text.contains("/branches/B1/move"), "only administrators keep it");
}
