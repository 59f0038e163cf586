//! Keeping branches: added, renamed, moved below another, put in order, deleted while nothing ever named them.
//!
//! Figures of settled tests follow the tree as it was then; rights follow the tree of today.

use crate::app::App;
use crate::rules::rights::Caller;
use crate::rules::roster::{Role, looks_like_identity_number};
use crate::rules::text::{CODE_CHARACTERS, fold, tidy_code, tidy_name};
use crate::rules::tree::{Node, Tree};
use crate::service::accounts::event;
use crate::service::error::{Error, Mistake, Result, Thing};
use crate::service::people::{READERS, below, node};
use crate::store::branches::{self, Branch, Uses};
use crate::store::db::Tx;
use crate::store::people::found;
use crate::store::{people, trace};
use serde_json::{Value, json};
use std::collections::HashMap;

/// A branch in the list.
#[derive(Debug, Clone)]
pub struct Row {
    /// How deep it stands below the highest one in the list.
    pub depth: usize,
    /// The branch.
    pub node: Node,
    /// Members of the branch itself.
    pub own: i64,
    /// Members of the branch and everything below it.
    pub all: i64,
    /// Whether it was searched for, or only leads to one that was.
    pub is_match: bool,
}

/// One branch with everything that its page shows.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each says whether the page offers something")]
pub struct Shown {
    /// The branch, with its members.
    pub row: Row,
    /// The branches above it that the caller may see, from the top down.
    pub path: Vec<Node>,
    /// The branches right below it.
    pub children: Vec<Row>,
    /// Whether the caller administers it.
    pub may_keep: bool,
    /// Whether the caller may publish for it, and so keeps its template for circulars.
    pub may_publish: bool,
    /// Whether the caller may change its place: administers what is right above it.
    pub may_place: bool,
    /// Whether it has a sibling before it, and one behind it.
    pub neighbours: (bool, bool),
    /// Where it could be moved to.
    pub elsewhere: Vec<(usize, Node)>,
    /// Whether it could stand at the top.
    pub may_top: bool,
    /// What keeps it from being deleted, as names of messages.
    pub uses: Vec<&'static str>,
}

/// Members of each branch alone, and of each with everything below it.
struct Counts(HashMap<String, (i64, i64)>);

impl Counts {
    async fn read(tx: &mut Tx, tree: &Tree) -> Result<Self> {
        let mut counts: HashMap<String, (i64, i64)> = HashMap::new();
        for (id, own) in found::members_by_branch(tx).await? {
            counts.entry(id.clone()).or_default().0 = own;
            for above in tree.path(&id) {
                counts.entry(above.id.clone()).or_default().1 += own;
            }
        }
        Ok(Self(counts))
    }

    fn row(&self, depth: usize, node: Node) -> Row {
        let (own, all) = self.0.get(&node.id).copied().unwrap_or_default();
        Row { depth, node, own, all, is_match: true }
    }
}

fn sees(caller: &Caller, id: &str, tree: &Tree) -> bool {
    caller.covers_any(&READERS, Some(id), tree)
}

fn keeps(caller: &Caller, id: Option<&str>, tree: &Tree) -> bool {
    caller.covers(Role::Administrator, id, tree)
}

fn mistake(field: &'static str, expected: &'static str) -> Error {
    Error::Fields(vec![Mistake { field, expected }])
}

async fn read_tree(tx: &mut Tx) -> Result<(Vec<Branch>, Tree)> {
    let branches = branches::list(tx).await?;
    let tree = Tree::new(branches.iter().cloned().map(node).collect());
    Ok((branches, tree))
}

/// Branches the caller may see, in the official order; with a search those whose name or code it is part of, and what
/// stands above them.
pub async fn list(app: &App, caller: &Caller, search: &str) -> Result<Vec<Row>> {
    let mut tx = app.db.read().await?;
    let (_, tree) = read_tree(&mut tx).await?;
    let counts = Counts::read(&mut tx, &tree).await?;
    let folded = fold(search);
    let is_match = |node: &Node| fold(&node.name).contains(&folded) || fold(&node.code).contains(&folded);
    let visible = below(&tree, |id| sees(caller, id, &tree));
    let leads = |node: &Node| visible.iter().any(|(_, other)| is_match(other) && tree.is_within(&other.id, &node.id));
    let shown = visible.iter().filter(|(_, node)| folded.is_empty() || leads(node));
    Ok(shown.map(|(depth, node)| Row { is_match: is_match(node), ..counts.row(*depth, node.clone()) }).collect())
}

