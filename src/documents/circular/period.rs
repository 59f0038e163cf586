//! The circular 通报 about the tests of a quarter or a year. It tells of branches only what the circular of each of these
//! tests may tell (`rules::publication::published_over`).

use super::sentences::{APART, LEAST_RANKED, MANY, MOST_NAMES, MOST_TOPICS, STRONG};
use super::{COLUMNS, numbered, office};
use crate::app::App;
use crate::documents::official::{self, Circular};
use crate::documents::{DOCX, File};
use crate::formats::docx_writer::{Block, Cell as Field, Paragraph, Style, Table};
use crate::i18n::words::{Words, count, figure, percent};
use crate::rules::figures::signed;
use crate::rules::items::LEAST as LEAST_ATTEMPTS;
use crate::rules::overview::{Cell, over};
use crate::rules::points::number;
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

/// What is left of all where the branches listed aren't all: members of branches that are no more.
fn rest(total: &Cell, rows: &[Option<Cell>]) -> Cell {
    let known = over(rows);
    let less = |all: u64, of: fn(&Cell) -> u64| all.saturating_sub(known.as_ref().map_or(0, of));
    let mut rest = *total;
    rest.due = less(total.due, |cell| cell.due);
    rest.sat = less(total.sat, |cell| cell.sat);
    rest.marked = less(total.marked, |cell| cell.marked);
    rest
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
            sizes.push(size(&rest(total, &cells)));
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
            Some((row, over(&cells)?))
        };
        let totals: Vec<Option<Cell>> = told.iter().map(|(.., cell)| Some(*cell)).collect();
        let whole = over(&totals);
        let alone: Vec<(&Row, Cell)> = alone.into_iter().filter_map(of_row).collect();
        let merged =
            whole.as_ref().map(|whole| less(whole, &alone)).filter(|cell| !together.is_empty() && cell.due > 0);
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

