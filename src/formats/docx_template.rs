//! Word documents of a unit's own (DOCX) with places to be filled in: `{{标题}}`, `{{正文}}` … in braces.
//!
//! A document is changed as text, where something is put in its place; everything else stays as Word wrote it. What
//! could act or fetch something when it is opened is refused.

mod look;
mod package;
mod places;
#[cfg(test)]
mod tests;

use crate::formats::docx_writer::{Block, added_styles, push_paragraph, push_table};
use crate::formats::exchange::xml::parse;
use look::Look;
use package::Package;
use places::{Edits, Part, Place};
use roxmltree::Node;
use std::fmt::Write as _;

/// What stands before the names of styles that are added.
const PREFIX: &str = "Kaohe";
/// A paragraph nobody sees, for a section that ends where a place was.
const LOW: &str = r#"<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>"#;

/// What is put in the places.
#[derive(Debug, Clone, Default)]
pub struct Filling {
    /// The title.
    pub title: String,
    /// The text.
    pub text: Vec<Block>,
    /// Who signs.
    pub issuer: String,
    /// When.
    pub date: String,
    /// What is enclosed, each on its page; at the end of the document where it has no place.
    pub enclosures: Vec<Block>,
}

/// What keeps a file from being filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It can't be read, or unpacks to too much.
    #[error("unreadable: {0}")]
    Unreadable(String),
    /// It isn't a Word document: of another kind, or one with macros.
    #[error("no Word document: {0}")]
    OtherKind(String),
    /// Something in it could act, or fetch something from elsewhere.
    #[error("not allowed: {0}")]
    Acts(String),
    /// Braces with a name that has no meaning.
    #[error("unknown place: {0}")]
    Unknown(String),
    /// A place for several paragraphs that isn't a paragraph of the document by itself.
    #[error("not a paragraph of its own: {0}")]
    Misplaced(String),
    /// A place for several paragraphs that stands there twice.
    #[error("twice: {0}")]
    Twice(String),
    /// No place for the text.
    #[error("no place for the text")]
    NoText,
}

impl Flaw {
    /// The name of its message.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::OtherKind(_) => "other-kind",
            Self::Acts(_) => "acts",
            Self::Unknown(_) => "unknown",
            Self::Misplaced(_) => "misplaced",
            Self::Twice(_) => "twice",
            Self::NoText => "no-text",
        }
    }

    /// What it is about; may be empty.
    pub fn what(&self) -> &str {
        match self {
            Self::Unreadable(what)
            | Self::OtherKind(what)
            | Self::Acts(what)
            | Self::Unknown(what)
            | Self::Misplaced(what)
            | Self::Twice(what) => what,
            Self::NoText => "",
        }
    }
}

/// Everything that keeps a file from being filled in; nothing where it can be.
pub fn flaws(bytes: &[u8]) -> Vec<Flaw> {
    fill(bytes, &Filling::default()).err().unwrap_or_default()
}

/// The document with everything in its place.
pub fn fill(bytes: &[u8], filling: &Filling) -> Result<Vec<u8>, Vec<Flaw>> {
    let mut package = Package::open(bytes).map_err(|flaw| vec![flaw])?;
    let mut flaws = Vec::new();
    for name in package.names_with_text() {
        let one = package.text(&name).and_then(|text| filled(text, name == package::DOCUMENT, filling));
        match one {
            Ok((text, found)) => {
                flaws.extend(found);
                package.put(&name, text);
            }
            Err(flaw) => flaws.push(flaw),
        }
    }
    if !flaws.is_empty() {
        return Err(flaws);
    }
    with_styles(&mut package).map_err(|flaw| vec![flaw])?;
    package.write().map_err(|error| vec![Flaw::Unreadable(error.to_string())])
}

/// Our styles behind those of the document.
fn with_styles(package: &mut Package) -> Result<(), Flaw> {
    let text = package.text(package::STYLES)?;
    if text.contains(&format!("\"{PREFIX}Plain\"")) {
        // It was filled in once before.
        return Ok(());
    }
    let at = text.rfind("</w:styles>").ok_or_else(|| Flaw::Unreadable(package::STYLES.to_owned()))?;
    let (before, after) = text.split_at(at);
    let text = format!("{before}{}{after}", added_styles(PREFIX));
    package.put(package::STYLES, text);
    Ok(())
}

/// A part with everything in its place, and what is wrong with it.
fn filled(text: &str, is_document: bool, filling: &Filling) -> Result<(String, Vec<Flaw>), Flaw> {
    let xml = parse(text).map_err(|error| Flaw::Unreadable(error.why))?;
    let part = Part::new(&xml, is_document)?;
    let mut flaws = part.flaws.clone();
    let mut edits = Edits::default();
    for (paragraph, place) in &part.blocks {
        let section = look::section(*paragraph).map(|node| text.get(node.range()).unwrap_or_default());
        let mut instead = match place {
            Place::Text => text_blocks(&Look::of(*paragraph, text), &filling.text),
            _ => own_blocks(&filling.enclosures),
        };
        if let Some(section) = section {
            let _ = write!(instead, "<w:p><w:pPr>{LOW}{section}</w:pPr></w:p>");
        }
        edits.push(paragraph.range(), instead);
    }
    part.fill_lines(&mut edits, |place| match place {
        Place::Title => &filling.title,
        Place::Issuer => &filling.issuer,
        _ => &filling.date,
    });
    if is_document {
        let has = |wanted: Place| part.blocks.iter().any(|(_, place)| *place == wanted);
        if !has(Place::Text) && !flaws.iter().any(|flaw| matches!(flaw, Flaw::Misplaced(_))) {
            flaws.push(Flaw::NoText);
        }
        if let Some(at) = end_of_body(xml.root_element()).filter(|_| !has(Place::Enclosures)) {
            edits.push(at..at, own_blocks(&filling.enclosures));
        }
    }
    Ok((edits.made(text), flaws))
}

/// Where the body ends, before what its last section says.
fn end_of_body(document: Node<'_, '_>) -> Option<usize> {
    let body = document.children().find(|node| node.has_tag_name((package::WORD, "body")))?;
    let last = body.children().rfind(Node::is_element)?;
    let is_section = last.has_tag_name((package::WORD, "sectPr"));
    Some(if is_section { last.range().start } else { last.range().end })
}

/// Blocks that look as the paragraph does in whose place they stand.
fn text_blocks(look: &Look, blocks: &[Block]) -> String {
    let mut xml = String::new();
    for (index, block) in blocks.iter().enumerate() {
        match block {
            Block::Paragraph(paragraph) => look.push(&mut xml, paragraph, index == 0),
            Block::Table(table) => push_table(&mut xml, table, PREFIX),
        }
    }
    xml
}

/// Blocks that look as ours do.
fn own_blocks(blocks: &[Block]) -> String {
    let mut xml = String::new();
    for block in blocks {
        match block {
            Block::Paragraph(paragraph) => push_paragraph(&mut xml, paragraph, PREFIX),
            Block::Table(table) => push_table(&mut xml, table, PREFIX),
        }
    }
    xml
}
