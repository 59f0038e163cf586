//! What was said to those who sit a test.

use crate::store::Result;
use crate::store::db::Tx;

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MessageRow {
    /// The id.
    pub id: String,
    /// The test.
    pub test_id: String,
    /// The branch that it is for, with all below it.
    pub branch_id: Option<String>,
    /// The one person whom it is for; neither branch nor person: everyone.
    pub person_id: Option<String>,
    /// What it says.
    pub text: String,
    /// Who sent it.
    pub sent_by: Option<String>,
    /// When.
    pub sent_at_ms: i64,
}

/// Adds a message.
pub async fn insert(tx: &mut Tx, message: &MessageRow) -> Result<()> {
    tx.query(
        "INSERT INTO message (id, test_id, branch_id, person_id, text, sent_by, sent_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(message.id.clone())
    .bind(message.test_id.clone())
    .bind(message.branch_id.clone())
    .bind(message.person_id.clone())
    .bind(message.text.clone())
    .bind(message.sent_by.clone())
    .bind(message.sent_at_ms)
    .execute()
    .await?;
    Ok(())
}

/// Every message of a test, the newest first.
pub async fn list(tx: &mut Tx, test_id: &str) -> Result<Vec<MessageRow>> {
    tx.query(
        "SELECT id, test_id, branch_id, person_id, text, sent_by, sent_at_ms FROM message WHERE test_id = $1
         ORDER BY sent_at_ms DESC, id DESC",
    )
    .bind(test_id.to_owned())
    .fetch_all()
    .await
}
