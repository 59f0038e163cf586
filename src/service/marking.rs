//! What a person has to mark: written answers, and gaps that are nearly right. Question by question, without saying whose
//! a response is. Every mark is an amendment of the attempt's result and a link of the chain.

use crate::app::App;
use crate::rules::correction::settle;
use crate::rules::paper::{self, Item, Marks};
use crate::rules::points::Points;
use crate::rules::question::Response;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::service::accounts::event;
use crate::service::corrections;
use crate::service::error::{Error, Result, Thing};
use crate::service::people::tree;
use crate::service::sitting::sheet;
use crate::service::tests::{Test, check_reason, find_managed};
use crate::store::attempts::{self, AttemptRow};
use crate::store::db::Tx;
use crate::store::late::{self, AmendmentRow, MARKING};
use crate::store::trace::sha256_hex;
use crate::store::{details, trace};
use std::collections::{BTreeMap, HashMap};

/// Most characters of a note beside a mark.
const MOST_NOTE_CHARACTERS: usize = 1000;

/// A response that a person has to mark, or has marked.
#[derive(Debug, Clone)]
pub struct Written {
    /// What stands for it: neither a name nor an attempt follows from it.
    pub key: String,
    /// The question, in the order of this paper.
    pub item: Item,
    /// The response.
    pub response: Response,
    /// Its mark, once somebody gave one.
    pub mark: Option<Points>,
}

