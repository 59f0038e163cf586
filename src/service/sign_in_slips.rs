//! Sign-in slips for a test: made, cancelled and made anew by those who organize it or the branch; and signing in by one.
//!
//! Code and token are handed out once and kept as hashes only, so that a slip can't be printed a second time: making it
//! anew cancels the one before, which is done only where it is asked for.

use crate::app::App;
use crate::limits;
use crate::rules::presence::Presence;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::slip::typed_code;
use crate::rules::text::{Text, fold};
use crate::rules::tree::{Node, Tree};
use crate::service::accounts::{self, SignedIn, event};
use crate::service::error::{Error, Mistake, Result, Thing};
use crate::service::people::tree;
use crate::service::tests::{Test, audience_area, find};
use crate::store::people::{self, Person};
use crate::store::presence::{self, PresenceRow};
use crate::store::sign_in_slips::{self as slips, NewSlip, SlipFound, ValidSlip};
use crate::store::tests;
use crate::store::trace::{self, sha256_hex};
use crate::store::{attempts, db::Tx};
use serde_json::json;
use std::collections::HashMap;

/// A slip as it is printed, this once.
#[derive(Debug, Clone)]
pub struct Slip {
    /// For whom, by the immutable id.
    pub person_id: String,
    /// The name.
    pub name: String,
    /// The unit's own number, to tell people of the same name apart.
    pub number: String,
    /// The branch and those above it, from the top down.
    pub path: Vec<Node>,
    /// Ten digits to type.
    pub code: String,
    /// The secret of the address.
    pub token: String,
}

/// Slips that were just made.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The test's name.
    pub test: String,
    /// Its title.
    pub title: Text,
    /// The slips, in the official order.
    pub slips: Vec<Slip>,
}

/// A name as it stands on a slip; of several of the same name in a branch, with the last digits of their numbers.
pub fn told_apart(slip: &Slip, is_twice: bool) -> String {
    let tail: String = slip.number.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
    if is_twice && !tail.is_empty() { format!("{} ({tail})", slip.name) } else { slip.name.clone() }
}

/// For whom slips are to be made.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Everyone of the audience in this subtree; `None`: in all that the caller may make slips for.
    pub branch: Option<String>,
    /// Only these, by login or id.
    pub people: Vec<String>,
    /// Whether those who have a valid slip get a new one, and theirs is cancelled.
    pub anew: bool,
}

/// Somebody of a test's audience.
#[derive(Debug, Clone)]
pub struct Holder {
    /// Who.
    pub person: Person,
    /// Where.
    pub branch: Node,
    /// The valid slip.
    pub slip: Option<ValidSlip>,
    /// Whether the person need not sit the test: no slip is made unless asked for by name.
    pub is_spared: bool,
}

/// A test and those of its audience for whom the caller may make slips, in the official order.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The test.
    pub test: Test,
    /// Today's tree.
    pub tree: Tree,
    /// The branch asked for.
    pub branch: Option<Node>,
    /// They.
    pub holders: Vec<Holder>,
}

impl Listed {
    /// Whether slips can still be made and used.
    pub fn is_over(&self) -> bool {
        self.test.row.finished_at_ms.is_some() || self.test.row.cancelled_reason.is_some()
    }
}

/// Who of a test's audience has a slip, in a subtree or everywhere within the caller's rights.
pub async fn list(app: &App, caller: &Caller, name: &str, branch: Option<&str>) -> Result<Listed> {
    read(&mut app.db.read().await?, caller, name, branch).await
}

