//! Make-ups: for whom, what they count, which questions they draw, and that anyone can check it.

use crate::documents::{file_of, part};
use crate::support::{MINUTE, NOON, World, definition, open, posted, time};
use axum::http::StatusCode;
use kaohe::rules::rights::Caller;
use kaohe::service::proofs;
use serde_json::{Value, json};

const HOUR: i64 = 60 * MINUTE;

/// A settled test `t` of 20 points: m1 has all of them, m2 6, m3 is on leave, m4 was absent.
async fn settled() -> World {
    let world = World::with_test().await;
    world.sits("m1", "t", 7).await;
    world.sits("m2", "t", 3).await;
    let org = world.token("org").await;
    world.put("/api/v1/tests/t/presence/m3", &org, json!({ "state": "excused", "reason": "公差" })).await;
    world.pass(61 * MINUTE).await;
    world
}

fn asked(changes: &Value) -> Value {
    let mut asked = json!({ "opens": time(NOON + 2 * HOUR), "closes": time(NOON + 3 * HOUR) });
    for (name, value) in changes.as_object().unwrap() {
        asked[name] = value.clone();
    }
    asked
}

async fn make_up(world: &World, login: &str, changes: Value) -> crate::support::Answer {
    let token = world.token(login).await;
    world.post("/api/v1/tests/t/make-up", &token, asked(&changes)).await
}

