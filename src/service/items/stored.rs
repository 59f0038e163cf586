//! Analyses of settled tests as the database keeps them: a question by its bank, edition and id.

use super::{Analysis, View, by_its_key, take};
use crate::app::{App, OfVersion};
use crate::limits;
use crate::rules::items::{Asked, FORM, Flag, OptionFigures, QuestionFigures, TestFigures};
use crate::service::banks::pick;
use crate::service::corrections::in_force;
use crate::service::error::Result;
use crate::service::reports::{Ground, refresh};
use crate::service::tests::Test;
use crate::store::db::Tx;
use crate::store::item_analyses::{self, Place};
use crate::store::{rollups, tests};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Serialize, Deserialize)]
struct Written {
    test: TestFigures,
    questions: Vec<WrittenQuestion>,
}

#[derive(Serialize, Deserialize)]
struct WrittenQuestion {
    bank: String,
    edition: String,
    id: String,
    attempts: usize,
    facility: Option<f64>,
    omitted: usize,
    discrimination: Option<f64>,
    upper_lower: Option<f64>,
    options: Vec<OptionFigures>,
    flags: Vec<Flag>,
}

impl WrittenQuestion {
    fn of(figures: &QuestionFigures) -> Self {
        Self {
            bank: figures.asked.bank.to_string(),
            edition: figures.asked.edition.to_string(),
            id: figures.asked.question.id.clone(),
            attempts: figures.attempts,
            facility: figures.facility,
            omitted: figures.omitted,
            discrimination: figures.discrimination,
            upper_lower: figures.upper_lower,
            options: figures.options.clone(),
            flags: figures.flags.clone(),
        }
    }

    fn figures(self, asked: Asked) -> QuestionFigures {
        QuestionFigures {
            asked,
            attempts: self.attempts,
            facility: self.facility,
            omitted: self.omitted,
            discrimination: self.discrimination,
            upper_lower: self.upper_lower,
            options: self.options,
            flags: self.flags,
        }
    }
}

impl View {
    fn place(&self, version: i64) -> Place<'_> {
        let branch_id = self.top.as_ref().map_or("", |node| &node.id);
        Place { test_id: &self.test.row.id, branch_id, version, form: FORM }
    }

    /// Whether an analysis is kept: nothing of it changes by itself any more, and it is of the whole unit or took long.
    fn is_kept(&self, analysis: &Analysis) -> bool {
        let is_large = analysis.test.attempts >= limits::KEPT_ANALYSIS_ATTEMPTS;
        self.test.row.finished_at_ms.is_some() && (self.is_whole || is_large)
    }
}

/// What is kept of a view, if it is as new as the view.
pub(super) async fn find(app: &App, view: &View) -> Result<Option<OfVersion<Analysis>>> {
    let mut tx = app.db.read().await?;
    let Some((version, figures)) = item_analyses::find(&mut tx, view.place(view.version)).await? else {
        return Ok(None);
    };
    let written: Written = crate::store::read_json("item_analysis", &view.test.row.id, &figures)?;
    let questions = asked(app, &mut tx, &view.test, written.questions).await?;
    Ok(Some(OfVersion { value: Analysis { test: written.test, questions }, version }))
}

/// The questions themselves, with the keys by which they are marked now.
async fn asked(app: &App, tx: &mut Tx, test: &Test, written: Vec<WrittenQuestion>) -> Result<Vec<QuestionFigures>> {
    let rulings = in_force(tx, &test.row.id).await?;
    let names: Vec<(String, String)> = written.iter().map(|one| (one.edition.clone(), one.id.clone())).collect();
    let found = pick(app, tx, names.iter().map(|(edition, id)| (edition.as_str(), id.as_str()))).await?;
    let figures = |one: WrittenQuestion| {
        let question = Arc::clone(found.get(&(one.edition.as_str(), one.id.as_str()))?);
        let asked = by_its_key(&rulings, &one.bank, &one.edition, question);
        Some(one.figures(asked))
    };
    Ok(written.into_iter().filter_map(figures).collect())
}

/// Keeps an analysis that is to be kept.
pub(super) async fn put(app: &App, view: &View, made: &OfVersion<Analysis>) -> Result<()> {
    if !view.is_kept(&made.value) {
        return Ok(());
    }
    let questions = made.value.questions.iter().map(WrittenQuestion::of).collect();
    let written = Written { test: made.value.test.clone(), questions };
    let written = crate::store::write_json("item_analysis", &written)?;
    let mut tx = app.db.write().await?;
    item_analyses::put(&mut tx, view.place(made.version), written).await?;
    Ok(tx.commit().await?)
}

/// Works out what is missing for the whole unit, test by test, so that whoever looks first doesn't wait.
pub async fn keep(app: &App) -> Result<()> {
    let ids = item_analyses::missing(&mut app.db.read().await?, FORM).await?;
    let Some(id) = ids.first() else { return Ok(()) };
    refresh(app, id).await?;
    let mut tx = app.db.read().await?;
    let Some(row) = tests::find_by_id(&mut tx, id).await? else { return Ok(()) };
    let test = Test::read(row)?;
    let ground = Ground::of(&mut tx, &test).await?;
    let version = rollups::version(&mut tx, id).await?;
    drop(tx);
    let view = View::of(&ground, test, ground.whole().cloned(), version);
    let made = take(app, &view).await?;
    put(app, &view, &made).await
}