async fn read(tx: &mut Tx, caller: &Caller, name: &str, branch: Option<&str>) -> Result<Listed> {
    let (test, standing) = find(tx, caller, name).await?;
    let tree = tree(tx).await?;
    let may = |id: &str| standing.manages || caller.covers(Role::Organizer, Some(id), &tree);
    let branch = match branch.map(str::trim).filter(|code| !code.is_empty()) {
        Some(code) => {
            Some(tree.by_code(code).filter(|node| may(&node.id)).cloned().ok_or(Error::NotFound(Thing::Branch))?)
        }
        None => None,
    };
    let subtree = branch.as_ref().map(|node| tree.subtree(&node.id));
    let audience = audience_area(&tree, &tests::audience(tx, &test.row.id).await?);
    let is_in = |id: &str| audience.contains(id) && may(id) && subtree.as_ref().is_none_or(|ids| ids.contains(id));
    if !standing.manages && !audience.iter().any(may) {
        return Err(Error::Forbidden(Some(Role::Organizer)));
    }
    let places: HashMap<String, String> = presence::members_of(tx, &test.row.id)
        .await?
        .into_iter()
        .filter(|member| is_in(&member.branch_id))
        .map(|member| (member.person_id, member.branch_id))
        .collect();
    let mut valid: HashMap<String, ValidSlip> =
        slips::list(tx, &test.row.id).await?.into_iter().map(|slip| (slip.person_id.clone(), slip)).collect();
    let need_not =
        |row: &PresenceRow| matches!(Presence::from_name(&row.state), Some(Presence::Exempt | Presence::Disqualified));
    let set = presence::list(tx, &test.row.id).await?;
    let spared: Vec<&str> = set.iter().filter(|row| need_not(row)).map(|row| row.person_id.as_str()).collect();
    let mut holders = Vec::new();
    for person in people::list(tx).await? {
        let Some(branch) = places.get(&person.id).and_then(|id| tree.get(id)).cloned() else { continue };
        let is_spared = spared.contains(&person.id.as_str());
        holders.push(Holder { branch, slip: valid.remove(&person.id), is_spared, person });
    }
    let order: HashMap<&str, usize> =
        tree.walk().into_iter().enumerate().map(|(index, (_, node))| (node.id.as_str(), index)).collect();
    // People come in the official order, which a stable sort keeps within each branch.
    holders.sort_by_key(|holder| order.get(holder.branch.id.as_str()).copied());
    Ok(Listed { test, tree, branch, holders })
}

pub(crate) fn is_named(person: &Person, names: &[String]) -> bool {
    names.iter().any(|name| *name == person.id || fold(name) == person.login_folded)
}

fn mistake(expected: &'static str) -> Error {
    Error::Fields(vec![Mistake { field: "person", expected }])
}

/// Those who get a slip, as asked.
fn choose(listed: &Listed, asked: &Asked) -> Result<Vec<Holder>> {
    let chosen: Vec<&Holder> = if asked.people.is_empty() {
        listed.holders.iter().filter(|holder| !holder.is_spared).collect()
    } else {
        let unknown =
            |name: &&String| !listed.holders.iter().any(|one| is_named(&one.person, std::slice::from_ref(*name)));
        if asked.people.iter().any(|name| unknown(&name)) {
            return Err(Error::NotFound(Thing::Person));
        }
        listed.holders.iter().filter(|holder| is_named(&holder.person, &asked.people)).collect()
    };
    if chosen.is_empty() {
        return Err(mistake("somebody"));
    }
    let getting: Vec<Holder> =
        chosen.into_iter().filter(|holder| asked.anew || holder.slip.is_none()).cloned().collect();
    match getting.len() {
        0 => Err(mistake("somebody-without-slip")),
        count if count > limits::SLIPS => Err(mistake("fewer-slips")),
        _ => Ok(getting),
    }
}