fn logins(told: &Value) -> Vec<(&str, &str)> {
    let people = told["people"].as_array().unwrap();
    people.iter().map(|person| (person["login"].as_str().unwrap(), person["need"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn it_is_for_those_who_need_it_each_once_and_counts_at_most_its_cap() {
    let world = settled().await;
    let org = world.token("org").await;
    let path = "/api/v1/tests/t/make-up?dry_run=true";
    let plan = world.post(path, &org, asked(&json!({}))).await.good();
    assert_eq!(logins(&plan), [("m2", "failed"), ("m3", "excused"), ("m4", "absent")]);
    assert_eq!((&plan["test"], &plan["cap"]), (&json!("t-make-up"), &json!(60)));
    assert_eq!(plan["file"]["audience"], json!({ "branches": ["HQ"], "except": [], "members": ["m2", "m3", "m4"] }));
    assert_eq!(world.get("/api/v1/tests/t-make-up", &org).await.status, StatusCode::NOT_FOUND, "nothing was made");
    let made = make_up(&world, "org", json!({})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    let again = world.post(path, &org, asked(&json!({}))).await.good();
    assert_eq!((logins(&again), &again["already"], &again["test"]), (vec![], &json!(3), &json!("t-make-up-2")));
    let refused = make_up(&world, "org", json!({})).await;
    assert_eq!((refused.status, refused.kind().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid-field"));

    world.pass(HOUR).await;
    let m1 = world.token("m1").await;
    let stranger = world.post("/api/v1/tests/t-make-up/attempts", &m1, json!({})).await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND, "{stranger:?}");
    world.sits("m2", "t-make-up", 7).await;
    world.sits("m4", "t-make-up", 3).await;
    world.pass(HOUR + MINUTE).await;
    let own = world.get("/api/v1/tests/t-make-up/report", &org).await.good();
    let figures = &own["branch"];
    assert_eq!((&figures["due"], &figures["sat"], &figures["excellent"]), (&json!(3), &json!(2), &json!(0)));

    let report = world.get("/api/v1/tests/t/report", &org).await.good();
    assert_eq!(report["branch"]["passed"], 1);
    let after = &report["make_ups"];
    assert_eq!((&after["sat"], &after["made_up"], &after["passed"]), (&json!(2), &json!(1), &json!(2)));
    // Passed 2 of m1, m2 and m4 who sat either; of four due.
    assert!((after["pass_rate"].as_f64().unwrap() * 3.0 - 200.0).abs() < 1e-9);
    assert_eq!(after["pass_rate_due"], 50.0);
    let csv = world.get("/api/v1/tests/t/report.csv", &org).await.text;
    assert!(csv.lines().next().unwrap().contains("补考后合格率"), "{csv}");
    let bytes = file_of(&world, "org", "/api/v1/tests/t/report.xlsx").await;
    assert!(part(&bytes, "xl/sharedStrings.xml").contains("补考后合格率"));
    let below = world.get("/api/v1/tests/t/report?branch=B", &org).await.good();
    assert_eq!((&below["make_ups"]["sat"], &below["make_ups"]["passed"]), (&json!(1), &json!(0)));
    let verified = proofs::verify_draw(&world.app, &Caller::operator(), "t-make-up").await.unwrap();
    assert!(verified.holds() && verified.papers == 2, "{verified:?}");
}

#[tokio::test]
async fn it_counts_in_the_assessment_where_the_first_test_does() {
    let world = settled().await;
    make_up(&world, "org", json!({ "cap": 70 })).await.good();
    world.pass(HOUR).await;
    world.sits("m2", "t-make-up", 7).await;
    world.sits("m3", "t-make-up", 7).await;
    world.pass(HOUR + MINUTE).await;
    let com = world.token("com").await;
    let year = &time(NOON)[..4];
    for tests in [json!({ "occasion": "monthly" }), json!({ "names": ["t", "t-make-up"] })] {
        let rules = json!({ "year": year.parse::<u32>().unwrap(), "title": "年度",
            "components": [{ "title": "月度", "weight": 100, "tests": tests }],
            "bands": [{ "title": "优秀", "from": 90 }, { "title": "其他", "from": 0 }],
            "branch": { "mean": 100 } });
        let path = format!("/api/v1/assessments/{year}");
        world.put(&path, &com, rules).await.good();
        let shown = world.get(&path, &com).await.good();
        let totals: Vec<(&str, f64)> = shown["members"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| (line["login"].as_str().unwrap(), line["total"].as_f64().unwrap()))
            .collect();
        assert_eq!(totals, [("m1", 100.0), ("m2", 70.0), ("m3", 70.0), ("m4", 0.0)]);
        let m2 = world.get(&format!("{path}/members/m2"), &com).await.good();
        let tests = m2["components"][0]["tests"].as_array().unwrap();
        assert_eq!(tests.len(), 1, "the make-up is no sitting of its own");
        assert_eq!(tests[0]["make_up"], json!({ "score": 20, "full": 20, "cap": 70, "counts": true }));
        assert_eq!((&tests[0]["score"], &tests[0]["value"]), (&json!(6), &json!(70)));
    }
    let page = open(&world, &format!("/assessments/{year}/members/m2"), &com).await;
    assert!(page.text.contains("Make-up 20 / 20, at most 70%: counts 70."), "{}", page.text);
    let org = world.token("org").await;
    let register = world.get("/api/v1/tests/t/register.docx", &org).await;
    assert_eq!(register.status, StatusCode::OK);
}

#[tokio::test]
async fn it_prefers_questions_that_the_first_test_did_not_draw() {
    let world = World::new().await;
    world.load_bank().await;
    let one = json!({ "sections": [{ "title": "One", "kind": "single", "points": 2, "draw": [{ "bank": "rules", "count": 2 }] }] });
    world.make(&definition("t", one)).await;
    world.sits("m1", "t", 0).await;
    world.sits("m2", "t", 0).await;
    world.pass(61 * MINUTE).await;
    let made = make_up(&world, "org", json!({})).await.good();
    let repeats = &made["make_up"]["repeats"];
    assert_eq!((&repeats["candidates"], &repeats["questions"]), (&json!(4), &json!(2)));
    let drawn = repeats["drawn_before"].as_u64().unwrap();
    assert_eq!(repeats["at_least"], 2_u64.saturating_sub(4 - drawn));
    world.pass(HOUR).await;
    for login in ["m1", "m2", "m3"] {
        world.sits(login, "t-make-up", 0).await;
    }
    world.pass(HOUR + MINUTE).await;
    let org = world.token("org").await;
    let proof = |name: &'static str| {
        let path = format!("/api/v1/tests/{name}/draw");
        let (world, org) = (&world, org.clone());
        async move { world.get(&path, &org).await.good() }
    };
    let (first, second) = (proof("t").await, proof("t-make-up").await);
    let of = |proof: &Value, member: &Value| -> Vec<String> {
        let attempts = proof["attempts"].as_array().unwrap();
        let attempt = attempts.iter().find(|attempt| attempt["member_id"] == *member);
        let lines = attempt.map(|attempt| attempt["paper"].as_str().unwrap().to_owned()).unwrap_or_default();
        lines.lines().map(|line| line.split(' ').nth(3).unwrap().to_owned()).collect()
    };
    for attempt in second["attempts"].as_array().unwrap() {
        let (before, now) = (of(&first, &attempt["member_id"]), of(&second, &attempt["member_id"]));
        assert!(now.iter().all(|question| !before.contains(question)), "{before:?} {now:?}");
    }
    assert_eq!(crate::draw::redraw(&second), (true, "3 papers agree\n".to_owned()));
    let any: Vec<Value> = second["drawn_before"].as_array().unwrap().clone();
    assert_eq!(u64::try_from(any.len()).unwrap(), drawn);
    assert!(proofs::verify_draw(&world.app, &Caller::operator(), "t-make-up").await.unwrap().holds());
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_words() {
    let world = settled().await;
    for (changes, code) in [
        (json!({ "cap": 59 }), "cap-unfit"),
        (json!({ "cap": 90 }), "cap-unfit"),
        (json!({ "closes": time(NOON + HOUR) }), "closes-first"),
    ] {
        let refused = make_up(&world, "org", changes).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{refused:?}");
        assert!(refused.text.contains(code), "{refused:?}");
    }
    for changes in [json!({ "who": ["everybody"] }), json!({ "caps": 1 }), json!({ "opens": "morning" })] {
        assert_eq!(make_up(&world, "org", changes).await.kind(), "unreadable");
    }
    let mut hand_made = definition("x", json!({ "occasion": "make_up", "make_up_of": { "test": "nothing" } }));
    let org = world.token("org").await;
    hand_made["opens"] = json!(time(NOON + 2 * HOUR));
    hand_made["closes"] = json!(time(NOON + 3 * HOUR));
    let refused = world.post("/api/v1/tests", &org, hand_made.clone()).await;
    assert!(refused.text.contains("unknown-test"), "{refused:?}");
    hand_made["make_up_of"]["test"] = json!("t");
    hand_made["audience"]["members"] = json!(["m1", "nobody"]);
    let refused = world.post("/api/v1/tests", &org, hand_made).await;
    assert!(refused.text.contains("unknown-member") && refused.text.contains("/audience/members/1"), "{refused:?}");
    make_up(&world, "org", json!({})).await.good();
    world.pass(2 * HOUR + MINUTE).await;
    let later = asked(&json!({ "opens": time(NOON + 5 * HOUR), "closes": time(NOON + 6 * HOUR) }));
    let of_it = world.post("/api/v1/tests/t-make-up/make-up", &org, later).await;
    assert_eq!(of_it.kind(), "invalid-field", "a make-up is sat once: {of_it:?}");
}

#[tokio::test]
async fn who_organizes_a_part_makes_one_for_that_part() {
    let world = settled().await;
    let made = make_up(&world, "org-b", json!({})).await.good();
    assert_eq!(logins(&made["make_up"]), [("m4", "absent")]);
    assert_eq!(made["audience"], json!({ "branches": ["B"], "except": [], "members": ["m4"] }));
    for login in ["com", "m1", "admin"] {
        assert_eq!(make_up(&world, login, json!({})).await.status, StatusCode::FORBIDDEN, "{login}");
    }
    let rest = make_up(&world, "org", json!({ "name": "rest" })).await.good();
    assert_eq!(
        (logins(&rest["make_up"]), &rest["make_up"]["already"]),
        (vec![("m2", "failed"), ("m3", "excused")], &json!(1))
    );
}

#[tokio::test]
async fn keys_of_the_first_test_wait_where_asked() {
    let world = settled().await;
    let org = world.token("org").await;
    let page = open(&world, "/tests/t/make-up", &org).await;
    assert!(page.text.contains("Absent (1)") && page.text.contains("On leave (1)"), "{}", page.text);
    let m1 = world.token("m1").await;
    let attempts = world.get("/api/v1/tests/t/attempts.csv", &org).await.text;
    let mine = attempts.lines().find(|line| line.contains(",m1,")).unwrap().split(',').nth(1).unwrap().to_owned();
    let path = format!("/api/v1/attempts/{mine}");
    assert!(world.get(&path, &m1).await.text.contains("because-explained"));
    let fields = [
        ("who", "absent"),
        ("who", "failed"),
        ("opens", &local(NOON + 2 * HOUR)),
        ("closes", &local(NOON + 3 * HOUR)),
        ("cap", "60"),
        ("name", "again"),
        ("holds_review", "1"),
    ];
    let wrong: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (*name, if *name == "cap" { "95" } else { *value })).collect();
    let refused = posted(&world, "/tests/t/make-up", &org, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("60…89.99") && refused.text.contains("value=\"95\""), "{}", refused.text);
    let made = posted(&world, "/tests/t/make-up", &org, &fields).await;
    assert_eq!(made.headers["location"], "/tests/again/manage?done=made", "{made:?}");
    assert!(!world.get(&path, &m1).await.text.contains("because-explained"), "they wait");
    let managed = open(&world, "/tests/again/manage", &org).await;
    assert!(managed.text.contains("counts at most 60%") && managed.text.contains("2 people named"), "{}", managed.text);
    let seen = world.get("/api/v1/tests/again", &m1).await;
    assert_eq!(seen.status, StatusCode::NOT_FOUND, "who needs one is for nobody else to see");
    world.pass(2 * HOUR + MINUTE).await;
    assert!(world.get(&path, &m1).await.text.contains("because-explained"));
}

fn local(at_ms: i64) -> String {
    let zoned = jiff::Timestamp::from_millisecond(at_ms).unwrap().to_zoned_datetime(jiff::tz::TimeZone::system());
    zoned.strftime("%Y-%m-%dT%H:%M").to_string()
}

#[test]
fn from_the_command_line_it_is_tried_and_made() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = runtime.block_on(settled());
    // Commands go by the machine's clock.
    let (opens, closes) = ("2099-01-01T09:00:00+08:00", "2099-01-01T18:00:00+08:00");
    let base = ["test", "make-up", "t", "--opens", opens, "--closes", closes, "--who", "absent,failed"];
    let tried = world.command(&[&base[..], &["--dry-run", "--json"]].concat());
    let told: Value = serde_json::from_slice(&tried.stdout).unwrap();
    assert_eq!((logins(&told), &told["commitment"]), (vec![("m2", "failed"), ("m4", "absent")], &Value::Null));
    let made = world.command(&[&base[..], &["--cap", "65"]].concat());
    let said = String::from_utf8(made.stdout).unwrap();
    assert!(made.status.success() && said.contains("t-make-up"), "{said}");
    let again = world.command(&base);
    assert_eq!(again.status.code(), Some(1));
    let wrong = world.command(&[&base[..7], &["--who", "everybody"]].concat());
    assert_eq!(wrong.status.code(), Some(2));
}

#[tokio::test]
async fn the_circular_tells_of_make_ups_only_where_enough_people_sat_them() {
    for (again, told) in [(6, true), (3, false)] {
        let world = crate::samples::many().await;
        world.make(&definition("t", json!({}))).await;
        for number in 0..12 {
            world.sits(&format!("p{number:02}"), "t", if number < 6 { 7 } else { 3 }).await;
        }
        world.pass(61 * MINUTE).await;
        assert_eq!(make_up(&world, "org", json!({})).await.status, StatusCode::CREATED);
        world.pass(HOUR).await;
        for number in 6..6 + again {
            world.sits(&format!("p{number:02}"), "t-make-up", 7).await;
        }
        world.pass(HOUR + MINUTE).await;
        let circular = part(&file_of(&world, "org", "/api/v1/tests/t/circular.docx").await, "word/document.xml");
        assert_eq!(circular.contains("补考后合格率为100.0%"), told, "{circular}");
        assert_eq!(circular.contains("补考后"), told, "figures of three people are nobody else's");
    }
}
