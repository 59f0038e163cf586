//! Watching over a test under way: pausing and going on, messages, opening an attempt again. Each act has a reason (a
//! message is its own) and leaves a trace. An organizer may act on those below, also in a test of the whole unit; on
//! everyone only who manages the test.

use super::manage::check_reason;
use super::{Standing, Test, audience_area, find, find_person, place};
use crate::app::App;
use crate::limits;
use crate::rules::blueprint::{Definition, Review, minutes_ms};
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::tree::Tree;
use crate::service::accounts::event;
use crate::service::error::{Error, Result, Thing};
use crate::service::people::tree;
use crate::store::answer_writer::{Pause, Reopen, Resume};
use crate::store::attempts::{self, AttemptRow};
use crate::store::db::Tx;
use crate::store::messages;
pub use crate::store::messages::MessageRow;
pub use crate::store::pauses::PauseRow;
use crate::store::pauses::{self, Reach};
use crate::store::tests::{TestRow, WindowRow};
use crate::store::{details, people, presence, results, tests, trace};
use std::collections::HashMap;

/// Whom an act concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everyone who sits the test.
    Everyone,
    /// Those of the branch of this code and of all below it.
    Branch(String),
    /// The person of this login.
    Person(String),
}

/// A scope with its ids.
struct Concerned {
    branch_id: Option<String>,
    person_id: Option<String>,
}

/// What a branch or a person of a scope reaches.
fn reach(tree: &Tree, branch_id: Option<&str>, person_id: Option<&str>) -> Reach {
    Reach {
        all: branch_id.is_none() && person_id.is_none(),
        branch_ids: branch_id.map(|id| tree.subtree(id).iter().map(ToOwned::to_owned).collect()).unwrap_or_default(),
        person_ids: person_id.map(ToOwned::to_owned).into_iter().collect(),
    }
}

/// Who stands still in a test now.
pub(crate) async fn standing_still(tx: &mut Tx, test_id: &str) -> Result<Reach> {
    let open = pauses::list_open(tx, test_id).await?;
    if open.is_empty() {
        return Ok(Reach::default());
    }
    let tree = tree(tx).await?;
    Ok(together(&tree, &open))
}

fn together(tree: &Tree, pauses: &[PauseRow]) -> Reach {
    let mut all = Reach::default();
    for pause in pauses {
        let one = reach(tree, pause.branch_id.as_deref(), pause.person_id.as_deref());
        all.all |= one.all;
        all.branch_ids.extend(one.branch_ids);
        all.person_ids.extend(one.person_ids);
    }
    all
}

/// The test, the tree, and whom the act concerns, where the caller may do it.
async fn concerned(tx: &mut Tx, caller: &Caller, name: &str, scope: &Scope) -> Result<(Test, Tree, Concerned)> {
    let (test, standing) = find(tx, caller, name).await?;
    let tree = tree(tx).await?;
    if test.row.finished_at_ms.is_some() || test.row.cancelled_reason.is_some() {
        return Err(Error::TestIsOver);
    }
    let concerned = match scope {
        Scope::Everyone if standing.manages => Concerned { branch_id: None, person_id: None },
        Scope::Everyone => return Err(Error::Forbidden(Some(Role::Organizer))),
        Scope::Branch(code) => {
            let id = tree.by_code(code).map(|node| node.id.clone()).ok_or(Error::NotFound(Thing::Branch))?;
            may_act(caller, standing, &tree, &id).then_some(()).ok_or(Error::NotFound(Thing::Branch))?;
            Concerned { branch_id: Some(id), person_id: None }
        }
        Scope::Person(login) => {
            let person = find_person(tx, login).await?;
            acts_on(tx, caller, standing, &tree, &person.id).await?;
            Concerned { branch_id: None, person_id: Some(person.id) }
        }
    };
    Ok((test, tree, concerned))
}

fn may_act(caller: &Caller, standing: Standing, tree: &Tree, branch_id: &str) -> bool {
    (standing.manages || standing.reads_report) && caller.covers(Role::Organizer, Some(branch_id), tree)
}

