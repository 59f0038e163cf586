//! Branches: the tree of the organization as it is today.

use crate::store::Result;
use crate::store::db::Tx;

/// A branch.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Branch {
    /// Its id, immutable.
    pub id: String,
    /// Its code.
    pub code: String,
    /// The code in the form in which codes are compared.
    pub code_folded: String,
    /// Its name.
    pub name: String,
    /// 党委, 总支, 支部 …: free words.
    pub kind: String,
    /// The branch above.
    pub parent_id: Option<String>,
    /// Its place in the official order.
    pub position: i64,
}

/// Every branch, in the official order.
pub async fn list(tx: &mut Tx) -> Result<Vec<Branch>> {
    tx.query("SELECT id, code, code_folded, name, kind, parent_id, position FROM branch ORDER BY position, code_folded")
        .fetch_all()
        .await
}

/// Adds a branch, or sets everything but the id of the one that has this id.
pub async fn put(tx: &mut Tx, branch: &Branch) -> Result<()> {
    tx.query(
        "INSERT INTO branch (id, code, code_folded, name, kind, parent_id, position) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (id) DO UPDATE SET code = excluded.code, code_folded = excluded.code_folded, name = excluded.name,
             kind = excluded.kind, parent_id = excluded.parent_id, position = excluded.position",
    )
    .bind(branch.id.clone())
    .bind(branch.code.clone())
    .bind(branch.code_folded.clone())
    .bind(branch.name.clone())
    .bind(branch.kind.clone())
    .bind(branch.parent_id.clone())
    .bind(branch.position)
    .execute()
    .await?;
    Ok(())
}
