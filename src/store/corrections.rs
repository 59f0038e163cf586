//! Corrections of tests: what was proposed and decided, and the amendments that follow from it.

use crate::store::attempts::{AttemptRow, attempt_columns};
use crate::store::db::Tx;
use crate::store::late::AmendmentRow;
use crate::store::{Result, rollups, write_json};

/// Where a correction stands.
pub mod state {
    /// It waits for a second person.
    pub const WAITING: &str = "waiting";
    /// Attempts are being marked again.
    pub const APPLYING: &str = "applying";
    /// Every attempt is marked by it.
    pub const APPLIED: &str = "applied";
    /// Somebody refused it.
    pub const REFUSED: &str = "refused";
}

/// A correction.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CorrectionRow {
    /// The id.
    pub id: String,
    /// The test.
    pub test_id: String,
    /// From 1 in each test.
    pub number: i64,
    /// The bank.
    pub bank: String,
    /// The question's id.
    pub question: String,
    /// A [`crate::rules::correction::Change`] as JSON.
    pub change: String,
    /// Why.
    pub reason: String,
    /// One of [`state`].
    pub state: String,
    /// Who proposed it; `None`: the operator.
    pub proposed_by: Option<String>,
    /// When.
    pub proposed_at_ms: i64,
    /// Who decided; `None`: the operator, or nobody yet.
    pub decided_by: Option<String>,
    /// When; `None`: not yet.
    pub decided_at_ms: Option<i64>,
}

macro_rules! columns {
    () => {
        "id, test_id, number, bank, question, change, reason, state, proposed_by, proposed_at_ms, decided_by, decided_at_ms"
    };
}

/// Corrections of a test in their order.
pub async fn list(tx: &mut Tx, test_id: &str) -> Result<Vec<CorrectionRow>> {
    tx.query(concat!("SELECT ", columns!(), " FROM correction WHERE test_id = $1 ORDER BY number"))
        .bind(test_id.to_owned())
        .fetch_all()
        .await
}

/// One correction.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<CorrectionRow>> {
    tx.query(concat!("SELECT ", columns!(), " FROM correction WHERE id = $1"))
        .bind(id.to_owned())
        .fetch_optional()
        .await
}

/// Every correction.
pub async fn list_all(tx: &mut Tx) -> Result<Vec<CorrectionRow>> {
    tx.query(concat!("SELECT ", columns!(), " FROM correction ORDER BY test_id, number")).fetch_all().await
}

/// Corrections whose attempts aren't all marked again.
pub async fn list_applying(tx: &mut Tx) -> Result<Vec<CorrectionRow>> {
    tx.query(concat!("SELECT ", columns!(), " FROM correction WHERE state = 'applying' ORDER BY proposed_at_ms, id"))
        .fetch_all()
        .await
}

/// Keeps a correction; another one of the same number is a conflict.
pub async fn insert(tx: &mut Tx, row: &CorrectionRow) -> Result<()> {
    tx.query(concat!(
        "INSERT INTO correction (",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    ))
    .bind(row.id.clone())
    .bind(row.test_id.clone())
    .bind(row.number)
    .bind(row.bank.clone())
    .bind(row.question.clone())
    .bind(row.change.clone())
    .bind(row.reason.clone())
    .bind(row.state.clone())
    .bind(row.proposed_by.clone())
    .bind(row.proposed_at_ms)
    .bind(row.decided_by.clone())
    .bind(row.decided_at_ms)
    .execute()
    .await?;
    rollups::touch_test(tx, &row.test_id).await
}

/// Moves a correction on from the state it was in; `false` where it is in another one.
pub async fn move_on(tx: &mut Tx, row: &CorrectionRow, from: &str) -> Result<bool> {
    let rows = tx
        .query("UPDATE correction SET state = $2, decided_by = $3, decided_at_ms = $4 WHERE id = $1 AND state = $5")
        .bind(row.id.clone())
        .bind(row.state.clone())
        .bind(row.decided_by.clone())
        .bind(row.decided_at_ms)
        .bind(from.to_owned())
        .execute()
        .await?;
    rollups::touch_test(tx, &row.test_id).await?;
    Ok(rows == 1)
}

/// How many results each correction of a test has changed.
pub async fn changed(tx: &mut Tx, test_id: &str) -> Result<Vec<(String, i64)>> {
    tx.query(
        "SELECT correction.id, count(*) FROM correction JOIN amendment ON amendment.correction_id = correction.id
         WHERE correction.test_id = $1 GROUP BY correction.id",
    )
    .bind(test_id.to_owned())
    .fetch_all()
    .await
}

