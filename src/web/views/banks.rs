//! Views of banks: the list with the form to load one, and one bank with its counts and questions.

pub mod changes;
pub mod draft;
pub mod editor;
pub mod forms;
pub mod kept;
pub mod lints;
pub mod outline;
mod taken;

use super::files::problems_in;
use super::question::{key_shown, rich, stem};
use crate::limits;
use crate::rules::bank::{Counts, Topic};
use crate::rules::paper::Item;
use crate::rules::points::Points;
use crate::rules::question::case::is_even;
use crate::rules::question::{Key, Kind, Policy, Question};
use crate::rules::search::Wanted;
use crate::service::Error;
use crate::service::banks::kept::Named;
use crate::service::banks::{Listed, Taken};
use crate::web::input::Fields;
use crate::web::layout::{crumbs, notice};
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};
use std::sync::Arc;

/// What came of a load.
#[derive(Debug, Clone, Copy)]
pub enum Outcome<'a> {
    /// Nothing was sent.
    None,
    /// It was taken, or would be.
    Taken {
        /// What changed, and what is to be said of the file.
        taken: &'a Taken,
        /// Whether it was only checked.
        dry_run: bool,
        /// Under which it is kept until it is loaded.
        kept: Option<&'a str>,
    },
    /// It wasn't taken.
    Refused {
        /// Why.
        error: &'a Error,
        /// The file's name.
        file: &'a str,
        /// What stands in it.
        content: &'a [u8],
        /// Under which it is kept to be mended.
        kept: Option<&'a str>,
    },
}

/// The list of banks with the form to load one.
pub fn banks(words: Words, (listed, files): (&[Listed], &[Named]), outcome: Outcome<'_>, typed: &Fields) -> Markup {
    html! {
        div.head {
            h1 { (words.t("nav-banks")) } span.grow {}
            @if listed.iter().any(|bank| bank.reads_keys) {
                a.button.quiet href="/questions" { (words.t("search-title")) }
                a.button.quiet href="/questions/duplicates" { (words.t("duplicates")) }
                a.button.quiet href="/clauses" { (words.t("clauses")) }
            }
        }
        (outcome_of(words, outcome))
        section.card {
            @if listed.is_empty() { p.muted { (words.t("banks-none")) } }
            @else {
                table.cards {
                    thead { tr { th { (words.t("bank")) } th { (words.t("edition")) } th.n { (words.t("questions")) } th { (words.t("branch")) } th { (words.t("shared")) } } }
                    tbody { @for bank in listed { (bank_row(words, bank)) } }
                }
            }
        }
        (kept::waiting(words, files))
        (load_form(words, listed.is_empty(), typed))
    }
}

fn bank_row(words: Words, bank: &Listed) -> Markup {
    html! {
        tr {
            td { a href={ "/banks/" (segment(&bank.row.name)) } { (words.of(&bank.title)) } br; code.muted.small { (bank.row.name) } }
            td { (words.with("edition-number", &[("number", count(bank.row.number))])) br; span.muted.small { (words.moment(bank.row.loaded_at_ms)) } }
            td.n data-label=(words.t("questions")) { (bank.row.question_count) }
            td data-label=(words.t("branch")) { @match &bank.branch { Some(code) => { (code) } None => { (words.t("whole-unit")) } } }
            td data-label=(words.t("shared")) { @if bank.row.shared { (words.t("shared-yes")) } @else { (words.t("shared-no")) } }
        }
    }
}

