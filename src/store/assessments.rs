//! Annual assessments: their rules, adjustments, and results as they were signed; and what they read of tests.

use crate::store::Result;
use crate::store::db::Tx;
use crate::store::presence::Member;

/// The rules of a year at a place.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AssessmentRow {
    /// The id.
    pub id: String,
    /// The year.
    pub year: i64,
    /// The branch with all below it; empty: the whole unit.
    pub place: String,
    /// A [`crate::rules::assessment::Definition`] as JSON.
    pub definition: String,
    /// Counts every change.
    pub revision: i64,
    /// Who changed it last; `None`: the operator.
    pub changed_by: Option<String>,
    /// When.
    pub changed_at_ms: i64,
}

/// What was added to a result or taken from it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AdjustmentRow {
    /// The id.
    pub id: String,
    /// The assessment.
    pub assessment_id: String,
    /// Whose.
    pub person_id: String,
    /// Hundredths; below 0 it takes away.
    pub points: i64,
    /// Why.
    pub reason: String,
    /// Who gave it; `None`: the operator.
    pub given_by: Option<String>,
    /// When.
    pub given_at_ms: i64,
    /// Who took it back.
    pub ended_by: Option<String>,
    /// When; `None`: it stands.
    pub ended_at_ms: Option<i64>,
}

/// A result as it was signed.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SigningRow {
    /// The id.
    pub id: String,
    /// The assessment.
    pub assessment_id: String,
    /// From 1.
    pub number: i64,
    /// The rules, as JSON.
    pub definition: String,
    /// The results, as JSON.
    pub results: String,
    /// SHA-256 over rules and results.
    pub digest: String,
    /// Names of those who signed, as JSON.
    pub signers: String,
    /// What is different from the version before.
    pub note: String,
    /// Who entered it; `None`: the operator.
    pub signed_by: Option<String>,
    /// When.
    pub signed_at_ms: i64,
}

/// A finished attempt as an assessment sees it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ScoreRow {
    /// Whose.
    pub person_id: String,
    /// Hundredths.
    pub score: i64,
    /// Whether a response waits for a person to mark it.
    pub pending: bool,
}

/// Assessments of a year, or of every year.
pub async fn list(tx: &mut Tx, year: Option<i64>) -> Result<Vec<AssessmentRow>> {
    tx.query(
        "SELECT id, year, place, definition, revision, changed_by, changed_at_ms FROM assessment
         WHERE year = $1 OR $1 = 0 ORDER BY year DESC, place",
    )
    .bind(year.unwrap_or_default())
    .fetch_all()
    .await
}

/// Keeps rules, or others in the place of revision `row.revision - 1`; `false` where that isn't the present one.
pub async fn put(tx: &mut Tx, row: &AssessmentRow) -> Result<bool> {
    let sql = if row.revision == 1 {
        "INSERT INTO assessment (id, year, place, definition, revision, changed_by, changed_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    } else {
        "UPDATE assessment SET definition = $4, revision = $5, changed_by = $6, changed_at_ms = $7
         WHERE id = $1 AND year = $2 AND place = $3 AND revision = $5 - 1"
    };
    let rows = tx
        .query(sql)
        .bind(row.id.clone())
        .bind(row.year)
        .bind(row.place.clone())
        .bind(row.definition.clone())
        .bind(row.revision)
        .bind(row.changed_by.clone())
        .bind(row.changed_at_ms)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Adjustments of an assessment, the earliest first, also those that were taken back.
pub async fn adjustments(tx: &mut Tx, assessment_id: &str) -> Result<Vec<AdjustmentRow>> {
    tx.query(
        "SELECT id, assessment_id, person_id, points, reason, given_by, given_at_ms, ended_by, ended_at_ms
         FROM assessment_adjustment WHERE assessment_id = $1 ORDER BY given_at_ms, id",
    )
    .bind(assessment_id.to_owned())
    .fetch_all()
    .await
}

/// Keeps an adjustment.
pub async fn adjust(tx: &mut Tx, row: &AdjustmentRow) -> Result<()> {
    tx.query(
        "INSERT INTO assessment_adjustment (id, assessment_id, person_id, points, reason, given_by, given_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(row.id.clone())
    .bind(row.assessment_id.clone())
    .bind(row.person_id.clone())
    .bind(row.points)
    .bind(row.reason.clone())
    .bind(row.given_by.clone())
    .bind(row.given_at_ms)
    .execute()
    .await?;
    Ok(())
}

/// Takes an adjustment back; `false` where it isn't there or was taken back before.
pub async fn end_adjustment(tx: &mut Tx, id: &str, by: Option<String>, at_ms: i64) -> Result<bool> {
    let rows = tx
        .query("UPDATE assessment_adjustment SET ended_by = $2, ended_at_ms = $3 WHERE id = $1 AND ended_at_ms IS NULL")
        .bind(id.to_owned())
        .bind(by)
        .bind(at_ms)
        .execute()
        .await?;
    Ok(rows == 1)
}

const SIGNINGS: &str = "
SELECT id, assessment_id, number, definition, results, digest, signers, note, signed_by, signed_at_ms
FROM assessment_signing WHERE assessment_id = $1 OR $1 = '' ORDER BY assessment_id, number";

/// Signed versions of an assessment, in their order.
pub async fn signings(tx: &mut Tx, assessment_id: &str) -> Result<Vec<SigningRow>> {
    tx.query(SIGNINGS).bind(assessment_id.to_owned()).fetch_all().await
}

/// Every signed version.
pub async fn all_signings(tx: &mut Tx) -> Result<Vec<SigningRow>> {
    signings(tx, "").await
}

/// Keeps a signed version; another one of the same number is a conflict.
pub async fn sign(tx: &mut Tx, row: &SigningRow) -> Result<()> {
    tx.query(
        "INSERT INTO assessment_signing (id, assessment_id, number, definition, results, digest, signers, note, signed_by,
             signed_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(row.id.clone())
    .bind(row.assessment_id.clone())
    .bind(row.number)
    .bind(row.definition.clone())
    .bind(row.results.clone())
    .bind(row.digest.clone())
    .bind(row.signers.clone())
    .bind(row.note.clone())
    .bind(row.signed_by.clone())
    .bind(row.signed_at_ms)
    .execute()
    .await?;
    Ok(())
}

/// Finished attempts at a test in the order of finishing, without papers.
pub async fn scores(tx: &mut Tx, test_id: &str) -> Result<Vec<ScoreRow>> {
    tx.query(
        "SELECT person_id, COALESCE(score, 0) AS score, marks LIKE '%null%' AS pending FROM attempt
         WHERE test_id = $1 AND finished_at_ms IS NOT NULL ORDER BY finished_at_ms, number",
    )
    .bind(test_id.to_owned())
    .fetch_all()
    .await
}

/// Who held the role `member` at a moment, and where.
pub async fn members_at(tx: &mut Tx, at_ms: i64) -> Result<Vec<Member>> {
    tx.query(
        "SELECT person_id, branch_id FROM role WHERE role = 'member' AND branch_id IS NOT NULL
           AND from_at_ms <= $1 AND (until_at_ms IS NULL OR until_at_ms > $1)",
    )
    .bind(at_ms)
    .fetch_all()
    .await
}
