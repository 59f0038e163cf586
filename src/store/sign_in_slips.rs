//! Slips of paper with which one person signs in to sit one test. Code and token are kept as SHA-256 only.

use crate::store::db::Tx;
use crate::store::{Result, write_json};

/// A slip as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct NewSlip {
    /// Its id.
    pub id: String,
    /// For whom.
    pub person_id: String,
    /// SHA-256 of the typed code, in hex.
    pub code_hash: String,
    /// SHA-256 of the token in the address, in hex.
    pub token_hash: String,
}

/// A slip that is valid, with what a list says of it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ValidSlip {
    /// Its id.
    pub id: String,
    /// For whom.
    pub person_id: String,
    /// When it was made.
    pub made_at_ms: i64,
    /// Whether somebody is signed in with it.
    pub in_use: bool,
}

/// Everything that signing in with a slip needs to know, in one read.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SlipFound {
    /// Its id.
    pub id: String,
    /// The test's id.
    pub test_id: String,
    /// The test's name.
    pub test: String,
    /// Why the test was cancelled.
    pub cancelled_reason: Option<String>,
    /// When the test's results were frozen.
    pub finished_at_ms: Option<i64>,
    /// For whom.
    pub person_id: String,
    /// What the person signs in with otherwise.
    pub login: String,
    /// The name.
    pub name: String,
    /// Where the person is a member; `None`: nowhere any more.
    pub branch_id: Option<String>,
    /// When it was cancelled.
    pub cancelled_at_ms: Option<i64>,
    /// The session of whoever is signed in with it.
    pub session: Option<String>,
}

macro_rules! found_by {
    ($condition:literal) => {
        concat!(
            "SELECT slip.id, slip.test_id, test.name AS test, test.cancelled_reason, test.finished_at_ms, slip.person_id,
                person.login, person.name, role.branch_id, slip.cancelled_at_ms, session.token_hash AS session
             FROM slip JOIN test ON test.id = slip.test_id JOIN person ON person.id = slip.person_id
             LEFT JOIN role ON role.person_id = slip.person_id AND role.role = 'member' AND role.until_at_ms IS NULL
             LEFT JOIN session ON session.slip_id = slip.id
             WHERE ",
            $condition
        )
    };
}

/// The valid slip of a typed code.
pub async fn find_by_code(tx: &mut Tx, code_hash: &str) -> Result<Option<SlipFound>> {
    tx.query(found_by!("slip.code_hash = $1 AND slip.cancelled_at_ms IS NULL"))
        .bind(code_hash.to_owned())
        .fetch_optional()
        .await
}

/// The slip of the token in an address, also a cancelled one.
pub async fn find_by_token(tx: &mut Tx, token_hash: &str) -> Result<Option<SlipFound>> {
    tx.query(found_by!("slip.token_hash = $1")).bind(token_hash.to_owned()).fetch_optional().await
}

/// The valid slips of a test.
pub async fn list(tx: &mut Tx, test_id: &str) -> Result<Vec<ValidSlip>> {
    tx.query(
        "SELECT slip.id, slip.person_id, slip.made_at_ms,
             EXISTS (SELECT 1 FROM session WHERE session.slip_id = slip.id) AS in_use
         FROM slip WHERE slip.test_id = $1 AND slip.cancelled_at_ms IS NULL",
    )
    .bind(test_id.to_owned())
    .fetch_all()
    .await
}

/// How many slips of a test are valid.
pub async fn count(tx: &mut Tx, test_id: &str) -> Result<i64> {
    let (count,): (i64,) = tx
        .query("SELECT count(*) FROM slip WHERE test_id = $1 AND cancelled_at_ms IS NULL")
        .bind(test_id.to_owned())
        .fetch_one()
        .await?;
    Ok(count)
}

/// Adds slips of a test; fails where somebody has a valid one already.
pub async fn insert(
    tx: &mut Tx,
    test_id: &str,
    slips: &[NewSlip],
    made_by: Option<&str>,
    made_at_ms: i64,
) -> Result<()> {
    let sql = tx.by_database(
        "INSERT INTO slip (id, test_id, person_id, code_hash, token_hash, made_by, made_at_ms)
         SELECT value ->> 'id', $2, value ->> 'person_id', value ->> 'code_hash', value ->> 'token_hash', $3, $4
         FROM json_each($1)",
        "INSERT INTO slip (id, test_id, person_id, code_hash, token_hash, made_by, made_at_ms)
         SELECT id, $2, person_id, code_hash, token_hash, $3, $4
         FROM json_to_recordset(CAST($1 AS JSON)) AS given (id TEXT, person_id TEXT, code_hash TEXT, token_hash TEXT)",
    );
    tx.query(sql)
        .bind(write_json("slip", &slips)?)
        .bind(test_id.to_owned())
        .bind(made_by.map(ToOwned::to_owned))
        .bind(made_at_ms)
        .execute()
        .await?;
    Ok(())
}

/// Cancels slips by their ids, and ends the sessions made from them.
pub async fn cancel(tx: &mut Tx, ids: &[&str], cancelled_by: Option<&str>, at_ms: i64) -> Result<()> {
    let ids = write_json("slip", &ids)?;
    let sql = tx.by_database(
        "DELETE FROM session WHERE slip_id IN (SELECT value FROM json_each($1))",
        "DELETE FROM session WHERE slip_id IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON)))",
    );
    tx.query(sql).bind(ids.clone()).execute().await?;
    let sql = tx.by_database(
        "UPDATE slip SET cancelled_by = $2, cancelled_at_ms = $3
         WHERE cancelled_at_ms IS NULL AND id IN (SELECT value FROM json_each($1))",
        "UPDATE slip SET cancelled_by = $2, cancelled_at_ms = $3
         WHERE cancelled_at_ms IS NULL AND id IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON)))",
    );
    tx.query(sql).bind(ids).bind(cancelled_by.map(ToOwned::to_owned)).bind(at_ms).execute().await?;
    Ok(())
}
