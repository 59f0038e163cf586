//! What a server does by itself: ends attempts whose time is over, settles closed tests, goes on with
//! corrections that a stop has left, ends old sessions, checkpoints.

use crate::app::App;
use crate::limits;
use crate::rules::attempt::GRACE_MS;
use crate::service::corrections;
use crate::service::error::Result;
use crate::service::people::tree;
use crate::service::review::has_ended;
use crate::service::sitting::finish;
use crate::service::tests::{Test, audience_ids};
use crate::store::answer_writer::FinishedBy;
use crate::store::presence::{self, ClosedMember};
use crate::store::results;
use crate::store::trace::{self, Event};
use crate::store::{attempts, details, sessions, tests};
use std::collections::HashMap;

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
    let mut tx = app.db.write().await?;
    if test.row.finished_at_ms.is_some() || !has_ended(&mut tx, now_ms, test).await? {
        return Ok(());
    }
    if !tests::set_finished(&mut tx, &test.row.id, now_ms).await? {
        return Ok(());
    }
    let tree = tree(&mut tx).await?;
    let audience = audience_ids(&tree, &tests::audience(&mut tx, &test.row.id).await?);
    let results = results::list_bare(&mut tx, &test.row.id).await?;
    let members = presence::members(&mut tx).await?;
    let counted: HashMap<String, String> = crate::service::tests::place(&audience, members, &results);
    let rows: Vec<ClosedMember> =
        counted.into_iter().map(|(person_id, branch_id)| ClosedMember { person_id, branch_id }).collect();
    presence::insert_closed_members(&mut tx, &test.row.id, &rows).await?;
    presence::copy_branches(&mut tx, &test.row.id).await?;
    let frozen = presence::closed_branches(&mut tx, &test.row.id).await?;
    let event = Event {
        at_ms: now_ms,
        kind: "test-settled",
        subject: test.row.id.clone(),
        actor_id: None,
        detail: details::test_settled(&rows, &frozen).to_string(),
    };
    trace::append(&mut tx, &event).await?;
    tx.commit().await?;
    Ok(())
}
