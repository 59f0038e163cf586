//! The live view of a test: who is due, in, working, silent, finished. One reading serves everyone who watches; each
//! sees those below them.

use crate::app::{App, Expiring};
use crate::limits;
use crate::rules::presence::Presence;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::watching::{SAVES_COUNTED_MS, SILENT_MS};
pub use crate::rules::watching::{Seen, State, Watched};
use crate::service::error::{Error, Result};
use crate::service::people::tree;
use crate::service::sitting::hints;
use crate::service::tests::{self, Member, REPORT_ROLES, Test};
use crate::store::watching::{self, SavedSoFar, WatchedAttempt};
use std::collections::HashMap;
use std::sync::Arc;

/// How a test stands now below the caller, for organizers and committees. Where many watch, one reading serves all.
pub async fn look(app: &App, caller: &Caller, now_ms: i64, name: &str) -> Result<Seen> {
    let mut tx = app.db.read().await?;
    let (test, standing) = tests::find(&mut tx, caller, name).await?;
    if !standing.manages && !standing.reads_report {
        return Err(Error::Forbidden(Some(Role::Committee)));
    }
    let tree = tree(&mut tx).await?;
    drop(tx);
    let whole = whole(app, now_ms, &test).await?;
    let below = |member: &&Watched| caller.covers_any(&REPORT_ROLES, Some(&member.branch_id), &tree);
    Ok(Seen { members: whole.members.iter().filter(below).cloned().collect() })
}

/// The whole test, read anew where the last reading is old. Reading takes at most a tenth of the time.
async fn whole(app: &App, now_ms: i64, test: &Test) -> Result<Arc<Seen>> {
    let known =
        || app.caches.watched.get(&test.row.id).filter(|known| known.until_ms > now_ms).map(|known| known.value);
    if let Some(seen) = known() {
        return Ok(seen);
    }
    let _alone = app.watching.lock().await;
    if let Some(seen) = known() {
        return Ok(seen);
    }
    let seen = Arc::new(read(app, now_ms, test).await?);
    let took_ms = app.clock.now_ms() - now_ms;
    let until_ms = app.clock.now_ms() + (9 * took_ms).max(limits::WATCH_AGE_MS);
    app.caches.watched.insert(test.row.id.clone(), Expiring { value: Arc::clone(&seen), until_ms });
    Ok(seen)
}

async fn read(app: &App, now_ms: i64, test: &Test) -> Result<Seen> {
    let members = tests::list_presence(app, &Caller::operator(), &test.row.name).await?;
    let mut tx = app.db.read().await?;
    let attempts = watching::attempts(&mut tx, &test.row.id).await?;
    let saved = watching::saved(&mut tx, &test.row.id, now_ms - SAVES_COUNTED_MS).await?;
    let mut noted =
        if test.definition.integrity.hints { hints::of_test(&mut tx, &test.row.id).await? } else { HashMap::new() };
    drop(tx);
    let last: HashMap<&str, &WatchedAttempt> =
        attempts.iter().map(|attempt| (attempt.person_id.as_str(), attempt)).collect();
    let saved: HashMap<&str, &SavedSoFar> = saved.iter().map(|row| (row.attempt_id.as_str(), row)).collect();
    let standing = |member: Member| {
        let attempt = last.get(member.person.id.as_str()).copied();
        let so_far = attempt.and_then(|attempt| saved.get(attempt.id.as_str()).copied());
        let hints = attempt.and_then(|attempt| noted.remove(&attempt.id)).unwrap_or_default();
        Watched { hints, ..watched(member, attempt, so_far, now_ms) }
    };
    Ok(Seen { members: members.into_iter().map(standing).collect() })
}

fn watched(member: Member, attempt: Option<&WatchedAttempt>, saved: Option<&SavedSoFar>, now_ms: i64) -> Watched {
    let last_save_at_ms = saved.map(|row| row.last_at_ms);
    let state = match attempt {
        _ if !matches!(member.presence, Presence::Absent | Presence::Sat) && !member.working => State::Away,
        Some(attempt) if attempt.finished_at_ms.is_some() => State::Finished,
        Some(attempt) if attempt.paused_at_ms.is_some() => State::Paused,
        Some(attempt) if last_save_at_ms.unwrap_or(attempt.started_at_ms) + SILENT_MS < now_ms => State::Silent,
        Some(_) => State::Working,
        None => State::NotStarted,
    };
    Watched {
        state,
        attempt_id: attempt.map(|attempt| attempt.id.clone()),
        answered: saved.map_or(0, |row| row.answered),
        questions: attempt.map_or(0, |attempt| attempt.question_count),
        last_save_at_ms,
        deadline_at_ms: attempt.map(|attempt| attempt.deadline_at_ms),
        person_id: member.person.id,
        name: member.person.name,
        login: member.person.login,
        saved_just_now: saved.map_or(0, |row| row.since),
        branch_id: member.branch.id,
        branch_code: member.branch.code,
        branch_name: member.branch.name,
        hints: Vec::new(),
    }
}