/// The form to load one, filled with what was typed: a file that has to be mended is sent again.
fn load_form(words: Words, first: bool, typed: &Fields) -> Markup {
    let foreign =
        [("bank", "bank-name"), ("title", "bank-title"), ("columns", "sheet-columns"), ("kinds", "sheet-kinds")];
    let is_foreign = typed.has("skip_faulty") || foreign.iter().any(|(name, _)| !typed.get(name).is_empty());
    html! {
        section.card #load {
            h2 { @if first { (words.t("bank-load-first")) } @else { (words.t("bank-load")) } }
            form method="post" action="/banks" enctype="multipart/form-data" {
                (super::roster::drop(words, "f-file", ".json,.xlsx,.csv,.tsv,.docx,.txt,.gift,.xml,.zip,application/json", &words.t("bank-file-help")))
                p.small {
                    (words.t("bank-template")) " "
                    a href="/banks/template/xlsx" { "Excel" } " · " a href="/banks/template/csv" { "CSV" }
                }
                details open[is_foreign] {
                    summary { (words.t("foreign-file")) }
                    p.muted { (words.t("foreign-file-help")) }
                    @for (name, label) in foreign {
                        div.field { label for={ "f-" (name) } { (words.t(label)) } input id={ "f-" (name) } name=(name) value=(typed.get(name)); }
                    }
                    label.check { input type="checkbox" name="skip_faulty" value="1" checked[typed.has("skip_faulty")]; " " (words.t("skip-faulty")) }
                }
                label.check { input type="checkbox" name="shared" value="1" checked[typed.has("shared")]; " " (words.t("bank-shared")) }
                p.actions {
                    button.button name="action" value="load" { (words.t("bank-load-do")) }
                    button.button.quiet name="action" value="check" { (words.t("check-only")) }
                    button.button.quiet name="action" value="mark" { (words.t("mark-mistakes")) }
                }
                p.small.muted { (words.t("mark-mistakes-help")) }
            }
        }
    }
}

fn outcome_of(words: Words, outcome: Outcome<'_>) -> Markup {
    match outcome {
        Outcome::None => html! {},
        Outcome::Refused { error, file, content, kept } => html! {
            section.card {
                h2 { (words.with("file-refused", &[("file", file.into())])) }
                @if let Some(id) = kept { (kept::next(words, id, false)) }
                (problems_in(words, error, content))
            }
        },
        Outcome::Taken { taken, dry_run, kept } => {
            let loaded = &taken.loaded;
            let difference = &loaded.difference;
            let values = [
                ("bank", loaded.bank.as_str().into()),
                ("edition", count(loaded.edition)),
                ("added", count(difference.added)),
                ("changed", count(difference.changed)),
                ("removed", count(difference.removed)),
                ("unchanged", count(difference.unchanged)),
            ];
            html! {
                (notice("good", &words.with(if dry_run { "bank-checked" } else { "bank-loaded" }, &values)))
                @if let Some(id) = kept { (kept::next(words, id, true)) }
                (taken::notes(words, &taken.notes))
                (lints::placed(words, &taken.notes.lints))
                @if dry_run { (taken::preview(words, taken)) }
            }
        }
    }
}

/// One bank as its page shows it.
#[derive(Debug, Clone)]
pub struct Browsed {
    /// The bank.
    pub bank: Listed,
    /// How many of its questions wait to be published otherwise.
    pub waiting: i64,
    /// Its counts.
    pub counts: Counts,
    /// A page of its questions, for those who may read keys.
    pub questions: Vec<Question>,
    /// How many questions are wanted in all.
    pub found: i64,
    /// Where that page begins.
    pub from: i64,
    /// What is looked for.
    pub wanted: Wanted,
    /// The words looked for as they were typed.
    pub search: String,
    /// Whether questions are shown as on a member's paper, without keys.
    pub as_member: bool,
}

/// One bank.
pub fn bank(words: Words, shown: &Browsed) -> Markup {
    let bank = &shown.bank;
    let path = format!("/banks/{}", segment(&bank.row.name));
    html! {
        (crumbs(words, &[("/banks".into(), words.t("nav-banks"))], words.of(&bank.title)))
        div.head {
            h1 { (words.of(&bank.title)) } span.grow {}
            @if bank.reads_keys {
                a.button.quiet href={ (path) "/lints" } { (words.t("bank-lints")) }
                a.button.quiet href={ (path) "/draft" } { (words.t("draft")) @if shown.waiting > 0 { " (" (shown.waiting) ")" } }
                @if bank.row.number > 1 { a.button.quiet href={ (path) "/changes" } { (words.t("bank-changes")) } }
                a.button.quiet href={ (path) "/forms" } { (words.t("bank-forms")) }
            }
        }
        p.muted {
            code { (bank.row.name) } " · " (words.with("edition-number", &[("number", count(bank.row.number))])) " · " (words.moment(bank.row.loaded_at_ms))
            @if let Some(source) = &bank.source { br; (words.of(source)) }
        }
        (counts(words, shown))
        @if bank.reads_keys { (questions(words, shown, &path)) } @else { (notice("", &words.t("bank-no-keys"))) }
    }
}

