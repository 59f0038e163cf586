//! The command line as scripts use it: exit codes, JSON, data at any position, passwords on standard input.

use crate::support::{BANK, BRANCHES, MEMBERS, definition, place, time};
use kaohe::app::{App, Clock, Randomness};
use kaohe::config::Settings;
use kaohe::service::accounts;
use kaohe::store::db::{Db, Location};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A folder of data, and the database where it isn't a file in the folder.
pub(crate) struct Data {
    pub(crate) folder: TempDir,
    pub(crate) location: Location,
}

impl Data {
    pub(crate) async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let location = place(&folder).await;
        Self { folder, location }
    }

    /// Where the data is, as arguments.
    pub(crate) fn place(&self) -> Vec<String> {
        match &self.location {
            Location::Sqlite(_) => vec!["--data".into(), self.folder.path().display().to_string()],
            Location::Postgres(url) => vec!["--database".into(), url.clone()],
        }
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(arguments, "")
    }

    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = program()
            .args(arguments)
            .args(self.place())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// The output of a command that must succeed.
    pub(crate) fn good(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let text = self.good(arguments);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    pub(crate) async fn app(&self) -> App {
        let db = Db::open(&self.location, false).await.unwrap();
        App::new(db, Clock::system(), Randomness::system(), Settings::at(self.location.clone()))
    }

    pub(crate) fn load_unit(&self) {
        let (branches, members) = (self.file("branches.csv", BRANCHES), self.file("members.csv", MEMBERS));
        self.good(&["roster", "load", "--branches", &branches, "--members", &members]);
        self.good(&["bank", "load", &self.file("bank.json", BANK)]);
    }
}

/// The program, in no environment of its own.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kaohe"));
    let ours = std::env::vars().map(|(name, _)| name).filter(|name| name.starts_with("KAOHE_"));
    for name in ours.collect::<Vec<_>>() {
        command.env_remove(name);
    }
    command.env("LANG", "C");
    command
}

#[expect(clippy::disallowed_methods, reason = "the program under test runs by the machine's own clock")]
pub(crate) fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// A test that is open now.
pub(crate) fn open_now(name: &str) -> String {
    let now = now_ms();
    definition(name, json!({ "opens": time(now - 60_000), "closes": time(now + 3_600_000) })).to_string()
}

#[tokio::test]
async fn wrong_usage_is_told_from_failure() {
    let data = Data::new().await;
    for arguments in [
        &["nonsense"][..],
        &["bank"],
        &["bank", "load"],
        &["user", "add", "someone", "--name", "Some One", "--role", "king"],
        &["serve", "--listen", "nowhere"],
        &["serve", "--tls-cert", "only.pem"],
        &["report"],
        &["roster", "load"],
        &["test", "create", "file.json", "--unknown"],
    ] {
        assert_eq!(data.run(arguments).status.code(), Some(2), "{arguments:?}");
    }
    for arguments in [
        &["bank", "load", "not-there.json"][..],
        &["bank", "export", "not-there"],
        &["report", "not-there"],
        &["test", "close", "not-there"],
        &["draw", "verify", "not-there"],
        &["user", "token", "nobody"],
        &["user", "add", "someone", "--name", "Some One", "--role", "member", "--branch", "not-there"],
        &["user", "add", "someone", "--name", "Some One", "--role", "organizer"],
    ] {
        let output = data.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
        assert!(!output.stderr.is_empty() && output.stdout.is_empty(), "{arguments:?}: {output:?}");
    }
    for arguments in [&["--help"][..], &["--version"], &["bank", "load", "--help"], &["trace", "verify"]] {
        assert_eq!(data.run(arguments).status.code(), Some(0), "{arguments:?}");
    }
}

