//! The roster: branches and members as a file states them, compared with what is there, then applied as a whole.
//!
//! Nobody is deleted by absence from a file. A change of branch ends one membership and begins another.

mod branches;
mod members;

pub use branches::BranchesLoaded;
pub use members::{FirstPassword, MembersLoaded};

use crate::app::App;
use crate::formats::roster::{scan_branches, scan_members};
use crate::rules::rights::Caller;
use crate::rules::roster::{Role, SheetProblem, SheetProblemCode};
use crate::rules::text::nearest;
use crate::rules::tree::{Node, Tree};
use crate::service::error::{Error, Result};
use crate::service::people::node;
use crate::store::branches::Branch;
use crate::store::db::Tx;
use crate::store::people::{Person, RoleRow};

/// The sheets of a load; at least one.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// Branches.
    pub branches: Option<Vec<u8>>,
    /// Members, who may stand in branches that the other sheet makes.
    pub members: Option<Vec<u8>>,
}

/// What a load did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Loaded {
    /// Branches.
    pub branches: Option<BranchesLoaded>,
    /// Members.
    pub members: Option<MembersLoaded>,
}

/// What is there before a load.
#[derive(PartialEq, Eq)]
struct There {
    branches: Vec<Branch>,
    people: Vec<Person>,
    roles: Vec<RoleRow>,
}

impl There {
    /// Without passwords, which a load leaves alone where it states none: people sign in and change theirs meanwhile.
    async fn read(tx: &mut Tx, with_people: bool) -> Result<Self> {
        let branches = crate::store::branches::list(tx).await?;
        if !with_people {
            return Ok(Self { branches, people: Vec::new(), roles: Vec::new() });
        }
        let people = crate::store::people::list(tx).await?.into_iter();
        let people = people.map(|person| Person { password: None, must_change: false, ..person }).collect();
        Ok(Self { branches, people, roles: crate::store::people::current_roles(tx).await? })
    }
}

/// Loads branches from a sheet; all or nothing.
pub async fn load_branches(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    file: Vec<u8>,
    dry_run: bool,
) -> Result<BranchesLoaded> {
    let files = Files { branches: Some(file), members: None };
    Ok(load(app, caller, now_ms, files, dry_run).await?.branches.unwrap_or_default())
}

/// Loads members from a sheet; all or nothing.
pub async fn load_members(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    file: Vec<u8>,
    dry_run: bool,
) -> Result<MembersLoaded> {
    let files = Files { branches: None, members: Some(file) };
    Ok(load(app, caller, now_ms, files, dry_run).await?.members.unwrap_or_default())
}

/// Loads branches, members or both; all or nothing.
pub async fn load(app: &App, caller: &Caller, now_ms: i64, files: Files, dry_run: bool) -> Result<Loaded> {
    if !caller.has(Role::Administrator) {
        return Err(Error::Forbidden(Some(Role::Administrator)));
    }
    let scan = move || {
        let branches = files.branches.map(|file| scan_branches(&file)).transpose()?;
        Ok((branches, files.members.map(|file| scan_members(&file)).transpose()?))
    };
    let scanned = tokio::task::spawn_blocking(scan).await.map_err(|_| Error::Busy)?;
    let (branches, members) = scanned.map_err(Error::Sheet)?;
    let there = There::read(&mut app.db.read().await?, members.is_some()).await?;
    let branches = branches.map(|rows| branches::plan(app, caller, now_ms, rows, &there.branches)).transpose()?;
    let today = Tree::new(there.branches.iter().cloned().map(node).collect());
    let tree = branches.as_ref().map_or(&today, |plan| &plan.after);
    let mut members = members.map(|rows| members::plan(app, caller, now_ms, rows, tree, &there)).transpose()?;
    if dry_run {
        return Ok(Loaded { branches: branches.map(|plan| plan.loaded), members: members.map(|plan| plan.loaded) });
    }
    if let Some(plan) = &mut members {
        plan.hash(app).await?;
    }
    let mut tx = app.db.write().await?;
    if There::read(&mut tx, members.is_some()).await? != there {
        return Err(Error::ChangedMeanwhile);
    }
    let mut loaded = Loaded::default();
    if let Some(plan) = branches {
        loaded.branches = Some(plan.apply(&mut tx, caller, now_ms).await?);
    }
    if let Some(plan) = members {
        loaded.members = Some(plan.apply(&mut tx, caller, now_ms).await?);
    }
    tx.commit().await?;
    app.caches.callers.clear();
    Ok(loaded)
}

/// The branch that a sheet means by a code or a name.
fn resolve<'t>(tree: &'t Tree, text: &str, row: usize, column: &str) -> std::result::Result<&'t Node, SheetProblem> {
    if let Some(node) = tree.by_code(text) {
        return Ok(node);
    }
    let problem = |code, expected: String| SheetProblem {
        row,
        column: column.to_owned(),
        code,
        found: text.to_owned(),
        expected,
    };
    match tree.by_name(text).as_slice() {
        [node] => Ok(node),
        [] => {
            let known: Vec<&str> =
                tree.nodes().iter().flat_map(|node| [node.code.as_str(), node.name.as_str()]).collect();
            let near = nearest(text, known).unwrap_or_default().to_owned();
            Err(problem(SheetProblemCode::UnknownBranch, near))
        }
        several => {
            let codes: Vec<&str> = several.iter().map(|node| node.code.as_str()).collect();
            Err(problem(SheetProblemCode::AmbiguousBranch, codes.join(", ")))
        }
    }
}
