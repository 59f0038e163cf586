//! Clauses of regulations that questions cite as data, over all banks whose keys the caller may read; what was amended of
//! them, and which questions have still to be checked against the amended text.
//!
//! A citation in words is never guessed at. That a clause was amended is seen at the branch that noted it, below and
//! above it. A question counts as checked as long as it stands as it stood then.

use crate::app::App;
use crate::limits;
use crate::rules::clauses::Regulation;
use crate::rules::question::Question;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::search::Wanted;
use crate::rules::text::fold;
use crate::rules::tree::Tree;
use crate::service::banks::{self, Listed, Loaded, bodies, drafts};
use crate::service::error::{Error, Result, Thing};
use crate::service::people::{civil_day, tree};
use crate::service::search::shelf;
use crate::store::amended_clauses::{self, AmendedRow};
use crate::store::db::Tx;
use crate::store::people;
use std::collections::{BTreeMap, HashMap};

/// Every regulation that is cited as data, by name.
pub async fn index(app: &App, caller: &Caller) -> Result<Vec<Regulation>> {
    let banks = banks::readable(&mut app.db.read().await?, caller).await?;
    let mut counts: BTreeMap<String, BTreeMap<Option<u32>, [usize; 2]>> = BTreeMap::new();
    for bank in &banks {
        let shelf = shelf(app, &bank.row.edition_id).await?;
        for ((regulation, article), [drawable, retired]) in shelf.clauses() {
            let [drawables, retireds] = counts.entry(regulation.to_owned()).or_default().entry(article).or_default();
            *drawables += drawable;
            *retireds += retired;
        }
    }
    let regulation =
        |(name, articles): (String, BTreeMap<_, _>)| Regulation { name, articles: articles.into_iter().collect() };
    Ok(counts.into_iter().map(regulation).collect())
}

/// A clause that was amended, as it is listed.
#[derive(Debug, Clone)]
pub struct Amended {
    /// Its row.
    pub row: AmendedRow,
    /// The code of the branch that noted it; `None`: the whole unit.
    pub branch: Option<String>,
    /// Who noted it, by name; `None`: the operator.
    pub noted_by: Option<String>,
    /// Whether the caller may take the note back.
    pub may_withdraw: bool,
    /// How many questions of the banks whose keys the caller may read have still to be checked.
    pub open: usize,
}

impl Amended {
    /// The article, where one is meant.
    pub fn article(&self) -> Option<u32> {
        self.row.article.and_then(|article| u32::try_from(article).ok())
    }
}

/// What was amended, the latest day first.
pub async fn amended(app: &App, caller: &Caller) -> Result<Vec<Amended>> {
    let mut tx = app.db.read().await?;
    let banks = banks::readable(&mut tx, caller).await?;
    let tree = tree(&mut tx).await?;
    let rows: Vec<AmendedRow> =
        amended_clauses::list(&mut tx).await?.into_iter().filter(|row| sees(caller, row, &tree)).collect();
    drop(tx);
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let open = unchecked(app, &row, &banks).await?.len();
        all.push(described(app, caller, &tree, (row, open)).await?);
    }
    Ok(all)
}

fn sees(caller: &Caller, row: &AmendedRow, tree: &Tree) -> bool {
    caller.stands_within(Role::Organizer, row.branch_id.as_deref(), tree)
}

async fn described(app: &App, caller: &Caller, tree: &Tree, (row, open): (AmendedRow, usize)) -> Result<Amended> {
    let by: Vec<&str> = row.noted_by.as_deref().into_iter().collect();
    let noted_by = people::list_of(&mut app.db.read().await?, &by).await?.pop().map(|person| person.name);
    let branch = row.branch_id.as_deref();
    Ok(Amended {
        may_withdraw: caller.covers(Role::Organizer, branch, tree),
        branch: branch.and_then(|id| tree.get(id)).map(|node| node.code.clone()),
        noted_by,
        open,
        row,
    })
}