#[tokio::test]
async fn the_whole_job_by_commands() {
    let data = Data::new().await;
    let (branches, members) = (data.file("branches.csv", BRANCHES), data.file("members.csv", MEMBERS));
    let dry = data.json(&["roster", "load", "--branches", &branches, "--dry-run", "--json"]);
    assert_eq!(dry["new"].as_array().unwrap().len(), 6);
    data.load_unit();
    let again = data.json(&["roster", "load", "--members", &members, "--json"]);
    assert_eq!((&again["unchanged"], &again["passwords"]), (&json!(11), &json!([])));
    let file = data.file("bank.json", BANK);
    let loaded = data.json(&["bank", "load", &file, "--json"]);
    assert_eq!((&loaded["edition"], &loaded["unchanged"]), (&json!(1), &json!(10)));
    let exported = data.file("exported.json", &data.good(&["bank", "export", "rules"]));
    let same = data.json(&["bank", "load", &exported, "--dry-run", "--json"]);
    assert_eq!((&same["edition"], &same["unchanged"]), (&json!(1), &json!(10)), "an export is the same edition");
    let converted = data.file("converted.json", &data.good(&["bank", "convert", &file, "--to", "json"]));
    assert_eq!(std::fs::read_to_string(exported).unwrap(), std::fs::read_to_string(converted).unwrap());
    let made = data.json(&["test", "create", &data.file("test.json", &open_now("t")), "--json"]);
    assert_eq!((&made["test"], made["commitment"].as_str().unwrap().len()), (&json!("t"), 64));
    assert_eq!(data.json(&["test", "list", "--json"])[0]["test"], json!("t"));
    data.good(&["test", "pause", "t", "--branch", "A", "--reason", "no power"]);
    data.good(&["test", "message", "t", "Stay seated."]);
    let live: Value = serde_json::from_str(&data.good(&["test", "live", "t", "--json"])).unwrap();
    assert_eq!(live["counts"]["not_started"], json!(4));
    data.good(&["test", "resume", "t", "--reason", "power is back"]);
    assert!(!data.run(&["test", "resume", "t", "--reason", "once more"]).status.success());
    data.good(&["test", "close", "t"]);
    let report = data.json(&["report", "t", "--json"]);
    assert_eq!((&report["final"], &report["branch"]["due"]), (&json!(true), &json!(4)));
    assert_eq!(data.json(&["report", "t", "--branch", "A1", "--json"])["branch"]["absent"], json!(2));
    assert_eq!(data.json(&["draw", "verify", "t", "--json"])["commitment_holds"], json!(true));
    assert_eq!(data.json(&["trace", "verify", "--json"])["broken"], json!([]));
}

