//! Lists of keys: `1-5 BACDA`, `1.B 2.C`.

use super::marks::{cut_while, is_digit};
use crate::formats::exchange::sheet::key;
use crate::rules::text::fold;

/// The keys of a line that holds nothing else, by the numbers of their questions.
pub(super) fn pairs(line: &str) -> Option<Vec<(usize, String)>> {
    let is_between = |c: char| c.is_whitespace() || "，,；;、。|".contains(c);
    let mut pairs = Vec::new();
    let mut rest = line.trim_start_matches(is_between);
    while !rest.is_empty() {
        let (first, behind) = number(rest)?;
        let dashed = behind.trim_start().trim_start_matches(['-', '－', '–', '—', '~', '～', '至', '到', '―']);
        let (last, behind) =
            if dashed.len() < behind.trim_start().len() { number(dashed.trim_start())? } else { (first, behind) };
        let behind = behind.trim_start().trim_start_matches(['题', '.', '．', '、', ':', '：', ')', '）']);
        let (keys, behind) = cut_while(behind, |c| !is_digit(c));
        let count = last.checked_sub(first)?.checked_add(1).filter(|count| *count <= 1000)?;
        pairs.extend((first..).zip(cut(keys, count)?));
        rest = behind;
    }
    (!pairs.is_empty()).then_some(pairs)
}

fn number(text: &str) -> Option<(usize, &str)> {
    let (digits, rest) = cut_while(text, is_digit);
    (digits.chars().count() < 5).then(|| fold(digits).parse().ok()).flatten().map(|number| (number, rest))
}

/// As many keys as there are questions: groups, or one character each.
fn cut(keys: &str, count: usize) -> Option<Vec<String>> {
    let is_between = |c: char| c.is_whitespace() || "，,；;、。|（）()".contains(c);
    let groups: Vec<String> = keys.split(is_between).filter(|key| !key.is_empty()).map(str::to_owned).collect();
    if count == 1 {
        return is_key(&groups.concat()).then(|| vec![groups.concat()]);
    }
    let letters: Vec<String> = groups.concat().chars().map(String::from).collect();
    let keys = if groups.len() == count { groups } else { letters };
    (keys.len() == count && keys.iter().all(|key| is_key(key))).then_some(keys)
}

/// Whether a text can be nothing but a key.
pub(super) fn is_key(text: &str) -> bool {
    let folded = fold(text);
    let is_letters = !folded.is_empty() && folded.len() <= 10 && folded.bytes().all(|byte| byte.is_ascii_lowercase());
    is_letters || key::verdict(text, false).is_some()
}
