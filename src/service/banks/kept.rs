//! Files of questions between being sent and being loaded: kept for their sender and looked at question by question, so that
//! what is wrong can be mended here. A file is kept as it was sent, with what was mended beside it, and is read anew at each
//! look; nothing of it counts before all of it is sound and loaded.

mod look;

pub use look::{FIRST, Item, Looked, Standing};

use super::{LoadOptions, Loaded, Reading, digest_of, hints, may_load, pictures, prepare, store};
use crate::app::App;
use crate::formats::exchange::Form;
use crate::formats::exchange::sheet::Hints;
use crate::limits;
use crate::rules::bank::Bank;
use crate::rules::lint::lints_of;
use crate::rules::rights::Caller;
use crate::service::banks::drafts::Checked;
use crate::service::error::{Error, Result, Thing};
use crate::store::kept_questions::{self, MendedRow};
use crate::store::sheets::{self, KeptFile};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the sender said of a file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Said {
    form: Option<String>,
    bank: Option<String>,
    title: Option<String>,
    columns: String,
    kinds: String,
    shared: bool,
}

/// A file that is kept, with what was mended of it.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Under which it is found again.
    pub id: String,
    /// How it is read.
    pub reading: Reading,
    /// Whether all organizers may draw from the bank.
    pub shared: bool,
    bytes: Arc<Vec<u8>>,
    /// Questions that were mended, by their places in the file.
    mended: BTreeMap<usize, MendedRow>,
}

/// A file that waits to be loaded, as its sender's list names it.
#[derive(Debug, Clone)]
pub struct Named {
    /// Under which it is found again.
    pub id: String,
    /// Its name.
    pub file: String,
    /// When it was sent.
    pub sent_at_ms: i64,
}

