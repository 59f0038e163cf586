//! Corrections of a test whose results are settled: another key, a further key, the points for all, a question that
//! doesn't count, one mark. What would change is told first; what does change keeps what was before.
//!
//! A correction is one row. Attempts are then marked again a few at a time, each change an amendment and a link of the
//! chain; what a stop of the program leaves undone is done at the next start. Where the test asks for a second person,
//! the row waits for one.

mod again;
mod preview;

pub use crate::store::corrections::{CorrectionRow, state};
pub use preview::{BranchChange, Preview, ResultChange, Standing};

use crate::app::App;
use crate::formats::bank_json;
use crate::rules::correction::{Change, Named, Ruling, Rulings, corrected, rulings};
use crate::rules::paper::{Marks, Sheet};
use crate::rules::points::Points;
use crate::rules::question::Question;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::service::accounts::event;
use crate::service::error::{Error, Result, Thing};
use crate::service::people::tree;
use crate::service::sitting::sheet;
use crate::service::tests::{Test, check_reason, find_managed, read_pinned};
use crate::store::db::Tx;
use crate::store::{attempts, banks, corrections, details, late, people, trace};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What is to be corrected.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// A question, wherever it was asked in the test.
    Question {
        /// The bank.
        bank: String,
        /// The id.
        question: String,
        /// What becomes of it.
        change: Asked,
    },
    /// One mark.
    Mark {
        /// The attempt.
        attempt: String,
        /// From 1.
        position: i64,
        /// What it is to earn.
        points: Points,
    },
}

/// What is to become of a question; an answer is written as in a bank's file.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// Another key takes the place of the one that it has.
    Key(serde_json::Value),
    /// A further key counts too.
    Accept(serde_json::Value),
    /// All who got it get its points.
    FullPoints,
    /// It doesn't count.
    Void,
}

/// A correction with what people call things.
#[derive(Debug, Clone)]
pub struct Correction {
    /// As it is stored.
    pub row: CorrectionRow,
    /// What is changed.
    pub change: Change,
    /// The question as it was asked.
    pub question: Arc<Question>,
    /// Who proposed it; empty: the operator.
    pub proposer: String,
    /// Who decided; empty: the operator, or nobody yet.
    pub decider: String,
    /// How many results it has changed.
    pub changed: i64,
    /// Whether the caller may approve or refuse it.
    pub may_decide: bool,
}

/// What a correction changes, resolved against the test.
struct Resolved {
    named: Named,
    question: Arc<Question>,
    change: Change,
}

/// Corrections of a test, in their order, with its questions for a new one. For those who organize it.
pub async fn list(app: &App, caller: &Caller, name: &str) -> Result<(Test, Vec<Correction>)> {
    let mut tx = app.db.read().await?;
    let test = find_managed(&mut tx, caller, name).await?;
    let listed = of_test(app, &mut tx, caller, &test).await?;
    Ok((test, listed))
}

/// Corrections of a test, for somebody who may know of them.
pub(crate) async fn of_test(app: &App, tx: &mut Tx, caller: &Caller, test: &Test) -> Result<Vec<Correction>> {
    let changed: HashMap<String, i64> = corrections::changed(tx, &test.row.id).await?.into_iter().collect();
    let mut listed = Vec::new();
    for row in corrections::list(tx, &test.row.id).await? {
        let (_, question) = find_question(app, tx, test, &row.bank, &row.question).await?;
        listed.push(Correction {
            change: crate::store::read_json("correction", &row.id, &row.change)?,
            question,
            proposer: named(tx, row.proposed_by.as_deref()).await?,
            decider: named(tx, row.decided_by.as_deref()).await?,
            changed: changed.get(&row.id).copied().unwrap_or_default(),
            may_decide: row.state == state::WAITING && row.proposed_by != caller.person_id,
            row,
        });
    }
    Ok(listed)
}

async fn named(tx: &mut Tx, person_id: Option<&str>) -> Result<String> {
    let Some(id) = person_id else { return Ok(String::new()) };
    Ok(people::find(tx, id).await?.map(|person| person.name).unwrap_or_default())
}

/// Who proposed or decided what holds of a question: with it, as it was asked and as it is marked now. For those who
/// organize the test.
pub async fn question(app: &App, caller: &Caller, name: &str, bank: &str, id: &str) -> Result<(Test, Arc<Question>)> {
    let mut tx = app.db.read().await?;
    let test = find_managed(&mut tx, caller, name).await?;
    let (named, question) = find_question(app, &mut tx, &test, bank, id).await?;
    let ruling = in_force(&mut tx, &test.row.id).await?.remove(&named);
    let key = ruling.and_then(|ruling| ruling.key.clone());
    let question = key.map_or_else(|| Arc::clone(&question), |key| Arc::new(Question { key, ..(*question).clone() }));
    Ok((test, question))
}

