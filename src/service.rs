//! The use cases: what page, API and command line all call. One file a subject; each opens the one transaction it needs.
//!
//! Handed the moment and the caller, never reading them; checks the object, not only the role; knows nothing of HTTP.

pub mod accounts;
pub mod announcements;
pub mod archives;
pub mod assessments;
pub mod banks;
pub mod branches;
pub mod circular_templates;
pub mod clauses;
pub mod corrections;
pub mod device_checks;
pub mod error;
pub mod home;
pub mod items;
pub mod late;
pub mod make_ups;
pub mod marking;
pub mod objections;
pub mod overview;
pub mod paper_sittings;
pub mod people;
pub mod proofs;
pub mod reach;
pub mod readiness;
pub mod registers;
pub mod rehearsal;
pub mod reports;
pub mod review;
pub mod roster;
pub mod samples;
pub mod search;
pub mod sign_in_slips;
pub mod signed_pages;
pub mod sitting;
pub mod tests;
pub mod upkeep;
pub mod watching;

pub use error::{Error, Result};
