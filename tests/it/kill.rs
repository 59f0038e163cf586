//! The real program, killed under load: no acknowledged response is missing afterwards.

use crate::support::{BANK, BRANCHES, MEMBERS, definition, place, questions, time};
use kaohe::store::db::Location;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// A command on the data of a test.
pub(crate) fn kaohe(folder: &Path, location: &Location) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kaohe"));
    command.arg("--data").arg(folder).env_remove("KAOHE_DATA").env("LANG", "C");
    if let Location::Postgres(url) = location {
        command.arg("--database").arg(url);
    }
    command
}

pub(crate) fn run(folder: &Path, location: &Location, arguments: &[&str]) -> Output {
    let output = kaohe(folder, location).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    output
}

/// A server of a test, and its address.
pub(crate) struct Served(pub(crate) Child, pub(crate) String);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn serve(folder: &Path, location: &Location) -> Served {
    serve_at(folder, location, "127.0.0.1:0")
}

pub(crate) fn serve_at(folder: &Path, location: &Location, address: &str) -> Served {
    let mut child = kaohe(folder, location)
        .args(["serve", "--listen", address])
        .stdout(Stdio::piped())
        // KAOHE_TEST_LOG=1 shows what the server logs.
        .stderr(if std::env::var("KAOHE_TEST_LOG").is_ok() { Stdio::inherit() } else { Stdio::null() })
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let said = lines.find_map(|line| {
        line.ok()?
            .split_whitespace()
            .find(|word| word.starts_with("http://127"))
            .map(|word| word.trim_end_matches('.').to_owned())
    });
    Served(child, said.unwrap())
}

fn file(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
    path.display().to_string()
}

/// Everything by the command line: roster, bank, test.
#[expect(clippy::disallowed_methods, reason = "the program under test runs by the machine's own clock")]
pub(crate) fn set_up(folder: &Path, location: &Location) {
    let people =
        MEMBERS.replace("branch,role\n", "branch,role,password\n").replace(",member\n", ",member,a good password\n");
    let (branches, members) = (file(folder, "branches.csv", BRANCHES), file(folder, "members.csv", &people));
    run(folder, location, &["roster", "load", "--branches", &branches, "--members", &members]);
    run(folder, location, &["bank", "check", &file(folder, "bank.json", BANK)]);
    run(folder, location, &["bank", "load", &file(folder, "bank.json", BANK), "--shared", "true"]);
    let now = jiff::Timestamp::now().as_millisecond();
    let test = definition("t", json!({ "opens": time(now - 60_000), "closes": time(now + 3_600_000) }));
    run(folder, location, &["test", "create", &file(folder, "test.json", &test.to_string())]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::too_many_lines, reason = "one story")]
