//! One question as the fields of a form: the columns of our own sheet, read by the same rules.

use super::cells::guarded;
use super::rows::{self, Cells, kind_of, rows_of};
use super::{Column, Layout, Part, Version, kind_word, read};
use crate::formats::exchange::Draft;
use crate::formats::exchange::finish::{Converted, Naming, finish};
use crate::formats::exchange::sheet::columns::column_name;
use crate::formats::exchange::sheet::options::letters;
use crate::formats::sheet::{Sheet, SheetRow};
use crate::rules::bank::{Problem, Topic};
use crate::rules::question::Kind;
use crate::rules::question::case::MOST_PARTS;
use crate::rules::text::Language;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Options or targets that a new question has room for, and how many more an old one.
const ROOM: usize = 4;
const MORE: usize = 2;

/// What a field is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// A line.
    Line,
    /// Several lines.
    Lines,
    /// The option of a label.
    Option(char),
    /// The target of a label.
    Target(u8),
    /// The correct answer.
    Answer,
    /// Yes or nothing.
    Switch,
}

/// A field of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormField {
    /// The part of a case that it belongs to, from 1; 0 where it belongs to the question itself.
    pub of: usize,
    /// The kind of the question or the part.
    pub kind: Kind,
    /// Its name, the same in all languages.
    pub name: String,
    /// The name of its part, for what is to be said of it.
    pub part: &'static str,
    /// What stands above it.
    pub heading: String,
    /// What stands in it.
    pub value: String,
    /// What it is for.
    pub used: Use,
}

/// What is asked for: the kind of a question, and those of the parts that its form has, where it is a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kinds {
    /// Of the question.
    pub whole: Kind,
    /// Of the parts.
    pub parts: Vec<Kind>,
}

impl Kinds {
    /// Those of a question as a bank's file holds it; `None` where it has no kind that is known. A part without one is asked
    /// for as a single choice, the commonest.
    pub fn of(question: &Value) -> Option<Self> {
        let whole = kind_of(question)?;
        let parts = rows::list(question, "parts").take(MOST_PARTS).filter(|_| whole == Kind::Case);
        Some(Self { whole, parts: parts.map(|part| kind_of(part).unwrap_or(Kind::Single)).collect() })
    }

    /// Those that a form was sent with.
    pub fn sent(whole: Kind, typed: &[(String, String)]) -> Self {
        let kind = |number: usize| {
            let name = prefix(number) + &Column::new(Part::Kind).heading(Language::En);
            typed.iter().find(|(known, _)| *known == name).and_then(|(_, kind)| Kind::from_name(kind))
        };
        Self { whole, parts: (1..=MOST_PARTS).map_while(kind).collect() }
    }
}

/// What the names of the fields of a part begin with.
fn prefix(number: usize) -> String {
    if number == 0 { String::new() } else { format!("p{number} ") }
}

/// Whether a field holds what the question asks, or its material.
pub fn is_stem(name: &str) -> bool {
    Column::of_heading(name).is_some_and(|column| column.part == Part::Stem)
}

/// The part that a field belongs to, and its name without that.
fn belonging(name: &str) -> (usize, &str) {
    let numbered = name.strip_prefix('p').and_then(|rest| rest.split_once(' '));
    numbered.and_then(|(number, rest)| Some((number.parse().ok()?, rest))).unwrap_or((0, name))
}

/// The fields of a question of these kinds, as a bank's file holds it (sound or not) or empty; in `both` languages there is
/// a field for each.
pub fn fields(question: Option<&Value>, kinds: &Kinds, both: bool, language: Language) -> Vec<FormField> {
    let mut rows = question.map(|question| rows_of(question, language)).unwrap_or_default().into_iter();
    let each = std::iter::once(&kinds.whole).chain(&kinds.parts).enumerate();
    each.flat_map(|(of, kind)| of_one((of, *kind), rows.next().unwrap_or_default(), both, language)).collect()
}

