//! Views for organizers: the list of tests, and a test under way.

use super::announce::sections;
use super::form::newer_list;
use super::state_tag;
use crate::documents::announcement::rules;
use crate::formats::test_json;
use crate::limits;
use crate::rules::paper::Pinned;
use crate::rules::presence::Presence;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::service::proofs::DrawVerified;
use crate::service::tests::{Member, Newer, Repeats, Standing, Test};
use crate::web::layout::{Field, crumbs, field, notice};
use crate::web::views::make_ups::repeats;
use crate::web::views::objections;
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// The list of tests for those who manage them or read reports.
pub fn tests(words: Words, caller: &Caller, now_ms: i64, listed: &[(Test, Standing)]) -> Markup {
    html! {
        div.head {
            h1 { (words.t("nav-tests")) }
            span.grow {}
            @if caller.has(Role::Organizer) { a.button href="/tests/new" { (words.t("test-new")) } }
        }
        section.card {
            @if listed.is_empty() { p.muted { (words.t("tests-none")) } }
            @else {
                table.cards {
                    thead { tr {
                        th { (words.t("test")) } th { (words.t("occasion")) } th { (words.t("window")) } th { (words.t("state")) } th {}
                    } }
                    tbody { @for (test, standing) in listed { (test_row(words, now_ms, test, *standing)) } }
                }
            }
        }
    }
}

fn test_row(words: Words, now_ms: i64, test: &Test, standing: Standing) -> Markup {
    let definition = &test.definition;
    let path = format!("/tests/{}", segment(&definition.test));
    let main = if standing.manages { format!("{path}/manage") } else { path.clone() };
    html! {
        tr {
            td { a href=(main) { (words.of(&definition.title)) } br; code.muted.small { (definition.test) } }
            td { (words.t(&format!("occasion-{}", definition.occasion.name()))) }
            td { (words.span(definition.opens_at_ms, definition.closes_at_ms)) }
            td { (state_tag(words, test, now_ms)) }
            td.n { @if standing.reads_report { a href={ (path) "/report" } { (words.t("report")) } } }
        }
    }
}

/// A test as its text file.
pub fn definition_text(test: &Test) -> String {
    serde_json::to_string_pretty(&test_json::write(&test.definition)).unwrap_or_default()
}

/// What the page of a managed test shows.
#[derive(Debug, Clone)]
pub struct Managed {
    /// The test.
    pub test: Test,
    /// What the reader is to it.
    pub standing: Standing,
    /// Its pinned editions.
    pub pinned: Vec<Pinned>,
    /// Banks with newer editions than those.
    pub newer: Vec<Newer>,
    /// Everyone in the audience within the reader's rights.
    pub members: Vec<Member>,
    /// How many attempts have late responses that wait for a decision.
    pub late: usize,
    /// How many responses wait for a person to mark them.
    pub unmarked: usize,
    /// How many objections to questions wait for an answer.
    pub objections: i64,
    /// Whether anyone has a paper.
    pub papers_are_out: bool,
    /// Whether the reader may make a make-up of it now.
    pub may_make_up: bool,
    /// How far its papers repeat questions of the test it makes up for.
    pub repeats: Option<Repeats>,
    /// What was done just now: the name of a message.
    pub done: Option<&'static str>,
    /// What went wrong just now.
    pub error: Option<crate::i18n::Described>,
}

