//! View of what changed between two editions of a bank, question by question.

use super::one;
use super::outline::differing;
use crate::service::banks::{Compared, Listed};
use crate::web::layout::{crumbs, notice};
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// The whole page.
pub fn changes(words: Words, bank: &Listed, compared: &Compared) -> Markup {
    let path = format!("/banks/{}", segment(&bank.row.name));
    let title = words.of(&bank.title).to_owned();
    let nothing = compared.added.is_empty() && compared.removed.is_empty() && compared.changed.is_empty();
    let [before, after] = &compared.outlines;
    let edition = |number: i64| words.with("edition-number", &[("number", count(number))]);
    let is_same = nothing && before == after && !compared.is_rearranged;
    html! {
        (crumbs(words, &[("/banks".into(), words.t("nav-banks")), (path.clone(), title)], &words.t("bank-changes")))
        h1 { (words.t("bank-changes")) }
        form.filters method="get" action={ (path) "/changes" } {
            (choice(words, compared, "before", compared.before))
            (choice(words, compared, "after", compared.after))
            button.button.quiet type="submit" { (words.t("compare")) }
        }
        @if let Some(edition) = compared.editions.iter().find(|edition| edition.number == compared.after) {
            p.small.muted {
                (edition.loaded_by.clone().unwrap_or_else(|| words.t("correction-operator"))) " · " (words.moment(edition.loaded_at_ms))
                @if let Some(note) = &edition.note { ": " (note) }
            }
        }
        @if is_same { (notice("", &words.t("bank-same"))) }
        @if compared.more > 0 { (notice("warn", &words.with("problems-more", &[("count", count(compared.more))]))) }
        @if before != after {
            h2 { (words.t("outline")) }
            (differing(words, (&edition(compared.before), before), (&edition(compared.after), after)))
        }
        @if compared.is_rearranged { (notice("", &words.t("bank-rearranged"))) }
        @if !compared.changed.is_empty() {
            h2 { (words.with("bank-changed", &[("count", count(compared.changed.len()))])) }
            @for (before, after) in &compared.changed {
                div.pairs {
                    div { p.small.muted { (edition(compared.before)) } (one(words, &bank.topics, before, None)) }
                    div { p.small.muted { (edition(compared.after)) } (one(words, &bank.topics, after, None)) }
                }
            }
        }
        @for (id, questions) in [("bank-added", &compared.added), ("bank-removed", &compared.removed)] {
            @if !questions.is_empty() {
                h2 { (words.with(id, &[("count", count(questions.len()))])) }
                @for question in questions { (one(words, &bank.topics, question, None)) }
            }
        }
    }
}

fn choice(words: Words, compared: &Compared, name: &str, chosen: i64) -> Markup {
    html! {
        label { span { (words.t(&format!("edition-{name}"))) } select name=(name) {
            @for edition in &compared.editions {
                option value=(edition.number) selected[edition.number == chosen] {
                    (words.with("edition-number", &[("number", count(edition.number))])) " · " (words.moment(edition.loaded_at_ms))
                }
            }
        } }
    }
}
