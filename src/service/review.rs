//! What a member sees of an own attempt: when review is open, and the score before and after.

use crate::app::App;
use crate::rules::blueprint::Review;
use crate::rules::correction::PartMarks;
use crate::rules::paper::{Item, Marks};
use crate::rules::points::Points;
use crate::service::error::Result;
use crate::service::sitting::Sitting;
use crate::service::tests::{Test, last_deadline};
use crate::service::{make_ups, marking};
use crate::store::attempts::{self, AttemptRow};
use crate::store::db::Tx;
use crate::store::{paper_sittings, pauses, tests};

/// The score of a finished attempt.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Score {
    /// Points won.
    pub score: Points,
    /// Full marks.
    pub full: Points,
    /// Points won in percent of full marks.
    pub percent: Option<f64>,
    /// Whether the pass line is reached.
    pub passed: bool,
    /// Whether the line of excellence is reached.
    pub excellent: bool,
    /// How many responses wait for a person to mark them.
    pub pending: usize,
    /// The receipt.
    pub receipt: String,
}

/// The score, once the attempt is finished.
pub fn score(test: &Test, attempt: &AttemptRow) -> Option<Score> {
    let score = Points::from_hundredths(attempt.score?);
    let full = Points::from_hundredths(attempt.full);
    let definition = &test.definition;
    Some(Score {
        score,
        full,
        percent: score.percent_of(full),
        passed: score.reach(definition.pass, full),
        excellent: score.reach(definition.excellence(), full),
        pending: attempt.marks.as_deref().map_or(0, |marks| marks.matches("null").count()),
        receipt: attempt.receipt.clone().unwrap_or_default(),
    })
}

/// The points of a finished attempt, question by question.
#[derive(Debug, Clone, Default)]
pub struct Given {
    marks: Marks,
    /// What persons gave the parts of cases.
    parts: PartMarks,
}

impl Given {
    /// The points at a position; `None` waits for a person.
    pub fn at(&self, position: i64) -> Option<Points> {
        let index = usize::try_from(position - 1).ok()?;
        self.marks.get(index).copied().flatten().map(Points::from_hundredths)
    }

    /// The points of the parts of a case at a position; `None` waits for a person, or can't be told apart.
    pub fn parts_at(&self, position: i64, item: &Item, stored: Option<&str>) -> Vec<Option<Points>> {
        let by_key = item.part_marks(item.read(stored).as_ref());
        let by_hand = self.parts.get(&position).into_iter().flatten().map(|points| points.map(Points::from_hundredths));
        by_key.into_iter().zip(by_hand.chain(std::iter::repeat(None))).map(|(key, hand)| key.or(hand)).collect()
    }
}

/// The points of an attempt once it is finished.
pub async fn given(app: &App, sitting: &Sitting) -> Result<Given> {
    let id = sitting.attempt.id.as_str();
    let Some(text) = &sitting.attempt.marks else { return Ok(Given::default()) };
    let marks: Marks = crate::store::read_json("attempt", id, text)?;
    let parts = marking::part_marks(&mut app.db.read().await?, &[id]).await?.remove(id).unwrap_or_default();
    Ok(Given { marks, parts })
}

/// Whether the member may see keys and explanations of this attempt now. `after_close` waits for the last personal
/// window of anyone and for every open attempt, so that no key reaches somebody who still sits the test, and for make-ups
/// that ask for it.
pub async fn is_open(app: &App, now_ms: i64, sitting: &Sitting) -> Result<bool> {
    if sitting.attempt.finished_at_ms.is_none() || sitting.test.row.cancelled_reason.is_some() {
        return Ok(false);
    }
    match sitting.test.definition.review {
        Review::Never => Ok(false),
        Review::AfterSubmit => Ok(true),
        Review::AfterClose => opens(app, now_ms, &sitting.test).await,
    }
}

/// Whether keys of a test that are shown after closing may be: it has ended, and so has every make-up that holds them back.
pub async fn opens(app: &App, now_ms: i64, test: &Test) -> Result<bool> {
    let mut tx = app.db.read().await?;
    Ok(has_ended(&mut tx, now_ms, test).await? && !make_ups::holds_review(&mut tx, now_ms, test).await?)
}

/// Whether the last personal window of a test has closed, nothing in it stands still, and no attempt is open any more.
pub async fn is_over(app: &App, now_ms: i64, test: &Test) -> Result<bool> {
    has_ended(&mut app.db.read().await?, now_ms, test).await
}

pub(crate) async fn has_ended(tx: &mut Tx, now_ms: i64, test: &Test) -> Result<bool> {
    if test.row.finished_at_ms.is_some() {
        return Ok(true);
    }
    let windows = tests::windows(tx, &test.row.id).await?;
    if now_ms < last_deadline(&test.definition, &windows) {
        return Ok(false);
    }
    Ok(!attempts::any_open(tx, &test.row.id).await?
        && pauses::list_open(tx, &test.row.id).await?.is_empty()
        && paper_sittings::waiting(tx, &test.row.id).await?.is_empty())
}
