//! The overview: a table of branches and tests shaded by a figure, what rose and fell, and the weakest topics.

use crate::rules::advice::LEAST_JUDGED;
use crate::rules::blueprint::Occasion;
use crate::rules::overview::{Cell, Change, Measure, last_change};
use crate::rules::points::Points;
use crate::service::overview::{Asked, Overview, Row, year_of};
use crate::service::tests::Test;
use crate::web::charts;
use crate::web::layout::notice;
use crate::web::views::banks::pager;
use crate::web::views::branches;
use crate::web::visit::segment;
use crate::web::words::{Words, count, figure, percent};
use maud::{Markup, html};

/// How many rises, falls and topics are shown.
const MOST_CHANGES: usize = 5;
const MOST_TOPICS: usize = 12;
const MOST_WEAK: usize = 3;

/// What the page shows.
pub struct Shown<'s> {
    /// Branches over tests.
    pub overview: &'s Overview,
    /// What was asked for.
    pub asked: &'s Asked,
    /// The figure that is looked at.
    pub measure: Measure,
    /// Whether the reader may have the archive of the period.
    pub has_archive: bool,
    /// When the page was made.
    pub now_ms: i64,
}

impl Shown<'_> {
    /// The address with everything as it is but the branch.
    fn at(&self, branch: Option<&str>) -> String {
        let asked = self.asked;
        let values = [
            ("figure", Some(self.measure.name().to_owned())),
            ("branch", branch.map(ToOwned::to_owned)),
            ("year", asked.year.map(|year| year.to_string())),
            ("quarter", asked.quarter.map(|quarter| quarter.to_string())),
            ("occasion", asked.occasion.map(|occasion| occasion.name().to_owned())),
            ("kind", asked.kind.clone()),
            ("category", asked.category.clone()),
        ];
        let given = |(name, value): (&str, Option<String>)| Some(format!("{name}={}", segment(&value?)));
        format!("/overview?{}", values.into_iter().filter_map(given).collect::<Vec<_>>().join("&"))
    }

    /// The address of the circular about the period, where one is chosen of which nothing can change any more.
    fn circular(&self) -> Option<String> {
        let tests = &self.overview.tests;
        let is_over = !tests.is_empty() && tests.iter().all(|test| test.row.finished_at_ms.is_some());
        let branch = self.overview.total.branch.as_ref().map(|node| node.code.as_str());
        let address = || self.at(branch).replacen("/overview?", "/overview/circular.docx?", 1);
        (self.asked.year.is_some() && is_over).then(address)
    }
}

/// The whole page.
pub fn overview(words: Words, shown: &Shown<'_>) -> Markup {
    let overview = shown.overview;
    html! {
        (way(words, shown))
        div.head {
            h1 { (words.t("overview")) }
            span.muted { (name(words, &overview.total)) }
            span.grow {}
            @if let Some(circular) = shown.circular() { a.button.quiet.noprint href=(circular) { (words.t("overview-circular")) } }
            @if shown.has_archive {
                a.button.quiet.noprint href=(shown.at(None).replacen("/overview?", "/overview/archive.zip?", 1)) { (words.t("overview-archive")) }
            }
            @if let Some(branch) = shown.overview.total.branch.as_ref().filter(|_| shown.circular().is_some()) {
                a.button.quiet.noprint href={ (branches::path_of(branch)) "/template" } { (words.t("template")) }
            }
            button.button.quiet.noprint type="button" data-print hidden { (words.t("print")) }
        }
        p.print-only { (words.t(measure_id(shown.measure))) " · " (words.moment(shown.now_ms)) }
        (filters(words, shown))
        @if let Some(category) = &shown.asked.category { (notice("warn", &words.with("overview-narrowed", &[("category", category.as_str().into())]))) }
        @if overview.tests.is_empty() { section.card { p.muted { (words.t("overview-none")) } } }
        @else {
            (matrix(words, shown))
            (changes(words, shown))
            (topics(words, overview))
            section.definitions.small.muted {
                p { (words.with("overview-definitions", &[("least", count(LEAST_JUDGED))])) }
                p { (words.t("definitions-internal")) }
            }
        }
    }
}

