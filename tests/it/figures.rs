//! Every figure of a report equals the one computed from raw data, over random trees, moves, presence and results.

use crate::support::{BANK, MINUTE, World, definition, questions, right};
use axum::http::Method;
use proptest::prelude::{Strategy, any, prop_oneof};
use proptest::strategy::{Just, ValueTree};
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

#[derive(Debug, Clone)]
struct Person {
    branch: usize,
    moves_to: Option<usize>,
    moves_before_start: bool,
    sits: bool,
    submits: bool,
    rights: Vec<bool>,
    presence: Option<&'static str>,
}

fn a_unit() -> impl Strategy<Value = (Vec<usize>, Vec<Person>)> {
    let person = |branches: usize| {
        let presence = prop_oneof![6 => Just(None), 1 => Just(Some("excused")), 1 => Just(Some("exempt")), 1 => Just(Some("disqualified"))];
        (
            0..branches,
            proptest::option::weighted(0.3, 0..branches),
            any::<bool>(),
            proptest::bool::weighted(0.8),
            proptest::bool::weighted(0.9),
            proptest::collection::vec(any::<bool>(), 7),
            presence,
        )
            .prop_map(|(branch, moves_to, moves_before_start, sits, submits, rights, presence)| Person {
                branch,
                moves_to,
                moves_before_start,
                sits,
                submits,
                rights,
                presence,
            })
    };
    (2..7_usize).prop_flat_map(move |branches| {
        let parents: Vec<_> = (1..branches).map(|index| 0..index).collect();
        (parents, proptest::collection::vec(person(branches), 1..9))
    })
}

async fn world_of(parents: &[usize], people: &[Person]) -> World {
    let world = World::new().await;
    world.load_bank().await;
    let admin = world.token("admin").await;
    let mut branches = String::from("code,name,parent\nX0,x0,HQ\n");
    for (index, parent) in parents.iter().enumerate() {
        let _ = writeln!(branches, "X{0},x{0},X{parent}", index + 1);
    }
    world.send(Method::POST, "/api/v1/roster/branches", Some(&admin), branches).await.good();
    let mut roster = String::from("login,name,branch\n");
    for (index, person) in people.iter().enumerate() {
        let _ = writeln!(roster, "p{index},p{index},X{}", person.branch);
    }
    world.send(Method::POST, "/api/v1/roster/members", Some(&admin), roster).await.good();
    let logins: Vec<String> = (0..people.len()).map(|index| format!("p{index}")).collect();
    world.give_passwords(logins.iter().map(String::as_str)).await;
    world.make(&definition("t", json!({ "audience": { "branches": ["X0"] } }))).await;
    world
}

async fn act(world: &World, people: &[Person]) {
    let (admin, org) = (world.token("admin").await, world.token("org").await);
    for (index, person) in people.iter().enumerate() {
        let go = format!("login,name,branch\np{index},p{index},X{}\n", person.moves_to.unwrap_or(person.branch));
        if person.moves_before_start {
            world.send(Method::POST, "/api/v1/roster/members", Some(&admin), go.clone()).await.good();
        }
        if person.sits {
            let token = world.token(&format!("p{index}")).await;
            let paper = world.start(&token).await;
            let attempt = paper["attempt"].as_str().unwrap();
            for (question, is_right) in questions(&paper).iter().zip(&person.rights) {
                if *is_right {
                    world.save(&token, attempt, question["position"].as_i64().unwrap(), 1, right(question)).await;
                }
            }
            if person.submits {
                world.submit(&token, attempt).await.good();
            }
        }
        if !person.moves_before_start {
            world.send(Method::POST, "/api/v1/roster/members", Some(&admin), go).await.good();
        }
        if let Some(state) = person.presence {
            world
                .put(&format!("/api/v1/tests/t/presence/p{index}"), &org, json!({ "state": state, "reason": "r" }))
                .await;
        }
    }
}

