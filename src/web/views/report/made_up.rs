//! What make-ups add to a report: the pass rate of the first test and the one after them, apart.

use crate::rules::figures::rate;
use crate::service::reports::{Remade, Report};
use crate::web::visit::segment;
use crate::web::words::{Words, count, percent};
use maud::{Markup, html};

/// The two rates, with where the make-ups stand.
pub(super) fn after(words: Words, report: &Report, remade: &Remade) -> Markup {
    let (tally, figures) = (&report.line.tally, &report.line.figures);
    let sat = tally.marked() + remade.after.newly_sat;
    let row = |id: &str, passed: u64, sat: u64, of_due: Option<f64>| {
        html! { tr {
            td { (words.t(id)) }
            td.n data-label=(words.t("passed-count")) { (passed) "/" (sat) }
            td.n data-label=(words.t("pass-rate")) { b { (percent(rate(passed, sat))) } }
            td.n data-label=(words.t("of-due")) { (percent(of_due)) }
        } }
    };
    html! {
        section.card #make-ups {
            h2 { (words.t("make-ups")) }
            table.cards {
                thead { tr { th {} th.n { (words.t("passed-count")) } th.n { (words.t("pass-rate")) } th.n { (words.t("of-due")) } } }
                tbody {
                    (row("pass-rate-first", figures.passed, tally.marked(), figures.pass_rate_due))
                    (row("pass-rate-after", remade.passed, sat, remade.pass_rate_due))
                }
            }
            p.small.muted { (words.with("make-ups-counted", &[("sat", count(remade.after.sat)), ("passed", count(remade.after.passed))])) }
            ul.plain { @for test in &remade.tests {
                li {
                    a href={ "/tests/" (segment(&test.row.name)) "/report" } { (words.of(&test.definition.title)) } " "
                    span.small.muted {
                        (words.span(test.definition.opens_at_ms, test.definition.closes_at_ms))
                        @if test.row.finished_at_ms.is_none() { " · " (words.t("make-up-not-yet")) }
                    }
                }
            } }
        }
    }
}