/// The branch of a code, or of an id, if the caller may see it.
fn find(tree: &Tree, caller: &Caller, code: &str) -> Result<Node> {
    let node = tree.by_code(code).or_else(|| tree.get(code)).filter(|node| sees(caller, &node.id, tree));
    node.cloned().ok_or(Error::NotFound(Thing::Branch))
}

/// One branch.
pub async fn show(app: &App, caller: &Caller, code: &str) -> Result<Shown> {
    let mut tx = app.db.read().await?;
    let (_, tree) = read_tree(&mut tx).await?;
    let node = find(&tree, caller, code)?;
    let counts = Counts::read(&mut tx, &tree).await?;
    let may_keep = keeps(caller, Some(&node.id), &tree);
    let may_place = may_keep && keeps(caller, node.parent.as_deref(), &tree);
    let siblings = tree.children(node.parent.as_deref());
    let at = siblings.iter().position(|sibling| sibling.id == node.id);
    let uses = if may_place { used(branches::uses(&mut tx, &node.id).await?) } else { Vec::new() };
    let elsewhere = below(&tree, |id| keeps(caller, Some(id), &tree))
        .into_iter()
        .filter(|(_, other)| may_place && !tree.is_within(&other.id, &node.id))
        .collect();
    let children = tree.children(Some(&node.id)).into_iter().map(|child| counts.row(0, child.clone())).collect();
    let above = tree.path(&node.id).into_iter().filter(|above| above.id != node.id && sees(caller, &above.id, &tree));
    Ok(Shown {
        path: above.cloned().collect(),
        children,
        may_keep,
        may_publish: caller.covers_any(&[Role::Organizer, Role::Committee], Some(&node.id), &tree),
        may_place,
        neighbours: (at.is_some_and(|at| at > 0), at.is_some_and(|at| at + 1 < siblings.len())),
        elsewhere,
        may_top: may_place && keeps(caller, None, &tree),
        uses,
        row: counts.row(0, node),
    })
}

fn used(uses: Uses) -> Vec<&'static str> {
    let all = [
        (uses.children, "children"),
        (uses.people, "people"),
        (uses.tests, "tests"),
        (uses.banks, "banks"),
        (uses.results, "results"),
    ];
    all.into_iter().filter(|(is_used, _)| *is_used).map(|(_, name)| name).collect()
}

/// What a branch is called; what is left out stays as it is.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The code.
    pub code: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// 党委, 总支, 支部 …
    pub kind: Option<String>,
}

/// Takes what was typed into a branch; every mistake at once.
fn take(branch: &mut Branch, facts: &Facts) -> Result<()> {
    let mut mistakes = Vec::new();
    let mut note = |field, expected| mistakes.push(Mistake { field, expected });
    if let Some(code) = &facts.code {
        branch.code = tidy_code(code).unwrap_or_default();
        branch.code_folded = fold(&branch.code);
        if branch.code.is_empty() {
            note("code", "code");
        }
    }
    if let Some(name) = &facts.name {
        branch.name = tidy_name(name);
        if branch.name.is_empty() {
            note("name", "not-empty");
        }
    }
    if let Some(kind) = &facts.kind {
        branch.kind = tidy_name(kind);
    }
    for (field, text) in [("code", &branch.code), ("name", &branch.name), ("kind", &branch.kind)] {
        if text.chars().count() > CODE_CHARACTERS {
            note(field, "short");
        }
        if looks_like_identity_number(&fold(text)) {
            note(field, "no-identity-number");
        }
    }
    if mistakes.is_empty() { Ok(()) } else { Err(Error::Fields(mistakes)) }
}

/// A change of branches: the transaction, in which nobody else changes them meanwhile.
struct Act<'a> {
    app: &'a App,
    caller: &'a Caller,
    now_ms: i64,
    tx: Tx,
    branches: Vec<Branch>,
    tree: Tree,
}