async fn killed_under_load_it_loses_nothing_acknowledged() {
    let folder = TempDir::new().unwrap();
    let location = match place(&folder).await {
        Location::Sqlite(_) => Location::Sqlite(folder.path().join("kaohe.sqlite")),
        postgres @ Location::Postgres(_) => postgres,
    };
    set_up(folder.path(), &location);
    let client = reqwest::Client::new();
    let tokens: Vec<String> = ["m1", "m2", "m3", "m4"].map(|login| token(folder.path(), &location, login)).into();
    let mut known: HashMap<(usize, i64), i64> = HashMap::new();
    for round in 0..kills() {
        let mut served = serve(folder.path(), &location);
        let mut attempts = Vec::new();
        for (who, token) in tokens.iter().enumerate() {
            let paper: Value = client
                .post(format!("{}/api/v1/tests/t/attempts", served.1))
                .bearer_auth(token)
                .json(&json!({"take_over": true}))
                .send()
                .await
                .unwrap()
                .json()
                .await
                .unwrap();
            for question in questions(&paper).iter().take(3) {
                let position = question["position"].as_i64().unwrap();
                let stored = question["save"].as_i64().unwrap();
                assert!(
                    stored >= known.get(&(who, position)).copied().unwrap_or(0),
                    "round {round}: an acknowledged response is missing"
                );
                assert!(
                    stored == 0 || question["response"] == json!(label_of(stored)),
                    "number and response belong together"
                );
            }
            attempts.push((paper["attempt"].as_str().unwrap().to_owned(), paper["save_base"].as_i64().unwrap()));
        }
        let loads: Vec<_> = tokens
            .iter()
            .zip(&attempts)
            .map(|(token, (attempt, base))| {
                tokio::spawn(hammer(served.1.clone(), token.clone(), attempt.clone(), *base))
            })
            .collect();
        // Another moment each time: while papers are being given out, early, late.
        tokio::time::sleep(Duration::from_millis(120 + 389 * (round + 1) % 700)).await;
        served.0.kill().unwrap();
        for (who, load) in loads.into_iter().enumerate() {
            let acknowledged = load.await.unwrap();
            assert!(!acknowledged.is_empty(), "there was a load");
            known.extend(acknowledged.into_iter().map(|(position, save)| ((who, position), save)));
        }
    }
    let served = serve(folder.path(), &location);
    for (who, token) in tokens.iter().enumerate() {
        let paper: Value = client
            .post(format!("{}/api/v1/tests/t/attempts", served.1))
            .bearer_auth(token)
            .json(&json!({}))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        for question in questions(&paper).iter().take(3) {
            let position = question["position"].as_i64().unwrap();
            let stored = question["save"].as_i64().unwrap();
            assert!(stored >= known.get(&(who, position)).copied().unwrap());
            assert_eq!(question["response"], json!(label_of(stored)), "number and response belong together");
        }
    }
    drop(served);
    run(folder.path(), &location, &["draw", "verify", "t"]);
    run(folder.path(), &location, &["trace", "verify"]);
    run(folder.path(), &location, &["test", "close", "t"]);
    let report = run(folder.path(), &location, &["report", "t", "--json"]);
    let report: Value = serde_json::from_slice(&report.stdout).unwrap();
    assert_eq!((&report["final"], &report["branch"]["sat"]), (&json!(true), &json!(4)));
}

/// A session of somebody.
pub(crate) fn token(folder: &Path, location: &Location, login: &str) -> String {
    String::from_utf8(run(folder, location, &["user", "token", login]).stdout).unwrap().trim().to_owned()
}

/// How often it is killed; `scripts/torture` asks for more.
fn kills() -> u64 {
    std::env::var("KAOHE_KILLS").map_or(3, |kills| kills.parse().unwrap())
}

/// What the load answers under a number.
pub(crate) fn label_of(save: i64) -> &'static str {
    ["A", "B", "C", "D"][usize::try_from(save % 4).unwrap()]
}

pub(crate) async fn hammer(base: String, token: String, attempt: String, save_base: i64) -> HashMap<i64, i64> {
    let client = reqwest::Client::new();
    let mut acknowledged = HashMap::new();
    for step in 1..100_000_i64 {
        let (save, position) = (save_base + step, step % 3 + 1);
        let body = json!({ "response": label_of(save), "save": save });
        let sent = client
            .put(format!("{base}/api/v1/attempts/{attempt}/responses/{position}"))
            .bearer_auth(&token)
            .json(&body)
            .send()
            .await;
        match sent {
            Ok(answer) if answer.status().as_u16() == 204 => acknowledged.insert(position, save),
            Ok(answer) => panic!("{}", answer.status()),
            Err(_) => break,
        };
    }
    acknowledged
}

#[tokio::test]
async fn a_second_server_on_the_same_folder_says_who_holds_it() {
    let folder = TempDir::new().unwrap();
    let location = Location::Sqlite(folder.path().join("kaohe.sqlite"));
    let first = serve(folder.path(), &location);
    let second = kaohe(folder.path(), &location).args(["serve", "--listen", "127.0.0.1:0"]).output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(said.contains(&first.0.id().to_string()), "{said}");
}

#[tokio::test]
async fn every_commit_of_the_writer_is_flushed() {
    let world = crate::support::World::new().await;
    if let kaohe::store::db::Db::Sqlite { writer, .. } = &world.app.db {
        let (level,): (i64,) = sqlx::query_as("PRAGMA synchronous").fetch_one(writer).await.unwrap();
        let (mode,): (String,) = sqlx::query_as("PRAGMA journal_mode").fetch_one(writer).await.unwrap();
        let (keys,): (i64,) = sqlx::query_as("PRAGMA foreign_keys").fetch_one(writer).await.unwrap();
        assert_eq!((level, mode.as_str(), keys), (2, "wal", 1));
    }
}
