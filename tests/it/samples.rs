//! Inspections: members are drawn, fixed, listed, checked in another program, and speak for everybody.

use crate::documents::{file_of, part};
use crate::draw::redraw;
use crate::support::{MINUTE, World, definition, open};
use axum::http::StatusCode;
use kaohe::rules::rights::Caller;
use kaohe::service::{proofs, roster};
use serde_json::{Value, json};
use std::fmt::Write;

/// Twelve more members in A1 of two categories, eight in B1.
pub(crate) async fn many() -> World {
    let world = World::new().await;
    world.load_bank().await;
    let mut sheet = "login,name,branch,role,category\n".to_owned();
    for number in 0..20 {
        let (branch, category) =
            if number < 12 { ("A1", ["正式党员", "预备党员"][number % 2]) } else { ("B1", "正式党员") };
        writeln!(sheet, "p{number:02},人{number:02},{branch},member,{category}").unwrap();
    }
    let options = roster::Options::usual(false);
    roster::load_members(&world.app, &Caller::operator(), world.now(), sheet.clone().into(), options).await.unwrap();
    world.give_passwords(sheet.lines().skip(1).filter_map(|line| line.split(',').next())).await;
    world
}

fn inspection(sample: &Value) -> Value {
    definition("look", json!({ "occasion": "inspection", "sample": sample }))
}

fn drawn(sampled: &Value) -> Vec<String> {
    let people = sampled["people"].as_array().unwrap();
    people.iter().map(|person| person["login"].as_str().unwrap().to_owned()).collect()
}

async fn sample(world: &World, login: &str) -> Value {
    let token = world.token(login).await;
    world.get("/api/v1/tests/look/sample", &token).await.good()
}

