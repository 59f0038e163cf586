//! Changing a bank question by question: every save is a change that waits, until all of them are published together as the
//! next edition. Whoever saves says which version they saw, so that nobody overwrites what somebody else has written.
//! A question with mistakes may wait as well, to be mended later; it keeps everything from being published.

pub mod outline;
mod publish;
mod save;

pub use publish::publish;
pub(crate) use publish::retire;
pub use save::{check, discard, save};

use super::{Listed, digest_of, listed, with_keys};
use crate::app::App;
use crate::formats::bank_json::written_question;
use crate::rules::bank::Problem;
use crate::rules::lint::Lint;
use crate::rules::question::Question;
use crate::rules::rights::Caller;
use crate::rules::text::is_name;
use crate::service::error::{Error, Result, Thing};
use crate::service::people::tree;
use crate::store::bank_changes::{self, ChangeRow};
use crate::store::banks;
use crate::store::db::Tx;
use crate::store::people;
use outline::OutlineChange;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// A question as it is to be.
#[derive(Debug, Clone)]
pub enum Waiting {
    /// It could be published.
    Sound(Box<Question>),
    /// As a bank's file would hold it, with mistakes that somebody has still to mend.
    Unfinished(Value),
}

impl Waiting {
    fn read(row: &ChangeRow) -> Result<Self> {
        let (id, body) = (&row.question_id, &row.body);
        Ok(if row.is_sound() {
            Self::Sound(Box::new(crate::store::read_json("bank_change", id, body)?))
        } else {
            Self::Unfinished(crate::store::read_json("bank_change", id, body)?)
        })
    }

    /// The question, where it has no mistakes.
    pub const fn sound(&self) -> Option<&Question> {
        match self {
            Self::Sound(question) => Some(question),
            Self::Unfinished(_) => None,
        }
    }

    /// As a bank's file holds it.
    pub fn written(&self) -> Value {
        match self {
            Self::Sound(question) => written_question(question),
            Self::Unfinished(written) => written.clone(),
        }
    }
}

/// A question that is to be another in the next edition.
#[derive(Debug, Clone)]
pub struct Change {
    /// Its id.
    pub id: String,
    /// As it is in the newest edition; nothing: it is new.
    pub before: Option<Question>,
    /// As it is to be.
    pub after: Waiting,
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
    /// The bank as it is published.
    pub bank: Listed,
    /// Its titles, topics and order, where they are to be others.
    pub outline: Option<OutlineChange>,
    /// Its changes, the first change first.
    pub changes: Vec<Change>,
}

impl Draft {
    /// How many things wait.
    pub fn count(&self) -> usize {
        self.changes.len() + usize::from(self.outline.is_some())
    }
}

/// A question as somebody opens it to change it.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The bank, with the titles and topics that it is to have.
    pub bank: Listed,
    /// The question as it stands: changed, or as in the newest edition.
    pub question: Option<Waiting>,
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
    /// What is suspicious in it.
    pub lints: Vec<Lint>,
    /// What is wrong with it, where it waits all the same.
    pub problems: Vec<Problem>,
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
    /// Whether it is to wait though it has mistakes.
    pub unfinished: bool,
}

/// Everything that waits, for those who may read the bank's keys.
pub async fn draft(app: &App, caller: &Caller, name: &str) -> Result<Draft> {
    let mut tx = app.db.read().await?;
    let row = with_keys(&mut tx, caller, name).await?;
    let rows = bank_changes::list(&mut tx, &row.id).await?;
    let ids: Vec<&str> = rows.iter().map(|change| change.question_id.as_str()).collect();
    let mut published: HashMap<String, String> =
        banks::find_questions(&mut tx, &row.edition_id, &ids).await?.into_iter().collect();
    let names = names(&mut tx, rows.iter().filter_map(|change| change.changed_by.as_deref())).await?;
    let changes = rows.into_iter().map(|change| {
        let body = published.remove(&change.question_id);
        Ok(Change {
            is_overtaken: change.base_digest != body.as_deref().map(digest_of).unwrap_or_default(),
            before: body.map(|body| crate::store::read_json("question", &change.question_id, &body)).transpose()?,
            after: Waiting::read(&change)?,
            id: change.question_id,
            version: change.digest,
            changed_at_ms: change.changed_at_ms,
            changed_by: change.changed_by.and_then(|id| names.get(&id).cloned()),
        })
    });
    let changes = changes.collect::<Result<_>>()?;
    let tree = tree(&mut tx).await?;
    let bank = listed(row, caller, &tree)?;
    Ok(Draft { outline: outline::change(&mut tx, &bank).await?, bank, changes })
}

/// Names of people by their ids.
async fn names(tx: &mut Tx, ids: impl Iterator<Item = &str>) -> Result<HashMap<String, String>> {
    let ids: Vec<&str> = ids.collect();
    Ok(people::list_of(tx, &ids).await?.into_iter().map(|person| (person.id, person.name)).collect())
}

/// How many changes of a bank wait to be published.
pub async fn waiting(app: &App, bank: &Listed) -> Result<i64> {
    let mut tx = app.db.read().await?;
    let outline = outline::change(&mut tx, bank).await?;
    Ok(bank_changes::count(&mut tx, &bank.row.id).await? + i64::from(outline.is_some()))
}

/// A question to be changed; without an id, or with one that no question has, a new one.
pub async fn open_question(app: &App, caller: &Caller, name: &str, id: Option<&str>) -> Result<Opened> {
    let mut tx = app.db.read().await?;
    let row = with_keys(&mut tx, caller, name).await?;
    let (mut opened, id) = {
        let tree = tree(&mut tx).await?;
        let mut bank = listed(row.clone(), caller, &tree)?;
        outline::give(&mut tx, &mut bank).await?;
        (Opened { bank, question: None, version: String::new(), newer: None }, id.unwrap_or_default())
    };
    let published = banks::find_question(&mut tx, &row.edition_id, id).await?;
    let change = bank_changes::find(&mut tx, &row.id, id).await?;
    let base = published.as_deref().map(digest_of).unwrap_or_default();
    let read = |body: &str| crate::store::read_json::<Question>("question", id, body);
    if let Some(change) = change {
        opened.question = Some(Waiting::read(&change)?);
        if change.base_digest != base {
            opened.newer = published.as_deref().map(read).transpose()?;
        }
        opened.version = change.digest;
    } else {
        opened.question =
            published.as_deref().map(read).transpose()?.map(|question| Waiting::Sound(Box::new(question)));
        opened.version = base;
    }
    Ok(opened)
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
