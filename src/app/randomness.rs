//! Random bytes from the system, or from a seed in tests.

use rand::rngs::ChaCha20Rng;
use rand::{Rng, SeedableRng};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A source of random bytes.
#[derive(Clone)]
pub struct Randomness(Option<Arc<Mutex<ChaCha20Rng>>>);

impl std::fmt::Debug for Randomness {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Randomness")
    }
}

impl Randomness {
    /// The system's.
    pub const fn system() -> Self {
        Self(None)
    }

    /// The same bytes at every run, for tests and made-up data only.
    pub fn seeded(seed: u64) -> Self {
        Self(Some(Arc::new(Mutex::new(ChaCha20Rng::seed_from_u64(seed)))))
    }

    /// `N` random bytes.
    ///
    /// # Panics
    /// Where the system has no randomness to give: then nothing here may run.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &self.0 {
            #[expect(
                clippy::disallowed_methods,
                clippy::expect_used,
                reason = "a system without randomness can't serve"
            )]
            None => getrandom::fill(&mut bytes).expect("the system gives random bytes"),
            Some(seeded) => seeded.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes),
        }
        bytes
    }

    /// A new id: a version 7 UUID, so that ids sort by the time they were made.
    pub fn id(&self, now_ms: i64) -> String {
        let milliseconds = u64::try_from(now_ms).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &self.bytes()).into_uuid().to_string()
    }

    /// A secret of 256 bits, in hex.
    pub fn token(&self) -> String {
        crate::rules::text::hex(&self.bytes::<32>())
    }

    /// A password of 80 random bits that can be read out: `abcd-efgh-jkmn-pqrs`.
    pub fn readable_password(&self) -> String {
        let letters = self.letters::<16>();
        letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
    }

    /// A secret of 120 bits for an address, as short as it may be.
    pub fn short_token(&self) -> String {
        self.letters::<24>().into_iter().collect()
    }

    /// Ten digits.
    pub fn code(&self) -> String {
        format!("{:010}", u128::from_le_bytes(self.bytes()) % 10_000_000_000)
    }

    /// Letters and digits that can't be taken for one another, five random bits each.
    fn letters<const N: usize>(&self) -> Vec<char> {
        const LETTERS: [char; 32] = [
            '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'm', 'n',
            'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z',
        ];
        self.bytes::<N>().iter().filter_map(|byte| LETTERS.get(usize::from(byte % 32)).copied()).collect()
    }
}

/// Numbers requests, so that each can be named in the log and by the user: from a random one upwards, in 12 hex digits.
#[derive(Debug)]
pub struct RequestIds(AtomicU64);

impl RequestIds {
    pub(super) fn new(randomness: &Randomness) -> Self {
        Self(AtomicU64::new(u64::from_be_bytes(randomness.bytes())))
    }

    /// The next one.
    pub fn next(&self) -> String {
        format!("{:012x}", self.0.fetch_add(1, Ordering::Relaxed) & 0xffff_ffff_ffff)
    }
}

#[cfg(test)]
mod tests {
    use super::Randomness;

    #[test]
    fn readable_passwords_carry_eighty_bits() {
        let password = Randomness::system().readable_password();
        assert_eq!(password.len(), 19);
        assert_ne!(password, Randomness::system().readable_password());
        assert_eq!(Randomness::seeded(1).readable_password(), Randomness::seeded(1).readable_password());
        assert_eq!((Randomness::system().short_token().len(), Randomness::system().code().len()), (24, 10));
    }
}
