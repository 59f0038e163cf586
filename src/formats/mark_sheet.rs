//! A list of marks as a sheet → whose, how much, and where it comes from.
//!
//! Headings are found by what they mean, in Chinese or English, below any title rows. Whether somebody is assessed at
//! all is for the one who knows.

use super::roster::comparable;
use super::sheet::{self, Sheet, SheetRow};
use crate::rules::assessment::Mark;
use crate::rules::points::Points;
use crate::rules::roster::{SheetProblem, SheetProblemCode, looks_like_identity_number};
use crate::rules::text::{fold, tidy_name};
use std::collections::HashMap;

/// The rows among which the heading row is looked for.
const ROWS_TO_TRY: usize = 20;
/// Most characters that a problem repeats.
const MOST_FOUND: usize = 100;

/// What a column holds; columns that mean nothing here are left unread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Whose mark.
    Login,
    /// The name, which has to be that of the login.
    Name,
    /// The mark.
    Score,
    /// Where it comes from, and why.
    Source,
}

const COLUMNS: [(Column, &str, &str); 4] = [
    (
        Column::Login,
        "login",
        "login loginname account username userid user 账号 帐号 账户 登录名 登录账号 用户名 工号 员工号 职工号 人员编号 编号 number",
    ),
    (Column::Name, "name", "name fullname 姓名 名字 党员姓名 人员姓名"),
    (Column::Score, "score", "score mark marks points result 成绩 得分 分数 分值 评分 考试成绩 结业成绩 考核成绩"),
    (Column::Source, "source", "source reason evidence remark note 来源 依据 成绩来源 说明 备注 原因 理由 出处"),
];

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkLine {
    /// The row in the file.
    pub row: usize,
    /// Whose.
    pub login: String,
    /// The name, where the list has it.
    pub name: Option<String>,
    /// How much.
    pub mark: Mark,
    /// Where it comes from; empty where the list doesn't say.
    pub source: String,
}

/// A list as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MarkSheet {
    /// Lines with a mark.
    pub lines: Vec<MarkLine>,
    /// How many rows have no mark.
    pub without: usize,
    /// The headings as the file has them.
    headings: Vec<String>,
}

impl MarkSheet {
    /// The heading of a column as the file has it; its own name where there is none such.
    pub fn heading(&self, column: Column) -> &str {
        let at = COLUMNS.iter().position(|(known, ..)| *known == column).unwrap_or_default();
        self.headings.get(at).map(String::as_str).unwrap_or_default()
    }
}

/// Reads a list of marks of so many full marks; everything that is wrong is said at once, by row and heading.
pub fn read(bytes: &[u8], full: Points) -> Result<MarkSheet, Vec<SheetProblem>> {
    let sheets = sheet::read(bytes).map_err(|problem| vec![problem])?;
    let (header, rows) = under_heading(&sheets).map_err(|problem| vec![problem])?;
    let mut reading = Reading { header: &header, full, problems: Vec::new(), seen: HashMap::new() };
    let mut read = MarkSheet { headings: header.headings.clone(), ..MarkSheet::default() };
    for row in rows {
        if header.cell(row, Column::Score).is_empty() {
            read.without += 1;
        } else {
            read.lines.extend(reading.line(row));
        }
    }
    if reading.problems.is_empty() && read.lines.is_empty() {
        reading.problems.push(whole(SheetProblemCode::NoRows, ""));
    }
    if reading.problems.is_empty() { Ok(read) } else { Err(reading.problems) }
}

/// A heading row, understood.
struct Header {
    columns: Vec<Option<usize>>,
    headings: Vec<String>,
}

impl Header {
    fn of(row: &SheetRow) -> Self {
        let comparable: Vec<String> = row.cells.iter().map(|cell| comparable(cell)).collect();
        let find = |words: &str| {
            words.split_whitespace().find_map(|word| comparable.iter().position(|heading| heading == word))
        };
        let columns: Vec<Option<usize>> = COLUMNS.iter().map(|(_, _, words)| find(words)).collect();
        let heading = |(at, (_, name, _)): (&Option<usize>, &(Column, &str, &str))| {
            at.map_or_else(|| (*name).to_owned(), |at| row.cell(at).to_owned())
        };
        Self { headings: columns.iter().zip(&COLUMNS).map(heading).collect(), columns }
    }

    fn has(&self, column: Column) -> bool {
        COLUMNS.iter().zip(&self.columns).any(|((known, ..), at)| *known == column && at.is_some())
    }

    fn width(&self) -> usize {
        self.columns.iter().flatten().count()
    }

    fn cell<'r>(&self, row: &'r SheetRow, column: Column) -> &'r str {
        let at = COLUMNS.iter().zip(&self.columns).find(|((known, ..), _)| *known == column).and_then(|(_, at)| *at);
        at.map(|at| row.cell(at)).unwrap_or_default()
    }

    fn heading(&self, column: Column) -> String {
        let at = COLUMNS.iter().position(|(known, ..)| *known == column).unwrap_or_default();
        self.headings.get(at).cloned().unwrap_or_default()
    }
}

