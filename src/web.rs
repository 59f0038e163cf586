//! Pages: parse, call a use case, render. HTML for people; words come from `locales/`, style and script from `assets/`.
//!
//! `pages` hold the handlers, one file a subject; `views` the pure functions that render what use cases return.

pub mod assets;
pub mod charts;
pub mod draft;
pub mod error;
pub mod input;
pub mod layout;
pub mod pages;
pub mod views;
pub mod visit;
pub mod words;

use crate::http::Route;

/// Every page.
pub fn routes() -> Vec<Route> {
    [
        assets::routes(),
        pages::session::routes(),
        pages::home::routes(),
        pages::sitting::routes(),
        pages::tests::routes(),
        pages::presence::routes(),
        pages::live::routes(),
        pages::late::routes(),
        pages::make_ups::routes(),
        pages::samples::routes(),
        pages::marking::routes(),
        pages::objections::routes(),
        pages::corrections::routes(),
        pages::assessments::routes(),
        pages::overview::routes(),
        pages::reports::routes(),
        pages::items::routes(),
        pages::banks::routes(),
        pages::bank_drafts::routes(),
        pages::bank_outline::routes(),
        pages::kept_questions::routes(),
        pages::pictures::routes(),
        pages::search::routes(),
        pages::clauses::routes(),
        pages::people::routes(),
        pages::branches::routes(),
        pages::circular_templates::routes(),
        pages::slips::routes(),
        pages::readiness::routes(),
        pages::device_checks::routes(),
        pages::sign_in_slips::routes(),
        pages::paper_sittings::routes(),
        pages::signed_pages::routes(),
        pages::roster::routes(),
    ]
    .concat()
}
