//! Where something is to be filled in: names in braces, also where Word split them over several runs.

use super::Flaw;
use super::package::WORD;
use crate::formats::docx_writer::escaped;
use roxmltree::{Document, Node};
use std::ops::Range;

/// A place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Title,
    Text,
    Enclosures,
    Issuer,
    Date,
}

/// The longest name in braces; more isn't meant as one.
const NAME_CHARACTERS: usize = 20;

impl Place {
    fn from_name(name: &str) -> Option<Self> {
        match name.trim().to_lowercase().as_str() {
            "标题" | "title" => Some(Self::Title),
            "正文" | "text" => Some(Self::Text),
            "附件" | "enclosures" => Some(Self::Enclosures),
            "署名" | "issuer" => Some(Self::Issuer),
            "日期" | "date" => Some(Self::Date),
            _ => None,
        }
    }

    /// Whether paragraphs take its place, not words.
    const fn takes_paragraphs(self) -> bool {
        matches!(self, Self::Text | Self::Enclosures)
    }
}

/// Texts that take the place of others.
#[derive(Debug, Default)]
pub(super) struct Edits(Vec<(Range<usize>, String)>);

impl Edits {
    pub(super) fn push(&mut self, range: Range<usize>, instead: String) {
        self.0.push((range, instead));
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn made(mut self, text: &str) -> String {
        self.0.sort_by_key(|(range, _)| range.start);
        let mut made = String::with_capacity(text.len());
        let mut from = 0;
        for (range, instead) in self.0 {
            made.push_str(text.get(from..range.start).unwrap_or_default());
            made.push_str(&instead);
            from = range.end;
        }
        made.push_str(text.get(from..).unwrap_or_default());
        made
    }
}

/// A place in words.
type Named = (Range<usize>, Place);

/// The words of a paragraph without what stands in boxes in it, and the elements that hold them.
struct Words<'a, 'i> {
    said: String,
    pieces: Vec<(Range<usize>, Node<'a, 'i>)>,
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.has_tag_name((WORD, name))
}

impl<'a, 'i> Words<'a, 'i> {
    fn of(paragraph: Node<'a, 'i>) -> Self {
        let (mut said, mut pieces) = (String::new(), Vec::new());
        for node in paragraph.descendants().filter(|node| is(*node, "t")) {
            if node.ancestors().find(|above| is(*above, "p")) == Some(paragraph) {
                let from = said.len();
                said.push_str(node.text().unwrap_or_default());
                pieces.push((from..said.len(), node));
            }
        }
        Self { said, pieces }
    }
}

/// What stands in braces, of either width: where, and the name.
fn braces(said: &str) -> Vec<(Range<usize>, &str)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(rest) = said.get(from..) {
        let open = ["{{", "｛｛"].iter().filter_map(|open| Some((rest.find(open)?, open.len()))).min();
        let Some((at, open)) = open else { break };
        let inner = rest.get(at + open..).unwrap_or_default();
        let close = ["}}", "｝｝"].iter().filter_map(|close| Some((inner.find(close)?, close.len()))).min();
        let Some((length, close)) = close else { break };
        let name = inner.get(..length).unwrap_or_default();
        if name.chars().count() <= NAME_CHARACTERS {
            let start = from + at;
            let end = start + open + length + close;
            found.push((start..end, name));
            from = end;
        } else {
            from += at + open;
        }
    }
    found
}

/// A part with its places.
pub(super) struct Part<'a, 'i> {
    /// Paragraphs whose place others take.
    pub(super) blocks: Vec<(Node<'a, 'i>, Place)>,
    /// Words with places in them.
    lines: Vec<(Words<'a, 'i>, Vec<Named>)>,
    /// What is wrong with it.
    pub(super) flaws: Vec<Flaw>,
}

impl<'a, 'i> Part<'a, 'i> {
    pub(super) fn new(xml: &'a Document<'i>, is_document: bool) -> Result<Self, Flaw> {
        // What is written into it says `w:`.
        if xml.root_element().lookup_namespace_uri(Some("w")) != Some(WORD) {
            return Err(Flaw::OtherKind("Strict Open XML".to_owned()));
        }
        let mut part = Self { blocks: Vec::new(), lines: Vec::new(), flaws: Vec::new() };
        for paragraph in xml.descendants().filter(|node| is(*node, "p")) {
            part.read(paragraph, is_document);
        }
        Ok(part)
    }

    fn read(&mut self, paragraph: Node<'a, 'i>, is_document: bool) {
        let words = Words::of(paragraph);
        let mut places = Vec::new();
        for (range, name) in braces(&words.said) {
            let shown = words.said.get(range.clone()).unwrap_or_default().to_owned();
            match Place::from_name(name) {
                None => self.flaws.push(Flaw::Unknown(shown)),
                Some(place) if !place.takes_paragraphs() => places.push((range, place)),
                Some(place) => {
                    let is_alone = words.said.trim() == shown && is_plain(paragraph);
                    if !is_document || !is_alone {
                        self.flaws.push(Flaw::Misplaced(shown));
                    } else if self.blocks.iter().any(|(_, known)| *known == place) {
                        self.flaws.push(Flaw::Twice(shown));
                    } else {
                        self.blocks.push((paragraph, place));
                    }
                }
            }
        }
        if !places.is_empty() {
            self.lines.push((words, places));
        }
    }

    /// Puts words in their places; they look as the first letter of the place does.
    pub(super) fn fill_lines<'f>(&self, edits: &mut Edits, value: impl Fn(Place) -> &'f str) {
        for (words, places) in &self.lines {
            for (piece, node) in &words.pieces {
                let is_touched = |(range, _): &Named| range.start < piece.end && piece.start < range.end;
                if !places.iter().any(is_touched) {
                    continue;
                }
                let mut said = String::new();
                let mut from = piece.start;
                for (range, place) in places.iter().filter(|place| is_touched(place)) {
                    said.push_str(words.said.get(from..range.start).unwrap_or_default());
                    if piece.contains(&range.start) {
                        said.push_str(value(*place));
                    }
                    from = range.end.min(piece.end);
                }
                said.push_str(words.said.get(from..piece.end).unwrap_or_default());
                edits.push(node.range(), format!(r#"<w:t xml:space="preserve">{}</w:t>"#, escaped(&said)));
            }
        }
    }
}

/// Whether a paragraph stands in the document itself and holds nothing but words.
fn is_plain(paragraph: Node<'_, '_>) -> bool {
    let others = ["drawing", "pict", "object", "AlternateContent", "txbxContent"];
    paragraph.parent().is_some_and(|above| is(above, "body"))
        && !paragraph.descendants().any(|node| others.contains(&node.tag_name().name()))
}
