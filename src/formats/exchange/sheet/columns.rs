//! Which column of a sheet means what.

use super::options::letters;
use crate::formats::sheet::{Sheet, SheetRow};
use crate::rules::text::fold;
use serde::Serialize;
use std::str::FromStr;

/// The rows in which the heading is looked for.
const ROWS_TO_TRY: usize = 20;

/// What a column of a sheet of questions can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The question itself.
    Stem,
    /// Its kind.
    Kind,
    /// All of its options.
    Options,
    /// The option of this letter.
    Option(char),
    /// What is correct.
    Answer,
    /// Why.
    Explanation,
    /// How hard it is.
    Difficulty,
    /// What it is about.
    Topic,
    /// What it rests on.
    Cite,
}

const HEADINGS: [(Field, &str); 8] = [
    (
        Field::Stem,
        "题目 题干 题目内容 题目描述 题目名称 试题 试题内容 试题题干 试题题目 试题名称 问题 问题内容 问题描述 题目题干 题干内容 \
         stem question questiontext questionstem title",
    ),
    (
        Field::Kind,
        "题型 类型 题目类型 试题类型 问题类型 题目题型 试题题型 题类 题目种类 题目类别 kind type questiontype",
    ),
    (Field::Options, "选项 选项内容 题目选项 试题选项 备选项 备选答案 可选项 候选项 答案选项 options choices"),
    (
        Field::Answer,
        "答案 正确答案 标准答案 参考答案 正确选项 试题答案 题目答案 答案内容 正确项 answer answers correct key correctanswer \
         rightanswer",
    ),
    (
        Field::Explanation,
        "解析 答案解析 试题解析 题目解析 解答 解释 答题解析 题解 试题详解 详解 答案说明 explanation analysis feedback",
    ),
    (Field::Difficulty, "难度 难易度 难易程度 难度系数 难度等级 试题难度 题目难度 难易 difficulty level"),
    (
        Field::Topic,
        "知识点 章节 分类 科目 所属章节 所属分类 题目分类 试题分类 考点 知识模块 模块 专题 类别 所属知识点 章 topic category chapter \
         subject",
    ),
    (
        Field::Cite,
        "依据 条款 出处 来源 命题依据 出题依据 答案依据 题目依据 题目来源 试题来源 法规依据 cite source reference basis",
    ),
];

impl Field {
    /// What a heading means.
    pub fn of_heading(heading: &str) -> Option<Self> {
        let plain = plain(heading);
        let named = HEADINGS.iter().find(|(_, words)| words.split_whitespace().any(|word| word == plain));
        named.map(|(field, _)| *field).or_else(|| option_letter(&plain).map(Self::Option))
    }

    /// A heading that means it.
    fn word(self) -> String {
        if let Self::Option(letter) = self {
            return format!("选项{letter}");
        }
        let words = HEADINGS.iter().find(|(other, _)| *other == self).map(|(_, words)| *words);
        words.and_then(|words| words.split_whitespace().nth(1)).unwrap_or_default().to_owned()
    }

    /// Where it stands in a question of a bank file.
    pub fn pointer(self) -> String {
        match self {
            Self::Stem => "/stem".to_owned(),
            Self::Kind => "/kind".to_owned(),
            Self::Options => "/options".to_owned(),
            Self::Option(letter) => format!("/options/{letter}"),
            Self::Answer => "/answer".to_owned(),
            Self::Explanation => "/explanation".to_owned(),
            Self::Difficulty => "/difficulty".to_owned(),
            Self::Topic => "/topic".to_owned(),
            Self::Cite => "/cite".to_owned(),
        }
    }
}

/// A heading without width, case, spaces, notes in brackets and marks.
fn plain(heading: &str) -> String {
    let folded = fold(heading);
    let before_note = folded.split(['(', '[', '【']).next().unwrap_or_default();
    let is_mark = |c: char| c.is_whitespace() || matches!(c, '*' | ':' | '.' | '、' | '_' | '-');
    before_note.chars().filter(|c| !is_mark(*c)).collect()
}

