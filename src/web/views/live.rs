//! View of a test under way for those who watch it: figures, members, and the forms of an invigilator.

use super::banks::pager;
use super::integrity;
use crate::i18n::Described;
use crate::limits;
use crate::rules::rights::Caller;
use crate::service::tests::Test;
use crate::service::tests::invigilate::{MessageRow, PauseRow};
use crate::service::watching::{Seen, State, Watched};
use crate::web::layout::{crumbs, notice, summary};
use crate::web::views::tests::reason;
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// What of the list is shown.
#[derive(Debug, Clone, Copy)]
pub struct Chosen {
    /// Only these.
    pub state: Option<State>,
    /// Where the page of the list begins.
    pub from: i64,
}

/// What the page shows.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The test.
    pub test: &'a Test,
    /// Whether the reader is an organizer.
    pub may_act: bool,
    /// Whether the reader organizes the whole test.
    pub manages: bool,
    /// How it stands.
    pub seen: &'a Seen,
    /// Whom the reader looks at.
    pub person: Option<&'a Watched>,
    /// What of the list is shown.
    pub chosen: Chosen,
    /// Every pause.
    pub pauses: &'a [PauseRow],
    /// Every message, the newest first.
    pub messages: &'a [MessageRow],
    /// What was done just now: the name of a message.
    pub done: Option<&'static str>,
    /// What went wrong.
    pub error: Option<Described>,
    /// Unix milliseconds.
    pub now_ms: i64,
}

/// The message of what was done.
pub fn done(name: &str) -> Option<&'static str> {
    Some(match name {
        "paused" => "live-done-paused",
        "resumed" => "live-done-resumed",
        "sent" => "live-done-sent",
        "reopened" => "live-done-reopened",
        "released" => "live-done-released",
        "extra" => "done-window",
        _ => return None,
    })
}

/// The whole page.
pub fn live(words: Words, caller: &Caller, shown: &Shown<'_>) -> Markup {
    let definition = &shown.test.definition;
    let path = format!("/tests/{}", segment(&definition.test));
    let up = if shown.manages { format!("{path}/manage") } else { format!("{path}/report") };
    let state = shown.chosen.state.map_or("", State::name);
    let is_over = shown.test.row.finished_at_ms.is_some() || shown.test.row.cancelled_reason.is_some();
    html! {
        (crumbs(words, &[("/tests".into(), words.t("nav-tests")), (up, words.of(&definition.title).to_owned())], &words.t("live-title")))
        h1 { (words.t("live-title")) }
        @if let Some(done) = shown.done { (notice("good", &words.t(done))) }
        @if let Some(error) = &shown.error { (summary(&error.what, &error.remedy, None)) }
        @for pause in shown.pauses.iter().filter(|pause| pause.until_at_ms.is_none()) { (open_pause(words, &path, shown, pause)) }
        @if let Some(member) = shown.person { (person(words, caller, &path, shown, member)) }
        // Whoever has to stop a test mustn't look for it below a long list.
        @if shown.may_act && !is_over { (acts(words, &path, shown)) }
        div #live data-events={ (path) "/live/events?state=" (state) "&from=" (shown.chosen.from) } {
            (region(words, &definition.test, shown.seen, shown.chosen, shown.now_ms))
        }
        noscript { p { a.button.quiet href={ (path) "/live?state=" (state) } { (words.t("live-refresh")) } } }
        @if !shown.messages.is_empty() {
            section.card {
                h2 { (words.t("live-messages")) }
                ul { @for message in shown.messages.iter().take(20) {
                    li { (words.moment(message.sent_at_ms)) " · " (scope(words, shown.seen, message.branch_id.as_deref(), message.person_id.as_deref())) ": " (message.text) }
                } }
            }
        }
    }
}

