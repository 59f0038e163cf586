//! What is suspicious in the newest edition of a bank.

use super::with_keys;
use crate::app::App;
use crate::rules::lint::{Lint, Suspect, lints_of};
use crate::rules::question::Question;
use crate::rules::rights::Caller;
use crate::service::error::{Error, Result};
use crate::service::search::through;
use std::sync::Arc;

/// Everything suspicious in a bank, for those who may read its keys. An edition never changes, so it is looked through
/// once, apart from the threads that answer requests.
pub async fn suspects(app: &App, caller: &Caller, name: &str) -> Result<Arc<Vec<Suspect>>> {
    let edition = with_keys(&mut app.db.read().await?, caller, name).await?.edition_id;
    suspects_of(app, &edition).await
}

/// Everything suspicious in an edition; whether it is for the caller is for who asks to know.
pub(crate) async fn suspects_of(app: &App, edition: &str) -> Result<Arc<Vec<Suspect>>> {
    if let Some(known) = app.caches.suspects.get(edition) {
        return Ok(known);
    }
    let _alone = app.shelving.lock().await;
    if let Some(known) = app.caches.suspects.get(edition) {
        return Ok(known);
    }
    let all: Vec<(i64, Question)> = through(app, edition, Vec::new(), |all, place, one| all.push((place, one))).await?;
    let look = move || {
        let mut all = all;
        all.sort_by_key(|(place, _)| *place);
        let questions: Vec<Question> = all.into_iter().map(|(_, question)| question).collect();
        let id = |index| questions.get(index).map(|question: &Question| question.id.clone());
        let suspect = |lint: Lint| Suspect { question: lint.question.and_then(id), lint };
        lints_of(&questions).into_iter().map(suspect).collect::<Vec<_>>()
    };
    let found = Arc::new(tokio::task::spawn_blocking(look).await.map_err(|_| Error::Busy)?);
    app.caches.suspects.insert(edition.to_owned(), Arc::clone(&found));
    Ok(found)
}
