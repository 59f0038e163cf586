//! GIFT as Moodle reads and writes it ↔ [`Draft`](super::Draft) and bank.
//!
//! Where people write what Moodle refuses but what is clear (a blank line between options, no blank line between two
//! questions), it is taken as meant.

mod answers;
mod blocks;
mod read;
mod text;
mod write;

pub use read::read;
pub use write::write;

#[cfg(test)]
mod tests;
