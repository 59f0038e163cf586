//! Sheets of a workbook, all made alike: a title, a line below it, one table whose heading stays in sight and on every
//! printed page, notes; A4, with numbered pages.

use crate::i18n::words::Words;
use crate::rules::points::number;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

/// The paper size that Excel calls A4.
const A4: u8 = 9;
/// Characters of a sheet's name.
const NAME_CHARACTERS: usize = 31;

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// Words.
    Text(String),
    /// Words, to be read as a number or label in the middle.
    Middle(String),
    /// A count.
    Count(i64),
    /// A figure with one decimal; empty where undefined.
    Figure(Option<f64>),
    /// Points, as they are.
    Points(Option<f64>),
    /// A rate in percent; empty where undefined.
    Rate(Option<f64>),
}

impl Cell {
    /// A count.
    pub(super) fn count(number: u64) -> Self {
        Self::Count(i64::try_from(number).unwrap_or(i64::MAX))
    }

    /// The cell as text files have it.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(text) | Self::Middle(text) => text.clone(),
            Self::Count(number) => number.to_string(),
            Self::Figure(number) | Self::Rate(number) => {
                number.map(|number| format!("{number:.1}")).unwrap_or_default()
            }
            Self::Points(number) => number.map(|number| number.to_string()).unwrap_or_default(),
        }
    }
}

/// A column: its heading and its width in characters.
pub(super) type Column = (String, u16);

/// One sheet.
#[derive(Debug, Clone, Default)]
pub(super) struct Grid {
    /// The name on its tab.
    pub(super) name: String,
    /// The title.
    pub(super) title: String,
    /// What stands below it.
    pub(super) lead: String,
    /// The columns.
    pub(super) columns: Vec<Column>,
    /// The rows.
    pub(super) rows: Vec<Vec<Cell>>,
    /// How many of the last rows are totals.
    pub(super) totals: usize,
    /// What stands below the table, a line each.
    pub(super) notes: Vec<String>,
    /// How many columns stay in sight at the left.
    pub(super) fixed: u16,
    /// Whether pages lie on their side.
    pub(super) landscape: bool,
    /// Whether all of it goes on one page.
    pub(super) one_page: bool,
    /// Whether rows are so high that somebody can sign in them.
    pub(super) is_signed: bool,
}

/// Height of a row, of one with room to sign, and of a line of text, in points.
const ROW: f64 = 19.0;
const SIGNED_ROW: f64 = 26.0;
const LINE: f64 = 17.0;

impl Grid {
    /// The height of a row, by the longest of its texts.
    fn row_height(&self, row: &[Cell]) -> f64 {
        let lines = row.iter().zip(&self.columns).map(|(cell, (_, width))| lines(&cell.text(), *width)).max();
        let least = if self.is_signed { SIGNED_ROW } else { ROW };
        least.max(f64::from(lines.unwrap_or(1)) * LINE + 2.0)
    }

    /// The height of the heading, by the longest of its texts.
    fn heading_height(&self) -> f64 {
        let lines = self.columns.iter().map(|(name, most)| lines(name, *most)).max();
        f64::from(lines.unwrap_or(1)) * LINE + 4.0
    }
}

/// How wide a text is, in characters of Latin letters.
fn width(text: &str) -> usize {
    text.chars().map(|character| if character.is_ascii() { 1 } else { 2 }).sum()
}

/// How many lines a text takes in a column.
fn lines(text: &str, column: u16) -> u32 {
    u32::try_from(width(text).div_ceil(usize::from(column.saturating_sub(1).max(1)))).unwrap_or(1).max(1)
}

/// The row of the heading, from 0.
pub(super) const HEADING: u32 = 2;

/// A workbook with formats and names in use.
pub(super) struct Book {
    workbook: Workbook,
    words: Words,
    names: Vec<String>,
}

impl Book {
    pub(super) fn new(words: Words, title: &str, now_ms: i64) -> Result<Self, XlsxError> {
        let mut workbook = Workbook::new();
        let made = ExcelDateTime::from_timestamp(now_ms.div_euclid(1000))?;
        workbook.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&made));
        Ok(Self { workbook, words, names: Vec::new() })
    }

    /// Adds a sheet; the name that it got may differ from the one asked for.
    pub(super) fn add(&mut self, grid: &Grid) -> Result<(String, &mut Worksheet), XlsxError> {
        let name = self.free_name(&grid.name);
        let foot = self.words.t("page-foot-sheet");
        let sheet = self.workbook.add_worksheet();
        sheet.set_name(&name)?;
        write(sheet, grid)?;
        set_up_print(sheet, grid, &foot)?;
        Ok((name, sheet))
    }

    pub(super) fn into_bytes(mut self) -> Result<Vec<u8>, XlsxError> {
        self.workbook.save_to_buffer()
    }

    /// A name that Excel takes and no other sheet has.
    fn free_name(&mut self, wanted: &str) -> String {
        let tidy: String = wanted
            .chars()
            .map(|c| if matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\') { ' ' } else { c })
            .collect();
        let tidy = tidy.trim().trim_matches('\'');
        let is_taken = |name: &str| self.names.iter().any(|known| known.to_lowercase() == name.to_lowercase());
        let mut name = cut(if tidy.is_empty() { "-" } else { tidy }, NAME_CHARACTERS);
        let mut number = 1;
        while is_taken(&name) {
            number += 1;
            let end = format!(" {number}");
            name = format!("{}{end}", cut(tidy, NAME_CHARACTERS - end.len()));
        }
        self.names.push(name.clone());
        name
    }
}

