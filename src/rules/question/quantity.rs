//! Numbers as people write them into a gap marked `number`: 3, ３, 三, 叁, 3.50, 1,200, 80%, 百分之八十, with or without a unit.

use crate::rules::question::normal::normalise;

/// An exact decimal: `digits × 10^-scale`, without trailing zeros, so that equal numbers are equal values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quantity {
    digits: i128,
    scale: u32,
}

impl Quantity {
    const fn new(mut digits: i128, mut scale: u32) -> Self {
        while scale > 0 && digits % 10 == 0 {
            digits /= 10;
            scale -= 1;
        }
        Self { digits, scale }
    }

    /// Reads a number, allowing one of `units` behind it; `None` where it is none.
    pub fn read(text: &str, units: &[String]) -> Option<Self> {
        readings(text, units).first().copied()
    }

    /// Whether it differs from `value` by no more than `tolerance`.
    pub fn is_within(self, value: Self, tolerance: Self) -> bool {
        let scale = self.scale.max(value.scale).max(tolerance.scale);
        let at = |quantity: Self| quantity.digits.checked_mul(10_i128.checked_pow(scale - quantity.scale)?);
        let difference = at(self).zip(at(value)).and_then(|(said, value)| said.checked_sub(value));
        difference.zip(at(tolerance)).is_some_and(|(difference, tolerance)| difference.abs() <= tolerance)
    }

    /// Reads a normalised text that is a number and nothing else.
    fn bare(text: &str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix("百分之") {
            return Self::bare(rest).map(Self::hundredth);
        }
        if let Some(rest) = text.strip_suffix('%') {
            return Self::bare(rest).map(Self::hundredth);
        }
        let (negative, text) = match text.strip_prefix('-').or_else(|| text.strip_prefix('负')) {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let Self { digits, scale } = digits(text).or_else(|| chinese(text))?;
        Some(Self::new(if negative { -digits } else { digits }, scale))
    }

    const fn hundredth(self) -> Self {
        Self::new(self.digits, self.scale + 2)
    }
}

/// Every number that a text can mean: as it stands, and with one of `units` taken off its end. With the unit `%`, 80%
/// is 0.8 and 80.
pub fn readings(text: &str, units: &[String]) -> Vec<Quantity> {
    let text = normalise(text);
    let mut units: Vec<String> = units.iter().map(|unit| normalise(unit)).filter(|unit| !unit.is_empty()).collect();
    units.sort_by_key(|unit| std::cmp::Reverse(unit.len()));
    let with_unit = units.iter().filter_map(|unit| text.strip_suffix(unit.as_str()));
    std::iter::once(text.as_str()).chain(with_unit.map(str::trim_end)).filter_map(Quantity::bare).collect()
}

/// `1,200.50`
fn digits(text: &str) -> Option<Quantity> {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let grouped = whole.contains(',');
    let groups: Vec<&str> = whole.split(',').collect();
    let well_grouped = groups
        .iter()
        .enumerate()
        .all(|(i, group)| if i == 0 { (1..=3).contains(&group.len()) } else { group.len() == 3 });
    if grouped && !well_grouped {
        return None;
    }
    let fraction = fraction.unwrap_or("0");
    let all = groups.concat();
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(&all) || !plain(fraction) || all.len() + fraction.len() > 30 {
        return None;
    }
    Some(Quantity::new(format!("{all}{fraction}").parse().ok()?, u32::try_from(fraction.len()).ok()?))
}

/// `一千二百`, `二〇二六`, `十五点五`, `叁`
fn chinese(text: &str) -> Option<Quantity> {
    let (whole, fraction) = text.split_once('点').map_or((text, ""), |(whole, fraction)| (whole, fraction));
    if whole.is_empty() || text.chars().count() > 24 || (text.contains('点') && fraction.is_empty()) {
        return None;
    }
    let positional = whole.chars().count() > 1 && whole.chars().all(|c| numeral(c).is_some());
    let mut digits = if positional { spelled(whole)? } else { counted(whole)? };
    let decimals = fraction.chars().count();
    for character in fraction.chars() {
        digits = digits.checked_mul(10)?.checked_add(numeral(character)?)?;
    }
    Some(Quantity::new(digits, u32::try_from(decimals).ok()?))
}

/// Digit by digit: 二〇二六.
fn spelled(text: &str) -> Option<i128> {
    text.chars().try_fold(0_i128, |sum, c| sum.checked_mul(10)?.checked_add(numeral(c)?))
}

/// With places: 一万零三百二十, 十五, 廿.
fn counted(text: &str) -> Option<i128> {
    let (mut total, mut section, mut digit) = (0_i128, 0_i128, None);
    let mut last_place = i128::MAX;
    for character in text.chars() {
        if let Some(value) = numeral(character) {
            if digit.is_some_and(|known| known != 0) {
                return None;
            }
            digit = Some(value);
        } else if let Some(place) = place(character) {
            if place >= last_place {
                return None;
            }
            section += digit.take().unwrap_or(1) * place;
            last_place = place;
        } else if let Some(size) = myriad(character) {
            total = (total + section + digit.take().unwrap_or(0)).checked_mul(size)?;
            section = 0;
            last_place = i128::MAX;
        } else if character == '廿' {
            section += 20;
        } else {
            return None;
        }
    }
    Some(total + section + digit.unwrap_or(0))
}

const fn numeral(character: char) -> Option<i128> {
    Some(match character {
        '〇' | '零' | '○' => 0,
        '一' | '壹' | '幺' => 1,
        '二' | '贰' | '两' | '貳' => 2,
        '三' | '叁' | '參' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' | '陸' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

const fn place(character: char) -> Option<i128> {
    Some(match character {
        '十' | '拾' => 10,
        '百' | '佰' => 100,
        '千' | '仟' => 1000,
        _ => return None,
    })
}

const fn myriad(character: char) -> Option<i128> {
    Some(match character {
        '万' | '萬' => 10_000,
        '亿' | '億' => 100_000_000,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::Quantity;
    use proptest::{prop_assert_eq, proptest};

    fn read(text: &str) -> Option<Quantity> {
        Quantity::read(text, &["年".to_owned(), "years".to_owned()])
    }

    #[test]
    fn every_spelling_of_a_number_is_that_number() {
        for text in ["3", "３", "三", "叁", "3.0", "3年", "三年", "3 years", "+3", " 3 "] {
            assert_eq!(read(text), read("3"), "{text}");
        }
        for (text, digits) in [
            ("一千二百", "1200"),
            ("1,200", "1200"),
            ("二〇二六", "2026"),
            ("十五", "15"),
            ("廿五", "25"),
            ("一万零三百二十", "10320"),
            ("百分之八十", "0.8"),
            ("80%", "0.8"),
            ("三分之二", ""),
            ("十五点五", "15.5"),
            ("负三", "-3"),
            ("两百", "200"),
        ] {
            assert_eq!(read(text), read(digits), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["", "年", "3月", "1,20", "3.5.1", "三十十", "abc", "10²", "-", "点五"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_ne!(read("3.5"), read("35"));
    }

    proptest! {
        #[test]
        fn decimals_equal_themselves_with_trailing_zeros(whole in 0_u32..1_000_000, fraction in 0_u32..1000) {
            let text = format!("{whole}.{fraction:03}");
            prop_assert_eq!(read(&text), read(&format!("{text}00")));
        }
        #[test]
        fn never_panics(text in ".{0,40}") {
            let _ = read(&text);
        }
    }
}
