//! The pages in a real browser, over a host name that isn't localhost and plain http, as on a unit's own network.
//!
//! `scripts/test --only browser` installs and names what this needs (`CHROMIUM`, `CHROMEDRIVER`).

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

mod cases;
mod committee;
mod door;
mod editor;
mod faults;
mod hands;
mod journey;
mod kinds;
mod line;
mod objections;
mod pace;
mod sitting;
mod stage;
mod tour;
