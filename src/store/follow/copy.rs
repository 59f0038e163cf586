//! The copy: a database file with a log of its own, to which each round appends what changed. Whoever opens it takes the
//! log up to the last whole transaction, so that a copy cut short in the middle of a round is that of the round before.

use super::log::{FRAME_BYTES, Header, Sum};
use super::{log_of, offset};
use crate::store::Result;
use crate::store::db::for_owner_only;
use sqlx::{ConnectOptions, Connection};
use sqlx_sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Result as Io, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A copy being kept.
#[derive(Debug)]
pub(super) struct Copy {
    path: PathBuf,
    page_bytes: u32,
    base: File,
    base_pages: u32,
    log: Option<Log>,
    salts: [u32; 2],
}

/// What was appended since the database file was written.
#[derive(Debug)]
struct Log {
    file: File,
    header: Header,
    /// The end of the last whole transaction.
    kept: Mark,
    /// The end of what is written.
    end: Mark,
    /// Where the pages of whole transactions begin, and those of the one under way.
    places: HashMap<u32, u64>,
    under_way: HashMap<u32, u64>,
    /// The last page, held back until it is known whether it ends the transaction.
    last: Option<(u32, Vec<u8>)>,
}

#[derive(Debug, Clone, Copy)]
struct Mark {
    bytes: u64,
    sum: Sum,
}

fn writing(path: &Path) -> Io<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(true);
    for_owner_only(&mut options).open(path)
}

/// Makes what was written into a folder durable.
pub(super) fn sync_folder(path: &Path) -> Io<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

impl Copy {
    /// The copy of an earlier run, its log moved into the file.
    pub(super) async fn open(path: &Path, page_bytes: u32, salts: [u32; 2]) -> Result<Self> {
        merge(path).await?;
        let base = File::open(path).map_err(sqlx::Error::Io)?;
        let base_pages = u32::try_from(base.metadata().map_err(sqlx::Error::Io)?.len() / u64::from(page_bytes));
        let base_pages = base_pages.unwrap_or_default();
        Ok(Self { path: path.to_owned(), page_bytes, base, base_pages, log: None, salts })
    }

    /// Writes a first copy beside its place, page by page.
    pub(super) fn beside(path: &Path, pages: u32, page: &mut dyn FnMut(u32) -> Io<Vec<u8>>) -> Io<()> {
        let mut file = std::io::BufWriter::new(writing(&beside(path))?);
        for number in 1..=pages {
            file.write_all(&page(number)?)?;
        }
        file.into_inner()?.sync_all()
    }

    /// Gives the first copy its name.
    pub(super) fn put(path: &Path) -> Io<()> {
        // The log of something else must not be taken for its own.
        match std::fs::remove_file(log_of(path)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        std::fs::rename(beside(path), path)?;
        sync_folder(path)
    }

    /// Whether a page stands in the copy as given.
    pub(super) fn holds(&mut self, number: u32, page: &[u8]) -> Io<bool> {
        let mut own = vec![0; page.len()];
        if let Some((log, place)) = self.log.as_mut().and_then(|log| Some((&mut log.file, *log.places.get(&number)?))) {
            log.seek(SeekFrom::Start(place))?;
            log.read_exact(&mut own)?;
        } else if number <= self.base_pages {
            self.base.seek(SeekFrom::Start(offset(number, self.page_bytes)))?;
            self.base.read_exact(&mut own)?;
        } else {
            return Ok(false);
        }
        Ok(own == page)
    }

    fn log(&mut self) -> Io<&mut Log> {
        if self.log.is_none() {
            self.salts[0] = self.salts[0].wrapping_add(1);
            let (header, bytes) = Header::new(self.page_bytes, self.salts);
            let mut file = writing(&log_of(&self.path))?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            sync_folder(&self.path)?;
            let mark = Mark { bytes: u64::try_from(bytes.len()).unwrap_or_default(), sum: header.sum() };
            let (places, under_way) = (HashMap::new(), HashMap::new());
            self.log = Some(Log { file, header, kept: mark, end: mark, places, under_way, last: None });
        }
        self.log.as_mut().ok_or_else(|| std::io::Error::other("no log"))
    }

    /// Appends a page to the transaction under way.
    pub(super) fn append(&mut self, number: u32, page: Vec<u8>) -> Io<()> {
        let log = self.log()?;
        if let Some((before, bytes)) = log.last.replace((number, page)) {
            log.write(before, None, &bytes)?;
        }
        Ok(())
    }

    /// Ends the transaction under way: from now on the copy is the new one.
    pub(super) fn commit(&mut self, pages: u32) -> Io<()> {
        let Some(log) = &mut self.log else { return Ok(()) };
        let Some((number, bytes)) = log.last.take() else { return Ok(()) };
        log.write(number, Some(pages), &bytes)?;
        log.file.sync_data()?;
        log.kept = log.end;
        log.places.extend(log.under_way.drain());
        Ok(())
    }

    /// Forgets the transaction under way.
    pub(super) fn roll_back(&mut self) -> Io<()> {
        let Some(log) = &mut self.log else { return Ok(()) };
        log.last = None;
        log.under_way.clear();
        log.end = log.kept;
        log.file.set_len(log.kept.bytes)
    }

    /// Bytes of the log.
    pub(super) fn log_bytes(&self) -> u64 {
        self.log.as_ref().map_or(0, |log| log.kept.bytes)
    }

    /// Moves the log into the file.
    pub(super) async fn tidy(self) -> Result<Self> {
        let Self { path, page_bytes, salts, base, log, .. } = self;
        // On POSIX, closing a file lets go of every lock that this process has on it: never while SQLite has it open.
        drop((base, log));
        Self::open(&path, page_bytes, salts).await
    }
}

impl Log {
    fn write(&mut self, number: u32, ends_with: Option<u32>, page: &[u8]) -> Io<()> {
        let (frame, sum) = self.header.write(self.end.sum, number, ends_with, page);
        self.file.seek(SeekFrom::Start(self.end.bytes))?;
        self.file.write_all(&frame)?;
        self.under_way.insert(number, self.end.bytes + u64::try_from(FRAME_BYTES).unwrap_or_default());
        self.end = Mark { bytes: self.end.bytes + u64::try_from(frame.len()).unwrap_or_default(), sum };
        Ok(())
    }
}

fn beside(path: &Path) -> PathBuf {
    path.with_extension("being-copied")
}

/// SQLite itself moves the log of a copy into its file, safely at any moment, and removes it as the last one that has
/// it open.
async fn merge(path: &Path) -> Result<()> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let mut connection = options.connect().await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}
