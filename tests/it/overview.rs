//! The overview of branches over tests: the figures of each report, within the reader's rights.

use crate::support::{MINUTE, World, definition, open, time};
use axum::http::StatusCode;
use serde_json::{Value, json};

/// Three tests of a month each; m1 sits all of them better and better, m3 only the second.
async fn three_tests() -> World {
    let world = World::new().await;
    world.load_bank().await;
    for (number, rights) in [(1, 2), (2, 4), (3, 7)] {
        let name = format!("t{number}");
        let times = json!({ "opens": time(world.now() - MINUTE), "closes": time(world.now() + 60 * MINUTE) });
        world.make(&definition(&name, times)).await;
        for login in if number == 2 { vec!["m1", "m3"] } else { vec!["m1"] } {
            world.sits(login, &name, rights).await;
        }
        world.pass(61 * MINUTE).await;
    }
    world.make(&definition("practice", json!({ "occasion": "practice", "opens": time(world.now() - MINUTE), "closes": time(world.now() + 60 * MINUTE) }))).await;
    world
}

#[tokio::test]
async fn every_figure_is_that_of_the_report_of_its_test() {
    let world = three_tests().await;
    let com = world.token("com").await;
    let overview = world.get("/api/v1/overview", &com).await.good();
    let tests: Vec<&str> =
        overview["tests"].as_array().unwrap().iter().map(|test| test["test"].as_str().unwrap()).collect();
    assert_eq!(tests, ["t1", "t2", "t3"], "practice is left out, the earliest stands first");
    for (index, test) in tests.iter().enumerate() {
        let report = world.get(&format!("/api/v1/tests/{test}/report"), &com).await.good();
        let lines = report["children"].as_array().unwrap().iter().chain([&report["branch"]]);
        let rows = overview["branches"].as_array().unwrap().iter().chain([&overview["total"]]);
        let mut compared = 0;
        for (line, row) in lines.zip(rows) {
            assert_eq!(line["code"], row["code"]);
            for figure in ["due", "sat", "mean", "participation_rate", "pass_rate", "excellence_rate", "median"] {
                assert_eq!(line[figure], row["tests"][index][figure], "{test} {figure} {row}");
                compared += 1;
            }
        }
        assert_eq!(compared, 21, "A, B and the whole");
    }
    let won =
        |topics: &Value| topics.as_array().unwrap().iter().map(|topic| topic["won"].as_f64().unwrap()).sum::<f64>();
    let parts: f64 = overview["branches"].as_array().unwrap().iter().map(|row| won(&row["topics"])).sum();
    assert!((won(&overview["total"]["topics"]) - parts).abs() < 1e-9 && parts > 0.0);
    let practice = world.get("/api/v1/overview?occasion=practice", &com).await.good();
    assert_eq!(practice["tests"][0]["test"], json!("practice"));
    let leaves = world.get("/api/v1/overview?kind=%E6%94%AF%E9%83%A8", &com).await.good();
    let codes: Vec<&str> =
        leaves["branches"].as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap()).collect();
    assert_eq!((codes, &leaves["count"]), (vec!["A1", "A2", "B1"], &json!(3)));
}

#[tokio::test]
async fn nobody_looks_outside_their_subtree() {
    let world = three_tests().await;
    let com_b = world.token("com-b").await;
    let mine = world.get("/api/v1/overview", &com_b).await.good();
    assert_eq!((&mine["total"]["code"], &mine["branches"][0]["code"]), (&json!("B"), &json!("B1")));
    assert_eq!(mine["branches"].as_array().unwrap().len(), 1);
    for code in ["A", "HQ", "A1", "X"] {
        let answer = world.get(&format!("/api/v1/overview?branch={code}"), &com_b).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{code}");
    }
    let m1 = world.token("m1").await;
    assert_eq!(world.get("/api/v1/overview", &m1).await.status, StatusCode::FORBIDDEN);
    let wrong = world.get("/api/v1/overview?occasion=weekly", &com_b).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_page_and_the_command_show_the_same() {
    let world = three_tests().await;
    let com = world.token("com").await;
    let page = open(&world, "/overview?figure=participation", &com).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("33.3") || page.text.contains("25.0"), "participation of A or of all");
    let told = world.command(&["report", "overview", "--figure", "participation"]);
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains("33.3\t66.7\t33.3\tA 第一总支"), "{told}");
    let json: Value = serde_json::from_slice(&world.command(&["report", "overview", "--json"]).stdout).unwrap();
    assert_eq!(json["total"], world.get("/api/v1/overview", &com).await.good()["total"]);
}
