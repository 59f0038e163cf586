//! Files ↔ the types of `rules`: JSON of banks and tests, sheets of people and branches.
//!
//! Owns how files are read and written, and says of every mistake where it stands: line, column and JSON pointer, or
//! row and heading. Reports all mistakes of a file at once. Knows nothing of databases, people's rights or pages; what
//! needs them (whether a branch exists, whether a bank holds enough questions) is asked elsewhere. Bytes go in and
//! values come out: nothing here opens a file, and no input, however mangled, makes it panic.

pub mod assessment_json;
pub mod bank_json;
pub mod bundle;
pub mod docx_template;
pub mod docx_writer;
pub mod exchange;
pub mod json;
pub mod mark_sheet;
pub mod mathml;
pub mod picture;
pub mod qr;
pub mod reader;
pub mod roster;
pub mod schema;
pub mod sheet;
pub mod signed_page;
pub mod slip_sheet;
pub mod test_json;
