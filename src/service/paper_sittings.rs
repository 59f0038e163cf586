//! Sitting on paper, for members without a device: an organizer prints a member's own paper, the same that would be drawn on
//! a device; what the member wrote is entered by one person and checked by another, and only then becomes an attempt, marked
//! and traced like any other. While a paper waits, its member starts nothing on a device, and the test isn't settled.

use crate::app::App;
use crate::limits;
use crate::rules::paper::{Paper, Sheet};
use crate::rules::question::{Misfit, Response};
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::tree::{Node, Tree};
use crate::service::accounts::event;
use crate::service::error::{Error, Result, Thing};
use crate::service::people::tree;
use crate::service::sign_in_slips::{self as door, Holder};
use crate::service::sitting::drawing;
use crate::service::tests::{Standing, Test, check_reason, find, pool, window_of};
use crate::store::answer_writer::{FinishedBy, WholeSitting, store_in};
use crate::store::attempts::{self, AttemptRow};
use crate::store::db::Tx;
use crate::store::paper_sittings::{self, PaperSittingRow};
use crate::store::people::{self, Person};
use crate::store::trace::{self, sha256_hex};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

pub use crate::store::paper_sittings::{CHECKED, ENTERED, PRINTED, VOID};

/// A printed paper, with whose it is.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The paper.
    pub row: PaperSittingRow,
    /// Whose.
    pub person: Person,
    /// Where the member stood when it was printed.
    pub branch: Node,
    /// Who entered it, by name; nothing: nobody yet, or the operator.
    pub entered_by: Option<String>,
}

/// A test with its printed papers.
#[derive(Debug, Clone)]
pub struct Papers {
    /// The test.
    pub test: Test,
    /// The papers, the first printed first.
    pub papers: Vec<Listed>,
    /// Those of whom no paper waits, and who may get one.
    pub holders: Vec<Holder>,
}

/// A printed paper with its questions.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The paper.
    pub listed: Listed,
    /// Its questions.
    pub sheet: Arc<Sheet>,
    /// What was entered, by position.
    pub responses: BTreeMap<i64, Value>,
}

impl Opened {
    /// The version of what was entered; empty where nothing was.
    pub fn version(&self) -> &str {
        self.listed.row.digest.as_deref().unwrap_or_default()
    }
}

/// Where the caller stands in a test.
struct Ground {
    test: Test,
    standing: Standing,
    tree: Tree,
}

impl Ground {
    async fn of(tx: &mut Tx, caller: &Caller, name: &str) -> Result<Self> {
        let (test, standing) = find(tx, caller, name).await?;
        let tree = tree(tx).await?;
        Ok(Self { test, standing, tree })
    }

    /// Whoever manages the test, or organizes where the member stood; nobody their own.
    fn admits(&self, caller: &Caller, row: &PaperSittingRow) -> bool {
        caller.person_id.as_ref() != Some(&row.person_id)
            && (self.standing.manages || caller.covers(Role::Organizer, Some(&row.branch_id), &self.tree))
    }

    /// Before the test opens only those who manage it see what it asks.
    fn refuse_early(&self, now_ms: i64) -> Result<()> {
        let opens_at_ms = self.test.row.opens_at_ms;
        if self.standing.manages || now_ms >= opens_at_ms {
            return Ok(());
        }
        Err(Error::NotOpen { opens_at_ms: Some(opens_at_ms), closed_at_ms: None })
    }

    fn listed(&self, row: PaperSittingRow, people: &HashMap<String, Person>) -> Option<Listed> {
        Some(Listed {
            person: people.get(&row.person_id)?.clone(),
            branch: self.tree.get(&row.branch_id)?.clone(),
            entered_by: row.entered_by.as_ref().and_then(|id| people.get(id)).map(|person| person.name.clone()),
            row,
        })
    }
}

async fn people_of(tx: &mut Tx, rows: &[PaperSittingRow]) -> Result<HashMap<String, Person>> {
    let ids: Vec<&str> =
        rows.iter().flat_map(|row| std::iter::once(row.person_id.as_str()).chain(row.entered_by.as_deref())).collect();
    Ok(people::list_of(tx, &ids).await?.into_iter().map(|person| (person.id.clone(), person)).collect())
}

