//! The branch report of a test, and its raw data.
//!
//! A report reads stored figures and no attempts; whatever has changed since they were stored is computed first.

mod ground;
mod narrowed;
mod raw;
mod rollup;
mod tallies;

pub(crate) use ground::{Ground, standings};
pub(crate) use narrowed::Category;
pub use raw::{AttemptLine, ResponseLine, attempt_lines, response_lines};
pub use rollup::{Difference, check, keep};
pub(crate) use rollup::{noted, refresh};
pub(crate) use tallies::{Tallied, tally, topics_of_people};

use crate::app::{App, Narrowed};
use crate::limits;
use crate::rules::advice::{Advice, advise, of_one};
use crate::rules::bank::Topic;
use crate::rules::figures::{BandCount, Figures, Scale, Tally, rate};
use crate::rules::make_up::After;
use crate::rules::points::Points;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::text::Text;
use crate::rules::tree::{Node, Tree};
use crate::service::error::{Error, Result};
use crate::service::make_ups::{self, AfterMakeUps};
use crate::service::samples::{self, Estimated};
use crate::service::tests::{Member, Test, find, list_presence_below};
use crate::store::db::Tx;
use crate::store::people::found;
use crate::store::{rollups, tests, trace};
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
    /// Its members by name, where they aren't too many for a page.
    pub members: Option<Vec<Member>>,
    /// What the sample of an inspection says of everybody; `None` of other tests.
    pub estimated: Option<Estimated>,
    /// What make-ups add; `None` where there is none.
    pub after: Option<Remade>,
    /// The head of the chain of changes when the report was made.
    pub trace_head: String,
    /// The category of members that it is narrowed to; `None`: everybody.
    pub category: Option<String>,
    /// The categories that it can be narrowed to.
    pub categories: Vec<String>,
}

/// A branch after make-ups.
#[derive(Debug, Clone)]
pub struct Remade {
    /// The make-ups.
    pub tests: Vec<Test>,
    /// What they add.
    pub after: After,
    /// Passed the first test or a make-up.
    pub passed: u64,
    /// The same over all who sat either.
    pub pass_rate: Option<f64>,
    /// The same over due.
    pub pass_rate_due: Option<f64>,
}

impl Remade {
    fn new(made: &AfterMakeUps, ground: &Ground, line: &Line) -> Self {
        let after = match &line.branch {
            Some(node) => made.sum(ground.tree.subtree(&node.id).iter()),
            None => made.sum(made.by_branch.keys().map(String::as_str)),
        };
        let passed = line.figures.passed + after.passed;
        let tests = made.tests.clone();
        let sat = line.tally.marked() + after.newly_sat;
        Self { tests, after, passed, pass_rate: rate(passed, sat), pass_rate_due: rate(passed, line.tally.due()) }
    }
}

/// The report for a branch (by code), or for the caller's highest.
pub async fn report(app: &App, caller: &Caller, name: &str, branch: Option<&str>) -> Result<Report> {
    report_of(app, caller, name, (branch, None)).await
}

/// The same, narrowed to members of a category as they are today. What the sample of an inspection says of everybody
/// and what make-ups add aren't told of a part.
pub async fn report_of(
    app: &App,
    caller: &Caller,
    name: &str,
    (branch, category): (Option<&str>, Option<&str>),
) -> Result<Report> {
    let (test, standing) = find(&mut app.db.read().await?, caller, name).await?;
    if !standing.reads_report {
        return Err(Error::Forbidden(Some(Role::Committee)));
    }
    refresh(app, &test.row.id).await?;
    let after = make_ups::after(app, &test).await?;
    let mut tx = app.db.read().await?;
    let (test, _) = find(&mut tx, caller, name).await?;
    let ground = Ground::of(&mut tx, &test).await?;
    let top = ground.top(caller, branch)?;
    let scale = test.definition.scale();
    let mut stored = match category {
        Some(category) => {
            let mut category = Category::find(&mut tx, category).await?;
            let figures = category.figures(app, &mut tx, (&test, &ground), true).await?;
            Stored::of(&figures, &ground.tree, top.as_ref())
        }
        None => Stored::around(&mut tx, &test, &ground.tree, top.as_ref()).await?,
    };
    let line = line(top.as_ref(), false, stored.whole(top.as_ref()), scale);
    let sees = |node: &Node| ground.sees(caller, &node.id);
    let children = children((&ground, &ground.reached()), &mut stored, top.as_ref(), scale, sees);
    let children = advised(&line.tally, children, scale);
    let path = top.iter().flat_map(|top| ground.tree.path(&top.id)).filter(|node| sees(node));
    let is_few = line.tally.due() + line.tally.exempt <= limits::REPORT_MEMBERS;
    let members = if is_few {
        let place = (&ground.tree, &ground.audience);
        let mut members = list_presence_below(&mut tx, caller, &test, place, top.as_ref()).await?;
        members.retain(|member| category.is_none_or(|category| category == member.person.category));
        Some(members)
    } else {
        None
    };
    Ok(Report {
        members,
        is_final: test.row.finished_at_ms.is_some() && line.tally.pending == 0,
        path: path.cloned().collect(),
        bands: line.tally.bands(scale.full),
        topics: topics(&mut tx, &test, &line.tally).await?,
        trace_head: trace::head(&mut tx).await?.1,
        estimated: match category {
            None => samples::estimated(&mut tx, &test, (&ground.tree, top.as_ref())).await?,
            Some(_) => None,
        },
        after: after.filter(|_| category.is_none()).map(|made| Remade::new(&made, &ground, &line)),
        categories: found::categories(&mut tx).await?,
        category: category.map(ToOwned::to_owned),
        line,
        children,
        scale,
        test,
    })
}

/// Stored figures of a branch and of those right below it.
struct Stored(HashMap<(String, bool), Tally>);

