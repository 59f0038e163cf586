//! The parts of a DOCX file, unpacked within limits.

use super::media::Media;
use crate::formats::exchange::unreadable::Unreadable;
use std::io::{Cursor, Read};

/// Most bytes that the parts which are read may unpack to.
const MOST_UNPACKED_BYTES: u64 = 64 * 1024 * 1024;

/// The parts that say what stands in a document.
pub(super) struct Package<'b> {
    pub(super) document: String,
    pub(super) numbering: Option<String>,
    pub(super) styles: Option<String>,
    pub(super) media: Media<'b>,
}

pub(super) fn open(bytes: &[u8]) -> Result<Package<'_>, Unreadable> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| unreadable(error.to_string()))?;
    let mut left = MOST_UNPACKED_BYTES;
    let document = part(&mut archive, "word/document.xml", &mut left)?;
    let document = document.ok_or_else(|| unreadable("no word/document.xml".to_owned()))?;
    let numbering = part(&mut archive, "word/numbering.xml", &mut left)?;
    let styles = part(&mut archive, "word/styles.xml", &mut left)?;
    // Without it, or where it is odd, there are no pictures.
    let relations = part(&mut archive, "word/_rels/document.xml.rels", &mut left).ok().flatten();
    let media = Media::new(archive, relations.as_deref().unwrap_or_default());
    Ok(Package { document, numbering, styles, media })
}

fn part(
    archive: &mut zip::ZipArchive<Cursor<&[u8]>>,
    name: &str,
    left: &mut u64,
) -> Result<Option<String>, Unreadable> {
    let file = match archive.by_name(name) {
        Ok(file) => file,
        Err(zip::result::ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(unreadable(error.to_string())),
    };
    let mut bytes = Vec::new();
    // The first byte above the limit is proof enough.
    let size = file.take(*left + 1).read_to_end(&mut bytes).map_err(|error| unreadable(error.to_string()))?;
    *left = u64::try_from(size)
        .ok()
        .and_then(|size| left.checked_sub(size))
        .ok_or_else(|| unreadable(format!("> {} MB", MOST_UNPACKED_BYTES / 1024 / 1024)))?;
    String::from_utf8(bytes).map(Some).map_err(|error| unreadable(format!("{name}: {error}")))
}

fn unreadable(why: String) -> Unreadable {
    Unreadable { line: 0, why }
}
