//! Pages.
pub mod error;
use crate::http::Route;
/// Every page.
pub fn routes() -> Vec<Route> {
    Vec::new()
}
