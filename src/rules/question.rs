//! A question: what is asked, what is correct, what a response looks like and what it earns. One file a kind.
//!
//! Knows nothing of files, papers or people. A new kind is a file beside these, a variant in [`Kind`], [`Key`] and
//! [`Response`], and the arms the compiler then asks for.

pub mod blank;
pub mod case;
pub mod matching;
pub mod multiple;
pub mod normal;
pub mod numeric;
pub mod order;
pub mod quantity;
pub mod response;
pub mod single;
pub mod texts;
pub mod true_false;
pub mod written;

pub use response::{Misfit, Response, Shape, Shown};

use crate::rules::points::Points;
use crate::rules::text::Text;
use serde::{Deserialize, Serialize};

/// The kinds of question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One right option 单选.
    Single,
    /// Several right options 多选.
    Multiple,
    /// Right or wrong 判断.
    TrueFalse,
    /// Gaps to fill 填空.
    Blank,
    /// Options to put in order 排序.
    Order,
    /// Options to match with targets 配对.
    Match,
    /// A number to find 计算.
    Numeric,
    /// A short answer 简答.
    Short,
    /// An essay 论述.
    Essay,
    /// Material with questions about it 材料分析.
    Case,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Single,
        Self::Multiple,
        Self::TrueFalse,
        Self::Blank,
        Self::Order,
        Self::Match,
        Self::Numeric,
        Self::Short,
        Self::Essay,
        Self::Case,
    ];

    /// The name in files and the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Multiple => "multiple",
            Self::TrueFalse => "true_false",
            Self::Blank => "blank",
            Self::Order => "order",
            Self::Match => "match",
            Self::Numeric => "numeric",
            Self::Short => "short",
            Self::Essay => "essay",
            Self::Case => "case",
        }
    }

    /// The kind of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The kinds of which a part of a case may be: all but a case.
    pub fn of_parts() -> &'static [Self] {
        Self::ALL.split_last().map_or(&[], |(_, parts)| parts)
    }

    /// Whether the question offers options.
    pub const fn has_options(self) -> bool {
        matches!(self, Self::Single | Self::Multiple | Self::Order | Self::Match)
    }
}

/// An option, or a target of a match, under the bank's own label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The bank's label; never sent to a member before review opens.
    pub label: String,
    /// What it says.
    pub text: Text,
}

/// Where the regulation says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cite {
    /// Words only.
    Text(Text),
    /// The clause as data.
    Clause(Clause),
}

/// A clause of a regulation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Chinese words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zh: Option<String>,
    /// English words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
    /// The regulation's name.
    pub regulation: String,
    /// Its article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<u32>,
}

impl Cite {
    /// The citation in words.
    pub fn in_language(&self, language: crate::rules::text::Language) -> &str {
        match self {
            Self::Text(text) => text.in_language(language),
            Self::Clause(clause) => {
                let (first, second) = match language {
                    crate::rules::text::Language::Zh => (&clause.zh, &clause.en),
                    crate::rules::text::Language::En => (&clause.en, &clause.zh),
                };
                first.as_deref().or(second.as_deref()).unwrap_or(&clause.regulation)
            }
        }
    }
}

/// What is correct.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "key")]
pub enum Key {
    /// The label of the right option.
    Single(String),
    /// The labels of the right options, in the bank's order of options.
    Multiple(Vec<String>),
    /// Whether the statement is right.
    TrueFalse(bool),
    /// What each gap accepts.
    Blank(blank::Gaps),
    /// The labels of all options in the right order.
    Order(Vec<String>),
    /// The target of each option.
    Match(matching::Pairs),
    /// The number.
    Numeric(numeric::Numeric),
    /// What a short answer should hold.
    Short(written::Model),
    /// What an essay should hold.
    Essay(written::Model),
    /// What is correct part by part.
    Case(Vec<case::PartKey>),
}

impl Key {
    /// The kind of question it belongs to.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Single(_) => Kind::Single,
            Self::Multiple(_) => Kind::Multiple,
            Self::TrueFalse(_) => Kind::TrueFalse,
            Self::Blank(_) => Kind::Blank,
            Self::Order(_) => Kind::Order,
            Self::Match(_) => Kind::Match,
            Self::Numeric(_) => Kind::Numeric,
            Self::Short(_) => Kind::Short,
            Self::Essay(_) => Kind::Essay,
            Self::Case(_) => Kind::Case,
        }
    }
}

/// One question of an edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Its name inside the bank.
    pub id: String,
    /// The knowledge point it belongs to.
    pub topic: String,
    /// From 1 (easy) to 5 (hard).
    pub difficulty: u8,
    /// What is asked; gaps stand in it as `{{1}}`, `{{2}}` ….
    pub stem: Text,
    /// The options in the bank's order; empty for kinds without.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Choice>,
    /// What the options of a match belong to, in the bank's order; empty for other kinds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Choice>,
    /// The questions about the material of a case; empty for other kinds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<case::Part>,
    /// What is correct.
    pub key: Key,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Text>,
    /// Where it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cite: Option<Cite>,
    /// Questions that give this one away, or the other way round.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excludes: Vec<String>,
    /// Out of every future draw.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
}

