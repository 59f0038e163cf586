//! Sitting a test: start, resume, take over, save, submit; ending attempts whose time is over.
//!
//! Time is the moment at which a request arrived. Once handed to the writer, a request's work is done even if the one
//! who asked has gone.

pub mod admission;
pub(crate) mod drawing;
pub mod hints;
pub mod standing;
pub mod waiting;
pub mod whole;

use crate::app::{App, OwnedSheet};
use crate::limits;
use crate::rules::attempt::{MOST_SAVE, may_submit_from, runs_until, takes_saves_until};
use crate::rules::integrity::{Came, Hint};
use crate::rules::paper::{Paper, Sheet};
use crate::rules::question::{Kind, Misfit, Response};
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::service::corrections;
use crate::service::error::{Error, Result, StoredResponse, Thing};
use crate::service::tests::{Test, find};
use crate::store::answer_writer::{Finish, FinishedBy, Save, Saved};
use crate::store::attempts::{self, AttemptRow, ResponseRow};
use crate::store::db::Tx;
use crate::store::tests;
pub use admission::Asking;
use std::collections::HashMap;
use std::sync::Arc;

/// An attempt with its paper and what is stored.
#[derive(Debug, Clone)]
pub struct Sitting {
    /// The test.
    pub test: Arc<Test>,
    /// The attempt.
    pub attempt: AttemptRow,
    /// Questions and keys of the paper; keys never leave before review opens.
    pub sheet: Arc<Sheet>,
    /// What is stored, by position.
    pub responses: HashMap<i64, ResponseRow>,
}

impl Sitting {
    /// Until when it runs, as far as is known now; Unix milliseconds.
    pub fn runs_until(&self, now_ms: i64) -> i64 {
        runs_until(self.attempt.deadline_at_ms, self.attempt.paused_at_ms, now_ms)
    }
}

/// Starts the caller's attempt, or resumes the open one. With `take_over` this session becomes the only one that may save.
pub async fn start(app: &App, caller: &Caller, now_ms: i64, name: &str, asking: &Asking) -> Result<Sitting> {
    let person_id = caller.person_id.as_deref().ok_or(Error::SignInNeeded)?;
    if !asking.take_over
        && let Some(sitting) = waiting::start(app, caller, now_ms, name, asking).await?
    {
        return Ok(sitting);
    }
    // Somebody else's finish may use up the number between reading and writing; then the next round sees it.
    for _ in 0..3 {
        let mut tx = app.db.read().await?;
        let (test, standing) = find(&mut tx, caller, name).await?;
        if !standing.sits {
            return Err(Error::Forbidden(Some(Role::Member)));
        }
        if let Some(reason) = &test.row.cancelled_reason {
            return Err(Error::Cancelled { reason: reason.clone() });
        }
        let mine = attempts::list_of(&mut tx, &test.row.id, person_id).await?;
        // Each branch gives its connection back before it asks for another: waiting with one in hand would stop
        // everybody once the pool is used up.
        let open = mine.iter().find(|attempt| attempt.finished_at_ms.is_none()).cloned();
        let started = match open {
            Some(attempt) if is_overdue(&attempt, now_ms) => {
                drop(tx);
                finish(app, &attempt, now_ms, FinishedBy::Deadline, None).await?;
                continue;
            }
            Some(attempt) => {
                drop(tx);
                return go_on(app, caller, now_ms, Arc::new(test), attempt, asking).await;
            }
            None => {
                admission::check(app, caller, now_ms, &test, asking)?;
                let attempt = drawing::new_attempt(app, &mut tx, caller, now_ms, &test, &mine).await?;
                drop(tx);
                app.writer.start_attempt(attempt, test.row.revision).await?
            }
        };
        let Some(mut attempt) = started else { continue };
        if asking.take_over {
            attempt = take_over(app, caller, &attempt).await?;
        }
        return read(app, Arc::new(test), attempt).await;
    }
    Err(Error::Busy)
}

