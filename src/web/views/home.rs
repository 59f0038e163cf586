//! View of the first page: tests to sit first, then what the reader's roles are for.

use crate::rules::attempt::StartRefusal;
use crate::rules::points::Points;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::service::home::{MyTest, Progress};
use crate::service::tests::{Standing, Test};
use crate::web::views::tests::state_tag;
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// One of the reader's own tests.
#[derive(Debug, Clone)]
pub struct Mine {
    /// The test with the reader's attempts.
    pub test: MyTest,
    /// Whether correct answers may be read now.
    pub reviewable: bool,
}

/// What the page shows.
#[derive(Debug, Clone)]
pub struct Home {
    /// The reader's own tests.
    pub mine: Vec<Mine>,
    /// Tests that the reader manages or reads the report of.
    pub office: Vec<(Test, Standing)>,
    /// How far the unit is set up, for those who do that.
    pub progress: Option<Progress>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Now,
    Coming,
    Done,
}

fn place(mine: &MyTest, now_ms: i64) -> Place {
    if mine.test.row.cancelled_reason.is_some() {
        return Place::Done;
    }
    match mine.may_start {
        _ if mine.open().is_some() => Place::Now,
        Ok(()) => Place::Now,
        Err(StartRefusal::NotYet) if now_ms < mine.window.closes_at_ms => Place::Coming,
        Err(_) => Place::Done,
    }
}

/// The whole page.
pub fn home(words: Words, caller: &Caller, now_ms: i64, home: &Home) -> Markup {
    let of =
        |wanted: Place| home.mine.iter().filter(move |mine| place(&mine.test, now_ms) == wanted).collect::<Vec<_>>();
    let (now, coming, done) = (of(Place::Now), of(Place::Coming), of(Place::Done));
    let is_member = caller.has(Role::Member) || !home.mine.is_empty();
    html! {
        h1 { (words.with("home-hello", &[("name", caller.name.as_str().into())])) }
        @if is_member {
            section.card {
                h2 { (words.t("home-now")) }
                @if now.is_empty() { p.muted { (words.t("home-now-none")) } }
                @for mine in &now { (open_test(words, now_ms, mine)) }
            }
            @if !coming.is_empty() {
                section.card { h2 { (words.t("home-coming")) } @for mine in &coming { (coming_test(words, mine)) } }
            }
            @if !done.is_empty() {
                section.card { h2 { (words.t("home-done")) } @for mine in &done { (done_test(words, mine)) } }
            }
        }
        @if let Some(progress) = home.progress { (steps(words, caller, progress)) }
        @if caller.has(Role::Organizer) || caller.has(Role::Committee) { (office(words, caller, now_ms, home)) }
        @if !is_member && caller.roles.is_empty() { section.card { p { (words.t("roles-none")) } } }
    }
}

fn open_test(words: Words, now_ms: i64, mine: &Mine) -> Markup {
    let test = &mine.test;
    let definition = &test.test.definition;
    let path = format!("/tests/{}", segment(&definition.test));
    html! {
        div.row {
            div {
                h3 { a href=(path) { (words.of(&definition.title)) } }
                p.muted.small { (facts(words, test)) }
                @if let Some(open) = test.open() {
                    p { (words.with("home-running", &[("deadline", words.moment(open.deadline_at_ms).into())])) }
                } @else if let Some(last) = test.attempts.last() {
                    p.small { (score(words, last.score, last.full)) }
                }
            }
            @match test.open() {
                Some(open) if open.deadline_at_ms > now_ms => {
                    a.button href={ "/attempts/" (open.id) } { (words.t("continue")) }
                }
                Some(open) => { a.button.quiet href={ "/attempts/" (open.id) } { (words.t("see-result")) } }
                None => { a.button href=(path) { (words.t("to-test")) } }
            }
        }
    }
}

fn facts(words: Words, test: &MyTest) -> String {
    let definition = &test.test.definition;
    words.with(
        "home-facts",
        &[
            ("span", words.span(test.window.opens_at_ms, test.window.closes_at_ms).into()),
            ("minutes", count(definition.minutes)),
            ("questions", count(definition.question_count())),
        ],
    )
}

fn coming_test(words: Words, mine: &Mine) -> Markup {
    let definition = &mine.test.test.definition;
    html! {
        div.row {
            div {
                h3 { a href={ "/tests/" (segment(&definition.test)) } { (words.of(&definition.title)) } }
                p.muted.small { (facts(words, &mine.test)) }
            }
            span.tag.none { (words.t("state-coming")) }
        }
    }
}