/// Refuses an act on a person who doesn't stand where the caller organizes.
pub(super) async fn acts_on(
    tx: &mut Tx,
    caller: &Caller,
    standing: Standing,
    tree: &Tree,
    person_id: &str,
) -> Result<()> {
    let roles = people::roles_of(tx, person_id).await?;
    let stands = roles.iter().filter(|role| role.role == Role::Member.name());
    let covered = stands.filter_map(|role| role.branch_id.as_deref()).any(|id| may_act(caller, standing, tree, id));
    if covered { Ok(()) } else { Err(Error::NotFound(Thing::Person)) }
}

/// Every pause of a test, for those who may watch it.
pub async fn pauses(app: &App, caller: &Caller, name: &str) -> Result<Vec<PauseRow>> {
    let mut tx = app.db.read().await?;
    let test = watchable(&mut tx, caller, name).await?;
    Ok(pauses::list(&mut tx, &test.row.id).await?)
}

/// Every message of a test, the newest first, for those who may watch it.
pub async fn messages(app: &App, caller: &Caller, name: &str) -> Result<Vec<MessageRow>> {
    let mut tx = app.db.read().await?;
    let test = watchable(&mut tx, caller, name).await?;
    Ok(messages::list(&mut tx, &test.row.id).await?)
}

async fn watchable(tx: &mut Tx, caller: &Caller, name: &str) -> Result<Test> {
    let (test, standing) = find(tx, caller, name).await?;
    let may = standing.manages || standing.reads_report;
    if may { Ok(test) } else { Err(Error::Forbidden(Some(Role::Organizer))) }
}

/// Makes a test stand still for those concerned, whoever starts meanwhile included: no answer is taken, no time runs.
pub async fn pause(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    name: &str,
    scope: &Scope,
    reason: &str,
) -> Result<PauseRow> {
    let reason = check_reason(reason)?;
    for _ in 0..3 {
        let mut tx = app.db.read().await?;
        let (test, tree, concerned) = concerned(&mut tx, caller, name, scope).await?;
        let same = |pause: &PauseRow| pause.branch_id == concerned.branch_id && pause.person_id == concerned.person_id;
        if let Some(pause) = pauses::list_open(&mut tx, &test.row.id).await?.into_iter().find(same) {
            return Ok(pause);
        }
        drop(tx);
        let reach = reach(&tree, concerned.branch_id.as_deref(), concerned.person_id.as_deref());
        let detail = details::paused(&concerned.branch_id, &concerned.person_id, &reason);
        let event = event(caller, now_ms, "test-paused", &test.row.id, &detail);
        let pause = PauseRow {
            id: app.randomness.id(now_ms),
            test_id: test.row.id.clone(),
            branch_id: concerned.branch_id,
            person_id: concerned.person_id,
            from_at_ms: now_ms,
            until_at_ms: None,
            reason: reason.clone(),
        };
        if app.writer.pause(Pause { test: test.row, pause: pause.clone(), reach, event }).await? {
            return Ok(pause);
        }
    }
    Err(Error::ChangedMeanwhile)
}

/// Ends a pause: attempts go on with the time they had, and whoever couldn't start gets as much later a window.
pub async fn resume(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    name: &str,
    pause_id: &str,
    reason: &str,
) -> Result<PauseRow> {
    let reason = check_reason(reason)?;
    for _ in 0..3 {
        let mut tx = app.db.read().await?;
        let (test, standing) = find(&mut tx, caller, name).await?;
        let tree = tree(&mut tx).await?;
        let all = pauses::list(&mut tx, &test.row.id).await?;
        let pause = all.iter().find(|pause| pause.id == pause_id).cloned().ok_or(Error::NotFound(Thing::Pause))?;
        match (&pause.branch_id, &pause.person_id) {
            (None, None) if !standing.manages => return Err(Error::Forbidden(Some(Role::Organizer))),
            (Some(id), _) if !may_act(caller, standing, &tree, id) => return Err(Error::NotFound(Thing::Pause)),
            (_, Some(id)) => acts_on(&mut tx, caller, standing, &tree, id).await?,
            _ => {}
        }
        if pause.until_at_ms.is_some() {
            return Ok(pause);
        }
        let resume = ending(&mut tx, caller, now_ms, test, &tree, &all, &pause, &reason).await?;
        drop(tx);
        if app.writer.resume(resume).await? {
            return Ok(PauseRow { until_at_ms: Some(now_ms), ..pause });
        }
    }
    Err(Error::ChangedMeanwhile)
}