fn way(words: Words, shown: &Shown<'_>) -> Markup {
    let here = shown.overview.total.branch.as_ref();
    let above = shown.overview.path.iter().filter(|node| here.is_none_or(|here| here.id != node.id));
    html! {
        nav.crumbs aria-label=(words.t("crumbs")) {
            @for node in above { a href=(shown.at(Some(&node.code))) { (node.name) } span aria-hidden="true" { " › " } }
            span aria-current="page" { (name(words, &shown.overview.total)) }
        }
    }
}

fn name(words: Words, row: &Row) -> String {
    match &row.branch {
        Some(node) if row.direct => words.with("direct-members", &[("branch", node.name.as_str().into())]),
        Some(node) => node.name.clone(),
        None => words.t("whole-unit"),
    }
}

const fn measure_id(measure: Measure) -> &'static str {
    match measure {
        Measure::Mean => "mean",
        Measure::Participation => "participation",
        Measure::Pass => "pass-rate",
        Measure::Excellence => "excellence-rate",
    }
}

fn filters(words: Words, shown: &Shown<'_>) -> Markup {
    let (overview, asked) = (shown.overview, shown.asked);
    let years = overview.years.iter().map(ToString::to_string);
    let chosen_year = asked.year.map(|year| year.to_string()).unwrap_or_default();
    let occasions = Occasion::ALL.map(|occasion| (occasion.name(), words.t(&format!("occasion-{}", occasion.name()))));
    let chosen_occasion = asked.occasion.map(Occasion::name).unwrap_or_default();
    html! {
        form.filters method="get" action="/overview" {
            @if let Some(code) = &asked.branch { input type="hidden" name="branch" value=(code); }
            label { span { (words.t("overview-figure")) }
                select name="figure" { @for measure in Measure::ALL {
                    option value=(measure.name()) selected[measure == shown.measure] { (words.t(measure_id(measure))) }
                } }
            }
            label { span { (words.t("overview-year")) }
                select name="year" {
                    option value="" { (words.t("overview-latest")) }
                    @for year in years { option value=(year) selected[year == chosen_year] { (year) } }
                }
            }
            label { span { (words.t("overview-quarter")) }
                select name="quarter" {
                    option value="" { (words.t("overview-whole-year")) }
                    @for quarter in 1..=4_u8 { option value=(quarter) selected[asked.quarter == Some(quarter)] { (words.t(&format!("quarter-{quarter}"))) } }
                }
            }
            label { span { (words.t("occasion")) }
                select name="occasion" {
                    option value="" { (words.t("overview-all-occasions")) }
                    @for (name, title) in occasions { option value=(name) selected[name == chosen_occasion] { (title) } }
                }
            }
            @if !overview.kinds.is_empty() {
                label { span { (words.t("overview-branches")) }
                    select name="kind" {
                        option value="" { (words.t("overview-right-below")) }
                        @for kind in &overview.kinds {
                            option value=(kind) selected[asked.kind.as_ref() == Some(kind)] { (words.with("overview-all-of-kind", &[("kind", kind.as_str().into())])) }
                        }
                    }
                }
            }
            @if !overview.categories.is_empty() { (categories(words, &overview.categories, asked.category.as_deref())) }
            button.button { (words.t("show")) }
        }
    }
}

/// The choice of a category to narrow to.
pub(super) fn categories(words: Words, categories: &[String], chosen: Option<&str>) -> Markup {
    html! {
        label { span { (words.t("category")) }
            select name="category" {
                option value="" { (words.t("category-all")) }
                @for category in categories { option value=(category) selected[chosen == Some(category.as_str())] { (category) } }
            }
        }
    }
}

