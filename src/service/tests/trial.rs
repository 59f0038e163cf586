//! A paper to look at, drawn as a member's would be but from a seed that is nobody's: not stored, not counted, shown
//! without keys.

use super::compose::{Editions, Known, check, kept};
use super::{Test, find_managed, pool};
use crate::app::App;
use crate::formats::test_json;
use crate::rules::blueprint::Definition;
use crate::rules::draw::Pool;
use crate::rules::paper::{Paper, Pinned, Sheet};
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::service::banks::may_draw;
use crate::service::error::{Error, Result};
use crate::service::people::tree;
use crate::service::sitting;
use crate::store::banks;
use crate::store::db::Tx;
use std::sync::Arc;

/// A paper to look at.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The test as it stands, or as it would be.
    pub definition: Definition,
    /// The questions; their keys stay here.
    pub sheet: Arc<Sheet>,
}

/// Draws a paper of a test. For those who organize it and may draw from its banks.
pub async fn try_saved(app: &App, caller: &Caller, name: &str) -> Result<Trial> {
    let mut tx = app.db.read().await?;
    let test = find_managed(&mut tx, caller, name).await?;
    let tree = tree(&mut tx).await?;
    let known = banks::list(&mut tx).await?;
    let pool = pool(app, &mut tx, &test).await?;
    let may = |pin: &Pinned| known.iter().any(|bank| bank.name == pin.bank && may_draw(caller, bank, &tree));
    if !pool.1.iter().all(may) {
        return Err(Error::Forbidden(Some(Role::Organizer)));
    }
    draw(app, &mut tx, test.definition, &pool.0, &pool.1).await
}

/// Draws a paper of a test file that isn't saved; `test` names the test that it would change.
pub async fn try_out(app: &App, caller: &Caller, file: &[u8], test: Option<(&Test, Editions)>) -> Result<Trial> {
    if !caller.has(Role::Organizer) {
        return Err(Error::Forbidden(Some(Role::Organizer)));
    }
    let mut definition = test_json::read(file).map_err(Error::File)?;
    let mut tx = app.db.read().await?;
    let kept = match test {
        Some((test, editions)) => kept(&mut tx, test, editions).await?,
        None => Vec::new(),
    };
    let known = Known { editions: kept, ..Known::default() };
    let checked = check(&mut tx, caller, &mut definition, &known).await?;
    draw(app, &mut tx, definition, &checked.pool, &checked.pinned).await
}

async fn draw(app: &App, tx: &mut Tx, definition: Definition, pool: &Pool, pinned: &[Pinned]) -> Result<Trial> {
    let drawn = pool.draw(app.randomness.bytes(), &[]).ok_or(Error::Shortfall(Vec::new()))?;
    let paper = Paper::of(pool, pinned, &drawn);
    let sheet = sitting::drawing::sheet(app, tx, &definition, &paper).await?;
    Ok(Trial { definition, sheet })
}
