//! `kaohe demo`: a ready unit to look at and try, made through the same use cases as a real one.

mod large;

use crate::app::{App, Clock, Randomness};
use crate::cli::unit::{self, Chance, Somebody};
use crate::cli::words::Words;
use crate::cli::{Failure, Outcome, Place, serve};
use crate::config::Settings;
use crate::rules::paper::Item;
use crate::rules::presence::Presence;
use crate::rules::question::{Key, paper_label};
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::service::banks::LoadOptions;
use crate::service::error::Error;
use crate::service::sitting::{self, Asking, Incoming};
use crate::service::tests::PresenceChange;
use crate::service::{accounts, banks, roster, tests};
use crate::store::db::Db;
use crate::store::people;
use clap::Args;
use futures_util::future::try_join_all;
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// Arguments of `kaohe demo`.
#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Address to listen on; port 0 takes any free one.
    #[arg(long, env = "KAOHE_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR")]
    listen: SocketAddr,
    /// Make a unit of so many members instead, to see how a large one is carried.
    #[arg(long, env = "KAOHE_MEMBERS_COUNT", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    members: Option<u32>,
    /// With so many tests behind it, one a month.
    #[arg(long, env = "KAOHE_TESTS_COUNT", value_parser = clap::value_parser!(u32).range(1..=240))]
    tests: Option<u32>,
}

/// The shipped banks.
const BANKS: [&str; 4] = [
    include_str!("../../question_banks/party-constitution.json"),
    include_str!("../../question_banks/branch-work.json"),
    include_str!("../../question_banks/party-committee.json"),
    include_str!("../../question_banks/political-work.json"),
];
/// The one password of the demonstration's sign-ins; printed, and for looking around only.
const PASSWORD: &str = "kaohe-demo";
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
const SEED: u64 = 2026;

/// Makes the unit where there is none yet, and serves it.
pub(super) async fn run(place: &Place, args: &DemoArgs, words: &Words) -> Outcome {
    let asked = std::env::var_os("KAOHE_DATA").is_some() || place.data.as_os_str() != "./kaohe-data";
    let folder = if asked {
        place.data.clone()
    } else {
        std::env::temp_dir().join(format!("kaohe-demo-{}", std::process::id()))
    };
    super::open::make_folder(&folder)?;
    let location = super::open::location(&Place { data: folder.clone(), ..place.clone() })?;
    let db = Db::open(&location, super::open::allow_unsafe()).await?;
    let app = App::new(db, Clock::system(), Randomness::system(), Settings::at(location));
    let now_ms = app.clock.now_ms();
    let known = people::list(&mut app.db.read().await?).await?;
    if known.is_empty() {
        match (args.members, args.tests) {
            (None, None) => {
                out!("{}", words.say("cli-demo-making", &[]));
                make(&app, now_ms).await?;
            }
            (members, tests) => {
                let count = |given: Option<u32>, usual| usize::try_from(given.unwrap_or(usual)).unwrap_or_default();
                let (members, tests) = (count(members, 1_000), count(tests, 12));
                let told = [("members", members.to_string()), ("tests", tests.to_string())];
                let told: Vec<(&str, &str)> = told.iter().map(|(name, value)| (*name, value.as_str())).collect();
                out!("{}", words.say("cli-demo-making-large", &told));
                let randomness = Randomness::seeded(SEED);
                let making = App::new(app.db.clone(), Clock::system(), randomness, app.settings.clone());
                large::make(&making, now_ms, members, tests, words).await?;
            }
        }
    } else if !known.iter().any(|person| person.login == "organizer") {
        return Err(Failure::Said("cli-demo-not-empty", folder.display().to_string()));
    }
    let result = serve::listen(app, &serve::Listening::plain(args.listen, &folder), words, |address| {
        out!(
            "{}",
            words.say(
                "cli-demo-ready",
                &[("address", address), ("password", PASSWORD), ("folder", &folder.display().to_string())]
            )
        );
    })
    .await;
    if !asked && place.database.is_none() {
        // Made up at this run and for this run only.
        let _ = std::fs::remove_dir_all(&folder);
    }
    result
}