/// Questions that stand on papers of a test, by bank and id, each with how many papers hold it. For those who organize it.
pub async fn asked(app: &App, caller: &Caller, name: &str) -> Result<(Test, Vec<(Named, Arc<Question>, usize)>)> {
    let mut tx = app.db.read().await?;
    let test = find_managed(&mut tx, caller, name).await?;
    let mut counts: HashMap<(String, String, String), usize> = HashMap::new();
    for attempt in
        attempts::list_of_test(&mut tx, &test.row.id).await?.iter().filter(|one| one.finished_at_ms.is_some())
    {
        for (_, entry) in again::paper(attempt)?.entries() {
            *counts.entry((entry.bank.clone(), entry.edition.clone(), entry.id.clone())).or_default() += 1;
        }
    }
    let entries = counts.keys().map(|(_, edition, id)| (edition.as_str(), id.as_str()));
    let found = crate::service::banks::pick(app, &mut tx, entries).await?;
    let mut listed: Vec<(Named, Arc<Question>, usize)> = counts
        .iter()
        .filter_map(|((bank, edition, id), count)| {
            let question = found.get(&(edition.as_str(), id.as_str()))?;
            Some(((bank.clone(), id.clone()), Arc::clone(question), *count))
        })
        .collect();
    listed.sort_by(|one, two| one.0.cmp(&two.0));
    Ok((test, listed))
}

/// What a correction would change, changing nothing.
pub async fn preview(app: &App, caller: &Caller, name: &str, subject: &Subject) -> Result<Preview> {
    let mut tx = app.db.read().await?;
    let test = correctable(&mut tx, caller, name).await?;
    let resolved = resolve(app, &mut tx, caller, &test, subject).await?;
    preview::of(app, &mut tx, caller, &test, &resolved).await
}

/// What a waiting correction would change.
pub async fn preview_waiting(app: &App, caller: &Caller, name: &str, id: &str) -> Result<Preview> {
    let mut tx = app.db.read().await?;
    let test = correctable(&mut tx, caller, name).await?;
    let row = find(&mut tx, &test, id).await?;
    let resolved = stored(app, &mut tx, &test, &row).await?;
    preview::of(app, &mut tx, caller, &test, &resolved).await
}

/// Corrects, or proposes to where the test asks for a second person.
pub async fn correct(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    name: &str,
    (subject, reason): (&Subject, &str),
) -> Result<CorrectionRow> {
    let reason = check_reason(reason)?;
    let mut tx = app.db.read().await?;
    let test = correctable(&mut tx, caller, name).await?;
    let resolved = resolve(app, &mut tx, caller, &test, subject).await?;
    drop(tx);
    let waits = test.definition.approve_corrections;
    let mut tx = app.db.write().await?;
    let before = corrections::list(&mut tx, &test.row.id).await?;
    if before.iter().any(|row| row.state == state::APPLYING) {
        return Err(Error::ChangedMeanwhile);
    }
    let (bank, question) = resolved.named;
    let row = CorrectionRow {
        id: app.randomness.id(now_ms),
        test_id: test.row.id.clone(),
        number: before.last().map_or(1, |last| last.number + 1),
        bank,
        question,
        change: crate::store::write_json("correction", &resolved.change)?,
        reason,
        state: if waits { state::WAITING } else { state::APPLYING }.to_owned(),
        proposed_by: caller.person_id.clone(),
        proposed_at_ms: now_ms,
        decided_by: if waits { None } else { caller.person_id.clone() },
        decided_at_ms: (!waits).then_some(now_ms),
    };
    corrections::insert(&mut tx, &row).await?;
    let kind = if waits { "correction-proposed" } else { "correction-decided" };
    trace::append(&mut tx, &event(caller, now_ms, kind, &row.id, &details::correction(&row))).await?;
    tx.commit().await?;
    if waits { Ok(row) } else { again::apply(app, now_ms, &test, row).await }
}

/// Approves or refuses what somebody else has proposed.
pub async fn decide(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    (name, id): (&str, &str),
    approved: bool,
) -> Result<CorrectionRow> {
    let mut tx = app.db.write().await?;
    let test = correctable(&mut tx, caller, name).await?;
    let mut row = find(&mut tx, &test, id).await?;
    if row.state != state::WAITING {
        return Err(Error::LateDecided);
    }
    if approved && row.proposed_by == caller.person_id {
        return Err(Error::SecondPersonNeeded);
    }
    if corrections::list(&mut tx, &test.row.id).await?.iter().any(|row| row.state == state::APPLYING) {
        return Err(Error::ChangedMeanwhile);
    }
    row.state = String::from(if approved { state::APPLYING } else { state::REFUSED });
    row.decided_by.clone_from(&caller.person_id);
    row.decided_at_ms = Some(now_ms);
    if !corrections::move_on(&mut tx, &row, state::WAITING).await? {
        return Err(Error::ChangedMeanwhile);
    }
    let kind = if approved { "correction-decided" } else { "correction-refused" };
    trace::append(&mut tx, &event(caller, now_ms, kind, &row.id, &details::correction(&row))).await?;
    tx.commit().await?;
    if approved { again::apply(app, now_ms, &test, row).await } else { Ok(row) }
}

