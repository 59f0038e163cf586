//! The roster: branches and members as a file states them, compared with what is there, then applied as a whole.
//!
//! Nobody is deleted by absence from a file. A change of branch ends one membership and begins another.

mod branches;
mod known;
mod members;
mod said;
mod sheets;

pub use branches::BranchesLoaded;
pub use known::{Candidate, PossiblySame};
pub use members::{ChangedField, ChangedPerson, FirstPassword, MembersLoaded};
pub use said::said;
pub(crate) use sheets::tidy;
pub use sheets::{Column, Kept, Sent, forget, keep, kept, learned, looked_at, unlearn};

use crate::app::App;
use crate::formats::roster::{Learned, scan_branches, scan_members};
use crate::rules::rights::Caller;
use crate::rules::roster::{Departure, SheetKind, SheetProblem, SheetProblemCode};
use crate::rules::text::nearest;
use crate::rules::tree::{Node, Tree};
use crate::service::error::{Error, Result};
use crate::service::people::node;
use crate::store::branches::Branch;
use crate::store::db::Tx;
use crate::store::people::{Person, RoleRow};
use std::collections::HashMap;

/// The sheets of a load; at least one.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// Branches.
    pub branches: Option<Vec<u8>>,
    /// Members, who may stand in branches that the other sheet makes.
    pub members: Option<Vec<u8>>,
}

/// How a load is read, and what was answered to its questions.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Only say what would change.
    pub dry_run: bool,
    /// What headings mean, said with this load and remembered once it is applied.
    pub columns: Vec<Column>,
    /// What was answered.
    pub answers: Answers,
    /// Whether everybody who may be somebody known must be answered for.
    pub must_answer: bool,
}

impl Options {
    /// Everything as it is usual.
    pub fn usual(dry_run: bool) -> Self {
        Self { dry_run, ..Self::default() }
    }
}

/// Answers to what a sheet leaves open.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// Login or row of somebody whom the sheet would make → the login of the known person; empty: somebody new.
    pub same: HashMap<String, String>,
    /// Whether all who aren't answered for are new.
    pub others_new: bool,
    /// Login of somebody whom the sheet doesn't name → why they left; `None`: they stay.
    pub left: HashMap<String, Option<Departure>>,
    /// Why all others left whom the sheet doesn't name; `None`: they stay.
    pub others_left: Option<Departure>,
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

/// Where and for whom a load is planned.
struct Ground<'a> {
    app: &'a App,
    caller: &'a Caller,
    now_ms: i64,
    /// The branches as they will be.
    tree: &'a Tree,
    there: &'a There,
    options: &'a Options,
}

/// Loads branches from a sheet; all or nothing.
pub async fn load_branches(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    file: Vec<u8>,
    options: Options,
) -> Result<BranchesLoaded> {
    let files = Files { branches: Some(file), members: None };
    Ok(load(app, caller, now_ms, files, options).await?.branches.unwrap_or_default())
}

/// Loads members from a sheet; all or nothing.
pub async fn load_members(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    file: Vec<u8>,
    options: Options,
) -> Result<MembersLoaded> {
    let files = Files { branches: None, members: Some(file) };
    Ok(load(app, caller, now_ms, files, options).await?.members.unwrap_or_default())
}

/// Loads branches, members or both; all or nothing.
pub async fn load(app: &App, caller: &Caller, now_ms: i64, files: Files, options: Options) -> Result<Loaded> {
    sheets::check(caller)?;
    let kinds = [(SheetKind::Branches, files.branches.is_some()), (SheetKind::Members, files.members.is_some())];
    let mut tx = app.db.read().await?;
    let (of_branches, of_members) = (
        sheets::learned_with(&mut tx, SheetKind::Branches, &options.columns).await?,
        sheets::learned_with(&mut tx, SheetKind::Members, &options.columns).await?,
    );
    let there = There::read(&mut tx, files.members.is_some()).await?;
    drop(tx);
    let (branches, members) = scan(files, of_branches, of_members).await?;
    let branches = branches.map(|rows| branches::plan(app, caller, now_ms, rows, &there.branches)).transpose()?;
    let today = Tree::new(there.branches.iter().cloned().map(node).collect());
    let tree = branches.as_ref().map_or(&today, |plan| &plan.after);
    let ground = Ground { app, caller, now_ms, tree, there: &there, options: &options };
    let mut members = members.map(|rows| members::plan(&ground, rows)).transpose()?;
    if options.dry_run {
        return Ok(Loaded { branches: branches.map(|plan| plan.loaded), members: members.map(|plan| plan.loaded) });
    }
    if let Some(plan) = &mut members {
        plan.check_answered(options.must_answer)?;
        plan.hash(app).await?;
    }
    let mut tx = app.db.write().await?;
    crate::store::people::hold(&mut tx).await?;
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
    for (kind, _) in kinds.iter().filter(|(_, is_loaded)| *is_loaded) {
        sheets::remember(&mut tx, *kind, &options.columns).await?;
    }
    tx.commit().await?;
    app.db.take_statistics().await?;
    app.caches.callers.clear();
    Ok(loaded)
}

type Scans = (
    Option<crate::formats::roster::Scanned<crate::rules::roster::BranchRow>>,
    Option<crate::formats::roster::Scanned<crate::rules::roster::MemberRow>>,
);

async fn scan(files: Files, of_branches: Learned, of_members: Learned) -> Result<Scans> {
    let scan = move || {
        let branches = files.branches.map(|file| scan_branches(&file, &of_branches)).transpose()?;
        Ok((branches, files.members.map(|file| scan_members(&file, &of_members)).transpose()?))
    };
    let scanned = tokio::task::spawn_blocking(scan).await.map_err(|_| Error::Busy)?;
    scanned.map_err(Error::Sheet)
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
