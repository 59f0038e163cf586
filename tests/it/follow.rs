//! A spare copy that follows a running server, and the change-over to it.

#![expect(
    clippy::disallowed_methods,
    clippy::too_many_lines,
    reason = "stories of a running program, by the machine's own clock"
)]

use crate::kill::{Served, hammer, kaohe, label_of, run, serve_at, set_up, token};
use crate::support::questions;
use kaohe::store::db::{Found, Location, inspect};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

struct Following(Child);

impl Drop for Following {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Following {
    fn start(data: &Path, spare: &Path) -> Self {
        let mut child = kaohe(data, &Location::Sqlite(data.join("kaohe.sqlite")))
            .args(["backup", "--follow"])
            .arg(spare)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("whole copy"), "{line}");
        Self(child)
    }

    /// Ends it as an operator does.
    fn end(mut self) {
        let told = Command::new("kill").arg("-TERM").arg(self.0.id().to_string()).status().unwrap();
        assert!(told.success());
        let mut said = String::new();
        self.0.stderr.as_mut().unwrap().read_to_string(&mut said).unwrap();
        assert!(self.0.wait().unwrap().success(), "it ends well after a last copy: {said}");
    }
}

fn on_sqlite() -> bool {
    std::env::var("TEST_POSTGRES_URL").is_err()
}

fn places() -> (TempDir, std::path::PathBuf, std::path::PathBuf) {
    let folder = TempDir::new().unwrap();
    let (data, spare) = (folder.path().join("main"), folder.path().join("spare"));
    std::fs::create_dir(&data).unwrap();
    (folder, data, spare)
}

/// The paper of somebody, as a page gets it that goes on.
async fn paper(base: &str, token: &str) -> Value {
    let client = reqwest::Client::new();
    let sent = client.post(format!("{base}/api/v1/tests/t/attempts")).bearer_auth(token).json(&json!({})).send();
    sent.await.unwrap().json().await.unwrap()
}

/// What the program stored: attempts with the numbers of their saves.
async fn numbers(base: &str, token: &str) -> HashMap<i64, i64> {
    let paper = paper(base, token).await;
    questions(&paper)
        .iter()
        .map(|one| (one["position"].as_i64().unwrap(), one["save"].as_i64().unwrap()))
        .filter(|(_, save)| *save > 0)
        .collect()
}

