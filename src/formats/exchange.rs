//! Question files of other systems ↔ banks: what all their forms share.
//!
//! A reader of a form makes a [`Draft`]: questions as fields of our own bank file, each with the place it came from.
//! Whether they are sound is decided in one place only, by [`bank_json`](super::bank_json); its mistakes are told with
//! the places of the foreign file. What a reader can't take over it names in a [`Remark`], and takes the rest.

pub mod docx;
pub mod listing;
pub mod sheet;
pub mod unreadable;

use serde::Serialize;
use serde_json::{Map, Value};

/// Where something stands in a file of another form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// The file inside a package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The sheet of a workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Line of a text, row of a sheet or paragraph of a document, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The column of a sheet as spreadsheets name it (`A`, `B` … `AA`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

/// One question as a reader found it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Drafted {
    /// Where it begins.
    pub origin: Origin,
    /// Its fields as a bank file holds them; an `id` and a `topic` may be missing.
    pub fields: Map<String, Value>,
    /// Where single fields stand, by JSON pointer inside the question (`/answer`, `/options/B`).
    pub origins: Vec<(String, Origin)>,
}

/// What a reader made of a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    /// The bank's title, where the file says one.
    pub title: Option<Value>,
    /// What the file says the bank rests on.
    pub source: Option<Value>,
    /// Topics in the order in which they appear: id or any text that names one, and title.
    pub topics: Vec<(String, Value)>,
    /// The questions in the file's order.
    pub questions: Vec<Drafted>,
    /// What was not taken over, or taken over otherwise than written.
    pub remarks: Vec<Remark>,
}

/// Something a reader left out or had to decide, or that a form can't hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// Where.
    pub origin: Origin,
    /// Which; the name of its message, `remark-<name>` in `locales/`.
    pub code: &'static str,
    /// What fills the message: the kind of item, the text as found …
    pub found: String,
}
