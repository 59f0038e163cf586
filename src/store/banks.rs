//! Banks, their editions and questions. An edition is visible once it has its number.

use crate::store::Result;
use crate::store::db::Tx;

/// A bank with its newest edition.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct BankRow {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// Whose it is; `None`: the whole unit's.
    pub branch_id: Option<String>,
    /// Whether organizers below may draw from it.
    pub shared: bool,
    /// The newest edition.
    pub edition_id: String,
    /// Its number, from 1.
    pub number: i64,
    /// Its title, as JSON.
    pub title: String,
    /// Its source, as JSON.
    pub source: Option<String>,
    /// Its topics, as JSON.
    pub topics: String,
    /// Its digest.
    pub digest: String,
    /// How many questions it holds.
    pub question_count: i64,
    /// When it was loaded.
    pub loaded_at_ms: i64,
}

/// A new edition, without its questions.
#[derive(Debug, Clone)]
pub struct NewEdition {
    /// The id.
    pub id: String,
    /// The bank.
    pub bank_id: String,
    /// The title, as JSON.
    pub title: String,
    /// The source, as JSON.
    pub source: Option<String>,
    /// The topics, as JSON.
    pub topics: String,
    /// SHA-256 over its questions.
    pub digest: String,
    /// How many questions.
    pub question_count: i64,
    /// Who loads it.
    pub loaded_by: Option<String>,
    /// When.
    pub loaded_at_ms: i64,
    /// Why.
    pub note: Option<String>,
}

/// A question without its text: what a draw needs.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct QuestionIndex {
    /// The id.
    pub id: String,
    /// The kind.
    pub kind: String,
    /// The topic.
    pub topic: String,
    /// From 1 to 5.
    pub difficulty: i64,
    /// How many options.
    pub option_count: i64,
    /// How long further lists are that papers shuffle, joined by commas.
    pub further_counts: String,
    /// The family.
    pub family: Option<String>,
    /// Whether it is out of every draw.
    pub retired: bool,
    /// SHA-256 of its body.
    pub digest: String,
}

/// A question to be stored, serialized for the batched insert.
#[derive(Debug, Clone, serde::Serialize)]
pub struct NewQuestion {
    /// The id.
    pub id: String,
    /// The place in the file.
    pub sequence: i64,
    /// The kind.
    pub kind: &'static str,
    /// The topic.
    pub topic: String,
    /// From 1 to 5.
    pub difficulty: i64,
    /// How many options.
    pub option_count: i64,
    /// How long further lists are that papers shuffle, joined by commas.
    pub further_counts: String,
    /// The family.
    pub family: Option<String>,
    /// Whether it is out of every draw.
    pub retired: bool,
    /// SHA-256 of the body.
    pub digest: String,
    /// The question as JSON.
    pub body: String,
}

/// Every bank that has an edition, by name, with its newest edition.
pub async fn list(tx: &mut Tx) -> Result<Vec<BankRow>> {
    tx.query(
        "SELECT bank.id, bank.name, bank.branch_id, bank.shared, edition.id AS edition_id, edition.number, edition.title,
                edition.source, edition.topics, edition.digest, edition.question_count, edition.loaded_at_ms
         FROM bank JOIN edition ON edition.bank_id = bank.id
         WHERE edition.number = (SELECT max(newest.number) FROM edition AS newest WHERE newest.bank_id = bank.id)
         ORDER BY bank.name",
    )
    .fetch_all()
    .await
}

/// One bank with its newest edition.
pub async fn find(tx: &mut Tx, name: &str) -> Result<Option<BankRow>> {
    tx.query(
        "SELECT bank.id, bank.name, bank.branch_id, bank.shared, edition.id AS edition_id, edition.number, edition.title,
                edition.source, edition.topics, edition.digest, edition.question_count, edition.loaded_at_ms
         FROM bank JOIN edition ON edition.bank_id = bank.id
         WHERE bank.name = $1 AND edition.number = (SELECT max(newest.number) FROM edition AS newest WHERE newest.bank_id = bank.id)",
    )
    .bind(name.to_owned())
    .fetch_optional()
    .await
}

