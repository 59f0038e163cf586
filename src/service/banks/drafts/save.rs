//! One question of a bank: looked at, saved as a change that waits, taken back.

use super::publish::whole;
use super::{Checked, Saved, Wish};
use crate::app::App;
use crate::formats::bank_json;
use crate::formats::bundle::Beside;
use crate::limits;
use crate::rules::bank::{Bank, Problem};
use crate::rules::lint::lints_of;
use crate::rules::rights::Caller;
use crate::rules::text::is_name;
use crate::service::banks::{digest_of, pictures, with_keys};
use crate::service::error::{Error, Result, Thing};
use crate::store::bank_changes::{self, ChangeRow};
use crate::store::banks;
use serde_json::Value;

/// A question put into a bank's file at a place, or behind its last, and read there, with every mistake that is in it; their
/// pointers begin with `/questions/0`.
fn in_file(mut file: Value, index: usize, question: &Value) -> std::result::Result<Checked, Vec<Problem>> {
    if let Some(list) = file.get_mut("questions").and_then(Value::as_array_mut) {
        match list.get_mut(index) {
            Some(known) => *known = question.clone(),
            None => list.push(question.clone()),
        }
    }
    let own = format!("/questions/{index}");
    let bank = bank_json::read(file.to_string().as_bytes()).map_err(|problems| {
        let told = problems.into_iter().map(|mut problem| {
            if let Some(rest) = problem.pointer.strip_prefix(&own) {
                problem.pointer = format!("/questions/0{rest}");
            }
            // There is no file for a place to be in.
            problem.place = crate::rules::bank::Place::default();
            problem
        });
        told.collect::<Vec<_>>()
    })?;
    let lints = if bank.questions.len() <= limits::LINTED_TOGETHER { lints_of(&bank.questions) } else { Vec::new() };
    let lints = lints.into_iter().filter(|lint| lint.question == Some(index)).collect();
    let question = bank.questions.into_iter().nth(index).ok_or_else(Vec::new)?;
    Ok(Checked { question, lints })
}

fn checked(bank: &Bank, question: &Value) -> std::result::Result<Checked, Vec<Problem>> {
    let id = question.get("id").and_then(Value::as_str).unwrap_or_default();
    let place = bank.questions.iter().position(|known| known.id == id).unwrap_or(bank.questions.len());
    in_file(serde_json::from_str(&bank_json::write(bank)).unwrap_or_default(), place, question)
}

/// Looks at a question as it would stand in its bank, and changes nothing.
pub async fn check(app: &App, caller: &Caller, name: &str, question: Value) -> Result<Checked> {
    let bank = whole(&mut app.db.read().await?, caller, name).await?.bank;
    let looked = move || {
        let checked = checked(&bank, &question)?;
        let mut alone = Bank { questions: vec![checked.question.clone()], ..Bank::default() };
        pictures::take(&mut alone, &Beside::Nothing).map(|shown| (checked, shown))
    };
    let (checked, shown) = tokio::task::spawn_blocking(looked).await.map_err(|_| Error::Busy)?.map_err(Error::File)?;
    pictures::check(app, &shown).await?;
    Ok(checked)
}

/// Saves a question as a change that waits, unless another version is there than the one that was seen. One that isn't
/// sound waits only where that is wished for.
pub async fn save(app: &App, caller: &Caller, now_ms: i64, name: &str, wish: Wish) -> Result<Saved> {
    let id = wish.question.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let (body, lints, problems) = match check(app, caller, name, wish.question.clone()).await {
        Ok(Checked { question, lints }) => (crate::store::write_json("bank_change", &question)?, lints, Vec::new()),
        Err(Error::File(problems)) if wish.unfinished && is_name(&id) => {
            (wish.question.to_string(), Vec::new(), problems)
        }
        Err(error) => return Err(error),
    };
    let version = digest_of(&body);
    let state = if problems.is_empty() { bank_changes::SOUND } else { bank_changes::UNFINISHED };
    let mut tx = app.db.write().await?;
    let row = with_keys(&mut tx, caller, name).await?;
    let published = banks::find_question(&mut tx, &row.edition_id, &id).await?;
    let base_digest = published.as_deref().map(digest_of).unwrap_or_default();
    let known = bank_changes::find(&mut tx, &row.id, &id).await?.map(|change| change.digest);
    if known.as_ref().unwrap_or(&base_digest) != &wish.seen {
        return Err(Error::ChangedMeanwhile);
    }
    let is_as_published = version == base_digest;
    let is_done = match (&known, is_as_published) {
        (None, true) => true,
        (Some(known), true) => bank_changes::delete(&mut tx, &row.id, &id, known).await?,
        (known, false) => {
            let change = ChangeRow {
                question_id: id.clone(),
                body,
                state: state.to_owned(),
                digest: version.clone(),
                base_digest,
                changed_at_ms: now_ms,
                changed_by: caller.person_id.clone(),
            };
            bank_changes::put(&mut tx, &row.id, &change, known.as_deref().unwrap_or_default()).await?
        }
    };
    if !is_done {
        return Err(Error::ChangedMeanwhile);
    }
    tx.commit().await?;
    Ok(Saved { lints, problems, version, is_as_published })
}

/// Takes a change of a version back.
pub async fn discard(app: &App, caller: &Caller, name: &str, id: &str, version: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    let row = with_keys(&mut tx, caller, name).await?;
    if bank_changes::find(&mut tx, &row.id, id).await?.is_none() {
        return Err(Error::NotFound(Thing::Question));
    }
    if !bank_changes::delete(&mut tx, &row.id, id, version).await? {
        return Err(Error::ChangedMeanwhile);
    }
    Ok(tx.commit().await?)
}
