//! Responses that arrived after the end of their attempt, and decisions about results of ended attempts.

use crate::store::db::Tx;
use crate::store::{Result, write_json};

/// A response that arrived late.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, sqlx::FromRow)]
pub struct LateRow {
    /// From 1.
    pub position: i64,
    /// Its number.
    pub save: i64,
    /// As JSON, in the paper's labels; `None` takes a response back.
    pub response: Option<String>,
    /// By it the member knows what was sent together.
    pub code: String,
    /// When it arrived.
    pub received_at_ms: i64,
    /// The number of what stood in its place before it was accepted.
    #[serde(skip)]
    pub stored_save: Option<i64>,
    /// When that had arrived.
    #[serde(skip)]
    pub stored_at_ms: Option<i64>,
    /// What stood in its place before it was accepted.
    #[serde(skip)]
    pub stored: Option<String>,
}

/// A decision about the result of an ended attempt.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, sqlx::FromRow)]
pub struct AmendmentRow {
    /// The id.
    pub id: String,
    /// The attempt.
    pub attempt_id: String,
    /// What it is about: [`LATE`], [`MARKING`] or [`CORRECTION`].
    pub kind: String,
    /// Whether the result changes.
    pub accepted: bool,
    /// Why.
    pub reason: String,
    /// Who decided; `None`: the operator.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at_ms: i64,
    /// Points by position before, as JSON.
    pub marks_before: String,
    /// Their sum.
    pub score_before: i64,
    /// Points by position since, as JSON.
    pub marks: String,
    /// Their sum.
    pub score: i64,
    /// The correction of the test from which it follows, where it does.
    pub correction_id: Option<String>,
    /// The response that a person marked.
    pub position: Option<i64>,
    /// The points that a person gave each part of a case, as JSON: hundredths, null for parts that no person marks.
    pub parts: Option<String>,
}

/// The kind of a decision about late responses.
pub const LATE: &str = "late-responses";

/// The kind of a mark that a person gave to one response.
pub const MARKING: &str = "marking";

/// The kind of what follows from a correction of the whole test, or of one mark.
pub const CORRECTION: &str = "correction";

/// When a decision made at `now_ms` counts as made: after every earlier one about the same attempt, so that their order
/// can be told.
pub async fn next_moment(tx: &mut Tx, attempt_id: &str, now_ms: i64) -> Result<i64> {
    let last = amendments(tx, attempt_id).await?.last().map(|last| last.decided_at_ms + 1);
    Ok(last.map_or(now_ms, |after| after.max(now_ms)))
}

/// The late responses of an attempt, by position.
pub async fn list(tx: &mut Tx, attempt_id: &str) -> Result<Vec<LateRow>> {
    tx.query(
        "SELECT position, save, response, code, received_at_ms, stored_save, stored_at_ms, stored FROM late_response
         WHERE attempt_id = $1 ORDER BY position",
    )
    .bind(attempt_id.to_owned())
    .fetch_all()
    .await
}

/// Ended attempts at a test with late responses, those without a decision first, then in the order of ending.
pub async fn attempts_of(tx: &mut Tx, test_id: &str) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .query(
            "SELECT attempt.id FROM attempt
             LEFT JOIN amendment ON amendment.attempt_id = attempt.id AND amendment.kind = $2
             WHERE attempt.test_id = $1 AND attempt.finished_at_ms IS NOT NULL
               AND EXISTS (SELECT 1 FROM late_response WHERE late_response.attempt_id = attempt.id)
             ORDER BY CASE WHEN amendment.id IS NULL THEN 0 ELSE 1 END, attempt.finished_at_ms, attempt.id",
        )
        .bind(test_id.to_owned())
        .bind(LATE.to_owned())
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Keeps others from sending or deciding until this transaction ends.
pub async fn hold(tx: &mut Tx, attempt_id: &str) -> Result<()> {
    tx.query("UPDATE attempt SET holder = holder WHERE id = $1").bind(attempt_id.to_owned()).execute().await?;
    Ok(())
}