fn counts(words: Words, shown: &Browsed) -> Markup {
    let counts = &shown.counts;
    html! {
        div.tiles {
            div.tile { b { (counts.total) } span { (words.t("bank-drawable")) } }
            @for (kind, number) in &counts.kinds { div.tile { b { (number) } span { (words.t(&format!("kind-{}", kind.name()))) } } }
            @if counts.retired > 0 { div.tile { b { (counts.retired) } span { (words.t("retired")) } } }
        }
        section.card {
            h2 { (words.t("bank-topics")) }
            table {
                thead { tr { th { (words.t("topic")) } th.n { (words.t("questions")) } } }
                tbody { @for topic in &shown.bank.topics {
                    tr { td { (words.of(&topic.title)) " " code.muted.small { (topic.id) } } td.n { (counts.topics.get(&topic.id).copied().unwrap_or_default()) } }
                } }
            }
            p.small.muted { (words.t("difficulty")) " "
                @for (index, (difficulty, number)) in counts.difficulties.iter().enumerate() { @if index > 0 { "· " } span.pair { (words.with("difficulty-count", &[("difficulty", count(*difficulty)), ("number", count(*number))])) } " " } }
        }
    }
}

fn questions(words: Words, shown: &Browsed, path: &str) -> Markup {
    let all = shown.found;
    let to = (shown.from + limits::PAGE_ITEMS).min(all);
    let wanted = &shown.wanted;
    let here = format!(
        "{path}?search={}&topic={}&kind={}&difficulty={}",
        segment(&shown.search),
        segment(wanted.topic.as_deref().unwrap_or_default()),
        wanted.kind.map_or("", Kind::name),
        wanted.difficulty.as_ref().map(|one| one.start().to_string()).unwrap_or_default(),
    );
    html! {
        (search(words, shown, path))
        @if all > 0 { p.actions.noprint {
            @if shown.as_member { a.button.quiet href={ (here) "#questions" } { (words.t("bank-with-keys")) } }
            @else { a.button.quiet href={ (here) "&as_member=true#questions" } { (words.t("bank-as-member")) } }
        } }
        @if all == 0 { p.muted { (words.t("bank-none-found")) } }
        @else { h2.part-title #questions { (words.with("bank-questions", &[("from", count((shown.from + 1).min(all))), ("to", count(to)), ("all", count(all))])) } }
        @for (position, question) in (shown.from + 1..).zip(&shown.questions) {
            @if shown.as_member { (super::exam::question(words, (position, &on_paper(question)), (&serde_json::Value::Null, &serde_json::Value::Null), None, &html! {})) }
            @else {
                (one(words, &shown.bank.topics, question, Some(path)))
                p.actions.noprint {
                    a href={ (path) "/draft/question?id=" (segment(&question.id)) } { (words.t("question-change")) } " · "
                    a href={ (path) "/draft/question?copy=" (segment(&question.id)) } { (words.t("question-copy")) }
                }
            }
        }
        @let here = if shown.as_member { format!("{here}&as_member=true") } else { here.clone() };
        (pager(words, &here, "from", shown.from, all))
    }
}

/// A question as on a paper, with its options in the bank's order.
fn on_paper(question: &Question) -> Item {
    let in_order = |count: usize| (0_u8..).take(count).collect();
    Item {
        section: 0,
        bank: "".into(),
        options: in_order(question.options.len()),
        further: question.further_counts().into_iter().map(in_order).collect(),
        question: Arc::new(question.clone()),
        points: Points::default(),
        policy: Policy::default(),
        ruling: None,
    }
}

fn search(words: Words, shown: &Browsed, path: &str) -> Markup {
    let (wanted, counts) = (&shown.wanted, &shown.counts);
    html! {
        form.filters method="get" action={ (path) "#questions" } role="search" {
            label { span { (words.t("search")) } input type="search" name="search" value=(shown.search) placeholder=(words.t("search-questions")); }
            label { span { (words.t("topic")) } select name="topic" {
                option value="" { (words.t("all")) }
                @for topic in &shown.bank.topics { option value=(topic.id) selected[wanted.topic.as_ref() == Some(&topic.id)] { (words.of(&topic.title)) } }
            } }
            label { span { (words.t("kind")) } select name="kind" {
                option value="" { (words.t("all")) }
                @for kind in counts.kinds.keys() { option value=(kind.name()) selected[wanted.kind == Some(*kind)] { (words.t(&format!("kind-{}", kind.name()))) } }
            } }
            label { span { (words.t("difficulty")) } select name="difficulty" {
                option value="" { (words.t("all")) }
                @for difficulty in 1..=5_u8 { option value=(difficulty) selected[wanted.difficulty == Some(difficulty..=difficulty)] { (difficulty) } }
            } }
            @if shown.as_member { input type="hidden" name="as_member" value="true"; }
            button.button.quiet type="submit" { (words.t("search")) }
        }
    }
}

/// Links to the page before and the page after.
pub fn pager(words: Words, path: &str, name: &str, from: i64, all: i64) -> Markup {
    let join = if path.contains('?') { '&' } else { '?' };
    html! {
        @if all > limits::PAGE_ITEMS {
            nav.actions.noprint aria-label=(words.t("pages")) {
                @if from > 0 { a.button.quiet href={ (path) (join) (name) "=" ((from - limits::PAGE_ITEMS).max(0)) } { (words.t("page-before")) } }
                @if from + limits::PAGE_ITEMS < all { a.button.quiet href={ (path) (join) (name) "=" (from + limits::PAGE_ITEMS) } { (words.t("page-after")) } }
            }
        }
    }
}

/// A question with its key, for those who may read it; its name leads to its past, where the address of its bank is given.
pub fn one(words: Words, topics: &[Topic], question: &Question, bank: Option<&str>) -> Markup {
    let topic = topics.iter().find(|topic| topic.id == question.topic);
    html! {
        article.card.q {
            p.small.muted {
                @if let Some(bank) = bank { a href={ (bank) "/questions/" (segment(&question.id)) } { code { (question.id) } } } @else { code { (question.id) } } " · " (words.t(&format!("kind-{}", question.kind().name()))) " · "
                (topic.map_or(question.topic.as_str(), |topic| words.of(&topic.title))) " · " (words.t("difficulty")) " " (question.difficulty)
                @if question.retired { " " span.tag.none { (words.t("retired")) } }
            }
            div.stem { (stem(words, words.of(&question.stem))) }
            (asked(words, question))
        }
    }
}

/// What is asked below the stem, with its key; the parts of a case one by one.
fn asked(words: Words, question: &Question) -> Markup {
    let keys = if let Key::Case(keys) = &question.key { keys.as_slice() } else { &[] };
    html! {
            @for list in [&question.options, &question.targets] { @if !list.is_empty() {
                ul.plain.reviewed { @for choice in list { li { span.label { (choice.label) } " " (rich(words.of(&choice.text))) } } }
            } }
            @for (number, (part, key)) in (1_usize..).zip(question.parts().iter().zip(keys)) {
                div.subquestion {
                    p.small.muted { (words.t(&format!("kind-{}", part.kind().name()))) @if !is_even(keys) { " · " (key.share) " %" } }
                    div.stem { span.muted { "(" (number) ")" } " " (stem(words, words.of(&part.stem))) }
                    (asked(words, part))
                }
            }
            dl.facts {
                @if keys.is_empty() { dt { (words.t("correct-answer")) } dd { (key_shown(words, &question.key, None)) } }
                @if let Some(explanation) = &question.explanation { dt { (words.t("explanation")) } dd.stem { (rich(words.of(explanation))) } }
                @if let Some(cite) = &question.cite { dt { (words.t("citation")) } dd.muted { (cite.in_language(words.0)) } }
            }
    }
}
