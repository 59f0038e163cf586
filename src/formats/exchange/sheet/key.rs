//! Keys as sheets spell them.

use crate::rules::text::fold;

/// An option: its letter and its text.
pub(in crate::formats::exchange) type Lettered = (String, String);

/// What a key names among the options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::formats::exchange) enum Named {
    /// These letters.
    Letters(Vec<String>),
    /// Letters or texts: they differ.
    Either,
    /// Nothing known.
    Unknown,
}

const TRUE: &str = "对 √ ✓ ✔ 正确 是 t true y yes right correct";
const FALSE: &str = "错 × ✗ ✘ x 错误 否 f false n no wrong incorrect 不正确 不对";
const SEPARATORS: [char; 8] = ['\n', '|', ';', '；', '&', '、', ',', '，'];

/// Whether a word says right or wrong; numbers only where `numbers` says that 1 is right and 0 wrong.
pub(in crate::formats::exchange) fn verdict(word: &str, numbers: bool) -> Option<bool> {
    let word = fold(word);
    let says = |words: &str| words.split(' ').any(|one| one == word);
    match word.as_str() {
        "1" if numbers => Some(true),
        "0" if numbers => Some(false),
        _ if says(TRUE) => Some(true),
        _ => says(FALSE).then_some(false),
    }
}

/// The options that a key names by letters (`ABD`, `A,B,D`, `Ｄ`) or by their texts.
pub(in crate::formats::exchange) fn named(key: &str, options: &[Lettered]) -> Named {
    match (letters(key, options), texts(key, options)) {
        (Some(one), Some(other)) if one != other => Named::Either,
        (Some(letters), _) | (None, Some(letters)) => Named::Letters(letters),
        (None, None) => Named::Unknown,
    }
}

fn letters(key: &str, options: &[Lettered]) -> Option<Vec<String>> {
    let folded = fold(key).to_uppercase();
    let is_between = |c: char| c.is_whitespace() || SEPARATORS.contains(&c) || matches!(c, '.' | '/' | '。' | '和');
    let letters: Vec<String> = folded.chars().filter(|c| !is_between(*c)).map(String::from).collect();
    let known = |letter: &String| options.iter().any(|(label, _)| label == letter);
    (!letters.is_empty() && letters.iter().all(known)).then_some(letters)
}

fn texts(key: &str, options: &[Lettered]) -> Option<Vec<String>> {
    let label = |text: &str| {
        let text = fold(text);
        let mut alike = options.iter().filter(|(_, option)| fold(option) == text);
        alike.next().filter(|_| alike.next().is_none()).map(|(label, _)| label.clone())
    };
    label(key).map(|label| vec![label]).or_else(|| {
        SEPARATORS.iter().find_map(|separator| {
            let parts: Option<Vec<String>> = key.split(*separator).map(label).collect();
            parts.filter(|parts| parts.len() > 1)
        })
    })
}

/// The texts of `count` gaps, where one separator cuts the key into so many.
pub(in crate::formats::exchange) fn gaps(key: &str, count: usize) -> Option<Vec<String>> {
    if count == 1 {
        return Some(vec![key.to_owned()]);
    }
    let cut = |parts: Vec<&str>| {
        let parts: Vec<String> = parts.into_iter().map(|part| part.trim().to_owned()).collect();
        (parts.len() == count && parts.iter().all(|part| !part.is_empty())).then_some(parts)
    };
    cut(key.split("$;$").collect())
        .or_else(|| SEPARATORS.iter().find_map(|separator| cut(key.split(*separator).collect())))
        .or_else(|| cut(key.split_whitespace().collect()))
}
