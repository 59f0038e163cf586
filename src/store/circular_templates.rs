//! Templates for circulars, at most one of a branch.

use crate::store::Result;
use crate::store::db::Tx;

/// A template without its content.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Template {
    /// Its branch.
    pub branch_id: String,
    /// SHA-256 of its content.
    pub digest: String,
    /// Bytes of its content.
    pub size: i64,
    /// Since when it is kept.
    pub kept_at_ms: i64,
    /// The name of whoever sent it; `None`: the operator.
    pub kept_by: Option<String>,
}

/// Every template.
pub async fn list(tx: &mut Tx) -> Result<Vec<Template>> {
    tx.query(
        "SELECT circular_template.branch_id, circular_template.digest, circular_template.size,
                circular_template.kept_at_ms, person.name AS kept_by
         FROM circular_template LEFT JOIN person ON person.id = circular_template.kept_by",
    )
    .fetch_all()
    .await
}

/// What the template of a branch is made of.
pub async fn content(tx: &mut Tx, branch_id: &str) -> Result<Option<Vec<u8>>> {
    let row: Option<(Vec<u8>,)> = tx
        .query("SELECT content FROM circular_template WHERE branch_id = $1")
        .bind(branch_id.to_owned())
        .fetch_optional()
        .await?;
    Ok(row.map(|(content,)| content))
}

/// Keeps a template in the place of the one that the branch has. `kept_by` is the id of a person here.
pub async fn keep(tx: &mut Tx, template: &Template, content: Vec<u8>) -> Result<()> {
    tx.query(
        "INSERT INTO circular_template (branch_id, content, digest, size, kept_at_ms, kept_by)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (branch_id) DO UPDATE SET content = excluded.content, digest = excluded.digest,
             size = excluded.size, kept_at_ms = excluded.kept_at_ms, kept_by = excluded.kept_by",
    )
    .bind(template.branch_id.clone())
    .bind(content)
    .bind(template.digest.clone())
    .bind(template.size)
    .bind(template.kept_at_ms)
    .bind(template.kept_by.clone())
    .execute()
    .await?;
    Ok(())
}

/// Removes the template of a branch; whether there was one.
pub async fn remove(tx: &mut Tx, branch_id: &str) -> Result<bool> {
    let removed =
        tx.query("DELETE FROM circular_template WHERE branch_id = $1").bind(branch_id.to_owned()).execute().await?;
    Ok(removed > 0)
}
