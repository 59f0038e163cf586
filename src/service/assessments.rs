//! The annual study assessment: its rules, results of members and branches, what other rules would give, adjustments, and
//! signing off. For committees at or above a branch.

mod branches;
mod commended;
mod last_year;
mod marks;
mod results;
mod signing;

pub use crate::store::assessment_marks::MarkRow;
pub use crate::store::assessments::{AdjustmentRow, AssessmentRow, SigningRow};
pub use commended::{BranchCandidate, Candidate, Commended, InNeed, ToHelp, WeakTopic, commended, to_help};
pub use last_year::{Before, BranchChange, Compared, MemberChange, NamedYear, compared};
pub(crate) use marks::MARKS_ENTERED;
pub use marks::{Entering, Loading, MarkChange, MarksLoaded, end_mark, enter, load_marks};
pub use results::{Assessed, BranchLine, GivenMark, MemberLine, YearTest};
pub(crate) use results::{Held, sittings};
pub use results::{quarter_of, year_of};
pub(crate) use signing::digest;
pub use signing::{Signed, sign};

use crate::app::App;
use crate::formats::assessment_json;
use crate::rules::assessment::{Definition, ready};
use crate::rules::points::Points;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::text::Text;
use crate::rules::tree::{Node, Tree};
use crate::service::accounts::event;
use crate::service::error::{Error, Result, Thing};
use crate::service::people::{find_person, tree};
use crate::service::tests::check_reason;
use crate::store::db::Tx;
use crate::store::{assessments, details, trace};

/// Most points that one adjustment gives or takes.
const MOST_ADJUSTED: i64 = 100 * 100;

/// The year of a text.
pub fn year(text: &str) -> Result<u32> {
    let year = text.parse::<u32>().ok().filter(|year| assessment_json::YEARS.contains(year));
    year.ok_or(Error::NotFound(Thing::Assessment))
}

/// The rules of a year as they concern a branch.
pub(crate) struct Found {
    row: AssessmentRow,
    definition: Definition,
    /// The branch that is looked at; `None`: the whole unit.
    scope: Option<Node>,
    tree: Tree,
}

/// Years with an assessment that the caller may read, the newest first, each with its title and where it holds.
pub async fn years(app: &App, caller: &Caller) -> Result<Vec<(Definition, Option<Node>)>> {
    let mut tx = app.db.read().await?;
    let tree = tree(&mut tx).await?;
    let mut listed = Vec::new();
    for row in assessments::list(&mut tx, None).await? {
        if reads(caller, &tree, &row) {
            listed.push((read(&row)?, tree.get(&row.place).cloned()));
        }
    }
    Ok(listed)
}

/// The years whose results of members at a branch the caller may read, the latest first.
pub async fn years_at(app: &App, caller: &Caller, branch_id: &str) -> Result<Vec<i64>> {
    let mut tx = app.db.read().await?;
    let tree = tree(&mut tx).await?;
    if !caller.covers(Role::Committee, Some(branch_id), &tree) {
        return Ok(Vec::new());
    }
    let rows = assessments::list(&mut tx, None).await?;
    let holds = |row: &&AssessmentRow| place(row).is_none_or(|place| tree.is_within(branch_id, place));
    let mut years: Vec<i64> = rows.iter().filter(holds).map(|row| row.year).collect();
    years.sort_unstable_by(|one, two| two.cmp(one));
    years.dedup();
    Ok(years)
}

fn read(row: &AssessmentRow) -> Result<Definition> {
    Ok(crate::store::read_json("assessment", &row.id, &row.definition)?)
}

fn place(row: &AssessmentRow) -> Option<&str> {
    Some(row.place.as_str()).filter(|place| !place.is_empty())
}

/// Whether it holds at a branch of the caller, or for one above.
fn reads(caller: &Caller, tree: &Tree, row: &AssessmentRow) -> bool {
    caller.covers(Role::Committee, place(row), tree)
        || caller.places(Role::Committee).flatten().any(|own| place(row).is_none_or(|place| tree.is_within(own, place)))
}

/// The branch that a caller means: the one of a code, or the highest of an own role.
fn scope(caller: &Caller, tree: &Tree, branch: Option<&str>) -> Result<Option<Node>> {
    if let Some(code) = branch {
        let node = tree.by_code(code).filter(|node| caller.covers(Role::Committee, Some(&node.id), tree));
        return node.cloned().map(Some).ok_or(Error::NotFound(Thing::Branch));
    }
    let places: Vec<Option<&str>> = caller.places(Role::Committee).collect();
    if places.contains(&None) {
        return Ok(match tree.children(None).as_slice() {
            [one] => Some((*one).clone()),
            _ => None,
        });
    }
    let order = |id: &str| (tree.path(id).len(), tree.nodes().iter().position(|node| node.id == id));
    let highest = places.into_iter().flatten().filter(|id| tree.get(id).is_some()).min_by_key(|id| order(id));
    highest.and_then(|id| tree.get(id)).cloned().map(Some).ok_or(Error::Forbidden(Some(Role::Committee)))
}

