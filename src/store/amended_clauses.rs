//! Articles of regulations that were amended, and questions that were checked against the amended text.

use crate::store::Result;
use crate::store::db::Tx;

/// An article, or a whole regulation, that was amended.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AmendedRow {
    /// The id.
    pub id: String,
    /// Whose note it is; `None`: the whole unit's.
    pub branch_id: Option<String>,
    /// The regulation.
    pub regulation: String,
    /// The article; `None`: all of the regulation.
    pub article: Option<i64>,
    /// From which day on, as `2026-11-20`.
    pub amended_on: String,
    /// What was amended.
    pub note: String,
    /// Who noted it; `None`: the operator.
    pub noted_by: Option<String>,
    /// When.
    pub noted_at_ms: i64,
}

/// All of them, the latest day first.
pub async fn list(tx: &mut Tx) -> Result<Vec<AmendedRow>> {
    tx.query(
        "SELECT id, branch_id, regulation, article, amended_on, note, noted_by, noted_at_ms FROM amended_clause
         ORDER BY amended_on DESC, id DESC",
    )
    .fetch_all()
    .await
}

/// One of them.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<AmendedRow>> {
    tx.query(
        "SELECT id, branch_id, regulation, article, amended_on, note, noted_by, noted_at_ms FROM amended_clause
         WHERE id = $1",
    )
    .bind(id.to_owned())
    .fetch_optional()
    .await
}

/// Notes one.
pub async fn insert(tx: &mut Tx, row: &AmendedRow) -> Result<()> {
    tx.query(
        "INSERT INTO amended_clause (id, branch_id, regulation, article, amended_on, note, noted_by, noted_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(row.id.clone())
    .bind(row.branch_id.clone())
    .bind(row.regulation.clone())
    .bind(row.article)
    .bind(row.amended_on.clone())
    .bind(row.note.clone())
    .bind(row.noted_by.clone())
    .bind(row.noted_at_ms)
    .execute()
    .await?;
    Ok(())
}

/// Takes one back, with everything that was checked for it.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<()> {
    tx.query("DELETE FROM checked_question WHERE amended_clause_id = $1").bind(id.to_owned()).execute().await?;
    tx.query("DELETE FROM amended_clause WHERE id = $1").bind(id.to_owned()).execute().await?;
    Ok(())
}

/// Questions of an edition that cite an amended clause and weren't checked against it as they stand now, of those that are
/// named: their ids in the bank's order.
pub async fn unchecked(tx: &mut Tx, id: &str, edition_id: &str, ids: &[String]) -> Result<Vec<String>> {
    let sql = tx.by_database(
        "SELECT question.id FROM question JOIN edition ON edition.id = question.edition_id
         WHERE question.edition_id = $2 AND question.id IN (SELECT value FROM json_each($3))
           AND NOT EXISTS (SELECT 1 FROM checked_question AS checked WHERE checked.amended_clause_id = $1
               AND checked.bank_id = edition.bank_id AND checked.question_id = question.id AND checked.digest = question.digest)
         ORDER BY question.sequence",
        "SELECT question.id FROM question JOIN edition ON edition.id = question.edition_id
         WHERE question.edition_id = $2 AND question.id IN (SELECT value FROM json_array_elements_text(CAST($3 AS JSON)))
           AND NOT EXISTS (SELECT 1 FROM checked_question AS checked WHERE checked.amended_clause_id = $1
               AND checked.bank_id = edition.bank_id AND checked.question_id = question.id AND checked.digest = question.digest)
         ORDER BY question.sequence",
    );
    let names = crate::store::write_json("question", &ids)?;
    let rows: Vec<(String,)> =
        tx.query(sql).bind(id.to_owned()).bind(edition_id.to_owned()).bind(names).fetch_all().await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Notes that a question of an edition was checked as it stands there; `false` where there is none.
pub async fn check(
    tx: &mut Tx,
    id: &str,
    (edition_id, question_id): (&str, &str),
    (by, at_ms): (Option<&str>, i64),
) -> Result<bool> {
    let noted = tx
        .query(
            "INSERT INTO checked_question (amended_clause_id, bank_id, question_id, digest, checked_by, checked_at_ms)
             SELECT $1, edition.bank_id, question.id, question.digest, $4, $5
             FROM question JOIN edition ON edition.id = question.edition_id
             WHERE question.edition_id = $2 AND question.id = $3
             ON CONFLICT (amended_clause_id, bank_id, question_id)
             DO UPDATE SET digest = excluded.digest, checked_by = excluded.checked_by, checked_at_ms = excluded.checked_at_ms",
        )
        .bind(id.to_owned())
        .bind(edition_id.to_owned())
        .bind(question_id.to_owned())
        .bind(by.map(ToOwned::to_owned))
        .bind(at_ms)
        .execute()
        .await?;
    Ok(noted == 1)
}
