//! Who was named to mark at a test, and marks that come to a result only with others.

use crate::store::db::Tx;
use crate::store::{Result, write_json};

/// Somebody who was named to mark.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MarkerRow {
    /// The test.
    pub test_id: String,
    /// The person.
    pub person_id: String,
    /// Who named them; `None`: the operator.
    pub named_by: Option<String>,
    /// When.
    pub named_at_ms: i64,
}

/// A mark on its way to a result.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct GivenRow {
    /// The sitting.
    pub attempt_id: String,
    /// From 1.
    pub position: i64,
    /// From 1, in the order of giving.
    pub number: i64,
    /// Who gave it.
    pub person_id: String,
    /// Hundredths.
    pub points: i64,
    /// Of a case, those of each part that a person marks, as JSON: hundredths, null for the others.
    pub parts: Option<String>,
    /// What was noted beside it.
    pub note: String,
    /// When.
    pub given_at_ms: i64,
}

/// Those who were named at a test, the first one first.
pub async fn of_test(tx: &mut Tx, test_id: &str) -> Result<Vec<MarkerRow>> {
    tx.query(
        "SELECT test_id, person_id, named_by, named_at_ms FROM marker WHERE test_id = $1
         ORDER BY named_at_ms, person_id",
    )
    .bind(test_id.to_owned())
    .fetch_all()
    .await
}

/// Tests at which a person was named, the newest opening first: their names.
pub async fn tests_of(tx: &mut Tx, person_id: &str) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .query(
            "SELECT test.name FROM marker JOIN test ON test.id = marker.test_id
             WHERE marker.person_id = $1 AND test.cancelled_reason IS NULL ORDER BY test.opens_at_ms DESC, test.name",
        )
        .bind(person_id.to_owned())
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// Whether a person was named at a test.
pub async fn is_named(tx: &mut Tx, test_id: &str, person_id: &str) -> Result<bool> {
    Ok(of_test(tx, test_id).await?.iter().any(|row| row.person_id == person_id))
}

/// Names somebody; `false` where they are named already.
pub async fn name(tx: &mut Tx, row: &MarkerRow) -> Result<bool> {
    let rows = tx
        .query(
            "INSERT INTO marker (test_id, person_id, named_by, named_at_ms) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
        )
        .bind(row.test_id.clone())
        .bind(row.person_id.clone())
        .bind(row.named_by.clone())
        .bind(row.named_at_ms)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Takes a name off; `false` where it wasn't there.
pub async fn take_off(tx: &mut Tx, test_id: &str, person_id: &str) -> Result<bool> {
    let rows = tx
        .query("DELETE FROM marker WHERE test_id = $1 AND person_id = $2")
        .bind(test_id.to_owned())
        .bind(person_id.to_owned())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Marks given in a sitting, position by position in the order of giving.
pub async fn given(tx: &mut Tx, attempt_id: &str) -> Result<Vec<GivenRow>> {
    tx.query(
        "SELECT attempt_id, position, number, person_id, points, parts, note, given_at_ms FROM given_mark
         WHERE attempt_id = $1 ORDER BY position, number",
    )
    .bind(attempt_id.to_owned())
    .fetch_all()
    .await
}

/// Keeps a mark; a second one of the same person for the same answer is a conflict.
pub async fn give(tx: &mut Tx, row: &GivenRow) -> Result<()> {
    tx.query(
        "INSERT INTO given_mark (attempt_id, position, number, person_id, points, parts, note, given_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(row.attempt_id.clone())
    .bind(row.position)
    .bind(row.number)
    .bind(row.person_id.clone())
    .bind(row.points)
    .bind(row.parts.clone())
    .bind(row.note.clone())
    .bind(row.given_at_ms)
    .execute()
    .await?;
    Ok(())
}

/// Forgets all marks on their way to a result in a sitting.
pub async fn forget_all(tx: &mut Tx, attempt_id: &str) -> Result<()> {
    tx.query("DELETE FROM given_mark WHERE attempt_id = $1").bind(attempt_id.to_owned()).execute().await?;
    Ok(())
}

/// Forgets marks of answers in whose place others have come. The chain still tells of them.
pub async fn forget(tx: &mut Tx, attempt_id: &str, positions: &[i64]) -> Result<()> {
    let sql = tx.by_database(
        "DELETE FROM given_mark WHERE attempt_id = $1 AND position IN (SELECT value FROM json_each($2))",
        "DELETE FROM given_mark WHERE attempt_id = $1
         AND position IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($2 AS JSON)))",
    );
    tx.query(sql).bind(attempt_id.to_owned()).bind(write_json("given_mark", &positions)?).execute().await?;
    Ok(())
}
