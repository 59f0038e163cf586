//! Questions of banks as they are to be in the next edition.

use crate::store::Result;
use crate::store::db::Tx;

/// A question that could be published.
pub const SOUND: &str = "sound";
/// A question with mistakes.
pub const UNFINISHED: &str = "unfinished";

/// A changed question.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ChangeRow {
    /// The question.
    pub question_id: String,
    /// The question as JSON: as questions are stored, or as a bank's file would hold it where it isn't sound.
    pub body: String,
    /// [`SOUND`] or [`UNFINISHED`].
    pub state: String,
    /// SHA-256 of the body.
    pub digest: String,
    /// The digest of the question in the edition that was changed; empty: a new question.
    pub base_digest: String,
    /// When it was changed last.
    pub changed_at_ms: i64,
    /// By whom; nothing: the operator.
    pub changed_by: Option<String>,
}

impl ChangeRow {
    /// Whether it could be published.
    pub fn is_sound(&self) -> bool {
        self.state == SOUND
    }
}

/// Everything changed of a bank, the first change first.
pub async fn list(tx: &mut Tx, bank_id: &str) -> Result<Vec<ChangeRow>> {
    tx.query(
        "SELECT question_id, body, state, digest, base_digest, changed_at_ms, changed_by FROM bank_change
         WHERE bank_id = $1 ORDER BY changed_at_ms, question_id",
    )
    .bind(bank_id.to_owned())
    .fetch_all()
    .await
}

/// How many questions of a bank are changed.
pub async fn count(tx: &mut Tx, bank_id: &str) -> Result<i64> {
    let (count,): (i64,) =
        tx.query("SELECT count(*) FROM bank_change WHERE bank_id = $1").bind(bank_id.to_owned()).fetch_one().await?;
    Ok(count)
}

/// One changed question.
pub async fn find(tx: &mut Tx, bank_id: &str, question_id: &str) -> Result<Option<ChangeRow>> {
    tx.query(
        "SELECT question_id, body, state, digest, base_digest, changed_at_ms, changed_by FROM bank_change
         WHERE bank_id = $1 AND question_id = $2",
    )
    .bind(bank_id.to_owned())
    .bind(question_id.to_owned())
    .fetch_optional()
    .await
}

/// Puts a change over the one of a digest, or where there is none; `false` where another is there.
pub async fn put(tx: &mut Tx, bank_id: &str, change: &ChangeRow, over: &str) -> Result<bool> {
    let changed = tx
        .query(
            "INSERT INTO bank_change (bank_id, question_id, body, digest, base_digest, changed_at_ms, changed_by, state)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $9)
             ON CONFLICT (bank_id, question_id) DO UPDATE SET body = excluded.body, state = excluded.state, digest = excluded.digest,
                base_digest = excluded.base_digest, changed_at_ms = excluded.changed_at_ms, changed_by = excluded.changed_by
             WHERE bank_change.digest = $8",
        )
        .bind(bank_id.to_owned())
        .bind(change.question_id.clone())
        .bind(change.body.clone())
        .bind(change.digest.clone())
        .bind(change.base_digest.clone())
        .bind(change.changed_at_ms)
        .bind(change.changed_by.clone())
        .bind(over.to_owned())
        .bind(change.state.clone())
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Takes a change of a digest back; `false` where it is another now.
pub async fn delete(tx: &mut Tx, bank_id: &str, question_id: &str, digest: &str) -> Result<bool> {
    let deleted = tx
        .query("DELETE FROM bank_change WHERE bank_id = $1 AND question_id = $2 AND digest = $3")
        .bind(bank_id.to_owned())
        .bind(question_id.to_owned())
        .bind(digest.to_owned())
        .execute()
        .await?;
    Ok(deleted == 1)
}

/// Notes that a question whose change goes on is in the newest edition as it was published.
pub async fn set_base(tx: &mut Tx, bank_id: &str, question_id: &str, base_digest: &str) -> Result<()> {
    tx.query("UPDATE bank_change SET base_digest = $3 WHERE bank_id = $1 AND question_id = $2")
        .bind(bank_id.to_owned())
        .bind(question_id.to_owned())
        .bind(base_digest.to_owned())
        .execute()
        .await?;
    Ok(())
}
