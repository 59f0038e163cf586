//! Who can be commended, who needs help, and a year beside the year before.

use crate::assessments::{a_year, path, rules, set, show, year};
use crate::support::{World, open, posted};
use axum::http::StatusCode;
use serde_json::{Value, json};

const DAY: i64 = 86_400_000;

fn logins(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["login"].as_str().unwrap()).collect()
}

/// The rules with criteria.
#[expect(clippy::needless_pass_by_value, reason = "callers write it in place")]
fn with(commend: Value, help: Value) -> Value {
    rules(json!({ "commend": commend, "help": help }))
}

async fn read(world: &World, login: &str, name: &str) -> Value {
    let token = world.token(login).await;
    world.get(&format!("{}/{name}", path()), &token).await.good()
}

#[tokio::test]
async fn candidates_meet_every_criterion_and_equals_are_never_cut() {
    let world = a_year().await;
    // m1 86, m3 70, m2 42, m4 18; m1 and m2 in the same branch.
    let members = json!({ "total": 70, "no_absence": true });
    set(&world, "com", &with(json!({ "members": members }), json!({}))).await.good();
    let shown = read(&world, "com", "commended").await;
    assert_eq!(logins(&shown["members"]), ["m1", "m3"]);
    assert_eq!(shown["members"][0]["place"], "within");
    let criteria = &shown["members"][1]["criteria"];
    assert_eq!((&criteria[1]["criterion"], &criteria[1]["near"]), (&json!("total"), &json!(true)), "70 of 70");
    // m1 missed 66 in the months by one point.
    let members = json!({ "total": 70, "component": 66, "most": 1 });
    set(&world, "com", &with(json!({ "members": members }), json!({}))).await.good();
    let shown = read(&world, "com", "commended").await;
    assert_eq!((logins(&shown["members"]), logins(&shown["close_members"])), (vec![], vec!["m1"]));
    // m2 gets as much as m1: one place for two.
    let com = world.token("com").await;
    let bonus = json!({ "login": "m2", "points": 44, "reason": "竞赛" });
    world.post(&format!("{}/adjustments", path()), &com, bonus).await.good();
    set(&world, "com", &with(json!({ "members": { "total": 70, "most": 1 } }), json!({}))).await.good();
    let shown = read(&world, "com", "commended").await;
    let places: Vec<(&str, &str)> = shown["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["login"].as_str().unwrap(), one["place"].as_str().unwrap()))
        .collect();
    assert_eq!(places, [("m1", "tied"), ("m2", "tied"), ("m3", "within")]);
    let page = open(&world, &format!("/assessments/{}/commended", year()), &com).await.text;
    assert!(page.contains("tied for the last places") && page.contains("1 (shared)"), "{page}");
    // m2 failed the first month and was on leave in the second.
    let strict = json!({ "members": { "no_fail": true, "participation": 100 } });
    set(&world, "com", &with(strict, json!({}))).await.good();
    assert_eq!(logins(&read(&world, "com", "commended").await["members"]), Vec::<&str>::new());
}

#[tokio::test]
async fn branches_are_candidates_by_kind_however_deep() {
    let world = a_year().await;
    let com = world.token("com").await;
    let branches = |criteria: Value| with(json!({ "branches": criteria }), json!({}));
    set(&world, "com", &branches(json!({ "participation": 60 }))).await.good();
    let shown = read(&world, "com", "commended").await;
    assert_eq!(shown["branches"].as_array().unwrap().len(), 1, "{shown}");
    assert_eq!(shown["branches"][0]["code"], "A");
    set(&world, "com", &branches(json!({ "kind": "支部", "most": 1 }))).await.good();
    let shown = read(&world, "com", "commended").await;
    let codes: Vec<(&Value, &Value)> =
        shown["branches"].as_array().unwrap().iter().map(|one| (&one["code"], &one["place"])).collect();
    assert_eq!(codes.len(), 3, "A1, A2 and B1");
    assert_eq!((codes[0].1, codes[2]), (&json!("within"), (&json!("B1"), &json!("beyond"))));
    set(&world, "com", &branches(json!({ "kind": "支部", "members": 2 }))).await.good();
    let shown = read(&world, "com", "commended").await;
    assert_eq!(shown["branches"][0]["code"], "A1");
    let page = open(&world, &format!("/assessments/{}/commended", year()), &com).await.text;
    assert!(page.contains("一支部"), "{page}");
    let part = read(&world, "com-b", "commended").await;
    assert_eq!(part["branches"], json!([]), "one sees one's own part");
}

#[tokio::test]
async fn those_who_need_help_are_for_the_committee_alone() {
    let world = a_year().await;
    set(&world, "com", &with(json!({}), json!({ "absences": 2, "below": 75 }))).await.good();
    let shown = read(&world, "com", "to-help").await;
    assert_eq!(logins(&shown["members"]), ["m3", "m2", "m4"]);
    let needs = |index: usize| -> Vec<&str> {
        shown["members"][index]["needs"].as_array().unwrap().iter().map(|one| one["need"].as_str().unwrap()).collect()
    };
    assert_eq!((needs(0), needs(1), needs(2)), (vec!["below"], vec!["failed"], vec!["failed", "absent"]));
    let topics = shown["members"][2]["weak_topics"].as_array().unwrap();
    assert!(!topics.is_empty() && topics[0]["won"].as_f64() < topics[0]["possible"].as_f64(), "{shown}");
    assert_eq!(logins(&read(&world, "com-b", "to-help").await["members"]), ["m4"], "one sees one's own part");
    for login in ["m1", "org", "admin"] {
        let token = world.token(login).await;
        for name in ["to-help", "to-help.xlsx", "commended", "compared"] {
            let refused = world.get(&format!("{}/{name}", path()), &token).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{login} {name}");
        }
    }
    let com = world.token("com").await;
    let page = open(&world, &format!("/assessments/{}/to-help", year()), &com).await.text;
    assert!(page.contains("not for publication") && page.contains("absent 2 times"), "{page}");
    // No document for others names them.
    let commended = open(&world, &format!("/assessments/{}/commended", year()), &com).await.text;
    assert!(!commended.contains("absent 2 times"));
}

/// The year after the one of the tests, by the same rules but for the month; m3 has moved, m4 has left.
async fn two_years() -> (World, String) {
    let world = a_year().await;
    let next = (year().parse::<u32>().unwrap() + 1).to_string();
    let of = |year: &str, month: &str| {
        rules(json!({ "year": year.parse::<u32>().unwrap(), "help": { "fall": 10 }, "least_members": 1, "components": [
            { "title": "月度", "weight": 40, "tests": { "names": [month] } },
            { "title": "年度", "weight": 60, "tests": { "names": ["annual"] } }
        ] }))
    };
    let com = world.token("com").await;
    set(&world, "com", &of(&year(), "may")).await.good();
    world.pass(60 * DAY).await;
    let admin = world.token("admin").await;
    world.post("/api/v1/people/m3/move", &admin, json!({ "branch": "B1" })).await.good();
    world.post("/api/v1/people/m4/departure", &admin, json!({ "as": "retired" })).await;
    let com = {
        drop(com);
        world.token("com").await
    };
    let put = world.put(&format!("/api/v1/assessments/{next}"), &com, of(&next, "june")).await;
    put.good();
    (world, next)
}

#[tokio::test]
async fn a_year_stands_beside_the_year_before() {
    let (world, next) = two_years().await;
    let com = world.token("com").await;
    let at = format!("/api/v1/assessments/{next}");
    // Before: m1 100, m2 42, m3 60, m4 18. Now: m1 72, m3 80, m2 without a result.
    let shown = world.get(&format!("{at}/compared"), &com).await.good();
    assert_eq!(shown["last_year"]["same_rules"], true);
    assert_eq!(shown["last_year"]["signed_version"], Value::Null);
    let member = |shown: &Value, login: &str| {
        shown["members"].as_array().unwrap().iter().find(|one| one["login"] == login).unwrap().clone()
    };
    let m3 = member(&shown, "m3");
    assert_eq!((&m3["total"], &m3["rank"], &m3["branch"]), (&json!(80), &json!(1), &json!("B1")));
    assert_eq!(m3["before"], json!({ "branch": "A2", "total": 60, "rank": 2, "participation_rate": 100 }));
    assert_eq!(shown["gone"][0]["name"], "王四");
    let branch =
        |code: &str| shown["branches"].as_array().unwrap().iter().find(|one| one["code"] == code).unwrap().clone();
    let a = branch("A");
    assert_eq!((&a["before"]["mean"], &a["now"]["mean"], &a["shift"]), (&json!(67.33), &json!(72), &Value::Null));
    // A signed version stands, whatever is changed afterwards.
    let sign = format!("{}/signings", path());
    world.post(&sign, &com, json!({ "signers": ["张书记"] })).await.good();
    let bonus = json!({ "login": "m1", "points": -50, "reason": "更正" });
    world.post(&format!("{}/adjustments", path()), &com, bonus).await.good();
    let shown = world.get(&format!("{at}/compared"), &com).await.good();
    assert_eq!(
        (&shown["last_year"]["signed_version"], &member(&shown, "m1")["before"]["total"]),
        (&json!(1), &json!(100))
    );
    assert_eq!(member(&shown, "m1")["before"]["rank"], 1);
    // Who fell is offered help.
    let help = world.get(&format!("{at}/to-help"), &com).await.good();
    assert_eq!(logins(&help["members"]), ["m1", "m2"]);
    assert_eq!(help["members"][0]["needs"], json!([{ "need": "fell_since_last_year", "amount": 28.0 }]));
    assert_eq!(help["members"][1]["needs"][0]["need"], "no_result");
    let page = open(&world, &format!("/assessments/{next}/compared"), &com).await.text;
    for part in ["version 1", "-28", "last year: 二支部", "王四"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let part = open(&world, &format!("/assessments/{next}/compared?branch=A"), &com).await.text;
    assert!(part.contains("no more") && part.contains("王三"), "A2 has no members any more: {part}");
    // Other rules are told, and nothing is said about chance.
    let other = rules(json!({ "year": next.parse::<u32>().unwrap(), "pass": 50 }));
    world.put(&at, &com, other).await.good();
    let shown = world.get(&format!("{at}/compared"), &com).await.good();
    assert_eq!(shown["last_year"]["same_rules"], false);
    let page = open(&world, &format!("/assessments/{next}/compared"), &com).await.text;
    assert!(page.contains("The rules of the two years differ"), "{page}");
    let first = world.get(&format!("{}/compared", path()), &com).await.good();
    assert_eq!((&first["last_year"], &first["members"]), (&Value::Null, &json!([])));
}

#[tokio::test]
async fn every_list_is_a_workbook_and_a_command_too() {
    let (world, next) = two_years().await;
    let com = world.token("com").await;
    for name in ["results", "commended", "to-help", "compared"] {
        let file = world.get(&format!("/api/v1/assessments/{next}/{name}.xlsx"), &com).await;
        assert!(file.status.is_success() && file.text.starts_with("PK"), "{name}: {file:?}");
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("list.xlsx");
        let made =
            world.command(&["assess", "document", &next, &format!("{name}.xlsx"), "--out", out.to_str().unwrap()]);
        assert!(made.status.success() && std::fs::read(&out).unwrap().starts_with(b"PK"), "{made:?}");
    }
    let said = |arguments: &[&str]| {
        let out = world.command(arguments);
        assert!(out.status.success(), "{out:?}");
        String::from_utf8(out.stdout).unwrap()
    };
    assert!(said(&["assess", "compared", &next]).contains("-28"));
    assert!(said(&["assess", "to-help", &next]).contains("m2"));
    let json: Value = serde_json::from_str(&said(&["assess", "commended", &next, "--json"])).unwrap();
    assert_eq!(json["members"], json!([]));
}

#[tokio::test]
async fn criteria_are_set_on_the_form() {
    let world = a_year().await;
    let com = world.token("com").await;
    set(&world, "com", &with(json!({ "members": { "total": 85, "no_fail": true, "most": 2 } }), json!({ "fall": 10 })))
        .await
        .good();
    let at = format!("/assessments/{}/rules", year());
    let form = open(&world, &at, &com).await.text;
    assert!(
        form.contains("name=\"m-total\" value=\"85\"") && form.contains("name=\"m-no_fail\" value=\"true\" checked"),
        "{form}"
    );
    let fields = [
        ("title_zh", "考核"),
        ("c0-title_zh", "笔记"),
        ("c0-weight", "100"),
        ("c0-occasion", "marks"),
        ("c0-full", "20"),
        ("c0-absent", "zero"),
        ("b0-title_zh", "合格"),
        ("b0-from", "60"),
        ("w-mean", "100"),
        ("m-total", "80"),
        ("m-no_absence", "true"),
        ("u-kind", "支部"),
        ("h-absences", "2"),
        ("do", "save"),
    ];
    let saved = posted(&world, &at, &com, &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{saved:?}");
    let kept = show(&world, "com").await["rules"].clone();
    assert_eq!(
        kept["commend"],
        json!({ "members": { "total": 80, "no_absence": true }, "branches": { "kind": "支部" } })
    );
    assert_eq!(
        (&kept["help"], &kept["components"][0]["marks"]["name"]),
        (&json!({ "absences": 2 }), &json!("marks-1"))
    );
    let wrong: Vec<(&str, &str)> = fields
        .into_iter()
        .map(|(name, value)| if name == "m-total" { (name, "viel") } else { (name, value) })
        .collect();
    let refused = posted(&world, &at, &com, &wrong).await;
    assert!(
        refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text.contains("/commend/members/total"),
        "{refused:?}"
    );
}
