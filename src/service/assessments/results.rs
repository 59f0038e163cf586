//! The results of a year: of every member on the roster at its end, and of every branch.

use super::branches::Branches;
use super::{AdjustmentRow, AssessmentRow, Found, SigningRow, place};
use crate::rules::assessment::commendation::Attendance;
use crate::rules::assessment::{
    BranchFigures, BranchTally, Component, Definition, MarkList, Outcome, Selection, Sitting,
};
use crate::rules::blueprint::Occasion;
use crate::rules::make_up::MadeUp;
use crate::rules::points::Points;
use crate::rules::presence::Presence;
use crate::rules::ranking;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::tree::{Node, Tree};
use crate::service::error::Result;
use crate::service::make_ups;
use crate::service::objections::waiting_at;
use crate::service::people::shown_login;
use crate::service::tests::Test;
use crate::store::assessment_marks::{self, MarkRow};
use crate::store::db::Tx;
use crate::store::{assessments, people, presence, tests};
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// A test of a component.
#[derive(Debug, Clone)]
pub struct YearTest {
    /// The test.
    pub test: Arc<Test>,
    /// How many objections to its questions wait for an answer.
    pub objections: i64,
}

/// A mark that was entered, with who did.
#[derive(Debug, Clone)]
pub struct GivenMark {
    /// The mark.
    pub row: MarkRow,
    /// The name of who entered it; `None`: the operator.
    pub by: Option<String>,
}

/// A member's line.
#[derive(Debug, Clone)]
pub struct MemberLine {
    /// The person's id.
    pub person_id: String,
    /// What the person signs in with, as the caller may see it.
    pub login: String,
    /// Who.
    pub name: String,
    /// The branch at the year's end.
    pub branch: Node,
    /// The result.
    pub outcome: Outcome,
    /// The place among all with a result that are shown; equal results share one.
    pub rank: Option<usize>,
    /// What was added or taken away, also what was taken back.
    pub adjustments: Vec<AdjustmentRow>,
    /// Marks that were entered, the earliest first, also those that don't stand any more.
    pub marks: Vec<GivenMark>,
}

impl MemberLine {
    /// Marks of a list, the earliest first.
    pub fn marks_of<'a>(&'a self, list: &'a str) -> impl DoubleEndedIterator<Item = &'a GivenMark> {
        self.marks.iter().filter(move |mark| mark.row.list == list)
    }
}

/// The marks that stand, in percent, by component.
fn standing_marks(definition: &Definition, marks: &[GivenMark]) -> Vec<Option<Points>> {
    let of = |list: &MarkList| marks.iter().find(|mark| mark.row.stands() && mark.row.list == list.name);
    let standing = |component: &Component| Some(of(component.marks()?)?.row.mark().percent());
    definition.components.iter().map(standing).collect()
}

/// A branch's line.
#[derive(Debug, Clone)]
pub struct BranchLine {
    /// The branch; `None`: everybody shown.
    pub branch: Option<Node>,
    /// Whether it stands for the branch's own members without those below.
    pub direct: bool,
    /// Counts.
    pub tally: BranchTally,
    /// Figures.
    pub figures: BranchFigures,
    /// The place among branches under the same one; `None` of those too small, or without a result.
    pub rank: Option<usize>,
}

/// A year's results within a branch.
#[derive(Debug, Clone)]
pub struct Assessed {
    /// The rules as they are stored.
    pub row: AssessmentRow,
    /// The rules by which these are.
    pub definition: Definition,
    /// The branch at which the rules hold; `None`: the whole unit.
    pub place: Option<Node>,
    /// The branches above that the caller may see, from the top down.
    pub path: Vec<Node>,
    /// The tests of each component, in the order of closing.
    pub tests: Vec<Vec<YearTest>>,
    /// The branch.
    pub line: BranchLine,
    /// Its own members, then the branches right below.
    pub children: Vec<BranchLine>,
    /// Its members, best first; those without a result last, in the official order.
    pub members: Vec<MemberLine>,
    /// Signed versions, in their order.
    pub signings: Vec<SigningRow>,
    /// Whether the caller may change rules, adjust and sign.
    pub may_keep: bool,
    /// Today's tree.
    pub(super) tree: Tree,
    /// What the results of each branch's own members come to.
    pub(super) own: HashMap<String, BranchTally>,
}

