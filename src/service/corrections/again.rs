//! Marking attempts again after a correction: which results change, and keeping what follows.

use super::{CorrectionRow, Resolved, changes, state, stored};
use crate::app::App;
use crate::rules::correction::{Change, PartMarks, Rulings, Standing, corrected, marked_again, rulings};
use crate::rules::paper::{Marks, Paper, score};
use crate::service::accounts::event;
use crate::service::error::Result;
use crate::service::marking;
use crate::service::sitting::drawing;
use crate::service::tests::Test;
use crate::store::attempts::AttemptRow;
use crate::store::db::Tx;
use crate::store::late::{AmendmentRow, CORRECTION};
use crate::store::{corrections, details, trace};
use std::collections::{HashMap, HashSet};

/// Attempts marked again in one transaction: well under 20 ms.
const CHUNK: i64 = 100;
/// For how long whoever decided is trusted to be at work on it.
pub(super) const PATIENCE_MS: i64 = 60_000;

/// How attempts of a test are marked.
pub(super) struct Rule<'a> {
    test: &'a Test,
    subject: &'a Resolved,
    rulings: Rulings,
    /// Marks that somebody changed one by one, by attempt: position → points.
    one_by_one: HashMap<String, HashMap<i64, i64>>,
}

impl<'a> Rule<'a> {
    /// The rule once `subject` counts as the last of all changes.
    pub(super) async fn with(tx: &mut Tx, test: &'a Test, subject: &'a Resolved) -> Result<Self> {
        let mut all = changes(tx, &test.row.id).await?;
        let last = (subject.named.clone(), subject.change.clone());
        if all.last() != Some(&last) {
            all.push(last);
        }
        let mut one_by_one: HashMap<String, HashMap<i64, i64>> = HashMap::new();
        for (_, change) in &all {
            if let Change::Mark { attempt, position, points } = change {
                one_by_one.entry(attempt.clone()).or_default().insert(*position, points.hundredths());
            }
        }
        Ok(Self { test, subject, rulings: rulings(all.iter().map(|(named, change)| (named, change))), one_by_one })
    }

    pub(super) const fn rulings(&self) -> &Rulings {
        &self.rulings
    }

    /// Whether an attempt can be concerned at all.
    fn concerns(&self, attempt: &AttemptRow, paper: &Paper) -> bool {
        match &self.subject.change {
            Change::Mark { attempt: id, .. } => *id == attempt.id,
            _ => {
                paper.entries().any(|(_, entry)| entry.bank == self.subject.named.0 && entry.id == self.subject.named.1)
            }
        }
    }

    /// Marks before and after, of an attempt whose result changes.
    async fn change(
        &self,
        app: &App,
        tx: &mut Tx,
        attempt: &AttemptRow,
        (answers, parts): (&HashMap<i64, String>, &PartMarks),
    ) -> Result<Option<(Marks, Marks)>> {
        let paper = paper(attempt)?;
        if !self.concerns(attempt, &paper) {
            return Ok(None);
        }
        let sheet = drawing::sheet(app, tx, &self.test.definition, &paper).await?;
        let before = marks(attempt)?;
        let mut given = before.clone();
        let none = HashMap::new();
        let mine = self.one_by_one.get(&attempt.id).unwrap_or(&none);
        for (position, points) in mine {
            let index = usize::try_from(position - 1).unwrap_or(usize::MAX);
            if let Some(mark) = given.get_mut(index) {
                *mark = Some(*points);
            }
        }
        let kept: HashSet<i64> = mine.keys().copied().collect();
        let standing = Standing { marks: &given, kept: &kept, parts };
        let after = marked_again(&corrected(&sheet, &self.rulings), answers, standing);
        Ok((after != before).then_some((before, after)))
    }
}

pub(super) fn paper(attempt: &AttemptRow) -> Result<Paper> {
    Ok(crate::store::read_json("attempt", &attempt.id, &attempt.paper)?)
}

fn marks(attempt: &AttemptRow) -> Result<Marks> {
    Ok(crate::store::read_json("attempt", &attempt.id, attempt.marks.as_deref().unwrap_or("[]"))?)
}

/// A result that changes.
#[derive(Debug, Clone)]
pub(super) struct Changed {
    /// As it is.
    pub(super) attempt: AttemptRow,
    /// Its marks as they are.
    before: Marks,
    /// As they will be.
    pub(super) after: Marks,
}

