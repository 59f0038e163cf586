//! The one writer of open attempts: saves, starts, take-overs, submits, forced finishes and longer deadlines go through
//! one queue, in the order of arrival, so that a save and a submit can't pass each other.
//!
//! Everything that has arrived is committed together (group commit): one flush serves many members. An answer is given
//! only after the commit. If a group fails, each of its jobs is tried alone, so that a bad one never fails its
//! neighbours.

use crate::limits;
use crate::rules::attempt::{GRACE_MS, Window, leaves_room, save_base_after_takeover};
use crate::rules::blueprint::Definition;
use crate::rules::paper::Sheet;
use crate::rules::points::Points;
use crate::store::attempts::{self, AttemptRow, ResponseRow};
use crate::store::db::{Db, Tx};
use crate::store::trace::{self, Event};
use crate::store::{Error, Result, details, tests};
use serde::Serialize;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// A response to be stored, already checked against its question.
#[derive(Debug, Clone, Serialize)]
pub struct Save {
    /// The attempt.
    pub attempt_id: String,
    /// Who sends it.
    pub person_id: String,
    /// The session that sends it.
    pub session: String,
    /// From 1.
    pub position: i64,
    /// Its number.
    pub save: i64,
    /// As JSON, in the paper's labels; `None` takes a response back.
    pub response: Option<String>,
    /// Whether it is a set, in which the order says nothing.
    pub is_set: bool,
    /// When the request arrived.
    pub received_at_ms: i64,
}

/// What became of a save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// Durable, now or before.
    Stored {
        /// Until when the attempt runs.
        deadline_at_ms: i64,
    },
    /// Another response stands under this number or a higher one.
    Stale(ResponseRow),
    /// Another device took the attempt over; with what is stored, if anything is.
    TakenOver(Option<ResponseRow>),
    /// The attempt is finished.
    Finished,
    /// It arrived after the deadline and its grace.
    DeadlinePassed,
    /// There is no such attempt of this person, or no such position.
    NotFound,
}

/// Who ends an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FinishedBy {
    /// The member submits.
    Member,
    /// The time is over.
    Deadline,
    /// An organizer closes the test.
    Organizer,
}

impl FinishedBy {
    /// The name as it is stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Deadline => "deadline",
            Self::Organizer => "organizer",
        }
    }
}

/// An attempt to be ended and marked.
#[derive(Debug, Clone)]
pub struct Finish {
    /// The attempt.
    pub attempt_id: String,
    /// The questions and keys of its paper.
    pub sheet: Arc<Sheet>,
    /// When the request arrived.
    pub at_ms: i64,
    /// Who ends it.
    pub by: FinishedBy,
    /// The person who does, if any.
    pub actor_id: Option<String>,
}

/// Other times for one person or for everyone; the deadlines of open attempts follow, never earlier.
#[derive(Debug, Clone)]
pub struct Extend {
    /// The test.
    pub test_id: String,
    /// Its definition with the times that now hold.
    pub definition: Definition,
    /// The test with its longer times; `None` where only one person's window changes.
    pub test: Option<tests::TestRow>,
    /// The new window of one person; `None` where the whole test got longer.
    pub window: Option<tests::WindowRow>,
    /// What the trace keeps.
    pub event: Event,
}

/// Something to be done to attempts.
#[derive(Debug, Clone)]
enum Job {
    Save(Save),
    Start { attempt: Box<AttemptRow>, test_revision: i64 },
    TakeOver { attempt_id: String, holder: String },
    Finish(Finish),
    Extend(Box<Extend>),
}

/// What became of a job.
#[derive(Debug)]
enum Outcome {
    Saved(Saved),
    /// The open attempt of the member, newly made or there before; `None` where the number was used up meanwhile.
    Started(Option<AttemptRow>),
    Attempt(Option<AttemptRow>),
    /// `false` where somebody else had changed the test.
    Extended(bool),
    Done,
}

type Reply = oneshot::Sender<Result<Outcome>>;