/// A test under way, for those who organize it.
pub fn manage(words: Words, now_ms: i64, shown: &Managed) -> Markup {
    let definition = &shown.test.definition;
    let title = words.of(&definition.title);
    let path = format!("/tests/{}", segment(&definition.test));
    let is_over = shown.test.row.finished_at_ms.is_some() || shown.test.row.cancelled_reason.is_some();
    html! {
        (crumbs(words, &[("/tests".into(), words.t("nav-tests"))], title))
        div.head {
            h1 { (title) } (state_tag(words, &shown.test, now_ms)) span.grow {}
            @if shown.standing.reads_report { a.button href={ (path) "/report" } { (words.t("report")) } }
            a.button.quiet href={ (path) "/live" } { (words.t("live-open")) }
            a.button.quiet href=(path) { (words.t("announcement")) }
        }
        @if let Some(done) = shown.done { (notice("good", &words.t(done))) }
        @if let Some(error) = &shown.error { (crate::web::layout::summary(&error.what, &error.remedy, None)) }
        @if let Some(reason) = &shown.test.row.cancelled_reason {
            (notice("warn", &words.with("cancelled-because", &[("reason", reason.as_str().into())])))
        }
        @if !shown.newer.is_empty() && !shown.papers_are_out && !is_over {
            div.notice.warn {
                p { strong { (words.t("newer-title")) } }
                (newer_list(words, &shown.newer))
                p { a href={ (path) "/edit#newer" } { (words.t("newer-go")) } }
            }
        }
        @if shown.late > 0 {
            div.notice.warn { p { (words.with("late-count", &[("count", count(shown.late))])) " " a href={ (path) "/late" } { (words.t("late-go")) } } }
        }
        @if shown.unmarked > 0 {
            div.notice.warn { p { (words.with("marking-count", &[("count", count(shown.unmarked))])) " " a href={ (path) "/marking" } { (words.t("marking-go")) } } }
        }
        @if shown.objections > 0 {
            div.notice.warn { p { (words.with("objections-count", &[("count", count(shown.objections))])) " " a href={ (path) "/objections" } { (words.t("objections-go")) } } }
        }
        (objections::provisional(words, &shown.test, now_ms))
        (attendance(words, shown, &path))
        (overview(words, shown))
        section.card {
            h2 { (words.t("manage-do")) }
            p.actions {
                @if !is_over { a.button.quiet href={ (path) "/edit" } { (words.t("test-edit")) } }
                a.button.quiet href={ (path) "/slips" } { (words.t("test-slips")) }
                a.button.quiet href={ (path) "/papers" } { (words.t("papers-title")) }
                @if is_over && shown.standing.reads_report { a.button.quiet href={ (path) "/signed-pages" } { (words.t("signed-pages")) } }
                @if !is_over { a.button.quiet href={ (path) "/tried" } { (words.t("device-checks")) } }
                a.button.quiet href={ (path) "/trial" } { (words.t("trial-do")) }
                a.button.quiet href={ (path) "/notice" } { (words.t("notice")) }
                a.button.quiet href={ (path) "/copy" } { (words.t("test-copy")) }
                a.button.quiet href={ (path) "/file" } download={ (definition.test) ".json" } { (words.t("test-file-download")) }
                a.button.quiet href={ (path) "/draw" } { (words.t("draw-check")) }
                a.button.quiet href={ (path) "/late" } { (words.t("late-title")) }
                a.button.quiet href={ (path) "/marking" } { (words.t("marking-title")) }
                a.button.quiet href={ (path) "/objections" } { (words.t("objections-title")) }
                @if shown.standing.reads_report { a.button.quiet href={ (path) "/items" } { (words.t("items-open")) } }
                a.button.quiet href={ (path) "/corrections" } { (words.t("corrections-title")) }
                a.button.quiet href={ "/api/v1" (path) "/attempts.csv" } download { (words.t("export-attempts")) }
                a.button.quiet href={ "/api/v1" (path) "/responses.csv" } download { (words.t("export-responses")) }
                @if shown.may_make_up { a.button.quiet href={ (path) "/make-up" } { (words.t("make-up-make")) } }
                @if !is_over { a.button.quiet href={ (path) "/close" } { (words.t("close-now")) } }
            }
            @if !is_over { (window_form(words, &path)) (cancel_form(words, &path)) }
        }
    }
}

fn attendance(words: Words, shown: &Managed, path: &str) -> Markup {
    let number = |state: Presence| shown.members.iter().filter(|member| member.presence == state).count();
    let due = shown.members.len() - number(Presence::Exempt);
    let working = shown.members.iter().filter(|member| member.working).count();
    html! {
        div.tiles {
            div.tile { b { (due) } span { (words.t("due")) } }
            div.tile { b { (number(Presence::Sat)) } span { (words.t("presence-sat")) } }
            div.tile { b { (working) } span { (words.t("working")) } }
            div.tile { b { (number(Presence::Absent)) } span {
                @if shown.test.row.finished_at_ms.is_some() { (words.t("presence-absent")) } @else { (words.t("not-yet")) }
            } }
            div.tile { b { (number(Presence::Excused)) } span { (words.t("presence-excused")) } }
        }
        p.small { a href={ (path) "/presence" } { (words.t("presence-title")) } }
    }
}

fn overview(words: Words, shown: &Managed) -> Markup {
    let definition = &shown.test.definition;
    html! {
        section.card {
            h2 { (words.t("manage-overview")) }
            dl.facts {
                dt { (words.t("test-name")) } dd { code { (definition.test) } }
                dt { (words.t("occasion")) } dd { (words.t(&format!("occasion-{}", definition.occasion.name()))) }
                dt { (words.t("window")) } dd { (words.span(definition.opens_at_ms, definition.closes_at_ms)) }
                dt { (words.t("audience")) }
                dd {
                    (words.list(definition.audience.branches.iter().cloned()))
                    @if !definition.audience.except.is_empty() {
                        " " span.muted { (words.with("audience-except", &[("codes", words.list(definition.audience.except.iter().cloned()).into())])) }
                    }
                }
                (people(words, shown))
                dt { (words.t("pinned")) }
                dd { ul.plain { @for pin in &shown.pinned {
                    li { a href={ "/banks/" (segment(&pin.bank)) } { (pin.bank) } " · " (words.with("edition-number", &[("number", count(pin.number))])) }
                } } }
                dt { (words.t("papers")) }
                dd { @if shown.papers_are_out { (words.t("papers-out")) } @else { (words.t("papers-not-out")) } }
            }
            (sections(words, definition))
            details { summary { (words.t("announce-rules")) } ul.rules { @for rule in rules(words, definition, 0) { li { (rule) } } } }
            details {
                summary { (words.t("commitment")) }
                p.small { (words.t("commitment-explained")) }
                p.small { code.long { (shown.test.row.commitment) } }
            }
        }
    }
}

