//! Presence set by hand, and who was in the audience when a test closed.

use crate::store::branches::Branch;
use crate::store::db::Tx;
use crate::store::{Result, rollups, write_json};

/// What somebody said of a person's presence.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PresenceRow {
    /// Whose.
    pub person_id: String,
    /// `excused`, `exempt` or `disqualified`.
    pub state: String,
    /// Why.
    pub reason: String,
    /// By whom.
    pub set_by: Option<String>,
    /// When.
    pub set_at_ms: i64,
}

/// A person who was in the audience at closing, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, sqlx::FromRow)]
pub struct ClosedMember {
    /// Who.
    pub person_id: String,
    /// Where.
    pub branch_id: String,
}

/// A member of today: who, and where.
pub type Member = ClosedMember;

/// Everything set for a test.
pub async fn list(tx: &mut Tx, test_id: &str) -> Result<Vec<PresenceRow>> {
    tx.query("SELECT person_id, state, reason, set_by, set_at_ms FROM presence WHERE test_id = $1")
        .bind(test_id.to_owned())
        .fetch_all()
        .await
}

/// What is set for one person.
pub async fn find(tx: &mut Tx, test_id: &str, person_id: &str) -> Result<Option<PresenceRow>> {
    tx.query("SELECT person_id, state, reason, set_by, set_at_ms FROM presence WHERE test_id = $1 AND person_id = $2")
        .bind(test_id.to_owned())
        .bind(person_id.to_owned())
        .fetch_optional()
        .await
}

/// Sets one person's presence.
pub async fn put(tx: &mut Tx, test_id: &str, presence: &PresenceRow) -> Result<()> {
    tx.query(
        "INSERT INTO presence (test_id, person_id, state, reason, set_by, set_at_ms) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (test_id, person_id) DO UPDATE SET state = excluded.state, reason = excluded.reason,
             set_by = excluded.set_by, set_at_ms = excluded.set_at_ms",
    )
    .bind(test_id.to_owned())
    .bind(presence.person_id.clone())
    .bind(presence.state.clone())
    .bind(presence.reason.clone())
    .bind(presence.set_by.clone())
    .bind(presence.set_at_ms)
    .execute()
    .await?;
    rollups::touch_person(tx, test_id, &presence.person_id).await
}

/// Takes back what was set for one person.
pub async fn delete(tx: &mut Tx, test_id: &str, person_id: &str) -> Result<()> {
    tx.query("DELETE FROM presence WHERE test_id = $1 AND person_id = $2")
        .bind(test_id.to_owned())
        .bind(person_id.to_owned())
        .execute()
        .await?;
    rollups::touch_person(tx, test_id, person_id).await
}

/// Everyone who holds the role `member` now, and where.
pub async fn members(tx: &mut Tx) -> Result<Vec<Member>> {
    tx.query(
        "SELECT person_id, branch_id FROM role WHERE role = 'member' AND until_at_ms IS NULL AND branch_id IS NOT NULL",
    )
    .fetch_all()
    .await
}

/// Everyone of them who may take a test: all, or the people whom it names.
pub async fn members_of(tx: &mut Tx, test_id: &str) -> Result<Vec<Member>> {
    tx.query(
        "SELECT person_id, branch_id FROM role WHERE role = 'member' AND until_at_ms IS NULL AND branch_id IS NOT NULL
             AND (NOT EXISTS (SELECT 1 FROM test_member WHERE test_id = $1)
                  OR EXISTS (SELECT 1 FROM test_member WHERE test_id = $1 AND person_id = role.person_id))",
    )
    .bind(test_id.to_owned())
    .fetch_all()
    .await
}

/// Where one person is a member now who may take a test.
pub async fn member(tx: &mut Tx, test_id: &str, person_id: &str) -> Result<Option<Member>> {
    tx.query(
        "SELECT person_id, branch_id FROM role
         WHERE person_id = $1 AND role = 'member' AND until_at_ms IS NULL AND branch_id IS NOT NULL
             AND (NOT EXISTS (SELECT 1 FROM test_member WHERE test_id = $2)
                  OR EXISTS (SELECT 1 FROM test_member WHERE test_id = $2 AND person_id = role.person_id))",
    )
    .bind(person_id.to_owned())
    .bind(test_id.to_owned())
    .fetch_optional()
    .await
}

/// Where one person stood when the test closed, if in the audience.
pub async fn closed_member(tx: &mut Tx, test_id: &str, person_id: &str) -> Result<Option<ClosedMember>> {
    tx.query("SELECT person_id, branch_id FROM closed_member WHERE test_id = $1 AND person_id = $2")
        .bind(test_id.to_owned())
        .bind(person_id.to_owned())
        .fetch_optional()
        .await
}

/// Who was in the audience when the test closed.
pub async fn closed_members(tx: &mut Tx, test_id: &str) -> Result<Vec<ClosedMember>> {
    tx.query("SELECT person_id, branch_id FROM closed_member WHERE test_id = $1")
        .bind(test_id.to_owned())
        .fetch_all()
        .await
}

