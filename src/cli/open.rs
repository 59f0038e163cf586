//! Opening the data that a command works on.

use crate::app::{App, Clock, Randomness};
use crate::cli::{Failure, Place};
use crate::config::Settings;
use crate::store::db::{Db, Location, for_owner_only};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

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
    promote(&place.data)?;
    Ok(Location::Sqlite(file_in(&place.data)))
}

/// Beside a copy that is kept up with the data of another folder, and nobody's data yet.
pub(super) fn spare_mark(folder: &Path) -> PathBuf {
    folder.join("spare-of")
}

/// Whoever opens a spare copy makes it data of its own: from then on nothing is copied over it.
fn promote(folder: &Path) -> Result<(), Failure> {
    let mark = spare_mark(folder);
    if !mark.exists() {
        return Ok(());
    }
    let mut lock = lock_file(folder)?;
    if lock.try_lock().is_err() {
        return Err(Failure::Said("cli-already-served", holder_of(&mut lock)));
    }
    std::fs::remove_file(&mark).map_err(|error| Failure::File(mark, error))
}

fn lock_file(folder: &Path) -> Result<File, Failure> {
    let path = folder.join("serve.lock");
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    for_owner_only(&mut options).open(&path).map_err(|error| Failure::File(path, error))
}

fn holder_of(lock: &mut File) -> String {
    let mut holder = String::new();
    let _ = lock.read_to_string(&mut holder);
    holder
}

/// Holds a folder's lock for as long as it is kept; waits for another holder up to 10 s. `what` is said to those who
/// come later.
pub(super) async fn lock(folder: &Path, what: &str) -> Result<File, Failure> {
    let mut file = lock_file(folder)?;
    for _ in 0..40 {
        if file.try_lock().is_ok() {
            let failed = |error| Failure::File(folder.join("serve.lock"), error);
            file.set_len(0).map_err(failed)?;
            let _ = file.rewind();
            write!(file, "{} {what}", std::process::id()).map_err(failed)?;
            return Ok(file);
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    Err(Failure::Said("cli-already-served", holder_of(&mut file)))
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
