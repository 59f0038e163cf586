//! Loading members and the other roles of people.

mod change;
mod logins;

use crate::app::{App, Stored};
use crate::formats::roster::Scanned;
use crate::rules::rights::Caller;
use crate::rules::roster::{Departure, MemberRow, Role, SheetProblem, SheetProblemCode, places};
use crate::rules::text::fold;
use crate::service::accounts::event;
use crate::service::error::{Error, Result};
use crate::service::roster::known::{Known, PossiblySame};
use crate::service::roster::{Answers, Ground};
use crate::store::db::Tx;
use crate::store::people::{self, Person, RoleRow};
use crate::store::{sessions, trace};
use change::{change_of, note};
use logins::Logins;
use std::collections::{BTreeMap, HashMap, HashSet};

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

/// A field of somebody that a sheet states otherwise.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ChangedField {
    /// Which: `name`, `login`, `category`, `number`, `order`, `branch`, `roles` or `password`.
    pub field: &'static str,
    /// What it was; a role as its name, `@` and the name of the branch.
    pub from: String,
    /// What it becomes.
    pub to: String,
}

/// Somebody of whom a sheet states something otherwise.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ChangedPerson {
    /// The login.
    pub login: String,
    /// What changes.
    pub fields: Vec<ChangedField>,
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
    /// Members within the caller's rights whom the file doesn't name; they stay unless something else was answered.
    pub missing: Vec<String>,
    /// Those among them who leave, by the answer given.
    pub left: Vec<String>,
    /// New people who may be somebody known.
    pub possibly_same: Vec<PossiblySame>,
    /// What changes of those who changed or moved.
    pub changes: Vec<ChangedPerson>,
    /// First passwords made; empty in a dry run.
    pub passwords: Vec<FirstPassword>,
    /// Headings of columns that mean nothing here and were left unread.
    pub ignored: Vec<String>,
    /// Login → name and branch of everybody named here.
    #[serde(skip)]
    pub people: BTreeMap<String, (String, String)>,
}

/// One person as the file states it.
pub(super) struct Stated<'a> {
    login: String,
    pub(super) rows: Vec<(&'a MemberRow, Option<String>)>,
}

/// Somebody who leaves, by the answer to a question.
struct Leaving {
    person_id: String,
    role_ids: Vec<String>,
    reason: Departure,
    is_administrator: bool,
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
    leaving: Vec<Leaving>,
    pub(super) loaded: MembersLoaded,
}

impl Plan {
    /// Whether nobody is left open, where that is asked.
    pub(super) fn check_answered(&self, must_answer: bool) -> Result<()> {
        let open = self.loaded.possibly_same.iter().filter(|one| one.answer.is_none()).count();
        if must_answer && open > 0 { Err(Error::Unanswered { count: open }) } else { Ok(()) }
    }

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
        let Self { changes, leaving, loaded } = self;
        let ended: Vec<String> = changes.iter().flat_map(|change| change.end.clone()).collect();
        let begun: Vec<RoleRow> = changes.iter().flat_map(|change| change.begin.clone()).collect();
        let people: Vec<Person> = changes.into_iter().map(|change| change.person).collect();
        people::put(tx, &people).await?;
        people::end_roles(tx, &ended, now_ms, None).await?;
        people::insert_roles(tx, &begun).await?;
        leave(tx, &leaving, now_ms).await?;
        let left: Vec<_> = leaving.iter().map(|one| (one.person_id.as_str(), one.reason.name())).collect();
        let digest = serde_json::json!({ "new": loaded.new.len(), "changed": loaded.changed.len(), "moved": loaded.moved, "ended": loaded.ended, "left": left });
        trace::append(tx, &event(caller, now_ms, "members-loaded", "", &digest)).await?;
        Ok(loaded)
    }
}

/// Ends the roles of those who left, with the reason, and signs them out.
async fn leave(tx: &mut Tx, leaving: &[Leaving], now_ms: i64) -> Result<()> {
    for one in leaving {
        people::end_roles(tx, &one.role_ids, now_ms, Some(one.reason.name())).await?;
        sessions::delete_of(tx, &one.person_id, None).await?;
    }
    let is_administrator = leaving.iter().any(|one| one.is_administrator);
    if is_administrator && !people::has_administrator(tx).await? {
        return Err(Error::LastAdministrator);
    }
    Ok(())
}

