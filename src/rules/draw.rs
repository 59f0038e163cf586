//! The draw: which questions one member gets, in which order, with which order of options. Draw version 1.
//!
//! A pure function of the seed, the cells of the blueprint with their candidates, and what the member has seen before.
//! `docs/draw.md` describes it so that anyone can write it again; change nothing here without a new version number.

mod feasible;
mod stream;

pub use feasible::{Shortfall, Supply};
pub use stream::Stream;

use crate::rules::blueprint::{Band, Definition};
use crate::rules::question::Kind;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::collections::{HashMap, HashSet};

/// The version of the draw described here, stored with every paper.
pub const VERSION: u32 = 1;

/// A question that may be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The pinned edition it belongs to (index into the test's editions).
    pub edition: usize,
    /// Its id in the bank.
    pub id: String,
    /// Its kind.
    pub kind: Kind,
    /// Its topic.
    pub topic: String,
    /// From 1 to 5.
    pub difficulty: u8,
    /// How many options it has.
    pub options: usize,
    /// How long its further lists are: the targets of a match.
    pub further: Vec<usize>,
    /// Its family, where it has one.
    pub family: Option<String>,
}

/// One requirement of the blueprint: a row, or a band of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Index of the section.
    pub section: usize,
    /// Index of the row in the section.
    pub row: usize,
    /// The band of difficulty, where the row has bands.
    pub band: Option<Band>,
    /// How many questions.
    pub need: u32,
    /// Who may fill it: indices of candidates, in the order of their ids' bytes.
    pub candidates: Vec<usize>,
}

/// Everything a draw needs of a test, made once.
#[derive(Debug, Clone)]
pub struct Pool {
    candidates: Vec<Candidate>,
    cells: Vec<Cell>,
    sections: usize,
    supply: Supply,
}

/// A drawn question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// Index of the candidate.
    pub candidate: usize,
    /// Index, in the bank's order, of the option shown first, second …; empty for kinds without.
    pub options: Vec<usize>,
    /// The same of its further lists.
    pub further: Vec<Vec<usize>>,
}

impl Pool {
    /// Sorts candidates into the cells of a blueprint. `edition_of` gives the index of a bank's pinned edition.
    pub fn new(
        definition: &Definition,
        candidates: Vec<Candidate>,
        edition_of: impl Fn(&str) -> Option<usize>,
    ) -> Self {
        let mut order: Vec<usize> = (0..candidates.len()).collect();
        order.sort_by(|&a, &b| {
            let id = |i: usize| candidates.get(i).map(|c| c.id.as_bytes());
            id(a).cmp(&id(b))
        });
        let mut cells = Vec::new();
        for (section_index, section) in definition.sections.iter().enumerate() {
            for (row_index, row) in section.draw.iter().enumerate() {
                let edition = edition_of(&row.bank);
                let of_row = |candidate: &Candidate| {
                    Some(candidate.edition) == edition
                        && candidate.kind == section.kind
                        && (row.topics.is_empty() || row.topics.contains(&candidate.topic))
                };
                let bands: Vec<(Option<Band>, u32)> = if row.difficulty.is_empty() {
                    vec![(None, row.count)]
                } else {
                    row.difficulty.iter().map(|&(band, count)| (Some(band), count)).collect()
                };
                for (band, need) in bands {
                    let fits =
                        |candidate: &Candidate| of_row(candidate) && band.is_none_or(|b| b.holds(candidate.difficulty));
                    let candidates = order.iter().copied().filter(|&i| candidates.get(i).is_some_and(&fits)).collect();
                    cells.push(Cell { section: section_index, row: row_index, band, need, candidates });
                }
            }
        }
        let supply = Supply::new(&candidates, &cells);
        Self { candidates, cells, sections: definition.sections.len(), supply }
    }

    /// The candidates, in the order in which they were given.
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// The cells, in the order of the blueprint.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// What is missing for a paper to be possible; nothing where every paper can be filled.
    pub fn shortfalls(&self) -> Vec<Shortfall> {
        self.supply.shortfalls(&self.cells)
    }

    /// How many different questions could stand in the cells at `indices` together.
    pub fn there(&self, indices: &[usize]) -> u32 {
        self.supply.there(indices)
    }

