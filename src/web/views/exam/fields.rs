//! The fields of a question on an open paper.

use crate::rules::paper::Item;
use crate::rules::points::Points;
use crate::rules::question::written::MOST_CHARACTERS;
use crate::rules::question::{Kind, MOST_GAP_CHARACTERS};
use crate::web::views::arrange;
use crate::web::views::question::{flow, options, rich};
use crate::web::words::{Words, clock, count};
use maud::{Markup, html};
use serde_json::Value;

/// One question with its fields, filled with `now`, where `was` is stored; `stored` is the number and time of that.
pub(in crate::web::views) fn question(
    words: Words,
    (position, item): (i64, &Item),
    (was, now): (&Value, &Value),
    stored: Option<(i64, i64)>,
    below: &Markup,
) -> Markup {
    let name = format!("r{position}");
    html! {
        div.card.q id={ "q" (position) } data-position=(position) data-kind=(item.question.kind().name()) data-gaps=(item.question.gap_count()) {
            fieldset.question {
                legend {
                    span.muted { (position) "." } " " (gapped(words, item, &name, now)) " "
                    button.flag.js-only type="button" aria-pressed="false" { "⚑ " (words.t("exam-flag")) }
                }
                (answer_fields(words, item, &name, now))
            }
            input type="hidden" name={ "was" (position) } value=(was);
            input type="hidden" name={ "save" (position) } value=(stored.map_or(0, |(save, _)| save));
            p.state id={ "s" (position) } {
                @if let Some((_, at_ms)) = stored { @if !was.is_null() && was == now {
                    span.good { "✓ " (words.with("exam-saved", &[("time", clock(at_ms).into())])) }
                } }
            }
            (below)
        }
    }
}

/// The parts of a case, each with fields of its own.
fn parts(words: Words, item: &Item, name: &str, now: &Value) -> Markup {
    html! {
        @for (index, part) in item.parts().iter().enumerate() {
            @let (name, now) = (part_name(name, index), now.get(index).unwrap_or(&Value::Null));
            fieldset.subquestion data-kind=(part.question.kind().name()) data-gaps=(part.question.gap_count()) {
                legend {
                    span.muted { "(" (index + 1) ")" } " " (gapped(words, part, &name, now)) " "
                    @if part.points > Points::ZERO { span.muted.small { (words.with("part-points", &[("points", part.points.to_string().into())])) } }
                }
                (answer_fields(words, part, &name, now))
            }
        }
    }
}

/// The name of the fields of a case's part.
pub fn part_name(case: &str, index: usize) -> String {
    format!("{case}p{}", index + 1)
}

/// The fields of a question that don't stand in its stem.
fn answer_fields(words: Words, item: &Item, name: &str, now: &Value) -> Markup {
    html! {
                @match item.question.kind() {
                    Kind::Single => { @for (label, text) in options(words, item) {
                        (option("radio", name, &label, &label, &text, now.as_str() == Some(label.as_str())))
                    } }
                    Kind::Multiple => { @for (label, text) in options(words, item) {
                        @let chosen = now.as_array().is_some_and(|labels| labels.iter().any(|one| one.as_str() == Some(label.as_str())));
                        (option("checkbox", name, &label, &label, &text, chosen))
                    } }
                    Kind::TrueFalse => {
                        (option("radio", name, "true", "✓", &words.t("right"), *now == Value::Bool(true)))
                        (option("radio", name, "false", "✗", &words.t("wrong"), *now == Value::Bool(false)))
                    }
                    Kind::Blank => {}
                    Kind::Order => (arrange::order(words, item, name, now)),
                    Kind::Match => (arrange::pairs(words, item, name, now)),
                    Kind::Short | Kind::Essay => {
                        textarea name=(name) rows=(if item.question.kind() == Kind::Essay { 14 } else { 6 }) maxlength=(MOST_CHARACTERS) aria-label=(words.t("my-answer")) { (now.as_str().unwrap_or_default()) }
                    }
                    Kind::Numeric => {
                        p { input.gap type="text" inputmode="decimal" name=(name) value=[now.as_str()] maxlength=(MOST_GAP_CHARACTERS)
                            autocomplete="off" spellcheck="false" aria-label=(words.t("my-answer")); }
                    }
                    Kind::Case => (parts(words, item, name, now)),
                }
    }
}

fn option(kind: &str, name: &str, value: &str, label: &str, text: &str, chosen: bool) -> Markup {
    html! {
        label.option {
            input type=(kind) name=(name) value=(value) checked[chosen];
            span.label { (label) } span.text { (rich(text)) }
        }
    }
}

/// The stem with a field in the place of each gap.
fn gapped(words: Words, item: &Item, name: &str, now: &Value) -> Markup {
    let gap = |number: usize| {
        let filled = number.checked_sub(1).and_then(|index| now.get(index)).and_then(Value::as_str);
        html! {
            input.gap type="text" name={ (name) "_" (number) } value=[filled] maxlength=(MOST_GAP_CHARACTERS) autocapitalize="off"
                spellcheck="false" autocomplete="off" aria-label=(words.with("gap", &[("number", count(number))]));
        }
    };
    html! { span.stem { (flow(words.of(&item.question.stem), Some(&gap))) } }
}