/// The owner of a bank by name, whether or not it has an edition: id, branch, shared.
pub async fn find_owner(tx: &mut Tx, name: &str) -> Result<Option<(String, Option<String>, bool)>> {
    tx.query("SELECT id, branch_id, shared FROM bank WHERE name = $1").bind(name.to_owned()).fetch_optional().await
}

/// Adds a bank; nothing where the name is taken.
pub async fn insert(
    tx: &mut Tx,
    id: &str,
    name: &str,
    branch_id: Option<&str>,
    shared: bool,
    now_ms: i64,
) -> Result<()> {
    tx.query("INSERT INTO bank (id, name, branch_id, shared, created_at_ms) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO NOTHING")
        .bind(id.to_owned())
        .bind(name.to_owned())
        .bind(branch_id.map(ToOwned::to_owned))
        .bind(shared)
        .bind(now_ms)
        .execute()
        .await?;
    Ok(())
}

/// Sets whether organizers below may draw from a bank.
pub async fn set_shared(tx: &mut Tx, bank_id: &str, shared: bool) -> Result<()> {
    tx.query("UPDATE bank SET shared = $2 WHERE id = $1").bind(bank_id.to_owned()).bind(shared).execute().await?;
    Ok(())
}

/// Begins an edition, invisible.
pub async fn insert_edition(tx: &mut Tx, edition: &NewEdition) -> Result<()> {
    tx.query(
        "INSERT INTO edition (id, bank_id, number, title, source, topics, digest, question_count, loaded_by, loaded_at_ms, note)
         VALUES ($1, $2, NULL, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(edition.id.clone())
    .bind(edition.bank_id.clone())
    .bind(edition.title.clone())
    .bind(edition.source.clone())
    .bind(edition.topics.clone())
    .bind(edition.digest.clone())
    .bind(edition.question_count)
    .bind(edition.loaded_by.clone())
    .bind(edition.loaded_at_ms)
    .bind(edition.note.clone())
    .execute()
    .await?;
    Ok(())
}

/// Adds a chunk of questions to an edition.
pub async fn insert_questions(tx: &mut Tx, edition_id: &str, questions: &[NewQuestion]) -> Result<()> {
    let sql = tx.by_database(
        "INSERT INTO question (edition_id, id, sequence, kind, topic, difficulty, option_count, further_counts, family, retired, digest, body)
         SELECT $1, value ->> 'id', value ->> 'sequence', value ->> 'kind', value ->> 'topic', value ->> 'difficulty',
                value ->> 'option_count', value ->> 'further_counts', value ->> 'family', value ->> 'retired', value ->> 'digest', value ->> 'body'
         FROM json_each($2)",
        "INSERT INTO question (edition_id, id, sequence, kind, topic, difficulty, option_count, further_counts, family, retired, digest, body)
         SELECT $1, id, sequence, kind, topic, difficulty, option_count, further_counts, family, retired, digest, body
         FROM json_to_recordset(CAST($2 AS JSON)) AS given (id TEXT, sequence BIGINT, kind TEXT, topic TEXT, difficulty BIGINT,
              option_count BIGINT, further_counts TEXT, family TEXT, retired BOOLEAN, digest TEXT, body TEXT)",
    );
    tx.query(sql).bind(edition_id.to_owned()).bind(crate::store::write_json("question", &questions)?).execute().await?;
    Ok(())
}

/// Makes an edition visible under the next number, unless `after` is not the newest any more or a question of it is
/// missing; returns the number.
pub async fn publish_edition(tx: &mut Tx, edition_id: &str, bank_id: &str, after: i64) -> Result<Option<i64>> {
    // Keeps others who publish an edition of this bank waiting, so that the next statement sees theirs.
    tx.query("UPDATE bank SET shared = shared WHERE id = $1").bind(bank_id.to_owned()).execute().await?;
    let row: Option<(i64,)> = tx
        .query(
            "UPDATE edition SET number = $3 + 1
             WHERE id = $1 AND number IS NULL
               AND question_count = (SELECT count(*) FROM question WHERE question.edition_id = $1)
               AND $3 = COALESCE((SELECT max(number) FROM edition AS other WHERE other.bank_id = $2), 0)
             RETURNING number",
        )
        .bind(edition_id.to_owned())
        .bind(bank_id.to_owned())
        .bind(after)
        .fetch_optional()
        .await?;
    Ok(row.map(|(number,)| number))
}

/// The number of a bank's newest edition; 0 where it has none.
pub async fn newest_number(tx: &mut Tx, bank_id: &str) -> Result<i64> {
    let (number,): (i64,) = tx
        .query("SELECT CAST(COALESCE(max(number), 0) AS BIGINT) FROM edition WHERE bank_id = $1")
        .bind(bank_id.to_owned())
        .fetch_one()
        .await?;
    Ok(number)
}

/// An edition of a bank.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct EditionRow {
    /// The id.
    pub id: String,
    /// Its number.
    pub number: i64,
    /// How many questions.
    pub question_count: i64,
    /// When it was loaded.
    pub loaded_at_ms: i64,
    /// The name of who loaded it; nothing: the operator.
    pub loaded_by: Option<String>,
    /// Why.
    pub note: Option<String>,
}

/// The editions of a bank, the newest first.
pub async fn editions(tx: &mut Tx, bank_id: &str) -> Result<Vec<EditionRow>> {
    tx.query(
        "SELECT edition.id, edition.number, edition.question_count, edition.loaded_at_ms, person.name AS loaded_by, edition.note
         FROM edition LEFT JOIN person ON person.id = edition.loaded_by
         WHERE edition.bank_id = $1 AND edition.number IS NOT NULL ORDER BY edition.number DESC",
    )
    .bind(bank_id.to_owned())
    .fetch_all()
    .await
}

/// What an edition says of itself, each as JSON.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct EditionOutline {
    /// What readers see.
    pub title: String,
    /// Which version of which rules it asks about.
    pub source: Option<String>,
    /// Its topics.
    pub topics: String,
}

