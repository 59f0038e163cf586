//! Whole sittings at a stroke, for data that doesn't come from browsers: papers are drawn, answers checked, and results
//! marked and traced as in any other sitting.

use super::drawing;
use crate::app::App;
use crate::rules::paper::Item;
use crate::rules::question::Response;
use crate::service::error::{Error, Result, Thing};
use crate::service::tests::{Test, pool, window_of};
use crate::store::answer_writer::{FinishedBy, WholeSitting, store_whole};
use crate::store::attempts::AttemptRow;
use crate::store::db::Tx;
use crate::store::tests;
use serde_json::Value;

/// Somebody who sits a test for the first time.
#[derive(Debug, Clone)]
pub struct Sitter {
    /// Who.
    pub person_id: String,
    /// Where the member stands.
    pub branch_id: String,
    /// When the sitting begins.
    pub starts_at_ms: i64,
    /// When it ends, if the time allows.
    pub ends_at_ms: i64,
}

/// Lets members sit a test, one after the other; `respond` answers a question of one of them, by their place in the
/// list. Returns how many have.
pub async fn sit_whole(
    app: &App,
    name: &str,
    sitters: &[Sitter],
    mut respond: impl FnMut(usize, &Item) -> Option<Value>,
) -> Result<usize> {
    let mut tx = app.db.read().await?;
    let test = Test::read(tests::find(&mut tx, name).await?.ok_or(Error::NotFound(Thing::Test))?)?;
    let mut sittings = Vec::with_capacity(sitters.len());
    for (index, sitter) in sitters.iter().enumerate() {
        sittings.push(sitting(app, &mut tx, &test, sitter, |item| respond(index, item)).await?);
    }
    drop(tx);
    Ok(store_whole(&app.db, &sittings).await?)
}

async fn sitting(
    app: &App,
    tx: &mut Tx,
    test: &Test,
    sitter: &Sitter,
    mut respond: impl FnMut(&Item) -> Option<Value>,
) -> Result<WholeSitting> {
    let pool = pool(app, tx, test).await?;
    let later = drawing::later(tx, &pool, &sitter.person_id, &[]).await?;
    let who = (sitter.person_id.as_str(), sitter.branch_id.as_str());
    let (attempt, paper) = drawing::draw(test, &pool, who, 1, &later)?;
    let deadline_at_ms =
        window_of(tx, test, &sitter.person_id).await?.deadline(sitter.starts_at_ms, test.definition.minutes);
    let sheet = drawing::sheet(app, tx, &test.definition, &paper).await?;
    let mut responses = Vec::with_capacity(sheet.items.len());
    for (position, item) in (1_i64..).zip(&sheet.items) {
        let Some(given) = respond(item) else { continue };
        if let Some(response) = Response::decode(&item.shape(), &given).map_err(Error::Misfit)? {
            responses.push((position, crate::store::write_json("response", &response)?));
        }
    }
    Ok(WholeSitting {
        attempt: AttemptRow {
            id: app.randomness.id(sitter.starts_at_ms),
            started_at_ms: sitter.starts_at_ms,
            deadline_at_ms,
            ..attempt
        },
        test_revision: test.row.revision,
        sheet,
        responses,
        ends_at_ms: sitter.ends_at_ms.min(deadline_at_ms),
        by: FinishedBy::Member,
        actor_id: Some(sitter.person_id.clone()),
    })
}
