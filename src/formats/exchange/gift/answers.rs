//! What stands between the braces of a GIFT question.

use super::text::{Format, bare, find, plain, split_at};
use serde_json::Number;

/// One answer with its sign, weight and comment.
#[derive(Debug, Clone)]
pub(super) struct Piece<'t> {
    /// Whether `=` stands before it.
    pub(super) is_equal: bool,
    /// Where it stands between the braces.
    pub(super) at: usize,
    /// Its share of the points in percent, where one is written.
    pub(super) weight: Option<f64>,
    /// What it says.
    pub(super) text: &'t str,
    /// What is said to who chose it.
    pub(super) comment: Option<&'t str>,
}

impl Piece<'_> {
    /// Whether it earns all points as a single answer.
    pub(super) fn is_full(&self) -> bool {
        self.is_equal && self.weight.is_none_or(|weight| weight >= 100.0)
    }

    /// Whether it earns some, but not all points as a single answer.
    pub(super) fn is_partial(&self) -> bool {
        !self.is_full() && self.weight.is_some_and(|weight| weight > 0.0)
    }
}

/// The answers, each behind its sign; the first may lack its one, and is wrong where there are wrong ones.
pub(super) fn pieces(inner: &str) -> Vec<Piece<'_>> {
    let signs: Vec<(usize, char)> = bare(inner).filter(|(_, character)| matches!(character, '=' | '~')).collect();
    let ends = signs.iter().skip(1).map(|(at, _)| *at).chain([inner.len()]);
    let signed = signs
        .iter()
        .zip(ends)
        .map(|((at, sign), end)| piece(*sign == '=', *at, inner.get(at + 1..end).unwrap_or_default()));
    let first = signs.first().map_or(inner.len(), |(at, _)| *at);
    let unsigned = inner.get(..first).filter(|text| !is_cloze_prefix(text)).unwrap_or_default();
    let is_equal = signs.iter().all(|(_, sign)| *sign == '=');
    let all = std::iter::once(piece(is_equal, 0, unsigned)).chain(signed);
    all.filter(|piece| !piece.text.is_empty() || piece.comment.is_some()).collect()
}

/// Whether a text is `1:MC:` and the like, by which embedded questions begin: people write it here too.
fn is_cloze_prefix(text: &str) -> bool {
    let mut parts = text.trim().split(':');
    let mut next = |is_part: fn(u8) -> bool| parts.next().is_some_and(|part| part.bytes().all(is_part));
    let is_begun = next(|byte| byte.is_ascii_digit()) && next(|byte| byte.is_ascii_uppercase() || byte == b'_');
    is_begun && parts.next() == Some("") && parts.next().is_none()
}

/// An answer behind its sign.
pub(super) fn piece(is_equal: bool, at: usize, written: &str) -> Piece<'_> {
    let (written, comment) = match find(written, '#') {
        Some(at) => {
            let (before, after) = split_at(written, at, 1);
            (before, Some(after.trim()).filter(|comment| !comment.is_empty()))
        }
        None => (written, None),
    };
    let written = written.trim();
    let weighted = written.strip_prefix('%').and_then(|rest| {
        let (weight, text) = rest.split_once('%')?;
        Some((weight.trim().parse::<f64>().ok().filter(|weight| weight.is_finite())?, text.trim()))
    });
    let (weight, text) = weighted.map_or((None, written), |(weight, text)| (Some(weight), text));
    Piece { is_equal, at, weight, text, comment }
}

/// Option and target of an answer that is a pair.
pub(super) fn pair(piece: &Piece<'_>) -> Option<(String, String)> {
    let (option, target) = piece.text.split_once("->")?;
    Some((plain(option, Format::Moodle).text, plain(target, Format::Moodle).text))
}

/// Right or wrong, where a word says so.
pub(super) fn verdict(word: &str) -> Option<bool> {
    match word {
        "T" | "TRUE" => Some(true),
        "F" | "FALSE" => Some(false),
        _ => None,
    }
}

/// The value and tolerance that `1822:5` or `3.1..3.2` speak of.
pub(in crate::formats::exchange) fn numeric(text: &str) -> Option<(Number, Number)> {
    if let Some((least, most)) = text.split_once("..") {
        let (least, most) = (Decimal::read(least)?, Decimal::read(most)?);
        return Some((least.half(most, 1)?, most.half(least, -1)?));
    }
    let (value, tolerance) = text.split_once(':').unwrap_or((text, "0"));
    let tolerance = if tolerance.trim().is_empty() { "0" } else { tolerance };
    Some((number(value)?, number(tolerance)?))
}