/// Questions that cite an amended clause and have still to be checked: the place of the bank, and the id.
async fn unchecked(app: &App, row: &AmendedRow, banks: &[Listed]) -> Result<Vec<(usize, String)>> {
    let article = row.article.and_then(|article| u32::try_from(article).ok());
    let clause = Some((fold(&row.regulation), article));
    let wanted = Wanted { clause, retired: Some(false), ..Wanted::default() };
    let mut open = Vec::new();
    for (index, bank) in banks.iter().enumerate() {
        let shelf = shelf(app, &bank.row.edition_id).await?;
        let ids: Vec<String> = shelf.matching(&wanted, |_| true).into_iter().map(ToOwned::to_owned).collect();
        if !ids.is_empty() {
            let mut tx = app.db.read().await?;
            let left = amended_clauses::unchecked(&mut tx, &row.id, &bank.row.edition_id, &ids).await?;
            open.extend(left.into_iter().map(|id| (index, id)));
        }
    }
    Ok(open)
}

/// An amended clause with a page of the questions that have still to be checked.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The clause.
    pub amended: Amended,
    /// The banks whose keys the caller may read.
    pub banks: Vec<Listed>,
    /// How many questions stand before this page.
    pub from: usize,
    /// The page: the place of the bank, and the question.
    pub questions: Vec<(usize, Question)>,
}

async fn found(tx: &mut Tx, caller: &Caller, id: &str) -> Result<(AmendedRow, Tree)> {
    if !caller.has(Role::Organizer) {
        return Err(Error::Forbidden(Some(Role::Organizer)));
    }
    let tree = tree(tx).await?;
    let row = amended_clauses::find(tx, id).await?.filter(|row| sees(caller, row, &tree));
    Ok((row.ok_or(Error::NotFound(Thing::Amendment))?, tree))
}

/// One amended clause.
pub async fn open(app: &App, caller: &Caller, id: &str, from: usize) -> Result<Opened> {
    let mut tx = app.db.read().await?;
    let (row, tree) = found(&mut tx, caller, id).await?;
    let banks = banks::readable(&mut tx, caller).await?;
    drop(tx);
    let open = unchecked(app, &row, &banks).await?;
    let page: Vec<(usize, String)> = open.iter().skip(from).take(limits::PAGE).cloned().collect();
    let mut questions = Vec::with_capacity(page.len());
    for (index, bank) in banks.iter().enumerate() {
        let ids: Vec<String> = page.iter().filter(|(of, _)| *of == index).map(|(_, id)| id.clone()).collect();
        if !ids.is_empty() {
            let some = bodies(&mut app.db.read().await?, &bank.row.edition_id, &ids).await?;
            questions.extend(some.into_iter().map(|question| (index, question)));
        }
    }
    let amended = described(app, caller, &tree, (row, open.len())).await?;
    Ok(Opened { amended, banks, from, questions })
}

/// What somebody notes as amended, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Amending {
    /// The regulation.
    pub regulation: String,
    /// The number of its article; empty: all of it.
    pub article: String,
    /// From which day on.
    pub on: String,
    /// What was amended.
    pub note: String,
}

/// Notes that a clause was amended; returns the id of the note. It belongs to where the caller organizes.
pub async fn amend(app: &App, caller: &Caller, now_ms: i64, amending: &Amending) -> Result<String> {
    if !caller.has(Role::Organizer) {
        return Err(Error::Forbidden(Some(Role::Organizer)));
    }
    let wrong = |field, expected| Error::Invalid { field, expected };
    let regulation = amending.regulation.trim();
    if regulation.is_empty() || regulation.chars().count() > limits::REASON_CHARACTERS {
        return Err(wrong("regulation", "regulation-name"));
    }
    let article = match amending.article.trim() {
        "" => None,
        text => Some(text.parse().ok().filter(|article: &u32| *article > 0).ok_or(wrong("article", "article"))?),
    };
    let row = AmendedRow {
        id: app.randomness.id(now_ms),
        branch_id: caller.places(Role::Organizer).next().flatten().map(ToOwned::to_owned),
        regulation: regulation.to_owned(),
        article: article.map(i64::from),
        amended_on: civil_day(&amending.on).ok_or(wrong("on", "day"))?,
        note: reason(&amending.note)?.to_owned(),
        noted_by: caller.person_id.clone(),
        noted_at_ms: now_ms,
    };
    let mut tx = app.db.write().await?;
    amended_clauses::insert(&mut tx, &row).await?;
    tx.commit().await?;
    Ok(row.id)
}

