//! Question lists in Word's files → [`Draft`].
//!
//! What stands in the document is made plain lines first, numbers that Word counts itself included; what the lines
//! mean is the business of [`listing`]. A picture is one character in a line until that is known.

mod media;
mod numbering;
mod package;
mod paragraphs;

use super::listing::{self, Line};
use super::unreadable::Unreadable;
use super::xml;
use super::{Draft, Remark};
use media::Media;

/// Reads the questions of a DOCX file.
pub fn read(bytes: &[u8]) -> Result<Draft, Unreadable> {
    let (lines, remarks, media) = lines(bytes)?;
    let mut draft = listing::read(lines);
    draft.remarks.splice(0..0, remarks);
    media.put_into(&mut draft);
    Ok(draft)
}

/// The lines of a document, what of it lines can't hold, and its pictures.
fn lines(bytes: &[u8]) -> Result<(Vec<Line>, Vec<Remark>, Media<'_>), Unreadable> {
    let package::Package { document, numbering, styles, media } = package::open(bytes)?;
    let document = xml::parse(&document)?;
    let numbering = match &numbering {
        Some(text) => numbering::read(&xml::parse(text)?),
        None => numbering::Numbering::default(),
    };
    let styles = match &styles {
        Some(text) => numbering::of_styles(&xml::parse(text)?),
        None => numbering::Styles::default(),
    };
    Ok(paragraphs::lines(&document, numbering, &styles, media))
}

#[cfg(test)]
mod tests;
