//! The stored figures of tests by branch, and the notes of what has changed since they were computed.
//!
//! Whoever writes what figures follow from notes it in the same transaction (`touch_…`); whoever computes takes notes
//! away in the transaction that stores the figures, and gives up where somebody else took them first. A note is never
//! changed, so that writers don't wait for each other.

use crate::rules::figures::Tally;
use crate::rules::points::Points;
use crate::store::db::Tx;
use crate::store::{Result, read_json, write_json};
use serde::{Deserialize, Serialize};

/// The figures of a branch in a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rollup {
    /// The branch.
    pub branch_id: String,
    /// With everything below it; otherwise its own members only.
    pub whole: bool,
    /// Counts, distribution, and points by topic.
    pub tally: Tally,
}

/// A note that something has changed.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Dirty {
    /// Its number.
    pub id: i64,
    /// Where; nothing: everywhere.
    pub branch_id: Option<String>,
}

/// sat, pending, absent, excused, exempt, disqualified, working, and how many have each score in hundredths.
#[derive(Serialize, Deserialize)]
struct Counts(u64, u64, u64, u64, u64, u64, u64, Vec<(i64, u64)>);

/// Bank, topic, points won and possible in hundredths.
type Topics = Vec<(String, String, i64, i64)>;

#[derive(Serialize, sqlx::FromRow)]
struct Row {
    branch_id: String,
    whole: bool,
    counts: String,
    topics: String,
}

impl Row {
    fn of(rollup: &Rollup) -> Result<Self> {
        let tally = &rollup.tally;
        let scores = tally.scores.iter().map(|(score, &count)| (score.hundredths(), count)).collect();
        let counts = Counts(
            tally.sat,
            tally.pending,
            tally.absent,
            tally.excused,
            tally.exempt,
            tally.disqualified,
            tally.working,
            scores,
        );
        let topic = |((bank, topic), (won, possible)): (&(String, String), &(Points, Points))| {
            (bank.clone(), topic.clone(), won.hundredths(), possible.hundredths())
        };
        let topics: Topics = tally.topics.iter().map(topic).collect();
        Ok(Self {
            branch_id: rollup.branch_id.clone(),
            whole: rollup.whole,
            counts: write_json("rollup", &counts)?,
            topics: write_json("rollup", &topics)?,
        })
    }

    fn read(self) -> Result<Rollup> {
        let Counts(sat, pending, absent, excused, exempt, disqualified, working, scores) =
            read_json("rollup", &self.branch_id, &self.counts)?;
        let topics: Topics = read_json("rollup", &self.branch_id, &self.topics)?;
        let points = Points::from_hundredths;
        let topic = |(bank, topic, won, possible)| ((bank, topic), (points(won), points(possible)));
        let tally = Tally {
            sat,
            pending,
            absent,
            excused,
            exempt,
            disqualified,
            working,
            scores: scores.into_iter().map(|(score, count)| (points(score), count)).collect(),
            topics: topics.into_iter().map(topic).collect(),
        };
        Ok(Rollup { branch_id: self.branch_id, whole: self.whole, tally })
    }
}

/// The stored figures of some branches in a test; without the topics they are read in a third of the time.
pub async fn find(tx: &mut Tx, test_id: &str, branch_ids: &[&str], with_topics: bool) -> Result<Vec<Rollup>> {
    let sql = tx.by_database(
        "SELECT branch_id, whole, counts, CASE WHEN $3 THEN topics ELSE '[]' END AS topics FROM rollup
         WHERE test_id = $1 AND branch_id IN (SELECT value FROM json_each($2))",
        "SELECT branch_id, whole, counts, CASE WHEN $3 THEN topics ELSE '[]' END AS topics FROM rollup
         WHERE test_id = $1 AND branch_id IN (SELECT value FROM json_array_elements_text(CAST($2 AS JSON)))",
    );
    let query = tx.query(sql).bind(test_id.to_owned()).bind(write_json("rollup", &branch_ids)?).bind(with_topics);
    query.fetch_all::<Row>().await?.into_iter().map(Row::read).collect()
}

/// The stored figures of every branch in a test.
pub async fn list(tx: &mut Tx, test_id: &str) -> Result<Vec<Rollup>> {
    let query = tx.query("SELECT branch_id, whole, counts, topics FROM rollup WHERE test_id = $1");
    query.bind(test_id.to_owned()).fetch_all::<Row>().await?.into_iter().map(Row::read).collect()
}

/// The branches that have stored figures in a test.
pub async fn branches(tx: &mut Tx, test_id: &str) -> Result<Vec<String>> {
    let branches: Vec<(String,)> = tx
        .query("SELECT DISTINCT branch_id FROM rollup WHERE test_id = $1")
        .bind(test_id.to_owned())
        .fetch_all()
        .await?;
    Ok(branches.into_iter().map(|(id,)| id).collect())
}

