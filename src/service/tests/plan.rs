//! A test while it is being planned: what there is to choose from, how many questions fit each row, who is due, and
//! whether a bank has a newer edition than the one pinned.

use super::compose::{Editions, find_audience, find_sources, kept, named_shortfalls};
use super::{Test, audience_area, read_pool};
use crate::app::App;
use crate::rules::bank::Topic;
use crate::rules::blueprint::{Definition, Row, Section, USUAL_BANDS};
use crate::rules::draw::Pool;
use crate::rules::paper::Pinned;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::tree::Node;
use crate::service::banks::{self, Listed};
use crate::service::error::{NamedShortfall, Result};
use crate::service::people::tree;
use crate::store::tests::AudienceRow;
use crate::store::{presence, tests};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A branch that may be chosen.
#[derive(Debug, Clone)]
pub struct Unit {
    /// How far below the topmost ones of the caller.
    pub depth: usize,
    /// The branch.
    pub node: Node,
    /// How many members it has with everything below it.
    pub members: usize,
}

/// What there is to choose from.
#[derive(Debug, Clone)]
pub struct Material {
    /// Banks that the caller may draw from.
    pub banks: Vec<Listed>,
    /// Branches that the caller organizes, in the official order.
    pub units: Vec<Unit>,
}

/// What the caller can make a test of.
pub async fn material(app: &App, caller: &Caller) -> Result<Material> {
    let banks = banks::list(app, caller).await?;
    let mut tx = app.db.read().await?;
    let tree = tree(&mut tx).await?;
    let members = presence::members(&mut tx).await?;
    drop(tx);
    let mut below: HashMap<&str, HashSet<&str>> = HashMap::new();
    for member in &members {
        for node in tree.path(&member.branch_id) {
            below.entry(&node.id).or_default().insert(&member.person_id);
        }
    }
    let organized: Vec<(usize, &Node)> =
        tree.walk().into_iter().filter(|(_, node)| caller.covers(Role::Organizer, Some(&node.id), &tree)).collect();
    let top = organized.iter().map(|(depth, _)| *depth).min().unwrap_or_default();
    let unit = |(depth, node): (usize, &Node)| Unit {
        depth: depth - top,
        node: node.clone(),
        members: below.get(node.id.as_str()).map_or(0, HashSet::len),
    };
    let units = organized.into_iter().map(unit).collect();
    Ok(Material { banks, units })
}

/// What there is for one row, whatever the other rows take.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowSupply {
    /// How many questions fit its bank, kind and topics, and could stand on one paper.
    pub there: u32,
    /// How many of them are easy, middling, hard.
    pub bands: [u32; 3],
    /// How many questions of the kind each topic of the bank holds.
    pub topics: BTreeMap<String, usize>,
}

/// A plan, measured.
#[derive(Debug, Clone, Default)]
pub struct Measured {
    /// How many members are due.
    pub due: usize,
    /// By section and row.
    pub rows: Vec<Vec<RowSupply>>,
    /// What is missing for every paper to be possible.
    pub shortfalls: Vec<NamedShortfall>,
    /// The topics of each bank drawn from, as of the edition that would be taken.
    pub topics: HashMap<String, Vec<Topic>>,
}

/// Measures a plan, however incomplete. `test`: which test would be changed by it, and which editions that would take.
pub async fn measure(
    app: &App,
    caller: &Caller,
    plan: &Definition,
    test: Option<(&Test, Editions)>,
) -> Result<Measured> {
    let mut tx = app.db.read().await?;
    let tree = tree(&mut tx).await?;
    let audience: Vec<AudienceRow> = find_audience(&tree, plan, &mut Vec::new())
        .into_iter()
        .filter(|row| row.excepted || caller.covers(Role::Organizer, Some(&row.branch_id), &tree))
        .collect();
    let ids = audience_area(&tree, &audience);
    let due: HashSet<String> = presence::members(&mut tx)
        .await?
        .into_iter()
        .filter(|member| ids.contains(&member.branch_id))
        .map(|member| member.person_id)
        .collect();
    let kept = match test {
        Some((test, editions)) => kept(&mut tx, test, editions).await?,
        None => Vec::new(),
    };
    let sources = find_sources(&mut tx, caller, plan, &kept, &mut Vec::new()).await?;
    let pool = read_pool(&mut tx, plan, &sources.pinned).await?;
    drop(tx);
    let shortfalls = named_shortfalls(&pool, plan, &sources.topics);
    let named = plan.audience.members.len();
    let due = if named > 0 { named } else { due.len() };
    Ok(Measured { due, rows: supplies(&pool, plan, &sources.pinned), shortfalls, topics: sources.topics })
}

