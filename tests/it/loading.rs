//! Rosters in parts: what keeps its place, what is refused once and completely.

use crate::support::{Answer, World};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

async fn load(world: &World, what: &str, sheet: &str) -> Answer {
    let admin = world.token("admin").await;
    world.send(Method::POST, &format!("/api/v1/roster/{what}"), Some(&admin), sheet.to_owned()).await
}

async fn order(world: &World, path: &str, field: &str) -> Vec<String> {
    let list = world.get(path, &world.token("admin").await).await.good();
    list.as_array().unwrap().iter().map(|one| one[field].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_part_of_the_roster_does_not_reorder_the_unit() {
    let world = World::new().await;
    let people = || async {
        let all = order(&world, "/api/v1/people", "login").await;
        all.into_iter().filter(|login| login.len() == 2).collect::<Vec<_>>()
    };
    load(&world, "members", "login,name,branch\nm4,王四,B1\n").await.good();
    assert_eq!(people().await, ["m1", "m2", "m3", "m4"]);
    load(&world, "members", "login,name,branch\nn1,新人,A1\n").await.good();
    assert_eq!(people().await, ["m1", "m2", "m3", "m4", "n1"], "who is new comes last");
    load(&world, "members", "login,name,branch\nm3,王三,A2\nm1,王一,A1\n").await.good();
    assert_eq!(people().await, ["m3", "m2", "m1", "m4", "n1"], "what a file names changes places among itself");
    load(&world, "branches", "code,name,parent,kind\nB,第二总支,HQ,总支\n").await.good();
    assert_eq!(order(&world, "/api/v1/branches", "code").await, ["HQ", "A", "A1", "A2", "B", "B1"]);
    load(&world, "branches", "code,name,parent,kind\nA0,零支部,A,支部\n").await.good();
    assert_eq!(order(&world, "/api/v1/branches", "code").await, ["HQ", "A", "A1", "A2", "A0", "B", "B1"]);
    let whole = "code,name,parent,kind\nHQ,机关党委,,党委\nB,第二总支,HQ,总支\nB1,三支部,B,支部\nA,第一总支,HQ,总支\nA0,零支部,A,支部\nA3,新支部,A,支部\nA1,一支部,A,支部\nA2,二支部,A,支部\n";
    load(&world, "branches", whole).await.good();
    assert_eq!(order(&world, "/api/v1/branches", "code").await, ["HQ", "B", "B1", "A", "A0", "A3", "A1", "A2"]);
}

#[tokio::test]
async fn every_error_of_a_sheet_of_branches_comes_at_once() {
    let world = World::new().await;
    let bad = "code,name,parent,kind\nX1,,HQ,支部\nX2,新支部,X1,支部\nX3,另支部,Z9,支部\nX3,又支部,HQ,支部\n";
    let answer = load(&world, "branches", bad).await;
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    let found: Vec<(u64, &str)> =
        errors.iter().map(|error| (error["row"].as_u64().unwrap(), error["code"].as_str().unwrap())).collect();
    assert_eq!(found, [(2, "empty"), (4, "unknown-branch"), (5, "repeated")], "{answer:?}");
    assert!(!errors[1]["remedy"].as_str().unwrap().contains("A1"), "nothing near: {}", errors[1]);
}

#[tokio::test]
async fn a_missing_branch_is_said_once_and_nobody_is_made_by_leaving() {
    let world = World::new().await;
    let missing = load(&world, "members", "login,name,branch\nn1,新人,\n").await.json();
    assert_eq!(missing["errors"].as_array().unwrap().len(), 1, "{missing}");
    let none = load(&world, "members", "login,name\nn1,新人\nn2,新人\n").await.json();
    assert_eq!(none["errors"].as_array().unwrap().len(), 1, "{none}");
    let leaving = load(&world, "members", "login,name,branch,active\nm1,王一,A1,no\nghost,无人,A1,no\n").await;
    let problem = leaving.json();
    assert_eq!(leaving.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!((&problem["errors"][0]["row"], &problem["errors"][0]["code"]), (&json!(3), &json!("unknown-login")));
    let admin = world.token("admin").await;
    assert_eq!(world.get("/api/v1/people/ghost", &admin).await.status, StatusCode::NOT_FOUND);
    let m1 = world.get("/api/v1/people/m1", &admin).await.good();
    assert_ne!(m1["roles"], Value::Array(Vec::new()), "all or nothing");
}

#[tokio::test]
async fn a_sheet_without_logins_makes_nobody_twice() {
    let world = World::new().await;
    // Two namesakes in one branch, one elsewhere, one who is there already, and two roles of one numbered person.
    let sheet =
        "姓名,所在支部,编号,角色\n李明,A1,,\n李明,A1,,\n李明,B1,,\n王一,A1,,\n赵六,A2,007,\n赵六,HQ,007,committee\n";
    let first = load(&world, "members", sheet).await.good();
    assert_eq!(first["new"].as_array().unwrap().len(), 4, "{first}");
    let all = order(&world, "/api/v1/people", "login").await.len();
    let again = load(&world, "members", sheet).await.good();
    assert_eq!(again["new"].as_array().unwrap().len(), 0, "{again}");
    assert_eq!(order(&world, "/api/v1/people", "login").await.len(), all);
}