/// Goes on with an open attempt, where asked for as the one that holds it from now on.
async fn go_on(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    test: Arc<Test>,
    attempt: AttemptRow,
    asking: &Asking,
) -> Result<Sitting> {
    admission::check_address(&test, asking.came.address)?;
    if !admission::holds(caller, &attempt) {
        admission::check(app, caller, now_ms, &test, asking)?;
    }
    let mut attempt = standing::claim(app, caller, &test, attempt).await?;
    if asking.take_over && !admission::holds(caller, &attempt) {
        if test.definition.integrity.is_bound() {
            return Err(Error::OneDevice);
        }
        if test.definition.integrity.hints {
            hints::note(app, now_ms, &attempt.id, &[(Hint::OtherDevice, None)]).await?;
        }
    }
    if asking.take_over {
        attempt = take_over(app, caller, &attempt).await?;
    }
    read(app, test, attempt).await
}

async fn take_over(app: &App, caller: &Caller, attempt: &AttemptRow) -> Result<AttemptRow> {
    app.writer.take_over(&attempt.id, &caller.session).await?.ok_or(Error::NotFound(Thing::Attempt))
}

async fn read(app: &App, test: Arc<Test>, attempt: AttemptRow) -> Result<Sitting> {
    let mut tx = app.db.read().await?;
    let mut sheet = Arc::clone(&ready(app, &mut tx, &test, &attempt).await?.sheet);
    if attempt.finished_at_ms.is_some() {
        sheet = corrections::with_corrections(&mut tx, &attempt.test_id, sheet).await?;
    }
    let responses = attempts::responses(&mut tx, &attempt.id).await?;
    Ok(Sitting { test, attempt, sheet, responses: responses.into_iter().map(|row| (row.position, row)).collect() })
}

/// The sheet of an attempt, from memory or read for this once.
pub(crate) async fn sheet(app: &App, tx: &mut Tx, test: &Test, attempt: &AttemptRow) -> Result<Arc<Sheet>> {
    if let Some(known) = app.caches.sheets.get(&attempt.id) {
        return Ok(Arc::clone(&known.sheet));
    }
    let paper: Paper = crate::store::read_json("attempt", &attempt.id, &attempt.paper)?;
    drawing::sheet(app, tx, &test.definition, &paper).await
}

/// The sheet of an attempt under way, from memory or read once.
async fn ready(app: &App, tx: &mut Tx, test: &Arc<Test>, attempt: &AttemptRow) -> Result<Arc<OwnedSheet>> {
    if let Some(known) = app.caches.sheets.get(&attempt.id) {
        return Ok(known);
    }
    let paper: Paper = crate::store::read_json("attempt", &attempt.id, &attempt.paper)?;
    let sheet = drawing::sheet(app, tx, &test.definition, &paper).await?;
    Ok(keep(app, test, attempt, sheet))
}

/// Keeps the sheet of an attempt in memory.
fn keep(app: &App, test: &Arc<Test>, attempt: &AttemptRow, sheet: Arc<Sheet>) -> Arc<OwnedSheet> {
    let owned = Arc::new(OwnedSheet { person_id: attempt.person_id.clone(), test: Arc::clone(test), sheet });
    app.caches.sheets.insert(attempt.id.clone(), Arc::clone(&owned));
    owned
}

/// The sheet of the caller's own attempt.
pub(crate) async fn own(app: &App, caller: &Caller, attempt_id: &str) -> Result<Arc<OwnedSheet>> {
    let mine = |person_id: &str| caller.person_id.as_deref() == Some(person_id);
    if let Some(known) = app.caches.sheets.get(attempt_id) {
        return if mine(&known.person_id) { Ok(known) } else { Err(Error::NotFound(Thing::Attempt)) };
    }
    let mut tx = app.db.read().await?;
    let attempt = attempts::find(&mut tx, attempt_id).await?.filter(|attempt| mine(&attempt.person_id));
    let attempt = attempt.ok_or(Error::NotFound(Thing::Attempt))?;
    let test = Arc::new(test_of(&mut tx, &attempt).await?);
    ready(app, &mut tx, &test, &attempt).await
}

