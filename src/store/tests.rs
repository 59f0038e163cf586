//! Tests: definitions, pinned editions, audiences, personal windows.

use crate::rules::attempt::PersonalWindow;
use crate::rules::blueprint::Definition;
use crate::store::db::Tx;
use crate::store::{Result, rollups};

/// A test.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TestRow {
    /// The id, immutable.
    pub id: String,
    /// The name.
    pub name: String,
    /// Whose it is; `None`: the whole unit's.
    pub branch_id: Option<String>,
    /// The definition, as JSON.
    pub definition: String,
    /// When it opens.
    pub opens_at_ms: i64,
    /// When it closes.
    pub closes_at_ms: i64,
    /// Counts every change.
    pub revision: i64,
    /// The draw's secret, in hex; never leaves the server before the last personal window.
    pub secret: String,
    /// The commitment, in hex.
    pub commitment: String,
    /// The text that the commitment covers.
    pub draw_statement: String,
    /// Why it was cancelled.
    pub cancelled_reason: Option<String>,
    /// When its results were frozen.
    pub finished_at_ms: Option<i64>,
    /// Who made it.
    pub created_by: Option<String>,
    /// When.
    pub created_at_ms: i64,
}

/// A test with its definition read.
#[derive(Debug, Clone)]
pub struct Test {
    /// The stored row.
    pub row: TestRow,
    /// The definition.
    pub definition: Definition,
}

impl Test {
    /// Reads the definition of a row.
    pub fn read(row: TestRow) -> Result<Self> {
        let definition = crate::store::read_json("test", &row.id, &row.definition)?;
        Ok(Self { row, definition })
    }
}

/// A personal window.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct WindowRow {
    /// Whose.
    pub person_id: String,
    /// Minutes on top.
    pub extra_minutes: i64,
    /// Another opening.
    pub opens_at_ms: Option<i64>,
    /// Another closing.
    pub closes_at_ms: Option<i64>,
    /// Why.
    pub reason: String,
}

impl WindowRow {
    /// The window as the rules take it.
    pub fn personal(&self) -> PersonalWindow {
        PersonalWindow {
            extra_minutes: u32::try_from(self.extra_minutes).unwrap_or_default(),
            opens_at_ms: self.opens_at_ms,
            closes_at_ms: self.closes_at_ms,
        }
    }
}

/// A branch of an audience.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AudienceRow {
    /// The branch.
    pub branch_id: String,
    /// Whether it is taken out again.
    pub excepted: bool,
}

/// A pinned edition.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PinnedRow {
    /// The edition.
    pub edition_id: String,
    /// Its bank's name.
    pub bank: String,
    /// Its number.
    pub number: i64,
    /// Its digest.
    pub digest: String,
    /// Its topics, as JSON.
    pub topics: String,
}

/// Every test, the newest opening first.
pub async fn list(tx: &mut Tx) -> Result<Vec<TestRow>> {
    tx.query(
        "SELECT id, name, branch_id, definition, opens_at_ms, closes_at_ms, revision, secret, commitment, draw_statement,
                cancelled_reason, finished_at_ms, created_by, created_at_ms
         FROM test ORDER BY opens_at_ms DESC, id DESC",
    )
    .fetch_all()
    .await
}

/// The tests that draw from a bank, the newest opening first, at most `limit`: the name, and the number of the edition.
pub async fn list_of_bank(tx: &mut Tx, bank_id: &str, limit: i64) -> Result<Vec<(String, i64)>> {
    tx.query(
        "SELECT test.name, edition.number FROM test JOIN test_edition ON test_edition.test_id = test.id
         JOIN edition ON edition.id = test_edition.edition_id
         WHERE edition.bank_id = $1 AND test.cancelled_reason IS NULL ORDER BY test.opens_at_ms DESC, test.id DESC LIMIT $2",
    )
    .bind(bank_id.to_owned())
    .bind(limit)
    .fetch_all()
    .await
}

/// The test of a name.
pub async fn find(tx: &mut Tx, name: &str) -> Result<Option<TestRow>> {
    tx.query(
        "SELECT id, name, branch_id, definition, opens_at_ms, closes_at_ms, revision, secret, commitment, draw_statement,
                cancelled_reason, finished_at_ms, created_by, created_at_ms
         FROM test WHERE name = $1",
    )
    .bind(name.to_owned())
    .fetch_optional()
    .await
}

