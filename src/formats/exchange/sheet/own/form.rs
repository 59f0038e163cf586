//! One question as the fields of a form: the columns of our own sheet, read by the same rules.

use super::cells::guarded;
use super::write::of_question;
use super::{Column, Layout, Part, Version, kind_word, read};
use crate::formats::exchange::Draft;
use crate::formats::exchange::finish::{Converted, Naming, finish};
use crate::formats::exchange::sheet::columns::column_name;
use crate::formats::exchange::sheet::options::letters;
use crate::formats::sheet::{Sheet, SheetRow};
use crate::rules::bank::{Problem, Topic};
use crate::rules::question::{Kind, Question};
use crate::rules::text::{Language, Text};
use serde_json::{Value, json};

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

/// The fields of a question of a kind, as it is or empty; in `both` languages there is a field for each.
pub fn fields(question: Option<&Question>, kind: Kind, both: bool, language: Language) -> Vec<FormField> {
    let mut cells = question.map(|question| of_question(question, language)).unwrap_or_default();
    let filled = question.map_or(0, |question| question.options.len().max(question.targets.len()) + MORE);
    let room = filled.max(ROOM);
    let mut fields = Vec::new();
    for part in parts(kind, room) {
        for version in Version::ALL {
            let column = Column { part, version };
            let value = cells.remove(&column).unwrap_or_default();
            let is_usual = if part.has_versions() && is_in_words(part, kind) {
                (version != Version::Same) == both
            } else {
                version == Version::Same
            };
            if is_usual || !value.is_empty() {
                let (name, heading) = (column.heading(Language::En), column.heading(language));
                fields.push(FormField { name, part: said(part), heading, value, used: used(part) });
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
    parts.push(Part::Answer);
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
    names: Vec<String>,
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
    let others = typed.iter().filter_map(|(name, value)| Some((Column::of_heading(name)?, value.trim().to_owned())));
    let mut columns: Vec<(Column, String)> = Vec::new();
    for (column, value) in own.into_iter().chain(others) {
        match columns.iter_mut().find(|(known, _)| *known == column) {
            // Boxes of one name are ticked one by one.
            Some((_, known)) if column.part == Part::Answer => {
                known.push_str(", ");
                known.push_str(&value);
            }
            Some(_) => {}
            None => columns.push((column, value)),
        }
    }
    let layout = Layout {
        header: 1,
        columns: columns.iter().enumerate().map(|(index, (column, _))| (*column, index)).collect(),
        ignored: Vec::new(),
    };
    let names = columns.iter().map(|(column, _)| column.heading(Language::En)).collect();
    let row =
        SheetRow { number: 2, cells: columns.into_iter().map(|(_, value)| guarded(&value).into_owned()).collect() };
    let mut draft = Draft {
        topics: topics.iter().map(|topic| (topic.id.clone(), json!(topic.title))).collect(),
        ..Draft::default()
    };
    read(&mut draft, &Sheet { name: String::new(), rows: vec![row] }, &layout);
    Filled {
        converted: finish(draft, &Naming { bank: "bank".to_owned(), title: None }),
        topic: topic.to_owned(),
        names,
    }
}

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
            let column = problem.origin.as_ref()?.column.clone()?;
            self.names.iter().enumerate().find(|(index, _)| column_name(*index) == column).map(|(_, name)| name.clone())
        };
        self.converted.locate(problems).into_iter().map(|problem| (name(&problem), problem)).collect()
    }
}

/// Whether a text of a question speaks each language with its own words.
pub fn speaks_both(question: &Question) -> bool {
    !matches!(question.stem, Text::Same(_))
}
