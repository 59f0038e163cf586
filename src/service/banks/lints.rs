//! What is suspicious in the newest edition of a bank.

use super::{corrupt, with_keys};
use crate::app::App;
use crate::limits;
use crate::rules::lint::{Lint, Suspect, lints_of};
use crate::rules::question::Question;
use crate::rules::rights::Caller;
use crate::service::error::{Error, Result};
use crate::store::banks;
use std::sync::Arc;

/// Everything suspicious in a bank, for those who may read its keys. An edition never changes, so it is looked through
/// once, apart from the threads that answer requests.
pub async fn suspects(app: &App, caller: &Caller, name: &str) -> Result<Arc<Vec<Suspect>>> {
    let mut tx = app.db.read().await?;
    let edition = with_keys(&mut tx, caller, name).await?.edition_id;
    if let Some(known) = app.caches.suspects.get(&edition) {
        return Ok(known);
    }
    let (mut bodies, mut from) = (Vec::new(), 0_i64);
    loop {
        let some = banks::list_questions(&mut tx, &edition, from, limits::SEARCH_CHUNK_QUESTIONS).await?;
        if some.is_empty() {
            break;
        }
        from += limits::SEARCH_CHUNK_QUESTIONS;
        bodies.extend(some);
    }
    drop(tx);
    let read = move || {
        let questions: serde_json::Result<Vec<Question>> =
            bodies.iter().map(|(body,)| serde_json::from_str(body)).collect();
        questions.map(|questions| {
            let id = |index| questions.get(index).map(|question: &Question| question.id.clone());
            let suspect = |lint: Lint| Suspect { question: lint.question.and_then(id), lint };
            lints_of(&questions).into_iter().map(suspect).collect::<Vec<_>>()
        })
    };
    let found = tokio::task::spawn_blocking(read).await.map_err(|_| Error::Busy)?;
    let found = Arc::new(found.map_err(|_| corrupt(&edition))?);
    app.caches.suspects.insert(edition, Arc::clone(&found));
    Ok(found)
}
