//! View of a branch report: five tiles, a row per branch, bands, weak topics, who is missing.

mod estimate;
mod lists;
mod made_up;
mod menu;

use crate::documents::named::{band_name, branch_name, excellence, judged, line_name, place, range};
use crate::rules::advice::LEAST_JUDGED;
use crate::rules::rights::Caller;
use crate::rules::statistics::branches::Standing;
use crate::service::reports::{Line, Report, TopicLine};
use crate::web::charts;
use crate::web::layout::{notice, signatures};
use crate::web::views::items::of_topic;
use crate::web::views::{objections, overview};
use crate::web::visit::segment;
use crate::web::words::{Words, count, figure, percent};
use maud::{Markup, html};

/// What the page shows.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The report.
    pub report: &'a Report,
    /// Whether the reader may make a make-up of the test now.
    pub may_make_up: bool,
    /// Whether the reader may have the archive of the test.
    pub has_archive: bool,
    /// When the page was made.
    pub now_ms: i64,
    /// The order of the branches.
    pub sort: Sort,
}

/// The order of the branches of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// The official order.
    #[default]
    Official,
    /// By participation, the highest first.
    Participation,
    /// By mean, the highest first.
    Mean,
    /// By pass rate, the highest first.
    Pass,
}

impl Sort {
    /// The order of a name in an address; the official one where there is none such.
    pub fn from_name(name: &str) -> Self {
        [Self::Participation, Self::Mean, Self::Pass].into_iter().find(|sort| sort.name() == name).unwrap_or_default()
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Official => "",
            Self::Participation => "participation",
            Self::Mean => "mean",
            Self::Pass => "pass",
        }
    }

    fn figure(self, line: &Line) -> Option<f64> {
        match self {
            Self::Official => None,
            Self::Participation => line.figures.participation_rate,
            Self::Mean => line.figures.mean,
            Self::Pass => line.figures.pass_rate,
        }
    }

    /// The lines in this order; equals, and those without the figure at the end, keep the official order.
    fn of(self, lines: &[Line]) -> Vec<&Line> {
        let mut sorted: Vec<&Line> = lines.iter().collect();
        let key = |line: &Line| self.figure(line).unwrap_or(f64::NEG_INFINITY);
        sorted.sort_by(|one, two| key(two).total_cmp(&key(one)));
        sorted
    }
}

/// The whole page.
pub fn report(words: Words, caller: &Caller, shown: &Shown<'_>) -> Markup {
    let report = shown.report;
    let definition = &report.test.definition;
    let path = format!("/tests/{}", segment(&definition.test));
    let query = report.line.branch.as_ref().map(|node| format!("?branch={}", segment(&node.code))).unwrap_or_default();
    let also = narrowed(report);
    html! {
        (way(words, report, &path))
        div.head {
            h1 { (words.of(&definition.title)) }
            span.muted { (words.span(definition.opens_at_ms, definition.closes_at_ms)) }
            span.grow {}
            @if report.test.row.finished_at_ms.is_none() { a.button.quiet.noprint href={ (path) "/live" } { (words.t("live-open")) } }
            a.button.quiet.noprint href={ (path) "/items" (query) } { (words.t("items-open")) }
            button.button.quiet.noprint type="button" data-print hidden { (words.t("print")) }
            (menu::export(words, shown, &path, (&query, &also)))
        }
        p.print-only { (branch_name(words, &report.line)) " · " (words.moment(shown.now_ms)) }
        @if let Some(reason) = &report.test.row.cancelled_reason {
            (notice("warn", &words.with("cancelled-because", &[("reason", reason.as_str().into())])))
        } @else if report.is_final {
            // While members may object, what is said of that says it all.
            @if !objections::is_provisional(&report.test, shown.now_ms) { (notice("good", &words.t("report-final"))) }
        }
        @else if report.test.row.finished_at_ms.is_some() { (notice("warn", &words.with("report-unmarked", &[("count", count(report.line.tally.pending))]))) }
        @else { (notice("warn", &words.with("report-provisional", &[("working", count(report.line.tally.working))]))) }
        (objections::provisional(words, &report.test, shown.now_ms))
        (categories(words, report, &path))
        (tiles(words, &report.line))
        @if let Some(found) = &report.estimated { (estimate::estimate(words, found, &path)) }
        @if let Some(remade) = &report.after { (made_up::after(words, report, remade)) }
        (children(words, shown, &path))
        (bands(words, report))
        (topics(words, report, &path, &query))
        (lists::people(words, caller, shown, &path))
        (definitions(words, report))
    }
}

/// The way from the highest branch that the reader may see down to this one.
fn way(words: Words, report: &Report, path: &str) -> Markup {
    let above = report.path.iter().filter(|node| report.line.branch.as_ref().is_none_or(|here| here.id != node.id));
    html! {
        nav.crumbs aria-label=(words.t("crumbs")) {
            a href="/tests" { (words.t("nav-tests")) } span aria-hidden="true" { " › " }
            @for node in above {
                a href={ (path) "/report?branch=" (segment(&node.code)) (narrowed(report)) } { (node.name) } span aria-hidden="true" { " › " }
            }
            span aria-current="page" { (branch_name(words, &report.line)) }
        }
    }
}