/// The fields of a question without its parts, or of one part.
fn of_one((of, kind): (usize, Kind), mut cells: Cells, both: bool, language: Language) -> Vec<FormField> {
    let filled = cells.keys().map(|column| match column.part {
        Part::Option(letter) => letters().position(|known| known == letter).map_or(0, |at| at + 1 + MORE),
        Part::Target(number) => usize::from(number) + MORE,
        _ => 0,
    });
    let room = filled.max().unwrap_or_default().max(ROOM);
    let mut fields = Vec::new();
    let is_of_part = |part: &Part| !matches!(part, Part::Excludes | Part::Retired);
    let share = (of > 0).then_some(Part::Share);
    for part in parts(kind, room).into_iter().filter(|part| of == 0 || is_of_part(part)).chain(share) {
        for version in Version::ALL {
            let column = Column { part, version };
            let value = cells.remove(&column).unwrap_or_default();
            let is_usual = if part.has_versions() && is_in_words(part, kind) {
                (version != Version::Same) == both
            } else {
                version == Version::Same
            };
            if is_usual || !value.is_empty() {
                let (name, heading) = (prefix(of) + &column.heading(Language::En), column.heading(language));
                fields.push(FormField { of, kind, name, part: said(part), heading, value, used: used(part) });
            }
        }
    }
    fields
}

/// Whether what stands there is spoken to readers, and not marked by its letters alone.
fn is_in_words(part: Part, kind: Kind) -> bool {
    part != Part::Answer || matches!(kind, Kind::Short | Kind::Essay)
}

/// What a question of a kind consists of, but what the form asks for in its own way: its name, kind, topic, difficulty.
fn parts(kind: Kind, room: usize) -> Vec<Part> {
    let mut parts = vec![Part::Stem];
    if kind.has_options() {
        parts.extend(letters().take(room).map(Part::Option));
    }
    if kind == Kind::Match {
        parts.extend((1..=super::MOST_TARGETS).take(room).map(Part::Target));
    }
    if kind != Kind::Case {
        parts.push(Part::Answer);
    }
    parts.extend_from_slice(match kind {
        Kind::Blank => &[Part::Numbers, Part::Units, Part::AnyOrder],
        Kind::Numeric => &[Part::Tolerance, Part::Units],
        Kind::Short | Kind::Essay => &[Part::Points],
        _ => &[],
    });
    parts.extend([Part::Explanation, Part::Cite, Part::Regulation, Part::Article, Part::Excludes, Part::Retired]);
    parts
}

const fn used(part: Part) -> Use {
    match part {
        Part::Stem | Part::Explanation | Part::Points => Use::Lines,
        Part::Option(letter) => Use::Option(letter),
        Part::Target(number) => Use::Target(number),
        Part::Answer => Use::Answer,
        Part::AnyOrder | Part::Retired => Use::Switch,
        _ => Use::Line,
    }
}

const fn said(part: Part) -> &'static str {
    match part {
        Part::Stem => "stem",
        Part::Option(_) => "option",
        Part::Target(_) => "target",
        Part::Answer => "answer",
        Part::Numbers => "numbers",
        Part::AnyOrder => "any-order",
        Part::Tolerance => "tolerance",
        Part::Units => "units",
        Part::Points => "points",
        Part::Share => "share",
        Part::Excludes => "excludes",
        Part::Retired => "retired",
        Part::Explanation => "explanation",
        Part::Cite => "cite",
        Part::Regulation => "regulation",
        _ => "article",
    }
}

/// A form that was filled in.
#[derive(Debug, Clone)]
pub struct Filled {
    converted: Converted,
    topic: String,
    /// Names of the fields, row by row and column by column.
    names: Vec<Vec<Option<String>>>,
}

