//! Moodle's XML ↔ [`Draft`](super::Draft) and bank.
//!
//! Texts of Moodle are HTML; here they are plain. What is written says so, so that Moodle shows it letter by letter.

pub(super) mod cloze;
mod files;
mod kinds;
mod read;
mod write;

pub use read::read;
pub(super) use write::write;

#[cfg(test)]
mod tests;