/// The papers of a test that the caller may enter, and for whom others may be printed.
pub async fn list(app: &App, caller: &Caller, name: &str) -> Result<Papers> {
    let door::Listed { test, holders, .. } = door::list(app, caller, name, None).await?;
    let mut tx = app.db.read().await?;
    let ground = Ground::of(&mut tx, caller, name).await?;
    let mut rows = paper_sittings::list(&mut tx, &test.row.id).await?;
    rows.retain(|row| ground.admits(caller, row));
    let people = people_of(&mut tx, &rows).await?;
    let begun = attempts::persons(&mut tx, &test.row.id).await?;
    let papers: Vec<Listed> = rows.into_iter().filter_map(|row| ground.listed(row, &people)).collect();
    let waits = |id: &String| papers.iter().any(|paper| paper.row.person_id == *id && paper.row.is_open());
    let is_free = |holder: &Holder| {
        !holder.is_spared
            && caller.person_id.as_ref() != Some(&holder.person.id)
            && !waits(&holder.person.id)
            && (test.definition.attempts > 1 || !begun.contains(&holder.person.id))
    };
    let holders = holders.into_iter().filter(is_free).collect();
    Ok(Papers { test, papers, holders })
}

/// Draws and keeps a paper for each of some people, by login or id; all or none. Returns their ids.
pub async fn print(app: &App, caller: &Caller, now_ms: i64, name: &str, chosen: &[String]) -> Result<Vec<String>> {
    let Papers { test, holders, .. } = list(app, caller, name).await?;
    if test.row.finished_at_ms.is_some() || test.row.cancelled_reason.is_some() {
        return Err(Error::TestIsOver);
    }
    if chosen.is_empty() || chosen.len() > limits::PAPERS_AT_ONCE {
        return Err(Error::Invalid { field: "people", expected: "papers" });
    }
    let mut tx = app.db.read().await?;
    Ground::of(&mut tx, caller, name).await?.refuse_early(now_ms)?;
    let mut rows = Vec::with_capacity(chosen.len());
    for one in chosen {
        let holder = holders.iter().find(|holder| door::is_named(&holder.person, std::slice::from_ref(one)));
        let holder = holder.ok_or(Error::NotFound(Thing::Person))?;
        rows.push(drawn(app, &mut tx, &test, holder, (caller, now_ms)).await?);
    }
    drop(tx);
    let mut tx = app.db.write().await?;
    for row in &rows {
        let mine = attempts::list_of(&mut tx, &test.row.id, &row.person_id).await?;
        let is_next = i64::try_from(mine.len()).ok() == Some(row.number - 1);
        if !is_next || !paper_sittings::insert(&mut tx, row).await? {
            return Err(Error::ChangedMeanwhile);
        }
        let detail = json!({ "paper": row.id, "person": row.person_id, "number": row.number, "digest": sha256_hex(row.paper.as_bytes()) });
        trace::append(&mut tx, &event(caller, now_ms, "paper-printed", &test.row.id, &detail)).await?;
    }
    tx.commit().await?;
    for row in &rows {
        app.caches.drawn.remove(&(name.to_owned(), row.person_id.clone()));
    }
    Ok(rows.into_iter().map(|row| row.id).collect())
}

async fn drawn(
    app: &App,
    tx: &mut Tx,
    test: &Test,
    holder: &Holder,
    (caller, now_ms): (&Caller, i64),
) -> Result<PaperSittingRow> {
    let person_id = holder.person.id.as_str();
    let closes_at_ms = window_of(tx, test, person_id).await?.closes_at_ms;
    if now_ms > closes_at_ms {
        return Err(Error::NotOpen { opens_at_ms: None, closed_at_ms: Some(closes_at_ms) });
    }
    let mine = attempts::list_of(tx, &test.row.id, person_id).await?;
    if mine.iter().any(|attempt| attempt.finished_at_ms.is_none()) {
        return Err(Error::AttemptOpen);
    }
    let used = u32::try_from(mine.len()).unwrap_or(u32::MAX);
    if used >= test.definition.attempts {
        return Err(Error::NoAttemptLeft);
    }
    let pool = pool(app, tx, test).await?;
    let later = drawing::later(tx, &pool, person_id, &mine).await?;
    let (attempt, _) = drawing::draw(test, &pool, (person_id, &holder.branch.id), used + 1, &later)?;
    Ok(PaperSittingRow {
        id: app.randomness.id(now_ms),
        test_id: attempt.test_id,
        person_id: attempt.person_id,
        number: attempt.number,
        branch_id: attempt.branch_id,
        seed: attempt.seed,
        paper: attempt.paper,
        question_count: attempt.question_count,
        full_marks: attempt.full,
        state: PRINTED.to_owned(),
        printed_at_ms: now_ms,
        printed_by: caller.person_id.clone(),
        responses: None,
        digest: None,
        entered_at_ms: None,
        entered_by: None,
        ended_at_ms: None,
        ended_by: None,
        reason: None,
        attempt_id: None,
    })
}

