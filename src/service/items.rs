//! Item analysis: how each question of a test behaved below a branch.
//!
//! What counts is what counts in the branch report: the attempts that `keep` names, of members who sat, and nothing that
//! waits to be marked. Everybody who reads the report reads the figures. Options, and what is said of them, tell keys:
//! they are for those who may read the keys of the question's bank, and for all readers once review is open.

mod gather;
mod history;
mod stored;

pub(crate) use history::behaved;
pub use history::{Behaved, Behaviour, History, history};
pub use stored::keep;

use crate::app::{App, OfVersion};
use crate::rules::blueprint::Review;
use crate::rules::correction::Rulings;
use crate::rules::figures::Scale;
pub use crate::rules::items::Analysis;
use crate::rules::items::{Asked, Flag, Moodle, QuestionFigures, Sittings, TestFigures, analyse, choices, moodle};
use crate::rules::question::Question;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::text::Text;
use crate::rules::tree::{Area, Node};
use crate::service::error::{Error, Result};
use crate::service::people::tree;
use crate::service::reports::{Ground, refresh, standings};
use crate::service::tests::{Test, find};
use crate::store::db::Tx;
use crate::store::{banks, results, rollups, tests};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The item analysis of a test for a branch.
#[derive(Debug, Clone)]
pub struct Items {
    /// The test.
    pub test: Test,
    /// The branch; `None`: the whole unit.
    pub branch: Option<Node>,
    /// The branches above that the caller may see, from the top down, with the branch itself.
    pub path: Vec<Node>,
    /// Full marks and lines.
    pub scale: Scale,
    /// The figures of the test.
    pub figures: TestFigures,
    /// Question by question, by bank and id.
    pub questions: Vec<Line>,
}

/// How one question behaved.
#[derive(Debug, Clone)]
pub struct Line {
    /// The number of the question's edition.
    pub edition: i64,
    /// The title of its topic.
    pub topic: Text,
    /// Its figures; without options and flags that speak of them, where those are not for the caller.
    pub figures: QuestionFigures,
    /// Whether options and keys are for the caller.
    pub shows_key: bool,
    /// Whether the question's words are for the caller: its keys are, or nobody can sit the test any more.
    pub shows_words: bool,
    /// Whether the caller may open the question in its bank.
    pub reads_bank: bool,
}

impl Line {
    /// What is to be looked at, the gravest first.
    pub fn flags(&self) -> &[Flag] {
        &self.figures.flags
    }

    /// The labels of its options and whether each belongs to the key.
    pub fn choices(&self) -> Vec<(&str, bool)> {
        if self.shows_key { choices(&self.figures.asked.question) } else { Vec::new() }
    }
}

/// Who asks for which part of which test.
struct View {
    test: Test,
    top: Option<Node>,
    path: Vec<Node>,
    /// The branch and everything below it; `None`: everything.
    below: Option<Area>,
    /// Whether that is everything.
    is_whole: bool,
    scale: Scale,
    version: i64,
}

impl View {
    fn of(ground: &Ground, test: Test, top: Option<Node>, version: i64) -> Self {
        Self {
            path: Vec::new(),
            below: top.as_ref().map(|top| ground.tree.subtree(&top.id)),
            is_whole: top.as_ref() == ground.whole(),
            scale: test.definition.scale(),
            version,
            test,
            top,
        }
    }

    fn key(&self) -> (String, Option<String>) {
        (self.test.row.id.clone(), self.top.as_ref().map(|node| node.id.clone()))
    }
}

async fn view(app: &App, caller: &Caller, name: &str, branch: Option<&str>) -> Result<View> {
    let (test, standing) = find(&mut app.db.read().await?, caller, name).await?;
    if !standing.reads_report {
        return Err(Error::Forbidden(Some(Role::Committee)));
    }
    refresh(app, &test.row.id).await?;
    let mut tx = app.db.read().await?;
    let ground = Ground::of(&mut tx, &test).await?;
    let top = ground.top(caller, branch)?;
    let path = top.iter().flat_map(|top| ground.tree.path(&top.id)).filter(|node| ground.sees(caller, &node.id));
    let path = path.cloned().collect();
    let version = rollups::version(&mut tx, &test.row.id).await?;
    Ok(View { path, ..View::of(&ground, test, top, version) })
}

/// What the attempts that count hold, from memory or read once. Of a small part of a test only that part is read, unless
/// everything is in memory.
async fn sittings(app: &App, view: &View) -> Result<Arc<OfVersion<Sittings>>> {
    let id = &view.test.row.id;
    let known = || app.caches.sittings.get(id).filter(|known| known.version >= view.version);
    if let Some(known) = known() {
        return Ok(known);
    }
    let _alone = app.analysing.lock().await;
    if let Some(known) = known() {
        return Ok(known);
    }
    let mut tx = app.db.read().await?;
    let version = rollups::version(&mut tx, id).await?;
    let mut kept = kept(&mut tx, &view.test).await?;
    drop(tx);
    let all = kept.len();
    let below = |branch_id: &String| view.below.as_ref().is_none_or(|below| below.contains(branch_id));
    let is_part = kept.iter().filter(|(_, branch_id)| below(branch_id)).count() * 2 < all;
    if is_part {
        kept.retain(|(_, branch_id)| below(branch_id));
    }
    let value = gather::gather(app, &view.test, &kept).await?;
    let read = Arc::new(OfVersion { value, version });
    if !is_part {
        app.caches.sittings.insert(id.clone(), Arc::clone(&read));
    }
    Ok(read)
}

/// The attempts that count.
async fn kept(tx: &mut Tx, test: &Test) -> Result<gather::Kept> {
    let rows = results::list_bare(tx, &test.row.id).await?;
    let mut kept = gather::Kept::new();
    for (branch_id, part) in standings(tx, test, &rows).await? {
        kept.extend(part.kept.into_iter().map(|row| (row.id.clone(), branch_id.clone())));
    }
    kept.sort_unstable();
    Ok(kept)
}

