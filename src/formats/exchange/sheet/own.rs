//! Our own sheet of questions: what is written is read back without loss, and people can fill it in.
//!
//! It is known by the heading of its first column and read by its own rules, which guess nothing. Every text has up to
//! three columns: one for readers of all languages, one for each of the two. Rows whose kind is `题库` or `知识点` name
//! the bank and its topics, so that a CSV file holds them as well.

mod cells;
pub mod form;
mod read;
mod rows;
mod template;
mod write;

pub(super) use read::read;
pub use template::template;
pub use write::write;

use super::kinds;
use super::options::letters;
use crate::formats::sheet::{Sheet, SheetRow};
use crate::rules::question::Kind;
use crate::rules::text::{Language, fold};

/// The rows in which the heading is looked for.
const ROWS_TO_TRY: usize = 20;
/// Most targets of a match.
const MOST_TARGETS: u8 = 40;
/// What the names of sheets end with that hold no questions and are no one's mistake.
const OURS: &str = "(kaohe)";

/// What a column holds, in the order in which they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Part {
    Id,
    Kind,
    /// Whether the row is a part of the case above it.
    OfCase,
    Share,
    Topic,
    Difficulty,
    Stem,
    Option(char),
    Target(u8),
    Answer,
    Points,
    Tolerance,
    Units,
    Numbers,
    AnyOrder,
    Explanation,
    Cite,
    Regulation,
    Article,
    Excludes,
    Retired,
    /// What was wrong, in a sheet that was given back; says nothing.
    Mistakes,
}

/// Parts but options and targets, with their headings in Chinese and English.
const HEADINGS: [(Part, &str, &str); 20] = [
    (Part::Id, "题号（Kaohe）", "id (Kaohe)"),
    (Part::Kind, "题型", "kind"),
    (Part::OfCase, "材料题小题", "part of case"),
    (Part::Share, "占比", "share"),
    (Part::Topic, "知识点", "topic"),
    (Part::Difficulty, "难度", "difficulty"),
    (Part::Stem, "题干", "stem"),
    (Part::Answer, "答案", "answer"),
    (Part::Points, "得分点", "marking points"),
    (Part::Tolerance, "误差", "tolerance"),
    (Part::Units, "单位", "units"),
    (Part::Numbers, "数字空", "number gaps"),
    (Part::AnyOrder, "各空可换序", "any order"),
    (Part::Explanation, "解析", "explanation"),
    (Part::Cite, "依据", "cite"),
    (Part::Regulation, "法规", "regulation"),
    (Part::Article, "条", "article"),
    (Part::Excludes, "互斥题", "excludes"),
    (Part::Retired, "停用", "retired"),
    (Part::Mistakes, MISTAKES.0, MISTAKES.1),
];
const MISTAKES: (&str, &str) = ("错误（Kaohe）", "mistakes (Kaohe)");
const OPTION: (&str, &str) = ("选项", "option ");
const TARGET: (&str, &str) = ("配对项", "target ");

/// The readers a column speaks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Version {
    Same,
    Zh,
    En,
}

impl Version {
    const ALL: [Self; 3] = [Self::Same, Self::Zh, Self::En];

    const fn suffix(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Same, _) => "",
            (Self::Zh, Language::Zh) => "（中文）",
            (Self::En, Language::Zh) => "（英文）",
            (Self::Zh, Language::En) => " (zh)",
            (Self::En, Language::En) => " (en)",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Column {
    part: Part,
    version: Version,
}

const fn in_language((zh, en): (&'static str, &'static str), language: Language) -> &'static str {
    match language {
        Language::Zh => zh,
        Language::En => en,
    }
}

/// The heading of the column that says what is wrong with each row of a sheet given back.
pub const fn mistakes_heading(language: Language) -> &'static str {
    in_language(MISTAKES, language)
}

/// Whether a heading is the one of that column.
pub fn is_mistakes_heading(heading: &str) -> bool {
    Language::ALL.iter().any(|language| plain(mistakes_heading(*language)) == plain(heading))
}

impl Part {
    const fn has_versions(self) -> bool {
        matches!(
            self,
            Self::Stem
                | Self::Option(_)
                | Self::Target(_)
                | Self::Answer
                | Self::Points
                | Self::Explanation
                | Self::Cite
        )
    }

    fn of(plain: &str) -> Option<Self> {
        let known = HEADINGS.iter().find(|(_, zh, en)| self::plain(zh) == plain || self::plain(en) == plain);
        let behind = |words: (&str, &str)| {
            [words.0, words.1].into_iter().find_map(|word| plain.strip_prefix(&self::plain(word)))
        };
        let option = || {
            let mut rest = behind(OPTION)?.chars();
            let letter = rest.next()?.to_ascii_uppercase();
            (rest.next().is_none() && letters().contains(&letter)).then_some(Self::Option(letter))
        };
        let target = || {
            let number = behind(TARGET)?.parse::<u8>().ok()?;
            (1..=MOST_TARGETS).contains(&number).then_some(Self::Target(number))
        };
        known.map(|(part, ..)| *part).or_else(option).or_else(target)
    }