/// One paper with its questions.
pub async fn open(app: &App, caller: &Caller, now_ms: i64, (name, id): (&str, &str)) -> Result<(Test, Opened)> {
    let mut tx = app.db.read().await?;
    let ground = Ground::of(&mut tx, caller, name).await?;
    let row = paper_sittings::find(&mut tx, &ground.test.row.id, id).await?;
    let row = row.filter(|row| ground.admits(caller, row)).ok_or(Error::NotFound(Thing::Paper))?;
    ground.refuse_early(now_ms)?;
    let people = people_of(&mut tx, std::slice::from_ref(&row)).await?;
    let paper: Paper = crate::store::read_json("paper_sitting", id, &row.paper)?;
    let sheet = drawing::sheet(app, &mut tx, &ground.test.definition, &paper).await?;
    let responses = match &row.responses {
        Some(text) => crate::store::read_json("paper_sitting", id, text)?,
        None => BTreeMap::new(),
    };
    let listed = ground.listed(row, &people).ok_or(Error::NotFound(Thing::Paper))?;
    Ok((ground.test, Opened { listed, sheet, responses }))
}

/// Enters what stands on a paper, by position; what isn't named is unanswered. Whoever enters last is the one who entered.
pub async fn enter(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    (name, id): (&str, &str),
    (seen, responses): (&str, &BTreeMap<i64, Value>),
) -> Result<Opened> {
    let (test, opened) = open(app, caller, now_ms, (name, id)).await?;
    refuse_cancelled(&test)?;
    if now_ms < test.row.opens_at_ms {
        return Err(Error::NotOpen { opens_at_ms: Some(test.row.opens_at_ms), closed_at_ms: None });
    }
    let responses = fitting(&opened.sheet, responses)?;
    let body = crate::store::write_json("paper_sitting", &responses)?;
    let row = PaperSittingRow {
        digest: Some(sha256_hex(body.as_bytes())),
        responses: Some(body),
        entered_at_ms: Some(now_ms),
        entered_by: caller.person_id.clone(),
        ..opened.listed.row
    };
    let mut tx = app.db.write().await?;
    if !paper_sittings::enter(&mut tx, &row, seen).await? {
        return Err(Error::ChangedMeanwhile);
    }
    tx.commit().await?;
    open(app, caller, now_ms, (name, id)).await.map(|(_, opened)| opened)
}

/// Nothing of a test that was cancelled counts.
fn refuse_cancelled(test: &Test) -> Result<()> {
    match &test.row.cancelled_reason {
        Some(reason) => Err(Error::Cancelled { reason: reason.clone() }),
        None => Ok(()),
    }
}

/// Responses as they are stored: each fits its question, none is nothing.
fn fitting(sheet: &Sheet, responses: &BTreeMap<i64, Value>) -> Result<BTreeMap<i64, Value>> {
    let mut fitting = BTreeMap::new();
    for (position, given) in responses {
        let item = sheet.item(*position).ok_or(Error::NotFound(Thing::Question))?;
        let response = Response::decode(&item.shape(), given).map_err(Error::Misfit)?;
        let Some(response) = response else { continue };
        if crate::store::write_json("response", &response)?.len() > limits::RESPONSE_BYTES {
            return Err(Error::Misfit(Misfit::TooLong));
        }
        fitting.insert(*position, json!(response));
    }
    Ok(fitting)
}

