//! Sitting a test: start, resume, take over, save, submit; ending attempts whose time is over.
//!
//! Time is the moment at which a request arrived. Once handed to the writer, a request's work is done even if the one
//! who asked has gone.

use crate::app::{App, OwnedSheet};
use crate::limits;
use crate::rules::attempt::{MOST_SAVE, StartRefusal, Window, may_submit_from, takes_saves_until};
use crate::rules::draw::seed;
use crate::rules::paper::{Paper, Sheet};
use crate::rules::question::{Kind, Misfit, Response};
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::text::hex;
use crate::service::error::{Error, Result, StoredResponse, Thing};
use crate::service::proofs::unhex;
use crate::service::tests::{Test, find, pool, window_of};
use crate::store::answer_writer::{Finish, FinishedBy, Save, Saved};
use crate::store::attempts::{self, AttemptRow, ResponseRow};
use crate::store::db::Tx;
use crate::store::{presence, tests};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// An attempt with its paper and what is stored.
#[derive(Debug, Clone)]
pub struct Sitting {
    /// The test.
    pub test: Test,
    /// The attempt.
    pub attempt: AttemptRow,
    /// Questions and keys of the paper; keys never leave before review opens.
    pub sheet: Arc<Sheet>,
    /// What is stored, by position.
    pub responses: HashMap<i64, ResponseRow>,
}

/// Starts the caller's attempt, or resumes the open one. With `take_over` this session becomes the only one that may save.
pub async fn start(app: &App, caller: &Caller, now_ms: i64, name: &str, take_over: bool) -> Result<Sitting> {
    let person_id = caller.person_id.as_deref().ok_or(Error::SignInNeeded)?;
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
            Some(attempt) if takes_saves_until(attempt.deadline_at_ms) < now_ms => {
                drop(tx);
                finish(app, &attempt, now_ms, FinishedBy::Deadline, None).await?;
                continue;
            }
            Some(attempt) => {
                drop(tx);
                Some(attempt)
            }
            None => {
                let attempt = new_attempt(app, &mut tx, caller, now_ms, &test, &mine).await?;
                drop(tx);
                app.writer.start_attempt(attempt, test.row.revision).await?
            }
        };
        let Some(mut attempt) = started else { continue };
        if take_over {
            attempt =
                app.writer.take_over(&attempt.id, &caller.session).await?.ok_or(Error::NotFound(Thing::Attempt))?;
        }
        return read(app, test, attempt).await;
    }
    Err(Error::Busy)
}

/// Draws the paper of a new attempt.
async fn new_attempt(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    now_ms: i64,
    test: &Test,
    mine: &[AttemptRow],
) -> Result<AttemptRow> {
    let person_id = caller.person_id.clone().ok_or(Error::SignInNeeded)?;
    let window = window_of(tx, test, &person_id).await?;
    let used = u32::try_from(mine.len()).unwrap_or(u32::MAX);
    window.may_start(&test.definition, now_ms, used).map_err(|refusal| refused(refusal, window))?;
    let branch_id = home(tx, caller, test).await?;
    let pool = pool(app, tx, test).await?;
    let secret = unhex(&test.row.secret).ok_or(Error::NotFound(Thing::Test))?;
    let seed = seed(&secret, &test.row.id, &person_id, used + 1);
    let known = seen_before(&pool.0, &pool.1, mine)?;
    // Feasible since the test was made: the editions are pinned.
    let drawn = pool.0.draw(seed, &known).ok_or(Error::Shortfall(Vec::new()))?;
    let paper = Paper::of(&pool.0, &pool.1, &drawn);
    Ok(AttemptRow {
        id: app.randomness.id(now_ms),
        test_id: test.row.id.clone(),
        person_id,
        number: i64::from(used) + 1,
        branch_id,
        seed: hex(&seed),
        question_count: i64::try_from(paper.len()).unwrap_or_default(),
        paper: crate::store::write_json("attempt", &paper)?,
        started_at_ms: now_ms,
        deadline_at_ms: window.deadline(now_ms, test.definition.minutes),
        save_base: 0,
        holder: None,
        finished_at_ms: None,
        finished_by: None,
        marks: None,
        score: None,
        full: test.definition.full().hundredths(),
        receipt: None,
    })
}

