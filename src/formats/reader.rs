//! Reads objects, texts, names and numbers out of [`json`](super::json) and collects every problem on the way.
//!
//! A step that fails notes why and gives `None`; reading goes on, so that a file with ten mistakes reports all ten, in
//! the order in which they stand.

use super::json::{Document, Member, Places, Value};
use crate::formats::mathml;
use crate::rules::bank::{Problem, ProblemCode};
use crate::rules::points::Points;
use crate::rules::text::{EachLanguage, Text, is_name, nearest};
use std::borrow::Cow;
use std::ops::RangeInclusive;

/// Most problems reported of one file; the rest shows once these are mended.
pub const MOST_PROBLEMS: usize = 10_000;
/// Most characters of a text.
pub const MOST_TEXT_CHARACTERS: usize = 20_000;
/// Most characters of a title.
pub const MOST_TITLE_CHARACTERS: usize = 500;
/// Most characters of a found text that a problem repeats.
const MOST_FOUND_CHARACTERS: usize = 80;
/// Looking for the nearest word is slow: only the first so many problems of a file offer one.
const MOST_SUGGESTIONS: usize = 500;

/// What a problem expected.
#[derive(Debug)]
pub enum Expected {
    /// Words.
    Words(String),
    /// The line on which something stands, given by its byte.
    LineOf(u32),
}

impl From<&str> for Expected {
    fn from(words: &str) -> Self {
        Self::Words(words.to_owned())
    }
}

impl From<String> for Expected {
    fn from(words: String) -> Self {
        Self::Words(words)
    }
}

#[derive(Debug)]
struct Note {
    at: u32,
    code: ProblemCode,
    found: String,
    expected: Expected,
}

/// Whether a text must say something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blank {
    /// Blank is a problem.
    Refused,
    /// Blank is as good as absent.
    Absent,
}

/// The fields of an object.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'d> {
    document: &'d Document<'d>,
    at: u32,
    members: &'d [Member],
}

impl<'d> Fields<'d> {
    /// The field of a name, where it is there; the first where there are several.
    pub fn get(&self, name: &str) -> Option<&'d Value> {
        self.member(name).map(|member| &member.value)
    }

    /// The field of a name, with the place of the name.
    pub fn member(&self, name: &str) -> Option<&'d Member> {
        self.members.iter().find(|member| self.document.key(member) == name)
    }
}

/// Reads one document.
#[derive(Debug)]
pub struct Reader<'d> {
    document: &'d Document<'d>,
    notes: Vec<Note>,
    suggestions: usize,
    /// Problems beyond the most that are reported.
    more: usize,
}

impl<'d> Reader<'d> {
    /// Starts with the fields that stand twice.
    pub fn new(document: &'d Document<'d>) -> Self {
        let mut reader = Self { document, notes: Vec::new(), suggestions: 0, more: 0 };
        for field in document.repeated() {
            let name = document.repeated_name(*field);
            reader.note(field.at, ProblemCode::RepeatedField, &name, Expected::LineOf(field.first));
        }
        reader
    }

    /// The document that is read.
    pub const fn document(&self) -> &'d Document<'d> {
        self.document
    }

    /// Notes a problem of what starts at `at`.
    pub fn note(&mut self, at: u32, code: ProblemCode, found: &str, expected: impl Into<Expected>) {
        if self.notes.len() < MOST_PROBLEMS {
            let mut short: String = found.chars().take(MOST_FOUND_CHARACTERS).collect();
            if short.len() < found.len() {
                short.push('…');
            }
            self.notes.push(Note { at, code, found: short, expected: expected.into() });
        } else {
            self.more += 1;
        }
    }

    /// What was read, or every problem in the order of the file.
    pub fn finish<T>(mut self, read: Option<T>) -> Result<T, Vec<Problem>> {
        match read {
            Some(read) if self.notes.is_empty() => return Ok(read),
            _ => {}
        }
        self.notes.sort_by_key(|note| note.at);
        let mut places = Places::new(self.document.source());
        let problem = |note: Note| Problem {
            place: places.place(note.at),
            pointer: self.document.pointer(note.at),
            code: note.code,
            found: note.found,
            expected: match note.expected {
                Expected::Words(words) => words,
                Expected::LineOf(at) => places.line(at).to_string(),
            },
            origin: None,
        };
        let mut problems: Vec<Problem> = self.notes.into_iter().map(problem).collect();
        if let (Some(last), 1..) = (problems.last(), self.more) {
            let (found, place) = (self.more.to_string(), last.place);
            let code = ProblemCode::More;
            problems.push(Problem::new(place, String::new(), code, found, String::new()));
        }
        Err(problems)
    }

