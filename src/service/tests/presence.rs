//! Presence in one test: who is due, who sat, who is on leave, exempt or disqualified.

use super::{REPORT_ROLES, Test, audience_area, find, manage::check_reason};
use crate::app::App;
use crate::rules::points::Points;
use crate::rules::presence::Presence;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::tree::{Area, Node, Tree};
use crate::service::accounts::event;
use crate::service::error::{Error, Result, Thing};
use crate::service::people::tree;
use crate::store::db::Tx;
use crate::store::presence::{self, PresenceRow};
use crate::store::results::{self, ResultRow};
use crate::store::tests::{self, TestRow};
use crate::store::{details, people, trace, trees};
use std::collections::{HashMap, HashSet};

/// One member of a test's audience.
#[derive(Debug, Clone)]
pub struct Member {
    /// Who.
    pub person: people::Person,
    /// The branch where the result counts.
    pub branch: Node,
    /// The state.
    pub presence: Presence,
    /// Why, where it was set by hand.
    pub reason: Option<String>,
    /// Whether an attempt is open.
    pub working: bool,
    /// The score that counts, of somebody who sat.
    pub score: Option<Points>,
}

impl Member {
    /// Whether somebody still has to mark what the member wrote.
    pub fn waits(&self) -> bool {
        self.presence == Presence::Sat && self.score.is_none()
    }

    /// The score, of a member whose presence is that of somebody who sat.
    pub fn counted_score(&self) -> Option<Points> {
        self.score.filter(|_| self.presence == Presence::Sat)
    }
}

/// Who counts in a test, and where: each person once. Frozen once the test is settled.
pub(crate) async fn counted(tx: &mut Tx, test: &TestRow, results: &[ResultRow]) -> Result<HashMap<String, String>> {
    if test.finished_at_ms.is_some() {
        let rows = presence::closed_members(tx, &test.id).await?;
        return Ok(rows.into_iter().map(|row| (row.person_id, row.branch_id)).collect());
    }
    let tree = tree(tx).await?;
    let audience = audience_area(&tree, &tests::audience(tx, &test.id).await?);
    let members = presence::members_of(tx, &test.id).await?;
    Ok(place(&audience, members, results))
}

/// Who of them counts at one of some branches; `results` are the attempts around these branches.
pub(crate) async fn counted_at(
    tx: &mut Tx,
    test: &TestRow,
    audience: &Area,
    results: &[ResultRow],
    branch_ids: &[&str],
) -> Result<HashMap<String, String>> {
    if test.finished_at_ms.is_some() {
        let rows = presence::closed_members_at(tx, &test.id, branch_ids).await?;
        return Ok(rows.into_iter().map(|row| (row.person_id, row.branch_id)).collect());
    }
    let mut counted = place(audience, presence::members_around(tx, &test.id, branch_ids).await?, results);
    counted.retain(|_, branch_id| branch_ids.contains(&branch_id.as_str()));
    Ok(counted)
}

/// Where one person counts, if they do.
async fn branch_of(tx: &mut Tx, test: &TestRow, person_id: &str) -> Result<Option<String>> {
    if test.finished_at_ms.is_some() {
        return Ok(presence::closed_member(tx, &test.id, person_id).await?.map(|row| row.branch_id));
    }
    let tree = tree(tx).await?;
    let audience = audience_area(&tree, &tests::audience(tx, &test.id).await?);
    let member = presence::member(tx, &test.id, person_id).await?.into_iter().collect();
    let results = results::list_of(tx, &test.id, person_id).await?;
    Ok(place(&audience, member, &results).remove(person_id))
}

