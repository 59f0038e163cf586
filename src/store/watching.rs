//! What the live view reads of a test under way.

use crate::store::Result;
use crate::store::db::Tx;

/// An attempt as the live view sees it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct WatchedAttempt {
    /// The attempt.
    pub id: String,
    /// Whose.
    pub person_id: String,
    /// How many questions.
    pub question_count: i64,
    /// Until when it runs.
    pub deadline_at_ms: i64,
    /// When it started.
    pub started_at_ms: i64,
    /// When it was finished.
    pub finished_at_ms: Option<i64>,
    /// Since when it stands still.
    pub paused_at_ms: Option<i64>,
}

/// What was saved in an open attempt.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SavedSoFar {
    /// The attempt.
    pub attempt_id: String,
    /// Questions with an answer.
    pub answered: i64,
    /// When the last save arrived.
    pub last_at_ms: i64,
    /// Questions saved since a moment.
    pub since: i64,
}

/// Every attempt at a test, each member's last one last.
pub async fn attempts(tx: &mut Tx, test_id: &str) -> Result<Vec<WatchedAttempt>> {
    tx.query(
        "SELECT id, person_id, question_count, deadline_at_ms, started_at_ms, finished_at_ms, paused_at_ms
         FROM attempt WHERE test_id = $1 ORDER BY number",
    )
    .bind(test_id.to_owned())
    .fetch_all()
    .await
}

/// What was saved in a test's open attempts, and how much of it since a moment.
pub async fn saved(tx: &mut Tx, test_id: &str, since_ms: i64) -> Result<Vec<SavedSoFar>> {
    tx.query(
        "SELECT response.attempt_id, count(response.response) AS answered, max(response.received_at_ms) AS last_at_ms,
                count(CASE WHEN response.received_at_ms > $2 THEN 1 END) AS since
         FROM attempt JOIN response ON response.attempt_id = attempt.id
         WHERE attempt.test_id = $1 AND attempt.finished_at_ms IS NULL
         GROUP BY response.attempt_id",
    )
    .bind(test_id.to_owned())
    .bind(since_ms)
    .fetch_all()
    .await
}
