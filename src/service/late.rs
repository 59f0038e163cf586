//! What arrived after the end of an attempt: the member's page sends it, an organizer sees it beside what is stored and
//! decides. Nothing of it is marked by itself; an acceptance is an amendment, which keeps what was before.

mod all;

pub use all::{Waiting, decide_all, waiting_of};

use crate::app::App;
use crate::limits;
use crate::rules::attempt::MOST_SAVE;
use crate::rules::correction::{Standing, marked_again};
use crate::rules::late::{code, same};
use crate::rules::paper::{self, Marks, Sheet};
use crate::rules::question::{Misfit, Response};
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::tree::Node;
use crate::service::accounts::event;
use crate::service::corrections;
use crate::service::error::{Error, Result, Thing};
use crate::service::marking;
use crate::service::people::tree;
use crate::service::sitting::{is_overdue, own, sheet};
use crate::service::tests::{Test, check_reason, find_managed};
use crate::store::attempts::{self, AttemptRow, ResponseRow};
use crate::store::db::Tx;
use crate::store::late::{self, LATE, LateRow};
use crate::store::markers;
use crate::store::{details, people, trace};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

pub use crate::store::late::AmendmentRow as Amendment;
pub use crate::store::trace::Detail as TraceEvent;

/// A response on its way in, after the end.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// From 1.
    pub position: i64,
    /// Its number.
    pub save: i64,
    /// As sent; `null` takes a response back.
    pub response: serde_json::Value,
}

/// What became of what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The code of all that was sent.
    pub code: String,
    /// Positions where something else, or nothing, had arrived in time.
    pub late: Vec<i64>,
}

/// Keeps what the caller's page could not send in time. What is stored already, or was overtaken by a higher number,
/// isn't late.
pub async fn send(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    attempt_id: &str,
    incoming: Vec<Incoming>,
) -> Result<Received> {
    let sheet = Arc::clone(&own(app, caller, attempt_id).await?.sheet);
    let code = code_of(attempt_id, &sheet, &incoming)?;
    let mut rows = Vec::with_capacity(incoming.len());
    for one in &incoming {
        rows.push(read(&sheet, one, &code, now_ms)?);
    }
    let mut tx = app.db.write().await?;
    late::hold(&mut tx, attempt_id).await?;
    let attempt = attempts::find(&mut tx, attempt_id).await?.ok_or(Error::NotFound(Thing::Attempt))?;
    takes_late(&mut tx, &attempt, now_ms).await?;
    let stored = attempts::responses(&mut tx, attempt_id).await?;
    rows.retain(|row| is_late(&sheet, &stored, row));
    let late: Vec<i64> = rows.iter().map(|row| row.position).collect();
    if rows.is_empty() {
        return Ok(Received { code, late });
    }
    let before = late::list(&mut tx, attempt_id).await?;
    late::put_all(&mut tx, attempt_id, &rows).await?;
    let after = late::list(&mut tx, attempt_id).await?;
    if after != before {
        let detail = details::late_received(&after);
        trace::append(&mut tx, &event(caller, now_ms, "late-received", attempt_id, &detail)).await?;
    }
    tx.commit().await?;
    Ok(Received { code, late })
}

/// At most one response for each question, and the code of all.
fn code_of(attempt_id: &str, sheet: &Sheet, incoming: &[Incoming]) -> Result<String> {
    let texts: BTreeMap<i64, String> = incoming.iter().map(|one| (one.position, one.response.to_string())).collect();
    if texts.is_empty() || texts.len() != incoming.len() || texts.len() > sheet.items.len() {
        return Err(Error::Invalid { field: "responses", expected: "late-responses" });
    }
    Ok(code(attempt_id, &texts))
}

fn read(sheet: &Sheet, one: &Incoming, code: &str, now_ms: i64) -> Result<LateRow> {
    let item = sheet.item(one.position).ok_or(Error::NotFound(Thing::Question))?;
    if !(1..=MOST_SAVE).contains(&one.save) {
        return Err(Error::Invalid { field: "save", expected: "save" });
    }
    let response = Response::decode(&item.shape(), &one.response).map_err(Error::Misfit)?;
    let response = response.map(|response| crate::store::write_json("late_response", &response)).transpose()?;
    if response.as_ref().is_some_and(|text| text.len() > limits::RESPONSE_BYTES) {
        return Err(Error::Misfit(Misfit::TooLong));
    }
    Ok(LateRow {
        position: one.position,
        save: one.save,
        response,
        code: code.to_owned(),
        received_at_ms: now_ms,
        stored_save: None,
        stored_at_ms: None,
        stored: None,
    })
}

/// Only of an attempt that has ended, for some days, and until somebody has decided.
async fn takes_late(tx: &mut Tx, attempt: &AttemptRow, now_ms: i64) -> Result<()> {
    let ended_at_ms = attempt.finished_at_ms.unwrap_or(attempt.deadline_at_ms);
    if attempt.finished_at_ms.is_none() && !is_overdue(attempt, now_ms) {
        return Err(Error::AttemptOpen);
    }
    if now_ms > ended_at_ms + limits::LATE_MOST_MS {
        return Err(Error::DeadlinePassed);
    }
    match decision(tx, &attempt.id).await? {
        Some(_) => Err(Error::LateDecided),
        None => Ok(()),
    }
}