/// Goes on with corrections that were begun and are not done: the program stopped meanwhile.
pub async fn resume(app: &App, now_ms: i64) -> Result<()> {
    let rows = corrections::list_applying(&mut app.db.read().await?).await?;
    for row in rows.into_iter().filter(|row| row.decided_at_ms.is_some_and(|at| at < now_ms - again::PATIENCE_MS)) {
        let mut tx = app.db.read().await?;
        let Some(test) = crate::store::tests::find_by_id(&mut tx, &row.test_id).await? else { continue };
        drop(tx);
        again::apply(app, now_ms, &Test::read(test)?, row).await?;
    }
    Ok(())
}

/// A test that the caller organizes and whose results are settled.
async fn correctable(tx: &mut Tx, caller: &Caller, name: &str) -> Result<Test> {
    let test = find_managed(tx, caller, name).await?;
    if let Some(reason) = test.row.cancelled_reason {
        return Err(Error::Cancelled { reason });
    }
    if test.row.finished_at_ms.is_none() {
        return Err(Error::TestNotOver);
    }
    Ok(test)
}

async fn find(tx: &mut Tx, test: &Test, id: &str) -> Result<CorrectionRow> {
    let rows = corrections::list(tx, &test.row.id).await?;
    rows.into_iter().find(|row| row.id == id).ok_or(Error::NotFound(Thing::Correction))
}

async fn find_question(app: &App, tx: &mut Tx, test: &Test, bank: &str, id: &str) -> Result<(Named, Arc<Question>)> {
    let pinned = read_pinned(tx, &test.row.id).await?;
    let pin = pinned.iter().find(|pin| pin.bank == bank).ok_or(Error::NotFound(Thing::Bank))?;
    if banks::find_questions(tx, &pin.edition, &[id]).await?.is_empty() {
        return Err(Error::NotFound(Thing::Question));
    }
    let found = crate::service::banks::pick(app, tx, std::iter::once((pin.edition.as_str(), id))).await?;
    let question = found.into_values().next().ok_or(Error::NotFound(Thing::Question))?;
    Ok(((bank.to_owned(), id.to_owned()), question))
}

async fn stored(app: &App, tx: &mut Tx, test: &Test, row: &CorrectionRow) -> Result<Resolved> {
    let (named, question) = find_question(app, tx, test, &row.bank, &row.question).await?;
    Ok(Resolved { named, question, change: crate::store::read_json("correction", &row.id, &row.change)? })
}

async fn resolve(app: &App, tx: &mut Tx, caller: &Caller, test: &Test, subject: &Subject) -> Result<Resolved> {
    let (bank, id, asked) = match subject {
        Subject::Question { bank, question, change } => (bank, question, change),
        Subject::Mark { attempt, position, points } => {
            return mark(app, tx, caller, test, (attempt, *position, *points)).await;
        }
    };
    let (named, question) = find_question(app, tx, test, bank, id).await?;
    let key = |answer: &serde_json::Value| {
        if question.key.is_written() {
            return Err(Error::Invalid { field: "change", expected: "correction-of-written" });
        }
        bank_json::key_of(&question, answer).map_err(Error::Unreadable)
    };
    let change = match asked {
        Asked::Key(answer) => Change::Key { key: key(answer)? },
        Asked::Accept(answer) => Change::Accept { key: key(answer)? },
        Asked::FullPoints => Change::FullPoints,
        Asked::Void => Change::Void,
    };
    Ok(Resolved { named, question, change })
}

/// The finished attempt of a person at a test by its number; without one, the last. For those who organize the test.
pub async fn attempt_of(app: &App, caller: &Caller, name: &str, login: &str, number: Option<i64>) -> Result<String> {
    let mut tx = app.db.read().await?;
    let test = find_managed(&mut tx, caller, name).await?;
    let person = crate::service::people::find_person(&mut tx, login).await?;
    let mine = attempts::list_of(&mut tx, &test.row.id, &person.id).await?;
    let is_meant = |attempt: &&attempts::AttemptRow| {
        attempt.finished_at_ms.is_some() && number.is_none_or(|number| attempt.number == number)
    };
    let found = mine.iter().rev().find(is_meant).map(|attempt| attempt.id.clone());
    found.ok_or(Error::NotFound(Thing::Attempt))
}

