//! Pictures of questions. They are named by what they show, so that one that is there never changes.

use crate::store::db::Tx;
use crate::store::{Result, write_json};

/// Which of these names are kept.
pub async fn known(tx: &mut Tx, names: &[&str]) -> Result<Vec<String>> {
    let sql = tx.by_database(
        "SELECT name FROM picture WHERE name IN (SELECT value FROM json_each($1))",
        "SELECT name FROM picture WHERE name IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON)))",
    );
    let rows: Vec<(String,)> = tx.query(sql).bind(write_json("picture", &names)?).fetch_all().await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// What a picture is made of.
pub async fn find(tx: &mut Tx, name: &str) -> Result<Option<Vec<u8>>> {
    let row: Option<(Vec<u8>,)> =
        tx.query("SELECT content FROM picture WHERE name = $1").bind(name.to_owned()).fetch_optional().await?;
    Ok(row.map(|(content,)| content))
}

/// Keeps a picture, unless it is there.
pub async fn keep(tx: &mut Tx, name: &str, content: Vec<u8>, now_ms: i64) -> Result<()> {
    tx.query("INSERT INTO picture (name, content, added_at_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
        .bind(name.to_owned())
        .bind(content)
        .bind(now_ms)
        .execute()
        .await?;
    Ok(())
}
