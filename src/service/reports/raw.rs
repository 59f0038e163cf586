//! The raw data of a test within one's rights: a line per attempt, a line per response.

use crate::app::App;
use crate::rules::paper::{Marks, Paper};
use crate::rules::points::Points;
use crate::rules::presence::Presence;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::tree::Node;
use crate::service::banks::reads_keys;
use crate::service::error::{Error, Result};
use crate::service::people::{shown_login, tree};
use crate::service::tests::{REPORT_ROLES, Test, find};
use crate::store::attempts::{self, AttemptRow};
use crate::store::db::Tx;
use crate::store::{banks, people, presence, results, trees};
use std::collections::{BTreeMap, HashMap, HashSet};

/// One attempt.
#[derive(Debug, Clone)]
pub struct AttemptLine {
    /// The test.
    pub test: String,
    /// The attempt; `None` for a member who has none.
    pub attempt: Option<AttemptRow>,
    /// The member.
    pub person: people::Person,
    /// The branch where the result counts.
    pub branch: Node,
    /// The state.
    pub presence: Presence,
    /// Whether the pass line is reached.
    pub passed: Option<bool>,
}

/// One response of a finished attempt, in the bank's own labels.
#[derive(Debug, Clone)]
pub struct ResponseLine {
    /// The test.
    pub test: String,
    /// The attempt.
    pub attempt: String,
    /// The login.
    pub login: String,
    /// From 1.
    pub position: i64,
    /// The bank.
    pub bank: String,
    /// The question's id.
    pub question: String,
    /// The number of the edition.
    pub edition: i64,
    /// The kind.
    pub kind: &'static str,
    /// The topic.
    pub topic: String,
    /// The response: `A`, `A,C`, `true`, gaps as a JSON list, pairs as a JSON object; empty where there is none.
    pub response: String,
    /// Points won; `None` while a person has to say so.
    pub points: Option<Points>,
    /// Points possible.
    pub full: Points,
}

/// Everything about a test's people that the caller may see.
struct Seen {
    test: Test,
    people: HashMap<String, people::Person>,
    /// person → branch and presence.
    places: HashMap<String, (Node, Presence)>,
    attempts: Vec<AttemptRow>,
}

async fn seen(tx: &mut Tx, caller: &Caller, name: &str) -> Result<Seen> {
    let (test, standing) = find(tx, caller, name).await?;
    if !standing.reads_report {
        return Err(Error::Forbidden(Some(Role::Committee)));
    }
    let today = tree(tx).await?;
    let closed = trees::closed(tx, &test.row.id).await?;
    let rows = results::list_bare(tx, &test.row.id).await?;
    let counted = crate::service::tests::counted(tx, &test.row, &rows).await?;
    let set: HashMap<String, String> =
        presence::list(tx, &test.row.id).await?.into_iter().map(|row| (row.person_id, row.state)).collect();
    let sitters: HashSet<&str> =
        rows.iter().filter(|row| row.finished_at_ms.is_some()).map(|row| row.person_id.as_str()).collect();
    let mut places = HashMap::new();
    for (person_id, branch_id) in counted {
        let Some(branch) = closed.get(&branch_id).or_else(|| today.get(&branch_id)) else { continue };
        if !caller.covers_any(&REPORT_ROLES, Some(&branch_id), &today) {
            continue;
        }
        let counts = sitters.contains(person_id.as_str()) && test.row.cancelled_reason.is_none();
        let state = Presence::of(set.get(&person_id).and_then(|state| Presence::from_name(state)), counts);
        places.insert(person_id, (branch.clone(), state));
    }
    let shown = |person: people::Person| people::Person { login: shown_login(&person.login, caller), ..person };
    let people = people::list(tx).await?.into_iter().map(|person| (person.id.clone(), shown(person))).collect();
    let attempts = attempts::list_of_test(tx, &test.row.id)
        .await?
        .into_iter()
        .filter(|a| places.contains_key(&a.person_id))
        .collect();
    Ok(Seen { test, people, places, attempts })
}

