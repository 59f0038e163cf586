//! The branch report of a test, and its raw data.
//!
//! A tally per branch is computed from the attempts once a second at most; every figure of a branch is the exact sum of
//! the tallies below it.

mod raw;

pub use raw::{AttemptLine, ResponseLine, attempt_lines, response_lines};

use crate::app::App;
use crate::rules::bank::Topic;
use crate::rules::correction::Named;
use crate::rules::figures::{BandCount, Figures, Result as Outcome, Scale, Tally};
use crate::rules::paper::{Marks, Paper};
use crate::rules::points::Points;
use crate::rules::presence::Presence;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::text::Text;
use crate::rules::tree::{Node, Tree};
use crate::service::error::{Error, Result, Thing};
use crate::service::people::{node, tree};
use crate::service::tests::{REPORT_ROLES, Test, audience_ids, find};
use crate::store::db::Tx;
use crate::store::presence;
use crate::store::results::{self, ResultRow};
use crate::store::{tests, trace};
use std::collections::{HashMap, HashSet};

/// One line of a report.
#[derive(Debug, Clone)]
pub struct Line {
    /// The branch; `None`: the whole unit, above several top branches.
    pub branch: Option<Node>,
    /// Whether it stands for the branch's own members without those below.
    pub direct: bool,
    /// Whether it stands, without a name, for branches that counted here and today lie outside the reader's rights.
    pub elsewhere: bool,
    /// Counts and distribution.
    pub tally: Tally,
    /// Figures.
    pub figures: Figures,
}

/// A topic of a report.
#[derive(Debug, Clone)]
pub struct TopicLine {
    /// The bank.
    pub bank: String,
    /// The topic.
    pub topic: String,
    /// Its title.
    pub title: Text,
    /// Points won.
    pub won: Points,
    /// Points possible.
    pub possible: Points,
}

/// The report of a test for a branch.
#[derive(Debug, Clone)]
pub struct Report {
    /// The test.
    pub test: Test,
    /// Whether nothing can change any more but by an amendment.
    pub is_final: bool,
    /// The branches above that the caller may see, from the top down.
    pub path: Vec<Node>,
    /// The branch.
    pub line: Line,
    /// Its own members, then the branches right below, in the official order.
    pub children: Vec<Line>,
    /// The distribution.
    pub bands: Vec<BandCount>,
    /// Topics, weakest first.
    pub topics: Vec<TopicLine>,
    /// Full marks and lines.
    pub scale: Scale,
    /// The head of the chain of changes when the report was made.
    pub trace_head: String,
}

/// The tallies of a test by branch, with the tree that they follow.
pub(crate) struct Tallied {
    pub(crate) tree: Tree,
    by_branch: HashMap<String, Tally>,
    audience: HashSet<String>,
}

/// The report for a branch (by code), or for the caller's highest.
pub async fn report(app: &App, caller: &Caller, name: &str, branch: Option<&str>) -> Result<Report> {
    let mut tx = app.db.read().await?;
    let (test, standing) = find(&mut tx, caller, name).await?;
    if !standing.reads_report {
        return Err(Error::Forbidden(Some(Role::Committee)));
    }
    let today = tree(&mut tx).await?;
    let results = results::list(&mut tx, &test.row.id).await?;
    let void = crate::service::corrections::void(&mut tx, &test.row.id).await?;
    let tallied = tally(&mut tx, &test, &today, (&results, &void)).await?;
    let top = match branch {
        Some(code) => {
            let node =
                tallied.tree.by_code(code).filter(|node| caller.covers_any(&REPORT_ROLES, Some(&node.id), &today));
            Some(node.ok_or(Error::NotFound(Thing::Branch))?.clone())
        }
        None => highest(caller, &today, &tallied)?,
    };
    let scale =
        Scale { full: test.definition.full(), pass: test.definition.pass, excellent: test.definition.excellent };
    let line = line(&tallied, top.as_ref(), false, scale);
    let sees = |node: &Node| caller.covers_any(&REPORT_ROLES, Some(&node.id), &today);
    let children = children(&tallied, top.as_ref(), scale, sees);
    let path = top
        .iter()
        .flat_map(|top| tallied.tree.path(&top.id))
        .filter(|node| caller.covers_any(&REPORT_ROLES, Some(&node.id), &today));
    Ok(Report {
        is_final: test.row.finished_at_ms.is_some() && line.tally.pending == 0,
        path: path.cloned().collect(),
        bands: line.tally.bands(scale.full),
        topics: topics(&mut tx, &test, &line.tally).await?,
        trace_head: trace::head(&mut tx).await?.1,
        line,
        children,
        scale,
        test,
    })
}

