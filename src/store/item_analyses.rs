//! Item analyses of settled tests, kept so that nobody waits until every attempt has been read again.

use crate::store::Result;
use crate::store::db::Tx;

/// Of which test, for which branch, and from what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The test.
    pub test_id: &'a str,
    /// The branch; empty: the whole unit, above several top branches.
    pub branch_id: &'a str,
    /// The version of the test's stored figures.
    pub version: i64,
    /// The form in which figures are worked out.
    pub form: i64,
}

/// The figures of at least a version, in exactly a form: their version, and themselves as they were put.
pub async fn find(tx: &mut Tx, place: Place<'_>) -> Result<Option<(i64, String)>> {
    tx.query(
        "SELECT version, figures FROM item_analysis
         WHERE test_id = $1 AND branch_id = $2 AND version >= $3 AND form = $4",
    )
    .bind(place.test_id.to_owned())
    .bind(place.branch_id.to_owned())
    .bind(place.version)
    .bind(place.form)
    .fetch_optional()
    .await
}

/// Puts figures, unless those of a later version are there.
pub async fn put(tx: &mut Tx, place: Place<'_>, figures: String) -> Result<()> {
    tx.query(
        "INSERT INTO item_analysis (test_id, branch_id, version, form, figures) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (test_id, branch_id)
         DO UPDATE SET version = excluded.version, form = excluded.form, figures = excluded.figures
         WHERE item_analysis.version <= excluded.version OR item_analysis.form <> excluded.form",
    )
    .bind(place.test_id.to_owned())
    .bind(place.branch_id.to_owned())
    .bind(place.version)
    .bind(place.form)
    .bind(figures)
    .execute()
    .await?;
    Ok(())
}

/// Settled tests with attempts of which no figures of this form are there, or only older ones; the earliest settled first.
pub async fn missing(tx: &mut Tx, form: i64) -> Result<Vec<String>> {
    let tests: Vec<(String,)> = tx
        .query(
            "SELECT test.id FROM test JOIN rollup_version ON rollup_version.test_id = test.id
             WHERE test.finished_at_ms IS NOT NULL AND test.cancelled_reason IS NULL
                AND EXISTS (SELECT 1 FROM attempt WHERE attempt.test_id = test.id)
                AND NOT EXISTS (SELECT 1 FROM item_analysis WHERE item_analysis.test_id = test.id
                    AND item_analysis.form = $1 AND item_analysis.version >= rollup_version.version)
             ORDER BY test.finished_at_ms, test.id",
        )
        .bind(form)
        .fetch_all()
        .await?;
    Ok(tests.into_iter().map(|(id,)| id).collect())
}