/// The category that the report is narrowed to, as an address has it behind the branch.
fn narrowed(report: &Report) -> String {
    report.category.as_ref().map(|category| format!("&category={}", segment(category))).unwrap_or_default()
}

/// The choice of a category, and what to mind where one is chosen.
fn categories(words: Words, report: &Report, path: &str) -> Markup {
    html! {
        @if !report.categories.is_empty() {
            form.filters.noprint method="get" action={ (path) "/report" } {
                @if let Some(node) = &report.line.branch { input type="hidden" name="branch" value=(node.code); }
                (overview::categories(words, &report.categories, report.category.as_deref()))
                button.button.quiet { (words.t("show")) }
            }
        }
        @if let Some(category) = &report.category { (notice("warn", &words.with("report-narrowed", &[("category", category.as_str().into())]))) }
    }
}

fn tiles(words: Words, line: &Line) -> Markup {
    let (tally, figures) = (&line.tally, &line.figures);
    let of = |part: u64, whole: u64| format!("{part}/{whole}");
    html! {
        div.tiles {
            div.tile { b { (tally.due()) } span { (words.t("due")) } }
            div.tile { b { (percent(figures.participation_rate)) } span { (words.t("participation")) " · " (of(tally.sat, tally.due())) } }
            div.tile { b { (figure(figures.mean)) } span { (words.t("mean")) " · " (words.t("median")) " " (figure(figures.median)) } }
            div.tile {
                b { (percent(figures.pass_rate)) }
                span { (words.t("pass-rate")) " · " (of(figures.passed, tally.marked())) }
                span.small { (words.t("of-due")) " " (percent(figures.pass_rate_due)) }
            }
            div.tile {
                b { (percent(figures.excellence_rate)) }
                span { (words.t("excellence-rate")) " · " (of(figures.excellent, tally.marked())) }
                span.small { (words.t("of-due")) " " (percent(figures.excellence_rate_due)) }
            }
        }
        p.small.muted {
            (words.t("highest")) " " (figure(figures.highest)) " · " (words.t("lowest")) " " (figure(figures.lowest)) " · "
            (words.t("deviation")) " " (figure(figures.standard_deviation)) " · " (words.t("presence-absent")) " " (tally.absent) " · "
            (words.t("presence-excused")) " " (tally.excused) " · " (words.t("presence-disqualified")) " " (tally.disqualified) " · "
            (words.t("presence-exempt")) " " (tally.exempt)
        }
    }
}

fn children(words: Words, shown: &Shown<'_>, path: &str) -> Markup {
    let report = shown.report;
    let here = report
        .line
        .branch
        .as_ref()
        .map(|node| format!("branch={}{}&", segment(&node.code), narrowed(report)))
        .unwrap_or_default();
    let sorted = |sort: Sort, id: &str| {
        let current = shown.sort == sort;
        html! {
            th.n aria-sort=[current.then_some("descending")] {
                a href={ (path) "/report?" (here) "sort=" (sort.name()) "#branches" } { (words.t(id)) @if current { " ↓" } }
            }
        }
    };
    html! {
        @if !report.children.is_empty() {
            section.card #branches {
                h2 { (words.t("report-branches")) }
                table.cards.figures {
                    thead { tr {
                        th { @if shown.sort == Sort::Official { (words.t("branch")) }
                            @else { a href={ (path) "/report?" (here) "sort=#branches" } { (words.t("official-order")) } } }
                        th.n { (words.t("due")) } th.n { (words.t("presence-sat")) }
                        (sorted(Sort::Participation, "participation")) (sorted(Sort::Mean, "mean"))
                        th { (words.t("distribution")) } (sorted(Sort::Pass, "pass-rate-range")) th { (words.t("judgement")) }
                    } }
                    tbody { @for line in shown.sort.of(&report.children) { (child(words, report, line, path)) } }
                    tfoot { (total(words, report)) }
                }
            }
        }
    }
}

