//! Feeds every reader of files with what nobody would write, for a given time each: `scripts/fuzz SECONDS`. The same
//! targets as in `fuzz/`, without nightly. An input that panics, hangs or takes too much memory is kept and named.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "by the machine's own clock; helpers of tests"
)]

mod mutate;
mod seeds;
#[path = "../../fuzz/targets.rs"]
mod targets;

use mutate::Chance;
use seeds::Seed;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use targets::{TARGETS, Target};

/// Longer over one small input is hanging.
const SLOWEST: Duration = Duration::from_secs(10);
/// No small input may make the process take so much more memory at its height.
const MOST_KILOBYTES: u64 = 512 * 1024;

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// The most memory that the process has taken, in kilobytes; 0 where the system doesn't tell.
fn height() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or_default()
}

fn keep(target: &str, what: &str, input: &[u8]) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("fuzz");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("{target}-{what}-{}", kaohe::store::trace::sha256_hex(input).split_at(12).0));
    std::fs::write(&file, input).unwrap();
    file
}

/// Runs a target over and over until the time is up; sends each input before it is tried, and what went wrong.
fn work(target: Target, seeds: &[Seed], seed: u64, until: Instant, tell: &std::sync::mpsc::Sender<Told>) {
    let mut chance = Chance::new(seed);
    while Instant::now() < until {
        let input = mutate::mutated(&mut chance, seeds);
        let before = height();
        if tell.send(Told::Trying(input.clone())).is_err() {
            return;
        }
        let outcome = catch_unwind(AssertUnwindSafe(|| target(&input)));
        let wrong = match outcome {
            Err(_) => Some("panic"),
            Ok(()) if height() > before + MOST_KILOBYTES => Some("memory"),
            Ok(()) => None,
        };
        if tell.send(Told::Tried(wrong)).is_err() {
            return;
        }
    }
}

enum Told {
    Trying(Vec<u8>),
    Tried(Option<&'static str>),
}

/// How many inputs were tried, and what went wrong, by the file in which it is kept.
fn watch(name: &str, told: &Receiver<Told>) -> (u64, Vec<PathBuf>) {
    let (mut tried, mut wrong, mut trying) = (0, Vec::new(), Vec::new());
    loop {
        match told.recv_timeout(SLOWEST) {
            Ok(Told::Trying(input)) => trying = input,
            Ok(Told::Tried(outcome)) => {
                tried += 1;
                wrong.extend(outcome.map(|what| keep(name, what, &trying)));
            }
            Err(RecvTimeoutError::Timeout) => {
                // What hangs can't be ended.
                wrong.push(keep(name, "hang", &trying));
                return (tried, wrong);
            }
            Err(RecvTimeoutError::Disconnected) => return (tried, wrong),
        }
    }
}

#[test]
#[ignore = "takes as long as it is told to: scripts/fuzz SECONDS"]
fn no_reader_panics_hangs_or_takes_memory_without_bound() {
    let seconds = number("KAOHE_FUZZ_SECONDS", 5);
    let only = std::env::var("KAOHE_FUZZ_TARGET").unwrap_or_default();
    let mut all = Vec::new();
    for (name, target) in TARGETS.into_iter().filter(|(name, _)| only.is_empty() || *name == only) {
        let seeds = seeds::of(name);
        assert!(!seeds.is_empty(), "{name} has something to begin with");
        let (tell, told) = channel();
        let until = Instant::now() + Duration::from_secs(seconds);
        let seed = number("KAOHE_FUZZ_SEED", 1);
        std::thread::spawn(move || work(target, &seeds, seed, until, &tell));
        let (tried, wrong) = watch(name, &told);
        println!("{name}: {tried} inputs, {} wrong", wrong.len());
        all.extend(wrong);
    }
    assert!(all.is_empty(), "kept: {all:#?}");
}

#[test]
#[ignore = "writes into fuzz/corpus, for cargo-fuzz"]
fn what_each_target_begins_with_is_written_down() {
    for (name, _) in TARGETS {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
        std::fs::create_dir_all(&folder).unwrap();
        for seed in seeds::of(name) {
            let bytes = seed.bytes();
            std::fs::write(folder.join(kaohe::store::trace::sha256_hex(&bytes)), bytes).unwrap();
        }
    }
}

#[test]
fn each_target_reads_what_it_begins_with() {
    for (name, target) in TARGETS {
        for seed in seeds::of(name) {
            target(&seed.bytes());
        }
    }
}
