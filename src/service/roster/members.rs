//! Loading members and the other roles of people.

use crate::app::{App, Stored};
use crate::formats::roster::Scanned;
use crate::rules::rights::Caller;
use crate::rules::roster::{MemberRow, Role, SheetProblem, SheetProblemCode, places};
use crate::rules::text::fold;
use crate::rules::tree::Tree;
use crate::service::accounts::event;
use crate::service::error::{Error, Result};
use crate::service::roster::There;
use crate::store::db::Tx;
use crate::store::people::{self, Person, RoleRow};
use crate::store::trace;
use std::collections::{HashMap, HashSet};

/// A password that was made for a new person; shown once, never again.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FirstPassword {
    /// The login.
    pub login: String,
    /// The name.
    pub name: String,
    /// The password.
    pub password: String,
}

/// What a load of members did, or would do; logins in the file's order.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct MembersLoaded {
    /// New people.
    pub new: Vec<String>,
    /// People with another name, category, number, order or other roles.
    pub changed: Vec<String>,
    /// Members who now stand in another branch.
    pub moved: Vec<String>,
    /// Members whose membership ends.
    pub ended: Vec<String>,
    /// People as they were.
    pub unchanged: usize,
    /// Members within the caller's rights whom the file doesn't name; they stay.
    pub missing: Vec<String>,
    /// First passwords made; empty in a dry run.
    pub passwords: Vec<FirstPassword>,
    /// Headings of columns that mean nothing here and were left unread.
    pub ignored: Vec<String>,
}

/// One person as the file states it.
struct Stated<'a> {
    login: String,
    rows: Vec<(&'a MemberRow, Option<String>)>,
}

/// What is to be written for one person.
struct Change {
    person: Person,
    is_new: bool,
    end: Vec<String>,
    begin: Vec<RoleRow>,
    password: Option<(String, bool)>,
}

/// What is to be written.
pub(super) struct Plan {
    changes: Vec<Change>,
    pub(super) loaded: MembersLoaded,
}

impl Plan {
    /// Makes the stored forms of passwords. Hashing takes long, so it happens outside every transaction.
    pub(super) async fn hash(&mut self, app: &App) -> Result<()> {
        for change in &mut self.changes {
            if let Some((password, must_change)) = change.password.take() {
                let stored = app.hasher.hash(password, app.randomness.bytes()).await?;
                change.person.password = Some(stored.text().to_owned());
                change.person.must_change = must_change;
            } else if change.is_new {
                let password = app.randomness.readable_password();
                change.person.password = Some(Stored::first(&password).text().to_owned());
                change.person.must_change = true;
                self.loaded.passwords.push(FirstPassword {
                    login: change.person.login.clone(),
                    name: change.person.name.clone(),
                    password,
                });
            }
        }
        Ok(())
    }

    /// Writes it, with its entry in the chain of changes.
    pub(super) async fn apply(self, tx: &mut Tx, caller: &Caller, now_ms: i64) -> Result<MembersLoaded> {
        let Self { changes, loaded } = self;
        let ended: Vec<String> = changes.iter().flat_map(|change| change.end.clone()).collect();
        let begun: Vec<RoleRow> = changes.iter().flat_map(|change| change.begin.clone()).collect();
        let people: Vec<Person> = changes.into_iter().map(|change| change.person).collect();
        people::put(tx, &people).await?;
        people::end_roles(tx, &ended, now_ms, None).await?;
        people::insert_roles(tx, &begun).await?;
        let digest = serde_json::json!({ "new": loaded.new.len(), "changed": loaded.changed.len(), "moved": loaded.moved, "ended": loaded.ended });
        trace::append(tx, &event(caller, now_ms, "members-loaded", "", &digest)).await?;
        Ok(loaded)
    }
}

/// Compares a sheet with the people who are there, in the tree as it will be; every problem at once.
pub(super) fn plan(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    scanned: Scanned<MemberRow>,
    tree: &Tree,
    there: &There,
) -> Result<Plan> {
    let Scanned { rows, mut problems, ignored } = scanned;
    let known: HashMap<String, Person> =
        there.people.iter().map(|person| (person.login_folded.clone(), person.clone())).collect();
    let mut held: HashMap<String, Vec<RoleRow>> = HashMap::new();
    for role in &there.roles {
        held.entry(role.person_id.clone()).or_default().push(role.clone());
    }
    let stated = gather(caller, tree, Logins::new(&known, &held, &rows), &rows, &mut problems);
    let missing = missing(caller, tree, &known, &held, &stated);
    let positions = positions(&known, &stated, missing.is_empty() && caller.covers(Role::Administrator, None, tree));
    let mut loaded = MembersLoaded { missing, ignored, ..MembersLoaded::default() };
    let mut changes = Vec::new();
    for (person, position) in stated.iter().zip(positions) {
        let old = known.get(&fold(&person.login));
        let roles = old.and_then(|old| held.get(&old.id)).map(Vec::as_slice).unwrap_or_default();
        if let Some(code) = refusal(caller, tree, person, old, roles) {
            let row = person.rows.first().map_or(0, |(row, _)| row.row);
            problems.push(problem(row, "login", code, &person.login));
            continue;
        }
        let change = change_of(app, now_ms, position, person, old, roles);
        note(&change, person, old, roles, &mut loaded);
        changes.push(change);
    }
    problems.sort_by_key(|problem| problem.row);
    if problems.is_empty() { Ok(Plan { changes, loaded }) } else { Err(Error::Sheet(problems)) }
}

