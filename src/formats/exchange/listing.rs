//! Questions written one under the other, as people write them → [`Draft`].

use super::Draft;

/// A line of a text or a paragraph of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1.
    pub number: usize,
    /// What it says, trimmed; never empty.
    pub text: String,
}

/// Reads the questions of a list.
pub fn read(_lines: Vec<Line>) -> Draft {
    Draft::default()
}
