//! A year beside the year before: branches and members.

use super::{MOST_SHOWN, list_head, member_path, more, path, place_name, points, rate};
use crate::rules::points::Points;
use crate::rules::statistics::difference::Shift;
use crate::service::assessments::{BranchChange, BranchLine, Compared, MemberChange, NamedYear, signed_points};
use crate::web::layout::notice;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// The whole page.
pub fn compared(words: Words, shown: &Compared) -> Markup {
    let year = shown.assessed.definition.year;
    html! {
        (list_head(words, &shown.assessed, "compared-title", "compared"))
        @match &shown.last {
            None => { (notice("", &words.with("compared-nothing", &[("year", (year - 1).to_string().into())]))) }
            Some(last) => {
                (against(words, last))
                (branches(words, shown, last))
                (members(words, shown))
                (gone(words, shown))
            }
        }
        p.muted { (words.t("assessment-only-study")) }
    }
}

/// What is compared with, and what to mind.
fn against(words: Words, last: &NamedYear) -> Markup {
    let title = words.of(&last.title).to_owned();
    html! {
        @if let Some((number, at)) = last.signed {
            p { (words.with("compared-signed", &[("title", title.into()), ("number", count(number)), ("date", words.day_of_year(at).into())])) }
        } @else { p { (words.with("compared-unsigned", &[("title", title.into())])) } }
        @if !last.same_rules { (notice("warn", &words.t("compared-other-rules"))) }
    }
}

/// The change from one figure to another, in words: `+2.5`.
fn change(before: Option<Points>, now: Option<Points>) -> String {
    match (before, now) {
        (Some(before), Some(now)) if before == now => "=".to_owned(),
        (Some(before), Some(now)) => signed_points(now.hundredths() - before.hundredths()),
        _ => "–".to_owned(),
    }
}

fn figure(now: Option<Points>, before: Option<Points>, show: fn(Option<Points>) -> String) -> Markup {
    html! { (show(now)) @if before.is_some() { " " span.small.muted { (show(before)) " · " (change(before, now)) } } }
}

fn place(now: Option<usize>, before: Option<usize>) -> Markup {
    let show = |rank: Option<usize>| rank.map_or_else(|| "–".to_owned(), |rank| rank.to_string());
    html! { (show(now)) @if before.is_some() { " " span.small.muted { (show(before)) } } }
}

fn branches(words: Words, shown: &Compared, last: &NamedYear) -> Markup {
    html! {
        section.card {
            h2 { (words.t("assessment-branches")) }
            p.small.muted { (words.t("compared-reading")) }
            table.cards {
                thead { tr {
                    th { (words.t("branch")) } th.n { (words.t("assessment-mean")) } th.n { (words.t("correction-rank")) } th.n { (words.t("participation")) }
                    th.n { (words.t("pass-rate")) } th.n { (words.t("excellence-rate")) } th.n { (words.t("assessment-graded")) } th { (words.t("compared-shift")) }
                } }
                tbody { @for one in &shown.branches { (branch(words, shown, one)) } }
            }
            p.small.muted { @if last.same_rules { (words.t("compared-chance")) } @else { (words.t("compared-no-chance")) } }
        }
    }
}

