//! What the sample of an inspection says of everybody.

use crate::documents::named::range;
use crate::rules::statistics::survey::Estimate;
use crate::service::samples::Estimated;
use crate::web::words::{Words, count, figure};
use maud::{Markup, html};

/// Mean and pass rate of everybody, each with its likely range.
pub(super) fn estimate(words: Words, found: &Estimated, path: &str) -> Markup {
    let row = |id: &str, one: Option<Estimate>, unit: &str| {
        html! { tr {
            td { (words.t(id)) }
            td.n { b { (figure(one.map(|one| one.value))) @if one.is_some() { (unit) } } }
            td.n { @match one.and_then(|one| one.range) { Some(found) => { (range(found.low, found.high)) } None => { "–" } } }
        } }
    };
    let numbers = [
        ("members", count(found.members)),
        ("drawn", count(found.drawn)),
        ("sat", count(found.sat)),
        ("unknown", count(found.unknown)),
    ];
    html! {
        section.card #estimates {
            h2 { (words.t("estimates")) }
            p { (words.with("estimates-of", &numbers)) }
            @if found.unknown > 0 { p.muted { (words.with("estimates-unknown", &numbers)) } }
            table {
                thead { tr { th {} th.n { (words.t("estimate")) } th.n { (words.t("estimate-range")) } } }
                tbody { (row("mean", found.mean, "")) (row("pass-rate", found.pass_rate, "%")) }
            }
            p.small.muted { (words.t("estimates-how")) " " a.noprint href={ (path) "/sample" } { (words.t("sample-drawn")) } }
        }
    }
}