async fn changed_among(app: &App, tx: &mut Tx, rule: &Rule<'_>, attempts: Vec<AttemptRow>) -> Result<Vec<Changed>> {
    let ids: Vec<&str> = attempts.iter().map(|attempt| attempt.id.as_str()).collect();
    let mut answers: HashMap<String, HashMap<i64, String>> = HashMap::new();
    for (attempt, position, response) in corrections::responses(tx, &ids).await? {
        if let Some(response) = response {
            answers.entry(attempt).or_default().insert(position, response);
        }
    }
    let parts = marking::part_marks(tx, &ids).await?;
    let (none, no_parts, mut changed) = (HashMap::new(), HashMap::new(), Vec::new());
    for attempt in attempts {
        let answers = answers.get(&attempt.id).unwrap_or(&none);
        let parts = parts.get(&attempt.id).unwrap_or(&no_parts);
        if let Some((before, after)) = rule.change(app, tx, &attempt, (answers, parts)).await? {
            changed.push(Changed { attempt, before, after });
        }
    }
    Ok(changed)
}

/// A page of finished attempts after an id: those whose result changes, and where to go on.
async fn page(app: &App, tx: &mut Tx, rule: &Rule<'_>, after: &str) -> Result<(Vec<Changed>, Option<String>)> {
    let attempts = corrections::attempts_after(tx, &rule.test.row.id, after, CHUNK).await?;
    let last = attempts.last().map(|attempt| attempt.id.clone());
    Ok((changed_among(app, tx, rule, attempts).await?, last))
}

/// Every result that changes.
pub(super) async fn changed(app: &App, tx: &mut Tx, rule: &Rule<'_>) -> Result<Vec<Changed>> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let (changed, last) = page(app, tx, rule, &after).await?;
        all.extend(changed);
        match last {
            Some(last) => after = last,
            None => return Ok(all),
        }
    }
}

/// Marks every attempt of the test again, a few at a time; what was done already stays as it is.
pub(super) async fn apply(app: &App, now_ms: i64, test: &Test, mut row: CorrectionRow) -> Result<CorrectionRow> {
    let mut tx = app.db.read().await?;
    let subject = stored(app, &mut tx, test, &row).await?;
    let rule = Rule::with(&mut tx, test, &subject).await?;
    drop(tx);
    let mut after = String::new();
    loop {
        let (changed, last) = page(app, &mut app.db.read().await?, &rule, &after).await?;
        if !changed.is_empty() {
            amend(app, now_ms, &rule, &row, &changed).await?;
        }
        match last {
            Some(last) => after = last,
            None => break,
        }
    }
    row.state = String::from(state::APPLIED);
    let mut tx = app.db.write().await?;
    corrections::move_on(&mut tx, &row, state::APPLYING).await?;
    tx.commit().await?;
    Ok(row)
}

/// Amends results as they are once nobody else can change them.
async fn amend(app: &App, now_ms: i64, rule: &Rule<'_>, row: &CorrectionRow, changed: &[Changed]) -> Result<()> {
    let ids: Vec<&str> = changed.iter().map(|one| one.attempt.id.as_str()).collect();
    let mut tx = app.db.write().await?;
    let held = corrections::hold(&mut tx, &ids).await?;
    let last: HashMap<String, i64> = corrections::last_decisions(&mut tx, &ids).await?.into_iter().collect();
    let mut amendments = Vec::new();
    for Changed { attempt, before, after } in changed_among(app, &mut tx, rule, held).await? {
        amendments.push(AmendmentRow {
            id: app.randomness.id(now_ms),
            kind: CORRECTION.to_owned(),
            accepted: true,
            reason: row.reason.clone(),
            decided_by: row.decided_by.clone(),
            decided_at_ms: last.get(&attempt.id).map_or(now_ms, |last| now_ms.max(last + 1)),
            marks_before: attempt.marks.unwrap_or_default(),
            score_before: score(&before),
            score: score(&after),
            marks: crate::store::write_json("attempt", &after)?,
            correction_id: Some(row.id.clone()),
            position: None,
            parts: None,
            attempt_id: attempt.id,
        });
    }
    let by =
        crate::rules::rights::Caller { person_id: row.decided_by.clone(), ..crate::rules::rights::Caller::operator() };
    let told = |one: &AmendmentRow| {
        event(&by, one.decided_at_ms, "attempt-corrected", &one.attempt_id, &details::corrected(one))
    };
    corrections::amend_all(&mut tx, &amendments).await?;
    trace::append_all(&mut tx, &amendments.iter().map(told).collect::<Vec<_>>()).await?;
    tx.commit().await?;
    Ok(())
}
