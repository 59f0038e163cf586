//! The style sheet, the scripts and the icon, served under addresses that change with their content.

use crate::http::{Access, Route};
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

/// Each script is served as one file, put together from the parts that it is made of.
macro_rules! script {
    ($($part:literal),+) => { concat!($(include_str!(concat!("../../assets/", $part, ".js"))),+).as_bytes() };
}

const SCRIPT: &str = "text/javascript; charset=utf-8";

const ASSETS: [Asset; 5] = [
    Asset { name: "style.css", kind: "text/css; charset=utf-8", bytes: include_bytes!("../../assets/style.css") },
    Asset {
        name: "exam.js",
        kind: SCRIPT,
        bytes: script!("keep", "line", "tabs", "late", "paper", "arrange", "desk", "integrity", "objection", "exam"),
    },
    Asset { name: "page.js", kind: SCRIPT, bytes: script!("page") },
    Asset { name: "late.js", kind: SCRIPT, bytes: script!("keep", "line", "late") },
    Asset { name: "icon.svg", kind: "image/svg+xml", bytes: include_bytes!("../../assets/icon.svg") },
];

static ADDRESSES: LazyLock<[String; 5]> = LazyLock::new(|| {
    ASSETS.map(|asset| {
        let digest = Sha256::digest(asset.bytes);
        let start = digest.iter().take(6).fold(0_u64, |start, byte| start << 8 | u64::from(*byte));
        format!("/assets/{}?v={start:012x}", asset.name)
    })
});

/// The address of the style sheet.
pub fn style() -> &'static str {
    let [style, ..] = &*ADDRESSES;
    style
}

/// The address of the script of the exam page.
pub fn exam_script() -> &'static str {
    let [_, script, ..] = &*ADDRESSES;
    script
}

/// The address of the script of all other pages.
pub fn page_script() -> &'static str {
    let [_, _, script, ..] = &*ADDRESSES;
    script
}

/// The address of the script that the page of a finished attempt has beside that.
pub fn late_script() -> &'static str {
    let [_, _, _, script, _] = &*ADDRESSES;
    script
}

/// The address of the icon.
pub fn icon() -> &'static str {
    let [.., icon] = &*ADDRESSES;
    icon
}

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/assets/{name}", Access::Anyone, show)]
}

async fn show(Path(name): Path<String>) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == name) else {
        return axum::http::StatusCode::NOT_FOUND.into_response();
    };
    let forever = "public, max-age=31536000, immutable";
    ([(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, forever)], asset.bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::ASSETS;

    #[test]
    fn the_style_sheet_stays_small() {
        assert!(ASSETS[0].bytes.len() < 24_000);
    }

    #[test]
    fn the_scripts_keep_to_the_syntax_of_old_phones() {
        for asset in ASSETS.iter().filter(|asset| asset.kind == super::SCRIPT) {
            let script = std::str::from_utf8(asset.bytes).unwrap();
            for newer in
                ["?.", "??", "for await", "replaceAll", "||=", "catch {", "...{", ".flat(", "Object.fromEntries"]
            {
                assert!(!script.contains(newer), "{}: {newer}", asset.name);
            }
        }
    }
}
