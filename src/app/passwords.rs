//! Passwords: argon2id at OWASP's parameters (19 MiB, 2 passes, 1 lane) in a bounded pool with reused memory.
//!
//! A generated first password has 80 random bits, so SHA-256 is enough to keep it until it is changed. Whoever gives a
//! wrong login waits as long as for a wrong password.

use crate::limits;
use crate::rules::text::{hex, unhex};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

/// Memory in KiB (OWASP Password Storage Cheat Sheet, argon2id: m = 19456, t = 2, p = 1).
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const HASH_BYTES: usize = 32;
const FIRST: &str = "first:";
/// How long a check takes, before one has been measured.
const GUESS_US: u64 = 30_000;

/// A password as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Stored(String);

impl std::fmt::Debug for Stored {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Stored")
    }
}

impl Stored {
    /// A generated first password.
    pub fn first(password: &str) -> Self {
        Self(format!("{FIRST}{}", hex(&Sha256::digest(plain(password).as_bytes()))))
    }

    /// As it is kept in the database.
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// Whether a password is a generated first one that is stored as such, which costs next to nothing to tell.
pub fn is_first(password: &str, stored: Option<&str>) -> bool {
    let digest = stored.and_then(|stored| stored.strip_prefix(FIRST));
    let given = hex(&Sha256::digest(plain(password).as_bytes()));
    digest.is_some_and(|digest| given.as_bytes().ct_eq(digest.as_bytes()).into())
}

/// A generated password may be typed with or without its dashes, in any case.
fn plain(password: &str) -> String {
    password.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Why a password could not be worked on.
#[derive(Debug, thiserror::Error)]
pub enum HashingError {
    /// Too many are waiting.
    #[error("too many password checks are waiting")]
    Busy,
    /// The worker ended.
    #[error("the password worker ended")]
    Ended,
}

/// The pool that hashes and checks passwords.
#[derive(Debug, Clone)]
pub struct Hasher(Arc<Pool>);

#[derive(Debug)]
struct Pool {
    slots: Semaphore,
    waiting: AtomicUsize,
    /// How long a check takes of late, in microseconds.
    each_us: AtomicU64,
    buffers: Mutex<Vec<Vec<Block>>>,
}

impl Hasher {
    pub(super) fn new() -> Self {
        Self(Arc::new(Pool {
            slots: Semaphore::new(limits::CONCURRENT_HASHES),
            waiting: AtomicUsize::new(0),
            each_us: AtomicU64::new(GUESS_US),
            buffers: Mutex::default(),
        }))
    }

    /// Hashes a password with a salt of 16 random bytes.
    pub async fn hash(&self, password: String, salt: [u8; 16]) -> Result<Stored, HashingError> {
        let hash = self.run(move |memory| argon2id(password.as_bytes(), &salt, memory)).await?;
        Ok(Stored(format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${}${}", hex(&salt), hex(&hash))))
    }

    /// How long so many checks take, as those of late did.
    pub fn lasts_ms(&self, checks: usize) -> u64 {
        let each_us = self.0.each_us.load(Ordering::Relaxed);
        let slots = u64::try_from(limits::CONCURRENT_HASHES).unwrap_or(1);
        u64::try_from(checks).unwrap_or(u64::MAX).saturating_mul(each_us) / slots / 1_000
    }

    /// How long a check that is asked for now would have to wait before it begins.
    pub fn queue_ms(&self) -> u64 {
        let waiting = self.0.waiting.load(Ordering::Relaxed);
        self.lasts_ms(waiting.saturating_sub(limits::CONCURRENT_HASHES))
    }

    /// Whether a password is the stored one. Without a stored one it costs the same and is wrong.
    pub async fn verify(&self, password: String, stored: Option<String>) -> Result<bool, HashingError> {
        if is_first(&password, stored.as_deref()) {
            return Ok(true);
        }
        let (salt, expected) = stored.as_deref().and_then(parse).unwrap_or(([0; 16], Vec::new()));
        let hash = self.run(move |memory| argon2id(password.as_bytes(), &salt, memory)).await?;
        Ok(expected.len() == HASH_BYTES && bool::from(hash.ct_eq(expected.as_slice())))
    }

    /// Gives the pool's memory back while nobody waits: 19 MiB a slot.
    pub fn rest(&self) {
        if self.0.waiting.load(Ordering::Relaxed) == 0 {
            self.0.buffers.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    async fn run(
        &self,
        work: impl FnOnce(&mut [Block]) -> [u8; HASH_BYTES] + Send + 'static,
    ) -> Result<[u8; HASH_BYTES], HashingError> {
        let pool = Arc::clone(&self.0);
        if pool.waiting.fetch_add(1, Ordering::Relaxed) >= limits::WAITING_HASHES {
            pool.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(HashingError::Busy);
        }
        let _counted = Counted(&pool.waiting);
        let _slot = pool.slots.acquire().await.map_err(|_| HashingError::Ended)?;
        let buffers = Arc::clone(&self.0);
        #[expect(clippy::disallowed_methods, reason = "how long a check takes, for nobody but who waits")]
        let work = move || {
            let mut memory =
                buffers.buffers.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_else(new_memory);
            let begun = Instant::now();
            let hash = work(&mut memory);
            buffers.note(begun.elapsed());
            buffers.buffers.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
            hash
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| HashingError::Ended)
    }
}

impl Pool {
    /// Lets what is known of the time a check takes follow the last ones.
    fn note(&self, took: Duration) {
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let before = self.each_us.load(Ordering::Relaxed);
        self.each_us.store((before.saturating_mul(7).saturating_add(took)) / 8, Ordering::Relaxed);
    }
}

struct Counted<'a>(&'a AtomicUsize);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn new_memory() -> Vec<Block> {
    vec![Block::default(); usize::try_from(MEMORY_KIB).unwrap_or_default()]
}

#[expect(clippy::expect_used, reason = "the parameters are constants that argon2 accepts")]
fn argon2id(password: &[u8], salt: &[u8], memory: &mut [Block]) -> [u8; HASH_BYTES] {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(HASH_BYTES)).expect("valid parameters");
    let mut hash = [0; HASH_BYTES];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(password, salt, &mut hash, memory)
        .expect("a salt and an output of allowed lengths");
    hash
}

fn parse(stored: &str) -> Option<([u8; 16], Vec<u8>)> {
    let rest = stored.strip_prefix("$argon2id$v=19$m=19456,t=2,p=1$")?;
    let (salt, hash) = rest.split_once('$')?;
    Some((unhex(salt)?.try_into().ok()?, unhex(hash)?))
}

#[cfg(test)]
mod tests {
    use super::{Hasher, Stored};

    #[tokio::test]
    async fn the_right_password_and_no_other() {
        let hasher = Hasher::new();
        let stored = hasher.hash("correct horse".into(), [7; 16]).await.unwrap();
        assert!(hasher.verify("correct horse".into(), Some(stored.text().into())).await.unwrap());
        assert!(!hasher.verify("wrong horse".into(), Some(stored.text().into())).await.unwrap());
        assert!(!hasher.verify("anything".into(), None).await.unwrap());
        assert!(!hasher.verify(String::new(), Some(String::new())).await.unwrap());
    }

    #[tokio::test]
    async fn a_first_password_may_be_typed_without_dashes() {
        let hasher = Hasher::new();
        let stored = Stored::first("abcd-efgh-2345-wxyz").text().to_owned();
        assert!(hasher.verify("ABCDEFGH2345WXYZ".into(), Some(stored.clone())).await.unwrap());
        assert!(!hasher.verify("abcd-efgh-2345-wxyy".into(), Some(stored)).await.unwrap());
    }
}
