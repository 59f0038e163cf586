//! Question lists in Word's files → [`Draft`].
//!
//! What stands in the document is made plain lines first, numbers that Word counts itself included; what the lines
//! mean is the business of [`listing`].

mod numbering;
mod package;
mod paragraphs;

use super::listing::{self, Line};
use super::unreadable::Unreadable;
use super::xml;
use super::{Draft, Remark};

/// Reads the questions of a DOCX file.
pub fn read(bytes: &[u8]) -> Result<Draft, Unreadable> {
    let (lines, remarks) = lines(bytes)?;
    let mut draft = listing::read(lines);
    draft.remarks.splice(0..0, remarks);
    Ok(draft)
}

/// The lines of a document, and what of it lines can't hold.
fn lines(bytes: &[u8]) -> Result<(Vec<Line>, Vec<Remark>), Unreadable> {
    let package = package::open(bytes)?;
    let document = xml::parse(&package.document)?;
    let numbering = match &package.numbering {
        Some(text) => numbering::read(&xml::parse(text)?),
        None => numbering::Numbering::default(),
    };
    let styles = match &package.styles {
        Some(text) => numbering::of_styles(&xml::parse(text)?),
        None => numbering::Styles::default(),
    };
    Ok(paragraphs::lines(&document, numbering, &styles))
}

#[cfg(test)]
mod tests;
