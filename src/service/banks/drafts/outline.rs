//! The outline of a bank as it is to be: its titles, topics and the order of its questions, changed as its questions are.

use super::names;
use super::publish::whole;
use crate::app::App;
use crate::formats::bank_json;
use crate::limits;
use crate::rules::bank::Problem;
use crate::rules::outline::Outline;
use crate::rules::rights::Caller;
use crate::rules::text::Text;
use crate::service::banks::{Listed, digest_of, listed, with_keys};
use crate::service::error::{Error, Result, Thing};
use crate::service::people::tree;
use crate::store::bank_outlines::{self, OutlineRow};
use crate::store::db::Tx;
use std::collections::{HashMap, HashSet};

/// Titles, topics and order that are to be others in the next edition.
#[derive(Debug, Clone)]
pub struct OutlineChange {
    /// As they are in the newest edition.
    pub before: Outline,
    /// As they are to be.
    pub after: Outline,
    /// The digest of what is to be: its version.
    pub version: String,
    /// When it was changed last.
    pub changed_at_ms: i64,
    /// Who changed it last, by name; nothing: the operator.
    pub changed_by: Option<String>,
    /// Whether an edition that was loaded since has others than those that were changed.
    pub is_overtaken: bool,
}

/// A bank's outline as somebody opens it to change it.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The bank as it is published.
    pub bank: Listed,
    /// The outline as it is to be.
    pub outline: Outline,
    /// Its version.
    pub version: String,
    /// As in the newest edition, where that was loaded after the change was begun.
    pub newer: Option<Outline>,
    /// How many questions each topic has, by its id.
    pub counts: HashMap<String, usize>,
    /// The questions in the order in which they are to stand, by id, each with what it asks.
    pub order: Vec<(String, Text)>,
}

/// What somebody wants an outline to be.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The outline.
    pub outline: Outline,
    /// The version that was seen.
    pub seen: String,
}

fn published(bank: &Listed) -> Outline {
    Outline { title: bank.title.clone(), source: bank.source.clone(), topics: bank.topics.clone(), moves: Vec::new() }
}

fn version_of(outline: &Outline) -> Result<(String, String)> {
    let body = crate::store::write_json("bank_outline", outline)?;
    let digest = digest_of(&body);
    Ok((body, digest))
}

fn read(bank: &Listed, row: &OutlineRow) -> Result<Outline> {
    Ok(crate::store::read_json("bank_outline", &bank.row.id, &row.body)?)
}

/// What waits of a bank's outline.
pub(super) async fn change(tx: &mut Tx, bank: &Listed) -> Result<Option<OutlineChange>> {
    let Some(row) = bank_outlines::find(tx, &bank.row.id).await? else { return Ok(None) };
    let before = published(bank);
    let names = names(tx, row.changed_by.as_deref().into_iter()).await?;
    Ok(Some(OutlineChange {
        is_overtaken: row.base_digest != version_of(&before)?.1,
        before,
        after: read(bank, &row)?,
        version: row.digest,
        changed_at_ms: row.changed_at_ms,
        changed_by: row.changed_by.and_then(|id| names.get(&id).cloned()),
    }))
}

/// Gives a bank the titles and topics that it is to have.
pub(super) async fn give(tx: &mut Tx, bank: &mut Listed) -> Result<()> {
    if let Some(row) = bank_outlines::find(tx, &bank.row.id).await? {
        Outline { title: bank.title, source: bank.source, topics: bank.topics, .. } = read(bank, &row)?;
    }
    Ok(())
}

/// Opens a bank's outline, for those who may read its keys.
pub async fn open(app: &App, caller: &Caller, name: &str) -> Result<Opened> {
    let mut tx = app.db.read().await?;
    let as_it_is_to_be = whole(&mut tx, caller, name).await?;
    let tree = tree(&mut tx).await?;
    let bank = listed(as_it_is_to_be.row, caller, &tree)?;
    let mut counts = HashMap::new();
    for question in &as_it_is_to_be.bank.questions {
        *counts.entry(question.topic.clone()).or_default() += 1;
    }
    let order = as_it_is_to_be.bank.questions.into_iter().map(|question| (question.id, question.stem)).collect();
    let before = published(&bank);
    let base = version_of(&before)?.1;
    Ok(match as_it_is_to_be.outline {
        Some(row) => Opened {
            outline: read(&bank, &row)?,
            newer: Some(before).filter(|_| row.base_digest != base),
            version: row.digest,
            bank,
            counts,
            order,
        },
        None => Opened { outline: before, newer: None, version: base, bank, counts, order },
    })
}

