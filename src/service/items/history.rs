//! One question of a bank, and how it behaved in each test that asked it.

use super::{analysis, view};
use crate::app::App;
use crate::limits;
use crate::rules::items::QuestionFigures;
use crate::rules::question::Question;
use crate::rules::rights::Caller;
use crate::service::banks::{self, Listed};
use crate::service::error::{Error, Result, Thing};
use crate::service::tests::Test;
use crate::store::tests;
use std::sync::Arc;

/// How a question behaved in one test.
#[derive(Debug, Clone)]
pub struct Behaviour {
    /// The test.
    pub test: Test,
    /// The number of the edition that the test drew from.
    pub edition: i64,
    /// Its figures, over the branches that the caller sees.
    pub figures: QuestionFigures,
}

/// A question with its past.
#[derive(Debug, Clone)]
pub struct History {
    /// Its bank.
    pub bank: Listed,
    /// The question as the newest edition has it; where it isn't in it any more, as the last test had it.
    pub question: Arc<Question>,
    /// Whether the newest edition still has it.
    pub is_current: bool,
    /// Test by test, the newest opening first.
    pub tests: Vec<Behaviour>,
}

/// How a question of a bank behaved in the tests whose report the caller reads. For those who may read the bank's keys.
pub async fn history(app: &App, caller: &Caller, name: &str, id: &str) -> Result<History> {
    let (bank, current) = banks::with_question(app, caller, name, id).await?;
    let rows = tests::list_of_bank(&mut app.db.read().await?, &bank.row.id, limits::HISTORY_TESTS).await?;
    let mut behaviours = Vec::new();
    for (test, edition) in rows {
        let view = match view(app, caller, &test, None).await {
            Ok(view) => view,
            // A test that isn't for the caller.
            Err(Error::Forbidden(_) | Error::NotFound(_)) => continue,
            Err(error) => return Err(error),
        };
        let analysis = analysis(app, &view).await?;
        let is_meant = |one: &&QuestionFigures| *one.asked.bank == *name && one.asked.question.id == id;
        if let Some(figures) = analysis.value.questions.iter().find(is_meant) {
            behaviours.push(Behaviour { test: view.test, edition, figures: figures.clone() });
        }
    }
    let question =
        current.clone().or_else(|| behaviours.first().map(|behaviour| Arc::clone(&behaviour.figures.asked.question)));
    Ok(History {
        question: question.ok_or(Error::NotFound(Thing::Question))?,
        is_current: current.is_some(),
        bank,
        tests: behaviours,
    })
}
