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
use crate::store::banks::BankRow;
use crate::store::tests;
use std::collections::{BTreeSet, HashMap};
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

/// How a question was used in settled tests whose report the caller reads.
#[derive(Debug, Clone)]
pub struct Behaved {
    /// How many of these tests asked it.
    pub tests: usize,
    /// Its figures in the newest of them that asked it as it stands today.
    pub last: Option<QuestionFigures>,
}

/// How the questions of a bank behaved in its newest tests, by their ids. For those who may read the bank's keys.
pub(crate) async fn behaved(app: &App, caller: &Caller, bank: &BankRow) -> Result<HashMap<String, Behaved>> {
    let rows = tests::list_of_bank(&mut app.db.read().await?, &bank.id, limits::HISTORY_TESTS).await?;
    let mut analyses = Vec::new();
    for (test, _) in rows {
        match view(app, caller, &test, None).await {
            Ok(view) if view.test.row.finished_at_ms.is_some() => analyses.push(analysis(app, &view).await?),
            // Not settled, or not for the caller.
            Ok(_) | Err(Error::Forbidden(_) | Error::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    let figures = || analyses.iter().flat_map(|analysis| &analysis.value.questions);
    let of_bank = || figures().filter(|figures| *figures.asked.bank == *bank.name);
    let ids: BTreeSet<&str> = of_bank().map(|figures| figures.asked.question.id.as_str()).collect();
    let ids: Vec<String> = ids.into_iter().map(ToOwned::to_owned).collect();
    let now = banks::bodies(&mut app.db.read().await?, &bank.edition_id, &ids).await?;
    let now: HashMap<&str, &Question> = now.iter().map(|question| (question.id.as_str(), question)).collect();
    let mut all: HashMap<String, Behaved> = HashMap::new();
    for figures in of_bank() {
        let asked = &figures.asked.question;
        let behaved = all.entry(asked.id.clone()).or_insert(Behaved { tests: 0, last: None });
        behaved.tests += 1;
        if behaved.last.is_none() && now.get(asked.id.as_str()).is_some_and(|now| **now == **asked) {
            behaved.last = Some(figures.clone());
        }
    }
    Ok(all)
}
