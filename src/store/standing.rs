//! What the page of an open attempt asks again and again: how the attempt stands, and what was said to its member.

use crate::store::Result;
use crate::store::db::Tx;

/// An attempt without its paper.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StandingRow {
    /// The test.
    pub test_id: String,
    /// Whose.
    pub person_id: String,
    /// Where the member stood at the start.
    pub branch_id: String,
    /// When it started.
    pub started_at_ms: i64,
    /// Until when it runs, without what it stands still.
    pub deadline_at_ms: i64,
    /// The session that may save.
    pub holder: Option<String>,
    /// When it was finished.
    pub finished_at_ms: Option<i64>,
    /// Since when it stands still, where it does.
    pub paused_at_ms: Option<i64>,
}

/// Something said to those who sit a test.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MessageRow {
    /// The id.
    pub id: String,
    /// What.
    pub text: String,
    /// When.
    pub sent_at_ms: i64,
}

/// How an attempt stands.
pub async fn find(tx: &mut Tx, attempt_id: &str) -> Result<Option<StandingRow>> {
    tx.query(
        "SELECT test_id, person_id, branch_id, started_at_ms, deadline_at_ms, holder, finished_at_ms, paused_at_ms
         FROM attempt WHERE id = $1",
    )
    .bind(attempt_id.to_owned())
    .fetch_optional()
    .await
}

/// What was said to the member of an attempt since it started: to everyone, to the branch or one above it, or to the
/// member alone; the earliest first.
pub async fn messages(tx: &mut Tx, attempt: &StandingRow) -> Result<Vec<MessageRow>> {
    tx.query(
        "WITH RECURSIVE above (id, parent_id) AS (
             SELECT id, parent_id FROM branch WHERE id = $3
             UNION SELECT branch.id, branch.parent_id FROM branch JOIN above ON branch.id = above.parent_id
         )
         SELECT id, text, sent_at_ms FROM message
         WHERE test_id = $1 AND sent_at_ms >= $4
           AND (person_id = $2 OR person_id IS NULL AND (branch_id IS NULL OR branch_id IN (SELECT above.id FROM above)))
         ORDER BY sent_at_ms, id",
    )
    .bind(attempt.test_id.clone())
    .bind(attempt.person_id.clone())
    .bind(attempt.branch_id.clone())
    .bind(attempt.started_at_ms)
    .fetch_all()
    .await
}
