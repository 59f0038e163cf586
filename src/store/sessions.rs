//! Sessions: who is signed in. Tokens are kept as SHA-256 only.

use crate::store::db::Tx;
use crate::store::{Result, write_json};
use std::collections::HashSet;

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, sqlx::FromRow)]
pub struct Session {
    /// SHA-256 of the token, in hex.
    pub token_hash: String,
    /// Whose.
    pub person_id: String,
    /// Since when.
    pub created_at_ms: i64,
    /// When it was last used, to the minute.
    pub seen_at_ms: i64,
    /// The slip with which it was opened; such a session has the rights of a member only.
    pub slip_id: Option<String>,
}

/// A session on its way in.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Opening {
    /// The session.
    #[serde(flatten)]
    pub session: Session,
    /// Whether it ends the one of another device that came with the same slip.
    pub takes_over: bool,
}

/// That a session was in use.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Seen {
    /// SHA-256 of the token, in hex.
    pub token_hash: String,
    /// When.
    pub seen_at_ms: i64,
}

/// Opens sessions; returns the token hashes of those that were opened. Of several with the same slip there is one.
pub async fn insert_all(tx: &mut Tx, openings: &[&Opening]) -> Result<HashSet<String>> {
    if openings.is_empty() {
        return Ok(HashSet::new());
    }
    let taken: Vec<&str> =
        openings.iter().filter(|one| one.takes_over).filter_map(|one| one.session.slip_id.as_deref()).collect();
    if !taken.is_empty() {
        let sql = tx.by_database(
            "DELETE FROM session WHERE slip_id IN (SELECT value FROM json_each($1))",
            "DELETE FROM session WHERE slip_id IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON)))",
        );
        tx.query(sql).bind(write_json("session", &taken)?).execute().await?;
    }
    let sql = tx.by_database(
        "INSERT INTO session (token_hash, person_id, created_at_ms, seen_at_ms, slip_id)
         SELECT value ->> 'token_hash', value ->> 'person_id', value ->> 'created_at_ms', value ->> 'seen_at_ms',
                value ->> 'slip_id'
         FROM json_each($1) WHERE true
         ON CONFLICT (slip_id) WHERE slip_id IS NOT NULL DO NOTHING RETURNING token_hash",
        "INSERT INTO session (token_hash, person_id, created_at_ms, seen_at_ms, slip_id)
         SELECT token_hash, person_id, created_at_ms, seen_at_ms, slip_id FROM json_to_recordset(CAST($1 AS JSON))
             AS given (token_hash TEXT, person_id TEXT, created_at_ms BIGINT, seen_at_ms BIGINT, slip_id TEXT)
         ON CONFLICT (slip_id) WHERE slip_id IS NOT NULL DO NOTHING RETURNING token_hash",
    );
    let rows: Vec<(String,)> = tx.query(sql).bind(write_json("session", &openings)?).fetch_all().await?;
    Ok(rows.into_iter().map(|(token_hash,)| token_hash).collect())
}

/// The session of a token. A slip may have been cancelled while a session from it was being opened: that one is none.
pub async fn find(tx: &mut Tx, token_hash: &str) -> Result<Option<Session>> {
    tx.query(
        "SELECT session.token_hash, session.person_id, session.created_at_ms, session.seen_at_ms, session.slip_id
         FROM session LEFT JOIN slip ON slip.id = session.slip_id
         WHERE session.token_hash = $1 AND slip.cancelled_at_ms IS NULL",
    )
    .bind(token_hash.to_owned())
    .fetch_optional()
    .await
}

/// Notes that sessions are in use.
pub async fn touch_all(tx: &mut Tx, seen: &[&Seen]) -> Result<()> {
    if seen.is_empty() {
        return Ok(());
    }
    let sql = tx.by_database(
        "UPDATE session SET seen_at_ms = given.value ->> 'seen_at_ms' FROM json_each($1) AS given
         WHERE session.token_hash = given.value ->> 'token_hash'",
        "UPDATE session SET seen_at_ms = given.seen_at_ms
         FROM json_to_recordset(CAST($1 AS JSON)) AS given (token_hash TEXT, seen_at_ms BIGINT)
         WHERE session.token_hash = given.token_hash",
    );
    tx.query(sql).bind(write_json("session", &seen)?).execute().await?;
    Ok(())
}

/// Ends a session.
pub async fn delete(tx: &mut Tx, token_hash: &str) -> Result<()> {
    tx.query("DELETE FROM session WHERE token_hash = $1").bind(token_hash.to_owned()).execute().await?;
    Ok(())
}

/// Ends every session of a person but one.
pub async fn delete_of(tx: &mut Tx, person_id: &str, except_token_hash: Option<&str>) -> Result<u64> {
    tx.query("DELETE FROM session WHERE person_id = $1 AND (CAST($2 AS TEXT) IS NULL OR token_hash <> $2)")
        .bind(person_id.to_owned())
        .bind(except_token_hash.map(ToOwned::to_owned))
        .execute()
        .await
}

/// Ends sessions that nobody has used since `idle_before_ms` or that began before `created_before_ms`.
pub async fn delete_expired(tx: &mut Tx, idle_before_ms: i64, created_before_ms: i64) -> Result<u64> {
    tx.query("DELETE FROM session WHERE seen_at_ms < $1 OR created_at_ms < $2")
        .bind(idle_before_ms)
        .bind(created_before_ms)
        .execute()
        .await
}