/// A number as people write it.
pub(in crate::formats::exchange) fn number(text: &str) -> Option<Number> {
    let text = text.trim();
    let plain = text.strip_prefix('+').unwrap_or(text).trim_end_matches('.');
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |digits| ("-", digits));
    let starts_with_digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    if !starts_with_digit(digits.strip_prefix('.').unwrap_or(digits)) {
        return None;
    }
    let digits = digits.trim_start_matches('0');
    let zero = if starts_with_digit(digits) { "" } else { "0" };
    serde_json::from_str(&format!("{sign}{zero}{digits}")).ok()
}

/// A number as its digits and how many of them stand behind the point.
#[derive(Debug, Clone, Copy)]
struct Decimal {
    digits: i64,
    places: u32,
}

impl Decimal {
    fn read(text: &str) -> Option<Self> {
        let (whole, part) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
        let is_plain = part.bytes().all(|byte| byte.is_ascii_digit());
        let digits = format!("{whole}{part}").parse().ok().filter(|_| is_plain)?;
        Some(Self { digits, places: u32::try_from(part.len()).ok()? })
    }

    fn scaled(self, places: u32) -> Option<i64> {
        self.digits.checked_mul(10_i64.checked_pow(places.checked_sub(self.places)?)?)
    }

    /// Half of the sum (`sign` 1) or of the difference (`sign` -1).
    fn half(self, other: Self, sign: i64) -> Option<Number> {
        let places = self.places.max(other.places);
        let sum = self.scaled(places)?.checked_add(other.scaled(places)?.checked_mul(sign)?)?;
        // Half is five tenths: one place more.
        let digits = sum.checked_mul(5)?;
        number(&point(digits, places + 1))
    }
}

/// Digits with a point before the last `places`.
fn point(digits: i64, places: u32) -> String {
    let width = usize::try_from(places).unwrap_or_default();
    let figures = format!("{:0>least$}", digits.unsigned_abs(), least = width + 1);
    let (whole, part) = figures.split_at(figures.len() - width);
    let part = part.trim_end_matches('0');
    let sign = if digits < 0 { "-" } else { "" };
    if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

#[cfg(test)]
mod tests {
    use super::{numeric, pieces};

    #[test]
    fn numbers_and_ranges() {
        for (text, value, tolerance) in [
            ("1822:5", "1822", "5"),
            (" -3.142 : 0.001", "-3.142", "0.001"),
            ("3.141..3.142", "3.1415", "0.0005"),
            ("-5..5", "0", "5"),
            ("1..2", "1.5", "0.5"),
            ("007", "7", "0"),
            ("0", "0", "0"),
            (".5", "0.5", "0"),
            ("+4.", "4", "0"),
            ("2:", "2", "0"),
            ("1e3", "1000.0", "0"),
        ] {
            let (found, off) = numeric(text).unwrap();
            assert_eq!((found.to_string(), off.to_string()), (value.to_owned(), tolerance.to_owned()), "{text}");
        }
        for text in ["", "a", "1:b", "1..", "..", "1,5", "9999999999999999999..1", "-", "1/2", "NaN"] {
            assert_eq!(numeric(text), None, "{text}");
        }
    }

    #[test]
    fn answers_with_weights_and_comments() {
        let found = pieces("~%-50%a # no \n=%25.5%b\\=c##d ~= e ~% 7 ~");
        let told: Vec<_> = found.iter().map(|p| (p.is_equal, p.weight, p.text, p.comment)).collect();
        let expected = [
            (false, Some(-50.0), "a", Some("no")),
            (true, Some(25.5), "b\\=c", Some("#d")),
            (true, None, "e", None),
            (false, None, "% 7", None),
        ];
        assert_eq!(told, expected);
        for (text, expected) in [
            ("a =b", vec![(true, "a"), (true, "b")]),
            ("a ~b =c", vec![(false, "a"), (false, "b"), (true, "c")]),
            ("1:SA:=a", vec![(true, "a")]),
            (":MC_V:~a =b", vec![(false, "a"), (true, "b")]),
            ("one", vec![(true, "one")]),
            (" ", vec![]),
        ] {
            let found: Vec<(bool, &str)> = pieces(text).iter().map(|piece| (piece.is_equal, piece.text)).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
