//! Stored figures brought up to date, and compared with what they follow from.
//!
//! Figures are never counted up: a branch about which there is a note is computed anew from its attempts, and every
//! branch above it from the stored figures below, in one transaction that also takes the notes away. Whoever finds a
//! note taken by somebody else has computed in vain and begins again. A branch is the sum of its parts after every
//! single step.

use super::ground::Ground;
use super::tallies::{tallies_at, tally};
use crate::app::App;
use crate::limits;
use crate::rules::correction::Named;
use crate::rules::figures::Tally;
use crate::rules::rights::Caller;
use crate::rules::tree::{Node, Tree};
use crate::service::corrections::void;
use crate::service::error::Result;
use crate::service::tests::{Test, find};
use crate::store::db::Tx;
use crate::store::rollups::{self, Dirty, Rollup};
use crate::store::{results, tests};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Brings the stored figures of every test up to date.
pub async fn keep(app: &App) -> Result<()> {
    assign(app).await?;
    for id in rollups::dirty_tests(&mut app.db.read().await?).await? {
        refresh(app, &id).await?;
    }
    Ok(())
}

/// A state of everything that figures of a test follow from: the same as long as none of it changes. The version of the
/// stored figures, and the last notes about the test and about all tests.
pub(crate) async fn noted(tx: &mut Tx, test_id: &str) -> Result<(i64, Vec<i64>)> {
    let notes = rollups::dirty(tx, test_id).await?.into_iter().chain(rollups::unassigned(tx).await?);
    Ok((rollups::version(tx, test_id).await?, notes.map(|note| note.id).collect()))
}

/// Brings the stored figures of one test up to date with everything that was stored before it was asked.
pub(crate) async fn refresh(app: &App, test_id: &str) -> Result<()> {
    let _one_at_a_time = app.rolling_up.lock().await;
    assign(app).await?;
    let mut last = None;
    loop {
        let mut tx = app.db.read().await?;
        let mut notes = rollups::dirty(&mut tx, test_id).await?;
        let Some(row) = tests::find_by_id(&mut tx, test_id).await?.filter(|_| !notes.is_empty()) else {
            return Ok(());
        };
        let test = Test::read(row)?;
        let ground = Ground::of(&mut tx, &test).await?;
        let everywhere: Vec<i64> = notes.iter().filter(|note| note.branch_id.is_none()).map(|note| note.id).collect();
        if !everywhere.is_empty() {
            spread(app, &test, &ground, &everywhere).await?;
            continue;
        }
        let last = *last.get_or_insert_with(|| notes.iter().map(|note| note.id).max().unwrap_or_default());
        notes.retain(|note| note.id <= last);
        let some = some_branches(&notes);
        if some.is_empty() {
            return Ok(());
        }
        step(app, tx, &test, (&ground, some)).await?;
    }
}

/// Notes about all tests that aren't settled become notes about each.
async fn assign(app: &App) -> Result<()> {
    let notes = rollups::unassigned(&mut app.db.read().await?).await?;
    if notes.is_empty() {
        return Ok(());
    }
    let mut tx = app.db.write().await?;
    if rollups::assign(&mut tx, &notes).await? {
        tx.commit().await?;
    }
    Ok(())
}

/// A note about a whole test becomes one about every branch that has figures or could have some.
async fn spread(app: &App, test: &Test, ground: &Ground, notes: &[i64]) -> Result<()> {
    let mut tx = app.db.write().await?;
    let stored = rollups::branches(&mut tx, &test.row.id).await?;
    let branches: HashSet<&str> =
        ground.tree.nodes().iter().map(|node| node.id.as_str()).chain(stored.iter().map(String::as_str)).collect();
    let branches: Vec<&str> = branches.into_iter().collect();
    if rollups::spread(&mut tx, &test.row.id, notes, &branches).await? {
        tx.commit().await?;
    }
    Ok(())
}

/// The notes about as many branches as are computed at once: branch → numbers of notes.
fn some_branches(notes: &[Dirty]) -> BTreeMap<&str, Vec<i64>> {
    let mut some: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for note in notes {
        let Some(branch_id) = note.branch_id.as_deref() else { continue };
        if some.len() < limits::ROLLUP_BRANCHES || some.contains_key(branch_id) {
            some.entry(branch_id).or_default().push(note.id);
        }
    }
    some
}

/// Computes some branches from their attempts, and every branch above them; stores all that unless somebody was faster.
async fn step(app: &App, mut tx: Tx, test: &Test, (ground, notes): (&Ground, BTreeMap<&str, Vec<i64>>)) -> Result<()> {
    let void: HashSet<Named> = void(&mut tx, &test.row.id).await?;
    let branches: Vec<&str> = notes.keys().copied().collect();
    let mut own = tallies_at(&mut tx, test, (&ground.audience, &void), &branches).await?;
    drop(tx);
    let mut tx = app.db.write().await?;
    rollups::raise_version(&mut tx, &test.row.id).await?;
    let taken: Vec<i64> = notes.into_values().flatten().collect();
    if !rollups::take(&mut tx, &taken).await? {
        return Ok(());
    }
    let part = |branch_id: &&str| Rollup {
        branch_id: (*branch_id).to_owned(),
        whole: false,
        tally: own.remove(*branch_id).unwrap_or_default(),
    };
    let parts: Vec<Rollup> = branches.iter().map(part).collect();
    rollups::put(&mut tx, &test.row.id, &parts).await?;
    let wholes = wholes(&mut tx, test, &ground.tree, &branches).await?;
    rollups::put(&mut tx, &test.row.id, &wholes).await?;
    Ok(tx.commit().await?)
}

