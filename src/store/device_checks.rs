//! Who has tried signing in, saving and display before a test. It counts nowhere.

use crate::store::Result;
use crate::store::db::Tx;

/// How far somebody's trial has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct DeviceCheck {
    /// Whose.
    pub person_id: String,
    /// The shape chosen last.
    pub shape: Option<String>,
    /// The word typed last.
    pub word: Option<String>,
    /// When something was last saved.
    pub saved_at_ms: i64,
    /// When both were first right.
    pub passed_at_ms: Option<i64>,
}

/// One person's trial before a test.
pub async fn find(tx: &mut Tx, test_id: &str, person_id: &str) -> Result<Option<DeviceCheck>> {
    tx.query(
        "SELECT person_id, shape, word, saved_at_ms, passed_at_ms FROM device_check WHERE test_id = $1 AND person_id = $2",
    )
    .bind(test_id.to_owned())
    .bind(person_id.to_owned())
    .fetch_optional()
    .await
}

/// Keeps how far a trial has come; who has passed stays so.
pub async fn put(tx: &mut Tx, test_id: &str, check: &DeviceCheck) -> Result<()> {
    tx.query(
        "INSERT INTO device_check (test_id, person_id, shape, word, saved_at_ms, passed_at_ms) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (test_id, person_id) DO UPDATE SET shape = excluded.shape, word = excluded.word,
             saved_at_ms = excluded.saved_at_ms, passed_at_ms = COALESCE(device_check.passed_at_ms, excluded.passed_at_ms)",
    )
    .bind(test_id.to_owned())
    .bind(check.person_id.clone())
    .bind(check.shape.clone())
    .bind(check.word.clone())
    .bind(check.saved_at_ms)
    .bind(check.passed_at_ms)
    .execute()
    .await?;
    Ok(())
}

/// Who has passed before a test.
pub async fn passed(tx: &mut Tx, test_id: &str) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .query("SELECT person_id FROM device_check WHERE test_id = $1 AND passed_at_ms IS NOT NULL")
        .bind(test_id.to_owned())
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
