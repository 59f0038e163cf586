//! XLSX: every visible sheet, cell by cell.
//!
//! Cells are read as a stream, so that a sheet that claims a million rows costs what stands in it. What the archive
//! unpacks to is measured before anything is read into memory, whatever its directory claims.

use super::{MOST_CELLS, MOST_COLUMNS, Rows, Sheet, SheetRow, problem, tidy, too_large};
use crate::rules::roster::{SheetProblem, SheetProblemCode};
use calamine::{Data, DataRef, Dimensions, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx};
use std::io::{Cursor, Read};

/// Most bytes that a workbook may unpack to.
const MOST_UNPACKED_BYTES: u64 = 512 * 1024 * 1024;
/// Most bytes of the table of texts, which is held in memory as a whole.
const MOST_TEXT_BYTES: u64 = 64 * 1024 * 1024;
/// Most bytes of one cell: Excel's own limit is 32,767 characters. A text may be pointed at from every cell.
const MOST_CELL_BYTES: usize = 4 * 32_767;
/// Longest text that is repeated in the rows it is merged over.
const MOST_MERGED_BYTES: usize = 400;
/// Most sheets: several names may stand for one sheet, which is read for each of them.
const MOST_SHEETS: usize = 1000;
/// Most files in the archive.
const MOST_FILES: usize = 10_000;

/// Reads a workbook. Places of cells that can't be (`A99999999999`) make the library that reads them panic where
/// arithmetic is checked; such a file is unreadable.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Sheet>, SheetProblem> {
    measure(bytes)?;
    std::panic::catch_unwind(|| read_sheets(bytes)).unwrap_or_else(|_| Err(unreadable()))
}

fn read_sheets(bytes: &[u8]) -> Result<Vec<Sheet>, SheetProblem> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| unreadable())?;
    let names: Vec<String> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect();
    if names.len() > MOST_SHEETS {
        return Err(too_large(MOST_SHEETS.to_string()));
    }
    let mut sheets = Vec::with_capacity(names.len());
    let mut total = Rows::default();
    for name in names {
        let merged = workbook.merge_cells_by_sheet_name(&name).unwrap_or_default();
        let mut rows = read_sheet(&mut workbook, &name, &mut total)?;
        fill_merged(&mut rows, &merged);
        sheets.push(Sheet { name, rows });
    }
    Ok(sheets)
}

fn unreadable() -> SheetProblem {
    problem(SheetProblemCode::Unreadable, "XLSX, CSV")
}

/// Refuses an archive that unpacks to more than a workbook of the largest size would.
fn measure(bytes: &[u8]) -> Result<(), SheetProblem> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| unreadable())?;
    if archive.len() > MOST_FILES {
        return Err(too_large(MOST_FILES.to_string()));
    }
    let mut left = MOST_UNPACKED_BYTES;
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(|_| unreadable())?;
        let texts = file.name().is_ok_and(|name| name.to_ascii_lowercase().contains("sharedstrings"));
        let limit = if texts { left.min(MOST_TEXT_BYTES) } else { left };
        // The first bytes above the limit are proof enough.
        let size = std::io::copy(&mut file.take(limit + 1), &mut std::io::sink()).map_err(|_| unreadable())?;
        if size > limit {
            return Err(too_large(format!("{} MB", limit / 1024 / 1024)));
        }
        left -= size;
    }
    Ok(())
}

fn read_sheet(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str, total: &mut Rows) -> Result<Vec<SheetRow>, SheetProblem> {
    let mut cells = workbook.worksheet_cells_reader(name).map_err(|_| unreadable())?;
    let mut number = 0;
    let mut row: Vec<String> = Vec::new();
    while let Some(cell) = cells.next_cell().map_err(|_| unreadable())? {
        let (row_index, column) = cell.get_position();
        let (row_index, column) = (index(row_index), index(column));
        if row_index + 1 != number {
            total.push(number, std::mem::take(&mut row))?;
            number = row_index + 1;
        }
        let text = text(cell.get_value());
        if text.is_empty() || column >= MOST_COLUMNS {
            continue;
        }
        if text.len() > MOST_CELL_BYTES {
            return Err(too_large(MOST_CELL_BYTES.to_string()));
        }
        if row.len() <= column {
            row.resize(column + 1, String::new());
        }
        if let Some(place) = row.get_mut(column) {
            *place = text;
        }
    }
    total.push(number, row)?;
    let mut rows = std::mem::take(&mut total.kept);
    // Cells out of order are allowed to no writer, but a file may hold them all the same.
    rows.sort_by_key(|row| row.number);
    Ok(rows)
}

/// A cell merged over several rows (所在支部 beside all of its members) speaks for each of them.
fn fill_merged(rows: &mut [SheetRow], merged: &[Dimensions]) {
    let mut left = MOST_CELLS;
    for area in merged.iter().filter(|area| area.start.0 < area.end.0 && area.start.1 == area.end.1) {
        let column = index(area.start.1);
        let (first, last) = (index(area.start.0) + 1, index(area.end.0) + 1);
        let from = rows.partition_point(|row| row.number < first);
        let to = rows.partition_point(|row| row.number <= last);
        let Some((head, rest)) = rows.get_mut(from..to).and_then(|area| area.split_first_mut()) else { continue };
        let text = head.cell(column).to_owned();
        if head.number != first || text.is_empty() || text.len() > MOST_MERGED_BYTES {
            continue;
        }
        for row in rest {
            left = left.saturating_sub(column + 1);
            if left == 0 {
                return;
            }
            if row.cells.len() <= column {
                row.cells.resize(column + 1, String::new());
            }
            if let Some(cell) = row.cells.get_mut(column).filter(|cell| cell.is_empty()) {
                cell.clone_from(&text);
            }
        }
    }
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// A cell as a person reads it: whole numbers without `.0`, dates as ISO 8601.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) => tidy(text).to_owned(),
        DataRef::SharedString(text) => tidy(text).to_owned(),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::DateTime(time) => date(time),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => decimal(*number),
        other => tidy(&Data::from(other.clone()).to_string()).to_owned(),
    }
}

fn date(time: &ExcelDateTime) -> String {
    if !time.is_datetime() {
        return decimal(time.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) { date } else { format!("{date}T{hour:02}:{minute:02}:{second:02}") }
}

/// Excel keeps 15 digits; what floating arithmetic adds behind them is no one's.
fn decimal(number: f64) -> String {
    if number.fract() == 0.0 {
        return format!("{number:.0}");
    }
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    rounded.to_string()
}
