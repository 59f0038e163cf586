//! The annual study assessment: rules, results down to each test, other rules tried, adjustments, signing off.

use crate::support::{Answer, MINUTE, NOON, World, definition, open, posted, questions, right, time};
use axum::http::{Method, StatusCode};
use kaohe::rules::rights::Caller;
use kaohe::service::{assessments, proofs};
use serde_json::{Value, json};

/// The year of [`NOON`].
pub(crate) fn year() -> String {
    time(NOON)[..4].to_owned()
}

pub(crate) fn path() -> String {
    format!("/api/v1/assessments/{}", year())
}

/// m1 to m4 answer so many of seven questions rightly; nothing stands for an absence.
async fn sat(world: &World, test: &str, rights: [Option<usize>; 4]) {
    for (login, rights) in ["m1", "m2", "m3", "m4"].into_iter().zip(rights) {
        let Some(rights) = rights else { continue };
        let token = world.token(login).await;
        let paper = world.post(&format!("/api/v1/tests/{test}/attempts"), &token, json!({})).await.good();
        let attempt = paper["attempt"].as_str().unwrap();
        for (position, question) in (1_i64..).zip(questions(&paper)).take(rights) {
            world.save(&token, attempt, position, position, right(&question)).await;
        }
        world.submit(&token, attempt).await.good();
    }
}

/// Two monthly tests and an annual one, all settled. Full marks are 20: two for each of three single choices, four for a
/// multiple choice, two for each of two statements, six for gaps.
pub(crate) async fn a_year() -> World {
    let world = World::new().await;
    world.load_bank().await;
    for name in ["may", "june"] {
        world.make(&definition(name, json!({}))).await;
    }
    world.make(&definition("annual", json!({ "occasion": "annual" }))).await;
    world.make(&definition("practice", json!({ "occasion": "practice" }))).await;
    sat(&world, "may", [Some(7), Some(3), Some(0), None]).await;
    sat(&world, "june", [Some(3), None, Some(4), None]).await;
    sat(&world, "annual", [Some(7), Some(4), Some(7), Some(3)]).await;
    sat(&world, "practice", [Some(7), Some(7), Some(7), Some(7)]).await;
    let org = world.token("org").await;
    let excused = json!({ "state": "excused", "reason": "公差" });
    world.put("/api/v1/tests/june/presence/m2", &org, excused).await;
    world.pass(61 * MINUTE).await;
    world
}

#[expect(clippy::needless_pass_by_value, reason = "callers write it in place")]
pub(crate) fn rules(changes: Value) -> Value {
    let mut rules = json!({
        "year": year().parse::<u32>().unwrap(), "title": "年度学习考核",
        "components": [
            { "title": "月度", "weight": 40, "tests": { "occasion": "monthly" } },
            { "title": "年度", "weight": 60, "tests": { "occasion": "annual" } }
        ],
        "bands": [{ "title": "优秀", "from": 90 }, { "title": "合格", "from": 60 }, { "title": "待提高", "from": 0 }],
        "branch": { "mean": 60, "participation": 40 }, "least_members": 2
    });
    for (name, value) in changes.as_object().unwrap() {
        rules[name] = value.clone();
    }
    rules
}

pub(crate) async fn set(world: &World, login: &str, rules: &Value) -> Answer {
    let token = world.token(login).await;
    world.put(&path(), &token, rules.clone()).await
}

pub(crate) async fn show(world: &World, login: &str) -> Value {
    let token = world.token(login).await;
    world.get(&path(), &token).await.good()
}

pub(crate) fn totals(shown: &Value) -> Vec<(String, Value, Value)> {
    let one = |line: &Value| (line["login"].as_str().unwrap().to_owned(), line["total"].clone(), line["rank"].clone());
    shown["members"].as_array().unwrap().iter().map(one).collect()
}

