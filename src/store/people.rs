//! People and the roles they hold at branches, with their history.

pub mod found;

use crate::store::db::Tx;
use crate::store::{Result, rollups, trees};

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, sqlx::FromRow)]
pub struct Person {
    /// The id, immutable.
    pub id: String,
    /// What the person signs in with.
    pub login: String,
    /// The login in the form in which logins are compared.
    pub login_folded: String,
    /// The name.
    pub name: String,
    /// 正式党员, 预备党员 …
    pub category: String,
    /// The unit's own number.
    pub number: String,
    /// The place in the official order.
    pub position: i64,
    /// The stored password; see the migration.
    pub password: Option<String>,
    /// Whether the password must be changed at the next sign-in.
    pub must_change: bool,
    /// When the person was added.
    pub created_at_ms: i64,
}

/// A role held at a branch, now or once.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, sqlx::FromRow)]
pub struct RoleRow {
    /// Its id.
    pub id: String,
    /// Who.
    pub person_id: String,
    /// Which.
    pub role: String,
    /// Where; `None` for the whole unit.
    pub branch_id: Option<String>,
    /// Since when.
    pub from_at_ms: i64,
    /// Until when; `None`: still.
    pub until_at_ms: Option<i64>,
    /// Why it ended, where somebody said so: the name of a [`crate::rules::roster::Departure`].
    pub ended_as: Option<String>,
}

/// Keeps other writers of branches, people and roles waiting until this transaction ends, so that what it reads of them
/// stays true. SQLite has one writer anyway. The order of the tables is that in which every writer touches them.
pub async fn hold(tx: &mut Tx) -> Result<()> {
    let sql = tx.by_database("SELECT 1", "LOCK TABLE branch, person, role IN SHARE ROW EXCLUSIVE MODE");
    tx.query(sql).execute().await?;
    Ok(())
}

/// Everyone, in the official order.
pub async fn list(tx: &mut Tx) -> Result<Vec<Person>> {
    tx.query("SELECT id, login, login_folded, name, category, number, position, password, must_change, created_at_ms FROM person ORDER BY position, login_folded")
        .fetch_all()
        .await
}

/// Some people, in the official order.
pub async fn list_of(tx: &mut Tx, ids: &[&str]) -> Result<Vec<Person>> {
    let sql = tx.by_database(
        "SELECT id, login, login_folded, name, category, number, position, password, must_change, created_at_ms FROM person
         WHERE id IN (SELECT value FROM json_each($1)) ORDER BY position, login_folded",
        "SELECT id, login, login_folded, name, category, number, position, password, must_change, created_at_ms FROM person
         WHERE id IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON))) ORDER BY position, login_folded",
    );
    tx.query(sql).bind(crate::store::write_json("person", &ids)?).fetch_all().await
}

/// The person of a login.
pub async fn find_by_login(tx: &mut Tx, login_folded: &str) -> Result<Option<Person>> {
    const SQL: &str = "SELECT id, login, login_folded, name, category, number, position, password, must_change, created_at_ms FROM person WHERE login_folded = $1";
    tx.query(SQL).bind(login_folded.to_owned()).fetch_optional().await
}

/// The person of an id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Person>> {
    const SQL: &str = "SELECT id, login, login_folded, name, category, number, position, password, must_change, created_at_ms FROM person WHERE id = $1";
    tx.query(SQL).bind(id.to_owned()).fetch_optional().await
}

/// Adds people, or sets everything but the id of those who are there; a password is set only where one is given. One
/// statement, so that a large roster holds the writer for milliseconds.
pub async fn put(tx: &mut Tx, people: &[Person]) -> Result<()> {
    let sql = tx.by_database(
        "INSERT INTO person (id, login, login_folded, name, category, number, position, password, must_change, created_at_ms)
         SELECT value ->> 'id', value ->> 'login', value ->> 'login_folded', value ->> 'name', value ->> 'category',
                value ->> 'number', value ->> 'position', value ->> 'password', value ->> 'must_change', value ->> 'created_at_ms'
         FROM json_each($1) WHERE true
         ON CONFLICT (id) DO UPDATE SET login = excluded.login, login_folded = excluded.login_folded, name = excluded.name,
             category = excluded.category, number = excluded.number, position = excluded.position,
             must_change = CASE WHEN excluded.password IS NULL THEN person.must_change ELSE excluded.must_change END,
             password = COALESCE(excluded.password, person.password)",
        "INSERT INTO person (id, login, login_folded, name, category, number, position, password, must_change, created_at_ms)
         SELECT id, login, login_folded, name, category, number, position, password, must_change, created_at_ms
         FROM json_to_recordset(CAST($1 AS JSON)) AS given (id TEXT, login TEXT, login_folded TEXT, name TEXT, category TEXT,
              number TEXT, position BIGINT, password TEXT, must_change BOOLEAN, created_at_ms BIGINT)
         ON CONFLICT (id) DO UPDATE SET login = excluded.login, login_folded = excluded.login_folded, name = excluded.name,
             category = excluded.category, number = excluded.number, position = excluded.position,
             must_change = CASE WHEN excluded.password IS NULL THEN person.must_change ELSE excluded.must_change END,
             password = COALESCE(excluded.password, person.password)",
    );
    // First, as where branches are written: who holds people and waits for this would stop who holds this and waits for them.
    trees::raise_version(tx).await?;
    tx.query(sql).bind(crate::store::write_json("person", &people)?).execute().await?;
    Ok(())
}

