//! The words of pages and documents: messages of `locales/`, numbers and times as readers write them.

use crate::i18n::{self, Value};
use crate::rules::text::{Language, Text};

/// A language to speak in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words(pub Language);

impl Words {
    /// A message.
    pub fn t(self, id: &str) -> String {
        i18n::text(self.0, id)
    }

    /// A message filled with values.
    pub fn with(self, id: &str, values: &[(&str, Value<'_>)]) -> String {
        i18n::text_with(self.0, id, values)
    }

    /// A text of a bank or test in the reader's language.
    pub fn of(self, text: &Text) -> &str {
        text.in_language(self.0)
    }

    /// Several names in a row.
    pub fn list<I: IntoIterator<Item = String>>(self, names: I) -> String {
        names.into_iter().collect::<Vec<_>>().join(&self.t("list-comma"))
    }

    /// A moment as the reader writes it.
    pub fn moment(self, at_ms: i64) -> String {
        i18n::moment(self.0, at_ms)
    }

    /// A day as the reader writes it.
    pub fn day(self, at_ms: i64) -> String {
        i18n::day(self.0, at_ms)
    }

    /// A day without its year.
    pub fn day_of_year(self, at_ms: i64) -> String {
        i18n::day_of_year(self.0, at_ms)
    }

    /// `2026年11月20日 09:00 至 18:00`, or both days where they differ.
    pub fn span(self, from_ms: i64, to_ms: i64) -> String {
        let same_day = i18n::day(self.0, from_ms) == i18n::day(self.0, to_ms);
        let to = if same_day { i18n::hour(to_ms) } else { self.moment(to_ms) };
        self.with("span", &[("from", Value::from(self.moment(from_ms))), ("to", Value::from(to))])
    }
}

/// A percentage with one decimal, or a dash where there is none.
pub fn percent(rate: Option<f64>) -> String {
    rate.map_or_else(|| "–".to_owned(), |rate| format!("{rate:.1}%"))
}

/// A figure with one decimal, or a dash where there is none.
pub fn figure(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.1}"))
}

/// A count as a value of a message.
pub fn count<T: TryInto<i64>>(number: T) -> Value<'static> {
    Value::from(number.try_into().unwrap_or(i64::MAX))
}
