//! The two databases behind one way to query them: `$1` placeholders over the native drivers.
//!
//! SQLite: one writer connection, a pool of readers, WAL, every commit flushed. PostgreSQL: one pool. A [`Tx`] in which
//! a statement failed refuses to commit, so that both behave the same.

use crate::store::trees::Trees;
use crate::store::{Error, Result};
use sqlx::{Arguments, Encode, FromRow, Transaction, Type};
use sqlx_postgres::{PgArguments, PgPoolOptions, PgRow};
use sqlx_postgres::{PgPool, Postgres};
use sqlx_sqlite::{Sqlite, SqlitePool};
use sqlx_sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A value both databases can take as a parameter.
pub trait Param: for<'q> Encode<'q, Sqlite> + Type<Sqlite> + for<'q> Encode<'q, Postgres> + Type<Postgres> {}
impl<T> Param for T where T: for<'q> Encode<'q, Sqlite> + Type<Sqlite> + for<'q> Encode<'q, Postgres> + Type<Postgres> {}

/// A row struct both databases can fill; `#[derive(sqlx::FromRow)]` is enough.
pub trait Record: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Record for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// Where the data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL URL; never shown, as it may hold a password.
    Postgres(String),
}

impl Location {
    /// The folder of the data, where it is one.
    pub fn folder(&self) -> Option<PathBuf> {
        match self {
            Self::Sqlite(file) => file.parent().map(Path::to_owned),
            Self::Postgres(_) => None,
        }
    }
}

/// An open database.
#[derive(Debug, Clone)]
pub enum Db {
    /// SQLite takes one writer at a time: `writer` holds exactly one connection, so that writers queue fairly in the
    /// pool instead of in SQLite's busy handler. `keeper` checkpoints apart from both.
    Sqlite {
        /// The one connection that writes.
        writer: SqlitePool,
        /// Connections that only read.
        reader: SqlitePool,
        /// A connection for checkpoints and backups.
        keeper: SqlitePool,
        /// Trees that were read before.
        trees: Trees,
    },
    /// PostgreSQL.
    Postgres(PgPool, Trees),
}

/// How many readers a SQLite file gets.
const SQLITE_READERS: u32 = 4;
/// How many connections a PostgreSQL database gets.
const POSTGRES_CONNECTIONS: u32 = 12;
/// How long to wait for a connection or another process's write.
const WAIT: Duration = Duration::from_secs(10);

impl Db {
    /// Opens the database, creating a SQLite file where there is none, and brings it to this version.
    /// `allow_unsafe` lets tests run on a PostgreSQL that doesn't flush.
    pub async fn open(location: &Location, allow_unsafe: bool) -> Result<Self> {
        let db = match location {
            Location::Sqlite(path) => Self::open_sqlite(path).await?,
            Location::Postgres(url) => {
                let pool = PgPoolOptions::new()
                    .max_connections(POSTGRES_CONNECTIONS)
                    .acquire_timeout(WAIT)
                    .connect(url)
                    .await?;
                if !allow_unsafe {
                    refuse_unsafe(&pool).await?;
                }
                Self::Postgres(pool, Trees::default())
            }
        };
        db.migrate().await?;
        Ok(db)
    }