/// The figures of all less those of some.
fn less(whole: &Cell, some: &[(&Row, Cell)]) -> Cell {
    let cells: Vec<Option<Cell>> = some.iter().map(|(_, cell)| Some(*cell)).collect();
    let Some(known) = over(&cells) else { return *whole };
    let mut left = rest(whole, &cells);
    left.figures.passed = whole.figures.passed.saturating_sub(known.figures.passed);
    left.figures.excellent = whole.figures.excellent.saturating_sub(known.figures.excellent);
    let points = |cell: &Cell| cell.figures.mean.unwrap_or_default() * number(signed(cell.marked));
    left.figures.mean = (left.marked > 0).then(|| (points(whole) - points(&known)) / number(signed(left.marked)));
    over(&[Some(left)]).unwrap_or(left)
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
    let mut text: Vec<Block> = vec![Paragraph::new(Style::Body, start(public)).into()];
    let parts = [
        ("circular-basics", vec![Paragraph::new(Style::Body, basics(public))]),
        ("circular-features", numbered(words, features(public))),
        ("circular-problems", numbered(words, problems(public))),
        ("circular-next", numbered(words, next(public))),
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

fn start(public: &Public<'_>) -> String {
    let words = public.words;
    let one = |test: &Test| {
        let values = [
            ("title", words.of(&test.definition.title).into()),
            ("day", words.day(test.definition.closes_at_ms).into()),
        ];
        words.with("circular-period-test", &values)
    };
    let tests = &public.overview.tests;
    let named = if tests.len() <= MOST_NAMES {
        words.with("circular-period-named", &[("tests", words.list(tests.iter().map(one)).into())])
    } else {
        String::new()
    };
    let values = [("period", public.period.as_str().into()), ("count", count(tests.len())), ("named", named.into())];
    words.with("circular-period-start", &values)
}

fn basics(public: &Public<'_>) -> String {
    let words = public.words;
    let Some(whole) = &public.whole else {
        return words.with("circular-few", &[("least", count(LEAST))]);
    };
    let figures = &whole.figures;
    let values = [
        ("due", count(whole.due)),
        ("sat", count(whole.sat)),
        ("participation", percent(figures.participation_rate).into()),
        ("mean", figure(figures.mean).into()),
        ("passed", count(figures.passed)),
        ("pass_rate", percent(figures.pass_rate).into()),
        ("excellent", count(figures.excellent)),
        ("excellence_rate", percent(figures.excellence_rate).into()),
    ];
    words.with("circular-period-figures", &values)
}

/// The branch of a row that may be commended by its name.
fn name(row: &Row) -> Option<String> {
    row.branch.as_ref().filter(|_| !row.direct).map(|node| node.name.clone())
}

fn features(public: &Public<'_>) -> Vec<String> {
    let words = public.words;
    let Some(whole) = &public.whole else { return Vec::new() };
    let high = whole.figures.participation_rate.filter(|rate| *rate >= MANY);
    let took_part = high
        .map(|rate| words.with("circular-took-part", &[("rate", percent(Some(rate)).into())]) + &full_branches(public));
    let pass = whole.figures.pass_rate.filter(|rate| *rate >= MANY).map(|rate| {
        let values = [("rate", percent(Some(rate)).into()), ("mean", figure(whole.figures.mean).into())];
        words.with("circular-passed", &values)
    });
    let strong = topics(public, |share| share >= STRONG, true, "circular-topic");
    let strong = strong.map(|topics| words.with("circular-strong", &[("topics", topics.into())]));
    let rose = change(public).filter(|points| *points >= APART).map(|points| changed(public, "circular-rose", points));
    [took_part, pass, leading(public), rose, strong].into_iter().flatten().collect()
}

fn full_branches(public: &Public<'_>) -> String {
    let words = public.words;
    let full = public.alone.iter().filter(|(_, cell)| cell.sat == cell.due);
    let names: Vec<String> = full.filter_map(|(row, _)| name(row)).collect();
    match names.len() {
        0 => String::new(),
        few if few <= MOST_NAMES => words.with("circular-full", &[("names", words.list(names).into())]),
        many => words.with("circular-full-count", &[("count", count(many))]),
    }
}

/// The three branches with the highest means of the period, ties included, where nobody is merged who could be among them.
fn leading(public: &Public<'_>) -> Option<String> {
    let words = public.words;
    let mut means: Vec<(f64, &Row)> =
        public.alone.iter().filter_map(|(row, cell)| Some((cell.figures.mean?, *row))).collect();
    if means.len() < LEAST_RANKED || public.together.is_some() {
        return None;
    }
    means.sort_by(|one, two| two.0.total_cmp(&one.0));
    let third = means.get(super::sentences::COMMENDED - 1)?.0;
    let first: Vec<(f64, String)> = means
        .into_iter()
        .take_while(|(mean, _)| *mean >= third)
        .filter_map(|(mean, row)| Some((mean, name(row)?)))
        .collect();
    if first.is_empty() || first.len() > MOST_NAMES {
        return None;
    }
    let one = |(mean, name): (f64, String)| {
        words.with("circular-branch-mean", &[("name", name.into()), ("mean", figure(Some(mean)).into())])
    };
    let names = words.list(first.into_iter().map(one));
    Some(words.with("circular-leading", &[("names", names.into())]))
}

/// The mean of the last test less that of the first, in points of a hundred.
fn change(public: &Public<'_>) -> Option<f64> {
    let (first, last) = (public.tests.first()?, public.tests.last()?);
    (public.tests.len() > 1).then_some(last.1.figures.mean? - first.1.figures.mean?)
}

fn changed(public: &Public<'_>, id: &str, points: f64) -> String {
    let mean = |test: Option<&(&Test, Cell)>| figure(test.and_then(|(_, cell)| cell.figures.mean));
    let values = [
        ("first", mean(public.tests.first()).into()),
        ("last", mean(public.tests.last()).into()),
        ("points", figure(Some(points.abs())).into()),
    ];
    public.words.with(id, &values)
}

fn problems(public: &Public<'_>) -> Vec<String> {
    let words = public.words;
    let Some(whole) = &public.whole else { return Vec::new() };
    let rest = |rate: Option<f64>| rate.map(|rate| 100.0 - rate).filter(|rest| *rest >= 0.05);
    let of_rest = |id: &str, rate: f64| words.with(id, &[("rate", percent(Some(rate)).into())]);
    let missed = rest(whole.figures.participation_rate).map(|rate| of_rest("circular-missed", rate));
    let failed = rest(whole.figures.pass_rate).map(|rate| of_rest("circular-failed", rate));
    let weak = weak_topics(public, "circular-topic");
    let weak = weak.map(|topics| words.with("circular-weak", &[("topics", topics.into())]));
    let fell = change(public).filter(|points| *points <= -APART).map(|points| changed(public, "circular-fell", points));
    [missed, failed, weak, spread(public), fell].into_iter().flatten().collect()
}

fn spread(public: &Public<'_>) -> Option<String> {
    let means = || public.alone.iter().filter_map(|(_, cell)| cell.figures.mean);
    let apart = means().max_by(f64::total_cmp)? - means().min_by(f64::total_cmp)?;
    (apart >= APART).then(|| public.words.with("circular-spread", &[("apart", figure(Some(apart)).into())]))
}

fn weak_topics(public: &Public<'_>, id: &str) -> Option<String> {
    let mean = public.whole.and_then(|whole| whole.figures.mean).unwrap_or_default();
    topics(public, |share| share <= mean - APART, false, id)
}

/// The strongest or weakest topics with their share of points won, in one sentence; only of so many points as that many
/// sittings have on average for one question.
fn topics(public: &Public<'_>, is_meant: impl Fn(f64) -> bool, strongest: bool, id: &str) -> Option<String> {
    let words = public.words;
    let definitions = || public.overview.tests.iter().map(|test| &test.definition);
    let questions = definitions().map(|definition| i64::from(definition.question_count())).sum::<i64>().max(1);
    let hundredths: i64 = definitions().map(|definition| definition.full().hundredths()).sum();
    let least = hundredths / questions * i64::try_from(LEAST_ATTEMPTS).unwrap_or(i64::MAX);
    let told = public.overview.total.topics.iter().filter(|(_, (_, possible))| possible.hundredths() >= least);
    let mut told: Vec<(f64, &(String, String))> = told
        .filter_map(|(topic, (won, possible))| Some((won.percent_of(*possible)?, topic)))
        .filter(|(share, _)| is_meant(*share))
        .collect();
    told.sort_by(|one, two| one.0.total_cmp(&two.0));
    if strongest {
        told.reverse();
    }
    told.truncate(MOST_TOPICS);
    let one = |(share, topic): &(f64, &(String, String))| {
        let title = public.overview.titles.get(*topic).map_or(topic.1.as_str(), |title| words.of(title));
        words.with(id, &[("topic", title.into()), ("share", percent(Some(*share)).into())])
    };
    (!told.is_empty()).then(|| words.list(told.iter().map(one)))
}

fn next(public: &Public<'_>) -> Vec<String> {
    let words = public.words;
    let study = match weak_topics(public, "circular-topic-name") {
        Some(topics) => words.with("circular-next-study-topics", &[("topics", topics.into())]),
        None => words.t("circular-next-study"),
    };
    vec![study, words.t("circular-next-make-up"), words.t("circular-next-use")]
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