impl Question {
    /// The kind.
    pub const fn kind(&self) -> Kind {
        self.key.kind()
    }

    /// The number of gaps to fill; 0 for kinds without.
    pub fn gap_count(&self) -> usize {
        match &self.key {
            Key::Blank(gaps) => gaps.gaps.len(),
            _ => 0,
        }
    }

    /// How long the lists are that a paper shuffles beside the options: the targets of a match; of each part of a case
    /// its options, then its targets.
    pub fn further_counts(&self) -> Vec<usize> {
        let targets = (!self.targets.is_empty()).then_some(self.targets.len());
        targets.into_iter().chain(self.parts.iter().flat_map(case::Part::counts)).collect()
    }
}

/// How a partly right choice of several counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// Full points for exactly the key, otherwise nothing.
    #[default]
    AllOrNothing,
    /// Half for a part of the key without a wrong one 漏选得一半，错选不得分.
    HalfIfIncomplete,
    /// Each right one its share; any wrong one: nothing.
    PerOption,
    /// Right minus wrong, at least 0, over the number of keys.
    RightMinusWrong,
}

impl Policy {
    /// Every policy.
    pub const ALL: [Self; 4] = [Self::AllOrNothing, Self::HalfIfIncomplete, Self::PerOption, Self::RightMinusWrong];

    /// The name in files and the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AllOrNothing => "all_or_nothing",
            Self::HalfIfIncomplete => "half_if_incomplete",
            Self::PerOption => "per_option",
            Self::RightMinusWrong => "right_minus_wrong",
        }
    }
}

/// Most characters in one gap.
pub const MOST_GAP_CHARACTERS: usize = 500;

/// The label of the option at `index` on a paper: A, B, C … Z, AA …
pub fn paper_label(index: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = index;
    loop {
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or_default()));
        if rest < 26 {
            break;
        }
        rest = rest / 26 - 1;
    }
    letters.iter().rev().collect()
}

/// The index of a paper's label among `options` options.
pub fn label_index(label: &str, options: usize) -> Option<usize> {
    // As a number of base 26 without a zero: A is 1, AA follows Z.
    let number = label.bytes().try_fold(0_usize, |number, byte| {
        let digit = byte.checked_sub(b'A').filter(|digit| *digit < 26)?;
        number.checked_mul(26)?.checked_add(usize::from(digit) + 1)
    })?;
    number.checked_sub(1).filter(|index| *index < options)
}

/// The label of the target at `index` on a paper: 1, 2, 3 …
pub fn target_label(index: usize) -> String {
    (index + 1).to_string()
}

/// The index of a paper's label among `targets` targets.
pub fn target_index(label: &str, targets: usize) -> Option<usize> {
    (0..targets).find(|&index| target_label(index) == label)
}

/// The points a response (in the bank's labels) earns, of `full`; `None` where a person has to say so: what was written,
/// and what nearly fills a gap. Every share is rounded half up, once.
pub fn mark(key: &Key, response: Option<&Response>, full: Points, policy: Policy) -> Option<Points> {
    let Some(response) = response.filter(|response| !response.is_empty()) else { return Some(Points::ZERO) };
    Some(match (key, response) {
        (Key::Short(_) | Key::Essay(_), Response::Written(_)) => return None,
        (Key::Blank(gaps), Response::Blank(filled)) if blank::is_near(gaps, filled) => return None,
        (Key::Single(key), Response::Single(label)) => full_or_none(key == label, full),
        (Key::Multiple(key), Response::Multiple(labels)) => multiple::mark(key, labels, full, policy),
        (Key::TrueFalse(key), Response::TrueFalse(said)) => full_or_none(key == said, full),
        (Key::Blank(gaps), Response::Blank(filled)) => blank::mark(gaps, filled, full),
        (Key::Order(key), Response::Multiple(labels)) => order::mark(key, labels, full),
        (Key::Match(key), Response::Match(pairs)) => matching::mark(key, pairs, full),
        (Key::Numeric(key), Response::Numeric(given)) => full_or_none(numeric::is_right(key, given), full),
        (Key::Case(keys), Response::Parts(parts)) => return case::mark_all(keys, parts, full, policy),
        // A response of another kind than its key's.
        _ => Points::ZERO,
    })
}

const fn full_or_none(right: bool, full: Points) -> Points {
    if right { full } else { Points::ZERO }
}

#[cfg(test)]
mod tests {
    use super::{label_index, paper_label};

    #[test]
    fn labels_run_on_after_z() {
        assert_eq!([0, 25, 26, 27].map(paper_label), ["A", "Z", "AA", "AB"]);
        assert_eq!(label_index("C", 3), Some(2));
        assert_eq!(label_index("D", 3), None);
        assert!((0..900).all(|index| label_index(&paper_label(index), 900) == Some(index)));
        for strange in ["", "a", "A ", "1", "É", "ZZZZZZZZZZZZZZZZZZZZZZ"] {
            assert_eq!(label_index(strange, 26), None, "{strange}");
        }
    }
}
