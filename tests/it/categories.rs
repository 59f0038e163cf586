//! Reports narrowed to a category of members.

use crate::assessments::a_year;
use crate::support::{World, open};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

const CATEGORIES: [(&str, &str); 4] = [("m1", "正式党员"), ("m2", "预备党员"), ("m3", "预备党员"), ("m4", "正式党员")];
const FULL: &str = "category=%E6%AD%A3%E5%BC%8F%E5%85%9A%E5%91%98";
const PROBATIONARY: &str = "category=%E9%A2%84%E5%A4%87%E5%85%9A%E5%91%98";

async fn sorted() -> World {
    let world = a_year().await;
    let admin = world.token("admin").await;
    for (login, category) in CATEGORIES {
        let path = format!("/api/v1/people/{login}");
        let body = json!({ "category": category }).to_string();
        world.send(Method::PATCH, &path, Some(&admin), body).await.good();
    }
    world
}

fn count(line: &Value, name: &str) -> i64 {
    line[name].as_i64().unwrap_or_else(|| panic!("{name}: {line}"))
}

fn due_is_their_sum(line: &Value) {
    let sum: i64 = ["sat", "absent", "excused", "disqualified"].iter().map(|name| count(line, name)).sum();
    assert_eq!(count(line, "due"), sum, "{line}");
}

#[tokio::test]
async fn categories_together_are_everybody() {
    let world = sorted().await;
    let com = world.token("com").await;
    for test in ["may", "june", "annual"] {
        for branch in ["HQ", "A", "B1"] {
            let at = format!("/api/v1/tests/{test}/report?branch={branch}");
            let whole = world.get(&at, &com).await.good();
            let full = world.get(&format!("{at}&{FULL}"), &com).await.good();
            let others = world.get(&format!("{at}&{PROBATIONARY}"), &com).await.good();
            assert_eq!(full["category"], "正式党员");
            for name in ["due", "sat", "absent", "excused", "disqualified", "passed"] {
                let both = count(&full["branch"], name) + count(&others["branch"], name);
                assert_eq!(both, count(&whole["branch"], name), "{test} {branch} {name}");
            }
            for part in [&full, &others] {
                due_is_their_sum(&part["branch"]);
                let children = part["children"].as_array().unwrap();
                children.iter().for_each(due_is_their_sum);
                if !children.is_empty() {
                    let below: i64 = children.iter().map(|line| count(line, "due")).sum();
                    assert_eq!(below, count(&part["branch"], "due"), "{test} {branch}");
                }
            }
            let won = |report: &Value| -> f64 {
                report["topics"].as_array().unwrap().iter().map(|topic| topic["won"].as_f64().unwrap()).sum()
            };
            assert!((won(&full) + won(&others) - won(&whole)).abs() < 1e-9, "{test} {branch}");
        }
    }
    // One alone: 王一 won 6 of 20 in June, 王四 was absent.
    let june = world.get(&format!("/api/v1/tests/june/report?{FULL}"), &com).await.good();
    assert_eq!((&june["branch"]["mean"], &june["branch"]["absent"]), (&json!(30.0), &json!(1)));
}

#[tokio::test]
async fn the_overview_is_narrowed_too() {
    let world = sorted().await;
    let com = world.token("com").await;
    let whole = world.get("/api/v1/overview?branch=HQ", &com).await.good();
    let full = world.get(&format!("/api/v1/overview?branch=HQ&{FULL}"), &com).await.good();
    let others = world.get(&format!("/api/v1/overview?branch=HQ&{PROBATIONARY}"), &com).await.good();
    for (index, cell) in whole["total"]["tests"].as_array().unwrap().iter().enumerate() {
        for name in ["due", "sat", "marked"] {
            let of = |one: &Value| count(&one["total"]["tests"][index], name);
            assert_eq!(of(&full) + of(&others), count(cell, name), "{index} {name}");
        }
    }
    let page = open(&world, &format!("/overview?branch=HQ&{FULL}"), &com).await.text;
    assert!(page.contains("Narrowed to members whose category is “正式党员”"), "{page}");
    assert!(page.contains(&format!("report?branch=A&amp;{FULL}")), "reports behind it are narrowed as well: {page}");
}

