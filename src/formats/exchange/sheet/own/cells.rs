//! Lists in cells: a line for each, `|` between texts that stand for the same; `\` takes their meaning from both.

use crate::formats::sheet::neutral;
use std::borrow::Cow;

/// A cell that no spreadsheet takes for a formula, in a way that can be undone.
pub(super) fn guarded(cell: &str) -> Cow<'_, str> {
    if cell.starts_with('\'') { Cow::Owned(format!("'{cell}")) } else { neutral(cell) }
}

/// What was guarded.
pub(super) fn bare(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| guarded(rest) == cell).unwrap_or(cell)
}

/// A text as an item of a list.
pub(super) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace('\n', "\\n").replace('\r', "\\r")
}

/// The texts between `|`.
pub(super) fn items(line: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        let written = match character {
            '|' => {
                items.push(String::new());
                continue;
            }
            '\\' => match characters.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some(other) => other,
                None => '\\',
            },
            other => other,
        };
        if let Some(item) = items.last_mut() {
            item.push(written);
        }
    }
    items
}

/// Texts with `|` between them.
pub(super) fn joined(texts: &[String]) -> String {
    texts.iter().map(|text| escaped(text)).collect::<Vec<_>>().join("|")
}

/// The lines of a cell.
pub(super) fn lines(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('\n').map(|line| line.trim_end_matches('\r'))
}

/// A number that a line begins with, and what stands behind it and one of `marks`.
pub(super) fn numbered<'l>(line: &'l str, marks: &[char]) -> Option<(u32, &'l str)> {
    let end = line.find(|c: char| !c.is_ascii_digit()).unwrap_or(line.len());
    let (number, rest) = line.split_at(end);
    let rest = if rest.is_empty() { rest } else { rest.strip_prefix(marks)? };
    Some((number.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::{bare, guarded, items, joined, lines, numbered};
    use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

    #[test]
    fn lists_come_apart_as_people_write_them() {
        assert_eq!(items("北京|北京市"), ["北京", "北京市"]);
        assert_eq!(items("a\\|b\\"), ["a|b\\"]);
        assert_eq!(lines("一\r\n二").collect::<Vec<_>>(), ["一", "二"]);
        assert_eq!(numbered("40% 要点", &['%']), Some((40, " 要点")));
        assert_eq!(numbered("40", &['%']), Some((40, "")));
        assert_eq!(numbered("要点", &['%']), None);
    }

    proptest! {
        #[test]
        fn what_is_put_together_comes_apart(texts in prop::collection::vec("[|\\\\\n\r甲a']{0,6}", 1..4)) {
            prop_assert_eq!(items(&joined(&texts)), texts);
        }

        #[test]
        fn guarded_cells_are_undone_and_run_nowhere(cell in "[-+=@'＝0-9.a]{0,5}") {
            let guarded = guarded(&cell);
            prop_assert_eq!(bare(&guarded), &cell);
            prop_assert!(!guarded.starts_with(['=', '@', '＝']));
        }
    }
}
