//! What a correction would change: whose marks, who passes, which places, which figures of branches.

use super::again::{Changed, Rule, changed};
use super::{Resolved, void, void_of};
use crate::app::App;
use crate::rules::correction::{Change, Named};
use crate::rules::figures::{Figures, Scale, band};
use crate::rules::paper::score;
use crate::rules::points::Points;
use crate::rules::presence::Presence;
use crate::rules::question::Question;
use crate::rules::ranking::place;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::tree::{Node, Tree};
use crate::service::error::Result;
use crate::service::people::{shown_login, tree};
use crate::service::reports::{Tallied, tally};
use crate::service::tests::{Test, counted};
use crate::store::db::Tx;
use crate::store::results::{self, ResultRow};
use crate::store::{people, presence};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Where somebody stands by the score that counts; `None` while it waits to be marked, or where the presence counts none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// The score that counts.
    pub score: Option<Points>,
    /// Whether it passes.
    pub passed: bool,
    /// Whether it is excellent.
    pub excellent: bool,
    /// The band, percent from and to.
    pub band: Option<(i64, i64)>,
    /// The place among all who sat; equal scores share one.
    pub rank: Option<usize>,
}

/// A result that changes.
#[derive(Debug, Clone)]
pub struct ResultChange {
    /// What the person signs in with, as the caller may see it.
    pub login: String,
    /// Who.
    pub name: String,
    /// Where the result counts.
    pub branch: Option<Node>,
    /// The attempt.
    pub attempt: String,
    /// The attempt's score as it is.
    pub score_before: Points,
    /// As it would be.
    pub score: Points,
    /// Where the person stands.
    pub before: Standing,
    /// Where the person would stand.
    pub after: Standing,
}

/// A branch whose figures change.
#[derive(Debug, Clone)]
pub struct BranchChange {
    /// The branch; `None`: everybody.
    pub branch: Option<Node>,
    /// As they are.
    pub before: Figures,
    /// As they would be.
    pub after: Figures,
    /// The place by the mean among branches under the same one, as it is.
    pub rank_before: Option<usize>,
    /// As it would be.
    pub rank: Option<usize>,
}

/// What a correction would change.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The test.
    pub test: Test,
    /// Bank and id of the question.
    pub named: Named,
    /// The question as it was asked.
    pub question: Arc<Question>,
    /// What becomes of it.
    pub change: Change,
    /// Results that change, of people whom the caller may see; by branch and name.
    pub results: Vec<ResultChange>,
    /// How many others' results change.
    pub unseen: usize,
    /// How many keep their score and move to another place.
    pub moved: usize,
    /// How many pass now who wouldn't, and the other way round.
    pub failing: usize,
    /// How many would pass who don't now.
    pub passing: usize,
    /// Branches whose figures change, from the top down.
    pub branches: Vec<BranchChange>,
}

pub(super) async fn of(app: &App, tx: &mut Tx, caller: &Caller, test: &Test, subject: &Resolved) -> Result<Preview> {
    let rule = Rule::with(tx, test, subject).await?;
    let changes = changed(app, tx, &rule).await?;
    let today = tree(tx).await?;
    let before = results::list(tx, &test.row.id).await?;
    let void_now = void(tx, &test.row.id).await?;
    let tallied = tally(tx, test, (&before, &void_now)).await?;
    let after = replaced(&before, &changes)?;
    let tallied_after = tally(tx, test, (&after, &void_of(rule.rulings()))).await?;
    let people = Standings::of(tx, test, &before).await?;
    let people_after = Standings::of(tx, test, &after).await?;
    let mut preview = Preview {
        test: test.clone(),
        named: subject.named.clone(),
        question: Arc::clone(&subject.question),
        change: subject.change.clone(),
        results: Vec::new(),
        unseen: 0,
        moved: people.moved(&people_after),
        failing: people.fewer(&people_after),
        passing: people_after.fewer(&people),
        branches: branches(test, &tallied, &tallied_after),
    };
    let names: HashMap<String, people::Person> =
        people::list(tx).await?.into_iter().map(|person| (person.id.clone(), person)).collect();
    for change in &changes {
        let id = &change.attempt.person_id;
        let branch = people.branches.get(id).unwrap_or(&change.attempt.branch_id);
        let (true, Some(person)) = (caller.covers(Role::Organizer, Some(branch), &today), names.get(id)) else {
            preview.unseen += 1;
            continue;
        };
        preview.results.push(ResultChange {
            login: shown_login(&person.login, caller),
            name: person.name.clone(),
            branch: tallied.ground.tree.get(branch).cloned(),
            attempt: change.attempt.id.clone(),
            score_before: Points::from_hundredths(change.attempt.score.unwrap_or_default()),
            score: Points::from_hundredths(score(&change.after)),
            before: people.standing(test, id),
            after: people_after.standing(test, id),
        });
    }
    let order = official_order(&tallied.ground.tree);
    preview.results.sort_by_key(|one| {
        (one.branch.as_ref().and_then(|branch| order.get(&branch.id).copied()), one.name.clone(), one.attempt.clone())
    });
    Ok(preview)
}

fn official_order(tree: &Tree) -> HashMap<String, usize> {
    tree.nodes().iter().enumerate().map(|(index, node)| (node.id.clone(), index)).collect()
}

