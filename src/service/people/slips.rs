//! First passwords on paper: for whom they are due, and making them.

use super::{READERS, find_visible, keeps, tree};
use crate::app::{App, Stored};
use crate::limits;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::tree::{Node, Tree};
use crate::service::accounts::event;
use crate::service::error::{Error, Mistake, Result, Thing};
use crate::store::db::Tx;
use crate::store::people::found::{self, Narrowed, NewPassword};
use crate::store::people::{self, Person, RoleRow};
use crate::store::trace;
use serde_json::json;
use std::collections::HashMap;

/// What one person is handed to sign in for the first time.
#[derive(Debug, Clone)]
pub struct Slip {
    /// What the person signs in with, in full.
    pub login: String,
    /// The name.
    pub name: String,
    /// The first password.
    pub password: String,
    /// The branch and those above it, from the top down.
    pub path: Vec<Node>,
}

/// For whom slips are made.
#[derive(Debug, Clone)]
pub enum Chosen {
    /// Everyone in a subtree, or in all that the caller keeps, who never changed the first password.
    Waiting(Option<String>),
    /// These people, by id or login, whatever password they have.
    Picked(Vec<String>),
}

/// Who never changed the first password: how many in each branch, in the official order.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The branch asked for.
    pub branch: Option<Node>,
    /// How many in all.
    pub all: usize,
    /// How many in each branch; `None`: with a role over the whole unit.
    pub by_branch: Vec<(Option<Node>, usize)>,
}

/// Somebody with the branch where the slip is handed out.
struct Found {
    person: Person,
    place: Option<String>,
}

/// Of the roles held now, the membership says where somebody is met, otherwise the first.
fn place_of(rows: &[RoleRow]) -> Option<String> {
    let mut held: Vec<&RoleRow> = rows.iter().filter(|row| row.until_at_ms.is_none()).collect();
    held.sort_by_key(|row| row.role != Role::Member.name());
    held.first().and_then(|row| row.branch_id.clone())
}

async fn find_waiting(tx: &mut Tx, caller: &Caller, tree: &Tree, branch: Option<&Node>) -> Result<Vec<Found>> {
    let subtree = branch.map(|node| tree.subtree(&node.id));
    let is_in = |id: &str| {
        caller.covers(Role::Administrator, Some(id), tree) && subtree.as_ref().is_none_or(|ids| ids.contains(id))
    };
    let narrowed = Narrowed {
        branch_ids: tree.nodes().iter().filter(|node| is_in(&node.id)).map(|node| node.id.clone()).collect(),
        whole: branch.is_none() && caller.covers(Role::Administrator, None, tree),
        role: String::new(),
        state: "roster",
        waiting: true,
    };
    let people = found::page(tx, &narrowed, 0, i64::MAX).await?;
    Ok(placed(tx, caller, tree, people)
        .await?
        .into_iter()
        .filter(|(_, is_kept)| *is_kept)
        .map(|(one, _)| one)
        .collect())
}

/// People with their place, and whether the caller keeps them, in the official order of branches and people.
async fn placed(tx: &mut Tx, caller: &Caller, tree: &Tree, people: Vec<Person>) -> Result<Vec<(Found, bool)>> {
    let ids: Vec<&str> = people.iter().map(|person| person.id.as_str()).collect();
    let mut rows: HashMap<String, Vec<RoleRow>> = HashMap::new();
    for row in found::roles_of_all(tx, &ids).await? {
        rows.entry(row.person_id.clone()).or_default().push(row);
    }
    let order: HashMap<&str, usize> =
        tree.walk().into_iter().enumerate().map(|(index, (_, node))| (node.id.as_str(), index)).collect();
    let mut placed: Vec<(Found, bool)> = people
        .into_iter()
        .map(|person| {
            let rows = rows.remove(&person.id).unwrap_or_default();
            (Found { place: place_of(&rows), person }, keeps(caller, tree, &rows))
        })
        .collect();
    let key = |found: &Found| found.place.as_deref().and_then(|id| order.get(id)).copied();
    placed.sort_by_cached_key(|(found, _)| (key(found), found.person.position, found.person.login_folded.clone()));
    Ok(placed)
}

