//! Rehearsing an exam day: with the program as it is built, on data of its own beside the real ones.

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// A server that ends with its owner.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn kaohe() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kaohe"));
    command.env("KAOHE_LANGUAGE", "en");
    command
}

fn serve(folder: &TempDir, more: &[&str]) -> (Serving, String) {
    let mut command = kaohe();
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(folder.path()).args(more);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let said = lines.find_map(|line| line.ok().filter(|line| line.contains("http://"))).unwrap();
    let address = said.split("http://").nth(1).unwrap().split([' ', ',']).next().unwrap().trim_end_matches('.');
    (Serving(child), format!("http://{address}"))
}

fn rehearse(address: &str, more: &[&str]) -> (bool, Value) {
    let output = kaohe().args(["rehearse", address, "--json"]).args(more).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    (output.status.success(), serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said} {:?}", output.stderr)))
}

#[test]
fn members_sit_a_whole_day_and_nothing_is_lost_though_the_network_loses_much() {
    let folder = TempDir::new().unwrap();
    let (mut server, address) = serve(&folder, &["--rehearsal"]);
    assert!(folder.path().join("rehearsal.sqlite").exists() && !folder.path().join("kaohe.sqlite").exists());
    let (good, report) = rehearse(
        &address,
        &["--members", "20", "--questions", "10", "--flat-out", "--seconds", "0.2", "--loss", "30%"],
    );
    assert!(good && report["ready"] == true, "{report}");
    assert_eq!((&report["acknowledged"], &report["missing"]), (&200.into(), &0.into()), "{report}");
    assert!(report["steps"][2]["calls"].as_u64().unwrap() >= 200, "{report}");
    let (good, report) =
        rehearse(&address, &["--members", "5", "--questions", "3", "--think", "0.01", "--seconds", "0"]);
    assert!(good && report["acknowledged"] == 15, "a second rehearsal on the same server: {report}");
    let kill = Command::new("kill").args(["-TERM", &server.0.id().to_string()]).status().unwrap();
    assert!(kill.success() && server.0.wait().unwrap().success());
    assert!(!folder.path().join("rehearsal.sqlite").exists(), "the place of rehearsals is gone");
}

#[test]
fn a_server_with_real_data_takes_no_rehearsal() {
    let folder = TempDir::new().unwrap();
    let (_server, address) = serve(&folder, &[]);
    let output = kaohe().args(["rehearse", &address, "--members", "2"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("kaohe serve --rehearsal"), "{said}");
    for (address, says) in [("ftp://nowhere", "http://HOST:PORT"), ("https://nowhere", "--ca FILE")] {
        let wrong =
            kaohe().args(["rehearse", address, "--members", "2", "--data"]).arg(folder.path()).output().unwrap();
        assert!(!wrong.status.success() && String::from_utf8(wrong.stderr).unwrap().contains(says), "{address}");
    }
}

/// On the database that the tests run on, under TLS with the unit's own authority, signing in by slips.
#[test]
fn under_tls_with_slips_on_either_database() {
    let folder = TempDir::new().unwrap();
    let made = kaohe().args(["tls", "init", "--name", "localhost", "--data"]).arg(folder.path()).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let file = |name: &str| folder.path().join("tls").join(name).display().to_string();
    let (certificate, key, authority) = (file("server.crt"), file("server.key"), file("authority.crt"));
    let mut command = kaohe();
    command.args(["serve", "--rehearsal", "--listen", "127.0.0.1:0", "--tls-cert", &certificate, "--tls-key", &key]);
    command.arg("--data").arg(folder.path());
    if let Ok(url) = std::env::var("TEST_POSTGRES_URL") {
        command.args(["--database", &url]);
    }
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let said = lines.find_map(|line| line.ok().filter(|line| line.contains("https://"))).unwrap();
    let _server = Serving(child);
    let port: String =
        said.split("https://127.0.0.1:").nth(1).unwrap().chars().take_while(char::is_ascii_digit).collect();
    let address = format!("https://localhost:{port}");
    let day = ["--members", "12", "--questions", "5", "--flat-out", "--seconds", "0.2", "--slips", "--ca", &authority];
    let (good, report) = rehearse(&address, &day);
    assert!(good && report["ready"] == true, "{report}");
    assert_eq!((&report["acknowledged"], &report["missing"]), (&60.into(), &0.into()), "{report}");
    assert!(report["server_memory_mb"].as_f64().unwrap() > 1.0, "{report}");
    let others = TempDir::new().unwrap();
    assert!(kaohe().args(["tls", "init", "--data"]).arg(others.path()).output().unwrap().status.success());
    let untrusted =
        kaohe().args(["rehearse", &address, "--members", "2", "--data"]).arg(others.path()).output().unwrap();
    assert!(!untrusted.status.success(), "a certificate that the authority given didn't make is no server of ours");
}