/// The part that is renewed: figures and list.
pub fn region(words: Words, test: &str, seen: &Seen, chosen: Chosen, now_ms: i64) -> Markup {
    let path = format!("/tests/{}/live", segment(test));
    let listed: Vec<&Watched> = {
        let mut listed: Vec<&Watched> =
            seen.members.iter().filter(|member| chosen.state.is_none_or(|state| member.state == state)).collect();
        listed.sort_by_key(|member| member.state);
        listed
    };
    let skipped = usize::try_from(chosen.from).unwrap_or_default();
    let shown = usize::try_from(limits::PAGE_ITEMS).unwrap_or(usize::MAX);
    let here = format!("{path}?state={}", chosen.state.map_or("", State::name));
    html! {
        div.tiles {
            @for state in State::ALL { div.tile { b { (seen.count(state)) } span { (words.t(&label(state))) } } }
            div.tile { b { (seen.saves_per_second()) } span { (words.t("live-saves")) } }
        }
        p.filter.noprint {
            a href=(path) aria-current=[chosen.state.is_none().then_some("page")] { (words.t("all")) " " (seen.members.len()) }
            @for state in State::ALL {
                a href={ (path) "?state=" (state.name()) } aria-current=[(chosen.state == Some(state)).then_some("page")] {
                    (words.t(&label(state))) " " (seen.count(state))
                }
            }
        }
        section.card {
            @if listed.is_empty() { p.muted { (words.t("presence-none")) } }
            @else {
                table.cards {
                    thead { tr { th { (words.t("name")) } th { (words.t("branch")) } th { (words.t("state")) } th { (words.t("live-answered")) } th { (words.t("live-last")) } th { (words.t("live-until")) } } }
                    tbody { @for member in listed.iter().skip(skipped).take(shown) { (row(words, &path, member, now_ms)) } }
                }
            }
            (pager(words, &here, "from", chosen.from, i64::try_from(listed.len()).unwrap_or(i64::MAX)))
        }
    }
}

fn label(state: State) -> String {
    format!("live-state-{}", state.name().replace('_', "-"))
}

fn row(words: Words, path: &str, member: &Watched, now_ms: i64) -> Markup {
    let is_open = matches!(member.state, State::Working | State::Silent | State::Paused);
    html! {
        tr {
            td { a href={ (path) "?person=" (member.person_id) } { (member.name) } }
            td.beside { (member.branch_name) }
            td.beside {
                (state_tag(words, member.state))
                @if !member.hints.is_empty() { " " span.small.muted { "⚑ " (integrity::list(words, &member.hints)) } }
            }
            td.beside { @if is_open { (member.answered) "/" (member.questions) } }
            td.beside { @if let Some(at) = member.last_save_at_ms.filter(|_| is_open) { (ago(words, now_ms - at)) } }
            td.beside data-label=[is_open.then(|| words.t("live-until"))] { @if let Some(at) = member.deadline_at_ms.filter(|_| is_open) { (crate::web::words::clock(at)) } }
        }
    }
}

fn state_tag(words: Words, state: State) -> Markup {
    let colour = match state {
        State::Silent | State::Paused => "warn",
        State::Working | State::Finished => "good",
        State::NotStarted | State::Away => "none",
    };
    html! { span class={ "tag " (colour) } { (words.t(&label(state))) } }
}

/// In steps, so that the page doesn't change every second.
fn ago(words: Words, passed_ms: i64) -> String {
    match passed_ms / 60_000 {
        ..1 => words.t("live-just-now"),
        minutes => words.with("live-minutes-ago", &[("minutes", count(minutes))]),
    }
}

fn scope(words: Words, seen: &Seen, branch_id: Option<&str>, person_id: Option<&str>) -> String {
    let named = |found: Option<&str>| found.unwrap_or("–").to_owned();
    match (branch_id, person_id) {
        (None, None) => words.t("live-everyone"),
        (Some(id), _) => {
            named(seen.members.iter().find(|member| member.branch_id == id).map(|member| member.branch_name.as_str()))
        }
        (_, Some(id)) => {
            named(seen.members.iter().find(|member| member.person_id == id).map(|member| member.name.as_str()))
        }
    }
}

fn open_pause(words: Words, path: &str, shown: &Shown<'_>, pause: &PauseRow) -> Markup {
    let whom = scope(words, shown.seen, pause.branch_id.as_deref(), pause.person_id.as_deref());
    html! {
        div.notice.warn {
            p { strong { (words.with("live-paused", &[("whom", whom.into()), ("since", words.moment(pause.from_at_ms).into()), ("reason", pause.reason.as_str().into())])) } }
            @if shown.may_act {
                form method="post" action={ (path) "/live" } {
                    input type="hidden" name="act" value="resume";
                    input type="hidden" name="pause" value=(pause.id);
                    (reason(words))
                    p.actions { button.button type="submit" { (words.t("live-resume")) } }
                }
            }
        }
    }
}