    /// The fields of an object that knows the fields `known`; any other is a problem.
    pub fn fields(&mut self, value: &'d Value, known: &[&str]) -> Option<Fields<'d>> {
        self.fields_and(value, known, &[])
    }

    /// The same of an object that may also have the fields `idle`, which say nothing.
    pub fn fields_and(&mut self, value: &'d Value, known: &[&str], idle: &[&str]) -> Option<Fields<'d>> {
        let members = self.members(value)?;
        for member in members {
            let name = self.document.key(member);
            if !known.contains(&&*name) && !idle.contains(&&*name) {
                let nearest = self.suggest(&name, known.iter().copied());
                self.note(member.at(), ProblemCode::UnknownField, &name, nearest);
            }
        }
        Some(Fields { document: self.document, at: value.at(), members })
    }

    /// The members of an object whose field names are data.
    pub fn members(&mut self, value: &'d Value) -> Option<&'d [Member]> {
        if let Value::Object { members, .. } = value {
            return Some(members);
        }
        self.wrong_type(value, "object");
        None
    }

    /// The field of a name, which must be there.
    pub fn required(&mut self, fields: &Fields<'d>, name: &str) -> Option<&'d Value> {
        let value = fields.get(name);
        if value.is_none() {
            self.note(fields.at, ProblemCode::Missing, "", name);
        }
        value
    }

    /// Notes that a value is of another type.
    pub fn wrong_type(&mut self, value: &Value, expected: &str) {
        self.note(value.at(), ProblemCode::WrongType, value.type_name(), expected);
    }

    /// The known word nearest to one that isn't known; nothing where none is near.
    pub fn suggest<'a>(&mut self, word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
        self.suggestions += 1;
        if self.suggestions > MOST_SUGGESTIONS || word.len() > MOST_FOUND_CHARACTERS {
            return String::new();
        }
        nearest(word, known).unwrap_or_default().to_owned()
    }

    /// A string of at most `most` characters.
    pub fn text(&mut self, value: &'d Value, most: usize) -> Option<Cow<'d, str>> {
        let Some(text) = self.document.text(value) else {
            self.wrong_type(value, "string");
            return None;
        };
        if text.contains('\0') {
            self.note(value.at(), ProblemCode::Nul, "U+0000", "");
            return None;
        }
        let characters = if text.len() > most { text.chars().count() } else { 0 };
        if characters > most {
            self.note(value.at(), ProblemCode::TooMany, &characters.to_string(), most.to_string());
            return None;
        }
        Some(text)
    }

    /// A string that says something.
    pub fn spoken(&mut self, value: &'d Value, most: usize) -> Option<Cow<'d, str>> {
        let text = self.text(value, most)?;
        if text.trim().is_empty() {
            self.note(value.at(), ProblemCode::Empty, "", "");
            return None;
        }
        Some(text)
    }

    /// `[A-Za-z0-9._-]{1,64}`
    pub fn name(&mut self, value: &'d Value) -> Option<Cow<'d, str>> {
        let name = self.text(value, MOST_TEXT_CHARACTERS)?;
        if !is_name(&name) {
            self.note(value.at(), ProblemCode::BadName, &name, "");
            return None;
        }
        Some(name)
    }

    /// A text that must be there and say something in each of its languages.
    pub fn words(&mut self, value: &'d Value, most: usize) -> Option<Text> {
        self.words_or(value, most, Blank::Refused)
    }

    /// A text that may be left blank in a language or altogether.
    pub fn idle_words(&mut self, value: &'d Value) -> Option<Text> {
        self.words_or(value, MOST_TEXT_CHARACTERS, Blank::Absent)
    }

    fn words_or(&mut self, value: &'d Value, most: usize, blank: Blank) -> Option<Text> {
        match value {
            Value::Text { .. } => self.version(value, most, blank).map(Text::Same),
            Value::Object { .. } => {
                let fields = self.fields(value, &["zh", "en"])?;
                if fields.get("zh").is_none() && fields.get("en").is_none() {
                    self.note(value.at(), ProblemCode::Missing, "", "zh, en");
                    return None;
                }
                let zh = fields.get("zh").and_then(|zh| self.version(zh, most, blank));
                let en = fields.get("en").and_then(|en| self.version(en, most, blank));
                (zh.is_some() || en.is_some()).then_some(Text::Each(EachLanguage { zh, en }))
            }
            _ => {
                self.wrong_type(value, "string, object");
                None
            }
        }
    }

    /// One language's version of a text.
    pub fn version(&mut self, value: &'d Value, most: usize, blank: Blank) -> Option<String> {
        let text = match blank {
            Blank::Refused => self.spoken(value, most)?,
            Blank::Absent => self.text(value, most).filter(|text| !text.trim().is_empty())?,
        };
        if !mathml::are_sound(&text) {
            self.note(value.at(), ProblemCode::FormulaUnsound, "", "");
            return None;
        }
        Some(text.into_owned())
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, value: &'d Value) -> Option<bool> {
        if let Value::Boolean { value, .. } = value {
            return Some(*value);
        }
        self.wrong_type(value, "boolean");
        None
    }

    /// A whole number within a range.
    pub fn integer(&mut self, value: &'d Value, range: RangeInclusive<u32>) -> Option<u32> {
        let Some((number, raw)) = self.document.number(value) else {
            self.wrong_type(value, "number");
            return None;
        };
        let whole = (number.fract() == 0.0).then(|| format!("{number:.0}").parse().ok()).flatten();
        let within = whole.filter(|whole| range.contains(whole));
        if within.is_none() {
            let expected = format!("{}–{}", range.start(), range.end());
            self.note(value.at(), ProblemCode::OutOfRange, raw, expected);
        }
        within
    }

    /// A whole number of any size.
    pub fn whole(&mut self, value: &'d Value) -> Option<i64> {
        let Some((_, raw)) = self.document.number(value) else {
            self.wrong_type(value, "number");
            return None;
        };
        let whole = raw.parse().ok();
        if whole.is_none() {
            self.note(value.at(), ProblemCode::OutOfRange, raw, "1, 2, 3 …");
        }
        whole
    }

    /// A number with at most two decimals within a range.
    pub fn points(&mut self, value: &'d Value, range: RangeInclusive<Points>) -> Option<Points> {
        let Some((number, raw)) = self.document.number(value) else {
            self.wrong_type(value, "number");
            return None;
        };
        let expected = format!("{}–{}", range.start(), range.end());
        let points = Points::from_number(number);
        let code = match points {
            Some(points) if range.contains(&points) => return Some(points),
            None if (range.start().number()..=range.end().number()).contains(&number) => ProblemCode::BadPoints,
            _ => ProblemCode::OutOfRange,
        };
        self.note(value.at(), code, raw, expected);
        None
    }

    /// The items of a list of at least one and at most `most`.
    pub fn list(&mut self, value: &'d Value, most: usize) -> Option<&'d [Value]> {
        let items = self.list_or_none(value, most)?;
        if items.is_empty() {
            self.note(value.at(), ProblemCode::Empty, "", "");
            return None;
        }
        Some(items)
    }

    /// The items of a list of at most `most`.
    pub fn list_or_none(&mut self, value: &'d Value, most: usize) -> Option<&'d [Value]> {
        let Value::List { items, .. } = value else {
            self.wrong_type(value, "array");
            return None;
        };
        if items.len() > most {
            self.note(value.at(), ProblemCode::TooMany, &items.len().to_string(), most.to_string());
            return None;
        }
        Some(items)
    }

    /// The one of `all` that a string names.
    pub fn one_of<T: Copy>(&mut self, value: &'d Value, all: &[T], name: impl Fn(T) -> &'static str) -> Option<T> {
        let word = self.text(value, MOST_TEXT_CHARACTERS)?;
        let found = all.iter().copied().find(|one| name(*one) == word);
        if found.is_none() {
            let names: Vec<&str> = all.iter().map(|one| name(*one)).collect();
            self.note(value.at(), ProblemCode::NotOneOf, &word, names.join(", "));
        }
        found
    }
}
