//! Handlers of pages, one file a subject. They parse, call the use case of the same name, and render its view.

pub mod assessments;
pub mod bank_drafts;
pub mod banks;
pub mod branches;
pub mod corrections;
pub mod device_checks;
pub mod home;
pub mod items;
pub mod late;
pub mod live;
pub mod make_ups;
pub mod marking;
pub mod objections;
pub mod overview;
pub mod people;
pub mod presence;
pub mod readiness;
pub mod reports;
pub mod roster;
pub mod samples;
pub mod search;
pub mod session;
pub mod sign_in_slips;
pub mod sitting;
pub mod slips;
pub mod tests;