fn branch_of(caller: &Caller, tree: &Tree, code: Option<&str>) -> Result<Option<Node>> {
    let Some(code) = code.map(str::trim).filter(|code| !code.is_empty()) else { return Ok(None) };
    let node = tree.by_code(code).filter(|node| caller.covers_any(&READERS, Some(&node.id), tree));
    let node = node.ok_or(Error::NotFound(Thing::Branch))?;
    let may = caller.covers(Role::Administrator, Some(&node.id), tree);
    if may { Ok(Some(node.clone())) } else { Err(Error::Forbidden(Some(Role::Administrator))) }
}

/// Who still has the first password, in a subtree or in all that the caller keeps.
pub async fn waiting(app: &App, caller: &Caller, branch: Option<&str>) -> Result<Waiting> {
    let mut tx = app.db.read().await?;
    let tree = tree(&mut tx).await?;
    let branch = branch_of(caller, &tree, branch)?;
    let found = find_waiting(&mut tx, caller, &tree, branch.as_ref()).await?;
    let mut by_branch: Vec<(Option<Node>, usize)> = Vec::new();
    for one in &found {
        let place = one.place.as_deref().and_then(|id| tree.get(id));
        match by_branch.last_mut().filter(|(last, _)| last.as_ref() == place) {
            Some((_, count)) => *count += 1,
            None => by_branch.push((place.cloned(), 1)),
        }
    }
    Ok(Waiting { branch, all: found.len(), by_branch })
}

/// Makes first passwords and returns them, this once. Those before stop working, and their owners are signed out.
pub async fn issue(app: &App, caller: &Caller, now_ms: i64, chosen: &Chosen) -> Result<Vec<Slip>> {
    let mut tx = app.db.write().await?;
    people::hold(&mut tx).await?;
    let tree = tree(&mut tx).await?;
    let found = match chosen {
        Chosen::Waiting(branch) => {
            let branch = branch_of(caller, &tree, branch.as_deref())?;
            find_waiting(&mut tx, caller, &tree, branch.as_ref()).await?
        }
        Chosen::Picked(picked) => find_picked(&mut tx, caller, &tree, picked).await?,
    };
    if found.is_empty() {
        return Err(Error::Fields(vec![Mistake { field: "person", expected: "somebody" }]));
    }
    if found.len() > limits::SLIPS {
        return Err(Error::Fields(vec![Mistake { field: "person", expected: "fewer-slips" }]));
    }
    let mut slips = Vec::with_capacity(found.len());
    let mut passwords = Vec::with_capacity(found.len());
    for Found { person, place } in found {
        let password = app.randomness.readable_password();
        passwords.push(NewPassword { person_id: person.id, password: Stored::first(&password).text().to_owned() });
        let path = place.map(|id| tree.path(&id).into_iter().cloned().collect()).unwrap_or_default();
        slips.push(Slip { login: person.login, name: person.name, password, path });
    }
    found::set_first_passwords(&mut tx, &passwords).await?;
    let ids: Vec<&str> = passwords.iter().map(|one| one.person_id.as_str()).collect();
    trace::append(&mut tx, &event(caller, now_ms, "first-passwords-made", "", &json!({ "people": ids }))).await?;
    tx.commit().await?;
    app.caches.callers.clear();
    Ok(slips)
}

async fn find_picked(tx: &mut Tx, caller: &Caller, tree: &Tree, picked: &[String]) -> Result<Vec<Found>> {
    let mut people: Vec<Person> = Vec::new();
    for login in picked.iter().take(limits::SLIPS) {
        let person = find_visible(tx, caller, tree, login, &[Role::Administrator]).await?;
        if !people.iter().any(|known| known.id == person.id) {
            people.push(person);
        }
    }
    let placed = placed(tx, caller, tree, people).await?;
    if placed.iter().any(|(_, is_kept)| !is_kept) {
        return Err(Error::Forbidden(Some(Role::Administrator)));
    }
    Ok(placed.into_iter().map(|(one, _)| one).collect())
}
