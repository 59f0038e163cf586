//! What is kept ready in memory. Everything here can be read again from the database; nothing here is the truth.

use crate::limits;
use crate::rules::attempt::Window;
use crate::rules::draw::Pool;
use crate::rules::figures::Tally;
use crate::rules::items::{Analysis, Sittings};
use crate::rules::make_up::After;
use crate::rules::paper::{Pinned, Sheet};
use crate::rules::question::Question;
use crate::rules::search::Shelf;
use crate::store::attempts::AttemptRow;
use crate::store::tests::Test;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::collections::{HashMap, HashSet};
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
    /// Papers drawn ahead of their start, by the test's name and the member's id.
    pub drawn: Cache<(String, String), Arc<DrawnPaper>>,
    /// How a test stands, for those who watch it, for a moment.
    pub watched: Cache<String, Expiring<Arc<crate::rules::watching::Seen>>>,
    /// What is suspicious in an edition, by its id.
    pub suspects: Cache<String, Arc<Vec<crate::rules::lint::Suspect>>>,
    /// The questions of an edition as a search looks at them, by its id.
    pub shelves: Cache<String, Arc<Shelf>, ByBytes>,
    /// Questions of several banks that ask nearly the same, by the ids of their editions.
    pub duplicates: Cache<Vec<String>, Arc<Vec<Duplicate>>>,
    /// What the attempts of a test hold, by its id, as of a version.
    pub sittings: Cache<String, Arc<OfVersion<Sittings>>>,
    /// The item analysis of a test for a branch (none: the whole unit), by the test's id and the branch's, as of a version.
    pub analyses: Cache<(String, Option<String>), Arc<OfVersion<Analysis>>>,
    /// What make-ups add to the figures of a test, by its id and by branch, as of a version.
    pub after: Cache<String, Arc<OfVersion<AfterByBranch>>>,
    /// The figures of a test narrowed to a category, with topics or without, as of versions.
    pub(crate) narrowed: Cache<(String, String, bool), KeptNarrowed>,
    /// Pictures of questions by name.
    pub pictures: Cache<String, Arc<Vec<u8>>, ByBytes>,
    /// Signed-in callers by token hash, for a few seconds.
    pub callers: Cache<String, Expiring<Arc<crate::rules::rights::Caller>>>,
}

/// Figures by branch: of its own members, and (`true`) with everything below it.
pub(crate) type Narrowed = HashMap<(String, bool), Tally>;

/// Such figures, and the versions of the stored ones and of the roster that they were computed at.
pub(crate) type KeptNarrowed = ((i64, i64), Arc<Narrowed>);

/// What make-ups add, by branch.
pub(crate) type AfterByBranch = Arc<HashMap<String, After>>;

/// A pool, the editions its candidates belong to, and what stood on papers before.
pub type PinnedPool = (Pool, Vec<Pinned>, Before);

/// What stood on papers of the test that a make-up makes up for.
#[derive(Debug, Default)]
pub struct Before {
    /// That test.
    pub first_test_id: Option<String>,
    /// Candidates on any of its papers.
    pub drawn: HashSet<usize>,
}

/// The sheet of an attempt, and whose it is.
#[derive(Debug)]
pub struct OwnedSheet {
    /// Whose attempt it is.
    pub person_id: String,
    /// Its test as it stood when the sheet was read; after the first paper only its times and a cancelling may differ.
    pub test: Arc<Test>,
    /// The sheet.
    pub sheet: Arc<Sheet>,
}

/// A first paper that waits for its member to start. The start relies on the test's revision, so that one that no longer
/// fits is refused.
#[derive(Debug)]
pub struct DrawnPaper {
    /// The test it was drawn for.
    pub test: Arc<Test>,
    /// The member's window.
    pub window: Window,
    /// The attempt as it will be, without id and times.
    pub attempt: AttemptRow,
    /// Its sheet.
    pub sheet: Arc<Sheet>,
}

/// A value and the version of what it was made from.
#[derive(Debug, Clone)]
pub struct OfVersion<T> {
    /// The value.
    pub value: T,
    /// The version.
    pub version: i64,
}

/// A value and the moment until which it may be believed.
#[derive(Debug, Clone)]
pub struct Expiring<T> {
    /// The value.
    pub value: T,
    /// Unix milliseconds.
    pub until_ms: i64,
}

/// Two questions of different banks that ask nearly the same: bank and id of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// Whether their keys contradict each other.
    pub contradicts: bool,
    /// The edition and id of the one in the earlier bank by name.
    pub one: (Arc<str>, Box<str>),
    /// Those of the other.
    pub other: (Arc<str>, Box<str>),
}

/// Weighs what is kept by the memory that it takes.
#[derive(Debug, Clone)]
pub struct ByBytes;

impl Weighter<String, Arc<Vec<u8>>> for ByBytes {
    fn weight(&self, _: &String, bytes: &Arc<Vec<u8>>) -> u64 {
        u64::try_from(bytes.len()).unwrap_or(u64::MAX)
    }
}

impl Weighter<String, Arc<Shelf>> for ByBytes {
    fn weight(&self, _: &String, weighed: &Arc<Shelf>) -> u64 {
        weighed.bytes().max(1)
    }
}

impl Default for Caches {
    fn default() -> Self {
        Self {
            questions: Cache::new(limits::CACHED_QUESTIONS),
            pools: Cache::new(limits::CACHED_POOLS),
            sheets: Cache::new(limits::CACHED_SHEETS),
            drawn: Cache::new(limits::DRAWN_AHEAD),
            suspects: Cache::new(limits::CACHED_POOLS),
            // So few that they aren't divided among shards: a large shelf would fit into none of several.
            shelves: Cache::with_weighter(limits::SHELVES, limits::SHELVED_BYTES, ByBytes),
            duplicates: Cache::new(limits::CACHED_DUPLICATES),
            watched: Cache::new(limits::CACHED_POOLS),
            sittings: Cache::new(limits::CACHED_SITTINGS),
            analyses: Cache::new(limits::CACHED_ANALYSES),
            after: Cache::new(limits::CACHED_POOLS),
            narrowed: Cache::new(limits::CACHED_NARROWED),
            pictures: Cache::with_weighter(limits::CACHED_PICTURES, limits::CACHED_PICTURE_BYTES, ByBytes),
            callers: Cache::new(limits::CACHED_CALLERS),
        }
    }
}
