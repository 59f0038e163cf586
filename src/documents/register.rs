//! The score register 成绩册: branch by branch everybody who was due, in the official order, with room to sign. As a
//! workbook with a sheet for each branch, and as a document to print.

use super::grid::{Book, Cell, Grid};
use super::named::{excellence, values};
use super::report::objection_period;
use crate::formats::docx_writer::{self as docx, Block, Foot, Layout, Paragraph, Style, Table};
use crate::i18n::words::Words;
use crate::rules::figures::{Result as Outcome, Scale, Tally};
use crate::rules::make_up::MadeUp;
use crate::rules::namesakes::told_apart;
use crate::rules::points::Points;
use crate::rules::presence::Presence;
use crate::service::registers::{Part, Register};
use crate::service::tests::Member;
use rust_xlsxwriter::XlsxError;
use std::collections::HashMap;
use zip::result::ZipResult;

/// Heading, width in a workbook in characters, width on paper in millimetres.
const COLUMNS: [(&str, u16, u32); 9] = [
    ("register-number", 6, 10),
    ("name", 18, 28),
    ("category", 14, 24),
    ("presence-title", 10, 18),
    ("register-first", 10, 18),
    ("register-make-up", 10, 18),
    ("register-grade", 9, 15),
    ("register-signature", 16, 27),
    ("register-remark", 18, 17),
];

/// A row of the register, column by column.
struct Row {
    number: usize,
    name: String,
    category: String,
    presence: String,
    score: Option<Points>,
    make_up: Option<Points>,
    grade: String,
    remark: String,
}

/// A register with what every part of it needs.
struct Made<'a> {
    words: Words,
    register: &'a Register,
    title: String,
    /// What stands behind names that several people have, by person.
    ends: HashMap<&'a str, &'a str>,
}

impl<'a> Made<'a> {
    fn new(words: Words, register: &'a Register) -> Self {
        let title = words.with("register-title", &[("title", words.of(&register.test.definition.title).into())]);
        let number = |member: &'a Member| {
            let person = &member.person;
            if person.number.is_empty() { person.login.as_str() } else { person.number.as_str() }
        };
        let numbers: Vec<(&str, &str)> =
            register.members().map(|member| (member.person.name.as_str(), number(member))).collect();
        let ends = register
            .members()
            .zip(told_apart(&numbers))
            .filter_map(|(member, end)| Some((member.person.id.as_str(), end?)))
            .collect();
        Self { words, register, title, ends }
    }

    fn rows(&self, part: &Part) -> Vec<Row> {
        (1..).zip(&part.members).map(|(number, member)| self.row(number, member)).collect()
    }

    fn row(&self, number: usize, member: &Member) -> Row {
        let words = self.words;
        let end = self.ends.get(member.person.id.as_str());
        let name = match end {
            Some(end) => {
                words.with("register-namesake", &[("name", member.person.name.as_str().into()), ("end", (*end).into())])
            }
            None => member.person.name.clone(),
        };
        let is_over = self.register.test.row.finished_at_ms.is_some();
        let presence = match member.presence {
            Presence::Absent if !is_over => words.t("not-yet"),
            state => words.t(&format!("presence-{}", state.name())),
        };
        let reason = member.reason.clone().unwrap_or_default();
        let made_up = self.register.make_ups.as_ref().and_then(|all| all.get(&member.person.id));
        Row {
            number,
            name,
            category: member.person.category.clone(),
            presence,
            score: member.counted_score(),
            make_up: made_up.and_then(MadeUp::points),
            grade: grade(self.register.scale, member, made_up).map(|id| words.t(id)).unwrap_or_default(),
            remark: if member.waits() { words.t("register-waits") } else { reason },
        }
    }

    /// Of which branch, when, and how final.
    fn lead(&self, branch: &str) -> String {
        let words = self.words;
        let definition = &self.register.test.definition;
        let state = if self.register.is_final { "register-final" } else { "register-provisional" };
        let full = words.with("register-full", &[("full", self.register.scale.full.to_string().into())]);
        let period = objection_period(words, &self.register.test).map(|period| format!(" · {period}"));
        format!(
            "{branch} · {} · {full} · {}{}",
            words.span(definition.opens_at_ms, definition.closes_at_ms),
            words.t(state),
            period.unwrap_or_default()
        )
    }

    /// The totals in words: who was due, and how they did.
    fn totals(&self, tally: &Tally) -> [String; 2] {
        let values = values(tally, &tally.figures(self.register.scale));
        ["register-due", "register-done"].map(|id| self.words.with(id, &values))
    }

    fn notes(&self) -> Vec<String> {
        let words = self.words;
        let scale = self.register.scale;
        let lines = [("pass", scale.pass.to_string().into()), ("excellent", excellence(scale).into())];
        let mut notes = vec![words.with("register-grades", &lines)];
        if self.register.make_ups.is_some() {
            notes.push(words.t("register-make-up-note"));
        }
        notes.push(words.t("register-not-a-grade"));
        notes
    }

    /// Who signs, and below, the seal and the date.
    fn signatures(&self) -> [String; 2] {
        let joined =
            |ids: &[&str], between: &str| ids.iter().map(|id| self.words.t(id)).collect::<Vec<_>>().join(between);
        [
            joined(&["sign-maker", "sign-checker", "register-secretary"], "　　　　　　　　"),
            joined(&["sign-seal", "sign-date"], "　　　　"),
        ]
    }
}

