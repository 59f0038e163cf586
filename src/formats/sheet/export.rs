//! CSV for people who open it in Excel: UTF-8 with a byte order mark, CRLF, and no cell that would run as a formula.

use std::borrow::Cow;

/// A cell that no spreadsheet takes for a formula: what begins like one gets an apostrophe in front. Plain numbers such
/// as -3.5 stay numbers.
pub fn neutral(cell: &str) -> Cow<'_, str> {
    let suspicious = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if suspicious && !is_plain_number(cell) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

fn is_plain_number(cell: &str) -> bool {
    let number = cell.strip_prefix(['-', '+']).unwrap_or(cell);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A CSV file of these rows.
pub fn write_csv<R, C>(rows: impl IntoIterator<Item = R>) -> Vec<u8>
where
    R: IntoIterator<Item = C>,
    C: AsRef<str>,
{
    let mut file = String::from('\u{feff}');
    for row in rows {
        for (index, cell) in row.into_iter().enumerate() {
            if index > 0 {
                file.push(',');
            }
            push_cell(&mut file, &neutral(cell.as_ref()));
        }
        file.push_str("\r\n");
    }
    file.into_bytes()
}

fn push_cell(file: &mut String, cell: &str) {
    if cell.contains(['"', ',', ';', '\t', '\r', '\n']) || cell.trim() != cell {
        file.push('"');
        file.push_str(&cell.replace('"', "\"\""));
        file.push('"');
    } else {
        file.push_str(cell);
    }
}