/// Branches down, tests across; each cell is shaded by its value and holds it.
fn matrix(words: Words, shown: &Shown<'_>) -> Markup {
    let overview = shown.overview;
    let title = words.t("overview-matrix");
    html! {
        section.card {
            h2 #matrix { (title) " · " (words.t(measure_id(shown.measure))) }
            div.across tabindex="0" role="region" aria-labelledby="matrix" {
                table.heat {
                    thead { tr {
                        th { (words.t("branch")) }
                        th.wide-only { (words.t("overview-trend")) }
                        @for test in &overview.tests { th.n { (column(words, test, shown)) } }
                    } }
                    tbody { @for row in &overview.rows { (line(words, shown, row)) } }
                    tfoot { (line(words, shown, &overview.total)) }
                }
            }
            p.small.muted { (words.t("overview-shades")) }
            (pager(words, &shown.at(shown.asked.branch.as_deref()), "from", shown.asked.from, i64::try_from(overview.count).unwrap_or(i64::MAX)))
        }
    }
}

/// The category, as an address has it behind the branch.
fn narrowed(shown: &Shown<'_>) -> String {
    shown.asked.category.as_ref().map(|category| format!("&category={}", segment(category))).unwrap_or_default()
}

fn column(words: Words, test: &Test, shown: &Shown<'_>) -> Markup {
    let branch = shown.overview.total.branch.as_ref();
    let query = branch.map(|node| format!("?branch={}{}", segment(&node.code), narrowed(shown))).unwrap_or_default();
    let running = test.row.finished_at_ms.is_none();
    html! {
        a href={ "/tests/" (segment(&test.row.name)) "/report" (query) } title=(words.of(&test.definition.title)) {
            (words.day_of_year(test.definition.closes_at_ms))
        }
        br;
        span.small { @if let Some(year) = year_of(test.definition.closes_at_ms) { (year) " " } (words.t(&format!("occasion-short-{}", test.definition.occasion.name()))) @if running { " *" } }
    }
}

fn line(words: Words, shown: &Shown<'_>, row: &Row) -> Markup {
    let is_total = std::ptr::eq(row, &raw const shown.overview.total);
    let values: Vec<Option<f64>> = row.cells.iter().map(|cell| shown.measure.of(&cell.as_ref()?.figures)).collect();
    let label = words.with("overview-trend-label", &[("branch", name(words, row).into())]);
    html! {
        tr {
            th scope="row" {
                @match &row.branch {
                    Some(node) if !row.direct && !is_total => { a href=(shown.at(Some(&node.code))) { (node.name) } }
                    _ if is_total => { (words.t("total")) }
                    _ => { (name(words, row)) }
                }
            }
            td.chart.wide-only { (charts::trend(&values, &label)) }
            @for (cell, test) in row.cells.iter().zip(&shown.overview.tests) { (value(words, shown, row, (cell.as_ref(), test))) }
        }
    }
}

/// A cell: the value, and the way to the report behind it.
fn value(words: Words, shown: &Shown<'_>, row: &Row, (cell, test): (Option<&Cell>, &Test)) -> Markup {
    let Some(cell) = cell else { return html! { td.n { span.muted { "–" } } } };
    let value = shown.measure.of(&cell.figures);
    let told = words.with("overview-cell", &[("sat", count(cell.sat)), ("due", count(cell.due))]);
    let path =
        |code: &str| format!("/tests/{}/report?branch={}{}", segment(&test.row.name), segment(code), narrowed(shown));
    html! {
        td class={ "n " (shade(value)) } title=(told) {
            @match &row.branch {
                Some(node) => { a href=(path(&node.code)) { (figure(value)) } }
                None => { (figure(value)) }
            }
        }
    }
}

/// Five shades; the number stands in each cell, so that a shade says nothing alone.
fn shade(value: Option<f64>) -> &'static str {
    match value {
        None => "",
        Some(value) if value < 60.0 => "heat-0",
        Some(value) if value < 70.0 => "heat-1",
        Some(value) if value < 80.0 => "heat-2",
        Some(value) if value < 90.0 => "heat-3",
        Some(_) => "heat-4",
    }
}