/// Who of the audience takes it, and what it makes up for.
fn people(words: Words, shown: &Managed) -> Markup {
    let definition = &shown.test.definition;
    let named = definition.audience.members.len();
    html! {
        @if named > 0 { dt { (words.t("make-up-who")) } dd { (words.with("form-only-named", &[("count", count(named))])) } }
        @if definition.sample.is_some() {
            dt { (words.t("make-up-who")) }
            dd { a href={ "/tests/" (segment(&definition.test)) "/sample" } { (words.t("sample-drawn")) } }
        }
        @if let Some(make_up) = &definition.make_up_of {
            dt { (words.t("make-up-for")) }
            dd {
                a href={ "/tests/" (segment(&make_up.test)) "/report" } { (make_up.test) }
                @if let Some(cap) = make_up.cap { " · " (words.with("make-up-capped", &[("cap", cap.to_string().into())])) }
                @if let Some(numbers) = &shown.repeats { (repeats(words, numbers)) }
            }
        }
    }
}

fn window_form(words: Words, path: &str) -> Markup {
    html! {
        details {
            summary { (words.t("window-title")) }
            form method="post" action={ (path) "/window" } {
                (field(&Field { name: "login", kind: "text", label: words.t("login"), autocomplete: Some("off"), ..Field::default() }))
                (field(&Field { name: "extra_minutes", kind: "number", label: words.t("window-extra"), help: Some(words.t("window-extra-help")), optional: true, ..Field::default() }))
                (field(&Field { name: "closes", kind: "datetime-local", label: words.t("window-closes"), help: Some(words.t("window-closes-help")), optional: true, ..Field::default() }))
                (reason(words))
                p.actions { button.button.quiet type="submit" { (words.t("window-set")) } }
            }
        }
    }
}

fn cancel_form(words: Words, path: &str) -> Markup {
    html! {
        details {
            summary { (words.t("cancel-title")) }
            p { (words.t("cancel-explained")) }
            form method="post" action={ (path) "/cancel" } {
                (reason(words))
                p.actions { button.button.quiet.danger type="submit" { (words.t("cancel-do")) } }
            }
        }
    }
}

/// The field for a reason.
pub(in crate::web::views) fn reason(words: Words) -> Markup {
    html! {
        label.field {
            span { (words.t("reason")) }
            input type="text" name="reason" required maxlength=(limits::REASON_CHARACTERS);
            span.help { (words.t("reason-help")) }
        }
    }
}

/// Asks once before a test is closed.
pub fn close_check(words: Words, test: &Test, working: usize) -> Markup {
    let path = format!("/tests/{}", segment(&test.definition.test));
    html! {
        section.card.narrow {
            h1 { (words.t("close-now")) }
            p { strong { (words.of(&test.definition.title)) } }
            p { (words.with("close-explained", &[("working", count(working))])) }
            form.actions method="post" action={ (path) "/close" } {
                button.button type="submit" { (words.t("close-now")) }
                a.button.quiet href={ (path) "/manage" } { (words.t("back")) }
            }
        }
    }
}

/// What drawing every paper again has found.
pub fn draw_check(words: Words, test: &Test, verified: &DrawVerified) -> Markup {
    let path = format!("/tests/{}", segment(&test.definition.test));
    let title = words.of(&test.definition.title);
    let holds = verified.holds();
    html! {
        (crumbs(words, &[("/tests".into(), words.t("nav-tests")), (format!("{path}/manage"), title.to_owned())], &words.t("draw-check")))
        h1 { (words.t("draw-check")) }
        section.card {
            @if holds { (notice("good", &words.with("draw-holds", &[("papers", count(verified.papers))]))) }
            @if !verified.commitment_holds { (notice("bad", &words.t("draw-commitment-broken"))) }
            @if !verified.members_hold || !verified.before_holds { (notice("bad", &words.with("cli-members-differ", &[("value", title.into())]))) }
            @if !verified.differing.is_empty() {
                (notice("bad", &words.with("draw-differs", &[("papers", count(verified.differing.len()))])))
                ul { @for id in &verified.differing { li { code { (id) } } } }
            }
            p.small.muted { (words.t("draw-explained")) }
            p.small { code.long { (test.row.commitment) } }
            p.actions { a.button.quiet href={ "/api/v1" (path) "/draw" } download={ (test.definition.test) "-draw.json" } { (words.t("draw-proof")) } }
        }
    }
}
