//! Objections to questions: what a note may say, and until when one may be sent.

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

/// Most characters of a note, and of an answer to it.
pub const MOST_CHARACTERS: usize = 500;
/// Working days to object in, of a test that states none.
pub const USUAL_DAYS: u32 = 3;
/// Most working days to object in.
pub const MOST_DAYS: u32 = 60;
/// How often a member may write about one question of a sitting, changes counted.
pub const MOST_WRITINGS: i64 = 10;

/// A note or an answer as it is kept: without what surrounds it, its lines ended alike. `None` where nothing is left, or
/// it is too long.
pub fn tidy(text: &str) -> Option<String> {
    let text = text.trim().replace("\r\n", "\n");
    let fits = !text.is_empty() && text.chars().count() <= MOST_CHARACTERS && !text.contains('\0');
    fits.then_some(text)
}

/// When results stop being provisional: the same time of day so many working days after they were settled, in the unit's
/// time zone; without holidays, which nobody has told the program. `None` without days to object in.
pub fn ends(settled_at_ms: i64, working_days: u32, zone: &TimeZone) -> Option<i64> {
    if working_days == 0 {
        return None;
    }
    let mut day = Timestamp::from_millisecond(settled_at_ms).ok()?.to_zoned_datetime(zone.clone());
    let mut left = working_days;
    while left > 0 {
        day = day.tomorrow().ok()?;
        if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
            left -= 1;
        }
    }
    Some(day.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::{MOST_CHARACTERS, MOST_DAYS, ends, tidy};
    use jiff::tz::TimeZone;
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    const DAY: i64 = 24 * 3_600_000;
    /// Wednesday, 25 November 2026, noon by UTC.
    const WEDNESDAY: i64 = 1_795_608_000_000;

    #[test]
    fn a_weekend_is_no_time_to_object_in() {
        let after = |from: i64, days: u32| ends(from, days, &TimeZone::UTC);
        assert_eq!(after(WEDNESDAY, 0), None);
        assert_eq!(after(WEDNESDAY, 2), Some(WEDNESDAY + 2 * DAY));
        assert_eq!(after(WEDNESDAY, 3), Some(WEDNESDAY + 5 * DAY));
        assert_eq!(after(WEDNESDAY + 3 * DAY, 1), Some(WEDNESDAY + 5 * DAY), "settled on a Saturday");
    }

    #[test]
    fn a_note_says_something_and_not_too_much() {
        assert_eq!(tidy("  对\r\n错 \n"), Some("对\n错".to_owned()));
        assert_eq!(tidy(" \n "), None);
        assert_eq!(tidy("a\0b"), None);
        assert!(tidy(&"异".repeat(MOST_CHARACTERS)).is_some());
        assert_eq!(tidy(&"异".repeat(MOST_CHARACTERS + 1)), None);
    }

    proptest! {
        #[test]
        fn more_days_end_later_and_never_at_a_weekend(from in 0..4_000_000_000_000_i64, days in 1..=MOST_DAYS) {
            let end = ends(from, days, &TimeZone::UTC).unwrap();
            prop_assert!(end >= from + i64::from(days) * DAY);
            prop_assert!(end <= from + (i64::from(days) / 5 + 1) * 2 * DAY + i64::from(days) * DAY);
            prop_assert!(ends(from, days + 1, &TimeZone::UTC).unwrap() > end);
            let weekday = jiff::Timestamp::from_millisecond(end).unwrap().to_zoned_datetime(TimeZone::UTC).weekday();
            prop_assert!(!matches!(weekday, jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday));
        }

        #[test]
        fn what_is_kept_stays_as_it_is(text in any::<String>()) {
            if let Some(kept) = tidy(&text) { prop_assert_eq!(tidy(&kept), Some(kept)); }
        }
    }
}
