//! Reading what the attempts that count hold: some hundred at a time, so that neither memory nor a read transaction
//! grows with a test.

use super::by_its_key;
use crate::app::App;
use crate::limits;
use crate::rules::correction::{Counting, Ruling, Rulings};
use crate::rules::items::{Answer, Chosen, Sittings};
use crate::rules::paper::{Entry, Marks, Paper};
use crate::service::banks::pick;
use crate::service::corrections::in_force;
use crate::service::error::Result;
use crate::service::tests::Test;
use crate::store::db::Tx;
use crate::store::results::{self, PaperRow};
use std::collections::HashMap;
use std::sync::Arc;

/// The attempts that count, by id: the attempt, and the branch where it does.
pub(super) type Kept = Vec<(String, String)>;

/// Indices of questions by edition and id.
type Known = HashMap<String, HashMap<String, u32>>;

/// Reads them all.
pub(super) async fn gather(app: &App, test: &Test, kept: &Kept) -> Result<Sittings> {
    let mut sittings = Sittings::new(test.definition.sections.iter().map(|section| section.points).collect());
    let mut known = Known::new();
    let rulings = in_force(&mut app.db.read().await?, &test.row.id).await?;
    for chunk in kept.chunks(limits::ANALYSED_CHUNK_ATTEMPTS) {
        let ids: Vec<&str> = chunk.iter().map(|(id, _)| id.as_str()).collect();
        let mut tx = app.db.read().await?;
        let rows = results::papers(&mut tx, &ids).await?;
        let responses: HashMap<String, String> = results::responses(&mut tx, &ids).await?.into_iter().collect();
        let papers = read(&rows)?;
        learn(app, &mut tx, (&papers, &rulings), &mut known, &mut sittings).await?;
        drop(tx);
        let branches: HashMap<&str, &str> = chunk.iter().map(|(id, branch)| (id.as_str(), branch.as_str())).collect();
        for (row, (paper, marks)) in rows.iter().zip(&papers) {
            let Some(branch) = branches.get(row.id.as_str()) else { continue };
            let stored = responses.get(row.id.as_str()).map(String::as_str).unwrap_or_default();
            let answers = answers((&sittings, &rulings), &known, paper, marks, stored);
            sittings.add_attempt(branch, answers);
        }
        // Other work goes on while a large test is read.
        tokio::task::yield_now().await;
    }
    Ok(sittings)
}

fn read(rows: &[PaperRow]) -> Result<Vec<(Paper, Marks)>> {
    let one = |row: &PaperRow| {
        let paper = crate::store::read_json("attempt", &row.id, &row.paper)?;
        let marks = crate::store::read_json("attempt", &row.id, row.marks.as_deref().unwrap_or("[]"))?;
        Ok((paper, marks))
    };
    rows.iter().map(one).collect()
}

fn index(known: &Known, entry: &Entry) -> Option<u32> {
    known.get(&entry.edition)?.get(&entry.id).copied()
}

/// Reads the questions that were met for the first time, with the keys by which they are marked now.
async fn learn(
    app: &App,
    tx: &mut Tx,
    (papers, rulings): (&[(Paper, Marks)], &Rulings),
    known: &mut Known,
    sittings: &mut Sittings,
) -> Result<()> {
    let mut banks: HashMap<(&str, &str), &str> = HashMap::new();
    for (paper, _) in papers {
        let new = paper.entries().map(|(_, entry)| entry).filter(|entry| index(known, entry).is_none());
        banks.extend(new.map(|entry| ((entry.edition.as_str(), entry.id.as_str()), entry.bank.as_str())));
    }
    let found = pick(app, tx, banks.keys().copied()).await?;
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_unstable_by_key(|(name, _)| *name);
    for ((edition, id), question) in found {
        let bank = banks.get(&(edition, id)).copied().unwrap_or_default();
        let asked = by_its_key(rulings, bank, edition, question);
        let index = sittings.add_question(asked);
        known.entry(edition.to_owned()).or_default().insert(id.to_owned(), index);
    }
    Ok(())
}

/// What an attempt holds, position by position; `stored` are its responses as [`results::responses`] gives them. A question that doesn't count is
/// left out: its points are those of the rest.
fn answers(
    (sittings, rulings): (&Sittings, &Rulings),
    known: &Known,
    paper: &Paper,
    marks: &Marks,
    stored: &str,
) -> Vec<Answer> {
    let mut stored = stored.split('\n').filter_map(results::response_of_line).peekable();
    let mut answer = |position: i64, section: usize, entry: &Entry, mark: Option<i64>| {
        while stored.next_if(|(at, _)| *at < position).is_some() {}
        let response = stored.next_if(|(at, _)| *at == position).map(|(_, response)| response);
        let is_void = |ruling: &Arc<Ruling>| ruling.counting == Counting::Not;
        if !rulings.is_empty() && rulings.get(&(entry.bank.clone(), entry.id.clone())).is_some_and(is_void) {
            return None;
        }
        let question = index(known, entry)?;
        let asked = sittings.questions().get(usize::try_from(question).ok()?)?;
        Some(Answer {
            question,
            mark: u32::try_from(mark.unwrap_or_default()).unwrap_or_default(),
            chosen: Chosen::read(&asked.question, &entry.options, response),
            section: u16::try_from(section).unwrap_or(u16::MAX),
        })
    };
    let entries = (1_i64..).zip(paper.entries()).zip(marks);
    entries.filter_map(|((position, (section, entry)), mark)| answer(position, section, entry, *mark)).collect()
}