async fn test_of(tx: &mut Tx, attempt: &AttemptRow) -> Result<Test> {
    Ok(Test::read(tests::find_by_id(tx, &attempt.test_id).await?.ok_or(Error::NotFound(Thing::Test))?)?)
}

/// Whether the time of an attempt is over, its grace included.
pub(crate) fn is_overdue(attempt: &AttemptRow, now_ms: i64) -> bool {
    attempt.paused_at_ms.is_none() && takes_saves_until(attempt.deadline_at_ms) < now_ms
}

/// The caller's own attempt, to go on with; where its time is over it ends here.
pub async fn resume(app: &App, caller: &Caller, now_ms: i64, attempt_id: &str, came: &Came) -> Result<Sitting> {
    let mut sitting = show(app, caller, attempt_id).await?;
    let attempt = &sitting.attempt;
    if attempt.finished_at_ms.is_none() && is_overdue(attempt, now_ms) {
        finish(app, attempt, now_ms, FinishedBy::Deadline, None).await?;
        return show(app, caller, attempt_id).await;
    }
    if sitting.attempt.finished_at_ms.is_none() {
        admission::check_address(&sitting.test, came.address)?;
        sitting.attempt = standing::claim(app, caller, &sitting.test, sitting.attempt).await?;
    }
    Ok(sitting)
}

/// The caller's own attempt.
pub async fn show(app: &App, caller: &Caller, attempt_id: &str) -> Result<Sitting> {
    let mut tx = app.db.read().await?;
    let attempt = attempts::find(&mut tx, attempt_id).await?;
    let mine = attempt.filter(|attempt| caller.person_id.as_ref() == Some(&attempt.person_id));
    let attempt = mine.ok_or(Error::NotFound(Thing::Attempt))?;
    let test = Arc::new(test_of(&mut tx, &attempt).await?);
    drop(tx);
    read(app, test, attempt).await
}

/// A response on its way in.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// From 1.
    pub position: i64,
    /// Its number.
    pub save: i64,
    /// As sent; `null` takes a response back.
    pub response: serde_json::Value,
    /// The address that it comes from.
    pub address: Option<std::net::IpAddr>,
}

/// Stores one response; returns, once it is durable, until when the attempt runs (Unix milliseconds).
pub async fn save(
    app: &App,
    caller: &Caller,
    received_at_ms: i64,
    attempt_id: &str,
    incoming: Incoming,
) -> Result<i64> {
    let person_id = caller.person_id.clone().ok_or(Error::SignInNeeded)?;
    let own = own(app, caller, attempt_id).await?;
    let item = own.sheet.item(incoming.position).ok_or(Error::NotFound(Thing::Question))?;
    admission::check_address(&own.test, incoming.address)?;
    if !(1..=MOST_SAVE).contains(&incoming.save) {
        return Err(Error::Invalid { field: "save", expected: "save" });
    }
    let response = Response::decode(&item.shape(), &incoming.response).map_err(Error::Misfit)?;
    let text = response.map(|response| crate::store::write_json("response", &response)).transpose()?;
    if text.as_ref().is_some_and(|text| text.len() > limits::RESPONSE_BYTES) {
        return Err(Error::Misfit(Misfit::TooLong));
    }
    let save = Save {
        attempt_id: attempt_id.to_owned(),
        person_id,
        session: caller.session.clone(),
        position: incoming.position,
        save: incoming.save,
        response: text,
        is_set: item.question.kind() == Kind::Multiple,
        received_at_ms,
    };
    match app.writer.save(save).await? {
        Saved::Stored { deadline_at_ms } => Ok(deadline_at_ms),
        Saved::Stale(row) => Err(Error::StaleSave(stored(row))),
        Saved::TakenOver(row) => Err(Error::TakenOver(row.map(stored))),
        Saved::Finished => Err(Error::AttemptFinished),
        Saved::DeadlinePassed => Err(Error::DeadlinePassed),
        Saved::Paused { .. } => Err(Error::Paused),
        Saved::NotFound => Err(Error::NotFound(Thing::Attempt)),
    }
}

