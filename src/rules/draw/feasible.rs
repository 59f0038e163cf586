//! Whether a blueprint can be filled, exactly: a maximum flow from cells to families, each of which stands at most once
//! on a paper. Families that may serve the same cells are one class, so the flow stays small however large the bank.

use crate::rules::draw::{Candidate, Cell};
use std::collections::{BTreeSet, HashMap, VecDeque};

/// What there is for the cells of a blueprint.
#[derive(Debug, Clone)]
pub struct Supply {
    /// The family (or lone question) of each candidate.
    family: Vec<usize>,
    families: usize,
    /// The class of each family; `None` where no cell takes it.
    class: Vec<Option<usize>>,
    /// How many families a class has.
    size: Vec<u32>,
    /// The cells each class may serve.
    serves: Vec<Vec<usize>>,
    need: Vec<u32>,
    /// A largest flow: how many of a class each cell takes.
    flow: Flow,
}

/// Cells that together need more than there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortfall {
    /// Indices of the cells.
    pub cells: Vec<usize>,
    /// How many questions they need together.
    pub needed: u32,
    /// How many there are for them together.
    pub there: u32,
}

/// How much of each class goes to each cell, and what is left.
#[derive(Debug, Clone, Default)]
struct Flow {
    /// By cell: class → number.
    given: Vec<HashMap<usize, u32>>,
    /// By class: families that serve no cell.
    free: Vec<u32>,
    /// By cell: what it still lacks.
    lacks: Vec<u32>,
}

impl Supply {
    pub(super) fn new(candidates: &[Candidate], cells: &[Cell]) -> Self {
        let (family, families) = number_families(candidates);
        let mut cells_of: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); families];
        for (index, cell) in cells.iter().enumerate() {
            for candidate in &cell.candidates {
                if let Some(set) = family.get(*candidate).and_then(|&f| cells_of.get_mut(f)) {
                    set.insert(index);
                }
            }
        }
        let mut known: HashMap<Vec<usize>, usize> = HashMap::new();
        let (mut class, mut size, mut serves) = (Vec::with_capacity(families), Vec::new(), Vec::new());
        for set in cells_of {
            let set: Vec<usize> = set.into_iter().collect();
            if set.is_empty() {
                class.push(None);
                continue;
            }
            let index = *known.entry(set).or_insert_with_key(|set| {
                size.push(0_u32);
                serves.push(set.clone());
                size.len() - 1
            });
            if let Some(size) = size.get_mut(index) {
                *size += 1;
            }
            class.push(Some(index));
        }
        let need: Vec<u32> = cells.iter().map(|cell| cell.need).collect();
        let flow = Flow { given: vec![HashMap::new(); need.len()], free: size.clone(), lacks: need.clone() };
        let mut supply = Self { family, families, class, size, serves, need, flow };
        let mut flow = std::mem::take(&mut supply.flow);
        for cell in 0..supply.need.len() {
            while flow.lacks.get(cell).is_some_and(|&lacks| lacks > 0) && supply.augment(&mut flow, cell) {}
        }
        supply.flow = flow;
        supply
    }

    fn classes_of(&self, cell: usize) -> impl Iterator<Item = usize> + '_ {
        self.serves
            .iter()
            .enumerate()
            .filter(move |(_, cells)| cells.binary_search(&cell).is_ok())
            .map(|(class, _)| class)
    }

    /// Finds one more for `cell`, letting other cells change what they take.
    fn augment(&self, flow: &mut Flow, cell: usize) -> bool {
        let mut came_from: HashMap<usize, (usize, usize)> = HashMap::new();
        let mut queue = VecDeque::from([cell]);
        while let Some(at) = queue.pop_front() {
            for class in self.classes_of(at) {
                if flow.free.get(class).is_some_and(|&free| free > 0) {
                    flow.change(class, at, cell, &came_from);
                    return true;
                }
                for (other, given) in flow.given.iter().enumerate() {
                    if other != cell && given.contains_key(&class) && !came_from.contains_key(&other) {
                        came_from.insert(other, (at, class));
                        queue.push_back(other);
                    }
                }
            }
        }
        false
    }

    pub(super) fn there(&self, cells: &[usize]) -> u32 {
        self.serves
            .iter()
            .zip(&self.size)
            .filter(|(serves, _)| serves.iter().any(|c| cells.contains(c)))
            .map(|(_, size)| size)
            .sum()
    }

    /// The minimum cut, in groups of cells that compete for the same questions.
    pub(super) fn shortfalls(&self, cells: &[Cell]) -> Vec<Shortfall> {
        let mut placed = vec![false; cells.len()];
        let mut found = Vec::new();
        for start in 0..cells.len() {
            if placed.get(start) == Some(&true) || self.flow.lacks.get(start).is_none_or(|&lacks| lacks == 0) {
                continue;
            }
            let mut group = vec![start];
            let mut next = 0;
            while let Some(&at) = group.get(next) {
                next += 1;
                for class in self.classes_of(at) {
                    for (other, given) in self.flow.given.iter().enumerate() {
                        if given.contains_key(&class) && !group.contains(&other) {
                            group.push(other);
                        }
                    }
                }
            }
            group.sort_unstable();
            for &cell in &group {
                if let Some(mark) = placed.get_mut(cell) {
                    *mark = true;
                }
            }
            let needed = group.iter().filter_map(|&cell| self.need.get(cell)).sum();
            found.push(Shortfall { needed, there: self.there(&group), cells: group });
        }
        found
    }

    /// A draw from the full supply; `None` where it falls short.
    pub(super) fn start(&self) -> Option<Draw<'_>> {
        let full = self.flow.lacks.iter().all(|&lacks| lacks == 0);
        full.then(|| Draw { supply: self, flow: self.flow.clone(), used: vec![false; self.families] })
    }
}

