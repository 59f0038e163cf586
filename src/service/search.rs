//! Looking for questions over all banks whose keys the caller may read.
//!
//! What a search looks at is kept in memory for as long as the edition is the one that is asked for; the work is done
//! apart from the threads that answer requests.

mod duplicates;

pub use duplicates::{Pair, Pairs, duplicates};

use crate::app::App;
use crate::limits;
use crate::rules::question::Question;
use crate::rules::rights::Caller;
use crate::rules::search::{Asked, Shelf, Used, Wanted};
use crate::service::banks::{self, Listed, bodies, suspects_of};
use crate::service::error::{Error, Result};
use crate::service::items::{Behaved, behaved};
use crate::store;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// A question that was found.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The place of its bank in [`Found::banks`].
    pub bank: usize,
    /// The question as the newest edition has it.
    pub question: Question,
    /// How it behaved when it was used, where that was asked for; `None` also where no test used it.
    pub behaved: Option<Behaved>,
}

/// A page of what was found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The banks that were looked through: those whose keys the caller may read.
    pub banks: Vec<Listed>,
    /// How many questions are wanted in all.
    pub count: usize,
    /// How many stand before this page.
    pub from: usize,
    /// The page, by bank and in its order.
    pub hits: Vec<Hit>,
}

/// What a form offers to choose from.
#[derive(Debug, Clone)]
pub struct Choices {
    /// The banks whose keys the caller may read.
    pub banks: Vec<Listed>,
    /// Regulations that their questions cite as data.
    pub regulations: BTreeSet<String>,
}

/// What there is to choose from.
pub async fn choices(app: &App, caller: &Caller) -> Result<Choices> {
    let banks = banks::readable(&mut app.db.read().await?, caller).await?;
    let mut regulations = BTreeSet::new();
    for bank in &banks {
        let shelf = shelf(app, &bank.row.edition_id).await?;
        regulations.extend(shelf.regulations().map(ToOwned::to_owned));
    }
    Ok(Choices { banks, regulations })
}

/// What is asked for, or what is wrong with it.
pub fn wanted(asked: &Asked) -> Result<Wanted> {
    asked.wanted().map_err(|(field, expected)| Error::Invalid { field, expected })
}

/// A page of the questions that are wanted.
pub async fn search(app: &App, caller: &Caller, wanted: &Wanted, from: usize) -> Result<Found> {
    let banks = banks::readable(&mut app.db.read().await?, caller).await?;
    let mut found = Found { banks, count: 0, from, hits: Vec::new() };
    for (index, bank) in found.banks.iter().enumerate() {
        if wanted.bank.as_ref().is_some_and(|name| *name != bank.row.name) {
            continue;
        }
        let edition_id = &bank.row.edition_id;
        let behaved = if tells_use(wanted) { behaved(app, caller, &bank.row).await? } else { HashMap::new() };
        let skip = from.saturating_sub(found.count);
        let take = limits::PAGE - found.hits.len();
        let (ids, count) = matching(app, edition_id, wanted, &behaved, (skip, take)).await?;
        found.count += count;
        for question in bodies(&mut app.db.read().await?, edition_id, &ids).await? {
            let behaved = behaved.get(&question.id).cloned();
            found.hits.push(Hit { bank: index, question, behaved });
        }
    }
    Ok(found)
}

/// Whether what is wanted depends on how questions were used.
fn tells_use(wanted: &Wanted) -> bool {
    wanted.used.is_some() || wanted.facility.is_some()
}

/// The ids of an edition's questions that are wanted, as many as are to be taken behind those to be skipped; and how many
/// are wanted in all.
async fn matching(
    app: &App,
    edition_id: &str,
    wanted: &Wanted,
    behaved: &HashMap<String, Behaved>,
    (skip, take): (usize, usize),
) -> Result<(Vec<String>, usize)> {
    let suspects = match wanted.lint {
        None => None,
        Some(code) => {
            let all = suspects_of(app, edition_id).await?;
            let is_meant = |one: &&crate::rules::lint::Suspect| one.lint.code == code;
            Some(all.iter().filter(is_meant).filter_map(|one| one.question.clone()).collect::<HashSet<String>>())
        }
    };
    let used: Option<HashSet<String>> = tells_use(wanted).then(|| {
        let is_meant = |(_, behaved): &(&String, &Behaved)| behaves(wanted, behaved);
        behaved.iter().filter(is_meant).map(|(id, _)| id.clone()).collect()
    });
    let is_never = wanted.used == Some(Used::Never) && wanted.facility.is_none();
    let known: HashSet<String> = if is_never { behaved.keys().cloned().collect() } else { HashSet::new() };
    let (shelf, wanted) = (shelf(app, edition_id).await?, wanted.clone());
    let look = move || {
        let ids = shelf.matching(&wanted, |id| {
            suspects.as_ref().is_none_or(|suspects| suspects.contains(id))
                && if is_never { !known.contains(id) } else { used.as_ref().is_none_or(|used| used.contains(id)) }
        });
        let page: Vec<String> = ids.iter().skip(skip).take(take).map(|id| (*id).to_owned()).collect();
        (page, ids.len())
    };
    tokio::task::spawn_blocking(look).await.map_err(|_| Error::Busy)
}

/// Whether a question that was used behaved as is wanted.
fn behaves(wanted: &Wanted, behaved: &Behaved) -> bool {
    let of = behaved.last.as_ref();
    let as_used = match wanted.used {
        None | Some(Used::Yes) => true,
        Some(Used::Never) => false,
        Some(Used::Flagged) => of.is_some_and(|figures| !figures.flags.is_empty()),
        Some(Used::Weak) => of.is_some_and(|figures| figures.flags.iter().any(|flag| flag.tells_of_discrimination())),
    };
    let facility = of.and_then(|figures| figures.facility);
    as_used && wanted.facility.as_ref().is_none_or(|range| facility.is_some_and(|facility| range.contains(&facility)))
}

/// The shelf of an edition, from memory or made once.
pub(crate) async fn shelf(app: &App, edition_id: &str) -> Result<Arc<Shelf>> {
    if let Some(known) = app.caches.shelves.get(edition_id) {
        return Ok(known);
    }
    let _alone = app.shelving.lock().await;
    if let Some(known) = app.caches.shelves.get(edition_id) {
        return Ok(known);
    }
    let made = through(app, edition_id, Shelf::default(), |shelf, place, question| shelf.add(place, &question)).await?;
    let made = tokio::task::spawn_blocking(|| Arc::new(made.ordered())).await.map_err(|_| Error::Busy)?;
    app.caches.shelves.insert(edition_id.to_owned(), Arc::clone(&made));
    Ok(made)
}

/// Shows every question of an edition, with its place in the bank's file, to `look`: some at a time, apart from the
/// threads that answer requests, and by no one long transaction.
pub(crate) async fn through<T: Send + 'static>(
    app: &App,
    edition_id: &str,
    mut state: T,
    look: fn(&mut T, i64, Question),
) -> Result<T> {
    let mut after = String::new();
    loop {
        let mut tx = app.db.read().await?;
        let rows = store::banks::questions_after(&mut tx, edition_id, &after, limits::SEARCH_CHUNK_QUESTIONS).await?;
        drop(tx);
        let Some((last, ..)) = rows.last() else { return Ok(state) };
        after.clone_from(last);
        let read = move || -> Result<T> {
            for (id, place, body) in rows {
                look(&mut state, place, store::read_json("question", &id, &body)?);
            }
            Ok(state)
        };
        state = tokio::task::spawn_blocking(read).await.map_err(|_| Error::Busy)??;
    }
}
