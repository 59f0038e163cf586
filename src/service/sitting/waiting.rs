//! The waiting room: papers are drawn ahead for those who are due, so that a common start costs one write each.
//!
//! A paper follows from its seed, so drawing it early changes nothing. What it relies on – the test's revision, the
//! member's place – is checked again by the statement that stores the start; where it no longer holds the paper is
//! drawn anew.

use super::{Asking, Sitting, admission, drawing, keep};
use crate::app::{App, DrawnPaper, PinnedPool};
use crate::limits;
use crate::rules::attempt::Window;
use crate::rules::paper::Paper;
use crate::rules::rights::Caller;
use crate::service::error::{Error, Result};
use crate::service::people::tree;
use crate::service::tests::{Test, audience_area, pool};
use crate::store::attempts::{self, AttemptRow};
use crate::store::paper_sittings;
use crate::store::presence::{self, Member};
use crate::store::tests::{self, WindowRow};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Starts the caller's first attempt with the paper that waits; `None` where none does, or it no longer fits.
pub(super) async fn start(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    name: &str,
    asking: &Asking,
) -> Result<Option<Sitting>> {
    let Some(person_id) = caller.person_id.clone() else { return Ok(None) };
    let key = (name.to_owned(), person_id);
    let Some(drawn) = app.caches.drawn.get(&key) else { return Ok(None) };
    if drawn.window.may_start(&drawn.test.definition, now_ms, 0).is_err() {
        return Ok(None);
    }
    admission::check(app, caller, now_ms, &drawn.test, asking)?;
    let attempt = drawing::started(app, caller, drawn.attempt.clone(), now_ms, drawn.window, &drawn.test);
    let id = attempt.id.clone();
    let stored = app.writer.start_attempt(attempt, drawn.test.row.revision).await?;
    app.caches.drawn.remove(&key);
    let Some(attempt) = stored.filter(|attempt| attempt.id == id) else { return Ok(None) };
    let (test, sheet) = (Arc::clone(&drawn.test), Arc::clone(&drawn.sheet));
    keep(app, &test, &attempt, Arc::clone(&sheet));
    Ok(Some(Sitting { test, attempt, sheet, responses: HashMap::new() }))
}

/// Draws ahead for every test that opens soon or has just opened; forgets papers whose time is over.
pub async fn prepare(app: &App, now_ms: i64) -> Result<()> {
    let (from_ms, until_ms) = (now_ms - limits::DRAWN_AFTER_MS, now_ms + limits::DRAWN_BEFORE_MS);
    app.caches.drawn.retain(|_, drawn| (from_ms..=until_ms).contains(&drawn.test.row.opens_at_ms));
    let rows = tests::list_opening(&mut app.db.read().await?, from_ms, until_ms).await?;
    for row in rows {
        if prepare_test(app, Arc::new(Test::read(row)?)).await? >= limits::DRAWN_AT_ONCE {
            app.db.take_statistics().await?;
        }
    }
    Ok(())
}

/// Draws ahead for one test; returns how many papers were drawn.
pub async fn prepare_test(app: &App, test: Arc<Test>) -> Result<usize> {
    let mut tx = app.db.read().await?;
    let tree = tree(&mut tx).await?;
    let audience = audience_area(&tree, &tests::audience(&mut tx, &test.row.id).await?);
    let mut begun: HashSet<String> = attempts::persons(&mut tx, &test.row.id).await?.into_iter().collect();
    begun.extend(paper_sittings::waiting(&mut tx, &test.row.id).await?);
    let windows = tests::windows(&mut tx, &test.row.id).await?;
    let due: Vec<Member> = presence::members_of(&mut tx, &test.row.id)
        .await?
        .into_iter()
        .filter(|member| audience.contains(&member.branch_id) && !begun.contains(&member.person_id))
        .collect();
    let pool = pool(app, &mut tx, &test).await?;
    drop(tx);
    let places: HashMap<&str, &str> =
        due.iter().map(|member| (member.person_id.as_str(), member.branch_id.as_str())).collect();
    let fits = |drawn: &DrawnPaper| {
        drawn.test.row.revision == test.row.revision
            && places.get(drawn.attempt.person_id.as_str()) == Some(&drawn.attempt.branch_id.as_str())
    };
    app.caches.drawn.retain(|(name, _), drawn| *name != test.row.name || fits(drawn));
    let room = limits::DRAWN_AHEAD.saturating_sub(app.caches.drawn.len());
    let key = |member: &Member| (test.row.name.clone(), member.person_id.clone());
    let missing: Vec<Member> =
        due.iter().filter(|member| app.caches.drawn.get(&key(member)).is_none()).take(room).cloned().collect();
    for some in missing.chunks(limits::DRAWN_AT_ONCE) {
        draw(app, &test, &pool, some, &windows).await?;
    }
    Ok(missing.len())
}

/// Draws some papers apart from the threads that answer requests, and puts them where their members find them.
async fn draw(
    app: &App,
    test: &Arc<Test>,
    pool: &Arc<PinnedPool>,
    members: &[Member],
    windows: &[WindowRow],
) -> Result<()> {
    let mut tx = app.db.read().await?;
    let mut whose = Vec::with_capacity(members.len());
    for member in members {
        whose.push((member.clone(), drawing::later(&mut tx, pool, &member.person_id, &[]).await?));
    }
    drop(tx);
    let (of, from) = (Arc::clone(test), Arc::clone(pool));
    let drawn = tokio::task::spawn_blocking(move || -> Result<Vec<(AttemptRow, Paper)>> {
        let draw = |(member, later): &(Member, Vec<HashSet<usize>>)| {
            drawing::draw(&of, &from, (&member.person_id, &member.branch_id), 1, later)
        };
        whose.iter().map(draw).collect()
    });
    let drawn = drawn.await.map_err(|_| Error::Busy)??;
    let mut tx = app.db.read().await?;
    for (attempt, paper) in drawn {
        let sheet = drawing::sheet(app, &mut tx, &test.definition, &paper).await?;
        let own = windows.iter().find(|window| window.person_id == attempt.person_id).map(WindowRow::personal);
        let window = Window::of(&test.definition, own);
        let key = (test.row.name.clone(), attempt.person_id.clone());
        app.caches.drawn.insert(key, Arc::new(DrawnPaper { test: Arc::clone(test), window, attempt, sheet }));
    }
    Ok(())
}
