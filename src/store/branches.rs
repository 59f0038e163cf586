//! Branches: the tree of the organization as it is today.

use crate::store::db::Tx;
use crate::store::{Result, rollups, trees};

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
    let (stands,): (bool,) = tx
        .query("SELECT EXISTS (SELECT 1 FROM branch WHERE id = $1 AND parent_id IS NOT DISTINCT FROM $2)")
        .bind(branch.id.clone())
        .bind(branch.parent_id.clone())
        .fetch_one()
        .await?;
    if !stands {
        rollups::touch_tree(tx).await?;
    }
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
    trees::raise_version(tx).await
}

/// What keeps a branch from being deleted: each names a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
#[expect(clippy::struct_excessive_bools, reason = "each says whether one sort of row names the branch")]
pub struct Uses {
    /// Branches stand below it.
    pub children: bool,
    /// Somebody holds or held a role there.
    pub people: bool,
    /// Tests are set for it or belong to it.
    pub tests: bool,
    /// Banks belong to it.
    pub banks: bool,
    /// Settled results name it.
    pub results: bool,
}

/// What names a branch, now or in the history.
pub async fn uses(tx: &mut Tx, id: &str) -> Result<Uses> {
    tx.query(
        "SELECT EXISTS (SELECT 1 FROM branch WHERE parent_id = $1) AS children,
                EXISTS (SELECT 1 FROM role WHERE branch_id = $1) AS people,
                EXISTS (SELECT 1 FROM test WHERE branch_id = $1)
                    OR EXISTS (SELECT 1 FROM test_audience WHERE branch_id = $1) AS tests,
                EXISTS (SELECT 1 FROM bank WHERE branch_id = $1)
                    OR EXISTS (SELECT 1 FROM amended_clause WHERE branch_id = $1) AS banks,
                EXISTS (SELECT 1 FROM attempt WHERE branch_id = $1)
                    OR EXISTS (SELECT 1 FROM closed_member WHERE branch_id = $1)
                    OR EXISTS (SELECT 1 FROM closed_branch WHERE branch_id = $1) AS results",
    )
    .bind(id.to_owned())
    .fetch_one()
    .await
}

/// Whether a test that isn't over is set for a branch by its code.
pub async fn is_in_a_running_test(tx: &mut Tx, id: &str) -> Result<bool> {
    let (there,): (bool,) = tx
        .query(
            "SELECT EXISTS (SELECT 1 FROM test_audience JOIN test ON test.id = test_audience.test_id
             WHERE test_audience.branch_id = $1 AND test.finished_at_ms IS NULL AND test.cancelled_reason IS NULL)",
        )
        .bind(id.to_owned())
        .fetch_one()
        .await?;
    Ok(there)
}

/// Deletes a branch that nothing names.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<()> {
    tx.query("DELETE FROM branch WHERE id = $1").bind(id.to_owned()).execute().await?;
    trees::raise_version(tx).await?;
    rollups::touch_tree(tx).await
}
