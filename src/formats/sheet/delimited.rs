//! CSV and TSV in any encoding and with any delimiter that Excel and WPS save.
//!
//! Read by hand rather than with the `csv` crate, which skips empty lines without saying so: the row numbers of every
//! problem behind them would be wrong.

use super::{MOST_COLUMNS, Rows, Sheet, problem, tidy};
use crate::rules::roster::{SheetProblem, SheetProblemCode};
use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// The records in which the delimiter is looked for: titles, the heading and some rows.
const RECORDS_TO_TRY: usize = 20;
/// The delimiters looked for, the likeliest last.
const DELIMITERS: [char; 3] = [';', '\t', ','];

pub(super) fn read(bytes: &[u8]) -> Result<Sheet, SheetProblem> {
    let text = decode(bytes)?;
    let (announced, text) = announced_delimiter(&text);
    let delimiter = announced.unwrap_or_else(|| likely_delimiter(text));
    let mut rows = Rows::default();
    // The line `sep=;` is a row of its own to Excel's reader, but it doesn't show: rows count from behind it.
    let mut characters = text.chars().peekable();
    let mut number = 0;
    while characters.peek().is_some() {
        number += 1;
        rows.push(number, record(&mut characters, delimiter))?;
    }
    Ok(Sheet { name: String::new(), rows: rows.kept })
}

/// UTF-8 or UTF-16 where a byte order mark says so, UTF-8 where it is that, otherwise GB18030.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, SheetProblem> {
    let undecodable = || problem(SheetProblemCode::Encoding, "UTF-8, GB18030");
    let strictly = |encoding: &'static Encoding, bytes| {
        encoding.decode_without_bom_handling_and_without_replacement(bytes).ok_or_else(undecodable)
    };
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, length)) if encoding == UTF_16LE || encoding == UTF_16BE || encoding == UTF_8 => {
            strictly(encoding, bytes.get(length..).unwrap_or_default())?
        }
        _ => strictly(UTF_8, bytes).or_else(|_| strictly(GB18030, bytes))?,
    };
    // No encoding that is told apart here holds it in a text: this is some other sort of file.
    if text.contains('\0') { Err(problem(SheetProblemCode::Unreadable, "XLSX, CSV")) } else { Ok(text) }
}

/// Excel's own `sep=;` on the first line.
fn announced_delimiter(text: &str) -> (Option<char>, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let delimiter = first.trim_end_matches('\r').strip_prefix("sep=").and_then(|word| {
        let mut characters = word.chars();
        characters.next().filter(|_| characters.next().is_none())
    });
    (delimiter, if delimiter.is_some() { rest } else { text })
}

/// The delimiter that cuts the most records into equally many cells, weighed by how many.
fn likely_delimiter(text: &str) -> char {
    let records = delimiters_by_record(text);
    let weight = |index: usize| {
        let counts: Vec<usize> = records.iter().filter_map(|counts| counts.get(index).copied()).collect();
        let alike = |count: usize| counts.iter().filter(|other| **other == count).count();
        counts.iter().filter(|count| **count > 0).map(|&count| alike(count) * count.min(MOST_COLUMNS)).max()
    };
    // The last of equals wins `max_by_key`.
    DELIMITERS.into_iter().enumerate().max_by_key(|(index, _)| weight(*index)).map_or(',', |(_, delimiter)| delimiter)
}

/// How often each delimiter stands outside quotes in each of the first records that hold anything.
fn delimiters_by_record(text: &str) -> Vec<[usize; DELIMITERS.len()]> {
    let mut records = Vec::new();
    let mut counts = [0; DELIMITERS.len()];
    // Whether anything stands in this record, and in this cell whichever the delimiter is.
    let (mut empty, mut blank, mut quoted) = (true, true, false);
    for character in text.chars() {
        let delimiter = DELIMITERS.iter().position(|delimiter| *delimiter == character);
        match character {
            '"' if quoted || blank => quoted = !quoted,
            _ if quoted => {}
            '\n' | '\r' => {
                if !empty {
                    records.push(counts);
                }
                (empty, blank, counts) = (true, true, [0; DELIMITERS.len()]);
                if records.len() == RECORDS_TO_TRY {
                    return records;
                }
                continue;
            }
            _ => {}
        }
        if let Some(count) = delimiter.filter(|_| !quoted).and_then(|index| counts.get_mut(index)) {
            *count += 1;
            blank = true;
        } else if character != '"' && !character.is_whitespace() {
            empty = false;
            blank = quoted && blank;
        }
    }
    if !empty {
        records.push(counts);
    }
    records
}

/// One record: cells up to a line break outside quotes. A quote inside an unquoted cell is a character like any other.
fn record(characters: &mut std::iter::Peekable<std::str::Chars<'_>>, delimiter: char) -> Vec<String> {
    let mut cells = Vec::new();
    let mut cell = String::new();
    let mut quoted = false;
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.trim().is_empty() => quoted = true,
            '\r' | '\n' if !quoted => {
                if character == '\r' && characters.peek() == Some(&'\n') {
                    characters.next();
                }
                break;
            }
            other if other == delimiter && !quoted => {
                if cells.len() < MOST_COLUMNS {
                    cells.push(tidy(&cell).to_owned());
                }
                cell.clear();
            }
            other => cell.push(other),
        }
    }
    cells.push(tidy(&cell).to_owned());
    cells
}
