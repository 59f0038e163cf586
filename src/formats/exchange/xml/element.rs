//! Elements to be written.

use super::escape;

/// An element and what stands in it.
#[derive(Debug, Clone)]
pub(in crate::formats::exchange) struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    inner: Vec<Inner>,
}

#[derive(Debug, Clone)]
enum Inner {
    Text(String),
    Markup(String),
    Element(Element),
}

/// How a dialect spells the names of elements and attributes.
#[derive(Debug, Clone, Copy)]
pub(in crate::formats::exchange) struct Spelling {
    pub(in crate::formats::exchange) element: fn(&str) -> String,
    pub(in crate::formats::exchange) attribute: fn(&str) -> String,
}

impl Element {
    pub(in crate::formats::exchange) const fn new(name: &'static str) -> Self {
        Self { name, attributes: Vec::new(), inner: Vec::new() }
    }

    /// With another attribute.
    pub(in crate::formats::exchange) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    /// With more text behind what stands there.
    pub(in crate::formats::exchange) fn text(mut self, text: impl Into<String>) -> Self {
        self.inner.push(Inner::Text(text.into()));
        self
    }

    /// With XML behind what stands there, as it is.
    pub(in crate::formats::exchange) fn markup(mut self, xml: String) -> Self {
        self.inner.push(Inner::Markup(xml));
        self
    }

    /// With another element behind what stands there.
    pub(in crate::formats::exchange) fn add(mut self, child: Self) -> Self {
        self.inner.push(Inner::Element(child));
        self
    }

    /// With more elements behind what stands there.
    pub(in crate::formats::exchange) fn add_all(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.inner.extend(children.into_iter().map(Inner::Element));
        self
    }

    /// Writes it as it is named.
    pub(in crate::formats::exchange) fn write(&self, level: usize, file: &mut String) {
        self.write_spelt(Spelling { element: str::to_owned, attribute: str::to_owned }, level, file);
    }

    /// Writes it in a dialect. Elements stand on lines of their own where nobody reads a text around them.
    pub(in crate::formats::exchange) fn write_spelt(&self, spelling: Spelling, level: usize, file: &mut String) {
        self.write_inline(spelling, level, file);
        file.push('\n');
    }

    fn write_inline(&self, spelling: Spelling, level: usize, file: &mut String) {
        let name = (spelling.element)(self.name);
        file.push('<');
        file.push_str(&name);
        for (attribute, value) in &self.attributes {
            file.push(' ');
            file.push_str(&(spelling.attribute)(attribute));
            file.push_str("=\"");
            file.push_str(&written(value));
            file.push('"');
        }
        if self.inner.is_empty() {
            file.push_str("/>");
            return;
        }
        file.push('>');
        // In a paragraph white space is read.
        let is_text = self.name == "p" || self.inner.iter().any(|inner| !matches!(inner, Inner::Element(_)));
        for inner in &self.inner {
            if !is_text {
                new_line(level + 1, file);
            }
            match inner {
                Inner::Text(text) => file.push_str(&written(text)),
                Inner::Markup(xml) => file.push_str(xml),
                Inner::Element(element) => element.write_inline(spelling, level + 1, file),
            }
        }
        if !is_text {
            new_line(level, file);
        }
        file.push_str("</");
        file.push_str(&name);
        file.push('>');
    }
}

fn new_line(level: usize, file: &mut String) {
    file.push('\n');
    file.push_str(&"  ".repeat(level));
}

/// A text as XML can hold it.
fn written(text: &str) -> String {
    let is_odd = |c: char| c < ' ' && !matches!(c, '\t' | '\n' | '\r') || matches!(c, '\u{fffe}' | '\u{ffff}');
    escape(text).replace(is_odd, " ").replace('\r', "&#13;")
}
