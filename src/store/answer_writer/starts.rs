//! Starts: the papers of a wave in one statement, each only where the test and the member's place still stand as they
//! did when the paper was drawn, and no paper is printed for the member.

use crate::store::attempts::{self, AttemptRow};
use crate::store::db::Tx;
use crate::store::trace::{self, Event};
use crate::store::{Result, details, rollups, write_json};
use serde::Serialize;
use std::collections::HashSet;
use std::sync::LazyLock;

/// A new attempt, and the revision of its test on which it relies.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Start {
    #[serde(flatten)]
    pub(super) attempt: AttemptRow,
    pub(super) test_revision: i64,
}

/// Stores new attempts; each comes back as it is, or the open one that the member has, or `None` where the number was
/// used up or something that it relies on has changed.
pub(super) async fn store(tx: &mut Tx, starts: &[&Start]) -> Result<Vec<Option<AttemptRow>>> {
    let rows = if tx.is_postgres() {
        tx.query(START_POSTGRES).bind(write_json("attempt", &starts)?).fetch_all().await?
    } else {
        store_sqlite(tx, starts).await?
    };
    let stored: HashSet<&str> = rows.iter().map(|(id,)| id.as_str()).collect();
    let is_stored = |start: &&&Start| stored.contains(start.attempt.id.as_str());
    let events: Vec<Event> = starts.iter().filter(is_stored).map(|start| started(&start.attempt)).collect();
    trace::append_all(tx, &events).await?;
    rollups::touch_attempts(tx, &stored.iter().copied().collect::<Vec<_>>()).await?;
    let mut attempts = Vec::with_capacity(starts.len());
    for start in starts {
        attempts.push(if is_stored(&start) {
            Some(start.attempt.clone())
        } else {
            open_of(tx, &start.attempt).await?
        });
    }
    Ok(attempts)
}

fn started(attempt: &AttemptRow) -> Event {
    Event {
        at_ms: attempt.started_at_ms,
        kind: "attempt-started",
        subject: attempt.id.clone(),
        actor_id: Some(attempt.person_id.clone()),
        detail: details::attempt_started(attempt).to_string(),
    }
}

async fn open_of(tx: &mut Tx, attempt: &AttemptRow) -> Result<Option<AttemptRow>> {
    let mine = attempts::list_of(tx, &attempt.test_id, &attempt.person_id).await?;
    Ok(mine.into_iter().find(|attempt| attempt.finished_at_ms.is_none()))
}

type StoredRow = (String,);

/// Rows of the statements that are kept prepared on SQLite, where taking JSON apart costs more than the storing.
const SIZES: [usize; 3] = [1, 8, 64];

async fn store_sqlite(tx: &mut Tx, starts: &[&Start]) -> Result<Vec<StoredRow>> {
    let mut stored = Vec::with_capacity(starts.len());
    for some in starts.chunks(SIZES.last().copied().unwrap_or(1)) {
        let size = SIZES.into_iter().position(|size| size >= some.len()).unwrap_or_default();
        let mut query = tx.query(START_SQLITE.get(size).map_or("", String::as_str));
        for Start { attempt, test_revision } in some {
            query = query
                .bind(attempt.id.clone())
                .bind(attempt.test_id.clone())
                .bind(attempt.person_id.clone())
                .bind(attempt.number)
                .bind(attempt.branch_id.clone())
                .bind(attempt.seed.clone())
                .bind(attempt.paper.clone())
                .bind(attempt.question_count)
                .bind(attempt.started_at_ms)
                .bind(attempt.deadline_at_ms)
                .bind(attempt.save_base)
                .bind(attempt.holder.clone())
                .bind(attempt.full)
                .bind(attempt.paused_ms)
                .bind(*test_revision);
        }
        // What isn't bound is NULL, and no test's id.
        stored.extend(query.fetch_all::<StoredRow>().await?);
    }
    Ok(stored)
}

static START_SQLITE: LazyLock<[String; 3]> = LazyLock::new(|| {
    SIZES.map(|size| {
        let rows = vec!["(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"; size].join(", ");
        format!(
            "WITH given (id, test_id, person_id, number, branch_id, seed, paper, question_count, started_at_ms,
    deadline_at_ms, save_base, holder, full_marks, paused_ms, test_revision) AS (VALUES {rows})
INSERT INTO attempt (id, test_id, person_id, number, branch_id, seed, paper, question_count, started_at_ms,
    deadline_at_ms, save_base, holder, full_marks, paused_ms)
SELECT given.id, test.id, given.person_id, given.number, given.branch_id, given.seed, given.paper, given.question_count,
    given.started_at_ms, given.deadline_at_ms, given.save_base, given.holder, given.full_marks, given.paused_ms
FROM given CROSS JOIN test ON test.id = given.test_id
WHERE test.revision = given.test_revision
  AND EXISTS (SELECT 1 FROM role WHERE role.person_id = given.person_id AND role.role = 'member'
      AND role.until_at_ms IS NULL AND role.branch_id = given.branch_id)
  AND NOT EXISTS (SELECT 1 FROM paper_sitting WHERE paper_sitting.test_id = given.test_id
      AND paper_sitting.person_id = given.person_id AND paper_sitting.state IN ('printed', 'entered'))
ON CONFLICT DO NOTHING RETURNING id"
        )
    })
});

// FOR SHARE: a change of the test waits for these rows.
const START_POSTGRES: &str = "
WITH given AS (
    SELECT * FROM json_to_recordset(CAST($1 AS JSON)) AS given (id TEXT, test_id TEXT, person_id TEXT, number BIGINT,
        branch_id TEXT, seed TEXT, paper TEXT, question_count BIGINT, started_at_ms BIGINT, deadline_at_ms BIGINT,
        save_base BIGINT, holder TEXT, \"full\" BIGINT, paused_ms BIGINT, test_revision BIGINT)
), same AS (
    SELECT id, revision FROM test WHERE id IN (SELECT test_id FROM given) ORDER BY id FOR SHARE
)
INSERT INTO attempt (id, test_id, person_id, number, branch_id, seed, paper, question_count, started_at_ms,
    deadline_at_ms, save_base, holder, full_marks, paused_ms)
SELECT given.id, same.id, given.person_id, given.number, given.branch_id, given.seed, given.paper, given.question_count,
    given.started_at_ms, given.deadline_at_ms, given.save_base, given.holder, given.\"full\", given.paused_ms
FROM given JOIN same ON same.id = given.test_id AND same.revision = given.test_revision
WHERE EXISTS (SELECT 1 FROM role WHERE role.person_id = given.person_id AND role.role = 'member'
      AND role.until_at_ms IS NULL AND role.branch_id = given.branch_id)
  AND NOT EXISTS (SELECT 1 FROM paper_sitting WHERE paper_sitting.test_id = given.test_id
      AND paper_sitting.person_id = given.person_id AND paper_sitting.state IN ('printed', 'entered'))
ON CONFLICT DO NOTHING RETURNING id";