/// The sheet with a heading row, and the rows below it; of several sheets none is picked.
fn under_heading(sheets: &[Sheet]) -> Result<(Header, &[SheetRow]), SheetProblem> {
    let mut found: Vec<(Header, &Sheet, usize)> = Vec::new();
    for sheet in sheets {
        let rows = sheet.rows.iter().take(ROWS_TO_TRY).map(Header::of).enumerate();
        let best = rows.filter(|(_, header)| header.width() > 1).max_by_key(|(at, header)| {
            // Of equals the first is the heading.
            (header.width(), std::cmp::Reverse(*at))
        });
        found.extend(best.map(|(at, header)| (header, sheet, at)));
    }
    let names: Vec<&str> = found.iter().map(|(_, sheet, _)| sheet.name.as_str()).collect();
    if names.len() > 1 {
        return Err(SheetProblem { found: names.join(", "), ..whole(SheetProblemCode::SeveralSheets, "") });
    }
    let Some((header, sheet, at)) = found.into_iter().next() else {
        return Err(whole(SheetProblemCode::NoHeader, "login, score"));
    };
    let needed = [(Column::Login, "login"), (Column::Score, "score")];
    let missing: Vec<&str> = needed.into_iter().filter(|(column, _)| !header.has(*column)).map(|one| one.1).collect();
    if missing.is_empty() {
        Ok((header, sheet.rows.get(at + 1..).unwrap_or_default()))
    } else {
        let row = sheet.rows.get(at).map_or(0, |row| row.number);
        Err(SheetProblem { row, ..whole(SheetProblemCode::MissingColumn, &missing.join(", ")) })
    }
}

struct Reading<'s> {
    header: &'s Header,
    full: Points,
    problems: Vec<SheetProblem>,
    /// Folded login → the row where it stood first.
    seen: HashMap<String, usize>,
}

impl Reading<'_> {
    fn note(&mut self, row: usize, column: Column, code: SheetProblemCode, (found, expected): (&str, &str)) {
        self.problems.push(SheetProblem {
            row,
            column: self.header.heading(column),
            code,
            found: found.chars().take(MOST_FOUND).collect(),
            expected: expected.to_owned(),
        });
    }

    fn line(&mut self, row: &SheetRow) -> Option<MarkLine> {
        let number = row.number;
        let score = self.header.cell(row, Column::Score);
        let mark = Mark::parse(score, self.full);
        if mark.is_none() {
            self.note(number, Column::Score, SheetProblemCode::NotMark, (score, &self.full.to_string()));
        }
        let login = self.login(row);
        let name = Some(tidy_name(self.header.cell(row, Column::Name))).filter(|name| !name.is_empty());
        let source = self.header.cell(row, Column::Source).to_owned();
        Some(MarkLine { row: number, login: login?, name, mark: mark?, source })
    }

    fn login(&mut self, row: &SheetRow) -> Option<String> {
        let (login, number) = (self.header.cell(row, Column::Login), row.number);
        if login.is_empty() {
            self.note(number, Column::Login, SheetProblemCode::Empty, ("", ""));
            return None;
        }
        if looks_like_identity_number(&fold(login)) {
            self.note(number, Column::Login, SheetProblemCode::IdentityNumber, ("", ""));
            return None;
        }
        if let Some(first) = self.seen.insert(fold(login), number) {
            self.note(number, Column::Login, SheetProblemCode::Repeated, (login, &first.to_string()));
            return None;
        }
        Some(login.to_owned())
    }
}

/// A problem of the file as a whole.
fn whole(code: SheetProblemCode, expected: &str) -> SheetProblem {
    SheetProblem { row: 0, column: String::new(), code, found: String::new(), expected: expected.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{Column, read};
    use crate::rules::points::Points;
    use crate::rules::roster::SheetProblemCode;

    const FULL: Points = Points::from_hundredths(2_000);

    #[test]
    fn a_list_is_read_below_its_title() {
        let text = "培训班成绩单,,,\n序号,姓名,账号,成绩（满分20）,依据\n1,王 一,m1,17,结业考试\n2,王二,M2,85%,\n3,王三,m3,,\n";
        let sheet = read(text.as_bytes(), FULL).unwrap();
        assert_eq!((sheet.without, sheet.heading(Column::Score)), (1, "成绩（满分20）"));
        let lines: Vec<_> = sheet
            .lines
            .iter()
            .map(|line| (line.row, line.login.as_str(), line.mark.percent().to_string(), line.source.as_str()))
            .collect();
        assert_eq!(lines, [(3, "m1", "85".into(), "结业考试"), (4, "M2", "85".into(), "")]);
        assert_eq!(sheet.lines[0].name.as_deref(), Some("王一"));
        assert_eq!(
            read("login\tscore\nm1\t5".as_bytes(), FULL).unwrap().lines.len(),
            1,
            "as it is copied from a sheet"
        );
    }

    #[test]
    fn every_mistake_is_told_by_row_and_heading() {
        let found = |text: &str| -> Vec<(usize, String, SheetProblemCode)> {
            let problems = read(text.as_bytes(), FULL).unwrap_err();
            problems.into_iter().map(|problem| (problem.row, problem.column, problem.code)).collect()
        };
        let text = "账号,得分\nm1,21\n,5\nm2,优\nm3,5\nM3,6\n11010519491231002X,5\n";
        let score = || "得分".to_owned();
        let login = || "账号".to_owned();
        assert_eq!(
            found(text),
            [
                (2, score(), SheetProblemCode::NotMark),
                (3, login(), SheetProblemCode::Empty),
                (4, score(), SheetProblemCode::NotMark),
                (6, login(), SheetProblemCode::Repeated),
                (7, login(), SheetProblemCode::IdentityNumber),
            ]
        );
        assert_eq!(found("姓名,得分\n王一,5\n")[0].2, SheetProblemCode::MissingColumn);
        assert_eq!(found("a,b\n1,2\n")[0].2, SheetProblemCode::NoHeader);
        assert_eq!(found("账号,得分\nm1,\n")[0].2, SheetProblemCode::NoRows);
    }
}
