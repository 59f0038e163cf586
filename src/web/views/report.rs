//! View of a branch report: five tiles, a row per branch, bands, weak topics, who is missing; and its rows as data.

use crate::rules::figures::{Scale, Tally, wilson};
use crate::rules::presence::Presence;
use crate::rules::rights::Caller;
use crate::service::reports::{Line, Report};
use crate::service::tests::Member;
use crate::web::charts;
use crate::web::layout::notice;
use crate::web::visit::segment;
use crate::web::words::{Words, count, figure, percent};
use maud::{Markup, html};

/// Branches with fewer who sat aren't judged.
const LEAST_JUDGED: u64 = 5;

/// What the page shows.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The report.
    pub report: &'a Report,
    /// Members of the branch, with their presence.
    pub members: &'a [Member],
    /// When the page was made.
    pub now_ms: i64,
}

/// The whole page.
pub fn report(words: Words, caller: &Caller, shown: &Shown<'_>) -> Markup {
    let report = shown.report;
    let definition = &report.test.definition;
    let path = format!("/tests/{}", segment(&definition.test));
    let query = report.line.branch.as_ref().map(|node| format!("?branch={}", segment(&node.code))).unwrap_or_default();
    html! {
        (way(words, report, &path))
        div.head {
            h1 { (words.of(&definition.title)) }
            span.muted { (words.span(definition.opens_at_ms, definition.closes_at_ms)) }
            span.grow {}
            a.button.quiet.noprint href={ (path) "/report.xlsx" (query) } { (words.t("export-xlsx")) }
            a.button.quiet.noprint href={ (path) "/report.csv" (query) } { (words.t("export-csv")) }
        }
        p.print-only { (branch_name(words, &report.line)) " · " (words.moment(shown.now_ms)) }
        @if let Some(reason) = &report.test.row.cancelled_reason {
            (notice("warn", &words.with("cancelled-because", &[("reason", reason.as_str().into())])))
        } @else if report.is_final { (notice("good", &words.t("report-final"))) }
        @else { (notice("warn", &words.with("report-provisional", &[("working", count(report.line.tally.working))]))) }
        (tiles(words, &report.line))
        (children(words, shown, &path))
        (bands(words, report))
        (topics(words, report))
        (missing(words, caller, shown, &path))
        (definitions(words, report))
    }
}

fn branch_name(words: Words, line: &Line) -> String {
    line.branch.as_ref().map_or_else(|| words.t("whole-unit"), |node| node.name.clone())
}

