//! Files that can't be read at all.

/// Why nothing could be read of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Line or paragraph, from 1; 0 for the whole file.
    pub line: usize,
    /// What the parser says.
    pub why: String,
}