/// The grade; who passed only in a make-up never has a better one than that.
fn grade(scale: Scale, member: &Member, made_up: Option<&MadeUp>) -> Option<&'static str> {
    if made_up.is_some_and(|made_up| made_up.passed) {
        return Some("register-made-up");
    }
    let score = member.counted_score()?;
    Some(if score.reach(scale.excellent, scale.full) {
        "excellent"
    } else if score.reach(scale.pass, scale.full) {
        "passed"
    } else {
        "register-below"
    })
}

/// The tally of some members; everybody is exactly one of sat, absent, excused, exempt, disqualified.
fn tally<'a>(members: impl IntoIterator<Item = &'a Member>) -> Tally {
    let mut tally = Tally::default();
    for member in members {
        tally.add(Outcome {
            presence: member.presence,
            working: member.working,
            score: member.score,
            pending: member.waits(),
        });
    }
    tally
}

/// The register as a workbook.
pub(super) fn workbook(words: Words, now_ms: i64, register: &Register) -> Result<Vec<u8>, XlsxError> {
    let made = Made::new(words, register);
    let mut book = Book::new(words, &made.title, now_ms)?;
    if register.parts.len() != 1 {
        book.add(&summary(&made))?;
    }
    for part in &register.parts {
        book.add(&sheet(&made, part))?;
    }
    book.into_bytes()
}

/// The identity of every branch, and of all together.
fn summary(made: &Made<'_>) -> Grid {
    let words = made.words;
    let heads = [
        ("branch", 30),
        ("due", 9),
        ("presence-sat", 9),
        ("presence-absent", 9),
        ("presence-excused", 9),
        ("presence-disqualified", 9),
        ("presence-exempt", 9),
        ("participation", 10),
        ("mean", 9),
        ("passed-count", 10),
        ("pass-rate", 10),
        ("excellent-count", 10),
        ("excellence-rate", 10),
    ];
    let row = |name: &str, tally: &Tally| {
        let figures = tally.figures(made.register.scale);
        let counts = [tally.due(), tally.sat, tally.absent, tally.excused, tally.disqualified, tally.exempt];
        let mut row = vec![Cell::Text(name.to_owned())];
        row.extend(counts.map(Cell::count));
        row.extend([Cell::Rate(figures.participation_rate), Cell::Figure(figures.mean)]);
        row.extend([Cell::count(figures.passed), Cell::Rate(figures.pass_rate)]);
        row.extend([Cell::count(figures.excellent), Cell::Rate(figures.excellence_rate)]);
        row
    };
    let mut rows: Vec<Vec<Cell>> =
        made.register.parts.iter().map(|part| row(&part.branch.name, &tally(&part.members))).collect();
    rows.push(row(&words.t("total"), &tally(made.register.members())));
    let top = made.register.top.as_ref().map_or_else(|| words.t("whole-unit"), |node| node.name.clone());
    let identity = words.t("register-identity");
    Grid {
        name: words.t("register-summary"),
        title: made.title.clone(),
        lead: made.lead(&top),
        columns: heads.iter().map(|(id, width)| (words.t(id), *width)).collect(),
        rows,
        totals: 1,
        notes: vec![identity, format!("{} {}", words.t("trace-head"), made.register.trace_head)],
        fixed: 1,
        landscape: true,
        ..Grid::default()
    }
}

