//! One paper of a test with its keys, as a page that any browser shows and prints; it doesn't say whose it was.

use super::official::language;
use super::question::{Piece, key_in_words, options, pieces, targets};
use crate::i18n::words::Words;
use crate::rules::paper::Item;
use crate::rules::rich::plain;
use crate::service::archives::{Archived, Sample};
use maud::{DOCTYPE, Markup, html};

/// What pages of an archive look like: black on white, made to be printed.
const STYLE: &str = "body{font:16px/1.7 'Songti SC',SimSun,'Noto Serif CJK SC',serif;max-width:46rem;margin:2rem auto;padding:0 1rem}h1{font-size:1.5rem;text-align:center}h2{font-size:1.1rem}ol,ul{padding-left:0;list-style:none}.q{break-inside:avoid;margin:1rem 0}.key{font-weight:bold}table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{border:1px solid;padding:.3rem .5rem;text-align:left;vertical-align:top}code{font-size:.75rem;word-break:break-all}.sign{display:flex;flex-wrap:wrap;gap:1rem 4rem;margin:3rem 0}@page{size:A4;margin:20mm}@media print{body{max-width:none;margin:0;padding:0}}";

/// A page of an archive, whole in itself.
pub(super) fn framed(words: Words, title: &str, body: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang=(language(words)) {
            head { meta charset="utf-8"; title { (title) } style { (maud::PreEscaped(STYLE)) } }
            body { h1 { (title) } (body) }
        }
    }
    .into_string()
}

pub(super) fn page(words: Words, archived: &Archived, sample: &Sample) -> String {
    let definition = &archived.test.definition;
    let title = words.with("sample-title", &[("title", words.of(&definition.title).into())]);
    let sections = definition.sections.iter().enumerate();
    let body = html! {
        p { (words.t("sample-help")) }
        @for (index, section) in sections {
            h2 { (words.of(&section.title)) "（" (words.with("sample-points", &[("points", section.points.to_string().into())])) "）" }
            @for (position, item) in (1_usize..).zip(&sample.sheet.items).filter(|(_, item)| usize::from(item.section) == index) {
                (question(words, position, item, archived.keys_of.contains(&*item.bank)))
            }
        }
    };
    framed(words, &title, &body)
}

/// A question behind its number, with its options and the parts of a case.
fn asked(words: Words, number: &str, item: &Item) -> Markup {
    html! {
        div { (number) " " @for piece in pieces(&plain(words.of(&item.question.stem))) {
            @match piece { Piece::Words(text) => { (text) } Piece::Gap(_) => { "________" } }
        } }
        @if item.question.kind().has_options() { ul { @for (label, text) in options(words, item) { li { (label) ". " (plain(&text)) } } } }
        @if !item.question.targets.is_empty() { ul { @for (label, text) in targets(words, item) { li { (label) ". " (plain(&text)) } } } }
        @for (number, part) in (1_usize..).zip(item.parts()) { (asked(words, &format!("({number})"), &part)) }
    }
}

fn question(words: Words, position: usize, item: &Item, shows_key: bool) -> Markup {
    html! {
        div.q {
            (asked(words, &format!("{position}."), item))
            div.key {
                @if shows_key { (words.with("sample-key", &[("key", key_in_words(words, item).into())])) }
                @else { (words.t("sample-key-withheld")) }
            }
            @if let (true, Some(ruling)) = (shows_key, &item.ruling) {
                @for key in &ruling.also { div.key { (words.t("correction-also")) " " (key_in_words(words, &item.with_key(key))) } }
                @match ruling.counting {
                    crate::rules::correction::Counting::ByKey => {}
                    crate::rules::correction::Counting::ForAll => { div { (words.t("correction-for-all")) } }
                    crate::rules::correction::Counting::Not => { div { (words.t("correction-not-counted")) } }
                }
            }
            div { small { (words.with("sample-source", &[("bank", item.bank.to_string().into()), ("question", item.question.id.as_str().into())])) } }
        }
    }
}
