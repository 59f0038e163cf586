//! What a test goes by besides its definition: the only people who take it, the test that it makes up for, and whom its
//! members were drawn from.

use crate::store::db::Tx;
use crate::store::tests::TestRow;
use crate::store::{Result, write_json};

/// What was fixed when the test was made.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct BasisRow {
    /// The test it makes up for.
    pub first_test_id: Option<String>,
    /// Bank and id of the questions on papers of that one, as JSON.
    pub drawn_before: String,
    /// Everybody who might have been drawn, as JSON.
    pub frame: String,
}

/// What a test goes by; `None` where its definition says everything.
pub async fn find(tx: &mut Tx, test_id: &str) -> Result<Option<BasisRow>> {
    tx.query("SELECT first_test_id, drawn_before, frame FROM test_basis WHERE test_id = $1")
        .bind(test_id.to_owned())
        .fetch_optional()
        .await
}

/// The only people who take a test, by id; nobody where everybody in its branches does.
pub async fn members(tx: &mut Tx, test_id: &str) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .query("SELECT person_id FROM test_member WHERE test_id = $1 ORDER BY person_id")
        .bind(test_id.to_owned())
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Whether a test names nobody, or this person too.
pub async fn admits(tx: &mut Tx, test_id: &str, person_id: &str) -> Result<bool> {
    let (admits,): (bool,) = tx
        .query(
            "SELECT NOT EXISTS (SELECT 1 FROM test_member WHERE test_id = $1)
                 OR EXISTS (SELECT 1 FROM test_member WHERE test_id = $1 AND person_id = $2)",
        )
        .bind(test_id.to_owned())
        .bind(person_id.to_owned())
        .fetch_one()
        .await?;
    Ok(admits)
}

/// Sets what a test goes by, and the only people who take it.
pub async fn set(tx: &mut Tx, test_id: &str, basis: Option<&BasisRow>, members: &[String]) -> Result<()> {
    tx.query("DELETE FROM test_basis WHERE test_id = $1").bind(test_id.to_owned()).execute().await?;
    tx.query("DELETE FROM test_member WHERE test_id = $1").bind(test_id.to_owned()).execute().await?;
    if let Some(basis) = basis {
        tx.query("INSERT INTO test_basis (test_id, first_test_id, drawn_before, frame) VALUES ($1, $2, $3, $4)")
            .bind(test_id.to_owned())
            .bind(basis.first_test_id.clone())
            .bind(basis.drawn_before.clone())
            .bind(basis.frame.clone())
            .execute()
            .await?;
    }
    if members.is_empty() {
        return Ok(());
    }
    let sql = tx.by_database(
        "INSERT INTO test_member (test_id, person_id) SELECT $1, value FROM json_each($2)",
        "INSERT INTO test_member (test_id, person_id)
         SELECT $1, value FROM json_array_elements_text(CAST($2 AS JSON))",
    );
    tx.query(sql).bind(test_id.to_owned()).bind(write_json("test_member", &members)?).execute().await?;
    Ok(())
}

/// The tests that make up for one and weren't cancelled, the earliest first.
pub async fn make_ups(tx: &mut Tx, first_test_id: &str) -> Result<Vec<TestRow>> {
    tx.query(
        "SELECT test.id, name, branch_id, definition, opens_at_ms, closes_at_ms, revision, secret, commitment,
                draw_statement, cancelled_reason, finished_at_ms, created_by, created_at_ms
         FROM test_basis JOIN test ON test.id = test_basis.test_id
         WHERE test_basis.first_test_id = $1 AND cancelled_reason IS NULL ORDER BY closes_at_ms, test.id",
    )
    .bind(first_test_id.to_owned())
    .fetch_all()
    .await
}