/// The letter of `选项a`, `a选项`, `答案a`, `选项1`, `optiona` or `a`.
fn option_letter(plain: &str) -> Option<char> {
    let words = ["备选项", "备选答案", "选项", "option", "choice"];
    let rest = words.iter().find_map(|word| plain.strip_prefix(word).or_else(|| plain.strip_suffix(word)));
    let is_bare = rest.is_none();
    let rest = rest.unwrap_or(plain);
    if let Ok(number) = rest.parse::<usize>() {
        return if is_bare { None } else { letters().nth(number.checked_sub(1)?) };
    }
    let mut characters = rest.chars();
    let letter = characters.next()?.to_ascii_uppercase();
    (characters.next().is_none() && letters().contains(&letter)).then_some(letter)
}

/// Columns that a person named: `题干=C,答案=F`, and `header=3` for the heading's row (0: there is none).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    /// The row of the heading, from 1; 0 where every row is a question.
    pub header: Option<usize>,
    /// Which column (from 0) holds what.
    pub fields: Vec<(Field, usize)>,
}

impl std::fmt::Display for Columns {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let header = self.header.map(|row| format!("header={row}"));
        let fields = self.fields.iter().map(|(field, column)| format!("{}={}", field.word(), column_name(*column)));
        formatter.write_str(&header.into_iter().chain(fields).collect::<Vec<_>>().join(","))
    }
}

/// A part of a list of columns that names none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadColumns(pub String);

impl FromStr for Columns {
    type Err = BadColumns;

    fn from_str(text: &str) -> Result<Self, BadColumns> {
        let mut columns = Self::default();
        for part in text.split([',', '，']).map(str::trim).filter(|part| !part.is_empty()) {
            let bad = || BadColumns(part.to_owned());
            let (heading, place) = part.split_once(['=', '＝']).ok_or_else(bad)?;
            if fold(heading) == "header" {
                columns.header = Some(fold(place).parse().map_err(|_| bad())?);
            } else {
                let field = Field::of_heading(heading).ok_or_else(bad)?;
                columns.fields.push((field, column_index(place).ok_or_else(bad)?));
            }
        }
        Ok(columns)
    }
}

/// A column's number from 0: `A` is 0, `AA` is 26.
pub(super) fn column_index(name: &str) -> Option<usize> {
    let name = fold(name);
    if !(1..=3).contains(&name.len()) {
        return None;
    }
    let number = name.bytes().try_fold(0, |number, byte| {
        let digit = byte.checked_sub(b'a').filter(|digit| *digit < 26)?;
        Some(number * 26 + usize::from(digit) + 1)
    })?;
    Some(number - 1)
}

/// A column as spreadsheets name it.
pub(super) fn column_name(mut index: usize) -> String {
    let mut name = String::new();
    loop {
        name.insert(0, letters().nth(index % 26).unwrap_or('A'));
        if index < 26 {
            return name;
        }
        index = index / 26 - 1;
    }
}

/// What was understood of a sheet's columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Understood {
    /// The sheet's name; empty for CSV.
    pub sheet: String,
    /// The row of the heading, if one was found; 0 where a person says that there is none.
    pub header: Option<usize>,
    /// The headings, by column.
    pub headings: Vec<String>,
    /// The cells of the first row, by which columns are told where there are no headings.
    pub first: Vec<String>,
    /// Which column (from 0) holds what.
    pub fields: Vec<(Field, usize)>,
    /// What several columns could hold.
    pub doubtful: Vec<Field>,
}

impl Understood {
    /// Whether there is enough to read questions by.
    pub fn is_enough(&self) -> bool {
        self.header.is_some() && self.column(Field::Stem).is_some()
    }

