//! Questions of different banks that ask nearly the same; those whose keys contradict each other come first.
//!
//! What is found of a set of editions is kept: an edition never changes, and another one makes another set.

use super::through;
use crate::app::{App, Duplicate};
use crate::limits;
use crate::rules::lint::{Gathered, NEAR_PERCENT, contradicts};
use crate::rules::question::Question;
use crate::rules::rights::Caller;
use crate::service::banks::{self, Listed, bodies};
use crate::service::error::{Error, Result};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Two questions that ask nearly the same.
#[derive(Debug, Clone)]
pub struct Pair {
    /// Whether their keys contradict each other.
    pub contradicts: bool,
    /// Each with the place of its bank in [`Pairs::banks`].
    pub questions: [(usize, Question); 2],
}

/// A page of pairs.
#[derive(Debug, Clone)]
pub struct Pairs {
    /// The banks that were compared: those whose keys the caller may read.
    pub banks: Vec<Listed>,
    /// How many pairs there are in all.
    pub count: usize,
    /// Of how many the keys contradict each other.
    pub contradicting: usize,
    /// How many stand before this page.
    pub from: usize,
    /// The page.
    pub pairs: Vec<Pair>,
}

/// A page of the questions of different banks that ask nearly the same, each with the likest; where one contradicts it,
/// with that.
pub async fn duplicates(app: &App, caller: &Caller, from: usize) -> Result<Pairs> {
    let banks = banks::readable(&mut app.db.read().await?, caller).await?;
    let all = found(app, &banks).await?;
    let mut pairs = Vec::new();
    let page: Vec<Duplicate> = all.iter().skip(from).take(limits::PAGE).cloned().collect();
    for duplicate in page {
        pairs.extend(read(app, &banks, &duplicate).await?);
    }
    let contradicting = all.iter().filter(|duplicate| duplicate.contradicts).count();
    Ok(Pairs { banks, count: all.len(), contradicting, from, pairs })
}

async fn read(app: &App, banks: &[Listed], duplicate: &Duplicate) -> Result<Option<Pair>> {
    let mut tx = app.db.read().await?;
    let mut questions = Vec::with_capacity(2);
    for (edition, id) in [&duplicate.one, &duplicate.other] {
        let place = banks.iter().position(|bank| *bank.row.edition_id == **edition);
        let question = bodies(&mut tx, edition, &[id.to_string()]).await?.pop();
        questions.extend(place.zip(question));
    }
    let questions = <[(usize, Question); 2]>::try_from(questions).ok();
    Ok(questions.map(|questions| Pair { contradicts: duplicate.contradicts, questions }))
}

/// A question among those that are compared, or a part of one.
struct Place {
    edition: usize,
    id: Box<str>,
    is_part: bool,
}

#[derive(Default)]
struct Comparing {
    gathered: Gathered,
    places: Vec<Place>,
    /// Parts of cases, to be compared with all questions.
    parts: Vec<(Place, Question)>,
    edition: usize,
}

async fn found(app: &App, banks: &[Listed]) -> Result<Arc<Vec<Duplicate>>> {
    let editions: Vec<String> = banks.iter().map(|bank| bank.row.edition_id.clone()).collect();
    if let Some(known) = app.caches.duplicates.get(&editions) {
        return Ok(known);
    }
    let _alone = app.shelving.lock().await;
    if let Some(known) = app.caches.duplicates.get(&editions) {
        return Ok(known);
    }
    let mut comparing = Comparing::default();
    for (index, edition) in editions.iter().enumerate() {
        comparing.edition = index;
        comparing = through(app, edition, comparing, gather).await?;
    }
    let compare = move || {
        let Comparing { mut gathered, mut places, parts, .. } = comparing;
        places.extend(parts.into_iter().filter(|(_, part)| gathered.add_part(part)).map(|(place, _)| place));
        // Parts of other cases ask the same of another material.
        let is_meant = |one: usize, other: usize| match (places.get(one), places.get(other)) {
            (Some(one), Some(other)) => one.edition != other.edition && !(one.is_part && other.is_part),
            _ => false,
        };
        let mut pairs = gathered.likeness().pairs(NEAR_PERCENT, is_meant);
        for (_, others) in &mut pairs {
            others.truncate(limits::COMPARED_TWINS);
        }
        (places, pairs)
    };
    let (places, pairs) = tokio::task::spawn_blocking(compare).await.map_err(|_| Error::Busy)?;
    let mut all = judged(app, &editions, &places, &pairs).await?;
    all.sort_by_key(|duplicate| !duplicate.contradicts);
    let all = Arc::new(all);
    app.caches.duplicates.insert(editions, Arc::clone(&all));
    Ok(all)
}

