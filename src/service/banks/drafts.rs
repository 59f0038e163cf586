//! Changing a bank question by question: every save is a change that waits, until all of them are published together as the
//! next edition. Whoever saves says which version they saw, so that nobody overwrites what somebody else has written.

use super::{Listed, LoadOptions, Loaded, digest_of, listed, prepare, store, with_keys};
use crate::app::App;
use crate::formats::bank_json;
use crate::formats::bundle::Beside;
use crate::limits;
use crate::rules::bank::{Bank, Problem};
use crate::rules::lint::{Lint, lints_of};
use crate::rules::question::Question;
use crate::rules::rights::Caller;
use crate::rules::text::is_name;
use crate::service::banks::pictures;
use crate::service::error::{Error, Result, Thing};
use crate::service::people::tree;
use crate::store::bank_changes::{self, ChangeRow};
use crate::store::banks::{self, BankRow};
use crate::store::db::Tx;
use crate::store::people;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// A question that is to be another in the next edition.
#[derive(Debug, Clone)]
pub struct Change {
    /// As it is in the newest edition; nothing: it is new.
    pub before: Option<Question>,
    /// As it is to be.
    pub after: Question,
    /// The digest of what is to be: its version.
    pub version: String,
    /// When it was changed last.
    pub changed_at_ms: i64,
    /// Who changed it last, by name; nothing: the operator.
    pub changed_by: Option<String>,
    /// Whether an edition that was loaded since has another question there than the one that was changed.
    pub is_overtaken: bool,
}

/// Everything that waits to be published.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The bank.
    pub bank: Listed,
    /// Its changes, the first change first.
    pub changes: Vec<Change>,
}

/// A question as somebody opens it to change it.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The bank.
    pub bank: Listed,
    /// The question as it stands: changed, or as in the newest edition.
    pub question: Option<Question>,
    /// Its version; empty where there is none yet.
    pub version: String,
    /// As it is in the newest edition, where that was loaded after the change was begun.
    pub newer: Option<Question>,
}

/// What came of looking at a question.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The question.
    pub question: Question,
    /// What is suspicious in it.
    pub lints: Vec<Lint>,
}

/// What was saved.
#[derive(Debug, Clone)]
pub struct Saved {
    /// What it is now.
    pub checked: Checked,
    /// Its version.
    pub version: String,
    /// Whether it is again as in the newest edition, and so no change.
    pub is_as_published: bool,
}

/// What somebody wants a question to be.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The question as a bank's file holds it.
    pub question: Value,
    /// The version that was seen; empty: there was none.
    pub seen: String,
}

/// Everything that waits, for those who may read the bank's keys.
pub async fn draft(app: &App, caller: &Caller, name: &str) -> Result<Draft> {
    let mut tx = app.db.read().await?;
    let row = with_keys(&mut tx, caller, name).await?;
    let rows = bank_changes::list(&mut tx, &row.id).await?;
    let ids: Vec<&str> = rows.iter().map(|change| change.question_id.as_str()).collect();
    let mut published: HashMap<String, String> =
        banks::find_questions(&mut tx, &row.edition_id, &ids).await?.into_iter().collect();
    let people_ids: Vec<&str> = rows.iter().filter_map(|change| change.changed_by.as_deref()).collect();
    let names: HashMap<String, String> =
        people::list_of(&mut tx, &people_ids).await?.into_iter().map(|person| (person.id, person.name)).collect();
    let changes = rows.into_iter().map(|change| {
        let body = published.remove(&change.question_id);
        Ok(Change {
            is_overtaken: change.base_digest != body.as_deref().map(digest_of).unwrap_or_default(),
            before: body.map(|body| crate::store::read_json("question", &change.question_id, &body)).transpose()?,
            after: crate::store::read_json("bank_change", &change.question_id, &change.body)?,
            version: change.digest,
            changed_at_ms: change.changed_at_ms,
            changed_by: change.changed_by.and_then(|id| names.get(&id).cloned()),
        })
    });
    let changes = changes.collect::<Result<_>>()?;
    let tree = tree(&mut tx).await?;
    Ok(Draft { bank: listed(row, caller, &tree)?, changes })
}

/// How many questions of a bank wait to be published.
pub async fn waiting(app: &App, bank: &Listed) -> Result<i64> {
    Ok(bank_changes::count(&mut app.db.read().await?, &bank.row.id).await?)
}

