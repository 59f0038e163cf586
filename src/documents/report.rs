//! The branch report as files: one table as CSV, and a workbook with a sheet for every level below, bands, topics and
//! the lists of people.

mod together;

use super::grid::{Book, Cell, Column, Grid, HEADING};
use super::named::{band_name, branch_name, excellence, judged, line_name, place, range};
use crate::formats::sheet::write_csv;
use crate::i18n::words::{Words, count};
use crate::rules::advice::LEAST_JUDGED;
use crate::rules::figures::rate;
use crate::rules::presence::Presence;
use crate::rules::tree::Node;
use crate::service::objections::provisional_until;
use crate::service::registers::{Levels, Register};
use crate::service::reports::{Line, Report};
use crate::service::tests::{Member, Test};
use rust_xlsxwriter::{Chart, ChartDataLabel, ChartType, Worksheet, XlsxError};

/// More bars than these make no picture.
const MOST_BARS: usize = 40;

const COLUMNS: [(&str, u16); 18] = [
    ("code", 8),
    ("branch", 22),
    ("due", 6),
    ("presence-sat", 6),
    ("presence-absent", 6),
    ("presence-excused", 6),
    ("presence-disqualified", 6),
    ("presence-exempt", 6),
    ("participation", 8),
    ("mean", 7),
    ("median", 7),
    ("highest", 7),
    ("lowest", 7),
    ("deviation", 7),
    ("passed-count", 7),
    ("pass-rate", 8),
    ("excellent-count", 7),
    ("excellence-rate", 8),
];

/// What a workbook has beside them.
const FURTHER: [(&str, u16); 6] = [
    ("pass-rate-due", 9),
    ("excellence-rate-due", 9),
    ("report-rank", 12),
    ("pass-rate-likely", 9),
    ("adjusted-mean-short", 17),
    ("judgement", 17),
];

fn columns(words: Words, of: &[(&str, u16)]) -> Vec<Column> {
    of.iter().map(|(id, width)| (words.t(id), *width)).collect()
}

/// A report as CSV: heading, the branches, the branch itself as the total.
pub(super) fn csv(words: Words, report: &Report) -> Vec<u8> {
    let heading: Vec<String> = COLUMNS.iter().map(|(id, _)| words.t(id)).collect();
    let children = report.children.iter().map(|line| row(words, line, None));
    let rows = children.chain([row(words, &report.line, Some(&words.t("total")))]);
    let mut rows: Vec<Vec<String>> = rows.map(|row| row.iter().map(Cell::text).collect()).collect();
    // What is known of all together only stands in the last row.
    let mut heading = heading;
    for (name, cell) in together::cells(words, report) {
        heading.push(name);
        let last = rows.len().saturating_sub(1);
        for (index, row) in rows.iter_mut().enumerate() {
            row.push(if index == last { cell.text() } else { String::new() });
        }
    }
    write_csv(std::iter::once(heading).chain(rows))
}

fn row(words: Words, line: &Line, total: Option<&str>) -> Vec<Cell> {
    let (tally, figures) = (&line.tally, &line.figures);
    let name = total.map_or_else(|| line_name(words, line), |total| format!("{} {total}", branch_name(words, line)));
    vec![
        Cell::Text(line.branch.as_ref().map(|node| node.code.clone()).unwrap_or_default()),
        Cell::Text(name),
        Cell::count(tally.due()),
        Cell::count(tally.sat),
        Cell::count(tally.absent),
        Cell::count(tally.excused),
        Cell::count(tally.disqualified),
        Cell::count(tally.exempt),
        Cell::Rate(figures.participation_rate),
        Cell::Figure(figures.mean),
        Cell::Figure(figures.median),
        Cell::Figure(figures.highest),
        Cell::Figure(figures.lowest),
        Cell::Figure(figures.standard_deviation),
        Cell::count(figures.passed),
        Cell::Rate(figures.pass_rate),
        Cell::count(figures.excellent),
        Cell::Rate(figures.excellence_rate),
    ]
}