fn reason(note: &str) -> Result<&str> {
    let note = note.trim();
    let fits = !note.is_empty() && note.chars().count() <= limits::REASON_CHARACTERS;
    if fits { Ok(note) } else { Err(Error::Invalid { field: "note", expected: "reason" }) }
}

/// Takes a note back, for those who organize where it was made.
pub async fn withdraw(app: &App, caller: &Caller, id: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    let (row, tree) = found(&mut tx, caller, id).await?;
    if !caller.covers(Role::Organizer, row.branch_id.as_deref(), &tree) {
        return Err(Error::Forbidden(Some(Role::Organizer)));
    }
    amended_clauses::delete(&mut tx, &row.id).await?;
    Ok(tx.commit().await?)
}

/// Questions named as `bank/question`, bank by bank: those of the list that have still to be checked.
async fn named(
    app: &App,
    caller: &Caller,
    id: &str,
    names: &[String],
) -> Result<(AmendedRow, Vec<(Listed, Vec<String>)>)> {
    let mut tx = app.db.read().await?;
    let (row, _) = found(&mut tx, caller, id).await?;
    let banks = banks::readable(&mut tx, caller).await?;
    drop(tx);
    let mut open: HashMap<String, (usize, String)> = HashMap::new();
    for (index, id) in unchecked(app, &row, &banks).await? {
        let bank = banks.get(index).map_or("", |bank| bank.row.name.as_str());
        open.insert(format!("{bank}/{id}"), (index, id));
    }
    if names.is_empty() {
        return Err(Error::Invalid { field: "questions", expected: "questions-of-clause" });
    }
    let mut chosen: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for name in names {
        let (index, id) =
            open.remove(name).ok_or(Error::Invalid { field: "questions", expected: "questions-of-clause" })?;
        chosen.entry(index).or_default().push(id);
    }
    let of = |(index, ids): (usize, Vec<String>)| banks.get(index).cloned().map(|bank| (bank, ids));
    Ok((row, chosen.into_iter().filter_map(of).collect()))
}

/// Notes that questions, named as `bank/question`, were checked against the amended text and hold; returns how many.
pub async fn check(app: &App, caller: &Caller, now_ms: i64, id: &str, names: &[String]) -> Result<usize> {
    let (row, chosen) = named(app, caller, id, names).await?;
    let mut tx = app.db.write().await?;
    let mut count = 0;
    for (bank, ids) in &chosen {
        for question in ids {
            let place = (bank.row.edition_id.as_str(), question.as_str());
            let by = (caller.person_id.as_deref(), now_ms);
            count += usize::from(amended_clauses::check(&mut tx, &row.id, place, by).await?);
        }
    }
    tx.commit().await?;
    Ok(count)
}

/// Retires questions, named as `bank/question`: an edition of each bank, with the reason. What else waits in their banks
/// goes on waiting.
pub async fn retire(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    id: &str,
    (names, note): (&[String], &str),
) -> Result<Vec<Loaded>> {
    reason(note)?;
    let (_, chosen) = named(app, caller, id, names).await?;
    let mut loaded = Vec::with_capacity(chosen.len());
    for (bank, ids) in &chosen {
        loaded.push(drafts::retire(app, caller, now_ms, &bank.row, (ids, note)).await?);
    }
    Ok(loaded)
}
