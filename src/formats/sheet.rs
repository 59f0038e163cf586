//! Sheets: CSV, TSV or XLSX as people really save them → rows of trimmed cells; and rows → CSV that Excel opens.
//!
//! Rows keep the number that Excel shows beside them. Empty rows, and empty cells behind the last full one, are left
//! out, so that a sheet formatted down to its last row is no longer than what stands in it. Reading is bounded in
//! bytes, rows and cells, packed or unpacked.

mod book;
mod delimited;
mod export;
mod workbook;

pub use book::{MOST_CELL_CHARACTERS, Table, USUAL_WIDTH, write_xlsx};
pub use export::{neutral, write_csv};

pub use delimited::decode;

use crate::rules::roster::{SheetProblem, SheetProblemCode};

/// Largest file.
pub const MOST_BYTES: usize = 64 * 1024 * 1024;
/// Most rows that hold anything.
pub const MOST_ROWS: usize = 200_000;
/// Columns behind this one are not read.
pub const MOST_COLUMNS: usize = 256;
/// Most cells, empty ones between full ones included.
pub const MOST_CELLS: usize = 8_000_000;
/// Most bytes of text in all cells.
pub const MOST_TEXT_BYTES: usize = 256 * 1024 * 1024;

/// One sheet: the whole of a CSV file, or one of a workbook's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Its name; empty for CSV.
    pub name: String,
    /// The rows that hold anything.
    pub rows: Vec<SheetRow>,
}

/// A row that holds anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRow {
    /// Its number in the file, from 1.
    pub number: usize,
    /// Its cells, trimmed, up to the last that holds anything.
    pub cells: Vec<String>,
}

impl SheetRow {
    /// The cell of a column, counted from 0; empty behind the last.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map(String::as_str).unwrap_or_default()
    }
}

/// The sheets of a file that hold anything, in their order; at least one.
pub fn read(bytes: &[u8]) -> Result<Vec<Sheet>, SheetProblem> {
    if bytes.len() > MOST_BYTES {
        return Err(too_large(format!("{} MB", MOST_BYTES / 1024 / 1024)));
    }
    let sheets = if bytes.starts_with(b"PK\x03\x04") {
        workbook::read(bytes)?
    } else if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        // What Excel 97 to 2003 saved, and workbooks with a password.
        return Err(problem(SheetProblemCode::Unreadable, "XLSX, CSV"));
    } else {
        vec![delimited::read(bytes)?]
    };
    let sheets: Vec<Sheet> = sheets.into_iter().filter(|sheet| !sheet.rows.is_empty()).collect();
    if sheets.is_empty() {
        return Err(problem(SheetProblemCode::NoRows, ""));
    }
    Ok(sheets)
}

/// A problem of the file as a whole.
fn problem(code: SheetProblemCode, expected: &str) -> SheetProblem {
    SheetProblem { row: 0, column: String::new(), code, found: String::new(), expected: expected.to_owned() }
}

fn too_large(limit: String) -> SheetProblem {
    SheetProblem { expected: limit, ..problem(SheetProblemCode::TooLarge, "") }
}

/// Collects rows within the limits.
#[derive(Debug, Default)]
struct Rows {
    kept: Vec<SheetRow>,
    cells: usize,
    bytes: usize,
}

impl Rows {
    /// Adds a row, unless there is nothing in it.
    fn push(&mut self, number: usize, mut cells: Vec<String>) -> Result<(), SheetProblem> {
        cells.truncate(MOST_COLUMNS);
        while cells.last().is_some_and(String::is_empty) {
            cells.pop();
        }
        if cells.is_empty() {
            return Ok(());
        }
        cells.shrink_to_fit();
        self.cells += cells.len();
        if self.kept.len() >= MOST_ROWS {
            return Err(too_large(MOST_ROWS.to_string()));
        }
        self.bytes += cells.iter().map(String::len).sum::<usize>();
        if self.cells > MOST_CELLS {
            return Err(too_large(MOST_CELLS.to_string()));
        }
        if self.bytes > MOST_TEXT_BYTES {
            return Err(too_large(format!("{} MB", MOST_TEXT_BYTES / 1024 / 1024)));
        }
        self.kept.push(SheetRow { number, cells });
        Ok(())
    }
}

/// A cell without white space, byte order marks and other invisible characters at its ends.
fn tidy(cell: &str) -> &str {
    cell.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}'))
}

#[cfg(test)]
mod tests;
