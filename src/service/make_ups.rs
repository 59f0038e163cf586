//! Make-ups as the test that they make up for sees them: which there are, and what each person earned in one.

use crate::app::{App, OfVersion};
use crate::rules::make_up::{self, After, MadeUp, Need};
use crate::rules::presence::Presence;
use crate::service::assessments::{Held, sittings};
use crate::service::error::Result;
use crate::service::reports::refresh;
use crate::service::review::has_ended;
use crate::service::tests::Test;
use crate::store::db::Tx;
use crate::store::{basis, presence, rollups};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// Every make-up of a test that wasn't cancelled, the earliest first.
pub(crate) async fn of(tx: &mut Tx, first: &Test) -> Result<Vec<Test>> {
    if first.row.finished_at_ms.is_none() {
        return Ok(Vec::new());
    }
    let rows = basis::make_ups(tx, &first.row.id).await?;
    rows.into_iter().map(|row| Ok(Test::read(row)?)).collect()
}

/// Whether keys of a test stay closed until a make-up of it is over.
pub(crate) async fn holds_review(tx: &mut Tx, now_ms: i64, first: &Test) -> Result<bool> {
    for test in of(tx, first).await? {
        let holds = test.definition.make_up_of.as_ref().is_some_and(|make_up| make_up.holds_review);
        if holds && !has_ended(tx, now_ms, &test).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What each person earned in settled make-ups who needed one; of several the one that counts most.
pub(crate) async fn earned(
    tx: &mut Tx,
    first: &Test,
    held: &Held,
    make_ups: impl IntoIterator<Item = &Test>,
) -> Result<HashMap<String, MadeUp>> {
    let scale = first.definition.scale();
    let mut best: HashMap<String, MadeUp> = HashMap::new();
    for test in make_ups {
        let Some(make_up) = test.definition.make_up_of.as_ref().filter(|_| test.row.finished_at_ms.is_some()) else {
            continue;
        };
        let cap = make_up::cap(make_up, &first.definition);
        for (person, (state, score)) in sittings(tx, test).await? {
            let first = held.get(&person).and_then(|(state, score)| Need::of(*state, score.map(|(won, _)| won), scale));
            if state != Presence::Sat || first.is_none() {
                continue;
            }
            let passed = score.is_some_and(|(won, full)| won.reach(test.definition.pass, full));
            let one = MadeUp { score, cap, full: scale.full, passed };
            if best.get(&person).is_none_or(|known| known.points() < one.points()) {
                best.insert(person, one);
            }
        }
    }
    Ok(best)
}

/// The same, reading what the first test holds.
pub(crate) async fn earned_of(tx: &mut Tx, first: &Test) -> Result<HashMap<String, MadeUp>> {
    let make_ups = of(tx, first).await?;
    if make_ups.is_empty() {
        return Ok(HashMap::new());
    }
    let held = sittings(tx, first).await?;
    earned(tx, first, &held, &make_ups).await
}

/// What make-ups add to the figures of a test.
#[derive(Debug, Clone)]
pub struct AfterMakeUps {
    /// The make-ups.
    pub tests: Vec<Test>,
    /// What they add, by the branch where their members counted in the first test.
    pub by_branch: Arc<HashMap<String, After>>,
}

impl AfterMakeUps {
    /// What they add for some branches.
    pub fn sum<'a>(&self, branch_ids: impl IntoIterator<Item = &'a str>) -> After {
        let mut sum = After::default();
        branch_ids.into_iter().filter_map(|id| self.by_branch.get(id)).for_each(|one| sum.add(one));
        sum
    }
}

/// What make-ups of a test add; `None` where there is none. Kept in memory as long as the stored figures of all of them
/// stand.
pub(crate) async fn after(app: &App, first: &Test) -> Result<Option<AfterMakeUps>> {
    let tests = of(&mut app.db.read().await?, first).await?;
    if tests.is_empty() {
        return Ok(None);
    }
    for test in &tests {
        refresh(app, &test.row.id).await?;
    }
    let mut tx = app.db.read().await?;
    let version = version(&mut tx, first, &tests).await?;
    let known = app.caches.after.get(&first.row.id).filter(|known| known.version == version);
    if let Some(known) = known {
        return Ok(Some(AfterMakeUps { tests, by_branch: Arc::clone(&known.value) }));
    }
    let by_branch = Arc::new(by_branch(&mut tx, first, &tests).await?);
    let kept = OfVersion { value: Arc::clone(&by_branch), version };
    app.caches.after.insert(first.row.id.clone(), Arc::new(kept));
    Ok(Some(AfterMakeUps { tests, by_branch }))
}

/// A number that changes with the stored figures of any of the tests.
async fn version(tx: &mut Tx, first: &Test, make_ups: &[Test]) -> Result<i64> {
    let mut hasher = DefaultHasher::new();
    for test in make_ups.iter().chain([first]) {
        let is_settled = test.row.finished_at_ms.is_some();
        (&test.row.id, is_settled, rollups::version(tx, &test.row.id).await?).hash(&mut hasher);
    }
    Ok(i64::from_ne_bytes(hasher.finish().to_ne_bytes()))
}

async fn by_branch(tx: &mut Tx, first: &Test, make_ups: &[Test]) -> Result<HashMap<String, After>> {
    let held = sittings(tx, first).await?;
    let earned = earned(tx, first, &held, make_ups).await?;
    let mut by_branch: HashMap<String, After> = HashMap::new();
    for member in presence::closed_members(tx, &first.row.id).await? {
        let Some(made_up) = earned.get(&member.person_id) else { continue };
        let sat = held.get(&member.person_id).is_some_and(|(state, _)| *state == Presence::Sat);
        let one = After { sat: 1, passed: u64::from(made_up.passed), newly_sat: u64::from(!sat) };
        by_branch.entry(member.branch_id).or_default().add(&one);
    }
    Ok(by_branch)
}