/// A line per attempt, and one per member without any, in the official order.
pub async fn attempt_lines(app: &App, caller: &Caller, name: &str) -> Result<Vec<AttemptLine>> {
    let mut tx = app.db.read().await?;
    let seen = seen(&mut tx, caller, name).await?;
    let mut by_person: HashMap<String, Vec<AttemptRow>> = HashMap::new();
    for attempt in seen.attempts {
        by_person.entry(attempt.person_id.clone()).or_default().push(attempt);
    }
    let ordered: BTreeMap<(i64, String), &people::Person> = seen
        .places
        .keys()
        .filter_map(|id| seen.people.get(id))
        .map(|person| ((person.position, person.login_folded.clone()), person))
        .collect();
    let mut lines = Vec::new();
    for person in ordered.into_values() {
        let Some((branch, presence)) = seen.places.get(&person.id) else { continue };
        let mine = by_person.remove(&person.id).unwrap_or_default();
        let attempts: Vec<Option<AttemptRow>> =
            if mine.is_empty() { vec![None] } else { mine.into_iter().map(Some).collect() };
        for attempt in attempts {
            let passed = attempt.as_ref().and_then(|attempt| {
                let score = Points::from_hundredths(attempt.score.filter(|_| !attempt.is_pending())?);
                Some(score.reach(seen.test.definition.pass, Points::from_hundredths(attempt.full)))
            });
            let test = seen.test.row.name.clone();
            lines.push(AttemptLine {
                test,
                attempt,
                person: person.clone(),
                branch: branch.clone(),
                presence: *presence,
                passed,
            });
        }
    }
    Ok(lines)
}

/// A line per question of every finished attempt. It names questions and, with points, gives keys away: as long as the
/// test can be sat for its organizers only, and of those banks only whose keys they may read; for committees, and of
/// every bank, once the test is over.
pub async fn response_lines(app: &App, caller: &Caller, now_ms: i64, name: &str) -> Result<Vec<ResponseLine>> {
    let mut tx = app.db.read().await?;
    let seen = seen(&mut tx, caller, name).await?;
    let (_, standing) = find(&mut tx, caller, name).await?;
    let is_over = crate::service::review::has_ended(&mut tx, now_ms, &seen.test).await?;
    if !standing.manages && !is_over {
        return Err(Error::Forbidden(Some(Role::Organizer)));
    }
    let today = tree(&mut tx).await?;
    let readable: HashSet<String> = banks::list(&mut tx)
        .await?
        .into_iter()
        .filter(|bank| is_over || reads_keys(caller, bank.branch_id.as_deref(), &today))
        .map(|bank| bank.name)
        .collect();
    let numbers: HashMap<String, i64> = crate::service::tests::read_pinned(&mut tx, &seen.test.row.id)
        .await?
        .into_iter()
        .map(|pin| (pin.edition, pin.number))
        .collect();
    let mut responses: HashMap<(String, i64), String> = HashMap::new();
    for (attempt, position, response) in attempts::responses_of_test(&mut tx, &seen.test.row.id).await? {
        if let Some(response) = response {
            responses.insert((attempt, position), response);
        }
    }
    let mut lines = Vec::new();
    for attempt in seen.attempts.iter().filter(|attempt| attempt.finished_at_ms.is_some()) {
        let login = seen.people.get(&attempt.person_id).map(|person| person.login.clone()).unwrap_or_default();
        let sheet = crate::service::sitting::sheet(app, &mut tx, &seen.test, attempt).await?;
        let paper: Paper = crate::store::read_json("attempt", &attempt.id, &attempt.paper)?;
        let marks: Marks = crate::store::read_json("attempt", &attempt.id, attempt.marks.as_deref().unwrap_or("[]"))?;
        for (((position, (_, entry)), item), won) in (1_i64..).zip(paper.entries()).zip(&sheet.items).zip(marks) {
            if !readable.contains(&entry.bank) {
                continue;
            }
            let stored = responses.get(&(attempt.id.clone(), position));
            let response = item.read(stored.map(String::as_str)).map(|response| item.in_bank_labels(&response));
            lines.push(ResponseLine {
                test: seen.test.row.name.clone(),
                attempt: attempt.id.clone(),
                login: login.clone(),
                position,
                bank: entry.bank.clone(),
                question: entry.id.clone(),
                edition: numbers.get(&entry.edition).copied().unwrap_or_default(),
                kind: item.question.kind().name(),
                topic: entry.topic.clone(),
                response: response.map(|response| response.in_sheet(item.question.kind())).unwrap_or_default(),
                points: won.map(Points::from_hundredths),
                full: item.points,
            });
        }
    }
    Ok(lines)
}
