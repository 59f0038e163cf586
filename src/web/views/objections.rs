//! Views of objections: the small form at a question, what a member is told, and the queue of those who answer.

use super::question::{bank_key, stem};
use crate::i18n::Described;
use crate::rules::objection::MOST_CHARACTERS;
use crate::service::objections::{Answered, Answering, Listed, Objected, ObjectionRow, provisional_until};
use crate::service::tests::{Standing, Test};
use crate::web::layout::{crumbs, notice, summary};
use crate::web::visit::segment;
use crate::web::words::{Words, count, percent};
use maud::{Markup, html};

/// The fields by which a member objects to a question, folded away; for a form that stands around them.
pub(super) fn fields(words: Words, position: i64, written: &[ObjectionRow]) -> Markup {
    let open = written.iter().find(|row| row.position == position && row.is_open());
    html! {
        details.object.noprint data-object=(position) {
            summary.small.muted { (words.t("objection-to-this")) @if open.is_some() { " " span.tag.none { (words.t("objection-waits")) } } }
            textarea name={ "object" (position) } rows="2" maxlength=(MOST_CHARACTERS) aria-label=(words.t("objection-note")) { (open.map_or("", |row| row.note.as_str())) }
            p.actions {
                button.button.quiet name="object" value=(position) { (words.t("objection-send")) }
                @if open.is_some() { button.button.quiet name="withdraw" value=(position) { (words.t("objection-withdraw")) } }
            }
        }
    }
}

/// What was answered to a member about one question, and the form for a note while notes are taken.
pub(super) fn at_question(
    words: Words,
    attempt_id: &str,
    (position, takes): (i64, bool),
    written: &[ObjectionRow],
) -> Markup {
    html! {
        @for row in written.iter().filter(|row| row.position == position && row.answered_at_ms.is_some()) { (told(words, row, false)) }
        @if takes {
            form method="post" action={ "/attempts/" (attempt_id) "/objections" } { (fields(words, position, written)) }
        } @else { @for row in written.iter().filter(|row| row.position == position && row.is_open()) { (told(words, row, false)) } }
    }
}

/// Every objection of a sitting whose questions aren't shown.
pub(super) fn all_told(words: Words, written: &[ObjectionRow]) -> Markup {
    html! { @for row in written { (told(words, row, true)) } }
}

fn told(words: Words, row: &ObjectionRow, names_question: bool) -> Markup {
    html! {
        div.notice {
            p {
                @if names_question { (words.with("question-number", &[("number", count(row.position))])) " · " }
                (words.with("objection-mine", &[("note", row.note.as_str().into())]))
            }
            @match (&row.answer, row.answered_at_ms) {
                (Some(answer), Some(at_ms)) => { div.stem { (outcome(words, row.upheld)) " " (answer) " " span.muted.small { (words.moment(at_ms)) } } }
                _ => { p.muted.small { (words.t("objection-waits")) } }
            }
        }
    }
}

fn outcome(words: Words, upheld: Option<bool>) -> Markup {
    html! {
        @match upheld {
            Some(true) => span.tag.good { (words.t("objection-upheld")) },
            Some(false) => span.tag.none { (words.t("objection-not-upheld")) },
            None => span.tag.warn { (words.t("objection-waits")) },
        }
    }
}

/// Answers of late, on a member's first page.
pub(super) fn answered(words: Words, answered: &[Answered]) -> Markup {
    html! {
        @if !answered.is_empty() {
            section.card {
                h2 { (words.t("objections-answered")) }
                ul.plain { @for one in answered {
                    li {
                        a href={ "/attempts/" (one.attempt_id) "#q" (one.position) } {
                            (words.of(&one.test.definition.title)) " · " (words.with("question-number", &[("number", count(one.position))]))
                        }
                        " " (outcome(words, Some(one.upheld))) " " span.muted.small { (words.day(one.at_ms)) }
                    }
                } }
            }
        }
    }
}

/// Whether members may still object to questions of a settled test.
pub(super) fn is_provisional(test: &Test, now_ms: i64) -> bool {
    provisional_until(test).is_some_and(|until| now_ms < until)
}

/// Until when results are provisional, while they are.
pub(super) fn provisional(words: Words, test: &Test, now_ms: i64) -> Markup {
    html! {
        @if let Some(until) = provisional_until(test).filter(|_| is_provisional(test, now_ms)) {
            (notice("warn", &words.with("provisional-until", &[("date", words.moment(until).into())])))
        }
    }
}

/// What the page of a test's objections shows.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The test.
    pub test: &'a Test,
    /// What the reader is to it.
    pub standing: Standing,
    /// When.
    pub now_ms: i64,
    /// Question by question.
    pub listed: &'a [Objected],
    /// An answer that couldn't be taken, and why.
    pub failed: Option<(&'a Answering, Described)>,
}

