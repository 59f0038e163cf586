//! Fields for options to put in order and to match with targets: plain lists to choose from, which the script of the
//! exam page turns into rows to drag, or to move by keys.

use super::question::{options, rich, targets};
use crate::rules::paper::Item;
use crate::rules::question::order::ranks;
use crate::rules::rich::plain;
use crate::web::words::{Words, count};
use maud::{Markup, html};
use serde_json::Value;

/// A rank for each option.
pub(super) fn order(words: Words, item: &Item, name: &str, now: &Value) -> Markup {
    let all = item.options.len();
    let labels: Vec<String> =
        now.as_array().into_iter().flatten().filter_map(|label| label.as_str().map(ToOwned::to_owned)).collect();
    let ranks = ranks(&labels, all);
    // A form that gave no order comes back as it was filled in.
    let rank = |index: usize, label: &str| match now.get(label).and_then(Value::as_str) {
        Some(given) => given.parse().ok(),
        None => ranks.get(index).copied().flatten(),
    };
    html! {
        p.help.no-js { (words.t("order-help")) }
        p.help.js-only { (words.t("order-drag")) }
        div.rows {
            @for (index, (label, text)) in options(words, item).iter().enumerate() {
                @let chosen: Option<usize> = rank(index, label);
                div.option.mover data-label=(label) {
                    button.tool.grip.js-only type="button" aria-label=(words.with("order-move", &[("label", label.as_str().into())])) title=(words.t("order-keys")) { "⠿" }
                    select.short name={ (name) "_" (index + 1) } aria-label=(words.with("order-rank", &[("label", label.as_str().into())])) {
                        option value="" { "–" }
                        @for place in 1..=all { option value=(place) selected[chosen == Some(place)] { (place) } }
                    }
                    span.label { (label) } span.text { (rich(text)) }
                    button.tool.up.js-only type="button" aria-label=(words.with("order-up", &[("label", label.as_str().into())])) { "↑" }
                    button.tool.down.js-only type="button" aria-label=(words.with("order-down", &[("label", label.as_str().into())])) { "↓" }
                }
            }
        }
        p.js-only { button.button.quiet.as-shown type="button" { (words.t("order-as-shown")) } }
    }
}

/// A target for each option.
pub(super) fn pairs(words: Words, item: &Item, name: &str, now: &Value) -> Markup {
    let targets = targets(words, item);
    html! {
        p.help.js-only { (words.t("match-drag")) }
        ul.plain.targets { @for (label, text) in &targets {
            li.option data-label=(label) {
                button.tool.grip.js-only type="button" tabindex="-1" aria-hidden="true" { "⠿" }
                span.label { (label) } span.text { (rich(text)) }
            }
        } }
        @for (index, (label, text)) in options(words, item).iter().enumerate() {
            div.option.mover data-label=(label) {
                span.label { (label) } span.text {
                    (rich(text))
                    select name={ (name) "_" (index + 1) } aria-label=(words.with("match-target", &[("label", label.as_str().into()), ("count", count(targets.len()))])) {
                        option value="" { "–" }
                        @for (to, text) in &targets { option value=(to) selected[now.get(label).and_then(Value::as_str) == Some(to)] { (to) " " (plain(text)) } }
                    }
                }
            }
        }
    }
}
