//! The words of a page.

pub use crate::i18n::clock;
pub use crate::i18n::words::{Words, count, figure, percent};
