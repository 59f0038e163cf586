//! What is kept ready in memory. Everything here can be read again from the database; nothing here is the truth.

use crate::limits;
use crate::rules::draw::Pool;
use crate::rules::paper::{Pinned, Sheet};
use crate::rules::question::Question;
use quick_cache::sync::Cache;
use std::sync::Arc;

/// Caches, each bounded.
#[derive(Debug)]
pub struct Caches {
    /// Questions by edition and id; editions never change.
    pub questions: Cache<(String, String), Arc<Question>>,
    /// The pool of a test by its id and commitment, with the pinned editions.
    pub pools: Cache<(String, String), Arc<PinnedPool>>,
    /// The sheet of an attempt with its owner; papers never change.
    pub sheets: Cache<String, Arc<OwnedSheet>>,
    /// Signed-in callers by token hash, for a few seconds.
    pub callers: Cache<String, Expiring<Arc<crate::rules::rights::Caller>>>,
}

/// A pool and the editions its candidates belong to.
pub type PinnedPool = (Pool, Vec<Pinned>);

/// The sheet of an attempt, and whose it is.
#[derive(Debug)]
pub struct OwnedSheet {
    /// Whose attempt it is.
    pub person_id: String,
    /// The sheet.
    pub sheet: Arc<Sheet>,
}

/// A value and the moment until which it may be believed.
#[derive(Debug, Clone)]
pub struct Expiring<T> {
    /// The value.
    pub value: T,
    /// Unix milliseconds.
    pub until_ms: i64,
}

impl Default for Caches {
    fn default() -> Self {
        Self {
            questions: Cache::new(limits::CACHED_QUESTIONS),
            pools: Cache::new(limits::CACHED_POOLS),
            sheets: Cache::new(limits::CACHED_SHEETS),
            callers: Cache::new(limits::CACHED_CALLERS),
        }
    }
}