/// A question of a test with what there is to mark.
#[derive(Debug, Clone)]
pub struct Question {
    /// The bank and the question's id, which together name it.
    pub name: String,
    /// What waits, in an order that tells nothing.
    pub waiting: Vec<Written>,
    /// What a person has marked, likewise.
    pub marked: Vec<Written>,
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

/// The questions of a test that a person has to mark or has marked, by name. Of the branches that the caller organizes,
/// and never the caller's own responses.
pub async fn list(app: &App, caller: &Caller, name: &str) -> Result<(Test, Vec<Question>)> {
    let mut tx = app.db.read().await?;
    let test = find_managed(&mut tx, caller, name).await?;
    let found = find(app, &mut tx, caller, &test).await?;
    Ok((test, found.questions.into_values().collect()))
}

/// How many responses of a test wait to be marked.
pub async fn waiting(app: &App, caller: &Caller, name: &str) -> Result<usize> {
    let mut tx = app.db.read().await?;
    let test = find_managed(&mut tx, caller, name).await?;
    let attempts = to_mark_of(&mut tx, caller, &test).await?;
    let nulls = |attempt: &AttemptRow| attempt.marks.as_deref().map_or(0, |marks| marks.matches("null").count());
    Ok(attempts.iter().map(nulls).sum())
}

async fn to_mark_of(tx: &mut Tx, caller: &Caller, test: &Test) -> Result<Vec<AttemptRow>> {
    let tree = tree(tx).await?;
    let mut attempts = attempts::list_to_mark(tx, &test.row.id).await?;
    attempts.retain(|attempt| {
        caller.person_id.as_ref() != Some(&attempt.person_id)
            && caller.covers(Role::Organizer, Some(&attempt.branch_id), &tree)
    });
    Ok(attempts)
}

async fn find(app: &App, tx: &mut Tx, caller: &Caller, test: &Test) -> Result<Found> {
    let mut found = Found { questions: BTreeMap::new(), places: HashMap::new() };
    for attempt in to_mark_of(tx, caller, test).await? {
        let given = given(tx, &attempt.id).await?;
        one(app, tx, test, &attempt, &given, &mut found).await?;
    }
    for question in found.questions.values_mut() {
        question.waiting.sort_by(|one, two| one.key.cmp(&two.key));
        question.marked.sort_by(|one, two| one.key.cmp(&two.key));
    }
    Ok(found)
}

/// The positions of an attempt that a person has marked.
async fn given(tx: &mut Tx, attempt_id: &str) -> Result<Vec<i64>> {
    let mut positions = Vec::new();
    for amendment in late::amendments(tx, attempt_id).await?.iter().filter(|amendment| amendment.kind == MARKING) {
        let (before, after) = (read(attempt_id, &amendment.marks_before)?, read(attempt_id, &amendment.marks)?);
        let differs = (1_i64..).zip(before.iter().zip(&after)).filter(|(_, (before, after))| before != after);
        positions.extend(differs.map(|(position, _)| position));
    }
    Ok(positions)
}

fn read(attempt_id: &str, marks: &str) -> Result<Marks> {
    Ok(crate::store::read_json("attempt", attempt_id, marks)?)
}

async fn one(
    app: &App,
    tx: &mut Tx,
    test: &Test,
    attempt: &AttemptRow,
    given: &[i64],
    found: &mut Found,
) -> Result<()> {
    let sheet = sheet(app, tx, test, attempt).await?;
    let marks = read(&attempt.id, attempt.marks.as_deref().unwrap_or("[]"))?;
    let rows = attempts::responses(tx, &attempt.id).await?;
    for ((position, item), mark) in (1_i64..).zip(&sheet.items).zip(marks) {
        let is_given = given.contains(&position);
        if mark.is_some() && !is_given {
            continue;
        }
        let name = format!("{}/{}", item.bank, item.question.id);
        let question = found.questions.entry(name.clone()).or_insert_with(|| Question {
            name,
            waiting: Vec::new(),
            marked: Vec::new(),
        });
        let stored = rows.iter().find(|row| row.position == position).and_then(|row| row.response.as_deref());
        let Some(response) = item.read(stored) else { continue };
        let key = key(test, &attempt.id, position);
        let mark = mark.map(Points::from_hundredths);
        let list = if mark.is_some() { &mut question.marked } else { &mut question.waiting };
        list.push(Written { key: key.clone(), item: item.clone(), response, mark });
        found.places.insert(key, Place { attempt_id: attempt.id.clone(), position });
    }
    Ok(())
}

/// Nobody can go from it to an attempt without the test's secret.
fn key(test: &Test, attempt_id: &str, position: i64) -> String {
    let statement = format!("kaohe-marking-1\n{}\n{attempt_id}\n{position}", test.row.secret);
    sha256_hex(statement.as_bytes()).chars().take(32).collect()
}

/// A mark on its way in.
#[derive(Debug, Clone)]
pub struct Given {
    /// What stands for the response.
    pub key: String,
    /// In halves, or all of them.
    pub points: Points,
    /// May be empty; why, where a mark is changed.
    pub note: String,
    /// Whether it takes the place of a mark that was given. Otherwise a response is marked once.
    pub again: bool,
}

/// Gives a response its points.
pub async fn mark(app: &App, caller: &Caller, now_ms: i64, name: &str, given: Given) -> Result<()> {
    let Given { key, points, note, again } = given;
    let note = if again { check_reason(&note)? } else { note.trim().to_owned() };
    if note.chars().count() > MOST_NOTE_CHARACTERS || note.contains('\0') {
        return Err(Error::Invalid { field: "note", expected: "note" });
    }
    let (test, place, item) = to_mark(app, caller, name, &key).await?;
    if points > item.points || points.hundredths() % 50 != 0 && points != item.points {
        return Err(Error::Invalid { field: "points", expected: "half-points" });
    }
    let mut tx = app.db.write().await?;
    late::hold(&mut tx, &place.attempt_id).await?;
    let attempt = attempts::find(&mut tx, &place.attempt_id).await?.ok_or(Error::NotFound(Thing::Attempt))?;
    let (Some(marks_before), Some(score_before)) = (attempt.marks.clone(), attempt.score) else {
        return Err(Error::AttemptOpen);
    };
    let mut marks = read(&attempt.id, &marks_before)?;
    let index = usize::try_from(place.position - 1).unwrap_or_default();
    match marks.get_mut(index) {
        Some(mark) if mark.is_some() == again => *mark = Some(points.hundredths()),
        _ => return Err(Error::ChangedMeanwhile),
    }
    let sheet = sheet(app, &mut tx, &test, &attempt).await?;
    settle(&*corrections::with_corrections(&mut tx, &attempt.test_id, sheet).await?, &mut marks);
    let amendment = AmendmentRow {
        id: app.randomness.id(now_ms),
        attempt_id: attempt.id.clone(),
        kind: MARKING.to_owned(),
        accepted: true,
        reason: note,
        decided_by: caller.person_id.clone(),
        decided_at_ms: late::next_moment(&mut tx, &attempt.id, now_ms).await?,
        marks_before,
        score_before,
        score: paper::score(&marks),
        marks: crate::store::write_json("attempt", &marks)?,
        correction_id: None,
    };
    late::amend(&mut tx, &amendment).await?;
    let detail = details::response_marked(&amendment);
    let event = event(caller, amendment.decided_at_ms, "response-marked", &attempt.id, &detail);
    trace::append(&mut tx, &event).await?;
    tx.commit().await?;
    Ok(())
}

async fn to_mark(app: &App, caller: &Caller, name: &str, key: &str) -> Result<(Test, Place, Item)> {
    let mut tx = app.db.read().await?;
    let test = find_managed(&mut tx, caller, name).await?;
    if let Some(reason) = test.row.cancelled_reason.clone() {
        return Err(Error::Cancelled { reason });
    }
    let mut found = find(app, &mut tx, caller, &test).await?;
    // Somebody else may have marked it meanwhile, or it never was to be marked.
    let place = found.places.remove(key).ok_or(Error::ChangedMeanwhile)?;
    let all = |question: Question| question.waiting.into_iter().chain(question.marked);
    let written = found.questions.into_values().flat_map(all).find(|one| one.key == key);
    Ok((test, place, written.ok_or(Error::ChangedMeanwhile)?.item))
}