/// A question to be changed; without an id, or with one that no question has, a new one.
pub async fn open_question(app: &App, caller: &Caller, name: &str, id: Option<&str>) -> Result<Opened> {
    let mut tx = app.db.read().await?;
    let row = with_keys(&mut tx, caller, name).await?;
    let (mut opened, id) = {
        let tree = tree(&mut tx).await?;
        let bank = listed(row.clone(), caller, &tree)?;
        (Opened { bank, question: None, version: String::new(), newer: None }, id.unwrap_or_default())
    };
    let published = banks::find_question(&mut tx, &row.edition_id, id).await?;
    let change = bank_changes::find(&mut tx, &row.id, id).await?;
    let base = published.as_deref().map(digest_of).unwrap_or_default();
    let read = |body: &str| crate::store::read_json::<Question>("question", id, body);
    if let Some(change) = change {
        opened.question = Some(read(&change.body)?);
        if change.base_digest != base {
            opened.newer = published.as_deref().map(read).transpose()?;
        }
        opened.version = change.digest;
    } else {
        opened.question = published.as_deref().map(read).transpose()?;
        opened.version = base;
    }
    Ok(opened)
}

/// A bank as it is to be: its newest edition with everything that waits.
struct Whole {
    row: BankRow,
    bank: Bank,
    changes: Vec<ChangeRow>,
}

/// The newest edition of a bank as it is published.
async fn published(tx: &mut Tx, caller: &Caller, name: &str) -> Result<(BankRow, Bank)> {
    let row = with_keys(tx, caller, name).await?;
    let bodies = banks::list_questions(tx, &row.edition_id, 0, i64::MAX).await?;
    let read = |(body,): &(String,)| crate::store::read_json::<Question>("question", &row.edition_id, body);
    let questions = bodies.iter().map(read).collect::<crate::store::Result<Vec<_>>>()?;
    let tree = tree(tx).await?;
    let Listed { title, source, topics, row, .. } = listed(row, caller, &tree)?;
    let bank = Bank { name: row.name.clone(), title, source, topics, questions };
    Ok((row, bank))
}

async fn whole(tx: &mut Tx, caller: &Caller, name: &str) -> Result<Whole> {
    let (row, mut bank) = published(tx, caller, name).await?;
    let questions = &mut bank.questions;
    let changes = bank_changes::list(tx, &row.id).await?;
    let places: HashMap<String, usize> =
        questions.iter().enumerate().map(|(index, question)| (question.id.clone(), index)).collect();
    for change in &changes {
        let question: Question = crate::store::read_json("bank_change", &change.question_id, &change.body)?;
        match places.get(&change.question_id).and_then(|index| questions.get_mut(*index)) {
            Some(place) => *place = question,
            None => questions.push(question),
        }
    }
    Ok(Whole { row, bank, changes })
}

/// A question as it would stand in its bank, with every mistake that is in it; their pointers begin with `/questions/0`.
fn checked(mut bank: Bank, question: &Value) -> std::result::Result<Checked, Vec<Problem>> {
    let id = question.get("id").and_then(Value::as_str).unwrap_or_default();
    let place = bank.questions.iter().position(|known| known.id == id);
    let mut file: Value = serde_json::from_str(&bank_json::write(&bank)).unwrap_or_default();
    let index = place.unwrap_or(bank.questions.len());
    if let Some(list) = file.get_mut("questions").and_then(Value::as_array_mut) {
        match list.get_mut(index) {
            Some(known) => *known = question.clone(),
            None => list.push(question.clone()),
        }
    }
    let own = format!("/questions/{index}");
    bank = bank_json::read(file.to_string().as_bytes()).map_err(|problems| {
        let told = problems.into_iter().map(|mut problem| {
            if let Some(rest) = problem.pointer.strip_prefix(&own) {
                problem.pointer = format!("/questions/0{rest}");
            }
            // There is no file for a place to be in.
            problem.place = crate::rules::bank::Place::default();
            problem
        });
        told.collect::<Vec<_>>()
    })?;
    let lints = if bank.questions.len() <= limits::LINTED_TOGETHER { lints_of(&bank.questions) } else { Vec::new() };
    let lints = lints.into_iter().filter(|lint| lint.question == Some(index)).collect();
    let question = bank.questions.into_iter().nth(index).ok_or_else(Vec::new)?;
    Ok(Checked { question, lints })
}

/// Looks at a question as it would stand in its bank, and changes nothing.
pub async fn check(app: &App, caller: &Caller, name: &str, question: Value) -> Result<Checked> {
    let bank = whole(&mut app.db.read().await?, caller, name).await?.bank;
    let looked = move || {
        let checked = checked(bank, &question)?;
        let mut alone = Bank { questions: vec![checked.question.clone()], ..Bank::default() };
        pictures::take(&mut alone, &Beside::Nothing).map(|shown| (checked, shown))
    };
    let (checked, shown) = tokio::task::spawn_blocking(looked).await.map_err(|_| Error::Busy)?.map_err(Error::File)?;
    pictures::check(app, &shown).await?;
    Ok(checked)
}

