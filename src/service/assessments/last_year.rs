//! A year beside the year before: as it was signed, or as it stands where nobody signed it.

use super::branches::Branches;
use super::results::of;
use super::signing::Signed;
use super::{Assessed, BranchLine, SigningRow, find};
use crate::app::App;
use crate::formats::assessment_json;
use crate::rules::assessment::commendation::Attendance;
use crate::rules::assessment::{BranchTally, Definition, Outcome, Selection, Ungraded};
use crate::rules::points::Points;
use crate::rules::ranking;
use crate::rules::rights::Caller;
use crate::rules::statistics::difference::{self, Shift};
use crate::rules::text::Text;
use crate::rules::tree::Node;
use crate::service::error::{Error, Result, Thing};
use crate::store::db::Tx;
use crate::store::people;
use std::collections::{HashMap, HashSet};

/// What a member had in the year before.
#[derive(Debug, Clone)]
pub struct Before {
    /// The person's id.
    pub person_id: String,
    /// Who.
    pub name: String,
    /// The branch at that year's end.
    pub branch: Node,
    /// The result.
    pub total: Option<Points>,
    /// The place among all within the same branch.
    pub rank: Option<usize>,
    /// How often due and sat.
    pub attendance: Attendance,
}

/// The year before, within the branch that is looked at.
#[derive(Debug, Clone)]
pub(super) struct LastYear {
    definition: Definition,
    signed: Option<SigningRow>,
    members: HashMap<String, Before>,
    own: HashMap<String, BranchTally>,
}

impl LastYear {
    /// What a member had.
    pub(super) fn total(&self, person_id: &str) -> Option<Points> {
        self.members.get(person_id).and_then(|before| before.total)
    }

    /// Which year, and how it stands.
    pub(super) fn named(&self, this: &Definition) -> NamedYear {
        NamedYear {
            year: self.definition.year,
            title: self.definition.title.clone(),
            signed: self.signed.as_ref().map(|row| (row.number, row.signed_at_ms)),
            same_rules: comparable(&self.definition) == comparable(this),
        }
    }
}

/// The year that is compared with.
#[derive(Debug, Clone)]
pub struct NamedYear {
    /// The year.
    pub year: u32,
    /// Its title.
    pub title: Text,
    /// The signed version that is compared with, and when it was signed; `None`: the results as they stand.
    pub signed: Option<(i64, i64)>,
    /// Whether its rules are the same, but for the names of its tests.
    pub same_rules: bool,
}

/// Rules without what differs from year to year by nature.
fn comparable(definition: &Definition) -> Definition {
    let mut rules = definition.clone();
    (rules.year, rules.title) = (0, Text::Same(String::new()));
    (rules.commend, rules.help) = (None, None);
    for component in &mut rules.components {
        component.title = Text::Same(String::new());
        match &mut component.tests {
            Selection::Names(names) => names.clear(),
            Selection::Marks(list) => list.name.clear(),
            Selection::Occasion(_) => {}
        }
    }
    for band in &mut rules.bands {
        band.title = Text::Same(String::new());
    }
    rules
}

/// The year before within the branch that is looked at; `None` where it has no rules there.
pub(super) async fn last_year(
    tx: &mut Tx,
    caller: &Caller,
    now_ms: i64,
    (year, branch): (u32, Option<&str>),
) -> Result<Option<LastYear>> {
    let found = match find(tx, caller, year - 1, branch).await {
        Err(Error::NotFound(Thing::Assessment)) => return Ok(None),
        found => found?,
    };
    let definition = found.definition.clone();
    let assessed = of(tx, caller, now_ms, found, definition).await?;
    let Some(signed) = assessed.signings.last().cloned() else {
        let before = |line: &super::MemberLine| Before {
            person_id: line.person_id.clone(),
            name: line.name.clone(),
            branch: line.branch.clone(),
            total: line.outcome.total.ok(),
            rank: line.rank,
            attendance: assessed.attendance(line),
        };
        let members = assessed.members.iter().map(|line| (line.person_id.clone(), before(line))).collect();
        return Ok(Some(LastYear { definition: assessed.definition, signed: None, members, own: assessed.own }));
    };
    as_signed(tx, &assessed, signed).await.map(Some)
}

/// The year as it was signed. What was signed are results; attendance is read from the tests, which are settled.
async fn as_signed(tx: &mut Tx, assessed: &Assessed, signed: SigningRow) -> Result<LastYear> {
    let definition =
        assessment_json::read(signed.definition.as_bytes()).unwrap_or_else(|_| assessed.definition.clone());
    let lines: Vec<Signed> = crate::store::read_json("assessment_signing", &signed.id, &signed.results)?;
    let names: HashMap<String, String> =
        people::list(tx).await?.into_iter().map(|person| (person.id, person.name)).collect();
    let known: HashMap<&str, &super::MemberLine> =
        assessed.members.iter().map(|line| (line.person_id.as_str(), line)).collect();
    let scope = assessed.line.branch.as_ref();
    let mut totals: Vec<Points> = Vec::new();
    let (mut members, mut own) = (HashMap::new(), HashMap::new());
    for line in lines {
        let Some(branch) = assessed.tree.get(&line.branch) else { continue };
        if scope.is_some_and(|scope| !assessed.tree.is_within(&branch.id, &scope.id)) {
            continue;
        }
        let total = line.total.map(Points::from_hundredths);
        totals.extend(total);
        let mine = known.get(line.person.as_str()).copied();
        let parts = mine.map(|mine| mine.outcome.parts.clone()).unwrap_or_default();
        let outcome =
            Outcome { parts, adjusted: Points::ZERO, total: total.ok_or(Ungraded::NothingCounts), band: line.band };
        let tally: &mut BranchTally = own.entry(branch.id.clone()).or_default();
        tally.add(&definition, &outcome);
        let before = Before {
            name: names.get(&line.person).cloned().unwrap_or_default(),
            branch: branch.clone(),
            total,
            rank: None,
            attendance: mine.map(|mine| assessed.attendance(mine)).unwrap_or_default(),
            person_id: line.person.clone(),
        };
        members.insert(line.person, before);
    }
    totals.sort_unstable();
    for before in members.values_mut() {
        before.rank = before.total.map(|total| ranking::place(&total, &totals));
    }
    Ok(LastYear { definition, signed: Some(signed), members, own })
}

