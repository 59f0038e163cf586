//! Finds the questions among a hundred thousand that ask nearly the same.
//!
//! A text is the set of its pieces: pairs of neighbouring characters, threes where they are Latin. Two texts are alike by
//! the share of pieces that they have in common (Jaccard). Sets that share so much must share one of their rarest
//! pieces, so that only those are looked up (prefix filter: Bayardo, Ma, Srikant, "Scaling up all pairs similarity
//! search", 2007).

use crate::rules::question::Question;
use crate::rules::question::normal::normalise;
use crate::rules::text::{Language, is_han};
use std::collections::HashMap;

/// A stem shorter than this says too little by itself: its options are compared with it.
const TELLING_CHARACTERS: usize = 12;
/// Candidates that are compared with one question, so that a bank made from one template takes no longer than another.
const MOST_CANDIDATES: usize = 400;

/// Texts of questions as sets of pieces, while they are gathered one by one.
#[derive(Debug, Default)]
pub struct Gathered {
    numbers: HashMap<[char; 3], usize>,
    sets: Vec<Vec<usize>>,
}

impl Gathered {
    /// Adds a question.
    pub fn add(&mut self, question: &Question) {
        self.add_text(&telling(question));
    }

    /// Adds a part of a case; false where it says too little without the material, or a person marks it: what to think of
    /// it is asked of many. To be added behind all questions, so that of many that are the same the first is none of them.
    pub fn add_part(&mut self, part: &Question) -> bool {
        let text = telling(part);
        let is_telling = text.len() >= TELLING_CHARACTERS && !part.key.is_written();
        if is_telling {
            self.add_text(&text);
        }
        is_telling
    }

    fn add_text(&mut self, text: &[char]) {
        let numbers = &mut self.numbers;
        let mut set: Vec<usize> = pieces(text)
            .into_iter()
            .map(|piece| {
                let next = numbers.len();
                *numbers.entry(piece).or_insert(next)
            })
            .collect();
        set.sort_unstable();
        set.dedup();
        self.sets.push(set);
    }

    /// All that were added, ready to be compared.
    pub fn likeness(self) -> Likeness {
        let Self { numbers, mut sets } = self;
        // Numbered anew, the rarest piece 0, so that sets begin with their rarest.
        let mut counts = vec![0_u32; numbers.len()];
        for &piece in sets.iter().flatten() {
            if let Some(count) = counts.get_mut(piece) {
                *count += 1;
            }
        }
        let mut by_rarity: Vec<usize> = (0..counts.len()).collect();
        by_rarity.sort_by_key(|&piece| counts.get(piece).copied());
        let mut rank = vec![0_usize; counts.len()];
        for (place, piece) in by_rarity.into_iter().enumerate() {
            if let Some(rank) = rank.get_mut(piece) {
                *rank = place;
            }
        }
        for set in &mut sets {
            for piece in &mut *set {
                *piece = rank.get(*piece).copied().unwrap_or_default();
            }
            set.sort_unstable();
        }
        Likeness { sets }
    }
}

/// Questions' texts as sets of pieces.
#[derive(Debug)]
pub struct Likeness {
    /// Each question's pieces, the rarest first.
    sets: Vec<Vec<usize>>,
}

impl Likeness {
    /// Each question that is alike to some before it by at least `percent`, with those, the likest first. Only pairs for
    /// which `is_meant` (the question, the one before it) are looked at.
    pub fn pairs(&self, percent: usize, is_meant: impl Fn(usize, usize) -> bool) -> Vec<(usize, Vec<usize>)> {
        let mut rarest: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut first: HashMap<&[usize], usize> = HashMap::new();
        let mut pairs = Vec::new();
        let mut looked_at: Vec<usize> = vec![usize::MAX; self.sets.len()];
        for (index, set) in self.sets.iter().enumerate().filter(|(_, set)| !set.is_empty()) {
            // Of many that are the same only the first is compared with the rest.
            if let Some(&same) = first.get(set.as_slice()) {
                if is_meant(index, same) {
                    pairs.push((index, vec![same]));
                }
                continue;
            }
            first.insert(set, index);
            let must_share = (set.len() * percent).div_ceil(100);
            let prefix = set.get(..=set.len() - must_share).unwrap_or(set);
            let mut alike: Vec<(usize, usize)> = Vec::new();
            let mut candidates = 0;
            for piece in prefix {
                let before = rarest.entry(*piece).or_default();
                for &other in before.iter().rev() {
                    if candidates == MOST_CANDIDATES {
                        break;
                    }
                    let Some(seen) = looked_at.get_mut(other).filter(|seen| **seen != index) else { continue };
                    *seen = index;
                    if !is_meant(index, other) {
                        continue;
                    }
                    candidates += 1;
                    let share = self.sets.get(other).map_or(0, |other| share(set, other));
                    if share >= percent {
                        alike.push((share, other));
                    }
                }
                before.push(index);
            }
            if !alike.is_empty() {
                alike.sort_unstable_by_key(|(share, other)| (std::cmp::Reverse(*share), *other));
                pairs.push((index, alike.into_iter().map(|(_, other)| other).collect()));
            }
        }
        pairs
    }
}

/// What two sets have in common of all they have, in percent, rounded down.
fn share(one: &[usize], other: &[usize]) -> usize {
    let mut others = other.iter().peekable();
    let common = one
        .iter()
        .filter(|piece| {
            while others.next_if(|other| other < piece).is_some() {}
            others.next_if(|other| other == piece).is_some()
        })
        .count();
    common * 100 / (one.len() + other.len() - common).max(1)
}

/// What tells a question from others: its stem, and where that says little its options, or what the parts of a case ask.
fn telling(question: &Question) -> Vec<char> {
    let mut text = condensed(question.stem.in_language(Language::Zh));
    if text.len() < TELLING_CHARACTERS {
        let more =
            question.options.iter().map(|option| &option.text).chain(question.parts.iter().map(|part| &part.stem));
        let mut more: Vec<Vec<char>> = more.map(|text| condensed(text.in_language(Language::Zh))).collect();
        more.sort_unstable();
        for one in more {
            text.push('|');
            text.extend(one);
        }
    }
    text
}

/// Letters and digits only, so that brackets, gaps and full stops make no difference.
pub(super) fn condensed(text: &str) -> Vec<char> {
    let mut out = Vec::with_capacity(text.len() / 2);
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("{{") {
        out.extend(normalise(before).chars().filter(|c| c.is_alphanumeric()));
        rest = behind.split_once("}}").map_or("", |(_, after)| after);
    }
    out.extend(normalise(rest).chars().filter(|c| c.is_alphanumeric()));
    out
}

fn pieces(text: &[char]) -> Vec<[char; 3]> {
    let mut pieces = Vec::with_capacity(text.len());
    for window in text.windows(2) {
        if let &[one, two] = window
            && (is_han(one) || is_han(two))
        {
            pieces.push([one, two, ' ']);
        }
    }
    for window in text.windows(3) {
        if let &[one, two, three] = window
            && !(is_han(one) || is_han(two) || is_han(three))
        {
            pieces.push([one, two, three]);
        }
    }
    // A text too short for pieces is one by itself.
    if pieces.is_empty() && !text.is_empty() {
        pieces.push([0, 1, 2].map(|index| text.get(index).copied().unwrap_or(' ')));
    }
    pieces
}
