//! Rows → a workbook to be filled in by people: the heading stays in sight, long texts are wrapped, cells offer choices.

use rust_xlsxwriter::{Color, DataValidation, Format, FormatAlign, IgnoreError, Workbook, Worksheet, XlsxError};

/// Most characters of a cell, in units of UTF-16.
pub const MOST_CELL_CHARACTERS: usize = 32_767;
/// How many rows behind the last one offer the same choices.
const FURTHER_ROWS: u32 = 1000;
/// The width of columns of which nothing is said.
pub const USUAL_WIDTH: u8 = 16;
const HEADING: Color = Color::RGB(0x00F2_E8E4);
const FAULTY: Color = Color::RGB(0x00FF_C7CE);

/// A sheet to be written.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Its name; empty: the usual one.
    pub name: String,
    /// The row of the heading, from 1; 0: there is none.
    pub heading: usize,
    /// All rows, the heading among them.
    pub rows: Vec<Vec<String>>,
    /// How wide the columns are, in characters.
    pub widths: Vec<u8>,
    /// What the cells of a column (from 0) offer.
    pub choices: Vec<(usize, Vec<String>)>,
    /// Cells to be seen at once: row and column from 0.
    pub marked: Vec<(usize, usize)>,
}

/// Writes tables as a workbook, one sheet each.
pub fn write_xlsx(tables: &[Table]) -> Result<Vec<u8>, String> {
    let mut workbook = Workbook::new();
    for table in tables {
        write(workbook.add_worksheet(), table).map_err(|error| error.to_string())?;
    }
    workbook.save_to_buffer().map_err(|error| error.to_string())
}

fn write(sheet: &mut Worksheet, table: &Table) -> Result<(), XlsxError> {
    if !table.name.is_empty() {
        sheet.set_name(&table.name)?;
    }
    let plain = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let heading = plain.clone().set_bold().set_background_color(HEADING);
    let faulty = plain.clone().set_background_color(FAULTY);
    let marked: std::collections::HashSet<(usize, usize)> = table.marked.iter().copied().collect();
    for (row, cells) in table.rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            let format = match (row + 1 == table.heading, marked.contains(&(row, column))) {
                (true, _) => &heading,
                (false, true) => &faulty,
                (false, false) => &plain,
            };
            if !cell.is_empty() {
                sheet.write_string_with_format(number(row), narrow(column), shortened(cell), format)?;
            } else if marked.contains(&(row, column)) {
                sheet.write_blank(number(row), narrow(column), format)?;
            }
        }
    }
    let columns = table.rows.iter().map(Vec::len).max().unwrap_or_default();
    for column in 0..columns {
        sheet.set_column_width(narrow(column), table.widths.get(column).copied().unwrap_or(USUAL_WIDTH))?;
    }
    sheet.set_freeze_panes(number(table.heading), 0)?;
    let (first, last) = (number(table.heading), number(table.rows.len()));
    for (column, choices) in &table.choices {
        let choices = DataValidation::new().allow_list_strings(choices)?;
        sheet.add_data_validation(first, narrow(*column), last + FURTHER_ROWS, narrow(*column), &choices)?;
    }
    // Texts that look like numbers are meant to be texts.
    sheet.ignore_error_range(0, 0, last + FURTHER_ROWS, narrow(columns.max(1) - 1), IgnoreError::NumberStoredAsText)?;
    Ok(())
}

/// As much of a text as a cell holds.
fn shortened(cell: &str) -> String {
    let mut left = MOST_CELL_CHARACTERS;
    cell.chars()
        .take_while(|c| {
            left.checked_sub(c.len_utf16()).is_some_and(|rest| {
                left = rest;
                true
            })
        })
        .collect()
}

fn number(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}

fn narrow(column: usize) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}