impl Stored {
    async fn around(tx: &mut Tx, test: &Test, tree: &Tree, top: Option<&Node>) -> Result<Self> {
        let below = tree.children(top.map(|node| node.id.as_str()));
        let below: Vec<&str> = below.into_iter().map(|node| node.id.as_str()).collect();
        let mut rows = rollups::find(tx, &test.row.id, &below, top.is_none()).await?;
        if let Some(top) = top {
            rows.extend(rollups::find(tx, &test.row.id, &[top.id.as_str()], true).await?);
        }
        Ok(Self(rows.into_iter().map(|row| ((row.branch_id, row.whole), row.tally)).collect()))
    }

    /// Of figures of every branch those that stand around one.
    fn of(figures: &Narrowed, tree: &Tree, top: Option<&Node>) -> Self {
        let below = tree.children(top.map(|node| node.id.as_str())).into_iter().map(|node| (node.id.clone(), true));
        let own = top.into_iter().flat_map(|top| [(top.id.clone(), true), (top.id.clone(), false)]);
        let found = |key: (String, bool)| figures.get(&key).cloned().map(|tally| (key, tally));
        Self(below.chain(own).filter_map(found).collect())
    }

    fn take(&mut self, branch_id: &str, whole: bool) -> Option<Tally> {
        self.0.remove(&(branch_id.to_owned(), whole))
    }

    /// A branch with all below it; `None`: the whole unit.
    fn whole(&mut self, top: Option<&Node>) -> Tally {
        let Some(node) = top else {
            let mut sum = Tally::default();
            self.0.iter().filter(|((_, whole), _)| *whole).for_each(|(_, tally)| sum.add_all(tally));
            return sum;
        };
        self.take(&node.id, true).unwrap_or_default()
    }
}

/// One line, with what stands beside it.
fn line(branch: Option<&Node>, direct: bool, tally: Tally, scale: Scale) -> Line {
    let figures = tally.figures(scale);
    Line { branch: branch.cloned(), direct, elsewhere: false, advice: of_one(&tally, scale), tally, figures }
}

/// The branch's own members, where it has any, and every branch right below that the audience reaches. Figures follow
/// the tree of the closing and rights that of today: branches that have moved out of the reader's sight are one row
/// without a name, so that the rows still add up.
fn children(
    (ground, reached): (&Ground, &HashSet<&str>),
    stored: &mut Stored,
    top: Option<&Node>,
    scale: Scale,
    is_visible: impl Fn(&Node) -> bool,
) -> Vec<Line> {
    let own = top.and_then(|node| Some(line(Some(node), true, stored.take(&node.id, false)?, scale)));
    let mut lines: Vec<Line> = own.into_iter().collect();
    let mut elsewhere: Option<Tally> = None;
    for node in ground.tree.children(top.map(|node| node.id.as_str())) {
        let tally = stored.take(&node.id, true);
        if tally.is_none() && !reached.contains(node.id.as_str()) {
            continue;
        }
        let tally = tally.unwrap_or_default();
        if is_visible(node) {
            lines.push(line(Some(node), false, tally, scale));
        } else {
            elsewhere.get_or_insert_default().add_all(&tally);
        }
    }
    lines.extend(elsewhere.map(|tally| Line { elsewhere: true, ..line(None, false, tally, scale) }));
    lines
}

/// The lines below a branch, each with what can be said of it among the others.
fn advised(whole: &Tally, mut children: Vec<Line>, scale: Scale) -> Vec<Line> {
    let compared: Vec<(&Tally, bool)> =
        children.iter().map(|child| (&child.tally, !child.direct && !child.elsewhere)).collect();
    let advice = advise(whole, &compared, scale);
    children.iter_mut().zip(advice).for_each(|(child, advice)| child.advice = advice);
    children
}

/// The lines right below each of some branches, none of which lies below another; read at once, or taken from figures
/// that are narrowed already.
pub(crate) async fn lines_below(
    tx: &mut Tx,
    (caller, test): (&Caller, &Test),
    ground: &Ground,
    tops: &[&Node],
    narrowed: Option<&Narrowed>,
) -> Result<Vec<Vec<Line>>> {
    let below = tops.iter().flat_map(|top| ground.tree.children(Some(&top.id))).chain(tops.iter().copied());
    let below: Vec<&str> = below.map(|node| node.id.as_str()).collect();
    let mut stored = if let Some(narrowed) = narrowed {
        Stored(narrowed.clone())
    } else {
        let rows = rollups::find(tx, &test.row.id, &below, true).await?;
        Stored(rows.into_iter().map(|row| ((row.branch_id, row.whole), row.tally)).collect())
    };
    let (scale, reached) = (test.definition.scale(), ground.reached());
    let is_visible = |node: &Node| ground.sees(caller, &node.id);
    let mut lines = |top: &&Node| {
        let whole = stored.whole(Some(top));
        advised(&whole, children((ground, &reached), &mut stored, Some(top), scale, is_visible), scale)
    };
    Ok(tops.iter().map(&mut lines).collect())
}

/// The titles of the topics of a pinned edition, by bank and topic.
pub(crate) fn titles(edition: &tests::PinnedRow) -> Result<Vec<((String, String), Text)>> {
    let topics: Vec<Topic> = crate::store::read_json("edition", &edition.edition_id, &edition.topics)?;
    Ok(topics.into_iter().map(|topic| ((edition.bank.clone(), topic.id), topic.title)).collect())
}

async fn topics(tx: &mut Tx, test: &Test, tally: &Tally) -> Result<Vec<TopicLine>> {
    let mut titles: HashMap<(String, String), Text> = HashMap::new();
    for row in tests::editions(tx, &test.row.id).await? {
        titles.extend(self::titles(&row)?);
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
