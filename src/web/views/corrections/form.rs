//! The form that says what is to be corrected: of a question, or of one mark.

use super::way;
use crate::i18n::Described;
use crate::rules::question::numeric::plain;
use crate::rules::question::{Key, Question};
use crate::service::tests::Test;
use crate::web::input::Fields;
use crate::web::layout::{Field, field, summary};
use crate::web::views::question::{asked, bank_key, stem};
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// What is to be corrected.
#[derive(Debug)]
pub struct Target<'a> {
    /// The test.
    pub test: &'a Test,
    /// The bank.
    pub bank: &'a str,
    /// The question with the key by which it is marked now.
    pub question: &'a Question,
}

/// The form for a question; `sent` holds what was typed before.
pub fn question(words: Words, target: &Target<'_>, sent: &Fields, error: Option<&Described>) -> Markup {
    let Target { test, bank, question } = target;
    let is_written = question.key.is_written();
    let chosen = sent.get("change");
    let change = |name: &'static str, label: &str| {
        html! {
            label.check {
                input type="radio" name="change" value=(name) required checked[chosen == name];
                " " (words.t(label))
            }
        }
    };
    html! {
        (way(words, test, &question.id, true))
        h1 { (words.t("corrections-question")) }
        section.card {
            p.small.muted { (bank) "/" (question.id) }
            div.stem { (stem(words, words.of(&question.stem))) }
            (asked(words, question))
            dl.facts { dt { (words.t("correct-answer")) } dd { strong.stem { (bank_key(words, &question.key)) } } }
        }
        form.card method="post" action={ "/tests/" (segment(&test.definition.test)) "/corrections" } {
            @if let Some(error) = error { (summary(&error.what, &error.remedy, None)) }
            input type="hidden" name="bank" value=(bank);
            input type="hidden" name="question" value=(question.id);
            fieldset.plain {
                legend { (words.t("correction-what")) }
                @if !is_written { (change("key", "correction-key")) (change("accept", "correction-accept")) }
                (change("full_points", "correction-full"))
                (change("void", "correction-void"))
            }
            @if !is_written {
                fieldset.plain {
                    legend { (words.t("correction-answer")) }
                    p.help { (words.t("correction-answer-help")) }
                    (answer(words, question, "", sent))
                }
            }
            p.actions { button.button type="submit" { (words.t("correction-preview")) } }
        }
    }
}

/// Fields for another answer, holding the one that counts now. Names begin with `of`, which is empty but for the parts of
/// a case.
fn answer(words: Words, question: &Question, of: &str, sent: &Fields) -> Markup {
    let was_sent = sent.has("change");
    let answer_name = format!("{of}answer");
    let one = |value: &str, now: bool| if was_sent { sent.all(&answer_name).any(|sent| sent == value) } else { now };
    let text = |name: &str, now: String| if was_sent { sent.get(name).to_owned() } else { now };
    let check = |kind: &'static str, value: &str, label: &str, now: bool| {
        html! { label.check { input type=(kind) name=(answer_name) value=(value) checked[one(value, now)]; " " (label) } }
    };
    html! {
        @match &question.key {
            Key::Single(key) => { @for choice in &question.options { (check("radio", &choice.label, &choice.label, choice.label == *key)) } }
            Key::Multiple(keys) => { @for choice in &question.options { (check("checkbox", &choice.label, &choice.label, keys.contains(&choice.label))) } }
            Key::TrueFalse(key) => {
                (check("radio", "true", &words.t("right"), *key))
                (check("radio", "false", &words.t("wrong"), !*key))
            }
            Key::Order(keys) => { (typed(&answer_name, words.t("correction-order"), &text(&answer_name, keys.join(",")))) }
            Key::Numeric(number) => {
                @let tolerance = format!("{of}tolerance");
                (typed(&answer_name, words.t("correction-number"), &text(&answer_name, plain(&number.value))))
                (typed(&tolerance, words.t("correction-tolerance"), &text(&tolerance, plain(&number.tolerance))))
            }
            Key::Match(pairs) => { @for option in &question.options {
                @let name = format!("{of}pair-{}", option.label);
                @let now = text(&name, pairs.get(&option.label).cloned().unwrap_or_default());
                div.field {
                    label for={ "f-" (name) } { (option.label) }
                    select id={ "f-" (name) } name=(name) { @for target in &question.targets { option value=(target.label) selected[now == target.label] { (target.label) } } }
                }
            } }
            Key::Blank(gaps) => { @for (number, gap) in (1_usize..).zip(&gaps.gaps) {
                @let name = format!("{of}gap-{number}");
                div.field {
                    label for={ "f-" (name) } { (words.with("correction-gap", &[("number", count(number))])) }
                    textarea id={ "f-" (name) } name=(name) rows="3" { (text(&name, gap.accept.join("\n"))) }
                }
            } }
            Key::Short(_) | Key::Essay(_) => {}
            Key::Case(_) => { @for (number, part) in (1..).zip(question.parts()) { @if !part.key.is_written() {
                fieldset.subquestion {
                    legend { (words.with("correction-part", &[("number", count(number))])) }
                    (answer(words, &part, &part_prefix(number), sent))
                }
            } } }
        }
    }
}

/// What the names of the fields of a case's part begin with.
pub fn part_prefix(number: i64) -> String {
    format!("part{number}-")
}

fn typed(name: &str, label: String, value: &str) -> Markup {
    field(&Field { name, kind: "text", label, value, autocomplete: Some("off"), optional: true, ..Field::default() })
}

/// The form for one mark.
pub fn mark(words: Words, test: &Test, sent: &Fields, error: Option<&Described>) -> Markup {
    let line = |name: &'static str, kind: &'static str, label: &str, help: Option<&str>| {
        field(&Field {
            name,
            kind,
            label: words.t(label),
            value: sent.get(name),
            help: help.map(|help| words.t(help)),
            autocomplete: Some("off"),
            optional: name == "number",
            ..Field::default()
        })
    };
    html! {
        (way(words, test, &words.t("corrections-mark"), true))
        h1 { (words.t("corrections-mark")) }
        p { (words.t("corrections-mark-explained")) }
        form.card method="post" action={ "/tests/" (segment(&test.definition.test)) "/corrections" } {
            @if let Some(error) = error { (summary(&error.what, &error.remedy, None)) }
            (line("login", "text", "login", None))
            @if test.definition.attempts > 1 { (line("number", "text", "correction-attempt", Some("correction-attempt-help"))) }
            (line("position", "text", "correction-position", None))
            (line("points", "text", "correction-points", None))
            p.actions { button.button type="submit" { (words.t("correction-preview")) } }
        }
    }
}
