//! Objections of members to questions of their sittings.

use crate::store::Result;
use crate::store::db::Tx;

/// An objection.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ObjectionRow {
    /// The id.
    pub id: String,
    /// The test.
    pub test_id: String,
    /// The sitting.
    pub attempt_id: String,
    /// From 1.
    pub position: i64,
    /// The bank.
    pub bank: String,
    /// The question's id.
    pub question: String,
    /// What the member says.
    pub note: String,
    /// Since when in these words.
    pub written_at_ms: i64,
    /// How often it was written.
    pub writings: i64,
    /// When the member took it back.
    pub withdrawn_at_ms: Option<i64>,
    /// Whether it was found right; `None` while it waits.
    pub upheld: Option<bool>,
    /// What was answered.
    pub answer: Option<String>,
    /// By whom; `None`: the operator, or nobody yet.
    pub answered_by: Option<String>,
    /// When.
    pub answered_at_ms: Option<i64>,
}

impl ObjectionRow {
    /// Whether it waits for an answer.
    pub const fn is_open(&self) -> bool {
        self.withdrawn_at_ms.is_none() && self.answered_at_ms.is_none()
    }
}

macro_rules! columns {
    () => {
        "objection.id, objection.test_id, objection.attempt_id, objection.position, objection.bank, objection.question,
         objection.note, objection.written_at_ms, objection.writings, objection.withdrawn_at_ms, objection.upheld,
         objection.answer, objection.answered_by, objection.answered_at_ms"
    };
}

/// Those of a sitting, in the order of its questions, the earliest first.
pub async fn of_attempt(tx: &mut Tx, attempt_id: &str) -> Result<Vec<ObjectionRow>> {
    tx.query(concat!("SELECT ", columns!(), " FROM objection WHERE attempt_id = $1 ORDER BY position, id"))
        .bind(attempt_id.to_owned())
        .fetch_all()
        .await
}

/// Those of a test that weren't withdrawn, question by question, the earliest first.
pub async fn of_test(tx: &mut Tx, test_id: &str) -> Result<Vec<ObjectionRow>> {
    tx.query(concat!(
        "SELECT ",
        columns!(),
        " FROM objection WHERE test_id = $1 AND withdrawn_at_ms IS NULL ORDER BY bank, question, id"
    ))
    .bind(test_id.to_owned())
    .fetch_all()
    .await
}

/// Those of a person that were answered after a moment, the last first: the sitting, the position, the test's name,
/// whether it was found right, and when.
pub async fn answered_of(tx: &mut Tx, person_id: &str, after_ms: i64) -> Result<Vec<(String, i64, String, bool, i64)>> {
    tx.query(
        "SELECT objection.attempt_id, objection.position, test.name, objection.upheld, objection.answered_at_ms
         FROM objection JOIN attempt ON attempt.id = objection.attempt_id JOIN test ON test.id = objection.test_id
         WHERE attempt.person_id = $1 AND objection.answered_at_ms > $2
         ORDER BY objection.answered_at_ms DESC, objection.id",
    )
    .bind(person_id.to_owned())
    .bind(after_ms)
    .fetch_all()
    .await
}

/// How many wait for an answer, by test.
pub async fn waiting(tx: &mut Tx) -> Result<Vec<(String, i64)>> {
    tx.query(
        "SELECT test_id, count(*) FROM objection WHERE withdrawn_at_ms IS NULL AND answered_at_ms IS NULL
         GROUP BY test_id",
    )
    .fetch_all()
    .await
}

/// Every objection.
pub async fn list_all(tx: &mut Tx) -> Result<Vec<ObjectionRow>> {
    tx.query(concat!("SELECT ", columns!(), " FROM objection ORDER BY id")).fetch_all().await
}

/// Keeps an objection; a second open one of the same question and sitting is a conflict.
pub async fn insert(tx: &mut Tx, row: &ObjectionRow) -> Result<()> {
    tx.query(
        "INSERT INTO objection (id, test_id, attempt_id, position, bank, question, note, written_at_ms, writings)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(row.id.clone())
    .bind(row.test_id.clone())
    .bind(row.attempt_id.clone())
    .bind(row.position)
    .bind(row.bank.clone())
    .bind(row.question.clone())
    .bind(row.note.clone())
    .bind(row.written_at_ms)
    .bind(row.writings)
    .execute()
    .await?;
    Ok(())
}

/// Gives an open objection the words, the withdrawal or the answer that it now has; `false` where it is open no more, or
/// was written otherwise than the caller has read it.
pub async fn change(tx: &mut Tx, row: &ObjectionRow, writings_read: i64) -> Result<bool> {
    let rows = tx
        .query(
            "UPDATE objection SET note = $2, written_at_ms = $3, writings = $4, withdrawn_at_ms = $5, upheld = $6,
                 answer = $7, answered_by = $8, answered_at_ms = $9
             WHERE id = $1 AND withdrawn_at_ms IS NULL AND answered_at_ms IS NULL AND writings = $10",
        )
        .bind(row.id.clone())
        .bind(row.note.clone())
        .bind(row.written_at_ms)
        .bind(row.writings)
        .bind(row.withdrawn_at_ms)
        .bind(row.upheld)
        .bind(row.answer.clone())
        .bind(row.answered_by.clone())
        .bind(row.answered_at_ms)
        .bind(writings_read)
        .execute()
        .await?;
    Ok(rows == 1)
}
