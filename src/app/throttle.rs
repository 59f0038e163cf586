//! Failed sign-ins, counted per login and per address. Successes never count, and a hall behind one address has room
//! for many mistypings before it has to wait; a login under attack waits alone.

use crate::limits;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Counters of failures, kept in memory.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<HashMap<String, Failures>>);

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    since_ms: i64,
}

impl Throttle {
    /// Milliseconds to wait before another try; `None`: go ahead.
    pub fn must_wait(&self, login_folded: &str, address: &str, now_ms: i64) -> Option<i64> {
        let counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = |key: &str, most: u32| {
            let failures = counters.get(key)?;
            let left = failures.since_ms + limits::FAILURE_WINDOW_MS - now_ms;
            (failures.count >= most && left > 0).then_some(left)
        };
        wait(&login_key(login_folded), limits::LOGIN_FAILURES)
            .max(wait(&address_key(address), limits::ADDRESS_FAILURES))
    }

    /// Counts a failure.
    pub fn failed(&self, login_folded: &str, address: &str, now_ms: i64) {
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counters.len() >= limits::FAILURE_ENTRIES {
            counters.retain(|_, failures| failures.since_ms + limits::FAILURE_WINDOW_MS > now_ms);
        }
        for key in [login_key(login_folded), address_key(address)] {
            let failures = counters.entry(key).or_insert(Failures { count: 0, since_ms: now_ms });
            if failures.since_ms + limits::FAILURE_WINDOW_MS <= now_ms {
                *failures = Failures { count: 0, since_ms: now_ms };
            }
            failures.count = failures.count.saturating_add(1);
        }
    }

    /// Forgets the failures of a login that has now signed in, and of its address.
    pub fn succeeded(&self, login_folded: &str, address: &str) {
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counters.remove(&login_key(login_folded));
        // A right password behind an address speaks for it: whoever mistypes beside is no attacker.
        if let Some(failures) = counters.get_mut(&address_key(address)) {
            failures.count = failures.count.saturating_sub(1);
        }
    }
}

fn login_key(login: &str) -> String {
    format!("login {login}")
}

fn address_key(address: &str) -> String {
    format!("address {address}")
}

#[cfg(test)]
mod tests {
    use super::Throttle;
    use crate::limits;

    #[test]
    fn only_failures_count_and_they_pass() {
        let throttle = Throttle::default();
        for _ in 0..limits::LOGIN_FAILURES {
            assert_eq!(throttle.must_wait("a", "10.0.0.1", 0), None);
            throttle.failed("a", "10.0.0.1", 0);
        }
        assert!(throttle.must_wait("a", "10.0.0.1", 1).is_some());
        assert_eq!(throttle.must_wait("b", "10.0.0.1", 1), None, "the neighbours behind the same address go on");
        assert_eq!(throttle.must_wait("a", "10.0.0.1", limits::FAILURE_WINDOW_MS), None);
        throttle.succeeded("a", "10.0.0.1");
        assert_eq!(throttle.must_wait("a", "10.0.0.1", 1), None);
    }
}