/// What there is for each row by itself.
fn supplies(pool: &Pool, plan: &Definition, pinned: &[Pinned]) -> Vec<Vec<RowSupply>> {
    let edition_of = |bank: &str| pinned.iter().position(|pin| pin.bank == bank);
    let probed = Pool::new(&probe(plan), pool.candidates().to_vec(), edition_of);
    let mut rows: Vec<Vec<RowSupply>> =
        plan.sections.iter().map(|section| vec![RowSupply::default(); section.draw.len()]).collect();
    for (index, cell) in probed.cells().iter().enumerate() {
        let Some(supply) = rows.get_mut(cell.section).and_then(|rows| rows.get_mut(cell.row / 2)) else { continue };
        let there = probed.there(&[index]);
        match cell.band.and_then(|band| USUAL_BANDS.iter().position(|usual| *usual == band)) {
            None => supply.there = there,
            Some(band) => supply.bands.iter_mut().skip(band).take(1).for_each(|count| *count = there),
        }
    }
    for (section, supplies) in plan.sections.iter().zip(&mut rows) {
        for (row, supply) in section.draw.iter().zip(supplies) {
            let edition = edition_of(&row.bank);
            let of_kind = |kind, at| kind == section.kind && Some(at) == edition;
            for candidate in pool.candidates().iter().filter(|candidate| of_kind(candidate.kind, candidate.edition)) {
                *supply.topics.entry(candidate.topic.clone()).or_default() += 1;
            }
        }
    }
    rows
}

/// The same rows asking for nothing, each once as a whole and once by the usual bands.
fn probe(plan: &Definition) -> Definition {
    let both = |row: &Row| {
        let whole = Row { count: 0, difficulty: Vec::new(), ..row.clone() };
        [whole.clone(), Row { difficulty: USUAL_BANDS.map(|band| (band, 0)).to_vec(), ..whole }]
    };
    let section = |section: &Section| Section { draw: section.draw.iter().flat_map(both).collect(), ..section.clone() };
    Definition { sections: plan.sections.iter().map(section).collect(), ..plan.clone() }
}

/// A bank with a newer edition than the one that a test has pinned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newer {
    /// The bank.
    pub bank: String,
    /// The number of the pinned edition.
    pub pinned: i64,
    /// The number of the newest.
    pub newest: i64,
}

/// Banks of a test that have newer editions; they are offered, never taken by themselves.
pub async fn newer_editions(app: &App, test: &Test) -> Result<Vec<Newer>> {
    let mut tx = app.db.read().await?;
    let pinned = tests::editions(&mut tx, &test.row.id).await?;
    let banks = crate::store::banks::list(&mut tx).await?;
    let newer = |pin: &tests::PinnedRow| {
        let newest = banks.iter().find(|bank| bank.name == pin.bank)?.number;
        (newest > pin.number).then(|| Newer { bank: pin.bank.clone(), pinned: pin.number, newest })
    };
    Ok(pinned.iter().filter_map(newer).collect())
}

/// Whether no test has a name yet.
pub async fn is_name_free(app: &App, name: &str) -> Result<bool> {
    Ok(tests::find(&mut app.db.read().await?, name).await?.is_none())
}

/// The branches of an audience by name: those that take it, and those taken out again.
pub async fn unit_names(app: &App, definition: &Definition) -> Result<(Vec<String>, Vec<String>)> {
    let tree = tree(&mut app.db.read().await?).await?;
    let named = |codes: &[String]| {
        let name = |code: &String| tree.by_code(code).map_or_else(|| code.clone(), |node| node.name.clone());
        codes.iter().map(name).collect()
    };
    Ok((named(&definition.audience.branches), named(&definition.audience.except)))
}