/// A handle on the writer; cheap to clone.
#[derive(Debug, Clone)]
pub struct AnswerWriter {
    queue: mpsc::Sender<(Job, Reply)>,
}

impl AnswerWriter {
    /// Starts the writer. It ends when the last handle is dropped, after all that was queued.
    pub fn start(db: Db) -> (Self, tokio::task::JoinHandle<()>) {
        let (queue, jobs) = mpsc::channel(limits::WRITER_QUEUE);
        let task = tokio::spawn(run(db, jobs));
        (Self { queue }, task)
    }

    async fn send(&self, job: Job) -> Result<Outcome> {
        let (reply, answer) = oneshot::channel();
        match self.queue.try_send((job, reply)) {
            Ok(()) => answer.await.map_err(|_| Error::Stopping)?,
            Err(mpsc::error::TrySendError::Full(_)) => Err(Error::Busy),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(Error::Stopping),
        }
    }

    /// Stores a response; returns once it is durable or refused.
    pub async fn save(&self, save: Save) -> Result<Saved> {
        match self.send(Job::Save(save)).await? {
            Outcome::Saved(saved) => Ok(saved),
            _ => Err(Error::Stopping),
        }
    }

    /// Stores a new attempt, or finds the member's open one; `None` where the number was used up or the test changed
    /// since it stood at `test_revision`.
    pub async fn start_attempt(&self, attempt: AttemptRow, test_revision: i64) -> Result<Option<AttemptRow>> {
        match self.send(Job::Start { attempt: Box::new(attempt), test_revision }).await? {
            Outcome::Started(attempt) => Ok(attempt),
            _ => Err(Error::Stopping),
        }
    }

    /// Hands an open attempt over to a session; returns it as it then is.
    pub async fn take_over(&self, attempt_id: &str, holder: &str) -> Result<Option<AttemptRow>> {
        match self.send(Job::TakeOver { attempt_id: attempt_id.to_owned(), holder: holder.to_owned() }).await? {
            Outcome::Attempt(attempt) => Ok(attempt),
            _ => Err(Error::Stopping),
        }
    }

    /// Ends and marks an attempt, behind everything received before; returns it as it then is.
    pub async fn finish(&self, finish: Finish) -> Result<Option<AttemptRow>> {
        match self.send(Job::Finish(finish)).await? {
            Outcome::Attempt(attempt) => Ok(attempt),
            _ => Err(Error::Stopping),
        }
    }

    /// Gives longer time; `false` where somebody else had changed the test.
    pub async fn extend(&self, extend: Extend) -> Result<bool> {
        match self.send(Job::Extend(Box::new(extend))).await? {
            Outcome::Extended(done) => Ok(done),
            _ => Err(Error::Stopping),
        }
    }
}

async fn run(db: Db, mut jobs: mpsc::Receiver<(Job, Reply)>) {
    let mut group = Vec::new();
    while jobs.recv_many(&mut group, limits::WRITER_GROUP).await > 0 {
        let (work, replies): (Vec<Job>, Vec<Reply>) = group.drain(..).unzip();
        let answers = match commit(&db, &work).await {
            Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
            Err(error) if work.len() == 1 => vec![Err(error)],
            Err(error) => {
                tracing::warn!(%error, jobs = work.len(), "a group could not be written; trying each alone");
                one_by_one(&db, &work).await
            }
        };
        for (reply, answer) in replies.into_iter().zip(answers) {
            // The one who asked may have gone; what was done stays done.
            let _ = reply.send(answer);
        }
    }
}

async fn one_by_one(db: &Db, work: &[Job]) -> Vec<Result<Outcome>> {
    let mut answers = Vec::with_capacity(work.len());
    for job in work {
        let answer = commit(db, std::slice::from_ref(job)).await;
        answers.push(answer.map(|mut outcomes| outcomes.pop().unwrap_or(Outcome::Done)));
    }
    answers
}

