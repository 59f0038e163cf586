//! Integration tests through the real router, on SQLite and, where `TEST_POSTGRES_URL` is set, on PostgreSQL.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

mod architecture;
mod audience;
mod branches_kept;
mod browse;
mod calls;
mod command_edges;
mod commands;
mod device_checks;
mod disconnect;
mod door_commands;
mod draw;
mod durable;
mod error_pages;
mod exchange;
mod figures;
mod files;
mod follow;
mod integrity;
mod invigilation;
mod key_leak;
mod kill;
mod kinds;
mod late;
mod lints;
mod loading;
mod main_job;
mod openapi;
mod people_kept;
mod race;
mod readiness;
mod rehearsal;
mod rights;
mod roster_answers;
mod rush;
mod saves;
mod schema;
mod settled;
mod sign_in;
mod sign_in_slips;
mod standing;
mod support;
mod tampering;
mod test_form;
mod trials;
