//! Moments as browsers send and show them: date and time in the server's zone, `2026-11-20T09:00`.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// A moment for a field of the type `datetime-local`; seconds and less only where there are any.
pub fn local(at_ms: i64) -> String {
    let Ok(at) = jiff::Timestamp::from_millisecond(at_ms) else { return String::new() };
    let at = at.to_zoned_datetime(TimeZone::system());
    let format = match (at_ms.rem_euclid(60_000), at_ms.rem_euclid(1000)) {
        (0, _) => "%Y-%m-%dT%H:%M",
        (_, 0) => "%Y-%m-%dT%H:%M:%S",
        _ => "%Y-%m-%dT%H:%M:%S%.3f",
    };
    at.strftime(format).to_string()
}

/// Reads a moment typed into a form; `None` where it is none.
pub fn typed(text: &str) -> Option<i64> {
    let at: DateTime = text.trim().replace(' ', "T").parse().ok()?;
    Some(at.to_zoned_datetime(TimeZone::system()).ok()?.timestamp().as_millisecond())
}

/// A moment as test files write it, in the server's zone: `2026-11-20T09:00:00+08:00`.
pub(super) fn written(at_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(at_ms)
        .map(|at| at.to_zoned_datetime(TimeZone::system()).strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{local, typed, written};

    #[test]
    fn moments_are_read_as_they_are_shown() {
        for at_ms in [1_795_000_020_000, 1_795_000_000_000, 1_795_000_000_123] {
            assert_eq!(typed(&local(at_ms)), Some(at_ms));
            assert!(crate::formats::test_json::read(sound(&written(at_ms)).as_bytes()).is_ok(), "{}", written(at_ms));
        }
        assert!(typed("2026-11-20 09:00").is_some() && typed("tomorrow").is_none() && typed("").is_none());
    }

    fn sound(opens: &str) -> String {
        serde_json::json!({ "test": "t", "title": "T", "audience": { "branches": ["HQ"] }, "opens": opens,
            "closes": "2099-01-01T00:00:00Z", "minutes": 1,
            "sections": [{ "kind": "single", "points": 1, "draw": [{ "bank": "b", "count": 1 }] }] })
        .to_string()
    }
}