/// Those of some branches.
pub async fn closed_members_at(tx: &mut Tx, test_id: &str, branch_ids: &[&str]) -> Result<Vec<ClosedMember>> {
    let sql = tx.by_database(
        "SELECT person_id, branch_id FROM closed_member
         WHERE test_id = $1 AND branch_id IN (SELECT value FROM json_each($2))",
        "SELECT person_id, branch_id FROM closed_member
         WHERE test_id = $1 AND branch_id IN (SELECT value FROM json_array_elements_text(CAST($2 AS JSON)))",
    );
    tx.query(sql).bind(test_id.to_owned()).bind(write_json("branch", &branch_ids)?).fetch_all().await
}

/// Where those are members now who may take a test, and are so at one of these branches or have begun the test there.
pub async fn members_around(tx: &mut Tx, test_id: &str, branch_ids: &[&str]) -> Result<Vec<Member>> {
    let sql = tx.by_database(
        "SELECT person_id, branch_id FROM role WHERE role = 'member' AND until_at_ms IS NULL
             AND branch_id IN (SELECT value FROM json_each($2))
             AND (NOT EXISTS (SELECT 1 FROM test_member WHERE test_id = $1)
                 OR EXISTS (SELECT 1 FROM test_member WHERE test_id = $1 AND person_id = role.person_id))
         UNION SELECT role.person_id, role.branch_id FROM attempt JOIN role ON role.person_id = attempt.person_id
         WHERE attempt.test_id = $1 AND attempt.branch_id IN (SELECT value FROM json_each($2))
             AND role.role = 'member' AND role.until_at_ms IS NULL AND role.branch_id IS NOT NULL",
        "SELECT person_id, branch_id FROM role WHERE role = 'member' AND until_at_ms IS NULL
             AND branch_id IN (SELECT value FROM json_array_elements_text(CAST($2 AS JSON)))
             AND (NOT EXISTS (SELECT 1 FROM test_member WHERE test_id = $1)
                 OR EXISTS (SELECT 1 FROM test_member WHERE test_id = $1 AND person_id = role.person_id))
         UNION SELECT role.person_id, role.branch_id FROM attempt JOIN role ON role.person_id = attempt.person_id
         WHERE attempt.test_id = $1
             AND attempt.branch_id IN (SELECT value FROM json_array_elements_text(CAST($2 AS JSON)))
             AND role.role = 'member' AND role.until_at_ms IS NULL AND role.branch_id IS NOT NULL",
    );
    tx.query(sql).bind(test_id.to_owned()).bind(write_json("branch", &branch_ids)?).fetch_all().await
}

/// The tree when the test closed, in the official order.
pub async fn closed_branches(tx: &mut Tx, test_id: &str) -> Result<Vec<Branch>> {
    tx.query(
        "SELECT branch_id AS id, code, '' AS code_folded, name, kind, parent_id, position
         FROM closed_branch WHERE test_id = $1 ORDER BY position, code",
    )
    .bind(test_id.to_owned())
    .fetch_all()
    .await
}

/// Keeps who was in the audience, in place of what was kept of the same people.
pub async fn put_closed_members(tx: &mut Tx, test_id: &str, members: &[ClosedMember]) -> Result<()> {
    let sql = tx.by_database(
        "INSERT INTO closed_member (test_id, person_id, branch_id)
         SELECT $1, value ->> 'person_id', value ->> 'branch_id' FROM json_each($2) WHERE true
         ON CONFLICT (test_id, person_id) DO UPDATE SET branch_id = excluded.branch_id",
        "INSERT INTO closed_member (test_id, person_id, branch_id)
         SELECT $1, person_id, branch_id FROM json_to_recordset(CAST($2 AS JSON)) AS given (person_id TEXT, branch_id TEXT)
         ON CONFLICT (test_id, person_id) DO UPDATE SET branch_id = excluded.branch_id",
    );
    tx.query(sql).bind(test_id.to_owned()).bind(write_json("closed_member", &members)?).execute().await?;
    Ok(())
}

/// Takes away some of what an attempt to settle a test has left; nothing of a settled one. Returns how many.
pub async fn delete_unsettled(tx: &mut Tx, test_id: &str, most: i64) -> Result<u64> {
    tx.query(
        "DELETE FROM closed_member WHERE test_id = $1 AND person_id IN (
             SELECT person_id FROM closed_member WHERE test_id = $1
                 AND EXISTS (SELECT 1 FROM test WHERE id = $1 AND finished_at_ms IS NULL) LIMIT $2)",
    )
    .bind(test_id.to_owned())
    .bind(most)
    .execute()
    .await
}

/// Keeps the tree as it is now.
pub async fn copy_branches(tx: &mut Tx, test_id: &str) -> Result<()> {
    tx.query(
        "INSERT INTO closed_branch (test_id, branch_id, code, name, kind, parent_id, position)
         SELECT $1, id, code, name, kind, parent_id, position FROM branch",
    )
    .bind(test_id.to_owned())
    .execute()
    .await?;
    Ok(())
}
