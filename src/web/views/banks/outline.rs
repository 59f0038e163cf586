//! View of a bank's outline: its titles, its topics and the order of its questions, to be changed.

use super::super::question::opening;
use super::pager;
use crate::formats::reader::MOST_TITLE_CHARACTERS;
use crate::i18n::{self, Described};
use crate::limits;
use crate::rules::bank::Problem;
use crate::rules::outline::Outline;
use crate::service::banks::drafts::outline::Opened;
use crate::web::draft::versions;
use crate::web::layout::{crumbs, notice, summary};
use crate::web::visit::segment;
use crate::web::words::Words;
use maud::{Markup, html};

/// A topic as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TopicRow {
    /// Its id; empty: the next free one.
    pub id: String,
    /// Whether it is there already.
    pub is_old: bool,
    /// Its title in Chinese.
    pub zh: String,
    /// Its title in English.
    pub en: String,
}

/// The form as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// The title in Chinese and English.
    pub title: (String, String),
    /// The source in Chinese and English.
    pub source: (String, String),
    /// The topics in their order.
    pub topics: Vec<TopicRow>,
}

/// What the page shows.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The bank with its outline.
    pub opened: &'a Opened,
    /// The form.
    pub typed: &'a Typed,
    /// The version that was seen.
    pub seen: &'a str,
    /// Why it was refused.
    pub refused: Option<Described>,
    /// What is wrong with it.
    pub problems: &'a [Problem],
    /// What was done just now: the name of a message.
    pub done: Option<&'static str>,
    /// The first of the questions that are listed, from 0.
    pub from: usize,
}

/// The whole page.
pub fn outline(words: Words, shown: &Shown<'_>) -> Markup {
    let bank = &shown.opened.bank;
    let path = format!("/banks/{}", segment(&bank.row.name));
    html! {
        (crumbs(words, &[
            ("/banks".into(), words.t("nav-banks")),
            (path.clone(), words.of(&bank.title).to_owned()),
            (format!("{path}/draft"), words.t("draft")),
        ], &words.t("outline")))
        h1 { (words.t("outline")) }
        @if let Some(done) = shown.done { (notice("good", &words.t(done))) }
        @if let Some(refused) = &shown.refused { (summary(&refused.what, &refused.remedy, None)) }
        @if !shown.problems.is_empty() {
            ul { @for problem in shown.problems { @let told = i18n::problem(words.0, problem); li { (told.what) " " (told.remedy) } } }
        }
        @if let Some(newer) = &shown.opened.newer {
            (notice("warn", &words.t("question-newer")))
            (differing(words, (&words.t("outline-published"), newer), (&words.t("question-after"), &shown.opened.outline)))
        }
        p.muted { (words.t("outline-help")) }
        (titles(words, shown, &path))
        (order(words, shown, &path))
    }
}

/// A text in both languages.
fn pair(words: Words, (name, label): (&str, &str), (zh, en): &(String, String)) -> Markup {
    html! {
        div.pairs {
            @for (language, value) in [("zh", zh), ("en", en)] {
                div.field {
                    label for={ "f-" (name) "-" (language) } { (words.t(label)) " (" (words.t(&format!("in-{language}"))) ")" }
                    input id={ "f-" (name) "-" (language) } name={ (name) "-" (language) } value=(value) maxlength=(MOST_TITLE_CHARACTERS);
                }
            }
        }
    }
}

fn titles(words: Words, shown: &Shown<'_>, path: &str) -> Markup {
    let last = shown.typed.topics.len().saturating_sub(1);
    html! {
        form.card method="post" action={ (path) "/draft/outline" } {
            button.visually-hidden name="action" value="save" tabindex="-1" aria-hidden="true" { (words.t("save")) }
            input type="hidden" name="seen" value=(shown.seen);
            h2 { (words.t("outline-titles")) }
            (pair(words, ("title", "bank-title"), &shown.typed.title))
            (pair(words, ("source", "bank-source"), &shown.typed.source))
            h2 { (words.t("bank-topics")) }
            table.cards {
                thead { tr { th { (words.t("outline-topic-id")) } th { (words.t("topic")) " (" (words.t("in-zh")) ")" } th { (words.t("topic")) " (" (words.t("in-en")) ")" } th.n { (words.t("questions")) } th {} } }
                tbody { @for (index, topic) in shown.typed.topics.iter().enumerate() { (topic_row(words, shown, (index, last), topic)) } }
            }
            p.actions { button.button.quiet name="action" value="add" formnovalidate { (words.t("outline-topic-add")) } }
            p.actions {
                button.button name="action" value="save" { (words.t("save")) }
                a.button.quiet href={ (path) "/draft" } { (words.t("back")) }
            }
        }
    }
}

