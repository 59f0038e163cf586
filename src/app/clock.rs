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
}

impl Clock {
    /// The machine's time.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    pub fn system() -> Self {
        Self { started: Instant::now(), started_at_ms: Arc::new(AtomicI64::new(wall_ms())), stands: false }
    }

    /// A clock that stands at a moment and moves when told.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    pub fn standing(at_ms: i64) -> Self {
        Self { started: Instant::now(), started_at_ms: Arc::new(AtomicI64::new(at_ms)), stands: true }
    }

    /// Now, in Unix milliseconds.
    pub fn now_ms(&self) -> i64 {
        let since = if self.stands { 0 } else { i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX) };
        self.started_at_ms.load(Ordering::Relaxed).saturating_add(since)
    }

    /// How far the wall clock has run ahead of this one, in milliseconds; 0 for a standing clock.
    pub fn drift_ms(&self) -> i64 {
        if self.stands { 0 } else { wall_ms() - self.now_ms() }
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
