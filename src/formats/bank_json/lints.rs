//! What is suspicious in a bank file, and where it stands there.

use crate::formats::json::{Document, Places};
use crate::rules::bank::{Bank, Origin, Place};
use crate::rules::lint::{Lint, lints};
use serde::Serialize;

/// Something suspicious in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Placed {
    /// Where it stands.
    #[serde(flatten)]
    pub place: Place,
    /// The JSON pointer of it (RFC 6901).
    pub pointer: String,
    /// Where it stands in the file of another form that was turned into the JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Box<Origin>>,
    /// What.
    #[serde(skip)]
    pub lint: Lint,
}

/// Everything suspicious in a bank, in the order of the file.
pub(super) fn placed(document: &Document<'_>, bank: &Bank) -> Vec<Placed> {
    let mut found: Vec<(u32, String, Lint)> = lints(bank)
        .into_iter()
        .map(|lint| {
            let pointer = lint.question.map(|index| format!("/questions/{index}{}", lint.part)).unwrap_or_default();
            let at = document.find(&pointer).map_or(0, crate::formats::json::Value::at);
            (at, pointer, lint)
        })
        .collect();
    found.sort_by_key(|(at, ..)| *at);
    let mut places = Places::new(document.source());
    found
        .into_iter()
        .map(|(at, pointer, lint)| Placed { place: places.place(at), pointer, origin: None, lint })
        .collect()
}
