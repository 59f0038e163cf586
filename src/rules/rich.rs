//! What a text holds besides words: pictures `![what it shows](name)`, tables of lines between `|`, and formulas as
//! MathML. Everything else stands as it is written.

use std::borrow::Cow;

/// A part of a text that stands by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block<'t> {
    /// Lines with what stands in them.
    Lines(&'t str),
    /// A table.
    Table(Table<'t>),
}

/// A table; what stands in a cell is a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table<'t> {
    /// The cells of the first row.
    pub heading: Vec<&'t str>,
    /// The cells of the others.
    pub rows: Vec<Vec<&'t str>>,
}

/// What stands in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inline<'t> {
    /// Words.
    Words(&'t str),
    /// A picture.
    Picture(Picture<'t>),
    /// A formula: from `<math` to `</math>`.
    Formula(&'t str),
}

/// A picture in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picture<'t> {
    /// What it shows, for those who don't see it.
    pub alt: &'t str,
    /// The name of its file.
    pub name: &'t str,
}

/// Whether there is nothing but words in a text.
pub fn is_plain(text: &str) -> bool {
    !text.contains("](") && !text.contains("</math>") && !text.contains('|')
}

/// The parts of a text.
pub fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let (mut from, mut at) = (0, 0);
    while at < text.len() {
        if let Some((table, end)) = text.get(at..).and_then(table) {
            push_lines(&mut blocks, text.get(from..at).unwrap_or_default());
            blocks.push(Block::Table(table));
            at += end;
            from = at;
        } else {
            at += text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len() - at, |end| end + 1);
        }
    }
    push_lines(&mut blocks, text.get(from..).unwrap_or_default());
    blocks
}

fn push_lines<'t>(blocks: &mut Vec<Block<'t>>, lines: &'t str) {
    let lines = lines.trim_matches('\n');
    if !lines.is_empty() {
        blocks.push(Block::Lines(lines));
    }
}

/// The table that a text begins with, and where it ends: a heading, a line of dashes, and more lines between `|`.
fn table(text: &str) -> Option<(Table<'_>, usize)> {
    let mut lines = text.split_inclusive('\n');
    let (first, second) = (lines.next()?, lines.next()?);
    let heading = cells(first)?;
    let is_rule = |cell: &&str| cell.contains('-') && cell.chars().all(|c| matches!(c, '-' | ':' | ' '));
    if cells(second)?.iter().filter(|cell| is_rule(cell)).count() != heading.len() {
        return None;
    }
    let mut end = first.len() + second.len();
    let mut rows = Vec::new();
    for line in lines {
        let Some(row) = cells(line) else { break };
        end += line.len();
        rows.push(row);
    }
    Some((Table { heading, rows }, end))
}

fn cells(line: &str) -> Option<Vec<&str>> {
    let inner = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    Some(inner.split('|').map(str::trim).collect())
}

/// What stands in lines.
pub fn inline(text: &str) -> Vec<Inline<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, one, after)) = next(rest) {
        if !before.is_empty() {
            found.push(Inline::Words(before));
        }
        found.push(one);
        rest = after;
    }
    if !rest.is_empty() {
        found.push(Inline::Words(rest));
    }
    found
}

/// The first thing in a text that isn't words, with what stands before and behind it.
fn next(text: &str) -> Option<(&str, Inline<'_>, &str)> {
    let picture = text.match_indices("![").find_map(|(at, _)| Some((at, picture(text.get(at..)?)?)));
    let formula = text.match_indices("<math").find_map(|(at, _)| Some((at, formula(text.get(at..)?)?)));
    let (at, (one, length)) = match (picture, formula) {
        (Some(picture), Some(formula)) => {
            if picture.0 < formula.0 {
                picture
            } else {
                formula
            }
        }
        (picture, formula) => picture.or(formula)?,
    };
    Some((text.get(..at)?, one, text.get(at + length..)?))
}

fn picture(text: &str) -> Option<(Inline<'_>, usize)> {
    let (alt, rest) = text.strip_prefix("![")?.split_once("](")?;
    let (name, _) = rest.split_once(')')?;
    let is_name = is_file_of_picture(name) && !alt.contains(['\n', '[', ']']);
    is_name.then(|| (Inline::Picture(Picture { alt, name }), "![](".len() + alt.len() + name.len() + 1))
}

/// Whether a name is that of a picture, of our kinds or not; other brackets are words.
fn is_file_of_picture(name: &str) -> bool {
    const ALSO: [&str; 6] = ["jpeg", "bmp", "svg", "tif", "tiff", "heic"];
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    !name.contains(['\n', '(', '!']) && (ENDINGS.contains(&&*ending) || ALSO.contains(&&*ending))
}

