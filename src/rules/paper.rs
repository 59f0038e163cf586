//! A paper: what one member got, as it is stored; its list for proofs; and its marking.

use crate::rules::blueprint::Definition;
use crate::rules::draw::{Drawn, Pool};
use crate::rules::points::Points;
use crate::rules::question::{Policy, Question, Response, Shape, mark, paper_label};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

/// A stored paper. It is written with every bank, edition and topic once, because thousands are stored in the same
/// minute and each later change of an attempt writes it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Written", try_from = "Written")]
pub struct Paper {
    /// The version of the draw that made it.
    pub version: u32,
    /// Section by section, in the blueprint's order.
    pub sections: Vec<Vec<Entry>>,
}

/// One question of a paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The bank.
    pub bank: String,
    /// The id of the pinned edition.
    pub edition: String,
    /// The question's id.
    pub id: String,
    /// Its topic, kept here so that reports need no question.
    pub topic: String,
    /// Index, in the bank's order, of the option shown first, second ….
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<usize>,
}

/// A paper as it is written.
#[derive(Serialize, Deserialize)]
struct Written {
    version: u32,
    /// Bank and edition of each source.
    #[serde(default)]
    sources: Vec<(String, String)>,
    #[serde(default)]
    topics: Vec<String>,
    sections: Vec<Vec<WrittenEntry>>,
}

/// A question as it is written: source, id, topic, options; or each with its name, as papers before were written.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum WrittenEntry {
    Short(usize, String, usize, Vec<usize>),
    Whole(Entry),
}

impl From<Paper> for Written {
    fn from(paper: Paper) -> Self {
        fn place<T: PartialEq>(all: &mut Vec<T>, one: T) -> usize {
            all.iter().position(|known| *known == one).unwrap_or_else(|| {
                all.push(one);
                all.len() - 1
            })
        }
        let (mut sources, mut topics) = (Vec::new(), Vec::new());
        let mut short = |Entry { bank, edition, id, topic, options }| {
            WrittenEntry::Short(place(&mut sources, (bank, edition)), id, place(&mut topics, topic), options)
        };
        let sections =
            paper.sections.into_iter().map(|section| section.into_iter().map(&mut short).collect()).collect();
        Self { version: paper.version, sources, topics, sections }
    }
}

impl TryFrom<Written> for Paper {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let whole = |entry| match entry {
            WrittenEntry::Whole(entry) => Some(entry),
            WrittenEntry::Short(source, id, topic, options) => {
                let (bank, edition) = written.sources.get(source)?.clone();
                Some(Entry { bank, edition, id, topic: written.topics.get(topic)?.clone(), options })
            }
        };
        let section = |section: Vec<WrittenEntry>| section.into_iter().map(whole).collect();
        let sections = written.sections.into_iter().map(section).collect::<Option<_>>();
        Ok(Self { version: written.version, sections: sections.ok_or("a question of no source or topic")? })
    }
}

/// A pinned edition: the bank's name, and the edition's id and digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pinned {
    /// The bank's name.
    pub bank: String,
    /// The edition's id.
    pub edition: String,
    /// Its number, from 1.
    pub number: i64,
    /// SHA-256 over its questions, in hex.
    pub digest: String,
}

impl Paper {
    /// The paper of a draw.
    pub fn of(pool: &Pool, editions: &[Pinned], drawn: &[Vec<Drawn>]) -> Self {
        let entry = |drawn: &Drawn| {
            let candidate = pool.candidates().get(drawn.candidate)?;
            let pinned = editions.get(candidate.edition)?;
            Some(Entry {
                bank: pinned.bank.clone(),
                edition: pinned.edition.clone(),
                id: candidate.id.clone(),
                topic: candidate.topic.clone(),
                options: drawn.options.clone(),
            })
        };
        let sections = drawn.iter().map(|section| section.iter().filter_map(entry).collect()).collect();
        Self { version: crate::rules::draw::VERSION, sections }
    }

    /// Its questions in order, each with the index of its section; positions count from 1.
    pub fn entries(&self) -> impl Iterator<Item = (usize, &Entry)> {
        self.sections.iter().enumerate().flat_map(|(index, section)| section.iter().map(move |entry| (index, entry)))
    }