#[tokio::test]
async fn a_test_is_opened_now_and_a_short_one_is_refused() {
    let data = Data::new().await;
    data.load_unit();
    let now = now_ms();
    let later = definition("t", json!({ "opens": time(now + 3_600_000), "closes": time(now + 7_200_000) }));
    data.good(&["test", "create", &data.file("test.json", &later.to_string())]);
    data.good(&["test", "open", "t"]);
    let opens =
        data.json(&["test", "list", "--json"])[0]["opens"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert!(opens.as_millisecond() <= now_ms());
    let short = open_now("s").replace("\"count\":3", "\"count\":300");
    assert_eq!(data.run(&["test", "create", &data.file("short.json", &short)]).status.code(), Some(1));
    let twice = data.run(&["test", "create", &data.file("test.json", &later.to_string())]);
    assert_eq!(twice.status.code(), Some(1), "the name is taken");
}

#[tokio::test]
async fn checking_a_bank_names_every_error_with_its_place() {
    let data = Data::new().await;
    let bad = BANK.replacen("\"answer\": \"A\"", "\"answer\": \"Q\"", 1).replacen(
        "\"kind\": \"blank\"",
        "\"kind\": \"blanc\"",
        1,
    );
    let (good, bad) = (data.file("good.json", BANK), data.file("bad.json", &bad));
    assert!(data.run(&["bank", "check", &good]).status.success());
    let output = data.run(&["bank", "check", &good, &bad, "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report[0]["errors"], report[1]["errors"].as_array().unwrap().len()), (&json!([]), 2));
    assert_eq!(report[1]["errors"][0]["pointer"], json!("/questions/0/answer"));
    let said = String::from_utf8(data.run(&["bank", "load", &bad]).stderr).unwrap();
    assert!(said.contains("/questions/0/answer") && said.contains("/questions/9/kind"), "{said}");
}

#[tokio::test]
async fn a_password_on_standard_input_loses_one_newline_only() {
    let data = Data::new().await;
    let add = |login: &str, input: &str| {
        let arguments = ["user", "add", login, "--name", "Some One", "--role", "administrator", "--password-stdin"];
        data.run_with(&arguments, input)
    };
    assert!(add("one", "good password\n").status.success());
    assert!(add("two", "good password\r\n").status.success());
    assert!(add("three", "good password \n\n").status.success());
    assert_eq!(add("four", "short\n").status.code(), Some(1));
    assert_eq!(add("one", "good password\n").status.code(), Some(1), "the login is taken");
    let app = data.app().await;
    for (login, password) in [("one", "good password"), ("two", "good password"), ("three", "good password \n")] {
        let signed_in = accounts::sign_in(&app, app.clock.now_ms(), login, password.into(), "").await.unwrap();
        assert!(!signed_in.caller.must_change, "{login}");
    }
    let token = data.good(&["user", "token", "one"]);
    let caller = accounts::authenticate(&app, app.clock.now_ms(), token.trim()).await.unwrap().unwrap();
    assert_eq!(caller.login, "one");
    assert!(data.run_with(&["user", "password", "one", "--password-stdin"], "another password\n").status.success());
    accounts::sign_in(&app, app.clock.now_ms(), "one", "another password".into(), "").await.unwrap();
}

#[tokio::test]
async fn people_are_moved_given_roles_and_taken_off_the_roster() {
    let data = Data::new().await;
    let (branches, members) = (data.folder.path().join("b.csv"), data.folder.path().join("m.csv"));
    std::fs::write(&branches, BRANCHES).unwrap();
    std::fs::write(&members, MEMBERS).unwrap();
    let (branches, members) = (branches.to_str().unwrap(), members.to_str().unwrap());
    data.good(&["roster", "load", "--branches", branches, "--members", members]);
    data.good(&["user", "move", "m1", "--branch", "B1"]);
    data.good(&["user", "role", "m1", "--give", "organizer", "--branch", "B1"]);
    data.good(&["user", "role", "org", "--take", "organizer", "--branch", "HQ"]);
    data.good(&["user", "leave", "m2", "--as", "retired"]);
    let app = data.app().await;
    for (login, roles) in [("m1", 2), ("org", 0), ("m2", 0)] {
        let token = accounts::issue_token(&app, app.clock.now_ms(), login).await.unwrap();
        let caller = accounts::authenticate(&app, app.clock.now_ms(), &token).await.unwrap().unwrap();
        assert_eq!(caller.roles.len(), roles, "{login}");
    }
    for (arguments, code) in [
        (&["user", "move", "m1", "--branch", "not-there"][..], 1),
        (&["user", "move", "m1", "--branch", "A1", "--on", "2999-01-01"], 1),
        (&["user", "role", "admin", "--take", "administrator"], 1),
        (&["user", "role", "m1", "--branch", "A1"], 2),
        (&["user", "leave", "m3", "--as", "bored"], 2),
    ] {
        assert_eq!(data.run(arguments).status.code(), Some(code), "{arguments:?}");
    }
}

#[test]
fn data_is_named_at_any_position_or_by_the_environment() {
    let folder = TempDir::new().unwrap();
    let place = folder.path().join("made/if/missing");
    let place = place.to_str().unwrap();
    let list = |arguments: &[&str], environment: Option<&str>| {
        let mut command = program();
        command.args(arguments).current_dir(folder.path());
        if let Some(place) = environment {
            command.env("KAOHE_DATA", place);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    let exists = |path: &Path| path.join("kaohe.sqlite").exists();
    list(&["--data", place, "test", "list"], None);
    list(&["test", "--data", place, "list"], None);
    list(&["test", "list", "--data", place], None);
    assert!(exists(Path::new(place)) && !exists(&folder.path().join("kaohe-data")));
    list(&["test", "list"], Some(folder.path().join("by-environment").to_str().unwrap()));
    assert!(exists(&folder.path().join("by-environment")));
    let other = folder.path().join("kaohe-data/notes.txt");
    std::fs::create_dir_all(other.parent().unwrap()).unwrap();
    std::fs::write(&other, "mine").unwrap();
    list(&["test", "list"], None);
    assert!(exists(other.parent().unwrap()), "the usual place");
    assert_eq!(std::fs::read_to_string(other).unwrap(), "mine");
}

#[tokio::test]
async fn a_backup_comes_back_as_it_was() {
    let data = Data::new().await;
    data.load_unit();
    data.good(&["test", "create", &data.file("test.json", &open_now("t"))]);
    let copy = data.folder.path().join("copy.kaohe");
    let copy = copy.to_str().unwrap();
    if matches!(data.location, Location::Postgres(_)) {
        assert_eq!(data.run(&["backup", copy]).status.code(), Some(1), "PostgreSQL has tools of its own");
        return;
    }
    data.good(&["backup", copy]);
    assert_eq!(data.run(&["backup", copy]).status.code(), Some(1), "nothing is overwritten");
    assert_eq!(data.run(&["restore", copy]).status.code(), Some(1), "nor here");
    let folder = TempDir::new().unwrap();
    let elsewhere = Data { location: Location::Sqlite(folder.path().join("kaohe.sqlite")), folder };
    elsewhere.good(&["restore", copy]);
    for command in [&["test", "list", "--json"][..], &["report", "t", "--json"], &["trace", "verify", "--json"]] {
        assert_eq!(elsewhere.json(command), data.json(command), "{command:?}");
    }
}
