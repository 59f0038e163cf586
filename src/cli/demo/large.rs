//! A made-up unit of any size with years of tests behind it, to see how Kaohe carries it. The same at every run.

use super::{BANKS, DAY_MS, HOUR_MS, PASSWORD, SEED, annual, caller, full_hour, respond};
use crate::app::App;
use crate::cli::unit::{self, Chance};
use crate::cli::words::Words;
use crate::rules::presence::Presence;
use crate::rules::rights::Caller;
use crate::service::banks::LoadOptions;
use crate::service::error::Result;
use crate::service::sitting::whole::{Sitter, sit_whole};
use crate::service::tests::PresenceChange;
use crate::service::{banks, items, reports, roster, tests, upkeep};
use crate::store::people;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};

/// Members of a branch, and branches under one above them.
const MEMBERS_OF_BRANCH: usize = 25;
const BRANCHES_BELOW: usize = 20;
/// Of so many members one is probationary.
const ONE_PROBATIONARY_OF: usize = 20;
/// Sittings stored together.
const TOGETHER: usize = 100;
/// Of these, so many times between two checkpoints.
const PARTS_BETWEEN_CHECKPOINTS: usize = 50;
/// Of a hundred members, so many don't come; every second of them is on leave.
const ABSENT_OF_HUNDRED: usize = 7;

struct Made {
    login: String,
    branch: String,
    ability: f64,
}

/// Fills an empty database with `members` members, and `count` tests of fifty questions, one a month up to now.
pub(super) async fn make(app: &App, now_ms: i64, members: usize, count: usize, words: &Words) -> Result<()> {
    let mut chance = Chance::new(SEED);
    let (branches, people) = unit(&mut chance, members);
    let operator = Caller::operator();
    let long_ago = full_hour(now_ms) - (i64::try_from(count).unwrap_or_default() + 2) * 30 * DAY_MS;
    let usual = || roster::Options::usual(false);
    roster::load_branches(app, &operator, long_ago, branches.into_bytes(), usual()).await?;
    roster::load_members(app, &operator, long_ago, members_csv(&people).into_bytes(), usual()).await?;
    for bank in BANKS {
        let options = LoadOptions { branch: Some("HQ".into()), shared: Some(true), ..LoadOptions::default() };
        banks::load(app, &operator, long_ago, bank.as_bytes().to_vec().into(), options).await?;
    }
    let organizer = caller(app, long_ago, "organizer").await?;
    let tree = crate::service::people::current_tree(app).await?;
    let ids: HashMap<String, String> =
        people::list(&mut app.db.read().await?).await?.into_iter().map(|person| (person.login, person.id)).collect();
    let mut progress = Progress { words, done: 0, of: members * count, shown: None };
    for number in 1..=count {
        let ago = i64::try_from(count - number).unwrap_or_default() * 30 + 3;
        let opens_at_ms = full_hour(now_ms) - ago * DAY_MS;
        let name = format!("study-{number:02}");
        let definition = definition(&name, number, opens_at_ms);
        tests::create(app, &organizer, opens_at_ms - DAY_MS, definition.to_string().as_bytes()).await?;
        let mut absent = Vec::new();
        for (part, some) in people.chunks(TOGETHER).enumerate() {
            // What is written is some times what is kept: the log would outgrow the data.
            if part.is_multiple_of(PARTS_BETWEEN_CHECKPOINTS) {
                app.db.checkpoint().await?;
            }
            let (mut sitters, mut abilities) = (Vec::new(), Vec::new());
            for made in some {
                if chance.below(100) < ABSENT_OF_HUNDRED {
                    absent.push(made.login.as_str());
                    continue;
                }
                let (Some(person_id), Some(node)) = (ids.get(&made.login), tree.by_code(&made.branch)) else {
                    continue;
                };
                let starts_at_ms = opens_at_ms + i64::try_from(chance.below(7 * 3_600_000)).unwrap_or_default();
                let minutes = 15 + i64::try_from(chance.below(40)).unwrap_or_default();
                sitters.push(Sitter {
                    person_id: person_id.clone(),
                    branch_id: node.id.clone(),
                    starts_at_ms,
                    ends_at_ms: starts_at_ms + minutes * 60_000,
                });
                // People learn from month to month.
                abilities.push(made.ability + f64::from(u32::try_from(number).unwrap_or_default()) * 0.02);
            }
            sit_whole(app, &name, &sitters, |index, item| {
                let ability = abilities.get(index).copied().unwrap_or_default();
                let right = unit::answers_rightly(&mut chance, ability, item.question.difficulty);
                Some(respond(&mut chance, item, right))
            })
            .await?;
            progress.add(some.len());
        }
        excuse(app, &organizer, opens_at_ms, &name, &absent).await?;
        upkeep::round(app, opens_at_ms + DAY_MS).await?;
        reports::keep(app).await?;
        items::keep(app).await?;
        app.db.checkpoint().await?;
    }
    progress.end();
    Ok(())
}

