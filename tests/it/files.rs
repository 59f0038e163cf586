//! Files sent to the server: rosters as offices save them, banks with mistakes.

use crate::support::{BANK, World};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

async fn members(world: &World, body: impl Into<axum::body::Body>) -> crate::support::Answer {
    let admin = world.token("admin").await;
    world.send(Method::POST, "/api/v1/roster/members", Some(&admin), body).await
}

#[tokio::test]
async fn hr_sheets_are_read_as_they_are() {
    let world = World::new().await;
    let text = "二〇二六年人员名册\n序号,姓名,账号,所在支部,人员类别\n1,张　三,z1,一支部,正式党员\n2,李四,z2,A2,预备党员\n,,,,\n";
    let gbk = encoding_rs::GB18030.encode(text).0.into_owned();
    let loaded = members(&world, gbk).await.good();
    assert_eq!((&loaded["new"], loaded["passwords"].as_array().unwrap().len()), (&json!(["z1", "z2"]), 2));
    let with_bom = "\u{feff}login\tname\tbranch\nz1\t张三\t二支部\n";
    let moved = members(&world, with_bom).await.good();
    assert_eq!((&moved["moved"], &moved["passwords"]), (&json!(["z1"]), &json!([])));
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in [["姓名", "账号", "党支部"], ["王五", "z3", "三支部"]].iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            sheet.write_string(u32::try_from(row).unwrap(), u16::try_from(column).unwrap(), *cell).unwrap();
        }
    }
    assert_eq!(members(&world, book.save_to_buffer().unwrap()).await.good()["new"], json!(["z3"]));
    let people = world.get("/api/v1/people?search=张三", &world.token("admin").await).await;
    assert_eq!(people.good()[0]["roles"], json!([{ "role": "member", "branch": "A2" }]));
}