/// What rose and what fell most from the test before to the last one.
fn changes(words: Words, shown: &Shown<'_>) -> Markup {
    let rows = shown.overview.rows.iter().filter(|row| !row.direct);
    let mut changes: Vec<(&Row, Change)> =
        rows.filter_map(|row| Some((row, last_change(&row.cells, shown.measure)?))).collect();
    changes.sort_by(|(_, one), (_, two)| two.points.total_cmp(&one.points));
    let rises: Vec<_> = changes.iter().filter(|(_, change)| change.points > 0.0).take(MOST_CHANGES).collect();
    let falls: Vec<_> = changes.iter().rev().filter(|(_, change)| change.points < 0.0).take(MOST_CHANGES).collect();
    html! {
        @if !rises.is_empty() || !falls.is_empty() {
            section.card {
                h2 { (words.t("overview-changes")) " · " (words.t(measure_id(shown.measure))) }
                div.columns {
                    @for (id, some) in [("overview-rises", rises), ("overview-falls", falls)] {
                        div {
                            h3 { (words.t(id)) }
                            @if some.is_empty() { p.muted { (words.t("list-none")) } }
                            @else { table { tbody { @for (row, change) in some { (changed(words, shown, row, change)) } } } }
                        }
                    }
                }
            }
        }
    }
}

fn changed(words: Words, shown: &Shown<'_>, row: &Row, change: &Change) -> Markup {
    let at = |column: usize| {
        let cell = row.cells.get(column).and_then(Option::as_ref);
        figure(cell.and_then(|cell| shown.measure.of(&cell.figures)))
    };
    html! {
        tr {
            td { (name(words, row)) }
            td.n { (at(change.from)) " → " (at(change.to)) }
            td.n { b { (format!("{:+.1}", change.points).replace('-', "−")) } }
        }
    }
}

/// The weakest topics of all these tests, and who is weakest in each.
fn topics(words: Words, overview: &Overview) -> Markup {
    let share = |(won, possible): &(Points, Points)| won.percent_of(*possible);
    let mut topics: Vec<_> =
        overview.total.topics.iter().filter_map(|(topic, sums)| Some((topic, sums, share(sums)?))).collect();
    topics.sort_by(|(_, _, one), (_, _, two)| one.total_cmp(two));
    let weakest = |topic: &(String, String)| {
        let of = |row: &'_ Row| Some((name(words, row), share(row.topics.get(topic)?)?));
        let mut weak: Vec<(String, f64)> =
            overview.rows.iter().filter(|row| !row.direct && counts(row)).filter_map(of).collect();
        weak.sort_by(|(_, one), (_, two)| one.total_cmp(two));
        weak.truncate(MOST_WEAK);
        words.list(weak.into_iter().map(|(name, share)| format!("{name} {}", percent(Some(share)))))
    };
    html! {
        @if !topics.is_empty() {
            section.card {
                h2 { (words.t("weak-topics")) }
                table.cards {
                    thead { tr { th { (words.t("topic")) } th {} th.n { (words.t("share-won")) } th { (words.t("overview-weakest")) } } }
                    tbody { @for (topic, _, won) in topics.iter().take(MOST_TOPICS) {
                        tr {
                            td { (overview.titles.get(*topic).map_or(topic.1.as_str(), |title| words.of(title))) }
                            td.chart { (charts::bar(*won, *won < 60.0)) }
                            td.n data-label=(words.t("share-won")) { (percent(Some(*won))) }
                            td.small data-label=(words.t("overview-weakest")) { (weakest(topic)) }
                        }
                    } }
                }
            }
        }
    }
}

/// Whether enough members of a branch counted that a share of theirs says something.
fn counts(row: &Row) -> bool {
    row.cells.iter().flatten().map(|cell| cell.marked).sum::<u64>() >= LEAST_JUDGED
}