impl Flow {
    /// Gives one of a free class to `at`, and hands on along the path back to `goal`.
    fn change(&mut self, class: usize, at: usize, goal: usize, came_from: &HashMap<usize, (usize, usize)>) {
        if let Some(free) = self.free.get_mut(class) {
            *free -= 1;
        }
        let (mut at, mut class) = (at, class);
        loop {
            self.give(at, class);
            if at == goal {
                break;
            }
            let Some(&(next, freed)) = came_from.get(&at) else { break };
            self.take_back(at, freed);
            (at, class) = (next, freed);
        }
        if let Some(lacks) = self.lacks.get_mut(goal) {
            *lacks -= 1;
        }
    }

    fn give(&mut self, cell: usize, class: usize) {
        if let Some(given) = self.given.get_mut(cell) {
            *given.entry(class).or_default() += 1;
        }
    }

    fn release(&mut self, class: usize) {
        if let Some(free) = self.free.get_mut(class) {
            *free += 1;
        }
    }

    /// Returns whether there was one to take.
    fn take_back(&mut self, cell: usize, class: usize) -> bool {
        let Some(given) = self.given.get_mut(cell) else { return false };
        let Some(number) = given.get_mut(&class) else { return false };
        *number -= 1;
        if *number == 0 {
            given.remove(&class);
        }
        true
    }
}

/// A paper being drawn: always fillable to the end.
pub(super) struct Draw<'a> {
    supply: &'a Supply,
    flow: Flow,
    used: Vec<bool>,
}

impl Draw<'_> {
    /// Takes a candidate for a cell if its family is unused and the rest stays fillable.
    pub(super) fn take(&mut self, cell: usize, candidate: usize) -> bool {
        let Some(&family) = self.supply.family.get(candidate) else { return false };
        let Some(&Some(class)) = self.supply.class.get(family) else { return false };
        if self.used.get(family) != Some(&false) || !self.fits(cell, class) {
            return false;
        }
        if let Some(used) = self.used.get_mut(family) {
            *used = true;
        }
        true
    }

    fn fits(&mut self, cell: usize, class: usize) -> bool {
        if self.flow.take_back(cell, class) {
            return true;
        }
        // The cell planned to take another class: give that one back, and take this class from the free ones or from
        // another cell, which must then find a replacement.
        let Some(planned) = self.flow.given.get(cell).and_then(|given| given.keys().min().copied()) else {
            return false;
        };
        if self.flow.free.get(class).is_some_and(|&free| free > 0) {
            self.flow.take_back(cell, planned);
            self.flow.release(planned);
            if let Some(free) = self.flow.free.get_mut(class) {
                *free -= 1;
            }
            return true;
        }
        let mut trial = self.flow.clone();
        trial.take_back(cell, planned);
        trial.release(planned);
        let Some(other) = trial.given.iter().position(|given| given.contains_key(&class)) else { return false };
        trial.take_back(other, class);
        if let Some(lacks) = trial.lacks.get_mut(other) {
            *lacks += 1;
        }
        let found = self.supply.augment(&mut trial, other);
        if found {
            self.flow = trial;
        }
        found
    }
}

fn number_families(candidates: &[Candidate]) -> (Vec<usize>, usize) {
    let mut known: HashMap<(usize, &str), usize> = HashMap::new();
    let mut next = 0;
    let numbers = candidates
        .iter()
        .map(|candidate| {
            let fresh = next;
            let number = match &candidate.family {
                Some(family) => *known.entry((candidate.edition, family.as_str())).or_insert(fresh),
                None => fresh,
            };
            next += usize::from(number == fresh);
            number
        })
        .collect();
    (numbers, next)
}
