//! Whole sittings at a stroke: begun, answered, handed in and marked by the very statements of the writer, in one
//! transaction. For data that didn't come from a browser.

use super::starts::{self, Start};
use super::{Finish, FinishedBy, finishes};
use crate::rules::paper::Sheet;
use crate::store::attempts::AttemptRow;
use crate::store::db::{Db, Tx};
use crate::store::{Result, write_json};
use serde::Serialize;
use std::sync::Arc;

/// A sitting from start to end.
#[derive(Debug, Clone)]
pub struct WholeSitting {
    /// The attempt as it begins.
    pub attempt: AttemptRow,
    /// The revision of its test on which it relies.
    pub test_revision: i64,
    /// The questions and keys of its paper.
    pub sheet: Arc<Sheet>,
    /// Position from 1, and the response as JSON in the paper's labels.
    pub responses: Vec<(i64, String)>,
    /// When it is handed in.
    pub ends_at_ms: i64,
    /// What ends it.
    pub by: FinishedBy,
    /// Who ends it; nothing: the operator.
    pub actor_id: Option<String>,
}

#[derive(Serialize)]
struct Given<'s> {
    attempt_id: &'s str,
    position: i64,
    answer: &'s str,
    received_at_ms: i64,
}

/// Stores sittings; those whose number is used up, or whose test or member has changed since, are left out. Returns how
/// many were stored.
pub async fn store_whole(db: &Db, sittings: &[WholeSitting]) -> Result<usize> {
    let mut tx = db.write().await?;
    let stored = store_in(&mut tx, sittings).await?;
    tx.commit().await?;
    Ok(stored)
}

/// The same within a transaction.
pub async fn store_in(tx: &mut Tx, sittings: &[WholeSitting]) -> Result<usize> {
    let begun: Vec<Start> =
        sittings.iter().map(|one| Start { attempt: one.attempt.clone(), test_revision: one.test_revision }).collect();
    let stored = starts::store(tx, &begun.iter().collect::<Vec<_>>()).await?;
    let is_stored =
        |(one, row): &(&WholeSitting, Option<AttemptRow>)| row.as_ref().is_some_and(|row| row.id == one.attempt.id);
    let stored: Vec<&WholeSitting> =
        sittings.iter().zip(stored).filter(is_stored).map(|(sitting, _)| sitting).collect();
    let responses: Vec<Given> = stored.iter().flat_map(|one| responses(one)).collect();
    let sql = tx.by_database(
        "INSERT INTO response (attempt_id, position, save, response, received_at_ms)
         SELECT value ->> 'attempt_id', value ->> 'position', 1, value ->> 'answer', value ->> 'received_at_ms'
         FROM json_each($1)",
        "INSERT INTO response (attempt_id, position, save, response, received_at_ms)
         SELECT attempt_id, position, 1, answer, received_at_ms
         FROM json_to_recordset(CAST($1 AS JSON)) AS given (attempt_id TEXT, position BIGINT, answer TEXT,
             received_at_ms BIGINT)",
    );
    tx.query(sql).bind(write_json("response", &responses)?).execute().await?;
    let ended: Vec<Finish> = stored.iter().map(|one| finish(one)).collect();
    finishes::store(tx, &ended.iter().collect::<Vec<_>>()).await?;
    Ok(ended.len())
}

fn responses(sitting: &WholeSitting) -> impl Iterator<Item = Given<'_>> {
    let attempt = &sitting.attempt;
    let each_ms = (sitting.ends_at_ms - attempt.started_at_ms) / (attempt.question_count + 1).max(1);
    sitting.responses.iter().map(move |(position, response)| Given {
        attempt_id: &attempt.id,
        position: *position,
        answer: response,
        received_at_ms: attempt.started_at_ms + position * each_ms,
    })
}

fn finish(sitting: &WholeSitting) -> Finish {
    Finish {
        attempt_id: sitting.attempt.id.clone(),
        sheet: Arc::clone(&sitting.sheet),
        at_ms: sitting.ends_at_ms,
        by: sitting.by,
        actor_id: sitting.actor_id.clone(),
    }
}
