//! Pictures that a question file of another system shows: taken in by what they show, so that two of one name are never
//! taken for each other.

use crate::formats::bundle::Beside;
use crate::formats::picture;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::collections::HashMap;
use zip::ZipArchive;

/// Most bytes that the pictures of one file may have together.
const MOST_BYTES: usize = 256 * 1024 * 1024;
/// As other systems write it, with or without its end.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What became of a picture that a text shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// It is taken in under this name.
    Taken(String),
    /// It is none of our kinds, or too large.
    Unfit,
    /// It isn't in the file.
    Missing,
}

/// Pictures taken in so far, by the names under which they are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Pictures {
    by_name: HashMap<String, Vec<u8>>,
    bytes: usize,
}

impl Pictures {
    /// Takes in the picture at an address: what the address itself holds, or what `bytes` finds there.
    pub(super) fn find(&mut self, address: &str, bytes: impl FnOnce(&str) -> Option<Vec<u8>>) -> Found {
        if let Some(inner) = address.strip_prefix("data:") {
            return embedded(inner).map_or(Found::Unfit, |bytes| self.take(&bytes));
        }
        bytes(address).map_or(Found::Missing, |bytes| self.take(&bytes))
    }

    /// Takes in a picture.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Found {
        let Some(picture) = picture::read(bytes) else { return Found::Unfit };
        if !self.by_name.contains_key(&picture.name) {
            if self.bytes + bytes.len() > MOST_BYTES {
                return Found::Unfit;
            }
            self.bytes += bytes.len();
            self.by_name.insert(picture.name.clone(), picture.bytes);
        }
        Found::Taken(picture.name)
    }

    /// All of them.
    pub(super) fn into_files(self) -> HashMap<String, Vec<u8>> {
        self.by_name
    }
}

/// The bytes of base64, whatever white space stands in it.
pub(super) fn decoded(text: &str) -> Option<Vec<u8>> {
    let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    BASE64.decode(text).ok()
}

/// Bytes as base64.
pub(super) fn encoded(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// What an address holds behind `data:`.
fn embedded(inner: &str) -> Option<Vec<u8>> {
    let (head, data) = inner.split_once(',')?;
    let is_base64 = head.rsplit(';').next().is_some_and(|last| last.trim().eq_ignore_ascii_case("base64"));
    let data = percent_encoding::percent_decode_str(data).decode_utf8().ok()?;
    is_base64.then(|| decoded(&data)).flatten()
}

/// The path that an address names: without what stands behind `?`, and with its characters as they are.
pub(super) fn path(address: &str) -> String {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned()
}

/// What stands beside a file at an address; nothing is fetched from the web.
pub(super) fn beside(beside: &Beside, address: &str) -> Option<Vec<u8>> {
    (!address.contains("://")).then(|| beside.find(&path(address))).flatten()
}

/// A picture in a text, with the words that stand for it.
pub(super) fn shown(alt: &str, name: &str) -> String {
    let alt = alt.replace('[', "(").replace(']', ")").split_whitespace().collect::<Vec<&str>>().join(" ");
    format!("![{alt}]({name})")
}

/// Most bytes that pictures of one archive may unpack to.
const MOST_UNPACKED_BYTES: u64 = 256 * 1024 * 1024;

/// What pictures of an archive may still unpack to.
#[derive(Debug)]
pub(super) struct Allowance(u64);

impl Default for Allowance {
    fn default() -> Self {
        Self(MOST_UNPACKED_BYTES)
    }
}

impl Allowance {
    /// Reads a file that may be a picture, and no more of it than a picture may have: what is longer is none.
    pub(super) fn read<R: std::io::Read + std::io::Seek>(
        &mut self,
        archive: &mut ZipArchive<R>,
        index: usize,
    ) -> Option<Vec<u8>> {
        let file = archive.by_index(index).ok()?;
        let limit = u64::try_from(picture::MOST_BYTES).unwrap_or(u64::MAX).min(self.0) + 1;
        let mut bytes = Vec::new();
        let read = std::io::Read::read_to_end(&mut std::io::Read::take(file, limit), &mut bytes);
        self.0 = self.0.saturating_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        (read.is_ok() && self.0 > 0).then_some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::{Found, Pictures, decoded, encoded, shown};
    use crate::formats::picture::tests::png;

    #[test]
    fn pictures_are_taken_in_once_and_by_what_they_show() {
        let mut pictures = Pictures::default();
        let (one, other) = (pictures.take(&png(2, 3)), pictures.take(&png(3, 2)));
        assert!(one != other && matches!(&one, Found::Taken(name) if name.ends_with("-2x3.png")));
        let address = format!("data:image/png;base64,{}", encoded(&png(2, 3)).replace('+', "%2B"));
        assert_eq!(pictures.find(&address, |_| None), one);
        assert_eq!(pictures.find("a.png", |_| Some(png(2, 3))), one);
        assert_eq!(pictures.find("a.png", |_| None), Found::Missing);
        for unfit in ["data:image/svg+xml,<svg/>", "data:image/png;base64,*", "data:", "data:image/bmp;base64,Qk0="] {
            assert_eq!(pictures.find(unfit, |_| None), Found::Unfit, "{unfit}");
        }
        assert_eq!(pictures.into_files().len(), 2);
    }

    #[test]
    fn base64_may_be_broken_into_lines_and_lack_its_end() {
        for text in ["eHk=", "eHk", " e\r\nH k="] {
            assert_eq!(decoded(text), Some(b"xy".to_vec()), "{text}");
        }
        assert_eq!(decoded("e*"), None);
        assert_eq!(shown("a [b]\nc", "n.png"), "![a (b) c](n.png)");
    }
}