impl<'a> Act<'a> {
    async fn begin(app: &'a App, caller: &'a Caller, now_ms: i64) -> Result<Self> {
        let mut tx = app.db.write().await?;
        people::hold(&mut tx).await?;
        let (branches, tree) = read_tree(&mut tx).await?;
        Ok(Self { app, caller, now_ms, tx, branches, tree })
    }

    fn check(&self, id: Option<&str>) -> Result<()> {
        if keeps(self.caller, id, &self.tree) { Ok(()) } else { Err(Error::Forbidden(Some(Role::Administrator))) }
    }

    /// A branch that the caller administers.
    fn kept(&self, code: &str) -> Result<Branch> {
        let node = find(&self.tree, self.caller, code)?;
        self.check(Some(&node.id))?;
        let branch = self.branches.iter().find(|branch| branch.id == node.id);
        branch.cloned().ok_or(Error::NotFound(Thing::Branch))
    }

    /// The branch of a code that another is to stand below; an empty one is the top. The caller administers it.
    fn parent(&self, code: &str) -> Result<Option<String>> {
        let code = code.trim();
        let id = if code.is_empty() {
            None
        } else {
            Some(self.tree.by_code(code).ok_or_else(|| mistake("parent", "branch"))?.id.clone())
        };
        self.check(id.as_deref())?;
        Ok(id)
    }

    fn last(&self) -> i64 {
        self.branches.iter().map(|branch| branch.position).max().unwrap_or(-1)
    }

    fn check_free(&self, branch: &Branch) -> Result<()> {
        let taken = |other: &&Branch| other.code_folded == branch.code_folded && other.id != branch.id;
        if self.branches.iter().any(|other| taken(&other)) { Err(Error::NameTaken(Thing::Branch)) } else { Ok(()) }
    }

    async fn done(mut self, kind: &'static str, id: &str, detail: &Value) -> Result<()> {
        trace::append(&mut self.tx, &event(self.caller, self.now_ms, kind, id, detail)).await?;
        self.tx.commit().await?;
        self.app.caches.callers.clear();
        Ok(())
    }
}

/// Adds a branch below another, or at the top; it comes last among its siblings. The same again changes nothing.
pub async fn add(app: &App, caller: &Caller, now_ms: i64, facts: &Facts, parent: &str) -> Result<Node> {
    let mut act = Act::begin(app, caller, now_ms).await?;
    let mut branch = Branch {
        id: app.randomness.id(now_ms),
        code: String::new(),
        code_folded: String::new(),
        name: String::new(),
        kind: String::new(),
        parent_id: None,
        position: act.last() + 1,
    };
    let given = |text: &Option<String>| Some(text.clone().unwrap_or_default());
    take(&mut branch, &Facts { code: given(&facts.code), name: given(&facts.name), kind: given(&facts.kind) })?;
    branch.parent_id = act.parent(parent)?;
    let is_same = |other: &&Branch| {
        (&other.code_folded, &other.name, &other.kind, &other.parent_id)
            == (&branch.code_folded, &branch.name, &branch.kind, &branch.parent_id)
    };
    if let Some(same) = act.branches.iter().find(is_same) {
        return Ok(node(same.clone()));
    }
    act.check_free(&branch)?;
    branches::put(&mut act.tx, &branch).await?;
    let detail = json!({ "code": branch.code, "name": branch.name, "kind": branch.kind, "parent": branch.parent_id });
    act.done("branch-added", &branch.id, &detail).await?;
    Ok(node(branch))
}

/// Changes what a branch is called. Its code stays while a test that isn't over names it.
pub async fn change(app: &App, caller: &Caller, now_ms: i64, code: &str, facts: &Facts) -> Result<Node> {
    let mut act = Act::begin(app, caller, now_ms).await?;
    let before = act.kept(code)?;
    let mut branch = before.clone();
    take(&mut branch, facts)?;
    act.check_free(&branch)?;
    if branch.code_folded != before.code_folded && branches::is_in_a_running_test(&mut act.tx, &branch.id).await? {
        return Err(mistake("code", "code-in-test"));
    }
    if branch == before {
        return Ok(node(branch));
    }
    branches::put(&mut act.tx, &branch).await?;
    let fields = [
        ("code", &before.code, &branch.code),
        ("name", &before.name, &branch.name),
        ("kind", &before.kind, &branch.kind),
    ];
    let changed = fields.into_iter().filter(|(_, before, after)| before != after);
    let detail: Value = changed.map(|(field, before, after)| (field.to_owned(), json!([before, after]))).collect();
    act.done("branch-changed", &branch.id, &detail).await?;
    Ok(node(branch))
}