/// Why a person can't be changed as stated.
fn refusal(
    caller: &Caller,
    tree: &Tree,
    stated: &Stated<'_>,
    old: Option<&Person>,
    roles: &[RoleRow],
) -> Option<SheetProblemCode> {
    if roles.iter().any(|role| !caller.covers(Role::Administrator, role.branch_id.as_deref(), tree)) {
        return Some(SheetProblemCode::OutsideRights);
    }
    // Who isn't there can't leave, and must not be made by leaving.
    (old.is_none() && stated.rows.iter().all(|(row, _)| !row.active)).then_some(SheetProblemCode::UnknownLogin)
}

/// The place of each in the official order, as far as the file doesn't state it.
fn positions(known: &HashMap<String, Person>, stated: &[Stated<'_>], names_all: bool) -> Vec<i64> {
    let old: Vec<Option<i64>> =
        stated.iter().map(|person| known.get(&fold(&person.login)).map(|old| old.position)).collect();
    places(&old, names_all, known.values().map(|person| person.position).max().unwrap_or(-1))
}

fn problem(row: usize, column: &str, code: SheetProblemCode, found: &str) -> SheetProblem {
    SheetProblem { row, column: column.to_owned(), code, found: found.to_owned(), expected: String::new() }
}

/// Puts the rows of one login together, with their branches found and the caller's rights over each checked.
fn gather<'a>(
    caller: &Caller,
    tree: &Tree,
    mut logins: Logins<'_>,
    rows: &'a [MemberRow],
    problems: &mut Vec<SheetProblem>,
) -> Vec<Stated<'a>> {
    let mut stated: Vec<Stated<'a>> = Vec::new();
    let mut index: HashMap<String, usize> = HashMap::new();
    for row in rows {
        let branch = match &row.branch {
            None if row.role == Role::Administrator => None,
            // Noted when the sheet was read.
            None => continue,
            Some(text) => match super::resolve(tree, text, row.row, "branch") {
                Ok(node) => Some(node.id.clone()),
                Err(found) => {
                    problems.push(found);
                    continue;
                }
            },
        };
        if !caller.covers(Role::Administrator, branch.as_deref(), tree) {
            problems.push(problem(
                row.row,
                "branch",
                SheetProblemCode::OutsideRights,
                row.branch.as_deref().unwrap_or_default(),
            ));
            continue;
        }
        let login = row.login.clone().unwrap_or_else(|| logins.of(row, branch.as_deref()));
        let at = *index.entry(fold(&login)).or_insert_with(|| {
            stated.push(Stated { login, rows: Vec::new() });
            stated.len() - 1
        });
        if let Some(person) = stated.get_mut(at) {
            person.rows.push((row, branch));
        }
    }
    stated
}

/// Logins for rows that state none.
struct Logins<'k> {
    known: &'k HashMap<String, Person>,
    held: &'k HashMap<String, Vec<RoleRow>>,
    /// Logins that somebody has or the file states.
    taken: HashSet<String>,
    /// Known people whom a row of the file already stands for.
    claimed: HashSet<String>,
    /// Number and name of rows before → the login found for them.
    numbered: HashMap<(String, String), String>,
}

impl<'k> Logins<'k> {
    fn new(known: &'k HashMap<String, Person>, held: &'k HashMap<String, Vec<RoleRow>>, rows: &[MemberRow]) -> Self {
        let claimed: HashSet<String> = rows.iter().filter_map(|row| row.login.as_deref().map(fold)).collect();
        Self { known, held, taken: known.keys().chain(&claimed).cloned().collect(), claimed, numbered: HashMap::new() }
    }

    /// The login of the person whom a row means: the one of that name with that number, else the one of that name in
    /// that branch, so that the same sheet loaded again makes nobody twice. Otherwise a short one is made: `m0001`,
    /// `m0002` … Of namesakes in one branch each row stands for another.
    fn of(&mut self, row: &MemberRow, branch: Option<&str>) -> String {
        let number = row.number.as_deref().unwrap_or_default();
        let key = (number.to_owned(), fold(&row.name));
        if let Some(same) = self.numbered.get(&key) {
            return same.clone();
        }
        let free =
            |person: &&Person| !self.claimed.contains(&person.login_folded) && fold(&person.name) == fold(&row.name);
        let is_here = |person: &&Person| {
            let roles = self.held.get(&person.id).map(Vec::as_slice).unwrap_or_default();
            let same_number = number.is_empty() || person.number.is_empty() || person.number == number;
            same_number && roles.iter().any(|role| role.role == row.role.name() && role.branch_id.as_deref() == branch)
        };
        let namesakes = || self.known.values().filter(free);
        let found = namesakes()
            .find(|person| !number.is_empty() && person.number == number)
            .or_else(|| namesakes().filter(is_here).min_by_key(|person| (person.position, person.login.clone())))
            .map(|person| person.login.clone());
        let login = found.unwrap_or_else(|| {
            let mut made = (self.known.len() + 1..).map(|next| format!("m{next:04}"));
            made.find(|login| !self.taken.contains(login)).unwrap_or_default()
        });
        self.taken.insert(fold(&login));
        self.claimed.insert(fold(&login));
        if !number.is_empty() {
            self.numbered.insert(key, login.clone());
        }
        login
    }
}

