//! Looking through a bank: searching its questions, and comparing two of its editions question by question.

use super::{Listed, corrupt, listed, with_keys};
use crate::app::App;
use crate::limits;
use crate::rules::outline::Outline;
use crate::rules::question::Question;
use crate::rules::rights::Caller;
use crate::rules::search::Wanted;
use crate::service::error::{Error, Result, Thing};
use crate::service::people::tree;
use crate::store::banks::{self, EditionRow};
use crate::store::db::Tx;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A page of a bank's questions with their keys, from `offset` on, and how many are wanted in all; for those who may
/// read keys.
pub async fn questions(
    app: &App,
    caller: &Caller,
    name: &str,
    wanted: &Wanted,
    offset: i64,
) -> Result<(Vec<Question>, i64)> {
    let mut tx = app.db.read().await?;
    let row = with_keys(&mut tx, caller, name).await?;
    if wanted.is_everything() {
        let bodies = banks::list_questions(&mut tx, &row.edition_id, offset.max(0), limits::PAGE_ITEMS).await?;
        let page = bodies.iter().map(|(body,)| read(&row.edition_id, body)).collect::<Result<_>>()?;
        return Ok((page, row.question_count));
    }
    drop(tx);
    let shelf = crate::service::search::shelf(app, &row.edition_id).await?;
    let wanted = wanted.clone();
    let from = usize::try_from(offset).unwrap_or_default();
    let matching = move || {
        let ids = shelf.matching(&wanted, |_| true);
        let page = ids.iter().skip(from).take(limits::PAGE).map(|id| (*id).to_owned()).collect::<Vec<_>>();
        (page, ids.len())
    };
    let (ids, found) = tokio::task::spawn_blocking(matching).await.map_err(|_| Error::Busy)?;
    let page = bodies(&mut app.db.read().await?, &row.edition_id, &ids).await?;
    Ok((page, i64::try_from(found).unwrap_or(i64::MAX)))
}

/// Questions of an edition by their ids, in that order.
pub(crate) async fn bodies(tx: &mut Tx, edition_id: &str, ids: &[String]) -> Result<Vec<Question>> {
    let names: Vec<&str> = ids.iter().map(String::as_str).collect();
    let mut found: HashMap<String, String> = banks::find_questions(tx, edition_id, &names).await?.into_iter().collect();
    ids.iter().filter_map(|id| found.remove(id)).map(|body| read(edition_id, &body)).collect()
}

fn read(edition_id: &str, body: &str) -> Result<Question> {
    Ok(crate::store::read_json("question", edition_id, body)?)
}

/// A bank with one question of its newest edition, where that has it; for those who may read keys.
pub(crate) async fn with_question(
    app: &App,
    caller: &Caller,
    name: &str,
    id: &str,
) -> Result<(Listed, Option<Arc<Question>>)> {
    let mut tx = app.db.read().await?;
    let row = with_keys(&mut tx, caller, name).await?;
    let tree = tree(&mut tx).await?;
    let body = banks::find_question(&mut tx, &row.edition_id, id).await?;
    let question = body.map(|body| read(&row.edition_id, &body).map(Arc::new)).transpose()?;
    Ok((listed(row, caller, &tree)?, question))
}

/// What changed between two editions of a bank.
#[derive(Debug, Clone)]
pub struct Compared {
    /// Every edition, the newest first.
    pub editions: Vec<EditionRow>,
    /// The number of the older one.
    pub before: i64,
    /// The number of the newer one.
    pub after: i64,
    /// Questions only in the newer one.
    pub added: Vec<Question>,
    /// Questions only in the older one.
    pub removed: Vec<Question>,
    /// Questions that differ: as they were, and as they are.
    pub changed: Vec<(Question, Question)>,
    /// How many differ beyond those that are listed.
    pub more: usize,
    /// Titles and topics as they were, and as they are.
    pub outlines: [Outline; 2],
    /// Whether questions of both stand in another order.
    pub is_rearranged: bool,
}

/// Titles and topics of an edition.
async fn outline(tx: &mut Tx, edition_id: &str) -> Result<Outline> {
    let found = banks::outline(tx, edition_id).await?.ok_or(Error::NotFound(Thing::Bank))?;
    let read = |text: &str| crate::store::read_json("edition", edition_id, text);
    Ok(Outline {
        title: read(&found.title)?,
        source: found.source.as_deref().map(read).transpose()?,
        topics: crate::store::read_json("edition", edition_id, &found.topics)?,
        moves: Vec::new(),
    })
}

/// The questions of an edition that another has as well, in their order.
async fn kept_order(tx: &mut Tx, edition_id: &str, other: &BTreeMap<String, String>) -> Result<Vec<String>> {
    let mut ids = banks::order(tx, edition_id).await?;
    ids.retain(|id| other.contains_key(id));
    Ok(ids)
}

/// Compares two editions by their numbers; by default the newest with the one before. For those who may read keys.
pub async fn compare(
    app: &App,
    caller: &Caller,
    name: &str,
    before: Option<i64>,
    after: Option<i64>,
) -> Result<Compared> {
    let mut tx = app.db.read().await?;
    let row = with_keys(&mut tx, caller, name).await?;
    let editions = banks::editions(&mut tx, &row.id).await?;
    let after = after.unwrap_or(row.number);
    let before = before.unwrap_or_else(|| (after - 1).max(1));
    let of = |number: i64| editions.iter().find(|edition| edition.number == number).map(|edition| edition.id.clone());
    let (old, new) = of(before).zip(of(after)).ok_or(Error::NotFound(Thing::Bank))?;
    let (was, is) = (digests(&mut tx, &old).await?, digests(&mut tx, &new).await?);
    let added: Vec<&String> = is.keys().filter(|id| !was.contains_key(*id)).collect();
    let removed: Vec<&String> = was.keys().filter(|id| !is.contains_key(*id)).collect();
    let differs = |(id, digest): &(&String, &String)| is.get(*id).is_some_and(|now| now != *digest);
    let changed: Vec<&String> = was.iter().filter(differs).map(|(id, _)| id).collect();
    let most = limits::COMPARED_QUESTIONS;
    let beyond = |ids: &[&String]| ids.len().saturating_sub(most);
    let mut compared = Compared {
        more: beyond(&added) + beyond(&removed) + beyond(&changed),
        editions,
        before,
        after,
        added: Vec::new(),
        removed: Vec::new(),
        changed: Vec::new(),
        outlines: [outline(&mut tx, &old).await?, outline(&mut tx, &new).await?],
        is_rearranged: kept_order(&mut tx, &old, &is).await? != kept_order(&mut tx, &new, &was).await?,
    };
    for id in added.into_iter().take(most) {
        compared.added.push(one(&mut tx, &new, id).await?);
    }
    for id in removed.into_iter().take(most) {
        compared.removed.push(one(&mut tx, &old, id).await?);
    }
    for id in changed.into_iter().take(most) {
        compared.changed.push((one(&mut tx, &old, id).await?, one(&mut tx, &new, id).await?));
    }
    Ok(compared)
}

async fn digests(tx: &mut Tx, edition_id: &str) -> Result<BTreeMap<String, String>> {
    Ok(banks::question_index(tx, edition_id).await?.into_iter().map(|row| (row.id, row.digest)).collect())
}

async fn one(tx: &mut Tx, edition_id: &str, id: &str) -> Result<Question> {
    let body = banks::find_question(tx, edition_id, id).await?.ok_or_else(|| corrupt(id))?;
    read(edition_id, &body)
}
