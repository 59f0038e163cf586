//! Tags, and what they say of themselves.

use super::{is_element, to_plain};

/// A tag of a known element.
pub(super) struct Tag<'h> {
    /// In lower case.
    pub(super) name: String,
    pub(super) is_end: bool,
    inner: &'h str,
    pub(super) length: usize,
}

impl Tag<'_> {
    /// The text of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let lower = self.inner.to_ascii_lowercase();
        let at = lower.match_indices(name).find_map(|(at, _)| {
            let is_start = lower.get(..at)?.ends_with(|c: char| c.is_ascii_whitespace());
            let rest = self.inner.get(at + name.len()..)?.trim_start().strip_prefix('=')?.trim_start();
            is_start.then_some(rest)
        })?;
        let value = match at.chars().next()? {
            quote @ ('"' | '\'') => at.get(1..)?.split(quote).next()?,
            _ => at.split(|c: char| c.is_ascii_whitespace()).next()?,
        };
        Some(to_plain(value).text)
    }
}

/// The tag of a known element at the start of a text.
pub(super) fn tag(text: &str) -> Option<Tag<'_>> {
    let rest = text.strip_prefix('<')?;
    let (is_end, body) = rest.strip_prefix('/').map_or((false, rest), |body| (true, body));
    let name_end = body.find(|c: char| !(c.is_ascii_alphanumeric() || c == ':'))?;
    let name = body.get(..name_end)?.to_ascii_lowercase();
    let is_known = is_element(&name);
    let behind = body.get(name_end..)?;
    if !is_known || !behind.starts_with(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/') {
        return None;
    }
    let close = tag_end(body)?;
    let inner = body.get(name_end..close)?;
    Some(Tag { name, is_end, inner, length: text.len() - body.len() + close + 1 })
}

/// Where the `>` stands that closes a tag: not one inside a quoted attribute.
fn tag_end(body: &str) -> Option<usize> {
    let mut quote = None;
    for (at, character) in body.char_indices() {
        match (quote, character) {
            (None, '>') => return Some(at),
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), character) if open == character => quote = None,
            _ => {}
        }
    }
    body.find('>')
}
