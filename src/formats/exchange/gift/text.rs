//! Escapes and formats of GIFT's texts.

use crate::formats::exchange::html;

const ESCAPED: [char; 8] = [':', '#', '=', '{', '}', '~', 'n', '\\'];

/// The characters that no backslash takes their meaning from, with their places.
pub(super) fn bare(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    let mut is_after_backslash = false;
    text.char_indices().filter(move |(_, character)| {
        let is_escaped = is_after_backslash && ESCAPED.contains(character);
        is_after_backslash = !is_escaped && *character == '\\';
        !is_escaped
    })
}

/// Where a bare character stands first.
pub(super) fn find(text: &str, wanted: char) -> Option<usize> {
    bare(text).find(|(_, character)| *character == wanted).map(|(at, _)| at)
}

/// Where four bare `#` start that stand last.
pub(super) fn find_general_feedback(text: &str) -> Option<usize> {
    let places: Vec<usize> = bare(text).filter(|(_, character)| *character == '#').map(|(at, _)| at).collect();
    places.windows(4).rev().find_map(|four| match four {
        [a, b, c, d] if *b == a + 1 && *c == b + 1 && *d == c + 1 => Some(*a),
        _ => None,
    })
}

/// The text on both sides of a place where `width` bytes separate it.
pub(super) fn split_at(text: &str, at: usize, width: usize) -> (&str, &str) {
    (text.get(..at).unwrap_or_default(), text.get(at + width..).unwrap_or_default())
}

/// A text with its escapes resolved.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match characters.peek() {
            Some('n') if character == '\\' => {
                plain.push('\n');
                characters.next();
            }
            Some(next) if character == '\\' && ESCAPED.contains(next) => {
                plain.push(*next);
                characters.next();
            }
            _ => plain.push(character),
        }
    }
    plain
}

/// How a text is marked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Html,
    /// Plain, with tags where somebody wrote some.
    Moodle,
    /// To be shown as it is.
    Plain,
}

const FORMATS: [(&str, Format); 4] =
    [("[html]", Format::Html), ("[moodle]", Format::Moodle), ("[plain]", Format::Plain), ("[markdown]", Format::Plain)];

/// The format that a text names, or else `usual`, and the text without it.
pub(super) fn format(text: &str, usual: Format) -> (Format, &str) {
    let text = text.trim_start();
    FORMATS
        .iter()
        .find_map(|(prefix, format)| text.strip_prefix(prefix).map(|rest| (*format, rest.trim_start())))
        .unwrap_or((usual, text))
}

/// What readers see of a text, and what isn't in it.
pub(super) fn plain(text: &str, usual: Format) -> html::Plain {
    let (format, text) = format(text, usual);
    let text = unescape(text);
    if format == Format::Html || format == Format::Moodle && html::has_markup(&text) {
        return html::to_plain(&text);
    }
    html::Plain { text: text.trim().to_owned(), told: Vec::new() }
}

/// A text with escapes where GIFT would see something else in it.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.trim().replace("\r\n", "\n").chars() {
        if matches!(character, '\n' | '\r') {
            escaped.push_str("\\n");
            continue;
        }
        if character != 'n' && ESCAPED.contains(&character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
