//! What is done to many attempts or to one against the rule: take-overs, longer times, pauses, attempts opened again.
//! Each goes alone, behind everything that was received before it, and nothing passes it.

use crate::rules::attempt::{Window, leaves_room, save_base_after_takeover};
use crate::rules::blueprint::Definition;
use crate::store::attempts::{self, AttemptRow};
use crate::store::db::Tx;
use crate::store::pauses::{self, PauseRow, Reach};
use crate::store::trace::{self, Event};
use crate::store::{Result, markers, tests};

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

/// A pause that begins.
#[derive(Debug, Clone)]
pub struct Pause {
    /// The test as it was read; who starts with an older one is refused.
    pub test: tests::TestRow,
    /// The pause.
    pub pause: PauseRow,
    /// Whom it reaches.
    pub reach: Reach,
    /// What the trace keeps.
    pub event: Event,
}

/// A pause that ends.
#[derive(Debug, Clone)]
pub struct Resume {
    /// The test with the times that hold from now on, at the revision that was read.
    pub test: tests::TestRow,
    /// The pause.
    pub pause_id: String,
    /// When it ends, Unix milliseconds.
    pub at_ms: i64,
    /// Whom other pauses still reach.
    pub still: Reach,
    /// Later windows for those whom it kept from starting.
    pub windows: Vec<tests::WindowRow>,
    /// What the trace keeps.
    pub events: Vec<Event>,
}

/// A finished attempt that goes on: what was answered stays, the mark goes, the time since its end is added.
#[derive(Debug, Clone)]
pub struct Reopen {
    /// The attempt as it was read.
    pub attempt: AttemptRow,
    /// Until when it runs now.
    pub deadline_at_ms: i64,
    /// What the trace keeps.
    pub event: Event,
}

pub(super) async fn take_over(tx: &mut Tx, attempt_id: &str, holder: &str) -> Result<Option<AttemptRow>> {
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

/// Reads the open attempts here, in the order of the queue, so that none that has just started is missed; a start whose
/// deadline was reckoned with the old times finds another revision and is reckoned again.
pub(super) async fn extend(tx: &mut Tx, extend: &Extend) -> Result<bool> {
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
        // The time that an attempt stood still is time that it hasn't had.
        let begun_ms = attempt.started_at_ms + attempt.paused_ms;
        let deadline = Window::of(&extend.definition, own).deadline(begun_ms, extend.definition.minutes);
        if deadline > attempt.deadline_at_ms {
            attempts::set_deadline(tx, &attempt.id, deadline).await?;
        }
    }
    trace::append(tx, &extend.event).await?;
    Ok(true)
}

pub(super) async fn pause(tx: &mut Tx, pause: &Pause) -> Result<bool> {
    if !tests::update(tx, &pause.test).await? {
        return Ok(false);
    }
    pauses::insert(tx, &pause.pause).await?;
    pauses::hold_attempts(tx, &pause.test.id, &pause.reach, pause.pause.from_at_ms).await?;
    trace::append(tx, &pause.event).await?;
    Ok(true)
}

pub(super) async fn resume(tx: &mut Tx, resume: &Resume) -> Result<bool> {
    // Who ended it first has raised the revision.
    if !tests::update(tx, &resume.test).await? {
        return Ok(false);
    }
    pauses::end(tx, &resume.pause_id, resume.at_ms).await?;
    pauses::release_attempts(tx, &resume.test.id, &resume.still, resume.at_ms).await?;
    for window in &resume.windows {
        tests::put_window(tx, &resume.test.id, window).await?;
    }
    for event in &resume.events {
        trace::append(tx, event).await?;
    }
    Ok(true)
}

pub(super) async fn reopen(tx: &mut Tx, reopen: &Reopen) -> Result<bool> {
    if !attempts::reopen(tx, &reopen.attempt, reopen.deadline_at_ms).await? {
        return Ok(false);
    }
    // Marks on their way to a result were for answers that may now change.
    markers::forget_all(tx, &reopen.attempt.id).await?;
    trace::append(tx, &reopen.event).await?;
    Ok(true)
}