/// The highest branch that the caller may read the report of; of several equally high, the first in the official order.
fn highest(caller: &Caller, today: &Tree, tallied: &Tallied) -> Result<Option<Node>> {
    let places: Vec<Option<&str>> = REPORT_ROLES.iter().flat_map(|role| caller.places(*role)).collect();
    if places.contains(&None) {
        let tops = tallied.tree.children(None);
        let with_people: Vec<&&Node> =
            tops.iter().filter(|top| tallied.audience.iter().any(|id| tallied.tree.is_within(id, &top.id))).collect();
        return Ok(match with_people.as_slice() {
            [one] => Some((**one).clone()),
            _ => None,
        });
    }
    let depth = |id: &str| today.path(id).len();
    let order = |id: &str| tallied.tree.nodes().iter().position(|node| node.id == id);
    let mut mine: Vec<&str> = places.into_iter().flatten().filter(|id| tallied.tree.get(id).is_some()).collect();
    mine.sort_by_key(|id| (depth(id), order(id)));
    mine.first().and_then(|id| tallied.tree.get(id)).cloned().map(Some).ok_or(Error::Forbidden(Some(Role::Committee)))
}

/// The tallies of a test from its results; questions in `void` don't count among the topics.
pub(crate) async fn tally(
    tx: &mut Tx,
    test: &Test,
    today: &Tree,
    (results, void): (&[ResultRow], &HashSet<Named>),
) -> Result<Tallied> {
    let rows = tests::audience(tx, &test.row.id).await?;
    let tree = if test.row.finished_at_ms.is_some() {
        Tree::new(presence::closed_branches(tx, &test.row.id).await?.into_iter().map(node).collect())
    } else {
        today.clone()
    };
    // A cancelled test counts nowhere.
    let counted = if test.row.cancelled_reason.is_some() {
        HashMap::new()
    } else {
        super::tests::counted(tx, &test.row, results).await?
    };
    let set: HashMap<String, String> =
        presence::list(tx, &test.row.id).await?.into_iter().map(|row| (row.person_id, row.state)).collect();
    let mut attempts: HashMap<&str, Vec<&ResultRow>> = HashMap::new();
    for row in results {
        attempts.entry(&row.person_id).or_default().push(row);
    }
    let mut by_branch: HashMap<String, Tally> = HashMap::new();
    for (person_id, branch_id) in &counted {
        let mine = attempts.get(person_id.as_str()).map(Vec::as_slice).unwrap_or_default();
        let state = set.get(person_id).and_then(|state| Presence::from_name(state));
        let tally = by_branch.entry(branch_id.clone()).or_default();
        count(tally, test, state, (mine, void))?;
    }
    Ok(Tallied { audience: audience_ids(&tree, &rows), tree, by_branch })
}

/// Counts one person in: presence, score that counts, and the topics of the attempts that count.
fn count(
    tally: &mut Tally,
    test: &Test,
    set: Option<Presence>,
    (attempts, void): (&[&ResultRow], &HashSet<Named>),
) -> Result<()> {
    let finished: Vec<&&ResultRow> = attempts.iter().filter(|row| row.finished_at_ms.is_some()).collect();
    let presence = Presence::of(set, !finished.is_empty());
    let scores: Vec<Points> =
        finished.iter().map(|row| Points::from_hundredths(row.score.unwrap_or_default())).collect();
    let pending = finished.iter().any(|row| row.is_pending());
    let score = test.definition.keep.of(&scores).filter(|_| !pending);
    let working = attempts.iter().any(|row| row.finished_at_ms.is_none());
    tally.add(Outcome { presence, working, score, pending });
    if presence != Presence::Sat || pending {
        return Ok(());
    }
    for row in kept(test, &finished) {
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

/// The attempts whose score counts, of finished ones in the order of finishing.
fn kept<'a>(test: &Test, finished: &[&&'a ResultRow]) -> Vec<&'a ResultRow> {
    use crate::rules::blueprint::Keep;
    let one = match test.definition.keep {
        Keep::Mean => return finished.iter().map(|row| **row).collect(),
        Keep::First => finished.first(),
        Keep::Last => finished.last(),
        Keep::Best => finished.iter().rev().max_by_key(|row| row.score),
    };
    one.map(|row| **row).into_iter().collect()
}

