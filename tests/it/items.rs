//! Item analysis: its figures are those worked out from the raw data, and what tells keys is for those who may read them.

use crate::support::{MINUTE, World, definition, open, questions, right};
use axum::http::{Method, StatusCode};
use kaohe::rules::items::FORM;
use kaohe::service::items;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;

/// A number that looks thrown, from 0 to 99.
fn thrown(member: usize, position: i64, round: usize) -> usize {
    let position = usize::try_from(position).unwrap();
    (member * 7919 + position * 104_729 + round * 1_299_709 + member * position * 31) % 97 * 100 / 97
}

/// A response of which only the wrong ones are thrown; nothing where it is left out.
fn answered(question: &Value, member: usize, round: usize) -> Option<Value> {
    let luck = thrown(member, question["position"].as_i64().unwrap(), round);
    if luck < 8 {
        return None;
    }
    if luck < 25 + member * 3 {
        return Some(right(question));
    }
    let options = question["options"].as_array().unwrap();
    let any = |by: usize| options[(luck + by) % options.len().max(1)]["label"].clone();
    Some(match question["kind"].as_str().unwrap() {
        "single" => any(0),
        "multiple" => json!([any(0)]),
        "true_false" => json!(!right(question).as_bool().unwrap()),
        _ => json!(["三年", null]),
    })
}

/// Members `p0` … of the branches A1, A2 and B1 in turn.
async fn with_members(world: &World, count: usize) -> Vec<String> {
    let admin = world.token("admin").await;
    let mut roster = String::from("login,name,branch\n");
    for index in 0..count {
        let _ = writeln!(roster, "p{index},p{index},{}", ["A1", "A2", "B1"][index % 3]);
    }
    world.send(Method::POST, "/api/v1/roster/members", Some(&admin), roster).await.good();
    let logins: Vec<String> = (0..count).map(|index| format!("p{index}")).collect();
    world.give_passwords(logins.iter().map(String::as_str)).await;
    let mut tokens = Vec::new();
    for login in logins {
        tokens.push(world.token(&login).await);
    }
    tokens
}

async fn sit(world: &World, token: &str, member: usize, round: usize) {
    let paper = world.start(token).await;
    let attempt = paper["attempt"].as_str().unwrap();
    for question in questions(&paper) {
        if let Some(response) = answered(&question, member, round) {
            let saved = world.save(token, attempt, question["position"].as_i64().unwrap(), 1, response).await;
            assert_eq!(saved.status, StatusCode::NO_CONTENT, "{saved:?}");
        }
    }
    world.submit(token, attempt).await.good();
    world.app.clock.move_by(1000);
}