/// The way from the highest branch that the reader may see down to this one.
fn way(words: Words, report: &Report, path: &str) -> Markup {
    let above = report.path.iter().filter(|node| report.line.branch.as_ref().is_none_or(|here| here.id != node.id));
    html! {
        nav.crumbs aria-label=(words.t("crumbs")) {
            a href="/tests" { (words.t("nav-tests")) } span aria-hidden="true" { " › " }
            @for node in above {
                a href={ (path) "/report?branch=" (segment(&node.code)) } { (node.name) } span aria-hidden="true" { " › " }
            }
            span aria-current="page" { (branch_name(words, &report.line)) }
        }
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
                span { (words.t("pass-rate")) " · " (of(figures.passed, tally.sat)) }
                span.small { (words.t("of-due")) " " (percent(figures.pass_rate_due)) }
            }
            div.tile {
                b { (percent(figures.excellence_rate)) }
                span { (words.t("excellence-rate")) " · " (of(figures.excellent, tally.sat)) }
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
    html! {
        @if !report.children.is_empty() {
            section.card {
                h2 { (words.t("report-branches")) }
                table.cards.figures {
                    thead { tr {
                        th { (words.t("branch")) } th.n { (words.t("due")) } th.n { (words.t("presence-sat")) } th.n { (words.t("participation")) }
                        th.n { (words.t("mean")) } th { (words.t("distribution")) } th.n { (words.t("pass-rate-range")) } th { (words.t("judgement")) }
                    } }
                    tbody { @for line in &report.children { (child(words, report, line, path)) } }
                    tfoot { (total(words, report)) }
                }
            }
        }
    }
}

fn child(words: Words, report: &Report, line: &Line, path: &str) -> Markup {
    let (tally, figures) = (&line.tally, &line.figures);
    let (colour, judged) = judgement(&report.line.tally, tally, report.scale);
    let below = tally.sat - figures.passed;
    let label = words.with("distribution-label", &[("sat", count(tally.sat)), ("below", count(below))]);
    html! {
        tr {
            td {
                @match &line.branch {
                    Some(node) if line.direct => { (words.with("direct-members", &[("branch", node.name.as_str().into())])) }
                    Some(node) => { a href={ (path) "/report?branch=" (segment(&node.code)) } { (node.name) } }
                    None => { (words.t("whole-unit")) }
                }
            }
            td.n data-label=(words.t("due")) { (tally.due()) }
            td.n data-label=(words.t("presence-sat")) { (tally.sat) }
            td.n data-label=(words.t("participation")) { (percent(figures.participation_rate)) }
            td.n data-label=(words.t("mean")) { b { (figure(figures.mean)) } }
            td.chart { @if tally.sat > 0 { (charts::distribution(&tally.scores, report.scale, &label)) } }
            td.n data-label=(words.t("pass-rate-range")) { (percent(figures.pass_rate)) @if let Some(range) = range(figures.passed, tally.sat) { " " span.muted.small { (range) } } }
            td { span class={ "tag " (colour) } { (words.t(judged)) } }
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

/// The range in which a pass rate may lie, as `86–100`.
fn range(passed: u64, sat: u64) -> Option<String> {
    wilson(passed, sat).map(|(low, high)| format!("{low:.0}–{high:.0}"))
}

/// How a branch stands against all others of the report, with its numbers taken into account: the difference of means
/// against twice (1.96 times) its standard error. Advice only; never decides a rank.
fn judgement(all: &Tally, own: &Tally, scale: Scale) -> (&'static str, &'static str) {
    if own.sat == 0 {
        return ("none", "judged-nobody");
    }
    if own.sat < LEAST_JUDGED {
        return ("none", "judged-few");
    }
    let mut others = Tally { sat: all.sat - own.sat, ..Tally::default() };
    for (score, count) in &all.scores {
        let rest = count - own.scores.get(score).copied().unwrap_or_default();
        if rest > 0 {
            others.scores.insert(*score, rest);
        }
    }
    let (mine, theirs) = (own.figures(scale), others.figures(scale));
    let size = |count: u64| crate::rules::points::number(i64::try_from(count).unwrap_or(i64::MAX));
    let parts = mine.mean.zip(theirs.mean).zip(mine.standard_deviation.zip(theirs.standard_deviation));
    let Some(((mean, other_mean), (deviation, other_deviation))) = parts else { return ("none", "judged-alone") };
    let error = (deviation * deviation / size(own.sat) + other_deviation * other_deviation / size(others.sat)).sqrt();
    let difference = mean - other_mean;
    if difference.abs() <= 1.96 * error || difference.abs() < 0.05 {
        ("none", "judged-same")
    } else if difference > 0.0 {
        ("good", "judged-above")
    } else {
        ("warn", "judged-below")
    }
}

fn bands(words: Words, report: &Report) -> Markup {
    let sat = report.line.tally.sat;
    html! {
        section.card {
            h2 { (words.t("bands")) }
            table {
                thead { tr { th { (words.t("band")) } th.n { (words.t("people")) } th.n { (words.t("share")) } th {} } }
                tbody { @for band in report.bands.iter().rev() {
                    @let share = crate::rules::figures::rate(band.count, sat);
                    tr {
                        td { @if band.from > 0 { (band.from) "–" } @if band.to < 100 { "<" } (band.to) }
                        td.n { (band.count) } td.n { (percent(share)) }
                        td.chart { (charts::bar(share.unwrap_or_default(), band.to * 100 <= report.scale.pass.hundredths())) }
                    }
                } }
            }
        }
    }
}

fn topics(words: Words, report: &Report) -> Markup {
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
                            td { (words.of(&line.title)) " " span.muted.small.wide-only { (line.bank) } }
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

/// Who is missing, by name: for those who may see the report, inside the unit.
fn missing(words: Words, caller: &Caller, shown: &Shown<'_>, path: &str) -> Markup {
    let absent: Vec<&Member> = shown.members.iter().filter(|member| member.presence == Presence::Absent).collect();
    let title = if shown.report.is_final { "absent-list" } else { "not-yet-list" };
    html! {
        section.card {
            h2 { (words.with(title, &[("count", count(absent.len()))])) }
            @if absent.is_empty() { p.muted { (words.t("absent-none")) } }
            @else {
                p { @for (index, member) in absent.iter().enumerate() {
                    @if index > 0 { (words.t("list-comma")) }
                    span.pair { (member.person.name) span.muted.small { " " (member.branch.name) } }
                } }
            }
            p.noprint {
                a href={ (path) "/presence" } { (words.t("presence-title")) }
                " · " a href={ "/api/v1" (path) "/attempts.csv" } download { (words.t("export-attempts")) }
                @if shown.report.is_final || caller.has(crate::rules::roster::Role::Organizer) {
                    " · " a href={ "/api/v1" (path) "/responses.csv" } download { (words.t("export-responses")) }
                }
            }
        }
    }
}

fn definitions(words: Words, report: &Report) -> Markup {
    let values = [
        ("pass", report.scale.pass.to_string().into()),
        ("excellent", report.scale.excellent.to_string().into()),
        ("least", count(LEAST_JUDGED)),
    ];
    html! {
        section.definitions.small.muted {
            p { (words.with("definitions", &values)) }
            p { (words.t("definitions-judgement")) }
            p { (words.t("definitions-internal")) }
            p { (words.t("trace-head")) " " code.long { (report.trace_head) } }
        }
        div.signatures.print-only {
            @for id in ["sign-maker", "sign-checker", "sign-secretary", "sign-seal", "sign-date"] { span { (words.t(id)) } }
        }
    }
}

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
    let own = || match &line.branch {
        Some(node) if line.direct => words.with("direct-members", &[("branch", node.name.as_str().into())]),
        _ => branch_name(words, line),
    };
    let name = name.map_or_else(own, |name| format!("{} {name}", branch_name(words, line)));
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