/// Moves a branch with everything below it under another one, or to the top. For administrators over both ends: what it
/// stands below now, and what it will stand below.
pub async fn move_below(app: &App, caller: &Caller, now_ms: i64, code: &str, parent: &str) -> Result<Node> {
    let mut act = Act::begin(app, caller, now_ms).await?;
    let before = act.kept(code)?;
    act.check(before.parent_id.as_deref())?;
    let parent_id = act.parent(parent)?;
    if parent_id == before.parent_id {
        return Ok(node(before));
    }
    if parent_id.as_deref().is_some_and(|id| act.tree.is_within(id, &before.id)) {
        return Err(mistake("parent", "no-circle"));
    }
    let branch = Branch { parent_id, position: act.last() + 1, ..before.clone() };
    branches::put(&mut act.tx, &branch).await?;
    let detail = json!({ "from": before.parent_id, "to": branch.parent_id });
    act.done("branch-moved", &branch.id, &detail).await?;
    Ok(node(branch))
}

/// Puts a branch one place up or down among its siblings; the first and the last stay. For administrators over what
/// stands above them.
pub async fn reorder(app: &App, caller: &Caller, now_ms: i64, code: &str, up: bool) -> Result<Node> {
    let mut act = Act::begin(app, caller, now_ms).await?;
    let branch = act.kept(code)?;
    act.check(branch.parent_id.as_deref())?;
    let mut siblings: Vec<String> =
        act.tree.children(branch.parent_id.as_deref()).into_iter().map(|node| node.id.clone()).collect();
    let at = siblings.iter().position(|id| *id == branch.id).unwrap_or_default();
    let other = if up { at.checked_sub(1) } else { Some(at + 1).filter(|next| *next < siblings.len()) };
    let Some(other) = other else { return Ok(node(branch)) };
    siblings.swap(at, other);
    // Branches of the first loads may share a place; then all are numbered anew, in the order in which they stand.
    let place = |id: &String| act.branches.iter().position(|branch| branch.id == *id);
    let mut places: Vec<usize> = siblings.iter().filter_map(place).collect();
    places.sort_unstable();
    let targets: HashMap<&String, usize> = siblings.iter().zip(places).collect();
    let known: Vec<i64> = act.branches.iter().map(|branch| branch.position).collect();
    let is_strict = known.windows(2).all(|pair| matches!(pair, [one, two] if one < two));
    let positions: Vec<i64> = if is_strict { known } else { (0..).take(known.len()).collect() };
    let mut changed = Vec::new();
    for (index, before) in act.branches.iter().enumerate() {
        let target = targets.get(&before.id).copied().unwrap_or(index);
        let position = positions.get(target).copied().unwrap_or(before.position);
        if position != before.position {
            changed.push(Branch { position, ..before.clone() });
        }
    }
    for branch in &changed {
        branches::put(&mut act.tx, branch).await?;
    }
    let detail = json!({ "siblings": siblings });
    act.done("branch-ordered", &branch.id, &detail).await?;
    Ok(node(branch))
}

/// Deletes a branch that nothing ever named; otherwise says what does.
pub async fn delete(app: &App, caller: &Caller, now_ms: i64, code: &str) -> Result<()> {
    let mut act = Act::begin(app, caller, now_ms).await?;
    let branch = act.kept(code)?;
    act.check(branch.parent_id.as_deref())?;
    let uses = used(branches::uses(&mut act.tx, &branch.id).await?);
    if !uses.is_empty() {
        return Err(Error::BranchInUse(uses));
    }
    branches::delete(&mut act.tx, &branch.id).await?;
    let detail = json!({ "code": branch.code, "name": branch.name });
    act.done("branch-deleted", &branch.id, &detail).await
}