/// The same results with the marks that would be.
fn replaced(before: &[ResultRow], changes: &[Changed]) -> Result<Vec<ResultRow>> {
    let changes: HashMap<&str, &Changed> = changes.iter().map(|change| (change.attempt.id.as_str(), change)).collect();
    let one = |row: &ResultRow| {
        let mut row = row.clone();
        if let Some(change) = changes.get(row.id.as_str()) {
            row.marks = Some(crate::store::write_json("attempt", &change.after)?);
            row.score = Some(score(&change.after));
        }
        Ok(row)
    };
    before.iter().map(one).collect()
}

/// The scores that count, by person, and all of them in order.
struct Standings {
    scores: BTreeMap<String, Points>,
    ordered: Vec<Points>,
    branches: HashMap<String, String>,
    full: Points,
    pass: Points,
}

impl Standings {
    async fn of(tx: &mut Tx, test: &Test, rows: &[ResultRow]) -> Result<Self> {
        let branches = counted(tx, &test.row, rows).await?;
        let set: HashMap<String, String> =
            presence::list(tx, &test.row.id).await?.into_iter().map(|row| (row.person_id, row.state)).collect();
        let mut finished: BTreeMap<&str, Vec<&ResultRow>> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.finished_at_ms.is_some()) {
            finished.entry(&row.person_id).or_default().push(row);
        }
        let mut scores = BTreeMap::new();
        for (person, rows) in finished {
            let state = set.get(person).and_then(|state| Presence::from_name(state));
            let counts = Presence::of(state, true) == Presence::Sat && branches.contains_key(person);
            if !counts || rows.iter().any(|row| row.is_pending()) {
                continue;
            }
            let points: Vec<Points> =
                rows.iter().map(|row| Points::from_hundredths(row.score.unwrap_or_default())).collect();
            scores.extend(test.definition.keep.of(&points).map(|score| (person.to_owned(), score)));
        }
        let mut ordered: Vec<Points> = scores.values().copied().collect();
        ordered.sort_unstable();
        Ok(Self { scores, ordered, branches, full: test.definition.full(), pass: test.definition.pass })
    }

    fn standing(&self, test: &Test, person: &str) -> Standing {
        let Some(&score) = self.scores.get(person) else { return Standing::default() };
        Standing {
            score: Some(score),
            passed: score.reach(self.pass, self.full),
            excellent: score.reach(test.definition.excellence(), self.full),
            band: Some(band(score, self.full)),
            rank: Some(place(&score, &self.ordered)),
        }
    }

    /// How many pass here and not there.
    fn fewer(&self, there: &Self) -> usize {
        let passes = |standings: &Self, person: &str| {
            standings.scores.get(person).is_some_and(|score| score.reach(standings.pass, standings.full))
        };
        self.scores.keys().filter(|person| passes(self, person) && !passes(there, person)).count()
    }

    /// How many keep their score and not their place.
    fn moved(&self, there: &Self) -> usize {
        let has_moved = |(person, score): (&String, &Points)| {
            there.scores.get(person) == Some(score) && place(score, &self.ordered) != place(score, &there.ordered)
        };
        self.scores.iter().filter(|one| has_moved(*one)).count()
    }
}

/// The figures of every branch, and the means under each, in order.
struct Placed {
    whole: Figures,
    figures: HashMap<String, Figures>,
    means: HashMap<Option<String>, Vec<f64>>,
}

impl Placed {
    fn of(tallied: &Tallied, scale: Scale) -> Self {
        let mut placed =
            Self { whole: tallied.whole(None).figures(scale), figures: HashMap::new(), means: HashMap::new() };
        for node in tallied.ground.tree.nodes() {
            let figures = tallied.whole(Some(node)).figures(scale);
            placed.means.entry(node.parent.clone()).or_default().extend(figures.mean);
            placed.figures.insert(node.id.clone(), figures);
        }
        placed.means.values_mut().for_each(|means| means.sort_by(f64::total_cmp));
        placed
    }

    fn rank(&self, node: &Node) -> Option<usize> {
        let mean = self.figures.get(&node.id)?.mean?;
        Some(place(&mean, self.means.get(&node.parent)?))
    }
}

fn branches(test: &Test, before: &Tallied, after: &Tallied) -> Vec<BranchChange> {
    let definition = &test.definition;
    let scale = definition.scale();
    let (placed, placed_after) = (Placed::of(before, scale), Placed::of(after, scale));
    let one = |node: &Node| {
        let (before, after) = (*placed.figures.get(&node.id)?, *placed_after.figures.get(&node.id)?);
        let (rank_before, rank) = (placed.rank(node), placed_after.rank(node));
        (before != after || rank_before != rank).then(|| BranchChange {
            branch: Some(node.clone()),
            before,
            after,
            rank_before,
            rank,
        })
    };
    let is_several = before.ground.tree.children(None).len() > 1 && placed.whole != placed_after.whole;
    let whole = is_several.then_some(BranchChange {
        branch: None,
        before: placed.whole,
        after: placed_after.whole,
        rank_before: None,
        rank: None,
    });
    whole.into_iter().chain(before.ground.tree.nodes().iter().filter_map(one)).collect()
}
