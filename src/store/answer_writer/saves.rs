//! Saves: one statement for all of a wave, in which "mine, open, in time, newer" is checked row by row; and one that
//! says why the others were not stored. Until somebody takes over, every session of the member may save.

use super::{Save, Saved};
use crate::rules::attempt::GRACE_MS;
use crate::store::attempts::ResponseRow;
use crate::store::db::Tx;
use crate::store::{Error, Result, write_json};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Stores saves, at most one of each response; says of each, in their order, what became of it.
pub(super) async fn store(tx: &mut Tx, saves: &[&Save]) -> Result<Vec<Saved>> {
    let rows = if tx.is_postgres() { store_postgres(tx, saves).await? } else { store_sqlite(tx, saves).await? };
    let stored: HashMap<(&str, i64), i64> =
        rows.iter().map(|(attempt_id, position, deadline)| ((attempt_id.as_str(), *position), *deadline)).collect();
    let place = |save: &Save| stored.get(&(save.attempt_id.as_str(), save.position)).copied();
    let others: Vec<&Save> = saves.iter().copied().filter(|save| place(save).is_none()).collect();
    let mut others = classify(tx, &others).await?.into_iter();
    let outcome = |save: &&Save| match place(save) {
        Some(deadline_at_ms) => Some(Saved::Stored { deadline_at_ms }),
        None => others.next(),
    };
    saves.iter().map(outcome).collect::<Option<Vec<_>>>().ok_or(Error::Stopping)
}

/// Attempt, position and deadline of what was stored.
type StoredRow = (String, i64, i64);

async fn store_postgres(tx: &mut Tx, saves: &[&Save]) -> Result<Vec<StoredRow>> {
    tx.query(SAVE_POSTGRES).bind(write_json("response", &saves)?).bind(GRACE_MS).fetch_all().await
}

/// Rows of the statements that are kept prepared on SQLite, where taking JSON apart costs more than the saving.
const SIZES: [usize; 4] = [1, 8, 64, 512];

async fn store_sqlite(tx: &mut Tx, saves: &[&Save]) -> Result<Vec<StoredRow>> {
    let mut stored = Vec::with_capacity(saves.len());
    let most = SIZES.last().copied().unwrap_or(1);
    for some in saves.chunks(most) {
        let size = SIZES.into_iter().position(|size| size >= some.len()).unwrap_or_default();
        let mut query = tx.query(SAVE_SQLITE.get(size).map_or("", String::as_str));
        for save in some {
            query = query
                .bind(save.attempt_id.clone())
                .bind(save.person_id.clone())
                .bind(save.session.clone())
                .bind(save.position)
                .bind(save.save)
                .bind(save.response.clone())
                .bind(save.received_at_ms);
        }
        // What isn't bound is NULL, and no attempt's id.
        stored.extend(query.fetch_all::<StoredRow>().await?);
    }
    Ok(stored)
}

static SAVE_SQLITE: LazyLock<[String; 4]> = LazyLock::new(|| {
    SIZES.map(|size| {
        let rows = vec!["(?, ?, ?, ?, ?, ?, ?)"; size].join(", ");
        format!(
            "WITH given (attempt_id, person_id, session, position, save, response, received_at_ms) AS (VALUES {rows})
INSERT INTO response (attempt_id, position, save, response, received_at_ms)
SELECT attempt.id, given.position, given.save, given.response, given.received_at_ms
FROM given CROSS JOIN attempt ON attempt.id = given.attempt_id
WHERE attempt.person_id = given.person_id
  AND attempt.finished_at_ms IS NULL
  AND given.received_at_ms <= min(attempt.deadline_at_ms, COALESCE(attempt.paused_at_ms, attempt.deadline_at_ms)) + {GRACE_MS}
  AND given.save > attempt.save_base
  AND (attempt.save_base = 0 OR attempt.holder IS NULL OR attempt.holder = given.session)
  AND given.position BETWEEN 1 AND attempt.question_count
ON CONFLICT (attempt_id, position) DO UPDATE
SET save = excluded.save, response = excluded.response, received_at_ms = excluded.received_at_ms
WHERE excluded.save > response.save
RETURNING attempt_id, position, (SELECT attempt.deadline_at_ms FROM attempt WHERE attempt.id = response.attempt_id)"
        )
    })
});

// FOR SHARE: a finish in another process waits for this save, and this save sees that finish.
const SAVE_POSTGRES: &str = "
WITH given AS (
    SELECT * FROM json_to_recordset(CAST($1 AS JSON)) AS given (attempt_id TEXT, person_id TEXT, session TEXT,
        position BIGINT, save BIGINT, response TEXT, received_at_ms BIGINT)
), open AS (
    SELECT attempt.id, attempt.person_id, attempt.deadline_at_ms, attempt.save_base, attempt.holder, attempt.question_count,
           attempt.paused_at_ms
    FROM attempt WHERE attempt.id IN (SELECT attempt_id FROM given) AND attempt.finished_at_ms IS NULL
    ORDER BY attempt.id FOR SHARE
)
INSERT INTO response (attempt_id, position, save, response, received_at_ms)
SELECT open.id, given.position, given.save, given.response, given.received_at_ms
FROM given JOIN open ON open.id = given.attempt_id
WHERE open.person_id = given.person_id
  AND given.received_at_ms <= LEAST(open.deadline_at_ms, open.paused_at_ms) + $2
  AND given.save > open.save_base
  AND (open.save_base = 0 OR open.holder IS NULL OR open.holder = given.session)
  AND given.position BETWEEN 1 AND open.question_count
