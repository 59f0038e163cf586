//! How a paragraph of the template looks, for those that take its place.

use super::package::WORD;
use crate::formats::docx_writer::{Paragraph, Style, escaped};
use roxmltree::Node;
use std::fmt::Write as _;

/// Headings of the first level stand in this font (GB/T 9704—2012, 7.3.3).
const HEADING: &str =
    r#"<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman" w:eastAsia="黑体"/>"#;
/// What stands behind the highlight among the properties of letters; their order is fixed.
const BEHIND_HIGHLIGHT: [&str; 13] = [
    "u",
    "effect",
    "bdr",
    "shd",
    "fitText",
    "vertAlign",
    "rtl",
    "cs",
    "em",
    "lang",
    "eastAsianLayout",
    "specVanish",
    "oMath",
];

/// The properties of a paragraph and of its letters, each with its name.
pub(super) struct Look {
    paragraph: Vec<(String, String)>,
    letters: Vec<(String, String)>,
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.has_tag_name((WORD, name)))
}

/// The end of a section, where the paragraph is one.
pub(super) fn section<'a, 'i>(paragraph: Node<'a, 'i>) -> Option<Node<'a, 'i>> {
    child(child(paragraph, "pPr")?, "sectPr")
}

/// The properties that a node holds, without those named.
fn properties(node: Option<Node<'_, '_>>, text: &str, without: &[&str]) -> Vec<(String, String)> {
    let children = node.into_iter().flat_map(|node| node.children().filter(Node::is_element));
    children
        .map(|child| (child.tag_name().name().to_owned(), text.get(child.range()).unwrap_or_default().to_owned()))
        .filter(|(name, _)| !without.contains(&name.as_str()))
        .collect()
}

impl Look {
    /// That of a paragraph, and of the first letters in it. Its mark of being something to replace isn't taken over, nor
    /// that it stays with what follows: a long text would stand on pages of its own.
    pub(super) fn of(paragraph: Node<'_, '_>, text: &str) -> Self {
        let run = paragraph
            .descendants()
            .find(|node| node.has_tag_name((WORD, "r")) && node.children().any(|one| one.has_tag_name((WORD, "t"))));
        let letters = run.and_then(|run| child(run, "rPr"));
        Self {
            paragraph: properties(child(paragraph, "pPr"), text, &["keepNext", "keepLines", "sectPr", "pPrChange"]),
            letters: properties(letters, text, &["highlight", "rPrChange"]),
        }
    }

    /// Writes a paragraph that looks so; its style only says whether it is a heading.
    pub(super) fn push(&self, xml: &mut String, paragraph: &Paragraph, is_first: bool) {
        let is_heading = paragraph.style == Style::Heading;
        let keeps_next = paragraph.keeps_next || is_heading;
        let style = self.paragraph.iter().filter(|(name, _)| name == "pStyle");
        let others =
            self.paragraph.iter().filter(|(name, _)| name != "pStyle" && (is_first || name != "pageBreakBefore"));
        xml.push_str("<w:p><w:pPr>");
        style.for_each(|(_, one)| xml.push_str(one));
        if keeps_next {
            xml.push_str("<w:keepNext/>");
        }
        others.for_each(|(_, one)| xml.push_str(one));
        xml.push_str("</w:pPr>");
        for run in &paragraph.runs {
            let _ = write!(
                xml,
                r#"<w:r><w:rPr>{}</w:rPr><w:t xml:space="preserve">{}</w:t></w:r>"#,
                self.letters(is_heading, run.is_to_fill),
                escaped(&run.text)
            );
        }
        xml.push_str("</w:p>");
    }

    fn letters(&self, is_heading: bool, is_to_fill: bool) -> String {
        let mut letters = self.letters.clone();
        if is_heading {
            letters.retain(|(name, _)| name != "rFonts");
            let at = usize::from(letters.first().is_some_and(|(name, _)| name == "rStyle"));
            letters.insert(at, ("rFonts".into(), HEADING.into()));
        }
        if is_to_fill {
            let is_behind = |(name, _): &(String, String)| BEHIND_HIGHLIGHT.contains(&name.as_str());
            let at = letters.iter().position(is_behind).unwrap_or(letters.len());
            letters.insert(at, ("highlight".into(), r#"<w:highlight w:val="yellow"/>"#.into()));
        }
        letters.into_iter().map(|(_, xml)| xml).collect()
    }
}
