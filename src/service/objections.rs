//! Objections to questions: a member sends a note about a question of an own sitting, those who organize the test answer
//! it, for one or for all who wrote about the question. Results are provisional until the time for that is over.
//!
//! A note waits until it is answered or withdrawn; while it waits its member may change it. Organizers see who wrote;
//! committees read notes and answers without names, once the test is settled.

use crate::app::App;
use crate::rules::blueprint::Review;
use crate::rules::objection::{MOST_WRITINGS, ends, tidy};
use crate::rules::question::Question;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::tree::{Node, Tree};
use crate::service::accounts::event;
use crate::service::banks::{pick, reads_keys};
use crate::service::error::{Error, Result, Thing};
use crate::service::people::{shown_login, tree};
use crate::service::sitting::own;
use crate::service::tests::{Standing, Test, find, find_managed, read_pinned};
use crate::store::db::Tx;
use crate::store::{attempts, banks, details, objections, people, tests, trace};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

pub use crate::store::objections::ObjectionRow;

/// What the chain calls what happens to an objection.
pub mod events {
    /// It was sent.
    pub const SENT: &str = "objection-sent";
    /// Its words were changed.
    pub const CHANGED: &str = "objection-changed";
    /// Its member took it back.
    pub const WITHDRAWN: &str = "objection-withdrawn";
    /// It was answered.
    pub const ANSWERED: &str = "objection-answered";
}

/// Until when results of a settled test are provisional; `None` where it isn't settled, or has no time to object.
pub fn provisional_until(test: &Test) -> Option<i64> {
    let settled_at_ms = test.row.finished_at_ms.filter(|_| test.row.cancelled_reason.is_none())?;
    ends(settled_at_ms, test.definition.days_to_object(), &jiff::tz::TimeZone::system())
}

/// Whether members may object to questions of a test now: while it runs, and until its results are no longer provisional.
pub fn takes_objections(test: &Test, now_ms: i64) -> bool {
    check_open(test, now_ms).is_ok()
}

fn check_open(test: &Test, now_ms: i64) -> Result<()> {
    if let Some(reason) = &test.row.cancelled_reason {
        return Err(Error::Cancelled { reason: reason.clone() });
    }
    if test.row.finished_at_ms.is_none() {
        return Ok(());
    }
    match provisional_until(test) {
        Some(until) if now_ms < until => Ok(()),
        since_ms => Err(Error::ObjectionsClosed { since_ms }),
    }
}

/// Sends a note about a question of an own sitting; where one waits already, these are its words from now on.
pub async fn send(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    (attempt_id, position): (&str, i64),
    note: &str,
) -> Result<ObjectionRow> {
    let note = tidy(note).ok_or(Error::Invalid { field: "note", expected: "objection" })?;
    let owned = own(app, caller, attempt_id).await?;
    let item = owned.sheet.item(position).ok_or(Error::NotFound(Thing::Question))?;
    let mut tx = app.db.write().await?;
    let before = writable(&mut tx, now_ms, &owned.test.row.id, attempt_id).await?;
    let mine: Vec<&ObjectionRow> = before.iter().filter(|row| row.position == position).collect();
    let open = mine.iter().find(|row| row.is_open());
    if open.is_some_and(|open| open.note == note) {
        return open.map(|open| (*open).clone()).ok_or(Error::ObjectionAnswered);
    }
    if mine.iter().map(|row| row.writings).sum::<i64>() >= MOST_WRITINGS {
        return Err(Error::TooManyObjections);
    }
    let (row, kind) = if let Some(open) = open {
        let row = ObjectionRow { note, written_at_ms: now_ms, writings: open.writings + 1, ..(*open).clone() };
        keep(&mut tx, &row, open.writings).await?;
        (row, events::CHANGED)
    } else {
        let row = ObjectionRow {
            id: app.randomness.id(now_ms),
            test_id: owned.test.row.id.clone(),
            attempt_id: attempt_id.to_owned(),
            position,
            bank: item.bank.to_string(),
            question: item.question.id.clone(),
            note,
            written_at_ms: now_ms,
            writings: 1,
            withdrawn_at_ms: None,
            upheld: None,
            answer: None,
            answered_by: None,
            answered_at_ms: None,
        };
        objections::insert(&mut tx, &row).await?;
        (row, events::SENT)
    };
    trace::append(&mut tx, &event(caller, now_ms, kind, &row.id, &details::objection(&row))).await?;
    tx.commit().await?;
    Ok(row)
}