fn topic_row(words: Words, shown: &Shown<'_>, (index, last): (usize, usize), topic: &TopicRow) -> Markup {
    let used = shown.opened.counts.get(&topic.id).copied().unwrap_or_default();
    let called = |what: &str| format!("{}: {}", words.t(what), if topic.zh.is_empty() { &topic.en } else { &topic.zh });
    html! {
        tr {
            td data-label=(words.t("outline-topic-id")) {
                @if topic.is_old { code { (topic.id) } input type="hidden" name={ "t" (index) "-id" } value=(topic.id); input type="hidden" name={ "t" (index) "-old" } value="1"; }
                @else { input name={ "t" (index) "-id" } value=(topic.id) maxlength="64" aria-label=(words.t("outline-topic-id")) placeholder=(words.t("outline-topic-next")); }
            }
            @for (language, value) in [("zh", &topic.zh), ("en", &topic.en)] {
                @let label = format!("{} ({})", words.t("topic"), words.t(&format!("in-{language}")));
                td data-label=(label) { input name={ "t" (index) "-" (language) } value=(value) maxlength=(MOST_TITLE_CHARACTERS) aria-label={ (label) " " (index + 1) }; }
            }
            td.n data-label=(words.t("questions")) { (used) }
            td {
                div.actions {
                    button.button.quiet.small name="action" value={ "up:" (index) } disabled[index == 0] formnovalidate aria-label=(called("outline-up")) { "↑" }
                    button.button.quiet.small name="action" value={ "down:" (index) } disabled[index == last] formnovalidate aria-label=(called("outline-down")) { "↓" }
                    @if used == 0 { button.button.quiet.small name="action" value={ "remove:" (index) } formnovalidate aria-label=(called("outline-remove")) { "✕" } }
                }
            }
        }
    }
}

fn order(words: Words, shown: &Shown<'_>, path: &str) -> Markup {
    let (all, from) = (shown.opened.order.len(), shown.from);
    let signed = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    html! {
        form.card #order method="post" action={ (path) "/draft/outline?from=" (from) "#order" } {
            input type="hidden" name="seen" value=(shown.seen);
            h2 { (words.t("outline-order")) }
            p.help { (words.t("outline-order-help")) }
            table.cards {
                thead { tr { th.n { (words.t("outline-place")) } th { (words.t("question-id")) } th { (words.t("question")) } th {} } }
                tbody { @for (index, (id, stem)) in shown.opened.order.iter().enumerate().skip(from).take(limits::PAGE) {
                    tr {
                        td.n data-label=(words.t("outline-place")) { input.narrow type="number" name={ "place-" (id) } value=(index + 1) min="1" max=(all) aria-label={ (words.t("outline-place")) " " (id) }; }
                        td data-label=(words.t("question-id")) { code { (id) } }
                        td data-label=(words.t("question")) { (opening(words.of(stem), MOST_WIDE)) }
                        td { button.button.quiet.small name="action" value={ "move:" (id) } aria-label={ (words.t("outline-move")) " " (id) } { (words.t("outline-move")) } }
                    }
                } }
            }
            (pager(words, &format!("{path}/draft/outline"), "from", signed(from), signed(all)))
        }
    }
}

/// How much of what a question asks tells it from others, in letters as wide as Latin ones.
const MOST_WIDE: usize = 100;

/// Titles and topics side by side, as far as they differ.
pub fn differing(words: Words, before: (&str, &Outline), after: (&str, &Outline)) -> Markup {
    html! {
        div.pairs { @for ((heading, outline), other) in [(before, after.1), (after, before.1)] {
            div {
                p.small.muted { (heading) }
                dl.facts {
                    @if outline.title != other.title { dt { (words.t("bank-title")) } dd { (both(&outline.title)) } }
                    @if outline.source != other.source { dt { (words.t("bank-source")) } dd { @if let Some(source) = &outline.source { (both(source)) } } }
                    @if outline.topics != other.topics {
                        dt { (words.t("bank-topics")) }
                        dd { ol.plain { @for topic in &outline.topics { li { @if other.topics.contains(topic) { (both(&topic.title)) } @else { strong { (both(&topic.title)) } } " " code.muted.small { (topic.id) } } } } }
                    }
                }
            }
        } }
    }
}

fn both(text: &crate::rules::text::Text) -> String {
    match versions(text) {
        (zh, en) if zh.is_empty() || en.is_empty() => zh + &en,
        (zh, en) => format!("{zh} · {en}"),
    }
}
