//! One attempt: when it may start, until when it runs, which saves are taken, when it may be submitted.

use crate::rules::blueprint::{Definition, minutes_ms};

/// How long after the deadline a response that is under way is still taken, in milliseconds.
pub const GRACE_MS: i64 = 5_000;
/// The largest number of a save: 2^53 − 1, the largest integer that every JSON reader keeps.
pub const MOST_SAVE: i64 = (1 << 53) - 1;

/// One person's window in a test, in Unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// From when the person may start.
    pub opens_at_ms: i64,
    /// Until when responses are taken, before extra minutes.
    pub closes_at_ms: i64,
    /// Minutes on top of the deadline, never cut.
    pub extra_minutes: u32,
}

/// What differs from the test's window for one person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PersonalWindow {
    /// Minutes on top.
    pub extra_minutes: u32,
    /// Another opening.
    pub opens_at_ms: Option<i64>,
    /// Another closing.
    pub closes_at_ms: Option<i64>,
}

/// Why an attempt can't start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StartRefusal {
    /// Before the person's opening.
    #[error("the test opens later")]
    NotYet,
    /// After the person's closing.
    #[error("the test is closed")]
    Closed,
    /// Later than the test lets people in.
    #[error("too late to start")]
    TooLate,
    /// Every attempt is used up.
    #[error("no attempt left")]
    NoAttemptLeft,
}

impl Window {
    /// The window of one person.
    pub fn of(definition: &Definition, personal: Option<PersonalWindow>) -> Self {
        let personal = personal.unwrap_or_default();
        Self {
            opens_at_ms: personal.opens_at_ms.unwrap_or(definition.opens_at_ms),
            closes_at_ms: personal.closes_at_ms.unwrap_or(definition.closes_at_ms),
            extra_minutes: personal.extra_minutes,
        }
    }

    /// deadline = min(start + minutes, closing) + extra minutes.
    pub fn deadline(self, started_at_ms: i64, minutes: u32) -> i64 {
        (started_at_ms + minutes_ms(minutes)).min(self.closes_at_ms) + minutes_ms(self.extra_minutes)
    }

    /// The last moment at which any deadline of this window can lie.
    pub const fn last_deadline(self) -> i64 {
        self.closes_at_ms + minutes_ms(self.extra_minutes)
    }

    /// Whether a new attempt may start now, with `used` attempts behind.
    pub fn may_start(self, definition: &Definition, now_ms: i64, used: u32) -> Result<(), StartRefusal> {
        if now_ms < self.opens_at_ms {
            return Err(StartRefusal::NotYet);
        }
        if now_ms >= self.closes_at_ms {
            return Err(StartRefusal::Closed);
        }
        if used >= definition.attempts {
            return Err(StartRefusal::NoAttemptLeft);
        }
        match definition.late_minutes {
            Some(late) if now_ms > self.opens_at_ms + minutes_ms(late) => Err(StartRefusal::TooLate),
            _ => Ok(()),
        }
    }
}

/// The `save_base` after a device takes over: above every number so far, with room above for any it may still send
/// out of what it has counted.
pub fn save_base_after_takeover(highest_save: i64, save_base: i64) -> i64 {
    let above = (highest_save.max(save_base) / STEP + 1) * STEP;
    above.min(MOST_SAVE - 1)
}

/// How far a take-over raises `save_base`.
const STEP: i64 = 1 << 20;

/// Whether a take-over above this number leaves room for saves.
pub const fn leaves_room(highest_save: i64) -> bool {
    highest_save < MOST_SAVE - 2 * STEP
}

/// When a saved response would still be taken.
pub const fn takes_saves_until(deadline_at_ms: i64) -> i64 {
    deadline_at_ms + GRACE_MS
}

/// Until when an attempt runs, as far as is known now: while it stands still, its end moves on with the clock.
pub fn runs_until(deadline_at_ms: i64, paused_at_ms: Option<i64>, now_ms: i64) -> i64 {
    deadline_at_ms + paused_at_ms.map_or(0, |since_ms| (now_ms - since_ms).max(0))
}

/// From when an attempt may be submitted.
pub fn may_submit_from(started_at_ms: i64, deadline_at_ms: i64, earliest_submit_minutes: Option<u32>) -> i64 {
    earliest_submit_minutes.map_or(started_at_ms, |minutes| (started_at_ms + minutes_ms(minutes)).min(deadline_at_ms))
}

#[cfg(test)]
mod tests {
    use super::{MOST_SAVE, PersonalWindow, StartRefusal, Window, save_base_after_takeover};
    use crate::rules::blueprint::Definition;

    fn definition(late: Option<u32>) -> Definition {
        serde_json::from_value(serde_json::json!({
            "test": "t", "title": "t", "occasion": "monthly", "audience": {"branches": [], "except": []}, "opens_at_ms": 1_000_000,
            "closes_at_ms": 5_000_000, "minutes": 10, "attempts": 2, "keep": "best", "pass": 60, "excellent": 90,
            "review": "after_close", "late_minutes": late, "earliest_submit_minutes": null, "sections": []
        }))
        .unwrap()
    }

    #[test]
    fn extra_minutes_are_never_cut_by_the_closing() {
        let window = Window { opens_at_ms: 0, closes_at_ms: 600_000, extra_minutes: 5 };
        assert_eq!(window.deadline(0, 60), 900_000);
        assert_eq!(window.deadline(0, 5), 600_000);
        assert_eq!(window.last_deadline(), 900_000);
    }

    #[test]
    fn start_is_open_from_the_opening_to_just_before_the_closing() {
        let plain = definition(None);
        let window = Window::of(&plain, None);
        assert_eq!(window.may_start(&plain, 999_999, 0), Err(StartRefusal::NotYet));
        assert_eq!(window.may_start(&plain, 1_000_000, 0), Ok(()));
        assert_eq!(window.may_start(&plain, 4_999_999, 1), Ok(()));
        assert_eq!(window.may_start(&plain, 4_999_999, 2), Err(StartRefusal::NoAttemptLeft));
        assert_eq!(window.may_start(&plain, 5_000_000, 0), Err(StartRefusal::Closed));
    }

    #[test]
    fn lateness_counts_from_the_persons_own_opening() {
        let late = definition(Some(1));
        assert_eq!(Window::of(&late, None).may_start(&late, 1_060_000, 0), Ok(()));
        assert_eq!(Window::of(&late, None).may_start(&late, 1_060_001, 0), Err(StartRefusal::TooLate));
        let own = PersonalWindow { opens_at_ms: Some(2_000_000), ..PersonalWindow::default() };
        assert_eq!(Window::of(&late, Some(own)).may_start(&late, 2_050_000, 0), Ok(()));
    }

    #[test]
    fn a_takeover_rises_above_every_number() {
        assert!(save_base_after_takeover(7, 0) > 7);
        assert!(save_base_after_takeover(7, 1 << 20) > 1 << 20);
        assert_eq!(save_base_after_takeover(MOST_SAVE, 0), MOST_SAVE - 1);
    }
}