async fn csv(world: &World, path: &str, token: &str) -> Vec<BTreeMap<String, String>> {
    let text = world.get(path, token).await.text;
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

fn number(text: &str) -> f64 {
    text.parse().unwrap()
}

fn float(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}

fn variance(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / float(values.len());
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (float(values.len()) - 1.0)
}

fn pearson(pairs: &[(f64, f64)]) -> Option<f64> {
    let n = float(pairs.len());
    let (x, y) = pairs.iter().fold((0.0, 0.0), |sums, pair| (sums.0 + pair.0 / n, sums.1 + pair.1 / n));
    let sum = |term: &dyn Fn(f64, f64) -> f64| pairs.iter().map(|pair| term(pair.0 - x, pair.1 - y)).sum::<f64>();
    let (xx, yy) = (sum(&|x, _| x * x), sum(&|_, y| y * y));
    (xx > 1e-12 && yy > 1e-12).then(|| sum(&|x, y| x * y) / (xx * yy).sqrt())
}

fn near(found: &Value, expected: Option<f64>, what: &str) {
    match expected {
        Some(expected) => {
            assert!((found.as_f64().unwrap_or(f64::NAN) - expected).abs() < 1e-9, "{what}: {found}, not {expected}");
        }
        None => assert!(found.is_null(), "{what}: {found}"),
    }
}

/// The attempts that count, by the raw data: the last one of each member who sat, with branch and score.
fn counting(attempts: &[BTreeMap<String, String>], below: &[&str]) -> BTreeMap<String, f64> {
    let mut last: BTreeMap<&str, &BTreeMap<String, String>> = BTreeMap::new();
    for line in attempts.iter().filter(|line| line["presence"] == "sat" && below.contains(&&*line["branch"])) {
        let known = last.entry(&line["login"]).or_insert(line);
        if line["finished"] > known["finished"] {
            *known = line;
        }
    }
    last.into_values().map(|line| (line["attempt"].clone(), number(&line["score"]))).collect()
}

fn check_questions(found: &Value, scores: &BTreeMap<String, f64>, responses: &[BTreeMap<String, String>]) {
    let mine: Vec<&BTreeMap<String, String>> =
        responses.iter().filter(|line| scores.contains_key(&line["attempt"])).collect();
    let listed = found["questions"].as_array().unwrap();
    let asked: std::collections::BTreeSet<&String> = mine.iter().map(|line| &line["question"]).collect();
    assert_eq!(listed.len(), asked.len());
    for question in listed {
        let name = question["question"].as_str().unwrap();
        let lines: Vec<&&BTreeMap<String, String>> = mine.iter().filter(|line| line["question"] == name).collect();
        let n = float(lines.len());
        assert_eq!(question["attempts"], json!(lines.len()), "{name}");
        assert_eq!(question["kind"], json!(lines[0]["kind"]));
        let won: f64 = lines.iter().map(|line| number(&line["points"]) / number(&line["full"])).sum();
        near(&question["facility"], Some(won * 100.0 / n), "facility");
        assert_eq!(question["omitted"], json!(lines.iter().filter(|line| line["response"].is_empty()).count()));
        let pair = |line: &&&BTreeMap<String, String>| {
            let points = number(&line["points"]);
            (points, scores[&line["attempt"]] - points)
        };
        let pairs: Vec<(f64, f64)> = lines.iter().map(pair).collect();
        near(&question["discrimination"], if lines.len() < 10 { None } else { pearson(&pairs) }, "discrimination");
        for option in question["options"].as_array().unwrap() {
            let label = option["label"].as_str().unwrap();
            let chosen = lines.iter().filter(|line| line["response"].split(',').any(|chosen| chosen == label)).count();
            near(&option["share"], Some(float(chosen) * 100.0 / n), "share");
            let keys = match name {
                "qid-m1" => &["A", "C"][..],
                "qid-m2" => &["A", "B"],
                "qid-t2" => &["false"],
                _ => &["A", "true"],
            };
            assert_eq!(option["key"], json!(keys.contains(&label)), "{name} {label}");
            let thirds = ["bottom", "middle", "top"].map(|third| option[third].as_f64());
            let mean = thirds.iter().flatten().sum::<f64>() / 3.0;
            assert!(thirds[0].is_none() || (mean - option["share"].as_f64().unwrap()).abs() < 1e-9, "{option}");
        }
    }
}

/// The figures of the whole test; the kinds of the fixture are its sections.
fn check_test(found: &Value, scores: &BTreeMap<String, f64>, responses: &[BTreeMap<String, String>]) {
    let totals: Vec<f64> = scores.values().copied().collect();
    assert_eq!(found["attempts"], json!(totals.len()));
    near(&found["mean"], Some(totals.iter().sum::<f64>() * 100.0 / 20.0 / float(totals.len())), "mean");
    near(&found["standard_deviation"], Some(variance(&totals).sqrt() * 5.0), "deviation");
    let mut error = 0.0;
    for (kind, points) in [("single", 2.0), ("multiple", 4.0), ("true_false", 2.0), ("blank", 6.0)] {
        let marks = |attempt: &String| -> Vec<f64> {
            let here = responses.iter().filter(|line| line["attempt"] == *attempt && line["kind"] == kind);
            here.map(|line| number(&line["points"])).collect()
        };
        let members: Vec<Vec<f64>> = scores.keys().map(marks).collect();
        let count = float(members[0].len());
        if members[0].len() == 1 {
            error += variance(&members.iter().map(|marks| marks[0]).collect::<Vec<_>>());
            continue;
        }
        assert!(points > 0.0);
        let within: f64 = members.iter().map(|marks| variance(marks) * (count - 1.0)).sum();
        error += count * within / (float(members.len()) * (count - 1.0));
    }
    near(&found["reliability"], Some(1.0 - error / variance(&totals)), "reliability");
    near(&found["standard_error"], Some(error.sqrt()), "standard error");
    assert!(found["alpha"].is_null() && found["papers_alike"] == json!(false));
    assert!((0.0..=100.0).contains(&found["decision_consistency"].as_f64().unwrap()));
}

#[tokio::test]
async fn figures_are_those_of_the_raw_data() {
    let world = World::new().await;
    world.load_bank().await;
    world.make(&definition("t", json!({ "attempts": 2, "keep": "last" }))).await;
    let tokens = with_members(&world, 24).await;
    for (member, token) in tokens.iter().enumerate() {
        sit(&world, token, member, 0).await;
        if member % 5 == 0 {
            sit(&world, token, member, 1).await;
        }
    }
    let org = world.token("org").await;
    let before = world.get("/api/v1/tests/t/items", &org).await.good();
    assert_eq!(before["attempts"], json!(24));
    world.put("/api/v1/tests/t/presence/p7", &org, json!({ "state": "disqualified", "reason": "phone" })).await;
    world.pass(2 * 60 * MINUTE).await;
    let attempts = csv(&world, "/api/v1/tests/t/attempts.csv", &org).await;
    let responses = csv(&world, "/api/v1/tests/t/responses.csv", &org).await;
    for (query, below) in
        [("", &["A1", "A2", "B1"][..]), ("?branch=A", &["A1", "A2"]), ("?branch=HQ", &["A1", "A2", "B1"])]
    {
        let found = world.get(&format!("/api/v1/tests/t/items{query}"), &org).await.good();
        let scores = counting(&attempts, below);
        assert!(scores.len() > 14);
        check_test(&found, &scores, &responses);
        check_questions(&found, &scores, &responses);
        let report = world.get(&format!("/api/v1/tests/t/report{query}"), &org).await.good();
        for figure in ["mean", "median", "standard_deviation"] {
            near(&found[figure], report["branch"][figure].as_f64(), figure);
        }
    }
    let moodle = world.get("/api/v1/tests/t/items?mode=moodle", &org).await.good();
    let positions = moodle["positions"].as_array().unwrap();
    assert_eq!((positions.len(), moodle["attempts"].as_u64()), (7, Some(23)));
    let totals: Vec<f64> = counting(&attempts, &["A1", "A2", "B1"]).into_values().collect();
    near(&moodle["standard_deviation"], Some(variance(&totals).sqrt()), "deviation in points");
    assert!(positions.iter().all(|position| {
        let drawn =
            position["questions"].as_array().unwrap().iter().map(|one| one["attempts"].as_u64().unwrap()).sum::<u64>();
        drawn == 23 && position["attempts"] == json!(23)
    }));
    assert_eq!(world.get("/api/v1/tests/t/items?mode=other", &org).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// Every word that would tell a key: options and what is said of them.
fn tells_keys(answer: &str) -> bool {
    ["\"options\"", "\"key\"", "key-suspect", "distractor", "\"top\""].iter().any(|word| answer.contains(word))
}

#[tokio::test]
async fn keys_are_for_those_who_may_read_them_until_review_is_open() {
    let world = World::new().await;
    world.load_bank().await;
    world.make(&definition("t", json!({}))).await;
    let tokens = with_members(&world, 12).await;
    for (member, token) in tokens.iter().enumerate() {
        sit(&world, token, member, 0).await;
    }
    let path = "/api/v1/tests/t/items";
    let [org, org_a, org_b, com, com_b] = [
        world.token("org").await,
        world.token("org-a").await,
        world.token("org-b").await,
        world.token("com").await,
        world.token("com-b").await,
    ];
    for (login, status) in [("p1", StatusCode::FORBIDDEN), ("admin", StatusCode::FORBIDDEN)] {
        for path in [path, "/tests/t/items", "/tests/t/items/rules/qid-s1", "/api/v1/tests/t/items?mode=moodle"] {
            let answer = world.get(path, &world.token(login).await).await;
            assert_eq!(answer.status, status, "{login} {path}");
            assert!(!["qid-s2", "qid-t", "Single"].iter().any(|word| answer.text.contains(word)), "{login} {path}");
        }
    }
    assert!(tells_keys(&world.get(path, &org).await.text), "who organizes at the bank's branch reads its keys");
    for token in [&org_a, &org_b, &com, &com_b] {
        let answer = world.get(path, token).await;
        assert!(!tells_keys(&answer.text), "{}", answer.text);
        assert!(answer.good()["questions"][0]["facility"].is_number());
        for page in ["/tests/t/items", "/tests/t/items/rules/qid-s1"] {
            let page = open(&world, page, token).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(
                !["alpha", "beta", "Single one", "Single two", "statement", "because"]
                    .iter()
                    .any(|word| page.text.contains(word)),
                "{}",
                page.text
            );
        }
    }
    let of_b = world.get(path, &com_b).await.good();
    assert_eq!((of_b["branch"]["code"].as_str(), of_b["attempts"].as_u64()), (Some("B"), Some(4)));
    for code in ["A", "HQ", "nothing"] {
        assert_eq!(world.get(&format!("{path}?branch={code}"), &com_b).await.status, StatusCode::NOT_FOUND);
    }
    world.pass(2 * 60 * MINUTE).await;
    for token in [&org, &org_a, &com, &com_b] {
        assert!(tells_keys(&world.get(path, token).await.text));
    }
    let page = open(&world, "/tests/t/items/rules/qid-s1", &com).await;
    assert!(page.text.contains("alpha") && page.text.contains("Single one"), "{}", page.text);
}

#[tokio::test]
async fn a_test_that_is_never_reviewed_keeps_its_keys() {
    let world = World::new().await;
    world.load_bank().await;
    world.make(&definition("t", json!({ "review": "never" }))).await;
    let tokens = with_members(&world, 12).await;
    for (member, token) in tokens.iter().enumerate() {
        sit(&world, token, member, 0).await;
    }
    world.pass(2 * 60 * MINUTE).await;
    let [org, com] = [world.token("org").await, world.token("com").await];
    assert!(tells_keys(&world.get("/api/v1/tests/t/items", &org).await.text));
    assert!(!tells_keys(&world.get("/api/v1/tests/t/items", &com).await.text));
    let page = open(&world, "/tests/t/items/rules/qid-s1", &com).await.text;
    assert!(page.contains("Single one") && !page.contains("alpha"), "the words, not the options: {page}");
}

#[tokio::test]
async fn a_result_counts_once_it_is_marked_and_an_amendment_changes_the_figures() {
    let world = World::with_test().await;
    let org = world.token("org").await;
    let m1 = world.token("m1").await;
    let paper = world.start(&m1).await;
    let attempt = paper["attempt"].as_str().unwrap();
    let gap = questions(&paper).into_iter().find(|question| question["kind"] == "blank").unwrap();
    let position = gap["position"].as_i64().unwrap();
    world.save(&m1, attempt, position, 1, json!(["1年", "the congres"])).await;
    world.submit(&m1, attempt).await.good();
    let items = async || world.get("/api/v1/tests/t/items", &org).await.good();
    let waiting = world.get("/api/v1/tests/t/marking", &org).await.good();
    let response = waiting["questions"][0]["waiting"][0]["response"].clone();
    assert!(response.is_string(), "{waiting}");
    assert_eq!(items().await["attempts"], json!(0));
    let mark = async |given: Value| {
        assert_eq!(world.post("/api/v1/tests/t/marking", &org, given).await.status, StatusCode::NO_CONTENT);
    };
    mark(json!({ "response": response, "points": 3 })).await;
    let facility = |items: &Value| {
        items["questions"].as_array().unwrap().iter().find(|q| q["kind"] == "blank").unwrap()["facility"].clone()
    };
    assert_eq!(facility(&items().await), json!(50.0));
    mark(json!({ "response": response, "points": 6, "note": "near enough", "again": true })).await;
    assert_eq!(facility(&items().await), json!(100.0));
}

#[tokio::test]
async fn a_cancelled_test_has_no_figures() {
    let world = World::with_test().await;
    let (org, m1) = (world.token("org").await, world.token("m1").await);
    let paper = world.start(&m1).await;
    world.submit(&m1, paper["attempt"].as_str().unwrap()).await.good();
    assert_eq!(world.get("/api/v1/tests/t/items", &org).await.good()["attempts"], json!(1));
    world.post("/api/v1/tests/t/cancel", &org, json!({ "reason": "leaked" })).await.good();
    let found = world.get("/api/v1/tests/t/items", &org).await.good();
    assert_eq!((&found["attempts"], &found["mean"], &found["questions"]), (&json!(0), &Value::Null, &json!([])));
}

/// With six decimals: the last ones may differ from machine to machine.
fn rounded(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => json!((number.as_f64().unwrap() * 1e6).round() / 1e6),
        Value::Array(values) => values.iter().map(rounded).collect(),
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), rounded(value))).collect(),
        other => other.clone(),
    }
}

