//! A question as readers see it: stem with gaps, options in the paper's order, a response in words. Shared by exam,
//! review and the browser of banks; nothing here shows a key unless it is handed one.

pub use crate::documents::question::{Piece, bank_key, key_in_words, options, pieces, targets};
use crate::formats::mathml;
use crate::rules::paper::Item;
use crate::rules::points::Points;
use crate::rules::question::{Key, Kind, Question, Response, label_index};
use crate::rules::rich::{Block, Inline, Picture, blocks, inline, is_plain, plain, size};
use crate::web::words::Words;
use maud::{Markup, PreEscaped, html};
use serde_json::Value;

/// A stem with each gap as a line to look at, numbered where there are several.
pub fn stem(words: Words, text: &str) -> Markup {
    let several = pieces(text).iter().filter(|piece| matches!(piece, Piece::Gap(_))).count() > 1;
    let gap = |number: usize| {
        html! {
            span.gap {
                span.visually-hidden { (words.with("gap", &[("number", crate::web::words::count(number))])) }
                span aria-hidden="true" { @if several { (number) } @else { "\u{a0}" } }
            }
        }
    };
    flow(text, Some(&gap))
}

/// A text with its pictures, tables and formulas.
pub fn rich(text: &str) -> Markup {
    flow(text, None)
}

/// The same with something in the place of each gap; without it there are none.
pub fn flow(text: &str, gap: Option<&dyn Fn(usize) -> Markup>) -> Markup {
    if is_plain(text) {
        return line(text, gap);
    }
    html! {
        @for block in blocks(text) {
            @match block {
                Block::Lines(lines) => (line(lines, gap)),
                Block::Table(table) => div.around { table.in-text {
                    thead { tr { @for cell in &table.heading { th scope="col" { (line(cell, gap)) } } } }
                    tbody { @for row in &table.rows { tr { @for cell in row { td { (line(cell, gap)) } } } } }
                } },
            }
        }
    }
}

fn line(text: &str, gap: Option<&dyn Fn(usize) -> Markup>) -> Markup {
    html! {
        @for one in inline(text) {
            @match one {
                Inline::Words(words) => {
                    @if let Some(gap) = gap {
                        @for piece in pieces(words) { @match piece { Piece::Words(text) => (text), Piece::Gap(number) => (gap(number)) } }
                    } @else { (words) }
                }
                Inline::Picture(picture) => (shown(picture)),
                // What can't be shown stands as it is written.
                Inline::Formula(formula) => @match mathml::clean(formula) { Some(formula) => (PreEscaped(formula)), None => (formula) },
            }
        }
    }
}

fn shown(picture: Picture<'_>) -> Markup {
    html! {
        @match size(picture.name) {
            Some((width, height)) => img.picture src={ "/pictures/" (picture.name) } alt=(picture.alt) width=(width) height=(height);,
            None => { "![" (picture.alt) "](" (picture.name) ")" }
        }
    }
}

/// What is asked below the stem, in the bank's labels and without any key: options, targets, the parts of a case.
pub fn asked(words: Words, question: &Question) -> Markup {
    html! {
        @for list in [&question.options, &question.targets] { @if !list.is_empty() {
            ul.plain.reviewed { @for choice in list { li { span.label { (choice.label) } " " (rich(words.of(&choice.text))) } } }
        } }
        @for (number, part) in (1_usize..).zip(question.parts()) {
            div.stem { span.muted { "(" (number) ")" } " " (stem(words, words.of(&part.stem))) }
            (asked(words, &part))
        }
    }
}

/// A stored response in the one form in which a form would send it; null where nothing is chosen or filled in.
pub fn canonical(item: &Item, stored: Option<&str>) -> Value {
    item.read(stored).map_or(Value::Null, |response| canonical_of(item, &response))
}

