//! Sheets on their way in: kept between being looked at and being loaded, with what their columns are taken for.

use crate::app::App;
use crate::formats::roster::{self, Learned, Overview};
use crate::limits;
use crate::rules::rights::Caller;
use crate::rules::roster::{Role, SheetKind};
use crate::service::error::{Error, Mistake, Result};
use crate::store::db::Tx;
use crate::store::sheets::{self, KeptFile, LearnedHeading};

/// What a heading means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// As the sheet has it.
    pub heading: String,
    /// A name of [`roster::meanings`]; empty: the column isn't read.
    pub meaning: String,
}

/// A sheet as it was sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Which sheet it is said to be.
    pub kind: SheetKind,
    /// The file's name.
    pub name: String,
    /// What stands in it.
    pub content: Vec<u8>,
}

/// A sheet that is kept until it is loaded.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Under which it is found again.
    pub id: String,
    /// The sheet.
    pub sent: Sent,
}

/// Who keeps the roster.
pub(super) fn check(caller: &Caller) -> Result<()> {
    if caller.has(Role::Administrator) { Ok(()) } else { Err(Error::Forbidden(Some(Role::Administrator))) }
}

/// Keeps a sheet for the caller until it is loaded; for a day at most.
pub async fn keep(app: &App, caller: &Caller, now_ms: i64, sent: Sent) -> Result<String> {
    check(caller)?;
    let person_id = caller.person_id.clone().ok_or(Error::SignInNeeded)?;
    let id = app.randomness.token();
    let Sent { kind, name, content } = sent;
    let name = name.chars().filter(|character| !character.is_control()).take(200).collect();
    let file = KeptFile {
        id: id.clone(),
        person_id,
        sheet: kind.name().to_owned(),
        name,
        content,
        created_at_ms: now_ms,
        said: None,
    };
    let mut tx = app.db.write().await?;
    sheets::keep(&mut tx, &file, limits::KEPT_FILES - 1).await?;
    tx.commit().await?;
    Ok(id)
}

/// A sheet that the caller sent; [`Error::FileGone`] where it was loaded, or sent too long ago.
pub async fn kept(app: &App, caller: &Caller, id: &str) -> Result<Kept> {
    check(caller)?;
    let person_id = caller.person_id.as_deref().ok_or(Error::SignInNeeded)?;
    let file = sheets::kept(&mut app.db.read().await?, id, person_id).await?.ok_or(Error::FileGone)?;
    let kind = SheetKind::from_name(&file.sheet).ok_or(Error::FileGone)?;
    Ok(Kept { id: file.id, sent: Sent { kind, name: file.name, content: file.content } })
}

/// Forgets a sheet that was loaded.
pub async fn forget(app: &App, caller: &Caller, kept: &Kept) -> Result<()> {
    check(caller)?;
    let mut tx = app.db.write().await?;
    sheets::drop_kept(&mut tx, &kept.id).await?;
    tx.commit().await?;
    Ok(())
}

/// Forgets files that nobody came back for, those of questions among them.
pub(crate) async fn tidy(tx: &mut Tx, now_ms: i64) -> Result<()> {
    Ok(sheets::drop_older(tx, now_ms - limits::KEPT_FILE_MS, now_ms - limits::KEPT_QUESTIONS_MS).await?)
}

/// What the columns of a sheet are taken for, with what is said now counting first.
pub async fn looked_at(
    app: &App,
    caller: &Caller,
    sent: &Sent,
    columns: &[Column],
    row: Option<usize>,
) -> Result<Overview> {
    check(caller)?;
    let (kind, content) = (sent.kind, sent.content.clone());
    let learned = learned_with(&mut app.db.read().await?, kind, columns).await?;
    let look = move || roster::overview(&content, kind, &learned, row);
    let overview = tokio::task::spawn_blocking(look).await.map_err(|_| Error::Busy)?;
    overview.map_err(|problem| Error::Sheet(vec![problem]))
}

/// What was said of headings, for whoever keeps the roster.
pub async fn learned(app: &App, caller: &Caller) -> Result<Vec<(SheetKind, Column)>> {
    check(caller)?;
    let rows = sheets::learned(&mut app.db.read().await?).await?.into_iter();
    Ok(rows
        .filter_map(|row| {
            Some((SheetKind::from_name(&row.sheet)?, Column { heading: row.heading, meaning: row.meaning }))
        })
        .collect())
}

/// Forgets what was said of a heading.
pub async fn unlearn(app: &App, caller: &Caller, kind: SheetKind, heading: &str) -> Result<()> {
    check(caller)?;
    let mut tx = app.db.write().await?;
    sheets::unlearn(&mut tx, kind.name(), heading).await?;
    tx.commit().await?;
    Ok(())
}

/// What is remembered of the headings of a sheet, and over it what is said now.
pub(super) async fn learned_with(tx: &mut Tx, kind: SheetKind, columns: &[Column]) -> Result<Learned> {
    let mut learned = Learned::default();
    for row in sheets::learned(tx).await?.into_iter().filter(|row| row.sheet == kind.name()) {
        learned.note(&row.heading, &row.meaning);
    }
    for column in columns {
        if !learned.note(&column.heading, &column.meaning) {
            return Err(Error::Fields(vec![Mistake { field: "column", expected: "column" }]));
        }
    }
    Ok(learned)
}

/// Remembers what was said, as far as it isn't what everybody would take a heading for.
pub(super) async fn remember(tx: &mut Tx, kind: SheetKind, columns: &[Column]) -> Result<()> {
    for Column { heading, meaning } in columns {
        let usual = roster::usual(kind, heading).unwrap_or_default();
        if meaning.as_str() == usual {
            sheets::unlearn(tx, kind.name(), heading).await?;
        } else if meaning.is_empty() || roster::meanings(kind).contains(&meaning.as_str()) {
            let learned =
                LearnedHeading { sheet: kind.name().to_owned(), heading: heading.clone(), meaning: meaning.clone() };
            sheets::learn(tx, &learned).await?;
        }
    }
    Ok(())
}
