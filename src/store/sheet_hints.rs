//! What organizers said of sheets of questions: which column is what, which code is which kind.

use crate::store::Result;
use crate::store::db::Tx;

/// What was said of sheets with a heading.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SheetHint {
    /// The branch whose organizers said it; empty: the whole unit.
    pub place: String,
    /// The digest of the heading.
    pub heading: String,
    /// Which column is what, as it is written.
    pub named_columns: String,
    /// Which code is which kind, as it is written.
    pub named_kinds: String,
    /// When it was said.
    pub said_at_ms: i64,
}

/// What was said last at a place of sheets with a heading.
pub async fn find(tx: &mut Tx, place: &str, heading: &str) -> Result<Option<SheetHint>> {
    tx.query(
        "SELECT place, heading, named_columns, named_kinds, said_at_ms FROM sheet_hint WHERE place = $1 AND heading = $2",
    )
    .bind(place.to_owned())
    .bind(heading.to_owned())
    .fetch_optional()
    .await
}

/// Remembers what was said.
pub async fn put(tx: &mut Tx, hint: &SheetHint) -> Result<()> {
    tx.query(
        "INSERT INTO sheet_hint (place, heading, named_columns, named_kinds, said_at_ms) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (place, heading) DO UPDATE SET named_columns = excluded.named_columns,
            named_kinds = excluded.named_kinds, said_at_ms = excluded.said_at_ms",
    )
    .bind(hint.place.clone())
    .bind(hint.heading.clone())
    .bind(hint.named_columns.clone())
    .bind(hint.named_kinds.clone())
    .bind(hint.said_at_ms)
    .execute()
    .await?;
    Ok(())
}