/// Makes slips and returns them, this once. Who has a valid one keeps it, unless it is asked for anew.
pub async fn make(app: &App, caller: &Caller, now_ms: i64, name: &str, asked: &Asked) -> Result<Sheet> {
    let listed = list(app, caller, name, asked.branch.as_deref()).await?;
    refuse_over(&listed.test)?;
    let getting = choose(&listed, asked)?;
    let (mut printed, mut stored) = (Vec::with_capacity(getting.len()), Vec::with_capacity(getting.len()));
    for holder in &getting {
        let (code, token) = (app.randomness.code(), app.randomness.short_token());
        stored.push(NewSlip {
            id: app.randomness.id(now_ms),
            person_id: holder.person.id.clone(),
            code_hash: sha256_hex(code.as_bytes()),
            token_hash: sha256_hex(token.as_bytes()),
        });
        printed.push(Slip {
            person_id: holder.person.id.clone(),
            name: holder.person.name.clone(),
            number: holder.person.number.clone(),
            path: listed.tree.path(&holder.branch.id).into_iter().cloned().collect(),
            code,
            token,
        });
    }
    let before: Vec<&str> = getting.iter().filter_map(|one| one.slip.as_ref()).map(|slip| slip.id.as_str()).collect();
    let ids: Vec<&str> = getting.iter().map(|one| one.person.id.as_str()).collect();
    let detail = json!({ "test": listed.test.row.id, "people": ids, "cancelled": before.len() });
    let mut tx = app.db.write().await?;
    slips::cancel(&mut tx, &before, caller.person_id.as_deref(), now_ms).await?;
    slips::insert(&mut tx, &listed.test.row.id, &stored, caller.person_id.as_deref(), now_ms).await?;
    trace::append(&mut tx, &event(caller, now_ms, "slips-made", &listed.test.row.id, &detail)).await?;
    tx.commit().await?;
    if !before.is_empty() {
        app.caches.callers.clear();
    }
    let Listed { test, .. } = listed;
    Ok(Sheet { test: test.row.name, title: test.definition.title, slips: printed })
}

fn refuse_over(test: &Test) -> Result<()> {
    match &test.row.cancelled_reason {
        Some(reason) => Err(Error::Cancelled { reason: reason.clone() }),
        None if test.row.finished_at_ms.is_some() => Err(Error::TestIsOver),
        None => Ok(()),
    }
}

/// Cancels the valid slip of a person; whoever is signed in with it is signed out.
pub async fn cancel(app: &App, caller: &Caller, now_ms: i64, name: &str, login: &str) -> Result<()> {
    let listed = list(app, caller, name, None).await?;
    let names = [login.to_owned()];
    let holder = listed.holders.iter().find(|holder| is_named(&holder.person, &names));
    let holder = holder.ok_or(Error::NotFound(Thing::Person))?;
    let slip = holder.slip.as_ref().ok_or(Error::NotFound(Thing::Slip))?;
    let detail = json!({ "test": listed.test.row.id, "person": holder.person.id });
    let mut tx = app.db.write().await?;
    slips::cancel(&mut tx, &[&slip.id], caller.person_id.as_deref(), now_ms).await?;
    trace::append(&mut tx, &event(caller, now_ms, "slip-cancelled", &listed.test.row.id, &detail)).await?;
    tx.commit().await?;
    app.caches.callers.clear();
    Ok(())
}

/// What somebody holds in the hand.
#[derive(Debug, Clone)]
pub enum Key {
    /// The code, as typed.
    Code(String),
    /// The token of the address.
    Token(String),
}

/// A slip as it is shown before anybody signs in with it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Whose.
    pub name: String,
    /// Where the person is a member.
    pub branch: String,
    /// The title of the test.
    pub title: Text,
}

/// Whose slip an address belongs to. Only looks: a chat program that fetches the address uses nothing up.
pub async fn look(app: &App, token: &str) -> Result<Shown> {
    let mut tx = app.db.read().await?;
    let found = usable(slips::find_by_token(&mut tx, &sha256_hex(token.as_bytes())).await?)?;
    let test = tests::find_by_id(&mut tx, &found.test_id).await?.ok_or(Error::SlipNotValid)?;
    let tree = tree(&mut tx).await?;
    let branch = found.branch_id.as_deref().and_then(|id| tree.get(id)).map(|node| node.name.clone());
    Ok(Shown { name: found.name, branch: branch.unwrap_or_default(), title: Test::read(test)?.definition.title })
}