/// The whole page.
pub fn list(words: Words, shown: &Shown<'_>) -> Markup {
    let definition = &shown.test.definition;
    let path = format!("/tests/{}", segment(&definition.test));
    let above = if shown.standing.manages { "manage" } else { "report" };
    html! {
        (crumbs(words, &[("/tests".into(), words.t("nav-tests")), (format!("{path}/{above}"), words.of(&definition.title).to_owned())], &words.t("objections-title")))
        h1 { (words.t("objections-title")) }
        p { (words.t("objections-explained")) }
        (provisional(words, shown.test, shown.now_ms))
        @if shown.listed.is_empty() { section.card { p.muted { (words.t("objections-none")) } } }
        @for objected in shown.listed { (question(words, shown, &path, objected)) }
    }
}

fn question(words: Words, shown: &Shown<'_>, path: &str, objected: &Objected) -> Markup {
    let asked = &objected.question;
    let waiting = objected.waiting();
    html! {
        section.card {
            div.head {
                h2 { (objected.bank) "/" (asked.id) } span.grow {}
                @if waiting > 0 { span.tag.warn { (words.with("objections-waiting", &[("count", count(waiting))])) } }
            }
            div.stem { (stem(words, words.of(&asked.stem))) }
            (super::question::asked(words, asked))
            dl.facts {
                @if objected.shows_key { dt { (words.t("correct-answer")) } dd.stem { strong { (bank_key(words, &asked.key)) } } }
                @if let Some((facility, discrimination)) = objected.figures {
                    dt { (words.t("objection-figures")) }
                    dd { (words.with("objection-figures-are", &[("facility", percent(facility).into()), ("discrimination", discrimination.map_or_else(|| "–".to_owned(), |one| format!("{one:.2}")).into())])) }
                }
            }
            @if shown.standing.manages && shown.test.row.finished_at_ms.is_some() {
                p.small { a href={ (path) "/corrections/question?bank=" (segment(&objected.bank)) "&question=" (segment(&asked.id)) } { (words.t("objection-correct")) } }
            }
            ul.plain { @for one in &objected.objections { li { (note(words, shown, path, objected, one)) } } }
            @if waiting > 1 && objected.may_answer() {
                details open[is_failed(shown, objected, None)] {
                    summary { (words.with("objection-answer-all", &[("count", count(waiting))])) }
                    (form(words, shown, path, (objected, None)))
                }
            }
        }
    }
}

fn note(words: Words, shown: &Shown<'_>, path: &str, objected: &Objected, one: &Listed) -> Markup {
    let row = &one.row;
    let id = Some(row.id.as_str());
    html! {
        div.stem { (row.note) }
        p.small.muted {
            @if let Some((_, name)) = &one.by { (name) " · " } (one.branch.name) " · " (words.moment(row.written_at_ms))
            @if one.by.is_some() { " · " (words.with("question-number", &[("number", count(row.position))])) }
        }
        @if let (Some(answer), Some(at_ms)) = (&row.answer, row.answered_at_ms) {
            div.stem { (outcome(words, row.upheld)) " " (answer) }
            p.small.muted {
                @if one.by.is_some() { @if one.answerer.is_empty() { (words.t("correction-operator")) } @else { (one.answerer) } " · " }
                (words.moment(at_ms))
            }
        } @else if one.may_answer {
            details open[is_failed(shown, objected, id)] {
                summary { (words.t("objection-answer")) }
                (form(words, shown, path, (objected, id)))
            }
        } @else { p.small { (outcome(words, None)) } }
    }
}

fn is_failed(shown: &Shown<'_>, objected: &Objected, id: Option<&str>) -> bool {
    shown.failed.as_ref().is_some_and(|(answering, _)| {
        answering.bank == objected.bank
            && answering.question == objected.question.id
            && answering.objection.as_deref() == id
    })
}

fn form(words: Words, shown: &Shown<'_>, path: &str, (objected, id): (&Objected, Option<&str>)) -> Markup {
    let failed = shown.failed.as_ref().filter(|_| is_failed(shown, objected, id));
    let field =
        format!("f-{}", id.map_or_else(|| format!("{}-{}", objected.bank, objected.question.id), ToOwned::to_owned));
    html! {
        form method="post" action={ (path) "/objections" } {
            @if let Some((_, error)) = failed { (summary(&error.what, &error.remedy, None)) }
            input type="hidden" name="bank" value=(objected.bank);
            input type="hidden" name="question" value=(objected.question.id);
            @if let Some(id) = id { input type="hidden" name="objection" value=(id); }
            div.field {
                label for=(field) { (words.t("objection-the-answer")) }
                textarea id=(field) name="answer" rows="3" required maxlength=(MOST_CHARACTERS) { (failed.map_or("", |(answering, _)| answering.answer.as_str())) }
                p.help { (words.t("objection-answer-help")) }
            }
            label.check { input type="radio" name="upheld" value="yes" required; " " (words.t("objection-upheld")) }
            label.check { input type="radio" name="upheld" value="no" required; " " (words.t("objection-not-upheld")) }
            p.actions { button.button type="submit" { (words.t("objection-answer")) } }
        }
    }
}
