//! Lints: what is suspicious in a bank though every question can be asked. They only warn; they never refuse a bank and
//! never change what may be drawn.
//!
//! Retired questions are out of every draw, so nothing is said of them.

mod similar;

use crate::rules::bank::{Bank, families};
use crate::rules::question::normal::normalise;
use crate::rules::question::{Choice, Key, Question};
use crate::rules::text::{Language, Text};
use serde::Serialize;
pub use similar::{Gathered, Likeness};
use std::collections::{BTreeMap, HashMap};

/// The key stands out by length from this share of the next longest option on, in percent.
const LONGER_PERCENT: usize = 160;
/// An option is never called long by fewer characters than this more than the next.
const LONGER_CHARACTERS: usize = 6;
/// Fewer single-choice questions than this say nothing about where keys stand.
const FEWEST_KEYS: usize = 20;
/// How far, in standard deviations, the commonest place of keys may lie above an even spread.
const MOST_DEVIATIONS: f64 = 3.5;
/// From this share of the texts' pieces on, the stems of two questions are nearly the same, in percent (Jaccard).
pub const NEAR_PERCENT: usize = 70;

/// Something suspicious.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lint {
    /// The index of the question in the bank; `None` where the whole bank is meant.
    pub question: Option<usize>,
    /// The part of the question, as a JSON pointer inside it; empty for all of it.
    pub part: String,
    /// What is suspicious.
    pub code: LintCode,
    /// What fills the message: a label, another question's id, a share.
    pub found: String,
}

/// Something suspicious, and the id of the question it is about; `None` where the whole bank is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspect {
    /// The question's id.
    pub question: Option<String>,
    /// What.
    pub lint: Lint,
}

/// The lints. Each has a message and a remedy in `locales/`, under `lint-<name>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LintCode {
    /// Two near-duplicates with keys that contradict each other (`found` is the other's id).
    ContradictingKeys,
    /// Another question asks nearly the same, and neither excludes the other (`found` is the other's id).
    NearDuplicate,
    /// Two options that say the same (`found` is the other's label).
    OptionsAlike,
    /// The key is by far the longest option (`found` is its label).
    LongestIsKey,
    /// "All of the above", or none of them (`found` is the option's label).
    AllOfTheAbove,
    /// Keys stand under one label far too often (`found` is label and share, `C 61 %`).
    KeysInOnePlace,
    /// No explanation.
    NoExplanation,
    /// No citation.
    NoCite,
}

impl LintCode {
    /// All of them, the gravest first.
    pub const ALL: [Self; 8] = [
        Self::ContradictingKeys,
        Self::NearDuplicate,
        Self::OptionsAlike,
        Self::LongestIsKey,
        Self::AllOfTheAbove,
        Self::KeysInOnePlace,
        Self::NoExplanation,
        Self::NoCite,
    ];

    /// Those that are about a question, not about a bank as a whole.
    pub const OF_QUESTIONS: [Self; 7] = [
        Self::ContradictingKeys,
        Self::NearDuplicate,
        Self::OptionsAlike,
        Self::LongestIsKey,
        Self::AllOfTheAbove,
        Self::NoExplanation,
        Self::NoCite,
    ];

    /// Its name in files, addresses and messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ContradictingKeys => "contradicting-keys",
            Self::NearDuplicate => "near-duplicate",
            Self::OptionsAlike => "options-alike",
            Self::LongestIsKey => "longest-is-key",
            Self::AllOfTheAbove => "all-of-the-above",
            Self::KeysInOnePlace => "keys-in-one-place",
            Self::NoExplanation => "no-explanation",
            Self::NoCite => "no-cite",
        }
    }

    /// The lint of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.name() == name)
    }
}

/// Everything suspicious in a bank: what concerns the whole first, then question by question in the bank's order.
pub fn lints(bank: &Bank) -> Vec<Lint> {
    lints_of(&bank.questions)
}

/// The same of a bank's questions.
pub fn lints_of(questions: &[Question]) -> Vec<Lint> {
    let mut lints = Vec::new();
    keys_in_one_place(questions, &mut lints);
    for (index, question) in questions.iter().enumerate().filter(|(_, question)| !question.retired) {
        of_question(index, question, &mut lints);
    }
    twins(questions, &mut lints);
    lints.sort_by_key(|lint| (lint.question, lint.code));
    lints
}

fn of_question(index: usize, question: &Question, lints: &mut Vec<Lint>) {
    let parts = question.parts();
    let mut note = |code, part: String, found: String| lints.push(Lint { question: Some(index), part, code, found });
    of_options("", question, &mut note);
    for (number, part) in parts.iter().enumerate() {
        of_options(&format!("/parts/{number}"), part, &mut note);
    }
    // Parts that explain themselves explain their case.
    let says = |of: fn(&Question) -> bool| of(question) || !parts.is_empty() && parts.iter().all(of);
    if !says(|one| one.explanation.is_some()) {
        note(LintCode::NoExplanation, String::new(), String::new());
    }
    if !says(|one| one.cite.is_some()) {
        note(LintCode::NoCite, String::new(), String::new());
    }
}

