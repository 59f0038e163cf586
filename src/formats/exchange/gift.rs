//! GIFT as Moodle reads and writes it ↔ [`Draft`](super::Draft) and bank.
//!
//! Where people write what Moodle refuses but what is clear (a blank line between options, no blank line between two
//! questions), it is taken as meant.

pub(super) mod answers;
mod blocks;
pub(super) mod read;
mod text;
pub(super) mod write;

pub use read::read;
pub use write::write;

#[cfg(test)]
mod tests;
