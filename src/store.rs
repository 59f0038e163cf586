//! All SQL of Kaohe: the two databases, and one file a subject.
//!
//! Every query is written once, in the subset both databases take; the batched save of responses is the one exception.
//! Rows come back as plain structs; a missing row is `None`, never an error.

pub mod answer_writer;
pub mod attempts;
pub mod banks;
pub mod branches;
pub mod db;
pub mod details;
pub mod device_checks;
pub mod hints;
pub mod late;
pub mod messages;
pub mod pauses;
pub mod people;
pub mod presence;
pub mod rehearsal;
pub mod results;
pub mod sessions;
pub mod sheets;
pub mod sign_in_slips;
pub mod standing;
pub mod tests;
pub mod trace;
pub mod watching;

/// What can go wrong below the use cases.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database or its driver refused.
    #[error("database: {0}")]
    Driver(#[from] sqlx::Error),
    /// The database could not be brought to this version.
    #[error("migration: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A stored value breaks a rule that every writer keeps.
    #[error("{table} {id}: {what}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The row.
        id: String,
        /// What is wrong with it.
        what: String,
    },
    /// The database is set up so that an acknowledged response could be lost.
    #[error("PostgreSQL runs with {setting} = {value}: an acknowledged answer could be lost; set it to on")]
    NotDurable {
        /// The setting.
        setting: &'static str,
        /// Its value.
        value: String,
    },
    /// More is waiting to be written than fits the queue.
    #[error("too much is waiting to be written")]
    Busy,
    /// The server is stopping.
    #[error("the server is stopping")]
    Stopping,
}

impl Error {
    /// Whether a row was refused because another one like it is there: somebody else was faster.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Driver(sqlx::Error::Database(error)) if error.is_unique_violation())
    }
}

/// What store functions return.
pub type Result<T> = std::result::Result<T, Error>;

/// Reads a stored JSON document.
pub fn read_json<T: serde::de::DeserializeOwned>(table: &'static str, id: &str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::Corrupt { table, id: id.to_owned(), what: error.to_string() })
}

/// Writes a document to be stored.
pub fn write_json<T: serde::Serialize>(table: &'static str, value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Corrupt { table, id: String::new(), what: error.to_string() })
}
