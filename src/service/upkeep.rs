//! What a server does by itself: ends attempts whose time is over, settles closed tests, goes on with
//! corrections that a stop has left, ends old sessions, checkpoints.

use crate::app::App;
use crate::limits;
use crate::rules::attempt::GRACE_MS;
use crate::service::error::Result;
use crate::service::people::tree;
use crate::service::review::has_ended;
use crate::service::sitting::finish;
use crate::service::tests::{Test, audience_area};
use crate::service::{corrections, reports};
use crate::store::answer_writer::FinishedBy;
use crate::store::db::Tx;
use crate::store::presence::{self, ClosedMember};
use crate::store::results;
use crate::store::trace::{self, Event};
use crate::store::{attempts, details, sessions, tests};

/// Whether the database answers.
pub async fn is_ready(app: &App) -> Result<()> {
    trace::head(&mut app.db.read().await?).await?;
    Ok(())
}

/// One round. Safe to run in several processes at once: each step does nothing where it was done already.
pub async fn round(app: &App, now_ms: i64) -> Result<()> {
    let overdue = attempts::list_overdue(&mut app.db.read().await?, now_ms - GRACE_MS, limits::FINISH_ROUND).await?;
    for attempt in overdue {
        finish(app, &attempt, now_ms, FinishedBy::Deadline, None).await?;
    }
    let closed = tests::list_unfinished(&mut app.db.read().await?, now_ms).await?;
    for row in closed {
        settle(app, now_ms, &Test::read(row)?).await?;
    }
    corrections::resume(app, now_ms).await
}

/// Now and then: sessions that have ended, and SQLite's log.
pub async fn tidy(app: &App, now_ms: i64) -> Result<()> {
    let mut tx = app.db.write().await?;
    crate::service::roster::tidy(&mut tx, now_ms).await?;
    crate::service::sitting::hints::tidy(&mut tx, now_ms).await?;
    sessions::delete_expired(&mut tx, now_ms - limits::SESSION_MOST_MS, now_ms - 2 * limits::SESSION_MOST_MS).await?;
    tx.commit().await?;
    app.db.checkpoint().await?;
    Ok(())
}

/// Freezes who was due and the tree, once the last personal window is over and every attempt has ended.
pub async fn settle(app: &App, now_ms: i64, test: &Test) -> Result<()> {
    let mut tx = app.db.read().await?;
    if test.row.finished_at_ms.is_some() || !has_ended(&mut tx, now_ms, test).await? {
        return Ok(());
    }
    drop(tx);
    if app.db.is_postgres() {
        return at_once(app, now_ms, test).await;
    }
    let _one_at_a_time = app.settling.lock().await;
    for _ in 0..limits::SETTLE_TRIES {
        if by_parts(app, now_ms, test).await? {
            break;
        }
    }
    Ok(())
}

/// Where many may write at the same time, one transaction holds nobody up.
async fn at_once(app: &App, now_ms: i64, test: &Test) -> Result<()> {
    let id = &test.row.id;
    let mut tx = app.db.write().await?;
    if !has_ended(&mut tx, now_ms, test).await? || !tests::set_finished(&mut tx, id, now_ms).await? {
        return Ok(());
    }
    let rows = due(&mut tx, id).await?;
    presence::put_closed_members(&mut tx, id, &rows).await?;
    freeze(&mut tx, now_ms, id, &rows).await?;
    Ok(tx.commit().await?)
}

/// Where there is one writer, who was due is written some at a time, unseen as long as the test isn't settled; the last
/// transaction makes sure that nothing has changed since it was read, and that no other process has written something else
/// meanwhile; `false` where that isn't so.
async fn by_parts(app: &App, now_ms: i64, test: &Test) -> Result<bool> {
    let id = &test.row.id;
    // Else whoever reads a report meanwhile would change the state of the stored figures.
    reports::refresh(app, id).await?;
    let mut tx = app.db.read().await?;
    let unchanged = reports::noted(&mut tx, id).await?;
    let mut rows = due(&mut tx, id).await?;
    rows.sort_unstable();
    drop(tx);
    loop {
        let mut tx = app.db.write().await?;
        if tests::is_finished(&mut tx, id).await? {
            return Ok(true);
        }
        let removed = presence::delete_unsettled(&mut tx, id, limits::SETTLED_TOGETHER).await?;
        tx.commit().await?;
        if removed == 0 {
            break;
        }
    }
    for some in rows.chunks(usize::try_from(limits::SETTLED_TOGETHER).unwrap_or(1)) {
        let mut tx = app.db.write().await?;
        if tests::is_finished(&mut tx, id).await? {
            return Ok(true);
        }
        presence::put_closed_members(&mut tx, id, some).await?;
        tx.commit().await?;
    }
    let mut tx = app.db.write().await?;
    let mut kept = presence::closed_members(&mut tx, id).await?;
    kept.sort_unstable();
    let is_same = kept == rows && reports::noted(&mut tx, id).await? == unchanged;
    if !is_same || !has_ended(&mut tx, now_ms, test).await? || !tests::set_finished(&mut tx, id, now_ms).await? {
        return Ok(false);
    }
    freeze(&mut tx, now_ms, id, &rows).await?;
    tx.commit().await?;
    Ok(true)
}

/// Who is due, and where.
async fn due(tx: &mut Tx, test_id: &str) -> Result<Vec<ClosedMember>> {
    let tree = tree(tx).await?;
    let audience = audience_area(&tree, &tests::audience(tx, test_id).await?);
    let results = results::list_bare(tx, test_id).await?;
    let members = presence::members_of(tx, test_id).await?;
    let counted = crate::service::tests::place(&audience, members, &results);
    Ok(counted.into_iter().map(|(person_id, branch_id)| ClosedMember { person_id, branch_id }).collect())
}

/// Keeps the tree, and notes who was due and the tree in the trace.
async fn freeze(tx: &mut Tx, now_ms: i64, test_id: &str, rows: &[ClosedMember]) -> Result<()> {
    presence::copy_branches(tx, test_id).await?;
    let frozen = presence::closed_branches(tx, test_id).await?;
    let event = Event {
        at_ms: now_ms,
        kind: "test-settled",
        subject: test_id.to_owned(),
        actor_id: None,
        detail: details::test_settled(rows, &frozen).to_string(),
    };
    trace::append(tx, &event).await?;
    Ok(())
}