/// Branches as a roster file, and members. Above branches of 25 stands one for every 20, and above these again one for
/// every 20.
fn unit(chance: &mut Chance, members: usize) -> (String, Vec<Made>) {
    let leaves = members.div_ceil(MEMBERS_OF_BRANCH);
    let (middle, upper) = (leaves.div_ceil(BRANCHES_BELOW), leaves.div_ceil(BRANCHES_BELOW * BRANCHES_BELOW));
    let mut csv = String::from("code,name,parent,kind\nHQ,滨江市直属机关工委,,党委\n");
    for number in 1..=upper {
        let _ = writeln!(csv, "U{number},第{number}党委,HQ,党委");
    }
    for number in 1..=middle {
        let _ = writeln!(csv, "M{number},第{number}党总支,U{},党总支", (number - 1) / BRANCHES_BELOW + 1);
    }
    let mut people = Vec::with_capacity(members);
    for number in 1..=leaves {
        let _ = writeln!(csv, "B{number},第{number}党支部,M{},党支部", (number - 1) / BRANCHES_BELOW + 1);
        let able = 0.9 + chance.normal() * 0.35;
        for _ in 0..MEMBERS_OF_BRANCH.min(members - people.len()) {
            let ability = able + chance.normal() * 0.7;
            people.push(Made { login: format!("m{:03}", people.len() + 1), branch: format!("B{number}"), ability });
        }
    }
    (csv, people)
}

fn members_csv(people: &[Made]) -> String {
    let mut csv = String::from("login,name,branch,role,category,password\n");
    for (login, branch, role) in [
        ("admin", "", "administrator"),
        ("organizer", "HQ", "organizer"),
        ("committee", "HQ", "committee"),
        ("secretary", "B1", "committee"),
    ] {
        let _ = writeln!(csv, "{login},{login},{branch},{role},,{PASSWORD}");
    }
    let mut names = Chance::new(SEED);
    for (index, made) in people.iter().enumerate() {
        let password = if index == 0 { PASSWORD } else { "" };
        let category = if index.is_multiple_of(ONE_PROBATIONARY_OF) { "预备党员" } else { "正式党员" };
        let name = unit::name(&mut names);
        let _ = writeln!(csv, "{},{name},{},member,{category},{password}", made.login, made.branch);
    }
    csv
}

/// Every third test is a quarter's, every twelfth a year's.
fn definition(name: &str, number: usize, opens_at_ms: i64) -> serde_json::Value {
    let (occasion, zh, en) = match number {
        _ if number.is_multiple_of(12) => ("annual", "年度学习考核", "Annual study assessment"),
        _ if number.is_multiple_of(3) => ("quarterly", "季度学习测试", "Quarterly study test"),
        _ => ("monthly", "月度学习测试", "Monthly study test"),
    };
    let own = serde_json::json!({
        "test": name, "occasion": occasion,
        "title": { "zh": format!("{zh}（第{number}次）"), "en": format!("{en} {number}") },
        "opens": super::time(opens_at_ms), "closes": super::time(opens_at_ms + 8 * HOUR_MS),
    });
    let mut definition = annual(opens_at_ms);
    if let (Some(whole), serde_json::Value::Object(own)) = (definition.as_object_mut(), own) {
        whole.extend(own);
    }
    definition
}

async fn excuse(app: &App, organizer: &Caller, now_ms: i64, test: &str, absent: &[&str]) -> Result<()> {
    for login in absent.iter().step_by(2) {
        let change =
            PresenceChange { login: (*login).to_owned(), state: Presence::Excused, reason: "因公出差".into() };
        tests::set_presence(app, organizer, now_ms, test, change).await?;
    }
    Ok(())
}

/// How far the making is, on a terminal only.
struct Progress<'w> {
    words: &'w Words,
    done: usize,
    of: usize,
    shown: Option<usize>,
}

impl Progress<'_> {
    fn add(&mut self, count: usize) {
        self.done += count;
        let percent = self.done * 100 / self.of.max(1);
        if self.shown.replace(percent) != Some(percent) && std::io::stderr().is_terminal() {
            let line = self.words.say(
                "cli-demo-progress",
                &[("percent", &percent.to_string()), ("done", &self.done.to_string()), ("of", &self.of.to_string())],
            );
            let _ = write!(std::io::stderr(), "\r{line}");
        }
    }

    fn end(&self) {
        if self.shown.is_some() && std::io::stderr().is_terminal() {
            let _ = writeln!(std::io::stderr());
        }
    }
}