/// The beginning of a text, counted as Excel counts: in halves of UTF-16.
fn cut(text: &str, most: usize) -> String {
    let mut left = most;
    text.chars()
        .take_while(|character| {
            let fits = character.len_utf16() <= left;
            left = left.saturating_sub(character.len_utf16());
            fits
        })
        .collect()
}

fn write(sheet: &mut Worksheet, grid: &Grid) -> Result<(), XlsxError> {
    let last = u16::try_from(grid.columns.len()).unwrap_or(u16::MAX).saturating_sub(1);
    let title = Format::new()
        .set_bold()
        .set_font_size(16)
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter);
    let lead = Format::new().set_align(FormatAlign::Left).set_align(FormatAlign::VerticalCenter).set_text_wrap();
    merged(sheet, 0, last, &grid.title, &title)?;
    sheet.set_row_height(0, 30)?;
    merged(sheet, 1, last, &grid.lead, &lead)?;
    sheet.set_row_height(1, LINE + 2.0)?;
    let heading = boxed().set_bold().set_text_wrap().set_align(FormatAlign::Center).set_background_color(0x00F2_F2F2);
    for (column, (name, width)) in (0_u16..).zip(&grid.columns) {
        sheet.set_column_width(column, f64::from(*width))?;
        sheet.write_string_with_format(HEADING, column, name, &heading)?;
    }
    let plain_rows = grid.rows.len() - grid.totals.min(grid.rows.len());
    sheet.set_row_height(HEADING, grid.heading_height())?;
    let (plain, total) = (Formats::new(false), Formats::new(true));
    let mut at = HEADING + 1;
    for (index, row) in grid.rows.iter().enumerate() {
        sheet.set_row_height(at, grid.row_height(row))?;
        for (column, cell) in (0_u16..).zip(row) {
            write_cell(sheet, (at, column), cell, if index < plain_rows { &plain } else { &total })?;
        }
        at += 1;
    }
    let whole: u16 = grid.columns.iter().map(|(_, width)| *width).sum();
    for note in &grid.notes {
        merged(sheet, at, last, note, &lead)?;
        sheet.set_row_height(at, f64::from(lines(note, whole)) * LINE + 2.0)?;
        at += 1;
    }
    sheet.set_freeze_panes(HEADING + 1, grid.fixed)?;
    Ok(())
}

fn merged(sheet: &mut Worksheet, row: u32, last: u16, text: &str, format: &Format) -> Result<(), XlsxError> {
    if last == 0 {
        sheet.write_string_with_format(row, 0, text, format)?;
    } else {
        sheet.merge_range(row, 0, row, last, text, format)?;
    }
    Ok(())
}

fn boxed() -> Format {
    Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::VerticalCenter)
}

struct Formats {
    text: Format,
    middle: Format,
    count: Format,
    figure: Format,
    points: Format,
    rate: Format,
}

impl Formats {
    fn new(is_total: bool) -> Self {
        let base = || if is_total { boxed().set_bold() } else { boxed() };
        Self {
            text: base().set_text_wrap(),
            middle: base().set_align(FormatAlign::Center).set_text_wrap(),
            count: base().set_num_format("0"),
            figure: base().set_num_format("0.0"),
            points: base().set_align(FormatAlign::Center),
            rate: base().set_num_format("0.0%"),
        }
    }
}

fn write_cell(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let (value, format) = match cell {
        Cell::Text(text) => return sheet.write_string_with_format(row, column, text, &formats.text).map(drop),
        Cell::Middle(text) => return sheet.write_string_with_format(row, column, text, &formats.middle).map(drop),
        Cell::Count(value) => (Some(number(*value)), &formats.count),
        Cell::Figure(value) => (*value, &formats.figure),
        Cell::Points(value) => (*value, &formats.points),
        Cell::Rate(value) => (value.map(|percent| percent / 100.0), &formats.rate),
    };
    match value {
        Some(value) => sheet.write_number_with_format(row, column, value, format)?,
        None => sheet.write_blank(row, column, format)?,
    };
    Ok(())
}

fn set_up_print(sheet: &mut Worksheet, grid: &Grid, foot: &str) -> Result<(), XlsxError> {
    sheet.set_paper_size(A4);
    if grid.landscape {
        sheet.set_landscape();
    }
    sheet.set_margins(0.6, 0.5, 0.7, 0.7, 0.3, 0.3);
    sheet.set_print_fit_to_pages(1, u16::from(grid.one_page));
    sheet.set_print_center_horizontally(true);
    sheet.set_repeat_rows(0, HEADING)?;
    sheet.set_footer(format!("&C{foot}"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Book, Cell, cut};
    use crate::i18n::words::Words;
    use crate::rules::text::Language;

    #[test]
    fn names_of_sheets_are_such_as_excel_takes() {
        let mut book = Book::new(Words(Language::Zh), "t", 0).unwrap();
        assert_eq!(book.free_name("一/二:支部"), "一 二 支部");
        assert_eq!(book.free_name("一 二 支部"), "一 二 支部 2");
        assert_eq!(book.free_name("''"), "-");
        let long = "长".repeat(40);
        assert_eq!(book.free_name(&long).chars().count(), 31);
        assert_eq!(book.free_name(&long).chars().count(), 31);
        assert_eq!(cut("𠮷𠮷", 3), "𠮷");
    }

    #[test]
    fn text_files_have_figures_with_one_decimal() {
        assert_eq!(Cell::Rate(Some(96.04)).text(), "96.0");
        assert_eq!(Cell::Points(Some(62.25)).text(), "62.25");
        assert_eq!(Cell::Figure(None).text(), "");
    }
}
