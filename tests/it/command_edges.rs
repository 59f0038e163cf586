//! The command line at its edges: wrong files, the environment, flags in the wrong place, several files at once.

use crate::commands::{Data, open_now, program};
use crate::support::{BANK, BRANCHES, MEMBERS};
use kaohe::store::db::Location;
use serde_json::{Value, json};
use tempfile::TempDir;

fn is_file(data: &Data) -> bool {
    matches!(data.location, Location::Sqlite(_))
}

fn elsewhere() -> Data {
    let folder = TempDir::new().unwrap();
    Data { location: Location::Sqlite(folder.path().join("kaohe.sqlite")), folder }
}

#[tokio::test]
async fn only_a_whole_copy_of_ours_is_restored() {
    let data = Data::new().await;
    if !is_file(&data) {
        return;
    }
    data.load_unit();
    let copy = data.folder.path().join("copy.kaohe");
    data.good(&["backup", copy.to_str().unwrap()]);
    let whole = std::fs::read(&copy).unwrap();
    let other = data.folder.path().join("other.sqlite");
    let options = sqlx_sqlite::SqliteConnectOptions::new().filename(&other).create_if_missing(true);
    let mut connection = <sqlx_sqlite::SqliteConnection as sqlx::Connection>::connect_with(&options).await.unwrap();
    sqlx::raw_sql("CREATE TABLE attempt (id TEXT)").execute(&mut connection).await.unwrap();
    drop(connection);
    let newer = data.folder.path().join("newer.kaohe");
    std::fs::write(&newer, &whole).unwrap();
    let options = sqlx_sqlite::SqliteConnectOptions::new().filename(&newer);
    let mut connection = <sqlx_sqlite::SqliteConnection as sqlx::Connection>::connect_with(&options).await.unwrap();
    sqlx::raw_sql("UPDATE _sqlx_migrations SET version = 9999 WHERE version = 1")
        .execute(&mut connection)
        .await
        .unwrap();
    drop(connection);
    let mut holes = whole.clone();
    for byte in holes.iter_mut().skip(8_192).take(20_000) {
        *byte = 0x5a;
    }
    for (name, bytes, said) in [
        ("text.txt", b"login,name\n".to_vec(), "not a copy"),
        ("empty", Vec::new(), "not a copy"),
        ("half", whole[..whole.len() / 2].to_vec(), "damaged"),
        ("holes", holes, "damaged"),
        ("other", std::fs::read(&other).unwrap(), "not a copy"),
        ("newer", std::fs::read(&newer).unwrap(), "newer version"),
    ] {
        let file = data.folder.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        let target = elsewhere();
        let output = target.run(&["restore", file.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(1), "{name}: {output:?}");
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(words.contains(said), "{name}: {words}");
        assert_eq!(std::fs::read_dir(target.folder.path()).unwrap().count(), 0, "{name}: nothing is left");
    }
    let target = elsewhere();
    target.good(&["restore", copy.to_str().unwrap()]);
    assert!(target.good(&["trace", "verify"]).contains("holds"));
    let nothing = elsewhere();
    let file = nothing.folder.path().join("b");
    let output = nothing.run(&["backup", file.to_str().unwrap()]);
    assert_eq!((output.status.code(), file.exists()), (Some(1), false), "{output:?}");
    assert!(!nothing.folder.path().join("kaohe.sqlite").exists(), "a backup makes no data");
}

#[cfg(unix)]
#[tokio::test]
async fn data_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    let place = folder.path().join("data");
    let run = |arguments: &[&str]| {
        let output = program().args(arguments).args(["--data", place.to_str().unwrap()]).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    run(&["test", "list"]);
    let copy = folder.path().join("copy");
    run(&["backup", copy.to_str().unwrap()]);
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&place), mode(&place.join("kaohe.sqlite")), mode(&copy)), (0o700, 0o600, 0o600));
}

