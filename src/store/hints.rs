//! Hints about sitting: noted, added up, and deleted in time.

use crate::rules::integrity::Hint;
use crate::store::Result;
use crate::store::db::Tx;

/// A hint to be noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HintRow {
    /// The id.
    pub id: String,
    /// The attempt.
    pub attempt_id: String,
    /// What.
    pub hint: Hint,
    /// How long, where it lasts.
    pub seconds: Option<i64>,
    /// When it was told.
    pub at_ms: i64,
}

/// The hints of one sort in one attempt.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct HintSum {
    /// The attempt.
    pub attempt_id: String,
    /// The name of the hint.
    pub kind: String,
    /// How often.
    pub times: i64,
    /// How long in all.
    pub seconds: i64,
}

/// Notes a hint, unless the attempt has `most` already.
pub async fn insert(tx: &mut Tx, row: &HintRow, most: i64) -> Result<()> {
    tx.query(
        "INSERT INTO hint (id, attempt_id, kind, seconds, at_ms)
         SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT), CAST($5 AS BIGINT)
         WHERE (SELECT count(*) FROM hint WHERE attempt_id = $2) < $6",
    )
    .bind(row.id.clone())
    .bind(row.attempt_id.clone())
    .bind(row.hint.name())
    .bind(row.seconds)
    .bind(row.at_ms)
    .bind(most)
    .execute()
    .await?;
    Ok(())
}

/// The hints of an attempt.
pub async fn of_attempt(tx: &mut Tx, attempt_id: &str) -> Result<Vec<HintSum>> {
    tx.query(
        "SELECT attempt_id, kind, count(*) AS times, CAST(COALESCE(sum(seconds), 0) AS BIGINT) AS seconds
         FROM hint WHERE attempt_id = $1 GROUP BY attempt_id, kind",
    )
    .bind(attempt_id.to_owned())
    .fetch_all()
    .await
}

/// The hints of every attempt at a test.
pub async fn of_test(tx: &mut Tx, test_id: &str) -> Result<Vec<HintSum>> {
    tx.query(
        "SELECT hint.attempt_id, hint.kind, count(*) AS times, CAST(COALESCE(sum(hint.seconds), 0) AS BIGINT) AS seconds
         FROM attempt JOIN hint ON hint.attempt_id = attempt.id
         WHERE attempt.test_id = $1 GROUP BY hint.attempt_id, hint.kind",
    )
    .bind(test_id.to_owned())
    .fetch_all()
    .await
}

/// Deletes the hints of tests that were settled before a moment.
pub async fn delete_settled_before(tx: &mut Tx, before_ms: i64) -> Result<()> {
    // From the few hints there are: asked from the tests, every attempt there ever was would be looked at.
    tx.query(
        "DELETE FROM hint WHERE EXISTS (SELECT 1 FROM attempt JOIN test ON test.id = attempt.test_id
             WHERE attempt.id = hint.attempt_id AND test.finished_at_ms < $1)",
    )
    .bind(before_ms)
    .execute()
    .await?;
    Ok(())
}