/// Confirms that what was entered is what stands on the paper, by somebody else than who entered it: it becomes an attempt,
/// marked at once. Returns its id.
pub async fn check(app: &App, caller: &Caller, now_ms: i64, (name, id): (&str, &str), seen: &str) -> Result<String> {
    let (test, opened) = open(app, caller, now_ms, (name, id)).await?;
    refuse_cancelled(&test)?;
    let row = &opened.listed.row;
    if row.state != ENTERED || row.digest.as_deref() != Some(seen) {
        return Err(Error::ChangedMeanwhile);
    }
    if row.entered_by == caller.person_id {
        return Err(Error::SecondPersonNeeded);
    }
    let sitting = whole(app, caller, &test, &opened).await?;
    let attempt_id = sitting.attempt.id.clone();
    let ended = PaperSittingRow {
        state: CHECKED.to_owned(),
        ended_at_ms: Some(now_ms),
        ended_by: caller.person_id.clone(),
        attempt_id: Some(attempt_id.clone()),
        ..row.clone()
    };
    let detail =
        json!({ "paper": row.id, "entered_by": row.entered_by, "entered_at_ms": row.entered_at_ms, "responses": seen });
    let mut tx = app.db.write().await?;
    let is_stored = paper_sittings::end(&mut tx, &ended, seen).await? && store_in(&mut tx, &[sitting]).await? == 1;
    if !is_stored {
        return Err(Error::ChangedMeanwhile);
    }
    trace::append(&mut tx, &event(caller, now_ms, "paper-entered", &attempt_id, &detail)).await?;
    tx.commit().await?;
    Ok(attempt_id)
}

/// The attempt that a paper becomes: it begins when the member's window opens, or the paper was printed later, and lasts as
/// long as the test allows.
async fn whole(app: &App, caller: &Caller, test: &Test, opened: &Opened) -> Result<WholeSitting> {
    let row = &opened.listed.row;
    let window = window_of(&mut app.db.read().await?, test, &row.person_id).await?;
    let started_at_ms = row.printed_at_ms.clamp(window.opens_at_ms, window.closes_at_ms.max(window.opens_at_ms));
    let deadline_at_ms = window.deadline(started_at_ms, test.definition.minutes);
    let attempt = AttemptRow {
        id: app.randomness.id(started_at_ms),
        test_id: row.test_id.clone(),
        person_id: row.person_id.clone(),
        number: row.number,
        branch_id: row.branch_id.clone(),
        seed: row.seed.clone(),
        question_count: row.question_count,
        paper: row.paper.clone(),
        started_at_ms,
        deadline_at_ms,
        save_base: 0,
        holder: None,
        finished_at_ms: None,
        finished_by: None,
        marks: None,
        score: None,
        full: row.full_marks,
        receipt: None,
        paused_at_ms: None,
        paused_ms: 0,
    };
    let responses = opened.responses.iter().map(|(position, response)| (*position, response.to_string())).collect();
    Ok(WholeSitting {
        attempt,
        test_revision: test.row.revision,
        sheet: Arc::clone(&opened.sheet),
        responses,
        ends_at_ms: deadline_at_ms,
        by: FinishedBy::Paper,
        actor_id: caller.person_id.clone(),
    })
}

/// Declares a paper void, with the reason: the member didn't come, or sits on a device after all.
pub async fn void(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    (name, id): (&str, &str),
    (seen, reason): (&str, &str),
) -> Result<()> {
    let reason = check_reason(reason)?;
    let (test, opened) = open(app, caller, now_ms, (name, id)).await?;
    let row = PaperSittingRow {
        state: VOID.to_owned(),
        ended_at_ms: Some(now_ms),
        ended_by: caller.person_id.clone(),
        reason: Some(reason),
        ..opened.listed.row
    };
    let mut tx = app.db.write().await?;
    if !paper_sittings::end(&mut tx, &row, seen).await? {
        return Err(Error::ChangedMeanwhile);
    }
    let detail = json!({ "paper": row.id, "person": row.person_id, "reason": row.reason });
    trace::append(&mut tx, &event(caller, now_ms, "paper-void", &test.row.id, &detail)).await?;
    Ok(tx.commit().await?)
}

/// Whether a paper waits for a member of a test.
pub(crate) async fn waits_for(tx: &mut Tx, test_id: &str, person_id: &str) -> Result<bool> {
    Ok(paper_sittings::waiting(tx, test_id).await?.iter().any(|id| id == person_id))
}
