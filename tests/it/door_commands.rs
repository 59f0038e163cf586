//! Commands of the day before: slips to a file, what is ready, certificates.

use crate::commands::{Data, open_now, program};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

fn said(output: &std::process::Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

async fn with_a_test() -> Data {
    let data = Data::new().await;
    data.load_unit();
    data.good(&["test", "create", &data.file("test.json", &open_now("t"))]);
    data
}

#[tokio::test]
async fn slips_are_written_to_a_page_or_a_table_and_never_over_a_file() {
    let data = with_a_test().await;
    let path = |name: &str| data.folder.path().join(name).display().to_string();
    let (page, table, other) = (path("slips.html"), path("slips.csv"), path("slips.pdf"));
    let address = ["--address", "http://192.168.1.10:8080"];
    let made = data.run(&["test", "slips", "t", &page, address[0], address[1], "--branch", "A1"]);
    assert!(made.status.success(), "{}", said(&made));
    let written = std::fs::read_to_string(&page).unwrap();
    assert!(
        written.matches("<svg").count() == 2
            && written.contains("王一")
            && written.contains("http://192.168.1.10:8080/s")
    );
    let again = data.run(&["test", "slips", "t", &page, address[0], address[1]]);
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(&page).unwrap(), written);
    let none = data.run(&["test", "slips", "t", &table, address[0], address[1], "--person", "m1"]);
    assert_eq!(none.status.code(), Some(1), "somebody with a slip: {}", said(&none));
    assert!(!std::path::Path::new(&table).exists(), "what failed leaves no empty file");
    let anew = data.run(&["test", "slips", "t", &table, address[0], address[1], "--anew"]);
    assert!(anew.status.success(), "{}", said(&anew));
    let rows = std::fs::read_to_string(&table).unwrap();
    assert_eq!(rows.lines().count(), 5, "{rows}");
    assert!(rows.lines().skip(1).all(|row| row.contains("http://192.168.1.10:8080/s/")));
    assert_eq!(data.run(&["test", "slips", "t", &other, address[0], address[1]]).status.code(), Some(1));
    assert_eq!(data.run(&["test", "slips", "t", &path("x.html"), "--address", "nonsense"]).status.code(), Some(2));
}

#[tokio::test]
async fn what_is_ready_is_said_and_a_backup_makes_it_so() {
    let data = with_a_test().await;
    let before = data.run(&["ready"]);
    let found: Value = serde_json::from_slice(&data.run(&["ready", "--json"]).stdout).unwrap();
    assert_eq!((&found["tests"][0]["test"], &found["tests"][0]["people"]), (&"t".into(), &4.into()), "{found}");
    if data.location.folder().is_none() {
        assert!(said(&before).contains("PostgreSQL"));
        return;
    }
    assert!(before.status.code() == Some(1) && said(&before).contains("No backup yet"), "{}", said(&before));
    let copy = data.folder.path().join("copy.sqlite").display().to_string();
    assert!(data.run(&["backup", &copy]).status.success());
    let after: Value = serde_json::from_slice(&data.run(&["ready", "--json"]).stdout).unwrap();
    let backup = after["findings"].as_array().unwrap().iter().find(|one| one["of"] == "backup").unwrap();
    assert_eq!(backup["state"], "good", "{after}");
}

#[tokio::test]
async fn certificates_are_made_and_served_and_the_authority_stays() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let init = || {
        let output = program()
            .args(["tls", "init", "--name", "danwei.example", "--data"])
            .arg(&data)
            .env("KAOHE_LANGUAGE", "en")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", said(&output));
        said(&output)
    };
    let read = |name: &str| std::fs::read_to_string(data.join("tls").join(name)).unwrap();
    assert!(init().contains("danwei.example"));
    let (authority, server) = (read("authority.crt"), read("server.crt"));
    assert!(init().contains("made anew"));
    assert_eq!(read("authority.crt"), authority, "phones that trust it go on");
    assert_ne!(read("server.crt"), server);
    #[cfg(unix)]
    for name in ["authority.key", "server.key"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(data.join("tls").join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
    let mut serving = program()
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(&data)
        .arg("--tls-cert")
        .arg(data.join("tls/server.crt"))
        .arg("--tls-key")
        .arg(data.join("tls/server.key"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let first = BufReader::new(serving.stdout.take().unwrap()).lines().next().unwrap().unwrap();
    serving.kill().unwrap();
    serving.wait().unwrap();
    assert!(first.contains("https://127.0.0.1:"), "{first}");
}