/// A test of every question there is of two kinds, so that all papers are alike.
fn alike() -> Value {
    let section = |kind: &str, points: i64, count: i64| json!({ "title": kind, "kind": kind, "points": points, "draw": [{ "bank": "rules", "count": count }] });
    json!({ "sections": [section("single", 5, 4), section("multiple", 10, 2)] })
}

/// Of twenty-four members the strong half choose `beta` where `alpha` is marked correct.
async fn with_a_wrong_key() -> World {
    let world = World::new().await;
    world.load_bank().await;
    world.make(&definition("t", alike())).await;
    let tokens = with_members(&world, 24).await;
    for (member, token) in tokens.iter().enumerate() {
        let paper = world.start(token).await;
        let attempt = paper["attempt"].as_str().unwrap();
        for question in questions(&paper) {
            let text = |wanted: &str| {
                let options = question["options"].as_array().unwrap();
                options.iter().find(|option| option["text"] == wanted).unwrap()["label"].clone()
            };
            let stem = question["stem"].as_str().or_else(|| question["stem"]["en"].as_str()).unwrap();
            let response = match stem {
                "Single one" => text(if member < 12 { "alpha" } else { "beta" }),
                "Single two" if member < 6 => text("gamma2"),
                "Single three" if member < 12 => text("delta3"),
                "Multiple one" if member < 16 => json!([text("one")]),
                "Multiple two" if member % 4 == 0 => continue,
                _ => right(&question),
            };
            world.save(token, attempt, question["position"].as_i64().unwrap(), 1, response).await;
        }
        world.submit(token, attempt).await.good();
    }
    world
}