pub(crate) fn line(tallied: &Tallied, branch: Option<&Node>, direct: bool, scale: Scale) -> Line {
    let mut tally = Tally::default();
    match branch {
        Some(node) if direct => tally.add_all(tallied.by_branch.get(&node.id).unwrap_or(&Tally::default())),
        Some(node) => {
            for id in tallied.tree.subtree(&node.id) {
                if let Some(own) = tallied.by_branch.get(&id) {
                    tally.add_all(own);
                }
            }
        }
        None => tallied.by_branch.values().for_each(|own| tally.add_all(own)),
    }
    let figures = tally.figures(scale);
    Line { branch: branch.cloned(), direct, elsewhere: false, tally, figures }
}

/// The branch's own members, where it has any, and every branch right below that the audience reaches. Figures follow
/// the tree of the closing and rights that of today: branches that have moved out of the reader's sight are one row
/// without a name, so that the rows still add up.
fn children(tallied: &Tallied, top: Option<&Node>, scale: Scale, is_visible: impl Fn(&Node) -> bool) -> Vec<Line> {
    let below = tallied.tree.children(top.map(|node| node.id.as_str()));
    let reached = |node: &Node| {
        let subtree = tallied.tree.subtree(&node.id);
        subtree.iter().any(|id| tallied.audience.contains(id) || tallied.by_branch.contains_key(id))
    };
    let own =
        top.filter(|node| tallied.by_branch.contains_key(&node.id)).map(|node| line(tallied, Some(node), true, scale));
    let (visible, hidden): (Vec<&Node>, Vec<&Node>) =
        below.into_iter().filter(|node| reached(node)).partition(|node| is_visible(node));
    let named = visible.into_iter().map(|node| line(tallied, Some(node), false, scale));
    let mut elsewhere = Tally::default();
    for node in &hidden {
        elsewhere.add_all(&line(tallied, Some(node), false, scale).tally);
    }
    let figures = elsewhere.figures(scale);
    let unnamed = Line { branch: None, direct: false, elsewhere: true, tally: elsewhere, figures };
    own.into_iter().chain(named).chain((!hidden.is_empty()).then_some(unnamed)).collect()
}

async fn topics(tx: &mut Tx, test: &Test, tally: &Tally) -> Result<Vec<TopicLine>> {
    let mut titles: HashMap<(String, String), Text> = HashMap::new();
    for row in tests::editions(tx, &test.row.id).await? {
        let topics: Vec<Topic> = crate::store::read_json("edition", &row.edition_id, &row.topics)?;
        titles.extend(topics.into_iter().map(|topic| ((row.bank.clone(), topic.id), topic.title)));
    }
    let mut lines: Vec<TopicLine> = tally
        .topics
        .iter()
        .map(|((bank, topic), &(won, possible))| TopicLine {
            title: titles.get(&(bank.clone(), topic.clone())).cloned().unwrap_or_else(|| Text::from(topic.as_str())),
            bank: bank.clone(),
            topic: topic.clone(),
            won,
            possible,
        })
        .collect();
    lines.sort_by(|one, two| {
        let share = |line: &TopicLine| line.won.percent_of(line.possible).unwrap_or(f64::MAX);
        share(one).total_cmp(&share(two)).then_with(|| (&one.bank, &one.topic).cmp(&(&two.bank, &two.topic)))
    });
    Ok(lines)
}
