//! The server's time: the wall clock when it started, plus monotonic time since. Setting the machine's clock while
//! members sit a test gives nobody time and takes none.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The time of a running server.
#[derive(Debug, Clone)]
pub struct Clock {
    started: Instant,
    started_at_ms: Arc<AtomicI64>,
    /// A clock of a test or of made-up data stands still until it is moved.
    stands: bool,
    /// By how much the machine's clock was set as a trial, in milliseconds.
    set_ms: Arc<AtomicI64>,
    /// How far the wall clock had run ahead when that was last said.
    said_ms: Arc<AtomicI64>,
}

impl Clock {
    /// The machine's time.
    pub fn system() -> Self {
        Self::of(wall_ms(), false)
    }

    /// A clock that stands at a moment and moves when told.
    pub fn standing(at_ms: i64) -> Self {
        Self::of(at_ms, true)
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    fn of(at_ms: i64, stands: bool) -> Self {
        let (set_ms, said_ms) = (Arc::default(), Arc::default());
        Self { started: Instant::now(), started_at_ms: Arc::new(AtomicI64::new(at_ms)), stands, set_ms, said_ms }
    }

    /// Now, in Unix milliseconds.
    pub fn now_ms(&self) -> i64 {
        let since = if self.stands { 0 } else { i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX) };
        self.started_at_ms.load(Ordering::Relaxed).saturating_add(since)
    }

    /// How far the wall clock has run ahead of this one, in milliseconds; 0 for a standing clock.
    pub fn drift_ms(&self) -> i64 {
        if self.stands { 0 } else { wall_ms() + self.set_ms.load(Ordering::Relaxed) - self.now_ms() }
    }

    /// How far the wall clock has run ahead, where it was set by more than `least_ms` since this last told it.
    pub fn newly_set(&self, least_ms: i64) -> Option<i64> {
        let drift_ms = self.drift_ms();
        let is_new = (drift_ms - self.said_ms.load(Ordering::Relaxed)).abs() > least_ms;
        is_new.then(|| {
            self.said_ms.store(drift_ms, Ordering::Relaxed);
            drift_ms
        })
    }

    /// As if somebody set the machine's clock; for trials.
    pub fn set_wall_by(&self, milliseconds: i64) {
        self.set_ms.fetch_add(milliseconds, Ordering::Relaxed);
    }

    /// Moves the time: a standing clock's, or an adopted correction of the wall clock.
    pub fn move_by(&self, milliseconds: i64) {
        self.started_at_ms.fetch_add(milliseconds, Ordering::Relaxed);
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
fn wall_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_millis()).ok())
        .unwrap_or(0)
}