    /// How many questions it has.
    pub fn len(&self) -> usize {
        self.sections.iter().map(Vec::len).sum()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The list by which papers are compared byte for byte: a line `section position bank question options` each,
    /// counted from 1, where `options` holds the bank's option numbers, from 0, joined by commas, or `-`.
    pub fn list(&self) -> String {
        let mut list = String::new();
        for (index, (section, entry)) in self.entries().enumerate() {
            let options: Vec<String> = entry.options.iter().map(ToString::to_string).collect();
            let options = if options.is_empty() { "-".to_owned() } else { options.join(",") };
            let _ = writeln!(list, "{} {} {} {} {options}", section + 1, index + 1, entry.bank, entry.id);
        }
        list
    }
}

/// A question of a paper with everything that showing and marking it needs.
#[derive(Debug, Clone)]
pub struct Item {
    /// Index of its section.
    pub section: usize,
    /// The bank.
    pub bank: String,
    /// The question as its pinned edition has it.
    pub question: Arc<Question>,
    /// The paper's order of its options.
    pub options: Vec<usize>,
    /// Its points.
    pub points: Points,
    /// How it is marked.
    pub policy: Policy,
}

impl Item {
    /// What a response to it looks like.
    pub fn shape(&self) -> Shape {
        Shape { kind: self.question.kind(), options: self.options.len(), gaps: self.question.gap_count() }
    }

    /// The paper's label of the option that the bank calls `label`.
    pub fn paper_label_of(&self, label: &str) -> Option<String> {
        let index = self.question.options.iter().position(|choice| choice.label == label)?;
        self.options.iter().position(|&shown| shown == index).map(paper_label)
    }

    /// A stored response, read back; `None` where there is none or it was taken back.
    pub fn read(&self, stored: Option<&str>) -> Option<Response> {
        let value = serde_json::from_str(stored?).ok()?;
        Response::decode(self.shape(), &value).ok().flatten()
    }

    /// The points a response in the paper's labels earns.
    pub fn mark(&self, response: Option<&Response>) -> Points {
        let translated = response.map(|response| response.in_bank_labels(&self.question, &self.options));
        mark(&self.question.key, translated.as_ref(), self.points, self.policy)
    }
}

/// A paper ready to be shown and marked: its items by position (the first is position 1).
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The items.
    pub items: Vec<Item>,
}

impl Sheet {
    /// Joins a paper with its questions; `find` gives a question of an edition.
    pub fn new(paper: &Paper, definition: &Definition, find: impl Fn(&Entry) -> Option<Arc<Question>>) -> Option<Self> {
        let items = paper
            .entries()
            .map(|(index, entry)| {
                let section = definition.sections.get(index)?;
                Some(Item {
                    section: index,
                    bank: entry.bank.clone(),
                    question: find(entry)?,
                    options: entry.options.clone(),
                    points: section.points,
                    policy: section.policy,
                })
            })
            .collect::<Option<Vec<_>>>()?;
        Some(Self { items })
    }

    /// The item at a position, from 1.
    pub fn item(&self, position: i64) -> Option<&Item> {
        usize::try_from(position).ok()?.checked_sub(1).and_then(|index| self.items.get(index))
    }

    /// The marks of a finished attempt, position by position, from its stored responses.
    pub fn marks(&self, responses: &HashMap<i64, String>) -> Vec<Points> {
        (1..)
            .zip(&self.items)
            .map(|(position, item)| {
                let stored = responses.get(&position).map(String::as_str);
                item.mark(item.read(stored).as_ref())
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, Paper};
    use proptest::collection::vec;
    use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};

    fn entry() -> impl Strategy<Value = Entry> {
        ("[ab]", "e[0-3]", "[a-z]{1,8}", "t[0-4]", vec(any::<u8>().prop_map(usize::from), 0..5))
            .prop_map(|(bank, edition, id, topic, options)| Entry { bank, edition, id, topic, options })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(sections in vec(vec(entry(), 0..9), 0..4)) {
            let paper = Paper { version: 1, sections };
            let text = serde_json::to_string(&paper).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Paper>(&text).unwrap(), &paper, "{}", text);
            let whole = serde_json::json!({ "version": 1, "sections": paper.sections });
            prop_assert_eq!(serde_json::from_value::<Paper>(whole).unwrap(), paper, "as papers before were written");
        }

        #[test]
        fn a_question_of_no_source_is_refused(source in 1_usize..9, topic in 1_usize..9) {
            let text = format!(r#"{{"version":1,"sources":[["b","e"]],"topics":["t"],"sections":[[[{source},"q",0,[]],[0,"q",{topic},[]]]]}}"#);
            prop_assert!(serde_json::from_str::<Paper>(&text).is_err());
        }
    }
}