/// What a line of the report must say, from the raw attempts below a branch.
fn expected(lines: &[Value], below: &[String]) -> BTreeMap<&'static str, Value> {
    let here: Vec<&Value> =
        lines.iter().filter(|line| below.iter().any(|code| line["branch"] == json!(code))).collect();
    let count = |state: &str| here.iter().filter(|line| line["presence"] == json!(state)).count();
    let (sat, due) = (count("sat"), count("sat") + count("absent") + count("excused") + count("disqualified"));
    let scores: Vec<f64> =
        here.iter().filter(|line| line["presence"] == "sat").map(|line| line["percent"].as_f64().unwrap()).collect();
    let [passed, excellent] = [60.0, 90.0].map(|line| scores.iter().filter(|score| **score >= line).count());
    let size = f64::from(u32::try_from(scores.len()).unwrap());
    let rate = |part: usize, whole: usize| {
        if whole == 0 {
            Value::Null
        } else {
            json!(f64::from(u32::try_from(part).unwrap()) * 100.0 / f64::from(u32::try_from(whole).unwrap()))
        }
    };
    let mean = if scores.is_empty() { Value::Null } else { json!(scores.iter().sum::<f64>() / size) };
    let mut figures = spread(&scores);
    figures.extend([
        ("due", json!(due)),
        ("sat", json!(sat)),
        ("absent", json!(count("absent"))),
        ("excused", json!(count("excused"))),
        ("exempt", json!(count("exempt"))),
        ("disqualified", json!(count("disqualified"))),
        ("participation_rate", rate(sat, due)),
        ("mean", mean),
        ("passed", json!(passed)),
        ("pass_rate", rate(passed, sat)),
        ("pass_rate_due", rate(passed, due)),
        ("excellent", json!(excellent)),
        ("excellence_rate", rate(excellent, sat)),
        ("excellence_rate_due", rate(excellent, due)),
    ]);
    figures
}

/// Median, highest, lowest and standard deviation, worked out the long way.
fn spread(scores: &[f64]) -> BTreeMap<&'static str, Value> {
    let mut sorted = scores.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    let median = match sorted.len() {
        0 => Value::Null,
        odd if odd % 2 == 1 => json!(sorted[half]),
        _ => json!(f64::midpoint(sorted[half - 1], sorted[half])),
    };
    let size = f64::from(u32::try_from(scores.len()).unwrap());
    let mean = scores.iter().sum::<f64>() / size;
    let squares: f64 = scores.iter().map(|score| (score - mean) * (score - mean)).sum();
    let deviation = if scores.len() < 2 { Value::Null } else { json!((squares / (size - 1.0)).sqrt()) };
    BTreeMap::from([
        ("median", median),
        ("highest", json!(sorted.last())),
        ("lowest", json!(sorted.first())),
        ("standard_deviation", deviation),
    ])
}

/// How many scores lie in each band, closed at the lower end.
fn in_bands(lines: &[Value], below: &[String]) -> Vec<u64> {
    let mut counts = vec![0; 5];
    let here = lines.iter().filter(|line| below.iter().any(|code| line["branch"] == json!(code)));
    for line in here.filter(|line| line["presence"] == "sat") {
        let percent = line["percent"].as_f64().unwrap();
        counts[[60.0, 70.0, 80.0, 90.0].iter().filter(|from| percent >= **from).count()] += 1;
    }
    counts
}

fn agree(said: &Value, meant: &Value) -> bool {
    match (said.as_f64(), meant.as_f64()) {
        (Some(said), Some(meant)) => (said - meant).abs() < 1e-6,
        _ => said == meant,
    }
}

/// Marks raw responses by the bank's file, independently of the program's own marking.
fn marked_again(raw: &str, bank: &Value) -> HashMap<String, f64> {
    let mut reader = csv::Reader::from_reader(raw.trim_start_matches('\u{feff}').as_bytes());
    let mut scores: HashMap<String, f64> = HashMap::new();
    for record in reader.records() {
        let record = record.unwrap();
        let question =
            bank["questions"].as_array().unwrap().iter().find(|question| question["id"] == record[5]).unwrap().clone();
        let response = &record[9];
        let full: f64 = record[11].parse().unwrap();
        let is_right = match question["kind"].as_str().unwrap() {
            "multiple" => {
                let key: Vec<&str> =
                    question["answer"].as_array().unwrap().iter().map(|label| label.as_str().unwrap()).collect();
                response.split(',').collect::<Vec<&str>>() == key
            }
            "blank" => !response.is_empty(),
            "true_false" => !response.is_empty() && Some(response == "true") == question["answer"].as_bool(),
            _ => question["answer"] == *response,
        };
        *scores.entry(record[2].to_owned()).or_default() += if is_right { full } else { 0.0 };
        let earned = if is_right { full } else { 0.0 };
        assert!((record[10].parse::<f64>().unwrap() - earned).abs() < 1e-9, "{record:?}");
    }
    scores
}

