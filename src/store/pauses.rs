//! Pauses: who stands still in a test, from when until when. Begun and ended through [`crate::store::answer_writer`].

use crate::store::Result;
use crate::store::db::Tx;

/// A pause.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, sqlx::FromRow)]
pub struct PauseRow {
    /// The id.
    pub id: String,
    /// The test.
    pub test_id: String,
    /// The branch that is paused with all below it.
    pub branch_id: Option<String>,
    /// The one person who is paused; neither branch nor person: everyone.
    pub person_id: Option<String>,
    /// From when, Unix milliseconds.
    pub from_at_ms: i64,
    /// Until when; `None` while it lasts.
    pub until_at_ms: Option<i64>,
    /// Why.
    pub reason: String,
}

/// Which attempts of a test something concerns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// Everyone.
    pub all: bool,
    /// Who started in one of these branches.
    pub branch_ids: Vec<String>,
    /// These people.
    pub person_ids: Vec<String>,
}

impl Reach {
    /// Whether it concerns a person of a branch.
    pub fn covers(&self, person_id: &str, branch_id: &str) -> bool {
        self.all
            || self.branch_ids.iter().any(|known| known == branch_id)
            || self.person_ids.iter().any(|known| known == person_id)
    }
}

/// Every pause of a test, in order.
pub async fn list(tx: &mut Tx, test_id: &str) -> Result<Vec<PauseRow>> {
    tx.query(
        "SELECT id, test_id, branch_id, person_id, from_at_ms, until_at_ms, reason FROM pause WHERE test_id = $1
         ORDER BY from_at_ms, id",
    )
    .bind(test_id.to_owned())
    .fetch_all()
    .await
}

/// The pauses of a test that last.
pub async fn list_open(tx: &mut Tx, test_id: &str) -> Result<Vec<PauseRow>> {
    Ok(list(tx, test_id).await?.into_iter().filter(|pause| pause.until_at_ms.is_none()).collect())
}

/// Adds a pause.
pub(super) async fn insert(tx: &mut Tx, pause: &PauseRow) -> Result<()> {
    tx.query(
        "INSERT INTO pause (id, test_id, branch_id, person_id, from_at_ms, until_at_ms, reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(pause.id.clone())
    .bind(pause.test_id.clone())
    .bind(pause.branch_id.clone())
    .bind(pause.person_id.clone())
    .bind(pause.from_at_ms)
    .bind(pause.until_at_ms)
    .bind(pause.reason.clone())
    .execute()
    .await?;
    Ok(())
}

/// Ends every pause of a test that lasts.
pub async fn end_all(tx: &mut Tx, test_id: &str, until_at_ms: i64) -> Result<()> {
    tx.query("UPDATE pause SET until_at_ms = $2 WHERE test_id = $1 AND until_at_ms IS NULL")
        .bind(test_id.to_owned())
        .bind(until_at_ms)
        .execute()
        .await?;
    Ok(())
}

/// Ends a pause.
pub(super) async fn end(tx: &mut Tx, id: &str, until_at_ms: i64) -> Result<()> {
    tx.query("UPDATE pause SET until_at_ms = $2 WHERE id = $1 AND until_at_ms IS NULL")
        .bind(id.to_owned())
        .bind(until_at_ms)
        .execute()
        .await?;
    Ok(())
}

/// Makes open attempts stand still, except those whose time is over.
pub(super) async fn hold_attempts(tx: &mut Tx, test_id: &str, reach: &Reach, at_ms: i64) -> Result<u64> {
    let sql = tx.by_database(
        "UPDATE attempt SET paused_at_ms = $2
         WHERE test_id = $1 AND finished_at_ms IS NULL AND paused_at_ms IS NULL AND deadline_at_ms >= $2
           AND ($3 OR branch_id IN (SELECT value FROM json_each($4)) OR person_id IN (SELECT value FROM json_each($5)))",
        "UPDATE attempt SET paused_at_ms = $2
         WHERE test_id = $1 AND finished_at_ms IS NULL AND paused_at_ms IS NULL AND deadline_at_ms >= $2
           AND ($3 OR branch_id IN (SELECT json_array_elements_text(CAST($4 AS JSON)))
                OR person_id IN (SELECT json_array_elements_text(CAST($5 AS JSON))))",
    );
    reached(tx, sql, test_id, reach, at_ms).await
}

/// Lets attempts go on that no pause reaches any more; what they stood still is added to their time.
pub(super) async fn release_attempts(tx: &mut Tx, test_id: &str, still: &Reach, at_ms: i64) -> Result<u64> {
    let sql = tx.by_database(
        "UPDATE attempt SET deadline_at_ms = deadline_at_ms + max($2 - paused_at_ms, 0),
             paused_ms = paused_ms + max($2 - paused_at_ms, 0), paused_at_ms = NULL
         WHERE test_id = $1 AND finished_at_ms IS NULL AND paused_at_ms IS NOT NULL
           AND NOT ($3 OR branch_id IN (SELECT value FROM json_each($4)) OR person_id IN (SELECT value FROM json_each($5)))",
        "UPDATE attempt SET deadline_at_ms = deadline_at_ms + GREATEST($2 - paused_at_ms, 0),
             paused_ms = paused_ms + GREATEST($2 - paused_at_ms, 0), paused_at_ms = NULL
         WHERE test_id = $1 AND finished_at_ms IS NULL AND paused_at_ms IS NOT NULL
           AND NOT ($3 OR branch_id IN (SELECT json_array_elements_text(CAST($4 AS JSON)))
                OR person_id IN (SELECT json_array_elements_text(CAST($5 AS JSON))))",
    );
    reached(tx, sql, test_id, still, at_ms).await
}

async fn reached(tx: &mut Tx, sql: &'static str, test_id: &str, reach: &Reach, at_ms: i64) -> Result<u64> {
    tx.query(sql)
        .bind(test_id.to_owned())
        .bind(at_ms)
        .bind(reach.all)
        .bind(crate::store::write_json("pause", &reach.branch_ids)?)
        .bind(crate::store::write_json("pause", &reach.person_ids)?)
        .execute()
        .await
}
