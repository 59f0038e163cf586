//! Titles, topics and order of banks as they are to be in the next edition.

use crate::store::Result;
use crate::store::db::Tx;

/// What waits of a bank.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OutlineRow {
    /// The outline as JSON.
    pub body: String,
    /// SHA-256 of the body.
    pub digest: String,
    /// The digest of the outline of the edition that was changed.
    pub base_digest: String,
    /// When it was changed last.
    pub changed_at_ms: i64,
    /// By whom; nothing: the operator.
    pub changed_by: Option<String>,
}

/// What waits of a bank.
pub async fn find(tx: &mut Tx, bank_id: &str) -> Result<Option<OutlineRow>> {
    tx.query("SELECT body, digest, base_digest, changed_at_ms, changed_by FROM bank_outline WHERE bank_id = $1")
        .bind(bank_id.to_owned())
        .fetch_optional()
        .await
}

/// Puts an outline over the one of a digest, or where there is none; `false` where another is there.
pub async fn put(tx: &mut Tx, bank_id: &str, outline: &OutlineRow, over: &str) -> Result<bool> {
    let changed = tx
        .query(
            "INSERT INTO bank_outline (bank_id, body, digest, base_digest, changed_at_ms, changed_by)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (bank_id) DO UPDATE SET body = excluded.body, digest = excluded.digest,
                base_digest = excluded.base_digest, changed_at_ms = excluded.changed_at_ms, changed_by = excluded.changed_by
             WHERE bank_outline.digest = $7",
        )
        .bind(bank_id.to_owned())
        .bind(outline.body.clone())
        .bind(outline.digest.clone())
        .bind(outline.base_digest.clone())
        .bind(outline.changed_at_ms)
        .bind(outline.changed_by.clone())
        .bind(over.to_owned())
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Takes an outline of a digest back; `false` where it is another now.
pub async fn delete(tx: &mut Tx, bank_id: &str, digest: &str) -> Result<bool> {
    let deleted = tx
        .query("DELETE FROM bank_outline WHERE bank_id = $1 AND digest = $2")
        .bind(bank_id.to_owned())
        .bind(digest.to_owned())
        .execute()
        .await?;
    Ok(deleted == 1)
}
