//! The marks by which lists tell questions, kinds, options and answers apart.

use crate::formats::exchange::sheet::Field;
use crate::formats::exchange::sheet::kinds;
use crate::formats::exchange::sheet::options::wide;
use crate::rules::text::fold;

/// How questions are numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    /// `1.`
    Plain,
    /// `（1）`
    Bracketed,
    /// `（一）`
    Chinese,
}

/// A number, and what stands behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numbered<'t> {
    pub(super) scheme: Scheme,
    pub(super) number: usize,
    pub(super) rest: &'t str,
    /// `1.5` may be a number of another sort.
    pub(super) is_doubtful: bool,
}

const CHINESE: &str = "一二三四五六七八九十百零〇";

/// A text cut behind its first characters of a sort.
pub(super) fn cut_while(text: &str, is_one: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !is_one(c)).unwrap_or(text.len());
    text.split_at(end)
}

pub(super) fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || ('０'..='９').contains(&c)
}

fn number(digits: &str) -> Option<usize> {
    (!digits.is_empty() && digits.chars().count() <= 5).then(|| fold(digits).parse().ok()).flatten()
}

/// A Chinese number up to 99.
fn chinese(text: &str) -> Option<usize> {
    let digit = |text: &str| {
        if text.is_empty() { None } else { CHINESE.chars().position(|c| text == c.to_string()).map(|at| at + 1) }
    };
    match text.split_once('十') {
        Some((tens, ones)) => Some(digit(tens).unwrap_or(1) * 10 + digit(ones).unwrap_or(0)),
        None => digit(text).filter(|digit| *digit < 10),
    }
}

/// The number that a line begins with.
pub(super) fn numbered(text: &str) -> Option<Numbered<'_>> {
    if let Some(inner) = text.strip_prefix(['（', '(']) {
        let (inner, rest) = inner.split_once(['）', ')'])?;
        let inner = inner.trim();
        let (scheme, number) = match number(inner).filter(|_| inner.chars().all(is_digit)) {
            Some(number) => (Scheme::Bracketed, number),
            None => (Scheme::Chinese, chinese(inner)?),
        };
        return Some(Numbered {
            scheme,
            number,
            rest: rest.trim_start_matches(['、', '.']).trim(),
            is_doubtful: false,
        });
    }
    let plain = text.strip_prefix('第').unwrap_or(text);
    let (digits, behind) = cut_while(plain.trim_start(), is_digit);
    let behind = if text.starts_with('第') { behind.trim_start().strip_prefix('题')? } else { behind.trim_start() };
    let marked = behind.strip_prefix(['.', '．', '、', ')', '）', ',', '，', ':', '：', '。']);
    let rest = if text.starts_with('第') { marked.unwrap_or(behind) } else { marked? };
    let is_doubtful = rest.starts_with(is_digit) && !behind.starts_with('、');
    Some(Numbered { scheme: Scheme::Plain, number: number(digits)?, rest: rest.trim(), is_doubtful })
}

/// A text without `一、`, `（一）`, `第一部分`.
fn without_chapter(text: &str) -> Option<&str> {
    let is_chinese = |c: char| CHINESE.contains(c);
    if let Some(inner) = text.strip_prefix(['（', '(']) {
        let (number, rest) = cut_while(inner, is_chinese);
        return (!number.is_empty()).then_some(rest)?.strip_prefix(['）', ')']);
    }
    let (number, rest) = cut_while(text.strip_prefix('第').unwrap_or(text), |c| is_chinese(c) || is_digit(c));
    if text.starts_with('第') {
        let rest = ["部分", "大题", "章", "节", "篇", "编"].iter().find_map(|word| rest.strip_prefix(word));
        return rest.map(|rest| rest.trim_start_matches(['、', '.', '：', ':', ' ', '\u{3000}', '\t']));
    }
    let is_number = !number.is_empty() && number.chars().all(is_chinese);
    is_number.then_some(rest)?.strip_prefix(['、', '.', '．', '，', ' ', '：']).map(str::trim_start)
}