/// A response in the form in which a form would send it.
pub fn canonical_of(item: &Item, response: &Response) -> Value {
    if response.is_empty() {
        return Value::Null;
    }
    match response {
        Response::TrueFalse(said) => Value::Bool(*said),
        Response::Single(label) => Value::from(label.as_str()),
        Response::Multiple(labels) => {
            let mut labels = labels.clone();
            if item.question.kind() == Kind::Order {
                return Value::from(labels);
            }
            labels.sort_by_key(|label| label_index(label, item.options.len()));
            Value::from(labels)
        }
        Response::Match(pairs) => {
            // In the order in which a form holds them, which past Z isn't that of letters.
            let mut pairs: Vec<(&String, &String)> = pairs.iter().collect();
            pairs.sort_by_key(|(label, _)| label_index(label, item.options.len()));
            Value::Object(pairs.into_iter().map(|(option, to)| (option.clone(), Value::from(to.as_str()))).collect())
        }
        Response::Numeric(given) => Value::from(given.text()),
        Response::Written(text) => Value::from(text.as_str()),
        Response::Parts(given) => {
            let part = |(part, response): (Item, &Option<Response>)| {
                response.as_ref().map_or(Value::Null, |response| canonical_of(&part, response))
            };
            item.parts().into_iter().zip(given).map(part).collect()
        }
        Response::Blank(gaps) => {
            let gap = |gap: &Option<String>| {
                gap.as_ref().filter(|text| !text.is_empty()).map_or(Value::Null, |text| Value::from(text.as_str()))
            };
            Value::Array(gaps.iter().map(gap).collect())
        }
    }
}

/// A response to a question in words: `B`, `A、C`, `C → A → B`, `A–2、B–1`, `正确`, `一年；两年`, `(1) B；(2) 正确`.
pub fn said(words: Words, question: &Question, response: &Value) -> String {
    match response {
        Value::Array(given) if question.kind() == Kind::Case => {
            let one = |(number, (part, response)): (usize, (Question, &Value))| {
                format!("({number}) {}", said(words, &part, response))
            };
            let parts = (1..).zip(question.parts().into_iter().zip(given)).map(one);
            parts.collect::<Vec<_>>().join(&words.t("list-semicolon"))
        }
        Value::Null => words.t("no-answer"),
        Value::Bool(true) => words.t("right"),
        Value::Bool(false) => words.t("wrong"),
        Value::String(text) => text.clone(),
        Value::Array(entries) => {
            let is_labels = entries.iter().all(|entry| entry.as_str().is_some_and(|text| text.len() < 3));
            let entry = |entry: &Value| entry.as_str().map_or_else(|| "–".to_owned(), ToOwned::to_owned);
            let entries: Vec<String> = entries.iter().map(entry).collect();
            match question.kind() {
                Kind::Order => entries.join(" → "),
                _ => entries.join(&words.t(if is_labels { "list-comma" } else { "list-semicolon" })),
            }
        }
        Value::Object(pairs) => {
            words.list(pairs.iter().map(|(one, two)| format!("{one}–{}", two.as_str().unwrap_or("–"))))
        }
        other => other.to_string(),
    }
}

/// How a text begins, in words of at most so many letters as wide as Latin ones; gaps are drawn.
pub fn opening(text: &str, most_wide: usize) -> String {
    let text: String = pieces(&plain(text)).into_iter().map(|piece| piece.words().unwrap_or("＿＿")).collect();
    let mut wide = 0;
    let short: String = text
        .chars()
        .take_while(|letter| {
            wide += if letter.is_ascii() { 1 } else { 2 };
            wide <= most_wide
        })
        .collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

/// A key in the labels in which it is given, as readers see it; marking points say how many points of `full` they are
/// worth, or their share where nobody knows those.
pub fn key_shown(words: Words, key: &Key, full: Option<Points>) -> Markup {
    let worth = |share: u32| match full {
        Some(full) => words.with("marking-point", &[("points", full.share(share.into(), 100).to_string().into())]),
        None => format!("{share} %"),
    };
    html! {
        @match key {
            Key::Short(model) | Key::Essay(model) => {
                strong.stem { (rich(words.of(&model.model))) }
                @if !model.points.is_empty() { ul {
                    @for point in &model.points { li { (rich(words.of(&point.text))) " " span.muted { (worth(point.share)) } } }
                } }
            }
            Key::Blank(gaps) if gaps.any_order => {
                strong.stem { (bank_key(words, key)) } " " span.muted.small { (words.t("any-order")) }
            }
            key => strong.stem { (bank_key(words, key)) },
        }
    }
}