/// Main machine dies under load, the spare takes its address, members go on: every copy on the way is a whole database,
/// little is missing, and what is missing can be told by what a page was told, and sent again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_spare_goes_on_where_the_main_machine_died() {
    if !on_sqlite() {
        return;
    }
    let (_folder, data, spare) = places();
    let location = Location::Sqlite(data.join("kaohe.sqlite"));
    set_up(&data, &location);
    let tls = run(&data, &location, &["tls", "init"]);
    assert!(tls.status.success());
    let tokens: Vec<String> = ["m1", "m2", "m3", "m4"].map(|login| token(&data, &location, login)).into();
    let mut main = serve_at(&data, &location, "127.0.0.1:0");
    let base = main.1.clone();
    let mut attempts = Vec::new();
    for token in &tokens {
        attempts.push(paper(&base, token).await["attempt"].as_str().unwrap().to_owned());
    }
    let following = Following::start(&data, &spare);
    let loads: Vec<_> = tokens
        .iter()
        .zip(&attempts)
        .map(|(token, attempt)| tokio::spawn(hammer(base.clone(), token.clone(), attempt.clone(), 0)))
        .collect();
    // At any moment what lies in the folder is a database that can be opened.
    for _ in 0..6 {
        tokio::time::sleep(Duration::from_millis(600)).await;
        let taken = TempDir::new().unwrap();
        for name in ["kaohe.sqlite", "kaohe.sqlite-wal"] {
            // The log first would be older than the file: a machine that dies has both of one moment.
            if spare.join(name).exists() {
                std::fs::copy(spare.join(name), taken.path().join(name)).unwrap();
            }
        }
        let copy = taken.path().join("kaohe.sqlite");
        let options = sqlx_sqlite::SqliteConnectOptions::new().filename(&copy);
        let pool = sqlx_sqlite::SqlitePool::connect_with(options).await.unwrap();
        let (check,): (String,) = sqlx::query_as("PRAGMA integrity_check").fetch_one(&pool).await.unwrap();
        let (count,): (i64,) = sqlx::query_as("SELECT count(*) FROM attempt").fetch_one(&pool).await.unwrap();
        assert_eq!((check.as_str(), count), ("ok", 4));
        pool.close().await;
    }
    main.0.kill().unwrap();
    main.0.wait().unwrap();
    let mut acknowledged = Vec::new();
    for load in loads {
        acknowledged.push(load.await.unwrap());
    }
    // The machine died: what follows it dies with it.
    drop(following);
    let address = base.trim_start_matches("http://");
    let spare_location = Location::Sqlite(spare.join("kaohe.sqlite"));
    let taking_over = std::time::Instant::now();
    let spare_serves = serve_at(&spare, &spare_location, address);
    assert!(taking_over.elapsed() < Duration::from_secs(10));
    assert_eq!(spare_serves.1, base, "the same address");
    let client = reqwest::Client::new();
    for ((token, attempt), known) in tokens.iter().zip(&attempts).zip(&acknowledged) {
        let url = format!("{base}/api/v1/attempts/{attempt}");
        let now: Value =
            client.get(format!("{url}/now")).bearer_auth(token).send().await.unwrap().json().await.unwrap();
        let stored = numbers(&base, token).await;
        assert!(stored.values().max() > Some(&20), "seconds may be missing, not all: {stored:?}");
        for (position, save) in known {
            let has = now["saves"][position.to_string()].as_i64().unwrap_or_default();
            assert_eq!(has, stored.get(position).copied().unwrap_or_default(), "what a page is told is what is stored");
            assert!(has <= *save + 3, "nothing that was never sent");
            if has < *save {
                // As the page does from what it kept.
                let body = json!({ "response": label_of(*save), "save": save });
                let sent = client.put(format!("{url}/responses/{position}")).bearer_auth(token).json(&body).send();
                assert_eq!(sent.await.unwrap().status().as_u16(), 204);
            }
        }
        let whole = numbers(&base, token).await;
        assert!(known.iter().all(|(position, save)| whole[position] >= *save), "nothing acknowledged is missing");
        let submitted = client.post(format!("{url}/submit")).bearer_auth(token).json(&json!({})).send().await.unwrap();
        assert_eq!(submitted.status().as_u16(), 200);
    }
    drop(spare_serves);
    assert_eq!(
        std::fs::read(spare.join("tls/authority.crt")).unwrap(),
        std::fs::read(data.join("tls/authority.crt")).unwrap(),
        "phones trust the spare as they trusted the main machine"
    );
    run(&spare, &spare_location, &["trace", "verify"]);
    run(&spare, &spare_location, &["draw", "verify", "t"]);
    // The old machine is back: it must not copy over what the spare has done since.
    let again = kaohe(&data, &location).args(["backup", "--follow"]).arg(&spare).output().unwrap();
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("data of its own"), "{again:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_was_left_is_taken_up_again_and_holds_everything() {
    if !on_sqlite() {
        return;
    }
    let (_folder, data, spare) = places();
    let location = Location::Sqlite(data.join("kaohe.sqlite"));
    set_up(&data, &location);
    Following::start(&data, &spare).end();
    assert_eq!(inspect(&spare.join("kaohe.sqlite")).await.unwrap(), Found::Kaohe);
    assert!(!spare.join("kaohe.sqlite-wal").exists(), "everything in one file");
    // Changes without a server, with one, and while nobody follows.
    run(&data, &location, &["user", "add", "late-one", "--name", "迟到", "--role", "member", "--branch", "A1"]);
    let following = Following::start(&data, &spare);
    let refused = kaohe(&spare, &location).args(["trace", "verify"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(1), "nobody opens a copy that is being written");
    let served: Served = serve_at(&data, &location, "127.0.0.1:0");
    let member = token(&data, &location, "m1");
    let attempt = paper(&served.1, &member).await["attempt"].as_str().unwrap().to_owned();
    let load = tokio::spawn(hammer(served.1.clone(), member.clone(), attempt, 0));
    tokio::time::sleep(Duration::from_millis(2500)).await;
    drop(served);
    let acknowledged = load.await.unwrap();
    following.end();
    let (one, two) = (data.join("kaohe.sqlite"), spare.join("kaohe.sqlite"));
    let everything = "SELECT attempt_id, position, save, response FROM response ORDER BY attempt_id, position";
    let mut read = Vec::new();
    for path in [one, two] {
        let pool = sqlx_sqlite::SqlitePool::connect_with(sqlx_sqlite::SqliteConnectOptions::new().filename(path))
            .await
            .unwrap();
        let rows: Vec<(String, i64, i64, String)> = sqlx::query_as(everything).fetch_all(&pool).await.unwrap();
        pool.close().await;
        read.push(rows);
    }
    assert!(!read[0].is_empty() && read[0] == read[1], "after a last copy nothing is missing: {read:?}");
    assert!(acknowledged.iter().all(|(position, save)| read[1].iter().any(|row| row.1 == *position && row.2 >= *save)));
    let other = TempDir::new().unwrap();
    let own = kaohe(&data, &location).args(["backup", "--follow"]).arg(&data).output().unwrap();
    assert!(String::from_utf8_lossy(&own.stderr).contains("folder of the data itself"), "{own:?}");
    let nothing = kaohe(other.path(), &location).args(["backup", "--follow"]).arg(&spare).output().unwrap();
    assert_eq!(nothing.status.code(), Some(1));
    let both = kaohe(&data, &location).args(["backup", "file.db", "--follow", "x"]).output().unwrap();
    assert_eq!(both.status.code(), Some(2));
}