/// The word by which a heading names a kind, and what stands behind it.
pub(super) fn heading(text: &str) -> Option<(&str, &str)> {
    let (before, behind) = cut_while(text, |c| !matches!(c, ':' | '：'));
    if matches!(fold(before).as_str(), "题型" | "试题类型") {
        let word = behind.trim_start_matches([':', '：']).trim();
        return Some(cut_while(word, |c| !is_end_of_kind(c)));
    }
    let chapter = without_chapter(text);
    let (word, rest) = cut_while(chapter.unwrap_or(text), |c| !is_end_of_kind(c));
    let is_sure = chapter.is_some() || word.ends_with('题') || word == text;
    let is_kind =
        kinds::kind(word).is_some() || matches!(word, "选择题" | "选择") || word.ends_with('题') && chapter.is_some();
    (is_sure && is_kind && !word.is_ascii() && word.chars().count() <= 12).then_some((word, rest.trim()))
}

fn is_end_of_kind(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '（' | '(' | '：' | ':' | '，' | ',' | '。' | '.' | '共' | '[' | '【' | '、' | '；')
}

/// Whether a line is the heading of a chapter that names no kind.
pub(super) fn is_chapter(text: &str) -> bool {
    let is_short = text.chars().count() <= 40 && !text.ends_with(['。', '？', '?', '；', '）', ')']);
    is_short && text.starts_with('第') && without_chapter(text).is_some() && !text.contains(['，', '。'])
}

/// Whether a line announces the answers of all.
pub(super) fn is_title_of_answers(text: &str) -> bool {
    let plain: String = fold(text).chars().filter(|c| !c.is_whitespace() && !matches!(c, ':' | '【' | '】')).collect();
    let plain = plain.strip_prefix("附").unwrap_or(&plain).trim_start_matches(['件', ':']);
    let plain = without_chapter(plain).unwrap_or(plain);
    matches!(
        plain,
        "答案"
            | "参考答案"
            | "标准答案"
            | "正确答案"
            | "试题答案"
            | "答案及解析"
            | "参考答案及解析"
            | "答案与解析"
            | "答案解析"
            | "参考答案与解析"
            | "题库答案"
    )
}

/// A piece of a line: what a label announces, or without one.
pub(super) type Part<'t> = (Option<Field>, &'t str);

/// A line cut before each of its labels.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    let (mut from, mut field, mut skip) = (0, None, 0);
    let mut before: Option<char> = None;
    for (at, character) in text.char_indices() {
        let is_free = before.is_none_or(|c| c.is_whitespace() || "。；;）)（(】].？?".contains(c));
        if at >= skip
            && (is_free || character == '【')
            && let Some((found, length)) = text.get(at..).and_then(|text| label(text, at == 0))
            && (at == 0 || field.is_some() || character == '【' || matches!(found, Field::Answer | Field::Explanation))
        {
            parts.push((field, text.get(from..at).unwrap_or_default().trim()));
            (field, from, skip) = (Some(found), at + length, at + length);
        }
        before = Some(character);
    }
    parts.push((field, text.get(from..).unwrap_or_default().trim()));
    parts.retain(|(field, text)| field.is_some() || !text.is_empty());
    parts
}

/// Most characters of a word in brackets that may be a label.
const MOST_LABEL_CHARACTERS: usize = 40;

/// What stands before and behind the first of some marks, where that is one of the first characters: who looks at every
/// place of a long line must not look to its end each time.
fn cut_at_mark(text: &str, most: usize, is_mark: impl Fn(char) -> bool) -> Option<(&str, &str)> {
    let (at, mark) = text.char_indices().take(most + 1).find(|(_, c)| is_mark(*c))?;
    Some((text.get(..at)?, text.get(at + mark.len_utf8()..)?))
}

