//! The JSON API.
pub mod problem;
use crate::http::Route;
/// Every call.
pub fn routes() -> Vec<Route> { Vec::new() }
