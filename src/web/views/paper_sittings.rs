//! Views of sitting on paper: who does, the papers to print, and what stands on them to be entered and checked.

use super::exam;
use super::question::{flow, options, rich, said, targets};
use super::slips::print_button;
use super::tests::reason;
use crate::i18n::Described;
use crate::rules::paper::Item;
use crate::rules::question::{Kind, paper_label};
use crate::rules::rights::Caller;
use crate::service::paper_sittings::{CHECKED, ENTERED, Listed, Opened, PRINTED, Papers, VOID};
use crate::service::people::shown_login;
use crate::service::sign_in_slips::Holder;
use crate::service::tests::Test;
use crate::web::layout::{crumbs, notice, summary};
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};
use serde_json::Value;

/// Most people who are listed to be ticked; of more, logins are typed.
const MOST_TICKED: usize = 300;
/// Lines for a written answer.
const LINES: [(Kind, usize); 2] = [(Kind::Short, 5), (Kind::Essay, 16)];

/// The address of a test's papers.
pub fn address(test: &str) -> String {
    format!("/tests/{}/papers", segment(test))
}

fn way(words: Words, test: &Test, above: bool, title: &str) -> Markup {
    let definition = &test.definition;
    let mut pages = vec![
        ("/tests".to_owned(), words.t("nav-tests")),
        (format!("/tests/{}/manage", segment(&definition.test)), words.of(&definition.title).to_owned()),
    ];
    if above {
        pages.push((address(&definition.test), words.t("papers-title")));
    }
    crumbs(words, &pages, title)
}

/// Who sits on paper, and for whom papers may be printed.
pub fn list(words: Words, caller: &Caller, papers: &Papers, refused: Option<&Described>) -> Markup {
    let test = &papers.test;
    let path = address(&test.definition.test);
    let is_over = test.row.finished_at_ms.is_some() || test.row.cancelled_reason.is_some();
    html! {
        (way(words, test, false, &words.t("papers-title")))
        h1 { (words.t("papers-title")) }
        p.muted { (words.t("papers-explained")) }
        @if let Some(refused) = refused { (summary(&refused.what, &refused.remedy, None)) }
        @if !papers.papers.is_empty() {
            section.card {
                h2 { (words.t("papers-printed")) }
                p.actions { a.button.quiet href={ (path) "/print" } { (words.t("papers-print-waiting")) } }
                table.cards {
                    thead { tr { th { (words.t("name")) } th { (words.t("branch")) } th { (words.t("papers-state")) } th {} } }
                    tbody { @for paper in &papers.papers { (row(words, caller, paper, &path)) } }
                }
            }
        }
        @if !is_over { (choose(words, caller, &papers.holders, &path)) }
    }
}

fn row(words: Words, caller: &Caller, paper: &Listed, path: &str) -> Markup {
    let row = &paper.row;
    html! {
        tr {
            td { (paper.person.name) br; span.muted.small { (shown_login(&paper.person.login, caller)) } }
            td data-label=(words.t("branch")) { (paper.branch.name) }
            td data-label=(words.t("papers-state")) {
                @match row.state.as_str() {
                    CHECKED => span.tag.good { (words.t("papers-checked")) },
                    VOID => { span.tag.none { (words.t("papers-void")) } @if let Some(reason) = &row.reason { " " span.muted.small { (reason) } } },
                    ENTERED => { span.tag.warn { (words.t("papers-entered")) } @if let Some(by) = &paper.entered_by { " " span.muted.small { (by) } } },
                    _ => span.tag { (words.t("papers-waits")) },
                }
                br; span.muted.small { (words.moment(row.printed_at_ms)) }
            }
            td {
                @if row.is_open() {
                    div.actions.noprint {
                        @if row.state == PRINTED { a.button.quiet href={ (path) "/print?id=" (row.id) } { (words.t("papers-print")) } }
                        a.button.quiet href={ (path) "/" (row.id) } { (words.t(if row.state == ENTERED { "papers-check" } else { "papers-enter" })) }
                    }
                    details.object.noprint {
                        summary { (words.t("papers-void-do")) }
                        form method="post" action={ (path) "/" (row.id) "/void" } {
                            input type="hidden" name="seen" value=(row.digest.as_deref().unwrap_or_default());
                            (reason(words))
                            p.actions { button.button.quiet { (words.t("papers-void-do")) } }
                        }
                    }
                }
            }
        }
    }
}

