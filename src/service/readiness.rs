//! Whether everything is ready for a test: the machine, the network, copies, and the tests that come next.

use crate::app::{App, free_bytes, last_backup_ms, open_file_limit};
use crate::limits;
use crate::rules::rights::Caller;
use crate::service::error::Result;
use crate::service::{device_checks, reach, sign_in_slips, tests};
use crate::store::trace;
use serde_json::json;
use std::path::Path;

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it should be.
    Good,
    /// Something is to be done.
    Warn,
    /// It can't be told from here.
    Unknown,
}

impl State {
    /// The name, as in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Unknown => "unknown",
        }
    }

    const fn good_if(good: bool) -> Self {
        if good { Self::Good } else { Self::Warn }
    }
}

/// What a finding is about, with what fills its message.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "of", rename_all = "lowercase")]
pub enum Subject {
    /// Whether others can reach the server at all.
    Address {
        /// The best address.
        address: String,
    },
    /// Whether another device did, of late.
    Phone {
        /// When.
        at_ms: Option<i64>,
        /// From which address.
        device: Option<String>,
    },
    /// Room where the data is.
    Disk {
        /// Bytes.
        free: Option<u64>,
    },
    /// The clock.
    Clock {
        /// What it says.
        now_ms: i64,
        /// By how much the machine's clock was set since the start, in milliseconds.
        drift_ms: i64,
    },
    /// The last copy of the data.
    Backup {
        /// When.
        at_ms: Option<i64>,
    },
    /// The database.
    Database {
        /// `SQLite` or `PostgreSQL`.
        kind: &'static str,
    },
    /// How many connections the system allows.
    Files {
        /// At once.
        most: Option<u64>,
    },
}

impl Subject {
    /// The name, as in messages.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Address { .. } => "address",
            Self::Phone { .. } => "phone",
            Self::Disk { .. } => "disk",
            Self::Clock { .. } => "clock",
            Self::Backup { .. } => "backup",
            Self::Database { .. } => "database",
            Self::Files { .. } => "files",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// How it stands.
    pub state: State,
    /// What it is.
    #[serde(flatten)]
    pub subject: Subject,
}

/// A test that is open or opens soon.
#[derive(Debug, Clone)]
pub struct NextTest {
    /// The test.
    pub test: tests::Test,
    /// Who sits it, within the caller's rights.
    pub people: usize,
    /// How many of them have a slip.
    pub slips: usize,
    /// How many have tried their device, and how many are to.
    pub checked: (usize, usize),
    /// Papers that wait for their members; `None` where this is not the server.
    pub drawn: Option<usize>,
}

/// Everything that was looked at.
#[derive(Debug, Clone)]
pub struct Readiness {
    /// The machine and the network.
    pub findings: Vec<Finding>,
    /// Tests of the next days.
    pub tests: Vec<NextTest>,
    /// Addresses for others, the best first.
    pub addresses: Vec<String>,
}

impl Readiness {
    /// As programs read it.
    pub fn document(&self) -> serde_json::Value {
        let of = |one: &NextTest| {
            json!({ "test": one.test.row.name, "opens_at_ms": one.test.row.opens_at_ms, "people": one.people,
                "slips": one.slips, "checked": one.checked.0, "due": one.checked.1, "drawn": one.drawn })
        };
        json!({ "findings": self.findings, "addresses": self.addresses,
            "tests": self.tests.iter().map(of).collect::<serde_json::Value>() })
    }
}

/// Looks at everything. `asked` is the address by which the request came; empty on the command line.
pub async fn look(app: &App, caller: &Caller, now_ms: i64, asked: &str) -> Result<Readiness> {
    let addresses = reach::addresses(app, asked);
    let last_event_ms = trace::last_at_ms(&mut app.db.read().await?).await?;
    let folder = app.settings.location.folder();
    let of_machine = tokio::task::spawn_blocking(move || machine(folder.as_deref(), now_ms)).await.unwrap_or_default();
    let mut findings = vec![address(&addresses), phone(app, now_ms), clock(app, now_ms, last_event_ms)];
    findings.extend(of_machine);
    let kind = if app.db.is_postgres() { "PostgreSQL" } else { "SQLite" };
    findings.push(Finding { state: State::Good, subject: Subject::Database { kind } });
    Ok(Readiness { findings, tests: next_tests(app, caller, now_ms).await?, addresses })
}