/// One member, and what can be done for them.
fn person(words: Words, caller: &Caller, path: &str, shown: &Shown<'_>, member: &Watched) -> Markup {
    let is_open = matches!(member.state, State::Working | State::Silent);
    html! {
        section.card.narrow #person {
            h2 { (member.name) " · " (member.branch_name) }
            p { (state_tag(words, member.state)) " " span.muted { (crate::service::people::shown_login(&member.login, caller)) } }
            @if shown.may_act {
                (one_act(words, path, member, "extra", "live-extra", &html! {
                    label.field { span { (words.t("window-extra")) } input type="number" name="extra_minutes" min="0" required; span.help { (words.t("window-extra-help")) } }
                    (reason(words))
                }))
                @if is_open || member.state == State::NotStarted {
                    (one_act(words, path, member, "pause", "live-pause-one", &reason(words)))
                }
                @if let (State::Finished, Some(attempt)) = (member.state, &member.attempt_id) {
                    (one_act(words, path, member, "reopen", "live-reopen", &html! {
                        p.small { (words.t("live-reopen-help")) }
                        input type="hidden" name="attempt" value=(attempt);
                        (reason(words))
                    }))
                }
                @if let (true, true, Some(attempt)) = (is_open, shown.test.definition.integrity.is_bound(), &member.attempt_id) {
                    (one_act(words, path, member, "release", "live-release", &html! {
                        p.small { (words.t("live-release-help")) }
                        input type="hidden" name="attempt" value=(attempt);
                        (reason(words))
                    }))
                }
                (one_act(words, path, member, "message", "live-message-one", &text_field(words)))
            }
            @if !member.hints.is_empty() { p.small { (words.t("live-hints")) " " (integrity::list(words, &member.hints)) } }
            p.actions {
                @if shown.may_act { a.button.quiet href={ (path) "/slips?person=" (member.person_id) } { (words.t("live-slip")) } }
                a.button.quiet href={ (path) "/live" } { (words.t("back")) }
            }
        }
    }
}

fn one_act(words: Words, path: &str, member: &Watched, act: &str, title: &str, fields: &Markup) -> Markup {
    html! {
        details {
            summary { (words.t(title)) }
            form method="post" action={ (path) "/live" } {
                input type="hidden" name="act" value=(act);
                input type="hidden" name="person" value=(member.person_id);
                input type="hidden" name="login" value=(member.person_id);
                (fields)
                p.actions { button.button type="submit" { (words.t(title)) } }
            }
        }
    }
}

fn text_field(words: Words) -> Markup {
    html! {
        label.field {
            span { (words.t("live-text")) }
            input type="text" name="text" required maxlength=(limits::MESSAGE_CHARACTERS);
        }
    }
}

/// Forms that concern many.
fn acts(words: Words, path: &str, shown: &Shown<'_>) -> Markup {
    let branches: BTreeMap<&str, &str> =
        shown.seen.members.iter().map(|member| (member.branch_code.as_str(), member.branch_name.as_str())).collect();
    let whom = html! {
        label.field {
            span { (words.t("live-whom")) }
            select name="branch" {
                @if shown.manages { option value="" { (words.t("live-everyone")) } }
                @for (code, name) in &branches { option value=(code) { (name) } }
            }
        }
    };
    html! {
        section.card {
            h2 { (words.t("manage-do")) }
            p.small.muted { (words.t("live-one-help")) }
            p.actions {
                a.button.quiet href={ (path) "/slips" } { (words.t("live-slips")) }
                a.button.quiet href="/people" { (words.t("live-add")) }
            }
            details {
                summary { (words.t("live-message")) }
                form method="post" action={ (path) "/live" } {
                    input type="hidden" name="act" value="message";
                    (whom)
                    (text_field(words))
                    p.actions { button.button type="submit" { (words.t("live-message")) } }
                }
            }
            details {
                summary { (words.t("live-pause")) }
                p.small { (words.t("live-pause-help")) }
                form method="post" action={ (path) "/live" } {
                    input type="hidden" name="act" value="pause";
                    (whom)
                    (reason(words))
                    p.actions { button.button.danger type="submit" { (words.t("live-pause")) } }
                }
            }
        }
    }
}
