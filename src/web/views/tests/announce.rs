//! View of a test for those who sit it: what it is, its rules, and the one thing to do now.

use crate::documents::announcement::rules;
use crate::i18n::Described;
use crate::rules::attempt::StartRefusal;
use crate::rules::blueprint::Definition;
use crate::rules::question::{Kind, Policy};
use crate::service::Error;
use crate::service::home::MyTest;
use crate::service::tests::{Standing, Test};
use crate::web::layout::{crumbs, notice, summary};
use crate::web::views::integrity;
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// What the page shows.
#[derive(Debug, Clone)]
pub struct Announcement {
    /// The test.
    pub test: Test,
    /// What the reader is to it.
    pub standing: Standing,
    /// The reader's own part in it.
    pub mine: Option<MyTest>,
    /// Why the reader wasn't let in just now.
    pub refused: Option<Described>,
}

/// Why somebody wasn't let in, as the address of the page of the test tells it.
pub fn refusal(code: &str, address: String) -> Option<Error> {
    let all = [
        Error::AddressNotAdmitted { address },
        Error::SafeExamBrowserNeeded,
        Error::TestPasswordNeeded,
        Error::WrongTestPassword,
    ];
    all.into_iter().find(|error| error.code() == code)
}

/// The whole page.
pub fn announcement(words: Words, now_ms: i64, shown: &Announcement) -> Markup {
    let definition = &shown.test.definition;
    let path = format!("/tests/{}", segment(&definition.test));
    let title = words.of(&definition.title);
    let window = shown.mine.as_ref().map(|mine| mine.window);
    let (opens, closes) = window
        .map_or((definition.opens_at_ms, definition.closes_at_ms), |window| (window.opens_at_ms, window.closes_at_ms));
    html! {
        (crumbs(words, &[("/".into(), words.t("home-title"))], title))
        section.card {
            p.muted.small { (words.t(&format!("occasion-{}", definition.occasion.name()))) }
            h1 { (title) }
            p.lead { (words.span(opens, closes)) }
            @if let Some(refused) = &shown.refused { (summary(&refused.what, &refused.remedy, None)) }
            (action(words, now_ms, shown, &path))
        }
        section.card {
            h2 { (words.t("announce-paper")) }
            (sections(words, definition))
        }
        section.card {
            h2 { (words.t("announce-rules")) }
            ul.rules { @for rule in rules(words, definition, window.map_or(0, |window| window.extra_minutes)) { li { (rule) } } }
            details {
                summary { (words.t("commitment")) }
                p.small { (words.t("commitment-explained")) }
                p.small { code.long { (shown.test.row.commitment) } }
            }
        }
        @if shown.standing.manages || shown.standing.reads_report {
            p.actions.noprint {
                @if shown.standing.manages { a.button.quiet href={ (path) "/manage" } { (words.t("manage")) } }
                @if shown.standing.reads_report { a.button.quiet href={ (path) "/report" } { (words.t("report")) } }
            }
        }
    }
}

/// The one thing to do now, or calmly why there is none.
fn action(words: Words, now_ms: i64, shown: &Announcement, path: &str) -> Markup {
    if let Some(reason) = &shown.test.row.cancelled_reason {
        return notice("warn", &words.with("cancelled-because", &[("reason", reason.as_str().into())]));
    }
    let Some(mine) = &shown.mine else { return html! {} };
    if let Some(open) = mine.open() {
        let text = words.with("home-running", &[("deadline", words.moment(open.deadline_at_ms).into())]);
        return html! {
            p { (text) }
            p.actions { a.button href={ "/attempts/" (open.id) } {
                @if open.deadline_at_ms > now_ms { (words.t("continue")) } @else { (words.t("see-result")) }
            } }
        };
    }
    let last = mine.attempts.last();
    html! {
        // Fetched while the page is read: on a slow line the exam page then costs one round trip.
        @if matches!(mine.may_start, Ok(()) | Err(StartRefusal::NotYet)) { link rel="prefetch" href=(crate::web::assets::exam_script()) as="script"; }
        @match mine.may_start {
            Ok(()) => {
                p { (words.with("start-explained", &[("minutes", count(minutes_now(mine, now_ms)))])) }
                form.actions method="post" action={ (path) "/start" } {
                    (integrity::start_fields(words, &shown.test.definition.integrity))
                    button.button type="submit" {
                        @if last.is_some() { (words.t("start-again")) } @else { (words.t("start")) }
                    }
                }
            }
            Err(StartRefusal::NotYet) => {
                (notice("", &words.with("opens-later", &[("opens", words.moment(mine.window.opens_at_ms).into())])))
                p.lead #countdown data-left=(mine.window.opens_at_ms - now_ms) data-text=(words.with("opens-in", &[("time", "{time}".into())])) hidden {}
                p.muted { (words.t("opens-wait")) }
                p.actions {
                    a.button.quiet href={ (path) "/try" } { (words.t("device-check-do")) }
                    a.button.quiet href=(path) { (words.t("look-again")) }
                }
            }
            Err(StartRefusal::Closed) => {
                (notice("", &words.with("closed-since", &[("closed", words.moment(mine.window.closes_at_ms).into())])))
            }
            Err(StartRefusal::TooLate) => { (notice("warn", &words.t("too-late"))) }
            Err(StartRefusal::NoAttemptLeft) => { (notice("good", &words.t("no-attempt-left"))) }
        }
        @if let Some(last) = last { p { a href={ "/attempts/" (last.id) } { (words.t("see-result")) } } }
    }
}

/// How long an attempt that starts now would last.
fn minutes_now(mine: &MyTest, now_ms: i64) -> i64 {
    (mine.window.deadline(now_ms, mine.test.definition.minutes) - now_ms) / 60_000
}

/// The sections of a paper with their numbers and points.
pub(super) fn sections(words: Words, definition: &Definition) -> Markup {
    let kind = |kind: Kind| words.t(&format!("kind-{}", kind.name()));
    let own_titles = definition.sections.iter().any(|section| words.of(&section.title) != kind(section.kind));
    html! {
        table {
            thead { tr {
                th { (words.t("section")) } @if own_titles { th.wide-only { (words.t("kind")) } }
                th.n { (words.t("questions")) } th.n { (words.t("points-each")) } th.n { (words.t("points")) }
            } }
            tbody {
                @for section in &definition.sections {
                    @let count: u32 = section.draw.iter().map(|row| row.count).sum();
                    tr class=[(section.kind == Kind::Multiple).then_some("noted")] {
                        td { (words.of(&section.title)) }
                        @if own_titles { td.wide-only { (kind(section.kind)) } }
                        td.n { (count) } td.n { (section.points) } td.n { (section.points.share(i64::from(count), 1)) }
                    }
                    @if section.kind == Kind::Multiple { tr.note { td.muted.small colspan=(if own_titles { 5 } else { 4 }) { (policy(words, section.policy)) } } }
                }
            }
            tfoot { tr { td { (words.t("total")) } @if own_titles { td.wide-only {} } td.n { (definition.question_count()) } td {} td.n { (definition.full()) } } }
        }
    }
}

fn policy(words: Words, policy: Policy) -> String {
    words.t(&format!("policy-{}", policy.name()))
}