/// Takes back what waits about a question of an own sitting.
pub async fn withdraw(app: &App, caller: &Caller, now_ms: i64, (attempt_id, position): (&str, i64)) -> Result<()> {
    let owned = own(app, caller, attempt_id).await?;
    let mut tx = app.db.write().await?;
    let mine = writable(&mut tx, now_ms, &owned.test.row.id, attempt_id).await?;
    let is_meant = |row: &ObjectionRow| row.position == position && row.is_open();
    let mut row = mine.into_iter().find(is_meant).ok_or(Error::NotFound(Thing::Objection))?;
    row.withdrawn_at_ms = Some(now_ms);
    keep(&mut tx, &row, row.writings).await?;
    trace::append(&mut tx, &event(caller, now_ms, events::WITHDRAWN, &row.id, &details::objection(&row))).await?;
    tx.commit().await?;
    Ok(())
}

/// What was written about a sitting, where more may be written now.
async fn writable(tx: &mut Tx, now_ms: i64, test_id: &str, attempt_id: &str) -> Result<Vec<ObjectionRow>> {
    // What is kept of a sitting in memory doesn't tell whether its test was settled since.
    let test = tests::find_by_id(tx, test_id).await?.ok_or(Error::NotFound(Thing::Test))?;
    check_open(&Test::read(test)?, now_ms)?;
    Ok(objections::of_attempt(tx, attempt_id).await?)
}

async fn keep(tx: &mut Tx, row: &ObjectionRow, writings_read: i64) -> Result<()> {
    if objections::change(tx, row, writings_read).await? { Ok(()) } else { Err(Error::ObjectionAnswered) }
}

/// What a member wrote about a sitting and what was answered, without what was withdrawn. For whoever may see the sitting.
pub(crate) async fn of_attempt(app: &App, attempt_id: &str) -> Result<Vec<ObjectionRow>> {
    let rows = objections::of_attempt(&mut app.db.read().await?, attempt_id).await?;
    Ok(rows.into_iter().filter(|row| row.withdrawn_at_ms.is_none()).collect())
}

/// An answer that a member is told of.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The sitting.
    pub attempt_id: String,
    /// The question in it.
    pub position: i64,
    /// The test.
    pub test: Test,
    /// Whether the objection was found right.
    pub upheld: bool,
    /// When it was answered.
    pub at_ms: i64,
}

/// How long a member's first page tells of an answer.
const TOLD_MS: i64 = 30 * 24 * 3_600_000;

/// Answers to the caller's objections of late, the last first.
pub async fn answered(app: &App, caller: &Caller, now_ms: i64) -> Result<Vec<Answered>> {
    let Some(person_id) = &caller.person_id else { return Ok(Vec::new()) };
    let mut tx = app.db.read().await?;
    let mut told = Vec::new();
    for (attempt_id, position, name, upheld, at_ms) in
        objections::answered_of(&mut tx, person_id, now_ms - TOLD_MS).await?
    {
        let Some(row) = tests::find(&mut tx, &name).await? else { continue };
        told.push(Answered { attempt_id, position, test: Test::read(row)?, upheld, at_ms });
    }
    Ok(told)
}

/// An objection as those who answer it see it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// As it is stored.
    pub row: ObjectionRow,
    /// Who wrote it: login as the caller may see it, and name. `None` where that isn't for the caller.
    pub by: Option<(String, String)>,
    /// Where the member stood at the start.
    pub branch: Node,
    /// Who answered; empty: the operator, or nobody yet.
    pub answerer: String,
    /// Whether the caller may answer it.
    pub may_answer: bool,
}

/// A question with everything that was written about it.
#[derive(Debug, Clone)]
pub struct Objected {
    /// The bank.
    pub bank: String,
    /// The question as it was asked.
    pub question: Arc<Question>,
    /// Whether its key is for the caller.
    pub shows_key: bool,
    /// Its difficulty and discrimination, where there are such figures for the caller.
    pub figures: Option<(Option<f64>, Option<f64>)>,
    /// Notes and answers, the earliest first.
    pub objections: Vec<Listed>,
}

