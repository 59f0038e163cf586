//! Branches and people as they are today: the tree, lists within one's rights, one person's page; and keeping them.

mod day;
mod keep;
mod list;
mod moves;
pub mod own_data;
mod slips;

pub use day::{civil_day, iso_day};
pub use keep::{Added, Facts, NewPerson, add, change, form_id, reset_password};
pub use list::{Asked, Page, State, all, list, page};
pub use moves::{Departing, Ending, Giving, Moving, depart, give_role, move_to, take_role};
pub use slips::{Chosen, Slip, Waiting, issue, waiting};

use crate::app::App;
use crate::rules::rights::Caller;
use crate::rules::roster::{Departure, Role};
use crate::rules::text::fold;
use crate::rules::tree::{Node, Tree};
use crate::service::error::{Error, Result, Thing};
use crate::store::db::Tx;
use crate::store::people::{Person, RoleRow, found};
use crate::store::{people, trees};

pub use crate::store::trees::node;

/// Roles that may see who belongs to a branch.
pub(crate) const READERS: [Role; 3] = [Role::Administrator, Role::Organizer, Role::Committee];

/// A person in a list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The person.
    pub person: Person,
    /// Roles held now: the role and the branch, where it isn't the whole unit.
    pub roles: Vec<(Role, Option<Node>)>,
    /// When and why the last role ended, where none is held any more.
    pub left: Option<(i64, Option<Departure>)>,
}

/// A role as it is or was held.
#[derive(Debug, Clone)]
pub struct Held {
    /// Which.
    pub role: Role,
    /// Where; `None`: over the whole unit.
    pub place: Option<Node>,
    /// Since when.
    pub from_at_ms: i64,
    /// Until when; `None`: still.
    pub until_at_ms: Option<i64>,
    /// Why it ended, where somebody said so.
    pub ended_as: Option<Departure>,
}

/// One person with everything that the page about them shows.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The person with the roles held now.
    pub listed: Listed,
    /// Every role held now or once, the earliest first.
    pub history: Vec<Held>,
    /// Whether the caller administers every place where the person stands.
    pub may_keep: bool,
}

impl Shown {
    /// The present membership.
    pub fn membership(&self) -> Option<&Held> {
        self.history.iter().find(|held| held.role == Role::Member && held.until_at_ms.is_none())
    }
}

/// Today's tree.
pub async fn tree(tx: &mut Tx) -> Result<Tree> {
    Ok(trees::today(tx).await?)
}

/// Today's tree, read on its own.
pub async fn current_tree(app: &App) -> Result<Tree> {
    let mut tx = app.db.read().await?;
    tree(&mut tx).await
}

fn place_of(row: &RoleRow, tree: &Tree) -> Option<Node> {
    row.branch_id.as_deref().and_then(|id| tree.get(id)).cloned()
}

/// A person with what they hold, of the rows of every role held or once held.
fn listed(person: Person, rows: &[RoleRow], tree: &Tree) -> Listed {
    let mut roles: Vec<&RoleRow> = rows.iter().filter(|row| row.until_at_ms.is_none()).collect();
    roles.sort_by(|one, two| one.id.cmp(&two.id));
    let last = rows.iter().filter(|_| roles.is_empty()).max_by_key(|row| (row.until_at_ms, row.ended_as.is_some()));
    let reason = |row: &RoleRow| row.ended_as.as_deref().and_then(Departure::from_name);
    Listed {
        left: last.and_then(|row| Some((row.until_at_ms?, reason(row)))),
        roles: roles.iter().filter_map(|row| Some((Role::from_name(&row.role)?, place_of(row, tree)))).collect(),
        person,
    }
}

/// One person with roles and history, for those who may see the branch where the person stands or stood last.
pub async fn show(app: &App, caller: &Caller, login: &str) -> Result<Shown> {
    let mut tx = app.db.read().await?;
    let tree = tree(&mut tx).await?;
    let person = find_visible(&mut tx, caller, &tree, login, &READERS).await?;
    let rows = found::roles_of_all(&mut tx, &[&person.id]).await?;
    let may_keep = keeps(caller, &tree, &rows);
    let held = |row: &RoleRow| {
        Some(Held {
            role: Role::from_name(&row.role)?,
            place: place_of(row, &tree),
            from_at_ms: row.from_at_ms,
            until_at_ms: row.until_at_ms,
            ended_as: row.ended_as.as_deref().and_then(Departure::from_name),
        })
    };
    let history = rows.iter().filter_map(held).collect();
    Ok(Shown { listed: listed(person, &rows, &tree), history, may_keep })
}