/// The rules that hold for the branch: those of the nearest one at or above it; for the whole unit also those of the only
/// one below.
async fn find(tx: &mut Tx, caller: &Caller, year: u32, branch: Option<&str>) -> Result<Found> {
    let tree = tree(tx).await?;
    let scope = scope(caller, &tree, branch)?;
    let rows = assessments::list(tx, Some(i64::from(year))).await?;
    let depth = |row: &AssessmentRow| place(row).map_or(0, |place| tree.path(place).len());
    let holds = |row: &&AssessmentRow| match (place(row), &scope) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(place), Some(scope)) => tree.is_within(&scope.id, place),
    };
    let row = rows.iter().filter(holds).max_by_key(|row| depth(row)).ok_or(Error::NotFound(Thing::Assessment))?.clone();
    Ok(Found { definition: read(&row)?, row, scope, tree })
}

/// The results of a year by its rules.
pub async fn show(app: &App, caller: &Caller, now_ms: i64, year: u32, branch: Option<&str>) -> Result<Assessed> {
    let mut tx = app.db.read().await?;
    let found = find(&mut tx, caller, year, branch).await?;
    let definition = found.definition.clone();
    results::of(&mut tx, caller, now_ms, found, definition).await
}

/// The results as other rules would give them, changing nothing; without rules of the year these stand alone.
pub async fn try_rules(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    (year, branch): (u32, Option<&str>),
    file: &[u8],
) -> Result<(Option<Assessed>, Assessed)> {
    let definition = checked(year, file)?;
    let mut tx = app.db.read().await?;
    match find(&mut tx, caller, year, branch).await {
        Ok(found) => {
            let present = found.definition.clone();
            let before = results::of(&mut tx, caller, now_ms, found, present).await?;
            let found = find(&mut tx, caller, year, branch).await?;
            Ok((Some(before), results::of(&mut tx, caller, now_ms, found, definition).await?))
        }
        Err(Error::NotFound(Thing::Assessment)) => {
            let tree = tree(&mut tx).await?;
            let scope = scope(caller, &tree, branch)?;
            let row = AssessmentRow {
                id: String::new(),
                year: i64::from(year),
                place: scope.as_ref().map(|node| node.id.clone()).unwrap_or_default(),
                definition: String::new(),
                revision: 0,
                changed_by: None,
                changed_at_ms: now_ms,
            };
            let found = Found { row, definition: definition.clone(), scope, tree };
            Ok((None, results::of(&mut tx, caller, now_ms, found, definition).await?))
        }
        Err(error) => Err(error),
    }
}

fn checked(year: u32, file: &[u8]) -> Result<Definition> {
    let definition = assessment_json::read(file).map_err(Error::Unreadable)?;
    if definition.year == year {
        Ok(definition)
    } else {
        Err(Error::Invalid { field: "year", expected: "assessment-year" })
    }
}

/// The id of a person by login, or by the key by which lists name people whose login is shown in part only.
pub async fn person_id(app: &App, login: &str) -> Result<String> {
    Ok(find_person(&mut app.db.read().await?, login).await?.id)
}

/// Rules to start from for a year.
pub fn ready_rules(name: &str, year: u32) -> Option<Definition> {
    ready::rules(name, year)
}

/// Sets the rules of a year at the caller's branch; those that held before stay in the chain by their digest.
pub async fn set(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    (year, branch): (u32, Option<&str>),
    file: &[u8],
) -> Result<AssessmentRow> {
    let definition = checked(year, file)?;
    let mut tx = app.db.write().await?;
    let tree = tree(&mut tx).await?;
    let place = scope(caller, &tree, branch)?.map(|node| node.id).unwrap_or_default();
    let before = assessments::list(&mut tx, Some(i64::from(year))).await?.into_iter().find(|row| row.place == place);
    let row = AssessmentRow {
        id: before.as_ref().map_or_else(|| app.randomness.id(now_ms), |before| before.id.clone()),
        year: i64::from(year),
        place,
        definition: crate::store::write_json("assessment", &definition)?,
        revision: before.map_or(1, |before| before.revision + 1),
        changed_by: caller.person_id.clone(),
        changed_at_ms: now_ms,
    };
    if !assessments::put(&mut tx, &row).await? {
        return Err(Error::ChangedMeanwhile);
    }
    let detail = details::assessment_set(&row);
    trace::append(&mut tx, &event(caller, now_ms, "assessment-set", &row.id, &detail)).await?;
    tx.commit().await?;
    Ok(row)
}

