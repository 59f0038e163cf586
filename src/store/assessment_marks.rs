//! Marks of annual assessments that are entered by hand.

use crate::store::db::Tx;
use crate::store::{Result, write_json};
use serde::Serialize;

/// A mark. What was replaced or taken back stays, as ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct MarkRow {
    /// The id.
    pub id: String,
    /// The assessment.
    pub assessment_id: String,
    /// The name of the list in its rules.
    pub list: String,
    /// Whose.
    pub person_id: String,
    /// Hundredths.
    pub points: i64,
    /// Full marks when it was entered, hundredths.
    pub full_points: i64,
    /// Where it comes from, and why.
    pub source: String,
    /// The number of everything that was entered together.
    pub entry_id: String,
    /// Who entered it; `None`: the operator.
    pub given_by: Option<String>,
    /// When.
    pub given_at_ms: i64,
    /// With what it was replaced or taken back.
    pub ended_entry_id: Option<String>,
    /// Who replaced it or took it back.
    pub ended_by: Option<String>,
    /// When; `None`: it stands.
    pub ended_at_ms: Option<i64>,
}

/// Every mark of an assessment, the earliest first, also those that don't stand any more.
pub async fn list(tx: &mut Tx, assessment_id: &str) -> Result<Vec<MarkRow>> {
    tx.query(
        "SELECT id, assessment_id, list, person_id, points, full_points, source, entry_id, given_by, given_at_ms,
             ended_entry_id, ended_by, ended_at_ms
         FROM assessment_mark WHERE assessment_id = $1 ORDER BY given_at_ms, id",
    )
    .bind(assessment_id.to_owned())
    .fetch_all()
    .await
}

/// Keeps marks that stand; another one that stands for the same member and list is a conflict.
pub async fn put(tx: &mut Tx, rows: &[MarkRow]) -> Result<()> {
    let sql = tx.by_database(
        "INSERT INTO assessment_mark (id, assessment_id, list, person_id, points, full_points, source, entry_id, given_by,
             given_at_ms)
         SELECT json_extract(value, '$.id'), json_extract(value, '$.assessment_id'), json_extract(value, '$.list'),
             json_extract(value, '$.person_id'), json_extract(value, '$.points'), json_extract(value, '$.full_points'),
             json_extract(value, '$.source'), json_extract(value, '$.entry_id'), json_extract(value, '$.given_by'),
             json_extract(value, '$.given_at_ms')
         FROM json_each($1)",
        "INSERT INTO assessment_mark (id, assessment_id, list, person_id, points, full_points, source, entry_id, given_by,
             given_at_ms)
         SELECT id, assessment_id, list, person_id, points, full_points, source, entry_id, given_by, given_at_ms
         FROM json_to_recordset(CAST($1 AS JSON)) AS given (id TEXT, assessment_id TEXT, list TEXT, person_id TEXT,
             points BIGINT, full_points BIGINT, source TEXT, entry_id TEXT, given_by TEXT, given_at_ms BIGINT)",
    );
    tx.query(sql).bind(write_json("assessment_mark", &rows)?).execute().await?;
    Ok(())
}

/// What ends marks.
#[derive(Debug, Clone, Copy)]
pub struct Ending<'a> {
    /// The number of everything that was entered together.
    pub entry_id: &'a str,
    /// Who; `None`: the operator.
    pub by: Option<&'a String>,
    /// When.
    pub at_ms: i64,
}

/// Ends marks; `false` where one of them doesn't stand any more.
pub async fn end(tx: &mut Tx, ids: &[&str], ending: Ending<'_>) -> Result<bool> {
    let sql = tx.by_database(
        "UPDATE assessment_mark SET ended_entry_id = $2, ended_by = $3, ended_at_ms = $4
         WHERE ended_at_ms IS NULL AND id IN (SELECT value FROM json_each($1))",
        "UPDATE assessment_mark SET ended_entry_id = $2, ended_by = $3, ended_at_ms = $4
         WHERE ended_at_ms IS NULL AND id IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON)))",
    );
    let rows = tx
        .query(sql)
        .bind(write_json("assessment_mark", &ids)?)
        .bind(ending.entry_id.to_owned())
        .bind(ending.by.cloned())
        .bind(ending.at_ms)
        .execute()
        .await?;
    Ok(u64::try_from(ids.len()) == Ok(rows))
}
