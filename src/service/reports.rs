//! The branch report of a test, and its raw data.
//!
//! A tally per branch is computed from the attempts once a second at most; every figure of a branch is the exact sum of
//! the tallies below it.

mod ground;
mod raw;

pub(crate) use ground::{Ground, Part, standings};
pub use raw::{AttemptLine, ResponseLine, attempt_lines, response_lines};

use crate::app::App;
use crate::rules::advice::{Advice, advise, of_one};
use crate::rules::bank::Topic;
use crate::rules::correction::Named;
use crate::rules::figures::{BandCount, Figures, Scale, Tally};
use crate::rules::paper::{Marks, Paper};
use crate::rules::points::Points;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::text::Text;
use crate::rules::tree::Node;
use crate::service::error::{Error, Result};
use crate::service::tests::{Test, find};
use crate::store::db::Tx;
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
    /// What stands beside them.
    pub advice: Advice,
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
    pub(crate) ground: Ground,
    by_branch: HashMap<String, Tally>,
}

/// The report for a branch (by code), or for the caller's highest.
pub async fn report(app: &App, caller: &Caller, name: &str, branch: Option<&str>) -> Result<Report> {
    let mut tx = app.db.read().await?;
    let (test, standing) = find(&mut tx, caller, name).await?;
    if !standing.reads_report {
        return Err(Error::Forbidden(Some(Role::Committee)));
    }
    let results = results::list(&mut tx, &test.row.id).await?;
    let void = crate::service::corrections::void(&mut tx, &test.row.id).await?;
    let tallied = tally(&mut tx, &test, (&results, &void)).await?;
    let ground = &tallied.ground;
    let top = ground.top(caller, branch)?;
    let scale =
        Scale { full: test.definition.full(), pass: test.definition.pass, excellent: test.definition.excellent };
    let line = line(&tallied, top.as_ref(), false, scale);
    let sees = |node: &Node| ground.sees(caller, &node.id);
    let mut children = children(&tallied, top.as_ref(), scale, sees);
    let compared: Vec<(&Tally, bool)> =
        children.iter().map(|child| (&child.tally, !child.direct && !child.elsewhere)).collect();
    let advice = advise(&line.tally, &compared, scale);
    children.iter_mut().zip(advice).for_each(|(child, advice)| child.advice = advice);
    let path = top.iter().flat_map(|top| ground.tree.path(&top.id)).filter(|node| sees(node));
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
fn count(tally: &mut Tally, test: &Test, part: &Part<'_>, void: &HashSet<Named>) -> Result<()> {
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

pub(crate) fn line(tallied: &Tallied, branch: Option<&Node>, direct: bool, scale: Scale) -> Line {
    let mut tally = Tally::default();
    match branch {
        Some(node) if direct => tally.add_all(tallied.by_branch.get(&node.id).unwrap_or(&Tally::default())),
        Some(node) => {
            for id in tallied.ground.tree.subtree(&node.id) {
                if let Some(own) = tallied.by_branch.get(&id) {
                    tally.add_all(own);
                }
            }
        }
        None => tallied.by_branch.values().for_each(|own| tally.add_all(own)),
    }
    let figures = tally.figures(scale);
    Line { branch: branch.cloned(), direct, elsewhere: false, advice: of_one(&tally, scale), tally, figures }
}

/// The branch's own members, where it has any, and every branch right below that the audience reaches. Figures follow
/// the tree of the closing and rights that of today: branches that have moved out of the reader's sight are one row
/// without a name, so that the rows still add up.
fn children(tallied: &Tallied, top: Option<&Node>, scale: Scale, is_visible: impl Fn(&Node) -> bool) -> Vec<Line> {
    let below = tallied.ground.tree.children(top.map(|node| node.id.as_str()));
    let reached = |node: &Node| {
        let subtree = tallied.ground.tree.subtree(&node.id);
        subtree.iter().any(|id| tallied.ground.audience.contains(id) || tallied.by_branch.contains_key(id))
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
    let advice = of_one(&elsewhere, scale);
    let unnamed = Line { branch: None, direct: false, elsewhere: true, tally: elsewhere, figures, advice };
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