/// Stores figures in the place of what is there; empty ones aren't kept.
pub async fn put(tx: &mut Tx, test_id: &str, rollups: &[Rollup]) -> Result<()> {
    let rows = rollups.iter().map(Row::of).collect::<Result<Vec<Row>>>()?;
    let delete = tx.by_database(
        "DELETE FROM rollup WHERE test_id = $1
             AND (branch_id, whole) IN (SELECT value ->> 'branch_id', value ->> 'whole' FROM json_each($2))",
        "DELETE FROM rollup WHERE test_id = $1 AND (branch_id, whole) IN (
             SELECT branch_id, whole FROM json_to_recordset(CAST($2 AS JSON)) AS given (branch_id TEXT, whole BOOLEAN))",
    );
    tx.query(delete).bind(test_id.to_owned()).bind(write_json("rollup", &rows)?).execute().await?;
    let kept: Vec<&Row> =
        rows.iter().zip(rollups).filter(|(_, rollup)| !rollup.tally.is_empty()).map(|(row, _)| row).collect();
    let insert = tx.by_database(
        "INSERT INTO rollup (test_id, branch_id, whole, counts, topics)
         SELECT $1, value ->> 'branch_id', value ->> 'whole', value ->> 'counts', value ->> 'topics' FROM json_each($2)",
        "INSERT INTO rollup (test_id, branch_id, whole, counts, topics)
         SELECT $1, branch_id, whole, counts, topics
         FROM json_to_recordset(CAST($2 AS JSON)) AS given (branch_id TEXT, whole BOOLEAN, counts TEXT, topics TEXT)",
    );
    tx.query(insert).bind(test_id.to_owned()).bind(write_json("rollup", &kept)?).execute().await?;
    Ok(())
}

/// The notes about a test, the oldest first.
pub async fn dirty(tx: &mut Tx, test_id: &str) -> Result<Vec<Dirty>> {
    tx.query("SELECT id, branch_id FROM rollup_dirty WHERE test_id = $1 ORDER BY id")
        .bind(test_id.to_owned())
        .fetch_all()
        .await
}

/// The notes about every test that isn't settled.
pub async fn unassigned(tx: &mut Tx) -> Result<Vec<Dirty>> {
    tx.query("SELECT id, branch_id FROM rollup_dirty WHERE test_id IS NULL ORDER BY id").fetch_all().await
}

/// The tests about which there are notes.
pub async fn dirty_tests(tx: &mut Tx) -> Result<Vec<String>> {
    let tests: Vec<(String,)> = tx
        .query("SELECT DISTINCT test_id FROM rollup_dirty WHERE test_id IS NOT NULL ORDER BY test_id")
        .fetch_all()
        .await?;
    Ok(tests.into_iter().map(|(id,)| id).collect())
}

/// Makes notes about every test that isn't settled notes about each; `false` where somebody took them first.
pub async fn assign(tx: &mut Tx, notes: &[Dirty]) -> Result<bool> {
    let ids: Vec<i64> = notes.iter().map(|note| note.id).collect();
    let sql = tx.by_database(
        "INSERT INTO rollup_dirty (test_id, branch_id) SELECT test.id, given.branch_id FROM test
         CROSS JOIN (SELECT DISTINCT branch_id FROM rollup_dirty WHERE id IN (SELECT value FROM json_each($1))) AS given
         WHERE test.finished_at_ms IS NULL",
        "INSERT INTO rollup_dirty (test_id, branch_id) SELECT test.id, given.branch_id FROM test
         CROSS JOIN (SELECT DISTINCT branch_id FROM rollup_dirty
             WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($1 AS JSON)))) AS given
         WHERE test.finished_at_ms IS NULL",
    );
    tx.query(sql).bind(write_json("rollup_dirty", &ids)?).execute().await?;
    take(tx, &ids).await
}

/// Makes notes about a whole test notes about each of its branches; `false` where somebody took them first.
pub async fn spread(tx: &mut Tx, test_id: &str, notes: &[i64], branch_ids: &[&str]) -> Result<bool> {
    let sql = tx.by_database(
        "INSERT INTO rollup_dirty (test_id, branch_id) SELECT $1, value FROM json_each($2)",
        "INSERT INTO rollup_dirty (test_id, branch_id) SELECT $1, value FROM json_array_elements_text(CAST($2 AS JSON))",
    );
    tx.query(sql).bind(test_id.to_owned()).bind(write_json("rollup_dirty", &branch_ids)?).execute().await?;
    take(tx, notes).await
}

/// Takes notes away; `false` where somebody took any of them first.
pub async fn take(tx: &mut Tx, notes: &[i64]) -> Result<bool> {
    let sql = tx.by_database(
        "DELETE FROM rollup_dirty WHERE id IN (SELECT value FROM json_each($1))",
        "DELETE FROM rollup_dirty
         WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($1 AS JSON)))",
    );
    let taken = tx.query(sql).bind(write_json("rollup_dirty", &notes)?).execute().await?;
    Ok(u64::try_from(notes.len()) == Ok(taken))
}

