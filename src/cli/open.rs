//! Opening the data that a command works on.

use crate::app::{App, Clock, Randomness};
use crate::cli::{Failure, Place};
use crate::config::Settings;
use crate::store::db::{Db, Location};
use std::path::{Path, PathBuf};

/// The SQLite file in a folder of data.
pub(super) fn file_in(folder: &Path) -> PathBuf {
    folder.join("kaohe.sqlite")
}

/// Where the data of a command is; makes the folder where it is missing.
pub(super) fn location(place: &Place) -> Result<Location, Failure> {
    if let Some(url) = &place.database {
        return Ok(Location::Postgres(url.clone()));
    }
    std::fs::create_dir_all(&place.data).map_err(|error| Failure::File(place.data.clone(), error))?;
    Ok(Location::Sqlite(file_in(&place.data)))
}

/// A running Kaohe on the data of a command, without serving.
pub(super) async fn app(place: &Place) -> Result<App, Failure> {
    let location = location(place)?;
    let db = Db::open(&location, allow_unsafe()).await?;
    Ok(App::new(db, Clock::system(), Randomness::system(), Settings::at(location)))
}

/// Only tests set this: a PostgreSQL that doesn't flush loses acknowledged responses.
pub(super) fn allow_unsafe() -> bool {
    std::env::var("KAOHE_TEST_ALLOW_UNSAFE_DATABASE").is_ok_and(|value| value == "1")
}
