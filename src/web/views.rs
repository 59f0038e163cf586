//! Views: pure functions from what use cases return to HTML. They know neither requests nor the database.

mod arrange;
pub mod assessments;
pub mod banks;
pub mod branches;
pub mod corrections;
pub mod device_checks;
pub mod exam;
pub mod fields;
pub mod files;
pub mod home;
pub mod integrity;
pub mod items;
pub mod late;
pub mod live;
pub mod marking;
pub mod overview;
pub mod people;
pub mod presence;
pub mod question;
pub mod readiness;
pub mod report;
pub mod result;
pub mod roster;
pub mod session;
pub mod sign_in_slips;
pub mod slips;
pub mod tests;
