//! A sheet given back with its mistakes: faulty cells in colour, and what is wrong in a last column.

use super::Columns;
use super::columns::{column_index, understand};
use super::own::{is_mistakes_heading, layout, mistakes_heading};
use crate::formats::exchange::{Refused, Unwritten};
use crate::formats::sheet::{self, Sheet, Table, USUAL_WIDTH, write_xlsx};
use crate::rules::bank::Origin;
use crate::rules::text::Language;

/// The width of the column that says what is wrong.
const MISTAKES_WIDTH: u8 = 60;

/// The sheets of a file as a workbook, with `faults` in words at their places.
pub fn marked(
    bytes: &[u8],
    named: &Columns,
    faults: &[(Origin, String)],
    language: Language,
) -> Result<Result<Vec<u8>, Unwritten>, Refused> {
    let sheets = sheet::read(bytes).map_err(Refused::Sheet)?;
    let tables: Vec<Table> = sheets.iter().map(|sheet| table(sheet, named, faults, language)).collect();
    Ok(write_xlsx(&tables).map_err(Unwritten))
}

fn table(sheet: &Sheet, named: &Columns, faults: &[(Origin, String)], language: Language) -> Table {
    let heading = layout(sheet).map(|layout| layout.header).or_else(|| understand(sheet, named).header);
    let heading = heading.unwrap_or_default();
    let last = sheet.rows.last().map(|row| row.number).unwrap_or_default();
    let mut rows: Vec<Vec<String>> = vec![Vec::new(); last];
    for row in &sheet.rows {
        if let Some(cells) = row.number.checked_sub(1).and_then(|index| rows.get_mut(index)) {
            cells.clone_from(&row.cells);
        }
    }
    let headings = heading.checked_sub(1).and_then(|index| rows.get(index));
    let before = headings.and_then(|cells| cells.iter().position(|cell| is_mistakes_heading(cell)));
    let width = rows.iter().map(Vec::len).max().unwrap_or_default();
    let column = before.unwrap_or(width);
    if before.is_some() {
        rows.iter_mut().filter_map(|row| row.get_mut(column)).for_each(String::clear);
    }
    let mut table = Table { name: sheet.name.clone(), heading, rows, ..Table::default() };
    put(&mut table.rows, heading.saturating_sub(1), column, mistakes_heading(language));
    for (origin, said) in faults.iter().filter(|(origin, _)| origin.sheet.as_deref().unwrap_or_default() == sheet.name)
    {
        let row = origin.line.unwrap_or(heading).saturating_sub(1);
        let wrong = origin.column.as_deref().and_then(column_index);
        table.marked.extend(wrong.map(|wrong| (row, wrong)));
        table.marked.push((row, column));
        put(&mut table.rows, row, column, said);
        if let (Some(wrong), Some(cells)) = (wrong, table.rows.get_mut(row))
            && cells.len() <= wrong
        {
            cells.resize(wrong + 1, String::new());
        }
    }
    table.widths = vec![USUAL_WIDTH; column];
    table.widths.push(MISTAKES_WIDTH);
    table
}

/// Adds to what a cell says.
fn put(rows: &mut Vec<Vec<String>>, row: usize, column: usize, said: &str) {
    if rows.len() <= row {
        rows.resize(row + 1, Vec::new());
    }
    let Some(cells) = rows.get_mut(row) else { return };
    if cells.len() <= column {
        cells.resize(column + 1, String::new());
    }
    if let Some(cell) = cells.get_mut(column) {
        if !cell.is_empty() {
            cell.push('\n');
        }
        cell.push_str(said);
    }
}
