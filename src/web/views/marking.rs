//! View of what a person has to mark: the questions with their progress, and one response after the other beside the
//! model answer. Whose it is, nothing here says.

use super::question::{key_shown, said, stem};
use crate::i18n::Described;
use crate::rules::points::Points;
use crate::service::marking::{Listed, Marker, Question, Queue, Written};
use crate::web::layout::{crumbs, notice, summary};
use crate::web::views::question::canonical_of;
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};
use serde_json::Value;

/// What the page shows.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The test with its questions.
    pub listed: &'a Listed,
    /// Who was named, for those who name them.
    pub markers: Option<&'a [Marker]>,
    /// The one that is being marked.
    pub question: Option<&'a str>,
    /// The response that was to be marked, where that went wrong.
    pub key: &'a str,
    /// The points that were typed for it; of a case those of its parts, with spaces between them.
    pub points: &'a str,
    /// What went wrong.
    pub error: Option<Described>,
}

/// The whole page.
pub fn marking(words: Words, shown: &Shown<'_>) -> Markup {
    let definition = &shown.listed.test.definition;
    let path = format!("/tests/{}", segment(&definition.test));
    let chosen = shown.question.and_then(|name| shown.listed.questions.iter().find(|question| question.name == name));
    html! {
        @if shown.listed.manages {
            (crumbs(words, &[("/tests".into(), words.t("nav-tests")), (format!("{path}/manage"), words.of(&definition.title).to_owned())], &words.t("marking-title")))
        } @else { (crumbs(words, &[("/".into(), words.t("home-title"))], words.of(&definition.title))) }
        h1 { (words.t("marking-title")) }
        p { (words.t("marking-explained")) }
        @if definition.marking.two { p { (two(words, shown)) } }
        @if chosen.is_none() { @if let Some(error) = &shown.error { (summary(&error.what, &error.remedy, None)) } }
        @if shown.listed.questions.is_empty() { section.card { p.muted { (words.t("marking-none")) } } }
        @else { (progress(words, shown, &path)) }
        @if let Some(question) = chosen {
            @let wanted = question.waiting.iter().chain(&question.marked).find(|one| one.key == shown.key);
            @match wanted.or_else(|| question.waiting.first()) {
                Some(written) => { (one(words, shown, &path, question, written)) }
                None => { div #mark { (notice("good", &words.t("marking-done"))) } }
            }
            (marked(words, &path, question))
        }
        @if let Some(markers) = shown.markers { (named(words, &path, markers)) }
    }
}

fn two(words: Words, shown: &Shown<'_>) -> String {
    match shown.listed.test.definition.marking.difference {
        Some(points) => words.with("marking-two-difference", &[("points", points.to_string().into())]),
        None => words.t("marking-two"),
    }
}

/// Who marks beside those who organize the test.
fn named(words: Words, path: &str, markers: &[Marker]) -> Markup {
    html! {
        section.card #markers {
            h2 { (words.t("markers-title")) }
            p { (words.t("markers-explained")) }
            @if !markers.is_empty() {
                ul.plain { @for marker in markers {
                    li {
                        form.actions method="post" action={ (path) "/markers" } {
                            input type="hidden" name="login" value=(marker.login);
                            span { (marker.name) " " span.muted { (marker.login) } }
                            button.button.quiet name="end" value="1" { (words.t("marker-end")) span.visually-hidden { " " (marker.name) } }
                        }
                    }
                } }
            }
            form method="post" action={ (path) "/markers" } {
                div.field { label for="f-marker" { (words.t("login")) } input #f-marker type="text" name="login" required autocomplete="off"; }
                p.actions { button.button.quiet type="submit" { (words.t("marker-name")) } }
            }
        }
    }
}

/// Tests at which the reader was named to mark, on the first page.
pub(super) fn queues(words: Words, queues: &[Queue]) -> Markup {
    html! {
        @if !queues.is_empty() {
            section.card {
                h2 { (words.t("marking-title")) }
                @for queue in queues {
                    @let definition = &queue.test.definition;
                    div.row {
                        div {
                            h3 { (words.of(&definition.title)) }
                            p.small.muted { @match queue.waiting {
                                Some(waiting) => { (words.with("marking-count", &[("count", count(waiting))])) }
                                None => { (words.t("marking-later")) }
                            } }
                        }
                        @if queue.waiting.is_some() { a.button.quiet href={ "/tests/" (segment(&definition.test)) "/marking" } { (words.t("marking-go")) } }
                    }
                }
            }
        }
    }
}

fn progress(words: Words, shown: &Shown<'_>, path: &str) -> Markup {
    let two = shown.listed.test.definition.marking.two;
    html! {
        section.card {
            table {
                thead { tr { th { (words.t("late-question")) } th.n { (words.t("marking-waiting")) } th.n { (words.t("marking-marked")) } @if two { th.n { (words.t("marking-others")) } } } }
                tbody { @for question in &shown.listed.questions {
                    tr {
                        td {
                            a href={ (path) "/marking?question=" (segment(&question.name)) } { (question.name) }
                            @if let Some(waiting) = question.waiting.iter().chain(&question.marked).next() { span.excerpt.small { (stem(words, words.of(&waiting.item.question.stem))) } }
                        }
                        td.n { (question.waiting.len()) }
                        td.n { (question.marked.len()) }
                        @if two { td.n { (question.others) } }
                    }
                } }
            }
        }
    }
}

/// What is marked, each to be opened again.
fn marked(words: Words, path: &str, question: &Question) -> Markup {
    let begin = |written: &Written| -> String {
        said(words, &written.item.question, &canonical_of(&written.item, &written.response)).chars().take(80).collect()
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

/// The parts of a case: what a key marks with its points, the others with a field for them.
fn parts(words: Words, shown: &Shown<'_>, waiting: &Written, by_key: &[Option<Points>]) -> Markup {
    let first = by_key.iter().position(Option::is_none);
    let mut typed = shown.points.split(' ');
    html! {
        input type="hidden" name="parts" value=(by_key.len());
        @for (index, (part, by_key)) in waiting.item.parts().iter().zip(by_key).enumerate() {
            @let response = waiting.response.part(index).map_or(Value::Null, |response| canonical_of(part, response));
            div.subquestion {
                div.stem { span.muted { "(" (index + 1) ")" } " " (stem(words, words.of(&part.question.stem))) }
                dl.facts {
                    dt { (words.t("marking-response")) } dd.stem { strong { (said(words, &part.question, &response)) } }
                    dt { (words.t("correct-answer")) } dd { (key_shown(words, &part.paper_key(), Some(part.points))) }
                }
                @match by_key {
                    Some(points) => p { span.tag.none { (words.with("mark-of", &[("mark", points.to_string().into()), ("points", part.points.to_string().into())])) } },
                    None => div.field {
                        label for={ "f-part-" (index + 1) } { (words.with("marking-points", &[("points", part.points.to_string().into())])) }
                        input id={ "f-part-" (index + 1) } type="number" name={ "part" (index + 1) } inputmode="decimal" min="0" max=(part.points)
                            step="any" required autofocus[first == Some(index)] value=(typed.next().unwrap_or_default());
                    },
                }
            }
        }
    }
}

fn one(words: Words, shown: &Shown<'_>, path: &str, question: &Question, waiting: &Written) -> Markup {
    let item = &waiting.item;
    let by_key = waiting.part_marks();
    html! {
        section.card #mark {
            @if waiting.third { (notice("warn", &words.t("marking-third"))) }
            p.small.muted { (words.with("marking-left", &[("count", count(question.waiting.len()))])) }
            div.stem { (stem(words, words.of(&item.question.stem))) }
            @if by_key.is_empty() { dl.facts {
                dt { (words.t("marking-response")) } dd.stem { strong { (said(words, &item.question, &canonical_of(item, &waiting.response))) } }
                dt { (words.t("correct-answer")) } dd { (key_shown(words, &item.question.key, Some(item.points))) }
            } }
            form method="post" action={ (path) "/marking" } {
                @if let Some(error) = &shown.error { (summary(&error.what, &error.remedy, None)) }
                input type="hidden" name="question" value=(question.name);
                input type="hidden" name="response" value=(waiting.key);
                @if let Some(mark) = waiting.mark {
                    input type="hidden" name="again" value="1";
                    (notice("warn", &words.with("marking-again", &[("mark", mark.to_string().into())])))
                }
                @if !by_key.is_empty() { (parts(words, shown, waiting, &by_key)) }
                @else { div.field {
                    label for="f-points" { (words.with("marking-points", &[("points", item.points.to_string().into())])) }
                    input #f-points type="number" name="points" inputmode="decimal" min="0" max=(item.points) step="any" required autofocus value=(shown.points);
                } }
                div.field { label for="f-note" { (words.t(if waiting.mark.is_some() { "marking-why" } else { "marking-note" })) } input #f-note type="text" name="note" maxlength="1000" required[waiting.mark.is_some()]; }
                p.actions { button.button type="submit" { (words.t("marking-next")) } }
            }
        }
    }
}
