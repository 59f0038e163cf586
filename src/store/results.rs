//! What reports read: the finished and open attempts of a test, without the papers' texts.

use crate::store::db::Tx;
use crate::store::{Result, write_json};

/// An attempt as a report sees it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ResultRow {
    /// The attempt.
    pub id: String,
    /// Whose.
    pub person_id: String,
    /// Where the member stood at the start.
    pub branch_id: String,
    /// The member's first, second …
    pub number: i64,
    /// When it started.
    pub started_at_ms: i64,
    /// When it was finished.
    pub finished_at_ms: Option<i64>,
    /// The score, hundredths.
    pub score: Option<i64>,
    /// Full marks, hundredths.
    #[sqlx(rename = "full_marks")]
    pub full: i64,
    /// The paper, as JSON.
    pub paper: String,
    /// Points by position, as JSON.
    pub marks: Option<String>,
}

impl ResultRow {
    /// Whether a response of the finished attempt waits for a person to mark it.
    pub fn is_pending(&self) -> bool {
        self.marks.as_deref().is_some_and(|marks| marks.contains("null"))
    }
}

/// Attempts of a condition in the order of finishing, open ones last; `bare` ones without what the papers hold.
macro_rules! attempts {
    (whole, $condition:literal) => {
        attempts!("paper, marks", $condition)
    };
    (bare, $condition:literal) => {
        attempts!("'' AS paper, CASE WHEN marks LIKE '%null%' THEN '[null]' ELSE '[]' END AS marks", $condition)
    };
    ($held:literal, $condition:literal) => {
        concat!(
            "SELECT id, person_id, branch_id, number, started_at_ms, finished_at_ms, score, full_marks, ",
            $held,
            " FROM attempt ",
            $condition,
            " ORDER BY CASE WHEN finished_at_ms IS NULL THEN 1 ELSE 0 END, finished_at_ms, number"
        )
    };
}

/// Every attempt at a test in the order of finishing, open ones last.
pub async fn list(tx: &mut Tx, test_id: &str) -> Result<Vec<ResultRow>> {
    tx.query(attempts!(whole, "WHERE test_id = $1")).bind(test_id.to_owned()).fetch_all().await
}

/// Every attempt of those who may count at one of these branches: who has begun there, was settled there, or is a member
/// there now; in the order of finishing, open ones last.
pub async fn list_around(tx: &mut Tx, test_id: &str, branch_ids: &[&str]) -> Result<Vec<ResultRow>> {
    let sql = tx.by_database(
        attempts!(
            whole,
            "WHERE test_id = $1 AND person_id IN (
             SELECT person_id FROM attempt
                 WHERE test_id = $1 AND branch_id IN (SELECT value FROM json_each($2))
             UNION SELECT person_id FROM closed_member
                 WHERE test_id = $1 AND branch_id IN (SELECT value FROM json_each($2))
             UNION SELECT person_id FROM role
                 WHERE role = 'member' AND until_at_ms IS NULL AND branch_id IN (SELECT value FROM json_each($2)))"
        ),
        attempts!(
            whole,
            "WHERE test_id = $1 AND person_id IN (
             SELECT person_id FROM attempt
                 WHERE test_id = $1 AND branch_id IN (SELECT value FROM json_array_elements_text(CAST($2 AS JSON)))
             UNION SELECT person_id FROM closed_member
                 WHERE test_id = $1 AND branch_id IN (SELECT value FROM json_array_elements_text(CAST($2 AS JSON)))
             UNION SELECT person_id FROM role WHERE role = 'member' AND until_at_ms IS NULL
                 AND branch_id IN (SELECT value FROM json_array_elements_text(CAST($2 AS JSON))))"
        ),
    );
    tx.query(sql).bind(test_id.to_owned()).bind(write_json("branch", &branch_ids)?).fetch_all().await
}

/// The same without what the papers hold: `paper` is empty, and `marks` only tells whether a mark is missing.
pub async fn list_bare(tx: &mut Tx, test_id: &str) -> Result<Vec<ResultRow>> {
    tx.query(attempts!(bare, "WHERE test_id = $1")).bind(test_id.to_owned()).fetch_all().await
}

/// One person's attempts at a test, without what the papers hold.
pub async fn list_of(tx: &mut Tx, test_id: &str, person_id: &str) -> Result<Vec<ResultRow>> {
    tx.query(attempts!(bare, "WHERE test_id = $1 AND person_id = $2"))
        .bind(test_id.to_owned())
        .bind(person_id.to_owned())
        .fetch_all()
        .await
}

/// Some people's attempts at a test, with their papers, in the order of finishing, open ones last.
pub async fn list_of_people(tx: &mut Tx, test_id: &str, person_ids: &[&str]) -> Result<Vec<ResultRow>> {
    let sql = tx.by_database(
        attempts!(whole, "WHERE test_id = $1 AND person_id IN (SELECT value FROM json_each($2))"),
        attempts!(
            whole,
            "WHERE test_id = $1 AND person_id IN (SELECT value FROM json_array_elements_text(CAST($2 AS JSON)))"
        ),
    );
    tx.query(sql).bind(test_id.to_owned()).bind(write_json("person", &person_ids)?).fetch_all().await
}

/// What an attempt asked and earned.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PaperRow {
    /// The attempt.
    pub id: String,
    /// The paper, as JSON.
    pub paper: String,
    /// Points by position, as JSON.
    pub marks: Option<String>,
}

/// Papers and points of some attempts, by id.
pub async fn papers(tx: &mut Tx, ids: &[&str]) -> Result<Vec<PaperRow>> {
    let sql = tx.by_database(
        "SELECT id, paper, marks FROM attempt WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id",
        "SELECT id, paper, marks FROM attempt
         WHERE id IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON))) ORDER BY id",
    );
    tx.query(sql).bind(write_json("attempt", &ids)?).fetch_all().await
}

/// The stored responses of some attempts: the attempt, and a line for each position with a response, in their order.
pub async fn responses(tx: &mut Tx, ids: &[&str]) -> Result<Vec<(String, String)>> {
    // One row an attempt: a row for each response would cost more than all that is done with it.
    let sql = tx.by_database(
        "SELECT attempt_id, group_concat(position || ' ' || response, char(10) ORDER BY position) FROM response
         WHERE response IS NOT NULL AND attempt_id IN (SELECT value FROM json_each($1)) GROUP BY attempt_id",
        "SELECT attempt_id, string_agg(position || ' ' || response, chr(10) ORDER BY position) FROM response
         WHERE response IS NOT NULL AND attempt_id IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON)))
         GROUP BY attempt_id",
    );
    tx.query(sql).bind(write_json("attempt", &ids)?).fetch_all().await
}

/// Position and response of a line.
pub fn response_of_line(line: &str) -> Option<(i64, &str)> {
    let (position, response) = line.split_once(' ')?;
    Some((position.parse().ok()?, response))
}

/// A number that changes whenever an attempt at the test starts or ends: how many there are, and how many ended.
pub async fn version(tx: &mut Tx, test_id: &str) -> Result<(i64, i64)> {
    tx.query("SELECT count(*), count(finished_at_ms) FROM attempt WHERE test_id = $1")
        .bind(test_id.to_owned())
        .fetch_one()
        .await
}