#[tokio::test]
async fn a_year_is_composed_as_its_rules_say_and_every_figure_opens() {
    let world = a_year().await;
    set(&world, "com", &rules(json!({}))).await.good();
    let shown = show(&world, "com").await;
    // m1: months (100 + 30) / 2 = 65; 0.4 × 65 + 0.6 × 100 = 86. m2: 30, leave; 0.4 × 30 + 0.6 × 50 = 42.
    // m3: (0 + 50) / 2 = 25; 0.4 × 25 + 60 = 70. m4: absent twice: 0.6 × 30 = 18.
    let expected = [("m1", 86, 1), ("m3", 70, 2), ("m2", 42, 3), ("m4", 18, 4)];
    let expected: Vec<_> = expected.map(|(login, total, rank)| (login.to_owned(), json!(total), json!(rank))).into();
    assert_eq!(totals(&shown), expected);
    let hq = &shown["branch"];
    assert_eq!((&hq["mean"], &hq["members"], &hq["graded"]), (&json!(54), &json!(4), &json!(4)));
    // Sat 9 of 12 (leave and absences are due): 75 %. 0.6 × 54 + 0.4 × 75 = 62.4.
    assert_eq!(
        (&hq["sat"], &hq["due"], &hq["participation_rate"], &hq["score"]),
        (&json!(9), &json!(12), &json!(75), &json!(62.4))
    );
    assert_eq!(hq["bands"], json!([0, 2, 2, 0]));
    let children = shown["children"].as_array().unwrap();
    let sum: u64 = children.iter().map(|line| line["members"].as_u64().unwrap()).sum();
    assert_eq!(sum, 4);
    let ranks: Vec<&Value> = children.iter().map(|line| &line["rank"]).collect();
    assert_eq!(ranks, [&json!(1), &Value::Null], "a unit of one has no place");
    let token = world.token("com").await;
    let m2 = world.get(&format!("{}/members/m2", path()), &token).await.good();
    let months = &m2["components"][0];
    assert_eq!((&months["value"], &months["sat"]), (&json!(30), &json!(1)));
    let june = months["tests"].as_array().unwrap().iter().find(|test| test["test"] == "june").unwrap();
    assert_eq!((&june["presence"], &june["use"], &june["value"]), (&json!("excused"), &json!("dropped"), &Value::Null));
}

#[tokio::test]
async fn other_rules_are_tried_without_changing_anything() {
    let world = a_year().await;
    let com = world.token("com").await;
    let nothing = world.get(&path(), &com).await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    let other = rules(json!({ "components": [{ "title": "年度", "weight": 100, "tests": { "names": ["annual"] } }] }));
    let first = world.put(&format!("{}?preview=true", path()), &com, other.clone()).await.good();
    assert_eq!((&first["before"], &first["after"]["members"][0]["total"]), (&Value::Null, &json!(100)));
    assert_eq!(world.get(&path(), &com).await.status, StatusCode::NOT_FOUND, "nothing was kept");
    set(&world, "com", &rules(json!({}))).await.good();
    let before = show(&world, "com").await;
    let tried = world.put(&format!("{}?preview=true", path()), &com, other).await.good();
    assert_eq!(tried["before"], before);
    // m1 and m3 have all points in the annual test and share the first place.
    let ranks: Vec<Value> = totals(&tried["after"]).into_iter().map(|(_, _, rank)| rank).collect();
    assert_eq!(ranks, [json!(1), json!(1), json!(3), json!(4)]);
    assert_eq!(show(&world, "com").await, before);
    let bad = rules(json!({ "components": [{ "title": "x", "weight": 99, "tests": { "occasion": "annual" } }] }));
    let refused = set(&world, "com", &bad).await;
    assert_eq!((refused.status, refused.kind().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "unreadable"));
}

#[tokio::test]
async fn committees_see_and_keep_what_lies_below_them() {
    let world = a_year().await;
    set(&world, "com", &rules(json!({}))).await.good();
    let below = show(&world, "com-b").await;
    assert_eq!((totals(&below).len(), &below["branch"]["code"]), (1, &json!("B")));
    assert_eq!(below["holds_at"], "HQ");
    let com_b = world.token("com-b").await;
    assert_eq!(world.get(&format!("{}?branch=HQ", path()), &com_b).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get(&format!("{}/members/m1", path()), &com_b).await.status, StatusCode::NOT_FOUND);
    let bonus = json!({ "login": "m4", "points": 2, "reason": "宣讲" });
    let refused = world.post(&format!("{}/adjustments", path()), &com_b, bonus.clone()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "the rules of above are those of above");
    set(&world, "com-b", &rules(json!({ "title": "二总支" }))).await.good();
    assert_eq!(show(&world, "com-b").await["holds_at"], "B");
    world.post(&format!("{}/adjustments", path()), &com_b, bonus).await.good();
    assert_eq!(totals(&show(&world, "com-b").await)[0].1, json!(20));
    assert_eq!(totals(&show(&world, "com").await)[3].1, json!(18), "and the other way round");
    for login in ["m1", "org", "admin"] {
        let token = world.token(login).await;
        assert_eq!(world.get(&path(), &token).await.status, StatusCode::FORBIDDEN, "{login}");
    }
}