#[tokio::test]
async fn pages_files_and_commands_say_that_they_are_narrowed() {
    let world = sorted().await;
    let com = world.token("com").await;
    let page = open(&world, &format!("/tests/may/report?branch=HQ&{FULL}"), &com).await.text;
    assert!(page.contains("Narrowed to members whose category is “正式党员”") && page.contains("王四"), "{page}");
    assert!(!page.contains("王二") && page.contains(&format!("report?branch=A&amp;{FULL}")), "{page}");
    assert!(
        page.contains(&format!("/report.xlsx?branch=HQ&amp;{FULL}")) && page.contains("/register.xlsx?branch=HQ\"")
    );
    let csv = world.get(&format!("/api/v1/tests/may/report.csv?branch=HQ&{FULL}"), &com).await.text;
    let total = csv.lines().find(|line| line.starts_with("HQ,")).unwrap();
    assert!(total.contains(",2,1,1,0,0,0,50.0,"), "{csv}");
    let xlsx = world.get(&format!("/api/v1/tests/may/report.xlsx?branch=HQ&{FULL}"), &com).await;
    assert!(xlsx.status.is_success() && xlsx.text.starts_with("PK"));
    let nobody = world.get("/api/v1/tests/may/report?category=nobody", &com).await;
    assert_eq!((nobody.status, nobody.kind().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid-field"));
    let register = world.get(&format!("/api/v1/tests/may/register.xlsx?{FULL}"), &com).await;
    assert_eq!(register.kind(), "invalid-parameter", "a register is of everybody");
    let register = open(&world, &format!("/tests/may/register.xlsx?{FULL}"), &com).await;
    assert_eq!(register.status, StatusCode::UNPROCESSABLE_ENTITY);
    let out = world.command(&["report", "may", "--category", "正式党员"]);
    assert!(String::from_utf8_lossy(&out.stdout).contains("\t50.0\t"), "{out:?}");
    let out = world.command(&["report", "overview", "--category", "正式党员", "--json"]);
    let found: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(found["total"]["tests"][0]["due"], 2);
}

/// Figures of a category are kept in memory: a look after a change must not show those of before.
#[tokio::test]
async fn what_is_kept_of_a_category_follows_every_change() {
    let world = sorted().await;
    let (com, admin) = (world.token("com").await, world.token("admin").await);
    let looks = async || {
        let june = world.get(&format!("/api/v1/tests/june/report?{FULL}"), &com).await.good();
        let overview = world.get(&format!("/api/v1/overview?branch=HQ&{FULL}"), &com).await.good();
        let dues = overview["total"]["tests"].as_array().unwrap().iter().map(|cell| count(cell, "due")).sum::<i64>();
        let of = |name| count(&june["branch"], name);
        (of("due"), of("absent"), of("excused"), dues)
    };
    let before = looks().await;
    assert_eq!((before.0, before.1, before.2, looks().await), (2, 1, 0, before));
    let excused = json!({ "state": "excused", "reason": "hospital" });
    assert_eq!(world.put("/api/v1/tests/june/presence/m4", &com, excused).await.status, StatusCode::NO_CONTENT);
    assert_eq!(looks().await, (2, 0, 1, before.3));
    let body = json!({ "category": "正式党员" }).to_string();
    world.send(Method::PATCH, "/api/v1/people/m2", Some(&admin), body).await.good();
    let more = looks().await;
    assert_eq!((more.0, more.2), (3, 2), "who is of it now was on leave as well");
    assert!(more.3 > before.3, "{more:?}");
    let roster = "login,name,branch,category\nm2,王二,A1,预备党员\n";
    world.send(Method::POST, "/api/v1/roster/members", Some(&admin), roster).await.good();
    assert_eq!(looks().await, (2, 0, 1, before.3));
}
