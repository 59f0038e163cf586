//! Moments as readers of a language write them, in the server's time zone. The patterns stand in `locales/`.

use crate::i18n::text;
use crate::rules::text::Language;

fn written(at_ms: i64, pattern: &str) -> String {
    let zone = jiff::tz::TimeZone::system();
    jiff::Timestamp::from_millisecond(at_ms)
        .map(|at| at.to_zoned_datetime(zone).strftime(pattern).to_string())
        .unwrap_or_default()
}

/// A day: `2026年11月20日`, `20 Nov 2026`.
pub fn day(language: Language, at_ms: i64) -> String {
    written(at_ms, &text(language, "pattern-day"))
}

/// A day of the year: `11月20日`, `20 Nov`.
pub fn day_of_year(language: Language, at_ms: i64) -> String {
    written(at_ms, &text(language, "pattern-day-of-year"))
}

/// A moment to the minute: `2026年11月20日 09:00`, `20 Nov 2026, 09:00`.
pub fn moment(language: Language, at_ms: i64) -> String {
    written(at_ms, &text(language, "pattern-moment"))
}

/// A time of day to the minute: `09:00`.
pub fn hour(at_ms: i64) -> String {
    written(at_ms, "%H:%M")
}

/// A time of day to the second: `09:18:52`.
pub fn clock(at_ms: i64) -> String {
    written(at_ms, "%H:%M:%S")
}

/// A moment as programs and tables have it: `2026-11-20 09:00`.
pub fn stamp(at_ms: i64) -> String {
    written(at_ms, "%Y-%m-%d %H:%M")
}
