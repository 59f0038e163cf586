//! Devices that opened the page which says that they reach this server; the last few, in memory.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// How many are remembered.
const REMEMBERED: usize = 20;

/// When a device opened the page, and its address.
type Seen = (i64, String);

/// The last visitors.
#[derive(Debug, Default)]
pub struct Visitors(Mutex<VecDeque<Seen>>);

impl Visitors {
    /// Notes a device.
    pub fn note(&self, at_ms: i64, address: &str) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.push_back((at_ms, address.to_owned()));
        if seen.len() > REMEMBERED {
            seen.pop_front();
        }
    }

    /// The last one.
    pub fn last(&self) -> Option<Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).back().cloned()
    }
}
