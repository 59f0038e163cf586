//! What reports read: the finished and open attempts of a test, without the papers' texts.

use crate::store::Result;
use crate::store::db::Tx;

/// An attempt as a report sees it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ResultRow {
    /// The attempt.
    pub id: String,
    /// Whose.
    pub person_id: String,
    /// Where the member stood at the start.
    pub branch_id: String,
    /// The member's first, second …
    pub number: i64,
    /// When it started.
    pub started_at_ms: i64,
    /// When it was finished.
    pub finished_at_ms: Option<i64>,
    /// The score, hundredths.
    pub score: Option<i64>,
    /// Full marks, hundredths.
    #[sqlx(rename = "full_marks")]
    pub full: i64,
    /// The paper, as JSON.
    pub paper: String,
    /// Points by position, as JSON.
    pub marks: Option<String>,
}

impl ResultRow {
    /// Whether a response of the finished attempt waits for a person to mark it.
    pub fn is_pending(&self) -> bool {
        self.marks.as_deref().is_some_and(|marks| marks.contains("null"))
    }
}

/// Every attempt at a test in the order of finishing, open ones last.
pub async fn list(tx: &mut Tx, test_id: &str) -> Result<Vec<ResultRow>> {
    tx.query(
        "SELECT id, person_id, branch_id, number, started_at_ms, finished_at_ms, score, full_marks, paper, marks
         FROM attempt WHERE test_id = $1
         ORDER BY CASE WHEN finished_at_ms IS NULL THEN 1 ELSE 0 END, finished_at_ms, number",
    )
    .bind(test_id.to_owned())
    .fetch_all()
    .await
}

/// A number that changes whenever an attempt at the test starts or ends: how many there are, and how many ended.
pub async fn version(tx: &mut Tx, test_id: &str) -> Result<(i64, i64)> {
    tx.query("SELECT count(*), count(finished_at_ms) FROM attempt WHERE test_id = $1")
        .bind(test_id.to_owned())
        .fetch_one()
        .await
}