impl Objected {
    /// How many wait for an answer.
    pub fn waiting(&self) -> usize {
        self.objections.iter().filter(|one| one.row.is_open()).count()
    }

    /// Whether the caller may answer any.
    pub fn may_answer(&self) -> bool {
        self.objections.iter().any(|one| one.may_answer)
    }
}

/// The objections to questions of a test, question by question, those with something to answer first. For those who
/// organize it, and once it is settled for committees, who aren't told whose they are.
pub async fn list(app: &App, caller: &Caller, now_ms: i64, name: &str) -> Result<(Test, Standing, Vec<Objected>)> {
    let mut tx = app.db.read().await?;
    let (test, standing) = find(&mut tx, caller, name).await?;
    if !standing.manages && !standing.reads_report {
        return Err(Error::Forbidden(Some(Role::Organizer)));
    }
    if !standing.manages && test.row.finished_at_ms.is_none() {
        return Err(Error::TestNotOver);
    }
    let mut listed = of_test(app, &mut tx, caller, (&test, standing)).await?;
    drop(tx);
    if standing.reads_report && test.row.finished_at_ms.is_some() && !listed.is_empty() {
        let items = crate::service::items::items(app, caller, now_ms, name, None).await?;
        for objected in &mut listed {
            let is_meant = |asked: &crate::rules::items::Asked| {
                *asked.bank == *objected.bank && asked.question.id == objected.question.id
            };
            let line = items.questions.iter().find(|line| is_meant(&line.figures.asked));
            objected.figures = line.map(|line| (line.figures.facility, line.figures.discrimination));
        }
    }
    listed.sort_by_key(|objected| objected.waiting() == 0);
    Ok((test, standing, listed))
}

/// The same for somebody who may know of them, without figures.
pub(crate) async fn of_test(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    (test, standing): (&Test, Standing),
) -> Result<Vec<Objected>> {
    let tree = tree(tx).await?;
    let rows = objections::of_test(tx, &test.row.id).await?;
    let mut by_question: BTreeMap<(String, String), Vec<Listed>> = BTreeMap::new();
    let mut answerers = HashMap::new();
    for row in rows {
        let question = (row.bank.clone(), row.question.clone());
        if let Some(one) = listed(tx, caller, (standing, &tree), row, &mut answerers).await? {
            by_question.entry(question).or_default().push(one);
        }
    }
    let pinned = read_pinned(tx, &test.row.id).await?;
    let owners: HashMap<String, Option<String>> =
        banks::list(tx).await?.into_iter().map(|bank| (bank.name, bank.branch_id)).collect();
    let is_told = test.row.finished_at_ms.is_some() && (standing.manages || test.definition.review != Review::Never);
    let mut objected = Vec::new();
    for ((bank, id), objections) in by_question {
        let Some(pin) = pinned.iter().find(|pin| pin.bank == bank) else { continue };
        let found = pick(app, tx, std::iter::once((pin.edition.as_str(), id.as_str()))).await?;
        let Some(question) = found.into_values().next() else { continue };
        let owner = owners.get(&bank).and_then(Option::as_deref);
        let shows_key = is_told || reads_keys(caller, owner, &tree);
        objected.push(Objected { bank, question, shows_key, figures: None, objections });
    }
    Ok(objected)
}

