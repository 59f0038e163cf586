//! Questions written one under the other, as people write them → [`Draft`].
//!
//! The list is cut into questions here; what their keys, brackets and kinds mean is decided where rows of sheets are
//! read, in one place for both. A line that belongs nowhere is told, never dropped in silence.

mod answers;
mod keys;
mod marks;
mod questions;

use super::sheet::columns::Understood;
use super::sheet::{Field, Hints, declare_topics, options, row};
use super::{Draft, Origin, Remark};
use crate::formats::sheet::{Sheet, SheetRow};
use questions::Found;
use serde_json::json;

/// A line of a text or a paragraph of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1.
    pub number: usize,
    /// What it says, trimmed; never empty.
    pub text: String,
}

/// Reads the questions of a plain text.
pub fn read_text(text: &str) -> Draft {
    let lines = (1..).zip(text.lines().map(str::trim)).filter(|(_, line)| !line.is_empty());
    read(lines.map(|(number, text)| Line { number, text: text.to_owned() }).collect())
}

/// Reads the questions of a list.
pub fn read(lines: Vec<Line>) -> Draft {
    let list = questions::read(lines);
    let mut draft = Draft { title: list.title.map(|title| json!(title)), ..Draft::default() };
    let rows = list.questions.iter().enumerate().map(|(index, found)| row(index + 1, found)).collect();
    let sheet = Sheet { name: String::new(), rows };
    row::read_sheet(&mut draft, (&sheet, &columns()), &Hints::default());
    let line = |origin: &Origin| {
        let found = list.questions.get(origin.line?.checked_sub(1)?)?;
        Some((at(found.line), found))
    };
    for question in &mut draft.questions {
        let Some((origin, found)) = line(&question.origin) else { continue };
        question.origin = origin;
        question.origins = found.places.iter().map(|(field, line)| (field.pointer(), at(*line))).collect();
    }
    for remark in &mut draft.remarks {
        if let Some((origin, _)) = line(&remark.origin) {
            remark.origin = origin;
        }
    }
    draft.remarks.extend(list.remarks);
    draft.remarks.sort_by_key(|remark| remark.origin.line);
    declare_topics(&mut draft);
    draft
}

fn at(line: usize) -> Origin {
    Origin { line: Some(line), ..Origin::default() }
}

fn remark(line: usize, code: &'static str, found: &str) -> Remark {
    Remark { origin: at(line), code, found: found.to_owned() }
}

const FIELDS: [Field; 7] =
    [Field::Stem, Field::Kind, Field::Answer, Field::Explanation, Field::Difficulty, Field::Topic, Field::Cite];

/// The columns of a sheet that holds a list.
fn columns() -> Understood {
    let fields = FIELDS.into_iter().chain(options::letters().map(Field::Option)).zip(0..).collect();
    Understood {
        sheet: String::new(),
        header: Some(0),
        headings: Vec::new(),
        first: Vec::new(),
        fields,
        doubtful: Vec::new(),
    }
}

fn row(number: usize, found: &Found) -> SheetRow {
    let cells = FIELDS.iter().map(|field| found.text(*field).trim().to_owned());
    SheetRow { number, cells: cells.chain(found.options.iter().cloned()).collect() }
}

#[cfg(test)]
mod tests;
