//! Who can be commended for a year, and who needs help. Both are for committees at or above a branch: the list of those
//! who need help is never published, and no document for publication is made of either.

use super::last_year::{NamedYear, last_year};
use super::results::of;
use super::{Assessed, BranchLine, find};
use crate::app::App;
use crate::rules::assessment::commendation::{Attendance, Held, Place, places};
use crate::rules::assessment::help::{Need, needs};
use crate::rules::overview::Topics;
use crate::rules::points::Points;
use crate::rules::rights::Caller;
use crate::rules::text::Text;
use crate::service::error::Result;
use crate::service::reports::{titles, topics_of_people};
use crate::store::db::Tx;
use crate::store::tests;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A member beside the criteria.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The place in the list of members.
    pub member: usize,
    /// How often due, sat, absent, failed.
    pub attendance: Attendance,
    /// Every criterion with what there is.
    pub held: Vec<Held>,
    /// Where among the places; of those who meet the criteria.
    pub place: Option<Place>,
}

/// A branch beside the criteria.
#[derive(Debug, Clone)]
pub struct BranchCandidate {
    /// The branch.
    pub line: BranchLine,
    /// Every criterion with what there is.
    pub held: Vec<Held>,
    /// Where among the places; of those that meet the criteria.
    pub place: Option<Place>,
}

/// Who can be commended.
#[derive(Debug, Clone)]
pub struct Commended {
    /// The year; its rules have the criteria.
    pub assessed: Assessed,
    /// Members who meet the criteria, best first.
    pub members: Vec<Candidate>,
    /// Members who miss just one of them, and by little.
    pub close: Vec<Candidate>,
    /// Branches that meet the criteria, best first.
    pub branches: Vec<BranchCandidate>,
    /// Branches that miss just one of them, and by little.
    pub close_branches: Vec<BranchCandidate>,
}

/// Whether all is met, or all but one that lies near.
fn judged(held: &[Held]) -> Option<bool> {
    let missed: Vec<&Held> = held.iter().filter(|one| !one.is_met()).collect();
    match missed.as_slice() {
        [] => Some(true),
        [one] if one.is_near() => Some(false),
        _ => None,
    }
}

/// Who can be commended by the criteria of the year's rules.
pub async fn commended(app: &App, caller: &Caller, now_ms: i64, at: (u32, Option<&str>)) -> Result<Commended> {
    let assessed = super::show(app, caller, now_ms, at.0, at.1).await?;
    let (members, close) = of_members(&assessed);
    let (branches, close_branches) = of_branches(&assessed);
    Ok(Commended { assessed, members, close, branches, close_branches })
}

fn of_members(assessed: &Assessed) -> (Vec<Candidate>, Vec<Candidate>) {
    let Some(criteria) = assessed.definition.commend.as_ref().and_then(|commend| commend.members.as_ref()) else {
        return (Vec::new(), Vec::new());
    };
    let (mut meet, mut close): (Vec<Candidate>, Vec<Candidate>) = (Vec::new(), Vec::new());
    let mut sizes: HashMap<&str, usize> = HashMap::new();
    for (member, line) in assessed.members.iter().enumerate() {
        *sizes.entry(&line.branch.id).or_default() += 1;
        let attendance = assessed.attendance(line);
        let held = criteria.held(&line.outcome, &attendance);
        let list = match judged(&held) {
            Some(true) => &mut meet,
            Some(false) => &mut close,
            None => continue,
        };
        list.push(Candidate { member, attendance, held, place: None });
    }
    let line = |candidate: &Candidate| assessed.members.get(candidate.member);
    let mut by_branch: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, candidate) in meet.iter().enumerate() {
        let Some(line) = line(candidate) else { continue };
        by_branch.entry(&line.branch.id).or_default().push(index);
    }
    let mut given: Vec<(usize, Place)> = Vec::new();
    for (branch, indices) in by_branch {
        let total = |index: &usize| {
            meet.get(*index).and_then(line).and_then(|line| line.outcome.total.ok()).unwrap_or_default()
        };
        let totals: Vec<Points> = indices.iter().map(total).collect();
        let room = criteria.places(sizes.get(branch).copied().unwrap_or_default());
        given.extend(indices.into_iter().zip(places(&totals, room)));
    }
    for (index, place) in given {
        if let Some(candidate) = meet.get_mut(index) {
            candidate.place = Some(place);
        }
    }
    (meet, close)
}

fn of_branches(assessed: &Assessed) -> (Vec<BranchCandidate>, Vec<BranchCandidate>) {
    let Some(criteria) = assessed.definition.commend.as_ref().and_then(|commend| commend.branches.as_ref()) else {
        return (Vec::new(), Vec::new());
    };
    let (mut meet, mut close): (Vec<BranchCandidate>, Vec<BranchCandidate>) = (Vec::new(), Vec::new());
    for line in assessed.lines_of(criteria.kind.as_deref()) {
        let held = criteria.held(&line.tally, &line.figures);
        let list = match judged(&held) {
            Some(true) => &mut meet,
            Some(false) => &mut close,
            None => continue,
        };
        list.push(BranchCandidate { line, held, place: None });
    }
    // Stable: equal ones stay in the official order.
    meet.sort_by_key(|one| std::cmp::Reverse(one.line.figures.score));
    let scores: Vec<Points> = meet.iter().map(|one| one.line.figures.score.unwrap_or_default()).collect();
    let room = criteria.most.map(|most| usize::try_from(most).unwrap_or(usize::MAX));
    for (one, place) in meet.iter_mut().zip(places(&scores, room)) {
        one.place = Some(place);
    }
    (meet, close)
}