fn child(words: Words, report: &Report, line: &Line, path: &str) -> Markup {
    let (tally, figures) = (&line.tally, &line.figures);
    let below = tally.marked() - figures.passed;
    let label = words.with("distribution-label", &[("sat", count(tally.marked())), ("below", count(below))]);
    html! {
        tr {
            td {
                @match &line.branch {
                    Some(node) if !line.direct => { a href={ (path) "/report?branch=" (segment(&node.code)) (narrowed(report)) } { (node.name) } }
                    _ => { (line_name(words, line)) }
                }
            }
            td.n data-label=(words.t("due")) { (tally.due()) }
            td.n data-label=(words.t("presence-sat")) { (tally.sat) }
            td.n data-label=(words.t("participation")) { (percent(figures.participation_rate)) }
            td.n data-label=(words.t("mean")) { b { (figure(figures.mean)) } @if let Some(place) = place(words, line) { " " span.muted.small { (place) } } }
            td.chart { @if tally.marked() > 0 { (charts::distribution(&tally.scores, report.scale, &label)) } }
            td.n data-label=(words.t("pass-rate-range")) { (percent(figures.pass_rate)) @if let Some(pass) = line.advice.pass_rate { " " span.muted.small { (range(pass.low, pass.high)) } } }
            td { span class={ "tag " (colour(line.advice.standing)) } { (words.t(judged(line.advice.standing))) }
                @if let Some(mean) = line.advice.adjusted_mean { " " span.muted.small.pair { (words.with("adjusted-mean", &[("mean", figure(Some(mean.value)).into()), ("range", range(mean.low, mean.high).into())])) } } }
        }
    }
}

fn total(words: Words, report: &Report) -> Markup {
    let (tally, figures) = (&report.line.tally, &report.line.figures);
    html! {
        tr {
            td { (words.t("total")) }
            td.n data-label=(words.t("due")) { (tally.due()) }
            td.n data-label=(words.t("presence-sat")) { (tally.sat) }
            td.n data-label=(words.t("participation")) { (percent(figures.participation_rate)) }
            td.n data-label=(words.t("mean")) { (figure(figures.mean)) }
            td.chart {}
            td.n data-label=(words.t("pass-rate")) { (percent(figures.pass_rate)) }
            td {}
        }
    }
}

/// The colour of how a branch stands against all. Advice only; never decides a rank.
const fn colour(standing: Standing) -> &'static str {
    match standing {
        Standing::Above => "good",
        Standing::Below => "warn",
        Standing::Same | Standing::Few | Standing::Nobody | Standing::Alone => "none",
    }
}

/// How many lie in each band, in all with bars, and by branch: the numbers behind the distributions above.
fn bands(words: Words, report: &Report) -> Markup {
    let sat = report.line.tally.sat;
    html! {
        section.card {
            h2 { (words.t("bands")) }
            table {
                thead { tr { th { (words.t("band")) } th.n { (words.t("people")) } th.n { (words.t("share")) } th { span.visually-hidden { (words.t("share")) } } } }
                tbody { @for band in report.bands.iter().rev() {
                    @let share = crate::rules::figures::rate(band.count, sat);
                    tr {
                        td { (band_name(band)) } td.n { (band.count) } td.n { (percent(share)) }
                        td.chart { (charts::bar(share.unwrap_or_default(), band.to * 100 <= report.scale.pass.hundredths())) }
                    }
                } }
            }
            @if report.children.len() > 1 { (bands_by_branch(words, report)) }
        }
    }
}

fn bands_by_branch(words: Words, report: &Report) -> Markup {
    html! {
        table.tight {
            thead { tr { th { (words.t("branch")) } @for band in report.bands.iter().rev() { th.n { (band_name(band)) } } } }
            tbody { @for line in &report.children {
                tr { td { (line_name(words, line)) } @for band in line.tally.bands(report.scale.full).iter().rev() { td.n { (band.count) } } }
            } }
        }
    }
}

fn topics(words: Words, report: &Report, path: &str, query: &str) -> Markup {
    let questions = |line: &TopicLine| {
        let query = if query.is_empty() { "?" } else { query };
        format!("{path}/items{query}{}", of_topic(&line.bank, &line.topic))
    };
    html! {
        @if !report.topics.is_empty() {
            section.card {
                h2 { (words.t("weak-topics")) }
                table {
                    thead { tr { th { (words.t("topic")) } th {} th.n { (words.t("share-won")) } th.n.wide-only { (words.t("points-won")) } } }
                    tbody { @for line in report.topics.iter().take(10) {
                        @let share = line.won.percent_of(line.possible);
                        @let weak = share.is_some_and(|share| share * 100.0 < crate::rules::points::number(report.scale.pass.hundredths()));
                        tr {
                            td { a href=(questions(line)) { (words.of(&line.title)) } " " span.muted.small.wide-only { (line.bank) } }
                            td.chart { (charts::bar(share.unwrap_or_default(), weak)) }
                            td.n { (percent(share)) }
                            td.n.muted.wide-only { (line.won) "/" (line.possible) }
                        }
                    } }
                }
            }
        }
    }
}

fn definitions(words: Words, report: &Report) -> Markup {
    let values = [
        ("pass", report.scale.pass.to_string().into()),
        ("excellent", excellence(report.scale).into()),
        ("least", count(LEAST_JUDGED)),
    ];
    html! {
        section.definitions.small.muted {
            p { (words.with("definitions", &values)) }
            p { (words.with("definitions-judgement", &[("least", count(LEAST_JUDGED))])) }
            p { (words.t("definitions-internal")) }
            p { (words.t("trace-head")) " " code.long { (report.trace_head) } }
        }
        (signatures(words))
    }
}
