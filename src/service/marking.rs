//! What a person has to mark: written answers, and gaps that are nearly right. Question by question, without saying whose
//! a response is. Every mark that comes to a result is an amendment of the attempt's result and a link of the chain.
//!
//! Marking is for those who organize the test, and for those whom they name, who see nothing else of it. Where the test
//! asks for two, nobody sees another's mark before the own.

mod give;
mod named;

pub use give::{Awarded, Given, mark};
pub use named::{Marker, Queue, end, list_markers, name, queues};

use crate::app::App;
use crate::rules::correction::{PartMarks, Rulings, corrected};
use crate::rules::paper::{Item, Marks};
use crate::rules::points::Points;
use crate::rules::question::Response;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::service::corrections;
use crate::service::error::{Error, Result};
use crate::service::people::tree;
use crate::service::sitting::sheet;
use crate::service::tests::{Test, find_managed, standing};
use crate::store::attempts::{self, AttemptRow};
use crate::store::db::Tx;
use crate::store::late::{self, MARKING};
use crate::store::markers::{self, GivenRow};
use crate::store::tests;
use crate::store::trace::sha256_hex;
use std::collections::{BTreeMap, HashMap};

/// A response that a person has to mark, or has marked.
#[derive(Debug, Clone)]
pub struct Written {
    /// What stands for it: neither a name nor an attempt follows from it.
    pub key: String,
    /// The question, in the order of this paper.
    pub item: Item,
    /// The response.
    pub response: Response,
    /// Its mark, once it has one.
    pub mark: Option<Points>,
    /// Whether two marks lie so far apart that a third person decides.
    pub third: bool,
}

impl Written {
    /// What the parts of a case earn by their keys; `None` where a person says so. Empty for other kinds.
    pub fn part_marks(&self) -> Vec<Option<Points>> {
        self.item.part_marks(Some(&self.response))
    }
}

/// A question of a test with what there is to mark.
#[derive(Debug, Clone)]
pub struct Question {
    /// The bank and the question's id, which together name it.
    pub name: String,
    /// What waits, in an order that tells nothing.
    pub waiting: Vec<Written>,
    /// What a person has marked, likewise; for somebody who was named, the own ones.
    pub marked: Vec<Written>,
    /// How many the caller has marked that wait for somebody else's mark.
    pub others: usize,
}

/// What the caller is to the marking of a test.
struct Desk {
    test: Test,
    /// Organizes the test; otherwise was named to mark.
    manages: bool,
}

/// The test, for those who mark at it. Whoever may still sit it doesn't read model answers for having been named.
async fn desk(tx: &mut Tx, caller: &Caller, name: &str) -> Result<Desk> {
    let refused = match find_managed(tx, caller, name).await {
        Ok(test) => return Ok(Desk { test, manages: true }),
        Err(error) => error,
    };
    let Some(person_id) = &caller.person_id else { return Err(refused) };
    let Some(row) = tests::find(tx, name).await? else { return Err(refused) };
    if !markers::is_named(tx, &row.id, person_id).await? {
        return Err(refused);
    }
    let tree = tree(tx).await?;
    if row.finished_at_ms.is_none() && standing(tx, caller, &tree, &row).await?.sits {
        return Err(Error::TestNotOver);
    }
    Ok(Desk { test: Test::read(row)?, manages: false })
}

/// What is known of an attempt's marks by hand.
struct ByHand {
    /// Positions that have a mark by hand, with who gave the last.
    marked: HashMap<i64, Option<String>>,
    /// Marks that come to a result only with others.
    given: Vec<GivenRow>,
}

impl ByHand {
    fn given_at(&self, position: i64) -> impl Iterator<Item = &GivenRow> {
        self.given.iter().filter(move |row| row.position == position)
    }

    fn is_by(&self, position: i64, person_id: Option<&String>) -> bool {
        person_id.is_some()
            && (self.given_at(position).any(|row| Some(&row.person_id) == person_id)
                || self.marked.get(&position).is_some_and(|by| by.as_ref() == person_id))
    }
}

/// Where a response stands.
struct Place {
    attempt_id: String,
    position: i64,
}

struct Found {
    questions: BTreeMap<String, Question>,
    places: HashMap<String, Place>,
}

/// What there is to mark at a test.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The test.
    pub test: Test,
    /// Whether the caller organizes it, and wasn't only named to mark.
    pub manages: bool,
    /// Its questions, by name.
    pub questions: Vec<Question>,
}

/// The questions of a test that a person has to mark or has marked. Never the caller's own responses; of the branches
/// that an organizer organizes, and all for somebody who was named.
pub async fn list(app: &App, caller: &Caller, name: &str) -> Result<Listed> {
    let mut tx = app.db.read().await?;
    let desk = desk(&mut tx, caller, name).await?;
    let found = find(app, &mut tx, caller, &desk).await?;
    Ok(Listed { test: desk.test, manages: desk.manages, questions: found.questions.into_values().collect() })
}