/// The test of an id.
pub async fn find_by_id(tx: &mut Tx, id: &str) -> Result<Option<TestRow>> {
    tx.query(
        "SELECT id, name, branch_id, definition, opens_at_ms, closes_at_ms, revision, secret, commitment, draw_statement,
                cancelled_reason, finished_at_ms, created_by, created_at_ms
         FROM test WHERE id = $1",
    )
    .bind(id.to_owned())
    .fetch_optional()
    .await
}

/// Tests whose window is over and whose results aren't frozen yet.
pub async fn list_unfinished(tx: &mut Tx, closed_before_ms: i64) -> Result<Vec<TestRow>> {
    tx.query(
        "SELECT id, name, branch_id, definition, opens_at_ms, closes_at_ms, revision, secret, commitment, draw_statement,
                cancelled_reason, finished_at_ms, created_by, created_at_ms
         FROM test WHERE finished_at_ms IS NULL AND closes_at_ms <= $1 ORDER BY id",
    )
    .bind(closed_before_ms)
    .fetch_all()
    .await
}

/// Tests that open between two moments and can be sat.
pub async fn list_opening(tx: &mut Tx, from_ms: i64, until_ms: i64) -> Result<Vec<TestRow>> {
    tx.query(
        "SELECT id, name, branch_id, definition, opens_at_ms, closes_at_ms, revision, secret, commitment, draw_statement,
                cancelled_reason, finished_at_ms, created_by, created_at_ms
         FROM test WHERE opens_at_ms BETWEEN $1 AND $2 AND finished_at_ms IS NULL AND cancelled_reason IS NULL ORDER BY opens_at_ms, id",
    )
    .bind(from_ms)
    .bind(until_ms)
    .fetch_all()
    .await
}

