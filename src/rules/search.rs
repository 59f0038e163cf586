//! Looking for questions: what is asked for, and the shelf on which the questions of an edition stand for it.
//!
//! A shelf holds of each question only what a search looks at: its words, folded, and what it is. It is made once of an
//! edition, which never changes.

use crate::rules::lint::LintCode;
use crate::rules::question::{Cite, Kind, Question};
use crate::rules::text::{Language, Text, fold};
use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;

/// What somebody looks for; what is `None` or empty admits all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wanted {
    /// Words, all of which stand in the id, stem, options, explanation or citation, in whatever language.
    pub words: Sought,
    /// The bank.
    pub bank: Option<String>,
    /// The topic.
    pub topic: Option<String>,
    /// The kind.
    pub kind: Option<Kind>,
    /// From which difficulty to which.
    pub difficulty: Option<RangeInclusive<u8>>,
    /// The regulation that is cited as data, and its article, where one is meant.
    pub clause: Option<(String, Option<u32>)>,
    /// Whether it is retired.
    pub retired: Option<bool>,
    /// What is suspicious.
    pub lint: Option<LintCode>,
    /// How it behaved when it was used.
    pub used: Option<Used>,
    /// From which share of its points to which was won when it was used last, in percent.
    pub facility: Option<RangeInclusive<f64>>,
}

impl Wanted {
    /// Whether every question is wanted.
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }
}

/// How a question behaved in the tests that used it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Used {
    /// No test did.
    Never,
    /// Some test did.
    Yes,
    /// There is something to be looked at.
    Flagged,
    /// It hardly tells strong from weak, or tells them the wrong way round.
    Weak,
}

impl Used {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Never, Self::Yes, Self::Flagged, Self::Weak];

    /// Its name in addresses and messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Yes => "yes",
            Self::Flagged => "flagged",
            Self::Weak => "weak",
        }
    }
}

/// Words looked for, each of them needed; width and case make no difference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sought(Vec<String>);

impl Sought {
    /// The words of a text.
    pub fn new(text: &str) -> Self {
        Self(fold(text).split_whitespace().map(ToOwned::to_owned).collect())
    }

    fn are_in(&self, folded: &str) -> bool {
        self.0.iter().all(|word| folded.contains(word.as_str()))
    }
}

/// A mistake in what is asked for: the field, and the name of the message that says what is expected.
pub type Mistake = (&'static str, &'static str);

/// What somebody looks for, as an address has it; what is empty admits all.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Words.
    pub text: String,
    /// A bank's name.
    pub bank: String,
    /// A topic's name.
    pub topic: String,
    /// A kind's name.
    pub kind: String,
    /// The lowest difficulty.
    pub difficulty_from: String,
    /// The highest.
    pub difficulty_to: String,
    /// A regulation's name.
    pub regulation: String,
    /// The number of its article.
    pub article: String,
    /// A lint's name.
    pub lint: String,
    /// `true` or `false`.
    pub retired: String,
    /// The name of how it was used.
    pub used: String,
    /// The lowest facility, in percent.
    pub facility_from: String,
    /// The highest.
    pub facility_to: String,
}