/// Does jobs in order in one transaction; returns their outcomes once they are durable.
async fn commit(db: &Db, work: &[Job]) -> Result<Vec<Outcome>> {
    let mut tx = db.write().await?;
    let mut outcomes = Vec::with_capacity(work.len());
    let mut saves: Vec<&Save> = Vec::new();
    let mut places: HashSet<(&str, i64)> = HashSet::new();
    for job in work {
        if let Job::Save(save) = job {
            // One statement may touch a row once only: a second save of the same response starts a new statement.
            if !places.insert((&save.attempt_id, save.position)) {
                flush(&mut tx, &mut saves, &mut outcomes).await?;
                places.clear();
                places.insert((&save.attempt_id, save.position));
            }
            saves.push(save);
            continue;
        }
        flush(&mut tx, &mut saves, &mut outcomes).await?;
        places.clear();
        outcomes.push(single(&mut tx, job).await?);
    }
    flush(&mut tx, &mut saves, &mut outcomes).await?;
    tx.commit().await?;
    Ok(outcomes)
}

async fn single(tx: &mut Tx, job: &Job) -> Result<Outcome> {
    match job {
        Job::Start { attempt, test_revision } => start_attempt(tx, attempt, *test_revision).await.map(Outcome::Started),
        Job::TakeOver { attempt_id, holder } => take_over(tx, attempt_id, holder).await.map(Outcome::Attempt),
        Job::Finish(finish) => end(tx, finish).await.map(Outcome::Attempt),
        Job::Extend(extend) => extend_deadlines(tx, extend).await.map(Outcome::Extended),
        Job::Save(_) => Ok(Outcome::Done),
    }
}

/// Stores saves in one statement, in which "mine, open, in time, newer" is checked row by row; classifies the others.
async fn flush(tx: &mut Tx, saves: &mut Vec<&Save>, outcomes: &mut Vec<Outcome>) -> Result<()> {
    if saves.is_empty() {
        return Ok(());
    }
    let sql = tx.by_database(SAVE_SQLITE, SAVE_POSTGRES);
    let rows: Vec<(String, i64, i64)> =
        tx.query(sql).bind(crate::store::write_json("response", &saves)?).bind(GRACE_MS).fetch_all().await?;
    let stored: HashMap<(String, i64), i64> = rows
        .into_iter()
        .map(|(attempt_id, position, deadline_at_ms)| ((attempt_id, position), deadline_at_ms))
        .collect();
    for save in saves.drain(..) {
        let outcome = match stored.get(&(save.attempt_id.clone(), save.position)) {
            Some(&deadline_at_ms) => Saved::Stored { deadline_at_ms },
            None => classify(tx, save).await?,
        };
        outcomes.push(Outcome::Saved(outcome));
    }
    Ok(())
}

const SAVE_SQLITE: &str = "
INSERT INTO response (attempt_id, position, save, response, received_at_ms)
SELECT attempt.id, value ->> 'position', value ->> 'save', value ->> 'response', value ->> 'received_at_ms'
FROM json_each($1) JOIN attempt ON attempt.id = value ->> 'attempt_id'
WHERE attempt.person_id = value ->> 'person_id'
  AND attempt.finished_at_ms IS NULL
  AND value ->> 'received_at_ms' <= attempt.deadline_at_ms + $2
  AND value ->> 'save' > attempt.save_base
  AND (attempt.holder IS NULL OR attempt.holder = value ->> 'session')
  AND value ->> 'position' BETWEEN 1 AND attempt.question_count
ON CONFLICT (attempt_id, position) DO UPDATE
SET save = excluded.save, response = excluded.response, received_at_ms = excluded.received_at_ms
WHERE excluded.save > response.save
RETURNING attempt_id, position, (SELECT attempt.deadline_at_ms FROM attempt WHERE attempt.id = response.attempt_id)";