#[tokio::test]
async fn what_the_operator_loads_for_the_whole_unit_is_shared() {
    let data = Data::new().await;
    let (branches, members) = (data.file("branches.csv", BRANCHES), data.file("members.csv", MEMBERS));
    data.good(&["roster", "load", "--branches", &branches, "--members", &members]);
    let bank = data.file("bank.json", BANK);
    assert!(data.good(&["bank", "load", &bank]).contains("Shared"));
    let own = data.file("own.json", &BANK.replacen("\"bank\": \"rules\"", "\"bank\": \"own\"", 1));
    assert!(data.good(&["bank", "load", &own, "--shared", "no"]).contains("Not shared"));
    let branch = data.file("branch.json", &BANK.replacen("\"bank\": \"rules\"", "\"bank\": \"branch\"", 1));
    assert!(data.good(&["bank", "load", &branch, "--branch", "A"]).contains("Not shared"));
    let app = data.app().await;
    let now = app.clock.now_ms();
    let token = kaohe::service::accounts::issue_token(&app, now, "org-a").await.unwrap();
    let caller = kaohe::service::accounts::authenticate(&app, now, &token).await.unwrap().unwrap();
    let seen = kaohe::service::banks::list(&app, &caller).await.unwrap();
    let names: Vec<&str> = seen.iter().map(|bank| bank.row.name.as_str()).collect();
    assert_eq!(names, ["branch", "rules"]);
    assert!(seen.iter().all(|bank| bank.reads_keys == (bank.row.name == "branch")), "without keys");
}

#[test]
fn a_flag_of_the_server_before_a_command_is_not_lost() {
    for arguments in [&["--listen", "127.0.0.1:1", "serve"][..], &["--accept-clock", "test", "list"]] {
        let output = program().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
    }
    for arguments in [
        &["serve", "--external-url", "exam.example"][..],
        &["serve", "--external-url", "ftp://exam.example"],
        &["serve", "--external-url", "https://exam.example/kaohe"],
        &["test", "list", "--database", "mysql://host/name"],
    ] {
        let output = program().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
    }
    let said = program().args(["test", "list", "--database", "mysql://host/name"]).output().unwrap().stderr;
    assert!(String::from_utf8_lossy(&said).contains("postgres://"));
}

#[tokio::test]
async fn switches_of_the_environment_are_read_as_people_write_them() {
    let data = Data::new().await;
    for (value, is_json) in [
        ("1", true),
        ("true", true),
        ("yes", true),
        ("on", true),
        ("0", false),
        ("false", false),
        ("no", false),
        ("off", false),
        ("", false),
    ] {
        let mut command = program();
        let output = command.args(["trace", "verify"]).args(data.place()).env("KAOHE_JSON", value).output().unwrap();
        assert!(output.status.success(), "{value}: {output:?}");
        assert_eq!(serde_json::from_slice::<Value>(&output.stdout).is_ok(), is_json, "{value}: {output:?}");
    }
    let mut command = program();
    let empty = command.args(["bank", "load", &data.file("b.json", BANK), "--json"]).args(data.place());
    let output = empty.env("KAOHE_SHARED", "").env("KAOHE_BRANCH", "").output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[tokio::test]
async fn several_files_are_loaded_together_or_not_at_all() {
    let data = Data::new().await;
    let (branches, members) = (data.file("branches.csv", BRANCHES), data.file("members.csv", MEMBERS));
    let both = ["roster", "load", "--branches", &branches, "--members", &members, "--json"];
    let dry = data.json(&[&both[..], &["--dry-run"]].concat());
    let count = |value: &Value| value.as_array().unwrap().len();
    assert_eq!((count(&dry["branches"]["new"]), count(&dry["members"]["new"])), (6, 11), "{dry}");
    let bad = data.file("bad.csv", &format!("{MEMBERS}x1,新人,Z9,member\n"));
    let failed = data.run(&["roster", "load", "--branches", &branches, "--members", &bad]);
    assert_eq!(failed.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&failed.stderr).matches("Z9").count(), 1, "one error only: {failed:?}");
    let still = data.json(&[&both[..], &["--dry-run"]].concat());
    assert_eq!(count(&still["branches"]["new"]), 6, "nothing was loaded");
    assert_eq!(count(&data.json(&both)["members"]["passwords"]), 11);
    let good = data.file("good.json", BANK);
    let broken = data.file("broken.json", "{");
    let failed = data.run(&["bank", "load", &good, &broken]);
    assert_eq!(failed.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&failed.stderr).contains("nothing was loaded"), "{failed:?}");
    assert_eq!(data.run(&["bank", "export", "rules"]).status.code(), Some(1), "nor was the good one");
    let unread = data.file("unread.csv", "login,name,branch,hobby,blood group\nx9,新人,A1,chess,A\n");
    let loaded = data.json(&["roster", "load", "--members", &unread, "--json", "--dry-run"]);
    assert_eq!(loaded["ignored"], json!(["hobby", "blood group"]));
    assert!(data.good(&["roster", "load", "--members", &unread, "--dry-run"]).contains("hobby, blood group"));
}

