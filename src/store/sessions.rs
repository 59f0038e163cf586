//! Sessions: who is signed in. Tokens are kept as SHA-256 only.

use crate::store::Result;
use crate::store::db::Tx;

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Session {
    /// SHA-256 of the token, in hex.
    pub token_hash: String,
    /// Whose.
    pub person_id: String,
    /// Since when.
    pub created_at_ms: i64,
    /// When it was last used, to the minute.
    pub seen_at_ms: i64,
}

/// Opens a session.
pub async fn insert(tx: &mut Tx, session: &Session) -> Result<()> {
    tx.query("INSERT INTO session (token_hash, person_id, created_at_ms, seen_at_ms) VALUES ($1, $2, $3, $4)")
        .bind(session.token_hash.clone())
        .bind(session.person_id.clone())
        .bind(session.created_at_ms)
        .bind(session.seen_at_ms)
        .execute()
        .await?;
    Ok(())
}

/// The session of a token.
pub async fn find(tx: &mut Tx, token_hash: &str) -> Result<Option<Session>> {
    tx.query("SELECT token_hash, person_id, created_at_ms, seen_at_ms FROM session WHERE token_hash = $1")
        .bind(token_hash.to_owned())
        .fetch_optional()
        .await
}

/// Notes that a session is in use.
pub async fn touch(tx: &mut Tx, token_hash: &str, now_ms: i64) -> Result<()> {
    tx.query("UPDATE session SET seen_at_ms = $2 WHERE token_hash = $1")
        .bind(token_hash.to_owned())
        .bind(now_ms)
        .execute()
        .await?;
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