/// What is suspicious in the options of a question, or of the part of a case that stands at `place`.
fn of_options(place: &str, question: &Question, note: &mut impl FnMut(LintCode, String, String)) {
    for (list, choices) in [("options", &question.options), ("targets", &question.targets)] {
        for (one, other) in alike(choices) {
            note(LintCode::OptionsAlike, format!("{place}/{list}/{}", one.label), other.label.clone());
        }
    }
    for option in question.options.iter().filter(|option| option.text.versions().any(is_summary)) {
        note(LintCode::AllOfTheAbove, format!("{place}/options/{}", option.label), option.label.clone());
    }
    if let Key::Single(key) = &question.key
        && stands_out(&question.options, key)
    {
        note(LintCode::LongestIsKey, format!("{place}/options/{key}"), key.clone());
    }
}

/// Options that a reader of some language can't tell apart, each with the first it is like.
fn alike(choices: &[Choice]) -> Vec<(&Choice, &Choice)> {
    let mut pairs = Vec::new();
    let mut seen: [HashMap<String, &Choice>; 2] = Default::default();
    for choice in choices {
        let twin = Language::ALL.iter().zip(&mut seen).fold(None, |twin, (language, seen)| {
            let before = *seen.entry(normalise(choice.text.in_language(*language))).or_insert(choice);
            twin.or_else(|| (before.label != choice.label).then_some(before))
        });
        pairs.extend(twin.map(|twin| (choice, twin)));
    }
    pairs
}

/// Whether an option stands for the others: it can't be shuffled, and gives itself away.
fn is_summary(text: &str) -> bool {
    const BEGINNINGS: [&str; 8] = [
        "以上都",
        "以上皆",
        "以上均",
        "以上全",
        "以上选项",
        "all of the above",
        "none of the above",
        "both of the above",
    ];
    const WHOLE: [&str; 4] = ["以上", "都是", "都不是", "都对"];
    let text = normalise(text);
    BEGINNINGS.iter().any(|beginning| text.starts_with(beginning)) || WHOLE.contains(&text.as_str())
}

/// Whether the option `key` is by far the longest, in every language in which they are written.
fn stands_out(options: &[Choice], key: &str) -> bool {
    Language::ALL.iter().all(|language| {
        let length = |option: &Choice| normalise(option.text.in_language(*language)).chars().count();
        let longest_other = options.iter().filter(|option| option.label != key).map(length).max().unwrap_or_default();
        let own = options.iter().find(|option| option.label == key).map(length).unwrap_or_default();
        own >= longest_other + LONGER_CHARACTERS && own * 100 >= longest_other * LONGER_PERCENT
    })
}

/// Among single-choice questions with as many options each, the commonest place of the key.
fn keys_in_one_place(questions: &[Question], lints: &mut Vec<Lint>) {
    let mut places: BTreeMap<usize, BTreeMap<&str, usize>> = BTreeMap::new();
    for question in questions.iter().filter(|question| !question.retired) {
        if let Key::Single(key) = &question.key {
            *places.entry(question.options.len()).or_default().entry(key).or_default() += 1;
        }
    }
    for (options, labels) in places {
        let all: usize = labels.values().sum();
        let Some((label, most)) = labels.into_iter().max_by_key(|(_, count)| *count) else { continue };
        let (count, places) = (figure(all), figure(options));
        let even = count / places;
        let deviation = (even * (1.0 - 1.0 / places)).sqrt();
        if all >= FEWEST_KEYS && figure(most) > even + MOST_DEVIATIONS * deviation {
            let found = format!("{label} {} %", most * 100 / all);
            lints.push(Lint { question: None, part: String::new(), code: LintCode::KeysInOnePlace, found });
        }
    }
}