/// Until when the caller's newest attempt at a test runs, in Unix milliseconds.
pub async fn last_deadline_of(app: &App, caller: &Caller, now_ms: i64, name: &str) -> Result<i64> {
    let person_id = caller.person_id.as_deref().ok_or(Error::SignInNeeded)?;
    let mut tx = app.db.read().await?;
    let test = tests::find(&mut tx, name).await?.ok_or(Error::NotFound(Thing::Test))?;
    let mine = attempts::list_of(&mut tx, &test.id, person_id).await?;
    let runs_until = |attempt: &AttemptRow| runs_until(attempt.deadline_at_ms, attempt.paused_at_ms, now_ms);
    mine.last().map(runs_until).ok_or(Error::NotFound(Thing::Attempt))
}

fn stored(row: ResponseRow) -> StoredResponse {
    let response = row.response.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    StoredResponse { save: row.save, response }
}

/// An attempt that has ended.
#[derive(Debug, Clone)]
pub struct Ended {
    /// Its test.
    pub test: Arc<Test>,
    /// As it is stored.
    pub attempt: AttemptRow,
}

/// Submits the caller's attempt; a second time it answers as the first.
pub async fn submit(app: &App, caller: &Caller, received_at_ms: i64, attempt_id: &str) -> Result<Ended> {
    let own = own(app, caller, attempt_id).await?;
    if own.test.definition.earliest_submit_minutes.is_some() {
        refuse_too_early(app, &own.test, received_at_ms, attempt_id).await?;
    }
    let attempt = end(app, &own, attempt_id, received_at_ms, FinishedBy::Member, caller.person_id.clone()).await?;
    if attempt.finished_at_ms.is_none() {
        return Err(Error::Paused);
    }
    if attempt.finished_by.as_deref() == Some(FinishedBy::Organizer.name()) {
        let test = test_of(&mut app.db.read().await?, &attempt).await?;
        if let Some(reason) = test.row.cancelled_reason {
            return Err(Error::Cancelled { reason });
        }
    }
    Ok(Ended { test: Arc::clone(&own.test), attempt })
}

async fn refuse_too_early(app: &App, test: &Test, received_at_ms: i64, attempt_id: &str) -> Result<()> {
    let attempt =
        attempts::find(&mut app.db.read().await?, attempt_id).await?.ok_or(Error::NotFound(Thing::Attempt))?;
    let earliest = test.definition.earliest_submit_minutes;
    let from_ms = may_submit_from(attempt.started_at_ms, attempt.deadline_at_ms, earliest);
    let is_open = attempt.finished_at_ms.is_none();
    if is_open && received_at_ms < from_ms { Err(Error::TooEarly { from_ms }) } else { Ok(()) }
}

async fn end(
    app: &App,
    own: &OwnedSheet,
    attempt_id: &str,
    at_ms: i64,
    by: FinishedBy,
    actor_id: Option<String>,
) -> Result<AttemptRow> {
    let finish = Finish { attempt_id: attempt_id.to_owned(), sheet: Arc::clone(&own.sheet), at_ms, by, actor_id };
    app.writer.finish(finish).await?.ok_or(Error::NotFound(Thing::Attempt))
}

/// Ends an attempt and marks it, behind everything received before.
pub(crate) async fn finish(
    app: &App,
    attempt: &AttemptRow,
    at_ms: i64,
    by: FinishedBy,
    actor_id: Option<String>,
) -> Result<()> {
    let mut tx = app.db.read().await?;
    let test = Arc::new(test_of(&mut tx, attempt).await?);
    let own = ready(app, &mut tx, &test, attempt).await?;
    drop(tx);
    end(app, &own, &attempt.id, at_ms, by, actor_id).await?;
    Ok(())
}
