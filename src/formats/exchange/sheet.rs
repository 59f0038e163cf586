//! Sheets of questions as other systems and people write them → [`Draft`]; and our own, there and back ([`own`]).
//!
//! Every sheet of the file that has a heading row is read. A cell that can't be understood is handed on as it is
//! written, so that the bank file's own reader refuses it at its place: nothing is guessed in silence. Which columns
//! mean what, which code is which kind and whether options stand in the stem is asked for, once per file, where the
//! sheet doesn't say it.

mod ask;
pub(super) mod columns;
pub(super) mod gaps;
pub(super) mod key;
pub(super) mod kinds;
mod marked;
pub(super) mod options;
pub mod own;
pub(super) mod row;

pub use columns::{BadColumns, Columns, Field, Understood};
pub use kinds::{BadKinds, Kinds};
pub use marked::marked;

use super::{Draft, Origin, Remark};
use crate::formats::sheet::{self, Sheet};
use crate::rules::bank::Problem;
use crate::rules::roster::SheetProblem;
use serde_json::Value;

/// What a person says of a sheet that doesn't say it itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// Which column is what.
    pub columns: Columns,
    /// Which code is which kind.
    pub kinds: Kinds,
}

impl Hints {
    /// Whether nothing was said.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// What sheets are known by when the same sort of file comes again: their headings, or their first rows where they have
/// none. Nothing of a file that can't be read, or of a sheet of our own, of which nothing need be said.
pub fn heading(bytes: &[u8]) -> Option<String> {
    let sheets = sheet::read(bytes).ok()?;
    if sheets.iter().any(|sheet| own::layout(sheet).is_some()) {
        return None;
    }
    let row = |sheet: &Sheet| {
        let understood = columns::understand(sheet, &Columns::default());
        let row = if understood.headings.is_empty() { understood.first } else { understood.headings };
        row.into_iter().filter(|cell| !own::is_mistakes_heading(cell)).collect::<Vec<_>>().join("\u{1f}")
    };
    Some(sheets.iter().map(row).collect::<Vec<_>>().join("\u{1e}"))
}

/// Why no draft was made of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// The file can't be read at all.
    File(SheetProblem),
    /// The columns must be named: what was understood of each sheet.
    Ask(Vec<Understood>),
    /// Something else must be said first.
    Unclear(Vec<Problem>),
}

/// Reads the questions of an XLSX or CSV file.
pub fn read(bytes: &[u8], hints: &Hints) -> Result<Draft, Unread> {
    let named = &hints.columns;
    let sheets = sheet::read(bytes).map_err(Unread::File)?;
    if *named == Columns::default()
        && let Some(draft) = read_own(&sheets)
    {
        return Ok(draft);
    }
    let understood: Vec<Understood> = sheets.iter().map(|sheet| columns::understand(sheet, named)).collect();
    let is_unclear = understood.iter().any(|sheet| !sheet.doubtful.is_empty());
    if is_unclear || !understood.iter().any(Understood::is_enough) {
        return Err(Unread::Ask(understood));
    }
    let unclear: Vec<Problem> =
        sheets.iter().zip(&understood).flat_map(|(sheet, understood)| ask::unclear(sheet, understood, hints)).collect();
    if !unclear.is_empty() {
        return Err(Unread::Unclear(unclear));
    }
    let mut draft = Draft::default();
    for (sheet, understood) in sheets.iter().zip(&understood) {
        if understood.is_enough() {
            row::read_sheet(&mut draft, (sheet, understood), hints);
        } else {
            skip(&mut draft, sheet);
        }
    }
    declare_topics(&mut draft);
    Ok(draft)
}

/// Reads the sheets of our own among these; `None` where there is none.
fn read_own(sheets: &[Sheet]) -> Option<Draft> {
    let layouts: Vec<Option<own::Layout>> = sheets.iter().map(own::layout).collect();
    layouts.iter().any(Option::is_some).then(|| {
        let mut draft = Draft::default();
        for (sheet, layout) in sheets.iter().zip(layouts) {
            match layout {
                Some(layout) => own::read(&mut draft, sheet, &layout),
                None if own::is_help(sheet) => {}
                None => skip(&mut draft, sheet),
            }
        }
        declare_topics(&mut draft);
        draft
    })
}

fn skip(draft: &mut Draft, sheet: &Sheet) {
    let origin = Origin { sheet: Some(sheet.name.clone()), ..Origin::default() };
    draft.remarks.push(Remark { origin, code: "sheet-skipped", found: sheet.name.clone() });
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
