//! A question as readers see it: stem with gaps, options in the paper's order, a response in words. Shared by exam,
//! review and the browser of banks; nothing here shows a key unless it is handed one.

use crate::rules::paper::Item;
use crate::rules::points::Points;
use crate::rules::question::numeric::{Numeric, plain};
use crate::rules::question::written::Model;
use crate::rules::question::{Key, Kind, Response, label_index, paper_label, target_label};
use crate::web::words::Words;
use maud::{Markup, html};
use serde_json::Value;

/// A piece of a stem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words.
    Words(&'a str),
    /// A gap, from 1.
    Gap(usize),
}

impl<'a> Piece<'a> {
    /// The words, unless it is a gap.
    pub const fn words(&self) -> Option<&'a str> {
        match self {
            Self::Words(text) => Some(text),
            Self::Gap(_) => None,
        }
    }
}

/// Splits a stem at its gap markers.
pub fn pieces(stem: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = stem;
    while let Some((before, after)) = rest.split_once("{{") {
        let gap = after.split_once("}}").and_then(|(number, tail)| Some((number.trim().parse::<usize>().ok()?, tail)));
        let Some((number, tail)) = gap else { break };
        if !before.is_empty() {
            pieces.push(Piece::Words(before));
        }
        pieces.push(Piece::Gap(number));
        rest = tail;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest));
    }
    pieces
}

/// A stem with each gap as a line to look at, numbered where there are several.
pub fn stem(words: Words, text: &str) -> Markup {
    let pieces = pieces(text);
    let several = pieces.iter().filter(|piece| matches!(piece, Piece::Gap(_))).count() > 1;
    html! {
        @for piece in &pieces {
            @match piece {
                Piece::Words(text) => { (text) }
                Piece::Gap(number) => {
                    span.gap {
                        span.visually-hidden { (words.with("gap", &[("number", crate::web::words::count(*number))])) }
                        span aria-hidden="true" { @if several { (number) } @else { "\u{a0}" } }
                    }
                }
            }
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
        Response::Blank(gaps) => {
            let gap = |gap: &Option<String>| {
                gap.as_ref().filter(|text| !text.is_empty()).map_or(Value::Null, |text| Value::from(text.as_str()))
            };
            Value::Array(gaps.iter().map(gap).collect())
        }
    }
}

/// A response to a question of a kind in words: `B`, `A、C`, `C → A → B`, `A–2、B–1`, `正确`, `一年；两年`.
pub fn said(words: Words, kind: Kind, response: &Value) -> String {
    match response {
        Value::Null => words.t("no-answer"),
        Value::Bool(true) => words.t("right"),
        Value::Bool(false) => words.t("wrong"),
        Value::String(text) => text.clone(),
        Value::Array(entries) => {
            let is_labels = entries.iter().all(|entry| entry.as_str().is_some_and(|text| text.len() < 3));
            let entry = |entry: &Value| entry.as_str().map_or_else(|| "–".to_owned(), ToOwned::to_owned);
            let entries: Vec<String> = entries.iter().map(entry).collect();
            match kind {
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

/// The targets in the paper's order: label and text.
pub fn targets(words: Words, item: &Item) -> Vec<(String, String)> {
    let of = |(shown, &index): (usize, &u8)| {
        let choice = item.question.targets.get(usize::from(index))?;
        Some((target_label(shown), words.of(&choice.text).to_owned()))
    };
    item.targets().iter().enumerate().filter_map(of).collect()
}

/// The options in the paper's order: label and text.
pub fn options(words: Words, item: &Item) -> Vec<(String, String)> {
    let of = |(shown, &index): (usize, &u8)| {
        let choice = item.question.options.get(usize::from(index))?;
        Some((paper_label(shown), words.of(&choice.text).to_owned()))
    };
    item.options.iter().enumerate().filter_map(of).collect()
}

/// The key in the labels of the paper. For reviews that are open only.
pub fn key_in_words(words: Words, item: &Item) -> String {
    bank_key(words, &item.paper_key())
}

/// A key in the labels in which it is given. For those who may read keys only.
pub fn bank_key(words: Words, key: &Key) -> String {
    match key {
        Key::Single(label) => label.clone(),
        Key::Multiple(labels) => words.list(labels.iter().cloned()),
        Key::Order(labels) => labels.join(" → "),
        Key::Match(pairs) => words.list(pairs.iter().map(|(option, to)| format!("{option}–{to}"))),
        Key::Numeric(number) => numeric_key(number),
        Key::Short(model) | Key::Essay(model) => words.of(&model.model).to_owned(),
        Key::TrueFalse(true) => words.t("right"),
        Key::TrueFalse(false) => words.t("wrong"),
        Key::Blank(gaps) => {
            let gap = |gap: &crate::rules::question::blank::Gap| gap.accept.join(" / ");
            gaps.gaps.iter().map(gap).collect::<Vec<_>>().join(&words.t("list-semicolon"))
        }
    }
}

/// What earns points in a written answer, and how many of `full`.
pub fn marking_points(words: Words, model: &Model, full: Points) -> Markup {
    html! {
        @if !model.points.is_empty() { ul {
            @for point in &model.points {
                li { (words.of(&point.text)) " " span.muted { (words.with("marking-point", &[("points", full.share(point.share.into(), 100).to_string().into())])) } }
            }
        } }
    }
}

/// `3 ± 0.5（年 / years）`
fn numeric_key(number: &Numeric) -> String {
    let tolerance = plain(&number.tolerance);
    let off = if tolerance == "0" { String::new() } else { format!(" ± {tolerance}") };
    let units = if number.units.is_empty() { String::new() } else { format!(" ({})", number.units.join(" / ")) };
    format!("{}{off}{units}", plain(&number.value))
}

#[cfg(test)]
mod tests {
    use super::{Piece, pieces};

    #[test]
    fn stems_are_split_at_their_gaps() {
        assert_eq!(pieces("预备期为{{1}}。"), [Piece::Words("预备期为"), Piece::Gap(1), Piece::Words("。")]);
        assert_eq!(pieces("{{1}}{{2}}"), [Piece::Gap(1), Piece::Gap(2)]);
        assert_eq!(pieces("a {{ b"), [Piece::Words("a {{ b")]);
    }
}