async fn check(world: &World, parents: &[usize]) {
    let org = world.token("org").await;
    let raw = world.get("/api/v1/tests/t/attempts.csv", &org).await.text;
    let mut reader = csv::Reader::from_reader(raw.trim_start_matches('\u{feff}').as_bytes());
    let headings: Vec<String> = reader.headers().unwrap().iter().map(ToOwned::to_owned).collect();
    let lines: Vec<Value> = reader
        .records()
        .map(|record| {
            headings
                .iter()
                .cloned()
                .zip(record.unwrap().iter().map(|cell| cell.parse::<f64>().map_or_else(|_| json!(cell), |n| json!(n))))
                .collect()
        })
        .collect();
    let again = marked_again(
        &world.get("/api/v1/tests/t/responses.csv", &org).await.text,
        &serde_json::from_str(BANK).unwrap(),
    );
    for line in lines.iter().filter(|line| line["finished"] != "") {
        assert_eq!(line["score"].as_f64(), again.get(line["login"].as_str().unwrap()).copied(), "{line}");
    }
    let branches = parents.len() + 1;
    let below = |top: usize| -> Vec<String> {
        let is_below = |mut at: usize| loop {
            if at == top {
                break true;
            }
            if at == 0 {
                break false;
            }
            at = parents[at - 1];
        };
        (0..branches).filter(|index| is_below(*index)).map(|index| format!("X{index}")).collect()
    };
    for top in 0..branches {
        let report = world.get(&format!("/api/v1/tests/t/report?branch=X{top}"), &org).await.good();
        for (name, meant) in expected(&lines, &below(top)) {
            assert!(
                agree(&report["branch"][name], &meant),
                "X{top} {name}: {} instead of {meant}\n{lines:#?}",
                report["branch"][name]
            );
        }
        let bands: Vec<u64> =
            report["bands"].as_array().unwrap().iter().map(|band| band["count"].as_u64().unwrap()).collect();
        assert_eq!(bands, in_bands(&lines, &below(top)), "X{top}");
        for name in ["due", "sat", "absent", "excused", "exempt", "disqualified", "working", "passed", "excellent"] {
            let sum: u64 = report["children"].as_array().unwrap().iter().map(|line| line[name].as_u64().unwrap()).sum();
            assert_eq!(report["branch"][name].as_u64(), Some(sum), "the children of X{top} add up: {name}");
        }
        let won: f64 = report["topics"].as_array().unwrap().iter().map(|topic| topic["won"].as_f64().unwrap()).sum();
        let scores: f64 = lines
            .iter()
            .filter(|line| line["presence"] == "sat" && below(top).iter().any(|code| line["branch"] == json!(code)))
            .map(|line| line["score"].as_f64().unwrap_or(0.0))
            .sum();
        assert!((won - scores).abs() < 1e-6, "points by topic are the points won");
    }
}

#[tokio::test]
async fn every_figure_equals_recomputation_from_raw_data() {
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    for _ in 0..16 {
        let (parents, people) = a_unit().new_tree(&mut runner).unwrap().current();
        let world = world_of(&parents, &people).await;
        act(&world, &people).await;
        check(&world, &parents).await;
        world.pass(120 * MINUTE).await;
        check(&world, &parents).await;
        let admin = world.token("admin").await;
        world.send(Method::POST, "/api/v1/roster/members", Some(&admin), "login,name,branch\np0,p0,B1\n").await.good();
        check(&world, &parents).await;
    }
}

#[tokio::test]
async fn attendance_is_listed_by_branch_and_found_by_name() {
    let world = World::with_test().await;
    let org = world.token("org").await;
    let page = async |query: &str| crate::support::open(&world, &format!("/tests/t/presence{query}"), &org).await.text;
    let all = page("").await;
    assert!(["王一", "王二", "王三", "王四"].iter().all(|name| all.contains(name)), "{all}");
    let one = page("?branch=A1").await;
    assert!(one.contains("王一") && one.contains("王二") && !one.contains("王三"), "{one}");
    let found = page("?search=%E7%8E%8B%E4%B8%89").await;
    assert!(found.contains("王三") && !found.contains("王一"), "{found}");
    let link = one.split("href=\"").find(|link| link.contains("&amp;person=")).unwrap().split('"').next().unwrap();
    let form = crate::support::open(&world, &link.replace("&amp;", "&"), &org).await.text;
    assert!(form.contains("id=\"set\"") && form.contains("王一"), "{form}");
    let com_b = world.token("com-b").await;
    let id = link.split("person=").nth(1).unwrap();
    let others = crate::support::open(&world, &format!("/tests/t/presence?person={id}"), &com_b).await.text;
    assert!(!others.contains("王一"), "{others}");
}