/// Retired questions are out of every draw.
fn gather(comparing: &mut Comparing, _: i64, question: Question) {
    if question.retired {
        return;
    }
    let (edition, parts) = (comparing.edition, question.parts());
    comparing.gathered.add(&question);
    let id: Box<str> = question.id.into();
    let place = |is_part| Place { edition, id: id.clone(), is_part };
    comparing.places.push(place(false));
    comparing.parts.extend(parts.into_iter().map(|part| (place(true), part)));
}

/// Which of the questions that resemble one is told, and whether its key contradicts.
async fn judged(
    app: &App,
    editions: &[String],
    places: &[Place],
    pairs: &[(usize, Vec<usize>)],
) -> Result<Vec<Duplicate>> {
    let shared: Vec<Arc<str>> = editions.iter().map(|edition| Arc::from(edition.as_str())).collect();
    let mut all: Vec<Duplicate> = Vec::with_capacity(pairs.len());
    let mut told = HashSet::new();
    let is_part = |place: usize| places.get(place).is_some_and(|place| place.is_part);
    for some in pairs.chunks(limits::COMPARED_QUESTIONS) {
        let wanted: Vec<usize> = some.iter().flat_map(|(one, others)| others.iter().chain([one]).copied()).collect();
        let questions = questions(app, editions, places, wanted).await?;
        for (one, others) in some {
            let Some(question) = questions.get(one) else { continue };
            // What is right of a part follows from its material.
            let is_against = |other: &&usize| {
                !is_part(*one) && questions.get(*other).is_some_and(|other| contradicts(question, other))
            };
            let against = others.iter().find(is_against);
            let Some(&other) = against.or_else(|| others.first()) else { continue };
            let named = |place: usize| {
                let place = places.get(place)?;
                Some((Arc::clone(shared.get(place.edition)?), place.id.clone()))
            };
            let edition = |place: usize| places.get(place).map(|place| place.edition);
            // The one of the bank before stands before.
            let (first, second) = if edition(other) < edition(*one) { (other, *one) } else { (*one, other) };
            let Some((one, other)) = named(first).zip(named(second)) else { continue };
            // Several parts of a case may be like one question.
            if told.insert((one.clone(), other.clone())) {
                all.push(Duplicate { contradicts: against.is_some(), one, other });
            }
        }
    }
    Ok(all)
}

async fn questions(
    app: &App,
    editions: &[String],
    places: &[Place],
    wanted: Vec<usize>,
) -> Result<HashMap<usize, Question>> {
    let mut by_edition: HashMap<usize, HashMap<&str, Vec<usize>>> = HashMap::new();
    for place in wanted {
        let Some(Place { edition, id, .. }) = places.get(place) else { continue };
        by_edition.entry(*edition).or_default().entry(id).or_default().push(place);
    }
    let mut found = HashMap::new();
    let mut tx = app.db.read().await?;
    for (edition, ids) in by_edition {
        let Some(edition) = editions.get(edition) else { continue };
        let names: Vec<String> = ids.keys().map(|id| (*id).to_owned()).collect();
        for question in bodies(&mut tx, edition, &names).await? {
            let places = ids.get(question.id.as_str()).into_iter().flatten();
            found.extend(places.map(|&place| (place, question.clone())));
        }
    }
    Ok(found)
}
