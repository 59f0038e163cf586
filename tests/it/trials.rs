//! The real program under what exam days do to it: no room on the disk, a clock that is set, an end in the middle of
//! everything, a PostgreSQL that is restarted, clients that dawdle or mean harm. `scripts/torture` asks for more of each.

#![expect(
    clippy::disallowed_methods,
    clippy::too_many_lines,
    clippy::similar_names,
    reason = "stories of a running program, by the machine's own clock"
)]

use crate::clusters::Cluster;
use crate::kill::{Served, kaohe, label_of, run, serve_at, set_up, token};
use crate::support::{World, definition, place, questions, time};
use kaohe::app::Clock;
use kaohe::store::db::Location;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What a member's page went through that goes on whatever comes.
#[derive(Debug, Default)]
pub(crate) struct Went {
    acknowledged: HashMap<i64, i64>,
    saved: u64,
    /// Refusals by their name.
    refused: HashMap<String, u64>,
    broken: u64,
    slowest: Duration,
}

/// Saves one response after the other as the page does: each again until it is acknowledged.
async fn answer(base: String, token: String, attempt: String, stop: Arc<AtomicBool>, done: Arc<AtomicU64>) -> Went {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(15)).build().unwrap();
    let mut went = Went::default();
    let mut step = 0;
    while !stop.load(Ordering::Relaxed) {
        step += 1;
        let (save, position) = (step, step % 3 + 1);
        let body = json!({ "response": label_of(save), "save": save });
        let began = Instant::now();
        loop {
            let url = format!("{base}/api/v1/attempts/{attempt}/responses/{position}");
            match client.put(url).bearer_auth(&token).json(&body).send().await {
                Ok(answer) if answer.status().as_u16() == 204 => break,
                Ok(answer) => {
                    let (status, waits) = (answer.status().as_u16(), answer.headers().contains_key("retry-after"));
                    let problem: Value = answer.json().await.unwrap();
                    assert!(status == 503 && waits, "{status} {problem}");
                    *went.refused.entry(problem["type"].as_str().unwrap().to_owned()).or_default() += 1;
                }
                Err(_) => went.broken += 1,
            }
            if stop.load(Ordering::Relaxed) {
                return went;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        went.slowest = went.slowest.max(began.elapsed());
        went.saved += 1;
        done.fetch_add(1, Ordering::Relaxed);
        went.acknowledged.insert(position, save);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    went
}

/// Three members at work; a fourth comes later.
pub(crate) struct Load {
    base: String,
    members: Vec<(String, String)>,
    stop: Arc<AtomicBool>,
    saved: Arc<AtomicU64>,
    running: Vec<tokio::task::JoinHandle<Went>>,
}

impl Load {
    pub(crate) async fn begin(base: &str, folder: &Path, location: &Location) -> Self {
        let (stop, saved) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let mut members = Vec::new();
        for login in ["m1", "m2", "m3"] {
            let token = token(folder, location, login);
            members.push((token.clone(), start(base, &token).await["attempt"].as_str().unwrap().to_owned()));
        }
        let go = |(token, attempt): &(String, String)| {
            let load = answer(base.to_owned(), token.clone(), attempt.clone(), Arc::clone(&stop), Arc::clone(&saved));
            tokio::spawn(load)
        };
        let running = members.iter().map(go).collect();
        Self { base: base.to_owned(), members, stop, saved, running }
    }

    /// Waits until so many more are saved.
    pub(crate) async fn goes_on(&self, more: u64) {
        let from = self.saved.load(Ordering::Relaxed);
        for _ in 0..600 {
            if self.saved.load(Ordering::Relaxed) >= from + more {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("saving doesn't go on");
    }

    pub(crate) async fn end(&mut self) -> Vec<Went> {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Vec::new();
        for running in self.running.drain(..) {
            all.push(running.await.unwrap());
        }
        all
    }

    /// Nothing that was acknowledged is missing, and number and response belong together.
    pub(crate) async fn is_stored(&self, base: &str, went: &[Went]) {
        for ((token, _), went) in self.members.iter().zip(went) {
            for question in questions(&start(base, token).await) {
                let (position, save) = (question["position"].as_i64().unwrap(), question["save"].as_i64().unwrap());
                if let Some(known) = went.acknowledged.get(&position) {
                    assert!(save >= *known, "{position}: {save} instead of {known}");
                }
                assert!(save == 0 || question["response"] == json!(label_of(save)), "{question}");
            }
        }
    }

    pub(crate) async fn hand_in(&self, base: &str) {
        for (token, attempt) in &self.members {
            let url = format!("{base}/api/v1/attempts/{attempt}/submit");
            let sent = reqwest::Client::new().post(url).bearer_auth(token).json(&json!({})).send().await.unwrap();
            assert_eq!(sent.status().as_u16(), 200, "{sent:?}");
        }
    }
}

pub(crate) async fn start(base: &str, token: &str) -> Value {
    let client = reqwest::Client::new();
    for _ in 0..50 {
        let sent = client.post(format!("{base}/api/v1/tests/t/attempts")).bearer_auth(token).json(&json!({})).send();
        if let Ok(answer) = sent.await
            && answer.status().as_u16() == 200
        {
            return answer.json().await.unwrap();
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("no start");
}

async fn unit(folder: &TempDir) -> Location {
    let location = match place(folder).await {
        Location::Sqlite(_) => Location::Sqlite(folder.path().join("kaohe.sqlite")),
        postgres @ Location::Postgres(_) => postgres,
    };
    set_up(folder.path(), &location);
    location
}

fn told_to_end(served: &Served) {
    assert!(Command::new("kill").arg("-TERM").arg(served.0.id().to_string()).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn told_to_end_under_load_it_leaves_in_time_with_everything_acknowledged() {
    let folder = TempDir::new().unwrap();
    let location = unit(&folder).await;
    let mut served = serve_at(folder.path(), &location, "127.0.0.1:0");
    let mut load = Load::begin(&served.1, folder.path(), &location).await;
    load.goes_on(100).await;
    // One that never ends its request must not hold up the end.
    let mut dawdler = TcpStream::connect(served.1.trim_start_matches("http://")).unwrap();
    let (token, attempt) = &load.members[0];
    let head = format!(
        "PUT /api/v1/attempts/{attempt}/responses/4 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: 30\r\n\r\n{{\"resp"
    );
    dawdler.write_all(head.as_bytes()).unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let told = Instant::now();
    told_to_end(&served);
    let ended = tokio::task::spawn_blocking(move || (served.0.wait().unwrap(), served)).await.unwrap();
    assert!(ended.0.success() && told.elapsed() < Duration::from_secs(10), "{:?} {:?}", ended.0, told.elapsed());
    let went = load.end().await;
    assert!(went.iter().all(|one| one.saved > 0 && one.refused.is_empty()), "{went:?}");
    let again = serve_at(folder.path(), &location, "127.0.0.1:0");
    load.is_stored(&again.1, &went).await;
    load.hand_in(&again.1).await;
}

/// A file system of its own, as small as a full disk.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path) -> Option<Self> {
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=6m", "kaohe-test"]).arg(at).output().ok()?;
        mounted.status.success().then(|| Self(at.to_owned()))
    }

    /// Fills it to the last byte.
    fn fill(&self) {
        let mut ballast = std::fs::File::create(self.0.join("ballast")).unwrap();
        for bytes in [65_536, 4_096] {
            while ballast.write_all(&vec![0; bytes]).is_ok() {}
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_clearly_and_goes_on_when_there_is_room() {
    if std::env::var("TEST_POSTGRES_URL").is_ok() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let Some(disk) = SmallDisk::mount(folder.path()) else {
        eprintln!("SKIPPED: a full disk needs root, to mount a small file system");
        return;
    };
    let location = unit(&folder).await;
    let served = serve_at(folder.path(), &location, "127.0.0.1:0");
    let mut load = Load::begin(&served.1, folder.path(), &location).await;
    load.goes_on(20).await;
    disk.fill();
    let refused = Instant::now();
    // Until the log of the database needs room that isn't there.
    let client = reqwest::Client::new();
    let (token, attempt) = &load.members[0];
    let mut problem = Value::Null;
    while problem["type"] != "no-room" && refused.elapsed() < Duration::from_secs(20) {
        let url = format!("{}/api/v1/attempts/{attempt}/responses/5", load.base);
        let body = json!({ "response": null, "save": 1 + refused.elapsed().as_millis() });
        let sent = client.put(url).bearer_auth(token).json(&body).send().await.unwrap();
        if sent.status().as_u16() == 503 {
            problem = sent.json().await.unwrap();
        }
    }
    assert_eq!((&problem["type"], &problem["status"]), (&json!("no-room"), &json!(503)));
    assert!(problem["detail"].as_str().unwrap().contains("自动重发"), "{problem}");
    tokio::time::sleep(Duration::from_secs(2)).await;
    let page = client.get(format!("{}/readyz", load.base)).send().await.unwrap();
    assert_eq!(page.status().as_u16(), 200, "reading goes on");
    std::fs::remove_file(folder.path().join("ballast")).unwrap();
    load.goes_on(30).await;
    let went = load.end().await;
    assert!(went.iter().any(|one| one.refused.contains_key("no-room")), "{went:?}");
    assert!(went.iter().all(|one| one.refused.keys().all(|kind| kind == "no-room" || kind == "busy")), "{went:?}");
    load.is_stored(&load.base, &went).await;
    load.hand_in(&load.base).await;
    drop(served);
    run(folder.path(), &location, &["trace", "verify"]);
    assert_eq!(
        kaohe::store::db::inspect(&folder.path().join("kaohe.sqlite")).await.unwrap(),
        kaohe::store::db::Found::Kaohe
    );
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the clock of this test runs")]
async fn a_clock_set_back_and_forth_gives_and_takes_no_time() {
    let world = World::by(Clock::system()).await;
    world.load_bank().await;
    let now = jiff::Timestamp::now().as_millisecond();
    world.make(&definition("t", json!({ "opens": time(now - 60_000), "closes": time(now + 3_600_000) }))).await;
    let (m1, admin) = (world.token("m1").await, world.token("admin").await);
    let paper = world.start(&m1).await;
    let (attempt, deadline) = (paper["attempt"].as_str().unwrap(), paper["deadline"].clone());
    let began = world.now();
    for (save, set_by) in [(1, 3_600_000), (2, -7_200_000), (3, 3_600_000 + 1_800_000)] {
        world.app.clock.set_wall_by(set_by);
        kaohe::service::upkeep::round(&world.app, world.now()).await.unwrap();
        let answer = world.get(&format!("/api/v1/attempts/{attempt}/now"), &m1).await;
        let told: i64 = answer.headers["kaohe-time"].to_str().unwrap().parse().unwrap();
        assert!((0..20_000).contains(&(told - began)), "the time goes on as if nothing had happened");
        assert_eq!((&answer.json()["deadline"], &answer.json()["finished"]), (&deadline, &json!(false)));
        assert_eq!(world.save(&m1, attempt, 1, save, json!("A")).await.status.as_u16(), 204);
        // Said once to the log, and to the administrator for as long as it is so.
        assert!(world.app.clock.newly_set(2_000).is_some());
        assert!(world.app.clock.newly_set(2_000).is_none());
        let ready = world.get("/api/v1/ready", &admin).await.good();
        let clock = ready["findings"].as_array().unwrap().iter().find(|one| one["of"] == "clock").unwrap().clone();
        assert_eq!(clock["state"], "warn", "{clock}");
    }
    world.submit(&m1, attempt).await.good();
    let stored = world.get(&format!("/api/v1/attempts/{attempt}"), &m1).await.good();
    let finished: jiff::Timestamp = stored["finished"].as_str().unwrap().parse().unwrap();
    assert!((0..20_000).contains(&(finished.as_millisecond() - began)), "{stored}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restarted_postgres_is_nothing_but_a_delay() {
    let Some(cluster) = Cluster::make() else { return };
    let folder = TempDir::new().unwrap();
    let location = cluster.location();
    set_up(folder.path(), &location);
    let m4 = token(folder.path(), &location, "m4");
    let served = serve_at(folder.path(), &location, "127.0.0.1:0");
    let mut load = Load::begin(&served.1, folder.path(), &location).await;
    for _ in 0..many("KAOHE_RESTARTS", 1) {
        load.goes_on(100).await;
        tokio::task::block_in_place(|| cluster.control("restart"));
        load.goes_on(100).await;
        tokio::task::block_in_place(|| cluster.control("stop"));
        tokio::time::sleep(Duration::from_secs(2)).await;
        tokio::task::block_in_place(|| cluster.control("start"));
        load.goes_on(100).await;
    }
    let went = load.end().await;
    assert!(went.iter().all(|one| one.broken == 0 && one.slowest < Duration::from_secs(15)), "{went:?}");
    assert!(went.iter().all(|one| one.refused.keys().all(|kind| kind == "busy")), "{went:?}");
    load.is_stored(&served.1, &went).await;
    assert!(start(&served.1, &m4).await["attempt"].is_string(), "starts work afterwards");
    load.hand_in(&served.1).await;
    drop(served);
    run(folder.path(), &location, &["trace", "verify"]);
}

/// How many; `scripts/torture` asks for more.
fn many(name: &str, usual: usize) -> usize {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap())
}

/// Serves with a low limit of open files, as systems give it.
fn serve_with_few_files(folder: &Path, location: &Location) -> Served {
    let plain = kaohe(folder, location);
    let mut child = Command::new("sh")
        .args(["-c", "ulimit -Sn 256; exec \"$0\" \"$@\""])
        .arg(plain.get_program())
        .args(plain.get_args())
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let word = lines.find_map(|line| {
        line.ok()?
            .split_whitespace()
            .find(|word| word.starts_with("http://127"))
            .map(|word| word.trim_end_matches('.').to_owned())
    });
    Served(child, word.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_dawdle_or_mean_harm_stop_nobody() {
    let idle = many("KAOHE_IDLE", 2_000);
    let mine = rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let idle = idle.min(usize::try_from(mine).unwrap().saturating_sub(1_000));
    let folder = TempDir::new().unwrap();
    let location = unit(&folder).await;
    let served = serve_with_few_files(folder.path(), &location);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", served.0.id())).unwrap();
    let files: Vec<&str> =
        limits.lines().find(|line| line.starts_with("Max open files")).unwrap().split_whitespace().collect();
    assert_eq!(files[3], files[4], "the server raised its limit as far as it may");
    let address = served.1.trim_start_matches("http://").to_owned();
    let mut load = Load::begin(&served.1, folder.path(), &location).await;
    let (token, attempt) = load.members[0].clone();
    let mut held = Vec::new();
    for _ in 0..idle {
        held.push(TcpStream::connect(&address).unwrap());
    }
    let save = |length: usize| {
        format!(
            "PUT /api/v1/attempts/{attempt}/responses/4 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        )
    };
    for _ in 0..200 {
        let mut slow = TcpStream::connect(&address).unwrap();
        slow.write_all(save(100).as_bytes()).unwrap();
        slow.write_all(b"{").unwrap();
        held.push(slow);
        let mut endless = TcpStream::connect(&address).unwrap();
        endless.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nx-endless: ").unwrap();
        held.push(endless);
    }
    // Heads without end, and bodies larger than anything that is taken.
    for _ in 0..20 {
        let mut endless = TcpStream::connect(&address).unwrap();
        let _ = endless.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n");
        for _ in 0..1_000 {
            if endless.write_all(format!("x-more: {}\r\n", "x".repeat(1_000)).as_bytes()).is_err() {
                break;
            }
        }
        endless.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let mut said = Vec::new();
        let _ = endless.read_to_end(&mut said);
        assert!(said.is_empty() || said.starts_with(b"HTTP/1.1 431"), "{}", String::from_utf8_lossy(&said));
    }
    let client = reqwest::Client::new();
    let large = json!({ "response": "x".repeat(1_000_000), "save": 1 });
    let url = format!("{}/api/v1/attempts/{attempt}/responses/4", served.1);
    let refused = client.put(url).bearer_auth(&token).json(&large).send().await.unwrap();
    assert_eq!(refused.status().as_u16(), 413);
    let form = client.post(format!("{}/sign-in", served.1)).header("origin", &served.1).body(vec![b'x'; 3_000_000]);
    if let Ok(refused) = form.send().await {
        assert!(refused.status().is_client_error(), "{refused:?}");
    }
    load.goes_on(300).await;
    if std::env::var("KAOHE_IDLE").is_ok() {
        // The long trial waits until the time of those is over.
        tokio::time::sleep(Duration::from_secs(75)).await;
        load.goes_on(300).await;
        let is_over = |stream: &mut TcpStream| {
            stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
            let mut bytes = [0; 4_096];
            loop {
                match stream.read(&mut bytes) {
                    Ok(0) => return true,
                    Ok(_) => {}
                    Err(error) => return error.kind() == std::io::ErrorKind::ConnectionReset,
                }
            }
        };
        let over = held.iter_mut().map(is_over).filter(|over| *over).count();
        assert_eq!(over, held.len(), "whoever sends nothing is let go");
    }
    let went = load.end().await;
    assert!(went.iter().all(|one| one.broken == 0 && one.refused.is_empty()), "{went:?}");
    assert!(went.iter().all(|one| one.slowest < Duration::from_millis(1_500)), "{went:?}");
    load.is_stored(&served.1, &went).await;
}