/// Every attempt that has late responses or a decision.
pub async fn attempts(tx: &mut Tx) -> Result<Vec<String>> {
    let rows: Vec<(String,)> =
        tx.query("SELECT attempt_id FROM late_response UNION SELECT attempt_id FROM amendment").fetch_all().await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Keeps late responses; of each position the one with the higher number.
pub async fn put_all(tx: &mut Tx, attempt_id: &str, rows: &[LateRow]) -> Result<()> {
    let sql = tx.by_database(
        "INSERT INTO late_response (attempt_id, position, save, response, code, received_at_ms)
         SELECT $1, value ->> 'position', value ->> 'save', value ->> 'response', value ->> 'code', value ->> 'received_at_ms'
         FROM json_each($2) WHERE true
         ON CONFLICT (attempt_id, position) DO UPDATE SET save = excluded.save, response = excluded.response,
             code = excluded.code, received_at_ms = excluded.received_at_ms
         WHERE excluded.save > late_response.save",
        "INSERT INTO late_response (attempt_id, position, save, response, code, received_at_ms)
         SELECT $1, position, save, response, code, received_at_ms FROM json_to_recordset(CAST($2 AS JSON))
             AS given (position BIGINT, save BIGINT, response TEXT, code TEXT, received_at_ms BIGINT)
         ON CONFLICT (attempt_id, position) DO UPDATE SET save = excluded.save, response = excluded.response,
             code = excluded.code, received_at_ms = excluded.received_at_ms
         WHERE excluded.save > late_response.save",
    );
    tx.query(sql).bind(attempt_id.to_owned()).bind(write_json("late_response", &rows)?).execute().await?;
    Ok(())
}

/// Puts the late responses of an attempt in the place of what was stored, which they keep.
pub async fn take_in(tx: &mut Tx, attempt_id: &str) -> Result<()> {
    tx.query(
        "UPDATE late_response SET
             stored_save = (SELECT response.save FROM response
                 WHERE response.attempt_id = late_response.attempt_id AND response.position = late_response.position),
             stored_at_ms = (SELECT response.received_at_ms FROM response
                 WHERE response.attempt_id = late_response.attempt_id AND response.position = late_response.position),
             stored = (SELECT response.response FROM response
                 WHERE response.attempt_id = late_response.attempt_id AND response.position = late_response.position)
         WHERE attempt_id = $1",
    )
    .bind(attempt_id.to_owned())
    .execute()
    .await?;
    tx.query(
        "INSERT INTO response (attempt_id, position, save, response, received_at_ms)
         SELECT attempt_id, position, save, response, received_at_ms FROM late_response WHERE attempt_id = $1
         ON CONFLICT (attempt_id, position) DO UPDATE SET save = excluded.save, response = excluded.response,
             received_at_ms = excluded.received_at_ms",
    )
    .bind(attempt_id.to_owned())
    .execute()
    .await?;
    Ok(())
}

/// Decisions about an attempt, the earliest first.
pub async fn amendments(tx: &mut Tx, attempt_id: &str) -> Result<Vec<AmendmentRow>> {
    tx.query(
        "SELECT id, attempt_id, kind, accepted, reason, decided_by, decided_at_ms, marks_before, score_before, marks, score,
             correction_id, position, parts FROM amendment WHERE attempt_id = $1 ORDER BY decided_at_ms, id",
    )
    .bind(attempt_id.to_owned())
    .fetch_all()
    .await
}

/// What persons gave the parts of cases in these attempts: attempt, position and points as JSON, the last word last.
pub async fn part_marks(tx: &mut Tx, attempt_ids: &[&str]) -> Result<Vec<(String, i64, String)>> {
    let sql = tx.by_database(
        "SELECT attempt_id, position, parts FROM amendment
         WHERE attempt_id IN (SELECT value FROM json_each($1)) AND position IS NOT NULL AND parts IS NOT NULL
         ORDER BY attempt_id, decided_at_ms, id",
        "SELECT attempt_id, position, parts FROM amendment
         WHERE attempt_id IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON)))
             AND position IS NOT NULL AND parts IS NOT NULL
         ORDER BY attempt_id, decided_at_ms, id",
    );
    tx.query(sql).bind(write_json("amendment", &attempt_ids)?).fetch_all().await
}

/// Keeps a decision, and the result as it is since.
pub async fn amend(tx: &mut Tx, row: &AmendmentRow) -> Result<()> {
    crate::store::corrections::amend_all(tx, std::slice::from_ref(row)).await
}
