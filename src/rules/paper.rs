//! A paper: what one member got, as it is stored; its list for proofs; and its marking.

mod item;

pub use item::{Item, Order};

use crate::rules::blueprint::Definition;
use crate::rules::draw::{Drawn, Pool};
use crate::rules::points::Points;
use crate::rules::question::Question;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
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

/// The points of a finished attempt by position, in hundredths; `None` waits for a person. As the database holds them.
pub type Marks = Vec<Option<i64>>;

/// What marks come to as far as they are there.
pub fn score(marks: &[Option<i64>]) -> i64 {
    marks.iter().flatten().sum()
}

/// Marks as the database holds them.
pub fn stored(marks: &[Option<Points>]) -> Marks {
    marks.iter().map(|mark| mark.map(Points::hundredths)).collect()
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
    /// The same of each list that a question has beside its options: the targets of a match.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<Vec<usize>>,
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

/// A question as it is written: source, id, topic, options, and further lists where it has any; or each with its name, as papers before were written.
#[derive(Serialize)]
#[serde(untagged)]
enum WrittenEntry {
    Short(usize, String, usize, Vec<usize>),
    Further(usize, String, usize, Vec<usize>, Vec<Vec<usize>>),
    Whole(Entry),
}

/// Tells the two ways apart by their first sign. What serde would derive keeps all of a question before it decides, and
/// reports read papers by the ten thousand.
impl<'de> Deserialize<'de> for WrittenEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = WrittenEntry;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a question of a paper")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let missing = |at: usize| A::Error::invalid_length(at, &self);
                let source = list.next_element()?.ok_or_else(|| missing(0))?;
                let id = list.next_element()?.ok_or_else(|| missing(1))?;
                let topic = list.next_element()?.ok_or_else(|| missing(2))?;
                let options = list.next_element()?.ok_or_else(|| missing(3))?;
                Ok(match list.next_element()? {
                    Some(further) => WrittenEntry::Further(source, id, topic, options, further),
                    None => WrittenEntry::Short(source, id, topic, options),
                })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                Entry::deserialize(MapAccessDeserializer::new(map)).map(WrittenEntry::Whole)
            }
        }

        deserializer.deserialize_any(Either)
    }
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
        let mut short = |Entry { bank, edition, id, topic, options, further }| {
            let (source, topic) = (place(&mut sources, (bank, edition)), place(&mut topics, topic));
            if further.is_empty() {
                WrittenEntry::Short(source, id, topic, options)
            } else {
                WrittenEntry::Further(source, id, topic, options, further)
            }
        };
        let sections =
            paper.sections.into_iter().map(|section| section.into_iter().map(&mut short).collect()).collect();
        Self { version: paper.version, sources, topics, sections }
    }
}

impl TryFrom<Written> for Paper {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let entry = |source: usize, id, topic: usize, options, further| {
            let (bank, edition) = written.sources.get(source)?.clone();
            Some(Entry { bank, edition, id, topic: written.topics.get(topic)?.clone(), options, further })
        };
        let whole = |written| match written {
            WrittenEntry::Whole(entry) => Some(entry),
            WrittenEntry::Short(source, id, topic, options) => entry(source, id, topic, options, Vec::new()),
            WrittenEntry::Further(source, id, topic, options, further) => entry(source, id, topic, options, further),
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
                further: drawn.further.clone(),
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
    /// counted from 1, where `options` holds the bank's option numbers, from 0, joined by commas, or `-`; behind a `/`
    /// each, so do further lists.
    pub fn list(&self) -> String {
        let mut list = String::new();
        for (index, (section, entry)) in self.entries().enumerate() {
            let numbers = |list: &Vec<usize>| {
                let numbers: Vec<String> = list.iter().map(ToString::to_string).collect();
                if numbers.is_empty() { "-".to_owned() } else { numbers.join(",") }
            };
            let lists: Vec<String> = std::iter::once(&entry.options).chain(&entry.further).map(numbers).collect();
            let options = lists.join("/");
            let _ = writeln!(list, "{} {} {} {} {options}", section + 1, index + 1, entry.bank, entry.id);
        }
        list
    }
}

/// A paper ready to be shown and marked: its items by position (the first is position 1).
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The items.
    pub items: Box<[Item]>,
}

impl Sheet {
    /// Joins a paper with its questions; `find` gives a question of an edition.
    pub fn new(paper: &Paper, definition: &Definition, find: impl Fn(&Entry) -> Option<Arc<Question>>) -> Option<Self> {
        let order = |order: &Vec<usize>| order.iter().map(|&index| u8::try_from(index).ok()).collect::<Option<Order>>();
        let mut bank: Arc<str> = Arc::default();
        let items = paper
            .entries()
            .map(|(index, entry)| {
                let section = definition.sections.get(index)?;
                if *bank != *entry.bank {
                    bank = Arc::from(entry.bank.as_str());
                }
                Some(Item {
                    section: u16::try_from(index).ok()?,
                    bank: Arc::clone(&bank),
                    question: find(entry)?,
                    options: order(&entry.options)?,
                    further: entry.further.iter().map(order).collect::<Option<_>>()?,
                    points: section.points,
                    policy: section.policy,
                    ruling: None,
                })
            })
            .collect::<Option<Box<[_]>>>()?;
        Some(Self { items })
    }

    /// The item at a position, from 1.
    pub fn item(&self, position: i64) -> Option<&Item> {
        usize::try_from(position).ok()?.checked_sub(1).and_then(|index| self.items.get(index))
    }

    /// The marks of a finished attempt, position by position, from its stored responses; `None` waits for a person.
    pub fn marks(&self, responses: &HashMap<i64, String>) -> Vec<Option<Points>> {
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
        let places = || vec(any::<u8>().prop_map(usize::from), 0..5);
        ("[ab]", "e[0-3]", "[a-z]{1,8}", "t[0-4]", places(), vec(places(), 0..2)).prop_map(
            |(bank, edition, id, topic, options, further)| Entry { bank, edition, id, topic, options, further },
        )
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
