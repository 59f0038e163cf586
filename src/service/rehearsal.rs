//! A made-up unit to rehearse an exam day with, on a server that holds nothing else (`kaohe serve --rehearsal`): its
//! members may be thousands, its one bank is told right from wrong by its words, its one test is open now.

use crate::app::{App, Stored};
use crate::limits;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::text::fold;
use crate::service::banks::LoadOptions;
use crate::service::error::{Error, Result, Thing};
use crate::service::sitting::waiting;
use crate::service::{banks, tests};
use crate::store::branches::{self, Branch};
use crate::store::people::{self, Person, RoleRow};
use crate::store::sign_in_slips::{self, NewSlip};
use crate::store::trace::sha256_hex;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// How many take part, and how long their papers are.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    /// Members; from 1.
    pub members: u32,
    /// Questions of each paper; from 1.
    pub questions: u32,
    /// Whether members get sign-in slips.
    pub slips: bool,
}

/// Somebody made up.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Login {
    /// The login.
    pub login: String,
    /// The password.
    pub password: String,
    /// The code of the sign-in slip, where slips were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// What was made.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Rehearsal {
    /// The name of the test.
    pub test: String,
    /// What stands in every right option and in no other.
    pub right: &'static str,
    /// Points of each question.
    pub points: u32,
    /// Who takes part.
    pub members: Vec<Login>,
}

/// What this server has used of its machine.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Used {
    /// Time of processors since it began, in milliseconds.
    pub processor_ms: u64,
    /// Memory in bytes.
    pub memory_bytes: u64,
}

const RIGHT: &str = "✓";
const POINTS: u32 = 2;
/// Each bank holds more questions than a paper, so that papers differ.
const QUESTIONS_PER_DRAWN: u32 = 4;
const MINUTES: i64 = 120;

/// Makes a unit, beside those of earlier rehearsals.
pub async fn make(app: &App, now_ms: i64, scale: Scale) -> Result<Rehearsal> {
    refuse_elsewhere(app)?;
    check("members", scale.members, limits::REHEARSAL_MEMBERS)?;
    check("questions", scale.questions, limits::REHEARSAL_QUESTIONS)?;
    let name = format!("rehearsal-{}", crate::rules::text::hex(&app.randomness.bytes::<4>()));
    let mut members = people(app, now_ms, &name, scale.members).await?;
    let operator = Caller::operator();
    let options = LoadOptions { branch: Some(name.clone()), ..LoadOptions::default() };
    banks::load(app, &operator, now_ms, Arc::new(bank(&name, scale.questions)), options).await?;
    tests::create(app, &operator, now_ms, test(&name, now_ms, scale.questions).as_bytes()).await?;
    if scale.slips {
        hand_out_slips(app, now_ms, &name, &mut members).await?;
    }
    waiting::prepare(app, now_ms).await?;
    Ok(Rehearsal { test: name, right: RIGHT, points: POINTS, members })
}

/// Made-up members must never come among real ones.
fn refuse_elsewhere(app: &App) -> Result<()> {
    if app.settings.rehearsal { Ok(()) } else { Err(Error::NotFound(Thing::Page)) }
}

fn check(field: &'static str, value: u32, most: u32) -> Result<()> {
    if (1..=most).contains(&value) { Ok(()) } else { Err(Error::Invalid { field, expected: "count" }) }
}

async fn people(app: &App, now_ms: i64, name: &str, count: u32) -> Result<Vec<Login>> {
    let branch = Branch {
        id: app.randomness.id(now_ms),
        code: name.to_owned(),
        code_folded: fold(name),
        name: name.to_owned(),
        kind: String::new(),
        parent_id: None,
        position: 0,
    };
    let (mut logins, mut persons, mut roles) = (Vec::new(), Vec::new(), Vec::new());
    for number in 1..=count {
        let (id, password) = (app.randomness.id(now_ms), app.randomness.readable_password());
        let login = format!("{name}-{number:05}");
        persons.push(Person {
            id: id.clone(),
            login: login.clone(),
            login_folded: fold(&login),
            name: login.clone(),
            category: String::new(),
            number: String::new(),
            position: i64::from(number),
            password: Some(Stored::first(&password).text().to_owned()),
            must_change: false,
            created_at_ms: now_ms,
        });
        roles.push(RoleRow {
            id: app.randomness.id(now_ms),
            person_id: id,
            role: Role::Member.name().to_owned(),
            branch_id: Some(branch.id.clone()),
            from_at_ms: now_ms,
            until_at_ms: None,
            ended_as: None,
        });
        logins.push(Login { login, password, code: None });
    }
    let mut tx = app.db.write().await?;
    branches::put(&mut tx, &branch).await?;
    people::put(&mut tx, &persons).await?;
    people::insert_roles(&mut tx, &roles).await?;
    tx.commit().await?;
    Ok(logins)
}

