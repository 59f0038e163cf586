//! A branch report as rows of cells, for files.

use super::{branch_name, line_name};
use crate::service::reports::{Line, Report};
use crate::web::words::Words;

/// A cell of an export.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A count.
    Count(i64),
    /// A rate or mean; empty where undefined.
    Figure(Option<f64>),
}

impl Cell {
    /// The cell as text files have it.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(number) => number.to_string(),
            Self::Figure(number) => number.map(|number| format!("{number:.1}")).unwrap_or_default(),
        }
    }
}

/// A report as rows: heading, the branches, the branch itself as the total.
pub fn rows(words: Words, report: &Report) -> Vec<Vec<Cell>> {
    let columns = [
        "code",
        "branch",
        "due",
        "presence-sat",
        "presence-absent",
        "presence-excused",
        "presence-disqualified",
        "presence-exempt",
        "participation",
        "mean",
        "median",
        "highest",
        "lowest",
        "deviation",
        "passed-count",
        "pass-rate",
        "excellent-count",
        "excellence-rate",
    ];
    let heading = columns.iter().map(|id| Cell::Text(words.t(id))).collect();
    let total = words.t("total");
    let mut rows = vec![heading];
    rows.extend(report.children.iter().map(|line| row(words, line, None)));
    rows.push(row(words, &report.line, Some(&total)));
    rows
}

fn row(words: Words, line: &Line, name: Option<&str>) -> Vec<Cell> {
    let (tally, figures) = (&line.tally, &line.figures);
    let number = |count: u64| Cell::Count(i64::try_from(count).unwrap_or(i64::MAX));
    let name = name.map_or_else(|| line_name(words, line), |name| format!("{} {name}", branch_name(words, line)));
    let code = line.branch.as_ref().map(|node| node.code.clone()).unwrap_or_default();
    vec![
        Cell::Text(code),
        Cell::Text(name),
        number(tally.due()),
        number(tally.sat),
        number(tally.absent),
        number(tally.excused),
        number(tally.disqualified),
        number(tally.exempt),
        Cell::Figure(figures.participation_rate),
        Cell::Figure(figures.mean),
        Cell::Figure(figures.median),
        Cell::Figure(figures.highest),
        Cell::Figure(figures.lowest),
        Cell::Figure(figures.standard_deviation),
        number(figures.passed),
        Cell::Figure(figures.pass_rate),
        number(figures.excellent),
        Cell::Figure(figures.excellence_rate),
    ]
}
