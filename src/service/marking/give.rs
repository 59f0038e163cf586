//! Giving a mark: one that counts at once, or one that waits for somebody else's.

use super::{Desk, Place, Written, by_hand, desk, find, read};
use crate::app::App;
use crate::rules::correction::{settle, with_parts};
use crate::rules::marking::{Outcome, may_be_given, of_parts, outcome};
use crate::rules::paper::{self, Item, Marks};
use crate::rules::points::Points;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::service::accounts::event;
use crate::service::corrections;
use crate::service::error::{Error, Result, Thing};
use crate::service::sitting::sheet;
use crate::service::tests::check_reason;
use crate::store::attempts::{self, AttemptRow};
use crate::store::db::Tx;
use crate::store::late::{self, AmendmentRow, MARKING};
use crate::store::markers::{self, GivenRow};
use crate::store::{details, trace};

/// Most characters of a note beside a mark.
const MOST_NOTE_CHARACTERS: usize = 1000;

/// What a response earns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Awarded {
    /// All of it.
    Whole(Points),
    /// Part by part of a case; `None` for parts that their key marks.
    Parts(Vec<Option<Points>>),
}

/// A mark on its way in.
#[derive(Debug, Clone)]
pub struct Given {
    /// What stands for the response.
    pub key: String,
    /// In halves, or all of them.
    pub points: Awarded,
    /// May be empty; why, where a mark is changed.
    pub note: String,
    /// Whether it takes the place of a mark that was given. Otherwise a response is marked once.
    pub again: bool,
}

/// Gives a response its points. Where the test asks for two, they count once there are as many marks as are needed.
pub async fn mark(app: &App, caller: &Caller, now_ms: i64, name: &str, given: Given) -> Result<()> {
    let Given { key, points, note, again } = given;
    let note = if again { check_reason(&note)? } else { note.trim().to_owned() };
    if note.chars().count() > MOST_NOTE_CHARACTERS || note.contains('\0') {
        return Err(Error::Invalid { field: "note", expected: "note" });
    }
    let (desk, place, written) = to_mark(app, caller, name, &key).await?;
    let mark = Mark::of(&written, points)?;
    let mut tx = app.db.write().await?;
    late::hold(&mut tx, &place.attempt_id).await?;
    let attempt = attempts::find(&mut tx, &place.attempt_id).await?.ok_or(Error::NotFound(Thing::Attempt))?;
    if again {
        may_change(&mut tx, caller, &desk, &place).await?;
    } else if desk.test.definition.marking.two {
        let decided = give(&mut tx, caller, now_ms, (&desk, &place, &written), (mark, note.as_str())).await?;
        if let Some(mark) = decided {
            decide(app, &mut tx, caller, now_ms, (&desk, &place, &written, attempt), (mark, note, false)).await?;
        }
        tx.commit().await?;
        return Ok(());
    }
    decide(app, &mut tx, caller, now_ms, (&desk, &place, &written, attempt), (mark, note, again)).await?;
    tx.commit().await?;
    Ok(())
}

/// A mark that fits its response.
#[derive(Debug, Clone)]
struct Mark {
    points: Points,
    /// Of a case, what a person gave each part that no key marks.
    parts: Option<Vec<Option<Points>>>,
}

impl Mark {
    fn of(written: &Written, awarded: Awarded) -> Result<Self> {
        let by_key = written.part_marks();
        let fits = |points, item: &Item| {
            may_be_given(points, item.points)
                .then_some(())
                .ok_or(Error::Invalid { field: "points", expected: "half-points" })
        };
        match awarded {
            Awarded::Whole(points) if by_key.is_empty() => {
                fits(points, &written.item)?;
                Ok(Self { points, parts: None })
            }
            Awarded::Parts(given) if given.len() == by_key.len() && !given.is_empty() => {
                for ((part, by_key), given) in written.item.parts().iter().zip(&by_key).zip(&given) {
                    match (by_key, given) {
                        (None, Some(points)) => fits(*points, part)?,
                        (Some(_), None) => {}
                        _ => return Err(PARTS),
                    }
                }
                Self::of_parts(&by_key, given).ok_or(PARTS)
            }
            _ => Err(PARTS),
        }
    }

    fn of_parts(by_key: &[Option<Points>], given: Vec<Option<Points>>) -> Option<Self> {
        let points = with_parts(by_key, &paper::stored(&given))?;
        Some(Self { points, parts: Some(given) })
    }

    /// The points by the keys of this moment: a correction may have come in since the response was read.
    fn now(&self, item: Option<&Item>, written: &Written) -> Option<Points> {
        match &self.parts {
            None => Some(self.points),
            Some(parts) => with_parts(&item?.part_marks(Some(&written.response)), &paper::stored(parts)),
        }
    }

    fn stored_parts(&self) -> Result<Option<String>> {
        let stored = |parts: &Vec<Option<Points>>| crate::store::write_json("amendment", &paper::stored(parts));
        Ok(self.parts.as_ref().map(stored).transpose()?)
    }
}

const PARTS: Error = Error::Invalid { field: "parts", expected: "part-points" };

/// Whoever was named changes only a mark that stands by their own word alone.
async fn may_change(tx: &mut Tx, caller: &Caller, desk: &Desk, place: &Place) -> Result<()> {
    let by_hand = by_hand(tx, &place.attempt_id).await?;
    let is_alone = by_hand.given_at(place.position).next().is_none();
    let is_own = by_hand.marked.get(&place.position).is_some_and(|by| *by == caller.person_id);
    if desk.manages || is_alone && is_own { Ok(()) } else { Err(Error::Forbidden(Some(Role::Organizer))) }
}

