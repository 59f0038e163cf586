//! Where people stand and what they may do: moved, given a role, rid of one, off the roster and back on it.
//!
//! Results stay where the member stood: attempts carry their branch, and settled tests who was due.

use super::keep::Mistakes;
use super::{day, find_visible, tree};
use crate::app::App;
use crate::rules::rights::Caller;
use crate::rules::roster::{Departure, Role};
use crate::rules::tree::{Node, Tree};
use crate::service::accounts::event;
use crate::service::error::{Error, Mistake, Result};
use crate::store::db::Tx;
use crate::store::people::{self, Person, RoleRow, found};
use crate::store::{sessions, trace};
use serde_json::{Value, json};

/// Another branch for a member.
#[derive(Debug, Clone, Default)]
pub struct Moving {
    /// The code of the branch.
    pub branch: String,
    /// The day from which it counts; empty: today.
    pub on: String,
}

/// A role to be given.
#[derive(Debug, Clone)]
pub struct Giving {
    /// Which; `member` for who is on no roster, which brings somebody back.
    pub role: Role,
    /// The code of the branch; `None`: over the whole unit, for administrators.
    pub branch: Option<String>,
    /// The day from which it counts; empty: today.
    pub on: String,
}

/// A role to be taken away.
#[derive(Debug, Clone)]
pub struct Ending {
    /// Which.
    pub role: Role,
    /// The code of the branch; `None`: the whole unit.
    pub branch: Option<String>,
    /// Whether it is meant although it is the caller's own.
    pub even_own: bool,
}

/// Somebody leaves the roster.
#[derive(Debug, Clone)]
pub struct Departing {
    /// Why.
    pub reason: Departure,
    /// The day; empty: today.
    pub on: String,
    /// Whether it is meant although it is the caller.
    pub even_own: bool,
}

/// One act on one person: the transaction, in which nobody else changes branches, people and roles meanwhile.
struct Act<'a> {
    app: &'a App,
    caller: &'a Caller,
    now_ms: i64,
    tx: Tx,
    tree: Tree,
    person: Person,
    /// Every role held or once held, the earliest first.
    rows: Vec<RoleRow>,
}

impl<'a> Act<'a> {
    async fn begin(app: &'a App, caller: &'a Caller, now_ms: i64, login: &str) -> Result<Self> {
        let mut tx = app.db.write().await?;
        people::hold(&mut tx).await?;
        let tree = tree(&mut tx).await?;
        let person = find_visible(&mut tx, caller, &tree, login, &[Role::Administrator]).await?;
        let rows = found::roles_of_all(&mut tx, &[&person.id]).await?;
        Ok(Self { app, caller, now_ms, tx, tree, person, rows })
    }

    fn held(&self) -> impl Iterator<Item = &RoleRow> {
        self.rows.iter().filter(|row| row.until_at_ms.is_none())
    }

    fn membership(&self) -> Option<&RoleRow> {
        self.held().find(|row| row.role == Role::Member.name())
    }

    /// When the last membership ended.
    fn last_end_ms(&self) -> Option<i64> {
        self.rows.iter().filter(|row| row.role == Role::Member.name()).filter_map(|row| row.until_at_ms).max()
    }

    fn check(&self, place: Option<&str>) -> Result<()> {
        let may = self.caller.covers(Role::Administrator, place, &self.tree);
        if may { Ok(()) } else { Err(Error::Forbidden(Some(Role::Administrator))) }
    }

    /// The branch of a code, which the caller administers.
    fn branch(&self, code: &str) -> Result<Node> {
        let node = self.tree.by_code(code).ok_or_else(|| mistake("branch", "branch"))?;
        self.check(Some(&node.id))?;
        Ok(node.clone())
    }

    /// The day from which something counts.
    fn on(&self, text: &str, began_at_ms: Option<i64>) -> Result<i64> {
        day::moment(text, began_at_ms, self.now_ms).map_err(|expected| mistake("on", expected))
    }

    async fn end(&mut self, ids: &[String], at_ms: i64, reason: Option<Departure>) -> Result<()> {
        Ok(people::end_roles(&mut self.tx, ids, at_ms, reason.map(Departure::name)).await?)
    }

    async fn insert(&mut self, role: Role, branch_id: Option<String>, from_at_ms: i64) -> Result<()> {
        let row = RoleRow {
            id: self.app.randomness.id(self.now_ms),
            person_id: self.person.id.clone(),
            role: role.name().to_owned(),
            branch_id,
            from_at_ms,
            until_at_ms: None,
            ended_as: None,
        };
        Ok(people::insert_roles(&mut self.tx, std::slice::from_ref(&row)).await?)
    }

    /// Nobody takes an own role as administrator away by mistake, and somebody must be left over the whole unit.
    async fn check_left(&mut self, ended: &[RoleRow], even_own: bool) -> Result<()> {
        let rules = |row: &&RoleRow| row.role == Role::Administrator.name();
        let is_own = self.caller.person_id.as_deref() == Some(&self.person.id);
        if ended.iter().any(|row| rules(&row) && row.branch_id.is_none())
            && !people::has_administrator(&mut self.tx).await?
        {
            return Err(Error::LastAdministrator);
        }
        let loses = is_own && ended.iter().any(|row| rules(&row));
        if loses && !even_own { Err(Error::OwnRole) } else { Ok(()) }
    }

