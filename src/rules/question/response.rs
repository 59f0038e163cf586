//! A response: what it looks like, whether it fits its question, and its labels.

use crate::rules::question::{
    Choice, Kind, Question, blank, case, label_index, matching, multiple, numeric, order, single, target_index, written,
};
use serde::{Deserialize, Serialize};

/// What a member answered, in the labels of the paper (or, once translated, of the bank).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Response {
    /// A statement judged.
    TrueFalse(bool),
    /// One option.
    Single(String),
    /// Gap by gap; `None` where nothing was filled in.
    Blank(Vec<Option<String>>),
    /// Several options, as sent; of an order, all of them.
    Multiple(Vec<String>),
    /// Options with their targets.
    Match(matching::Pairs),
    /// A number.
    Numeric(numeric::Given),
    /// A text.
    Written(String),
    /// Part by part of a case; `None` where one has no response.
    Parts(Vec<Option<Self>>),
}

/// What a question expects of a response, as far as a member may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// The kind.
    pub kind: Kind,
    /// How many options the paper shows.
    pub options: usize,
    /// How many targets the paper shows.
    pub targets: usize,
    /// How many gaps there are.
    pub gaps: usize,
    /// What the parts of a case expect.
    pub parts: Vec<Self>,
}

/// Why a response doesn't fit its question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// Not the JSON type this kind takes.
    #[error("not the form this kind of question takes")]
    Form,
    /// A label the question doesn't show.
    #[error("a label that the question doesn't have")]
    UnknownLabel,
    /// A label twice.
    #[error("a label given twice")]
    RepeatedLabel,
    /// Another number of gaps.
    #[error("not as many entries as gaps")]
    GapCount,
    /// Another number of parts.
    #[error("not as many entries as parts")]
    PartCount,
    /// Not every option of an order.
    #[error("not every option")]
    Incomplete,
    /// Longer than [`MOST_GAP_CHARACTERS`](super::MOST_GAP_CHARACTERS).
    #[error("a text that is too long")]
    TooLong,
    /// The character U+0000, which no database keeps.
    #[error("a character that can't be kept")]
    Nul,
}

/// The orders in which a paper shows the lists of a question: `options[i]` is the index, in the bank, of the option
/// shown as the `i`-th, and so for targets.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'p> {
    /// Of the options.
    pub options: &'p [u8],
    /// Of the targets.
    pub targets: &'p [u8],
}

impl Response {
    /// Reads a response from JSON against the shape of its question; `Ok(None)` takes a response back.
    pub fn decode(shape: &Shape, value: &serde_json::Value) -> Result<Option<Self>, Misfit> {
        if value.is_null() {
            return Ok(None);
        }
        let response = match shape.kind {
            Kind::Single => Self::Single(single::decode(shape, value)?),
            Kind::Multiple => Self::Multiple(multiple::decode(shape, value)?),
            Kind::TrueFalse => Self::TrueFalse(value.as_bool().ok_or(Misfit::Form)?),
            Kind::Blank => Self::Blank(blank::decode(shape, value)?),
            Kind::Order => Self::Multiple(order::decode(shape, value)?),
            Kind::Match => Self::Match(matching::decode(shape, value)?),
            Kind::Numeric => Self::Numeric(numeric::decode(value)?),
            Kind::Short | Kind::Essay => Self::Written(written::decode(value)?),
            Kind::Case => Self::Parts(case::decode(shape, value)?),
        };
        Ok(Some(response))
    }

    /// Whether nothing was chosen or filled in.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Single(_) | Self::TrueFalse(_) => false,
            Self::Multiple(labels) => labels.is_empty(),
            Self::Blank(gaps) => gaps.iter().flatten().all(|gap| gap.trim().is_empty()),
            Self::Match(pairs) => pairs.is_empty(),
            Self::Numeric(given) => given.text().trim().is_empty(),
            Self::Written(text) => text.trim().is_empty(),
            Self::Parts(parts) => parts.iter().flatten().all(Self::is_empty),
        }
    }

    /// The response to a part of a case.
    pub fn part(&self, index: usize) -> Option<&Self> {
        match self {
            Self::Parts(parts) => parts.get(index)?.as_ref(),
            _ => None,
        }
    }

    /// The same response with every label of the paper turned into the bank's; the parts of a case have papers of their
    /// own.
    #[must_use]
    pub fn in_bank_labels(&self, question: &Question, shown: Shown<'_>) -> Self {
        let label_of = |index: Option<usize>, order: &[u8], list: &[Choice]| {
            index.and_then(|index| list.get(usize::from(*order.get(index)?))).map(|choice| choice.label.clone())
        };
        let translate = |label: &String| {
            label_of(label_index(label, shown.options.len()), shown.options, &question.options)
                .unwrap_or_else(|| label.clone())
        };
        let target = |label: &String| {
            label_of(target_index(label, shown.targets.len()), shown.targets, &question.targets)
                .unwrap_or_else(|| label.clone())
        };
        match self {
            Self::Single(label) => Self::Single(translate(label)),
            Self::Multiple(labels) => Self::Multiple(labels.iter().map(translate).collect()),
            Self::Match(pairs) => {
                Self::Match(pairs.iter().map(|(option, to)| (translate(option), target(to))).collect())
            }
            Self::TrueFalse(_) | Self::Blank(_) | Self::Numeric(_) | Self::Written(_) | Self::Parts(_) => self.clone(),
        }
    }
}

impl Response {
    /// As a sheet shows it: `A`, `A,C`, the order `C,A,B`, `true`, `3年`, gaps and parts as a JSON list, pairs as a JSON object.
    pub fn in_sheet(&self, kind: Kind) -> String {
        match self {
            Self::TrueFalse(said) => said.to_string(),
            Self::Single(label) => label.clone(),
            Self::Multiple(labels) => {
                let mut labels: Vec<&str> = labels.iter().map(String::as_str).collect();
                if kind == Kind::Multiple {
                    labels.sort_unstable();
                }
                labels.join(",")
            }
            Self::Blank(gaps) => serde_json::to_string(gaps).unwrap_or_default(),
            Self::Match(pairs) => serde_json::to_string(pairs).unwrap_or_default(),
            Self::Numeric(given) => given.text(),
            Self::Written(text) => text.clone(),
            Self::Parts(parts) => serde_json::to_string(parts).unwrap_or_default(),
        }
    }
}