impl Assessed {
    /// A test by its component and its place there.
    pub(super) fn test(&self, component: usize, index: usize) -> Option<&Test> {
        self.tests.get(component).and_then(|tests| tests.get(index)).map(|one| one.test.as_ref())
    }

    /// How often a member was due, sat, was absent and failed.
    pub fn attendance(&self, member: &MemberLine) -> Attendance {
        Attendance::of(&member.outcome, |component, index| self.test(component, index).map(|test| test.definition.pass))
    }
}

/// The last moment of a year in the server's time zone, or now where it isn't over.
fn counted_at(year: u32, now_ms: i64) -> i64 {
    let next = i16::try_from(year + 1).ok().and_then(|year| jiff::civil::Date::new(year, 1, 1).ok());
    let end = next.and_then(|day| day.to_zoned_datetime(TimeZone::system()).ok());
    end.map_or(now_ms, |end| now_ms.min(end.timestamp().as_millisecond() - 1))
}

/// The year of a moment in the server's time zone.
pub fn year_of(at_ms: i64) -> Option<i16> {
    day_of(at_ms).map(jiff::civil::Date::year)
}

/// The quarter of a moment in the server's time zone, from 1 to 4.
pub fn quarter_of(at_ms: i64) -> Option<u8> {
    let month = day_of(at_ms)?.month();
    u8::try_from((month - 1) / 3 + 1).ok()
}

fn day_of(at_ms: i64) -> Option<jiff::civil::Date> {
    Some(jiff::Timestamp::from_millisecond(at_ms).ok()?.to_zoned_datetime(TimeZone::system()).date())
}

/// Members at the year's end within the branch that is looked at, and where.
async fn assessed_members(tx: &mut Tx, now_ms: i64, found: &Found) -> Result<BTreeMap<String, String>> {
    let members = assessments::members_at(tx, counted_at(found.definition.year, now_ms)).await?;
    let within = |branch: &str| {
        let is_there = found.tree.get(branch).is_some();
        is_there
            && place(&found.row).is_none_or(|place| found.tree.is_within(branch, place))
            && found.scope.as_ref().is_none_or(|scope| found.tree.is_within(branch, &scope.id))
    };
    let kept = members.into_iter().filter(|member| within(&member.branch_id));
    Ok(kept.map(|member| (member.person_id, member.branch_id)).collect())
}

pub(super) async fn assessed_ids(tx: &mut Tx, now_ms: i64, found: &Found) -> Result<HashSet<String>> {
    Ok(assessed_members(tx, now_ms, found).await?.into_keys().collect())
}

/// The tests of a year.
struct YearTests {
    /// Of each component, in the order of closing.
    components: Vec<Vec<Arc<Test>>>,
    /// The make-ups of those, by the name of the first test.
    make_ups: HashMap<String, Vec<Arc<Test>>>,
}

/// Settled tests of each component. A make-up of one of them is no test of its own: it counts where that one does.
async fn year_tests(tx: &mut Tx, definition: &Definition) -> Result<YearTests> {
    let mut all: Vec<Arc<Test>> = Vec::new();
    for row in tests::list(tx).await? {
        if row.finished_at_ms.is_some() && row.cancelled_reason.is_none() {
            all.push(Arc::new(Test::read(row)?));
        }
    }
    all.sort_by_key(|test| (test.definition.closes_at_ms, test.row.id.clone()));
    let year = i16::try_from(definition.year).ok();
    let of = |selection: &Selection| -> Vec<Arc<Test>> {
        let is_meant = |test: &&Arc<Test>| match selection {
            _ if test.definition.occasion == Occasion::Practice => false,
            Selection::Occasion(occasion) => {
                test.definition.occasion == *occasion && year_of(test.definition.closes_at_ms) == year
            }
            Selection::Names(names) => names.contains(&test.row.name),
            Selection::Marks(_) => false,
        };
        all.iter().filter(is_meant).cloned().collect()
    };
    let mut components: Vec<Vec<Arc<Test>>> =
        definition.components.iter().map(|component| of(&component.tests)).collect();
    let firsts: HashSet<String> = components.iter().flatten().map(|test| test.row.name.clone()).collect();
    let mut make_ups: HashMap<String, Vec<Arc<Test>>> = HashMap::new();
    for test in &all {
        if let Some(first) = first_of(test).filter(|first| firsts.contains(*first)) {
            make_ups.entry(first.to_owned()).or_default().push(Arc::clone(test));
        }
    }
    let is_own = |test: &Arc<Test>| first_of(test).is_none_or(|first| !firsts.contains(first));
    for tests in &mut components {
        tests.retain(is_own);
    }
    Ok(YearTests { components, make_ups })
}

