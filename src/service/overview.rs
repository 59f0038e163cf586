//! A committee's overview: its branches over the tests of a period, read from stored figures alone.

use crate::app::{App, Narrowed};
use crate::limits;
use crate::rules::blueprint::Occasion;
use crate::rules::figures::Tally;
use crate::rules::overview::{Cell, Topics, add_topics};
use crate::rules::rights::Caller;
use crate::rules::text::Text;
use crate::rules::tree::{Node, Tree};
pub use crate::service::assessments::{quarter_of, year_of};
use crate::service::error::Result;
use crate::service::reports::{self, Category, Ground};
use crate::service::tests::{Test, list};
use crate::store::db::Tx;
use crate::store::people::found;
use crate::store::{rollups, tests};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Code of the branch; left out: the caller's highest.
    pub branch: Option<String>,
    /// Tests that closed in this year; left out: the last ones.
    pub year: Option<i16>,
    /// Of that year, only tests that closed in this quarter, from 1 to 4.
    pub quarter: Option<u8>,
    /// Tests of this occasion; left out: all but practice.
    pub occasion: Option<Occasion>,
    /// Every branch of this kind, however deep, instead of those right below.
    pub kind: Option<String>,
    /// Only members of this category; left out: everybody.
    pub category: Option<String>,
    /// The first branch shown, from 0.
    pub from: i64,
    /// All tests, and all branches from there on, not one page of them.
    pub whole: bool,
}

/// One line of the overview.
#[derive(Debug, Clone)]
pub struct Row {
    /// The branch; `None`: the whole unit, above several top branches.
    pub branch: Option<Node>,
    /// Whether it stands for the branch's own members without those below.
    pub direct: bool,
    /// By test; `None` where nobody of the branch was due.
    pub cells: Vec<Option<Cell>>,
    /// Points by topic over these tests.
    pub topics: Topics,
}

/// Branches over tests.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The branches above that the caller may see, from the top down.
    pub path: Vec<Node>,
    /// The tests, the earliest first.
    pub tests: Vec<Test>,
    /// All of them together.
    pub total: Row,
    /// A page of branches, in the official order.
    pub rows: Vec<Row>,
    /// How many branches there are in all.
    pub count: usize,
    /// The years in which tests closed, the latest first.
    pub years: Vec<i16>,
    /// The kinds of branches below, by name.
    pub kinds: Vec<String>,
    /// The titles of topics, by bank and topic.
    pub titles: HashMap<(String, String), Text>,
    /// The categories of members that it can be narrowed to.
    pub categories: Vec<String>,
}

/// The overview of a branch. Narrowed to a category it is computed from attempts, and without topics. Figures of each test follow the tree of its closing; which branches are listed follows
/// today's.
pub async fn overview(app: &App, caller: &Caller, now_ms: i64, asked: &Asked) -> Result<Overview> {
    let (mut tests, years) = chosen(app, caller, now_ms, asked).await?;
    if !asked.whole {
        tests.drain(..tests.len().saturating_sub(limits::OVERVIEW_TESTS));
    }
    reports::keep(app).await?;
    let mut tx = app.db.read().await?;
    let ground = Ground::of_today(&mut tx).await?;
    let tree = &ground.tree;
    let top = ground.top(caller, asked.branch.as_deref())?;
    let listed = listed(tree, top.as_ref(), asked.kind.as_deref());
    let count = listed.len();
    let size = |items: i64| usize::try_from(items).unwrap_or_default();
    let page = if asked.whole { usize::MAX } else { size(limits::PAGE_ITEMS) };
    let shown: Vec<&Node> = listed.into_iter().skip(size(asked.from)).take(page).collect();
    let mut read = match asked.category.as_deref() {
        Some(category) => Read::narrowed(app, &mut tx, &tests, category).await?,
        None => Read::of(&mut tx, &tests, tree, top.as_ref(), &shown).await?,
    };
    let mut rows = Vec::new();
    if let Some(node) = top.as_ref().filter(|_| asked.kind.is_none() && asked.from == 0) {
        rows.extend(Some(read.row(node, true)).filter(|row| row.cells.iter().any(Option::is_some)));
    }
    rows.extend(shown.iter().map(|node| read.row(node, false)));
    let total = match &top {
        Some(node) => read.row(node, false),
        None => read.sum(tree),
    };
    let sees = |node: &&Node| ground.sees(caller, &node.id);
    let path = top.iter().flat_map(|top| tree.path(&top.id)).filter(sees).cloned().collect();
    Ok(Overview {
        path,
        titles: titles(&mut tx, &tests).await?,
        categories: found::categories(&mut tx).await?,
        total,
        rows,
        count,
        years,
        kinds: kinds(tree, top.as_ref()),
        tests,
    })
}

