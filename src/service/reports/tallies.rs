//! The tallies of a test computed from its attempts: what stored figures must equal, and what they are made of.

use super::ground::{Ground, Part, standings, standings_of};
use crate::rules::correction::Named;
use crate::rules::figures::Tally;
use crate::rules::overview::Topics;
use crate::rules::paper::{Marks, Paper};
use crate::rules::points::Points;
use crate::rules::tree::{Area, Node};
use crate::service::corrections::void;
use crate::service::error::Result;
use crate::service::tests::{Test, counted_at};
use crate::store::db::Tx;
use crate::store::results::{self, ResultRow};
use std::collections::{HashMap, HashSet};

/// The tallies of a test by branch, each of its own members, with the tree that they follow.
pub(crate) struct Tallied {
    pub(crate) ground: Ground,
    pub(super) by_branch: HashMap<String, Tally>,
}

impl Tallied {
    /// A branch with all below it; `None`: the whole unit.
    pub(crate) fn whole(&self, branch: Option<&Node>) -> Tally {
        let mut tally = Tally::default();
        match branch {
            Some(node) => {
                let below = self.ground.tree.subtree(&node.id);
                below.iter().filter_map(|id| self.by_branch.get(id)).for_each(|own| tally.add_all(own));
            }
            None => self.by_branch.values().for_each(|own| tally.add_all(own)),
        }
        tally
    }
}

/// The tallies of a test from its results; questions in `void` don't count among the topics.
pub(crate) async fn tally(
    tx: &mut Tx,
    test: &Test,
    (results, void): (&[ResultRow], &HashSet<Named>),
) -> Result<Tallied> {
    let ground = Ground::of(tx, test).await?;
    let mut by_branch: HashMap<String, Tally> = HashMap::new();
    for (branch_id, part) in standings(tx, test, results).await? {
        count(by_branch.entry(branch_id).or_default(), test, &part, void)?;
    }
    Ok(Tallied { ground, by_branch })
}

/// Counts one person in: presence, score that counts, and the topics of the attempts that count.
pub(super) fn count(tally: &mut Tally, test: &Test, part: &Part<'_>, void: &HashSet<Named>) -> Result<()> {
    tally.add(part.outcome);
    for row in &part.kept {
        let paper: Paper = crate::store::read_json("attempt", &row.id, &row.paper)?;
        for ((section, entry), won) in paper.entries().zip(marks(row)?) {
            if !void.is_empty() && void.contains(&(entry.bank.clone(), entry.id.clone())) {
                continue;
            }
            let possible = test.definition.sections.get(section).map(|section| section.points).unwrap_or_default();
            tally.add_topic(&entry.bank, &entry.topic, Points::from_hundredths(won.unwrap_or_default()), possible);
        }
    }
    Ok(())
}

fn marks(row: &ResultRow) -> Result<Marks> {
    Ok(crate::store::read_json("attempt", &row.id, row.marks.as_deref().unwrap_or("[]"))?)
}

/// The tallies of some branches of a test, each of its own members; branches where nobody counts are left out.
pub(super) async fn tallies_at(
    tx: &mut Tx,
    test: &Test,
    (audience, void): (&Area, &HashSet<Named>),
    branch_ids: &[&str],
) -> Result<HashMap<String, Tally>> {
    let results = results::list_around(tx, &test.row.id, branch_ids).await?;
    let counted = counted_at(tx, &test.row, audience, &results, branch_ids).await?;
    let mut by_branch: HashMap<String, Tally> = HashMap::new();
    for (branch_id, part) in standings_of(tx, test, &results, counted).await? {
        count(by_branch.entry(branch_id).or_default(), test, &part, void)?;
    }
    Ok(by_branch)
}

/// Points by topic of some people's attempts that count, by person.
pub(crate) async fn topics_of_people(tx: &mut Tx, test: &Test, person_ids: &[&str]) -> Result<HashMap<String, Topics>> {
    let void = void(tx, &test.row.id).await?;
    let results = results::list_of_people(tx, &test.row.id, person_ids).await?;
    // Each stands for itself where reports have branches.
    let each = person_ids.iter().map(|id| ((*id).to_owned(), (*id).to_owned())).collect();
    let mut by_person = HashMap::new();
    for (person_id, part) in standings_of(tx, test, &results, each).await? {
        let mut tally = Tally::default();
        count(&mut tally, test, &part, &void)?;
        by_person.insert(person_id, tally.topics);
    }
    Ok(by_person)
}