fn first_of(test: &Test) -> Option<&str> {
    test.definition.make_up_of.as_ref().map(|make_up| make_up.test.as_str())
}

/// What a test holds of each person: the presence, and points won and possible.
pub(crate) type Held = HashMap<String, (Presence, Option<(Points, Points)>)>;

/// What a test holds of each person who counts in it.
pub(crate) async fn sittings(tx: &mut Tx, test: &Test) -> Result<Held> {
    let set: HashMap<String, String> =
        presence::list(tx, &test.row.id).await?.into_iter().map(|row| (row.person_id, row.state)).collect();
    let mut scores: HashMap<String, (Vec<Points>, bool)> = HashMap::new();
    for row in assessments::scores(tx, &test.row.id).await? {
        let mine = scores.entry(row.person_id).or_default();
        mine.0.push(Points::from_hundredths(row.score));
        mine.1 |= row.pending;
    }
    let full = test.definition.full();
    let mut held = HashMap::new();
    for member in presence::closed_members(tx, &test.row.id).await? {
        let mine = scores.get(&member.person_id);
        let state = set.get(&member.person_id).and_then(|state| Presence::from_name(state));
        let presence = Presence::of(state, mine.is_some());
        let score = mine.filter(|(_, pending)| presence == Presence::Sat && !pending);
        let score = score.and_then(|(scores, _)| test.definition.keep.of(scores)).map(|score| (score, full));
        held.insert(member.person_id, (presence, score));
    }
    Ok(held)
}

/// What a make-up that stands alone counts: at most its cap.
fn capped(test: &Test, score: Option<(Points, Points)>) -> Option<(Points, Points)> {
    let Some(cap) = test.definition.make_up_of.as_ref().and_then(|make_up| make_up.cap) else { return score };
    let full = test.definition.full();
    MadeUp { score, cap, full, passed: false }.points().map(|won| (won, full))
}

/// What every test of every component holds of each person.
async fn all_sittings(tx: &mut Tx, year: &YearTests) -> Result<HashMap<String, Vec<Vec<Sitting>>>> {
    let tests = &year.components;
    let mut known: HashMap<String, (Held, HashMap<String, MadeUp>)> = HashMap::new();
    let mut by_person: HashMap<String, Vec<Vec<Sitting>>> = HashMap::new();
    for (component, list) in tests.iter().enumerate() {
        for (index, test) in list.iter().enumerate() {
            if !known.contains_key(&test.row.id) {
                let make_ups = year.make_ups.get(&test.row.name).map(Vec::as_slice).unwrap_or_default();
                let held = sittings(tx, test).await?;
                let made_up = make_ups::earned(tx, test, &held, make_ups.iter().map(AsRef::as_ref)).await?;
                known.insert(test.row.id.clone(), (held, made_up));
            }
            let Some((held, made_up)) = known.get(&test.row.id) else { continue };
            for (person, &(presence, score)) in held {
                let mine = by_person.entry(person.clone()).or_insert_with(|| vec![Vec::new(); tests.len()]);
                if let Some(list) = mine.get_mut(component) {
                    let made_up = made_up.get(person).copied();
                    list.push(Sitting { test: index, presence, score: capped(test, score), made_up });
                }
            }
        }
    }
    Ok(by_person)
}