/// Compares a sheet with the people who are there, in the tree as it will be; every problem at once.
pub(super) fn plan(ground: &Ground<'_>, scanned: Scanned<MemberRow>) -> Result<Plan> {
    let Scanned { rows, mut problems, ignored } = scanned;
    let known = Known::new(&ground.there.people, &ground.there.roles);
    let stated = gather(ground, Logins::new(&known, &rows), &rows, &mut problems);
    let mut loaded = MembersLoaded { ignored, ..MembersLoaded::default() };
    let olds = recognize(ground, &known, &stated, &mut loaded, &mut problems);
    loaded.missing = missing(ground, &known, &stated, &olds);
    let names_all = loaded.missing.is_empty() && ground.caller.covers(Role::Administrator, None, ground.tree);
    let positions = positions(&known, &olds, names_all);
    let mut changes = Vec::new();
    for ((person, old), position) in stated.iter().zip(&olds).zip(positions) {
        let roles = old.map(|old| known.held(&old.id)).unwrap_or_default();
        if let Some(code) = refusal(ground, person, *old, roles) {
            let row = person.rows.first().map_or(0, |(row, _)| row.row);
            problems.push(problem(row, "login", code, &person.login));
            continue;
        }
        let change = change_of(ground, position, person, *old, roles);
        note(ground, &change, person, *old, roles, &mut loaded);
        changes.push(change);
    }
    let leaving = leaving(ground, &known, &mut loaded, &mut problems)?;
    problems.sort_by_key(|problem| problem.row);
    if problems.is_empty() { Ok(Plan { changes, leaving, loaded }) } else { Err(Error::Sheet(problems)) }
}

/// The known person of each whom the file states: the one of the login, or whom it was answered to be.
fn recognize<'k>(
    ground: &Ground<'_>,
    known: &Known<'k>,
    stated: &[Stated<'_>],
    loaded: &mut MembersLoaded,
    problems: &mut Vec<SheetProblem>,
) -> Vec<Option<&'k Person>> {
    let mut olds: Vec<Option<&Person>> = stated.iter().map(|one| known.of_login(&fold(&one.login))).collect();
    let mut claimed: HashSet<&str> = olds.iter().flatten().map(|old| old.id.as_str()).collect();
    let by_login = claimed.clone();
    for (one, old) in stated.iter().zip(&mut olds).filter(|(_, old)| old.is_none()) {
        let Some((row, _)) = one.rows.first().filter(|_| one.rows.iter().any(|(row, _)| row.active)) else { continue };
        let candidates = known.candidates(ground, one, &by_login);
        if candidates.is_empty() {
            continue;
        }
        let answer = answer(&ground.options.answers, row.row, &one.login);
        let said = answer.as_deref().filter(|login| !login.is_empty());
        if let Some(candidate) = said.and_then(|said| candidates.iter().find(|one| fold(&one.login) == fold(said))) {
            *old = known.of_login(&fold(&candidate.login));
            if old.is_some_and(|old| !claimed.insert(&old.id)) {
                problems.push(problem(row.row, "name", SheetProblemCode::SamePersonTwice, &candidate.name));
            }
        }
        let name = row.name.clone();
        loaded.possibly_same.push(PossiblySame { row: row.row, login: one.login.clone(), name, candidates, answer });
    }
    olds
}

/// What was answered for somebody, by row or by login; empty for somebody new.
fn answer(answers: &Answers, row: usize, login: &str) -> Option<String> {
    let given = answers.same.get(&row.to_string()).or_else(|| answers.same.get(&fold(login))).cloned();
    given.or_else(|| answers.others_new.then(String::new))
}