/// Finished attempts at a test after an id, a page at a time.
pub async fn attempts_after(tx: &mut Tx, test_id: &str, after_id: &str, limit: i64) -> Result<Vec<AttemptRow>> {
    tx.query(concat!(
        "SELECT ",
        attempt_columns!(),
        " FROM attempt WHERE test_id = $1 AND finished_at_ms IS NOT NULL AND id > $2 ORDER BY id LIMIT $3"
    ))
    .bind(test_id.to_owned())
    .bind(after_id.to_owned())
    .bind(limit)
    .fetch_all()
    .await
}

/// The stored responses of attempts: attempt, position, response.
pub async fn responses(tx: &mut Tx, ids: &[&str]) -> Result<Vec<(String, i64, Option<String>)>> {
    let sql = tx.by_database(
        "SELECT attempt_id, position, response FROM response WHERE attempt_id IN (SELECT value FROM json_each($1))",
        "SELECT attempt_id, position, response FROM response
         WHERE attempt_id IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON)))",
    );
    tx.query(sql).bind(write_json("response", &ids)?).fetch_all().await
}

/// When the last decision about each of these attempts was made; those without any are left out.
pub async fn last_decisions(tx: &mut Tx, ids: &[&str]) -> Result<Vec<(String, i64)>> {
    let sql = tx.by_database(
        "SELECT attempt_id, max(decided_at_ms) FROM amendment
         WHERE attempt_id IN (SELECT value FROM json_each($1)) GROUP BY attempt_id",
        "SELECT attempt_id, max(decided_at_ms) FROM amendment
         WHERE attempt_id IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON))) GROUP BY attempt_id",
    );
    tx.query(sql).bind(write_json("amendment", &ids)?).fetch_all().await
}

/// Keeps others from deciding about these attempts until this transaction ends, and reads them as they then are.
pub async fn hold(tx: &mut Tx, ids: &[&str]) -> Result<Vec<AttemptRow>> {
    let sql = tx.by_database(
        "UPDATE attempt SET holder = holder WHERE id IN (SELECT value FROM json_each($1))",
        "UPDATE attempt SET holder = holder WHERE id IN (SELECT id FROM attempt
             WHERE id IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON))) ORDER BY id FOR UPDATE)",
    );
    tx.query(sql).bind(write_json("attempt", &ids)?).execute().await?;
    crate::store::attempts::find_all(tx, ids).await
}

/// Keeps amendments, and the results as they are since.
pub async fn amend_all(tx: &mut Tx, rows: &[AmendmentRow]) -> Result<()> {
    let json = write_json("amendment", &rows)?;
    let insert = tx.by_database(
        "INSERT INTO amendment (id, attempt_id, kind, accepted, reason, decided_by, decided_at_ms, marks_before,
             score_before, marks, score, correction_id, position, parts)
         SELECT value ->> 'id', value ->> 'attempt_id', value ->> 'kind', value ->> 'accepted', value ->> 'reason',
             value ->> 'decided_by', value ->> 'decided_at_ms', value ->> 'marks_before', value ->> 'score_before',
             value ->> 'marks', value ->> 'score', value ->> 'correction_id',
             value ->> 'position', value ->> 'parts' FROM json_each($1)",
        "INSERT INTO amendment (id, attempt_id, kind, accepted, reason, decided_by, decided_at_ms, marks_before,
             score_before, marks, score, correction_id, position, parts)
         SELECT id, attempt_id, kind, accepted, reason, decided_by, decided_at_ms, marks_before, score_before, marks,
             score, correction_id, position, parts FROM json_to_recordset(CAST($1 AS JSON)) AS given (id TEXT, attempt_id TEXT, kind TEXT,
             accepted BOOLEAN, reason TEXT, decided_by TEXT, decided_at_ms BIGINT, marks_before TEXT, score_before BIGINT,
             marks TEXT, score BIGINT, correction_id TEXT, position BIGINT, parts TEXT)",
    );
    tx.query(insert).bind(json.clone()).execute().await?;
    let update = tx.by_database(
        "UPDATE attempt SET marks = given.value ->> 'marks', score = given.value ->> 'score'
         FROM json_each($1) AS given WHERE attempt.id = given.value ->> 'attempt_id'",
        "UPDATE attempt SET marks = given.marks, score = given.score
         FROM json_to_recordset(CAST($1 AS JSON)) AS given (attempt_id TEXT, marks TEXT, score BIGINT)
         WHERE attempt.id = given.attempt_id",
    );
    tx.query(update).bind(json).execute().await?;
    let attempts: Vec<&str> = rows.iter().map(|row| row.attempt_id.as_str()).collect();
    rollups::touch_attempts(tx, &attempts).await
}
