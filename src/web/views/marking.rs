//! View of what a person has to mark: the questions with their progress, and one response after the other beside the
//! model answer. Whose it is, nothing here says.

use super::question::{bank_key, marking_points, said, stem};
use crate::i18n::Described;
use crate::rules::question::Key;
use crate::service::marking::{Question, Written};
use crate::service::tests::Test;
use crate::web::layout::{crumbs, notice, summary};
use crate::web::views::question::canonical_of;
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// What the page shows.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The test.
    pub test: &'a Test,
    /// Questions with something to mark, or marked.
    pub questions: &'a [Question],
    /// The one that is being marked.
    pub question: Option<&'a str>,
    /// The response that was to be marked, where that went wrong.
    pub key: &'a str,
    /// The points that were typed for it.
    pub points: &'a str,
    /// What went wrong.
    pub error: Option<Described>,
}

/// The whole page.
pub fn marking(words: Words, shown: &Shown<'_>) -> Markup {
    let definition = &shown.test.definition;
    let path = format!("/tests/{}", segment(&definition.test));
    let chosen = shown.question.and_then(|name| shown.questions.iter().find(|question| question.name == name));
    html! {
        (crumbs(words, &[("/tests".into(), words.t("nav-tests")), (format!("{path}/manage"), words.of(&definition.title).to_owned())], &words.t("marking-title")))
        h1 { (words.t("marking-title")) }
        p { (words.t("marking-explained")) }
        @if shown.questions.is_empty() { section.card { p.muted { (words.t("marking-none")) } } }
        @else { (progress(words, shown, &path)) }
        @if let Some(question) = chosen {
            @let wanted = question.waiting.iter().chain(&question.marked).find(|one| one.key == shown.key);
            @match wanted.or_else(|| question.waiting.first()) {
                Some(written) => { (one(words, shown, &path, question, written)) }
                None => { div #mark { (notice("good", &words.t("marking-done"))) } }
            }
            (marked(words, &path, question))
        }
    }
}

fn progress(words: Words, shown: &Shown<'_>, path: &str) -> Markup {
    html! {
        section.card {
            table {
                thead { tr { th { (words.t("late-question")) } th.n { (words.t("marking-waiting")) } th.n { (words.t("marking-marked")) } } }
                tbody { @for question in shown.questions {
                    tr {
                        td {
                            a href={ (path) "/marking?question=" (segment(&question.name)) } { (question.name) }
                            @if let Some(waiting) = question.waiting.iter().chain(&question.marked).next() { span.excerpt.small { (stem(words, words.of(&waiting.item.question.stem))) } }
                        }
                        td.n { (question.waiting.len()) }
                        td.n { (question.marked.len()) }
                    }
                } }
            }
        }
    }
}

/// What is marked, each to be opened again.
fn marked(words: Words, path: &str, question: &Question) -> Markup {
    let begin = |written: &Written| -> String {
        let kind = written.item.question.kind();
        said(words, kind, &canonical_of(&written.item, &written.response)).chars().take(80).collect()
    };
    html! {
        @if !question.marked.is_empty() {
            details.card {
                summary { (words.t("marking-marked")) " (" (question.marked.len()) ")" }
                ul.plain { @for written in &question.marked {
                    li {
                        b { (written.mark.unwrap_or_default()) } " "
                        a href={ (path) "/marking?question=" (segment(&question.name)) "&response=" (written.key) } { (begin(written)) }
                    }
                } }
            }
        }
    }
}

fn one(words: Words, shown: &Shown<'_>, path: &str, question: &Question, waiting: &Written) -> Markup {
    let item = &waiting.item;
    let kind = item.question.kind();
    html! {
        section.card #mark {
            p.small.muted { (words.with("marking-left", &[("count", count(question.waiting.len()))])) }
            p.stem { (stem(words, words.of(&item.question.stem))) }
            dl.facts {
                dt { (words.t("marking-response")) } dd.stem { strong { (said(words, kind, &canonical_of(item, &waiting.response))) } }
                dt { (words.t("correct-answer")) } dd.stem {
                    (bank_key(words, &item.question.key))
                    @if let Key::Short(model) | Key::Essay(model) = &item.question.key { (marking_points(words, model, item.points)) }
                }
            }
            form method="post" action={ (path) "/marking" } {
                @if let Some(error) = &shown.error { (summary(&error.what, &error.remedy, None)) }
                input type="hidden" name="question" value=(question.name);
                input type="hidden" name="response" value=(waiting.key);
                @if let Some(mark) = waiting.mark {
                    input type="hidden" name="again" value="1";
                    (notice("warn", &words.with("marking-again", &[("mark", mark.to_string().into())])))
                }
                div.field {
                    label for="f-points" { (words.with("marking-points", &[("points", item.points.to_string().into())])) }
                    input #f-points type="number" name="points" inputmode="decimal" min="0" max=(item.points) step="any" required autofocus value=(shown.points);
                }
                div.field { label for="f-note" { (words.t(if waiting.mark.is_some() { "marking-why" } else { "marking-note" })) } input #f-note type="text" name="note" maxlength="1000" required[waiting.mark.is_some()]; }
                p.actions { button.button type="submit" { (words.t("marking-next")) } }
            }
        }
    }
}