    async fn done(mut self, kind: &'static str, detail: &Value) -> Result<()> {
        trace::append(&mut self.tx, &event(self.caller, self.now_ms, kind, &self.person.id, detail)).await?;
        self.tx.commit().await?;
        self.app.caches.callers.clear();
        Ok(())
    }
}

fn mistake(field: &'static str, expected: &'static str) -> Error {
    Error::Fields(vec![Mistake { field, expected }])
}

/// Moves a member to another branch: one membership ends and another begins. For administrators over both.
pub async fn move_to(app: &App, caller: &Caller, now_ms: i64, login: &str, moving: &Moving) -> Result<()> {
    let mut act = Act::begin(app, caller, now_ms, login).await?;
    let before = act.membership().cloned().ok_or_else(|| mistake("branch", "membership"))?;
    act.check(before.branch_id.as_deref())?;
    let to = act.branch(&moving.branch)?;
    if before.branch_id.as_deref() == Some(&to.id) {
        return Ok(());
    }
    let at_ms = act.on(&moving.on, Some(before.from_at_ms))?;
    act.end(std::slice::from_ref(&before.id), at_ms, None).await?;
    act.insert(Role::Member, Some(to.id.clone()), at_ms).await?;
    let detail = json!({ "from": before.branch_id, "to": to.id, "at_ms": at_ms });
    act.done("person-moved", &detail).await
}

/// Gives a role; nothing happens where it is held already. For administrators over the place.
pub async fn give_role(app: &App, caller: &Caller, now_ms: i64, login: &str, giving: &Giving) -> Result<()> {
    let mut act = Act::begin(app, caller, now_ms, login).await?;
    let branch_id = match giving.branch.as_deref().map(str::trim).filter(|code| !code.is_empty()) {
        Some(code) => Some(act.branch(code)?.id),
        None if giving.role == Role::Administrator => {
            act.check(None)?;
            None
        }
        None => return Err(mistake("branch", "branch")),
    };
    let is_held = |row: &RoleRow| row.role == giving.role.name() && row.branch_id == branch_id;
    if act.held().any(is_held) {
        return Ok(());
    }
    let is_member = giving.role == Role::Member;
    if is_member && act.membership().is_some() {
        return Err(mistake("branch", "no-membership"));
    }
    let began = act.last_end_ms().filter(|_| is_member);
    let at_ms = act.on(&giving.on, began)?;
    let kind = if is_member && began.is_some() { "person-returned" } else { "role-given" };
    act.insert(giving.role, branch_id.clone(), at_ms).await?;
    let detail = json!({ "role": giving.role.name(), "branch": branch_id, "at_ms": at_ms });
    act.done(kind, &detail).await
}

/// Takes a role away; nothing happens where it isn't held. For administrators over the place.
pub async fn take_role(app: &App, caller: &Caller, now_ms: i64, login: &str, ending: &Ending) -> Result<()> {
    let mut act = Act::begin(app, caller, now_ms, login).await?;
    let code = ending.branch.as_deref().map(str::trim).filter(|code| !code.is_empty());
    let branch_id = code.map(|code| act.branch(code)).transpose()?.map(|node| node.id);
    act.check(branch_id.as_deref())?;
    let meant = |row: &&RoleRow| row.role == ending.role.name() && row.branch_id == branch_id;
    let ended: Vec<RoleRow> = act.held().filter(meant).cloned().collect();
    if ended.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = ended.iter().map(|row| row.id.clone()).collect();
    act.end(&ids, now_ms, None).await?;
    act.check_left(&ended, ending.even_own).await?;
    let detail = json!({ "role": ending.role.name(), "branch": branch_id });
    act.done("role-taken", &detail).await
}

/// Takes somebody off the roster, with the reason: membership and other roles end, and so does every session. For
/// administrators over everything the person holds.
pub async fn depart(app: &App, caller: &Caller, now_ms: i64, login: &str, departing: &Departing) -> Result<()> {
    let mut act = Act::begin(app, caller, now_ms, login).await?;
    let ended: Vec<RoleRow> = act.held().cloned().collect();
    if ended.is_empty() {
        return Ok(());
    }
    for row in &ended {
        act.check(row.branch_id.as_deref())?;
    }
    let mut mistakes = Mistakes::default();
    let began = act.membership().map(|row| row.from_at_ms);
    let at_ms = day::moment(&departing.on, began, now_ms).unwrap_or_else(|expected| {
        mistakes.note("on", expected);
        now_ms
    });
    mistakes.none()?;
    for row in &ended {
        act.end(std::slice::from_ref(&row.id), at_ms.max(row.from_at_ms), Some(departing.reason)).await?;
    }
    act.check_left(&ended, departing.even_own).await?;
    sessions::delete_of(&mut act.tx, &act.person.id, None).await?;
    let detail = json!({ "as": departing.reason.name(), "at_ms": at_ms });
    act.done("person-left", &detail).await
}
