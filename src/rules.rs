//! The rules of Kaohe: pure functions and the types they speak in.
//!
//! No I/O, no clock, no randomness of its own, no SQL, no HTTP, no words for users.

pub mod bank;
pub mod blueprint;
pub mod points;
pub mod question;
pub mod roster;
pub mod text;
