//! Kaohe (考核): a knowledge-test and assessment server.
//!
//! Data falls down four floors: entrance (`web`, `api`, `cli`) → use case (`service`) → `rules` (pure) and `store` (SQL).

pub mod formats;
pub mod rules;
