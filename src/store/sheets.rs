//! Files on their way in, between being looked at and being loaded, and what the unit has said of the headings of its
//! roster's sheets.

use crate::store::Result;
use crate::store::db::Tx;

/// A file between being looked at and being loaded.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct KeptFile {
    /// Its id.
    pub id: String,
    /// Who sent it; nobody else may use it.
    pub person_id: String,
    /// Which sheet it is said to be.
    pub sheet: String,
    /// Its name.
    pub name: String,
    /// What stands in it.
    pub content: Vec<u8>,
    /// When it was sent.
    pub created_at_ms: i64,
    /// What was said of it, as JSON.
    pub said: Option<String>,
}

/// What was said of a heading.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LearnedHeading {
    /// Of which sheet.
    pub sheet: String,
    /// The heading as the sheet had it.
    pub heading: String,
    /// What it means; empty: the column isn't read.
    pub meaning: String,
}

/// What a file of questions is said to be, in the place of the name of a sheet.
pub const QUESTIONS: &str = "questions";

/// Keeps a file, and of the sender's older ones of the same sort the `others` newest.
pub async fn keep(tx: &mut Tx, file: &KeptFile, others: i64) -> Result<()> {
    tx.query(
        "DELETE FROM kept_file WHERE person_id = $1 AND (sheet = $4) = ($3 = $4) AND id NOT IN
            (SELECT id FROM kept_file WHERE person_id = $1 AND (sheet = $4) = ($3 = $4)
             ORDER BY created_at_ms DESC, id DESC LIMIT $2)",
    )
    .bind(file.person_id.clone())
    .bind(others)
    .bind(file.sheet.clone())
    .bind(QUESTIONS)
    .execute()
    .await?;
    tx.query(
        "INSERT INTO kept_file (id, person_id, sheet, name, content, created_at_ms, said)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(file.id.clone())
    .bind(file.person_id.clone())
    .bind(file.sheet.clone())
    .bind(file.name.clone())
    .bind(file.content.clone())
    .bind(file.created_at_ms)
    .bind(file.said.clone())
    .execute()
    .await?;
    Ok(())
}

/// A file, for the one who sent it.
pub async fn kept(tx: &mut Tx, id: &str, person_id: &str) -> Result<Option<KeptFile>> {
    tx.query(
        "SELECT id, person_id, sheet, name, content, created_at_ms, said FROM kept_file WHERE id = $1 AND person_id = $2",
    )
    .bind(id.to_owned())
    .bind(person_id.to_owned())
    .fetch_optional()
    .await
}

/// Forgets a file.
pub async fn drop_kept(tx: &mut Tx, id: &str) -> Result<()> {
    tx.query("DELETE FROM kept_file WHERE id = $1").bind(id.to_owned()).execute().await?;
    Ok(())
}

/// Forgets files that were sent before a moment; those of questions, which take their time, before another.
pub async fn drop_older(tx: &mut Tx, before_ms: i64, questions_before_ms: i64) -> Result<()> {
    tx.query("DELETE FROM kept_file WHERE created_at_ms < CASE WHEN sheet = $3 THEN $2 ELSE $1 END")
        .bind(before_ms)
        .bind(questions_before_ms)
        .bind(QUESTIONS)
        .execute()
        .await?;
    Ok(())
}

/// The files of questions that somebody sent, the newest first, without what stands in them: id, name, when.
pub async fn questions_of(tx: &mut Tx, person_id: &str) -> Result<Vec<(String, String, i64)>> {
    tx.query(
        "SELECT id, name, created_at_ms FROM kept_file WHERE person_id = $1 AND sheet = $2
         ORDER BY created_at_ms DESC, id DESC",
    )
    .bind(person_id.to_owned())
    .bind(QUESTIONS)
    .fetch_all()
    .await
}

/// Everything that was said of headings.
pub async fn learned(tx: &mut Tx) -> Result<Vec<LearnedHeading>> {
    tx.query("SELECT sheet, heading, meaning FROM learned_heading ORDER BY sheet, heading").fetch_all().await
}

/// Remembers what a heading means.
pub async fn learn(tx: &mut Tx, learned: &LearnedHeading) -> Result<()> {
    tx.query(
        "INSERT INTO learned_heading (sheet, heading, meaning) VALUES ($1, $2, $3)
         ON CONFLICT (sheet, heading) DO UPDATE SET meaning = excluded.meaning",
    )
    .bind(learned.sheet.clone())
    .bind(learned.heading.clone())
    .bind(learned.meaning.clone())
    .execute()
    .await?;
    Ok(())
}

/// Forgets what a heading means.
pub async fn unlearn(tx: &mut Tx, sheet: &str, heading: &str) -> Result<()> {
    tx.query("DELETE FROM learned_heading WHERE sheet = $1 AND heading = $2")
        .bind(sheet.to_owned())
        .bind(heading.to_owned())
        .execute()
        .await?;
    Ok(())
}
