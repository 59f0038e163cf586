//! Options in one cell.

/// What separates options that bear no letters, the surest first.
const SEPARATORS: [&str; 9] = ["$;$", "\n", "|", "｜", "；", ";", "、", "，", ","];

/// The letters of options, in order.
pub(in crate::formats::exchange) fn letters() -> std::ops::RangeInclusive<char> {
    'A'..='Z'
}

/// The options of a cell, in order; `None` where it doesn't fall into several.
pub(in crate::formats::exchange) fn split(cell: &str) -> Option<Vec<String>> {
    lettered(cell).or_else(|| quoted(cell)).or_else(|| separated(cell))
}

/// A stem and the options that stand in it, behind what is asked.
pub(super) fn inside(stem: &str) -> Option<(String, Vec<String>)> {
    let (asked, _) = cut_at_letter(stem, 'A')?;
    let options = lettered(stem.get(asked.len()..)?)?;
    Some((asked.trim().to_owned(), options)).filter(|(asked, _)| !asked.is_empty())
}

/// `A.… B.… C.…`, in order from A on, whatever stands between them.
fn lettered(cell: &str) -> Option<Vec<String>> {
    let mut rest = cell.trim_start();
    let mut options = Vec::new();
    for letter in letters() {
        let Some((before, behind)) = cut_at_letter(rest, letter) else { break };
        match options.last_mut() {
            None if !before.is_empty() => return None,
            None => {}
            Some(last) => *last = tidy(before),
        }
        options.push(String::new());
        rest = behind;
    }
    *options.last_mut()? = tidy(rest);
    (options.len() > 1).then_some(options)
}

/// What stands before and behind `A.`, where that stands at the beginning or behind a space or separator.
fn cut_at_letter(text: &str, letter: char) -> Option<(&str, &str)> {
    let mut before: Option<char> = None;
    for (at, character) in text.char_indices() {
        let is_free = before.is_none_or(|c| c.is_whitespace() || ";；|$,，。?？)）".contains(c));
        if is_free && wide(character) == letter {
            let behind = text.get(at + character.len_utf8()..)?.trim_start_matches([' ', '\u{3000}']);
            let marked = behind.strip_prefix(['.', '．', '、', ':', '：', ')', '）', '】']);
            if let Some(marked) = marked {
                return Some((text.get(..at)?, marked));
            }
        }
        before = Some(character);
    }
    None
}

/// A letter without its width and case.
pub(in crate::formats::exchange) fn wide(character: char) -> char {
    let narrow = u32::from(character).checked_sub(0xFEE0).and_then(char::from_u32);
    narrow.filter(char::is_ascii_alphabetic).unwrap_or(character).to_ascii_uppercase()
}

/// A list as Python and JSON print it: `['…', "…"]`.
fn quoted(cell: &str) -> Option<Vec<String>> {
    let inner = cell.trim().strip_prefix('[')?.strip_suffix(']')?;
    let mut options = Vec::new();
    let mut rest = inner.trim();
    while !rest.is_empty() {
        let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let (option, behind) = rest.get(1..)?.split_once(quote)?;
        options.push(tidy(option));
        let behind = behind.trim_start();
        rest = if behind.is_empty() { behind } else { behind.strip_prefix(',')?.trim_start() };
    }
    (options.len() > 1).then_some(options)
}

/// The pieces between the first separator that stands in the cell.
fn separated(cell: &str) -> Option<Vec<String>> {
    let separator = SEPARATORS.iter().find(|separator| cell.contains(**separator))?;
    let options: Vec<String> = cell.split(separator).map(tidy).filter(|option| !option.is_empty()).collect();
    (options.len() > 1).then_some(options)
}

fn tidy(option: &str) -> String {
    option.trim().trim_end_matches(['|', '$', ';', '；']).trim().to_owned()
}

/// The option of a column without the letter that its heading says already: `A.`, `A、`.
pub(in crate::formats::exchange) fn without_letter(text: &str, letter: char) -> &str {
    cut_at_letter(text, letter).filter(|(before, _)| before.is_empty()).map_or(text, |(_, rest)| rest.trim())
}