/// The file states every role of a login it names; roles it doesn't state end, `active=no` ends the stated one.
fn change_of(
    app: &App,
    now_ms: i64,
    position: i64,
    stated: &Stated<'_>,
    old: Option<&Person>,
    held: &[RoleRow],
) -> Change {
    let first = stated.rows.first().map(|(row, _)| *row);
    let told = |get: fn(&MemberRow) -> Option<&String>, before: Option<&String>| -> String {
        first.and_then(get).or(before).cloned().unwrap_or_default()
    };
    let person = Person {
        id: old.map_or_else(|| app.randomness.id(now_ms), |old| old.id.clone()),
        login: old.map_or_else(|| stated.login.clone(), |old| old.login.clone()),
        login_folded: fold(&stated.login),
        name: first.map(|row| row.name.clone()).unwrap_or_default(),
        category: told(|row| row.category.as_ref(), old.map(|old| &old.category)),
        number: told(|row| row.number.as_ref(), old.map(|old| &old.number)),
        position: first.and_then(|row| row.order).unwrap_or(position),
        password: None,
        must_change: old.is_none_or(|old| old.must_change),
        created_at_ms: old.map_or(now_ms, |old| old.created_at_ms),
    };
    let wanted: Vec<(&str, Option<&str>)> = stated
        .rows
        .iter()
        .filter(|(row, _)| row.active)
        .map(|(row, branch)| (row.role.name(), branch.as_deref()))
        .collect();
    let is_wanted = |role: &RoleRow| wanted.contains(&(role.role.as_str(), role.branch_id.as_deref()));
    let end = held.iter().filter(|role| !is_wanted(role)).map(|role| role.id.clone()).collect();
    let mut begun: Vec<RoleRow> = Vec::new();
    for (role, branch) in wanted {
        let there = |row: &RoleRow| row.role == role && row.branch_id.as_deref() == branch;
        if !held.iter().any(there) && !begun.iter().any(there) {
            begun.push(RoleRow {
                id: app.randomness.id(now_ms),
                person_id: person.id.clone(),
                role: role.to_owned(),
                branch_id: branch.map(ToOwned::to_owned),
                from_at_ms: now_ms,
                until_at_ms: None,
                ended_as: None,
            });
        }
    }
    let password =
        stated.rows.iter().find_map(|(row, _)| row.password.clone().map(|password| (password, row.must_change)));
    Change { person, is_new: old.is_none(), end, begin: begun, password }
}

fn note(change: &Change, stated: &Stated<'_>, old: Option<&Person>, held: &[RoleRow], loaded: &mut MembersLoaded) {
    let login = change.person.login.clone();
    let Some(old) = old else {
        loaded.new.push(login);
        return;
    };
    let was = held.iter().find(|role| role.role == Role::Member.name());
    let now = stated.rows.iter().find(|(row, _)| row.role == Role::Member && row.active);
    let person = &change.person;
    let same = (&old.name, &old.category, &old.number, old.position)
        == (&person.name, &person.category, &person.number, person.position);
    match (was, now) {
        (Some(was), Some((_, branch))) if was.branch_id != *branch => loaded.moved.push(login),
        (Some(_), None) => loaded.ended.push(login),
        _ if same && change.end.is_empty() && change.begin.is_empty() && change.password.is_none() => {
            loaded.unchanged += 1;
        }
        _ => loaded.changed.push(login),
    }
}

fn missing(
    caller: &Caller,
    tree: &Tree,
    known: &HashMap<String, Person>,
    held: &HashMap<String, Vec<RoleRow>>,
    stated: &[Stated<'_>],
) -> Vec<String> {
    let named: HashSet<String> = stated.iter().map(|person| fold(&person.login)).collect();
    let is_member_of_mine = |person: &Person| {
        let roles = held.get(&person.id).map(Vec::as_slice).unwrap_or_default();
        roles.iter().any(|role| {
            role.role == Role::Member.name() && caller.covers(Role::Administrator, role.branch_id.as_deref(), tree)
        })
    };
    let mut logins: Vec<(i64, String)> = known
        .values()
        .filter(|person| !named.contains(&person.login_folded) && is_member_of_mine(person))
        .map(|person| (person.position, person.login.clone()))
        .collect();
    logins.sort();
    logins.into_iter().map(|(_, login)| login).collect()
}
