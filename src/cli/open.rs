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
    make_folder(&place.data)?;
    Ok(Location::Sqlite(file_in(&place.data)))
}

/// Makes a folder where it is missing. What is in it is nobody else's: answers, marks, the secrets of draws.
pub(super) fn make_folder(folder: &Path) -> Result<(), Failure> {
    let failed = |error| Failure::File(folder.to_owned(), error);
    if folder.exists() {
        return Ok(());
    }
    std::fs::create_dir_all(folder).map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).map_err(failed)?;
    }
    Ok(())
}

/// The URL of a database that can be used.
pub(super) fn database(url: &str) -> Result<String, String> {
    let is_known = ["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
    if is_known { Ok(url.to_owned()) } else { Err("postgres://USER:PASSWORD@HOST/NAME".to_owned()) }
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
