//! A question in words: pieces of its stem, options and targets in the paper's order, its key. Nothing here shows a key
//! unless it is asked for one.

use crate::i18n::words::{Words, count};
use crate::rules::correction::Change;
use crate::rules::paper::Item;
use crate::rules::question::case::PartKey;
use crate::rules::question::numeric::{Numeric, plain};
use crate::rules::question::{Key, paper_label, target_label};
use crate::rules::rich;

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
        Key::Short(model) | Key::Essay(model) => rich::plain(words.of(&model.model)).into_owned(),
        Key::Case(keys) => {
            let part = |(number, part): (usize, &PartKey)| format!("({number}) {}", bank_key(words, &part.key));
            (1..).zip(keys).map(part).collect::<Vec<_>>().join(&words.t("list-semicolon"))
        }
        Key::TrueFalse(true) => words.t("right"),
        Key::TrueFalse(false) => words.t("wrong"),
        Key::Blank(gaps) => {
            let gap = |gap: &crate::rules::question::blank::Gap| gap.accept.join(" / ");
            gaps.gaps.iter().map(gap).collect::<Vec<_>>().join(&words.t("list-semicolon"))
        }
    }
}

/// What a correction changes, in words; keys stand in the bank's labels.
pub fn change(words: Words, change: &Change) -> String {
    match change {
        Change::Key { key } => words.with("correction-to-key", &[("answer", bank_key(words, key).into())]),
        Change::Accept { key } => words.with("correction-to-accept", &[("answer", bank_key(words, key).into())]),
        Change::FullPoints => words.t("correction-to-full"),
        Change::Void => words.t("correction-to-void"),
        Change::Mark { position, points, .. } => {
            words.with("correction-to-mark", &[("position", count(*position)), ("points", points.to_string().into())])
        }
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
