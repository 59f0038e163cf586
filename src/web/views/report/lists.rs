//! Lists of people under a branch report: who is missing, on leave, or did not pass.

use super::Shown;
use crate::limits;
use crate::rules::presence::Presence;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::service::reports::Report;
use crate::service::tests::Member;
use crate::web::views::people::path_of;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// By name, for those who may see the report, inside the unit; in the official order, branch by branch.
pub(super) fn people(words: Words, caller: &Caller, shown: &Shown<'_>, path: &str) -> Markup {
    let report = shown.report;
    let is_over = report.test.row.finished_at_ms.is_some();
    let Some(members) = &report.members else { return many(words, caller, report, path) };
    let of = |wanted: Presence| members.iter().filter(|member| member.presence == wanted).collect::<Vec<_>>();
    let failed = |member: &&Member| {
        member.counted_score().is_some_and(|score| !score.reach(report.scale.pass, report.scale.full))
    };
    let failed: Vec<&Member> = members.iter().filter(failed).collect();
    let missing = if is_over { "absent-list" } else { "not-yet-list" };
    html! {
        section.card {
            (list(words, caller, (missing, true), &of(Presence::Absent)))
            (list(words, caller, ("excused-list", false), &of(Presence::Excused)))
            (list(words, caller, ("disqualified-list", false), &of(Presence::Disqualified)))
            (list(words, caller, ("failed-list", false), &failed))
            @if shown.may_make_up { p.actions.noprint { a.button.quiet href={ (path) "/make-up" } { (words.t("make-up-make")) } } }
            (links(words, caller, report, path))
        }
    }
}

/// Too many to be read on a page.
fn many(words: Words, caller: &Caller, report: &Report, path: &str) -> Markup {
    html! {
        section.card {
            p.muted { (words.with("report-many", &[("most", count(i64::try_from(limits::REPORT_MEMBERS).unwrap_or_default()))])) }
            (links(words, caller, report, path))
        }
    }
}

fn links(words: Words, caller: &Caller, report: &Report, path: &str) -> Markup {
    html! {
        p.noprint {
            a href={ (path) "/presence" } { (words.t("presence-title")) }
            " · " a href={ "/api/v1" (path) "/attempts.csv" } download { (words.t("export-attempts")) }
            @if report.test.row.finished_at_ms.is_some() || caller.has(Role::Organizer) {
                " · " a href={ "/api/v1" (path) "/responses.csv" } download { (words.t("export-responses")) }
            }
        }
    }
}

/// One list; an empty one is only said where `always`.
fn list(words: Words, caller: &Caller, (title, always): (&str, bool), members: &[&Member]) -> Markup {
    let branches = members.chunk_by(|one, two| one.branch.id == two.branch.id);
    html! {
        @if always || !members.is_empty() {
            h2 { (words.with(title, &[("count", count(members.len()))])) }
            @if members.is_empty() { p.muted { (words.t("list-none")) } }
            @else {
                dl.facts.people { @for of_branch in branches {
                    @if let Some(first) = of_branch.first() {
                        dt { (first.branch.name) }
                        dd { @for (index, member) in of_branch.iter().enumerate() {
                            @if index > 0 { (words.t("list-comma")) }
                            a href=(path_of(caller, &member.person.id, &member.person.login)) { (member.person.name) }
                        } }
                    }
                } }
            }
        }
    }
}
