//! Brackets and lines in stems: where something is to be filled in, or where the answer was written.

/// A part of a stem that asks for something: where it stands and what stands inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::formats::exchange) struct Gap<'s> {
    pub(in crate::formats::exchange) from: usize,
    pub(in crate::formats::exchange) to: usize,
    pub(in crate::formats::exchange) inner: &'s str,
}

const BRACKETS: [(char, char); 5] = [('（', '）'), ('(', ')'), ('【', '】'), ('[', ']'), ('〔', '〕')];

/// The brackets of a stem, whatever stands inside, mixed widths included, and lines of two or more `_`.
pub(in crate::formats::exchange) fn all(stem: &str) -> Vec<Gap<'_>> {
    let mut gaps = Vec::new();
    let mut opened: Option<(usize, usize)> = None;
    let mut line: Option<(usize, usize)> = None;
    for (at, character) in stem.char_indices() {
        let end = at + character.len_utf8();
        if is_line(character) && opened.is_none() {
            line = Some((line.map_or(at, |(from, _)| from), line.map_or(1, |(_, count)| count + 1)));
            continue;
        }
        push_line(&mut gaps, stem, line.take(), at);
        if BRACKETS.iter().any(|(open, _)| *open == character) {
            opened = Some((at, end));
        } else if BRACKETS.iter().any(|(_, close)| *close == character)
            && let Some((from, inside)) = opened.take()
        {
            gaps.push(Gap { from, to: end, inner: stem.get(inside..at).unwrap_or_default() });
        }
    }
    push_line(&mut gaps, stem, line, stem.len());
    gaps
}

fn push_line<'s>(gaps: &mut Vec<Gap<'s>>, stem: &'s str, line: Option<(usize, usize)>, to: usize) {
    if let Some((from, count)) = line
        && count > 1
    {
        gaps.push(Gap { from, to, inner: stem.get(from..from).unwrap_or_default() });
    }
}

fn is_line(character: char) -> bool {
    matches!(character, '_' | '＿')
}

/// The brackets and lines with nothing inside.
pub(in crate::formats::exchange) fn empty(stem: &str) -> Vec<Gap<'_>> {
    let mut gaps = all(stem);
    gaps.retain(|gap| gap.inner.chars().all(|c| c.is_whitespace() || is_line(c) || matches!(c, '\u{200b}' | '…')));
    gaps
}

/// A stem with other words in place of some of its gaps.
pub(in crate::formats::exchange) fn replace(
    stem: &str,
    gaps: &[Gap<'_>],
    mut with: impl FnMut(usize) -> String,
) -> String {
    let mut text = String::with_capacity(stem.len());
    let mut from = 0;
    for (index, gap) in gaps.iter().enumerate() {
        text.push_str(stem.get(from..gap.from).unwrap_or_default());
        text.push_str(&with(index));
        from = gap.to;
    }
    text.push_str(stem.get(from..).unwrap_or_default());
    text
}
