//! View of one question of a bank: what it asks, and how it behaved in each test.

use super::{colour, index};
use crate::service::items::{Behaviour, History};
use crate::web::layout::{crumbs, notice};
use crate::web::visit::segment;
use crate::web::words::{Words, count, percent};
use maud::{Markup, html};

/// The whole page.
pub fn history(words: Words, history: &History) -> Markup {
    let bank = &history.bank;
    let links = [
        ("/banks".to_owned(), words.t("nav-banks")),
        (format!("/banks/{}", segment(&bank.row.name)), words.of(&bank.title).to_owned()),
    ];
    html! {
        (crumbs(words, &links, &history.question.id))
        h1 { code { (history.question.id) } }
        @if !history.is_current { (notice("warn", &words.t("question-gone"))) }
        (crate::web::views::banks::one(words, &bank.topics, &history.question, None))
        section.card {
            h2 { (words.t("question-history")) }
            @if history.tests.is_empty() { p.muted { (words.t("question-history-none")) } }
            @else {
                p.small.muted { (words.t("question-history-explained")) }
                table.cards.figures {
                    thead { tr {
                        th { (words.t("test")) } th { (words.t("edition")) } th.n { (words.t("items-attempts")) } th.n { (words.t("facility")) }
                        th.n { (words.t("discrimination")) } th { (words.t("flags")) }
                    } }
                    tbody { @for behaviour in &history.tests { (row(words, history, behaviour)) } }
                }
            }
        }
    }
}

fn row(words: Words, history: &History, behaviour: &Behaviour) -> Markup {
    let figures = &behaviour.figures;
    let definition = &behaviour.test.definition;
    let asked = &figures.asked;
    let path =
        format!("/tests/{}/items/{}/{}", segment(&definition.test), segment(&asked.bank), segment(&asked.question.id));
    let changed = *asked.question != *history.question;
    html! {
        tr {
            td { a href=(path) { (words.of(&definition.title)) } br; span.muted.small { (words.day(definition.opens_at_ms)) } }
            td { (words.with("edition-number", &[("number", count(behaviour.edition))])) @if changed { br; span.muted.small { (words.t("question-changed-since")) } } }
            td.n data-label=(words.t("items-attempts")) { (figures.attempts) }
            td.n data-label=(words.t("facility")) { (percent(figures.facility)) }
            td.n data-label=(words.t("discrimination")) { (index(figures.discrimination)) }
            td { @for flag in &figures.flags { span class={ "tag " (colour(flag.name())) } { (words.t(&format!("flag-{}", flag.name()))) } " " } }
        }
    }
}
