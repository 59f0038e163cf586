//! What is known of all together only: the pass rate after make-ups, and what the sample of an inspection says of
//! everybody.

use crate::documents::grid::Cell;
use crate::documents::named::range;
use crate::i18n::words::{Words, count};
use crate::rules::statistics::Interval;
use crate::rules::statistics::survey::Estimate;
use crate::service::reports::Report;

/// What make-ups add, and what a sample says of everybody; each with its name.
pub(super) fn cells(words: Words, report: &Report) -> Vec<(String, Cell)> {
    let mut cells: Vec<(String, Cell)> = Vec::new();
    if let Some(remade) = &report.after {
        cells.push((words.t("passed-after"), Cell::count(remade.passed)));
        cells.push((words.t("pass-rate-after"), Cell::Rate(remade.pass_rate)));
        cells.push((words.t("pass-rate-after-due"), Cell::Rate(remade.pass_rate_due)));
    }
    if let Some(found) = &report.estimated {
        for (name, one) in [("estimate-mean", found.mean), ("estimate-pass-rate", found.pass_rate)] {
            let end = |end: fn(&Interval) -> f64| one.and_then(|one| one.range).as_ref().map(end);
            cells.push((words.t(name), Cell::Figure(one.map(|one| one.value))));
            cells.push((words.t(&format!("{name}-low")), Cell::Figure(end(|range| range.low))));
            cells.push((words.t(&format!("{name}-high")), Cell::Figure(end(|range| range.high))));
        }
    }
    cells
}

/// The same as rows of a sheet: what it is, the figure, and what it was counted from.
pub(super) fn rows(words: Words, report: &Report) -> Vec<Vec<Cell>> {
    [remade(words, report), estimates(words, report)].concat()
}

/// The pass rates before and after make-ups, each with what it was counted from.
fn remade(words: Words, report: &Report) -> Vec<Vec<Cell>> {
    let Some(remade) = &report.after else { return Vec::new() };
    let tally = &report.line.tally;
    let sat = tally.marked() + remade.after.newly_sat;
    let row = |id: &str, rate: Option<f64>, of: u64| {
        vec![Cell::Text(words.t(id)), Cell::Rate(rate), Cell::Middle(format!("{}/{of}", remade.passed))]
    };
    vec![row("pass-rate-after", remade.pass_rate, sat), row("pass-rate-after-due", remade.pass_rate_due, tally.due())]
}

/// What the sample of an inspection says of everybody, each with its likely range.
fn estimates(words: Words, report: &Report) -> Vec<Vec<Cell>> {
    let Some(found) = &report.estimated else { return Vec::new() };
    let row = |id: &str, one: Option<Estimate>, cell: fn(Option<f64>) -> Cell| {
        let likely = one.and_then(|one| one.range).map(|found| range(found.low, found.high));
        let values = [("range", likely.unwrap_or_else(|| "–".to_owned()).into())];
        let from = words.with("estimate-likely", &values);
        vec![Cell::Text(words.t(id)), cell(one.map(|one| one.value)), Cell::Middle(from)]
    };
    let of = [
        ("members", count(found.members)),
        ("drawn", count(found.drawn)),
        ("sat", count(found.sat)),
        ("unknown", count(found.unknown)),
    ];
    let said =
        |id: &str| vec![Cell::Text(words.t("estimates")), Cell::Text(String::new()), Cell::Text(words.with(id, &of))];
    let mut rows = vec![
        row("estimate-mean", found.mean, Cell::Figure),
        row("estimate-pass-rate", found.pass_rate, Cell::Rate),
        said("estimates-of"),
    ];
    rows.extend((found.unknown > 0).then(|| said("estimates-unknown")));
    rows
}