#[tokio::test]
async fn a_wrong_key_is_named_first_and_where_papers_are_alike_alpha_is_said() {
    let world = with_a_wrong_key().await;
    let org = world.token("org").await;
    let found = world.get("/api/v1/tests/t/items", &org).await.good();
    insta::assert_json_snapshot!(rounded(&found));
    let doubtful = &found["questions"].as_array().unwrap().iter().find(|one| one["question"] == "qid-s1").unwrap();
    assert_eq!(doubtful["flags"][0], "key-suspect");
    let page = open(&world, "/tests/t/items", &org).await.text;
    let (doubt, easy) = (page.find("answer in doubt").unwrap(), page.find("Questions 1–6 of 6").unwrap());
    assert!(doubt < easy && page.contains("not the answer that is marked correct"), "{page}");
    let page = open(&world, "/tests/t/items/rules/qid-s1", &org).await.text;
    assert!(page.contains("The strongest members chose B") && page.contains("/banks/rules/questions/qid-s1"), "{page}");
}

#[tokio::test]
async fn a_question_of_a_bank_tells_how_it_behaved() {
    let world = with_a_wrong_key().await;
    let (org, org_a, com) = (world.token("org").await, world.token("org-a").await, world.token("com").await);
    let path = "/banks/rules/questions/qid-s1";
    let page = open(&world, path, &org).await.text;
    assert!(page.contains("A test") && page.contains("50.0%") && page.contains("answer in doubt"), "{page}");
    assert!(!page.contains("worded otherwise then"));
    let bank = crate::support::BANK.replace("Single one", "Single number one");
    world.send(Method::POST, "/api/v1/banks", Some(&org), bank).await.good();
    let page = open(&world, path, &org).await.text;
    assert!(page.contains("Single number one") && page.contains("worded otherwise then"), "{page}");
    assert_eq!(open(&world, "/banks/rules/questions/qid-none", &org).await.status, StatusCode::NOT_FOUND);
    for token in [&org_a, &com] {
        assert_eq!(open(&world, path, token).await.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn what_is_kept_of_a_settled_test_is_what_its_attempts_say() {
    let world = with_a_wrong_key().await;
    let org = world.token("org").await;
    let missing = async |world: &World| {
        kaohe::store::item_analyses::missing(&mut world.app.db.read().await.unwrap(), FORM).await.unwrap().len()
    };
    world.get("/api/v1/tests/t/items", &org).await.good();
    assert_eq!(missing(&world).await, 0, "nothing is kept of a test that goes on");
    world.pass(2 * 60 * MINUTE).await;
    assert_eq!(missing(&world).await, 1);
    items::keep(&world.app).await.unwrap();
    assert_eq!(missing(&world).await, 0);
    let from_memory = world.get("/api/v1/tests/t/items", &org).await.good();
    let world = world.restarted().await;
    assert_eq!(rounded(&world.get("/api/v1/tests/t/items", &org).await.good()), rounded(&from_memory));
    assert!(world.app.caches.sittings.is_empty(), "no attempt was read");

    let change = json!({ "bank": "rules", "question": "qid-s1", "change": "key", "answer": "B", "reason": "was B" });
    world.post("/api/v1/tests/t/amendments", &org, change).await.good();
    let corrected = world.get("/api/v1/tests/t/items", &org).await.good();
    assert_ne!(rounded(&corrected), rounded(&from_memory));
    assert_eq!(missing(&world).await, 0, "who looks first keeps it");
    let world = world.restarted().await;
    assert_eq!(rounded(&world.get("/api/v1/tests/t/items", &org).await.good()), rounded(&corrected));
    let page = open(&world, "/tests/t/items", &org).await.text;
    assert!(!page.contains("not the answer that is marked correct"), "by the key of today: {page}");
}

#[tokio::test]
async fn a_topic_of_the_report_leads_to_its_questions() {
    let world = World::new().await;
    world.load_bank().await;
    world.make(&definition("t", json!({}))).await;
    world.sits("m1", "t", 3).await;
    world.pass(61 * MINUTE).await;
    let com = world.token("com").await;
    let report = open(&world, "/tests/t/report", &com).await.text;
    let told = world.get("/api/v1/tests/t/report", &com).await.good();
    let (bank, topic) = (told["topics"][0]["bank"].as_str().unwrap(), told["topics"][0]["topic"].as_str().unwrap());
    let narrowed = format!("bank={bank}&amp;topic={topic}");
    assert!(report.contains(&narrowed), "{report}");
    let listed = |text: &str| text.matches("/tests/t/items/rules/").count();
    let all = open(&world, "/tests/t/items", &com).await.text;
    let some = open(&world, &format!("/tests/t/items?bank={bank}&topic={topic}"), &com).await.text;
    assert!(0 < listed(&some) && listed(&some) < listed(&all), "{some}");
    let sorted = open(&world, &format!("/tests/t/items?bank={bank}&topic={topic}&sort=facility"), &com).await.text;
    assert_eq!(listed(&sorted), listed(&some), "another order narrows as well");
    let unknown = open(&world, "/tests/t/items?bank=rules&topic=none", &com).await.text;
    assert_eq!(listed(&unknown), listed(&all), "an unknown topic narrows nothing");
}