/// A slip for everyone, some at a time, so that nothing else waits for the writer.
async fn hand_out_slips(app: &App, now_ms: i64, test: &str, members: &mut [Login]) -> Result<()> {
    let mut tx = app.db.read().await?;
    let test = crate::store::tests::find(&mut tx, test).await?.ok_or(Error::NotFound(Thing::Test))?;
    let ids: HashMap<String, String> =
        people::list(&mut tx).await?.into_iter().map(|one| (one.login, one.id)).collect();
    drop(tx);
    for some in members.chunks_mut(limits::SLIPS) {
        let mut slips = Vec::with_capacity(some.len());
        for member in some {
            let (code, token) = (app.randomness.code(), app.randomness.short_token());
            slips.push(NewSlip {
                id: app.randomness.id(now_ms),
                person_id: ids.get(&member.login).cloned().ok_or(Error::NotFound(Thing::Person))?,
                code_hash: sha256_hex(code.as_bytes()),
                token_hash: sha256_hex(token.as_bytes()),
            });
            member.code = Some(code);
        }
        let mut tx = app.db.write().await?;
        sign_in_slips::insert(&mut tx, &test.id, &slips, None, now_ms).await?;
        tx.commit().await?;
    }
    Ok(())
}

fn bank(name: &str, drawn: u32) -> Vec<u8> {
    const LABELS: [&str; 4] = ["A", "B", "C", "D"];
    let question = |number: u32| {
        let key = LABELS.iter().copied().cycle().nth(usize::try_from(number).unwrap_or_default()).unwrap_or("A");
        let option = |label: &&str| {
            let mark = if *label == key { RIGHT } else { "" };
            ((*label).to_owned(), json!(format!("选项 {number}-{label} {mark}")))
        };
        json!({ "id": format!("r{number:05}"), "kind": "single", "topic": "all", "difficulty": number % 5 + 1,
            "stem": format!("演练第 {number} 题：下面哪一项带有记号？"), "options": LABELS.iter().map(option).collect::<Map<String, Value>>(), "answer": key })
    };
    let questions: Vec<Value> = (1..=drawn * QUESTIONS_PER_DRAWN).map(question).collect();
    json!({ "bank": name, "title": "演练 Rehearsal", "topics": [{ "id": "all", "title": "演练 Rehearsal" }], "questions": questions })
        .to_string()
        .into_bytes()
}

fn test(name: &str, now_ms: i64, questions: u32) -> String {
    let time = |at_ms: i64| jiff::Timestamp::from_millisecond(at_ms).map(|at| at.to_string()).unwrap_or_default();
    json!({ "test": name, "title": "演练 Rehearsal", "occasion": "practice", "audience": { "branches": [name] },
        "opens": time(now_ms), "closes": time(now_ms + 2 * MINUTES * 60_000), "minutes": MINUTES, "review": "never",
        "sections": [{ "title": "演练 Rehearsal", "kind": "single", "points": POINTS, "draw": [{ "bank": name, "count": questions }] }] })
    .to_string()
}

/// What this process has used so far; zeros where the system doesn't tell.
pub fn used(app: &App) -> Result<Used> {
    refuse_elsewhere(app)?;
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let stat = read("/proc/self/stat");
    // Behind the name in brackets: state is field 3, so user and system time (14, 15) are the 12th and 13th.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
    let pages = read("/proc/self/statm").split_whitespace().nth(1).and_then(|text| text.parse::<u64>().ok());
    Ok(Used { processor_ms: (ticks(11) + ticks(12)) * 10, memory_bytes: pages.unwrap_or_default() * 4096 })
}