fn choose(words: Words, caller: &Caller, holders: &[Holder], path: &str) -> Markup {
    let groups = holders.chunk_by(|one, two| one.branch == two.branch);
    html! {
        form.card method="post" action=(path) {
            h2 { (words.t("papers-new")) }
            p.help { (words.t("papers-new-help")) }
            @if holders.is_empty() { (notice("", &words.t("papers-nobody"))) }
            @else {
                @if holders.len() <= MOST_TICKED {
                    @for group in groups { @if let Some(first) = group.first() {
                        details {
                            summary { (first.branch.name) " (" (group.len()) ")" }
                            @for holder in group { label.check { input type="checkbox" name="person" value=(holder.person.id); " " (holder.person.name) " " span.muted.small { (shown_login(&holder.person.login, caller)) } } }
                        }
                    } }
                }
                div.field {
                    label for="f-logins" { (words.t("papers-logins")) }
                    textarea #f-logins name="logins" rows="3" {}
                }
                p.actions { button.button { (words.t("papers-print-do")) } }
            }
        }
    }
}

/// Papers with their answer sheets, each from a new page on.
pub fn print(words: Words, test: &Test, papers: &[Opened]) -> Markup {
    html! {
        (way(words, test, true, &words.t("papers-print")))
        div.head.noprint { h1 { (words.t("papers-print")) } span.grow {} (print_button(words)) }
        p.muted.noprint { (words.t("papers-print-help")) }
        @if papers.is_empty() { (notice("", &words.t("papers-none-waits"))) }
        @for paper in papers {
            article.card.sheet { (paper_of(words, test, paper)) }
            article.card.sheet { (answer_sheet(words, test, paper)) }
        }
    }
}

fn head(words: Words, test: &Test, paper: &Opened, title: &str) -> Markup {
    let listed = &paper.listed;
    html! {
        h2 { (words.of(&test.definition.title)) " · " (title) }
        p { (listed.person.name) " · " (listed.branch.name) @if !listed.person.number.is_empty() { " · " (listed.person.number) } " · " code { (short(&listed.row.id)) } }
    }
}

/// The last letters of an id, which tell papers of a test apart.
fn short(id: &str) -> &str {
    id.get(id.len().saturating_sub(8)..).unwrap_or(id)
}

fn paper_of(words: Words, test: &Test, paper: &Opened) -> Markup {
    let definition = &test.definition;
    html! {
        (head(words, test, paper, &words.t("papers-paper")))
        p.muted { (words.with("papers-rules", &[("minutes", count(definition.minutes)), ("full", definition.full().to_string().into())])) }
        @for (index, section) in definition.sections.iter().enumerate() {
            h3 { (words.of(&section.title)) }
            @for (position, item) in (1_i64..).zip(&paper.sheet.items).filter(|(_, item)| usize::from(item.section) == index) {
                div.q {
                    p { (position) ". " (stem(words, item)) " " span.muted.small { (words.with("part-points", &[("points", item.points.to_string().into())])) } }
                    (lists(words, item))
                    @for (number, part) in (1..).zip(item.parts()) {
                        p { "(" (number) ") " (stem(words, &part)) }
                        (lists(words, &part))
                    }
                }
            }
        }
    }
}

/// What is asked, with a line in the place of each gap.
fn stem(words: Words, item: &Item) -> Markup {
    html! { span.stem { (flow(words.of(&item.question.stem), Some(&|_| html! { "________" }))) } }
}

fn lists(words: Words, item: &Item) -> Markup {
    html! {
        @if item.question.kind().has_options() {
            ul.plain { @for (label, text) in options(words, item) { li { (label) ". " (rich(&text)) } } }
        }
        @if item.question.kind() == Kind::Match {
            ul.plain { @for (label, text) in targets(words, item) { li { (label) ". " (rich(&text)) } } }
        }
    }
}

/// Answers that are crossed stand side by side, so many in a row.
const ABREAST: usize = 3;

/// Where the member writes.
fn answer_sheet(words: Words, test: &Test, paper: &Opened) -> Markup {
    let places: Vec<(String, Item)> =
        (1_i64..).zip(&paper.sheet.items).flat_map(|(position, item)| places(position, item)).collect();
    let is_crossed = |item: &Item| matches!(item.question.kind(), Kind::Single | Kind::Multiple | Kind::TrueFalse);
    let alike = places.chunk_by(|(_, one), (_, two)| is_crossed(one) && is_crossed(two));
    html! {
        (head(words, test, paper, &words.t("papers-answers")))
        @for places in alike {
            table { tbody { @for row in places.chunks(ABREAST) {
                tr { @for (place, item) in row { th.n { (place) } td { (room(words, item)) } } }
            } } }
        }
        p { (words.t("papers-signed")) }
    }
}

