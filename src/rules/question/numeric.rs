//! Numeric 计算: a number, with a unit or without. Full points within the tolerance, compared as exact decimals.

use crate::rules::question::quantity::{Quantity, readings};
use crate::rules::question::{MOST_GAP_CHARACTERS, Misfit};
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

/// What a number must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numeric {
    /// The value.
    pub value: Number,
    /// How far off an answer may be.
    pub tolerance: Number,
    /// Units that may stand behind the number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<String>,
}

/// A number as it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Given {
    /// As a number.
    Number(Number),
    /// As a text, perhaps with its unit.
    Text(String),
}

impl Given {
    /// As it would be typed.
    pub fn text(&self) -> String {
        match self {
            Self::Number(number) => plain(number),
            Self::Text(text) => text.clone(),
        }
    }
}

/// A number without exponent.
pub fn plain(number: &Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => format!("{float}"),
        _ => number.to_string(),
    }
}

/// The number of a response.
pub(super) fn decode(value: &Value) -> Result<Given, Misfit> {
    match value {
        Value::Number(number) => Ok(Given::Number(number.clone())),
        Value::String(text) if text.contains('\u{0}') => Err(Misfit::Nul),
        Value::String(text) if text.chars().count() > MOST_GAP_CHARACTERS => Err(Misfit::TooLong),
        Value::String(text) => Ok(Given::Text(text.clone())),
        _ => Err(Misfit::Form),
    }
}

/// Whether a number given is near enough.
pub(super) fn is_right(key: &Numeric, given: &Given) -> bool {
    let exact = |number: &Number| Quantity::read(&plain(number), &[]);
    let (Some(value), Some(tolerance)) = (exact(&key.value), exact(&key.tolerance)) else { return false };
    readings(&given.text(), &key.units).into_iter().any(|said| said.is_within(value, tolerance))
}

#[cfg(test)]
mod tests {
    use super::{Given, Numeric, is_right};
    use proptest::{prop_assert, prop_assert_eq, proptest};
    use serde_json::{Number, json};

    fn key(value: f64, tolerance: f64, units: &[&str]) -> Numeric {
        let number = |float: f64| Number::from_f64(float).unwrap();
        let units = units.iter().map(|&unit| unit.to_owned()).collect();
        Numeric { value: number(value), tolerance: number(tolerance), units }
    }

    fn says(key: &Numeric, text: &str) -> bool {
        is_right(key, &Given::Text(text.to_owned()))
    }

    #[test]
    fn a_number_in_any_spelling_with_or_without_its_unit() {
        let years = key(3.0, 0.0, &["年", "years"]);
        for right in ["3", "３", "三", "叁年", "3年", "3 years", "3.0", "+3"] {
            assert!(says(&years, right), "{right}");
        }
        for wrong in ["", "-3", "3月", "3.01", "33", "三年半", "3e0"] {
            assert!(!says(&years, wrong), "{wrong}");
        }
        let json = |value: serde_json::Value| serde_json::from_value::<Given>(value).unwrap();
        assert!(is_right(&years, &json(json!(3))) && is_right(&years, &json(json!(3.0))));
        assert!(!is_right(&years, &json(json!(1e300))));
        let share = key(80.0, 0.5, &["%"]);
        assert!(says(&share, "80%") && says(&share, "79.5") && says(&share, "八十") && !says(&share, "79.49%"));
    }

    proptest! {
        #[test]
        fn the_tolerance_is_inclusive_and_exact(value in -100_000_i64..100_000, off in 0_i64..500, tolerance in 0_i64..500) {
            let cents = |n: i64| format!("{}{}.{:02}", if n < 0 { "-" } else { "" }, n.abs() / 100, n.abs() % 100);
            let float = |n: i64| cents(n).parse::<f64>().unwrap();
            let key = key(float(value), float(tolerance), &[]);
            prop_assert_eq!(says(&key, &cents(value + off)), off <= tolerance);
            prop_assert_eq!(says(&key, &cents(value - off)), off <= tolerance);
            prop_assert!(says(&key, &cents(value)));
        }
    }
}
