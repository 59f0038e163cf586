//! Who can be commended, each with what speaks for it.

use super::{MOST_SHOWN, list_head, member_path, more, path, points, rank, rate, total};
use crate::documents::assessment::criterion;
use crate::rules::assessment::commendation::{Held, Place};
use crate::rules::text::Text;
use crate::service::assessments::{BranchCandidate, Candidate, Commended};
use crate::web::layout::notice;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// The whole page.
pub fn commended(words: Words, shown: &Commended) -> Markup {
    let assessed = &shown.assessed;
    let commend = assessed.definition.commend.as_ref();
    let has_criteria = commend.is_some_and(|commend| commend.members.is_some() || commend.branches.is_some());
    html! {
        (list_head(words, assessed, "commended-title", "commended"))
        p { (words.t("commended-explained")) }
        @if !has_criteria { (notice("", &words.t("commended-no-criteria"))) }
        @if commend.is_some_and(|commend| commend.members.is_some()) {
            section.card {
                h2 { (words.t("commended-members")) }
                @if shown.members.is_empty() { p.muted { (words.t("commended-nobody")) } } @else { (members(words, shown, &shown.members)) }
                @if !shown.close.is_empty() { h3.part-title { (words.t("commended-close")) } (members(words, shown, &shown.close)) }
            }
        }
        @if commend.is_some_and(|commend| commend.branches.is_some()) {
            section.card {
                h2 { (words.t("commended-branches")) }
                @if shown.branches.is_empty() { p.muted { (words.t("commended-no-branch")) } } @else { (branches(words, shown, &shown.branches)) }
                @if !shown.close_branches.is_empty() { h3.part-title { (words.t("commended-close")) } (branches(words, shown, &shown.close_branches)) }
            }
        }
        p.muted { (words.t("assessment-only-study")) }
    }
}

fn place(words: Words, place: Option<Place>) -> Markup {
    let Some(place) = place else { return html! { "–" } };
    let colour = match place {
        Place::Within => "tag good",
        Place::Tied => "tag warn",
        Place::Beyond => "tag none",
    };
    html! { span class=(colour) { (words.t(&format!("place-{}", place.name()))) } }
}

/// What lies near a line or below it, in words; what is met by far goes without saying.
fn near(words: Words, held: &[Held], components: &[&Text]) -> Markup {
    html! {
        @for one in held.iter().filter(|one| !one.is_met() || one.is_near()) {
            div.small { (criterion(words, one, components)) }
        }
    }
}

fn members(words: Words, shown: &Commended, list: &[Candidate]) -> Markup {
    let assessed = &shown.assessed;
    let year = assessed.definition.year.to_string();
    let code = assessed.line.branch.as_ref().map(|node| node.code.as_str());
    let titles: Vec<&Text> = assessed.definition.components.iter().map(|component| &component.title).collect();
    html! {
        table.cards {
            thead { tr {
                th.n { (words.t("correction-rank")) } th { (words.t("name")) } th { (words.t("branch")) } th.n { (words.t("assessment-total")) }
                th { (words.t("commended-parts")) } th.n { (words.t("commended-sat")) } th { (words.t("commended-near")) } th { (words.t("commended-place")) }
            } }
            tbody { @for one in list.iter().take(MOST_SHOWN) { @if let Some(line) = assessed.members.get(one.member) {
                tr {
                    td.n data-label=(words.t("correction-rank")) { (rank(words, assessed, line)) }
                    td { a href=(member_path(&year, &line.login, code)) { (line.name) } }
                    td data-label=(words.t("branch")) { (line.branch.name) }
                    td.n data-label=(words.t("assessment-total")) { strong { (total(words, &line.outcome)) } }
                    td.small data-label=(words.t("commended-parts")) { @for (title, part) in titles.iter().zip(&line.outcome.parts) { div { (words.of(title)) " " (points(part.value)) } } }
                    td.n data-label=(words.t("commended-sat")) { (one.attendance.sat) "/" (one.attendance.due) @if one.attendance.failed > 0 { div.small { (words.with("commended-failed", &[("count", count(one.attendance.failed))])) } } }
                    td data-label=(words.t("commended-near")) { (near(words, &one.held, &titles)) }
                    td data-label=(words.t("commended-place")) { (place(words, one.place)) }
                }
            } } }
        }
        (more(words, list.len()))
    }
}

fn branches(words: Words, shown: &Commended, list: &[BranchCandidate]) -> Markup {
    let year = shown.assessed.definition.year.to_string();
    html! {
        table.cards {
            thead { tr {
                th { (words.t("branch")) } th.n { (words.t("assessment-score")) } th.n { (words.t("assessment-mean")) } th.n { (words.t("participation")) }
                th.n { (words.t("pass-rate")) } th.n { (words.t("excellence-rate")) } th.n { (words.t("assessment-graded")) } th { (words.t("commended-near")) } th { (words.t("commended-place")) }
            } }
            tbody { @for one in list { @if let Some(node) = &one.line.branch {
                @let figures = &one.line.figures;
                tr {
                    td { a href=(path(&year, Some(&node.code))) { (node.name) } }
                    td.n data-label=(words.t("assessment-score")) { strong { (points(figures.score)) } }
                    td.n data-label=(words.t("assessment-mean")) { (points(figures.mean)) }
                    td.n data-label=(words.t("participation")) { (rate(figures.participation)) " " span.small.muted { (one.line.tally.sat) "/" (one.line.tally.due) } }
                    td.n data-label=(words.t("pass-rate")) { (rate(figures.pass)) }
                    td.n data-label=(words.t("excellence-rate")) { (rate(figures.excellence)) }
                    td.n data-label=(words.t("assessment-graded")) { (one.line.tally.graded) "/" (one.line.tally.members) }
                    td data-label=(words.t("commended-near")) { (near(words, &one.held, &[])) }
                    td data-label=(words.t("commended-place")) { (place(words, one.place)) }
                }
            } } }
        }
    }
}