/// Sets a person's password.
pub async fn set_password(tx: &mut Tx, person_id: &str, password: &str, must_change: bool) -> Result<()> {
    tx.query("UPDATE person SET password = $2, must_change = $3 WHERE id = $1")
        .bind(person_id.to_owned())
        .bind(password.to_owned())
        .bind(must_change)
        .execute()
        .await?;
    Ok(())
}

/// Replaces a stored password by a newer form of the same, unless it was changed meanwhile.
pub async fn replace_password(tx: &mut Tx, person_id: &str, before: &str, after: &str) -> Result<()> {
    tx.query("UPDATE person SET password = $3 WHERE id = $1 AND password = $2")
        .bind(person_id.to_owned())
        .bind(before.to_owned())
        .bind(after.to_owned())
        .execute()
        .await?;
    Ok(())
}

/// Roles a person holds now.
pub async fn roles_of(tx: &mut Tx, person_id: &str) -> Result<Vec<RoleRow>> {
    tx.query("SELECT id, person_id, role, branch_id, from_at_ms, until_at_ms, ended_as FROM role WHERE person_id = $1 AND until_at_ms IS NULL ORDER BY id")
        .bind(person_id.to_owned())
        .fetch_all()
        .await
}

/// Every role held now.
pub async fn current_roles(tx: &mut Tx) -> Result<Vec<RoleRow>> {
    tx.query("SELECT id, person_id, role, branch_id, from_at_ms, until_at_ms, ended_as FROM role WHERE until_at_ms IS NULL ORDER BY id").fetch_all().await
}

/// A person's memberships, the earliest first.
pub async fn memberships(tx: &mut Tx, person_id: &str) -> Result<Vec<RoleRow>> {
    tx.query("SELECT id, person_id, role, branch_id, from_at_ms, until_at_ms, ended_as FROM role WHERE person_id = $1 AND role = 'member' ORDER BY from_at_ms, id")
        .bind(person_id.to_owned())
        .fetch_all()
        .await
}

/// Gives roles.
pub async fn insert_roles(tx: &mut Tx, roles: &[RoleRow]) -> Result<()> {
    let sql = tx.by_database(
        "INSERT INTO role (id, person_id, role, branch_id, from_at_ms, until_at_ms)
         SELECT value ->> 'id', value ->> 'person_id', value ->> 'role', value ->> 'branch_id', value ->> 'from_at_ms',
                value ->> 'until_at_ms'
         FROM json_each($1)",
        "INSERT INTO role (id, person_id, role, branch_id, from_at_ms, until_at_ms)
         SELECT id, person_id, role, branch_id, from_at_ms, until_at_ms
         FROM json_to_recordset(CAST($1 AS JSON)) AS given (id TEXT, person_id TEXT, role TEXT, branch_id TEXT,
              from_at_ms BIGINT, until_at_ms BIGINT)",
    );
    tx.query(sql).bind(crate::store::write_json("role", &roles)?).execute().await?;
    let ids: Vec<&str> = roles.iter().map(|role| role.id.as_str()).collect();
    rollups::touch_roles(tx, &ids).await
}

/// Ends roles, with the reason where one was given.
pub async fn end_roles(tx: &mut Tx, role_ids: &[String], at_ms: i64, ended_as: Option<&str>) -> Result<()> {
    let sql = tx.by_database(
        "UPDATE role SET until_at_ms = $2, ended_as = $3 WHERE until_at_ms IS NULL AND id IN (SELECT value FROM json_each($1))",
        "UPDATE role SET until_at_ms = $2, ended_as = $3
         WHERE until_at_ms IS NULL AND id IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON)))",
    );
    tx.query(sql)
        .bind(crate::store::write_json("role", &role_ids)?)
        .bind(at_ms)
        .bind(ended_as.map(ToOwned::to_owned))
        .execute()
        .await?;
    let ids: Vec<&str> = role_ids.iter().map(String::as_str).collect();
    rollups::touch_roles(tx, &ids).await
}

/// Whether anyone keeps branches and people of the whole unit.
pub async fn has_administrator(tx: &mut Tx) -> Result<bool> {
    let (there,): (bool,) = tx
        .query("SELECT EXISTS (SELECT 1 FROM role WHERE role = 'administrator' AND branch_id IS NULL AND until_at_ms IS NULL)")
        .fetch_one()
        .await?;
    Ok(there)
}
