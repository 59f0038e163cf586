//! Finishes: attempts of a wave are ended first, then their responses are read: whatever was acknowledged is marked.

use super::{Finish, FinishedBy};
use crate::rules::attempt::GRACE_MS;
use crate::rules::paper::{score, stored};
use crate::store::attempts::{self, AttemptRow, attempt_columns};
use crate::store::db::Tx;
use crate::store::trace::{self, Event};
use crate::store::{Result, details, read_json, rollups, write_json};
use serde::Serialize;
use std::collections::HashMap;

/// Ends attempts, each at most once in a wave; they come back as they then are, `None` where there is none.
pub(super) async fn store(tx: &mut Tx, finishes: &[&Finish]) -> Result<Vec<Option<AttemptRow>>> {
    let mut known: HashMap<String, AttemptRow> =
        end(tx, finishes).await?.into_iter().map(|row| (row.id.clone(), row)).collect();
    let ended: Vec<&Finish> = finishes.iter().copied().filter(|one| known.contains_key(&one.attempt_id)).collect();
    mark(tx, &ended, &mut known).await?;
    let others: Vec<&str> =
        finishes.iter().map(|one| one.attempt_id.as_str()).filter(|id| !known.contains_key(*id)).collect();
    if !others.is_empty() {
        known.extend(attempts::find_all(tx, &others).await?.into_iter().map(|row| (row.id.clone(), row)));
    }
    Ok(finishes.iter().map(|one| known.remove(&one.attempt_id)).collect())
}

#[derive(Serialize)]
struct Given<'f> {
    attempt_id: &'f str,
    at_ms: i64,
    ended_by: &'static str,
}

/// What arrives after the grace counts as the deadline's doing, whoever asks. An attempt that stands still ends only by
/// an organizer. On PostgreSQL this waits for saves under way, and keeps later ones waiting until the marks are stored.
async fn end(tx: &mut Tx, finishes: &[&Finish]) -> Result<Vec<AttemptRow>> {
    let given: Vec<Given> = finishes
        .iter()
        .map(|one| Given { attempt_id: &one.attempt_id, at_ms: one.at_ms, ended_by: one.by.name() })
        .collect();
    let sql = tx.by_database(END_SQLITE, END_POSTGRES);
    tx.query(sql).bind(write_json("attempt", &given)?).bind(GRACE_MS).fetch_all().await
}

const END_SQLITE: &str = concat!(
    "UPDATE attempt SET finished_at_ms = min(given.value ->> 'at_ms', deadline_at_ms),
         finished_by = CASE WHEN given.value ->> 'at_ms' > deadline_at_ms + $2 AND paused_at_ms IS NULL THEN 'deadline'
                            ELSE given.value ->> 'ended_by' END
     FROM json_each($1) AS given
     WHERE attempt.id = given.value ->> 'attempt_id' AND attempt.finished_at_ms IS NULL
       AND (attempt.paused_at_ms IS NULL OR given.value ->> 'ended_by' = 'organizer')
     RETURNING ",
    attempt_columns!()
);

const END_POSTGRES: &str = concat!(
    "UPDATE attempt SET finished_at_ms = LEAST(given.at_ms, deadline_at_ms),
         finished_by = CASE WHEN given.at_ms > deadline_at_ms + $2 AND paused_at_ms IS NULL THEN 'deadline'
                            ELSE given.ended_by END
     FROM json_to_recordset(CAST($1 AS JSON)) AS given (attempt_id TEXT, at_ms BIGINT, ended_by TEXT)
     WHERE attempt.id = given.attempt_id AND attempt.finished_at_ms IS NULL
       AND (attempt.paused_at_ms IS NULL OR given.ended_by = 'organizer')
     RETURNING ",
    attempt_columns!()
);

#[derive(Serialize)]
struct Marked {
    attempt_id: String,
    marks: String,
    score: i64,
    receipt: String,
}

/// Marks attempts that have just ended, notes each in the trace, and completes their rows.
async fn mark(tx: &mut Tx, ended: &[&Finish], known: &mut HashMap<String, AttemptRow>) -> Result<()> {
    if ended.is_empty() {
        return Ok(());
    }
    let ids: Vec<&str> = ended.iter().map(|one| one.attempt_id.as_str()).collect();
    let mut answers = answers(tx, &ids).await?;
    let mut events = Vec::with_capacity(ended.len());
    for finish in ended {
        let Some(row) = known.get_mut(&finish.attempt_id) else { continue };
        let given = answers.remove(&finish.attempt_id).unwrap_or_default();
        let marks = stored(&finish.sheet.marks(&given));
        row.marks = Some(write_json("attempt", &marks)?);
        row.score = Some(score(&marks));
        events.push(finished(finish, row, &given));
    }
    let heads = trace::append_all(tx, &events).await?;
    let mut marked = Vec::with_capacity(ended.len());
    for (finish, head) in ended.iter().zip(heads) {
        let Some(row) = known.get_mut(&finish.attempt_id) else { continue };
        let receipt = trace::receipt(&head);
        row.receipt = Some(receipt.clone());
        let (marks, score) = (row.marks.clone().unwrap_or_default(), row.score.unwrap_or_default());
        marked.push(Marked { attempt_id: row.id.clone(), marks, score, receipt });
    }
    let sql = tx.by_database(
        "UPDATE attempt SET marks = given.value ->> 'marks', score = given.value ->> 'score', receipt = given.value ->> 'receipt'
         FROM json_each($1) AS given WHERE attempt.id = given.value ->> 'attempt_id'",
        "UPDATE attempt SET marks = given.marks, score = given.score, receipt = given.receipt
         FROM json_to_recordset(CAST($1 AS JSON)) AS given (attempt_id TEXT, marks TEXT, score BIGINT, receipt TEXT)
         WHERE attempt.id = given.attempt_id",
    );
    tx.query(sql).bind(write_json("attempt", &marked)?).execute().await?;
    rollups::touch_attempts(tx, &ids).await
}

fn finished(finish: &Finish, row: &AttemptRow, given: &HashMap<i64, String>) -> Event {
    let given = given.iter().map(|(position, response)| (*position, response.as_str()));
    let is_deadlines = row.finished_by.as_deref() == Some(FinishedBy::Deadline.name());
    Event {
        at_ms: finish.at_ms,
        kind: "attempt-finished",
        subject: row.id.clone(),
        actor_id: if is_deadlines { None } else { finish.actor_id.clone() },
        detail: details::attempt_finished(row, &details::responses_digest(given)).to_string(),
    }
}

/// The answers of attempts as marking takes them: position → response, by attempt. One row each: a row of its own for
/// every response would cost more than the marking.
async fn answers(tx: &mut Tx, ids: &[&str]) -> Result<HashMap<String, HashMap<i64, String>>> {
    let sql = tx.by_database(
        "SELECT attempt_id, json_group_object(CAST(position AS TEXT), response) FROM response
         WHERE attempt_id IN (SELECT value FROM json_each($1)) AND response IS NOT NULL GROUP BY attempt_id",
        "SELECT attempt_id, CAST(json_object_agg(position, response) AS TEXT) FROM response
         WHERE attempt_id IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON))) AND response IS NOT NULL
         GROUP BY attempt_id",
    );
    let rows: Vec<(String, String)> = tx.query(sql).bind(write_json("response", &ids)?).fetch_all().await?;
    let read = |(id, text): (String, String)| read_json("response", &id, &text).map(|answers| (id, answers));
    rows.into_iter().map(read).collect()
}