fn figure(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

/// Questions that ask nearly the same, each with the likest before it, unless one excludes the other; and those whose
/// keys contradict each other, whatever they exclude. The parts of a case are compared with questions, but not
/// their keys: what is right follows from the material. Parts of other cases ask the same of another material.
fn twins(questions: &[Question], lints: &mut Vec<Lint>) {
    let families = families(questions);
    let (places, likeness) = compared(questions);
    let place = |unit: usize| places.get(unit).copied();
    let is_meant = |one: usize, other: usize| match (place(one), place(other)) {
        (Some((one, part)), Some((other, other_part))) => one != other && (part.is_none() || other_part.is_none()),
        _ => false,
    };
    for (one, others) in likeness.pairs(NEAR_PERCENT, is_meant) {
        let at = |unit: usize| place(unit).and_then(|(index, part)| Some((index, part, questions.get(index)?)));
        let Some((index, part, question)) = at(one) else { continue };
        let others: Vec<&Question> = others.into_iter().filter_map(|other| Some(at(other)?.2)).collect();
        let against = |other: &Question| part.is_none() && contradicts(question, other);
        let pointer = part.map_or_else(|| "/stem".to_owned(), |number| format!("/parts/{number}/stem"));
        let mut note = |code, other: &Question| {
            lints.push(Lint { question: Some(index), part: pointer.clone(), code, found: other.id.clone() });
        };
        if let Some(other) = others.iter().find(|other| against(other)) {
            note(LintCode::ContradictingKeys, other);
        }
        let family = |question: &Question| families.get(question.id.as_str()).copied();
        let is_linked = |other: &Question| family(question).is_some() && family(question) == family(other);
        if let Some(other) = others.iter().find(|other| !is_linked(other) && !against(other)) {
            note(LintCode::NearDuplicate, other);
        }
    }
}

/// What is compared: all questions that are asked, and behind them the parts of cases; each by the question that it is or
/// belongs to, and its place there.
fn compared(questions: &[Question]) -> (Vec<(usize, Option<usize>)>, Likeness) {
    let asked = || questions.iter().enumerate().filter(|(_, question)| !question.retired);
    let mut places: Vec<(usize, Option<usize>)> = Vec::new();
    let mut gathered = Gathered::default();
    for (index, question) in asked() {
        gathered.add(question);
        places.push((index, None));
    }
    for (index, question) in asked() {
        let parts = question.parts().into_iter().enumerate();
        places.extend(parts.filter(|(_, part)| gathered.add_part(part)).map(|(number, _)| (index, Some(number))));
    }
    (places, gathered.likeness())
}

/// Whether two questions that ask nearly the same can't both be keyed right: each offers what the other calls right and
/// calls it wrong, or the same statement is right here and wrong there, or the same gap or number is filled otherwise; of
/// cases with the same material, whether some of their parts can't.
pub fn contradicts(one: &Question, other: &Question) -> bool {
    let same_stem = || similar::condensed(asked(&one.stem)) == similar::condensed(asked(&other.stem));
    match (&one.key, &other.key) {
        (Key::Single(_) | Key::Multiple(_), Key::Single(_) | Key::Multiple(_)) if one.kind() == other.kind() => {
            let (here, there) = (Choices::of(one), Choices::of(other));
            let (calls_wrong, is_called_wrong) = (here.call_wrong(&there), there.call_wrong(&here));
            same_numbers(one, other)
                && (calls_wrong && is_called_wrong || same_stem() && (calls_wrong || is_called_wrong))
        }
        (Key::TrueFalse(here), Key::TrueFalse(there)) => here != there && same_stem(),
        (Key::Blank(_) | Key::Numeric(_) | Key::Order(_), _) if one.kind() == other.kind() => {
            same_stem() && one.key != other.key && all(one) == all(other) && !shares_answer(one, other)
        }
        (Key::Case(_), Key::Case(_)) => {
            let theirs = other.parts();
            same_stem() && one.parts().iter().any(|part| theirs.iter().any(|other| contradicts_part(part, other)))
        }
        _ => false,
    }
}

/// The same of two parts that ask the same of the same material.
fn contradicts_part(one: &Question, other: &Question) -> bool {
    similar::condensed(asked(&one.stem)) == similar::condensed(asked(&other.stem)) && contradicts(one, other)
}

fn asked(text: &Text) -> &str {
    text.in_language(Language::Zh)
}

/// The options of a question as texts that can be compared.
struct Choices {
    right: Vec<String>,
    all: Vec<String>,
}

impl Choices {
    fn of(question: &Question) -> Self {
        let labels: Vec<&String> = match &question.key {
            Key::Single(label) => vec![label],
            Key::Multiple(labels) => labels.iter().collect(),
            _ => Vec::new(),
        };
        let is_right = |option: &&Choice| labels.contains(&&option.label);
        let right = question.options.iter().filter(is_right).map(|option| normalise(asked(&option.text))).collect();
        Self { right, all: all(question) }
    }

    /// Whether something that `other` keys is offered here as wrong.
    fn call_wrong(&self, other: &Self) -> bool {
        other.right.iter().any(|text| self.all.contains(text) && !self.right.contains(text))
    }
}

fn all(question: &Question) -> Vec<String> {
    question.options.iter().map(|option| normalise(asked(&option.text))).collect()
}

/// Whether some accepted text of each gap, or the number, is the same; other kinds share nothing.
fn shares_answer(one: &Question, other: &Question) -> bool {
    match (&one.key, &other.key) {
        (Key::Blank(here), Key::Blank(there)) => {
            here.gaps.len() == there.gaps.len()
                && here.gaps.iter().zip(&there.gaps).all(|(here, there)| {
                    let theirs: Vec<String> = there.accept.iter().map(|text| normalise(text)).collect();
                    here.accept.iter().any(|text| theirs.contains(&normalise(text)))
                })
        }
        _ => false,
    }
}

/// Questions about different numbers, the seventh article and the eighth, are different questions.
fn same_numbers(one: &Question, other: &Question) -> bool {
    let numbers = |question: &Question| -> String {
        let counts = |c: &char| c.is_numeric() || "〇零一二三四五六七八九十百千万两".contains(*c);
        asked(&question.stem).chars().filter(counts).collect()
    };
    numbers(one) == numbers(other)
}

#[cfg(test)]
mod tests;
