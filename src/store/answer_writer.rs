//! The one writer of open attempts: saves, starts, take-overs, submits, forced finishes and longer deadlines go through
//! one queue, in the order of arrival, so that a save and a submit can't pass each other. New sessions go with them.
//!
//! Everything that has arrived is committed together (group commit): one flush serves many members, and one statement
//! does all jobs of a sort that may be done at once. An answer is given only after the commit. If a group fails, each of
//! its jobs is tried alone, so that a bad one never fails its neighbours.

mod acts;
mod finishes;
mod saves;
mod starts;
mod waves;
mod whole;

use crate::limits;
use crate::rules::paper::Sheet;
use crate::store::attempts::{AttemptRow, ResponseRow};
use crate::store::db::{Db, Tx};
use crate::store::sessions::{self, Opening, Seen};
use crate::store::{Error, Result};
pub use acts::{Extend, Pause, Reopen, Resume};
use serde::Serialize;
use starts::Start;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use waves::Wave;
pub use whole::{WholeSitting, store_in, store_whole};

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
    /// The attempt stands still; the save may come again when it goes on.
    Paused {
        /// Until when the attempt runs, as far as is known.
        deadline_at_ms: i64,
    },
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
    /// The member wrote on paper, and it was entered.
    Paper,
}

impl FinishedBy {
    /// The name as it is stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Deadline => "deadline",
            Self::Organizer => "organizer",
            Self::Paper => "paper",
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

/// Something to be done to attempts.
#[derive(Debug, Clone)]
enum Job {
    Save(Save),
    Start(Box<Start>),
    Open(Box<Opening>),
    Seen(Seen),
    Finish(Finish),
    TakeOver { attempt_id: String, holder: String },
    Act(Box<Act>),
}

/// What nothing else may pass.
#[derive(Debug, Clone)]
enum Act {
    Extend(Box<Extend>),
    Pause(Pause),
    Resume(Resume),
    Reopen(Reopen),
}

/// What became of a job.
#[derive(Debug)]
enum Outcome {
    Saved(Saved),
    Attempt(Option<Box<AttemptRow>>),
    /// `false` where somebody else had changed the test or the attempt.
    Acted(bool),
    /// `false` where somebody else is signed in with the same slip.
    Opened(bool),
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

    /// Stores a new attempt, or finds the member's open one; `None` where the number was used up, the member has moved,
    /// or the test changed since it stood at `test_revision`.
    pub async fn start_attempt(&self, attempt: AttemptRow, test_revision: i64) -> Result<Option<AttemptRow>> {
        match self.send(Job::Start(Box::new(Start { attempt, test_revision }))).await? {
            Outcome::Attempt(attempt) => Ok(attempt.map(|attempt| *attempt)),
            _ => Err(Error::Stopping),
        }
    }

    /// Opens a session; returns once it is durable, `false` where somebody else is signed in with the same slip.
    pub async fn open_session(&self, opening: Opening) -> Result<bool> {
        match self.send(Job::Open(Box::new(opening))).await? {
            Outcome::Opened(opened) => Ok(opened),
            _ => Err(Error::Stopping),
        }
    }

    /// Notes, with the next group, that a session is in use. Where the queue is full it is noted another time.
    pub fn session_seen(&self, token_hash: String, seen_at_ms: i64) {
        let (reply, _) = oneshot::channel();
        let _ = self.queue.try_send((Job::Seen(Seen { token_hash, seen_at_ms }), reply));
    }

    /// Hands an open attempt over to a session; returns it as it then is.
    pub async fn take_over(&self, attempt_id: &str, holder: &str) -> Result<Option<AttemptRow>> {
        match self.send(Job::TakeOver { attempt_id: attempt_id.to_owned(), holder: holder.to_owned() }).await? {
            Outcome::Attempt(attempt) => Ok(attempt.map(|attempt| *attempt)),
            _ => Err(Error::Stopping),
        }
    }

    /// Ends and marks an attempt, behind everything received before; returns it as it then is.
    pub async fn finish(&self, finish: Finish) -> Result<Option<AttemptRow>> {
        match self.send(Job::Finish(finish)).await? {
            Outcome::Attempt(attempt) => Ok(attempt.map(|attempt| *attempt)),
            _ => Err(Error::Stopping),
        }
    }

    /// Gives longer time; `false` where somebody else had changed the test.
    pub async fn extend(&self, extend: Extend) -> Result<bool> {
        self.act(Act::Extend(Box::new(extend))).await
    }

    /// Begins a pause; `false` where somebody else had changed the test.
    pub async fn pause(&self, pause: Pause) -> Result<bool> {
        self.act(Act::Pause(pause)).await
    }

