//! Days as people type them, in the server's time zone: since when somebody stands elsewhere, or is gone.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

fn local(at_ms: i64) -> Option<ZonedDateTime> {
    Some(Timestamp::from_millisecond(at_ms).ok()?.to_zoned_datetime(TimeZone::system()))
}

/// The day of a moment: `2026-11-20`.
pub fn iso_day(at_ms: i64) -> String {
    local(at_ms).map(|at| at.date().to_string()).unwrap_or_default()
}

/// `2026-11-20`, also with slashes or dots and without zeros.
fn read(text: &str) -> Option<Date> {
    let parts: Vec<i16> =
        text.trim().split(['-', '/', '.']).map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
    let [year, month, day] = parts.as_slice() else { return None };
    Date::new(*year, i8::try_from(*month).ok()?, i8::try_from(*day).ok()?).ok()
}

/// A day as it is kept, `2026-11-20`; `None` where the text is none.
pub fn civil_day(text: &str) -> Option<String> {
    read(text).map(|day| day.to_string())
}

/// The moment from which a change counts that was typed as a day: its first one, but not before what it ends began; an
/// empty text is now. Otherwise the name of the message that says what is expected.
pub(super) fn moment(text: &str, began_at_ms: Option<i64>, now_ms: i64) -> Result<i64, &'static str> {
    let began = began_at_ms.unwrap_or(i64::MIN);
    if text.trim().is_empty() {
        return Ok(now_ms.max(began));
    }
    let day = read(text).ok_or("day")?;
    let of = |at_ms: i64| local(at_ms).map(|at| at.date());
    match (of(now_ms), began_at_ms.and_then(of)) {
        (Some(today), _) if day > today => Err("day-past"),
        (Some(today), _) if day == today => Ok(now_ms.max(began)),
        (_, Some(first)) if day < first => Err("day-after-start"),
        _ => {
            let start = day.to_zoned_datetime(TimeZone::system()).map_err(|_| "day")?;
            Ok(start.timestamp().as_millisecond().max(began))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{iso_day, moment};

    const DAY: i64 = 86_400_000;
    const NOW: i64 = 1_795_000_000_000;

    #[test]
    fn a_day_counts_from_its_start_and_never_before_what_it_ends() {
        let began = NOW - 10 * DAY;
        assert_eq!(moment("", Some(began), NOW), Ok(NOW));
        assert_eq!(moment(&iso_day(NOW), Some(began), NOW), Ok(NOW));
        assert_eq!(moment(&iso_day(began), Some(began), NOW), Ok(began));
        let between = moment(&iso_day(NOW - 3 * DAY), Some(began), NOW).unwrap();
        assert!(between <= NOW - 3 * DAY && between > NOW - 4 * DAY);
        assert_eq!(iso_day(between), iso_day(NOW - 3 * DAY));
        assert_eq!(moment(&iso_day(NOW - 3 * DAY).replace('-', "/"), None, NOW), Ok(between));
        assert_eq!(moment(&iso_day(NOW + 2 * DAY), Some(began), NOW), Err("day-past"));
        assert_eq!(moment(&iso_day(began - 2 * DAY), Some(began), NOW), Err("day-after-start"));
        for junk in ["soon", "2026-13-01", "2026-02-30", "2026-1", "99999-1-1"] {
            assert_eq!(moment(junk, None, NOW), Err("day"), "{junk}");
        }
    }
}