async fn decision(tx: &mut Tx, attempt_id: &str) -> Result<Option<Amendment>> {
    Ok(late::amendments(tx, attempt_id).await?.into_iter().find(|amendment| amendment.kind == LATE))
}

fn is_late(sheet: &Sheet, stored: &[ResponseRow], row: &LateRow) -> bool {
    let Some(item) = sheet.item(row.position) else { return false };
    let there = stored.iter().find(|there| there.position == row.position);
    let said = item.read(there.and_then(|there| there.response.as_deref()));
    there.is_none_or(|there| row.save > there.save) && {
        let late = item.read(row.response.as_deref());
        !same(item.question.kind(), said.as_ref(), late.as_ref())
    }
}

/// An attempt with what arrived after its end.
#[derive(Debug, Clone)]
pub struct Late {
    /// The attempt.
    pub attempt: AttemptRow,
    /// Whose.
    pub person: people::Person,
    /// The branch where the member stood at the start.
    pub branch: Node,
    /// The questions.
    pub sheet: Arc<Sheet>,
    /// What arrived late, by position.
    pub rows: Vec<LateRow>,
    /// What was stored in time at those positions.
    pub stored: HashMap<i64, ResponseRow>,
    /// The decision, once there is one, and by whom.
    pub decision: Option<(Amendment, String)>,
    /// What happened to the attempt, the earliest first.
    pub trace: Vec<TraceEvent>,
}

/// Attempts at a test with late responses, those that wait for a decision first. For those who organize the test, of
/// the branches that they organize.
pub async fn list(app: &App, caller: &Caller, name: &str) -> Result<(Test, Vec<Late>)> {
    let mut tx = app.db.read().await?;
    let test = find_managed(&mut tx, caller, name).await?;
    let tree = tree(&mut tx).await?;
    let mut listed = Vec::new();
    for id in late::attempts_of(&mut tx, &test.row.id).await? {
        let Some(attempt) = attempts::find(&mut tx, &id).await? else { continue };
        let Some(branch) = tree.get(&attempt.branch_id).cloned() else { continue };
        if !caller.covers(Role::Organizer, Some(&branch.id), &tree) {
            continue;
        }
        let Some(person) = people::find(&mut tx, &attempt.person_id).await? else { continue };
        let rows = late::list(&mut tx, &id).await?;
        let decision = match decision(&mut tx, &id).await? {
            Some(amendment) => Some((amendment.clone(), decider(&mut tx, &amendment).await?)),
            None => None,
        };
        listed.push(Late {
            sheet: sheet(app, &mut tx, &test, &attempt).await?,
            stored: stored_in_time(
                attempts::responses(&mut tx, &id).await?,
                &rows,
                decision.as_ref().map(|one| &one.0),
            ),
            trace: trace::of_subject(&mut tx, &id).await?,
            attempt,
            person,
            branch,
            rows,
            decision,
        });
    }
    Ok((test, listed))
}

async fn decider(tx: &mut Tx, amendment: &Amendment) -> Result<String> {
    let Some(id) = &amendment.decided_by else { return Ok(String::new()) };
    Ok(people::find(tx, id).await?.map(|person| person.name).unwrap_or_default())
}

/// What was stored in time, also after late responses took its place.
pub(crate) fn stored_in_time(
    responses: Vec<ResponseRow>,
    rows: &[LateRow],
    decision: Option<&Amendment>,
) -> HashMap<i64, ResponseRow> {
    let mut stored: HashMap<i64, ResponseRow> = responses.into_iter().map(|row| (row.position, row)).collect();
    if decision.is_some_and(|decision| decision.accepted) {
        for row in rows {
            stored.remove(&row.position);
            if let (Some(save), Some(received_at_ms)) = (row.stored_save, row.stored_at_ms) {
                let (position, response) = (row.position, row.stored.clone());
                stored.insert(position, ResponseRow { position, save, response, received_at_ms });
            }
        }
    }
    stored
}

/// How many attempts at a test have late responses that wait for a decision.
pub async fn waiting(app: &App, caller: &Caller, name: &str) -> Result<usize> {
    Ok(list(app, caller, name).await?.1.iter().filter(|late| late.decision.is_none()).count())
}

/// Accepts or refuses the late responses of an attempt, with a reason. Accepted ones are marked as any others are.
pub async fn decide(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    (name, attempt_id): (&str, &str),
    accepted: bool,
    reason: &str,
) -> Result<Amendment> {
    let reason = check_reason(reason)?;
    let (test, listed) = list(app, caller, name).await?;
    let late = checked(&test, listed)?.into_iter().find(|late| late.attempt.id == attempt_id);
    let sheet = late.map(|late| late.sheet).ok_or(Error::NotFound(Thing::Attempt))?;
    decide_one(app, caller, now_ms, (attempt_id, &sheet), accepted, &reason).await
}

