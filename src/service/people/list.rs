//! Lists of people within one's rights, narrowed and in the official order.

use super::{Listed, READERS, listed, tree};
use crate::app::App;
use crate::limits;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::text::fold;
use crate::service::error::{Error, Result, Thing};
use crate::store::db::Tx;
use crate::store::people::found::{self, Narrowed};
use crate::store::people::{Person, RoleRow};
use std::collections::HashMap;

/// Whether somebody is on the roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Holds a role now.
    Roster,
    /// Holds none any more, or never did.
    Left,
    /// Either.
    Any,
}

impl State {
    /// The name in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Roster => "roster",
            Self::Left => "left",
            Self::Any => "any",
        }
    }

    /// The state of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Roster, Self::Left, Self::Any].into_iter().find(|state| state.name() == name)
    }
}

/// Which people are asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The code of a branch, for its subtree.
    pub branch: Option<String>,
    /// A role held there.
    pub role: Option<Role>,
    /// On the roster or not; `None`: on the roster, and without a branch also who can't be placed.
    pub state: Option<State>,
    /// Part of login, name or number.
    pub search: String,
}

/// Some of the people asked for.
#[derive(Debug, Clone)]
pub struct Page {
    /// The people of this page.
    pub people: Vec<Listed>,
    /// How many there are in all.
    pub all: i64,
    /// How many more there would be among those not on the roster.
    pub left: i64,
}

/// What the caller may see of what is asked for.
async fn narrowed(tx: &mut Tx, caller: &Caller, asked: &Asked) -> Result<Narrowed> {
    if !READERS.iter().any(|role| caller.has(*role)) {
        return Err(Error::Forbidden(Some(Role::Administrator)));
    }
    let tree = tree(tx).await?;
    let sees = |id: Option<&str>| caller.covers_any(&READERS, id, &tree);
    let subtree = match asked.branch.as_deref() {
        None => None,
        Some(code) => {
            let node = tree.by_code(code).filter(|node| sees(Some(&node.id)));
            Some(tree.subtree(&node.ok_or(Error::NotFound(Thing::Branch))?.id))
        }
    };
    let is_in = |id: &str| sees(Some(id)) && subtree.as_ref().is_none_or(|ids| ids.contains(id));
    let whole = subtree.is_none() && sees(None);
    let state = asked.state.unwrap_or(if whole { State::Any } else { State::Roster });
    Ok(Narrowed {
        branch_ids: tree.nodes().iter().filter(|node| is_in(&node.id)).map(|node| node.id.clone()).collect(),
        whole,
        role: asked.role.map(|role| role.name().to_owned()).unwrap_or_default(),
        state: state.name(),
        waiting: false,
    })
}

/// Whether a person is meant by what was typed to search. Case, width and the like don't matter, which no database can
/// tell: this is done on what it found.
fn is_meant(person: &Person, folded: &str) -> bool {
    [&person.login, &person.name, &person.number].iter().any(|text| fold(text).contains(folded))
}

async fn with_roles(tx: &mut Tx, people: Vec<Person>) -> Result<Vec<Listed>> {
    let tree = tree(tx).await?;
    let ids: Vec<&str> = people.iter().map(|person| person.id.as_str()).collect();
    let mut roles: HashMap<String, Vec<RoleRow>> = HashMap::new();
    for row in found::roles_of_all(tx, &ids).await? {
        roles.entry(row.person_id.clone()).or_default().push(row);
    }
    let of = |person: Person| {
        let rows = roles.remove(&person.id).unwrap_or_default();
        listed(person, &rows, &tree)
    };
    Ok(people.into_iter().map(of).collect())
}

/// Who belongs to branches the caller may see, in the official order. `search` matches part of login, name or number;
/// `branch` is a code and stands for its subtree.
pub async fn list(app: &App, caller: &Caller, branch: Option<&str>, search: &str) -> Result<Vec<Listed>> {
    let asked = Asked { branch: branch.map(ToOwned::to_owned), search: search.to_owned(), ..Asked::default() };
    all(app, caller, &asked).await
}

/// Everyone asked for whom the caller may see.
pub async fn all(app: &App, caller: &Caller, asked: &Asked) -> Result<Vec<Listed>> {
    let mut tx = app.db.read().await?;
    let narrowed = narrowed(&mut tx, caller, asked).await?;
    let folded = fold(&asked.search);
    let mut people = found::page(&mut tx, &narrowed, 0, i64::MAX).await?;
    people.retain(|person| is_meant(person, &folded));
    with_roles(&mut tx, people).await
}

/// A page of those asked for.
pub async fn page(app: &App, caller: &Caller, asked: &Asked, from: i64) -> Result<Page> {
    let mut tx = app.db.read().await?;
    let state = Some(asked.state.unwrap_or(State::Roster));
    let wanted = narrowed(&mut tx, caller, &Asked { state, ..asked.clone() }).await?;
    let gone = Narrowed { state: State::Left.name(), ..wanted.clone() };
    let folded = fold(&asked.search);
    let counts_left = state == Some(State::Roster);
    let (page, all, left) = if folded.is_empty() {
        let page = found::page(&mut tx, &wanted, from, limits::PAGE_ITEMS).await?;
        let left = if counts_left { found::count(&mut tx, &gone).await? } else { 0 };
        (page, found::count(&mut tx, &wanted).await?, left)
    } else {
        let mut found = found::page(&mut tx, &wanted, 0, i64::MAX).await?;
        found.retain(|person| is_meant(person, &folded));
        let all = count(&found);
        let skipped = found.into_iter().skip(usize::try_from(from).unwrap_or_default());
        let page = skipped.take(usize::try_from(limits::PAGE_ITEMS).unwrap_or_default()).collect();
        let mut others = if counts_left { found::page(&mut tx, &gone, 0, i64::MAX).await? } else { Vec::new() };
        others.retain(|person| is_meant(person, &folded));
        (page, all, count(&others))
    };
    Ok(Page { people: with_roles(&mut tx, page).await?, all, left })
}

fn count<T>(rows: &[T]) -> i64 {
    i64::try_from(rows.len()).unwrap_or(i64::MAX)
}
