//! Loading branches.

use crate::app::App;
use crate::formats::roster::Scanned;
use crate::rules::rights::Caller;
use crate::rules::roster::{BranchRow, Role, SheetProblem, SheetProblemCode, places};
use crate::rules::text::fold;
use crate::rules::tree::{Node, Tree};
use crate::service::accounts::event;
use crate::service::error::{Error, Result};
use crate::service::people::node;
use crate::store::branches::{self, Branch};
use crate::store::db::Tx;
use crate::store::trace;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What a load of branches did, or would do; codes in the file's order.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct BranchesLoaded {
    /// New branches.
    pub new: Vec<String>,
    /// Branches with another name or kind.
    pub changed: Vec<String>,
    /// Branches now below another one.
    pub moved: Vec<String>,
    /// Branches as they were.
    pub unchanged: usize,
    /// Branches within the caller's rights that the file doesn't name; they stay.
    pub missing: Vec<String>,
    /// Headings of columns that mean nothing here and were left unread.
    pub ignored: Vec<String>,
    /// Code → name of those the file names.
    #[serde(skip)]
    pub names: BTreeMap<String, String>,
}

/// What is to be written.
pub(super) struct Plan {
    branches: Vec<Branch>,
    /// The tree as it will be.
    pub(super) after: Tree,
    pub(super) loaded: BranchesLoaded,
}

impl Plan {
    /// Writes it, with its entry in the chain of changes.
    pub(super) async fn apply(self, tx: &mut Tx, caller: &Caller, now_ms: i64) -> Result<BranchesLoaded> {
        for branch in parents_first(self.branches) {
            branches::put(tx, &branch).await?;
        }
        let detail = serde_json::to_value(&self.loaded).unwrap_or_default();
        trace::append(tx, &event(caller, now_ms, "branches-loaded", "", &detail)).await?;
        Ok(self.loaded)
    }
}

/// Compares a sheet with the branches that are there; every problem at once.
pub(super) fn plan(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    scanned: Scanned<BranchRow>,
    stored: &[Branch],
) -> Result<Plan> {
    let Scanned { rows, mut problems, ignored } = scanned;
    let before = Tree::new(stored.iter().cloned().map(node).collect());
    let all = together(app, now_ms, &rows, stored);
    let after = Tree::new(all.values().cloned().map(node).collect());
    let names = rows.iter().map(|row| (row.code.clone(), row.name.clone())).collect();
    let mut loaded = BranchesLoaded { ignored, names, ..BranchesLoaded::default() };
    let mut planned = Vec::with_capacity(rows.len());
    for row in &rows {
        let Some(mut branch) = all.get(&fold(&row.code)).cloned() else { continue };
        branch.parent_id = match &row.parent {
            None => None,
            Some(parent) => match super::resolve(&after, parent, row.row, "parent") {
                Ok(node) => Some(node.id.clone()),
                Err(problem) => {
                    problems.push(problem);
                    continue;
                }
            },
        };
        check_rights(caller, &before, &after, row, &branch, &mut problems);
        compare(stored.iter().find(|known| known.id == branch.id), &branch, &mut loaded);
        planned.push(branch);
    }
    note_circle(&rows, stored, &planned, &after, &mut problems);
    loaded.missing = missing(caller, &before, &planned);
    problems.sort_by_key(|problem| problem.row);
    if !problems.is_empty() {
        return Err(Error::Sheet(problems));
    }
    let mut all = all;
    all.extend(planned.iter().map(|branch| (branch.code_folded.clone(), branch.clone())));
    let mut ordered: Vec<Branch> = all.into_values().collect();
    ordered.sort_by(|one, two| (one.position, &one.code_folded).cmp(&(two.position, &two.code_folded)));
    Ok(Plan { branches: planned, after: Tree::new(ordered.into_iter().map(node).collect()), loaded })
}

/// The stored branches with those of the file, whose parents aren't known yet: one may stand in the file itself, above
/// or below its children.
fn together(app: &App, now_ms: i64, rows: &[BranchRow], stored: &[Branch]) -> HashMap<String, Branch> {
    let mut all: HashMap<String, Branch> =
        stored.iter().map(|branch| (branch.code_folded.clone(), branch.clone())).collect();
    let named: HashSet<String> = rows.iter().map(|row| fold(&row.code)).collect();
    let names_all = stored.iter().all(|branch| named.contains(&branch.code_folded));
    let known: Vec<Option<i64>> =
        rows.iter().map(|row| all.get(&fold(&row.code)).map(|known| known.position)).collect();
    let last = stored.iter().map(|branch| branch.position).max().unwrap_or(-1);
    for (row, position) in rows.iter().zip(places(&known, names_all, last)) {
        let folded = fold(&row.code);
        let known = all.get(&folded);
        let branch = Branch {
            id: known.map_or_else(|| app.randomness.id(now_ms), |branch| branch.id.clone()),
            code: row.code.clone(),
            code_folded: folded.clone(),
            name: row.name.clone(),
            kind: row.kind.clone().unwrap_or_else(|| known.map(|branch| branch.kind.clone()).unwrap_or_default()),
            parent_id: known.and_then(|branch| branch.parent_id.clone()),
            position,
        };
        all.insert(folded, branch);
    }
    all
}

