//! Scanned signed pages as files: how they are called alone and in an archive.

use super::File;
use super::archive::{Failed, Package};
use crate::formats::signed_page::{Kind, TITLE_CHARACTERS};
use crate::rules::text::file_stem;
use crate::service::signed_pages::SignedPage;

/// Characters of a title in an archive; Windows takes 260 for a whole path.
const ARCHIVED_CHARACTERS: usize = 40;

/// What is stored as no kind of ours is handed over as bytes that nothing opens.
const fn media_type(kind: Option<Kind>) -> &'static str {
    match kind {
        Some(kind) => kind.media_type(),
        None => "application/octet-stream",
    }
}

/// A page as a file.
pub fn file(page: &SignedPage, bytes: Vec<u8>) -> File {
    let name = format!("{}.{}", file_stem(&page.title, TITLE_CHARACTERS), page.kind);
    File { name, media_type: media_type(Kind::from_ending(&page.kind)), bytes }
}

/// Puts pages into a folder of an archive, numbered in their order.
pub(super) fn pack(package: &mut Package, folder: &str, pages: &[(SignedPage, Vec<u8>)]) -> Result<(), Failed> {
    for (number, (page, content)) in (1_usize..).zip(pages) {
        let name = format!("{folder}/{number:02} {}", file_stem(&page.title, ARCHIVED_CHARACTERS));
        package.put(&name, &page.kind, content)?;
    }
    Ok(())
}