/// The figures of branches with all below them, and of every branch above, from what is stored below.
async fn wholes(tx: &mut Tx, test: &Test, tree: &Tree, branches: &[&str]) -> Result<Vec<Rollup>> {
    let mut above: HashMap<&str, usize> = HashMap::new();
    for branch in branches {
        // A branch outside the tree has nothing below and nothing above.
        above.insert(branch, 0);
        above.extend(tree.path(branch).into_iter().enumerate().map(|(depth, node)| (node.id.as_str(), depth)));
    }
    let mut deepest_first: Vec<&str> = above.keys().copied().collect();
    deepest_first.sort_by_key(|id| std::cmp::Reverse(above.get(id).copied()));
    let below: HashMap<&str, Vec<&Node>> =
        deepest_first.iter().filter(|id| tree.get(id).is_some()).map(|id| (*id, tree.children(Some(id)))).collect();
    let needed: HashSet<&str> =
        below.values().flatten().map(|node| node.id.as_str()).chain(deepest_first.iter().copied()).collect();
    let needed: Vec<&str> = needed.into_iter().collect();
    let stored = rollups::find(tx, &test.row.id, &needed, true).await?;
    let mut known: HashMap<(String, bool), Tally> =
        stored.into_iter().map(|rollup| ((rollup.branch_id, rollup.whole), rollup.tally)).collect();
    let mut wholes = Vec::with_capacity(deepest_first.len());
    for id in deepest_first {
        let mut whole = Tally::default();
        if let Some(own) = known.get(&(id.to_owned(), false)).filter(|_| below.contains_key(id)) {
            whole.add_all(own);
        }
        for child in below.get(id).into_iter().flatten() {
            if let Some(child) = known.get(&(child.id.clone(), true)) {
                whole.add_all(child);
            }
        }
        known.insert((id.to_owned(), true), whole.clone());
        wholes.push(Rollup { branch_id: id.to_owned(), whole: true, tally: whole });
    }
    Ok(wholes)
}

/// A branch whose stored figures aren't those that follow from the attempts.
#[derive(Debug, Clone)]
pub struct Difference {
    /// The branch; nothing where it isn't in the tree.
    pub branch: Option<Node>,
    /// Its id.
    pub branch_id: String,
    /// With everything below it.
    pub whole: bool,
    /// What is stored.
    pub stored: Tally,
    /// What follows from the attempts.
    pub computed: Tally,
}

/// A test, and a state of the data in which its stored figures are up to date; while it is sat, the last of some tries.
async fn up_to_date(app: &App, caller: &Caller, name: &str) -> Result<(Test, Tx)> {
    let mut tries = limits::ROLLUP_TRIES;
    loop {
        let (test, _) = find(&mut app.db.read().await?, caller, name).await?;
        refresh(app, &test.row.id).await?;
        let mut tx = app.db.read().await?;
        let (test, _) = find(&mut tx, caller, name).await?;
        tries -= 1;
        if tries == 0 || noted(&mut tx, &test.row.id).await?.1.is_empty() {
            return Ok((test, tx));
        }
    }
}

/// Brings the stored figures of a test up to date, computes all of them from the attempts, and compares.
pub async fn check(app: &App, caller: &Caller, name: &str) -> Result<Vec<Difference>> {
    let (test, mut tx) = up_to_date(app, caller, name).await?;
    let rows = results::list(&mut tx, &test.row.id).await?;
    let void: HashSet<Named> = void(&mut tx, &test.row.id).await?;
    let mut stored: HashMap<(String, bool), Tally> = rollups::list(&mut tx, &test.row.id)
        .await?
        .into_iter()
        .map(|rollup| ((rollup.branch_id, rollup.whole), rollup.tally))
        .collect();
    let tallied = tally(&mut tx, &test, (&rows, &void)).await?;
    let tree = &tallied.ground.tree;
    let own = tallied.by_branch.iter().map(|(id, tally)| ((id.clone(), false), tally.clone()));
    let whole = tree.nodes().iter().map(|node| ((node.id.clone(), true), tallied.whole(Some(node))));
    let computed: BTreeMap<(String, bool), Tally> = own.chain(whole).collect();
    let mut differences = Vec::new();
    let mut compare = |(branch_id, whole): (String, bool), stored: Tally, computed: Tally| {
        if stored != computed {
            let branch = tree.get(&branch_id).cloned();
            differences.push(Difference { branch, branch_id, whole, stored, computed });
        }
    };
    for (key, computed) in computed {
        let stored = stored.remove(&key).unwrap_or_default();
        compare(key, stored, computed);
    }
    for (key, stored) in stored {
        compare(key, stored, Tally::default());
    }
    Ok(differences)
}