fn refused(refusal: StartRefusal, window: Window) -> Error {
    match refusal {
        StartRefusal::NotYet => Error::NotOpen { opens_at_ms: Some(window.opens_at_ms), closed_at_ms: None },
        StartRefusal::Closed => Error::NotOpen { opens_at_ms: None, closed_at_ms: Some(window.closes_at_ms) },
        StartRefusal::TooLate => Error::TooLate,
        StartRefusal::NoAttemptLeft => Error::NoAttemptLeft,
    }
}

/// The branch where the member stands in the audience. Who has moved away since an earlier attempt starts no new one.
async fn home(tx: &mut Tx, caller: &Caller, test: &Test) -> Result<String> {
    let tree = crate::service::people::tree(tx).await?;
    let audience = super::tests::audience_ids(&tree, &tests::audience(tx, &test.row.id).await?);
    let places = presence::members(tx).await?;
    let mine = places.into_iter().filter(|member| Some(&member.person_id) == caller.person_id.as_ref());
    mine.map(|member| member.branch_id)
        .find(|branch| audience.contains(branch))
        .ok_or(Error::Forbidden(Some(Role::Member)))
}

/// Candidates that stood on earlier papers of this member.
fn seen_before(
    pool: &crate::rules::draw::Pool,
    pinned: &[crate::rules::paper::Pinned],
    mine: &[AttemptRow],
) -> Result<HashSet<usize>> {
    let mut seen: HashSet<(String, String)> = HashSet::new();
    for attempt in mine {
        let paper: Paper = crate::store::read_json("attempt", &attempt.id, &attempt.paper)?;
        seen.extend(paper.sections.into_iter().flatten().map(|entry| (entry.edition, entry.id)));
    }
    if seen.is_empty() {
        return Ok(HashSet::new());
    }
    let is_seen = |candidate: &crate::rules::draw::Candidate| {
        pinned.get(candidate.edition).is_some_and(|pin| seen.contains(&(pin.edition.clone(), candidate.id.clone())))
    };
    Ok(pool
        .candidates()
        .iter()
        .enumerate()
        .filter(|(_, candidate)| is_seen(candidate))
        .map(|(index, _)| index)
        .collect())
}

async fn read(app: &App, test: Test, attempt: AttemptRow) -> Result<Sitting> {
    let mut tx = app.db.read().await?;
    let sheet = sheet(app, &mut tx, &test, &attempt).await?;
    let responses = attempts::responses(&mut tx, &attempt.id).await?;
    Ok(Sitting { test, attempt, sheet, responses: responses.into_iter().map(|row| (row.position, row)).collect() })
}

/// The sheet of an attempt, from memory or read once.
pub(crate) async fn sheet(app: &App, tx: &mut Tx, test: &Test, attempt: &AttemptRow) -> Result<Arc<Sheet>> {
    if let Some(known) = app.caches.sheets.get(&attempt.id) {
        return Ok(Arc::clone(&known.sheet));
    }
    let paper: Paper = crate::store::read_json("attempt", &attempt.id, &attempt.paper)?;
    let mut questions = HashMap::new();
    for (_, entry) in paper.entries() {
        let question = crate::service::banks::question(app, tx, &entry.edition, &entry.id).await?;
        questions.insert((entry.edition.clone(), entry.id.clone()), question);
    }
    let sheet = Sheet::new(&paper, &test.definition, |entry| {
        questions.get(&(entry.edition.clone(), entry.id.clone())).cloned()
    });
    let sheet = Arc::new(sheet.ok_or(Error::NotFound(Thing::Attempt))?);
    let owned = Arc::new(OwnedSheet { person_id: attempt.person_id.clone(), sheet: Arc::clone(&sheet) });
    app.caches.sheets.insert(attempt.id.clone(), owned);
    Ok(sheet)
}

async fn owned_sheet(app: &App, caller: &Caller, attempt_id: &str) -> Result<Arc<Sheet>> {
    let mine = |person_id: &str| caller.person_id.as_deref() == Some(person_id);
    if let Some(known) = app.caches.sheets.get(attempt_id) {
        return if mine(&known.person_id) {
            Ok(Arc::clone(&known.sheet))
        } else {
            Err(Error::NotFound(Thing::Attempt))
        };
    }
    let mut tx = app.db.read().await?;
    let attempt = attempts::find(&mut tx, attempt_id).await?.filter(|attempt| mine(&attempt.person_id));
    let attempt = attempt.ok_or(Error::NotFound(Thing::Attempt))?;
    let test = test_of(&mut tx, &attempt).await?;
    sheet(app, &mut tx, &test, &attempt).await
}