#[tokio::test]
async fn checking_says_the_same_as_the_api() {
    let data = Data::new().await;
    let bad = data.file("bad.json", &BANK.replacen("\"answer\": \"A\"", "\"answer\": \"Q\"", 1));
    let output = data.run(&["bank", "check", &bad, "--json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report[0]["type"], &report[0]["status"]), (&json!("invalid-file"), &json!(422)));
    let error = &report[0]["errors"][0];
    for field in ["line", "column", "pointer", "code", "detail", "remedy"] {
        assert!(error.get(field).is_some_and(|value| *value != json!("")), "{field}: {error}");
    }
    let said = String::from_utf8(data.run(&["test", "close", "nothing"]).stderr).unwrap();
    assert!(said.contains("Test not found") && !said.contains("home page"), "{said}");
}

#[tokio::test]
async fn a_broken_record_names_test_and_login() {
    let data = Data::new().await;
    data.load_unit();
    data.good(&["test", "create", &data.file("test.json", &open_now("t"))]);
    let app = data.app().await;
    let now = app.clock.now_ms();
    let token = kaohe::service::accounts::issue_token(&app, now, "m1").await.unwrap();
    let mut tx = app.db.write().await.unwrap();
    let person = kaohe::store::people::find_by_login(&mut tx, "m1").await.unwrap().unwrap();
    kaohe::store::people::set_password(&mut tx, &person.id, "first:x", false).await.unwrap();
    tx.commit().await.unwrap();
    let caller = kaohe::service::accounts::authenticate(&app, now, &token).await.unwrap().unwrap();
    let sitting = kaohe::service::sitting::start(&app, &caller, now, "t", &kaohe::service::sitting::Asking::default())
        .await
        .unwrap();
    kaohe::service::sitting::submit(&app, &caller, now, &sitting.attempt.id).await.unwrap();
    let mut tx = app.db.write().await.unwrap();
    tx.query("UPDATE attempt SET score = 2000").execute().await.unwrap();
    tx.commit().await.unwrap();
    let output = data.run(&["trace", "verify"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("Test t, m1"), "{output:?}");
}

#[test]
fn certificates_and_keys_that_cannot_serve_are_named() {
    let folder = TempDir::new().unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let pair = || rcgen::generate_simple_self_signed(["kaohe.test".to_owned()]).unwrap();
    let (one, other) = (pair(), pair());
    let (certificate, key) =
        (file("c.pem", &one.cert.pem()), file("other-key.pem", &other.signing_key.serialize_pem()));
    let (text, none) = (file("text.pem", "hello"), folder.path().join("none.pem"));
    for (certificate, key, says) in [
        (&none, &key, "none.pem"),
        (&text, &key, "text.pem holds no certificate"),
        (&certificate, &text, "text.pem holds no private key"),
        (&certificate, &key, "can't be used together"),
    ] {
        let mut command = program();
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).env("LANG", "C").arg(folder.path().join("data"));
        let said = command.arg("--tls-cert").arg(certificate).arg("--tls-key").arg(key).output().unwrap();
        let error = String::from_utf8_lossy(&said.stderr);
        assert!(!said.status.success() && error.contains(says), "{error}");
    }
}
