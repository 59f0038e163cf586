//! Texts in one or two languages, names, and how two spellings are told to be the same.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// A language of the interface and of bank texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Chinese (simplified).
    Zh,
    /// English.
    En,
}

impl Language {
    /// Every language, in the order in which pages offer them.
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// The code used in files, cookies and the `lang` attribute.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// The language of a code such as `zh`, `zh-CN` or `en`.
    pub fn from_code(code: &str) -> Option<Self> {
        let primary = code.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.code()))
    }
}

/// A text for readers: the same for all, or one per language.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Text {
    /// One text for readers of every language.
    Same(String),
    /// A text per language; at least one is there.
    Each(EachLanguage),
}

/// The two versions of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EachLanguage {
    /// Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zh: Option<String>,
    /// English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

impl Text {
    /// The text in `language`, or in the other one where it is missing.
    pub fn in_language(&self, language: Language) -> &str {
        match self {
            Self::Same(text) => text,
            Self::Each(EachLanguage { zh, en }) => {
                let (first, second) = match language {
                    Language::Zh => (zh, en),
                    Language::En => (en, zh),
                };
                first.as_deref().or(second.as_deref()).unwrap_or_default()
            }
        }
    }

    /// Every version that is there.
    pub fn versions(&self) -> impl Iterator<Item = &str> {
        let (one, two) = match self {
            Self::Same(text) => (Some(text), None),
            Self::Each(EachLanguage { zh, en }) => (zh.as_ref(), en.as_ref()),
        };
        one.into_iter().chain(two).map(String::as_str)
    }

    /// The same, to be changed.
    pub fn versions_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let (one, two) = match self {
            Self::Same(text) => (Some(text), None),
            Self::Each(EachLanguage { zh, en }) => (zh.as_mut(), en.as_mut()),
        };
        one.into_iter().chain(two)
    }

    /// True where no version holds anything but white space.
    pub fn is_blank(&self) -> bool {
        self.versions().all(|text| text.trim().is_empty())
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::Same(String::new())
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::Same(text.to_owned())
    }
}

/// Most characters of a bank, test, question or topic name.
pub const NAME_CHARACTERS: usize = 64;

/// Whether `name` may name a bank, a test, a question or a topic: `[A-Za-z0-9._-]{1,64}`.
pub fn is_name(name: &str) -> bool {
    (1..=NAME_CHARACTERS).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

/// Most characters of a branch code or a login.
pub const CODE_CHARACTERS: usize = 100;

/// A branch code or login as it is kept: trimmed and NFC; `None` where it is empty, too long or holds a control character.
pub fn tidy_code(code: &str) -> Option<String> {
    let tidy: String = code.trim().nfc().collect();
    let fits = !tidy.is_empty() && tidy.chars().count() <= CODE_CHARACTERS && !tidy.chars().any(char::is_control);
    fits.then_some(tidy)
}

/// The form in which codes, logins and names are compared: trimmed, NFKC, lower case.
pub fn fold(text: &str) -> String {
    text.trim().nfkc().flat_map(char::to_lowercase).collect()
}

/// A person's or branch's name as it is kept: trimmed, without spaces between Chinese characters.
pub fn tidy_name(name: &str) -> String {
    let characters: Vec<char> = name.trim().nfc().filter(|c| !c.is_control()).collect();
    let mut tidy = String::with_capacity(name.len());
    for (index, &character) in characters.iter().enumerate() {
        if character.is_whitespace() {
            let before = tidy.chars().next_back();
            let after = characters.iter().skip(index).find(|c| !c.is_whitespace());
            let between_han = before.is_some_and(is_han) && after.copied().is_some_and(is_han);
            if between_han || before.is_none_or(char::is_whitespace) {
                continue;
            }
            tidy.push(' ');
        } else {
            tidy.push(character);
        }
    }
    tidy
}

/// A title of one line: NFC, each run of spaces and line ends one space, without characters that are invisible or turn
/// the direction of what follows, so that it reads as it is written.
pub fn plain_title(text: &str) -> String {
    let is_hidden = |c: &char| {
        let turns =
            matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        turns || c.is_control() && !c.is_whitespace()
    };
    let shown: String = text.nfc().filter(|c| !is_hidden(c)).collect();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A title as part of a file's name that every system takes, of at most so many characters.
pub fn file_stem(title: &str, most: usize) -> String {
    let is_plain = |c: char| !c.is_control() && !r#"\/:*?"<>|"#.contains(c);
    let plain = title.chars().map(|c| if is_plain(c) { c } else { ' ' });
    let stem: String = plain.collect::<String>().trim().chars().take(most).collect();
    stem.trim_end_matches([' ', '.']).to_owned()
}

/// Whether a character is a Chinese one.
pub const fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}' | '〇')
}

/// Bytes in lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |half: u8| DIGITS.get(usize::from(half)).copied().unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The bytes of hex digits; `None` where they are none.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

/// The known word nearest to `word`, where one is near enough to be what was meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (edit_distance(&fold(word), candidate), candidate))
        .filter(|(distance, candidate)| is_near(*distance, word, candidate))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Of a short word half another one is left after one change: only longer ones are near at all.
fn is_near(distance: usize, one: &str, two: &str) -> bool {
    distance <= one.chars().count().min(two.chars().count()) / 3
}

/// Levenshtein distance over characters, two neighbours exchanged counting once.
pub fn edit_distance(one: &str, two: &str) -> usize {
    let two: Vec<char> = two.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=two.len()).collect();
    let mut last = None;
    for (i, a) in one.chars().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(i + 1);
        for (j, &b) in two.iter().enumerate() {
            let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX - 1);
            let mut cost = (at(&row, j) + usize::from(a != b)).min(at(&row, j + 1) + 1).min(at(&next, j) + 1);
            let other = j.checked_sub(1).and_then(|left| Some((left, *two.get(left)?)));
            if let (Some((left, other)), true) = (other, last == Some(b))
                && other == a
            {
                cost = cost.min(at(&before, left) + 1);
            }
            next.push(cost);
        }
        before = std::mem::replace(&mut row, next);
        last = Some(a);
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{fold, is_name, nearest, tidy_code, tidy_name};

    #[test]
    fn names_and_codes() {
        assert!(is_name("2026-annual") && !is_name("") && !is_name("党章") && !is_name(&"a".repeat(65)));
        assert_eq!(tidy_code("  A 1 "), Some("A 1".to_owned()));
        assert_eq!(tidy_code("a\u{0}b"), None);
        assert_eq!(fold("Ｚhang"), "zhang");
        assert_eq!(tidy_name(" 王　 明 "), "王明");
        assert_eq!(tidy_name("Wang  Ming"), "Wang Ming");
    }

    #[test]
    fn nearest_word_is_offered_only_when_near() {
        assert_eq!(nearest("explaination", ["explanation", "excludes"]), Some("explanation"));
        assert_eq!(nearest("colour", ["explanation", "excludes"]), None);
        assert_eq!(nearest("Z9", ["A1", "B9"]), None);
        assert_eq!(nearest("X", ["A"]), None);
        assert_eq!(nearest("tset", ["test", "title"]), Some("test"));
        assert_eq!(nearest("三支部", ["一支部", "机关党委"]), Some("一支部"));
    }
}