#[tokio::test]
async fn members_are_drawn_by_branch_and_category_and_anyone_can_check_it() {
    let world = many().await;
    let made = world.make(&inspection(&json!({ "share": 50 }))).await;
    assert_eq!(made["sample"], json!({ "share": 50, "by": ["branch", "category"] }));
    let org = world.token("org").await;
    let sampled = sample(&world, "org").await;
    let groups: Vec<(&Value, &Value, &Value)> = sampled["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| (&group["branch"], &group["members"], &group["drawn"]))
        .collect();
    let number = |branch: &str, members: u32, drawn: u32| (json!(branch), json!(members), json!(drawn));
    let expected = [
        number("A1", 2, 1),
        number("A1", 6, 3),
        number("A1", 6, 3),
        number("A2", 1, 1),
        number("B1", 1, 1),
        number("B1", 8, 4),
    ];
    let expected: Vec<_> = expected.iter().map(|(branch, members, drawn)| (branch, members, drawn)).collect();
    assert_eq!(groups, expected);
    let people = drawn(&sampled);
    assert_eq!(people.len(), 13);
    let below = sample(&world, "com-b").await;
    assert_eq!((drawn(&below).len(), below["groups"].as_array().unwrap().len()), (5, 2), "within one's rights");
    let page = open(&world, "/tests/look/sample", &org).await;
    assert!(page.text.contains("13 members were drawn"), "{}", page.text);

    let mut longer = inspection(&json!({ "share": 50 }));
    longer["minutes"] = json!(40);
    world.put("/api/v1/tests/look", &org, longer.clone()).await.good();
    assert_eq!(drawn(&sample(&world, "org").await), people, "changing times draws nobody else");
    let all: Vec<String> = (0..20).map(|number| format!("p{number:02}")).collect();
    let out = all.iter().find(|login| !people.contains(login)).unwrap();
    let token = world.token(out).await;
    assert_eq!(world.get("/api/v1/tests/look", &token).await.status, StatusCode::NOT_FOUND);
    for (index, login) in people.iter().enumerate() {
        world.sits(login, "look", if index % 3 == 0 { 7 } else { 3 }).await;
    }
    world.pass(61 * MINUTE).await;
    let report = world.get("/api/v1/tests/look/report", &org).await.good();
    assert_eq!((&report["branch"]["due"], &report["branch"]["sat"]), (&json!(13), &json!(13)));
    let found = &report["estimate"];
    assert_eq!(
        (&found["members"], &found["drawn"], &found["sat"], &found["unknown"]),
        (&json!(24), &json!(13), &json!(13), &json!(0))
    );
    for figure in ["mean", "pass_rate"] {
        let value = |name: &str| found[figure]["range"][name].as_f64().unwrap();
        let estimate = found[figure]["value"].as_f64().unwrap();
        assert!(0.0 <= value("low") && value("low") < estimate && estimate < value("high") && value("high") <= 100.0);
    }
    let csv = world.get("/api/v1/tests/look/report.csv", &org).await.text;
    assert!(csv.lines().next().unwrap().contains("全体平均分（估计）"), "{csv}");
    let bytes = file_of(&world, "org", "/api/v1/tests/look/report.xlsx").await;
    assert!(part(&bytes, "xl/sharedStrings.xml").contains("全体合格率（估计）"));
    let circular = file_of(&world, "org", "/api/v1/tests/look/circular.docx").await;
    assert!(part(&circular, "word/document.xml").contains("本次为抽查，随机抽取13人"));
    let page = open(&world, "/tests/look/report", &org).await;
    assert!(page.text.contains("Of 24 members 13 were drawn, and 13 of these sat."), "{}", page.text);

    assert!(proofs::verify_draw(&world.app, &Caller::operator(), "look").await.unwrap().holds());
    let mut proof = world.get("/api/v1/tests/look/draw", &org).await.good();
    assert_eq!(redraw(&proof), (true, "13 papers agree\n".to_owned()));
    let own = world.get("/api/v1/tests/look/draw", &world.token(&people[0]).await).await.good();
    assert_eq!((&own["frame"], &own["members"], redraw(&own).0), (&Value::Null, &Value::Null, true));
    let other = proof["frame"].as_array().unwrap().iter().map(|one| one["person_id"].clone());
    let other = other.into_iter().find(|id| !proof["members"].as_array().unwrap().contains(id)).unwrap();
    proof["members"][0] = other;
    assert!(!redraw(&proof).0, "another member shows");
}

#[tokio::test]
async fn a_number_of_each_branch_and_what_does_not_fit() {
    let world = many().await;
    world.make(&inspection(&json!({ "per_branch": 4, "by": ["branch"] }))).await;
    let people = drawn(&sample(&world, "org").await);
    assert_eq!(people.len(), 4 + 1 + 4);
    let org = world.token("org").await;
    for (changes, code) in [
        (json!({ "sample": { "share": 20 } }), "not-for-occasion"),
        (json!({ "occasion": "inspection", "sample": {} }), "one-of-fields"),
        (
            json!({ "occasion": "inspection", "sample": { "share": 20 }, "audience": { "branches": ["A"], "except": ["A1", "A2"] } }),
            "nobody-takes-it",
        ),
    ] {
        let refused = world.post("/api/v1/tests", &org, definition("x", changes)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains(code), "{refused:?}");
    }
    world.make(&definition("plain", json!({}))).await;
    assert_eq!(world.get("/api/v1/tests/plain/sample", &org).await.kind(), "invalid-field");
    let m1 = world.token("m1").await;
    assert_eq!(world.get("/api/v1/tests/look/sample", &m1).await.status, StatusCode::FORBIDDEN);
    assert!(redraw_agrees(&world).await);
}

/// After the end; nobody came.
async fn redraw_agrees(world: &World) -> bool {
    world.pass(61 * MINUTE).await;
    let org = world.token("org").await;
    let report = world.get("/api/v1/tests/look/report", &org).await.good();
    assert_eq!((&report["estimate"]["sat"], &report["estimate"]["mean"]), (&json!(0), &Value::Null));
    redraw(&world.get("/api/v1/tests/look/draw", &org).await.good()).0
}
