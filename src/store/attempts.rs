//! Attempts and their responses. Everything that changes an open attempt goes through [`crate::store::answer_writer`].

use crate::store::Result;
use crate::store::db::Tx;
use std::collections::HashMap;

/// An attempt.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AttemptRow {
    /// The id.
    pub id: String,
    /// The test.
    pub test_id: String,
    /// Whose.
    pub person_id: String,
    /// The member's first, second …
    pub number: i64,
    /// Where the member stood at the start.
    pub branch_id: String,
    /// The seed of its draw, in hex.
    pub seed: String,
    /// The paper, as JSON.
    pub paper: String,
    /// How many questions.
    pub question_count: i64,
    /// When it started.
    pub started_at_ms: i64,
    /// Until when it runs.
    pub deadline_at_ms: i64,
    /// Saves at or below it belong to a device that was taken over.
    pub save_base: i64,
    /// The session that took over.
    pub holder: Option<String>,
    /// When it was finished.
    pub finished_at_ms: Option<i64>,
    /// `member`, `deadline` or `organizer`.
    pub finished_by: Option<String>,
    /// Points by position, hundredths, as JSON.
    pub marks: Option<String>,
    /// Their sum.
    pub score: Option<i64>,
    /// Full marks.
    #[sqlx(rename = "full_marks")]
    pub full: i64,
    /// The receipt.
    pub receipt: Option<String>,
}

/// A stored response.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ResponseRow {
    /// From 1.
    pub position: i64,
    /// Its number.
    pub save: i64,
    /// As JSON, in the paper's labels.
    pub response: Option<String>,
    /// When it arrived.
    pub received_at_ms: i64,
}

/// One attempt.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<AttemptRow>> {
    tx.query(
        "SELECT id, test_id, person_id, number, branch_id, seed, paper, question_count, started_at_ms, deadline_at_ms, save_base,
                holder, finished_at_ms, finished_by, marks, score, full_marks, receipt
         FROM attempt WHERE id = $1",
    )
    .bind(id.to_owned())
    .fetch_optional()
    .await
}

/// A member's attempts at a test, the first one first.
pub async fn list_of(tx: &mut Tx, test_id: &str, person_id: &str) -> Result<Vec<AttemptRow>> {
    tx.query(
        "SELECT id, test_id, person_id, number, branch_id, seed, paper, question_count, started_at_ms, deadline_at_ms, save_base,
                holder, finished_at_ms, finished_by, marks, score, full_marks, receipt
         FROM attempt WHERE test_id = $1 AND person_id = $2 ORDER BY number",
    )
    .bind(test_id.to_owned())
    .bind(person_id.to_owned())
    .fetch_all()
    .await
}

/// Every attempt of a member, the newest first.
pub async fn list_of_person(tx: &mut Tx, person_id: &str) -> Result<Vec<AttemptRow>> {
    tx.query(
        "SELECT id, test_id, person_id, number, branch_id, seed, paper, question_count, started_at_ms, deadline_at_ms, save_base,
                holder, finished_at_ms, finished_by, marks, score, full_marks, receipt
         FROM attempt WHERE person_id = $1 ORDER BY started_at_ms DESC",
    )
    .bind(person_id.to_owned())
    .fetch_all()
    .await
}

/// Every attempt at a test, by member and number.
pub async fn list_of_test(tx: &mut Tx, test_id: &str) -> Result<Vec<AttemptRow>> {
    tx.query(
        "SELECT id, test_id, person_id, number, branch_id, seed, paper, question_count, started_at_ms, deadline_at_ms, save_base,
                holder, finished_at_ms, finished_by, marks, score, full_marks, receipt
         FROM attempt WHERE test_id = $1 ORDER BY person_id, number",
    )
    .bind(test_id.to_owned())
    .fetch_all()
    .await
}

