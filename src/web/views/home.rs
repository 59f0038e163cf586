//! View of the first page: tests to sit first, then what the reader's roles are for.

use crate::rules::attempt::StartRefusal;
use crate::rules::points::Points;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::service::home::{Attempt, MyTest, OfficeTest, Progress, Upkeep};
use crate::service::marking::Queue;
use crate::service::objections::Answered;
use crate::web::charts;
use crate::web::views::tests::state_tag;
use crate::web::views::{marking, objections};
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
    /// Answers of late to the reader's objections.
    pub answered: Vec<Answered>,
    /// Tests at which the reader was named to mark.
    pub queues: Vec<Queue>,
    /// Tests that the reader manages or reads the report of.
    pub office: Vec<OfficeTest>,
    /// How far the unit is set up, for those who do that.
    pub progress: Option<Progress>,
    /// What there is to keep up, for administrators.
    pub upkeep: Option<Upkeep>,
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
                @for (index, mine) in now.iter().enumerate() { (open_test(words, now_ms, mine, index == 0)) }
            }
            (objections::answered(words, &home.answered))
            @if !coming.is_empty() {
                section.card { h2 { (words.t("home-coming")) } @for mine in &coming { (coming_test(words, mine)) } }
            }
            @if !done.is_empty() {
                section.card { h2 { (words.t("home-done")) } @for mine in &done { (done_test(words, mine)) } }
            }
        }
        (marking::queues(words, &home.queues))
        @if let Some(progress) = home.progress { (steps(words, caller, progress, now.is_empty())) }
        @if let Some(upkeep) = home.upkeep.as_ref().filter(|_| home.progress.is_some_and(|one| one.branches && one.people)) {
            (keep(words, upkeep, now.is_empty() && !caller.has(Role::Organizer) && home.progress.is_none_or(Progress::is_complete)))
        }
        @if caller.has(Role::Organizer) || caller.has(Role::Committee) { (office(words, caller, now_ms, home, now.is_empty())) }
        @if !is_member && caller.roles.is_empty() { section.card { p { (words.t("roles-none")) } } }
    }
}

/// A test to be sat now; of several, the first has the filled button.
fn open_test(words: Words, now_ms: i64, mine: &Mine, first: bool) -> Markup {
    let test = &mine.test;
    let definition = &test.test.definition;
    let path = format!("/tests/{}", segment(&definition.test));
    let button = if first { "button" } else { "button quiet" };
    html! {
        div.row {
            div {
                h3 { a href=(path) { (words.of(&definition.title)) } }
                p.muted.small { (facts(words, test)) }
                @if let Some(open) = test.open() {
                    p { (words.with("home-running", &[("deadline", words.moment(open.deadline_at_ms).into())])) }
                } @else if let Some(last) = test.attempts.last() {
                    p.small { (score(words, last)) }
                }
            }
            @match test.open() {
                Some(open) if open.deadline_at_ms > now_ms => {
                    a class=(button) href={ "/attempts/" (open.id) } { (words.t("continue")) }
                }
                Some(open) => { a.button.quiet href={ "/attempts/" (open.id) } { (words.t("see-result")) } }
                None => { a class=(button) href=(path) { (words.t("to-test")) } }
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
            div.side {
                span.tag.none { (words.t("state-coming")) }
                a.button.quiet href={ "/tests/" (segment(&definition.test)) "/try" } { (words.t("device-check-do")) }
            }
        }
    }
}

fn score(words: Words, attempt: &Attempt) -> String {
    let Some(score) = attempt.score else { return words.t("no-score") };
    let (score, full) = (Points::from_hundredths(score).to_string(), Points::from_hundredths(attempt.full).to_string());
    let score = words.with("score-of", &[("score", score.into()), ("full", full.into())]);
    if attempt.is_pending() { format!("{score} ({})", words.t("provisional")) } else { score }
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
                        (score(words, attempt))
                        @if let Some(receipt) = &attempt.receipt { span.muted { " · " (words.t("receipt")) " " code { (receipt) } } }
                        " " a href={ "/attempts/" (attempt.id) } { (label) }
                    }
                }
            }
        }
    }
}

/// What is still to be set up; the first missing step is the one filled button, unless there is a test to sit.
fn steps(words: Words, caller: &Caller, progress: Progress, is_next: bool) -> Markup {
    let administrator = caller.has(Role::Administrator);
    let organizer = caller.has(Role::Organizer);
    let all = [
        ("step-branches", progress.branches, "/roster", administrator),
        ("step-people", progress.people, "/roster", administrator),
        ("step-organizer", progress.organizer, "/people?give=organizer", administrator),
        ("step-bank", progress.banks, "/banks", organizer),
        ("step-test", progress.tests, "/tests/new", organizer),
    ];
    let done = all.iter().filter(|(_, done, _, _)| *done).count();
    let next = all.iter().position(|(_, done, _, mine)| !done && *mine);
    html! {
        @if done < all.len() {
            section.card {
                h2 { (words.t("steps-title")) }
                p.muted { (words.with("steps-done", &[("done", count(done)), ("all", count(all.len()))])) }
                (charts::bar(crate::rules::points::number(i64::try_from(done * 100 / all.len()).unwrap_or_default()), false))
                ol.steps {
                    @for (index, (id, done, path, mine)) in all.iter().enumerate() {
                        li {
                            span { (words.t(id)) }
                            @if *done { span.tag.good { "✓ " (words.t("step-done")) } }
                            @else if next == Some(index) { a class=(if is_next { "button" } else { "button quiet" }) href=(path) { (words.t(&format!("{id}.do"))) } }
                            @else if *mine { span.muted.small { (words.t("step-later")) } }
                            @else { span.muted.small { (words.t(&format!("{id}.who"))) } }
                            p.small.muted { (words.t(&format!("{id}.why"))) }
                        }
                    }
                }
            }
        }
    }
}