/// The tests that an overview is about, the earliest first, and the years in which tests closed, the latest first.
pub(crate) async fn chosen(app: &App, caller: &Caller, now_ms: i64, asked: &Asked) -> Result<(Vec<Test>, Vec<i16>)> {
    let read = |(test, _): &(Test, _)| test.row.cancelled_reason.is_none() && test.definition.opens_at_ms <= now_ms;
    let mut tests: Vec<Test> = list(app, caller)
        .await?
        .into_iter()
        .filter(|(_, standing)| standing.reads_report)
        .filter(read)
        .map(|(test, _)| test)
        .collect();
    let year = |test: &Test| year_of(test.definition.closes_at_ms);
    let quarter = |test: &Test| quarter_of(test.definition.closes_at_ms);
    let years: BTreeSet<i16> = tests.iter().filter_map(year).collect();
    tests.retain(|test| {
        let occasion = test.definition.occasion;
        asked.occasion.map_or(occasion != Occasion::Practice, |wanted| occasion == wanted)
            && asked.year.is_none_or(|wanted| year(test) == Some(wanted))
            && asked.quarter.filter(|_| asked.year.is_some()).is_none_or(|wanted| quarter(test) == Some(wanted))
    });
    tests.sort_by_key(|test| (test.definition.closes_at_ms, test.row.id.clone()));
    Ok((tests, years.into_iter().rev().collect()))
}

/// The branches right below, or all of a kind below.
fn listed<'t>(tree: &'t Tree, top: Option<&Node>, kind: Option<&str>) -> Vec<&'t Node> {
    match kind {
        None => tree.children(top.map(|node| node.id.as_str())),
        Some(kind) => below(tree, top).filter(|node| node.kind == kind).collect(),
    }
}

fn below<'t>(tree: &'t Tree, top: Option<&Node>) -> impl Iterator<Item = &'t Node> {
    let within = top.map(|top| tree.subtree(&top.id));
    let top = top.map(|top| top.id.clone());
    let is_below = move |node: &&Node| {
        within.as_ref().is_none_or(|within| within.contains(&node.id)) && top.as_ref() != Some(&node.id)
    };
    tree.walk().into_iter().map(|(_, node)| node).filter(is_below)
}

fn kinds(tree: &Tree, top: Option<&Node>) -> Vec<String> {
    let kinds: BTreeSet<&str> =
        below(tree, top).map(|node| node.kind.as_str()).filter(|kind| !kind.is_empty()).collect();
    kinds.into_iter().map(ToOwned::to_owned).collect()
}

/// The stored figures of the branches that are looked at, by test.
struct Read<'t> {
    tests: &'t [Test],
    by_test: Vec<Arc<Narrowed>>,
}

impl<'t> Read<'t> {
    async fn of(tx: &mut Tx, tests: &'t [Test], tree: &Tree, top: Option<&Node>, shown: &[&Node]) -> Result<Self> {
        let tops = if top.is_none() { tree.children(None) } else { Vec::new() };
        let ids: BTreeSet<&str> = shown.iter().copied().chain(top).chain(tops).map(|node| node.id.as_str()).collect();
        let ids: Vec<&str> = ids.into_iter().collect();
        let mut by_test = Vec::with_capacity(tests.len());
        for test in tests {
            let found = rollups::find(tx, &test.row.id, &ids, true).await?;
            let by_branch = found.into_iter().map(|rollup| ((rollup.branch_id, rollup.whole), rollup.tally));
            by_test.push(Arc::new(by_branch.collect()));
        }
        Ok(Self { tests, by_test })
    }

    /// Of members of a category, from attempts.
    async fn narrowed(app: &App, tx: &mut Tx, tests: &'t [Test], category: &str) -> Result<Self> {
        let mut category = Category::find(tx, category).await?;
        let mut by_test = Vec::with_capacity(tests.len());
        for test in tests {
            let ground = Ground::of(tx, test).await?;
            by_test.push(category.figures(app, tx, (test, &ground), false).await?);
        }
        Ok(Self { tests, by_test })
    }

    fn row(&mut self, node: &Node, direct: bool) -> Row {
        let key = (node.id.clone(), !direct);
        let tallies: Vec<Option<Tally>> = self.by_test.iter().map(|known| known.get(&key).cloned()).collect();
        self.made(Some(node.clone()), direct, &tallies)
    }

    /// The branches at the top together.
    fn sum(&mut self, tree: &Tree) -> Row {
        let tops = tree.children(None);
        let sum = |known: &Arc<Narrowed>| {
            let mut sum = Tally::default();
            let tallies = tops.iter().filter_map(|node| known.get(&(node.id.clone(), true)));
            tallies.for_each(|tally| sum.add_all(tally));
            Some(sum).filter(|sum| !sum.is_empty())
        };
        let tallies: Vec<Option<Tally>> = self.by_test.iter().map(sum).collect();
        self.made(None, false, &tallies)
    }

    fn made(&self, branch: Option<Node>, direct: bool, tallies: &[Option<Tally>]) -> Row {
        let mut topics = Topics::new();
        tallies.iter().flatten().for_each(|tally| add_topics(&mut topics, tally));
        let cell = |(test, tally): (&Test, &Option<Tally>)| {
            let tally = tally.as_ref().filter(|tally| tally.due() > 0)?;
            let figures = tally.figures(test.definition.scale());
            Some(Cell { due: tally.due(), sat: tally.sat, marked: tally.marked(), figures })
        };
        Row { branch, direct, cells: self.tests.iter().zip(tallies).map(cell).collect(), topics }
    }
}

async fn titles(tx: &mut Tx, of: &[Test]) -> Result<HashMap<(String, String), Text>> {
    let mut titles = HashMap::new();
    let mut known = BTreeSet::new();
    for test in of {
        for edition in tests::editions(tx, &test.row.id).await? {
            if known.insert(edition.edition_id.clone()) {
                titles.extend(reports::titles(&edition)?);
            }
        }
    }
    Ok(titles)
}