/// What the end of a pause changes.
#[expect(clippy::too_many_arguments, reason = "one step of `resume`, cut off for its length")]
async fn ending(
    tx: &mut Tx,
    caller: &Caller,
    now_ms: i64,
    test: Test,
    tree: &Tree,
    all: &[PauseRow],
    pause: &PauseRow,
    reason: &str,
) -> Result<Resume> {
    let others: Vec<PauseRow> =
        all.iter().filter(|other| other.until_at_ms.is_none() && other.id != pause.id).cloned().collect();
    let lasted_ms = (now_ms - pause.from_at_ms).max(0);
    let reach = reach(tree, pause.branch_id.as_deref(), pause.person_id.as_deref());
    let windows = later_windows(tx, &test, tree, &reach, pause, lasted_ms).await?;
    let detail = details::resumed(&pause.branch_id, &pause.person_id, lasted_ms, reason);
    let mut events = vec![event(caller, now_ms, "test-resumed", &test.row.id, &detail)];
    let mut row = test.row;
    if reach.all {
        let definition = later(test.definition, pause, lasted_ms);
        row = TestRow {
            definition: crate::store::write_json("test", &definition)?,
            closes_at_ms: definition.closes_at_ms,
            ..row
        };
        events.push(event(caller, now_ms, "test-lengthened", &row.id, &details::test_made(&row)));
    }
    let still = together(tree, &others);
    Ok(Resume { test: row, pause_id: pause.id.clone(), at_ms: now_ms, still, windows, events })
}

/// The same test, closing as much later as it stood still, and admitting as much later.
fn later(definition: Definition, pause: &PauseRow, lasted_ms: i64) -> Definition {
    let minutes = u32::try_from((lasted_ms + minutes_ms(1) - 1) / minutes_ms(1)).unwrap_or_default();
    let was_admitting = pause.from_at_ms < definition.closes_at_ms;
    Definition {
        closes_at_ms: definition.closes_at_ms + if was_admitting { lasted_ms } else { 0 },
        late_minutes: definition.late_minutes.map(|late| late.saturating_add(minutes)),
        ..definition
    }
}

/// Later windows: of everyone who has one of their own, or of those whom the pause of a part of the test reached.
async fn later_windows(
    tx: &mut Tx,
    test: &Test,
    tree: &Tree,
    reach: &Reach,
    pause: &PauseRow,
    lasted_ms: i64,
) -> Result<Vec<WindowRow>> {
    let own: HashMap<String, WindowRow> =
        tests::windows(tx, &test.row.id).await?.into_iter().map(|row| (row.person_id.clone(), row)).collect();
    let late = test.definition.late_minutes.is_some();
    let moved = |row: WindowRow| {
        let closes = row.closes_at_ms.unwrap_or(test.definition.closes_at_ms);
        let opens = row.opens_at_ms.unwrap_or(test.definition.opens_at_ms);
        let shift = if pause.from_at_ms < closes { lasted_ms } else { 0 };
        WindowRow {
            closes_at_ms: Some(closes + shift),
            // Lateness counts from the opening.
            opens_at_ms: if late && opens <= pause.from_at_ms { Some(opens + shift) } else { row.opens_at_ms },
            ..row
        }
    };
    if reach.all {
        return Ok(own.into_values().filter(|row| row.closes_at_ms.is_some()).map(moved).collect());
    }
    let audience = audience_area(tree, &tests::audience(tx, &test.row.id).await?);
    let rows = results::list_bare(tx, &test.row.id).await?;
    let due = place(&audience, presence::members_of(tx, &test.row.id).await?, &rows);
    let concerned = due.into_iter().filter(|(person_id, branch_id)| reach.covers(person_id, branch_id));
    let window = |person_id: String| {
        own.get(&person_id).cloned().unwrap_or(WindowRow {
            person_id,
            extra_minutes: 0,
            opens_at_ms: None,
            closes_at_ms: None,
            reason: pause.reason.clone(),
        })
    };
    Ok(concerned.map(|(person_id, _)| moved(window(person_id))).collect())
}