/// What a label at the beginning of a text announces, and its length.
fn label(text: &str, is_first: bool) -> Option<(Field, usize)> {
    if let Some(inner) = text.strip_prefix(['【', '[']) {
        let (word, rest) = cut_at_mark(inner, MOST_LABEL_CHARACTERS, |c| matches!(c, '】' | ']'))?;
        let rest = rest.trim_start_matches([':', '：']);
        return Some((announced(word)?, text.len() - rest.len()));
    }
    if let Some((word, rest)) = cut_at_mark(text, 8, |c| matches!(c, ':' | '：'))
        && let Some(field) = announced(word)
    {
        return Some((field, text.len() - rest.len()));
    }
    let words = ["正确答案", "参考答案", "标准答案", "答案"];
    let rest = words.iter().find_map(|word| text.strip_prefix(word)).filter(|_| is_first)?;
    let rest = rest.strip_prefix(['为', '是']).unwrap_or(rest);
    let is_key = fold(rest)
        .chars()
        .all(|c| c.is_ascii_uppercase() || c.is_ascii_lowercase() || c.is_whitespace() || "√×对错、,".contains(c));
    (is_key && !rest.trim().is_empty()).then_some((Field::Answer, text.len() - rest.len()))
}

fn announced(word: &str) -> Option<Field> {
    match fold(word).as_str() {
        "答题要点" | "参考要点" | "要点" | "答" | "解" | "答案要点" | "评分标准" => {
            Some(Field::Answer)
        }
        _ => Field::of_heading(word).filter(|field| {
            matches!(field, Field::Answer | Field::Explanation | Field::Difficulty | Field::Topic | Field::Cite)
        }),
    }
}

/// What stands before the options of a line, and they, from the letter `first` on.
pub(super) fn options(text: &str, first: char, is_line: bool) -> Option<(&str, Vec<String>)> {
    let (start, mut behind) = letter(text, first, is_line, false)?;
    let before = text.get(..start)?.trim();
    let mut options = Vec::new();
    for next in (first..='Z').skip(1) {
        let rest = text.get(behind..)?;
        let Some((at, end)) = letter(rest, next, is_line, false).or_else(|| letter(rest, next, false, true)) else {
            break;
        };
        options.push(rest.get(..at)?.trim().trim_end_matches(['；', ';']).to_owned());
        behind += end;
    }
    options.push(text.get(behind..)?.trim().trim_end_matches(['；', ';']).to_owned());
    let is_sound = before.is_empty() && is_line || options.len() > 1 && options.iter().all(|option| !option.is_empty());
    is_sound.then_some((before, options))
}

/// Where `A.` or, on a line of options, `(A)` begins and ends.
fn letter(text: &str, wanted: char, may_be_bracketed: bool, is_lax: bool) -> Option<(usize, usize)> {
    let mut before: Option<char> = None;
    for (at, character) in text.char_indices() {
        let end = at + character.len_utf8();
        let is_edge = |c: char| c.is_whitespace() || "。；;）)？?：:，".contains(c);
        let is_free =
            before.is_none_or(|c| if is_lax { !c.is_ascii_alphanumeric() && !"（(".contains(c) } else { is_edge(c) });
        if wide(character) == wanted {
            let is_opened = text.get(..at)?.trim_end().ends_with(['（', '(']);
            let behind = text.get(end..)?;
            if is_free
                && !is_opened
                && let Some(rest) = mark(behind)
            {
                return Some((at, text.len() - rest.len()));
            }
            if is_opened
                && may_be_bracketed
                && let Some(rest) = behind.trim_start().strip_prefix(['）', ')'])
            {
                let start = text.get(..at)?.trim_end().char_indices().next_back()?.0;
                return Some((start, text.len() - rest.len()));
            }
        }
        before = Some(character);
    }
    None
}

/// What stands behind the mark of an option's letter.
fn mark(text: &str) -> Option<&str> {
    text.strip_prefix([')', '）']).or_else(|| text.trim_start().strip_prefix(['.', '．', '、', ':', '：', '。']))
}