/// A slip works until the results of its test are settled, which is when nobody can sit it any more.
fn usable(found: Option<SlipFound>) -> Result<SlipFound> {
    let is_usable = |found: &SlipFound| {
        found.cancelled_at_ms.is_none()
            && found.cancelled_reason.is_none()
            && found.finished_at_ms.is_none()
            && found.branch_id.is_some()
    };
    found.filter(is_usable).ok_or(Error::SlipNotValid)
}

/// What became of signing in with a slip.
#[derive(Debug, Clone)]
pub struct Entered {
    /// The new session; `None` where the device was signed in with this slip already.
    pub signed_in: Option<SignedIn>,
    /// The name of the test that the slip is for.
    pub test: String,
}

/// The device that signs in.
#[derive(Debug, Clone, Copy)]
pub struct Device<'d> {
    /// Who is signed in on it so far.
    pub caller: Option<&'d Caller>,
    /// Its address, for throttling of failures only.
    pub address: &'d str,
    /// Whether another device that is signed in with the slip is to be signed out.
    pub takes_over: bool,
}

/// Signs in with a slip: one indexed read, one write with the next group.
pub async fn sign_in(app: &App, now_ms: i64, key: &Key, device: Device<'_>) -> Result<Entered> {
    let found = find_slip(app, now_ms, key, device.address).await?;
    let own = device.caller.filter(|caller| caller.slip.is_some());
    if own.is_some_and(|caller| Some(&caller.session) == found.session.as_ref()) {
        return Ok(Entered { signed_in: None, test: found.test });
    }
    if found.session.is_some() && !device.takes_over {
        return Err(Error::SlipInUse);
    }
    let caller = Caller {
        person_id: Some(found.person_id.clone()),
        login: found.login.clone(),
        name: found.name.clone(),
        session: String::new(),
        must_change: false,
        slip: Some(found.id.clone()),
        roles: vec![(Role::Member, found.branch_id.clone())],
    };
    let signed_in = accounts::open(app, now_ms, caller, device.takes_over).await?.ok_or(Error::SlipInUse)?;
    if let Some(other) = &found.session {
        app.caches.callers.remove(other);
        take_over(app, &found, &signed_in.caller.session).await?;
    }
    // On a machine of the hall the one before has gone, and must not stay signed in behind.
    if let Some(before) = own {
        accounts::sign_out(app, before).await?;
    }
    Ok(Entered { signed_in: Some(signed_in), test: found.test })
}

async fn find_slip(app: &App, now_ms: i64, key: &Key, address: &str) -> Result<SlipFound> {
    let mut tx;
    let hash = match key {
        Key::Token(token) => {
            tx = app.db.read().await?;
            return usable(slips::find_by_token(&mut tx, &sha256_hex(token.as_bytes())).await?);
        }
        Key::Code(typed) => sha256_hex(typed_code(typed).ok_or(Error::SlipNotValid)?.as_bytes()),
    };
    if let Some(wait_ms) = app.throttle.must_wait(&hash, address, now_ms) {
        return Err(Error::Throttled { wait_seconds: wait_ms / 1000 + 1 });
    }
    tx = app.db.read().await?;
    let found = slips::find_by_code(&mut tx, &hash).await?;
    if found.is_none() {
        app.throttle.failed(&hash, address, now_ms);
    }
    usable(found)
}

/// The attempt under way goes with the person to the new device, which was asked once already.
async fn take_over(app: &App, found: &SlipFound, session: &str) -> Result<()> {
    let attempts = attempts::list_of(&mut app.db.read().await?, &found.test_id, &found.person_id).await?;
    if let Some(open) = attempts.iter().find(|attempt| attempt.finished_at_ms.is_none()) {
        app.writer.take_over(&open.id, session).await?;
    }
    Ok(())
}