#[tokio::test]
async fn bonus_and_deduction_have_a_reason_and_can_be_taken_back() {
    let world = a_year().await;
    set(&world, "com", &rules(json!({}))).await.good();
    let com = world.token("com").await;
    let adjust = format!("{}/adjustments", path());
    let given = world.post(&adjust, &com, json!({ "login": "m1", "points": 5.5, "reason": "竞赛一等奖" })).await.good();
    world.pass(1_000).await;
    world.post(&adjust, &com, json!({ "login": "m1", "points": -1, "reason": "迟到" })).await.good();
    assert_eq!(totals(&show(&world, "com").await)[0].1, json!(90.5));
    let m1 = world.get(&format!("{}/members/m1", path()), &com).await.good();
    assert_eq!((&m1["band"], &m1["adjustments"][1]["points"]), (&json!("优秀"), &json!(-1.0)));
    let ended = format!("{adjust}/{}", given["adjustment"].as_str().unwrap());
    assert_eq!(world.send(Method::DELETE, &ended, Some(&com), "").await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.send(Method::DELETE, &ended, Some(&com), "").await.kind(), "changed-meanwhile");
    assert_eq!(totals(&show(&world, "com").await)[0].1, json!(85));
    for (body, kind) in [
        (json!({ "login": "m1", "points": 1, "reason": "" }), "invalid-field"),
        (json!({ "login": "m1", "points": 0, "reason": "x" }), "invalid-field"),
        (json!({ "login": "m1", "points": 0.001, "reason": "x" }), "unreadable"),
        (json!({ "login": "nobody", "points": 1, "reason": "x" }), "not-found"),
    ] {
        assert_eq!(world.post(&adjust, &com, body.clone()).await.kind(), kind, "{body}");
    }
    let found = proofs::verify_trace(&world.app).await.unwrap();
    assert!(found.holds(), "{found:?}");
}

#[tokio::test]
async fn a_signed_year_stays_and_a_correction_makes_another_version() {
    let world = a_year().await;
    set(&world, "com", &rules(json!({}))).await.good();
    let (com, org) = (world.token("com").await, world.token("org").await);
    let sign = format!("{}/signings", path());
    assert_eq!(world.post(&sign, &com, json!({ "signers": [" "] })).await.kind(), "invalid-field");
    let first = world.post(&sign, &com, json!({ "signers": ["张书记", "李委员"] })).await.good();
    let shown = show(&world, "com").await;
    assert_eq!((&shown["signings"][0]["digest"], &shown["changed_since_signed"]), (&first["digest"], &json!(0)));
    let csv = world.get("/api/v1/tests/annual/attempts.csv", &org).await.text;
    let attempt = csv.lines().find(|line| line.contains(",m4,")).unwrap().split(',').nth(1).unwrap().to_owned();
    let mark = json!({ "change": "mark", "attempt": attempt, "position": 7, "points": 6, "reason": "漏评" });
    world.post("/api/v1/tests/annual/amendments", &org, mark).await.good();
    let shown = show(&world, "com").await;
    assert_eq!((&shown["changed_since_signed"], &totals(&shown)[3].1), (&json!(1), &json!(36)));
    let without = world.post(&sign, &com, json!({ "signers": ["张书记"] })).await;
    assert_eq!(without.kind(), "invalid-field", "a later version says what is different");
    let second = json!({ "signers": ["张书记"], "note": "更正三支部一人年度考试得分" });
    assert_eq!(world.post(&sign, &com, second).await.good()["number"], 2);
    assert_eq!(show(&world, "com").await["changed_since_signed"], 0);
    let found = proofs::verify_trace(&world.app).await.unwrap();
    assert!(found.holds(), "{found:?}");
    for sql in [
        "UPDATE assessment_signing SET results = replace(results, '1800', '9900')",
        "UPDATE assessment SET definition = replace(definition, '4000', '5000')",
        "DELETE FROM assessment_signing WHERE number = 2",
    ] {
        let mut tx = world.app.db.write().await.unwrap();
        assert!(tx.query(sql).execute().await.unwrap() > 0, "{sql}");
        tx.commit().await.unwrap();
        let found = proofs::verify_trace(&world.app).await.unwrap();
        assert!(!found.differing_assessments.is_empty(), "{sql}");
    }
}