/// Saves a question as a change that waits, unless it isn't sound or another version is there than the one that was seen.
pub async fn save(app: &App, caller: &Caller, now_ms: i64, name: &str, wish: Wish) -> Result<Saved> {
    let checked = check(app, caller, name, wish.question).await?;
    let body = crate::store::write_json("bank_change", &checked.question)?;
    let version = digest_of(&body);
    let id = &checked.question.id;
    let mut tx = app.db.write().await?;
    let row = with_keys(&mut tx, caller, name).await?;
    let published = banks::find_question(&mut tx, &row.edition_id, id).await?;
    let base_digest = published.as_deref().map(digest_of).unwrap_or_default();
    let known = bank_changes::find(&mut tx, &row.id, id).await?.map(|change| change.digest);
    if known.as_ref().unwrap_or(&base_digest) != &wish.seen {
        return Err(Error::ChangedMeanwhile);
    }
    let is_as_published = version == base_digest;
    let is_done = match (&known, is_as_published) {
        (None, true) => true,
        (Some(known), true) => bank_changes::delete(&mut tx, &row.id, id, known).await?,
        (known, false) => {
            let change = ChangeRow {
                question_id: id.clone(),
                body,
                digest: version.clone(),
                base_digest,
                changed_at_ms: now_ms,
                changed_by: caller.person_id.clone(),
            };
            bank_changes::put(&mut tx, &row.id, &change, known.as_deref().unwrap_or_default()).await?
        }
    };
    if !is_done {
        return Err(Error::ChangedMeanwhile);
    }
    tx.commit().await?;
    Ok(Saved { checked, version, is_as_published })
}

/// Takes a change of a version back.
pub async fn discard(app: &App, caller: &Caller, name: &str, id: &str, version: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    let row = with_keys(&mut tx, caller, name).await?;
    if bank_changes::find(&mut tx, &row.id, id).await?.is_none() {
        return Err(Error::NotFound(Thing::Question));
    }
    if !bank_changes::delete(&mut tx, &row.id, id, version).await? {
        return Err(Error::ChangedMeanwhile);
    }
    Ok(tx.commit().await?)
}

/// Publishes everything that waits as the next edition, with the reason.
pub async fn publish(app: &App, caller: &Caller, now_ms: i64, name: &str, note: &str) -> Result<Loaded> {
    let note = note.trim();
    if note.is_empty() || note.chars().count() > limits::REASON_CHARACTERS {
        return Err(Error::Invalid { field: "note", expected: "reason" });
    }
    let waiting = draft(app, caller, name).await?;
    if waiting.changes.is_empty() {
        return Err(Error::NothingToPublish);
    }
    if waiting.changes.iter().any(|change| change.is_overtaken) {
        return Err(Error::ChangedMeanwhile);
    }
    let Whole { row, bank, changes } = whole(&mut app.db.read().await?, caller, name).await?;
    let seen: HashSet<&str> = waiting.changes.iter().map(|change| change.version.as_str()).collect();
    if row.number != waiting.bank.row.number || changes.iter().any(|change| !seen.contains(change.digest.as_str())) {
        return Err(Error::ChangedMeanwhile);
    }
    let loaded = next_edition(app, caller, now_ms, (&row, bank), note).await?;
    settle(app, &row, &changes).await?;
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
async fn settle(app: &App, row: &BankRow, published: &[ChangeRow]) -> Result<()> {
    let mut tx = app.db.write().await?;
    for change in published {
        if !bank_changes::delete(&mut tx, &row.id, &change.question_id, &change.digest).await? {
            bank_changes::set_base(&mut tx, &row.id, &change.question_id, &change.digest).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// An id for a new question: the one that is wished for, or the next number that no question has.
pub async fn new_id(app: &App, caller: &Caller, name: &str, wished: &str) -> Result<String> {
    let mut tx = app.db.read().await?;
    let row = with_keys(&mut tx, caller, name).await?;
    let mut taken: HashSet<String> =
        banks::question_index(&mut tx, &row.edition_id).await?.into_iter().map(|question| question.id).collect();
    taken.extend(bank_changes::list(&mut tx, &row.id).await?.into_iter().map(|change| change.question_id));
    let wished = wished.trim();
    if !wished.is_empty() {
        return if !is_name(wished) {
            Err(Error::Invalid { field: "id", expected: "name" })
        } else if taken.contains(wished) {
            Err(Error::NameTaken(Thing::Question))
        } else {
            Ok(wished.to_owned())
        };
    }
    // Of one number more than are taken, one is free.
    let numbers = taken.len() + 1..=2 * taken.len() + 1;
    numbers.map(|number| format!("q-{number:04}")).find(|id| !taken.contains(id)).ok_or(Error::Busy)
}
