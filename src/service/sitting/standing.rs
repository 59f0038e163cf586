//! How an open attempt stands: until when it runs, whether it is paused, which session holds it, what was said to its
//! member. A page asks this again and again, so it costs three indexed reads and no paper.

use crate::app::App;
use crate::rules::attempt::runs_until;
use crate::rules::rights::Caller;
use crate::service::error::{Error, Result, Thing};
use crate::service::tests::Test;
use crate::store::attempts::{self, AttemptRow};
use crate::store::sessions;
use crate::store::standing::{self, StandingRow};

pub use crate::store::standing::MessageRow as Message;

/// How an attempt stands now.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Until when it runs, Unix milliseconds.
    pub deadline_at_ms: i64,
    /// Whether it stands still.
    pub is_paused: bool,
    /// Whether it has ended.
    pub is_finished: bool,
    /// Whether another session holds it.
    pub is_elsewhere: bool,
    /// What was said to its member since the start, the earliest first.
    pub messages: Vec<Message>,
    /// The number under which each answered position is stored.
    pub saves: Vec<(i64, i64)>,
}

/// How the caller's own attempt stands.
pub async fn now(app: &App, caller: &Caller, now_ms: i64, attempt_id: &str) -> Result<Standing> {
    let mut tx = app.db.read().await?;
    let row = standing::find(&mut tx, attempt_id).await?.filter(|row| is_own(caller, row));
    let row = row.ok_or(Error::NotFound(Thing::Attempt))?;
    let is_finished = row.finished_at_ms.is_some();
    Ok(Standing {
        deadline_at_ms: runs_until(row.deadline_at_ms, row.paused_at_ms, now_ms),
        is_paused: row.paused_at_ms.is_some() && !is_finished,
        is_elsewhere: !is_finished && is_held_by_another(row.holder.as_deref(), caller),
        messages: standing::messages(&mut tx, &row).await?,
        saves: attempts::saves(&mut tx, attempt_id).await?,
        is_finished,
    })
}

/// Until when the caller's own attempt runs, in Unix milliseconds.
pub async fn deadline(app: &App, caller: &Caller, now_ms: i64, attempt_id: &str) -> Result<i64> {
    let row = standing::find(&mut app.db.read().await?, attempt_id).await?.filter(|row| is_own(caller, row));
    row.map(|row| runs_until(row.deadline_at_ms, row.paused_at_ms, now_ms)).ok_or(Error::NotFound(Thing::Attempt))
}

fn is_own(caller: &Caller, row: &StandingRow) -> bool {
    caller.person_id.as_ref() == Some(&row.person_id)
}

fn is_held_by_another(holder: Option<&str>, caller: &Caller) -> bool {
    holder.is_some_and(|holder| holder != caller.session)
}

/// Whether another of the member's sessions holds an open attempt.
pub fn is_elsewhere(caller: &Caller, attempt: &AttemptRow) -> bool {
    attempt.finished_at_ms.is_none() && is_held_by_another(attempt.holder.as_deref(), caller)
}

/// An attempt whose holder has signed out is nobody's: it becomes the caller's without being asked for. After a
/// take-over saves of the session that has ended can't come any more. One that stays with its sign-in waits until an
/// organizer lets it go.
pub(super) async fn claim(app: &App, caller: &Caller, test: &Test, attempt: AttemptRow) -> Result<AttemptRow> {
    let is_bound = test.definition.integrity.is_bound();
    let is_free = match attempt.holder.as_deref() {
        None => is_bound,
        Some(holder) if holder == caller.session || is_bound => false,
        Some(holder) => sessions::find(&mut app.db.read().await?, holder).await?.is_none(),
    };
    if !is_free {
        return Ok(attempt);
    }
    app.writer.take_over(&attempt.id, &caller.session).await?.ok_or(Error::NotFound(Thing::Attempt))
}