fn whole_row(words: Words, line: &Line, is_total: bool) -> Vec<Cell> {
    let total = words.t("total");
    let mut cells = row(words, line, is_total.then_some(&total));
    let advice = &line.advice;
    let shown = |text: Option<String>| Cell::Middle(text.unwrap_or_default());
    cells.extend([Cell::Rate(line.figures.pass_rate_due), Cell::Rate(line.figures.excellence_rate_due)]);
    if is_total {
        cells.extend([shown(None), shown(None), shown(None), shown(None)]);
    } else {
        cells.extend([
            shown(place(words, line)),
            shown(advice.pass_rate.map(|pass| range(pass.low, pass.high))),
            shown(advice.adjusted_mean.map(|mean| format!("{:.1} ({})", mean.value, range(mean.low, mean.high)))),
            Cell::Middle(words.t(judged(advice.standing))),
        ]);
    }
    cells
}

/// A report as a workbook.
pub(super) fn workbook(words: Words, now_ms: i64, levels: &Levels, register: &Register) -> Result<Vec<u8>, XlsxError> {
    let report = &levels.report;
    let title = words.of(&report.test.definition.title).to_owned();
    let mut book = Book::new(words, &title, now_ms)?;
    let made = Made { words, report, title, lead: lead(words, report, now_ms) };
    book.add(&made.overview())?;
    for (depth, lines) in (1_usize..).zip(&levels.below) {
        let (name, sheet) = book.add(&made.level(depth, lines))?;
        if depth == 1 {
            means(sheet, &name, words, lines)?;
        }
    }
    let (name, sheet) = book.add(&made.bands())?;
    let bands = Bars {
        sheet: &name,
        title: words.t("bands"),
        columns: (0, 1),
        count: report.bands.len(),
        kind: ChartType::Column,
    };
    picture(sheet, 0, &bands)?;
    if report.children.len() > 1 {
        book.add(&made.bands_by_branch())?;
    }
    if !report.topics.is_empty() {
        book.add(&made.topics())?;
    }
    book.add(&made.lists(register))?;
    book.into_bytes()
}

/// Until when members may object, and results are provisional.
pub(super) fn objection_period(words: Words, test: &Test) -> Option<String> {
    let until = provisional_until(test)?;
    Some(words.with("objection-period", &[("date", words.moment(until).into())]))
}

/// Of which branch the figures are, how final they are, and when the file was made.
pub(super) fn lead(words: Words, report: &Report, now_ms: i64) -> String {
    let state = match &report.test.row.cancelled_reason {
        Some(reason) => words.with("cancelled-because", &[("reason", reason.as_str().into())]),
        None if report.is_final => words.t("report-final"),
        None if report.test.row.finished_at_ms.is_some() => {
            words.with("report-unmarked", &[("count", count(report.line.tally.pending))])
        }
        None => words.with("report-provisional", &[("working", count(report.line.tally.working))]),
    };
    let period = objection_period(words, &report.test).map(|period| format!(" · {period}")).unwrap_or_default();
    let narrowed = report
        .category
        .as_ref()
        .map(|category| format!(" · {}", words.with("narrowed-to", &[("category", category.as_str().into())])));
    let narrowed = narrowed.unwrap_or_default();
    format!("{}{narrowed} · {} · {state}{period}", branch_name(words, &report.line), words.moment(now_ms))
}

fn definitions(words: Words, report: &Report) -> Vec<String> {
    let values = [
        ("pass", report.scale.pass.to_string().into()),
        ("excellent", excellence(report.scale).into()),
        ("least", count(LEAST_JUDGED)),
    ];
    vec![
        words.with("definitions", &values),
        words.with("definitions-judgement", &[("least", count(LEAST_JUDGED))]),
        words.t("definitions-internal"),
        format!("{} {}", words.t("trace-head"), report.trace_head),
        ["sign-maker", "sign-checker", "sign-secretary", "sign-seal", "sign-date"]
            .map(|id| words.t(id))
            .join("　　　　　　"),
    ]
}

struct Made<'a> {
    words: Words,
    report: &'a Report,
    title: String,
    lead: String,
}

