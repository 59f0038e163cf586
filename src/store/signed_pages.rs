//! Scanned signed pages of tests and of years of the annual assessment.

use crate::store::Result;
use crate::store::db::Tx;

/// What a page belongs to, by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A test.
    Test(String),
    /// An annual assessment.
    Assessment(String),
}

impl Subject {
    fn ids(&self) -> (Option<String>, Option<String>) {
        match self {
            Self::Test(id) => (Some(id.clone()), None),
            Self::Assessment(id) => (None, Some(id.clone())),
        }
    }
}

/// A page without its content.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SignedPage {
    /// The id.
    pub id: String,
    /// The test it belongs to.
    pub test_id: Option<String>,
    /// Or the annual assessment.
    pub assessment_id: Option<String>,
    /// What it is.
    pub title: String,
    /// `pdf`, `jpg` or `png`.
    pub kind: String,
    /// SHA-256 of its content.
    pub digest: String,
    /// Bytes of its content.
    pub size: i64,
    /// When it was sent.
    pub sent_at_ms: i64,
    /// Who sent it; `None`: the operator.
    pub sent_by: Option<String>,
    /// By name.
    pub sender: Option<String>,
}

/// The pages of a test or an assessment, the first sent first.
pub async fn list(tx: &mut Tx, subject: &Subject) -> Result<Vec<SignedPage>> {
    let (test_id, assessment_id) = subject.ids();
    tx.query(
        "SELECT signed_page.id, test_id, assessment_id, title, kind, digest, size, sent_at_ms, sent_by,
                person.name AS sender
         FROM signed_page LEFT JOIN person ON person.id = signed_page.sent_by
         WHERE test_id = $1 OR assessment_id = $2 ORDER BY sent_at_ms, signed_page.id",
    )
    .bind(test_id)
    .bind(assessment_id)
    .fetch_all()
    .await
}

/// Every page.
pub async fn list_all(tx: &mut Tx) -> Result<Vec<SignedPage>> {
    tx.query(
        "SELECT signed_page.id, test_id, assessment_id, title, kind, digest, size, sent_at_ms, sent_by,
                person.name AS sender
         FROM signed_page LEFT JOIN person ON person.id = signed_page.sent_by ORDER BY signed_page.id",
    )
    .fetch_all()
    .await
}

/// What a page is made of.
pub async fn content(tx: &mut Tx, id: &str) -> Result<Option<Vec<u8>>> {
    let row: Option<(Vec<u8>,)> =
        tx.query("SELECT content FROM signed_page WHERE id = $1").bind(id.to_owned()).fetch_optional().await?;
    Ok(row.map(|(content,)| content))
}

/// Keeps a page.
pub async fn insert(tx: &mut Tx, page: &SignedPage, content: Vec<u8>) -> Result<()> {
    tx.query(
        "INSERT INTO signed_page (id, test_id, assessment_id, title, kind, content, digest, size, sent_at_ms, sent_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(page.id.clone())
    .bind(page.test_id.clone())
    .bind(page.assessment_id.clone())
    .bind(page.title.clone())
    .bind(page.kind.clone())
    .bind(content)
    .bind(page.digest.clone())
    .bind(page.size)
    .bind(page.sent_at_ms)
    .bind(page.sent_by.clone())
    .execute()
    .await?;
    Ok(())
}

/// Removes a page; whether it was there.
pub async fn remove(tx: &mut Tx, id: &str) -> Result<bool> {
    let removed = tx.query("DELETE FROM signed_page WHERE id = $1").bind(id.to_owned()).execute().await?;
    Ok(removed > 0)
}