/// Nothing is decided at a test that was cancelled.
fn checked(test: &Test, listed: Vec<Late>) -> Result<Vec<Late>> {
    match &test.row.cancelled_reason {
        Some(reason) => Err(Error::Cancelled { reason: reason.clone() }),
        None => Ok(listed),
    }
}

/// The decision about one attempt, which the caller may make.
async fn decide_one(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    (attempt_id, sheet): (&str, &Arc<Sheet>),
    accepted: bool,
    reason: &str,
) -> Result<Amendment> {
    let mut tx = app.db.write().await?;
    late::hold(&mut tx, attempt_id).await?;
    let attempt = attempts::find(&mut tx, attempt_id).await?.ok_or(Error::NotFound(Thing::Attempt))?;
    let (Some(marks_before), Some(score_before)) = (attempt.marks, attempt.score) else {
        return Err(Error::AttemptOpen);
    };
    if decision(&mut tx, attempt_id).await?.is_some() {
        return Err(Error::LateDecided);
    }
    let rows = late::list(&mut tx, attempt_id).await?;
    let (mut marks, mut score) = (marks_before.clone(), score_before);
    if accepted {
        late::take_in(&mut tx, attempt_id).await?;
        let positions: Vec<i64> = rows.iter().map(|row| row.position).collect();
        markers::forget(&mut tx, attempt_id, &positions).await?;
    }
    let answers = answers(&mut tx, attempt_id).await?;
    if accepted {
        let points = marked(&mut tx, &attempt.test_id, (attempt_id, &marks_before), (sheet, &answers), &rows).await?;
        marks = crate::store::write_json("attempt", &points)?;
        score = paper::score(&points);
    }
    let amendment = Amendment {
        id: app.randomness.id(now_ms),
        attempt_id: attempt_id.to_owned(),
        kind: LATE.to_owned(),
        accepted,
        reason: reason.to_owned(),
        decided_by: caller.person_id.clone(),
        decided_at_ms: late::next_moment(&mut tx, attempt_id, now_ms).await?,
        marks_before,
        score_before,
        marks,
        score,
        correction_id: None,
        position: None,
        parts: None,
    };
    late::amend(&mut tx, &amendment).await?;
    let digest = details::responses_digest(answers.iter().map(|(position, response)| (*position, response.as_str())));
    let detail = details::late_decided(&amendment, &rows, &digest);
    trace::append(&mut tx, &event(caller, amendment.decided_at_ms, "late-decided", attempt_id, &detail)).await?;
    tx.commit().await?;
    Ok(amendment)
}

/// The marks since: what a person has said stays, but where another response has come in.
async fn marked(
    tx: &mut Tx,
    test_id: &str,
    (attempt_id, marks_before): (&str, &str),
    (sheet, answers): (&Arc<Sheet>, &HashMap<i64, String>),
    late: &[LateRow],
) -> Result<Marks> {
    let sheet = corrections::with_corrections(tx, test_id, Arc::clone(sheet)).await?;
    let mut before: Marks = crate::store::read_json("attempt", attempt_id, marks_before)?;
    let mut kept = corrections::one_by_one(tx, test_id, attempt_id).await?;
    for row in late {
        kept.remove(&row.position);
        if let Some(mark) = usize::try_from(row.position - 1).ok().and_then(|index| before.get_mut(index)) {
            *mark = None;
        }
    }
    let mut parts = marking::part_marks(tx, &[attempt_id]).await?.remove(attempt_id).unwrap_or_default();
    parts.retain(|position, _| !late.iter().any(|row| row.position == *position));
    Ok(marked_again(&sheet, answers, Standing { marks: &before, kept: &kept, parts: &parts }))
}

async fn answers(tx: &mut Tx, attempt_id: &str) -> Result<HashMap<i64, String>> {
    let responses = attempts::responses(tx, attempt_id).await?;
    Ok(responses.into_iter().filter_map(|row| Some((row.position, row.response?))).collect())
}

/// What a member is told of an own attempt: which responses came late, and what was decided.
#[derive(Debug, Clone)]
pub struct Told {
    /// The positions.
    pub positions: Vec<i64>,
    /// The codes to show the organizer.
    pub codes: Vec<String>,
    /// The decision, once there is one.
    pub decision: Option<Amendment>,
}

/// What is to be told of an attempt; `None` where nothing came late.
pub async fn told(app: &App, attempt: &AttemptRow) -> Result<Option<Told>> {
    let mut tx = app.db.read().await?;
    let rows = late::list(&mut tx, &attempt.id).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let decision = decision(&mut tx, &attempt.id).await?;
    Ok(Some(Told { positions: rows.iter().map(|row| row.position).collect(), codes: codes(&rows), decision }))
}

/// The codes of late responses, each once.
pub fn codes(rows: &[LateRow]) -> Vec<String> {
    let mut codes: Vec<String> = Vec::new();
    for row in rows {
        if !codes.contains(&row.code) {
            codes.push(row.code.clone());
        }
    }
    codes
}