    /// Where it stands in a question of a bank file.
    fn pointer(self) -> String {
        match self {
            Self::Id => "/id".to_owned(),
            Self::Kind => "/kind".to_owned(),
            Self::OfCase => "/parts".to_owned(),
            Self::Share => "/share".to_owned(),
            Self::Topic => "/topic".to_owned(),
            Self::Difficulty => "/difficulty".to_owned(),
            Self::Stem => "/stem".to_owned(),
            Self::Option(letter) => format!("/options/{letter}"),
            Self::Target(number) => format!("/targets/{number}"),
            Self::Answer | Self::Numbers => "/answer".to_owned(),
            Self::Points => "/answer/points".to_owned(),
            Self::Tolerance => "/answer/tolerance".to_owned(),
            Self::Units => "/answer/units".to_owned(),
            Self::AnyOrder => "/any_order".to_owned(),
            Self::Explanation => "/explanation".to_owned(),
            Self::Cite => "/cite".to_owned(),
            Self::Regulation => "/cite/regulation".to_owned(),
            Self::Article => "/cite/article".to_owned(),
            Self::Excludes => "/excludes".to_owned(),
            Self::Retired => "/retired".to_owned(),
            Self::Mistakes => String::new(),
        }
    }
}

impl Column {
    const fn new(part: Part) -> Self {
        Self { part, version: Version::Same }
    }

    fn heading(self, language: Language) -> String {
        let word = match self.part {
            Part::Option(letter) => format!("{}{letter}", in_language(OPTION, language)),
            Part::Target(number) => format!("{}{number}", in_language(TARGET, language)),
            part => {
                let words = HEADINGS.iter().find(|(known, ..)| *known == part);
                words.map(|(_, zh, en)| in_language((zh, en), language)).unwrap_or_default().to_owned()
            }
        };
        word + self.version.suffix(language)
    }

    fn of_heading(heading: &str) -> Option<Self> {
        let plain = plain(heading);
        Version::ALL.into_iter().rev().find_map(|version| {
            let rests = Language::ALL.map(|language| plain.strip_suffix(&self::plain(version.suffix(language))));
            let part = rests.into_iter().flatten().find_map(Part::of)?;
            (version == Version::Same || part.has_versions()).then_some(Self { part, version })
        })
    }
}

/// A heading without width, case and spaces.
fn plain(heading: &str) -> String {
    fold(heading).chars().filter(|c| !c.is_whitespace()).collect()
}

/// Which columns of a sheet hold what.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// The row of the heading.
    pub(super) header: usize,
    columns: Vec<(Column, usize)>,
    ignored: Vec<(usize, String)>,
}

/// How a sheet of our own is laid out; `None` of any other.
pub(super) fn layout(sheet: &Sheet) -> Option<Layout> {
    if is_help(sheet) {
        return None;
    }
    let is_heading =
        |row: &&SheetRow| row.cells.iter().any(|cell| Column::of_heading(cell) == Some(Column::new(Part::Id)));
    let row = sheet.rows.iter().take(ROWS_TO_TRY).find(is_heading)?;
    let mut layout = Layout { header: row.number, columns: Vec::new(), ignored: Vec::new() };
    for (index, heading) in row.cells.iter().enumerate() {
        match Column::of_heading(heading) {
            Some(column) if !layout.columns.iter().any(|(known, _)| *known == column) => {
                layout.columns.push((column, index));
            }
            _ if heading.is_empty() => {}
            _ => layout.ignored.push((index, heading.clone())),
        }
    }
    Some(layout)
}

/// Whether a sheet is one of ours that holds no questions.
pub(super) fn is_help(sheet: &Sheet) -> bool {
    plain(&sheet.name).ends_with(OURS)
}

/// A row that isn't a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Other {
    Bank,
    Topic,
}

impl Other {
    const ALL: [Self; 2] = [Self::Bank, Self::Topic];

    const fn word(self, language: Language) -> &'static str {
        match self {
            Self::Bank => in_language(("题库", "bank"), language),
            Self::Topic => in_language(("知识点", "topic"), language),
        }
    }

    fn of(word: &str) -> Option<Self> {
        let word = plain(word);
        Self::ALL.into_iter().find(|other| Language::ALL.iter().any(|language| other.word(*language) == word))
    }
}

/// How a kind is called in a sheet.
const fn kind_word(kind: Kind, language: Language) -> &'static str {
    let zh = match kind {
        Kind::Single => "单选题",
        Kind::Multiple => "多选题",
        Kind::TrueFalse => "判断题",
        Kind::Blank => "填空题",
        Kind::Order => "排序题",
        Kind::Match => "配对题",
        Kind::Numeric => "计算题",
        Kind::Short => "简答题",
        Kind::Essay => "论述题",
        Kind::Case => "材料分析题",
    };
    in_language((zh, kind.name()), language)
}

/// The kind that a cell of our own sheet names: by our words first, as the pages call them too, then by those of others.
fn kind_of(word: &str) -> Option<Kind> {
    let bare = |word: &str| plain(word).trim_end_matches('题').to_owned();
    let is_called = |kind: &Kind| Language::ALL.iter().any(|language| bare(kind_word(*kind, *language)) == bare(word));
    Kind::ALL.into_iter().find(is_called).or_else(|| kinds::kind(word))
}

#[cfg(test)]
mod tests;