    /// The headings, or the first row, with the letters of their columns: `A=序号, B=题目`.
    pub fn lettered(&self) -> String {
        let row = if self.headings.is_empty() { &self.first } else { &self.headings };
        let named = row.iter().enumerate().filter(|(_, heading)| !heading.is_empty());
        named.map(|(column, heading)| format!("{}={heading}", column_name(column))).collect::<Vec<_>>().join(", ")
    }

    /// The headings by which to name what is missing, or what several columns could hold: `题干, 答案`.
    pub fn wanted(&self) -> String {
        let asked = if self.doubtful.is_empty() { &[Field::Stem, Field::Answer][..] } else { &self.doubtful };
        asked.iter().map(|field| field.word()).collect::<Vec<_>>().join(", ")
    }

    /// Whether the options stand in the stem.
    pub(super) fn has_options_in_stem(&self) -> bool {
        self.column(Field::Options).is_some_and(|column| self.column(Field::Stem) == Some(column))
    }

    /// Whether any column holds options.
    pub(super) fn has_options(&self) -> bool {
        self.fields.iter().any(|(field, _)| matches!(field, Field::Options | Field::Option(_)))
    }

    /// The column of a field.
    pub fn column(&self, wanted: Field) -> Option<usize> {
        self.fields.iter().find(|(field, _)| *field == wanted).map(|(_, column)| *column)
    }
}

pub(super) fn understand(sheet: &Sheet, named: &Columns) -> Understood {
    let header = match named.header {
        Some(number) => sheet.rows.iter().find(|row| row.number == number),
        None => sheet.rows.iter().take(ROWS_TO_TRY).filter(|row| is_heading(row)).max_by_key(|row| known(row)),
    };
    let headings = header.map(|row| row.cells.clone()).unwrap_or_default();
    let (fields, doubtful) = assign(&headings, named);
    let number = header.map(|row| row.number).or(named.header.filter(|number| *number == 0));
    let first = sheet.rows.first().map(|row| row.cells.clone()).unwrap_or_default();
    Understood { sheet: sheet.name.clone(), header: number, headings, first, fields, doubtful }
}

fn known(row: &SheetRow) -> usize {
    row.cells.iter().filter(|cell| Field::of_heading(cell).is_some()).count()
}

/// A row that names the question and something else.
fn is_heading(row: &SheetRow) -> bool {
    known(row) >= 2 && row.cells.iter().any(|cell| Field::of_heading(cell) == Some(Field::Stem))
}

/// The columns of the headings, where nobody named others; and the fields that several of them claim.
fn assign(headings: &[String], named: &Columns) -> (Vec<(Field, usize)>, Vec<Field>) {
    let mut fields = named.fields.clone();
    let mut doubtful = Vec::new();
    for (column, heading) in headings.iter().enumerate() {
        let Some(field) = Field::of_heading(heading) else { continue };
        // Options may stand in the stem.
        let is_shared = |other: Field| other == Field::Options && field == Field::Stem;
        let is_named =
            named.fields.iter().any(|(other, place)| *other == field || *place == column && !is_shared(*other));
        if is_named {
            continue;
        }
        if fields.iter().any(|(other, _)| *other == field) {
            doubtful.push(field);
        } else {
            fields.push((field, column));
        }
    }
    spread_options(&mut fields, headings);
    (fields, doubtful)
}

/// `选项` over several columns, merged or with empty headings behind it, names one option each.
fn spread_options(fields: &mut Vec<(Field, usize)>, headings: &[String]) {
    let Some((place, column)) = fields
        .iter()
        .enumerate()
        .find_map(|(place, (field, column))| (*field == Field::Options).then_some((place, *column)))
    else {
        return;
    };
    if fields.contains(&(Field::Stem, column)) {
        return;
    }
    let behind = headings.iter().skip(column + 1).take_while(|heading| heading.is_empty()).count();
    if behind > 0 {
        fields.remove(place);
        let columns = column..=column + behind;
        fields.extend(letters().zip(columns).map(|(letter, column)| (Field::Option(letter), column)));
    }
}
