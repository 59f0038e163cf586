//! Questions of files that are kept until they are loaded, as they were mended.

use crate::store::Result;
use crate::store::db::Tx;

/// A mended question.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MendedRow {
    /// Its place in the file, from 0.
    pub number: i64,
    /// The question as a bank's file holds it; nothing: it is left out.
    pub body: Option<String>,
    /// SHA-256 of the body; of one that is left out a word that is no digest.
    pub digest: String,
}

/// Everything mended of a file.
pub async fn list(tx: &mut Tx, file_id: &str) -> Result<Vec<MendedRow>> {
    tx.query("SELECT number, body, digest FROM kept_question WHERE file_id = $1 ORDER BY number")
        .bind(file_id.to_owned())
        .fetch_all()
        .await
}

/// Puts a question over the one of a digest, or where there is none; `false` where another is there.
pub async fn put(tx: &mut Tx, file_id: &str, mended: &MendedRow, over: &str) -> Result<bool> {
    let changed = tx
        .query(
            "INSERT INTO kept_question (file_id, number, body, digest) VALUES ($1, $2, $3, $4)
             ON CONFLICT (file_id, number) DO UPDATE SET body = excluded.body, digest = excluded.digest
             WHERE kept_question.digest = $5",
        )
        .bind(file_id.to_owned())
        .bind(mended.number)
        .bind(mended.body.clone())
        .bind(mended.digest.clone())
        .bind(over.to_owned())
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Takes a question as the file has it again.
pub async fn delete(tx: &mut Tx, file_id: &str, number: i64) -> Result<()> {
    tx.query("DELETE FROM kept_question WHERE file_id = $1 AND number = $2")
        .bind(file_id.to_owned())
        .bind(number)
        .execute()
        .await?;
    Ok(())
}