    async fn open_sqlite(path: &Path) -> Result<Self> {
        if !path.exists() {
            make_file(path)?;
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(WAIT)
            // The log grows to the background checkpoint instead of stopping a save for one.
            .pragma("wal_autocheckpoint", "0")
            .pragma("cache_size", "-2000");
        let pool = |size| {
            SqlitePoolOptions::new()
                .max_connections(size)
                .acquire_timeout(WAIT)
                .test_before_acquire(false)
                .idle_timeout(None)
                .max_lifetime(None)
        };
        let writer = pool(1).connect_with(options.clone()).await?;
        let keeper = pool(1).connect_lazy_with(options.clone());
        let reader = pool(SQLITE_READERS).connect_lazy_with(options.pragma("query_only", "true"));
        Ok(Self::Sqlite { writer, reader, keeper, trees: Trees::default() })
    }

    async fn migrate(&self) -> Result<()> {
        match self {
            Self::Sqlite { writer, .. } => sqlx::migrate!("migrations/sqlite").run(writer).await?,
            Self::Postgres(pool, _) => sqlx::migrate!("migrations/postgres").run(pool).await?,
        }
        Ok(())
    }

    /// Begins a transaction that writes.
    pub async fn write(&self) -> Result<Tx> {
        let inner = match self {
            Self::Sqlite { writer, .. } => Inner::Sqlite(Box::pin(begin_writing(writer)).await?),
            Self::Postgres(pool, _) => Inner::Postgres(Box::pin(pool.begin()).await?),
        };
        Ok(Tx { inner, trees: None, failed: false })
    }

    /// Begins a transaction that sees one state of the data and can't write.
    pub async fn read(&self) -> Result<Tx> {
        const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        let (inner, trees) = match self {
            Self::Sqlite { reader, trees, .. } => (Inner::Sqlite(Box::pin(reader.begin()).await?), trees),
            Self::Postgres(pool, trees) => (Inner::Postgres(Box::pin(pool.begin_with(BEGIN)).await?), trees),
        };
        Ok(Tx { inner, trees: Some(trees.clone()), failed: false })
    }

    /// Moves SQLite's log into its file, as far as no reader needs it. Nothing to do on PostgreSQL.
    pub async fn checkpoint(&self) -> Result<()> {
        if let Self::Sqlite { keeper, .. } = self {
            sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(keeper).await?;
        }
        Ok(())
    }

    /// Lets PostgreSQL count anew what people and slips there are. It plans by such counts and by itself takes them only a
    /// minute or more after a load, when a hall may have signed in by plans made for empty tables. Nothing to do on SQLite.
    pub async fn take_statistics(&self) -> Result<()> {
        if let Self::Postgres(pool, _) = self {
            sqlx::query("ANALYZE person, role, session, slip, test, attempt").execute(pool).await?;
        }
        Ok(())
    }

    /// Writes a consistent copy of a SQLite database; `false` on PostgreSQL, which has its own tools.
    pub async fn copy_to(&self, path: &Path) -> Result<bool> {
        let Self::Sqlite { keeper, .. } = self else { return Ok(false) };
        make_file(path)?;
        sqlx::query("VACUUM INTO $1").bind(path.to_string_lossy().into_owned()).execute(keeper).await?;
        Ok(true)
    }

    /// Whether this is PostgreSQL.
    pub const fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(..))
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, reader, keeper, .. } => {
                reader.close().await;
                keeper.close().await;
                writer.close().await;
            }
            Self::Postgres(pool, _) => pool.close().await,
        }
    }
}

async fn begin_writing(writer: &SqlitePool) -> std::result::Result<Transaction<'static, Sqlite>, sqlx::Error> {
    const BEGIN: &str = "BEGIN IMMEDIATE";
    match writer.begin_with(BEGIN).await {
        // SQLite has rolled back by itself (no room on the disk), and sqlx still counts a transaction: this connection
        // would never write again.
        Err(sqlx::Error::InvalidSavePointStatement) => {
            writer.acquire().await?.close().await?;
            writer.begin_with(BEGIN).await
        }
        begun => begun,
    }
}

/// An empty file that nobody else can read; SQLite takes it as a new database, and gives its log the same rights.
fn make_file(path: &Path) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    for_owner_only(&mut options).open(path).map_err(sqlx::Error::Io)?;
    Ok(())
}

/// The same options for a file that nobody else can read.
pub fn for_owner_only(options: &mut std::fs::OpenOptions) -> &mut std::fs::OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// A whole database of this program, of this version or an older one.
    Kaohe,
    /// One of a newer version.
    Newer,
    /// A SQLite database that isn't whole.
    Damaged,
    /// Something else.
    Other,
}

/// Looks whether a file is a database of ours, without changing it.
pub async fn inspect(path: &Path) -> Result<Found> {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(false).read_only(true).immutable(true);
    let Ok(pool) = SqlitePoolOptions::new().max_connections(1).connect_with(options).await else {
        return Ok(Found::Other);
    };
    let found = found(&pool).await;
    pool.close().await;
    Ok(found)
}

async fn found(pool: &SqlitePool) -> Found {
    let tables: std::result::Result<i64, _> = sqlx::query_scalar(
        "SELECT count(*) FROM sqlite_master WHERE name IN ('_sqlx_migrations', 'trace_head', 'attempt')",
    )
    .fetch_one(pool)
    .await;
    match tables {
        Ok(3) => {}
        Ok(_) => return Found::Other,
        Err(error) => return if error.to_string().contains("not a database") { Found::Other } else { Found::Damaged },
    }
    let check: std::result::Result<Vec<String>, _> = sqlx::query_scalar("PRAGMA integrity_check").fetch_all(pool).await;
    let done: std::result::Result<Vec<(i64, Vec<u8>)>, _> =
        sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations ORDER BY version").fetch_all(pool).await;
    let (Ok(check), Ok(done)) = (check, done) else { return Found::Damaged };
    if check != ["ok"] || done.is_empty() {
        return Found::Damaged;
    }
    let migrations = sqlx::migrate!("migrations/sqlite");
    let known = |version: i64| migrations.iter().find(|migration| migration.version == version);
    for (version, checksum) in done {
        match known(version) {
            None => return Found::Newer,
            Some(migration) if *migration.checksum != checksum[..] => return Found::Other,
            Some(_) => {}
        }
    }
    Found::Kaohe
}

