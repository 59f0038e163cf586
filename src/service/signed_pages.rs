//! Scanned signed pages 签字扫描件: what was printed, signed by hand and scanned, kept with the test or the year that it
//! belongs to. Whoever manages the test, or may sign the year off, sends and removes them; whoever may read the report of
//! the whole test, or the whole result of the year, reads them.

use crate::app::App;
use crate::formats::signed_page as form;
use crate::limits;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::text::{Text, hex};
use crate::service::accounts::event;
use crate::service::archives::{of_whole, refuse_unsettled};
use crate::service::assessments;
use crate::service::error::{Error, Result, Thing};
use crate::service::tests::{Test, check_reason};
use crate::store::db::Tx;
use crate::store::signed_pages::{self as store, Subject};
use crate::store::{assessments as years, details, trace};
use serde_json::json;
use sha2::{Digest, Sha256};

pub use crate::store::signed_pages::SignedPage;

/// Events of the chain.
pub(crate) mod events {
    pub(crate) const SENT: &str = "signed-page-sent";
    pub(crate) const REMOVED: &str = "signed-page-removed";
}

/// Whose pages are meant.
#[derive(Debug, Clone, Copy)]
pub enum Whose<'a> {
    /// Those of a test, by name.
    Test(&'a str),
    /// Those of a year of the annual assessment, as it holds for a branch (by code), or for the caller's highest.
    Year(u32, Option<&'a str>),
}

/// Whose pages were found.
#[derive(Debug, Clone)]
pub enum Owner {
    /// A test's.
    Test(Box<Test>),
    /// Those of a year.
    Year {
        /// The year.
        year: u32,
        /// The title of its rules.
        title: Text,
    },
}

/// A test or a year with its pages.
#[derive(Debug, Clone)]
pub struct Pages {
    /// Whose they are.
    pub owner: Owner,
    /// The pages, the first sent first.
    pub pages: Vec<SignedPage>,
    /// Whether the caller may send and remove them.
    pub may_keep: bool,
    /// Whether it is time for them: the test is settled, or the year signed off.
    pub is_time: bool,
}

/// A file on its way in.
#[derive(Debug, Clone)]
pub struct Sending {
    /// What it is; empty: what its name says.
    pub title: String,
    /// The name of the file; may be empty.
    pub file_name: String,
    /// The file.
    pub content: Vec<u8>,
}

/// What the caller may read, and what of it they may do.
struct Ground {
    subject: Subject,
    owner: Owner,
    may_keep: bool,
    is_signed: bool,
}

impl Ground {
    async fn of(tx: &mut Tx, caller: &Caller, whose: Whose<'_>) -> Result<Self> {
        match whose {
            Whose::Test(name) => {
                let (test, standing) = of_whole(tx, caller, name).await?;
                let subject = Subject::Test(test.row.id.clone());
                Ok(Self { subject, owner: Owner::Test(Box::new(test)), may_keep: standing.manages, is_signed: false })
            }
            // Whoever reads the whole result of a year may sign it off.
            Whose::Year(year, branch) => {
                let (row, title) = assessments::of_whole(tx, caller, (year, branch)).await?;
                let is_signed = !years::signings(tx, &row.id).await?.is_empty();
                let owner = Owner::Year { year, title };
                Ok(Self { subject: Subject::Assessment(row.id), owner, may_keep: true, is_signed })
            }
        }
    }

    /// Nothing can have been signed before.
    fn refuse_early(&self) -> Result<()> {
        match &self.owner {
            Owner::Test(test) => refuse_unsettled(test),
            Owner::Year { .. } if self.is_signed => Ok(()),
            Owner::Year { .. } => Err(Error::NotSignedOff),
        }
    }

    fn refuse_readers(&self) -> Result<()> {
        if self.may_keep { Ok(()) } else { Err(Error::Forbidden(Some(Role::Organizer))) }
    }

    async fn page(&self, tx: &mut Tx, id: &str) -> Result<SignedPage> {
        let pages = store::list(tx, &self.subject).await?;
        pages.into_iter().find(|page| page.id == id).ok_or(Error::NotFound(Thing::SignedPage))
    }
}

/// The pages of a test or a year.
pub async fn list(app: &App, caller: &Caller, whose: Whose<'_>) -> Result<Pages> {
    let mut tx = app.db.read().await?;
    let ground = Ground::of(&mut tx, caller, whose).await?;
    let pages = store::list(&mut tx, &ground.subject).await?;
    let is_time = ground.refuse_early().is_ok();
    Ok(Pages { may_keep: ground.may_keep, owner: ground.owner, pages, is_time })
}

/// One page with its content.
pub async fn content(app: &App, caller: &Caller, whose: Whose<'_>, id: &str) -> Result<(SignedPage, Vec<u8>)> {
    let mut tx = app.db.read().await?;
    let ground = Ground::of(&mut tx, caller, whose).await?;
    let page = ground.page(&mut tx, id).await?;
    let content = store::content(&mut tx, id).await?.ok_or(Error::NotFound(Thing::SignedPage))?;
    Ok((page, content))
}

/// Every page with its content, for an archive.
pub async fn all(app: &App, caller: &Caller, whose: Whose<'_>) -> Result<Vec<(SignedPage, Vec<u8>)>> {
    let mut tx = app.db.read().await?;
    let ground = Ground::of(&mut tx, caller, whose).await?;
    let mut all = Vec::new();
    for page in store::list(&mut tx, &ground.subject).await? {
        let content = store::content(&mut tx, &page.id).await?.ok_or(Error::NotFound(Thing::SignedPage))?;
        all.push((page, content));
    }
    Ok(all)
}

/// Keeps a file as a page of a test or a year.
pub async fn send(app: &App, caller: &Caller, now_ms: i64, whose: Whose<'_>, sending: Sending) -> Result<SignedPage> {
    // Whoever may not send one isn't told about the file.
    let mut tx = app.db.read().await?;
    let ground = Ground::of(&mut tx, caller, whose).await?;
    drop(tx);
    ground.refuse_readers()?;
    ground.refuse_early()?;
    let (title, kind) = checked(&sending)?;
    let content = sending.content;
    let mut tx = app.db.write().await?;
    let ground = Ground::of(&mut tx, caller, whose).await?;
    ground.refuse_readers()?;
    ground.refuse_early()?;
    let digest = hex(&Sha256::digest(&content));
    refuse_beyond(&store::list(&mut tx, &ground.subject).await?, &digest, content.len())?;
    let (test_id, assessment_id) = match ground.subject {
        Subject::Test(id) => (Some(id), None),
        Subject::Assessment(id) => (None, Some(id)),
    };
    let page = SignedPage {
        id: app.randomness.id(now_ms),
        test_id,
        assessment_id,
        title,
        kind: kind.ending().to_owned(),
        digest,
        size: i64::try_from(content.len()).unwrap_or(i64::MAX),
        sent_at_ms: now_ms,
        sent_by: caller.person_id.clone(),
        sender: caller.person_id.as_ref().map(|_| caller.name.clone()),
    };
    store::insert(&mut tx, &page, content).await?;
    trace::append(&mut tx, &event(caller, now_ms, events::SENT, &page.id, &details::signed_page(&page))).await?;
    tx.commit().await?;
    Ok(page)
}

/// The title of a file and its kind.
fn checked(sending: &Sending) -> Result<(String, form::Kind)> {
    if sending.content.len() > limits::SIGNED_PAGE_BYTES {
        return Err(Error::BodyTooLarge);
    }
    let kind = form::kind(&sending.content).ok_or(Error::Invalid { field: "file", expected: "signed-page-file" })?;
    let of_name;
    let title = if sending.title.trim().is_empty() {
        of_name = form::title_of_file(&sending.file_name);
        &of_name
    } else {
        &sending.title
    };
    let title = form::title(title).ok_or(Error::Invalid { field: "title", expected: "signed-page-title" })?;
    Ok((title, kind))
}

/// Refuses a file that is there already, and one too many.
fn refuse_beyond(pages: &[SignedPage], digest: &str, size: usize) -> Result<()> {
    if pages.iter().any(|page| page.digest == digest) {
        return Err(Error::Invalid { field: "file", expected: "signed-page-new" });
    }
    let bytes =
        pages.iter().fold(size, |bytes, page| bytes.saturating_add(usize::try_from(page.size).unwrap_or(usize::MAX)));
    if pages.len() >= limits::SIGNED_PAGES || bytes > limits::SIGNED_PAGES_BYTES {
        return Err(Error::Invalid { field: "file", expected: "signed-pages-room" });
    }
    Ok(())
}

/// Removes a page, with the reason; the chain keeps that there was one, its digest, and why it went.
pub async fn remove(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    whose: Whose<'_>,
    (id, reason): (&str, &str),
) -> Result<()> {
    let mut tx = app.db.write().await?;
    let ground = Ground::of(&mut tx, caller, whose).await?;
    ground.refuse_readers()?;
    let page = ground.page(&mut tx, id).await?;
    let reason = check_reason(reason)?;
    if !store::remove(&mut tx, id).await? {
        return Err(Error::ChangedMeanwhile);
    }
    let mut detail = details::signed_page(&page);
    if let Some(members) = detail.as_object_mut() {
        members.insert("reason".into(), json!(reason));
    }
    trace::append(&mut tx, &event(caller, now_ms, events::REMOVED, id, &detail)).await?;
    tx.commit().await?;
    Ok(())
}