/// One mark of a finished attempt that isn't the caller's own.
async fn mark(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    test: &Test,
    (attempt_id, position, points): (&str, i64, Points),
) -> Result<Resolved> {
    let attempt = attempts::find(tx, attempt_id).await?.filter(|attempt| attempt.test_id == test.row.id);
    let attempt = attempt.ok_or(Error::NotFound(Thing::Attempt))?;
    if !caller.covers(Role::Organizer, Some(&attempt.branch_id), &tree(tx).await?) {
        return Err(Error::NotFound(Thing::Attempt));
    }
    if caller.person_id.as_ref() == Some(&attempt.person_id) {
        return Err(Error::Invalid { field: "attempt", expected: "correction-own" });
    }
    let sheet = sheet(app, tx, test, &attempt).await?;
    let item = sheet.item(position).ok_or(Error::NotFound(Thing::Question))?;
    if points > item.points || points < Points::ZERO {
        return Err(Error::Invalid { field: "points", expected: "correction-points" });
    }
    Ok(Resolved {
        named: (item.bank.to_string(), item.question.id.clone()),
        question: Arc::clone(&item.question),
        change: Change::Mark { attempt: attempt.id, position, points },
    })
}

/// What holds of corrected questions of a test now.
pub(crate) async fn in_force(tx: &mut Tx, test_id: &str) -> Result<Rulings> {
    let changes = changes(tx, test_id).await?;
    Ok(rulings(changes.iter().map(|(named, change)| (named, change))))
}

/// Decided changes of a test in their order.
async fn changes(tx: &mut Tx, test_id: &str) -> Result<Vec<(Named, Change)>> {
    let mut changes = Vec::new();
    for row in corrections::list(tx, test_id).await? {
        if row.state == state::APPLYING || row.state == state::APPLIED {
            let change = crate::store::read_json("correction", &row.id, &row.change)?;
            changes.push(((row.bank, row.question), change));
        }
    }
    Ok(changes)
}

/// Questions of a test that don't count.
pub(crate) async fn void(tx: &mut Tx, test_id: &str) -> Result<HashSet<Named>> {
    Ok(void_of(&in_force(tx, test_id).await?))
}

fn void_of(rulings: &Rulings) -> HashSet<Named> {
    let is_void = |ruling: &Ruling| ruling.counting == crate::rules::correction::Counting::Not;
    rulings.iter().filter(|(_, ruling)| is_void(ruling)).map(|(named, _)| named.clone()).collect()
}

/// Positions of an attempt whose marks somebody has changed one by one.
pub(crate) async fn one_by_one(tx: &mut Tx, test_id: &str, attempt_id: &str) -> Result<HashSet<i64>> {
    let of = |(_, change): (Named, Change)| match change {
        Change::Mark { attempt, position, .. } if attempt == attempt_id => Some(position),
        _ => None,
    };
    Ok(changes(tx, test_id).await?.into_iter().filter_map(of).collect())
}

/// A finished attempt's sheet as it is marked now.
pub(crate) async fn with_corrections(tx: &mut Tx, test_id: &str, sheet: Arc<Sheet>) -> Result<Arc<Sheet>> {
    let rulings = in_force(tx, test_id).await?;
    Ok(if rulings.is_empty() { sheet } else { Arc::new(corrected(&sheet, &rulings)) })
}

/// A result of the caller's own attempt that a correction has changed.
#[derive(Debug, Clone)]
pub struct Amended {
    /// What the correction is called.
    pub change: Change,
    /// Positions whose marks changed.
    pub positions: Vec<usize>,
    /// Why.
    pub reason: String,
    /// When.
    pub at_ms: i64,
    /// Before.
    pub score_before: Points,
    /// Since.
    pub score: Points,
}

/// What corrections have changed in an attempt, the earliest first.
pub async fn amended(app: &App, attempt_id: &str) -> Result<Vec<Amended>> {
    let mut tx = app.db.read().await?;
    let mut amended = Vec::new();
    for amendment in late::amendments(&mut tx, attempt_id).await? {
        let Some(id) = &amendment.correction_id else { continue };
        let Some(row) = corrections::find(&mut tx, id).await? else { continue };
        let read = |marks: &str| crate::store::read_json::<Marks>("attempt", attempt_id, marks);
        let (before, after) = (read(&amendment.marks_before)?, read(&amendment.marks)?);
        let differs = (1..).zip(before.iter().zip(&after)).filter(|(_, (before, after))| before != after);
        amended.push(Amended {
            change: crate::store::read_json("correction", &row.id, &row.change)?,
            positions: differs.map(|(position, _)| position).collect(),
            reason: row.reason,
            at_ms: amendment.decided_at_ms,
            score_before: Points::from_hundredths(amendment.score_before),
            score: Points::from_hundredths(amendment.score),
        });
    }
    Ok(amended)
}
