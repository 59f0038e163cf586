//! What the columns of a sheet are taken for, so that somebody can say otherwise.

use super::columns::{Column, Learned, ROWS_TO_TRY, Vocabulary, main};
use super::masked;
use crate::formats::sheet::{self, Sheet, SheetRow};
use crate::rules::roster::{SheetKind, SheetProblem, looks_like_identity_number};
use crate::rules::text::fold;

/// How many cells of a column are shown as examples.
const EXAMPLES: usize = 2;
/// Most characters of an example or a heading.
const MOST_SHOWN: usize = 30;

/// A column with what it is taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// As the sheet has it.
    pub text: String,
    /// What stands below it, first cells first.
    pub examples: Vec<String>,
    /// What it is taken for: a name of [`super::meanings`]; `None`: it isn't read.
    pub meaning: Option<&'static str>,
    /// What it would be taken for if nothing had been said of it.
    pub usual: Option<&'static str>,
}

/// The heading row of a sheet, and rows that could be it instead.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Overview {
    /// Its number in the file.
    pub row: usize,
    /// Its columns that bear a heading.
    pub headings: Vec<Heading>,
    /// Number and content of the first rows.
    pub rows: Vec<(usize, String)>,
}

/// Looks at a sheet. The heading row is the one of number `row`, or else the one that says most.
pub fn overview(
    bytes: &[u8],
    kind: SheetKind,
    learned: &Learned,
    row: Option<usize>,
) -> Result<Overview, SheetProblem> {
    let sheets = sheet::read(bytes)?;
    let vocabulary = Vocabulary::new(kind, learned);
    // Of several sheets the one whose heading says most, as when they are read.
    let says = |sheet: &&Sheet| first(&sheet.rows).map(|row| vocabulary.understand(row).width()).max().unwrap_or(0);
    let Some(sheet) = sheets.iter().rev().max_by_key(says) else { return Ok(Overview::default()) };
    let chosen = sheet.rows.iter().position(|one| Some(one.number) == row);
    let best = || {
        let width = |row: &SheetRow| (vocabulary.understand(row).width(), full(row));
        let rows = first(&sheet.rows).enumerate().collect::<Vec<_>>();
        rows.into_iter().rev().max_by_key(|(_, row)| width(row)).map_or(0, |(index, _)| index)
    };
    let index = chosen.unwrap_or_else(best);
    let Some(heading) = sheet.rows.get(index) else { return Ok(Overview::default()) };
    let (header, plain) =
        (vocabulary.understand(heading), Vocabulary::new(kind, &Learned::default()).understand(heading));
    let below = sheet.rows.get(index + 1..).unwrap_or_default();
    let column = |(index, text): (usize, &String)| {
        let meaning = header.meaning(index);
        Heading {
            text: short(text),
            examples: examples(below, index, meaning),
            meaning: meaning.map(main),
            usual: plain.meaning(index).map(main),
        }
    };
    let named = heading.cells.iter().enumerate().filter(|(_, text)| !text.is_empty());
    let line = |row: &SheetRow| {
        let cells = row.cells.iter().filter(|cell| !cell.is_empty()).take(6).map(|cell| shown(cell));
        (row.number, cells.collect::<Vec<_>>().join(" | "))
    };
    Ok(Overview {
        row: heading.number,
        headings: named.map(column).collect(),
        rows: first(&sheet.rows).map(line).collect(),
    })
}

fn first(rows: &[SheetRow]) -> impl Iterator<Item = &SheetRow> {
    rows.iter().take(ROWS_TO_TRY)
}

fn full(row: &SheetRow) -> usize {
    row.cells.iter().filter(|cell| !cell.is_empty()).count()
}

fn examples(rows: &[SheetRow], index: usize, meaning: Option<Column>) -> Vec<String> {
    let cells = rows.iter().map(|row| row.cell(index)).filter(|cell| !cell.is_empty());
    cells
        .take(EXAMPLES)
        .map(|cell| if meaning == Some(Column::Password) { "••••".to_owned() } else { shown(cell) })
        .collect()
}

/// A cell as it may be shown: never a whole identity number.
fn shown(cell: &str) -> String {
    if looks_like_identity_number(&fold(cell)) { masked(cell) } else { short(cell) }
}

fn short(text: &str) -> String {
    text.chars().take(MOST_SHOWN).collect()
}