ON CONFLICT (attempt_id, position) DO UPDATE
SET save = excluded.save, response = excluded.response, received_at_ms = excluded.received_at_ms
WHERE excluded.save > response.save
RETURNING attempt_id, position, (SELECT attempt.deadline_at_ms FROM attempt WHERE attempt.id = response.attempt_id)";

/// What stands in the way of a save.
#[derive(Debug, sqlx::FromRow)]
struct Standing {
    attempt_id: String,
    place: i64,
    person_id: String,
    question_count: i64,
    deadline_at_ms: i64,
    save_base: i64,
    holder: Option<String>,
    finished_at_ms: Option<i64>,
    paused_at_ms: Option<i64>,
    save: Option<i64>,
    response: Option<String>,
    received_at_ms: Option<i64>,
}

/// Why saves were not stored, in their order.
async fn classify(tx: &mut Tx, saves: &[&Save]) -> Result<Vec<Saved>> {
    if saves.is_empty() {
        return Ok(Vec::new());
    }
    let sql = tx.by_database(
        "SELECT attempt.id AS attempt_id, given.value ->> 'position' AS place, attempt.person_id, attempt.question_count,
                attempt.deadline_at_ms, attempt.save_base, attempt.holder, attempt.finished_at_ms, attempt.paused_at_ms,
                response.save, response.response, response.received_at_ms
         FROM json_each($1) AS given JOIN attempt ON attempt.id = given.value ->> 'attempt_id'
         LEFT JOIN response ON response.attempt_id = attempt.id AND response.position = given.value ->> 'position'",
        "SELECT attempt.id AS attempt_id, given.position AS place, attempt.person_id, attempt.question_count,
                attempt.deadline_at_ms, attempt.save_base, attempt.holder, attempt.finished_at_ms, attempt.paused_at_ms,
                response.save, response.response, response.received_at_ms
         FROM json_to_recordset(CAST($1 AS JSON)) AS given (attempt_id TEXT, position BIGINT)
         JOIN attempt ON attempt.id = given.attempt_id
         LEFT JOIN response ON response.attempt_id = attempt.id AND response.position = given.position",
    );
    let rows: Vec<Standing> = tx.query(sql).bind(write_json("response", &saves)?).fetch_all().await?;
    let standing: HashMap<(&str, i64), &Standing> =
        rows.iter().map(|row| ((row.attempt_id.as_str(), row.place), row)).collect();
    saves.iter().map(|save| why(save, standing.get(&(save.attempt_id.as_str(), save.position)).copied())).collect()
}

fn why(save: &Save, standing: Option<&Standing>) -> Result<Saved> {
    let Some(standing) = standing.filter(|standing| standing.person_id == save.person_id) else {
        return Ok(Saved::NotFound);
    };
    if !(1..=standing.question_count).contains(&save.position) {
        return Ok(Saved::NotFound);
    }
    let stored = standing.save.zip(standing.received_at_ms).map(|(number, received_at_ms)| ResponseRow {
        position: save.position,
        save: number,
        response: standing.response.clone(),
        received_at_ms,
    });
    if stored.as_ref().is_some_and(|row| row.save == save.save && same(row.response.as_deref(), save)) {
        return Ok(Saved::Stored { deadline_at_ms: standing.deadline_at_ms });
    }
    if save.received_at_ms > standing.deadline_at_ms + GRACE_MS && standing.paused_at_ms.is_none() {
        return Ok(Saved::DeadlinePassed);
    }
    if standing.finished_at_ms.is_some() {
        return Ok(Saved::Finished);
    }
    let is_others = standing.save_base > 0 && standing.holder.as_ref().is_some_and(|holder| *holder != save.session);
    if save.save <= standing.save_base || is_others {
        return Ok(Saved::TakenOver(stored));
    }
    if standing.paused_at_ms.is_some_and(|since| save.received_at_ms > since + GRACE_MS) {
        return Ok(Saved::Paused { deadline_at_ms: standing.deadline_at_ms });
    }
    stored.map(Saved::Stale).ok_or_else(|| Error::Corrupt {
        table: "response",
        id: save.attempt_id.clone(),
        what: format!("position {} could not be stored", save.position),
    })
}

/// Whether a stored response says the same as a save.
fn same(stored: Option<&str>, save: &Save) -> bool {
    let read = |text: Option<&str>| -> Value {
        let mut value: Value = text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        if let (true, Some(labels)) = (save.is_set, value.as_array_mut()) {
            labels.sort_by_key(ToString::to_string);
        }
        value
    };
    read(stored) == read(save.response.as_deref())
}
