//! People narrowed down, a page at a time.

use super::{Person, RoleRow};
use crate::store::Result;
use crate::store::db::Tx;

/// Which people are asked for.
#[derive(Debug, Clone, Default)]
pub struct Narrowed {
    /// Ids of the branches where somebody must stand, or have stood last.
    pub branch_ids: Vec<String>,
    /// Whether those count too who hold a role over the whole unit, and those who never held any.
    pub whole: bool,
    /// The role that must be held there now; empty: any.
    pub role: String,
    /// `roster`: who holds a role now; `left`: who doesn't any more; `any`.
    pub state: &'static str,
    /// Whether only those count who never changed their first password.
    pub waiting: bool,
}

/// One statement about narrowed people for each database; they differ in how a list of ids is read.
macro_rules! narrowed {
    ($elements:literal, $select:literal, $tail:literal) => {
        concat!(
            "SELECT ",
            $select,
            " FROM person
              WHERE (EXISTS (SELECT 1 FROM role WHERE role.person_id = person.id AND role.until_at_ms IS NULL
                         AND ($3 = '' OR role.role = $3)
                         AND (role.branch_id IN (SELECT value FROM ",
            $elements,
            ") OR ($2 AND role.branch_id IS NULL)))
                  OR ($3 = '' AND NOT EXISTS (SELECT 1 FROM role WHERE role.person_id = person.id AND role.until_at_ms IS NULL)
                      AND (EXISTS (SELECT 1 FROM role WHERE role.person_id = person.id
                               AND role.until_at_ms = (SELECT max(last.until_at_ms) FROM role AS last WHERE last.person_id = person.id)
                               AND (role.branch_id IN (SELECT value FROM ",
            $elements,
            ") OR ($2 AND role.branch_id IS NULL)))
                           OR ($2 AND NOT EXISTS (SELECT 1 FROM role WHERE role.person_id = person.id)))))
                AND ($4 = 'any' OR ($4 = 'roster')
                     = EXISTS (SELECT 1 FROM role WHERE role.person_id = person.id AND role.until_at_ms IS NULL))
                AND (NOT $5 OR person.must_change OR person.password IS NULL)",
            $tail
        )
    };
}

const SQLITE_COUNT: &str = narrowed!("json_each($1)", "count(*)", "");
const POSTGRES_COUNT: &str = narrowed!("json_array_elements_text(CAST($1 AS JSON))", "count(*)", "");
const SQLITE_PAGE: &str = narrowed!(
    "json_each($1)",
    "id, login, login_folded, name, category, number, position, password, must_change, created_at_ms",
    " ORDER BY position, login_folded LIMIT $6 OFFSET $7"
);
const POSTGRES_PAGE: &str = narrowed!(
    "json_array_elements_text(CAST($1 AS JSON))",
    "id, login, login_folded, name, category, number, position, password, must_change, created_at_ms",
    " ORDER BY position, login_folded LIMIT $6 OFFSET $7"
);

/// How many there are.
pub async fn count(tx: &mut Tx, narrowed: &Narrowed) -> Result<i64> {
    let sql = tx.by_database(SQLITE_COUNT, POSTGRES_COUNT);
    let (count,): (i64,) = tx
        .query(sql)
        .bind(crate::store::write_json("branch", &narrowed.branch_ids)?)
        .bind(narrowed.whole)
        .bind(narrowed.role.clone())
        .bind(narrowed.state.to_owned())
        .bind(narrowed.waiting)
        .fetch_one()
        .await?;
    Ok(count)
}

/// Some of them in the official order.
pub async fn page(tx: &mut Tx, narrowed: &Narrowed, from: i64, most: i64) -> Result<Vec<Person>> {
    let sql = tx.by_database(SQLITE_PAGE, POSTGRES_PAGE);
    tx.query(sql)
        .bind(crate::store::write_json("branch", &narrowed.branch_ids)?)
        .bind(narrowed.whole)
        .bind(narrowed.role.clone())
        .bind(narrowed.state.to_owned())
        .bind(narrowed.waiting)
        .bind(most)
        .bind(from)
        .fetch_all()
        .await
}

/// Every role that these people hold or held, the earliest first.
pub async fn roles_of_all(tx: &mut Tx, person_ids: &[&str]) -> Result<Vec<RoleRow>> {
    let sql = tx.by_database(
        "SELECT id, person_id, role, branch_id, from_at_ms, until_at_ms, ended_as FROM role
         WHERE person_id IN (SELECT value FROM json_each($1)) ORDER BY from_at_ms, id",
        "SELECT id, person_id, role, branch_id, from_at_ms, until_at_ms, ended_as FROM role
         WHERE person_id IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON))) ORDER BY from_at_ms, id",
    );
    tx.query(sql).bind(crate::store::write_json("role", &person_ids)?).fetch_all().await
}

/// The words in use as a category, each once.
pub async fn categories(tx: &mut Tx) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .query("SELECT DISTINCT category FROM person WHERE category <> '' ORDER BY category LIMIT 100")
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(category,)| category).collect())
}