/// Keeps a file for the caller; nothing where it is too large, or nothing in it can be looked at question by question.
pub async fn keep(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    (bytes, mut reading): (&Arc<Vec<u8>>, Reading),
    shared: bool,
) -> Result<Option<String>> {
    may_load(caller)?;
    let Some(person_id) = caller.person_id.clone().filter(|_| bytes.len() <= limits::KEPT_QUESTIONS_BYTES) else {
        return Ok(None);
    };
    if reading.hints.is_nothing()
        && let Some(place) = hints::place(caller, bytes, &reading).await?
    {
        reading.hints = hints::recalled(app, &place).await?.unwrap_or_default();
    }
    let id = app.randomness.token();
    let kept = Kept { id: id.clone(), reading, shared, bytes: Arc::clone(bytes), mended: BTreeMap::new() };
    let looked = match look(&kept).await {
        Ok(looked) => looked,
        Err(Error::File(_) | Error::Sheet(_) | Error::Invalid { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    pictures::keep(app, now_ms, looked.pictures).await?;
    let Kept { reading, .. } = kept;
    let said = Said {
        form: reading.form.map(|form| form.name().to_owned()),
        bank: reading.bank,
        title: reading.title,
        columns: reading.hints.columns.to_string(),
        kinds: reading.hints.kinds.to_string(),
        shared,
    };
    let file = KeptFile {
        id: id.clone(),
        person_id,
        sheet: sheets::QUESTIONS.to_owned(),
        name: reading.file.chars().filter(|character| !character.is_control()).take(200).collect(),
        content: bytes.to_vec(),
        created_at_ms: now_ms,
        said: Some(crate::store::write_json("kept_file", &said)?),
    };
    let mut tx = app.db.write().await?;
    sheets::keep(&mut tx, &file, limits::KEPT_FILES - 1).await?;
    tx.commit().await?;
    Ok(Some(id))
}

/// The caller's files that wait to be loaded.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<Named>> {
    may_load(caller)?;
    let Some(person_id) = caller.person_id.as_deref() else { return Ok(Vec::new()) };
    let files = sheets::questions_of(&mut app.db.read().await?, person_id).await?;
    Ok(files.into_iter().map(|(id, file, sent_at_ms)| Named { id, file, sent_at_ms }).collect())
}

/// A file that the caller sent; [`Error::FileGone`] where it was loaded, or sent too long ago.
pub async fn open(app: &App, caller: &Caller, id: &str) -> Result<Kept> {
    may_load(caller)?;
    let person_id = caller.person_id.as_deref().ok_or(Error::SignInNeeded)?;
    let mut tx = app.db.read().await?;
    let file = sheets::kept(&mut tx, id, person_id).await?.filter(|file| file.sheet == sheets::QUESTIONS);
    let file = file.ok_or(Error::FileGone)?;
    let mended = kept_questions::list(&mut tx, id).await?;
    let said: Said = crate::store::read_json("kept_file", id, file.said.as_deref().unwrap_or("{}"))?;
    let hints =
        Hints { columns: said.columns.parse().unwrap_or_default(), kinds: said.kinds.parse().unwrap_or_default() };
    let reading = Reading {
        file: file.name,
        form: said.form.as_deref().and_then(Form::from_name),
        bank: said.bank,
        title: said.title,
        hints,
        lints: true,
        ..Reading::default()
    };
    let place = |row: MendedRow| Some((usize::try_from(row.number).ok()?, row));
    Ok(Kept {
        id: file.id,
        reading,
        shared: said.shared,
        bytes: Arc::new(file.content),
        mended: mended.into_iter().filter_map(place).collect(),
    })
}

/// A file question by question, with everything that is to be said of it.
pub async fn look(kept: &Kept) -> Result<Looked> {
    let kept = kept.clone();
    tokio::task::spawn_blocking(move || look::look(&kept)).await.map_err(|_| Error::Busy)?
}

/// Looks at a question as it would stand in its file, and changes nothing.
pub async fn check(app: &App, kept: &Kept, number: usize, question: &Value) -> Result<Checked> {
    let mut tried = kept.clone();
    tried.mended.insert(number, mended(number, Some(question.to_string()))?);
    let mut looked = look(&tried).await?;
    let place = looked.items.iter().position(|item| item.number == number).ok_or(Error::NotFound(Thing::Question))?;
    let item = looked.items.swap_remove(place);
    let Some(question) = item.question.filter(|_| item.problems.is_empty()) else {
        return Err(Error::File(item.problems));
    };
    let mut alone = Bank { questions: vec![question.clone()], ..Bank::default() };
    let shown = pictures::take(&mut alone, &crate::formats::bundle::Beside::Nothing).map_err(Error::File)?;
    pictures::check_but(app, &shown, &looked.pictures).await?;
    let lints = lints_of(std::slice::from_ref(&question));
    Ok(Checked { question, lints })
}

fn mended(number: usize, body: Option<String>) -> Result<MendedRow> {
    let number = i64::try_from(number).map_err(|_| Error::NotFound(Thing::Question))?;
    let digest = body.as_deref().map_or_else(|| "left-out".to_owned(), digest_of);
    Ok(MendedRow { number, body, digest })
}

/// Keeps a question as it was mended, or leaves it out where it is to be none, unless another version is there than the one
/// that was seen.
pub async fn mend(
    app: &App,
    caller: &Caller,
    kept: &Kept,
    (number, seen): (usize, &str),
    question: Option<&Value>,
) -> Result<()> {
    may_load(caller)?;
    let row = mended(number, question.map(Value::to_string))?;
    let mut tx = app.db.write().await?;
    if !kept_questions::put(&mut tx, &kept.id, &row, seen).await? {
        return Err(Error::ChangedMeanwhile);
    }
    Ok(tx.commit().await?)
}

/// Takes a question as it was sent again.
pub async fn restore(app: &App, caller: &Caller, kept: &Kept, number: usize) -> Result<()> {
    may_load(caller)?;
    let row = mended(number, None)?;
    let mut tx = app.db.write().await?;
    kept_questions::delete(&mut tx, &kept.id, row.number).await?;
    Ok(tx.commit().await?)
}

/// Forgets a file.
pub async fn forget(app: &App, caller: &Caller, kept: &Kept) -> Result<()> {
    may_load(caller)?;
    let mut tx = app.db.write().await?;
    sheets::drop_kept(&mut tx, &kept.id).await?;
    Ok(tx.commit().await?)
}

/// Loads a file as it was mended as a new edition, or says what is still wrong with it.
pub async fn load(app: &App, caller: &Caller, now_ms: i64, kept: &Kept, shared: bool) -> Result<Loaded> {
    may_load(caller)?;
    let looked = look(kept).await?;
    let Looked { items, mut problems, pictures: taken, bank, .. } = looked;
    problems.extend(items.into_iter().flat_map(|item| item.problems));
    let Some(bank) = bank.filter(|_| problems.is_empty()) else { return Err(Error::File(problems)) };
    pictures::keep(app, now_ms, taken).await?;
    check_pictures(app, bank.clone()).await?;
    let prepared = tokio::task::spawn_blocking(move || prepare(bank)).await.map_err(|_| Error::Busy)?;
    let options = LoadOptions { shared: shared.then_some(true), ..LoadOptions::default() };
    let loaded = store(app, caller, now_ms, &prepared, options).await?;
    if !kept.reading.hints.is_nothing()
        && let Some(place) = hints::place(caller, &kept.bytes, &kept.reading).await?
    {
        hints::remember(app, now_ms, place, &kept.reading.hints).await?;
    }
    forget(app, caller, kept).await?;
    Ok(loaded)
}

/// Whether every picture that a bank shows is kept.
async fn check_pictures(app: &App, mut bank: Bank) -> Result<()> {
    let shown = pictures::take(&mut bank, &crate::formats::bundle::Beside::Nothing).map_err(Error::File)?;
    pictures::check(app, &shown).await
}

impl Looked {
    /// How many questions have mistakes.
    pub fn faulty(&self) -> usize {
        self.items.iter().filter(|item| !item.problems.is_empty()).count()
    }

    /// Whether nothing keeps it from being loaded.
    pub const fn is_sound(&self) -> bool {
        self.bank.is_some()
    }
}