/// Notes a circle that closes over stored branches; those within the file were noted when it was read.
fn note_circle(
    rows: &[BranchRow],
    stored: &[Branch],
    planned: &[Branch],
    after: &Tree,
    problems: &mut Vec<SheetProblem>,
) {
    let mut parents: HashMap<String, Option<String>> =
        stored.iter().map(|branch| (branch.id.clone(), branch.parent_id.clone())).collect();
    parents.extend(planned.iter().map(|branch| (branch.id.clone(), branch.parent_id.clone())));
    let is_noted = problems.iter().any(|problem| problem.code == SheetProblemCode::Circle);
    if let (Some(id), false) = (Tree::has_circle(&parents), is_noted) {
        let row = rows.iter().find(|row| after.by_code(&row.code).is_some_and(|node| node.id == id));
        problems.push(problem(
            row.map_or(0, |row| row.row),
            SheetProblemCode::Circle,
            row.map(|row| row.code.clone()).unwrap_or_default(),
        ));
    }
}

fn problem(row: usize, code: SheetProblemCode, found: String) -> SheetProblem {
    SheetProblem { row, column: "parent".into(), code, found, expected: String::new() }
}

/// A branch may be changed by who administers it, and put below what the caller administers.
fn check_rights(
    caller: &Caller,
    before: &Tree,
    after: &Tree,
    row: &BranchRow,
    branch: &Branch,
    problems: &mut Vec<SheetProblem>,
) {
    let may = |id: Option<&str>, tree: &Tree| caller.covers(Role::Administrator, id, tree);
    let old_is_mine = before.get(&branch.id).is_none_or(|node| may(Some(&node.id), before));
    // A new parent of the same file is judged by the place where it will stand.
    let new_is_mine = branch.parent_id.as_deref().map_or_else(
        || may(None, before),
        |parent| {
            may(Some(parent), before)
                || after.path(parent).iter().any(|node| before.get(&node.id).is_some() && may(Some(&node.id), before))
        },
    );
    let stays = before.get(&branch.id).is_some_and(|node: &Node| node.parent == branch.parent_id);
    // Below a new branch of the same file, whose own row is judged by itself.
    let below_new = branch.parent_id.as_deref().is_some_and(|parent| before.get(parent).is_none());
    if !old_is_mine || !(new_is_mine || stays || below_new) {
        problems.push(problem(row.row, SheetProblemCode::OutsideRights, row.code.clone()));
    }
}

fn compare(known: Option<&Branch>, branch: &Branch, loaded: &mut BranchesLoaded) {
    match known {
        None => loaded.new.push(branch.code.clone()),
        Some(known) if known.parent_id != branch.parent_id => loaded.moved.push(branch.code.clone()),
        Some(known) if known.name != branch.name || known.kind != branch.kind || known.code != branch.code => {
            loaded.changed.push(branch.code.clone());
        }
        Some(_) => loaded.unchanged += 1,
    }
}

fn missing(caller: &Caller, before: &Tree, planned: &[Branch]) -> Vec<String> {
    let named = |id: &str| planned.iter().any(|branch| branch.id == id);
    let mine = |id: &str| caller.covers(Role::Administrator, Some(id), before);
    before.nodes().iter().filter(|node| mine(&node.id) && !named(&node.id)).map(|node| node.code.clone()).collect()
}

/// Parents before children, so that every reference points to a row that is there.
fn parents_first(mut branches: Vec<Branch>) -> Vec<Branch> {
    let mut sorted: Vec<Branch> = Vec::with_capacity(branches.len());
    while !branches.is_empty() {
        let waiting: Vec<String> = branches.iter().map(|branch| branch.id.clone()).collect();
        let (ready, rest): (Vec<Branch>, Vec<Branch>) = branches
            .into_iter()
            .partition(|branch| branch.parent_id.as_ref().is_none_or(|parent| !waiting.contains(parent)));
        if ready.is_empty() {
            sorted.extend(rest);
            break;
        }
        sorted.extend(ready);
        branches = rest;
    }
    sorted
}