#[tokio::test]
async fn a_roster_with_mistakes_changes_nothing_and_names_each() {
    let world = World::new().await;
    let admin = world.token("admin").await;
    let before = world.get("/api/v1/people", &admin).await.text;
    let bad = "login,name,branch,role\nn1,新人,Z9,member\nn2,,A1,member\n11010519491231002X,某人,A1,member\nn3,新人,A1,chief\nn4,新人,A1,member\n";
    let answer = members(&world, bad).await;
    assert_eq!((answer.status, answer.kind().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid-sheet"));
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    let places: Vec<(u64, &str)> =
        errors.iter().map(|error| (error["row"].as_u64().unwrap(), error["code"].as_str().unwrap())).collect();
    for expected in [(2, "unknown-branch"), (3, "empty"), (4, "identity-number"), (5, "not-one-of")] {
        assert!(places.contains(&expected), "{places:?}");
    }
    assert!(
        errors.iter().all(|error| !error["detail"].as_str().unwrap().is_empty()) && !answer.text.contains("19491231")
    );
    let unknown = members(&world, "login,name,branch\nn1,新人,Z9\nn4,新人,A1\n").await;
    assert_eq!(unknown.json()["errors"][0]["code"], json!("unknown-branch"));
    assert_eq!(world.get("/api/v1/people", &admin).await.text, before, "all or nothing");
    let outside = world
        .send(
            Method::POST,
            "/api/v1/roster/members",
            Some(&world.token("adm-a").await),
            "login,name,branch\nn5,新人,B1\n",
        )
        .await;
    assert_eq!(outside.json()["errors"][0]["code"], json!("outside-rights"));
}

#[tokio::test]
async fn a_dry_run_tells_and_keeps() {
    let world = World::new().await;
    let admin = world.token("admin").await;
    let body = "login,name,branch,active\nm1,王一,A1,no\nm2,王二,A2,\nnew,新人,B1,\n";
    let dry = world.send(Method::POST, "/api/v1/roster/members?dry_run=true", Some(&admin), body).await.good();
    assert_eq!(
        (&dry["new"], &dry["moved"], &dry["ended"], &dry["missing"]),
        (&json!(["new"]), &json!(["m2"]), &json!(["m1"]), &json!(["m3", "m4"]))
    );
    assert_eq!(world.get("/api/v1/people/new", &admin).await.status, StatusCode::NOT_FOUND);
    world.send(Method::POST, "/api/v1/roster/members", Some(&admin), body).await.good();
    assert_eq!(world.get("/api/v1/people/m1", &admin).await.good()["roles"], json!([]));
    let circle =
        world.send(Method::POST, "/api/v1/roster/branches", Some(&admin), "code,name,parent\nHQ,机关党委,A1\n").await;
    assert_eq!(circle.json()["errors"][0]["code"], json!("circle"));
}

#[tokio::test]
async fn a_bank_with_mistakes_is_refused_with_all_of_them() {
    let world = World::new().await;
    let org = world.token("org").await;
    let bad = BANK
        .replacen("\"answer\": \"A\"", "\"answer\": \"Q\"", 1)
        .replacen("\"kind\": \"multiple\"", "\"kind\": \"multipel\"", 1)
        .replacen("\"explanation\": \"because-explained-t1\"", "\"explaination\": \"x\"", 1)
        .replacen("{{2}}", "{{3}}", 1);
    let answer = world.send(Method::POST, "/api/v1/banks", Some(&org), bad).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    let codes: Vec<&str> = errors.iter().map(|error| error["code"].as_str().unwrap()).collect();
    for code in ["unknown-label", "not-one-of", "unknown-field", "gaps-differ"] {
        assert!(codes.contains(&code), "{codes:?}");
    }
    for error in &errors {
        assert!(
            error["line"].as_u64() > Some(0)
                && error["column"].as_u64() > Some(0)
                && error["pointer"].as_str().unwrap().starts_with("/questions/")
        );
    }
    assert_eq!(world.get("/api/v1/banks", &org).await.good(), json!([]), "all or nothing");
    for garbage in ["", "{", "null", "[1,2]", "\u{0}"] {
        assert_eq!(world.send(Method::POST, "/api/v1/banks", Some(&org), garbage).await.kind(), "invalid-file");
    }
}

#[tokio::test]
async fn a_large_bank_loads_in_chunks_while_saving_goes_on() {
    let world = World::with_test().await;
    let m1 = world.token("m1").await;
    let attempt = world.start(&m1).await["attempt"].as_str().unwrap().to_owned();
    let questions: Vec<Value> = (0..3_000)
        .map(|number| json!({ "id": format!("big-{number}"), "kind": "true_false", "topic": "t", "stem": format!("Statement {number}"), "answer": number % 2 == 0 }))
        .collect();
    let bank =
        json!({ "bank": "big", "title": "Big", "topics": [{ "id": "t", "title": "T" }], "questions": questions })
            .to_string();
    let org = world.token("org").await;
    let load = world.send(Method::POST, "/api/v1/banks", Some(&org), bank);
    let saves = async {
        for number in 1..=50 {
            assert_eq!(world.save(&m1, &attempt, 1, number, json!("A")).await.status, StatusCode::NO_CONTENT);
        }
    };
    let (loaded, ()) = tokio::join!(load, saves);
    assert_eq!(loaded.good()["added"], json!(3_000));
}

#[tokio::test]
async fn tidying_up_leaves_a_load_under_way_alone() {
    let world = World::new().await;
    let org = world.token("org").await;
    let bank = big_bank();
    let load = world.send(Method::POST, "/api/v1/banks", Some(&org), bank);
    let another_starts = async {
        for _ in 0..30 {
            kaohe::service::banks::clean_up(&world.app, world.now()).await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    };
    let (loaded, ()) = tokio::join!(load, another_starts);
    loaded.good();
    let shown = world.get("/api/v1/banks/big", &org).await.good();
    assert_eq!((&shown["questions"], &shown["counts"]["kinds"]["true_false"]), (&json!(2_000), &json!(2_000)));
}

#[tokio::test]
async fn what_a_load_that_never_ended_left_is_removed_in_time() {
    let world = World::new().await;
    world.load_bank().await;
    let org = world.token("org").await;
    let rows = async |sql: &'static str| -> i64 {
        let (count,): (i64,) = world.app.db.read().await.unwrap().query(sql).fetch_one().await.unwrap();
        count
    };
    let mut tx = world.app.db.write().await.unwrap();
    tx.query("UPDATE edition SET number = NULL").execute().await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.get("/api/v1/banks/rules", &org).await.status, StatusCode::NOT_FOUND, "it was never seen");
    for (passed_ms, left) in [(0, 10), (kaohe::limits::LOAD_MOST_MS + 1, 0)] {
        kaohe::service::banks::clean_up(&world.app, world.now() + passed_ms).await.unwrap();
        assert_eq!(rows("SELECT count(*) FROM question").await, left);
    }
    assert_eq!(rows("SELECT count(*) FROM edition").await, 0);
    world.load_bank().await;
    assert_eq!(world.get("/api/v1/banks/rules", &org).await.good()["edition"], json!(1));
}

#[tokio::test]
async fn a_load_taken_for_dead_never_leaves_half_a_bank() {
    let world = World::new().await;
    let org = world.token("org").await;
    let bank = big_bank();
    let load = world.send(Method::POST, "/api/v1/banks", Some(&org), bank.clone());
    let tidied_too_early = async {
        for _ in 0..30 {
            let later = world.now() + 2 * kaohe::limits::LOAD_MOST_MS;
            // It may meet a row that has just been added; then it is tried again at the next start.
            let _ = kaohe::service::banks::clean_up(&world.app, later).await;
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    };
    let (_, ()) = tokio::join!(load, tidied_too_early);
    let shown = world.get("/api/v1/banks/big", &org).await;
    assert!(
        shown.status == StatusCode::NOT_FOUND || shown.good()["counts"]["kinds"]["true_false"] == json!(2_000),
        "{shown:?}"
    );
    world.send(Method::POST, "/api/v1/banks", Some(&org), bank).await.good();
}

/// A bank file of 2,000 questions.
fn big_bank() -> String {
    let question = |number: i32| json!({ "id": format!("q{number}"), "kind": "true_false", "topic": "t", "stem": format!("S{number}"), "answer": true });
    let questions: Vec<Value> = (0..2_000).map(question).collect();
    json!({ "bank": "big", "title": "Big", "topics": [{ "id": "t", "title": "T" }], "questions": questions })
        .to_string()
}
