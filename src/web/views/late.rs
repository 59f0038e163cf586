//! View of late responses: what was stored, what arrived after the end, what happened, and the decision. Which response
//! is right is not said here, so that nobody decides by that.

use super::question::{canonical, said, stem};
use super::tests::reason;
use crate::i18n::{Described, find};
use crate::rules::points::Points;
use crate::rules::rights::Caller;
use crate::service::late::{Amendment, Late, TraceEvent, codes, waiting_of};
use crate::service::people::shown_login;
use crate::service::tests::Test;
use crate::web::layout::{crumbs, summary};
use crate::web::visit::segment;
use crate::web::words::{Words, clock, count};
use maud::{Markup, html};

/// The form that decides about everything, as one attempt's is named by its id.
pub const ALL: &str = "all";

/// What the page shows.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The test.
    pub test: &'a Test,
    /// Attempts with late responses.
    pub listed: &'a [Late],
    /// What went wrong with the decision about an attempt, or about [`ALL`].
    pub error: Option<(&'a str, Described)>,
}

/// The whole page.
pub fn late(words: Words, caller: &Caller, shown: &Shown<'_>) -> Markup {
    let definition = &shown.test.definition;
    let path = format!("/tests/{}", segment(&definition.test));
    html! {
        (crumbs(words, &[("/tests".into(), words.t("nav-tests")), (format!("{path}/manage"), words.of(&definition.title).to_owned())], &words.t("late-title")))
        h1 { (words.t("late-title")) }
        p { (words.t("late-explained")) }
        @if shown.listed.is_empty() { section.card { p.muted { (words.t("late-none")) } } }
        (together(words, shown, &path))
        @for late in shown.listed { (one(words, caller, shown, &path, late)) }
    }
}

/// One decision about everything that waits, with what it would take in; of one sitting its own form is enough.
fn together(words: Words, shown: &Shown<'_>, path: &str) -> Markup {
    let waiting = waiting_of(shown.listed);
    let sittings = waiting.attempts.len();
    let values = [("new", count(waiting.new)), ("replacing", count(waiting.replacing))];
    html! {
        @if sittings > 1 {
            section.card id=(ALL) {
                h2 { (words.with("late-all", &[("count", count(sittings))])) }
                p { (words.with("late-all-answers", &values)) }
                dl.facts { @for (branch, sittings) in &waiting.branches { dt { (branch.name) } dd { (words.with("late-all-sittings", &[("count", count(*sittings))])) } } }
                p.muted { (words.t("late-all-explained")) }
                form method="post" action={ (path) "/late/all#" (ALL) } {
                    (failed(shown, ALL))
                    @for attempt in &waiting.attempts { input type="hidden" name="attempt" value=(attempt); }
                    (reason(words))
                    p.actions {
                        button.button.quiet name="decision" value="accept" { (words.t("late-accept-all")) }
                        button.button.quiet name="decision" value="refuse" { (words.t("late-refuse-all")) }
                    }
                }
            }
        }
    }
}

/// What went wrong with what was sent from a form.
fn failed(shown: &Shown<'_>, form: &str) -> Markup {
    html! {
        @if let Some((_, error)) = shown.error.as_ref().filter(|(failed, _)| *failed == form) { (summary(&error.what, &error.remedy, None)) }
    }
}

fn one(words: Words, caller: &Caller, shown: &Shown<'_>, path: &str, late: &Late) -> Markup {
    html! {
        section.card id={ "a" (late.attempt.id) } {
            div.head {
                h2 { (late.person.name) }
                span.muted { (shown_login(&late.person.login, caller)) " · " (late.branch.name) }
                span.grow {}
                @if late.decision.is_none() { span.tag.warn { (words.t("late-waiting")) } }
            }
            p { (words.t("late-code")) " " @for code in codes(&late.rows) { code.big { (code) } " " } }
            (responses(words, late))
            details { summary { (words.t("late-trace")) } ul.plain { @for event in &late.trace { (happened(words, event)) } } }
            @match &late.decision {
                Some((amendment, by)) => { (decided(words, amendment, by)) }
                None => { (form(words, shown, path, late)) }
            }
        }
    }
}

fn responses(words: Words, late: &Late) -> Markup {
    html! {
        table.cards {
            thead { tr { th { (words.t("late-question")) } th { (words.t("late-stored")) } th { (words.t("late-response")) } th { (words.t("late-received")) } } }
            tbody { @for row in &late.rows {
                @if let Some(item) = late.sheet.item(row.position) {
                    @let stored = late.stored.get(&row.position).and_then(|stored| stored.response.as_deref());
                    tr {
                        td { (row.position) ". " (stem(words, words.of(&item.question.stem))) }
                        td data-label=(words.t("late-stored")) { (said(words, &item.question, &canonical(item, stored))) }
                        td data-label=(words.t("late-response")) { strong { (said(words, &item.question, &canonical(item, row.response.as_deref()))) } }
                        td data-label=(words.t("late-received")) { (words.moment(row.received_at_ms)) }
                    }
                }
            } }
        }
    }
}

fn happened(words: Words, event: &TraceEvent) -> Markup {
    let what = find(words.0, &format!("trace-{}", event.kind), &[]).unwrap_or_else(|| event.kind.clone());
    html! { li { span.muted { (words.day(event.at_ms)) " " (clock(event.at_ms)) } " " (what) } }
}

fn form(words: Words, shown: &Shown<'_>, path: &str, late: &Late) -> Markup {
    html! {
        form method="post" action={ (path) "/late#a" (late.attempt.id) } {
            (failed(shown, &late.attempt.id))
            input type="hidden" name="attempt" value=(late.attempt.id);
            (reason(words))
            p.actions {
                button.button.quiet name="decision" value="accept" { (words.t("late-accept")) }
                button.button.quiet name="decision" value="refuse" { (words.t("late-refuse")) }
            }
        }
    }
}

/// A decision in words, as organizers see it.
fn decided(words: Words, amendment: &Amendment, by: &str) -> Markup {
    html! {
        div.notice {
            p { strong { (outcome(words, amendment)) } " " span.muted { (by) " · " (words.moment(amendment.decided_at_ms)) } }
            p { (words.with("late-because", &[("reason", amendment.reason.as_str().into())])) }
        }
    }
}

/// What a decision changed.
pub(super) fn outcome(words: Words, amendment: &Amendment) -> String {
    let score = |hundredths: i64| Points::from_hundredths(hundredths).to_string();
    let values = [("before", score(amendment.score_before).into()), ("score", score(amendment.score).into())];
    words.with(if amendment.accepted { "late-accepted" } else { "late-refused" }, &values)
}
