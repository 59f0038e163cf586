//! Who needs help, why, and in what: for the committee that is responsible.

use super::{MOST_SHOWN, list_head, member_path, more, points, total};
use crate::documents::assessment::need;
use crate::service::assessments::{InNeed, ToHelp};
use crate::web::layout::notice;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// The whole page.
pub fn to_help(words: Words, shown: &ToHelp) -> Markup {
    let assessed = &shown.assessed;
    html! {
        (list_head(words, assessed, "to-help-title", "to-help"))
        (notice("warn", &words.t("to-help-inside")))
        p { (words.t("to-help-explained")) @if let Some(last) = &shown.last { @if !last.same_rules { " " (words.with("to-help-other-rules", &[("year", last.year.to_string().into())])) } } }
        section.card {
            @if shown.members.is_empty() { p.muted { (words.t("to-help-nobody")) } }
            @else {
                p.muted { (words.with("to-help-count", &[("count", count(shown.members.len())), ("all", count(assessed.members.len()))])) }
                table.cards {
                    thead { tr { th { (words.t("name")) } th { (words.t("branch")) } th.n { (words.t("assessment-total")) } th { (words.t("to-help-why")) } th.n { (words.t("commended-sat")) } th { (words.t("weak-topics")) } } }
                    tbody { @for one in shown.members.iter().take(MOST_SHOWN) { (row(words, shown, one)) } }
                }
            }
            (more(words, shown.members.len()))
            @if !shown.has_topics { p.muted { (words.t("to-help-no-topics")) } }
        }
    }
}

fn row(words: Words, shown: &ToHelp, one: &InNeed) -> Markup {
    let assessed = &shown.assessed;
    let Some(line) = assessed.members.get(one.member) else { return html! {} };
    let code = assessed.line.branch.as_ref().map(|node| node.code.as_str());
    html! {
        tr {
            td { a href=(member_path(&assessed.definition.year.to_string(), &line.login, code)) { (line.name) } }
            td data-label=(words.t("branch")) { (line.branch.name) }
            td.n data-label=(words.t("assessment-total")) { strong { (total(words, &line.outcome)) } @if one.last.is_some() { div.small.muted { (words.with("to-help-last", &[("total", points(one.last).into())])) } } }
            td data-label=(words.t("to-help-why")) { @for one in &one.needs { div { (need(words, *one)) } } }
            td.n data-label=(words.t("commended-sat")) { (one.attendance.sat) "/" (one.attendance.due) }
            td.small data-label=(words.t("weak-topics")) { @for topic in &one.topics { div { (words.of(&topic.title)) " " (topic.won) "/" (topic.possible) } } }
        }
    }
}