impl Made<'_> {
    fn grid(&self, name: &str, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Grid {
        Grid {
            name: self.words.t(name),
            title: self.title.clone(),
            lead: self.lead.clone(),
            columns,
            rows,
            landscape: true,
            ..Grid::default()
        }
    }

    /// Every figure of the page with what it was counted from.
    fn overview(&self) -> Grid {
        let words = self.words;
        let (tally, figures) = (&self.report.line.tally, &self.report.line.figures);
        let of = |part: u64, whole: u64| format!("{part}/{whole}");
        let row = |id: &str, cell: Cell, from: String| vec![Cell::Text(words.t(id)), cell, Cell::Middle(from)];
        let none = String::new;
        let rows = vec![
            row("due", Cell::count(tally.due()), none()),
            row("presence-sat", Cell::count(tally.sat), none()),
            row("presence-absent", Cell::count(tally.absent), none()),
            row("presence-excused", Cell::count(tally.excused), none()),
            row("presence-disqualified", Cell::count(tally.disqualified), none()),
            row("presence-exempt", Cell::count(tally.exempt), none()),
            row("participation", Cell::Rate(figures.participation_rate), of(tally.sat, tally.due())),
            row("mean", Cell::Figure(figures.mean), none()),
            row("median", Cell::Figure(figures.median), none()),
            row("highest", Cell::Figure(figures.highest), none()),
            row("lowest", Cell::Figure(figures.lowest), none()),
            row("deviation", Cell::Figure(figures.standard_deviation), none()),
            row("pass-rate", Cell::Rate(figures.pass_rate), of(figures.passed, tally.marked())),
            row("pass-rate-due", Cell::Rate(figures.pass_rate_due), of(figures.passed, tally.due())),
            row("excellence-rate", Cell::Rate(figures.excellence_rate), of(figures.excellent, tally.marked())),
            row("excellence-rate-due", Cell::Rate(figures.excellence_rate_due), of(figures.excellent, tally.due())),
        ];
        let rows = [rows, together::rows(words, self.report)].concat();
        let columns = columns(words, &[("sheet-figure", 30), ("sheet-value", 30), ("sheet-counted-from", 40)]);
        Grid { notes: definitions(words, self.report), one_page: true, ..self.grid("sheet-overview", columns, rows) }
    }

    fn level(&self, depth: usize, lines: &[(Option<Node>, Line)]) -> Grid {
        let words = self.words;
        let mut columns: Vec<Column> =
            COLUMNS.iter().chain(&FURTHER).map(|(id, width)| (words.t(id), *width)).collect();
        let mut rows: Vec<Vec<Cell>> = lines.iter().map(|(_, line)| whole_row(words, line, false)).collect();
        let mut totals = 0;
        if depth == 1 {
            rows.push(whole_row(words, &self.report.line, true));
            totals = 1;
        } else {
            columns.insert(2, (words.t("sheet-above"), 20));
            for (row, (above, _)) in rows.iter_mut().zip(lines) {
                row.insert(2, Cell::Text(above.as_ref().map(|node| node.name.clone()).unwrap_or_default()));
            }
        }
        let name = words.with("sheet-level", &[("level", count(depth))]);
        Grid { name, totals, fixed: 2, ..self.grid("sheet-level", columns, rows) }
    }

    fn bands(&self) -> Grid {
        let words = self.words;
        let sat = self.report.line.tally.marked();
        let row = |band: &crate::rules::figures::BandCount| {
            vec![Cell::Middle(band_name(band)), Cell::count(band.count), Cell::Rate(rate(band.count, sat))]
        };
        let rows = self.report.bands.iter().rev().map(row).collect();
        self.grid("bands", columns(words, &[("band", 28), ("people", 28), ("share", 28)]), rows)
    }

    fn bands_by_branch(&self) -> Grid {
        let words = self.words;
        let mut heads = vec![(words.t("branch"), 32)];
        heads.extend(self.report.bands.iter().rev().map(|band| (band_name(band), 12)));
        let counts = |line: &Line| -> Vec<Cell> {
            line.tally.bands(self.report.scale.full).iter().rev().map(|band| Cell::count(band.count)).collect()
        };
        let row = |(name, line): (String, &Line)| [vec![Cell::Text(name)], counts(line)].concat();
        let children = self.report.children.iter().map(|line| (line_name(words, line), line));
        let rows = children.chain([(words.t("total"), &self.report.line)]).map(row).collect();
        Grid { totals: 1, fixed: 1, ..self.grid("sheet-bands-by-branch", heads, rows) }
    }

    fn topics(&self) -> Grid {
        let words = self.words;
        let row = |line: &crate::service::reports::TopicLine| {
            vec![
                Cell::Text(line.bank.clone()),
                Cell::Text(words.of(&line.title).to_owned()),
                Cell::Points(Some(line.won.number())),
                Cell::Points(Some(line.possible.number())),
                Cell::Rate(line.won.percent_of(line.possible)),
            ]
        };
        let heads =
            [("bank", 28), ("topic", 40), ("sheet-points-won", 14), ("sheet-points-possible", 14), ("share-won", 14)];
        self.grid("sheet-topics", columns(words, &heads), self.report.topics.iter().map(row).collect())
    }

    /// The lists of the page: absent, on leave, disqualified, not passed.
    fn lists(&self, register: &Register) -> Grid {
        let words = self.words;
        let missing = if register.test.row.finished_at_ms.is_some() { "presence-absent" } else { "not-yet" };
        let failed = |member: &Member| {
            member.counted_score().is_some_and(|score| !score.reach(register.scale.pass, register.scale.full))
        };
        let lists: [(&str, Belongs<'_>); 4] = [
            (missing, &|member| member.presence == Presence::Absent),
            ("presence-excused", &|member| member.presence == Presence::Excused),
            ("presence-disqualified", &|member| member.presence == Presence::Disqualified),
            ("not-passed", &failed),
        ];
        let mut rows = Vec::new();
        for (id, belongs) in lists {
            for member in register.members().filter(|member| belongs(member)) {
                let texts = [words.t(id), member.branch.name.clone(), member.person.name.clone()];
                rows.push(texts.map(Cell::Text).to_vec());
            }
        }
        let mut notes = vec![words.t("definitions-internal")];
        if rows.is_empty() {
            notes.insert(0, words.t("list-none"));
        }
        let heads = columns(words, &[("sheet-list", 24), ("branch", 44), ("name", 28)]);
        Grid { notes, ..self.grid("sheet-lists", heads, rows) }
    }
}

/// Whether somebody stands in a list.
type Belongs<'a> = &'a dyn Fn(&Member) -> bool;

/// A chart of one column of a sheet.
struct Bars<'a> {
    sheet: &'a str,
    title: String,
    /// Those of the names and of the values.
    columns: (u16, u16),
    count: usize,
    kind: ChartType,
}