/// Reads a form: names and values of its fields, for a bank with these topics. What can't be understood is handed on as it
/// is written, to be refused at its field.
pub fn filled(
    id: &str,
    kind: Kind,
    (topic, difficulty): (&str, &str),
    typed: &[(String, String)],
    topics: &[Topic],
) -> Filled {
    let own = [
        (Column::new(Part::Id), id.to_owned()),
        (Column::new(Part::Kind), kind_word(kind, Language::En).to_owned()),
        (Column::new(Part::Topic), topic.to_owned()),
        (Column::new(Part::Difficulty), difficulty.to_owned()),
    ];
    let mut rows: Vec<Filling> = vec![own.into_iter().map(|(column, value)| (column, value, String::new())).collect()];
    for (name, value) in typed {
        let (of, heading) = belonging(name);
        let Some(column) = Column::of_heading(heading).filter(|_| of <= MOST_PARTS) else { continue };
        while rows.len() <= of {
            rows.push(vec![(Column::new(Part::OfCase), "yes".to_owned(), String::new())]);
        }
        let Some(row) = rows.get_mut(of) else { continue };
        match row.iter_mut().find(|(known, ..)| *known == column) {
            // Boxes of one name are ticked one by one.
            Some((_, known, _)) if column.part == Part::Answer => {
                known.push_str(", ");
                known.push_str(value.trim());
            }
            Some(_) => {}
            None => row.push((column, value.trim().replace("\r\n", "\n"), name.clone())),
        }
    }
    // A part in which nothing was written is none.
    let says = |(column, value, _): &(Column, String, String)| {
        !value.is_empty() && !matches!(column.part, Part::OfCase | Part::Kind)
    };
    rows.retain(|row| row.iter().any(says));
    let columns: BTreeSet<Column> = rows.iter().flatten().map(|(column, ..)| *column).collect();
    let columns: Vec<Column> = columns.into_iter().collect();
    let cell = |row: &Filling, column: &Column| {
        let known = row.iter().find(|(known, ..)| known == column);
        known.map(|(_, value, _)| guarded(value).into_owned()).unwrap_or_default()
    };
    let layout = Layout {
        header: HEADER,
        columns: columns.iter().enumerate().map(|(index, column)| (*column, index)).collect(),
        ignored: Vec::new(),
    };
    let row = |(index, row): (usize, &Filling)| SheetRow {
        number: HEADER + 1 + index,
        cells: columns.iter().map(|column| cell(row, column)).collect(),
    };
    let sheet = Sheet { name: String::new(), rows: rows.iter().enumerate().map(row).collect() };
    let mut draft = Draft {
        topics: topics.iter().map(|topic| (topic.id.clone(), json!(topic.title))).collect(),
        ..Draft::default()
    };
    read(&mut draft, &sheet, &layout);
    let named = |row: Filling| -> Vec<Option<String>> {
        let name = |column: &Column| {
            let known = row.iter().find(|(known, ..)| known == column);
            known.map(|(_, _, name)| name.clone()).filter(|name| !name.is_empty())
        };
        columns.iter().map(name).collect()
    };
    Filled {
        converted: finish(draft, &Naming { bank: "bank".to_owned(), title: None }),
        topic: topic.to_owned(),
        names: rows.into_iter().map(named).collect(),
    }
}

/// A row of the form: columns, what was typed, and the names of their fields.
type Filling = Vec<(Column, String, String)>;

/// The row in which the headings would stand.
const HEADER: usize = 1;

impl Filled {
    /// The question as a bank's file holds it.
    pub fn question(&self) -> Value {
        let mut file: Value = serde_json::from_slice(&self.converted.json).unwrap_or_default();
        let mut question = file.pointer_mut("/questions/0").map(Value::take).unwrap_or_default();
        // A file's unknown topics are gathered under one; here each is to be refused by its own name.
        if let Some(topic) = question.get_mut("topic") {
            *topic = json!(self.topic);
        }
        question
    }

    /// The mistakes of the question, whose pointers begin with `/questions/0`, each with the name of its field.
    pub fn placed(&self, problems: Vec<Problem>) -> Vec<(Option<String>, Problem)> {
        let name = |problem: &Problem| {
            let origin = problem.origin.as_ref()?;
            let (line, column) = (origin.line?, origin.column.as_ref()?);
            let row = self.names.get(line.checked_sub(HEADER + 1)?)?;
            row.iter().enumerate().find(|(index, _)| column_name(*index) == *column)?.1.clone()
        };
        self.converted.locate(problems).into_iter().map(|problem| (name(&problem), problem)).collect()
    }
}

/// Whether what a question asks speaks each language with its own words.
pub fn speaks_both(question: &Value) -> bool {
    question["stem"].is_object()
}