// FOR SHARE: a finish in another process waits for this save, and this save sees that finish.
const SAVE_POSTGRES: &str = "
WITH given AS (
    SELECT * FROM json_to_recordset(CAST($1 AS JSON)) AS given (attempt_id TEXT, person_id TEXT, session TEXT,
        position BIGINT, save BIGINT, response TEXT, received_at_ms BIGINT)
), open AS (
    SELECT attempt.id, attempt.person_id, attempt.deadline_at_ms, attempt.save_base, attempt.holder, attempt.question_count
    FROM attempt WHERE attempt.id IN (SELECT attempt_id FROM given) AND attempt.finished_at_ms IS NULL
    ORDER BY attempt.id FOR SHARE
)
INSERT INTO response (attempt_id, position, save, response, received_at_ms)
SELECT open.id, given.position, given.save, given.response, given.received_at_ms
FROM given JOIN open ON open.id = given.attempt_id
WHERE open.person_id = given.person_id
  AND given.received_at_ms <= open.deadline_at_ms + $2
  AND given.save > open.save_base
  AND (open.holder IS NULL OR open.holder = given.session)
  AND given.position BETWEEN 1 AND open.question_count
ON CONFLICT (attempt_id, position) DO UPDATE
SET save = excluded.save, response = excluded.response, received_at_ms = excluded.received_at_ms
WHERE excluded.save > response.save
RETURNING attempt_id, position, (SELECT attempt.deadline_at_ms FROM attempt WHERE attempt.id = response.attempt_id)";

/// Why a save was not stored.
async fn classify(tx: &mut Tx, save: &Save) -> Result<Saved> {
    let Some(attempt) = attempts::find(tx, &save.attempt_id).await?.filter(|a| a.person_id == save.person_id) else {
        return Ok(Saved::NotFound);
    };
    if !(1..=attempt.question_count).contains(&save.position) {
        return Ok(Saved::NotFound);
    }
    let stored = attempts::response(tx, &save.attempt_id, save.position).await?;
    let repeated = stored.as_ref().is_some_and(|row| row.save == save.save && same(row.response.as_deref(), save));
    if repeated {
        return Ok(Saved::Stored { deadline_at_ms: attempt.deadline_at_ms });
    }
    if save.received_at_ms > attempt.deadline_at_ms + GRACE_MS {
        return Ok(Saved::DeadlinePassed);
    }
    if attempt.finished_at_ms.is_some() {
        return Ok(Saved::Finished);
    }
    if save.save <= attempt.save_base || attempt.holder.as_ref().is_some_and(|holder| *holder != save.session) {
        return Ok(Saved::TakenOver(stored));
    }
    stored.map(Saved::Stale).ok_or_else(|| Error::Corrupt {
        table: "response",
        id: save.attempt_id.clone(),
        what: format!("position {} could not be stored", save.position),
    })
}

/// Whether a stored response says the same as a save.
fn same(stored: Option<&str>, save: &Save) -> bool {
    let read = |text: Option<&str>| -> Value {
        let mut value: Value = text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        if let (true, Some(labels)) = (save.is_set, value.as_array_mut()) {
            labels.sort_by_key(ToString::to_string);
        }
        value
    };
    read(stored) == read(save.response.as_deref())
}

async fn start_attempt(tx: &mut Tx, attempt: &AttemptRow, test_revision: i64) -> Result<Option<AttemptRow>> {
    if attempts::insert(tx, attempt, test_revision).await? {
        let detail = details::attempt_started(attempt);
        let event = Event {
            at_ms: attempt.started_at_ms,
            kind: "attempt-started",
            subject: attempt.id.clone(),
            actor_id: Some(attempt.person_id.clone()),
            detail: detail.to_string(),
        };
        trace::append(tx, &event).await?;
        return Ok(Some(attempt.clone()));
    }
    let mine = attempts::list_of(tx, &attempt.test_id, &attempt.person_id).await?;
    Ok(mine.into_iter().find(|attempt| attempt.finished_at_ms.is_none()))
}

