//! A test under way: personal windows, closing early, cancelling.

use super::invigilate::acts_on;
use super::{Test, find, find_managed};
use crate::app::App;
use crate::limits;
use crate::rules::attempt::Window;
use crate::rules::blueprint::MOST_MINUTES;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::service::accounts::event;
use crate::service::error::{Error, Result, Thing};
use crate::service::people::tree;
use crate::store::answer_writer::{Extend, FinishedBy};
use crate::store::tests::{self, TestRow, WindowRow};
use crate::store::{attempts, details, pauses, trace};

/// A change of one person's window; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct PersonalWindowChange {
    /// Minutes on top of the deadline.
    pub extra_minutes: Option<u32>,
    /// Another opening, Unix milliseconds.
    pub opens_at_ms: Option<i64>,
    /// Another closing, Unix milliseconds.
    pub closes_at_ms: Option<i64>,
    /// Why; needed.
    pub reason: String,
}

/// Gives one person another window, or more minutes; an open attempt gets them at once.
pub async fn set_window(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    name: &str,
    login: &str,
    change: PersonalWindowChange,
) -> Result<Window> {
    let reason = check_reason(&change.reason)?;
    if change.extra_minutes.is_some_and(|minutes| minutes > MOST_MINUTES) {
        return Err(Error::Invalid { field: "extra_minutes", expected: "minutes" });
    }
    let mut tx = app.db.read().await?;
    let (test, standing) = find(&mut tx, caller, name).await?;
    if !standing.manages && !caller.has(Role::Organizer) {
        return Err(Error::Forbidden(Some(Role::Organizer)));
    }
    if test.row.finished_at_ms.is_some() || test.row.cancelled_reason.is_some() {
        return Err(Error::TestIsOver);
    }
    let tree = tree(&mut tx).await?;
    let person = super::find_person(&mut tx, login).await?;
    acts_on(&mut tx, caller, standing, &tree, &person.id).await?;
    let before = tests::window(&mut tx, &test.row.id, &person.id).await?;
    drop(tx);
    let row = WindowRow {
        person_id: person.id.clone(),
        extra_minutes: change.extra_minutes.map_or_else(|| before.as_ref().map_or(0, |b| b.extra_minutes), i64::from),
        opens_at_ms: change.opens_at_ms.or(before.as_ref().and_then(|b| b.opens_at_ms)),
        closes_at_ms: change.closes_at_ms.or(before.as_ref().and_then(|b| b.closes_at_ms)),
        reason,
    };
    let window = Window::of(&test.definition, Some(row.personal()));
    if window.closes_at_ms <= window.opens_at_ms {
        return Err(Error::Invalid { field: "closes", expected: "closes-after-opens" });
    }
    let detail = serde_json::json!({ "test": test.row.id, "person": person.id, "extra_minutes": row.extra_minutes,
        "opens_at_ms": row.opens_at_ms, "closes_at_ms": row.closes_at_ms, "reason": row.reason });
    let event = event(caller, now_ms, "window-set", &test.row.id, &detail);
    app.writer
        .extend(Extend {
            test_id: test.row.id.clone(),
            definition: test.definition,
            test: None,
            window: Some(row),
            event,
        })
        .await?;
    Ok(window)
}

pub(crate) fn check_reason(reason: &str) -> Result<String> {
    let reason = reason.trim();
    let fits = !reason.is_empty() && reason.chars().count() <= limits::REASON_CHARACTERS && !reason.contains('\u{0}');
    if fits { Ok(reason.to_owned()) } else { Err(Error::Invalid { field: "reason", expected: "reason" }) }
}

/// Closes a test now: nobody starts any more, open attempts are ended and marked with what was received.
pub async fn close(app: &App, caller: &Caller, now_ms: i64, name: &str) -> Result<Test> {
    let mut tx = app.db.write().await?;
    tests::hold(&mut tx, name).await?;
    let mut test = find_managed(&mut tx, caller, name).await?;
    if test.row.finished_at_ms.is_some() {
        return Ok(test);
    }
    test.definition.closes_at_ms = test.definition.closes_at_ms.min(now_ms);
    // A test closed before it opened keeps its order of times.
    test.definition.opens_at_ms = test.definition.opens_at_ms.min(test.definition.closes_at_ms - 1);
    store(&mut tx, &mut test).await?;
    for window in tests::windows(&mut tx, &test.row.id).await? {
        let ended = WindowRow {
            closes_at_ms: window.closes_at_ms.map(|at| at.min(now_ms)),
            opens_at_ms: window.opens_at_ms.map(|at| at.min(now_ms - 1)),
            extra_minutes: 0,
            ..window
        };
        tests::put_window(&mut tx, &test.row.id, &ended).await?;
    }
    trace::append(
        &mut tx,
        &event(caller, now_ms, "test-closed", &test.row.id, &details::test_closed(&test.row, now_ms)),
    )
    .await?;
    pauses::end_all(&mut tx, &test.row.id, now_ms).await?;
    let open = attempts::list_open(&mut tx, &test.row.id).await?;
    tx.commit().await?;
    for attempt in open {
        crate::service::sitting::finish(app, &attempt, now_ms, FinishedBy::Organizer, caller.person_id.clone()).await?;
    }
    crate::service::upkeep::settle(app, now_ms, &test).await?;
    let row = tests::find_by_id(&mut app.db.read().await?, &test.row.id).await?.ok_or(Error::NotFound(Thing::Test))?;
    Ok(Test::read(row)?)
}

async fn store(tx: &mut crate::store::db::Tx, test: &mut Test) -> Result<()> {
    test.row = TestRow {
        definition: crate::store::write_json("test", &test.definition)?,
        opens_at_ms: test.definition.opens_at_ms,
        closes_at_ms: test.definition.closes_at_ms,
        ..test.row.clone()
    };
    if !tests::update(tx, &test.row).await? {
        return Err(Error::ChangedMeanwhile);
    }
    test.row.revision += 1;
    Ok(())
}

/// Cancels a test with a reason: it can't be sat any more and counts nowhere; open attempts end at once, and what was
/// answered is kept.
pub async fn cancel(app: &App, caller: &Caller, now_ms: i64, name: &str, reason: &str) -> Result<Test> {
    let reason = check_reason(reason)?;
    let mut tx = app.db.write().await?;
    tests::hold(&mut tx, name).await?;
    let mut test = find_managed(&mut tx, caller, name).await?;
    if test.row.finished_at_ms.is_some() || test.row.cancelled_reason.is_some() {
        return Err(Error::TestIsOver);
    }
    test.row.cancelled_reason = Some(reason.clone());
    store(&mut tx, &mut test).await?;
    trace::append(&mut tx, &event(caller, now_ms, "test-cancelled", &test.row.id, &details::test_cancelled(&reason)))
        .await?;
    pauses::end_all(&mut tx, &test.row.id, now_ms).await?;
    let open = attempts::list_open(&mut tx, &test.row.id).await?;
    tx.commit().await?;
    for attempt in open {
        crate::service::sitting::finish(app, &attempt, now_ms, FinishedBy::Organizer, caller.person_id.clone()).await?;
    }
    Ok(test)
}
