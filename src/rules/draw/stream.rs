//! Random numbers of the draw: ChaCha8 with a fixed layout, and uniform choice from them.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

/// ChaCha8 with the seed as key, counter 0 and a stream number, read as little-endian 64-bit numbers.
#[derive(Debug)]
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream `number` of a seed.
    pub fn new(seed: [u8; 32], number: u64) -> Self {
        let mut generator = ChaCha8Rng::from_seed(seed);
        generator.set_stream(number);
        Self(generator)
    }

    /// A uniform number below `bound` (which is above 0): the high half of the product of the next 64-bit number and
    /// `bound`, rejecting what would favour some (Lemire 2019, "Fast Random Integer Generation in an Interval").
    pub fn below(&mut self, bound: u64) -> u64 {
        loop {
            let product = u128::from(self.0.next_u64()) * u128::from(bound);
            let (high, low) = halves(product);
            if low >= bound || low >= bound.wrapping_neg() % bound {
                return high;
            }
        }
    }

    /// [`Self::below`] for an index.
    pub fn below_index(&mut self, bound: usize) -> usize {
        let below = u64::try_from(bound).map(|bound| self.below(bound)).unwrap_or_default();
        usize::try_from(below).unwrap_or_default()
    }

    /// A whole forward Fisher–Yates shuffle: each `i` from 0 changes places with `i + below(n − i)`.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for index in 0..list.len() {
            let other = index + self.below_index(list.len() - index);
            list.swap(index, other);
        }
    }

    /// A shuffled list of the numbers below `length`.
    pub fn order(&mut self, length: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..length).collect();
        self.shuffle(&mut order);
        order
    }

    /// The next 64-bit number.
    pub fn number(&mut self) -> u64 {
        self.0.next_u64()
    }
}

#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "splitting a number into its halves")]
const fn halves(product: u128) -> (u64, u64) {
    ((product >> 64) as u64, product as u64)
}