/// What an edition says of itself.
pub async fn outline(tx: &mut Tx, edition_id: &str) -> Result<Option<EditionOutline>> {
    tx.query("SELECT title, source, topics FROM edition WHERE id = $1")
        .bind(edition_id.to_owned())
        .fetch_optional()
        .await
}

/// Editions whose load began before a moment and never ended.
pub async fn unfinished_editions(tx: &mut Tx, before_ms: i64) -> Result<Vec<(String,)>> {
    tx.query("SELECT id FROM edition WHERE number IS NULL AND loaded_at_ms < $1").bind(before_ms).fetch_all().await
}

/// Removes up to `limit` questions of an edition that never became visible; returns how many.
pub async fn delete_questions(tx: &mut Tx, edition_id: &str, limit: i64) -> Result<u64> {
    tx.query(
        "DELETE FROM question WHERE edition_id = $1 AND id IN (SELECT id FROM question WHERE edition_id = $1 LIMIT $2)
         AND EXISTS (SELECT 1 FROM edition WHERE edition.id = $1 AND edition.number IS NULL)",
    )
    .bind(edition_id.to_owned())
    .bind(limit)
    .execute()
    .await
}

/// Removes an edition that never became visible.
pub async fn delete_edition(tx: &mut Tx, edition_id: &str) -> Result<()> {
    tx.query("DELETE FROM edition WHERE id = $1 AND number IS NULL").bind(edition_id.to_owned()).execute().await?;
    Ok(())
}