fn address(addresses: &[String]) -> Finding {
    let best = addresses.first().cloned().unwrap_or_default();
    let state = match best.as_str() {
        "" => State::Unknown,
        best => State::good_if(!reach::names_this_machine(best)),
    };
    Finding { state, subject: Subject::Address { address: best } }
}

fn phone(app: &App, now_ms: i64) -> Finding {
    if app.listening.get().is_none() {
        return Finding { state: State::Unknown, subject: Subject::Phone { at_ms: None, device: None } };
    }
    let last = app.visitors.last().filter(|(at_ms, _)| at_ms + limits::READY_PHONE_MS > now_ms);
    let state = State::good_if(last.is_some());
    let (at_ms, device) = last.unzip();
    Finding { state, subject: Subject::Phone { at_ms, device } }
}

fn clock(app: &App, now_ms: i64, last_event_ms: Option<i64>) -> Finding {
    let drift_ms = app.clock.drift_ms();
    let is_behind = last_event_ms.is_some_and(|last| last > now_ms);
    let state = State::good_if(!is_behind && now_ms > limits::EARLIEST_MS && drift_ms.abs() < limits::DRIFT_MS);
    Finding { state, subject: Subject::Clock { now_ms, drift_ms } }
}

/// What only the machine knows; reads files, and so runs apart from the threads that answer.
fn machine(folder: Option<&Path>, now_ms: i64) -> Vec<Finding> {
    let free = folder.and_then(free_bytes);
    let disk = free.map_or(State::Unknown, |free| State::good_if(free >= limits::READY_FREE_BYTES));
    let at_ms = folder.and_then(last_backup_ms);
    let backup = match (folder, at_ms) {
        (None, _) => State::Unknown,
        (_, at_ms) => State::good_if(at_ms.is_some_and(|at_ms| at_ms + limits::READY_BACKUP_MS > now_ms)),
    };
    let most = open_file_limit();
    let files = most.map_or(State::Unknown, |most| State::good_if(most >= limits::READY_OPEN_FILES));
    vec![
        Finding { state: disk, subject: Subject::Disk { free } },
        Finding { state: files, subject: Subject::Files { most } },
        Finding { state: backup, subject: Subject::Backup { at_ms } },
    ]
}

async fn next_tests(app: &App, caller: &Caller, now_ms: i64) -> Result<Vec<NextTest>> {
    let mut next = Vec::new();
    for (test, standing) in tests::list(app, caller).await?.into_iter().rev() {
        let row = &test.row;
        let is_live = row.finished_at_ms.is_none() && row.cancelled_reason.is_none() && row.closes_at_ms > now_ms;
        let is_soon = row.opens_at_ms < now_ms + limits::READY_TESTS_MS;
        if !(standing.manages || standing.reads_report) || !is_live || !is_soon {
            continue;
        }
        let tried = device_checks::overview(app, caller, &row.name).await?;
        // Committees read reports, and make no slips.
        let holders = match sign_in_slips::list(app, caller, &row.name, None).await {
            Ok(listed) => listed.holders,
            Err(crate::service::Error::Forbidden(_)) => Vec::new(),
            Err(error) => return Err(error),
        };
        let drawn = app.caches.drawn.iter().filter(|((name, _), _)| *name == row.name).count();
        next.push(NextTest {
            people: holders.len().max(tried.due()),
            slips: holders.iter().filter(|holder| holder.slip.is_some()).count(),
            checked: (tried.checked(), tried.due()),
            drawn: app.listening.get().map(|_| drawn),
            test,
        });
    }
    Ok(next)
}