async fn test_of(tx: &mut Tx, attempt: &AttemptRow) -> Result<Test> {
    Test::read(tests::find_by_id(tx, &attempt.test_id).await?.ok_or(Error::NotFound(Thing::Test))?)
}

/// The caller's own attempt.
pub async fn show(app: &App, caller: &Caller, attempt_id: &str) -> Result<Sitting> {
    let mut tx = app.db.read().await?;
    let attempt = attempts::find(&mut tx, attempt_id).await?;
    let mine = attempt.filter(|attempt| caller.person_id.as_ref() == Some(&attempt.person_id));
    let attempt = mine.ok_or(Error::NotFound(Thing::Attempt))?;
    let test = test_of(&mut tx, &attempt).await?;
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
    let sheet = owned_sheet(app, caller, attempt_id).await?;
    let item = sheet.item(incoming.position).ok_or(Error::NotFound(Thing::Question))?;
    if !(1..=MOST_SAVE).contains(&incoming.save) {
        return Err(Error::Invalid { field: "save", expected: "save" });
    }
    let response = Response::decode(item.shape(), &incoming.response).map_err(Error::Misfit)?;
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
        Saved::NotFound => Err(Error::NotFound(Thing::Attempt)),
    }
}

/// Until when the caller's own attempt runs, in Unix milliseconds.
pub async fn deadline(app: &App, caller: &Caller, attempt_id: &str) -> Result<i64> {
    let attempt = attempts::find(&mut app.db.read().await?, attempt_id).await?;
    let mine = attempt.filter(|attempt| caller.person_id.as_ref() == Some(&attempt.person_id));
    mine.map(|attempt| attempt.deadline_at_ms).ok_or(Error::NotFound(Thing::Attempt))
}

/// Until when the caller's newest attempt at a test runs, in Unix milliseconds.
pub async fn last_deadline_of(app: &App, caller: &Caller, name: &str) -> Result<i64> {
    let person_id = caller.person_id.as_deref().ok_or(Error::SignInNeeded)?;
    let mut tx = app.db.read().await?;
    let test = tests::find(&mut tx, name).await?.ok_or(Error::NotFound(Thing::Test))?;
    let mine = attempts::list_of(&mut tx, &test.id, person_id).await?;
    mine.last().map(|attempt| attempt.deadline_at_ms).ok_or(Error::NotFound(Thing::Attempt))
}

fn stored(row: ResponseRow) -> StoredResponse {
    let response = row.response.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    StoredResponse { save: row.save, response }
}

/// Submits the caller's attempt; a second time it answers as the first.
pub async fn submit(app: &App, caller: &Caller, received_at_ms: i64, attempt_id: &str) -> Result<Sitting> {
    let sitting = show(app, caller, attempt_id).await?;
    let was_ended = sitting.attempt.finished_by.as_deref() == Some(FinishedBy::Organizer.name());
    if let (true, Some(reason)) = (was_ended, &sitting.test.row.cancelled_reason) {
        return Err(Error::Cancelled { reason: reason.clone() });
    }
    if sitting.attempt.finished_at_ms.is_some() {
        return Ok(sitting);
    }
    let earliest = sitting.test.definition.earliest_submit_minutes;
    let from_ms = may_submit_from(sitting.attempt.started_at_ms, sitting.attempt.deadline_at_ms, earliest);
    if received_at_ms < from_ms {
        return Err(Error::TooEarly { from_ms });
    }
    finish(app, &sitting.attempt, received_at_ms, FinishedBy::Member, caller.person_id.clone()).await?;
    show(app, caller, attempt_id).await
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
    let test = test_of(&mut tx, attempt).await?;
    let sheet = sheet(app, &mut tx, &test, attempt).await?;
    drop(tx);
    app.writer.finish(Finish { attempt_id: attempt.id.clone(), sheet, at_ms, by, actor_id }).await?;
    Ok(())
}
