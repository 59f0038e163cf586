//! A spare copy of a SQLite database, kept up with it page by page while a server writes.
//!
//! A round looks whether anything was committed, and if so reads the pages of the last committed state and appends those
//! that changed to the copy as one transaction. It holds a read transaction meanwhile: no checkpoint then passes what is
//! read, and nobody who writes waits. How far the log goes is read from the index that all share, so what is taken is the
//! state of the read transaction or a newer one. A log that began anew while it was read is read again.

mod copy;
mod log;

use crate::store::db::{Found, inspect};
use crate::store::{Error, Result};
use copy::Copy;
use log::{FRAME_BYTES, HEADER_BYTES, Header, INDEX_BYTES, Index};
use sqlx::{ConnectOptions, Connection};
use sqlx_sqlite::SqliteConnectOptions;
use sqlx_sqlite::SqliteConnection;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Result as Io, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A copy's log that is longer is moved into its file.
const LOG_BYTES: u64 = 16 * 1024 * 1024;
/// How often a log that began anew while it was read is read again.
const TRIES: u32 = 8;

/// Follows a database.
#[derive(Debug)]
pub struct Follower {
    // Both are opened once, for as long as the connection lasts: see `Copy::tidy` about closing.
    file: File,
    index: File,
    connection: SqliteConnection,
    path: PathBuf,
    page_bytes: u32,
    /// What `PRAGMA data_version` said before the last round.
    version: Option<i64>,
    /// Up to where of which log the copy goes.
    reached: Option<Index>,
    copy: Option<Copy>,
    target: PathBuf,
    salts: [u32; 2],
}

/// What a round did: pages written, if any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// Pages that had changed.
    pub pages: u32,
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn log_of(path: &Path) -> PathBuf {
    beside(path, "-wal")
}

fn offset(number: u32, page_bytes: u32) -> u64 {
    u64::from(number.saturating_sub(1)) * u64::from(page_bytes)
}

fn read_at(file: &mut File, at: u64, bytes: u32) -> Io<Vec<u8>> {
    let mut page = vec![0; usize::try_from(bytes).unwrap_or_default()];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut page)?;
    Ok(page)
}

/// The last committed state: how far the log goes, and where in it pages stand.
struct View {
    index: Index,
    log: Option<File>,
    places: BTreeMap<u32, u64>,
}

impl Follower {
    /// Follows the database in one file into another; `salts` are any random numbers.
    pub async fn new(path: &Path, target: &Path, salts: [u32; 2]) -> Result<Self> {
        let options =
            SqliteConnectOptions::new().filename(path).create_if_missing(false).busy_timeout(Duration::from_secs(10));
        let mut connection = options.connect().await?;
        let (page_bytes,): (i64,) = sqlx::query_as("PRAGMA page_size").fetch_one(&mut connection).await?;
        let page_bytes = u32::try_from(page_bytes).unwrap_or_default();
        // The first reader makes the index.
        sqlx::query("SELECT count(*) FROM sqlite_master").execute(&mut connection).await?;
        let file = File::open(path).map_err(sqlx::Error::Io)?;
        let index = File::open(beside(path, "-shm")).map_err(sqlx::Error::Io)?;
        let copy = match inspect(target).await? {
            Found::Kaohe | Found::Newer => Some(Copy::open(target, page_bytes, salts).await?),
            Found::Damaged | Found::Other => None,
        };
        let (path, target) = (path.to_owned(), target.to_owned());
        Ok(Self { file, index, connection, path, page_bytes, version: None, reached: None, copy, target, salts })
    }

    /// Brings the copy up to the last committed state.
    pub async fn round(&mut self) -> Result<Round> {
        self.refuse_other_data()?;
        let (version,): (i64,) = sqlx::query_as("PRAGMA data_version").fetch_one(&mut self.connection).await?;
        if self.version == Some(version) {
            return Ok(Round { pages: 0 });
        }
        for _ in 0..TRIES {
            sqlx::query("BEGIN").execute(&mut self.connection).await?;
            let looked = self.look().await;
            // Whatever came of it, the read transaction ends.
            let ended = sqlx::query("ROLLBACK").execute(&mut self.connection).await;
            let taken = looked?;
            ended?;
            let Some(pages) = taken else { continue };
            self.version = Some(version);
            self.keep_short().await?;
            return Ok(Round { pages });
        }
        Err(Error::Busy)
    }

    /// Ends: everything in one file, looked through.
    pub async fn end(mut self) -> Result<Found> {
        let copy = self.copy.take();
        if let Some(copy) = copy {
            drop(copy.tidy().await?);
        }
        let Self { connection, file, index, target, .. } = self;
        connection.close().await?;
        drop((file, index));
        inspect(&target).await
    }