/// The questions of an edition without their texts, by the bytes of their ids.
pub async fn question_index(tx: &mut Tx, edition_id: &str) -> Result<Vec<QuestionIndex>> {
    tx.query("SELECT id, kind, topic, difficulty, option_count, further_counts, family, retired, digest FROM question WHERE edition_id = $1 ORDER BY id")
        .bind(edition_id.to_owned())
        .fetch_all()
        .await
}

/// The ids of an edition's questions in the file's order.
pub async fn order(tx: &mut Tx, edition_id: &str) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .query("SELECT id FROM question WHERE edition_id = $1 ORDER BY sequence")
        .bind(edition_id.to_owned())
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// A question as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredQuestion {
    /// The id.
    pub id: String,
    /// The kind.
    pub kind: String,
    /// The topic.
    pub topic: String,
    /// From 1 to 5.
    pub difficulty: i64,
    /// How many options.
    pub option_count: i64,
    /// How long further lists are that papers shuffle, joined by commas.
    pub further_counts: String,
    /// The family.
    pub family: Option<String>,
    /// Whether it is out of every draw.
    pub retired: bool,
    /// SHA-256 of the body when it was loaded.
    pub digest: String,
    /// The question as JSON.
    pub body: String,
}

/// The questions of an edition after an id, a page at a time.
pub async fn stored_questions(
    tx: &mut Tx,
    edition_id: &str,
    after_id: &str,
    limit: i64,
) -> Result<Vec<StoredQuestion>> {
    tx.query(
        "SELECT id, kind, topic, difficulty, option_count, further_counts, family, retired, digest, body FROM question
         WHERE edition_id = $1 AND id > $2 ORDER BY id LIMIT $3",
    )
    .bind(edition_id.to_owned())
    .bind(after_id.to_owned())
    .bind(limit)
    .fetch_all()
    .await
}

/// The body of one question.
pub async fn find_question(tx: &mut Tx, edition_id: &str, id: &str) -> Result<Option<String>> {
    let row: Option<(String,)> = tx
        .query("SELECT body FROM question WHERE edition_id = $1 AND id = $2")
        .bind(edition_id.to_owned())
        .bind(id.to_owned())
        .fetch_optional()
        .await?;
    Ok(row.map(|(body,)| body))
}

/// Bodies of some questions: id and body.
pub async fn find_questions(tx: &mut Tx, edition_id: &str, ids: &[&str]) -> Result<Vec<(String, String)>> {
    let sql = tx.by_database(
        "SELECT id, body FROM question WHERE edition_id = $1 AND id IN (SELECT value FROM json_each($2))",
        "SELECT id, body FROM question
         WHERE edition_id = $1 AND id IN (SELECT value FROM json_array_elements_text(CAST($2 AS JSON)))",
    );
    let ids = crate::store::write_json("question", &ids)?;
    tx.query(sql).bind(edition_id.to_owned()).bind(ids).fetch_all().await
}

/// Bodies of an edition's questions in the file's order, a page at a time.
pub async fn list_questions(tx: &mut Tx, edition_id: &str, offset: i64, limit: i64) -> Result<Vec<(String,)>> {
    tx.query("SELECT body FROM question WHERE edition_id = $1 ORDER BY sequence LIMIT $3 OFFSET $2")
        .bind(edition_id.to_owned())
        .bind(offset)
        .bind(limit)
        .fetch_all()
        .await
}

/// Questions of an edition after an id, some at a time, by the bytes of their ids: id, place in the file, body.
pub async fn questions_after(
    tx: &mut Tx,
    edition_id: &str,
    after_id: &str,
    limit: i64,
) -> Result<Vec<(String, i64, String)>> {
    tx.query("SELECT id, sequence, body FROM question WHERE edition_id = $1 AND id > $2 ORDER BY id LIMIT $3")
        .bind(edition_id.to_owned())
        .bind(after_id.to_owned())
        .bind(limit)
        .fetch_all()
        .await
}
