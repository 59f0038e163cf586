//! Pictures of questions: which may be taken in, and the name under which one is kept.

use sha2::{Digest, Sha256};

/// Most bytes of a picture: a phone loads it over a poor line while the clock runs.
pub const MOST_BYTES: usize = 2 * 1024 * 1024;
/// Longest side in pixels.
pub const MOST_PIXELS: usize = 6000;

/// A picture that may be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What it shows, in 32 digits of a digest, its size and its kind: `…-640x480.png`.
    pub name: String,
    /// As it came.
    pub bytes: Vec<u8>,
}

/// Takes a picture in by what stands in it, whatever its file is called; `None` where it is none of our kinds, or too large.
pub fn read(bytes: &[u8]) -> Option<Picture> {
    let ending = match imagesize::image_type(bytes).ok()? {
        imagesize::ImageType::Png => "png",
        imagesize::ImageType::Jpeg => "jpg",
        imagesize::ImageType::Gif => "gif",
        imagesize::ImageType::Webp => "webp",
        _ => return None,
    };
    let imagesize::ImageSize { width, height } = imagesize::blob_size(bytes).ok()?;
    let sides = 1..=MOST_PIXELS;
    (bytes.len() <= MOST_BYTES && sides.contains(&width) && sides.contains(&height)).then_some(())?;
    let digest = Sha256::digest(bytes).iter().take(16).fold(0_u128, |digest, byte| digest << 8 | u128::from(*byte));
    Some(Picture { name: format!("{digest:032x}-{width}x{height}.{ending}"), bytes: bytes.to_vec() })
}

/// The media type of a picture by the name under which it is kept.
pub fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("png") => "image/png",
        Some("gif") => "image/gif",
        Some("webp") => "image/webp",
        _ => "image/jpeg",
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::read;
    use crate::rules::rich;

    /// A picture of one colour, as PNG without compression worth the name.
    pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 0, 0, 0, 0, 0, 0, 0, 0]);
        bytes
    }

    #[test]
    fn what_a_file_holds_counts_and_not_its_name() {
        let picture = read(&png(640, 480)).unwrap();
        assert_eq!(rich::size(&picture.name), Some((640, 480)));
        assert!(rich::is_kept_name(&picture.name) && picture.name.ends_with("-640x480.png"));
        assert_eq!(read(&png(640, 480)).unwrap().name, picture.name);
        for refused in [&b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..], b"GIF8", b"", b"MZ\x90", b"BM\0\0\0\0"] {
            assert_eq!(read(refused), None);
        }
        assert_eq!(read(&png(20_000, 10)), None);
        assert_eq!(read(&png(0, 10)), None);
        let mut large = png(10, 10);
        large.resize(3 * 1024 * 1024, 0);
        assert_eq!(read(&large), None);
    }
}