/// Raises the version of a test's figures. Others who would store figures of the same test wait until this transaction
/// ends: two branches may share one above.
pub async fn raise_version(tx: &mut Tx, test_id: &str) -> Result<()> {
    tx.query(
        "INSERT INTO rollup_version (test_id, version) VALUES ($1, 1)
         ON CONFLICT (test_id) DO UPDATE SET version = rollup_version.version + 1",
    )
    .bind(test_id.to_owned())
    .execute()
    .await?;
    Ok(())
}

/// The version of a test's figures; 0 before any were stored.
pub async fn version(tx: &mut Tx, test_id: &str) -> Result<i64> {
    let found: Option<(i64,)> = tx
        .query("SELECT version FROM rollup_version WHERE test_id = $1")
        .bind(test_id.to_owned())
        .fetch_optional()
        .await?;
    Ok(found.map_or(0, |(version,)| version))
}

/// Notes that all figures of a test may have changed.
pub(super) async fn touch_test(tx: &mut Tx, test_id: &str) -> Result<()> {
    tx.query("INSERT INTO rollup_dirty (test_id) VALUES ($1)").bind(test_id.to_owned()).execute().await?;
    Ok(())
}

/// Notes that the tree has changed: every figure of the tests that follow it.
pub(super) async fn touch_tree(tx: &mut Tx) -> Result<()> {
    tx.query("INSERT INTO rollup_dirty (test_id, branch_id) VALUES (NULL, NULL)").execute().await?;
    Ok(())
}

/// Notes that attempts have begun, ended, or been marked. A person counts where the first attempt began, so that the
/// branches of all their attempts at the test are concerned.
pub(super) async fn touch_attempts(tx: &mut Tx, attempt_ids: &[&str]) -> Result<()> {
    if attempt_ids.is_empty() {
        return Ok(());
    }
    let sql = tx.by_database(
        "INSERT INTO rollup_dirty (test_id, branch_id) SELECT DISTINCT other.test_id, other.branch_id
         FROM attempt JOIN attempt AS other ON other.test_id = attempt.test_id AND other.person_id = attempt.person_id
         WHERE attempt.id IN (SELECT value FROM json_each($1))",
        "INSERT INTO rollup_dirty (test_id, branch_id) SELECT DISTINCT other.test_id, other.branch_id
         FROM attempt JOIN attempt AS other ON other.test_id = attempt.test_id AND other.person_id = attempt.person_id
         WHERE attempt.id IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON)))",
    );
    tx.query(sql).bind(write_json("attempt", &attempt_ids)?).execute().await?;
    Ok(())
}

/// Notes that something was set for one person in a test.
pub(super) async fn touch_person(tx: &mut Tx, test_id: &str, person_id: &str) -> Result<()> {
    tx.query(
        "INSERT INTO rollup_dirty (test_id, branch_id)
         SELECT test_id, branch_id FROM attempt WHERE test_id = $1 AND person_id = $2
         UNION SELECT test_id, branch_id FROM closed_member WHERE test_id = $1 AND person_id = $2
         UNION SELECT test.id, role.branch_id FROM test CROSS JOIN role
             WHERE test.id = $1 AND role.person_id = $2 AND role.role = 'member' AND role.until_at_ms IS NULL
                 AND role.branch_id IS NOT NULL",
    )
    .bind(test_id.to_owned())
    .bind(person_id.to_owned())
    .execute()
    .await?;
    Ok(())
}

/// Notes that memberships have begun or ended: where they are held, and where their people's attempts count.
pub(super) async fn touch_roles(tx: &mut Tx, role_ids: &[&str]) -> Result<()> {
    let sql = tx.by_database(
        "INSERT INTO rollup_dirty (test_id, branch_id)
         SELECT NULL, branch_id FROM role
             WHERE id IN (SELECT value FROM json_each($1)) AND role = 'member' AND branch_id IS NOT NULL
         UNION SELECT attempt.test_id, attempt.branch_id FROM role
             JOIN attempt ON attempt.person_id = role.person_id JOIN test ON test.id = attempt.test_id
             WHERE role.id IN (SELECT value FROM json_each($1)) AND role.role = 'member' AND test.finished_at_ms IS NULL",
        "INSERT INTO rollup_dirty (test_id, branch_id)
         SELECT CAST(NULL AS TEXT), branch_id FROM role
             WHERE id IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON))) AND role = 'member'
                 AND branch_id IS NOT NULL
         UNION SELECT attempt.test_id, attempt.branch_id FROM role
             JOIN attempt ON attempt.person_id = role.person_id JOIN test ON test.id = attempt.test_id
             WHERE role.id IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON))) AND role.role = 'member'
                 AND test.finished_at_ms IS NULL",
    );
    tx.query(sql).bind(write_json("role", &role_ids)?).execute().await?;
    Ok(())
}