/// How many responses of a test wait to be marked.
pub async fn waiting(app: &App, caller: &Caller, name: &str) -> Result<usize> {
    let mut tx = app.db.read().await?;
    let desk = desk(&mut tx, caller, name).await?;
    let attempts = to_mark_of(&mut tx, caller, &desk).await?;
    let nulls = |attempt: &AttemptRow| attempt.marks.as_deref().map_or(0, |marks| marks.matches("null").count());
    Ok(attempts.iter().map(nulls).sum())
}

async fn to_mark_of(tx: &mut Tx, caller: &Caller, desk: &Desk) -> Result<Vec<AttemptRow>> {
    let tree = tree(tx).await?;
    let mut attempts = attempts::list_to_mark(tx, &desk.test.row.id).await?;
    attempts.retain(|attempt| {
        caller.person_id.as_ref() != Some(&attempt.person_id)
            && (!desk.manages || caller.covers(Role::Organizer, Some(&attempt.branch_id), &tree))
    });
    Ok(attempts)
}

async fn find(app: &App, tx: &mut Tx, caller: &Caller, desk: &Desk) -> Result<Found> {
    let mut found = Found { questions: BTreeMap::new(), places: HashMap::new() };
    let rulings = corrections::in_force(tx, &desk.test.row.id).await?;
    for attempt in to_mark_of(tx, caller, desk).await? {
        let by_hand = by_hand(tx, &attempt.id).await?;
        one(app, tx, (caller, desk, &rulings), (&attempt, &by_hand), &mut found).await?;
    }
    for question in found.questions.values_mut() {
        question.waiting.sort_by(|one, two| one.key.cmp(&two.key));
        question.marked.sort_by(|one, two| one.key.cmp(&two.key));
    }
    Ok(found)
}

async fn by_hand(tx: &mut Tx, attempt_id: &str) -> Result<ByHand> {
    let mut marked = HashMap::new();
    for amendment in late::amendments(tx, attempt_id).await?.iter().filter(|amendment| amendment.kind == MARKING) {
        if let Some(position) = amendment.position {
            marked.insert(position, amendment.decided_by.clone());
            continue;
        }
        let (before, after) = (read(attempt_id, &amendment.marks_before)?, read(attempt_id, &amendment.marks)?);
        let differs = (1_i64..).zip(before.iter().zip(&after)).filter(|(_, (before, after))| before != after);
        marked.extend(differs.map(|(position, _)| (position, amendment.decided_by.clone())));
    }
    Ok(ByHand { marked, given: markers::given(tx, attempt_id).await? })
}

/// What persons gave the parts of cases, attempt by attempt.
pub(crate) async fn part_marks(tx: &mut Tx, attempt_ids: &[&str]) -> Result<HashMap<String, PartMarks>> {
    let mut all: HashMap<String, PartMarks> = HashMap::new();
    for (attempt, position, parts) in late::part_marks(tx, attempt_ids).await? {
        let parts = crate::store::read_json("amendment", &attempt, &parts)?;
        all.entry(attempt).or_default().insert(position, parts);
    }
    Ok(all)
}

fn read(attempt_id: &str, marks: &str) -> Result<Marks> {
    Ok(crate::store::read_json("attempt", attempt_id, marks)?)
}

async fn one(
    app: &App,
    tx: &mut Tx,
    (caller, desk, rulings): (&Caller, &Desk, &Rulings),
    (attempt, by_hand): (&AttemptRow, &ByHand),
    found: &mut Found,
) -> Result<()> {
    let sheet = corrected(&*sheet(app, tx, &desk.test, attempt).await?, rulings);
    let marks = read(&attempt.id, attempt.marks.as_deref().unwrap_or("[]"))?;
    let rows = attempts::responses(tx, &attempt.id).await?;
    for ((position, item), mark) in (1_i64..).zip(&sheet.items).zip(marks) {
        if mark.is_some() && !by_hand.marked.contains_key(&position) {
            continue;
        }
        let stored = rows.iter().find(|row| row.position == position).and_then(|row| row.response.as_deref());
        let Some(response) = item.read(stored) else { continue };
        let is_mine = by_hand.is_by(position, caller.person_id.as_ref());
        // What others have marked is not for somebody who was only named.
        if mark.is_some() && !desk.manages && !is_mine {
            continue;
        }
        let name = format!("{}/{}", item.bank, item.question.id);
        let question = found.questions.entry(name.clone()).or_insert_with(|| Question {
            name,
            waiting: Vec::new(),
            marked: Vec::new(),
            others: 0,
        });
        let list = match mark {
            Some(_) => &mut question.marked,
            None if is_mine => {
                question.others += 1;
                continue;
            }
            None => &mut question.waiting,
        };
        let key = key(&desk.test, &attempt.id, position);
        list.push(Written {
            key: key.clone(),
            item: item.clone(),
            response,
            mark: mark.map(Points::from_hundredths),
            third: mark.is_none() && by_hand.given_at(position).count() > 1,
        });
        found.places.insert(key, Place { attempt_id: attempt.id.clone(), position });
    }
    Ok(())
}

/// Nobody can go from it to an attempt without the test's secret.
fn key(test: &Test, attempt_id: &str, position: i64) -> String {
    let statement = format!("kaohe-marking-1\n{}\n{attempt_id}\n{position}", test.row.secret);
    sha256_hex(statement.as_bytes()).chars().take(32).collect()
}