/// What is answered in one place: a question, or each part of a case.
fn places(position: i64, item: &Item) -> Vec<(String, Item)> {
    let parts = item.parts();
    if parts.is_empty() {
        return vec![(position.to_string(), item.clone())];
    }
    (1..).zip(parts).map(|(number, part)| (format!("{position} ({number})"), part)).collect()
}

/// What is to be crossed, or lines to write on.
fn room(words: Words, item: &Item) -> Markup {
    let kind = item.question.kind();
    let lines = LINES.iter().find(|(known, _)| *known == kind).map_or(1, |(_, lines)| *lines);
    let labels = |labels: &[String]| html! { @for label in labels { "[" (label) "]\u{2002} " } };
    let count = item.options.len();
    match kind {
        Kind::Single | Kind::Multiple => labels(&(0..count).map(paper_label).collect::<Vec<_>>()),
        Kind::TrueFalse => labels(&[format!("✓\u{a0}{}", words.t("right")), format!("✗\u{a0}{}", words.t("wrong"))]),
        Kind::Order => html! { @for _ in 0..count { "[\u{2003}]\u{2003}" } },
        Kind::Match => html! { @for index in 0..count { (paper_label(index)) " → [\u{2003}]\u{2003}" } },
        Kind::Blank => html! { @for number in 1..=item.question.gap_count() { "(" (number) ")" br; hr; } },
        _ => html! { @for _ in 0..lines { br; hr; } },
    }
}

/// What the page of one paper shows.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The test.
    pub test: &'a Test,
    /// The paper.
    pub opened: &'a Opened,
    /// Whether what was entered is to be changed rather than checked.
    pub enters: bool,
    /// Whether the reader is the one who entered it, and so can't check it.
    pub is_own: bool,
    /// What was refused.
    pub refused: Option<Described>,
}

/// One paper, to be entered or checked.
pub fn one(words: Words, shown: &Shown<'_>) -> Markup {
    let listed = &shown.opened.listed;
    let title = words.t(if shown.enters { "papers-enter" } else { "papers-check" });
    let path = format!("{}/{}", address(&shown.test.definition.test), listed.row.id);
    html! {
        (way(words, shown.test, true, &title))
        h1 { (title) }
        p { strong { (listed.person.name) } " · " (listed.branch.name) " · " code { (short(&listed.row.id)) } }
        @if let Some(refused) = &shown.refused { (summary(&refused.what, &refused.remedy, None)) }
        @if shown.enters { (entering(words, shown.opened, &path)) } @else { (checking(words, shown, &path)) }
    }
}

fn entering(words: Words, opened: &Opened, path: &str) -> Markup {
    html! {
        p.muted { (words.t("papers-enter-help")) }
        form method="post" action=(path) autocomplete="off" {
            input type="hidden" name="seen" value=(opened.version());
            @for (position, item) in (1_i64..).zip(&opened.sheet.items) {
                @let now = opened.responses.get(&position).unwrap_or(&Value::Null);
                (exam::question(words, (position, item), (&Value::Null, now), None, &html! {}))
            }
            p.actions { button.button { (words.t("papers-enter-do")) } }
        }
    }
}

fn checking(words: Words, shown: &Shown<'_>, path: &str) -> Markup {
    let opened = shown.opened;
    html! {
        p.muted { (words.t("papers-check-help")) }
        section.card {
            table.cards {
                thead { tr { th.n { (words.t("register-number")) } th { (words.t("question")) } th { (words.t("papers-written")) } } }
                tbody { @for (position, item) in (1_i64..).zip(&opened.sheet.items) {
                    @let written = opened.responses.get(&position).unwrap_or(&Value::Null);
                    tr {
                        td.n { (position) }
                        td data-label=(words.t("question")) { (super::question::opening(words.of(&item.question.stem), 80)) }
                        td data-label=(words.t("papers-written")) { strong.stem { @if written.is_null() { (words.t("unanswered")) } @else { (said(words, &item.question, written)) } } }
                    }
                } }
            }
            @if shown.is_own { (notice("", &words.t("papers-own"))) }
            form method="post" action={ (path) "/check" } {
                input type="hidden" name="seen" value=(opened.version());
                p.actions {
                    @if !shown.is_own { button.button { (words.t("papers-check-do")) } }
                    a.button.quiet href={ (path) "?change=true" } { (words.t("papers-change")) }
                }
            }
        }
    }
}