/// Open attempts of a test.
pub async fn list_open(tx: &mut Tx, test_id: &str) -> Result<Vec<AttemptRow>> {
    tx.query(
        "SELECT id, test_id, person_id, number, branch_id, seed, paper, question_count, started_at_ms, deadline_at_ms, save_base,
                holder, finished_at_ms, finished_by, marks, score, full_marks, receipt
         FROM attempt WHERE test_id = $1 AND finished_at_ms IS NULL ORDER BY id",
    )
    .bind(test_id.to_owned())
    .fetch_all()
    .await
}

/// Open attempts whose deadline lies before a moment, the earliest first, at most `limit`.
pub async fn list_overdue(tx: &mut Tx, before_ms: i64, limit: i64) -> Result<Vec<AttemptRow>> {
    tx.query(
        "SELECT id, test_id, person_id, number, branch_id, seed, paper, question_count, started_at_ms, deadline_at_ms, save_base,
                holder, finished_at_ms, finished_by, marks, score, full_marks, receipt
         FROM attempt WHERE finished_at_ms IS NULL AND deadline_at_ms < $1 ORDER BY deadline_at_ms LIMIT $2",
    )
    .bind(before_ms)
    .bind(limit)
    .fetch_all()
    .await
}

/// Whether anyone ever got a paper of a test.
pub async fn any(tx: &mut Tx, test_id: &str) -> Result<bool> {
    let (any,): (bool,) = tx
        .query("SELECT EXISTS (SELECT 1 FROM attempt WHERE test_id = $1)")
        .bind(test_id.to_owned())
        .fetch_one()
        .await?;
    Ok(any)
}

/// Whether an attempt of this person is open.
pub async fn any_open_of(tx: &mut Tx, person_id: &str) -> Result<bool> {
    let (any,): (bool,) = tx
        .query("SELECT EXISTS (SELECT 1 FROM attempt WHERE person_id = $1 AND finished_at_ms IS NULL)")
        .bind(person_id.to_owned())
        .fetch_one()
        .await?;
    Ok(any)
}

/// The stored responses of an attempt, by position.
pub async fn responses(tx: &mut Tx, attempt_id: &str) -> Result<Vec<ResponseRow>> {
    tx.query("SELECT position, save, response, received_at_ms FROM response WHERE attempt_id = $1 ORDER BY position")
        .bind(attempt_id.to_owned())
        .fetch_all()
        .await
}

/// The stored response at a position.
pub async fn response(tx: &mut Tx, attempt_id: &str, position: i64) -> Result<Option<ResponseRow>> {
    tx.query("SELECT position, save, response, received_at_ms FROM response WHERE attempt_id = $1 AND position = $2")
        .bind(attempt_id.to_owned())
        .bind(position)
        .fetch_optional()
        .await
}

/// Every stored response of a test's finished attempts: attempt, position, response.
pub async fn responses_of_test(tx: &mut Tx, test_id: &str) -> Result<Vec<(String, i64, Option<String>)>> {
    tx.query(
        "SELECT response.attempt_id, response.position, response.response FROM response
         JOIN attempt ON attempt.id = response.attempt_id
         WHERE attempt.test_id = $1 AND attempt.finished_at_ms IS NOT NULL ORDER BY response.attempt_id, response.position",
    )
    .bind(test_id.to_owned())
    .fetch_all()
    .await
}

/// The answers of an attempt as marking takes them: position → response.
pub async fn answers(tx: &mut Tx, attempt_id: &str) -> Result<HashMap<i64, String>> {
    let rows = responses(tx, attempt_id).await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.position, row.response?))).collect())
}