/// Adds a test; `false` where the name is taken.
pub async fn insert(tx: &mut Tx, test: &TestRow) -> Result<bool> {
    let rows = tx
        .query(
            "INSERT INTO test (id, name, branch_id, definition, opens_at_ms, closes_at_ms, revision, secret, commitment,
                 draw_statement, cancelled_reason, finished_at_ms, created_by, created_at_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (name) DO NOTHING",
        )
        .bind(test.id.clone())
        .bind(test.name.clone())
        .bind(test.branch_id.clone())
        .bind(test.definition.clone())
        .bind(test.opens_at_ms)
        .bind(test.closes_at_ms)
        .bind(test.revision)
        .bind(test.secret.clone())
        .bind(test.commitment.clone())
        .bind(test.draw_statement.clone())
        .bind(test.cancelled_reason.clone())
        .bind(test.finished_at_ms)
        .bind(test.created_by.clone())
        .bind(test.created_at_ms)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Changes a test that is still at `test.revision`, raising it by one; `false` where somebody was faster.
pub async fn update(tx: &mut Tx, test: &TestRow) -> Result<bool> {
    let rows = tx
        .query(
            "UPDATE test SET definition = $3, opens_at_ms = $4, closes_at_ms = $5, revision = revision + 1, secret = $6,
                 commitment = $7, draw_statement = $8, cancelled_reason = $9, finished_at_ms = $10
             WHERE id = $1 AND revision = $2",
        )
        .bind(test.id.clone())
        .bind(test.revision)
        .bind(test.definition.clone())
        .bind(test.opens_at_ms)
        .bind(test.closes_at_ms)
        .bind(test.secret.clone())
        .bind(test.commitment.clone())
        .bind(test.draw_statement.clone())
        .bind(test.cancelled_reason.clone())
        .bind(test.finished_at_ms)
        .execute()
        .await?;
    rollups::touch_test(tx, &test.id).await?;
    Ok(rows == 1)
}

/// Notes that something about a test changed that a start may have read before.
pub async fn raise_revision(tx: &mut Tx, test_id: &str) -> Result<()> {
    tx.query("UPDATE test SET revision = revision + 1 WHERE id = $1").bind(test_id.to_owned()).execute().await?;
    Ok(())
}

/// Marks a test's results as frozen; `false` where they were already.
pub async fn set_finished(tx: &mut Tx, test_id: &str, at_ms: i64) -> Result<bool> {
    let rows = tx
        .query("UPDATE test SET finished_at_ms = $2, revision = revision + 1 WHERE id = $1 AND finished_at_ms IS NULL")
        .bind(test_id.to_owned())
        .bind(at_ms)
        .execute()
        .await?;
    rollups::touch_test(tx, test_id).await?;
    Ok(rows == 1)
}

/// Whether a test's results are frozen.
pub async fn is_finished(tx: &mut Tx, test_id: &str) -> Result<bool> {
    let (count,): (i64,) = tx
        .query("SELECT count(*) FROM test WHERE id = $1 AND finished_at_ms IS NOT NULL")
        .bind(test_id.to_owned())
        .fetch_one()
        .await?;
    Ok(count > 0)
}

/// Holds a test for a transaction that writes, so that it isn't changed between being read and being written. SQLite holds
/// everything.
pub async fn hold(tx: &mut Tx, name: &str) -> Result<()> {
    const SQL: &str = "SELECT revision FROM test WHERE name = $1";
    let sql = tx.by_database(SQL, "SELECT revision FROM test WHERE name = $1 FOR UPDATE");
    let _held: Option<(i64,)> = tx.query(sql).bind(name.to_owned()).fetch_optional().await?;
    Ok(())
}

/// Sets which editions and branches a test has.
pub async fn set_editions_and_audience(
    tx: &mut Tx,
    test_id: &str,
    editions: &[String],
    audience: &[AudienceRow],
) -> Result<()> {
    tx.query("DELETE FROM test_edition WHERE test_id = $1").bind(test_id.to_owned()).execute().await?;
    tx.query("DELETE FROM test_audience WHERE test_id = $1").bind(test_id.to_owned()).execute().await?;
    for edition in editions {
        tx.query("INSERT INTO test_edition (test_id, edition_id) VALUES ($1, $2)")
            .bind(test_id.to_owned())
            .bind(edition.clone())
            .execute()
            .await?;
    }
    for row in audience {
        tx.query("INSERT INTO test_audience (test_id, branch_id, excepted) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(test_id.to_owned())
            .bind(row.branch_id.clone())
            .bind(row.excepted)
            .execute()
            .await?;
    }
    rollups::touch_test(tx, test_id).await
}

/// The pinned editions, by bank name.
pub async fn editions(tx: &mut Tx, test_id: &str) -> Result<Vec<PinnedRow>> {
    tx.query(
        "SELECT edition.id AS edition_id, bank.name AS bank, edition.number, edition.digest, edition.topics
         FROM test_edition JOIN edition ON edition.id = test_edition.edition_id JOIN bank ON bank.id = edition.bank_id
         WHERE test_edition.test_id = $1 ORDER BY bank.name",
    )
    .bind(test_id.to_owned())
    .fetch_all()
    .await
}

/// The branches of the audience.
pub async fn audience(tx: &mut Tx, test_id: &str) -> Result<Vec<AudienceRow>> {
    tx.query("SELECT branch_id, excepted FROM test_audience WHERE test_id = $1 ORDER BY branch_id")
        .bind(test_id.to_owned())
        .fetch_all()
        .await
}

/// Every personal window.
pub async fn windows(tx: &mut Tx, test_id: &str) -> Result<Vec<WindowRow>> {
    tx.query("SELECT person_id, extra_minutes, opens_at_ms, closes_at_ms, reason FROM test_window WHERE test_id = $1")
        .bind(test_id.to_owned())
        .fetch_all()
        .await
}

/// One person's window.
pub async fn window(tx: &mut Tx, test_id: &str, person_id: &str) -> Result<Option<WindowRow>> {
    tx.query("SELECT person_id, extra_minutes, opens_at_ms, closes_at_ms, reason FROM test_window WHERE test_id = $1 AND person_id = $2")
        .bind(test_id.to_owned())
        .bind(person_id.to_owned())
        .fetch_optional()
        .await
}

/// Sets one person's window.
pub async fn put_window(tx: &mut Tx, test_id: &str, window: &WindowRow) -> Result<()> {
    tx.query(
        "INSERT INTO test_window (test_id, person_id, extra_minutes, opens_at_ms, closes_at_ms, reason) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (test_id, person_id) DO UPDATE SET extra_minutes = excluded.extra_minutes,
             opens_at_ms = excluded.opens_at_ms, closes_at_ms = excluded.closes_at_ms, reason = excluded.reason",
    )
    .bind(test_id.to_owned())
    .bind(window.person_id.clone())
    .bind(window.extra_minutes)
    .bind(window.opens_at_ms)
    .bind(window.closes_at_ms)
    .bind(window.reason.clone())
    .execute()
    .await?;
    Ok(())
}