    /// Draws a paper: for each section its questions in order. Each of `later` holds indices of candidates that come only
    /// after those of the sets before it, and all of them after the others: questions that this member had in earlier
    /// attempts. `None` where the pool has a shortfall.
    pub fn draw(&self, seed: [u8; 32], later: &[HashSet<usize>]) -> Option<Vec<Vec<Drawn>>> {
        let mut questions = Stream::new(seed, 0);
        let mut supply = self.supply.start()?;
        let mut sections: Vec<Vec<usize>> = vec![Vec::new(); self.sections];
        for (index, cell) in self.cells.iter().enumerate() {
            let picks = pick(index, cell, later, &mut questions, &mut supply)?;
            sections.get_mut(cell.section)?.extend(picks);
        }
        for section in &mut sections {
            questions.shuffle(section);
        }
        // A stream of their own, so that what stands on a paper beside them is shown as if they weren't there.
        let (mut options, mut others) = (Stream::new(seed, 1), Stream::new(seed, 2));
        let mut dress = |candidate: usize| {
            let of = self.candidates.get(candidate);
            let further = of.map(|of| of.further.as_slice()).unwrap_or_default();
            Drawn {
                candidate,
                options: options.order(of.map_or(0, |of| of.options)),
                further: further.iter().map(|&length| others.order(length)).collect(),
            }
        };
        Some(sections.into_iter().map(|section| section.into_iter().map(&mut dress).collect()).collect())
    }
}

/// Walks a random order of the cell's candidates, those of `later` last, and takes each that leaves the rest fillable.
fn pick(
    index: usize,
    cell: &Cell,
    later: &[HashSet<usize>],
    stream: &mut Stream,
    supply: &mut feasible::Draw<'_>,
) -> Option<Vec<usize>> {
    let need = usize::try_from(cell.need).ok()?;
    let mut picks = Vec::with_capacity(need);
    let passes = if later.iter().all(HashSet::is_empty) {
        vec![std::borrow::Cow::Borrowed(cell.candidates.as_slice())]
    } else {
        in_turn(&cell.candidates, later).into_iter().map(Into::into).collect()
    };
    for pass in passes {
        let mut walk = Walk::new(&pass);
        while picks.len() < need {
            let Some(candidate) = walk.next(stream) else { break };
            if supply.take(index, candidate) {
                picks.push(candidate);
            }
        }
    }
    (picks.len() == need).then_some(picks)
}

/// Candidates in none of the sets, then those of each set in turn; who is in several sets stands with the last.
fn in_turn(candidates: &[usize], later: &[HashSet<usize>]) -> Vec<Vec<usize>> {
    let mut turns = vec![Vec::new(); later.len() + 1];
    for &candidate in candidates {
        let turn = later.iter().rposition(|set| set.contains(&candidate)).map_or(0, |set| set + 1);
        if let Some(turn) = turns.get_mut(turn) {
            turn.push(candidate);
        }
    }
    turns
}

/// A forward Fisher–Yates shuffle done only as far as it is walked; displaced entries are kept aside, so that a few
/// picks from a hundred thousand cost no copy.
struct Walk<'a> {
    list: &'a [usize],
    displaced: HashMap<usize, usize>,
    at: usize,
}

impl<'a> Walk<'a> {
    fn new(list: &'a [usize]) -> Self {
        Self { list, displaced: HashMap::new(), at: 0 }
    }

    fn entry(&self, index: usize) -> Option<usize> {
        self.displaced.get(&index).or_else(|| self.list.get(index)).copied()
    }

    fn next(&mut self, stream: &mut Stream) -> Option<usize> {
        let left = self.list.len() - self.at;
        if left == 0 {
            return None;
        }
        let other = self.at + stream.below_index(left);
        let (here, there) = (self.entry(self.at)?, self.entry(other)?);
        self.displaced.insert(other, here);
        self.at += 1;
        Some(there)
    }
}

/// HMAC-SHA-256(secret, len32‖"kaohe-draw-1" ‖ len32‖test id ‖ len32‖member id ‖ u32 attempt number), with 32-bit
/// big-endian lengths: the seed of one attempt.
pub fn seed(secret: &[u8; 32], test_id: &str, person_id: &str, attempt_number: u32) -> [u8; 32] {
    keyed(secret, &["kaohe-draw-1", test_id, person_id], Some(attempt_number))
}

/// HMAC-SHA-256(secret, len32‖"kaohe-sample-1" ‖ len32‖test id): the seed by which members are drawn.
pub fn sample_seed(secret: &[u8; 32], test_id: &str) -> [u8; 32] {
    keyed(secret, &["kaohe-sample-1", test_id], None)
}

fn keyed(secret: &[u8; 32], parts: &[&str], number: Option<u32>) -> [u8; 32] {
    // HMAC pads a key to the block of the hash with zeros (RFC 2104); done here, no length can be wrong.
    let block: [u8; 64] = std::array::from_fn(|at| secret.get(at).copied().unwrap_or_default());
    let mut mac = Hmac::<Sha256>::new(&block.into());
    for part in parts {
        mac.update(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        mac.update(part.as_bytes());
    }
    if let Some(number) = number {
        mac.update(&number.to_be_bytes());
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests;