/// A PostgreSQL that acknowledges before it has flushed would make every promise of this program empty.
async fn refuse_unsafe(pool: &PgPool) -> Result<()> {
    for (setting, query) in [("fsync", "SHOW fsync"), ("synchronous_commit", "SHOW synchronous_commit")] {
        let value: String = sqlx::query_scalar(query).fetch_one(pool).await?;
        if value == "off" {
            return Err(Error::NotDurable { setting, value });
        }
    }
    Ok(())
}

/// An open transaction; dropped without [`Tx::commit`] it rolls back.
#[derive(Debug)]
pub struct Tx {
    inner: Inner,
    /// Trees that were read before; none in a transaction that writes.
    trees: Option<Trees>,
    /// Set by the first failed statement: PostgreSQL would then roll back at `COMMIT` silently, SQLite keep the rest.
    failed: bool,
}

#[derive(Debug)]
enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    /// A statement, to be given its values and run.
    pub fn query(&mut self, sql: &'static str) -> Query<'_> {
        let state = match &mut self.inner {
            Inner::Sqlite(tx) => State::Sqlite(tx, SqliteArguments::default()),
            Inner::Postgres(tx) => State::Postgres(tx, PgArguments::default()),
        };
        Query { sql, state, bind_error: None, failed: &mut self.failed }
    }

    /// Whether this is PostgreSQL.
    pub const fn is_postgres(&self) -> bool {
        matches!(self.inner, Inner::Postgres(_))
    }

    /// Trees that were read before, where this transaction can't change them.
    pub(super) fn trees(&self) -> Option<Trees> {
        self.trees.clone()
    }

    /// The text for this database, where the two must differ.
    pub const fn by_database(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match self.inner {
            Inner::Sqlite(_) => sqlite,
            Inner::Postgres(_) => postgres,
        }
    }

    /// Makes everything done in it durable.
    pub async fn commit(self) -> Result<()> {
        if self.failed {
            return Err(sqlx::Error::Protocol("a statement failed in this transaction".into()).into());
        }
        match self.inner {
            Inner::Sqlite(tx) => Box::pin(tx.commit()).await?,
            Inner::Postgres(tx) => Box::pin(tx.commit()).await?,
        }
        Ok(())
    }
}

/// A statement being given its values.
#[derive(Debug)]
pub struct Query<'t> {
    sql: &'static str,
    state: State<'t>,
    bind_error: Option<sqlx::error::BoxDynError>,
    failed: &'t mut bool,
}

#[derive(Debug)]
enum State<'t> {
    Sqlite(&'t mut Transaction<'static, Sqlite>, SqliteArguments),
    Postgres(&'t mut Transaction<'static, Postgres>, PgArguments),
}

/// Runs one sqlx call on whichever database the query belongs to. What it needs while it runs is held elsewhere: else
/// whoever may come to a statement, which is everybody, would hold the room for it from the first moment on, and ten
/// thousand requests at once some hundred megabytes.
macro_rules! dispatch {
    ($query:ident, |$tx:ident, $args:ident| $call:expr) => {{
        if let Some(error) = $query.bind_error {
            // A skipped statement must spoil the transaction as a failed one does.
            *$query.failed = true;
            return Err(sqlx::Error::Encode(error).into());
        }
        let result = match $query.state {
            State::Sqlite($tx, $args) => Box::pin($call).await,
            State::Postgres($tx, $args) => Box::pin($call).await,
        };
        *$query.failed |= result.is_err();
        result.map_err(Error::from)
    }};
}

impl Query<'_> {
    /// The value of the next placeholder.
    #[must_use]
    pub fn bind(mut self, value: impl Param) -> Self {
        let added = match &mut self.state {
            State::Sqlite(_, args) => args.add(value),
            State::Postgres(_, args) => args.add(value),
        };
        if let Err(error) = added {
            self.bind_error.get_or_insert(error);
        }
        self
    }

    /// Runs it; returns how many rows it touched.
    pub async fn execute(self) -> Result<u64> {
        dispatch!(self, |tx, args| async move {
            sqlx::query_with(self.sql, args).execute(&mut **tx).await.map(|done| done.rows_affected())
        })
    }

    /// Its row, where there is one.
    pub async fn fetch_optional<T: Record>(self) -> Result<Option<T>> {
        dispatch!(self, |tx, args| sqlx::query_as_with(self.sql, args).fetch_optional(&mut **tx))
    }

    /// Its one row.
    pub async fn fetch_one<T: Record>(self) -> Result<T> {
        dispatch!(self, |tx, args| sqlx::query_as_with(self.sql, args).fetch_one(&mut **tx))
    }

    /// Its rows.
    pub async fn fetch_all<T: Record>(self) -> Result<Vec<T>> {
        dispatch!(self, |tx, args| sqlx::query_as_with(self.sql, args).fetch_all(&mut **tx))
    }
}
