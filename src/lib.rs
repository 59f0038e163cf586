//! Kaohe (考核): a knowledge-test and assessment server.
//!
//! Data falls down four floors: entrance (`web`, `api`, `cli`) → use case (`service`) → `rules` (pure) and `store` (SQL).

pub mod api;
pub mod app;
pub mod cli;
pub mod config;
pub mod documents;
pub mod formats;
pub mod http;
pub mod i18n;
pub mod limits;
pub mod rules;
pub mod service;
pub mod store;
pub mod web;
