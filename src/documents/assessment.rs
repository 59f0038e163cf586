//! The annual assessment as workbooks: its results, who can be commended, who needs help, and the year before.

use super::grid::{Book, Cell, Column, Grid};
use super::{File, XLSX, aside};
use crate::app::App;
use crate::i18n::words::Words;
use crate::rules::assessment::commendation::{Criterion, Held};
use crate::rules::assessment::help::Need;
use crate::rules::points::Points;
use crate::rules::rights::Caller;
use crate::rules::text::Text;
use crate::service::Result;
use crate::service::assessments::{
    self, Assessed, BranchChange, BranchLine, Commended, Compared, MemberLine, ToHelp, signed_points,
};
use rust_xlsxwriter::XlsxError;

/// The workbooks of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workbook {
    /// Results of members and branches.
    Results,
    /// Who can be commended.
    Commended,
    /// Who needs help; a file of its own, for the committee only.
    ToHelp,
    /// Beside the year before.
    Compared,
}

impl Workbook {
    /// Every workbook.
    pub const ALL: [Self; 4] = [Self::Results, Self::Commended, Self::ToHelp, Self::Compared];

    /// The name in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Results => "results.xlsx",
            Self::Commended => "commended.xlsx",
            Self::ToHelp => "to-help.xlsx",
            Self::Compared => "compared.xlsx",
        }
    }
}

/// Makes a workbook of a year.
pub async fn make(
    app: &App,
    (caller, words, now_ms): (&Caller, Words, i64),
    (year, branch): (u32, Option<&str>),
    workbook: Workbook,
) -> Result<File> {
    let at = (year, branch);
    let bytes = match workbook {
        Workbook::Results => {
            let shown = assessments::show(app, caller, now_ms, year, branch).await?;
            aside(move || book(words, now_ms, &shown, &results(words, &shown))).await
        }
        Workbook::Commended => {
            let shown = assessments::commended(app, caller, now_ms, at).await?;
            aside(move || book(words, now_ms, &shown.assessed, &commended(words, &shown))).await
        }
        Workbook::ToHelp => {
            let shown = assessments::to_help(app, caller, now_ms, at).await?;
            aside(move || book(words, now_ms, &shown.assessed, &[to_help(words, &shown)])).await
        }
        Workbook::Compared => {
            let shown = assessments::compared(app, caller, now_ms, at).await?;
            aside(move || book(words, now_ms, &shown.assessed, &compared(words, &shown))).await
        }
    };
    let place = branch.map(|code| format!("-{code}")).unwrap_or_default();
    Ok(File { name: format!("{year}{place}-{}", workbook.name()), media_type: XLSX, bytes: bytes? })
}

fn book(words: Words, now_ms: i64, assessed: &Assessed, grids: &[Grid]) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = Book::new(words, words.of(&assessed.definition.title), now_ms)?;
    for grid in grids {
        book.add(grid)?;
    }
    book.into_bytes()
}