/// Adds an attempt; `false` where the member has one of this number, or an open one, or the test has changed since
/// its paper was drawn (`commitment` and `revision` tell). On PostgreSQL a change of the test waits for this row.
pub async fn insert(tx: &mut Tx, attempt: &AttemptRow, test_revision: i64) -> Result<bool> {
    let sql = tx.by_database(
        "INSERT INTO attempt (id, test_id, person_id, number, branch_id, seed, paper, question_count, started_at_ms,
             deadline_at_ms, save_base, holder, full_marks)
         SELECT $1, test.id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 FROM test WHERE test.id = $2 AND test.revision = $14
         ON CONFLICT DO NOTHING",
        "WITH same AS (SELECT id FROM test WHERE id = $2 AND revision = $14 FOR SHARE)
         INSERT INTO attempt (id, test_id, person_id, number, branch_id, seed, paper, question_count, started_at_ms,
             deadline_at_ms, save_base, holder, full_marks)
         SELECT $1, same.id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 FROM same
         ON CONFLICT DO NOTHING",
    );
    let rows = tx
        .query(sql)
        .bind(attempt.id.clone())
        .bind(attempt.test_id.clone())
        .bind(attempt.person_id.clone())
        .bind(attempt.number)
        .bind(attempt.branch_id.clone())
        .bind(attempt.seed.clone())
        .bind(attempt.paper.clone())
        .bind(attempt.question_count)
        .bind(attempt.started_at_ms)
        .bind(attempt.deadline_at_ms)
        .bind(attempt.save_base)
        .bind(attempt.holder.clone())
        .bind(attempt.full)
        .bind(test_revision)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Hands an open attempt over to another session; `None` where it isn't open.
pub async fn take_over(tx: &mut Tx, attempt_id: &str, save_base: i64, holder: &str) -> Result<bool> {
    let rows = tx
        .query("UPDATE attempt SET save_base = $2, holder = $3 WHERE id = $1 AND finished_at_ms IS NULL")
        .bind(attempt_id.to_owned())
        .bind(save_base)
        .bind(holder.to_owned())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The highest number saved in an attempt; 0 where nothing was.
pub async fn highest_save(tx: &mut Tx, attempt_id: &str) -> Result<i64> {
    let (highest,): (i64,) = tx
        .query("SELECT CAST(COALESCE(max(save), 0) AS BIGINT) FROM response WHERE attempt_id = $1")
        .bind(attempt_id.to_owned())
        .fetch_one()
        .await?;
    Ok(highest)
}

/// Gives every save of an attempt the number 1.
pub async fn number_anew(tx: &mut Tx, attempt_id: &str) -> Result<()> {
    tx.query("UPDATE response SET save = 1 WHERE attempt_id = $1").bind(attempt_id.to_owned()).execute().await?;
    Ok(())
}

/// Attempts after an id, a page at a time: the id, and whether it is finished.
pub async fn list_after(tx: &mut Tx, after_id: &str, limit: i64) -> Result<Vec<(String, Option<i64>)>> {
    tx.query("SELECT id, finished_at_ms FROM attempt WHERE id > $1 ORDER BY id LIMIT $2")
        .bind(after_id.to_owned())
        .bind(limit)
        .fetch_all()
        .await
}

/// Moves the deadline of an open attempt.
pub async fn set_deadline(tx: &mut Tx, attempt_id: &str, deadline_at_ms: i64) -> Result<()> {
    tx.query("UPDATE attempt SET deadline_at_ms = $2 WHERE id = $1 AND finished_at_ms IS NULL")
        .bind(attempt_id.to_owned())
        .bind(deadline_at_ms)
        .execute()
        .await?;
    Ok(())
}

/// Ends an open attempt; `false` where it had ended already. On PostgreSQL this waits for saves under way, and keeps
/// later ones waiting until the marks are stored.
pub async fn finish(tx: &mut Tx, attempt_id: &str, at_ms: i64, by: &str) -> Result<bool> {
    let rows = tx
        .query("UPDATE attempt SET finished_at_ms = $2, finished_by = $3 WHERE id = $1 AND finished_at_ms IS NULL")
        .bind(attempt_id.to_owned())
        .bind(at_ms)
        .bind(by.to_owned())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Stores the marks of a finished attempt.
pub async fn set_marks(tx: &mut Tx, attempt_id: &str, marks: &str, score: i64, receipt: &str) -> Result<()> {
    tx.query("UPDATE attempt SET marks = $2, score = $3, receipt = $4 WHERE id = $1")
        .bind(attempt_id.to_owned())
        .bind(marks.to_owned())
        .bind(score)
        .bind(receipt.to_owned())
        .execute()
        .await?;
    Ok(())
}