/// The analysis, from memory, as it is kept, or worked out once.
async fn analysis(app: &App, view: &View) -> Result<Arc<OfVersion<Analysis>>> {
    if let Some(known) = app.caches.analyses.get(&view.key()).filter(|known| known.version >= view.version) {
        return Ok(known);
    }
    let made = if let Some(kept) = stored::find(app, view).await? {
        kept
    } else {
        let made = take(app, view).await?;
        stored::put(app, view, &made).await?;
        made
    };
    let made = Arc::new(made);
    app.caches.analyses.insert(view.key(), Arc::clone(&made));
    Ok(made)
}

/// The analysis worked out from the attempts.
async fn take(app: &App, view: &View) -> Result<OfVersion<Analysis>> {
    let (read, scale, below) = (sittings(app, view).await?, view.scale, view.below.clone());
    let version = read.version;
    let work = move || analyse(&read.value, scale, |id| below.as_ref().is_none_or(|below| below.contains(id)));
    let value = tokio::task::spawn_blocking(work).await.map_err(|_| Error::Busy)?;
    Ok(OfVersion { value, version })
}

/// A question with the key by which it is marked now.
fn by_its_key(rulings: &Rulings, bank: &str, edition: &str, question: Arc<Question>) -> Asked {
    let named = (bank.to_owned(), question.id.clone());
    let question = match rulings.get(&named).and_then(|ruling| ruling.key.clone()) {
        Some(key) => Arc::new(Question { key, ..(*question).clone() }),
        None => question,
    };
    Asked { bank: Arc::from(bank), edition: Arc::from(edition), question }
}

/// The item analysis of a test for a branch (by code), or for the caller's highest.
pub async fn items(app: &App, caller: &Caller, now_ms: i64, name: &str, branch: Option<&str>) -> Result<Items> {
    let view = view(app, caller, name, branch).await?;
    let rights = Rights::of(&mut app.db.read().await?, caller, now_ms, &view.test).await?;
    let analysis = analysis(app, &view).await?;
    let mut questions: Vec<Line> = analysis.value.questions.iter().map(|figures| rights.line(figures)).collect();
    questions.sort_by_cached_key(|line| {
        let asked = &line.figures.asked;
        (Arc::clone(&asked.bank), asked.question.id.clone())
    });
    let figures = analysis.value.test.clone();
    Ok(Items { test: view.test, branch: view.top, path: view.path, scale: view.scale, figures, questions })
}

/// The same as Moodle's report has it.
#[derive(Debug, Clone)]
pub struct MoodleItems {
    /// The test.
    pub test: Test,
    /// The branch; `None`: the whole unit.
    pub branch: Option<Node>,
    /// The report.
    pub report: Moodle,
}

/// The analysis as Moodle's quiz statistics report has it. It names no option, and so tells no key.
pub async fn moodle_items(app: &App, caller: &Caller, name: &str, branch: Option<&str>) -> Result<MoodleItems> {
    let view = view(app, caller, name, branch).await?;
    let (read, below) = (sittings(app, &view).await?, view.below.clone());
    let work = move || moodle(&read.value, |id| below.as_ref().is_none_or(|below| below.contains(id)));
    let report = tokio::task::spawn_blocking(work).await.map_err(|_| Error::Busy)?;
    Ok(MoodleItems { test: view.test, branch: view.top, report })
}

/// What of the questions of a test is for the caller.
struct Rights {
    /// Banks whose keys the caller may read.
    reads_keys: HashSet<String>,
    /// Whether nobody can sit the test any more.
    is_over: bool,
    /// Whether review is open, and keys are for all who read the report.
    is_reviewed: bool,
    editions: HashMap<String, (i64, HashMap<String, Text>)>,
}

impl Rights {
    async fn of(tx: &mut Tx, caller: &Caller, now_ms: i64, test: &Test) -> Result<Self> {
        let today = tree(tx).await?;
        let is_over = crate::service::review::has_ended(tx, now_ms, test).await?;
        let is_held = crate::service::make_ups::holds_review(tx, now_ms, test).await?;
        let reads = |bank: &banks::BankRow| super::banks::reads_keys(caller, bank.branch_id.as_deref(), &today);
        let mut editions = HashMap::new();
        for row in tests::editions(tx, &test.row.id).await? {
            let topics: Vec<crate::rules::bank::Topic> =
                crate::store::read_json("edition", &row.edition_id, &row.topics)?;
            let titles = topics.into_iter().map(|topic| (topic.id, topic.title)).collect();
            editions.insert(row.edition_id, (row.number, titles));
        }
        Ok(Self {
            reads_keys: banks::list(tx).await?.into_iter().filter(reads).map(|bank| bank.name).collect(),
            is_over,
            is_reviewed: is_over && test.definition.review != Review::Never && !is_held,
            editions,
        })
    }

    fn line(&self, figures: &QuestionFigures) -> Line {
        let asked = &figures.asked;
        let reads_bank = self.reads_keys.contains(&*asked.bank);
        let shows_key = reads_bank || self.is_reviewed;
        let (edition, titles) = self.editions.get(&*asked.edition).cloned().unwrap_or_default();
        let topic = &asked.question.topic;
        let mut figures = figures.clone();
        if !shows_key {
            figures.options.clear();
            figures.flags.retain(|flag| !flag.tells_of_options());
        }
        Line {
            topic: titles.get(topic).cloned().unwrap_or_else(|| Text::from(topic.as_str())),
            edition,
            figures,
            shows_key,
            shows_words: reads_bank || self.is_over,
            reads_bank,
        }
    }
}
