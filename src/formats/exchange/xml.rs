//! XML of other systems, parsed within limits: no entities of its own, nothing fetched, no endless nesting.

mod element;

pub(super) use element::{Element, Spelling};

use super::html::{is_element, resolve_named};
use super::unreadable::Unreadable;
use crate::formats::json::Places;
use crate::formats::mathml;
use crate::formats::sheet::decode;
use encoding_rs::Encoding;
use roxmltree::{Document, Error, Node, ParsingOptions};
use std::borrow::Cow;
use std::fmt::Write;

/// Most elements and texts of a file.
const MOST_NODES: u32 = 4_000_000;
/// Deepest nesting.
const MOST_LEVELS: usize = 200;
/// Where an encoding is declared, if at all.
const DECLARATION_BYTES: usize = 200;

/// The text of a file, without its document type: that names a grammar, which is never fetched. One that declares
/// entities is refused.
pub(super) fn text(bytes: &[u8]) -> Result<String, Unreadable> {
    let mut text = decoded(bytes)?;
    let is_odd = |c: char| c < ' ' && !matches!(c, '\t' | '\n' | '\r') || matches!(c, '\u{fffe}' | '\u{ffff}');
    if text.contains(is_odd) {
        // Editors let them through, and no parser takes them.
        text = text.replace(is_odd, " ");
    }
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').to_owned();
    without_document_type(text)
}

fn decoded(bytes: &[u8]) -> Result<String, Unreadable> {
    let declared = || {
        let head = String::from_utf8_lossy(bytes.get(..DECLARATION_BYTES.min(bytes.len())).unwrap_or_default());
        let declaration =
            head.split_once("?>")?.0.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
        let label = declaration.get(1..)?.split(['"', '\'']).next()?;
        Encoding::for_label(label.as_bytes())
    };
    let by_declaration = match Encoding::for_bom(bytes) {
        None => declared().filter(|encoding| *encoding != encoding_rs::UTF_8),
        Some(_) => None,
    };
    match by_declaration {
        Some(encoding) => Ok(encoding.decode_without_bom_handling(bytes).0.into_owned()),
        None => decode(bytes).map(Cow::into_owned).map_err(|_| unreadable("UTF-8?".to_owned())),
    }
}

/// Blanks out `<!DOCTYPE …>` between the declaration and the first element.
fn without_document_type(text: String) -> Result<String, Unreadable> {
    let mut rest = text.as_str();
    while let Some(end) = prologue(rest) {
        rest = rest.get(end..).unwrap_or_default().trim_start();
    }
    if !rest.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!DOCTYPE")) {
        return Ok(text);
    }
    let from = text.len() - rest.len();
    let end = rest.find(['>', '[']).ok_or_else(|| unreadable("<!DOCTYPE".to_owned()))?;
    if rest.get(end..).is_some_and(|rest| rest.starts_with('[')) {
        return Err(unreadable("<!DOCTYPE … [ … ]>".to_owned()));
    }
    let lines = rest.get(..end).unwrap_or_default().matches('\n').count();
    let (before, after) = (text.get(..from).unwrap_or_default(), rest.get(end + 1..).unwrap_or_default());
    Ok(format!("{before}{}{after}", "\n".repeat(lines)))
}

/// The length of a declaration or comment that a text starts with.
fn prologue(text: &str) -> Option<usize> {
    let end = if text.starts_with("<?") { "?>" } else { text.starts_with("<!--").then_some("-->")? };
    text.find(end).map(|at| at + end.len())
}

/// Parses a text.
pub(in crate::formats) fn parse(text: &str) -> Result<Document<'_>, Unreadable> {
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| {
        let line = usize::try_from(error.pos().row).unwrap_or_default();
        Unreadable { line, why: error.to_string() }
    })?;
    let mut levels: Vec<usize> = Vec::new();
    for node in document.descendants() {
        // Parents stand before their children.
        let level = node.parent().and_then(|parent| levels.get(parent.id().get_usize())).map_or(0, |level| level + 1);
        if level > MOST_LEVELS {
            return Err(unreadable(format!("> {MOST_LEVELS} levels")));
        }
        levels.push(level);
    }
    Ok(document)
}

/// A text that [`parse`] takes: entities of HTML, which XML doesn't know, are resolved where they hinder it.
pub(super) fn mended(text: String) -> String {
    match Document::parse(&text) {
        Err(Error::UnknownEntityReference(..)) => resolve_named(&text),
        _ => text,
    }
}

pub(super) fn unreadable(why: String) -> Unreadable {
    Unreadable { line: 0, why }
}

/// The lines of a text.
pub(super) struct Lines<'t>(Places<'t>);

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self(Places::new(text))
    }

    /// The line on which an element begins.
    pub(super) fn of(&self, node: Node<'_, '_>) -> usize {
        self.0.line(u32::try_from(node.range().start).unwrap_or(u32::MAX))
    }
}

/// The first child of a name.
pub(super) fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    children(node, name).next()
}

/// The children of a name.
pub(super) fn children<'a, 'i>(node: Node<'a, 'i>, name: &str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.tag_name().name() == name)
}

/// All text inside a node.
pub(super) fn text_of(node: Node<'_, '_>) -> String {
    node.descendants().filter(Node::is_text).filter_map(|text| text.text()).collect()
}

/// What stands inside a node as HTML; `instead` may give other words for an element. Elements that HTML doesn't know are
/// only what stands in them.
pub(super) fn markup(node: Node<'_, '_>, instead: &mut dyn FnMut(Node<'_, '_>) -> Option<String>) -> String {
    let mut html = String::new();
    for child in node.children() {
        write_markup(child, instead, &mut html);
    }
    html
}

/// Not deeper than a document may be.
fn write_markup(node: Node<'_, '_>, instead: &mut dyn FnMut(Node<'_, '_>) -> Option<String>, html: &mut String) {
    if let Some(text) = node.text().filter(|_| node.is_text()) {
        html.push_str(&escape(text).replace('\u{a0}', "&nbsp;"));
    }
    if !node.is_element() {
        return;
    }
    if let Some(other) = instead(node) {
        html.push_str(&other);
        return;
    }
    if let Some(formula) = mathml::of_node(node) {
        html.push_str(&formula);
        return;
    }
    let name = node.tag_name().name().to_ascii_lowercase();
    let is_known = is_element(&name) && is_of_html(node);
    if is_known {
        let _ = write!(html, "<{name}");
        for attribute in node.attributes() {
            let _ = write!(html, " {}=\"{}\"", attribute.name(), escape(attribute.value()));
        }
        html.push('>');
    }
    for child in node.children() {
        write_markup(child, instead, html);
    }
    if is_known && name != "br" {
        let _ = write!(html, "</{name}>");
    }
}

/// Whether an element stands among those of the document, or of HTML and what browsers show in it: `sub` is also a word
/// of speech.
fn is_of_html(node: Node<'_, '_>) -> bool {
    let namespace = |node: Node<'_, '_>| node.tag_name().namespace().unwrap_or_default().to_owned();
    let own = namespace(node);
    let is_known = ["/1999/xhtml", "/Math/MathML", "/2000/svg"].iter().any(|known| own.ends_with(known));
    own.is_empty() || is_known || own == namespace(node.document().root_element())
}

/// A text for XML and HTML.
pub(in crate::formats) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A text whose spaces in a row no reader of HTML makes one.
pub(super) fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    let mut before = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let is_lone = before != Some(' ') && characters.peek() != Some(&' ');
        spaced.push(if character == ' ' && !is_lone { '\u{a0}' } else { character });
        before = Some(character);
    }
    spaced
}

#[cfg(test)]
mod tests;