/// An adjustment on its way in.
#[derive(Debug, Clone)]
pub struct Adjusting {
    /// Whose result.
    pub login: String,
    /// Hundredths; below 0 it takes away.
    pub points: i64,
    /// Why.
    pub reason: String,
}

/// Adds to somebody's result or takes from it, with a reason. For those who may sign off the assessment.
pub async fn adjust(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    (year, branch): (u32, Option<&str>),
    adjusting: &Adjusting,
) -> Result<AdjustmentRow> {
    let reason = check_reason(&adjusting.reason)?;
    if adjusting.points == 0 || adjusting.points.abs() > MOST_ADJUSTED {
        return Err(Error::Invalid { field: "points", expected: "adjustment-points" });
    }
    let mut tx = app.db.write().await?;
    let found = kept(&mut tx, caller, year, branch).await?;
    let person = find_person(&mut tx, &adjusting.login).await?;
    if caller.person_id.as_ref() == Some(&person.id) {
        return Err(Error::Invalid { field: "login", expected: "adjustment-own" });
    }
    if !results::assessed_ids(&mut tx, now_ms, &found).await?.contains(&person.id) {
        return Err(Error::NotFound(Thing::Person));
    }
    let row = AdjustmentRow {
        id: app.randomness.id(now_ms),
        assessment_id: found.row.id,
        person_id: person.id,
        points: adjusting.points,
        reason,
        given_by: caller.person_id.clone(),
        given_at_ms: now_ms,
        ended_by: None,
        ended_at_ms: None,
    };
    assessments::adjust(&mut tx, &row).await?;
    let detail = details::assessment_adjusted(&row);
    trace::append(&mut tx, &event(caller, now_ms, "assessment-adjusted", &row.id, &detail)).await?;
    tx.commit().await?;
    Ok(row)
}

/// Takes an adjustment back; nobody an own one.
pub async fn end_adjustment(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    (year, branch): (u32, Option<&str>),
    id: &str,
) -> Result<()> {
    let mut tx = app.db.write().await?;
    let found = kept(&mut tx, caller, year, branch).await?;
    let known = assessments::adjustments(&mut tx, &found.row.id).await?;
    let row = known.into_iter().find(|row| row.id == id).ok_or(Error::NotFound(Thing::Assessment))?;
    if caller.person_id.as_ref() == Some(&row.person_id) {
        return Err(Error::Invalid { field: "login", expected: "adjustment-own" });
    }
    if !assessments::end_adjustment(&mut tx, id, caller.person_id.clone(), now_ms).await? {
        return Err(Error::ChangedMeanwhile);
    }
    let detail = details::assessment_adjusted(&row);
    trace::append(&mut tx, &event(caller, now_ms, "adjustment-ended", id, &detail)).await?;
    tx.commit().await?;
    Ok(())
}

/// The rules that hold for the branch, where the caller's committee stands at or above the place where they hold.
async fn kept(tx: &mut Tx, caller: &Caller, year: u32, branch: Option<&str>) -> Result<Found> {
    let found = find(tx, caller, year, branch).await?;
    if caller.covers(Role::Committee, place(&found.row), &found.tree) {
        Ok(found)
    } else {
        Err(Error::Forbidden(Some(Role::Committee)))
    }
}

/// The rules of a year with their title, for whoever may read the whole of its results and sign them off.
pub(crate) async fn of_whole(
    tx: &mut Tx,
    caller: &Caller,
    (year, branch): (u32, Option<&str>),
) -> Result<(AssessmentRow, Text)> {
    let found = kept(tx, caller, year, branch).await?;
    Ok((found.row, found.definition.title))
}

/// Hundredths of points that are given, or taken where the number is below 0; `None` of more than two decimals.
pub fn hundredths_of(number: f64) -> Option<i64> {
    let points = Points::from_number(number.abs())?.hundredths();
    Some(if number < 0.0 { -points } else { points })
}

/// Points of an adjustment in words: `+2`, `-1.5`.
pub fn signed_points(hundredths: i64) -> String {
    let points = Points::from_hundredths(hundredths.abs());
    if hundredths < 0 { format!("-{points}") } else { format!("+{points}") }
}
