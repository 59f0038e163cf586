//! Item analysis: how each question of a test behaved, and how far its scores can be relied on.
//!
//! Works on what the attempts that count hold, in arrays: a number for the question, its points, and which options were
//! chosen, in the bank's own order. Knows nothing of people, and of branches only enough to look at a part of the unit.

mod analysis;
mod flags;
mod moodle;

pub use analysis::{Analysis, LEAST, OptionFigures, QuestionFigures, TestFigures, analyse};
pub use flags::Flag;
pub use moodle::{Drawn, Moodle, Position, moodle};

use crate::rules::points::{Points, number};
use crate::rules::question::{Key, Kind, Question, Response, label_index};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// Grows whenever figures come to mean something else: what was worked out in an older form is worked out anew.
pub const FORM: i64 = 1;

/// A question that somebody got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its bank.
    pub bank: Arc<str>,
    /// The id of the edition.
    pub edition: Arc<str>,
    /// The question as that edition has it.
    pub question: Arc<Question>,
}

/// What a question offers to choose from, in the bank's labels, and whether each belongs to the key; nothing for kinds
/// where nothing is chosen.
pub fn choices(question: &Question) -> Vec<(&str, bool)> {
    let options = |is_key: &dyn Fn(&str) -> bool| {
        question.options.iter().map(|choice| (choice.label.as_str(), is_key(&choice.label))).collect()
    };
    match &question.key {
        Key::Single(key) => options(&|label| label == key),
        Key::Multiple(keys) => options(&|label| keys.iter().any(|key| key == label)),
        Key::TrueFalse(key) => vec![("true", *key), ("false", !*key)],
        _ => Vec::new(),
    }
}

/// The options chosen, in the bank's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen(u32);

impl Chosen {
    /// Left without a response.
    pub const NOTHING: Self = Self(1 << 31);

    /// Reads a stored response in the labels of a paper that shows the bank's options in this `order`.
    pub fn read(question: &Question, order: &[usize], stored: Option<&str>) -> Self {
        let Some(stored) = stored else { return Self::NOTHING };
        let read = match question.kind() {
            Kind::Single => {
                serde_json::from_str::<Option<Cow<'_, str>>>(stored).map(|label| label.into_iter().collect())
            }
            Kind::Multiple => serde_json::from_str::<Option<Vec<Cow<'_, str>>>>(stored).map(Option::unwrap_or_default),
            Kind::TrueFalse => {
                return match serde_json::from_str(stored) {
                    Ok(Some(said)) => Self(if said { 1 } else { 2 }),
                    _ => Self::NOTHING,
                };
            }
            _ => {
                let response: Option<Response> = serde_json::from_str(stored).unwrap_or_default();
                return response.filter(is_something).map_or(Self::NOTHING, |_| Self(0));
            }
        };
        let labels: Vec<Cow<'_, str>> = read.unwrap_or_default();
        let index = |label: &Cow<'_, str>| label_index(label, order.len()).and_then(|shown| order.get(shown));
        let bits = labels.iter().filter_map(index).fold(0, |bits, &index| bits | Self::bit(index));
        if bits == 0 { Self::NOTHING } else { Self(bits) }
    }

    fn bit(index: usize) -> u32 {
        u32::try_from(index).ok().filter(|index| *index < 31).map_or(0, |index| 1 << index)
    }

    /// Whether nothing was chosen or filled in.
    pub fn is_nothing(self) -> bool {
        self == Self::NOTHING
    }

    /// Whether an option was chosen.
    pub fn has(self, index: usize) -> bool {
        self.0 & Self::bit(index) != 0
    }
}

/// Whether a response says something. What was written is read without regard to its kind, as one text.
fn is_something(response: &Response) -> bool {
    match response {
        Response::Single(text) => !text.trim().is_empty(),
        other => !other.is_empty(),
    }
}

/// One question of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Index of the question.
    pub question: u32,
    /// Points in hundredths.
    pub mark: u32,
    /// What was chosen.
    pub chosen: Chosen,
    /// Index of the section.
    pub section: u16,
}

/// An attempt that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sat {
    branch: u32,
    /// Where its answers end.
    end: usize,
}

/// What the attempts that count hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sittings {
    /// Full marks of a question, section by section.
    sections: Vec<Points>,
    questions: Vec<Asked>,
    branches: Vec<Arc<str>>,
    branch_indices: HashMap<Arc<str>, u32>,
    attempts: Vec<Sat>,
    answers: Vec<Answer>,
}

impl Sittings {
    /// Of a test with these full marks of a question, section by section.
    pub fn new(sections: Vec<Points>) -> Self {
        Self { sections, ..Self::default() }
    }

    /// Adds a question; returns its index.
    pub fn add_question(&mut self, asked: Asked) -> u32 {
        self.questions.push(asked);
        u32::try_from(self.questions.len() - 1).unwrap_or(u32::MAX)
    }

    /// Adds an attempt of a branch with its answers, position by position.
    pub fn add_attempt(&mut self, branch: &str, answers: impl IntoIterator<Item = Answer>) {
        let branch = self.branch_indices.get(branch).copied().unwrap_or_else(|| {
            let index = u32::try_from(self.branches.len()).unwrap_or(u32::MAX);
            let branch: Arc<str> = Arc::from(branch);
            self.branches.push(Arc::clone(&branch));
            self.branch_indices.insert(branch, index);
            index
        });
        self.answers.extend(answers);
        self.attempts.push(Sat { branch, end: self.answers.len() });
    }

    /// Every question that somebody got.
    pub fn questions(&self) -> &[Asked] {
        &self.questions
    }

    /// The answers of the attempts of some branches, attempt by attempt.
    fn of(&self, is_meant: impl Fn(&str) -> bool) -> Vec<&[Answer]> {
        let meant: Vec<bool> = self.branches.iter().map(|branch| is_meant(branch)).collect();
        let mut from = 0;
        let mut found = Vec::new();
        for attempt in &self.attempts {
            let answers = self.answers.get(from..attempt.end).unwrap_or_default();
            from = attempt.end;
            let index = usize::try_from(attempt.branch).unwrap_or(usize::MAX);
            if meant.get(index).copied().unwrap_or_default() {
                found.push(answers);
            }
        }
        found
    }

    /// Full marks of an answer, in hundredths.
    fn full(&self, answer: &Answer) -> f64 {
        number(self.sections.get(usize::from(answer.section)).copied().unwrap_or_default().hundredths())
    }

    /// The part of its full marks that an answer won.
    fn share(&self, answer: &Answer) -> f64 {
        let full = self.full(answer);
        if full > 0.0 { f64::from(answer.mark) / full } else { 0.0 }
    }
}

#[cfg(test)]
mod tests;