/// Says something to those concerned; their pages show it within half a minute.
pub async fn send_message(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    name: &str,
    scope: &Scope,
    text: &str,
) -> Result<MessageRow> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > limits::MESSAGE_CHARACTERS || text.contains('\u{0}') {
        return Err(Error::Invalid { field: "text", expected: "message" });
    }
    let mut tx = app.db.write().await?;
    let (found, _, concerned) = concerned(&mut tx, caller, name, scope).await?;
    let detail = details::message(&concerned.branch_id, &concerned.person_id, text);
    let message = MessageRow {
        id: app.randomness.id(now_ms),
        test_id: found.row.id.clone(),
        branch_id: concerned.branch_id,
        person_id: concerned.person_id,
        text: text.to_owned(),
        sent_by: caller.person_id.clone(),
        sent_at_ms: now_ms,
    };
    messages::insert(&mut tx, &message).await?;
    trace::append(&mut tx, &event(caller, now_ms, "test-message", &found.row.id, &detail)).await?;
    tx.commit().await?;
    Ok(message)
}

/// Lets another device go on with an open attempt that stays with the sign-in that began it.
pub async fn release(app: &App, caller: &Caller, now_ms: i64, attempt_id: &str, reason: &str) -> Result<()> {
    let reason = check_reason(reason)?;
    let mut tx = app.db.write().await?;
    let (attempt, test) = acted_on(&mut tx, caller, attempt_id).await?;
    if attempt.finished_at_ms.is_some() {
        return Err(Error::AttemptFinished);
    }
    attempts::release(&mut tx, attempt_id).await?;
    let detail = details::released(&test.row.id, &attempt, &reason);
    trace::append(&mut tx, &event(caller, now_ms, "attempt-released", attempt_id, &detail)).await?;
    tx.commit().await?;
    Ok(())
}

/// An attempt and its test, where the caller may act on its member.
async fn acted_on(tx: &mut Tx, caller: &Caller, attempt_id: &str) -> Result<(AttemptRow, Test)> {
    let attempt = attempts::find(tx, attempt_id).await?.ok_or(Error::NotFound(Thing::Attempt))?;
    let row = tests::find_by_id(tx, &attempt.test_id).await?.ok_or(Error::NotFound(Thing::Attempt))?;
    let hidden = |error| if matches!(error, Error::NotFound(_)) { Error::NotFound(Thing::Attempt) } else { error };
    let (test, standing) = find(tx, caller, &row.name).await.map_err(hidden)?;
    let tree = tree(tx).await?;
    if may_act(caller, standing, &tree, &attempt.branch_id) {
        Ok((attempt, test))
    } else {
        Err(Error::NotFound(Thing::Attempt))
    }
}

/// Lets an attempt go on that was handed in by mistake: what was answered stays, the time since is given back. Not once
/// its member could have read the keys.
pub async fn reopen(app: &App, caller: &Caller, now_ms: i64, attempt_id: &str, reason: &str) -> Result<AttemptRow> {
    let reason = check_reason(reason)?;
    let mut tx = app.db.read().await?;
    let (attempt, test) = acted_on(&mut tx, caller, attempt_id).await?;
    let Some(finished_at_ms) = attempt.finished_at_ms else { return Ok(attempt) };
    if test.row.finished_at_ms.is_some() || test.row.cancelled_reason.is_some() {
        return Err(Error::TestIsOver);
    }
    if test.definition.review == Review::AfterSubmit {
        return Err(Error::KeysWereShown);
    }
    if standing_still(&mut tx, &test.row.id).await?.covers(&attempt.person_id, &attempt.branch_id) {
        return Err(Error::Paused);
    }
    let is_being_marked = !crate::store::markers::given(&mut tx, &attempt.id).await?.is_empty();
    if is_being_marked || !crate::store::late::amendments(&mut tx, &attempt.id).await?.is_empty() {
        return Err(Error::LateDecided);
    }
    drop(tx);
    let deadline_at_ms = attempt.deadline_at_ms + (now_ms - finished_at_ms).max(0);
    let event = event(caller, now_ms, "attempt-reopened", &attempt.id, &details::reopened(&attempt, &reason));
    if !app.writer.reopen(Reopen { attempt: attempt.clone(), deadline_at_ms, event }).await? {
        return Err(Error::ChangedMeanwhile);
    }
    attempts::find(&mut app.db.read().await?, attempt_id).await?.ok_or(Error::NotFound(Thing::Attempt))
}
