//! A running Kaohe: its database, clock, source of randomness, password pool, caches and settings.
//!
//! The only place that reads the clock or the system's randomness; everything else is handed a moment or bytes.

mod caches;
mod certificates;
mod clock;
mod machine;
mod network;
mod passwords;
mod printouts;
mod randomness;
mod throttle;
mod tickets;
mod visitors;

pub(crate) use caches::Narrowed;
pub use caches::{Before, ByBytes, Caches, DrawnPaper, Duplicate, Expiring, OfVersion, OwnedSheet, PinnedPool};
pub use certificates::{CertificateError, Day, Pair, new_authority, new_server};
pub use clock::Clock;
pub use machine::{free_bytes, last_backup_ms, note_backup, open_file_limit, raise_open_file_limit};
pub use network::own_addresses;
pub use passwords::{Hasher, HashingError, Stored, is_first};
pub use printouts::Printouts;
pub use randomness::{Randomness, RequestIds};
pub use throttle::Throttle;
pub use tickets::{Asked, Checked, Tickets, Turn};
pub use visitors::Visitors;

use crate::config::Settings;
use crate::store::answer_writer::AnswerWriter;
use crate::store::db::Db;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock};

/// A handle on a running Kaohe; cheap to clone.
#[derive(Debug, Clone)]
pub struct App(Arc<Parts>);

/// What a running Kaohe is made of.
#[derive(Debug)]
pub struct Parts {
    /// The database.
    pub db: Db,
    /// The one writer of open attempts.
    pub writer: AnswerWriter,
    /// The time.
    pub clock: Clock,
    /// Random bytes and ids.
    pub randomness: Randomness,
    /// Names for requests.
    pub request_ids: RequestIds,
    /// Held while somebody reads how a test stands, so that it is read once for all who watch.
    pub watching: tokio::sync::Mutex<()>,
    /// Held while somebody reads the answers of a test for an item analysis: one test at a time.
    pub analysing: tokio::sync::Mutex<()>,
    /// Held while somebody reads a bank whole for a search or for what resembles what: one bank at a time.
    pub shelving: tokio::sync::Mutex<()>,
    /// Held while a test is settled some members at a time: one test at a time.
    pub settling: tokio::sync::Mutex<()>,
    /// Held while stored figures are brought up to date: by one at a time.
    pub rolling_up: tokio::sync::Mutex<()>,
    /// The pool that checks passwords.
    pub hasher: Hasher,
    /// Who waits for that.
    pub tickets: Tickets,
    /// Failed sign-ins.
    pub throttle: Throttle,
    /// What is kept ready in memory.
    pub caches: Caches,
    /// What waits to be printed.
    pub printouts: Printouts,
    /// Settings.
    pub settings: Settings,
    /// Devices that say they reach the server.
    pub visitors: Visitors,
    /// Where the server listens, once it does.
    pub listening: OnceLock<SocketAddr>,
    /// SHA-256 of the one-time link for the first administrator, while there is none.
    pub first_link: Mutex<Option<String>>,
}

impl App {
    /// Puts a running Kaohe together and starts its writer.
    pub fn new(db: Db, clock: Clock, randomness: Randomness, settings: Settings) -> Self {
        let (writer, _ends_with_the_last_handle) = AnswerWriter::start(db.clone());
        Self(Arc::new(Parts {
            db,
            writer,
            clock,
            request_ids: RequestIds::new(&randomness),
            randomness,
            watching: tokio::sync::Mutex::new(()),
            analysing: tokio::sync::Mutex::new(()),
            shelving: tokio::sync::Mutex::new(()),
            settling: tokio::sync::Mutex::new(()),
            rolling_up: tokio::sync::Mutex::new(()),
            hasher: Hasher::new(),
            tickets: Tickets::default(),
            throttle: Throttle::default(),
            caches: Caches::default(),
            printouts: Printouts::default(),
            settings,
            visitors: Visitors::default(),
            listening: OnceLock::new(),
            first_link: Mutex::new(None),
        }))
    }
}

impl std::ops::Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}
