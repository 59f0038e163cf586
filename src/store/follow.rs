//! A spare copy of a SQLite database, kept up with it page by page while a server writes.
//!
//! A round looks whether anything was committed, and if so reads the pages of the last committed state and appends those
//! that changed to the copy as one transaction. It holds a read transaction meanwhile: no checkpoint then passes what is
//! read, and nobody who writes waits. What it takes is the last whole transaction of the log, which may be newer than
//! the read transaction, never older. A log that began anew while it was read is read again.

mod copy;
mod log;

use crate::store::db::{Found, inspect};
use crate::store::{Error, Result};
use copy::Copy;
use log::{FRAME_BYTES, HEADER_BYTES, Header, Sum};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
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
    // Before the connection, and never opened anew: see `Copy::tidy` about closing.
    file: File,
    connection: SqliteConnection,
    path: PathBuf,
    page_bytes: u32,
    /// What `PRAGMA data_version` said before the last round.
    version: Option<i64>,
    reached: Option<Reached>,
    copy: Option<Copy>,
    target: PathBuf,
    salts: [u32; 2],
}

/// Up to where of which log the copy goes.
#[derive(Debug, Clone, Copy)]
struct Reached {
    header: Header,
    frames: u64,
    sum: Sum,
    pages: u32,
}

/// What a round did: pages written, if any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// Pages that had changed.
    pub pages: u32,
}

fn log_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
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

/// The log of the database as far as it holds whole transactions.
struct LogView {
    file: File,
    header: Header,
    places: BTreeMap<u32, u64>,
    reached: Option<Reached>,
}

impl Follower {
    /// Follows the database in one file into another; `salts` are any random numbers.
    pub async fn new(path: &Path, target: &Path, salts: [u32; 2]) -> Result<Self> {
        let options =
            SqliteConnectOptions::new().filename(path).create_if_missing(false).busy_timeout(Duration::from_secs(10));
        let mut connection = options.connect().await?;
        let (page_bytes,): (i64,) = sqlx::query_as("PRAGMA page_size").fetch_one(&mut connection).await?;
        let page_bytes = u32::try_from(page_bytes).unwrap_or_default();
        let file = File::open(path).map_err(sqlx::Error::Io)?;
        let copy = match inspect(target).await? {
            Found::Kaohe | Found::Newer => Some(Copy::open(target, page_bytes, salts).await?),
            Found::Damaged | Found::Other => None,
        };
        let (path, target) = (path.to_owned(), target.to_owned());
        Ok(Self { file, connection, path, page_bytes, version: None, reached: None, copy, target, salts })
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
        let Self { connection, file, target, .. } = self;
        connection.close().await?;
        drop(file);
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
            if !tokio::task::block_in_place(|| self.first(pages)).map_err(sqlx::Error::Io)? {
                return Ok(None);
            }
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

    fn first(&mut self, pages: u32) -> Io<bool> {
        let mut view = self.log(None)?;
        let pages = view.as_ref().and_then(|view| view.reached).map_or(pages, |reached| reached.pages);
        let (file, page_bytes) = (&mut self.file, self.page_bytes);
        Copy::beside(&self.target, pages, &mut |number| page(file, view.as_mut(), number, page_bytes))?;
        self.reached = view.as_ref().and_then(|view| view.reached);
        self.is_still(view.as_ref())
    }

    fn take(&mut self, pages: u32) -> Io<Option<u32>> {
        let mut view = self.log(self.reached)?;
        let known = self.reached.filter(|known| view.as_ref().is_some_and(|view| view.header == known.header));
        let reached = view.as_ref().and_then(|view| view.reached);
        let pages = reached.map_or(pages, |reached| reached.pages);
        // In the log known so far only what was appended can have changed; otherwise every page may have.
        let changed: Vec<u32> = match (known, &view) {
            (Some(_), Some(view)) => view.places.keys().copied().filter(|number| *number <= pages).collect(),
            _ => (1..=pages).collect(),
        };
        let Some(copy) = &mut self.copy else { return Ok(None) };
        let mut written = 0;
        for number in changed {
            let page = page(&mut self.file, view.as_mut(), number, self.page_bytes)?;
            if !copy.holds(number, &page)? {
                copy.append(number, page)?;
                written += 1;
            }
        }
        if !self.is_still(view.as_ref())? {
            return Ok(None);
        }
        if let Some(copy) = &mut self.copy {
            copy.commit(pages)?;
        }
        self.reached = reached;
        Ok(Some(written))
    }

    /// Reads the log, from where the last round stopped if it is the same one.
    fn log(&self, known: Option<Reached>) -> Io<Option<LogView>> {
        let Some((mut file, header)) = self.open_log()? else { return Ok(None) };
        let known = known.filter(|known| known.header == header);
        let size = FRAME_BYTES + usize::try_from(header.page_bytes()).unwrap_or_default();
        let start = u64::try_from(HEADER_BYTES).unwrap_or_default();
        let step = u64::try_from(size).unwrap_or_default();
        let (mut frames, mut sum) = known.map_or((0, header.sum()), |known| (known.frames, known.sum));
        let mut view = LogView { file: file.try_clone()?, header, places: BTreeMap::new(), reached: known };
        let mut under_way = BTreeMap::new();
        file.seek(SeekFrom::Start(start + frames * step))?;
        let mut reader = std::io::BufReader::with_capacity(256 * 1024, file);
        let mut bytes = vec![0; size];
        while reader.read_exact(&mut bytes).is_ok() {
            let Some(frame) = header.frame(sum, &bytes) else { break };
            under_way.insert(frame.page, start + frames * step + u64::try_from(FRAME_BYTES).unwrap_or_default());
            (frames, sum) = (frames + 1, frame.sum);
            if let Some(pages) = frame.ends_with {
                view.places.append(&mut under_way);
                view.reached = Some(Reached { header, frames, sum, pages });
            }
        }
        Ok(Some(view))
    }

    fn open_log(&self) -> Io<Option<(File, Header)>> {
        let mut file = match File::open(log_of(&self.path)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        let mut header = [0; HEADER_BYTES];
        let header = match file.read_exact(&mut header) {
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => None,
            read => read.map(|()| Header::read(&header))?,
        };
        Ok(header.filter(|header| header.page_bytes() == self.page_bytes).map(|header| (file, header)))
    }

    /// Whether the log is still the one that was read.
    fn is_still(&self, view: Option<&LogView>) -> Io<bool> {
        Ok(self.open_log()?.map(|(_, header)| header) == view.map(|view| view.header))
    }
}

/// A page of the last committed state: from the log where it is there, otherwise from the file.
fn page(file: &mut File, view: Option<&mut LogView>, number: u32, page_bytes: u32) -> Io<Vec<u8>> {
    match view.and_then(|view| Some((&mut view.file, *view.places.get(&number)?))) {
        Some((log, place)) => read_at(log, place, page_bytes),
        None => read_at(file, offset(number, page_bytes), page_bytes),
    }
}