#[tokio::test]
async fn a_committee_works_on_the_pages() {
    let world = a_year().await;
    let com = world.token("com").await;
    let at = format!("/assessments/{}", year());
    let years = open(&world, "/assessments", &com).await.text;
    assert!(years.contains("Make the rules of"), "{years}");
    assert_eq!(open(&world, &at, &com).await.status, StatusCode::SEE_OTHER, "without rules one makes them");
    let form = open(&world, &format!("{at}/rules?ready=study-and-annual"), &com).await.text;
    assert!(form.contains("月度测试"), "{form}");
    let fields = [
        ("title_zh", "年度学习考核"),
        ("title_en", ""),
        ("c0-title_zh", "月度"),
        ("c0-weight", "40"),
        ("c0-occasion", "monthly"),
        ("c0-combine", "mean"),
        ("c0-absent", "zero"),
        ("c0-excused", "dropped"),
        ("c1-title_zh", "年度"),
        ("c1-weight", "60"),
        ("c1-occasion", "annual"),
        ("c1-combine", "mean"),
        ("c1-absent", "zero"),
        ("c1-excused", "dropped"),
        ("b0-title_zh", "合格"),
        ("b0-from", "60"),
        ("pass", "60"),
        ("excellent", "90"),
        ("w-mean", "100"),
    ];
    let with = |what: &'static str| [&fields[..], &[("do", what)]].concat();
    let tried = posted(&world, &format!("{at}/rules"), &com, &with("try")).await;
    assert!(tried.status.is_success() && tried.text.contains("Nothing was changed"), "{tried:?}");
    let wrong: Vec<(&str, &str)> = with("save")
        .into_iter()
        .map(|(name, value)| if name == "c1-weight" { (name, "50") } else { (name, value) })
        .collect();
    let refused = posted(&world, &format!("{at}/rules"), &com, &wrong).await;
    assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text.contains("90"), "{refused:?}");
    assert_eq!(posted(&world, &format!("{at}/rules"), &com, &with("save")).await.status, StatusCode::SEE_OTHER);
    let page = open(&world, &at, &com).await.text;
    assert!(page.contains("王一") && page.contains("86"), "{page}");
    let member = format!("{at}/members/m1");
    let why = open(&world, &member, &com).await.text;
    assert!(why.contains("40% × 65 + 60% × 100"), "{why}");
    let bonus = posted(&world, &member, &com, &[("points", "+1"), ("reason", "宣讲")]).await;
    assert_eq!(bonus.status, StatusCode::SEE_OTHER, "{bonus:?}");
    assert_eq!(
        posted(&world, &member, &com, &[("points", "x"), ("reason", "宣讲")]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let signed = posted(&world, &format!("{at}/sign"), &com, &[("signers", "张书记\n李委员")]).await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER, "{signed:?}");
    let page = open(&world, &at, &com).await.text;
    assert!(page.contains("张书记") && page.contains("Version 1") && page.contains("87"), "{page}");
    let shown = assessments::show(&world.app, &Caller::operator(), world.now(), year().parse().unwrap(), None).await;
    assert_eq!(shown.unwrap().members.len(), 4);
}

#[tokio::test]
async fn a_person_leads_to_the_years_that_one_may_read() {
    let world = a_year().await;
    set(&world, "com", &rules(json!({}))).await.good();
    let place = format!("/assessments/{}/members/m1?branch=A1", year());
    let com = world.token("com").await;
    assert!(open(&world, "/people/m1", &com).await.text.contains(&place));
    assert!(open(&world, &place, &com).await.text.contains("王一"));
    let org = world.token("org").await;
    assert!(
        !open(&world, "/people/m1", &org).await.text.contains("/assessments/"),
        "results of a year aren't for them"
    );
    let other = world.token("com-b").await;
    let closed = world.get("/people/m1", &other).await;
    assert!(!closed.text.contains("/assessments/") && closed.status != StatusCode::OK, "{closed:?}");
}