/// Whether somebody is of a category today.
pub async fn is_category(tx: &mut Tx, category: &str) -> Result<bool> {
    let found: Option<(i64,)> = tx
        .query("SELECT CAST(1 AS BIGINT) FROM person WHERE category = $1 LIMIT 1")
        .bind(category.to_owned())
        .fetch_optional()
        .await?;
    Ok(found.is_some())
}

/// Ids of those who are of a category today.
pub async fn of_category(tx: &mut Tx, category: &str) -> Result<Vec<String>> {
    let rows: Vec<(String,)> =
        tx.query("SELECT id FROM person WHERE category = $1").bind(category.to_owned()).fetch_all().await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// How many people there are, and the last place in the official order.
pub async fn extent(tx: &mut Tx) -> Result<(i64, i64)> {
    tx.query("SELECT count(*), COALESCE(max(position), -1) FROM person").fetch_one().await
}

/// Whether somebody holds a role of a name now.
pub async fn is_role_held(tx: &mut Tx, role: &str) -> Result<bool> {
    let (there,): (bool,) = tx
        .query("SELECT EXISTS (SELECT 1 FROM role WHERE role = $1 AND until_at_ms IS NULL)")
        .bind(role.to_owned())
        .fetch_one()
        .await?;
    Ok(there)
}

/// How many members each branch has now, itself alone.
pub async fn members_by_branch(tx: &mut Tx) -> Result<Vec<(String, i64)>> {
    tx.query(
        "SELECT branch_id, count(*) FROM role
         WHERE role = 'member' AND until_at_ms IS NULL AND branch_id IS NOT NULL GROUP BY branch_id",
    )
    .fetch_all()
    .await
}

/// A new first password of somebody.
#[derive(Debug, Clone, serde::Serialize)]
pub struct NewPassword {
    /// Whose.
    pub person_id: String,
    /// In its stored form.
    pub password: String,
}

/// Sets first passwords, to be changed at the next sign-in, and ends the sessions of their owners.
pub async fn set_first_passwords(tx: &mut Tx, passwords: &[NewPassword]) -> Result<()> {
    let given = crate::store::write_json("person", &passwords)?;
    let sql = tx.by_database(
        "UPDATE person SET must_change = 1, password = given.value ->> 'password'
         FROM json_each($1) AS given WHERE person.id = given.value ->> 'person_id'",
        "UPDATE person SET must_change = true, password = given.password
         FROM json_to_recordset(CAST($1 AS JSON)) AS given (person_id TEXT, password TEXT) WHERE person.id = given.person_id",
    );
    tx.query(sql).bind(given.clone()).execute().await?;
    let sql = tx.by_database(
        "DELETE FROM session WHERE person_id IN (SELECT value ->> 'person_id' FROM json_each($1))",
        "DELETE FROM session
         WHERE person_id IN (SELECT person_id FROM json_to_recordset(CAST($1 AS JSON)) AS given (person_id TEXT))",
    );
    tx.query(sql).bind(given).execute().await?;
    Ok(())
}
