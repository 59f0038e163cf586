//! Branches and people as they are today: the tree, lists within one's rights, one person's page.

use crate::app::App;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::text::fold;
use crate::rules::tree::{Node, Tree};
use crate::service::error::{Error, Result, Thing};
use crate::store::db::Tx;
use crate::store::people::{Person, RoleRow};
use crate::store::{branches, people, trace};
use std::collections::HashMap;

/// Roles that may see who belongs to a branch.
const READERS: [Role; 3] = [Role::Administrator, Role::Organizer, Role::Committee];

/// A person in a list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The person.
    pub person: Person,
    /// Roles held now: the role and the branch, where it isn't the whole unit.
    pub roles: Vec<(Role, Option<Node>)>,
}

/// Today's tree.
pub async fn tree(tx: &mut Tx) -> Result<Tree> {
    Ok(Tree::new(branches::list(tx).await?.into_iter().map(node).collect()))
}

/// Today's tree, read on its own.
pub async fn current_tree(app: &App) -> Result<Tree> {
    let mut tx = app.db.read().await?;
    tree(&mut tx).await
}

/// A stored branch as a node of a tree.
pub fn node(branch: branches::Branch) -> Node {
    Node { id: branch.id, code: branch.code, name: branch.name, kind: branch.kind, parent: branch.parent_id }
}

/// Who belongs to branches the caller may see, in the official order. `search` matches part of login, name or number;
/// `branch` is a code and stands for its subtree.
pub async fn list(app: &App, caller: &Caller, branch: Option<&str>, search: &str) -> Result<Vec<Listed>> {
    if !READERS.iter().any(|role| caller.has(*role)) {
        return Err(Error::Forbidden(Some(Role::Administrator)));
    }
    let mut tx = app.db.read().await?;
    let tree = tree(&mut tx).await?;
    let subtree = match branch {
        None => None,
        Some(code) => {
            let node = tree.by_code(code).filter(|node| caller.covers_any(&READERS, Some(&node.id), &tree));
            Some(tree.subtree(&node.ok_or(Error::NotFound(Thing::Branch))?.id))
        }
    };
    let roles = roles_by_person(people::current_roles(&mut tx).await?);
    let wanted = fold(search);
    let mut listed = Vec::new();
    for person in people::list(&mut tx).await? {
        let held = roles.get(&person.id).map(Vec::as_slice).unwrap_or_default();
        let visible = held.iter().any(|role| {
            let here = role.branch_id.as_deref();
            caller.covers_any(&READERS, here, &tree)
                && subtree.as_ref().is_none_or(|ids| here.is_some_and(|id| ids.contains(id)))
        });
        let unplaced = held.is_empty() && subtree.is_none() && caller.covers_any(&READERS, None, &tree);
        let found = wanted.is_empty()
            || [&person.login, &person.name, &person.number].iter().any(|text| fold(text).contains(&wanted));
        if (visible || unplaced) && found {
            let roles = held.iter().filter_map(|role| named_role(role, &tree)).collect();
            listed.push(Listed { person, roles });
        }
    }
    Ok(listed)
}

fn roles_by_person(roles: Vec<RoleRow>) -> HashMap<String, Vec<RoleRow>> {
    let mut by_person: HashMap<String, Vec<RoleRow>> = HashMap::new();
    for role in roles {
        by_person.entry(role.person_id.clone()).or_default().push(role);
    }
    by_person
}

fn named_role(role: &RoleRow, tree: &Tree) -> Option<(Role, Option<Node>)> {
    let place = role.branch_id.as_deref().and_then(|id| tree.get(id)).cloned();
    Some((Role::from_name(&role.role)?, place))
}

/// One person with roles and memberships, for those who may see the branch where the person stands or stood.
pub async fn show(app: &App, caller: &Caller, login: &str) -> Result<(Listed, Vec<(RoleRow, Option<Node>)>)> {
    let mut tx = app.db.read().await?;
    let tree = tree(&mut tx).await?;
    let person = find_visible(&mut tx, caller, &tree, login, &READERS).await?;
    let roles =
        people::roles_of(&mut tx, &person.id).await?.iter().filter_map(|role| named_role(role, &tree)).collect();
    let memberships = people::memberships(&mut tx, &person.id).await?;
    let history = memberships.into_iter().map(|row| {
        let place = row.branch_id.as_deref().and_then(|id| tree.get(id)).cloned();
        (row, place)
    });
    Ok((Listed { person, roles }, history.collect()))
}

/// The person of a login, if one of `roles` held by the caller covers where the person is a member (or holds any role).
pub(crate) async fn find_visible(
    tx: &mut Tx,
    caller: &Caller,
    tree: &Tree,
    login: &str,
    roles: &[Role],
) -> Result<Person> {
    let person = find_person(tx, login).await?;
    let held = people::roles_of(tx, &person.id).await?;
    let covered = held.iter().any(|role| caller.covers_any(roles, role.branch_id.as_deref(), tree))
        || (held.is_empty() && caller.covers_any(roles, None, tree));
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

/// Gives a person a new first password, returned once. For administrators over everything the person holds.
pub async fn reset_password(app: &App, caller: &Caller, now_ms: i64, login: &str) -> Result<String> {
    let password = app.randomness.readable_password();
    let mut tx = app.db.write().await?;
    let tree = tree(&mut tx).await?;
    let person = find_visible(&mut tx, caller, &tree, login, &[Role::Administrator]).await?;
    let held = people::roles_of(&mut tx, &person.id).await?;
    if !held.iter().all(|role| caller.covers(Role::Administrator, role.branch_id.as_deref(), &tree)) {
        return Err(Error::Forbidden(Some(Role::Administrator)));
    }
    people::set_password(&mut tx, &person.id, crate::app::Stored::first(&password).text(), true).await?;
    crate::store::sessions::delete_of(&mut tx, &person.id, None).await?;
    let event = trace::Event {
        at_ms: now_ms,
        kind: "password-reset",
        subject: person.id,
        actor_id: caller.person_id.clone(),
        detail: "{}".into(),
    };
    trace::append(&mut tx, &event).await?;
    tx.commit().await?;
    app.caches.callers.clear();
    Ok(password)
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
