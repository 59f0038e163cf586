//! Drawing a paper, and joining it with its questions.

use crate::app::{App, PinnedPool};
use crate::rules::attempt::{StartRefusal, Window};
use crate::rules::blueprint::Definition;
use crate::rules::draw::{Candidate, Pool, seed};
use crate::rules::paper::{Paper, Pinned, Sheet};
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::text::hex;
use crate::service::error::{Error, Result, Thing};
use crate::service::paper_sittings::waits_for;
use crate::service::proofs::unhex;
use crate::service::tests::{Test, among, audience_area, invigilate, pool, window_of};
use crate::store::attempts::AttemptRow;
use crate::store::db::Tx;
use crate::store::{attempts, basis, tests};
use std::collections::HashSet;
use std::sync::Arc;

/// Draws the paper of a new attempt, with `mine` behind it.
pub(super) async fn new_attempt(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    now_ms: i64,
    test: &Test,
    mine: &[AttemptRow],
) -> Result<AttemptRow> {
    let person_id = caller.person_id.as_deref().ok_or(Error::SignInNeeded)?;
    let branch_id = home(tx, caller, test).await?;
    if waits_for(tx, &test.row.id, person_id).await? {
        return Err(Error::OnPaper);
    }
    if invigilate::standing_still(tx, &test.row.id).await?.covers(person_id, &branch_id) {
        return Err(Error::Paused);
    }
    let window = window_of(tx, test, person_id).await?;
    let used = u32::try_from(mine.len()).unwrap_or(u32::MAX);
    window.may_start(&test.definition, now_ms, used).map_err(|refusal| refused(refusal, window))?;
    let pool = pool(app, tx, test).await?;
    let later = later(tx, &pool, person_id, mine).await?;
    let (attempt, _) = draw(test, &pool, (person_id, &branch_id), used + 1, &later)?;
    Ok(started(app, caller, attempt, now_ms, window, test))
}

/// The same attempt, started; the session that starts it holds it.
pub(super) fn started(
    app: &App,
    caller: &Caller,
    attempt: AttemptRow,
    now_ms: i64,
    window: Window,
    test: &Test,
) -> AttemptRow {
    let deadline_at_ms = window.deadline(now_ms, test.definition.minutes);
    let holder = Some(caller.session.clone());
    // From the first number on only the holder's saves count.
    let save_base = i64::from(test.definition.integrity.is_bound());
    AttemptRow { id: app.randomness.id(now_ms), started_at_ms: now_ms, deadline_at_ms, save_base, holder, ..attempt }
}

/// Draws the paper of somebody's attempt of this number; without id, times and holder.
pub(crate) fn draw(
    test: &Test,
    pool: &PinnedPool,
    (person_id, branch_id): (&str, &str),
    number: u32,
    later: &[HashSet<usize>],
) -> Result<(AttemptRow, Paper)> {
    let secret = unhex(&test.row.secret).ok_or(Error::NotFound(Thing::Test))?;
    let seed = seed(&secret, &test.row.id, person_id, number);
    // Feasible since the test was made: the editions are pinned.
    let drawn = pool.0.draw(seed, later).ok_or(Error::Shortfall(Vec::new()))?;
    let paper = Paper::of(&pool.0, &pool.1, &drawn);
    let attempt = AttemptRow {
        id: String::new(),
        test_id: test.row.id.clone(),
        person_id: person_id.to_owned(),
        number: i64::from(number),
        branch_id: branch_id.to_owned(),
        seed: hex(&seed),
        question_count: i64::try_from(paper.len()).unwrap_or_default(),
        paper: crate::store::write_json("attempt", &paper)?,
        started_at_ms: 0,
        deadline_at_ms: 0,
        save_base: 0,
        holder: None,
        finished_at_ms: None,
        finished_by: None,
        marks: None,
        score: None,
        full: test.definition.full().hundredths(),
        receipt: None,
        paused_at_ms: None,
        paused_ms: 0,
    };
    Ok((attempt, paper))
}

/// Joins a paper with its questions.
pub(crate) async fn sheet(app: &App, tx: &mut Tx, definition: &Definition, paper: &Paper) -> Result<Arc<Sheet>> {
    let entries = paper.entries().map(|(_, entry)| (entry.edition.as_str(), entry.id.as_str()));
    let questions = crate::service::banks::pick(app, tx, entries).await?;
    let sheet =
        Sheet::new(paper, definition, |entry| questions.get(&(entry.edition.as_str(), entry.id.as_str())).cloned());
    sheet.map(Arc::new).ok_or(Error::NotFound(Thing::Attempt))
}

fn refused(refusal: StartRefusal, window: Window) -> Error {
    match refusal {
        StartRefusal::NotYet => Error::NotOpen { opens_at_ms: Some(window.opens_at_ms), closed_at_ms: None },
        StartRefusal::Closed => Error::NotOpen { opens_at_ms: None, closed_at_ms: Some(window.closes_at_ms) },
        StartRefusal::TooLate => Error::TooLate,
        StartRefusal::NoAttemptLeft => Error::NoAttemptLeft,
    }
}

/// The branch where the member stands in the audience. Who has moved away since an earlier attempt starts no new one.
async fn home(tx: &mut Tx, caller: &Caller, test: &Test) -> Result<String> {
    let tree = crate::service::people::tree(tx).await?;
    let audience = audience_area(&tree, &tests::audience(tx, &test.row.id).await?);
    let place = caller.places(Role::Member).flatten().find(|branch| audience.contains(branch));
    let person_id = caller.person_id.as_deref().unwrap_or_default();
    let place = if basis::admits(tx, &test.row.id, person_id).await? { place } else { None };
    place.map(ToOwned::to_owned).ok_or(Error::Forbidden(Some(Role::Member)))
}

/// The candidates that come later in a paper of this member: those on papers of the test that it makes up for, and last
/// those on the member's own papers of that test and of earlier attempts.
pub(crate) async fn later(
    tx: &mut Tx,
    pool: &PinnedPool,
    person_id: &str,
    mine: &[AttemptRow],
) -> Result<Vec<HashSet<usize>>> {
    let mut own = seen_before(&pool.0, &pool.1, mine)?;
    let Some(first) = &pool.2.first_test_id else { return Ok(vec![own]) };
    let mut seen: HashSet<(String, String)> = HashSet::new();
    for attempt in attempts::list_of(tx, first, person_id).await? {
        let paper: Paper = crate::store::read_json("attempt", &attempt.id, &attempt.paper)?;
        seen.extend(paper.sections.into_iter().flatten().map(|entry| (entry.bank, entry.id)));
    }
    own.extend(among(&pool.0, &pool.1, &seen));
    Ok(vec![pool.2.drawn.clone(), own])
}

/// Candidates that stood on earlier papers of this member.
fn seen_before(pool: &Pool, pinned: &[Pinned], mine: &[AttemptRow]) -> Result<HashSet<usize>> {
    let mut seen: HashSet<(String, String)> = HashSet::new();
    for attempt in mine {
        let paper: Paper = crate::store::read_json("attempt", &attempt.id, &attempt.paper)?;
        seen.extend(paper.sections.into_iter().flatten().map(|entry| (entry.edition, entry.id)));
    }
    if seen.is_empty() {
        return Ok(HashSet::new());
    }
    let is_seen = |candidate: &Candidate| {
        pinned.get(candidate.edition).is_some_and(|pin| seen.contains(&(pin.edition.clone(), candidate.id.clone())))
    };
    Ok(pool
        .candidates()
        .iter()
        .enumerate()
        .filter(|(_, candidate)| is_seen(candidate))
        .map(|(index, _)| index)
        .collect())
}