/// Saves an outline as a change that waits, unless it isn't sound or another version is there than the one that was seen.
pub async fn save(app: &App, caller: &Caller, now_ms: i64, name: &str, wish: Wish) -> Result<String> {
    check(app, caller, name, &wish.outline).await?;
    let (body, version) = version_of(&wish.outline)?;
    let mut tx = app.db.write().await?;
    let row = with_keys(&mut tx, caller, name).await?;
    let tree = tree(&mut tx).await?;
    let bank = listed(row, caller, &tree)?;
    let base_digest = version_of(&published(&bank))?.1;
    let known = bank_outlines::find(&mut tx, &bank.row.id).await?.map(|outline| outline.digest);
    if known.as_ref().unwrap_or(&base_digest) != &wish.seen {
        return Err(Error::ChangedMeanwhile);
    }
    let is_done = match (&known, version == base_digest) {
        (None, true) => true,
        (Some(known), true) => bank_outlines::delete(&mut tx, &bank.row.id, known).await?,
        (known, false) => {
            let changed_by = caller.person_id.clone();
            let outline = OutlineRow { body, digest: version.clone(), base_digest, changed_at_ms: now_ms, changed_by };
            bank_outlines::put(&mut tx, &bank.row.id, &outline, known.as_deref().unwrap_or_default()).await?
        }
    };
    if !is_done {
        return Err(Error::ChangedMeanwhile);
    }
    tx.commit().await?;
    Ok(version)
}

/// Whether the bank could be published with an outline.
async fn check(app: &App, caller: &Caller, name: &str, outline: &Outline) -> Result<()> {
    if outline.moves.len() > limits::OUTLINE_MOVES {
        return Err(Error::Invalid { field: "moves", expected: "moves" });
    }
    let mut bank = whole(&mut app.db.read().await?, caller, name).await?.bank;
    let ids: HashSet<&str> = bank.questions.iter().map(|question| question.id.as_str()).collect();
    let is_there = |id: &String| ids.contains(id.as_str());
    if !outline.moves.iter().all(|one| is_there(&one.question) && one.after.as_ref().is_none_or(is_there)) {
        return Err(Error::Invalid { field: "moves", expected: "question-ids" });
    }
    // What is to be moved is moved already in what waits; titles and topics are all that can be wrong here.
    Outline { moves: Vec::new(), ..outline.clone() }.apply(&mut bank);
    let read = move || bank_json::read(bank_json::write(&bank).as_bytes());
    let read = tokio::task::spawn_blocking(read).await.map_err(|_| Error::Busy)?;
    read.map(drop).map_err(|problems| Error::File(first_of_each(problems)))
}

/// A topic that is missing is missing for every question that has it: said once, and nowhere in a file.
fn first_of_each(problems: Vec<Problem>) -> Vec<Problem> {
    let mut seen = HashSet::new();
    let is_first =
        |problem: &Problem| !problem.pointer.starts_with("/questions/") || seen.insert(problem.found.clone());
    let mut first: Vec<Problem> = problems.into_iter().filter(is_first).collect();
    for problem in &mut first {
        problem.place = crate::rules::bank::Place::default();
    }
    first
}

/// Takes an outline of a version back.
pub async fn discard(app: &App, caller: &Caller, name: &str, version: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    let row = with_keys(&mut tx, caller, name).await?;
    if bank_outlines::find(&mut tx, &row.id).await?.is_none() {
        return Err(Error::NotFound(Thing::Page));
    }
    if !bank_outlines::delete(&mut tx, &row.id, version).await? {
        return Err(Error::ChangedMeanwhile);
    }
    Ok(tx.commit().await?)
}
