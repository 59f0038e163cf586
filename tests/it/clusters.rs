//! A PostgreSQL of a test's own: restarted under load, and lost with its machine.

#![expect(clippy::disallowed_methods, reason = "stories of a running program, by the machine's own clock")]

use crate::kill::{run, serve_at, set_up, token};
use crate::trials::{Load, start};
use kaohe::store::db::Location;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// A cluster that nobody else uses.
pub(crate) struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
}

impl Cluster {
    /// A running one; nothing where PostgreSQL isn't tested, or its programs aren't installed.
    pub(crate) fn make() -> Option<Self> {
        std::env::var("TEST_POSTGRES_URL").ok()?;
        let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
        let mut folders = versions.filter_map(|one| Some(one.ok()?.path().join("bin")));
        let Some(programs) = folders.find(|bin| bin.join("initdb").exists()) else {
            eprintln!("SKIPPED: no programs of PostgreSQL under /usr/lib/postgresql to make a cluster with");
            return None;
        };
        let cluster = Self::empty(programs);
        cluster.run("initdb", &["--username=kaohe", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]);
        cluster.control("start");
        Some(cluster)
    }

    fn empty(programs: PathBuf) -> Self {
        let folder = TempDir::new_in("/tmp").unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let cluster = Self { folder, programs, port };
        if Self::is_root() {
            let given = Command::new("chown").arg("postgres:").arg(cluster.folder.path()).status().unwrap();
            assert!(given.success());
        }
        cluster
    }

    /// A running spare of this one, as the operator's guide makes it: every commit waits for it.
    fn spare(&self) -> Self {
        let spare = Self::empty(self.programs.clone());
        let port = self.port.to_string();
        let from =
            ["--host=127.0.0.1", "--port", &port, "--username=kaohe", "--checkpoint=fast", "--write-recovery-conf"];
        spare.run("pg_basebackup", &from);
        spare.control("start");
        let settings = self.folder.path().join("data/postgresql.conf");
        let mut settings = std::fs::File::options().append(true).open(settings).unwrap();
        settings.write_all(b"synchronous_standby_names = '*'\n").unwrap();
        self.control("reload");
        spare
    }

    /// Where it is reached.
    pub(crate) fn location(&self) -> Location {
        Location::Postgres(format!("postgres://kaohe@127.0.0.1:{}/postgres", self.port))
    }

    fn is_root() -> bool {
        let id = Command::new("id").arg("-u").output().unwrap();
        String::from_utf8_lossy(&id.stdout).trim() == "0"
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let program = self.programs.join(program);
        let mut command = if Self::is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        let data = self.folder.path().join("data");
        command.arg("-D").arg(data).args(arguments).current_dir("/").stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(Stdio::null());
        command
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        assert!(self.command(program, arguments).status().unwrap().success(), "{program} {arguments:?}");
    }

    /// What `pg_ctl` does: `start`, `restart`, `stop`, `reload`, `promote`.
    pub(crate) fn control(&self, what: &str) {
        let options = format!("-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''", self.port);
        let log = self.folder.path().join("data/log").display().to_string();
        self.run("pg_ctl", &["-w", "-t", "60", "-m", "fast", "-l", &log, "-o", &options, what]);
    }

    /// Ends at once, as when the machine loses its power.
    fn die(&self) {
        self.run("pg_ctl", &["-w", "-m", "immediate", "stop"]);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // It may have been ended by the test.
        let _ = self.command("pg_ctl", &["-w", "-m", "fast", "stop"]).status();
    }
}

/// Main machine dies under load with its database, the spare takes its address, members go on: nothing that was
/// acknowledged is missing, since every commit was on both machines.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_spare_of_postgres_goes_on_with_everything_acknowledged() {
    let Some(cluster) = Cluster::make() else { return };
    let folder = TempDir::new().unwrap();
    set_up(folder.path(), &cluster.location());
    let spare = tokio::task::block_in_place(|| cluster.spare());
    let mut main = serve_at(folder.path(), &cluster.location(), "127.0.0.1:0");
    let base = main.1.clone();
    let mut load = Load::begin(&base, folder.path(), &cluster.location()).await;
    load.goes_on(300).await;
    main.0.kill().unwrap();
    main.0.wait().unwrap();
    let went = load.end().await;
    let taking_over = std::time::Instant::now();
    tokio::task::block_in_place(|| {
        cluster.die();
        spare.control("promote");
    });
    // The spare machine has a folder of its own: with PostgreSQL nothing that counts lies there.
    let elsewhere = TempDir::new().unwrap();
    let serves = serve_at(elsewhere.path(), &spare.location(), base.trim_start_matches("http://"));
    assert!(taking_over.elapsed() < Duration::from_secs(20), "{:?}", taking_over.elapsed());
    assert_eq!(serves.1, base, "the same address");
    load.is_stored(&base, &went).await;
    load.hand_in(&base).await;
    let m4 = token(elsewhere.path(), &spare.location(), "m4");
    assert!(start(&base, &m4).await["attempt"].is_string(), "others start");
    drop(serves);
    run(elsewhere.path(), &spare.location(), &["trace", "verify"]);
    run(elsewhere.path(), &spare.location(), &["draw", "verify", "t"]);
}