/// A topic in which somebody is weak.
#[derive(Debug, Clone)]
pub struct WeakTopic {
    /// Its title.
    pub title: Text,
    /// Points won in it.
    pub won: Points,
    /// Points possible.
    pub possible: Points,
}

/// Somebody who needs help.
#[derive(Debug, Clone)]
pub struct InNeed {
    /// The place in the list of members.
    pub member: usize,
    /// How often due, sat, absent, failed.
    pub attendance: Attendance,
    /// Why.
    pub needs: Vec<Need>,
    /// The result of the year before.
    pub last: Option<Points>,
    /// The weakest topics below the pass line, the weakest first.
    pub topics: Vec<WeakTopic>,
}

/// Those who need help.
#[derive(Debug, Clone)]
pub struct ToHelp {
    /// The year.
    pub assessed: Assessed,
    /// The year before, where falls are told against it.
    pub last: Option<NamedYear>,
    /// Who, in the official order of branches and by result.
    pub members: Vec<InNeed>,
    /// Whether topics were looked at; of too many people they aren't.
    pub has_topics: bool,
}

/// Most people whose topics are looked at.
const MOST_WITH_TOPICS: usize = 500;
/// Most topics told of each.
const MOST_TOPICS: usize = 3;

/// Those who need help: for the committee that is responsible, and for nobody else.
pub async fn to_help(app: &App, caller: &Caller, now_ms: i64, at: (u32, Option<&str>)) -> Result<ToHelp> {
    let mut tx = app.db.read().await?;
    let found = find(&mut tx, caller, at.0, at.1).await?;
    let definition = found.definition.clone();
    let assessed = of(&mut tx, caller, now_ms, found, definition).await?;
    let last = last_year(&mut tx, caller, now_ms, at).await?;
    let closed_at = |component: usize, index: usize| {
        assessed.test(component, index).map_or(i64::MAX, |test| test.definition.closes_at_ms)
    };
    let mut members = Vec::new();
    for (member, line) in assessed.members.iter().enumerate() {
        let attendance = assessed.attendance(line);
        let before = last.as_ref().and_then(|last| last.total(&line.person_id));
        let needs = needs(&assessed.definition, (&line.outcome, &attendance), before, closed_at);
        if !needs.is_empty() {
            members.push(InNeed { member, attendance, needs, last: before, topics: Vec::new() });
        }
    }
    let has_topics = members.len() <= MOST_WITH_TOPICS;
    if has_topics {
        weak_topics(&mut tx, &assessed, &mut members).await?;
    }
    let last = last.map(|last| last.named(&assessed.definition));
    Ok(ToHelp { assessed, last, members, has_topics })
}

/// Looks up in which topics each is weak, over the tests of all components.
async fn weak_topics(tx: &mut Tx, assessed: &Assessed, members: &mut [InNeed]) -> Result<()> {
    let id = |one: &InNeed| assessed.members.get(one.member).map(|line| line.person_id.clone()).unwrap_or_default();
    let ids: Vec<String> = members.iter().map(id).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let mut sums: HashMap<String, Topics> = HashMap::new();
    let mut titled = HashMap::new();
    let mut seen = BTreeSet::new();
    for one in assessed.tests.iter().flatten() {
        if !seen.insert(one.test.row.id.as_str()) {
            continue;
        }
        for (person, topics) in topics_of_people(tx, &one.test, &ids).await? {
            let mine = sums.entry(person).or_default();
            for (topic, (won, possible)) in topics {
                let sum = mine.entry(topic).or_default();
                *sum = (sum.0 + won, sum.1 + possible);
            }
        }
        for edition in tests::editions(tx, &one.test.row.id).await? {
            titled.extend(titles(&edition)?);
        }
    }
    for (one, id) in members.iter_mut().zip(ids) {
        let topics = sums.remove(id).unwrap_or_default();
        let below = |(won, possible): (Points, Points)| !won.reach(assessed.definition.pass, possible);
        let mut weak: Vec<WeakTopic> = topics
            .into_iter()
            .filter(|(_, sum)| sum.1 > Points::ZERO && below(*sum))
            .map(|(topic, (won, possible))| {
                let title = titled.get(&topic).cloned().unwrap_or_else(|| Text::Same(topic.1.clone()));
                WeakTopic { title, won, possible }
            })
            .collect();
        weak.sort_by_key(|topic| crate::rules::assessment::percent(topic.won, topic.possible));
        weak.truncate(MOST_TOPICS);
        one.topics = weak;
    }
    Ok(())
}