/// A sheet with its heading.
fn sheet(words: Words, assessed: &Assessed, title: &str, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Grid {
    let name = words.t(title);
    let place = assessed.line.branch.as_ref().map_or_else(|| words.t("whole-unit"), |node| node.name.clone());
    Grid {
        title: format!("{} · {name}", words.of(&assessed.definition.title)),
        lead: place,
        name,
        columns,
        rows,
        notes: vec![words.t("assessment-only-study")],
        fixed: 2,
        landscape: true,
        ..Grid::default()
    }
}

fn columns(words: Words, of: &[(&str, u16)]) -> Vec<Column> {
    of.iter().map(|(id, width)| (words.t(id), *width)).collect()
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn points(points: Option<Points>) -> Cell {
    Cell::Points(points.map(Points::number))
}

fn place(rank: Option<usize>) -> Cell {
    Cell::Middle(rank.map(|rank| rank.to_string()).unwrap_or_default())
}

fn band(words: Words, assessed: &Assessed, line: &MemberLine) -> String {
    let band = line.outcome.band.and_then(|band| assessed.definition.bands.get(band));
    match (band, line.outcome.total) {
        (Some(band), _) => words.of(&band.title).to_owned(),
        (None, Err(why)) => words.t(&format!("ungraded-{}", why.name())),
        (None, Ok(_)) => String::new(),
    }
}

/// Who, where, and with which result.
fn who(line: &MemberLine) -> Vec<Cell> {
    vec![
        text(&line.name),
        text(&line.login),
        text(&line.branch.name),
        points(line.outcome.total.ok()),
        place(line.rank),
    ]
}

const WHO: [(&str, u16); 5] =
    [("name", 14), ("column-login", 14), ("branch", 22), ("assessment-total", 9), ("correction-rank", 7)];

fn results(words: Words, assessed: &Assessed) -> Vec<Grid> {
    let mut heading = columns(words, &WHO);
    heading.extend(assessed.definition.components.iter().map(|one| (words.of(&one.title).to_owned(), 12)));
    heading.extend(columns(words, &[("assessment-adjustments", 9), ("assessment-band", 12)]));
    let row = |line: &MemberLine| {
        let mut row = who(line);
        row.extend(line.outcome.parts.iter().map(|part| points(part.value)));
        row.push(Cell::Points(Some(crate::rules::points::number(line.outcome.adjusted.hundredths()) / 100.0)));
        row.push(text(&band(words, assessed, line)));
        row
    };
    let members = sheet(words, assessed, "assessment-members", heading, assessed.members.iter().map(row).collect());
    let lines = assessed.children.iter().chain([&assessed.line]);
    let mut branches = sheet(
        words,
        assessed,
        "assessment-branches",
        columns(words, &BRANCH),
        lines.map(|line| branch(words, line)).collect(),
    );
    branches.totals = 1;
    vec![members, branches]
}

const BRANCH: [(&str, u16); 8] = [
    ("branch", 28),
    ("correction-rank", 7),
    ("assessment-score", 10),
    ("assessment-mean", 10),
    ("participation", 10),
    ("pass-rate", 10),
    ("excellence-rate", 10),
    ("assessment-graded", 12),
];

fn branch(words: Words, line: &BranchLine) -> Vec<Cell> {
    let name = line.branch.as_ref().map_or_else(|| words.t("whole-unit"), |node| node.name.clone());
    let name = if line.direct { words.with("direct-members", &[("branch", name.into())]) } else { name };
    let figures = &line.figures;
    vec![
        Cell::Text(name),
        place(line.rank),
        points(figures.score),
        points(figures.mean),
        points(figures.participation),
        points(figures.pass),
        points(figures.excellence),
        Cell::Middle(format!("{}/{}", line.tally.graded, line.tally.members)),
    ]
}

/// What lies near a line or below it, in words.
fn near(words: Words, held: &[Held], components: &[&Text]) -> String {
    let said = held.iter().filter(|one| !one.is_met() || one.is_near());
    words.list(said.map(|one| criterion(words, one, components)))
}

/// A criterion with what there is: `Result 90.5, asked 90`.
pub fn criterion(words: Words, held: &Held, components: &[&Text]) -> String {
    let title = match held.criterion {
        Criterion::Component(index) => {
            components.get(index).map(|title| words.of(title).to_owned()).unwrap_or_default()
        }
        other => words.t(&format!("criterion-{}", other.name())),
    };
    if matches!(held.criterion, Criterion::Result | Criterion::NoAbsence | Criterion::NoFail) {
        return title;
    }
    let value = held.value.map_or_else(|| "–".to_owned(), |value| value.to_string());
    let values = [("title", title.into()), ("value", value.into()), ("line", held.line.to_string().into())];
    words.with("criterion-held", &values)
}

fn commended(words: Words, shown: &Commended) -> Vec<Grid> {
    let assessed = &shown.assessed;
    let titles: Vec<&Text> = assessed.definition.components.iter().map(|component| &component.title).collect();
    let mut heading = columns(words, &WHO);
    heading.extend(titles.iter().map(|title| (words.of(title).to_owned(), 12)));
    heading.extend(columns(words, &[("commended-sat", 9), ("commended-near", 30), ("commended-place", 14)]));
    let standing = |place: Option<crate::rules::assessment::commendation::Place>| match place {
        Some(place) => words.t(&format!("place-{}", place.name())),
        None => words.t("commended-close"),
    };
    let member = |one: &assessments::Candidate| {
        let line = assessed.members.get(one.member)?;
        let mut row = who(line);
        row.extend(line.outcome.parts.iter().map(|part| points(part.value)));
        row.push(Cell::Middle(format!("{}/{}", one.attendance.sat, one.attendance.due)));
        row.push(Cell::Text(near(words, &one.held, &titles)));
        row.push(Cell::Text(standing(one.place)));
        Some(row)
    };
    let members = shown.members.iter().chain(&shown.close).filter_map(member).collect();
    let mut heading_of_branches = columns(words, &BRANCH);
    heading_of_branches.extend(columns(words, &[("commended-near", 30), ("commended-place", 14)]));
    let of_branch = |one: &assessments::BranchCandidate| {
        let mut row = branch(words, &one.line);
        row.push(Cell::Text(near(words, &one.held, &[])));
        row.push(Cell::Text(standing(one.place)));
        row
    };
    let branches = shown.branches.iter().chain(&shown.close_branches).map(of_branch).collect();
    vec![
        sheet(words, assessed, "commended-members", heading, members),
        sheet(words, assessed, "commended-branches", heading_of_branches, branches),
    ]
}

/// Why somebody needs help, in words.
pub fn need(words: Words, need: Need) -> String {
    words.with(&format!("help-need-{}", need.name()), &[("amount", need.amount().unwrap_or_default().into())])
}

fn to_help(words: Words, shown: &ToHelp) -> Grid {
    let assessed = &shown.assessed;
    let mut heading = columns(words, &WHO);
    heading.extend(columns(
        words,
        &[("compared-before", 9), ("commended-sat", 9), ("to-help-why", 34), ("weak-topics", 34)],
    ));
    let row = |one: &assessments::InNeed| {
        let line = assessed.members.get(one.member)?;
        let mut row = who(line);
        row.push(points(one.last));
        row.push(Cell::Middle(format!("{}/{}", one.attendance.sat, one.attendance.due)));
        row.push(Cell::Text(words.list(one.needs.iter().map(|one| need(words, *one)))));
        let topics = one.topics.iter();
        row.push(Cell::Text(
            words.list(topics.map(|one| format!("{} {}/{}", words.of(&one.title), one.won, one.possible))),
        ));
        Some(row)
    };
    let mut grid = sheet(words, assessed, "to-help-title", heading, shown.members.iter().filter_map(row).collect());
    grid.notes.insert(0, words.t("to-help-inside"));
    grid
}

fn compared(words: Words, shown: &Compared) -> Vec<Grid> {
    let assessed = &shown.assessed;
    let heading = columns(
        words,
        &[
            ("branch", 26),
            ("assessment-mean", 10),
            ("compared-before", 10),
            ("compared-change", 10),
            ("correction-rank", 7),
            ("compared-before", 10),
            ("participation", 10),
            ("compared-before", 10),
            ("pass-rate", 10),
            ("compared-before", 10),
            ("compared-shift", 16),
        ],
    );
    let rows = shown.branches.iter().map(|one| branch_change(words, one)).collect();
    let branches = noted(words, shown, sheet(words, assessed, "assessment-branches", heading, rows));
    let heading = columns(
        words,
        &[
            ("name", 14),
            ("column-login", 14),
            ("branch", 22),
            ("assessment-total", 9),
            ("compared-before", 10),
            ("compared-change", 10),
            ("correction-rank", 7),
            ("compared-before", 10),
            ("participation", 10),
            ("compared-before", 10),
            ("register-remark", 24),
        ],
    );
    let mut rows: Vec<Vec<Cell>> = shown.members.iter().filter_map(|one| member_change(words, shown, one)).collect();
    rows.extend(shown.gone.iter().map(|one| {
        let mut row = vec![text(&one.name), text(""), text(&one.branch.name), points(None), points(one.total)];
        row.extend([text(""), place(None), place(one.rank), points(None), points(one.attendance.participation())]);
        row.push(Cell::Text(words.t("compared-gone")));
        row
    }));
    vec![branches, noted(words, shown, sheet(words, assessed, "assessment-members", heading, rows))]
}

/// The sheet with what to mind.
fn noted(words: Words, shown: &Compared, mut grid: Grid) -> Grid {
    let note = match &shown.last {
        None => words.with("compared-nothing", &[("year", (shown.assessed.definition.year - 1).to_string().into())]),
        Some(last) if last.same_rules => words.t("compared-chance"),
        Some(_) => words.t("compared-other-rules"),
    };
    grid.notes.insert(0, note);
    grid
}

fn change(before: Option<Points>, now: Option<Points>) -> Cell {
    let change = before.zip(now).map(|(before, now)| now.hundredths() - before.hundredths());
    Cell::Middle(change.map(signed_points).unwrap_or_default())
}

fn branch_change(words: Words, one: &BranchChange) -> Vec<Cell> {
    let name = one.branch.as_ref().map_or_else(|| words.t("whole-unit"), |node| node.name.clone());
    let (now, before) = (one.now.as_ref(), one.before.as_ref());
    let mean = |line: Option<&BranchLine>| line.and_then(|line| line.figures.mean);
    let participation = |line: Option<&BranchLine>| points(line.and_then(|line| line.figures.participation));
    let pass = |line: Option<&BranchLine>| points(line.and_then(|line| line.figures.pass));
    let shift = match (one.shift, now, before) {
        (_, None, _) => words.t("compared-gone"),
        (_, _, None) => words.t("compared-new"),
        (Some(shift), ..) => words.t(&format!("shift-{}", shift.name())),
        (None, ..) => "–".to_owned(),
    };
    vec![
        Cell::Text(name),
        points(mean(now)),
        points(mean(before)),
        change(mean(before), mean(now)),
        place(now.and_then(|line| line.rank)),
        place(before.and_then(|line| line.rank)),
        participation(now),
        participation(before),
        pass(now),
        pass(before),
        Cell::Text(shift),
    ]
}

fn member_change(words: Words, shown: &Compared, one: &assessments::MemberChange) -> Option<Vec<Cell>> {
    let line = shown.assessed.members.get(one.member)?;
    let before = one.before.as_ref();
    let total = before.and_then(|before| before.total);
    let remark = match before {
        None => words.t("compared-new"),
        Some(before) if before.branch.id != line.branch.id => {
            words.with("compared-moved", &[("branch", before.branch.name.as_str().into())])
        }
        Some(_) => String::new(),
    };
    Some(vec![
        text(&line.name),
        text(&line.login),
        text(&line.branch.name),
        points(line.outcome.total.ok()),
        points(total),
        change(total, line.outcome.total.ok()),
        place(line.rank),
        place(before.and_then(|before| before.rank)),
        points(one.attendance.participation()),
        points(before.and_then(|before| before.attendance.participation())),
        Cell::Text(remark),
    ])
}