/// Whoever the answers say has left. Nobody takes themselves off the roster by a sheet.
fn leaving(
    ground: &Ground<'_>,
    known: &Known<'_>,
    loaded: &mut MembersLoaded,
    problems: &mut Vec<SheetProblem>,
) -> Result<Vec<Leaving>> {
    let answers = &ground.options.answers;
    let mut leaving = Vec::new();
    for login in &loaded.missing {
        let reason = answers.left.get(&fold(login)).copied().unwrap_or(answers.others_left);
        let (Some(reason), Some(person)) = (reason, known.of_login(&fold(login))) else { continue };
        let held = known.held(&person.id);
        if ground.caller.person_id.as_ref() == Some(&person.id) {
            return Err(Error::OwnRole);
        }
        if !held.iter().all(|role| ground.caller.covers(Role::Administrator, role.branch_id.as_deref(), ground.tree)) {
            problems.push(problem(0, "login", SheetProblemCode::OutsideRights, login));
            continue;
        }
        let rules = |role: &RoleRow| role.role == Role::Administrator.name() && role.branch_id.is_none();
        leaving.push(Leaving {
            person_id: person.id.clone(),
            role_ids: held.iter().map(|role| role.id.clone()).collect(),
            reason,
            is_administrator: held.iter().any(rules),
        });
        loaded.left.push(login.clone());
    }
    for login in &loaded.missing {
        if let Some(person) = known.of_login(&fold(login)) {
            let told = (person.name.clone(), branch_of(ground, known.held(&person.id)));
            loaded.people.insert(login.clone(), told);
        }
    }
    Ok(leaving)
}

/// The name of the branch where somebody is a member.
fn branch_of(ground: &Ground<'_>, held: &[RoleRow]) -> String {
    let member = held.iter().find(|role| role.role == Role::Member.name());
    branch_name(ground, member.and_then(|role| role.branch_id.as_deref()))
}

fn branch_name(ground: &Ground<'_>, id: Option<&str>) -> String {
    id.and_then(|id| ground.tree.get(id)).map(|node| node.name.clone()).unwrap_or_default()
}

/// Why a person can't be changed as stated.
fn refusal(
    ground: &Ground<'_>,
    stated: &Stated<'_>,
    old: Option<&Person>,
    roles: &[RoleRow],
) -> Option<SheetProblemCode> {
    let is_mine = |role: &RoleRow| ground.caller.covers(Role::Administrator, role.branch_id.as_deref(), ground.tree);
    if !roles.iter().all(is_mine) {
        return Some(SheetProblemCode::OutsideRights);
    }
    // Who isn't there can't leave, and must not be made by leaving.
    (old.is_none() && stated.rows.iter().all(|(row, _)| !row.active)).then_some(SheetProblemCode::UnknownLogin)
}

/// The place of each in the official order, as far as the file doesn't state it.
fn positions(known: &Known<'_>, olds: &[Option<&Person>], names_all: bool) -> Vec<i64> {
    let old: Vec<Option<i64>> = olds.iter().map(|old| old.map(|old| old.position)).collect();
    places(&old, names_all, known.people().map(|person| person.position).max().unwrap_or(-1))
}

fn problem(row: usize, column: &str, code: SheetProblemCode, found: &str) -> SheetProblem {
    SheetProblem { row, column: column.to_owned(), code, found: found.to_owned(), expected: String::new() }
}

/// Puts the rows of one login together, with their branches found and the caller's rights over each checked.
fn gather<'a>(
    ground: &Ground<'_>,
    mut logins: Logins<'_, '_>,
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
            Some(text) => match super::resolve(ground.tree, text, row.row, "branch") {
                Ok(node) => Some(node.id.clone()),
                Err(found) => {
                    problems.push(found);
                    continue;
                }
            },
        };
        if !ground.caller.covers(Role::Administrator, branch.as_deref(), ground.tree) {
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

fn missing(ground: &Ground<'_>, known: &Known<'_>, stated: &[Stated<'_>], olds: &[Option<&Person>]) -> Vec<String> {
    let logins = stated.iter().map(|person| fold(&person.login));
    let named: HashSet<String> = logins.chain(olds.iter().flatten().map(|old| old.login_folded.clone())).collect();
    let is_mine = |role: &RoleRow| {
        let covered = ground.caller.covers(Role::Administrator, role.branch_id.as_deref(), ground.tree);
        role.role == Role::Member.name() && covered
    };
    let mut logins: Vec<(i64, String)> = known
        .people()
        .filter(|person| !named.contains(&person.login_folded) && known.held(&person.id).iter().any(is_mine))
        .map(|person| (person.position, person.login.clone()))
        .collect();
    logins.sort();
    logins.into_iter().map(|(_, login)| login).collect()
}