/// Fills an empty database.
pub(super) async fn make(app: &App, now_ms: i64) -> Result<(), Error> {
    let operator = Caller::operator();
    let mut chance = Chance::new(SEED);
    let somebodies = unit::people(&mut chance);
    let long_ago = now_ms - 90 * DAY_MS;
    let usual = || roster::Options::usual(false);
    roster::load_branches(app, &operator, long_ago, unit::branches_csv().into_bytes(), usual()).await?;
    roster::load_members(app, &operator, long_ago, unit::members_csv(&somebodies, PASSWORD).into_bytes(), usual())
        .await?;
    for bank in BANKS {
        let options = LoadOptions { branch: Some("HQ".into()), shared: Some(true), ..LoadOptions::default() };
        banks::load(app, &operator, long_ago, bank.as_bytes().to_vec().into(), options).await?;
    }
    let organizer = caller(app, long_ago, "organizer").await?;
    let opened = full_hour(now_ms - 20 * DAY_MS);
    tests::create(app, &organizer, opened - DAY_MS, monthly(opened).to_string().as_bytes()).await?;
    sit_monthly(app, &mut chance, &somebodies, opened).await?;
    excuse(app, &organizer, &somebodies, opened).await?;
    crate::service::upkeep::round(app, now_ms).await?;
    tests::create(app, &organizer, now_ms, annual(now_ms).to_string().as_bytes()).await?;
    Ok(())
}

async fn caller(app: &App, now_ms: i64, login: &str) -> Result<Caller, Error> {
    let signed_in = accounts::issue_token(app, now_ms, login).await?;
    let caller = accounts::authenticate(app, now_ms, &signed_in).await?.ok_or(Error::SignInNeeded)?;
    accounts::sign_out(app, &caller).await?;
    Ok((*caller).clone())
}

/// The hour that began last, as people make appointments.
const fn full_hour(at_ms: i64) -> i64 {
    at_ms - at_ms.rem_euclid(HOUR_MS)
}

fn time(at_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(at_ms).map(|at| at.to_string()).unwrap_or_default()
}

/// A monthly test of twenty questions, open for one day.
fn monthly(opened: i64) -> serde_json::Value {
    serde_json::json!({
        "test": "monthly-study", "occasion": "monthly",
        "title": { "zh": "月度党建知识测试", "en": "Monthly study test" },
        "audience": { "branches": ["HQ"], "except": [] },
        "opens": time(opened), "closes": time(opened + DAY_MS), "minutes": 20, "pass": 60, "excellent": 90, "review": "after_close",
        "sections": [
            { "title": { "zh": "单项选择题", "en": "Single choice" }, "kind": "single", "points": 5, "draw": [
                { "bank": "party-constitution", "count": 6, "difficulty": { "1-2": 2, "3": 2, "4-5": 2 } },
                { "bank": "branch-work", "count": 4 }] },
            { "title": { "zh": "多项选择题", "en": "Multiple choice" }, "kind": "multiple", "points": 6, "policy": "half_if_incomplete", "draw": [
                { "bank": "party-constitution", "count": 3 }, { "bank": "party-committee", "count": 2 }] },
            { "title": { "zh": "判断题", "en": "True or false" }, "kind": "true_false", "points": 4, "draw": [
                { "bank": "branch-work", "count": 2 }, { "bank": "political-work", "count": 3 }] }
        ]
    })
}

/// An annual test of fifty questions, open for an hour or two and for a week to come.
fn annual(now_ms: i64) -> serde_json::Value {
    serde_json::json!({
        "test": "annual-study", "occasion": "annual",
        "title": { "zh": "年度学习考核", "en": "Annual study assessment" },
        "audience": { "branches": ["HQ"], "except": [] },
        "opens": time(full_hour(now_ms) - HOUR_MS), "closes": time(full_hour(now_ms) + 7 * DAY_MS), "minutes": 60, "pass": 60, "excellent": 90, "review": "after_close",
        "sections": [
            { "title": { "zh": "单项选择题", "en": "Single choice" }, "kind": "single", "points": 2, "draw": [
                { "bank": "party-constitution", "count": 12, "difficulty": { "1-2": 4, "3": 5, "4-5": 3 } },
                { "bank": "branch-work", "count": 6 }, { "bank": "party-committee", "count": 5 }, { "bank": "political-work", "count": 2 }] },
            { "title": { "zh": "多项选择题", "en": "Multiple choice" }, "kind": "multiple", "points": 2, "policy": "half_if_incomplete", "draw": [
                { "bank": "party-constitution", "count": 6 }, { "bank": "branch-work", "count": 4 }] },
            { "title": { "zh": "判断题", "en": "True or false" }, "kind": "true_false", "points": 2, "draw": [
                { "bank": "party-constitution", "count": 4 }, { "bank": "party-committee", "count": 4 }, { "bank": "political-work", "count": 2 }] },
            { "title": { "zh": "填空题", "en": "Fill in the blanks" }, "kind": "blank", "points": 2, "draw": [
                { "bank": "party-constitution", "count": 3 }, { "bank": "branch-work", "count": 2 }] }
        ]
    })
}