fn sheet(made: &Made<'_>, part: &Part) -> Grid {
    let words = made.words;
    let row = |row: Row| {
        vec![
            Cell::Points(u32::try_from(row.number).ok().map(f64::from)),
            Cell::Text(row.name),
            Cell::Middle(row.category),
            Cell::Middle(row.presence),
            Cell::Points(row.score.map(Points::number)),
            Cell::Points(row.make_up.map(Points::number)),
            Cell::Middle(row.grade),
            Cell::Middle(String::new()),
            Cell::Text(row.remark),
        ]
    };
    let mut notes: Vec<String> = made.totals(&tally(&part.members)).into();
    notes.extend(made.notes());
    notes.push(String::new());
    notes.extend(made.signatures());
    Grid {
        name: part.branch.name.clone(),
        title: made.title.clone(),
        lead: made.lead(&part.branch.name),
        columns: COLUMNS.iter().map(|(id, width, _)| (words.t(id), *width)).collect(),
        rows: made.rows(part).into_iter().map(row).collect(),
        notes,
        fixed: 2,
        is_signed: true,
        ..Grid::default()
    }
}

/// The register as a document: every branch begins a page.
pub(super) fn document(words: Words, register: &Register) -> ZipResult<Vec<u8>> {
    let made = Made::new(words, register);
    let mut blocks: Vec<Block> = Vec::new();
    for (index, part) in register.parts.iter().enumerate() {
        let title = Paragraph::new(Style::SheetTitle, made.title.as_str());
        blocks.push(if index > 0 { title.on_new_page() } else { title }.into());
        blocks.extend(made.notes().into_iter().map(|note| Paragraph::new(Style::Note, note).into()));
        blocks.push(Block::Table(table(&made, part)));
        let [names, seal] = made.signatures();
        blocks.push(Paragraph::new(Style::SheetText, names).keeping_next().into());
        blocks.push(Paragraph::new(Style::SheetEnd, seal).into());
    }
    if register.parts.is_empty() {
        blocks.push(Paragraph::new(Style::SheetTitle, made.title.as_str()).into());
        blocks.push(Paragraph::new(Style::SheetText, words.t("presence-none")).into());
    }
    let [before, between, after] = ["page-foot-before", "page-foot-between", "page-foot-after"].map(|id| words.t(id));
    let foot = vec![Foot::Text(before), Foot::Page, Foot::Text(between), Foot::Pages, Foot::Text(after)];
    docx::write(&docx::Document {
        title: made.title.clone(),
        language: super::official::language(words),
        layout: Layout::Sheet(foot),
        blocks,
    })
}

fn table(made: &Made<'_>, part: &Part) -> Table {
    let words = made.words;
    let cell = |style: Style, text: String| docx::Cell::new(style, text);
    let heading = COLUMNS.iter().map(|(id, _, _)| cell(Style::CellHead, words.t(id))).collect();
    let row = |row: Row| {
        let score = row.score.map(|score| score.to_string()).unwrap_or_default();
        vec![
            cell(Style::Cell, row.number.to_string()),
            cell(Style::CellLeft, row.name),
            cell(Style::Cell, row.category),
            cell(Style::Cell, row.presence),
            cell(Style::Cell, score),
            cell(Style::Cell, row.make_up.map(|points| points.to_string()).unwrap_or_default()),
            cell(Style::Cell, row.grade),
            cell(Style::Cell, String::new()),
            cell(Style::CellLeft, row.remark),
        ]
    };
    let wide = |text: String| vec![cell(Style::CellTotal, text).over(COLUMNS.len())];
    let mut rows: Vec<Vec<docx::Cell>> = made.rows(part).into_iter().map(row).collect();
    rows.extend(made.totals(&tally(&part.members)).map(wide));
    Table {
        widths: COLUMNS.iter().map(|(_, _, millimetres)| *millimetres).collect(),
        heads: vec![wide(made.lead(&part.branch.name)), heading],
        rows,
        row_height: 8,
    }
}
