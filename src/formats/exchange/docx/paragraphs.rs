//! What stands in a document, paragraph by paragraph and row by row of its tables.

use super::media::{Media, Placed};
use super::numbering::{Numbering, Styles, attribute, child, list_of};
use crate::formats::exchange::listing::Line;
use crate::formats::exchange::{Origin, Remark};
use roxmltree::{Document, Node};

/// A document on its way into lines.
struct Reading<'s, 'b> {
    numbering: Numbering,
    styles: &'s Styles,
    number: usize,
    lines: Vec<Line>,
    remarks: Vec<Remark>,
    media: Media<'b>,
}

/// The lines of a document, what of it lines can't hold, and its pictures.
pub(super) fn lines<'b>(
    document: &Document<'_>,
    numbering: Numbering,
    styles: &Styles,
    media: Media<'b>,
) -> (Vec<Line>, Vec<Remark>, Media<'b>) {
    let mut reading = Reading { numbering, styles, number: 0, lines: Vec::new(), remarks: Vec::new(), media };
    for node in document.descendants().filter(|node| !is_dropped(*node)) {
        match node.tag_name().name() {
            "p" if !is_in(node, "tr") => {
                let text = reading.paragraph(node);
                reading.push(reading.number, &text);
            }
            "tr" if !is_in(node, "tr") => reading.row(node),
            _ => {}
        }
    }
    (reading.lines, reading.remarks, reading.media)
}

/// Whether a node stands inside another of a name.
fn is_in(node: Node<'_, '_>, name: &str) -> bool {
    node.ancestors().skip(1).any(|above| above.tag_name().name() == name)
}

/// What tracked changes took away, and second versions of what is there already.
pub(super) fn is_dropped(node: Node<'_, '_>) -> bool {
    node.ancestors().any(|above| matches!(above.tag_name().name(), "del" | "moveFrom" | "Fallback"))
}

/// Whether a node holds pictures, as Word draws them today or did before.
pub(super) fn is_drawing(node: Node<'_, '_>) -> bool {
    matches!(node.tag_name().name(), "drawing" | "pict" | "object")
}

impl Reading<'_, '_> {
    fn push(&mut self, number: usize, text: &str) {
        for line in text.split('\n').map(str::trim).filter(|line| !line.is_empty()) {
            self.lines.push(Line { number, text: line.to_owned() });
        }
    }

    /// The cells of a row side by side, so that options in them stand as if on one line.
    fn row(&mut self, row: Node<'_, '_>) {
        let first = self.number + 1;
        let mut cells: Vec<String> = Vec::new();
        for cell in row.children().filter(|node| node.tag_name().name() == "tc") {
            let paragraphs = cell.descendants().filter(|node| node.tag_name().name() == "p" && !is_dropped(*node));
            let texts: Vec<String> = paragraphs.map(|paragraph| self.paragraph(paragraph)).collect();
            cells.push(texts.join("\n").trim().to_owned());
        }
        self.push(first, &cells.join("\t"));
    }

    fn paragraph(&mut self, paragraph: Node<'_, '_>) -> String {
        self.number += 1;
        let mut text = String::new();
        for node in paragraph.descendants().skip(1) {
            let own = node.ancestors().skip(1).find(|above| above.tag_name().name() == "p");
            if own == Some(paragraph) && !is_dropped(node) {
                self.piece(node, &mut text);
            }
        }
        match self.counted(paragraph) {
            Some(number) if !text.trim().is_empty() => format!("{number} {}", text.trim_start()),
            _ => text,
        }
    }

    /// The number that Word puts before a paragraph.
    fn counted(&mut self, paragraph: Node<'_, '_>) -> Option<String> {
        let properties = child(paragraph, "pPr")?;
        let (list, level) = list_of(properties).or_else(|| {
            let style = attribute(child(properties, "pStyle")?, "val")?;
            self.styles.get(style).cloned()
        })?;
        self.numbering.next(&list, level)
    }

    fn piece(&mut self, node: Node<'_, '_>, text: &mut String) {
        match node.tag_name().name() {
            "t" => text.push_str(&written(node)),
            // The stops of a paragraph bear the same name.
            "tab" if !is_in(node, "pPr") => text.push('\t'),
            "br" | "cr" => text.push('\n'),
            "noBreakHyphen" => text.push('-'),
            "sym" => text.push_str(symbol(node)),
            _ if is_drawing(node) => match self.media.place(node) {
                Placed::Shown(pictures) => text.push_str(&pictures),
                Placed::Left(code, found) => self.remark(code, &found),
            },
            "oMath" => {
                let formula: String = node.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect();
                self.remark("formula-flattened", formula.trim());
            }
            _ => {}
        }
    }

    fn remark(&mut self, code: &'static str, found: &str) {
        let origin = Origin { line: Some(self.number), ..Origin::default() };
        self.remarks.push(Remark { origin, code, found: found.to_owned() });
    }
}

/// The text of a piece; underlined space is a gap to fill, and raised or lowered digits stay so.
fn written(node: Node<'_, '_>) -> String {
    let text = node.text().unwrap_or_default();
    let properties = node.parent().and_then(|run| child(run, "rPr"));
    let says = |name: &str| properties.and_then(|properties| attribute(child(properties, name)?, "val"));
    if says("u").is_some_and(|line| line != "none") && !text.is_empty() && text.trim().is_empty() {
        return "____".to_owned();
    }
    match says("vertAlign") {
        Some("superscript") => moved(text, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ"),
        Some("subscript") => moved(text, "₀₁₂₃₄₅₆₇₈₉₊₋ₙ"),
        _ => text.to_owned(),
    }
}

/// A text in other digits, as far as there are such.
fn moved(text: &str, digits: &str) -> String {
    let digit = |c: char| "0123456789+-n".find(c).and_then(|index| digits.chars().nth(index)).unwrap_or(c);
    text.chars().map(digit).collect()
}

/// Ticks and crosses of Word's own fonts.
fn symbol(node: Node<'_, '_>) -> &'static str {
    let character = attribute(node, "char").unwrap_or_default().to_ascii_uppercase();
    match (attribute(node, "font").unwrap_or_default(), character.trim_start_matches("F0")) {
        ("Wingdings", "FC" | "FE") | ("Wingdings 2", "50" | "52") => "√",
        ("Wingdings", "FB" | "FD") | ("Wingdings 2", "4F" | "51") => "×",
        _ => "",
    }
}