impl Asked {
    /// The fields with their names, in the order in which forms show them.
    pub fn fields(&self) -> [(&'static str, &str); 13] {
        [
            ("text", &self.text),
            ("bank", &self.bank),
            ("topic", &self.topic),
            ("kind", &self.kind),
            ("difficulty_from", &self.difficulty_from),
            ("difficulty_to", &self.difficulty_to),
            ("regulation", &self.regulation),
            ("article", &self.article),
            ("lint", &self.lint),
            ("retired", &self.retired),
            ("used", &self.used),
            ("facility_from", &self.facility_from),
            ("facility_to", &self.facility_to),
        ]
    }

    /// What is meant by it.
    pub fn wanted(&self) -> Result<Wanted, Mistake> {
        let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let article = one_of(&self.article, ("article", "article"), |text| text.parse().ok().filter(|&n: &u32| n > 0))?;
        let clause = match (said(&self.regulation), article) {
            (None, Some(_)) => return Err(("regulation", "regulation")),
            (regulation, article) => regulation.map(|regulation| (fold(&regulation), article)),
        };
        Ok(Wanted {
            words: Sought::new(&self.text),
            bank: said(&self.bank),
            topic: said(&self.topic),
            kind: one_of(&self.kind, ("kind", "kind"), Kind::from_name)?,
            difficulty: range(&self.difficulty_from, &self.difficulty_to, ("difficulty_from", "difficulties"), 1..=5)?,
            clause,
            retired: one_of(&self.retired, ("retired", "true-or-false"), |text| text.parse().ok())?,
            lint: one_of(&self.lint, ("lint", "lint"), |name| {
                LintCode::from_name(name).filter(|code| LintCode::OF_QUESTIONS.contains(code))
            })?,
            used: one_of(&self.used, ("used", "used"), |name| Used::ALL.into_iter().find(|used| used.name() == name))?,
            facility: range(
                &self.facility_from,
                &self.facility_to,
                ("facility_from", "facilities"),
                0.0_f64..=100.0_f64,
            )?,
        })
    }
}

fn one_of<T>(text: &str, mistake: Mistake, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Mistake> {
    match text.trim() {
        "" => Ok(None),
        text => read(text).map(Some).ok_or(mistake),
    }
}

/// From one end to the other; an end that is left out is that of everything.
fn range<T: std::str::FromStr + PartialOrd + Copy>(
    from: &str,
    to: &str,
    mistake: Mistake,
    all: RangeInclusive<T>,
) -> Result<Option<RangeInclusive<T>>, Mistake> {
    let end = |text| one_of(text, mistake, |text| text.parse().ok().filter(|end| all.contains(end)));
    match (end(from)?, end(to)?) {
        (None, None) => Ok(None),
        (from, to) => {
            let range = from.unwrap_or(*all.start())..=to.unwrap_or(*all.end());
            if range.is_empty() { Err(mistake) } else { Ok(Some(range)) }
        }
    }
}

/// A question on a shelf.
#[derive(Debug)]
struct Entry {
    id: Box<str>,
    sequence: i64,
    /// Where its words begin and end in the text of the shelf.
    words: std::ops::Range<usize>,
    topic: usize,
    kind: Kind,
    difficulty: u8,
    retired: bool,
    /// The regulation it cites, and the article.
    clause: Option<(usize, Option<u32>)>,
}

/// The questions of an edition as a search looks at them.
#[derive(Debug, Default)]
pub struct Shelf {
    entries: Vec<Entry>,
    text: String,
    topics: Names,
    regulations: Names,
}

/// Names that many questions share.
#[derive(Debug, Default)]
struct Names {
    all: Vec<String>,
    places: HashMap<String, usize>,
}

impl Names {
    fn place(&mut self, name: &str) -> usize {
        if let Some(&place) = self.places.get(name) {
            return place;
        }
        self.all.push(name.to_owned());
        self.places.insert(name.to_owned(), self.all.len() - 1);
        self.all.len() - 1
    }
}

impl Shelf {
    /// Puts a question on it, at its place in the bank's file.
    pub fn add(&mut self, sequence: i64, question: &Question) {
        let start = self.text.len();
        put_words(&mut self.text, question);
        let clause = match &question.cite {
            Some(Cite::Clause(clause)) => Some((self.regulations.place(clause.regulation.trim()), clause.article)),
            _ => None,
        };
        self.entries.push(Entry {
            id: question.id.as_str().into(),
            sequence,
            words: start..self.text.len(),
            topic: self.topics.place(&question.topic),
            kind: question.kind(),
            difficulty: question.difficulty,
            retired: question.retired,
            clause,
        });
    }

    /// The shelf in the bank's order, with no room to spare.
    #[must_use]
    pub fn ordered(mut self) -> Self {
        self.entries.sort_by_key(|entry| entry.sequence);
        self.entries.shrink_to_fit();
        self.text.shrink_to_fit();
        self
    }

    /// How much memory it takes, nearly.
    pub fn bytes(&self) -> u64 {
        let entries = self.entries.len() * (size_of::<Entry>() + 24);
        u64::try_from(self.text.len() + entries).unwrap_or(u64::MAX)
    }

    /// The ids of the questions that are wanted, in the bank's order. What a shelf doesn't know (what is suspicious, how
    /// they were used) `admits` tells by the id.
    pub fn matching(&self, wanted: &Wanted, admits: impl Fn(&str) -> bool) -> Vec<&str> {
        let Some(plain) = self.plain(wanted) else { return Vec::new() };
        let is_wanted = |entry: &&Entry| {
            plain.admits(entry)
                && wanted.words.are_in(self.text.get(entry.words.clone()).unwrap_or_default())
                && admits(&entry.id)
        };
        self.entries.iter().filter(is_wanted).map(|entry| &*entry.id).collect()
    }

    /// What is wanted as places on this shelf; `None` where nothing here can be.
    fn plain<'w>(&self, wanted: &'w Wanted) -> Option<Plain<'w>> {
        let topic = match &wanted.topic {
            None => None,
            Some(topic) => Some(*self.topics.places.get(topic)?),
        };
        let clause = match &wanted.clause {
            None => None,
            Some((regulation, article)) => {
                let is_meant = |(place, name): (usize, &String)| (fold(name) == *regulation).then_some(place);
                let places: Vec<usize> = self.regulations.all.iter().enumerate().filter_map(is_meant).collect();
                Some((places, *article))
            }
        };
        Some(Plain { wanted, topic, clause })
    }