fn formula(text: &str) -> Option<(Inline<'_>, usize)> {
    let behind = text.strip_prefix("<math")?;
    behind.starts_with(|c: char| c == '>' || c.is_whitespace()).then_some(())?;
    let end = text.find("</math>")? + "</math>".len();
    Some((Inline::Formula(text.get(..end)?), end))
}

/// A text in words alone: pictures by what they show, formulas by their letters.
pub fn plain(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let said = |one: &Inline<'_>| match one {
        Inline::Words(words) => (*words).to_owned(),
        Inline::Picture(Picture { alt, .. }) => format!("[{alt}]"),
        Inline::Formula(formula) => letters(formula),
    };
    Cow::Owned(inline(text).iter().map(said).collect())
}

/// What stands between the tags of a formula.
pub fn letters(formula: &str) -> String {
    let parts = formula.split('<').filter_map(|part| part.split_once('>')).map(|(_, words)| words.trim());
    parts.filter(|words| !words.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The name under which a picture is kept: what it shows, in 32 digits of a digest, its size and its kind. Nothing follows
/// from it but that.
pub fn is_kept_name(name: &str) -> bool {
    size(name).is_some()
}

/// Width and height of a picture by the name under which it is kept.
pub fn size(name: &str) -> Option<(u32, u32)> {
    let (digest, rest) = name.split_once('-')?;
    let (size, ending) = rest.split_once('.')?;
    let (width, height) = size.split_once('x')?;
    let is_digest = digest.len() == 32 && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let number = |text: &str| text.parse::<u32>().ok().filter(|number| *number > 0 && number.to_string() == text);
    (is_digest && ENDINGS.contains(&ending)).then_some(())?;
    Some((number(width)?, number(height)?))
}

/// The endings of pictures, by their kinds.
pub const ENDINGS: [&str; 4] = ["png", "jpg", "gif", "webp"];

#[cfg(test)]
mod tests {
    use super::{Block, Inline, Picture, blocks, inline, plain, size};
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    #[test]
    fn pictures_and_formulas_stand_between_words() {
        let text = "见![党徽](a.png)，求<math><mi>x</mi><mo>=</mo><mn>2</mn></math>。";
        let formula = "<math><mi>x</mi><mo>=</mo><mn>2</mn></math>";
        let picture = Inline::Picture(Picture { alt: "党徽", name: "a.png" });
        assert_eq!(
            inline(text),
            [Inline::Words("见"), picture, Inline::Words("，求"), Inline::Formula(formula), Inline::Words("。")]
        );
        assert_eq!(plain(text), "见[党徽]，求x = 2。");
        for words in ["![x]", "![x](", "![x]()", "![x](y)", "a <mathx></math>", "<math>", "!(x)[y]"] {
            assert_eq!(inline(words), [Inline::Words(words)], "{words}");
        }
    }

    #[test]
    fn tables_stand_between_lines() {
        let text = "如下：\n| 年 | 人数 |\n|---|:-:|\n| 2024 | 12 |\n| 2025 | |\n合计多少？";
        let all = blocks(text);
        let [Block::Lines("如下："), Block::Table(table), Block::Lines("合计多少？")] = all.as_slice() else {
            panic!("{all:?}")
        };
        assert_eq!(table.heading, ["年", "人数"]);
        assert_eq!(table.rows, [["2024", "12"], ["2025", ""]]);
        for lines in ["| a | b |", "| a |\n| b |", "a|b\n-|-", "| a | b |\n|---|\n| c |"] {
            assert_eq!(blocks(lines), [Block::Lines(lines)], "{lines}");
        }
    }

    #[test]
    fn a_kept_name_says_its_size() {
        let digest = "0123456789abcdef0123456789abcdef";
        assert_eq!(size(&format!("{digest}-640x480.png")), Some((640, 480)));
        for name in [
            "a-1x1.png",
            "0123456789ABCDEF0123456789abcdef-1x1.png",
            &format!("{digest}-01x1.png"),
            &format!("{digest}-1x1.svg"),
        ] {
            assert_eq!(size(name), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "[a!\\[\\]()<>math/|\n-]{0,40}") {
            let whole: String = inline(&text).iter().map(|one| match one {
                Inline::Words(words) => (*words).to_owned(),
                Inline::Picture(Picture { alt, name }) => format!("![{alt}]({name})"),
                Inline::Formula(formula) => (*formula).to_owned(),
            }).collect();
            prop_assert_eq!(whole, text.clone());
            prop_assert!(blocks(&text).iter().all(|block| !matches!(block, Block::Lines(""))));
        }
    }
}
