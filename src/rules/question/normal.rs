//! The form in which a text filled into a gap is compared with an accepted one.
//!
//! Width, case, curly and CJK punctuation and spaces between Chinese characters don't matter. A sign, a decimal point
//! or a superscript always does: 3.5 is not 35, and 10² is not 102.

use crate::rules::text::is_han;
use unicode_normalization::UnicodeNormalization;

/// The comparable form of a text.
pub fn normalise(text: &str) -> String {
    let mapped: Vec<char> = text
        .chars()
        .flat_map(keep_superscript)
        .nfkc()
        .filter(|character| !is_invisible(*character))
        .map(plain_punctuation)
        .flat_map(char::to_lowercase)
        .collect();
    without_idle_spaces(&mapped)
}

/// NFKC would turn 10² into 102, so a superscript is written `^2` first.
fn keep_superscript(character: char) -> impl Iterator<Item = char> {
    let plain = match character {
        '⁰' => Some('0'),
        '¹' => Some('1'),
        '²' => Some('2'),
        '³' => Some('3'),
        '⁴'..='⁹' => char::from_digit(u32::from(character) - 0x2070, 10),
        '⁺' => Some('+'),
        '⁻' => Some('-'),
        'ⁿ' => Some('n'),
        _ => None,
    };
    plain.map(|_| '^').into_iter().chain([plain.unwrap_or(character)])
}

const fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

const fn plain_punctuation(character: char) -> char {
    match character {
        '“' | '”' | '「' | '」' | '『' | '』' | '〝' | '〞' | '«' | '»' => '"',
        '‘' | '’' | '`' | '´' => '\'',
        '。' => '.',
        '、' => ',',
        '【' | '〔' => '[',
        '】' | '〕' => ']',
        '《' | '〈' => '<',
        '》' | '〉' => '>',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '－' => '-',
        '～' | '〜' => '~',
        '•' | '・' | '∙' => '·',
        '⁄' => '/',
        other => other,
    }
}

/// Spaces are dropped at the ends and beside a Chinese character or punctuation, and joined elsewhere.
fn without_idle_spaces(characters: &[char]) -> String {
    let mut out = String::with_capacity(characters.len() * 3);
    let mut gap = false;
    for &character in characters {
        if character.is_whitespace() {
            gap = true;
            continue;
        }
        if gap {
            let before = out.chars().next_back();
            if before.is_some_and(|b| is_word(b) && is_word(character)) {
                out.push(' ');
            }
            gap = false;
        }
        out.push(character);
    }
    out
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() && !is_han(character)
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn width_case_spaces_and_punctuation_do_not_matter() {
        for (one, two) in [
            ("ＡＢＣ", "abc"),
            (" 民主 集中　制 ", "民主集中制"),
            ("“两个维护”", "\"两个维护\""),
            ("三会一课。", "三会一课."),
            ("democratic  centralism", "Democratic Centralism"),
            ("一、二", "一，二"),
            ("①", "1"),
        ] {
            assert_eq!(normalise(one), normalise(two), "{one} and {two}");
        }
    }

    #[test]
    fn signs_points_and_superscripts_do() {
        for (one, two) in [("3.5", "35"), ("10²", "102"), ("-3", "3"), ("1 2", "12"), ("二氧化硫", "2氧化硫")] {
            assert_ne!(normalise(one), normalise(two), "{one} and {two}");
        }
    }
}
