//! The circular 通报 about the tests of a quarter or a year. It tells of branches only what the circular of each of these
//! tests may tell (`rules::publication::published_over`).

mod sentences;

use super::{COLUMNS, numbered, office};
use crate::app::App;
use crate::documents::official::{self, Circular};
use crate::documents::{DOCX, File};
use crate::formats::docx_writer::{Block, Cell as Field, Paragraph, Style, Table};
use crate::i18n::words::{Words, count, figure, percent};
use crate::rules::overview::{Cell, less, over};
use crate::rules::publication::{LEAST, Published, Size, published, published_over};
use crate::rules::rights::Caller;
use crate::service::circular_templates;
use crate::service::overview::{Asked, Overview, Row, overview};
use crate::service::tests::Test;
use crate::service::{Error, Result};

/// What may be published of a period.
struct Public<'a> {
    words: Words,
    overview: &'a Overview,
    /// What the period and its tests are called.
    period: String,
    called: String,
    /// Tests of which figures of all together may be published, with these.
    tests: Vec<(&'a Test, Cell)>,
    /// All of these tests together.
    whole: Option<Cell>,
    /// Branches that stand by themselves, over these tests.
    alone: Vec<(&'a Row, Cell)>,
    /// How many are told of together, and their figures.
    together: Option<(usize, Cell)>,
}

const fn size(cell: &Cell) -> Size {
    Size { marked: cell.marked, due: cell.due }
}

impl<'a> Public<'a> {
    fn new(words: Words, overview: &'a Overview, (period, called): (String, String)) -> Self {
        let all = overview.tests.iter().zip(&overview.total.cells).enumerate();
        let told: Vec<(usize, &Test, Cell)> = all
            .filter_map(|(column, (test, cell))| Some((column, test, (*cell)?)))
            .filter(|(.., cell)| published(&[size(cell)]).is_some())
            .collect();
        let cell = |row: &Row, column: usize| row.cells.get(column).copied().flatten();
        // One row more than there are branches: whoever belongs to none of them.
        let sizes = |(column, _, total): &(usize, &Test, Cell)| {
            let cells: Vec<Option<Cell>> = overview.rows.iter().map(|row| cell(row, *column)).collect();
            let mut sizes: Vec<Size> = cells.iter().map(|cell| cell.as_ref().map(size).unwrap_or_default()).collect();
            sizes.push(less(total, cells.iter().flatten()).as_ref().map(size).unwrap_or_default());
            sizes
        };
        let sizes: Vec<Vec<Size>> = told.iter().map(sizes).collect();
        let Published { mut alone, mut together } = published_over(&sizes).unwrap_or_default();
        if alone.last() == Some(&overview.rows.len()) {
            together.extend(alone.pop());
        }
        let of_row = |index: usize| {
            let row = overview.rows.get(index)?;
            let cells: Vec<Option<Cell>> = told.iter().map(|(column, ..)| cell(row, *column)).collect();
            Some((row, over(cells.iter().flatten())?))
        };
        let whole = over(told.iter().map(|(.., cell)| cell));
        let alone: Vec<(&Row, Cell)> = alone.into_iter().filter_map(of_row).collect();
        let merged = whole.as_ref().filter(|_| !together.is_empty());
        let merged = merged.and_then(|whole| less(whole, alone.iter().map(|(_, cell)| cell)));
        Self {
            words,
            overview,
            period,
            called,
            tests: told.into_iter().map(|(_, test, cell)| (test, cell)).collect(),
            whole,
            alone,
            together: merged.map(|cell| (together.len(), cell)),
        }
    }

    fn has_branches(&self) -> bool {
        self.alone.len() + usize::from(self.together.is_some()) > 1
    }

    fn title(&self) -> String {
        let values = [("period", self.period.as_str().into()), ("tests", self.called.as_str().into())];
        self.words.with("circular-period-title", &values)
    }
}

/// What a quarter or a year is called, and its tests.
pub(in crate::documents) fn names(words: Words, asked: &Asked) -> Result<(String, String)> {
    let year = asked.year.ok_or(Error::Invalid { field: "year", expected: "period" })?.to_string();
    let period = match asked.quarter {
        Some(quarter) => {
            let values = [("year", year.into()), ("quarter", count(u32::from(quarter)))];
            words.with("circular-period-quarter", &values)
        }
        None => words.with("circular-period-year", &[("year", year.into())]),
    };
    let of = |name: &str| {
        words.with("circular-period-occasion", &[("occasion", words.t(&format!("occasion-{name}")).into())])
    };
    let called = asked.occasion.map_or_else(|| words.t("circular-period-tests"), |occasion| of(occasion.name()));
    Ok((period, called))
}

/// Makes it, once nothing of the period can change any more.
pub(in crate::documents) async fn make(
    app: &App,
    caller: &Caller,
    (words, now_ms): (Words, i64),
    asked: &Asked,
) -> Result<File> {
    let named = names(words, asked)?;
    let asked = Asked { kind: None, category: None, from: 0, whole: true, ..asked.clone() };
    let overview = overview(app, caller, now_ms, &asked).await?;
    if overview.tests.is_empty() {
        return Err(Error::Invalid { field: "year", expected: "period-with-tests" });
    }
    let is_final = |(test, cell): (&Test, &Option<Cell>)| {
        test.row.finished_at_ms.is_some() && cell.as_ref().is_none_or(|cell| cell.sat == cell.marked)
    };
    if !overview.tests.iter().zip(&overview.total.cells).all(is_final) {
        return Err(Error::TestNotOver);
    }
    let public = Public::new(words, &overview, named);
    let template = circular_templates::for_branch(app, overview.total.branch.as_ref()).await?;
    let bytes = circular(&public, now_ms).write(words, template).await?;
    let branch = overview.total.branch.as_ref().map(|node| format!("-{}", node.code)).unwrap_or_default();
    let quarter = asked.quarter.map(|quarter| format!("-q{quarter}")).unwrap_or_default();
    let name = format!("{}{quarter}{branch}-circular.docx", asked.year.unwrap_or_default());
    Ok(File { name, media_type: DOCX, bytes })
}

fn circular(public: &Public<'_>, now_ms: i64) -> Circular {
    let words = public.words;
    let mut text: Vec<Block> = vec![Paragraph::new(Style::Body, sentences::start(public)).into()];
    let parts = [
        ("circular-basics", vec![Paragraph::new(Style::Body, sentences::basics(public))]),
        ("circular-features", numbered(words, sentences::features(public))),
        ("circular-problems", numbered(words, sentences::problems(public))),
        ("circular-next", numbered(words, sentences::next(public))),
    ];
    for (number, (heading, paragraphs)) in (1..).zip(parts) {
        text.extend(official::section(words, number, &words.t(heading), paragraphs));
    }
    let mut tables = Vec::new();
    if !public.tests.is_empty() {
        tables.push(("circular-tests", tests_table(public)));
    }
    if public.has_branches() {
        tables.push(("circular-table", branches_table(public)));
    }
    if !tables.is_empty() {
        text.push(Paragraph::new(Style::Body, "").keeping_next().into());
    }
    let mut enclosures = Vec::new();
    for (number, (title, table)) in (1_usize..).zip(tables) {
        let values = [("number", count(number)), ("title", words.t(title).into())];
        text.push(Paragraph::new(Style::Body, words.with("circular-enclosed-number", &values)).into());
        let label = words.with("circular-enclosure-number", &[("number", count(number))]);
        enclosures.push(Paragraph::new(Style::Label, label).on_new_page().into());
        enclosures.push(Paragraph::new(Style::Title, words.t(title)).into());
        enclosures.push(Block::Table(table));
        let note = words.with("circular-period-note", &[("least", count(LEAST))]);
        enclosures.push(Paragraph::new(Style::Note, note).into());
    }
    let office = office(words, public.overview.total.branch.as_ref());
    Circular { title: public.title(), text, office, at_ms: now_ms, enclosures }
}

fn row(number: String, name: String, cell: &Cell) -> Vec<Field> {
    let figures = &cell.figures;
    let told = [
        cell.due.to_string(),
        cell.sat.to_string(),
        percent(figures.participation_rate),
        figure(figures.mean),
        percent(figures.pass_rate),
        percent(figures.excellence_rate),
    ];
    let names = [Field::new(Style::Cell, number), Field::new(Style::CellLeft, name)];
    names.into_iter().chain(told.map(|text| Field::new(Style::Cell, text))).collect()
}

fn table(words: Words, second: &str, rows: Vec<Vec<Field>>) -> Table {
    let heading = |index: usize, id: &str| words.t(if index == 1 { second } else { id });
    let heads = COLUMNS.iter().enumerate().map(|(index, (id, _))| Field::new(Style::CellHead, heading(index, id)));
    Table {
        widths: COLUMNS.iter().map(|(_, width)| *width).collect(),
        heads: vec![heads.collect()],
        rows,
        row_height: 8,
    }
}

fn tests_table(public: &Public<'_>) -> Table {
    let words = public.words;
    let named =
        |test: &Test| format!("{} {}", words.of(&test.definition.title), words.day(test.definition.closes_at_ms));
    let tests = (1_usize..).zip(&public.tests);
    let mut rows: Vec<Vec<Field>> =
        tests.map(|(number, (test, cell))| row(number.to_string(), named(test), cell)).collect();
    rows.extend(public.whole.as_ref().map(|whole| row(String::new(), words.t("total"), whole)));
    table(words, "test", rows)
}

fn branches_table(public: &Public<'_>) -> Table {
    let words = public.words;
    let called = |row: &Row| match &row.branch {
        Some(node) if row.direct => words.with("direct-members", &[("branch", node.name.as_str().into())]),
        Some(node) => node.name.clone(),
        None => words.t("whole-unit"),
    };
    let alone = (1_usize..).zip(&public.alone);
    let mut rows: Vec<Vec<Field>> =
        alone.map(|(number, (branch, cell))| row(number.to_string(), called(branch), cell)).collect();
    if let Some((branches, cell)) = &public.together {
        let name = words.with("circular-together", &[("count", count(*branches))]);
        rows.push(row((rows.len() + 1).to_string(), name, cell));
    }
    rows.extend(public.whole.as_ref().map(|whole| row(String::new(), words.t("total"), whole)));
    table(words, "branch", rows)
}