/// One of them, where its sitting lies within the caller's rights.
async fn listed(
    tx: &mut Tx,
    caller: &Caller,
    (standing, tree): (Standing, &Tree),
    row: ObjectionRow,
    names: &mut HashMap<String, String>,
) -> Result<Option<Listed>> {
    let Some(attempt) = attempts::find(tx, &row.attempt_id).await? else { return Ok(None) };
    let Some(branch) = tree.get(&attempt.branch_id).cloned() else { return Ok(None) };
    let is_organizer = caller.covers(Role::Organizer, Some(&branch.id), tree);
    let sees_names = standing.manages && is_organizer;
    if !is_organizer && !caller.covers(Role::Committee, Some(&branch.id), tree) {
        return Ok(None);
    }
    let person = if sees_names { people::find(tx, &attempt.person_id).await? } else { None };
    let answerer = match &row.answered_by {
        Some(id) if !names.contains_key(id) => {
            let name = people::find(tx, id).await?.map(|person| person.name).unwrap_or_default();
            names.insert(id.clone(), name.clone());
            name
        }
        Some(id) => names.get(id).cloned().unwrap_or_default(),
        None => String::new(),
    };
    let is_own = caller.person_id.as_ref() == Some(&attempt.person_id);
    Ok(Some(Listed {
        may_answer: sees_names && !is_own && row.is_open(),
        by: person.map(|person| (shown_login(&person.login, caller), person.name)),
        branch,
        answerer,
        row,
    }))
}

/// How many wait for an answer at a test. For those who organize it.
pub async fn waiting(app: &App, caller: &Caller, name: &str) -> Result<i64> {
    let mut tx = app.db.read().await?;
    let test = find_managed(&mut tx, caller, name).await?;
    Ok(waiting_at(&mut tx).await?.remove(&test.row.id).unwrap_or_default())
}

/// How many wait for an answer, by the id of the test.
pub(crate) async fn waiting_at(tx: &mut Tx) -> Result<HashMap<String, i64>> {
    Ok(objections::waiting(tx).await?.into_iter().collect())
}

/// An answer on its way in.
#[derive(Debug, Clone)]
pub struct Answering {
    /// The bank of the question.
    pub bank: String,
    /// The question.
    pub question: String,
    /// The one that is answered; `None`: all that wait about the question.
    pub objection: Option<String>,
    /// Whether the member is right.
    pub upheld: bool,
    /// What is answered; the members read it.
    pub answer: String,
}

/// Most that are answered in one transaction, so that nobody waits for the writer.
const AT_ONCE: usize = 100;

/// Answers one objection, or all that wait about a question; each once, nobody an own one. Returns how many.
pub async fn answer(app: &App, caller: &Caller, now_ms: i64, name: &str, answering: Answering) -> Result<usize> {
    let answer = tidy(&answering.answer).ok_or(Error::Invalid { field: "answer", expected: "objection-answer" })?;
    let rows = to_answer(app, caller, name, &answering).await?;
    let mut answered = 0;
    for part in rows.chunks(AT_ONCE) {
        let mut tx = app.db.write().await?;
        let mut said = Vec::with_capacity(part.len());
        for row in part {
            let row = ObjectionRow {
                upheld: Some(answering.upheld),
                answer: Some(answer.clone()),
                answered_by: caller.person_id.clone(),
                answered_at_ms: Some(now_ms),
                ..row.clone()
            };
            // What its member has changed or withdrawn meanwhile isn't what was answered.
            if objections::change(&mut tx, &row, row.writings).await? {
                said.push(event(caller, now_ms, events::ANSWERED, &row.id, &details::objection(&row)));
            }
        }
        trace::append_all(&mut tx, &said).await?;
        tx.commit().await?;
        answered += said.len();
    }
    if answered == 0 { Err(Error::ObjectionAnswered) } else { Ok(answered) }
}

/// What an answer is meant for, as far as the caller may answer it.
async fn to_answer(app: &App, caller: &Caller, name: &str, answering: &Answering) -> Result<Vec<ObjectionRow>> {
    let mut tx = app.db.read().await?;
    let test = find_managed(&mut tx, caller, name).await?;
    let tree = tree(&mut tx).await?;
    let standing = Standing { manages: true, ..Standing::default() };
    let mut rows = objections::of_test(&mut tx, &test.row.id).await?;
    rows.retain(|row| {
        row.bank == answering.bank
            && row.question == answering.question
            && answering.objection.as_ref().is_none_or(|id| *id == row.id)
    });
    if rows.is_empty() {
        return Err(Error::NotFound(Thing::Objection));
    }
    let mut meant = Vec::new();
    for row in rows {
        let one = listed(&mut tx, caller, (standing, &tree), row, &mut HashMap::new()).await?;
        meant.extend(one.filter(|one| one.may_answer).map(|one| one.row));
    }
    Ok(meant)
}
