//! The trial of a device before a test: signing in, display and saving, by two questions of no bank. It counts nowhere.

use crate::app::App;
use crate::rules::presence::Presence;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::text::fold;
use crate::rules::tree::Node;
use crate::service::error::{Error, Result};
use crate::service::tests::{Test, find, list_presence};
use crate::store::db::Tx;
use crate::store::device_checks::{self, DeviceCheck};
use std::collections::HashSet;

/// The shapes to choose from.
pub const SHAPES: [&str; 3] = ["square", "circle", "triangle"];
/// The one that is asked for.
const WANTED: &str = "circle";
/// The word that is asked for, in either language.
const WORDS: [&str; 2] = ["考核", "ready"];
/// Characters of a word that are kept.
const WORD_CHARACTERS: usize = 20;

/// A member's trial before a test.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The test.
    pub test: Test,
    /// What is stored.
    pub check: DeviceCheck,
}

impl Trial {
    /// Whether the display shows shapes as they are.
    pub fn shape_is_right(&self) -> bool {
        self.check.shape.as_deref() == Some(WANTED)
    }

    /// Whether the keyboard writes what is meant.
    pub fn word_is_right(&self) -> bool {
        self.check.word.as_deref().is_some_and(|word| WORDS.contains(&fold(word).as_str()))
    }
}

async fn mine<'c>(tx: &mut Tx, caller: &'c Caller, name: &str) -> Result<(Test, &'c str)> {
    let (test, standing) = find(tx, caller, name).await?;
    let person_id = caller.person_id.as_deref().filter(|_| standing.sits);
    let person_id = person_id.ok_or(Error::Forbidden(Some(Role::Member)))?;
    if let Some(reason) = &test.row.cancelled_reason {
        return Err(Error::Cancelled { reason: reason.clone() });
    }
    if test.row.finished_at_ms.is_some() { Err(Error::TestIsOver) } else { Ok((test, person_id)) }
}

/// The caller's trial as it stands.
pub async fn show(app: &App, caller: &Caller, name: &str) -> Result<Trial> {
    let mut tx = app.db.read().await?;
    let (test, person_id) = mine(&mut tx, caller, name).await?;
    let check = device_checks::find(&mut tx, &test.row.id, person_id).await?.unwrap_or_default();
    Ok(Trial { test, check })
}

/// Stores what the caller has chosen and typed; an empty text is nothing yet.
pub async fn save(app: &App, caller: &Caller, now_ms: i64, name: &str, shape: &str, word: &str) -> Result<Trial> {
    let (test, person_id) = mine(&mut app.db.read().await?, caller, name).await?;
    let check = DeviceCheck {
        person_id: person_id.to_owned(),
        shape: SHAPES.iter().find(|known| **known == shape).map(|known| (*known).to_owned()),
        word: Some(word.trim().chars().take(WORD_CHARACTERS).collect()).filter(|word: &String| !word.is_empty()),
        saved_at_ms: now_ms,
        passed_at_ms: None,
    };
    let mut trial = Trial { test, check };
    trial.check.passed_at_ms = (trial.shape_is_right() && trial.word_is_right()).then_some(now_ms);
    let mut tx = app.db.write().await?;
    device_checks::put(&mut tx, &trial.test.row.id, &trial.check).await?;
    tx.commit().await?;
    trial.check =
        device_checks::find(&mut app.db.read().await?, &trial.test.row.id, person_id).await?.unwrap_or_default();
    Ok(trial)
}

/// The trial in one branch.
#[derive(Debug, Clone)]
pub struct OfBranch {
    /// The branch.
    pub branch: Node,
    /// How many are to come.
    pub due: usize,
    /// Who of them has not passed yet.
    pub missing: Vec<String>,
}

/// Who has tried, by branch.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The test.
    pub test: Test,
    /// The branches, in the official order.
    pub branches: Vec<OfBranch>,
}

impl Overview {
    /// How many are to come.
    pub fn due(&self) -> usize {
        self.branches.iter().map(|one| one.due).sum()
    }

    /// How many of them have passed.
    pub fn checked(&self) -> usize {
        self.due() - self.branches.iter().map(|one| one.missing.len()).sum::<usize>()
    }
}

/// Who of those that are to come has passed, within the caller's rights.
pub async fn overview(app: &App, caller: &Caller, name: &str) -> Result<Overview> {
    let members = list_presence(app, caller, name).await?;
    let mut tx = app.db.read().await?;
    let (test, _) = find(&mut tx, caller, name).await?;
    let tree = crate::service::people::tree(&mut tx).await?;
    let passed: HashSet<String> = device_checks::passed(&mut tx, &test.row.id).await?.into_iter().collect();
    let mut branches: Vec<OfBranch> = tree
        .walk()
        .into_iter()
        .map(|(_, node)| OfBranch { branch: node.clone(), due: 0, missing: Vec::new() })
        .collect();
    let comes = |presence| matches!(presence, Presence::Absent | Presence::Sat);
    for member in members.into_iter().filter(|member| comes(member.presence)) {
        let Some(of) = branches.iter_mut().find(|one| one.branch.id == member.branch.id) else { continue };
        of.due += 1;
        if !passed.contains(&member.person.id) {
            of.missing.push(member.person.name);
        }
    }
    branches.retain(|one| one.due > 0);
    Ok(Overview { test, branches })
}