/// A member beside the year before.
#[derive(Debug, Clone)]
pub struct MemberChange {
    /// The place in the list of this year's members.
    pub member: usize,
    /// How often due and sat this year.
    pub attendance: Attendance,
    /// The year before; `None`: not assessed here then.
    pub before: Option<Before>,
}

/// A branch beside the year before.
#[derive(Debug, Clone)]
pub struct BranchChange {
    /// The branch; `None`: everybody shown.
    pub branch: Option<Node>,
    /// This year; `None`: it has no members any more.
    pub now: Option<BranchLine>,
    /// The year before; `None`: it had no members then.
    pub before: Option<BranchLine>,
    /// Whether the means differ by more than chance; `None`: too few to say, or other rules.
    pub shift: Option<Shift>,
}

/// A year beside the year before.
#[derive(Debug, Clone)]
pub struct Compared {
    /// This year.
    pub assessed: Assessed,
    /// The year before; `None`: it has no rules, and nothing is compared.
    pub last: Option<NamedYear>,
    /// Everybody together, then the branches right below.
    pub branches: Vec<BranchChange>,
    /// Members in the order of this year's results.
    pub members: Vec<MemberChange>,
    /// Members of the year before who aren't assessed here any more.
    pub gone: Vec<Before>,
}

/// A year beside the year before.
pub async fn compared(app: &App, caller: &Caller, now_ms: i64, at: (u32, Option<&str>)) -> Result<Compared> {
    let mut tx = app.db.read().await?;
    let found = find(&mut tx, caller, at.0, at.1).await?;
    let definition = found.definition.clone();
    let assessed = of(&mut tx, caller, now_ms, found, definition).await?;
    let Some(last) = last_year(&mut tx, caller, now_ms, at).await? else {
        return Ok(Compared { assessed, last: None, branches: Vec::new(), members: Vec::new(), gone: Vec::new() });
    };
    let named = last.named(&assessed.definition);
    let branches = branches(&assessed, &last, named.same_rules);
    let change = |(member, line): (usize, &super::MemberLine)| MemberChange {
        member,
        attendance: assessed.attendance(line),
        before: last.members.get(&line.person_id).cloned(),
    };
    let members = assessed.members.iter().enumerate().map(change).collect();
    let here: HashSet<&str> = assessed.members.iter().map(|line| line.person_id.as_str()).collect();
    let mut gone: Vec<Before> =
        last.members.values().filter(|before| !here.contains(before.person_id.as_str())).cloned().collect();
    gone.sort_by(|one, two| one.name.cmp(&two.name).then_with(|| one.person_id.cmp(&two.person_id)));
    Ok(Compared { last: Some(named), branches, members, gone, assessed })
}

fn branches(assessed: &Assessed, last: &LastYear, same_rules: bool) -> Vec<BranchChange> {
    let scope = assessed.line.branch.as_ref();
    let before = Branches { definition: &last.definition, tree: &assessed.tree, by_branch: &last.own };
    let (whole, below) = before.lines(scope);
    let id = |line: &BranchLine| line.branch.as_ref().map(|node| node.id.clone());
    let now =
        |branch: &Node| assessed.children.iter().find(|line| !line.direct && id(line).as_ref() == Some(&branch.id));
    let then = |branch: &Node| below.iter().find(|line| !line.direct && id(line).as_ref() == Some(&branch.id));
    let change = |branch: Option<&Node>, now: Option<&BranchLine>, before: Option<&BranchLine>| BranchChange {
        branch: branch.cloned(),
        shift: if same_rules { shift(assessed, last, branch) } else { None },
        now: now.cloned(),
        before: before.filter(|line| line.tally.members > 0).cloned(),
    };
    let all = change(scope, Some(&assessed.line), Some(&whole));
    let children = assessed.tree.children(scope.map(|node| node.id.as_str()));
    let there = children.into_iter().filter(|node| now(node).is_some() || then(node).is_some());
    std::iter::once(all).chain(there.map(|node| change(Some(node), now(node), then(node)))).collect()
}

/// Whether the results of a branch's members differ by more than chance.
fn shift(assessed: &Assessed, last: &LastYear, branch: Option<&Node>) -> Option<Shift> {
    let is_there = |id: &str| branch.is_none_or(|branch| assessed.tree.is_within(id, &branch.id));
    let earlier: Vec<f64> = last
        .members
        .values()
        .filter(|one| is_there(&one.branch.id))
        .filter_map(|one| one.total)
        .map(Points::number)
        .collect();
    let later: Vec<f64> = assessed
        .members
        .iter()
        .filter(|line| is_there(&line.branch.id))
        .filter_map(|line| line.outcome.total.ok())
        .map(Points::number)
        .collect();
    difference::shift(&earlier, &later)
}
