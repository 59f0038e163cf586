//! View of one question of a test: how it behaved, and who chose what.

use super::{Places, colour, index, option_name, way, what};
use crate::rules::items::{LEAST, OptionFigures};
use crate::rules::points::number;
use crate::service::items::{Items, Line};
use crate::web::charts;
use crate::web::layout::notice;
use crate::web::views::question::stem;
use crate::web::visit::segment;
use crate::web::words::{Words, count, percent};
use maud::{Markup, html};

/// The whole page.
pub fn question(words: Words, items: &Items, line: &Line) -> Markup {
    let places = Places::of(items);
    let question = &line.figures.asked.question;
    html! {
        (way(words, items, &places, &question.id))
        div.head {
            h1 { code { (question.id) } } span.muted { (words.t(&format!("kind-{}", question.kind().name()))) " · " (words.of(&line.topic)) } span.grow {}
            a.button.quiet.noprint href={ (places.test) "/items?" (places.query) } { (words.t("items")) }
            @if line.reads_bank { a.button.quiet.noprint href={ "/banks/" (segment(&line.figures.asked.bank)) "/questions/" (segment(&question.id)) } { (words.t("items-see-question")) } }
        }
        @for flag in line.flags() {
            div class={ "notice " (colour(flag.name())) } {
                p { strong { (words.t(&format!("flag-{}", flag.name()))) } " " (what(words, line, *flag)) }
                p { (words.t(&format!("flag-{}-do", flag.name()))) }
            }
        }
        @if line.shows_words { section.card { div.stem { (stem(words, words.of(&question.stem))) }
            @for (number, part) in (1_usize..).zip(question.parts()) { div.stem { span.muted { "(" (number) ")" } " " (stem(words, words.of(&part.stem))) } }
        } }
        @else { (notice("", &words.t("items-no-words"))) }
        (figures(words, line))
        (options(words, line))
    }
}

fn figures(words: Words, line: &Line) -> Markup {
    let figures = &line.figures;
    // The standard error of r, as far as it says something.
    let error = figures
        .discrimination
        .map(|r| (1.0 - r * r) / (number(i64::try_from(figures.attempts).unwrap_or(i64::MAX)) - 1.0).sqrt());
    html! {
        div.tiles {
            div.tile { b { (figures.attempts) } span { (words.t("items-attempts")) } }
            div.tile { b { (percent(figures.facility)) } span { (words.t("facility")) } }
            div.tile { b { (index(figures.discrimination)) } span { (words.t("discrimination")) @if let Some(error) = error { " ± " (format!("{error:.2}")) } } }
            div.tile { b { (index(figures.upper_lower)) } span { (words.t("upper-lower")) } }
            div.tile { b { (figures.omitted) } span { (words.t("omitted")) } }
        }
        @if figures.attempts < LEAST { p.small.muted { (words.with("items-few", &[("least", count(LEAST))])) } }
    }
}

fn options(words: Words, line: &Line) -> Markup {
    let choices = line.choices();
    let texts = &line.figures.asked.question.options;
    html! {
        @if !line.shows_key { (notice("", &words.t("items-no-keys"))) }
        @if !choices.is_empty() {
            section.card {
                h2 { (words.t("choices-by-thirds")) }
                table.cards {
                    thead { tr {
                        th { (words.t("option")) } th.n { (words.t("everybody")) } th { span.visually-hidden { (words.t("choices-by-thirds")) } }
                        th.n { (words.t("weakest-third")) } th.n { (words.t("middle-third")) } th.n { (words.t("strongest-third")) }
                    } }
                    tbody { @for (at, ((label, is_key), figures)) in choices.iter().zip(&line.figures.options).enumerate() {
                        tr {
                            td { strong { (option_name(words, label)) } " " @if let Some(choice) = texts.get(at) { (words.of(&choice.text)) } @if *is_key { " " span.tag.good { (words.t("is-key")) } } }
                            (shares(words, label, *is_key, figures))
                        }
                    } }
                }
            }
        }
    }
}

fn shares(words: Words, label: &str, is_key: bool, figures: &OptionFigures) -> Markup {
    let thirds = [figures.bottom, figures.middle, figures.top];
    let said = thirds.map(|third| format!("{:.0}", third.unwrap_or_default()));
    let [bottom, middle, top] = said;
    let name = option_name(words, label);
    let values = [("option", name.into()), ("bottom", bottom.into()), ("middle", middle.into()), ("top", top.into())];
    html! {
        td.n data-label=(words.t("everybody")) { (percent(figures.share)) }
        td.chart { @if figures.top.is_some() { (charts::thirds(thirds, is_key, &words.with("thirds-label", &values))) } }
        td.n data-label=(words.t("weakest-third")) { (percent(figures.bottom)) }
        td.n data-label=(words.t("middle-third")) { (percent(figures.middle)) }
        td.n data-label=(words.t("strongest-third")) { (percent(figures.top)) }
    }
}