    /// The regulations that its questions cite as data.
    pub fn regulations(&self) -> impl Iterator<Item = &str> {
        self.regulations.all.iter().map(String::as_str)
    }

    /// How many questions stand under each regulation and article: those that can be drawn, and the retired ones.
    pub fn clauses(&self) -> BTreeMap<(&str, Option<u32>), [usize; 2]> {
        let mut found: BTreeMap<(&str, Option<u32>), [usize; 2]> = BTreeMap::new();
        for entry in &self.entries {
            let Some((place, article)) = entry.clause else { continue };
            let regulation = self.regulations.all.get(place).map_or("", String::as_str);
            let [drawable, retired] = found.entry((regulation, article)).or_default();
            *(if entry.retired { retired } else { drawable }) += 1;
        }
        found
    }
}

struct Plain<'w> {
    wanted: &'w Wanted,
    topic: Option<usize>,
    clause: Option<(Vec<usize>, Option<u32>)>,
}

impl Plain<'_> {
    fn admits(&self, entry: &Entry) -> bool {
        let wanted = self.wanted;
        let cites = |(places, article): &(Vec<usize>, Option<u32>)| {
            entry.clause.is_some_and(|(place, of)| places.contains(&place) && (article.is_none() || *article == of))
        };
        wanted.kind.is_none_or(|kind| kind == entry.kind)
            && wanted.difficulty.as_ref().is_none_or(|range| range.contains(&entry.difficulty))
            && wanted.retired.is_none_or(|retired| retired == entry.retired)
            && self.topic.is_none_or(|topic| topic == entry.topic)
            && self.clause.as_ref().is_none_or(cites)
    }
}

/// The words in which a search looks, folded, a line each, so that no word is found across two of them.
fn put_words(out: &mut String, question: &Question) {
    let mut put = |text: &str| {
        out.push_str(&fold(text));
        out.push('\n');
    };
    put(&question.id);
    let texts = std::iter::once(&question.stem)
        .chain(question.options.iter().chain(&question.targets).map(|choice| &choice.text))
        .chain(&question.explanation);
    texts.flat_map(Text::versions).for_each(&mut put);
    if let Some(cite) = &question.cite {
        let [one, other] = Language::ALL.map(|language| cite.in_language(language));
        put(one);
        if other != one {
            put(other);
        }
        if let Cite::Clause(clause) = cite {
            put(&clause.regulation);
        }
    }
    for part in question.parts() {
        put_words(out, &part);
    }
}

#[cfg(test)]
mod tests;
