//! The rules of Kaohe: pure functions and the types they speak in.
//!
//! No I/O, no clock, no randomness of its own, no SQL, no HTTP, no words for users.

pub mod advice;
pub mod assessment;
pub mod attempt;
pub mod bank;
pub mod blueprint;
pub mod clauses;
pub mod correction;
pub mod draw;
pub mod figures;
pub mod integrity;
pub mod items;
pub mod late;
pub mod lint;
pub mod make_up;
pub mod marking;
pub mod namesakes;
pub mod objection;
pub mod outline;
pub mod overview;
pub mod paper;
pub mod points;
pub mod presence;
pub mod publication;
pub mod question;
pub mod ranking;
pub mod rich;
pub mod rights;
pub mod roster;
pub mod sample;
pub mod search;
pub mod slip;
pub mod statistics;
pub mod text;
pub mod tree;
pub mod watching;