/// Lets everyone who comes sit the monthly test, all at the same time.
async fn sit_monthly(app: &App, chance: &mut Chance, somebodies: &[Somebody], opened: i64) -> Result<(), Error> {
    let tree = crate::service::people::current_tree(app).await?;
    let ids: std::collections::HashMap<String, String> =
        people::list(&mut app.db.read().await?).await?.into_iter().map(|person| (person.login, person.id)).collect();
    let mut sittings = Vec::new();
    for somebody in somebodies.iter().filter(|somebody| somebody.comes) {
        let caller = Caller {
            person_id: ids.get(&somebody.login).cloned(),
            login: somebody.login.clone(),
            name: somebody.name.clone(),
            roles: vec![(Role::Member, tree.by_code(somebody.branch).map(|node| node.id.clone()))],
            ..Caller::operator()
        };
        let starts = opened + i64::try_from(chance.below(8 * 3_600_000)).unwrap_or_default();
        sittings.push(sit(
            app,
            caller,
            starts,
            somebody.ability,
            Chance::new(SEED + u64::try_from(sittings.len()).unwrap_or_default()),
        ));
    }
    try_join_all(sittings).await?;
    Ok(())
}

async fn sit(app: &App, caller: Caller, starts: i64, ability: f64, mut chance: Chance) -> Result<(), Error> {
    let sitting = sitting::start(app, &caller, starts, "monthly-study", &Asking::default()).await?;
    let mut saves = Vec::new();
    for (position, item) in (1_i64..).zip(&sitting.sheet.items) {
        let right = unit::answers_rightly(&mut chance, ability, item.question.difficulty);
        let response = respond(&mut chance, item, right);
        let incoming = Incoming { position, save: 1, response, address: None };
        saves.push(sitting::save(app, &caller, starts + position * 40_000, &sitting.attempt.id, incoming));
    }
    try_join_all(saves).await?;
    let ends = starts + 14 * 60_000 + i64::try_from(chance.below(240_000)).unwrap_or_default();
    sitting::submit(app, &caller, ends, &sitting.attempt.id).await?;
    Ok(())
}

/// A response to a question: the right one, or a likely wrong one.
fn respond(chance: &mut Chance, item: &Item, right: bool) -> serde_json::Value {
    let labels = |keys: &[String]| -> Vec<String> { keys.iter().filter_map(|key| item.paper_label_of(key)).collect() };
    let any = |chance: &mut Chance| paper_label(chance.below(item.options.len()));
    match &item.question.key {
        Key::Single(key) if right => serde_json::json!(item.paper_label_of(key)),
        Key::Single(_) => serde_json::json!(any(chance)),
        Key::Multiple(keys) if right => serde_json::json!(labels(keys)),
        // Most who are wrong leave one out.
        Key::Multiple(keys) => serde_json::json!(labels(keys.get(1..).unwrap_or_default())),
        Key::TrueFalse(key) => serde_json::json!(*key == right),
        Key::Order(keys) if right => serde_json::json!(labels(keys)),
        Key::Order(keys) => serde_json::json!(labels(keys).into_iter().rev().collect::<Vec<_>>()),
        Key::Match(pairs) => {
            let pair =
                |(option, to): (&String, &String)| Some((item.paper_label_of(option)?, item.paper_target_of(to)?));
            let count = if right { pairs.len() } else { pairs.len() / 2 };
            serde_json::json!(pairs.iter().filter_map(pair).take(count).collect::<BTreeMap<_, _>>())
        }
        Key::Numeric(number) if right => serde_json::json!(number.value),
        Key::Numeric(_) => serde_json::json!("0"),
        Key::Short(model) | Key::Essay(model) => {
            serde_json::json!(model.model.in_language(crate::rules::text::Language::Zh))
        }
        Key::Case(_) => item.parts().iter().map(|part| respond(chance, part, right)).collect(),
        Key::Blank(gaps) => {
            let fill = |gap: &crate::rules::question::blank::Gap| gap.accept.first().filter(|_| right).cloned();
            serde_json::json!(gaps.gaps.iter().map(fill).collect::<Vec<_>>())
        }
    }
}

/// Some of those who didn't come were on leave.
async fn excuse(app: &App, organizer: &Caller, somebodies: &[Somebody], opened: i64) -> Result<(), Error> {
    for somebody in somebodies.iter().filter(|somebody| !somebody.comes).step_by(2) {
        let change =
            PresenceChange { login: somebody.login.clone(), state: Presence::Excused, reason: "因公出差".into() };
        tests::set_presence(app, organizer, opened, "monthly-study", change).await?;
    }
    Ok(())
}