/// Where a person stands: the places of the roles held now; of who holds none, those of the roles that ended last; of who
/// never held any, the whole unit.
fn places(rows: &[RoleRow]) -> Vec<Option<&str>> {
    let end = if rows.iter().any(|row| row.until_at_ms.is_none()) {
        None
    } else {
        rows.iter().filter_map(|row| row.until_at_ms).max()
    };
    let mut places: Vec<Option<&str>> =
        rows.iter().filter(|row| row.until_at_ms == end).map(|row| row.branch_id.as_deref()).collect();
    if places.is_empty() {
        places.push(None);
    }
    places
}

/// Whether the caller administers every place where a person stands.
fn keeps(caller: &Caller, tree: &Tree, rows: &[RoleRow]) -> bool {
    places(rows).iter().all(|place| caller.covers(Role::Administrator, *place, tree))
}

/// The person of a login, if one of `roles` held by the caller covers where the person stands.
pub(crate) async fn find_visible(
    tx: &mut Tx,
    caller: &Caller,
    tree: &Tree,
    login: &str,
    roles: &[Role],
) -> Result<Person> {
    let person = find_person(tx, login).await?;
    let rows = found::roles_of_all(tx, &[&person.id]).await?;
    let covered = places(&rows).iter().any(|place| caller.covers_any(roles, *place, tree));
    if covered { Ok(person) } else { Err(Error::NotFound(Thing::Person)) }
}

/// The person of a login, or of the immutable id under which lists name everybody: a telephone number as login is
/// shown in part only.
pub(crate) async fn find_person(tx: &mut Tx, login: &str) -> Result<Person> {
    let found = match people::find_by_login(tx, &fold(login)).await? {
        Some(person) => Some(person),
        None => people::find(tx, login).await?,
    };
    found.ok_or(Error::NotFound(Thing::Person))
}

/// Where the caller keeps people: branches with their depth, in the official order, and whether the whole unit too.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// Whether the whole unit.
    pub whole: bool,
    /// The branches, each with how deep it stands below the highest one kept.
    pub branches: Vec<(usize, Node)>,
}

/// Where the caller keeps people.
pub async fn kept(app: &App, caller: &Caller) -> Result<Kept> {
    let tree = current_tree(app).await?;
    Ok(Kept {
        whole: caller.covers(Role::Administrator, None, &tree),
        branches: below(&tree, |id| caller.covers(Role::Administrator, Some(id), &tree)),
    })
}

/// Branches that a test lets through, each with its depth among them, in the official order.
pub(crate) fn below(tree: &Tree, is_in: impl Fn(&str) -> bool) -> Vec<(usize, Node)> {
    let depth =
        |node: &Node| tree.path(&node.id).iter().filter(|above| above.id != node.id && is_in(&above.id)).count();
    let inside = tree.walk().into_iter().filter(|(_, node)| is_in(&node.id));
    inside.map(|(_, node)| (depth(node), node.clone())).collect()
}

/// The words in use as a category, to choose from.
pub async fn categories(app: &App) -> Result<Vec<String>> {
    Ok(found::categories(&mut app.db.read().await?).await?)
}

/// Branches the caller may see, each with the code of the one above if that may be seen too, in the official order.
pub async fn visible_branches(app: &App, caller: &Caller) -> Result<Vec<(Node, Option<String>)>> {
    let tree = current_tree(app).await?;
    let visible = |id: &str| caller.covers_any(&READERS, Some(id), &tree);
    let parent = |node: &Node| {
        node.parent.as_deref().filter(|id| visible(id)).and_then(|id| tree.get(id)).map(|node| node.code.clone())
    };
    Ok(tree
        .walk()
        .into_iter()
        .filter(|(_, node)| visible(&node.id))
        .map(|(_, node)| (node.clone(), parent(node)))
        .collect())
}

/// A login as somebody else sees it: what looks like a telephone number keeps its middle to itself, except for
/// administrators, who need it to help people sign in.
pub fn shown_login(login: &str, caller: &Caller) -> String {
    let is_telephone = login.len() == 11 && login.starts_with('1') && login.bytes().all(|byte| byte.is_ascii_digit());
    if !is_telephone || caller.has(Role::Administrator) || caller.login == login {
        return login.to_owned();
    }
    let (start, end) = (login.get(..3).unwrap_or_default(), login.get(7..).unwrap_or_default());
    format!("{start}****{end}")
}