/// Keeps a mark beside those of others, and says what they come to once they are enough.
async fn give(
    tx: &mut Tx,
    caller: &Caller,
    now_ms: i64,
    (desk, place, written): (&Desk, &Place, &Written),
    (mark, note): (Mark, &str),
) -> Result<Option<Mark>> {
    let item = &written.item;
    let person_id = caller.person_id.clone().ok_or(Error::Forbidden(Some(Role::Organizer)))?;
    let mut before = markers::given(tx, &place.attempt_id).await?;
    before.retain(|row| row.position == place.position);
    let marking = desk.test.definition.marking;
    let points_of = |rows: &[GivenRow]| rows.iter().map(|row| Points::from_hundredths(row.points)).collect::<Vec<_>>();
    // Somebody else may have given the last that was needed meanwhile.
    let is_decided = matches!(outcome(marking, &points_of(&before), item.points), Outcome::Points(_));
    if is_decided || before.iter().any(|row| row.person_id == person_id) {
        return Err(Error::ChangedMeanwhile);
    }
    let row = GivenRow {
        attempt_id: place.attempt_id.clone(),
        position: place.position,
        number: i64::try_from(before.len()).unwrap_or(i64::MAX) + 1,
        person_id,
        points: mark.points.hundredths(),
        parts: mark.stored_parts()?,
        note: note.to_owned(),
        given_at_ms: now_ms,
    };
    markers::give(tx, &row).await?;
    trace::append(tx, &event(caller, now_ms, "mark-given", &row.attempt_id, &details::mark_given(&row))).await?;
    before.push(row);
    let Outcome::Points(points) = outcome(marking, &points_of(&before), item.points) else { return Ok(None) };
    if mark.parts.is_none() {
        return Ok(Some(Mark { points, parts: None }));
    }
    let parts = before.iter().map(parts_of).collect::<Result<Vec<_>>>()?;
    let fulls: Vec<Points> = item.parts().iter().map(|part| part.points).collect();
    Mark::of_parts(&written.part_marks(), of_parts(&parts, &fulls)).map(Some).ok_or(PARTS)
}

fn parts_of(row: &GivenRow) -> Result<Vec<Option<Points>>> {
    let parts = row.parts.as_deref().unwrap_or("[]");
    let parts: Marks = crate::store::read_json("given_mark", &row.attempt_id, parts)?;
    Ok(parts.into_iter().map(|points| points.map(Points::from_hundredths)).collect())
}

/// Makes a mark the result, as an amendment.
async fn decide(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    now_ms: i64,
    (desk, place, written, attempt): (&Desk, &Place, &Written, AttemptRow),
    (given, note, again): (Mark, String, bool),
) -> Result<()> {
    let (Some(marks_before), Some(score_before)) = (attempt.marks.clone(), attempt.score) else {
        return Err(Error::AttemptOpen);
    };
    let sheet = sheet(app, tx, &desk.test, &attempt).await?;
    let sheet = corrections::with_corrections(tx, &attempt.test_id, sheet).await?;
    let points = given.now(sheet.item(place.position), written).ok_or(Error::ChangedMeanwhile)?;
    let mut marks = read(&attempt.id, &marks_before)?;
    let index = usize::try_from(place.position - 1).unwrap_or_default();
    match marks.get_mut(index) {
        Some(mark) if mark.is_some() == again => *mark = Some(points.hundredths()),
        _ => return Err(Error::ChangedMeanwhile),
    }
    settle(&sheet, &mut marks);
    let amendment = AmendmentRow {
        id: app.randomness.id(now_ms),
        attempt_id: attempt.id.clone(),
        kind: MARKING.to_owned(),
        accepted: true,
        reason: note,
        decided_by: caller.person_id.clone(),
        decided_at_ms: late::next_moment(tx, &attempt.id, now_ms).await?,
        marks_before,
        score_before,
        score: paper::score(&marks),
        marks: crate::store::write_json("attempt", &marks)?,
        correction_id: None,
        position: Some(place.position),
        parts: given.stored_parts()?,
    };
    late::amend(tx, &amendment).await?;
    let detail = details::response_marked(&amendment);
    let event = event(caller, amendment.decided_at_ms, "response-marked", &attempt.id, &detail);
    trace::append(tx, &event).await?;
    Ok(())
}

async fn to_mark(app: &App, caller: &Caller, name: &str, key: &str) -> Result<(Desk, Place, Written)> {
    let mut tx = app.db.read().await?;
    let desk = desk(&mut tx, caller, name).await?;
    if let Some(reason) = desk.test.row.cancelled_reason.clone() {
        return Err(Error::Cancelled { reason });
    }
    let mut found = find(app, &mut tx, caller, &desk).await?;
    // Somebody else may have marked it meanwhile, or it never was to be marked.
    let place = found.places.remove(key).ok_or(Error::ChangedMeanwhile)?;
    let all = |question: super::Question| question.waiting.into_iter().chain(question.marked);
    let written = found.questions.into_values().flat_map(all).find(|one| one.key == key);
    Ok((desk, place, written.ok_or(Error::ChangedMeanwhile)?))
}