/// Members who stand in the audience, and those who have sat and moved away; at the branch where they stood when they
/// started, otherwise where they stand.
pub(crate) fn place(audience: &Area, members: Vec<presence::Member>, results: &[ResultRow]) -> HashMap<String, String> {
    let standing = members.into_iter().filter(|member| audience.contains(&member.branch_id));
    let mut counted: HashMap<String, String> = standing.map(|member| (member.person_id, member.branch_id)).collect();
    let mut first: HashMap<&str, &ResultRow> = HashMap::new();
    for row in results {
        let finished = row.finished_at_ms.is_some();
        // Who has only an open attempt and left the audience isn't due any more.
        if !finished && !counted.contains_key(&row.person_id) {
            continue;
        }
        let earliest = first.entry(&row.person_id).or_insert(row);
        if row.number < earliest.number {
            *earliest = row;
        }
    }
    for (person_id, row) in first {
        counted.insert(person_id.to_owned(), row.branch_id.clone());
    }
    counted
}

/// Presence of everyone in the audience within the caller's rights, in the official order.
pub async fn list_presence(app: &App, caller: &Caller, name: &str) -> Result<Vec<Member>> {
    let mut tx = app.db.read().await?;
    let (test, standing) = find(&mut tx, caller, name).await?;
    if !standing.reads_report && !standing.manages {
        return Err(Error::Forbidden(Some(Role::Committee)));
    }
    let results = results::list_bare(&mut tx, &test.row.id).await?;
    let counted = counted(&mut tx, &test.row, &results).await?;
    let people = people::list(&mut tx).await?;
    members(&mut tx, caller, &test, (&results, &counted, people)).await
}

/// One person's presence, where the caller may see it, without reading anybody else.
pub async fn one_presence(app: &App, caller: &Caller, name: &str, person_id: &str) -> Result<Option<Member>> {
    let mut tx = app.db.read().await?;
    let (test, standing) = find(&mut tx, caller, name).await?;
    if !standing.reads_report && !standing.manages {
        return Err(Error::Forbidden(Some(Role::Committee)));
    }
    let Some(branch_id) = branch_of(&mut tx, &test.row, person_id).await? else { return Ok(None) };
    let results = results::list_of(&mut tx, &test.row.id, person_id).await?;
    let counted = HashMap::from([(person_id.to_owned(), branch_id)]);
    let people = people::list_of(&mut tx, &[person_id]).await?;
    Ok(members(&mut tx, caller, &test, (&results, &counted, people)).await?.pop())
}

/// The same of a branch and everything below it, without reading anybody else; `None`: of the whole unit.
pub(crate) async fn list_presence_below(
    tx: &mut Tx,
    caller: &Caller,
    test: &Test,
    (tree, audience): (&Tree, &Area),
    branch: Option<&Node>,
) -> Result<Vec<Member>> {
    let below = branch.map(|branch| tree.subtree(&branch.id));
    let is_below = |id: &&str| below.as_ref().is_none_or(|below| below.contains(id));
    let below: Vec<&str> = tree.nodes().iter().map(|node| node.id.as_str()).filter(is_below).collect();
    let results = results::list_around(tx, &test.row.id, &below).await?;
    let counted = counted_at(tx, &test.row, audience, &results, &below).await?;
    let ids: Vec<&str> = counted.keys().map(String::as_str).collect();
    let people = people::list_of(tx, &ids).await?;
    members(tx, caller, test, (&results, &counted, people)).await
}

