//! Hints: what a page tells of itself while it is sat, where the test asks for it. The member sees them, those who watch
//! the test see them, no report does; they are deleted once results are final.

use crate::app::App;
use crate::limits;
use crate::rules::attempt::takes_saves_until;
use crate::rules::integrity::{Hint, Hinted};
use crate::rules::rights::Caller;
use crate::service::error::Result;
use crate::store::db::Tx;
use crate::store::hints::{self, HintRow, HintSum};
use std::collections::HashMap;

/// Notes what the page of the caller's own attempt tells; returns all that was noted so far. Notes nothing where the
/// test doesn't ask for it or the attempt has ended.
pub async fn tell(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    attempt_id: &str,
    told: &[(Hint, Option<i64>)],
) -> Result<Vec<Hinted>> {
    let sitting = super::show(app, caller, attempt_id).await?;
    let attempt = &sitting.attempt;
    let is_open = attempt.finished_at_ms.is_none() && now_ms <= takes_saves_until(attempt.deadline_at_ms);
    if is_open && sitting.test.definition.integrity.hints {
        note(app, now_ms, attempt_id, told).await?;
    }
    of_attempt(&mut app.db.read().await?, attempt_id).await
}

/// Notes hints of an attempt.
pub(super) async fn note(app: &App, now_ms: i64, attempt_id: &str, told: &[(Hint, Option<i64>)]) -> Result<()> {
    let mut tx = app.db.write().await?;
    for (hint, seconds) in told {
        let row = HintRow {
            id: app.randomness.id(now_ms),
            attempt_id: attempt_id.to_owned(),
            hint: *hint,
            seconds: *seconds,
            at_ms: now_ms,
        };
        hints::insert(&mut tx, &row, limits::HINTS).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// What was noted in an attempt.
pub async fn of_attempt(tx: &mut Tx, attempt_id: &str) -> Result<Vec<Hinted>> {
    let mut all: Vec<Hinted> = hints::of_attempt(tx, attempt_id).await?.iter().filter_map(hinted).collect();
    all.sort_by_key(|hinted| hinted.hint);
    Ok(all)
}

/// What was noted in each attempt at a test.
pub async fn of_test(tx: &mut Tx, test_id: &str) -> Result<HashMap<String, Vec<Hinted>>> {
    let mut all: HashMap<String, Vec<Hinted>> = HashMap::new();
    for sum in hints::of_test(tx, test_id).await? {
        all.entry(sum.attempt_id.clone()).or_default().extend(hinted(&sum));
    }
    for hints in all.values_mut() {
        hints.sort_by_key(|hinted| hinted.hint);
    }
    Ok(all)
}

fn hinted(sum: &HintSum) -> Option<Hinted> {
    Some(Hinted { hint: Hint::from_name(&sum.kind)?, times: sum.times, seconds: sum.seconds })
}

/// Deletes the hints of tests whose results have become final: some working days after they were settled.
pub(crate) async fn tidy(tx: &mut Tx, now_ms: i64) -> Result<()> {
    let before_ms = working_days_before(now_ms, limits::OBJECTION_WORKING_DAYS);
    Ok(hints::delete_settled_before(tx, before_ms).await?)
}

/// The same time of day so many working days earlier, in the machine's time zone; without holidays, which nobody has
/// told the program.
fn working_days_before(now_ms: i64, days: u32) -> i64 {
    let Ok(now) = jiff::Timestamp::from_millisecond(now_ms) else { return now_ms };
    let mut day = now.to_zoned_datetime(jiff::tz::TimeZone::system());
    let mut left = days;
    while left > 0 {
        let Ok(before) = day.yesterday() else { return now_ms };
        day = before;
        if !matches!(day.weekday(), jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday) {
            left -= 1;
        }
    }
    day.timestamp().as_millisecond()
}

#[cfg(test)]
mod tests {
    use super::working_days_before;

    #[test]
    fn a_weekend_is_no_time_to_object_in() {
        const DAY: i64 = 24 * 3_600_000;
        // Wednesday, 25 November 2026, noon by UTC.
        let wednesday = 1_795_608_000_000;
        assert_eq!(working_days_before(wednesday, 2), wednesday - 2 * DAY);
        assert_eq!(working_days_before(wednesday, 3), wednesday - 5 * DAY);
        assert_eq!(working_days_before(wednesday, 0), wednesday);
    }
}