pub(super) async fn of(
    tx: &mut Tx,
    caller: &Caller,
    now_ms: i64,
    found: Found,
    definition: Definition,
) -> Result<Assessed> {
    let assessed = assessed_members(tx, now_ms, &found).await?;
    let tests = year_tests(tx, &definition).await?;
    let held = all_sittings(tx, &tests).await?;
    let mut adjustments: HashMap<String, Vec<AdjustmentRow>> = HashMap::new();
    for row in assessments::adjustments(tx, &found.row.id).await? {
        adjustments.entry(row.person_id.clone()).or_default().push(row);
    }
    let people: HashMap<String, people::Person> =
        people::list(tx).await?.into_iter().map(|person| (person.id.clone(), person)).collect();
    let mut marks: HashMap<String, Vec<GivenMark>> = HashMap::new();
    for row in assessment_marks::list(tx, &found.row.id).await? {
        let by = row.given_by.as_ref().and_then(|by| people.get(by)).map(|person| person.name.clone());
        marks.entry(row.person_id.clone()).or_default().push(GivenMark { row, by });
    }
    let mut members = Vec::with_capacity(assessed.len());
    let mut by_branch: HashMap<String, BranchTally> = HashMap::new();
    let none = Vec::new();
    for (person_id, branch_id) in assessed {
        let (Some(person), Some(branch)) = (people.get(&person_id), found.tree.get(&branch_id)) else { continue };
        let mine = adjustments.remove(&person_id).unwrap_or_default();
        let adjusted = mine.iter().filter(|row| row.ended_at_ms.is_none()).map(|row| row.points).sum();
        let marks = marks.remove(&person_id).unwrap_or_default();
        let sittings = held.get(&person_id).unwrap_or(&none);
        let outcome =
            definition.outcome(sittings, &standing_marks(&definition, &marks), Points::from_hundredths(adjusted));
        by_branch.entry(branch_id).or_default().add(&definition, &outcome);
        members.push((
            person.position,
            MemberLine {
                login: shown_login(&person.login, caller),
                name: person.name.clone(),
                branch: branch.clone(),
                outcome,
                rank: None,
                adjustments: mine,
                marks,
                person_id,
            },
        ));
    }
    let branches = Branches { definition: &definition, tree: &found.tree, by_branch: &by_branch };
    let (line, children) = branches.lines(found.scope.as_ref());
    let sees = |node: &&Node| caller.covers(Role::Committee, Some(&node.id), &found.tree);
    let path = found.scope.iter().flat_map(|scope| found.tree.path(&scope.id)).filter(sees).cloned().collect();
    Ok(Assessed {
        place: place(&found.row).and_then(|place| found.tree.get(place)).cloned(),
        may_keep: caller.covers(Role::Committee, place(&found.row), &found.tree),
        signings: if found.row.id.is_empty() { Vec::new() } else { assessments::signings(tx, &found.row.id).await? },
        members: ranked(members),
        tests: with_objections(tx, tests.components).await?,
        row: found.row,
        definition,
        path,
        line,
        children,
        tree: found.tree,
        own: by_branch,
    })
}

/// What waits is for those who sign to know.
async fn with_objections(tx: &mut Tx, tests: Vec<Vec<Arc<Test>>>) -> Result<Vec<Vec<YearTest>>> {
    let waiting = waiting_at(tx).await?;
    let of = |test: Arc<Test>| YearTest { objections: waiting.get(&test.row.id).copied().unwrap_or_default(), test };
    Ok(tests.into_iter().map(|list| list.into_iter().map(of).collect()).collect())
}

/// Best first, equal results sharing a place; those without a result last, each in the official order.
fn ranked(mut members: Vec<(i64, MemberLine)>) -> Vec<MemberLine> {
    let mut totals: Vec<Points> = members.iter().filter_map(|(_, member)| member.outcome.total.ok()).collect();
    totals.sort_unstable();
    for (_, member) in &mut members {
        member.rank = member.outcome.total.ok().map(|total| ranking::place(&total, &totals));
    }
    members.sort_by(|(at, one), (at_two, two)| {
        let key = |line: &MemberLine| line.rank.unwrap_or(usize::MAX);
        key(one).cmp(&key(two)).then(at.cmp(at_two)).then_with(|| one.person_id.cmp(&two.person_id))
    });
    members.into_iter().map(|(_, member)| member).collect()
}
