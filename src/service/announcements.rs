//! What the announcement of a test is made from: the test, who takes it, and whom to ask.

use crate::app::App;
use crate::rules::presence::Presence;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::service::error::{Error, Result};
use crate::service::tests::{Test, counted, find, unit_names};
use crate::store::{presence, results};
use std::collections::HashSet;

/// What an announcement is made from.
#[derive(Debug, Clone)]
pub struct Announced {
    /// The test.
    pub test: Test,
    /// Names of the branches that take it, and of those taken out again.
    pub units: (Vec<String>, Vec<String>),
    /// How many are due.
    pub due: usize,
    /// Whom to ask; empty where that isn't known.
    pub asks: String,
}

/// Of a test that the caller organizes or reads the report of.
pub async fn announced(app: &App, caller: &Caller, name: &str) -> Result<Announced> {
    let mut tx = app.db.read().await?;
    let (test, standing) = find(&mut tx, caller, name).await?;
    if !standing.manages && !standing.reads_report {
        return Err(Error::Forbidden(Some(Role::Organizer)));
    }
    let rows = results::list_bare(&mut tx, &test.row.id).await?;
    let is_exempt = |row: &presence::PresenceRow| row.state == Presence::Exempt.name();
    let exempt: HashSet<String> =
        presence::list(&mut tx, &test.row.id).await?.into_iter().filter(is_exempt).map(|row| row.person_id).collect();
    let counted = counted(&mut tx, &test.row, &rows).await?;
    let due = counted.keys().filter(|person| !exempt.contains(*person)).count();
    drop(tx);
    let units = unit_names(app, &test.definition).await?;
    let asks = if standing.manages { caller.name.clone() } else { String::new() };
    Ok(Announced { test, units, due, asks })
}
