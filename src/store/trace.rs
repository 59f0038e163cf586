//! The chain of everything that changes a mark: appended to, never changed.
//!
//! digest = SHA-256(digest before ‖ "\n" ‖ seq ‖ "\n" ‖ time ‖ "\n" ‖ kind ‖ "\n" ‖ subject ‖ "\n" ‖ detail digest),
//! numbers in decimal, digests in lower-case hex, the first one following an empty digest.

use crate::rules::text::hex;
use crate::store::Result;
use crate::store::db::Tx;
use sha2::{Digest, Sha256};

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Event {
    /// When.
    pub at_ms: i64,
    /// What, e.g. `attempt-finished`.
    pub kind: &'static str,
    /// The internal id of what it happened to.
    pub subject: String,
    /// Who did it; `None`: the server.
    pub actor_id: Option<String>,
    /// The particulars, as JSON text.
    pub detail: String,
}

/// A stored link of the chain.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Link {
    /// Its number, from 1.
    pub seq: i64,
    /// When.
    pub at_ms: i64,
    /// What.
    pub kind: String,
    /// To what.
    pub subject: String,
    /// SHA-256 of the particulars.
    pub detail_digest: String,
    /// The digest of the chain up to here.
    pub digest: String,
}

/// A link with its particulars, as far as they are still kept.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Detail {
    /// The link.
    pub seq: i64,
    /// When.
    pub at_ms: i64,
    /// What.
    pub kind: String,
    /// Who did it.
    pub actor_id: Option<String>,
    /// The particulars, as JSON text.
    pub detail: Option<String>,
}

/// SHA-256 in lower-case hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The digest of a link that follows `before`.
pub fn chain(before: &str, link: &Link) -> String {
    let text =
        format!("{before}\n{}\n{}\n{}\n{}\n{}", link.seq, link.at_ms, link.kind, link.subject, link.detail_digest);
    sha256_hex(text.as_bytes())
}

/// The receipt: the first 64 bits of the chain's head after the finish, in groups that can be read out.
pub fn receipt(head: &str) -> String {
    let upper = head.to_ascii_uppercase();
    let group = |from: usize| upper.get(from..from + 4).unwrap_or_default();
    format!("{}-{}-{}-{}", group(0), group(4), group(8), group(12))
}

/// Appends an event; returns the head of the chain after it. On PostgreSQL the first statement keeps other writers
/// of the chain waiting until this transaction ends.
pub async fn append(tx: &mut Tx, event: &Event) -> Result<String> {
    let (seq, before): (i64, String) =
        tx.query("UPDATE trace_head SET seq = seq + 1 WHERE one = 1 RETURNING seq, digest").fetch_one().await?;
    let mut link = Link {
        seq,
        at_ms: event.at_ms,
        kind: event.kind.to_owned(),
        subject: event.subject.clone(),
        detail_digest: sha256_hex(event.detail.as_bytes()),
        digest: String::new(),
    };
    link.digest = chain(&before, &link);
    tx.query("INSERT INTO trace (seq, at_ms, kind, subject, detail_digest, digest) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(link.seq)
        .bind(link.at_ms)
        .bind(link.kind)
        .bind(link.subject)
        .bind(link.detail_digest)
        .bind(link.digest.clone())
        .execute()
        .await?;
    tx.query("INSERT INTO trace_detail (seq, actor_id, detail) VALUES ($1, $2, $3)")
        .bind(seq)
        .bind(event.actor_id.clone())
        .bind(event.detail.clone())
        .execute()
        .await?;
    tx.query("UPDATE trace_head SET digest = $1 WHERE one = 1").bind(link.digest.clone()).execute().await?;
    Ok(link.digest)
}

/// The number and digest of the last link.
pub async fn head(tx: &mut Tx) -> Result<(i64, String)> {
    tx.query("SELECT seq, digest FROM trace_head WHERE one = 1").fetch_one().await
}

/// Links after `seq`, a page at a time.
pub async fn list(tx: &mut Tx, after_seq: i64, limit: i64) -> Result<Vec<Link>> {
    tx.query("SELECT seq, at_ms, kind, subject, detail_digest, digest FROM trace WHERE seq > $1 ORDER BY seq LIMIT $2")
        .bind(after_seq)
        .bind(limit)
        .fetch_all()
        .await
}

/// Particulars kept for links after `seq`, a page at a time: number and text.
pub async fn details(tx: &mut Tx, after_seq: i64, until_seq: i64) -> Result<Vec<(i64, String)>> {
    tx.query("SELECT seq, detail FROM trace_detail WHERE seq > $1 AND seq <= $2 ORDER BY seq")
        .bind(after_seq)
        .bind(until_seq)
        .fetch_all()
        .await
}

/// What happened to a subject, the earliest first.
pub async fn of_subject(tx: &mut Tx, subject: &str) -> Result<Vec<Detail>> {
    tx.query(
        "SELECT trace.seq, trace.at_ms, trace.kind, trace_detail.actor_id, trace_detail.detail
         FROM trace LEFT JOIN trace_detail ON trace_detail.seq = trace.seq WHERE trace.subject = $1 ORDER BY trace.seq",
    )
    .bind(subject.to_owned())
    .fetch_all()
    .await
}

/// The time of the last event; the server's clock must not lie behind it.
pub async fn last_at_ms(tx: &mut Tx) -> Result<Option<i64>> {
    let row: Option<(i64,)> = tx.query("SELECT at_ms FROM trace ORDER BY seq DESC LIMIT 1").fetch_optional().await?;
    Ok(row.map(|(at,)| at))
}