async fn members(
    tx: &mut Tx,
    caller: &Caller,
    test: &Test,
    (results, counted, people): (&[ResultRow], &HashMap<String, String>, Vec<people::Person>),
) -> Result<Vec<Member>> {
    let today = tree(tx).await?;
    let set: HashMap<String, PresenceRow> =
        presence::list(tx, &test.row.id).await?.into_iter().map(|row| (row.person_id.clone(), row)).collect();
    let closed = trees::closed(tx, &test.row.id).await?;
    let mut scores: HashMap<&str, Vec<Points>> = HashMap::new();
    for row in results.iter().filter(|row| row.finished_at_ms.is_some()) {
        let score = Points::from_hundredths(row.score.unwrap_or_default());
        scores.entry(&row.person_id).or_default().push(score);
    }
    let pending: HashSet<&str> =
        results.iter().filter(|row| row.is_pending()).map(|row| row.person_id.as_str()).collect();
    let working: HashSet<&str> =
        results.iter().filter(|row| row.finished_at_ms.is_none()).map(|row| row.person_id.as_str()).collect();
    // In a cancelled test nobody has sat.
    let sits_count = test.row.cancelled_reason.is_none();
    let mut members = Vec::new();
    for person in people {
        let Some(branch_id) = counted.get(&person.id) else { continue };
        let Some(branch) = closed.get(branch_id).or_else(|| today.get(branch_id)).cloned() else { continue };
        if !caller.covers_any(&REPORT_ROLES, Some(branch_id), &today) {
            continue;
        }
        let row = set.get(&person.id);
        let scores = scores.get(person.id.as_str()).map(Vec::as_slice).unwrap_or_default();
        let presence =
            Presence::of(row.and_then(|row| Presence::from_name(&row.state)), sits_count && !scores.is_empty());
        let working = working.contains(person.id.as_str());
        let score = test.definition.keep.of(scores).filter(|_| !pending.contains(person.id.as_str()));
        members.push(Member { branch, presence, reason: row.map(|row| row.reason.clone()), working, score, person });
    }
    Ok(members)
}

/// Whether a state changes who was due. That is frozen when a test is settled; leave and disqualification may still be
/// put right afterwards, since they leave it as it was.
async fn changes_due(tx: &mut Tx, test_id: &str, person_id: &str, state: Presence) -> Result<bool> {
    let set = presence::find(tx, test_id, person_id).await?;
    let was_exempt = set.is_some_and(|row| row.state == Presence::Exempt.name());
    Ok(was_exempt != (state == Presence::Exempt))
}

/// A change of one person's presence.
#[derive(Debug, Clone)]
pub struct PresenceChange {
    /// Whose.
    pub login: String,
    /// To what.
    pub state: Presence,
    /// Why; needed.
    pub reason: String,
}

/// Sets one person's presence: `excused`, `exempt` or `disqualified` with a reason; `absent` takes back what was set.
/// `sat` follows from a finished attempt and can't be set.
pub async fn set_presence(app: &App, caller: &Caller, now_ms: i64, name: &str, change: PresenceChange) -> Result<()> {
    let PresenceChange { login, state, reason } = change;
    let reason = check_reason(&reason)?;
    if state == Presence::Sat {
        return Err(Error::Invalid { field: "state", expected: "presence" });
    }
    let mut tx = app.db.write().await?;
    let (test, standing) = find(&mut tx, caller, name).await?;
    if !standing.reads_report && !standing.manages {
        return Err(Error::Forbidden(Some(Role::Committee)));
    }
    let today = tree(&mut tx).await?;
    let person = super::find_person(&mut tx, &login).await?;
    let branch = branch_of(&mut tx, &test.row, &person.id).await?.ok_or(Error::NotFound(Thing::Person))?;
    if !caller.covers_any(&REPORT_ROLES, Some(&branch), &today) {
        return Err(Error::NotFound(Thing::Person));
    }
    if test.row.finished_at_ms.is_some() && changes_due(&mut tx, &test.row.id, &person.id, state).await? {
        return Err(Error::TestIsOver);
    }
    let row = PresenceRow {
        person_id: person.id,
        state: state.name().to_owned(),
        reason,
        set_by: caller.person_id.clone(),
        set_at_ms: now_ms,
    };
    if state == Presence::Absent {
        presence::delete(&mut tx, &test.row.id, &row.person_id).await?;
    } else {
        presence::put(&mut tx, &test.row.id, &row).await?;
    }
    let detail = details::presence_set(&test.row.id, &row);
    trace::append(&mut tx, &event(caller, now_ms, "presence-set", &test.row.id, &detail)).await?;
    tx.commit().await?;
    Ok(())
}
