//! Sheets of questions as other systems and people write them → [`Draft`].
//!
//! Every sheet of the file that has a heading row is read. A cell that can't be understood is handed on as it is
//! written, so that the bank file's own reader refuses it at its place: nothing is guessed in silence. Which columns
//! mean what is asked for, once per file, where the headings don't say it.

pub(super) mod columns;
pub(super) mod gaps;
pub(super) mod key;
pub(super) mod kinds;
pub(super) mod options;
pub(super) mod row;

pub use columns::{BadColumns, Columns, Field, Understood};

use super::{Draft, Origin, Remark};
use crate::formats::sheet;
use crate::rules::roster::SheetProblem;
use serde_json::Value;

/// Why no draft was made of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// The file can't be read at all.
    File(SheetProblem),
    /// The columns must be named: what was understood of each sheet.
    Ask(Vec<Understood>),
}

/// Reads the questions of an XLSX or CSV file; `named` are the columns that a person named.
pub fn read(bytes: &[u8], named: &Columns) -> Result<Draft, Unread> {
    let sheets = sheet::read(bytes).map_err(Unread::File)?;
    let understood: Vec<Understood> = sheets.iter().map(|sheet| columns::understand(sheet, named)).collect();
    let is_unclear = understood.iter().any(|sheet| !sheet.doubtful.is_empty());
    if is_unclear || !understood.iter().any(Understood::is_enough) {
        return Err(Unread::Ask(understood));
    }
    let mut draft = Draft::default();
    for (sheet, understood) in sheets.iter().zip(&understood) {
        if understood.is_enough() {
            row::read_sheet(&mut draft, sheet, understood);
        } else {
            let origin = Origin { sheet: Some(sheet.name.clone()), ..Origin::default() };
            draft.remarks.push(Remark { origin, code: "sheet-skipped", found: sheet.name.clone() });
        }
    }
    declare_topics(&mut draft);
    Ok(draft)
}

/// Declares the topics that questions name, in the order in which they appear.
pub(super) fn declare_topics(draft: &mut Draft) {
    let mut seen = std::collections::HashSet::new();
    for question in &draft.questions {
        if let Some(Value::String(topic)) = question.fields.get("topic")
            && seen.insert(topic.as_str())
        {
            draft.topics.push((topic.clone(), Value::String(topic.clone())));
        }
    }
}

#[cfg(test)]
mod tests;
