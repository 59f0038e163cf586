//! Scanned pages: which files may be one, and how one is called.

use crate::rules::text::{fold, plain_title};

/// Where the end of a PDF is looked for; some programs write a few bytes behind it.
const PDF_END_BYTES: usize = 2048;
/// Most characters of a title.
pub const TITLE_CHARACTERS: usize = 100;

/// What a scanned page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A PDF, of any number of pages.
    Pdf,
    /// A photograph.
    Jpeg,
    /// A picture without loss.
    Png,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Pdf, Self::Jpeg, Self::Png];

    /// The ending of its files, under which it is also stored.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }

    /// What its files are.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// The kind of an ending as it is stored.
    pub fn from_ending(ending: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.ending() == ending)
    }
}

/// The kind of a file by what stands in it, whatever it is called; `None` where it is none of ours, or cut off.
pub fn kind(bytes: &[u8]) -> Option<Kind> {
    if bytes.starts_with(b"%PDF-") {
        let end = bytes.get(bytes.len().saturating_sub(PDF_END_BYTES)..)?;
        return end.windows(5).any(|five| five == b"%%EOF").then_some(Kind::Pdf);
    }
    let kind = match imagesize::image_type(bytes).ok()? {
        imagesize::ImageType::Png => Kind::Png,
        imagesize::ImageType::Jpeg => Kind::Jpeg,
        _ => return None,
    };
    let size = imagesize::blob_size(bytes).ok()?;
    (size.width > 0 && size.height > 0).then_some(kind)
}

/// A title as it is kept; `None` where nothing is left of it, or too much.
pub fn title(text: &str) -> Option<String> {
    let title = plain_title(text);
    (1..=TITLE_CHARACTERS).contains(&title.chars().count()).then_some(title)
}

/// The title that a file's name gives: without its folder and its ending; empty where nothing is left.
pub fn title_of_file(name: &str) -> String {
    const ENDINGS: [&str; 4] = ["pdf", "jpg", "jpeg", "png"];
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = match name.rsplit_once('.') {
        Some((stem, ending)) if ENDINGS.contains(&fold(ending).as_str()) => stem,
        _ => name,
    };
    plain_title(stem).chars().take(TITLE_CHARACTERS).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Kind, TITLE_CHARACTERS, kind, title, title_of_file};

    #[test]
    fn what_a_file_holds_counts_and_not_its_name() {
        assert_eq!(kind(b"%PDF-1.7\n1 0 obj\n%%EOF\n"), Some(Kind::Pdf));
        assert_eq!(kind(&crate::formats::picture::tests::png(9, 9)), Some(Kind::Png));
        let broken: [&[u8]; 8] = [
            b"",
            b"%PDF-1.7\ncut off",
            b"MZ\x90",
            b"<html>",
            b"GIF89a\x01\0\x01\0",
            b"\xff\xd8\xff",
            b"PK\x03\x04",
            b" %PDF-1.7 %%EOF",
        ];
        for refused in broken {
            assert_eq!(kind(refused), None, "{refused:?}");
        }
        assert_eq!(kind(&crate::formats::picture::tests::png(0, 9)), None);
    }

    #[test]
    fn titles_hold_nothing_that_could_deceive() {
        assert_eq!(title(" 签字页\u{202e}\u{0} 一\n二 "), Some("签字页 一 二".to_owned()));
        assert_eq!(title(" \u{200b}\n"), None);
        assert_eq!(title(&"长".repeat(TITLE_CHARACTERS + 1)), None);
        assert_eq!(title_of_file("C:\\scan\\成绩册 1.PDF"), "成绩册 1");
        assert_eq!(title_of_file("../../etc/v1.2"), "v1.2");
        assert_eq!(title_of_file(".jpeg"), "");
        assert_eq!(title_of_file(&"长".repeat(300)).chars().count(), TITLE_CHARACTERS);
    }
}