/// Most branches without people that are named; the page of branches shows all.
const MOST_EMPTY: usize = 8;

/// People and branches in figures, each the way to its page, and what is left to do about them.
fn keep(words: Words, upkeep: &Upkeep, is_next: bool) -> Markup {
    let tiles = [
        ("keep-people", upkeep.people.to_string(), "/people?state=roster"),
        ("keep-branches", upkeep.branches.to_string(), "/branches"),
        ("keep-waiting", upkeep.waiting.to_string(), "/slips"),
    ];
    html! {
        section.card {
            h2 { (words.t("keep-title")) }
            div.tiles { @for (id, number, path) in &tiles { a.tile href=(path) { b { (number) } span { (words.t(id)) } } } }
            @if !upkeep.empty.is_empty() {
                p.small {
                    (words.with("keep-empty", &[("count", count(upkeep.empty.len()))])) " "
                    @for (index, node) in upkeep.empty.iter().take(MOST_EMPTY).enumerate() {
                        @if index > 0 { (words.t("list-comma")) }
                        a href={ "/branches/" (segment(&node.code)) } { (node.name) }
                    }
                    @if upkeep.empty.len() > MOST_EMPTY { " …" }
                }
            }
            p.actions {
                @if upkeep.waiting > 0 { a class=(if is_next { "button" } else { "button quiet" }) href="/slips" { (words.t("keep-slips")) } }
                a.button.quiet href="/people/new" { (words.t("person-new")) }
                a.button.quiet href="/roster" { (words.t("nav-roster")) }
                a.button.quiet href="/ready" { (words.t("ready")) }
            }
        }
    }
}

/// Most tests of each sort on the first page; all of them are on the page of tests.
const MOST_TESTS: usize = 5;

fn office(words: Words, caller: &Caller, now_ms: i64, home: &Home, is_next: bool) -> Markup {
    let is_over = |one: &OfficeTest| {
        let row = &one.test.row;
        row.finished_at_ms.is_some() || row.cancelled_reason.is_some() || one.test.definition.closes_at_ms <= now_ms
    };
    let (over, live): (Vec<_>, Vec<_>) = home.office.iter().partition(|one| is_over(one));
    let (coming, open): (Vec<_>, Vec<_>) = live.into_iter().partition(|one| one.test.definition.opens_at_ms > now_ms);
    let filled = is_next && home.progress.is_none_or(Progress::is_complete);
    html! {
        section.card {
            h2 { (words.t("home-office")) }
            @if home.office.is_empty() { p.muted { (words.t("tests-none")) } }
            @for (id, tests) in [("state-open", &open), ("state-coming", &coming), ("home-office-over", &over)] {
                @if !tests.is_empty() {
                    h3.part-title { (words.t(id)) }
                    @for one in tests.iter().take(MOST_TESTS) { (office_test(words, now_ms, one)) }
                }
            }
            p.actions {
                @if caller.has(Role::Organizer) {
                    a class=(if filled { "button" } else { "button quiet" }) href="/tests/new" { (words.t("test-new")) }
                    a.button.quiet href="/banks" { (words.t("nav-banks")) }
                }
                @if !home.office.is_empty() { a.button.quiet href="/tests" { (words.t("tests-all")) } a.button.quiet href="/ready" { (words.t("ready")) } }
            }
        }
    }
}

fn office_test(words: Words, now_ms: i64, one: &OfficeTest) -> Markup {
    let definition = &one.test.definition;
    let path = format!("/tests/{}", segment(&definition.test));
    html! {
        div.row {
            div {
                h3 {
                    @if one.standing.manages { a href={ (path) "/manage" } { (words.of(&definition.title)) } }
                    @else { a href={ (path) "/report" } { (words.of(&definition.title)) } }
                }
                p.muted.small { (words.span(definition.opens_at_ms, definition.closes_at_ms)) }
                @if let Some((finished, working)) = one.counts {
                    p.small { (words.with("home-counts", &[("finished", count(finished)), ("working", count(working))])) }
                }
            }
            div.side {
                (state_tag(words, &one.test, now_ms))
                @if one.standing.reads_report && definition.opens_at_ms <= now_ms { a.button.quiet href={ (path) "/report" } { (words.t("report")) } }
            }
        }
    }
}
