//! What the archive of a test holds beside its documents: corrections, objections and one paper with its keys, without a name.

use crate::app::App;
use crate::rules::blueprint::Review;
use crate::rules::paper::Sheet;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::service::banks::reads_keys;
use crate::service::corrections::{Correction, of_test, with_corrections};
use crate::service::error::{Error, Result};
use crate::service::objections::{Objected, of_test as of_test_objections};
use crate::service::overview::{Asked, chosen};
use crate::service::people::tree;
use crate::service::reports::Ground;
use crate::service::sitting::sheet;
use crate::service::tests::{Standing, Test, find};
use crate::store::db::Tx;
use crate::store::{attempts, banks, results};
use std::collections::HashSet;
use std::sync::Arc;

/// A paper as somebody got it, without saying who.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Its questions, as they are marked now.
    pub sheet: Arc<Sheet>,
}

/// What an archive holds.
#[derive(Debug, Clone)]
pub struct Archived {
    /// The test.
    pub test: Test,
    /// Corrections in their order.
    pub corrections: Vec<Correction>,
    /// Objections to questions and their answers.
    pub objections: Vec<Objected>,
    /// Banks whose keys the caller may see.
    pub keys_of: HashSet<String>,
    /// A paper; `None` where nobody finished one.
    pub sample: Option<Sample>,
}

/// Of a settled test, for whoever may read the report of the whole of it.
pub async fn archived(app: &App, caller: &Caller, name: &str) -> Result<Archived> {
    let mut tx = app.db.read().await?;
    let (test, standing) = archivable(&mut tx, caller, name).await?;
    let corrections = of_test(app, &mut tx, caller, &test).await?;
    // Whose they are is not for a file that leaves the unit.
    let nameless = Standing { manages: false, ..standing };
    let objections = of_test_objections(app, &mut tx, caller, (&test, nameless)).await?;
    let sample = sample(app, &mut tx, &test).await?;
    let keys_of = keys_of(&mut tx, caller, &test).await?;
    Ok(Archived { test, corrections, objections, keys_of, sample })
}

/// Whether the caller may have the archive of a test now.
pub async fn is_offered(app: &App, caller: &Caller, name: &str) -> Result<bool> {
    Ok(archivable(&mut app.db.read().await?, caller, name).await.is_ok())
}

/// Why the archive of a period goes without a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// It isn't settled.
    NotOver,
    /// The caller may read only a part of its report.
    OnlyPart,
}

/// The tests of a quarter or a year.
#[derive(Debug, Clone)]
pub struct Period {
    /// Those whose archive the caller may have.
    pub tests: Vec<Test>,
    /// The others.
    pub missing: Vec<(Test, Missing)>,
}

/// The tests of a period, for whoever may have the archive of one of them at least.
pub async fn of_period(app: &App, caller: &Caller, now_ms: i64, asked: &Asked) -> Result<Period> {
    let (chosen, _) = chosen(app, caller, now_ms, asked).await?;
    let mut tx = app.db.read().await?;
    let mut period = Period { tests: Vec::new(), missing: Vec::new() };
    for test in chosen {
        match archivable(&mut tx, caller, &test.row.name).await {
            Ok(_) => period.tests.push(test),
            Err(Error::TestNotOver) => period.missing.push((test, Missing::NotOver)),
            Err(Error::Forbidden(_)) => period.missing.push((test, Missing::OnlyPart)),
            Err(error) => return Err(error),
        }
    }
    let waits = |(_, missing): &(Test, Missing)| *missing == Missing::NotOver;
    match period.missing.as_slice() {
        _ if !period.tests.is_empty() => Ok(period),
        [] => Err(Error::Invalid { field: "year", expected: "period-with-tests" }),
        missing if missing.iter().any(waits) => Err(Error::TestNotOver),
        _ => Err(Error::Forbidden(Some(Role::Committee))),
    }
}

/// Whether the caller may have the archive of a period now.
pub async fn is_period_offered(app: &App, caller: &Caller, now_ms: i64, asked: &Asked) -> bool {
    asked.year.is_some() && of_period(app, caller, now_ms, asked).await.is_ok()
}

async fn archivable(tx: &mut Tx, caller: &Caller, name: &str) -> Result<(Test, Standing)> {
    let (test, standing) = of_whole(tx, caller, name).await?;
    refuse_unsettled(&test)?;
    Ok((test, standing))
}

/// A test, for whoever may read the report of the whole of it.
pub(crate) async fn of_whole(tx: &mut Tx, caller: &Caller, name: &str) -> Result<(Test, Standing)> {
    let (test, standing) = find(tx, caller, name).await?;
    let ground = Ground::of(tx, &test).await?;
    if !standing.reads_report || !ground.audience.iter().all(|branch| ground.sees(caller, branch)) {
        return Err(Error::Forbidden(Some(Role::Committee)));
    }
    Ok((test, standing))
}

/// Nothing is filed of a test that was cancelled, or isn't settled yet.
pub(crate) fn refuse_unsettled(test: &Test) -> Result<()> {
    if let Some(reason) = &test.row.cancelled_reason {
        return Err(Error::Cancelled { reason: reason.clone() });
    }
    if test.row.finished_at_ms.is_none() { Err(Error::TestNotOver) } else { Ok(()) }
}

/// Banks whose keys the caller may see: by right, and once the test is over those that members see too.
async fn keys_of(tx: &mut Tx, caller: &Caller, test: &Test) -> Result<HashSet<String>> {
    let today = tree(tx).await?;
    let is_reviewed = test.definition.review != Review::Never;
    let reads = |bank: &banks::BankRow| is_reviewed || reads_keys(caller, bank.branch_id.as_deref(), &today);
    Ok(banks::list(tx).await?.into_iter().filter(reads).map(|bank| bank.name).collect())
}

/// The paper of one finished attempt; which one says nothing of the person.
async fn sample(app: &App, tx: &mut Tx, test: &Test) -> Result<Option<Sample>> {
    let rows = results::list_bare(tx, &test.row.id).await?;
    let Some(id) = rows.into_iter().filter(|row| row.finished_at_ms.is_some()).map(|row| row.id).min() else {
        return Ok(None);
    };
    let Some(attempt) = attempts::find(tx, &id).await? else { return Ok(None) };
    let sheet = sheet(app, tx, test, &attempt).await?;
    Ok(Some(Sample { sheet: with_corrections(tx, &test.row.id, sheet).await? }))
}