fn score(words: Words, score: Option<i64>, full: i64) -> String {
    let Some(score) = score else { return words.t("no-score") };
    let (score, full) = (Points::from_hundredths(score).to_string(), Points::from_hundredths(full).to_string());
    words.with("score-of", &[("score", score.into()), ("full", full.into())])
}

fn done_test(words: Words, mine: &Mine) -> Markup {
    let test = &mine.test;
    let definition = &test.test.definition;
    let label = if mine.reviewable { words.t("see-review") } else { words.t("see-result") };
    html! {
        div.row {
            div {
                h3 { a href={ "/tests/" (segment(&definition.test)) } { (words.of(&definition.title)) } }
                @if let Some(reason) = &test.test.row.cancelled_reason {
                    p.small { (words.with("cancelled-because", &[("reason", reason.as_str().into())])) }
                } @else if test.attempts.is_empty() { p.small.muted { (words.t("home-not-sat")) } }
                @for attempt in test.attempts.iter().filter(|attempt| attempt.finished_at_ms.is_some()) {
                    p.small {
                        (score(words, attempt.score, attempt.full))
                        @if let Some(receipt) = &attempt.receipt { span.muted { " · " (words.t("receipt")) " " code { (receipt) } } }
                        " " a href={ "/attempts/" (attempt.id) } { (label) }
                    }
                }
            }
        }
    }
}

/// What is still to be set up; the first missing step is the one filled button.
fn steps(words: Words, caller: &Caller, progress: Progress) -> Markup {
    let administrator = caller.has(Role::Administrator);
    let organizer = caller.has(Role::Organizer);
    let all = [
        ("step-branches", progress.branches, "/roster", administrator),
        ("step-people", progress.people, "/roster", administrator),
        ("step-bank", progress.banks, "/banks", organizer),
        ("step-test", progress.tests, "/tests/new", organizer),
    ];
    let first = all.iter().position(|(_, done, _, _)| !done);
    html! {
        @if first.is_some() {
            section.card {
                h2 { (words.t("steps-title")) }
                ol.steps {
                    @for (index, (id, done, path, mine)) in all.iter().enumerate() {
                        li {
                            span { (words.t(id)) }
                            @if *done { span.tag.good { (words.t("step-done")) } }
                            @else if first == Some(index) && *mine { a.button href=(path) { (words.t(&format!("{id}.do"))) } }
                            @else if *mine { span.muted.small { (words.t("step-later")) } }
                            @else { span.muted.small { (words.t("step-others")) } }
                        }
                    }
                }
            }
        }
        @if administrator && first.is_none() {
            section.card {
                h2 { (words.t("keep-title")) }
                p.actions {
                    a.button.quiet href="/people" { (words.t("nav-people")) }
                    a.button.quiet href="/branches" { (words.t("nav-branches")) }
                    a.button.quiet href="/roster" { (words.t("nav-roster")) }
                }
            }
        }
    }
}

fn office(words: Words, caller: &Caller, now_ms: i64, home: &Home) -> Markup {
    let shown: Vec<_> =
        home.office.iter().filter(|(_, standing)| standing.manages || standing.reads_report).take(8).collect();
    let done =
        home.progress.is_none_or(|progress| progress.branches && progress.people && progress.banks && progress.tests);
    html! {
        section.card {
            h2 { (words.t("home-office")) }
            @if shown.is_empty() { p.muted { (words.t("tests-none")) } }
            @for (test, standing) in &shown {
                @let path = format!("/tests/{}", segment(&test.definition.test));
                div.row {
                    div {
                        h3 {
                            @if standing.manages { a href={ (path) "/manage" } { (words.of(&test.definition.title)) } }
                            @else { a href={ (path) "/report" } { (words.of(&test.definition.title)) } }
                        }
                        p.muted.small { (words.span(test.definition.opens_at_ms, test.definition.closes_at_ms)) }
                    }
                    div.side {
                        (state_tag(words, test, now_ms))
                        @if standing.reads_report { a.button.quiet href={ (path) "/report" } { (words.t("report")) } }
                    }
                }
            }
            @if caller.has(Role::Organizer) {
                p.actions {
                    a class=(if done { "button" } else { "button quiet" }) href="/tests/new" { (words.t("test-new")) }
                    a.button.quiet href="/banks" { (words.t("nav-banks")) }
                }
            }
        }
    }
}
