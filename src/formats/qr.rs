//! QR codes as SVG, drawn here: no picture library, and nothing that a strict content policy would refuse.

use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write;

/// The clear space around a code, in modules, as its standard asks for.
const QUIET: i32 = 4;

/// The code of a text, black on white also where the page is dark; `None` where the text is longer than a code holds.
pub fn svg(text: &str) -> Option<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let size = code.size() + 2 * QUIET;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|&at| code.get_module(at, y)).count();
            let run = i32::try_from(run).unwrap_or_default();
            if run > 0 {
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += run.max(1);
        }
    }
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" shape-rendering=\"crispEdges\" aria-hidden=\"true\">\
         <rect width=\"{size}\" height=\"{size}\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::svg;

    /// The modules that the path draws, read back.
    fn drawn(svg: &str) -> Vec<(i32, i32)> {
        let path = svg.split("d=\"").nth(1).unwrap().split('"').next().unwrap();
        let mut modules = Vec::new();
        for run in path.split('M').skip(1) {
            let (place, rest) = run.split_once('h').unwrap();
            let (x, y) = place.split_once(' ').unwrap();
            let (x, y, length): (i32, i32, i32) =
                (x.parse().unwrap(), y.parse().unwrap(), rest.split('v').next().unwrap().parse().unwrap());
            modules.extend((x..x + length).map(|x| (x, y)));
        }
        modules
    }

    #[test]
    fn every_dark_module_is_drawn_once_and_nothing_else() {
        let text = "http://192.168.10.20:8080/s/abcdefghjkmnpqrstuvwxyz2";
        let code = qrcodegen::QrCode::encode_text(text, qrcodegen::QrCodeEcc::Medium).unwrap();
        let mut drawn = drawn(&svg(text).unwrap());
        drawn.sort_unstable();
        let mut dark: Vec<(i32, i32)> = (0..code.size())
            .flat_map(|x| (0..code.size()).map(move |y| (x, y)))
            .filter(|&(x, y)| code.get_module(x, y))
            .map(|(x, y)| (x + 4, y + 4))
            .collect();
        dark.sort_unstable();
        assert!(dark.len() > 300);
        assert_eq!(drawn, dark);
        assert_eq!(svg(&"x".repeat(3_000)), None);
    }
}
