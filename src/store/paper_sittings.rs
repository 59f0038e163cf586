//! Papers that were printed for members who sit on paper.

use crate::store::Result;
use crate::store::db::Tx;

/// Printed, and nothing entered yet.
pub const PRINTED: &str = "printed";
/// Entered by one person.
pub const ENTERED: &str = "entered";
/// Checked by another, and marked.
pub const CHECKED: &str = "checked";
/// Not used.
pub const VOID: &str = "void";

/// A printed paper.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PaperSittingRow {
    /// The id.
    pub id: String,
    /// The test.
    pub test_id: String,
    /// Whose.
    pub person_id: String,
    /// The member's first, second … attempt.
    pub number: i64,
    /// Where the member stood when it was printed.
    pub branch_id: String,
    /// The seed of its draw, in hex.
    pub seed: String,
    /// The paper, as JSON.
    pub paper: String,
    /// How many questions.
    pub question_count: i64,
    /// Full marks, hundredths.
    pub full_marks: i64,
    /// [`PRINTED`], [`ENTERED`], [`CHECKED`] or [`VOID`].
    pub state: String,
    /// When it was printed.
    pub printed_at_ms: i64,
    /// By whom; nothing: the operator.
    pub printed_by: Option<String>,
    /// What was entered: position and response in the paper's labels, as JSON.
    pub responses: Option<String>,
    /// SHA-256 of that.
    pub digest: Option<String>,
    /// When it was entered last.
    pub entered_at_ms: Option<i64>,
    /// By whom; nothing: the operator.
    pub entered_by: Option<String>,
    /// When it was checked, or declared void.
    pub ended_at_ms: Option<i64>,
    /// By whom; nothing: the operator.
    pub ended_by: Option<String>,
    /// Why it is void.
    pub reason: Option<String>,
    /// The attempt that became of it.
    pub attempt_id: Option<String>,
}

impl PaperSittingRow {
    /// Whether it still waits to be entered or checked.
    pub fn is_open(&self) -> bool {
        self.state == PRINTED || self.state == ENTERED
    }
}

macro_rules! paper_columns {
    () => {
        "id, test_id, person_id, number, branch_id, seed, paper, question_count, full_marks, state, printed_at_ms,
         printed_by, responses, digest, entered_at_ms, entered_by, ended_at_ms, ended_by, reason, attempt_id"
    };
}

/// Every paper of a test, the first printed first.
pub async fn list(tx: &mut Tx, test_id: &str) -> Result<Vec<PaperSittingRow>> {
    tx.query(concat!("SELECT ", paper_columns!(), " FROM paper_sitting WHERE test_id = $1 ORDER BY printed_at_ms, id"))
        .bind(test_id.to_owned())
        .fetch_all()
        .await
}

/// One paper of a test.
pub async fn find(tx: &mut Tx, test_id: &str, id: &str) -> Result<Option<PaperSittingRow>> {
    tx.query(concat!("SELECT ", paper_columns!(), " FROM paper_sitting WHERE test_id = $1 AND id = $2"))
        .bind(test_id.to_owned())
        .bind(id.to_owned())
        .fetch_optional()
        .await
}

/// Everybody of a test whose paper still waits to be entered or checked.
pub async fn waiting(tx: &mut Tx, test_id: &str) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .query("SELECT person_id FROM paper_sitting WHERE test_id = $1 AND state IN ($2, $3)")
        .bind(test_id.to_owned())
        .bind(PRINTED)
        .bind(ENTERED)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Whether any paper of a test was printed and isn't void.
pub async fn any(tx: &mut Tx, test_id: &str) -> Result<bool> {
    let row: Option<(String,)> = tx
        .query("SELECT id FROM paper_sitting WHERE test_id = $1 AND state <> $2 LIMIT 1")
        .bind(test_id.to_owned())
        .bind(VOID)
        .fetch_optional()
        .await?;
    Ok(row.is_some())
}

/// Stores a paper that is about to be printed; `false` where one of the member waits already.
pub async fn insert(tx: &mut Tx, row: &PaperSittingRow) -> Result<bool> {
    let stored = tx.query(
        "INSERT INTO paper_sitting (id, test_id, person_id, number, branch_id, seed, paper, question_count, full_marks, state,
             printed_at_ms, printed_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING",
    )
    .bind(row.id.clone())
    .bind(row.test_id.clone())
    .bind(row.person_id.clone())
    .bind(row.number)
    .bind(row.branch_id.clone())
    .bind(row.seed.clone())
    .bind(row.paper.clone())
    .bind(row.question_count)
    .bind(row.full_marks)
    .bind(row.state.clone())
    .bind(row.printed_at_ms)
    .bind(row.printed_by.clone())
    .execute()
    .await?;
    Ok(stored == 1)
}

/// Stores what was entered over what has a digest, or where nothing was; `false` where something else is there, or nothing
/// is awaited any more.
pub async fn enter(tx: &mut Tx, row: &PaperSittingRow, seen: &str) -> Result<bool> {
    let changed = tx
        .query(
            "UPDATE paper_sitting SET state = $2, responses = $3, digest = $4, entered_at_ms = $5, entered_by = $6
             WHERE id = $1 AND state IN ($7, $2) AND COALESCE(digest, '') = $8",
        )
        .bind(row.id.clone())
        .bind(ENTERED)
        .bind(row.responses.clone())
        .bind(row.digest.clone())
        .bind(row.entered_at_ms)
        .bind(row.entered_by.clone())
        .bind(PRINTED)
        .bind(seen.to_owned())
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Ends the wait for a paper: checked, with the attempt that became of it, or void, with the reason. `false` where what was
/// entered is something else than what was seen, or nothing is awaited any more.
pub async fn end(tx: &mut Tx, row: &PaperSittingRow, seen: &str) -> Result<bool> {
    let changed = tx
        .query(
            "UPDATE paper_sitting SET state = $2, ended_at_ms = $3, ended_by = $4, reason = $5, attempt_id = $6
             WHERE id = $1 AND state IN ($7, $8) AND COALESCE(digest, '') = $9",
        )
        .bind(row.id.clone())
        .bind(row.state.clone())
        .bind(row.ended_at_ms)
        .bind(row.ended_by.clone())
        .bind(row.reason.clone())
        .bind(row.attempt_id.clone())
        .bind(PRINTED)
        .bind(ENTERED)
        .bind(seen.to_owned())
        .execute()
        .await?;
    Ok(changed == 1)
}
