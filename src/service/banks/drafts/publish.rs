//! Publishing everything that waits as the next edition.

use super::draft;
use crate::app::App;
use crate::formats::bank_json;
use crate::limits;
use crate::rules::bank::Bank;
use crate::rules::outline::Outline;
use crate::rules::question::Question;
use crate::rules::rights::Caller;
use crate::service::banks::{Listed, LoadOptions, Loaded, listed, prepare, store, with_keys};
use crate::service::error::{Error, Result};
use crate::service::people::tree;
use crate::store::bank_changes::{self, ChangeRow};
use crate::store::bank_outlines::{self, OutlineRow};
use crate::store::banks::{self, BankRow};
use crate::store::db::Tx;
use std::collections::{HashMap, HashSet};

/// A bank as it is to be: its newest edition with everything that waits and is sound.
pub(super) struct Whole {
    pub(super) row: BankRow,
    pub(super) bank: Bank,
    pub(super) changes: Vec<ChangeRow>,
    pub(super) outline: Option<OutlineRow>,
}

/// The newest edition of a bank as it is published.
pub(super) async fn published(tx: &mut Tx, caller: &Caller, name: &str) -> Result<(BankRow, Bank)> {
    let row = with_keys(tx, caller, name).await?;
    let bodies = banks::list_questions(tx, &row.edition_id, 0, i64::MAX).await?;
    let read = |(body,): &(String,)| crate::store::read_json::<Question>("question", &row.edition_id, body);
    let questions = bodies.iter().map(read).collect::<crate::store::Result<Vec<_>>>()?;
    let tree = tree(tx).await?;
    let Listed { title, source, topics, row, .. } = listed(row, caller, &tree)?;
    let bank = Bank { name: row.name.clone(), title, source, topics, questions };
    Ok((row, bank))
}

pub(super) async fn whole(tx: &mut Tx, caller: &Caller, name: &str) -> Result<Whole> {
    let (row, mut bank) = published(tx, caller, name).await?;
    let questions = &mut bank.questions;
    let changes = bank_changes::list(tx, &row.id).await?;
    let places: HashMap<String, usize> =
        questions.iter().enumerate().map(|(index, question)| (question.id.clone(), index)).collect();
    for change in changes.iter().filter(|change| change.is_sound()) {
        let question: Question = crate::store::read_json("bank_change", &change.question_id, &change.body)?;
        match places.get(&change.question_id).and_then(|index| questions.get_mut(*index)) {
            Some(place) => *place = question,
            None => questions.push(question),
        }
    }
    let outline = bank_outlines::find(tx, &row.id).await?;
    if let Some(outline) = &outline {
        crate::store::read_json::<Outline>("bank_outline", &row.id, &outline.body)?.apply(&mut bank);
    }
    Ok(Whole { row, bank, changes, outline })
}

/// Publishes everything that waits as the next edition, with the reason.
pub async fn publish(app: &App, caller: &Caller, now_ms: i64, name: &str, note: &str) -> Result<Loaded> {
    let note = note.trim();
    if note.is_empty() || note.chars().count() > limits::REASON_CHARACTERS {
        return Err(Error::Invalid { field: "note", expected: "reason" });
    }
    let waiting = draft(app, caller, name).await?;
    if waiting.count() == 0 {
        return Err(Error::NothingToPublish);
    }
    if waiting.changes.iter().any(|change| change.after.sound().is_none()) {
        return Err(Error::Unfinished);
    }
    if waiting.changes.iter().any(|change| change.is_overtaken)
        || waiting.outline.as_ref().is_some_and(|outline| outline.is_overtaken)
    {
        return Err(Error::ChangedMeanwhile);
    }
    let Whole { row, bank, changes, outline } = whole(&mut app.db.read().await?, caller, name).await?;
    let seen: HashSet<&str> = waiting.changes.iter().map(|change| change.version.as_str()).collect();
    let is_seen = |change: &ChangeRow| change.is_sound() && seen.contains(change.digest.as_str());
    let outline = outline.map(|outline| outline.digest);
    if row.number != waiting.bank.row.number
        || !changes.iter().all(is_seen)
        || outline != waiting.outline.map(|outline| outline.version)
    {
        return Err(Error::ChangedMeanwhile);
    }
    let loaded = next_edition(app, caller, now_ms, (&row, bank), note).await?;
    settle(app, &row, &changes, outline.as_deref()).await?;
    Ok(loaded)
}

/// Makes a bank the edition after the one that it was made from.
async fn next_edition(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    (row, bank): (&BankRow, Bank),
    note: &str,
) -> Result<Loaded> {
    let sound = move || bank_json::read(bank_json::write(&bank).as_bytes()).map(prepare);
    let prepared = tokio::task::spawn_blocking(sound).await.map_err(|_| Error::Busy)?.map_err(Error::File)?;
    let options = LoadOptions { note: Some(note.to_owned()), after: Some(row.number), ..LoadOptions::default() };
    store(app, caller, now_ms, &prepared, options).await
}

/// Takes questions out of every draw by an edition of its own, with the reason. Changes that wait go on waiting; one of a
/// question that is retired so is overtaken, as by a load.
pub(crate) async fn retire(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    seen: &BankRow,
    (ids, note): (&[String], &str),
) -> Result<Loaded> {
    let (row, mut bank) = published(&mut app.db.read().await?, caller, &seen.name).await?;
    if row.number != seen.number {
        return Err(Error::ChangedMeanwhile);
    }
    let ids: HashSet<&str> = ids.iter().map(String::as_str).collect();
    for question in bank.questions.iter_mut().filter(|question| ids.contains(question.id.as_str())) {
        question.retired = true;
    }
    next_edition(app, caller, now_ms, (&row, bank), note.trim()).await
}

/// Takes away what was published; what somebody has changed again meanwhile is a change of the new edition.
async fn settle(app: &App, row: &BankRow, published: &[ChangeRow], outline: Option<&str>) -> Result<()> {
    let mut tx = app.db.write().await?;
    for change in published {
        if !bank_changes::delete(&mut tx, &row.id, &change.question_id, &change.digest).await? {
            bank_changes::set_base(&mut tx, &row.id, &change.question_id, &change.digest).await?;
        }
    }
    if let Some(outline) = outline {
        bank_outlines::delete(&mut tx, &row.id, outline).await?;
    }
    Ok(tx.commit().await?)
}
