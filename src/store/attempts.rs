//! Attempts and their responses. Everything that changes an open attempt goes through [`crate::store::answer_writer`].

use crate::store::Result;
use crate::store::db::Tx;

/// The columns of an [`AttemptRow`].
macro_rules! attempt_columns {
    () => {
        "attempt.id, attempt.test_id, attempt.person_id, attempt.number, attempt.branch_id, attempt.seed, attempt.paper,
         attempt.question_count, attempt.started_at_ms, attempt.deadline_at_ms, attempt.save_base, attempt.holder,
         attempt.finished_at_ms, attempt.finished_by, attempt.marks, attempt.score, attempt.full_marks, attempt.receipt,
         attempt.paused_at_ms, attempt.paused_ms"
    };
}
pub(super) use attempt_columns;

/// An attempt.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, sqlx::FromRow)]
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
    /// The session that started, or that took over last; after a take-over only this one saves.
    pub holder: Option<String>,
    /// When it was finished.
    pub finished_at_ms: Option<i64>,
    /// `member`, `deadline`, `organizer` or `paper`.
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
    /// Since when it stands still, where it does.
    pub paused_at_ms: Option<i64>,
    /// For how long it stood still before.
    pub paused_ms: i64,
}

impl AttemptRow {
    /// Whether a response of the finished attempt waits for a person to mark it.
    pub fn is_pending(&self) -> bool {
        self.marks.as_deref().is_some_and(|marks| marks.contains("null"))
    }
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
    tx.query(concat!("SELECT ", attempt_columns!(), " FROM attempt WHERE id = $1"))
        .bind(id.to_owned())
        .fetch_optional()
        .await
}

/// A member's attempts at a test, the first one first.
pub async fn list_of(tx: &mut Tx, test_id: &str, person_id: &str) -> Result<Vec<AttemptRow>> {
    tx.query(concat!(
        "SELECT ",
        attempt_columns!(),
        " FROM attempt WHERE test_id = $1 AND person_id = $2 ORDER BY number"
    ))
    .bind(test_id.to_owned())
    .bind(person_id.to_owned())
    .fetch_all()
    .await
}

/// Every attempt of a member, the newest first.
pub async fn list_of_person(tx: &mut Tx, person_id: &str) -> Result<Vec<AttemptRow>> {
    tx.query(concat!("SELECT ", attempt_columns!(), " FROM attempt WHERE person_id = $1 ORDER BY started_at_ms DESC"))
        .bind(person_id.to_owned())
        .fetch_all()
        .await
}

/// Every attempt at a test, by member and number.
pub async fn list_of_test(tx: &mut Tx, test_id: &str) -> Result<Vec<AttemptRow>> {
    tx.query(concat!("SELECT ", attempt_columns!(), " FROM attempt WHERE test_id = $1 ORDER BY person_id, number"))
        .bind(test_id.to_owned())
        .fetch_all()
        .await
}

/// Finished attempts at a test of which a person has to mark a response, or has marked one.
pub async fn list_to_mark(tx: &mut Tx, test_id: &str) -> Result<Vec<AttemptRow>> {
    tx.query(concat!(
        "SELECT ",
        attempt_columns!(),
        " FROM attempt WHERE test_id = $1 AND finished_at_ms IS NOT NULL AND (marks LIKE '%null%' OR EXISTS
             (SELECT 1 FROM amendment WHERE amendment.attempt_id = attempt.id AND amendment.kind = 'marking'))
         ORDER BY id"
    ))
    .bind(test_id.to_owned())
    .fetch_all()
    .await
}

/// Open attempts of a test.
pub async fn list_open(tx: &mut Tx, test_id: &str) -> Result<Vec<AttemptRow>> {
    tx.query(concat!(
        "SELECT ",
        attempt_columns!(),
        " FROM attempt WHERE test_id = $1 AND finished_at_ms IS NULL ORDER BY id"
    ))
    .bind(test_id.to_owned())
    .fetch_all()
    .await
}

/// Open attempts whose deadline lies before a moment, the earliest first, at most `limit`.
pub async fn list_overdue(tx: &mut Tx, before_ms: i64, limit: i64) -> Result<Vec<AttemptRow>> {
    tx.query(
        concat!("SELECT ", attempt_columns!(), " FROM attempt WHERE finished_at_ms IS NULL AND paused_at_ms IS NULL AND deadline_at_ms < $1 ORDER BY deadline_at_ms LIMIT $2"),
    )
    .bind(before_ms)
    .bind(limit)
    .fetch_all()
    .await
}

/// The positions of an attempt that are answered, and the number of each.
pub async fn saves(tx: &mut Tx, attempt_id: &str) -> Result<Vec<(i64, i64)>> {
    tx.query("SELECT position, save FROM response WHERE attempt_id = $1 ORDER BY position")
        .bind(attempt_id.to_owned())
        .fetch_all()
        .await
}

/// Who ever got a paper of a test.
pub async fn persons(tx: &mut Tx, test_id: &str) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .query("SELECT DISTINCT person_id FROM attempt WHERE test_id = $1")
        .bind(test_id.to_owned())
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
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

/// Whether anyone sits a test.
pub async fn any_open(tx: &mut Tx, test_id: &str) -> Result<bool> {
    let (any,): (bool,) = tx
        .query("SELECT EXISTS (SELECT 1 FROM attempt WHERE test_id = $1 AND finished_at_ms IS NULL)")
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

/// Attempts by id.
pub async fn find_all(tx: &mut Tx, ids: &[&str]) -> Result<Vec<AttemptRow>> {
    let sql = tx.by_database(
        concat!("SELECT ", attempt_columns!(), " FROM attempt WHERE id IN (SELECT value FROM json_each($1))"),
        concat!(
            "SELECT ",
            attempt_columns!(),
            " FROM attempt WHERE id IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON)))"
        ),
    );
    tx.query(sql).bind(crate::store::write_json("attempt", &ids)?).fetch_all().await
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

/// Hands an open attempt over to another session; `false` where it isn't open.
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

/// Leaves an open attempt to nobody, so that the next sign-in of its member that comes holds it.
pub async fn release(tx: &mut Tx, attempt_id: &str) -> Result<()> {
    tx.query("UPDATE attempt SET holder = NULL WHERE id = $1 AND finished_at_ms IS NULL")
        .bind(attempt_id.to_owned())
        .execute()
        .await?;
    Ok(())
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

/// Opens an attempt again that is still as it was read, about whose result nobody has decided, and whose member has no
/// other open one; `false` otherwise.
pub(super) async fn reopen(tx: &mut Tx, attempt: &AttemptRow, deadline_at_ms: i64) -> Result<bool> {
    let rows = tx
        .query(
            "UPDATE attempt SET finished_at_ms = NULL, finished_by = NULL, marks = NULL, score = NULL, receipt = NULL,
                 deadline_at_ms = $3
             WHERE id = $1 AND finished_at_ms = $2 AND NOT EXISTS (SELECT 1 FROM attempt AS other
                 WHERE other.test_id = attempt.test_id AND other.person_id = attempt.person_id AND other.finished_at_ms IS NULL)
               AND NOT EXISTS (SELECT 1 FROM amendment WHERE amendment.attempt_id = attempt.id)",
        )
        .bind(attempt.id.clone())
        .bind(attempt.finished_at_ms)
        .bind(deadline_at_ms)
        .execute()
        .await?;
    crate::store::rollups::touch_attempts(tx, &[attempt.id.as_str()]).await?;
    Ok(rows == 1)
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