/// Puts a chart below the table, from a column on.
fn picture(sheet: &mut Worksheet, column: u16, bars: &Bars<'_>) -> Result<(), XlsxError> {
    let Some(last) = u32::try_from(bars.count).ok().filter(|&count| count > 0) else { return Ok(()) };
    let rows = |column: u16| (bars.sheet, HEADING + 1, column, HEADING + last, column);
    let mut chart = Chart::new(bars.kind);
    chart.title().set_name(&bars.title);
    chart.legend().set_hidden();
    let mut label = ChartDataLabel::new();
    label.show_value();
    if bars.kind == ChartType::Bar {
        label.set_num_format("0.0");
    }
    let series = chart.add_series();
    series.set_categories(rows(bars.columns.0)).set_values(rows(bars.columns.1)).set_gap(60).set_data_label(&label);
    if bars.kind == ChartType::Bar {
        // Bars go up from the bottom, tables down from the top.
        chart.y_axis().set_reverse();
        chart.x_axis().set_min(0).set_max(100);
        chart.set_height(120 + 26 * last);
    }
    chart.set_width(500);
    sheet.insert_chart(HEADING + last + 4, column, &chart)?;
    Ok(())
}

/// The means of the first level.
fn means(sheet: &mut Worksheet, name: &str, words: Words, lines: &[(Option<Node>, Line)]) -> Result<(), XlsxError> {
    if !(2..=MOST_BARS).contains(&lines.len()) {
        return Ok(());
    }
    let column = |id: &str| COLUMNS.iter().position(|(known, _)| *known == id).and_then(|at| u16::try_from(at).ok());
    let (Some(names), Some(values)) = (column("branch"), column("mean")) else { return Ok(()) };
    let title = words.t("mean");
    picture(sheet, 1, &Bars { sheet: name, title, columns: (names, values), count: lines.len(), kind: ChartType::Bar })
}