fn branch(words: Words, shown: &Compared, one: &BranchChange) -> Markup {
    let year = shown.assessed.definition.year.to_string();
    let (now, before) = (one.now.as_ref(), one.before.as_ref());
    let of = |line: Option<&BranchLine>, figure: fn(&BranchLine) -> Option<Points>| line.and_then(figure);
    let both = |figure: fn(&BranchLine) -> Option<Points>| (of(now, figure), of(before, figure));
    let (mean, participation) = (both(|line| line.figures.mean), both(|line| line.figures.participation));
    let (pass, excellence) = (both(|line| line.figures.pass), both(|line| line.figures.excellence));
    let graded = |line: Option<&BranchLine>| {
        line.map_or_else(|| "–".to_owned(), |line| format!("{}/{}", line.tally.graded, line.tally.members))
    };
    html! {
        tr {
            td {
                @match &one.branch {
                    Some(node) if now.is_some() => { a href=(path(&year, Some(&node.code))) { (node.name) } }
                    branch => { (place_name(words, branch.as_ref())) }
                }
                @if before.is_none() { " " span.tag { (words.t("compared-new")) } }
                @if now.is_none() { " " span.tag.none { (words.t("compared-gone")) } }
            }
            td.n data-label=(words.t("assessment-mean")) { (figure(mean.0, mean.1, points)) }
            td.n data-label=(words.t("correction-rank")) { (place(now.and_then(|line| line.rank), before.and_then(|line| line.rank))) }
            td.n data-label=(words.t("participation")) { (figure(participation.0, participation.1, rate)) }
            td.n data-label=(words.t("pass-rate")) { (figure(pass.0, pass.1, rate)) }
            td.n data-label=(words.t("excellence-rate")) { (figure(excellence.0, excellence.1, rate)) }
            td.n data-label=(words.t("assessment-graded")) { (graded(now)) @if before.is_some() { " " span.small.muted { (graded(before)) } } }
            td data-label=(words.t("compared-shift")) { (shift(words, one.shift)) }
        }
    }
}

/// Whether a difference is more than chance, in words.
fn shift(words: Words, shift: Option<Shift>) -> Markup {
    let Some(shift) = shift else { return html! { "–" } };
    let colour = match shift {
        Shift::Higher => "tag good",
        Shift::Lower => "tag warn",
        Shift::Chance => "tag none",
    };
    html! { span class=(colour) { (words.t(&format!("shift-{}", shift.name()))) } }
}

fn members(words: Words, shown: &Compared) -> Markup {
    html! {
        section.card {
            h2 { (words.t("assessment-members")) }
            table.cards {
                thead { tr { th { (words.t("name")) } th { (words.t("branch")) } th.n { (words.t("assessment-total")) } th.n { (words.t("correction-rank")) } th.n { (words.t("participation")) } } }
                tbody { @for one in shown.members.iter().take(MOST_SHOWN) { (member(words, shown, one)) } }
            }
            (more(words, shown.members.len()))
        }
    }
}

fn member(words: Words, shown: &Compared, one: &MemberChange) -> Markup {
    let Some(line) = shown.assessed.members.get(one.member) else { return html! {} };
    let year = shown.assessed.definition.year.to_string();
    let code = shown.assessed.line.branch.as_ref().map(|node| node.code.as_str());
    let before = one.before.as_ref();
    let moved = before.filter(|before| before.branch.id != line.branch.id);
    html! {
        tr {
            td { a href=(member_path(&year, &line.login, code)) { (line.name) } @if before.is_none() { " " span.tag { (words.t("compared-new")) } } }
            td data-label=(words.t("branch")) { (line.branch.name) @if let Some(before) = moved { div.small.muted { (words.with("compared-moved", &[("branch", before.branch.name.as_str().into())])) } } }
            td.n data-label=(words.t("assessment-total")) { (figure(line.outcome.total.ok(), before.and_then(|before| before.total), points)) }
            td.n data-label=(words.t("correction-rank")) { (place(line.rank, before.and_then(|before| before.rank))) }
            td.n data-label=(words.t("participation")) { (figure(one.attendance.participation(), before.and_then(|before| before.attendance.participation()), rate)) }
        }
    }
}

fn gone(words: Words, shown: &Compared) -> Markup {
    html! {
        @if !shown.gone.is_empty() {
            section.card {
                h2 { (words.with("compared-gone-members", &[("count", count(shown.gone.len()))])) }
                ul.plain { @for before in shown.gone.iter().take(MOST_SHOWN) { li { (before.name) " · " (before.branch.name) " · " (points(before.total)) } } }
                (more(words, shown.gone.len()))
            }
        }
    }
}
