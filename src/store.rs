//! All SQL of Kaohe: the two databases, and one file a subject.
//!
//! Every query is written once, in the subset both databases take; the batched save of responses is the one exception.
//! Rows come back as plain structs; a missing row is `None`, never an error.

pub mod amended_clauses;
pub mod answer_writer;
pub mod assessment_marks;
pub mod assessments;
pub mod attempts;
pub mod bank_changes;
pub mod bank_outlines;
pub mod banks;
pub mod basis;
pub mod branches;
pub mod circular_templates;
pub mod corrections;
pub mod db;
pub mod details;
pub mod device_checks;
pub mod follow;
pub mod hints;
pub mod item_analyses;
pub mod kept_questions;
pub mod late;
pub mod markers;
pub mod messages;
pub mod objections;
pub mod own_data;
pub mod paper_sittings;
pub mod pauses;
pub mod people;
pub mod pictures;
pub mod presence;
pub mod rehearsal;
pub mod results;
pub mod rollups;
pub mod sessions;
pub mod sheet_hints;
pub mod sheets;
pub mod sign_in_slips;
pub mod signed_pages;
pub mod standing;
pub mod tests;
pub mod trace;
pub mod trees;
pub mod watching;

/// What can go wrong below the use cases.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database or its driver refused.
    #[error("database: {0}")]
    Driver(sqlx::Error),
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
    /// Other data were put in the place of those that a copy follows.
    #[error("other data were put in the place of those that were followed")]
    Replaced,
    /// There is no room left where the data is.
    #[error("no room left where the data is: {0}")]
    Full(String),
    /// The database can't be reached, or is starting.
    #[error("the database can't be reached: {0}")]
    Away(String),
}

impl Error {
    /// Whether a row was refused because another one like it is there: somebody else was faster.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Driver(sqlx::Error::Database(error)) if error.is_unique_violation())
    }

    /// The same for another caller, where it has nothing to do with what one of them wanted.
    pub fn shared(&self) -> Option<Self> {
        match self {
            Self::Full(why) => Some(Self::Full(why.clone())),
            Self::Away(why) => Some(Self::Away(why.clone())),
            _ => None,
        }
    }
}

/// What the databases say when there is no room: `SQLITE_FULL`, `SQLITE_IOERR_SHMSIZE`, `disk_full`.
const FULL: [&str; 3] = ["13", "4874", "53100"];
/// What PostgreSQL says when it stops, starts, or has no connection left; `08…` of a connection that broke.
const AWAY: [&str; 4] = ["57P01", "57P02", "57P03", "53300"];

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code).unwrap_or_default();
        let is_line = matches!(
            error,
            sqlx::Error::Io(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::WorkerCrashed
                // A connection that is still in a transaction whose end failed, as on a full disk: the next one is not.
                | sqlx::Error::InvalidSavePointStatement
                | sqlx::Error::BeginFailed
        );
        if FULL.contains(&&*code) {
            Self::Full(error.to_string())
        } else if is_line || AWAY.contains(&&*code) || (code.len() == 5 && code.starts_with("08")) {
            Self::Away(error.to_string())
        } else {
            Self::Driver(error)
        }
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