    /// Ends a pause; `false` where somebody else had changed the test.
    pub async fn resume(&self, resume: Resume) -> Result<bool> {
        self.act(Act::Resume(resume)).await
    }

    /// Lets a finished attempt go on; `false` where it has changed, or its member has another open one.
    pub async fn reopen(&self, reopen: Reopen) -> Result<bool> {
        self.act(Act::Reopen(reopen)).await
    }

    async fn act(&self, act: Act) -> Result<bool> {
        match self.send(Job::Act(Box::new(act))).await? {
            Outcome::Acted(done) => Ok(done),
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
                tracing::warn!(%error, jobs = work.len(), "a group could not be written");
                match work.iter().map(|_| error.shared()).collect::<Option<Vec<_>>>() {
                    Some(errors) => errors.into_iter().map(Err).collect(),
                    None => one_by_one(&db, &work).await,
                }
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

/// Does jobs in one transaction, those of each attempt in order; returns their outcomes once they are durable.
async fn commit(db: &Db, work: &[Job]) -> Result<Vec<Outcome>> {
    let mut tx = db.write().await?;
    let mut outcomes: Vec<Option<Outcome>> = work.iter().map(|_| None).collect();
    for wave in waves::waves(work) {
        ride(&mut tx, work, &wave, &mut outcomes).await?;
    }
    tx.commit().await?;
    outcomes.into_iter().collect::<Option<Vec<_>>>().ok_or(Error::Stopping)
}

/// Does one wave.
async fn ride(tx: &mut Tx, work: &[Job], wave: &Wave, outcomes: &mut [Option<Outcome>]) -> Result<()> {
    let mut put = |indices: &[usize], made: &mut dyn Iterator<Item = Outcome>| {
        for (index, outcome) in indices.iter().zip(made) {
            if let Some(place) = outcomes.get_mut(*index) {
                *place = Some(outcome);
            }
        }
    };
    if !wave.sessions.is_empty() {
        let openings =
            pick(work, &wave.sessions, |job| if let Job::Open(opening) = job { Some(&**opening) } else { None });
        let seen = pick(work, &wave.sessions, |job| if let Job::Seen(seen) = job { Some(seen) } else { None });
        let opened = sessions::insert_all(tx, &openings).await?;
        sessions::touch_all(tx, &seen).await?;
        let is_opened = |index: &usize| match work.get(*index) {
            Some(Job::Open(opening)) => Outcome::Opened(opened.contains(&opening.session.token_hash)),
            _ => Outcome::Done,
        };
        put(&wave.sessions, &mut wave.sessions.iter().map(is_opened));
    }
    if !wave.finishes.is_empty() {
        let jobs = pick(work, &wave.finishes, |job| if let Job::Finish(finish) = job { Some(finish) } else { None });
        put(&wave.finishes, &mut finishes::store(tx, &jobs).await?.into_iter().map(attempt));
    }
    if !wave.starts.is_empty() {
        let jobs = pick(work, &wave.starts, |job| if let Job::Start(start) = job { Some(&**start) } else { None });
        put(&wave.starts, &mut starts::store(tx, &jobs).await?.into_iter().map(attempt));
    }
    if !wave.saves.is_empty() {
        let jobs = pick(work, &wave.saves, |job| if let Job::Save(save) = job { Some(save) } else { None });
        put(&wave.saves, &mut saves::store(tx, &jobs).await?.into_iter().map(Outcome::Saved));
    }
    if let Some((index, job)) = wave.alone.and_then(|index| Some((index, work.get(index)?))) {
        let outcome = match job {
            Job::TakeOver { attempt_id, holder } => acts::take_over(tx, attempt_id, holder).await.map(attempt)?,
            Job::Act(act) => do_act(tx, act).await.map(Outcome::Acted)?,
            _ => Outcome::Done,
        };
        put(&[index], &mut std::iter::once(outcome));
    }
    Ok(())
}

async fn do_act(tx: &mut Tx, act: &Act) -> Result<bool> {
    match act {
        Act::Extend(extend) => acts::extend(tx, extend).await,
        Act::Pause(pause) => acts::pause(tx, pause).await,
        Act::Resume(resume) => acts::resume(tx, resume).await,
        Act::Reopen(reopen) => acts::reopen(tx, reopen).await,
    }
}

fn attempt(row: Option<AttemptRow>) -> Outcome {
    Outcome::Attempt(row.map(Box::new))
}

fn pick<'w, T>(work: &'w [Job], indices: &[usize], of: impl Fn(&'w Job) -> Option<T>) -> Vec<T> {
    indices.iter().filter_map(|index| of(work.get(*index)?)).collect()
}
