//! The words of a page: messages of `locales/`, numbers and times as readers write them.

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

    /// `2026-11-20 09:00–18:00`, or both days where they differ.
    pub fn span(self, from_ms: i64, to_ms: i64) -> String {
        let (from, to) = (i18n::moment(from_ms), i18n::moment(to_ms));
        let same_day = from.get(..10) == to.get(..10);
        let to = if same_day { to.get(11..).unwrap_or_default().to_owned() } else { to };
        self.with("span", &[("from", Value::from(from)), ("to", Value::from(to))])
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

/// A time of day in the server's zone, to the second: `09:18:52`.
pub fn clock(at_ms: i64) -> String {
    let zone = jiff::tz::TimeZone::system();
    jiff::Timestamp::from_millisecond(at_ms)
        .map(|at| at.to_zoned_datetime(zone).strftime("%H:%M:%S").to_string())
        .unwrap_or_default()
}
