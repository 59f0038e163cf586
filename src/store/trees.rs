//! The tree of today and the trees of settled tests, read once: a large unit has thousands of branches, and every page
//! asks where its reader stands.

use crate::rules::tree::{Node, Tree};
use crate::store::branches::{self, Branch};
use crate::store::db::Tx;
use crate::store::{Result, presence};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Trees of settled tests that are kept; one of two thousand branches takes about a megabyte.
const MOST_CLOSED: usize = 32;

/// Trees that were read before.
#[derive(Debug, Clone, Default)]
pub struct Trees(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    /// Today's, with its version.
    today: Option<(i64, Tree)>,
    /// Those of settled tests, by test; they never change.
    closed: HashMap<String, Tree>,
}

/// A stored branch as a node of a tree.
pub fn node(branch: Branch) -> Node {
    Node { id: branch.id, code: branch.code, name: branch.name, kind: branch.kind, parent: branch.parent_id }
}

/// Today's tree. A transaction that writes reads it anew: it may have changed it, and may yet be rolled back.
pub async fn today(tx: &mut Tx) -> Result<Tree> {
    let Some(trees) = tx.trees() else { return read(tx).await };
    let version = version(tx).await?;
    if let Some((_, tree)) = trees.known(|known| known.today.clone()).filter(|(of, _)| *of == version) {
        return Ok(tree);
    }
    let tree = read(tx).await?;
    trees.known(|known| known.today = Some((version, tree.clone())));
    Ok(tree)
}

/// A number that grows with every change of the roster: of branches, and of who the people are.
pub async fn version(tx: &mut Tx) -> Result<i64> {
    let (version,): (i64,) = tx.query("SELECT version FROM tree_version WHERE one = 1").fetch_one().await?;
    Ok(version)
}

/// Notes a change of the roster.
pub(super) async fn raise_version(tx: &mut Tx) -> Result<()> {
    tx.query("UPDATE tree_version SET version = version + 1").execute().await?;
    Ok(())
}

async fn read(tx: &mut Tx) -> Result<Tree> {
    Ok(Tree::new(branches::list(tx).await?.into_iter().map(node).collect()))
}

/// The tree as it was when a test was settled.
pub async fn closed(tx: &mut Tx, test_id: &str) -> Result<Tree> {
    let Some(trees) = tx.trees() else { return read_closed(tx, test_id).await };
    if let Some(tree) = trees.known(|known| known.closed.get(test_id).cloned()) {
        return Ok(tree);
    }
    let tree = read_closed(tx, test_id).await?;
    trees.known(|known| {
        if known.closed.len() >= MOST_CLOSED {
            known.closed.clear();
        }
        // One without branches is of a test that isn't settled yet.
        if !tree.nodes().is_empty() {
            known.closed.insert(test_id.to_owned(), tree.clone());
        }
    });
    Ok(tree)
}

async fn read_closed(tx: &mut Tx, test_id: &str) -> Result<Tree> {
    Ok(Tree::new(presence::closed_branches(tx, test_id).await?.into_iter().map(node).collect()))
}

impl Trees {
    fn known<T>(&self, with: impl FnOnce(&mut Known) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
