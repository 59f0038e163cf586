//! What every report of a test stands on: the tree that its figures follow, what the caller sees of it, and what counts
//! of each person.

use crate::rules::blueprint::Keep;
use crate::rules::figures::Result as Outcome;
use crate::rules::points::Points;
use crate::rules::presence::Presence;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::tree::{Area, Node, Tree};
use crate::service::error::{Error, Result, Thing};
use crate::service::people::tree;
use crate::service::tests::{REPORT_ROLES, Test, audience_area, counted};
use crate::store::db::Tx;
use crate::store::results::ResultRow;
use crate::store::{presence, tests, trees};
use std::collections::{HashMap, HashSet};

/// The trees of a test's report.
pub(crate) struct Ground {
    /// The tree that figures follow: that of the closing, once the test is settled.
    pub(crate) tree: Tree,
    /// The tree that rights follow.
    today: Tree,
    /// The branches of the test's audience.
    pub(crate) audience: Area,
}

impl Ground {
    /// Of a test.
    pub(crate) async fn of(tx: &mut Tx, test: &Test) -> Result<Self> {
        let today = tree(tx).await?;
        let tree =
            if test.row.finished_at_ms.is_some() { trees::closed(tx, &test.row.id).await? } else { today.clone() };
        let rows = tests::audience(tx, &test.row.id).await?;
        Ok(Self { audience: audience_area(&tree, &rows), tree, today })
    }

    /// Of no single test: today's tree, and everybody in it.
    pub(crate) async fn of_today(tx: &mut Tx) -> Result<Self> {
        let today = tree(tx).await?;
        Ok(Self { audience: today.everything(), tree: today.clone(), today })
    }

    /// The branches of the audience, and all above them.
    pub(super) fn reached(&self) -> HashSet<&str> {
        self.tree.nodes().iter().map(|node| node.id.as_str()).filter(|id| self.audience.meets(id)).collect()
    }

    /// Whether the caller may read reports of a branch.
    pub(crate) fn sees(&self, caller: &Caller, branch_id: &str) -> bool {
        caller.covers_any(&REPORT_ROLES, Some(branch_id), &self.today)
    }

    /// The branch of a code, or the caller's highest; `None`: the whole unit, above several top branches.
    pub(crate) fn top(&self, caller: &Caller, code: Option<&str>) -> Result<Option<Node>> {
        match code {
            Some(code) => {
                let node = self.tree.by_code(code).filter(|node| self.sees(caller, &node.id));
                Ok(Some(node.ok_or(Error::NotFound(Thing::Branch))?.clone()))
            }
            None => self.highest(caller),
        }
    }

    /// What the report of everything is of: the top branch; `None` above several that have somebody in the audience.
    pub(crate) fn whole(&self) -> Option<&Node> {
        let has_people = |top: &&Node| self.audience.meets(&top.id);
        let tops: Vec<&Node> = self.tree.children(None).into_iter().filter(has_people).collect();
        match tops.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// The highest branch that the caller may read the report of; of several equally high, the first in the official order.
    fn highest(&self, caller: &Caller) -> Result<Option<Node>> {
        let places: Vec<Option<&str>> = REPORT_ROLES.iter().flat_map(|role| caller.places(*role)).collect();
        if places.contains(&None) {
            return Ok(self.whole().cloned());
        }
        let depth = |id: &str| self.today.path(id).len();
        let order = |id: &str| self.tree.nodes().iter().position(|node| node.id == id);
        let mut mine: Vec<&str> = places.into_iter().flatten().filter(|id| self.tree.get(id).is_some()).collect();
        mine.sort_by_key(|id| (depth(id), order(id)));
        mine.first().and_then(|id| self.tree.get(id)).cloned().map(Some).ok_or(Error::Forbidden(Some(Role::Committee)))
    }
}

/// What counts of one person.
pub(crate) struct Part<'a> {
    /// Presence and score.
    pub(crate) outcome: Outcome,
    /// The attempts whose score counts; none while somebody still has to mark one, or where the person didn't sit.
    pub(crate) kept: Vec<&'a ResultRow>,
}

/// What counts of everybody, with the branch where it does. A cancelled test counts nowhere.
pub(crate) async fn standings<'a>(
    tx: &mut Tx,
    test: &Test,
    results: &'a [ResultRow],
) -> Result<Vec<(String, Part<'a>)>> {
    let counted = counted(tx, &test.row, results).await?;
    standings_of(tx, test, results, counted).await
}

/// The same of some people, each with the branch where they count.
pub(super) async fn standings_of<'a>(
    tx: &mut Tx,
    test: &Test,
    results: &'a [ResultRow],
    counted: HashMap<String, String>,
) -> Result<Vec<(String, Part<'a>)>> {
    if test.row.cancelled_reason.is_some() {
        return Ok(Vec::new());
    }
    let set: HashMap<String, String> =
        presence::list(tx, &test.row.id).await?.into_iter().map(|row| (row.person_id, row.state)).collect();
    let mut attempts: HashMap<&str, Vec<&ResultRow>> = HashMap::new();
    for row in results {
        attempts.entry(&row.person_id).or_default().push(row);
    }
    let part = |(person_id, branch_id): (String, String)| {
        let mine = attempts.get(person_id.as_str()).map(Vec::as_slice).unwrap_or_default();
        let state = set.get(&person_id).and_then(|state| Presence::from_name(state));
        (branch_id, part(test.definition.keep, state, mine))
    };
    Ok(counted.into_iter().map(part).collect())
}

fn part<'a>(keep: Keep, set: Option<Presence>, attempts: &[&'a ResultRow]) -> Part<'a> {
    let finished: Vec<&ResultRow> = attempts.iter().copied().filter(|row| row.finished_at_ms.is_some()).collect();
    let presence = Presence::of(set, !finished.is_empty());
    let scores: Vec<Points> =
        finished.iter().map(|row| Points::from_hundredths(row.score.unwrap_or_default())).collect();
    let pending = finished.iter().any(|row| row.is_pending());
    let score = keep.of(&scores).filter(|_| !pending);
    let working = attempts.iter().any(|row| row.finished_at_ms.is_none());
    let counts = presence == Presence::Sat && !pending;
    Part {
        outcome: Outcome { presence, working, score, pending },
        kept: if counts { kept(keep, &finished) } else { Vec::new() },
    }
}

/// The attempts whose score counts, of finished ones in the order of finishing.
fn kept<'a>(keep: Keep, finished: &[&'a ResultRow]) -> Vec<&'a ResultRow> {
    let one = match keep {
        Keep::Mean => return finished.to_vec(),
        Keep::First => finished.first(),
        Keep::Last => finished.last(),
        Keep::Best => finished.iter().rev().max_by_key(|row| row.score),
    };
    one.copied().into_iter().collect()
}
