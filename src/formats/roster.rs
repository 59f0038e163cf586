//! The roster's two sheets, as a unit's own office keeps them → branches and members.
//!
//! Headings are found by what they mean, in Chinese or English, below any title rows; columns that mean nothing here
//! are left unread. What can be told from the sheet alone is checked, all at once, by row and heading; whether a branch
//! exists already is for the one who knows. An identity number is refused wherever it would be stored, and never
//! repeated in a problem.

mod branches;
mod columns;
mod members;
mod overview;
mod words;

pub use branches::{read_branches, scan_branches};
pub(super) use columns::comparable;
pub use columns::{Column, Learned, meanings, usual};
pub use members::{read_members, scan_members};
pub use overview::{Heading, Overview, overview};

use super::sheet::{Sheet, SheetRow};
use crate::rules::roster::{SheetProblem, SheetProblemCode, looks_like_identity_number};
use crate::rules::text::{CODE_CHARACTERS, fold, tidy_code, tidy_name};
use columns::Header;

/// Most characters of a name, a category or a kind.
const MOST_CHARACTERS: usize = 100;

/// What could be read of a sheet.
#[derive(Debug)]
pub struct Scanned<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// What is wrong with the others, by row.
    pub problems: Vec<SheetProblem>,
    /// Headings of columns that mean nothing here and were left unread.
    pub ignored: Vec<String>,
}

impl<T> Scanned<T> {
    /// The rows, where nothing is wrong.
    pub fn sound(self) -> Result<Vec<T>, Vec<SheetProblem>> {
        if self.problems.is_empty() { Ok(self.rows) } else { Err(self.problems) }
    }
}

/// Reads the rows under a heading and collects the problems on the way.
struct Reader<'s> {
    header: &'s Header,
    problems: Vec<SheetProblem>,
}

impl<'s> Reader<'s> {
    const fn new(header: &'s Header) -> Self {
        Self { header, problems: Vec::new() }
    }

    /// Notes a problem of a cell.
    fn note(&mut self, row: usize, column: Column, code: SheetProblemCode, found: &str, expected: &str) {
        self.problems.push(SheetProblem {
            row,
            column: self.header.heading(column).to_owned(),
            code,
            found: found.chars().take(MOST_CHARACTERS).collect(),
            expected: expected.to_owned(),
        });
    }

    /// The cell of a column; `None` where it is empty, there is no such column, or what stands there was refused.
    fn cell<'r>(&mut self, row: &'r SheetRow, column: Column) -> Option<&'r str> {
        let cell = self.header.cell(row, column).filter(|cell| !cell.is_empty())?;
        if column != Column::Password && looks_like_identity_number(&fold(cell)) {
            self.note(row.number, column, SheetProblemCode::IdentityNumber, &masked(cell), "");
            return None;
        }
        Some(cell)
    }

    /// A cell that is needed in every row.
    fn needed<'r>(&mut self, row: &'r SheetRow, column: Column) -> Option<&'r str> {
        if self.header.cell(row, column).is_some_and(str::is_empty) {
            self.note(row.number, column, SheetProblemCode::Empty, "", "");
        }
        self.cell(row, column)
    }

    /// A code, login or number as it is kept.
    fn code(&mut self, row: usize, column: Column, cell: &str) -> Option<String> {
        let code = tidy_code(cell).filter(|code| !is_rounded(code));
        if code.is_none() {
            self.note(row, column, SheetProblemCode::BadText, cell, &CODE_CHARACTERS.to_string());
        }
        code
    }

    /// A name or other words as they are kept.
    fn words(&mut self, row: usize, column: Column, cell: &str) -> Option<String> {
        let words = tidy_name(cell);
        if words.is_empty() || words.chars().count() > MOST_CHARACTERS {
            self.note(row, column, SheetProblemCode::BadText, cell, &MOST_CHARACTERS.to_string());
            return None;
        }
        Some(words)
    }

    /// Words that may be left out.
    fn optional_words(&mut self, row: &SheetRow, column: Column) -> Option<String> {
        let cell = self.cell(row, column)?;
        self.words(row.number, column, cell)
    }

    /// A code that may be left out.
    fn optional_code(&mut self, row: &SheetRow, column: Column) -> Option<String> {
        let cell = self.cell(row, column)?;
        self.code(row.number, column, cell)
    }

    /// The rows with every problem by row.
    fn finish<T>(mut self, rows: Vec<T>) -> Scanned<T> {
        if self.problems.is_empty() && rows.is_empty() {
            self.problems.push(whole(SheetProblemCode::NoRows, ""));
        }
        self.problems.sort_by_key(|problem| problem.row);
        Scanned { rows, problems: self.problems, ignored: self.header.ignored().to_vec() }
    }
}

/// The sheet whose heading row says most, with the rows below it. Where several sheets have a heading row (a sheet for
/// each branch, last year's copy) none is picked: half of a roster must not pass for the whole.
fn rows_under(
    sheets: &[Sheet],
    find: impl Fn(&[SheetRow]) -> Result<(usize, Header), SheetProblem>,
) -> Result<(Header, &[SheetRow]), Vec<SheetProblem>> {
    let mut found: Vec<(Header, &Sheet, usize)> = Vec::new();
    let mut first_problem = None;
    for sheet in sheets {
        match find(&sheet.rows) {
            Ok((index, header)) => found.push((header, sheet, index)),
            Err(problem) => first_problem = first_problem.or(Some(problem)),
        }
    }
    // Stable, so that of equals the first sheet stays first; a lone word may head a list of choices.
    found.sort_by_key(|(header, ..)| std::cmp::Reverse(header.width()));
    let rivals: Vec<&str> =
        found.iter().filter(|(header, ..)| header.width() > 1).map(|(_, sheet, _)| sheet.name.as_str()).collect();
    if rivals.len() > 1 {
        let problem = whole(SheetProblemCode::SeveralSheets, "");
        return Err(vec![SheetProblem { found: rivals.join(", "), ..problem }]);
    }
    match found.into_iter().next() {
        Some((header, sheet, index)) => Ok((header, sheet.rows.get(index + 1..).unwrap_or_default())),
        None => Err(vec![first_problem.unwrap_or_else(|| whole(SheetProblemCode::NoRows, ""))]),
    }
}

/// A problem of the file as a whole.
fn whole(code: SheetProblemCode, expected: &str) -> SheetProblem {
    SheetProblem { row: 0, column: String::new(), code, found: String::new(), expected: expected.to_owned() }
}

/// An identity number as far as a problem may repeat it: 1101**********002X.
fn masked(cell: &str) -> String {
    let characters: Vec<char> = fold(cell).chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let last = characters.len().saturating_sub(4);
    let hidden = |(index, c): (usize, &char)| if (4..last).contains(&index) { '*' } else { c.to_ascii_uppercase() };
    characters.iter().enumerate().map(hidden).collect()
}

/// What Excel leaves of a long number in a CSV file (1.10105E+17): no longer anyone's login.
fn is_rounded(code: &str) -> bool {
    let Some((number, exponent)) = code.split_once(['E', 'e']) else { return false };
    let digits = exponent.strip_prefix('+').unwrap_or_default();
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    number.split_once('.').is_some_and(|(whole, rest)| plain(whole) && plain(rest)) && plain(digits)
}

#[cfg(test)]
mod tests;
