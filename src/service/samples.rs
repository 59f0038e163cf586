//! Inspections: who was drawn, of whom, and what those who sat say of everybody.

use crate::app::App;
use crate::rules::points::number;
use crate::rules::presence::Presence;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::sample::{By, Sample};
use crate::rules::statistics::Interval;
use crate::rules::statistics::survey::{self, Estimate, Stratum};
use crate::rules::tree::{Node, Tree};
use crate::service::assessments::sittings;
use crate::service::error::{Error, Result};
use crate::service::people::tree;
use crate::service::tests::{Basis, REPORT_ROLES, Test, find};
use crate::store::db::Tx;
use crate::store::people::{self, Person};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A group that members were drawn from.
#[derive(Debug, Clone)]
pub struct GroupLine {
    /// The branch, where members are drawn by it.
    pub branch: Option<Node>,
    /// The category, where members are drawn by it.
    pub category: Option<String>,
    /// How many might have been drawn.
    pub members: usize,
    /// How many were.
    pub drawn: usize,
}

/// Who was drawn for an inspection, within the reader's rights.
#[derive(Debug, Clone)]
pub struct Sampled {
    /// The test.
    pub test: Test,
    /// The rule.
    pub rule: Sample,
    /// The groups, in the official order of their branches.
    pub groups: Vec<GroupLine>,
    /// Those drawn, branch by branch in the official order.
    pub people: Vec<(Node, Vec<Person>)>,
}

/// Who was drawn for an inspection, for those who organize it or read its report, as far as their branches go.
pub async fn show(app: &App, caller: &Caller, name: &str) -> Result<Sampled> {
    let mut tx = app.db.read().await?;
    let (test, standing) = find(&mut tx, caller, name).await?;
    if !standing.manages && !standing.reads_report {
        return Err(Error::Forbidden(Some(Role::Committee)));
    }
    let everybody = Error::Invalid { field: "sample", expected: "no-sample" };
    let rule = test.definition.sample.clone().ok_or(everybody)?;
    let tree = tree(&mut tx).await?;
    let basis = Basis::of(&mut tx, &test).await?;
    let sees = |id: &str| caller.covers_any(&REPORT_ROLES, Some(id), &tree);
    let drawn: HashSet<&str> = basis.members.iter().map(String::as_str).collect();
    let is_whole = !rule.by.contains(&By::Branch);
    let sees_all = basis.frame.iter().all(|one| sees(&one.branch_id));
    let order = order(&tree);
    let mut groups: Vec<(usize, GroupLine)> = rule
        .strata(&basis.frame)
        .into_iter()
        .filter(|one| if is_whole { sees_all } else { sees(&one.group.0) })
        .map(|one| {
            let line = GroupLine {
                branch: tree.get(&one.group.0).cloned(),
                category: rule.by.contains(&By::Category).then(|| one.group.1.clone()),
                members: one.members.len(),
                drawn: one.members.iter().filter(|member| drawn.contains(member.person_id.as_str())).count(),
            };
            (order.get(one.group.0.as_str()).copied().unwrap_or_default(), line)
        })
        .collect();
    groups.sort_by_key(|(at, _)| *at);
    let places: HashMap<&str, &str> =
        basis.frame.iter().map(|one| (one.person_id.as_str(), one.branch_id.as_str())).collect();
    let ids: Vec<&str> = drawn.iter().copied().filter(|id| places.get(id).is_some_and(|branch| sees(branch))).collect();
    let mut by_branch: BTreeMap<usize, (Node, Vec<Person>)> = BTreeMap::new();
    for person in people::list_of(&mut tx, &ids).await? {
        let Some(node) = places.get(person.id.as_str()).and_then(|id| tree.get(id)) else { continue };
        let at = order.get(node.id.as_str()).copied().unwrap_or_default();
        by_branch.entry(at).or_insert_with(|| (node.clone(), Vec::new())).1.push(person);
    }
    let groups = groups.into_iter().map(|(_, group)| group).collect();
    Ok(Sampled { test, rule, groups, people: by_branch.into_values().collect() })
}

/// The place of each branch in the official order.
fn order(tree: &Tree) -> HashMap<&str, usize> {
    tree.walk().into_iter().enumerate().map(|(at, (_, node))| (node.id.as_str(), at)).collect()
}

/// What a sample says of everybody; means and rates in percent.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Estimated {
    /// How many might have been drawn.
    pub members: usize,
    /// How many were.
    pub drawn: usize,
    /// How many of those sat and have a score.
    pub sat: usize,
    /// How many of `members` are in groups of which nobody has one: the estimates don't speak of them.
    pub unknown: usize,
    /// The mean in percent of full marks.
    pub mean: Option<Estimate>,
    /// The pass rate.
    pub pass_rate: Option<Estimate>,
}

/// What the sample of a settled inspection says of everybody at a branch and below it; `None` of other tests, and of
/// branches that members weren't drawn by.
pub(crate) async fn estimated(
    tx: &mut Tx,
    test: &Test,
    (tree, branch): (&Tree, Option<&Node>),
) -> Result<Option<Estimated>> {
    let Some(rule) = test.definition.sample.as_ref().filter(|_| test.row.finished_at_ms.is_some()) else {
        return Ok(None);
    };
    let basis = Basis::of(tx, test).await?;
    let is_below = |id: &str| branch.is_none_or(|branch| tree.is_within(id, &branch.id));
    if !rule.by.contains(&By::Branch) && !basis.frame.iter().all(|one| is_below(&one.branch_id)) {
        return Ok(None);
    }
    let held = sittings(tx, test).await?;
    let drawn: HashSet<&str> = basis.members.iter().map(String::as_str).collect();
    let mut found = Estimated { members: 0, drawn: 0, sat: 0, unknown: 0, mean: None, pass_rate: None };
    let (mut scores, mut passes) = (Vec::new(), Vec::new());
    for stratum in rule.strata(&basis.frame) {
        if stratum.members.first().is_none_or(|one| !is_below(&one.branch_id)) {
            continue;
        }
        let taken = stratum.members.iter().filter(|one| drawn.contains(one.person_id.as_str()));
        found.drawn += taken.clone().count();
        let earned: Vec<_> = taken
            .filter_map(|one| held.get(&one.person_id).filter(|(state, _)| *state == Presence::Sat))
            .filter_map(|(_, score)| *score)
            .collect();
        let members = stratum.members.len();
        found.members += members;
        found.sat += earned.len();
        found.unknown += if earned.is_empty() { members } else { 0 };
        let shares = earned.iter().filter_map(|(won, full)| won.percent_of(*full)).collect();
        let reached = earned.iter().map(|(won, full)| number(i64::from(won.reach(test.definition.pass, *full))));
        passes.push(Stratum { members, values: reached.collect() });
        scores.push(Stratum { members, values: shares });
    }
    let within = |range: Interval| Interval { low: range.low.max(0.0), high: range.high.min(100.0) };
    let hundred = |range: Interval| Interval { low: range.low * 100.0, high: range.high * 100.0 };
    found.mean = survey::mean(&scores).map(|one| Estimate { value: one.value, range: one.range.map(within) });
    found.pass_rate =
        survey::rate(&passes).map(|one| Estimate { value: one.value * 100.0, range: one.range.map(hundred) });
    Ok(Some(found))
}