async fn take_over(tx: &mut Tx, attempt_id: &str, holder: &str) -> Result<Option<AttemptRow>> {
    let Some(attempt) = attempts::find(tx, attempt_id).await? else { return Ok(None) };
    let highest = attempts::highest_save(tx, attempt_id).await?;
    let save_base = if leaves_room(highest) {
        save_base_after_takeover(highest, attempt.save_base)
    } else {
        // Numbers are used up: they begin anew. The device that used them is kept out by its session.
        attempts::number_anew(tx, attempt_id).await?;
        save_base_after_takeover(1, 0)
    };
    attempts::take_over(tx, attempt_id, save_base, holder).await?;
    attempts::find(tx, attempt_id).await
}

/// Ends the attempt first, then reads its responses: whatever was acknowledged is marked.
async fn end(tx: &mut Tx, finish: &Finish) -> Result<Option<AttemptRow>> {
    let Some(attempt) = attempts::find(tx, &finish.attempt_id).await? else { return Ok(None) };
    // What arrives after the grace counts as the deadline's doing, whoever asks.
    let late = finish.at_ms > attempt.deadline_at_ms + GRACE_MS;
    let by = if late { FinishedBy::Deadline } else { finish.by };
    let at_ms = finish.at_ms.min(attempt.deadline_at_ms);
    if !attempts::finish(tx, &attempt.id, at_ms, by.name()).await? {
        return attempts::find(tx, &finish.attempt_id).await;
    }
    let answers = attempts::answers(tx, &attempt.id).await?;
    let marks = finish.sheet.marks(&answers);
    let score: Points = marks.iter().copied().sum();
    let hundredths: Vec<i64> = marks.iter().map(|mark| mark.hundredths()).collect();
    let marks = crate::store::write_json("attempt", &hundredths)?;
    // Read again: in another process it may have got more time just before it ended.
    let Some(ended) = attempts::find(tx, &attempt.id).await? else { return Ok(None) };
    let ended = AttemptRow { marks: Some(marks.clone()), score: Some(score.hundredths()), ..ended };
    let given = answers.iter().map(|(position, response)| (*position, response.as_str()));
    let detail = details::attempt_finished(&ended, &details::responses_digest(given));
    let actor_id = if by == FinishedBy::Deadline { None } else { finish.actor_id.clone() };
    let event = Event {
        at_ms: finish.at_ms,
        kind: "attempt-finished",
        subject: attempt.id.clone(),
        actor_id,
        detail: detail.to_string(),
    };
    let head = trace::append(tx, &event).await?;
    attempts::set_marks(tx, &attempt.id, &marks, score.hundredths(), &trace::receipt(&head)).await?;
    attempts::find(tx, &attempt.id).await
}

/// Reads the open attempts here, in the order of the queue, so that none that has just started is missed; a start whose
/// deadline was reckoned with the old times finds another revision and is reckoned again.
async fn extend_deadlines(tx: &mut Tx, extend: &Extend) -> Result<bool> {
    match &extend.test {
        Some(test) => {
            if !tests::update(tx, test).await? {
                return Ok(false);
            }
        }
        None => tests::raise_revision(tx, &extend.test_id).await?,
    }
    if let Some(window) = &extend.window {
        tests::put_window(tx, &extend.test_id, window).await?;
    }
    let windows = tests::windows(tx, &extend.test_id).await?;
    let only = extend.window.as_ref().map(|window| &window.person_id);
    for attempt in attempts::list_open(tx, &extend.test_id).await? {
        if only.is_some_and(|person_id| *person_id != attempt.person_id) {
            continue;
        }
        let own = windows.iter().find(|window| window.person_id == attempt.person_id).map(tests::WindowRow::personal);
        let deadline = Window::of(&extend.definition, own).deadline(attempt.started_at_ms, extend.definition.minutes);
        if deadline > attempt.deadline_at_ms {
            attempts::set_deadline(tx, &attempt.id, deadline).await?;
        }
    }
    trace::append(tx, &extend.event).await?;
    Ok(true)
}