    /// Somebody may have put other data in the place of those that are followed.
    fn refuse_other_data(&self) -> Result<()> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let now = std::fs::metadata(&self.path).map_err(sqlx::Error::Io)?;
            let then = self.file.metadata().map_err(sqlx::Error::Io)?;
            if (now.dev(), now.ino()) != (then.dev(), then.ino()) {
                return Err(Error::Replaced);
            }
        }
        Ok(())
    }

    async fn keep_short(&mut self) -> Result<()> {
        if self.copy.as_ref().is_some_and(|copy| copy.log_bytes() > LOG_BYTES)
            && let Some(copy) = self.copy.take()
        {
            self.copy = Some(copy.tidy().await?);
        }
        Ok(())
    }

    /// Inside a read transaction: copies; `None` where the log began anew meanwhile.
    async fn look(&mut self) -> Result<Option<u32>> {
        sqlx::query("SELECT count(*) FROM sqlite_master").execute(&mut self.connection).await?;
        let (pages,): (i64,) = sqlx::query_as("PRAGMA page_count").fetch_one(&mut self.connection).await?;
        let pages = u32::try_from(pages).unwrap_or_default();
        if self.copy.is_none() {
            let Some(pages) = tokio::task::block_in_place(|| self.first(pages)).map_err(sqlx::Error::Io)? else {
                return Ok(None);
            };
            Copy::put(&self.target).map_err(sqlx::Error::Io)?;
            self.copy = Some(Copy::open(&self.target, self.page_bytes, self.salts).await?);
            return Ok(Some(pages));
        }
        let taken = tokio::task::block_in_place(|| self.take(pages));
        if !matches!(taken, Ok(Some(_)))
            && let Some(copy) = &mut self.copy
        {
            self.reached = None;
            copy.roll_back().map_err(sqlx::Error::Io)?;
        }
        Ok(taken.map_err(sqlx::Error::Io)?)
    }

    fn first(&mut self, pages: u32) -> Io<Option<u32>> {
        let Some(mut view) = self.view(None, pages)? else { return Ok(None) };
        let (file, page_bytes, pages) = (&mut self.file, self.page_bytes, view.index.pages);
        Copy::beside(&self.target, pages, &mut |number| page(file, &mut view, number, page_bytes))?;
        let is_still = self.is_still(&view)?;
        self.reached = is_still.then_some(view.index);
        Ok(is_still.then_some(pages))
    }

    fn take(&mut self, pages: u32) -> Io<Option<u32>> {
        let Some(mut view) = self.view(self.reached, pages)? else { return Ok(None) };
        let pages = view.index.pages;
        // In the log known so far only what was appended can have changed; otherwise every page may have.
        let changed: Vec<u32> = match self.reached {
            Some(known) if known.is_of_same_log(&view.index) => {
                view.places.keys().copied().filter(|number| *number <= pages).collect()
            }
            _ => (1..=pages).collect(),
        };
        let Some(copy) = &mut self.copy else { return Ok(None) };
        let mut written = 0;
        for number in changed {
            let page = page(&mut self.file, &mut view, number, self.page_bytes)?;
            if !copy.holds(number, &page)? {
                copy.append(number, page)?;
                written += 1;
            }
        }
        if !self.is_still(&view)? {
            return Ok(None);
        }
        if let Some(copy) = &mut self.copy {
            copy.commit(pages)?;
        }
        self.reached = Some(view.index);
        Ok(Some(written))
    }

    /// Reads the log up to what is committed, from where the last round stopped if it is the same one. Where the log is
    /// empty everything is in the file, and `pages` says how much that is.
    fn view(&mut self, known: Option<Index>, pages: u32) -> Io<Option<View>> {
        let Some(index) = self.index()? else { return Ok(None) };
        let mut view = View { index, log: None, places: BTreeMap::new() };
        if index.frames == 0 {
            view.index.pages = pages;
            return Ok(Some(view));
        }
        let mut file = File::open(log_of(&self.path))?;
        let mut header = [0; HEADER_BYTES];
        file.read_exact(&mut header)?;
        let Some(header) = Header::read(&header).filter(|header| index.is_of(header)) else { return Ok(None) };
        view.log = Some(file.try_clone()?);
        let known = known.filter(|known| known.is_of_same_log(&index) && (1..=index.frames).contains(&known.frames));
        let (from, mut sum) = known.map_or((0, header.sum()), |known| (known.frames, known.sum()));
        let size = FRAME_BYTES + usize::try_from(self.page_bytes).unwrap_or_default();
        let (first, step) = (u64::try_from(HEADER_BYTES).unwrap_or_default(), u64::try_from(size).unwrap_or_default());
        file.seek(SeekFrom::Start(first + u64::from(from) * step))?;
        let mut reader = std::io::BufReader::with_capacity(256 * 1024, file);
        let mut bytes = vec![0; size];
        for number in from..index.frames {
            reader.read_exact(&mut bytes)?;
            let Some(frame) = header.frame(sum, &bytes) else { return Ok(None) };
            let head = u64::try_from(FRAME_BYTES).unwrap_or_default();
            view.places.insert(frame.page, first + u64::from(number) * step + head);
            sum = frame.sum;
        }
        Ok((sum == index.sum()).then_some(view))
    }

    fn index(&mut self) -> Io<Option<Index>> {
        let mut bytes = [0; INDEX_BYTES];
        self.index.seek(SeekFrom::Start(0))?;
        self.index.read_exact(&mut bytes)?;
        Ok(Index::read(&bytes))
    }

    /// Whether the log is still the one that was read, so that nothing of what was read was written over.
    fn is_still(&mut self, view: &View) -> Io<bool> {
        Ok(view.log.is_none() || self.index()?.is_some_and(|index| index.is_of_same_log(&view.index)))
    }
}

/// A page of the last committed state: from the log where it is there, otherwise from the file.
fn page(file: &mut File, view: &mut View, number: u32, page_bytes: u32) -> Io<Vec<u8>> {
    match (&mut view.log, view.places.get(&number)) {
        (Some(log), Some(place)) => read_at(log, *place, page_bytes),
        _ => read_at(file, offset(number, page_bytes), page_bytes),
    }
}
