//! The chain of everything that changes a mark: appended to, never changed.
//!
//! digest = SHA-256(digest before ‖ "\n" ‖ seq ‖ "\n" ‖ time ‖ "\n" ‖ kind ‖ "\n" ‖ subject ‖ "\n" ‖ detail digest),
//! numbers in decimal, digests in lower-case hex, the first one following an empty digest.

use crate::rules::text::hex;
use crate::store::db::Tx;
use crate::store::{Error, Result, write_json};
use serde::Serialize;
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
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

/// A link being stored, with its particulars.
#[derive(Debug, Serialize)]
struct Stored<'e> {
    #[serde(flatten)]
    link: Link,
    actor_id: Option<&'e str>,
    detail: &'e str,
}

/// Appends an event; returns the head of the chain after it.
pub async fn append(tx: &mut Tx, event: &Event) -> Result<String> {
    let heads = append_all(tx, std::slice::from_ref(event)).await?;
    heads.into_iter().next_back().ok_or(Error::Stopping)
}

/// Appends events in their order; returns the head of the chain after each. On PostgreSQL the first statement keeps
/// other writers of the chain waiting until this transaction ends.
pub async fn append_all(tx: &mut Tx, events: &[Event]) -> Result<Vec<String>> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let count = i64::try_from(events.len()).unwrap_or(i64::MAX);
    let (last, mut before): (i64, String) = tx
        .query("UPDATE trace_head SET seq = seq + $1 WHERE one = 1 RETURNING seq, digest")
        .bind(count)
        .fetch_one()
        .await?;
    let mut stored = Vec::with_capacity(events.len());
    for (seq, event) in (last - count + 1..).zip(events) {
        let mut link = Link {
            seq,
            at_ms: event.at_ms,
            kind: event.kind.to_owned(),
            subject: event.subject.clone(),
            detail_digest: sha256_hex(event.detail.as_bytes()),
            digest: String::new(),
        };
        link.digest = chain(&before, &link);
        before.clone_from(&link.digest);
        stored.push(Stored { link, actor_id: event.actor_id.as_deref(), detail: &event.detail });
    }
    let json = write_json("trace", &stored)?;
    tx.query(tx.by_database(LINKS_SQLITE, LINKS_POSTGRES)).bind(json.clone()).execute().await?;
    tx.query(tx.by_database(DETAILS_SQLITE, DETAILS_POSTGRES)).bind(json).execute().await?;
    tx.query("UPDATE trace_head SET digest = $1 WHERE one = 1").bind(before).execute().await?;
    Ok(stored.into_iter().map(|one| one.link.digest).collect())
}

const LINKS_SQLITE: &str = "
INSERT INTO trace (seq, at_ms, kind, subject, detail_digest, digest)
SELECT value ->> 'seq', value ->> 'at_ms', value ->> 'kind', value ->> 'subject', value ->> 'detail_digest', value ->> 'digest'
FROM json_each($1)";
const LINKS_POSTGRES: &str = "
INSERT INTO trace (seq, at_ms, kind, subject, detail_digest, digest)
SELECT seq, at_ms, kind, subject, detail_digest, digest FROM json_to_recordset(CAST($1 AS JSON))
    AS given (seq BIGINT, at_ms BIGINT, kind TEXT, subject TEXT, detail_digest TEXT, digest TEXT)";
const DETAILS_SQLITE: &str = "
INSERT INTO trace_detail (seq, actor_id, detail)
SELECT value ->> 'seq', value ->> 'actor_id', value ->> 'detail' FROM json_each($1)";
const DETAILS_POSTGRES: &str = "
INSERT INTO trace_detail (seq, actor_id, detail)
SELECT seq, actor_id, detail FROM json_to_recordset(CAST($1 AS JSON)) AS given (seq BIGINT, actor_id TEXT, detail TEXT)";

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

/// Of each subject of a kind of event, the last one's number.
pub async fn last_of_kind(tx: &mut Tx, kind: &str) -> Result<Vec<(String, i64)>> {
    tx.query("SELECT subject, max(seq) FROM trace WHERE kind = $1 GROUP BY subject")
        .bind(kind.to_owned())
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
