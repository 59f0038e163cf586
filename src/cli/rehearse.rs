//! `kaohe rehearse`: plays a whole exam day against a server that was started for that, and says whether it is ready.

mod figures;
mod line;
mod member;

use crate::app::{App, Clock, Randomness};
use crate::cli::words::Words;
use crate::cli::{Failure, Outcome, serve};
use crate::config::Settings;
use crate::store::db::{Db, Location};
use clap::Args;
use figures::{Figures, Step, Timings};
use hyper::Method;
use line::{Call, Line, LineError, Place};
use member::{Credentials, Day, Member, Pace};
use serde::{Deserialize, Serialize};
use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Arguments of `kaohe rehearse`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command")]
pub(super) struct RehearseArgs {
    /// Address of a server started with `kaohe serve --rehearsal`.
    #[arg(value_name = "URL", required_unless_present = "in_process")]
    url: Option<String>,
    /// How many members take part.
    #[arg(long, env = "KAOHE_MEMBERS_COUNT", default_value_t = 200)]
    members: u32,
    /// Questions of each paper.
    #[arg(long, env = "KAOHE_QUESTIONS", default_value_t = 50)]
    questions: u32,
    /// Seconds between a member's answers.
    #[arg(long, env = "KAOHE_THINK", default_value_t = 1.0, conflicts_with = "flat_out")]
    think: f64,
    /// Answer as fast as the server takes it.
    #[arg(long, env = "KAOHE_FLAT_OUT")]
    flat_out: bool,
    /// Go on answering for so many seconds at least.
    #[arg(long, env = "KAOHE_SECONDS", default_value_t = 5.0)]
    seconds: f64,
    /// Share of saves whose request or answer gets lost, e.g. 5%.
    #[arg(long, env = "KAOHE_LOSS", default_value = "0%", value_parser = share)]
    loss: f64,
    /// Serve and rehearse in one process, on a temporary folder, for a first idea.
    #[arg(long, env = "KAOHE_IN_PROCESS")]
    in_process: bool,
    /// Sign in by slips instead of passwords.
    #[arg(long, env = "KAOHE_SLIPS")]
    slips: bool,
    /// The authority that made the certificate of an https address; without it `tls/authority.crt` in the folder of the
    /// data.
    #[arg(long, env = "KAOHE_CA", value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Print a JSON document.
    #[arg(long, env = "KAOHE_JSON")]
    json: bool,
}

fn share(text: &str) -> Result<f64, String> {
    let expected = || "0%–50%".to_owned();
    let percent = text.trim().trim_end_matches('%').parse::<f64>().map_err(|_| expected())?;
    if (0.0..=50.0).contains(&percent) { Ok(percent / 100.0) } else { Err(expected()) }
}

#[derive(Deserialize)]
struct Made {
    test: String,
    right: String,
    points: u32,
    members: Vec<Credentials>,
}

#[derive(Deserialize, Clone, Copy)]
struct Used {
    processor_ms: u64,
    memory_bytes: u64,
}

/// What a rehearsal found.
#[derive(Debug, Serialize)]
struct Report {
    members: usize,
    steps: Vec<Figures>,
    /// Calls in a second to a route of the bare framework, in the same run.
    bare_per_second: f64,
    /// What the server's process used for each save, in microseconds of a processor.
    processor_us_per_save: f64,
    /// What the server's process held while every attempt was open.
    server_memory_mb: f64,
    /// Responses that were called saved.
    acknowledged: usize,
    /// Those among them that aren't stored as they were sent.
    missing: usize,
    calls_repeated: u64,
    told_busy: u64,
    failures: Vec<String>,
    ready: bool,
}

pub(super) async fn run(folder: &Path, args: &RehearseArgs, words: &Words) -> Outcome {
    // A connection for each member.
    crate::app::raise_open_file_limit();
    let authority = args.ca.clone().unwrap_or_else(|| folder.join("tls").join("authority.crt"));
    let said = |error: LineError| Failure::Said("cli-rehearse-failed", error.to_string());
    let report = match &args.url {
        Some(url) => rehearse(args, Place::of(url, &authority).map_err(said)?, words).await.map_err(said)?,
        None => in_process(args, words).await?,
    };
    if args.json {
        out!("{}", serde_json::to_string(&report).unwrap_or_default());
    } else {
        print(&report, words);
    }
    if report.ready {
        Ok(())
    } else {
        Err(Failure::Said("cli-rehearse-not-ready", report.failures.first().cloned().unwrap_or_default()))
    }
}

/// Server and members in one process: they share its processors.
async fn in_process(args: &RehearseArgs, words: &Words) -> Result<Report, Failure> {
    let folder = std::env::temp_dir().join(format!("kaohe-rehearsal-{}", std::process::id()));
    super::open::make_folder(&folder)?;
    let location = Location::Sqlite(super::open::file_in(&folder));
    let db = Db::open(&location, false).await?;
    let settings = Settings { rehearsal: true, ..Settings::at(location) };
    let app = App::new(db, Clock::system(), Randomness::system(), settings);
    let (told, address) = tokio::sync::oneshot::channel();
    let (served, listening) = (folder.clone(), SocketAddr::from(([127, 0, 0, 1], 0)));
    let language = Words { language: words.language };
    let serving = tokio::spawn(async move {
        let ready = |address: &str| drop(told.send(address.to_owned()));
        serve::listen(app, &serve::Listening::plain(listening, &served), &language, ready).await
    });
    let report = match address.await {
        Ok(url) => {
            let said = |error: LineError| Failure::Said("cli-rehearse-failed", error.to_string());
            rehearse(args, Place::of(&url, Path::new("")).map_err(said)?, words).await.map_err(said)
        }
        Err(_) => Err(Failure::Said("cli-rehearse-failed", String::new())),
    };
    serving.abort();
    let _ = std::fs::remove_dir_all(&folder);
    report
}

async fn rehearse(args: &RehearseArgs, place: Place, words: &Words) -> Result<Report, LineError> {
    let mut line = Line::new(place.clone());
    let body =
        serde_json::json!({ "members": args.members, "questions": args.questions, "slips": args.slips }).to_string();
    let made: Made = line.read(&Call::new(Method::POST, "/api/v1/rehearsal", body)).await?;
    let answers = if args.flat_out { Pace::FlatOut } else { Pace::Every(Duration::from_secs_f64(args.think.max(0.0))) };
    let day = Arc::new(Day {
        test: made.test,
        right: made.right,
        points: made.points,
        pace: answers,
        lasts: Duration::from_secs_f64(args.seconds.max(0.0)),
        loss: args.loss,
        began: Instant::now(),
    });
    let mut members: Vec<Member> =
        (0..).zip(made.members).map(|(seed, one)| Member::new(place.clone(), one, seed)).collect();
    let bare_per_second = bare(&place, args.members).await?;
    let (mut used_for_saves, mut memory_bytes) = (0, 0);
    for step in Step::ALL {
        let before: Used = line.read(&Call::new(Method::GET, "/api/v1/rehearsal", "")).await?;
        members = together(members, &day, step, words).await;
        let after: Used = line.read(&Call::new(Method::GET, "/api/v1/rehearsal", "")).await?;
        if step == Step::Save {
            used_for_saves = after.processor_ms.saturating_sub(before.processor_ms);
            // While every attempt is open.
            memory_bytes = after.memory_bytes;
        }
    }
    let mut report = verdict(&mut members).await;
    report.bare_per_second = bare_per_second;
    let saves = report.steps.iter().find(|figures| figures.step == Step::Save.name()).map_or(0, |one| one.calls);
    report.processor_us_per_save = number(used_for_saves) * 1000.0 / number(u64::try_from(saves.max(1)).unwrap_or(1));
    report.server_memory_mb = number(memory_bytes) / 1e6;
    Ok(report)
}

fn number(integer: u64) -> f64 {
    crate::rules::points::number(i64::try_from(integer).unwrap_or(i64::MAX))
}

/// All members go through a step at the same time.
async fn together(members: Vec<Member>, day: &Arc<Day>, step: Step, words: &Words) -> Vec<Member> {
    let (all, done) = (members.len(), Arc::new(AtomicUsize::new(0)));
    let mut running = JoinSet::new();
    for mut member in members {
        let (day, done) = (Arc::clone(day), Arc::clone(&done));
        running.spawn(async move {
            member.go(&day, step).await;
            done.fetch_add(1, Ordering::Relaxed);
            member
        });
    }
    let (name, shows) = (words.say(&format!("cli-rehearse-{}", step.name()), &[]), std::io::stderr().is_terminal());
    let mut back = Vec::with_capacity(all);
    while let Some(joined) = running.join_next().await {
        back.extend(joined.ok());
        if shows && (back.len() % 50 == 0 || back.len() == all) {
            let _ = write!(std::io::stderr(), "\r{name} {}/{all} ", back.len());
        }
    }
    if shows {
        let _ = writeln!(std::io::stderr());
    }
    back
}

/// How many calls in a second a route of the bare framework answers to as many connections, as a yardstick.
async fn bare(place: &Place, connections: u32) -> Result<f64, LineError> {
    const LASTS: Duration = Duration::from_secs(2);
    let began = Instant::now();
    let mut running = JoinSet::new();
    for _ in 0..connections {
        let mut line = Line::new(place.clone());
        running.spawn(async move {
            let call = Call::new(Method::PUT, "/rehearsal/bare", r#"{"response":"A","save":1}"#);
            let mut calls = 0_u64;
            while began.elapsed() < LASTS {
                line.call(&call).await?;
                calls += 1;
            }
            Ok::<u64, LineError>(calls)
        });
    }
    let mut calls = 0;
    while let Some(joined) = running.join_next().await {
        calls += joined.unwrap_or(Ok(0))?;
    }
    Ok(number(calls) / began.elapsed().as_secs_f64())
}

async fn verdict(members: &mut [Member]) -> Report {
    let (mut timings, mut failures) = (Timings::default(), Vec::new());
    let (mut acknowledged, mut missing, mut calls_repeated, mut told_busy) = (0, 0, 0, 0);
    for member in members.iter_mut() {
        match member.look().await {
            Ok((kept, lost)) => (acknowledged, missing) = (acknowledged + kept, missing + lost),
            Err(error) => failures.push(error.to_string()),
        }
        timings.add(&member.timings);
        failures.extend(member.failure.take());
        calls_repeated += member.line.troubles.broken;
        told_busy += member.line.troubles.busy;
    }
    Report {
        members: members.len(),
        steps: Step::ALL.map(|step| timings.figures(step)).into(),
        bare_per_second: 0.0,
        processor_us_per_save: 0.0,
        server_memory_mb: 0.0,
        acknowledged,
        missing,
        calls_repeated,
        told_busy,
        ready: failures.is_empty() && missing == 0,
        failures,
    }
}

fn print(report: &Report, words: &Words) {
    out!("{}", words.say("cli-rehearse-heading", &[]));
    for one in &report.steps {
        let name = words.say(&format!("cli-rehearse-{}", one.step), &[]);
        out!(
            "{name}\t{}\t{:.0}\t{:.1}\t{:.1}\t{:.1}\t{:.1}",
            one.calls,
            one.per_second,
            one.p50_ms,
            one.p95_ms,
            one.p99_ms,
            one.most_ms
        );
    }
    let values = [
        ("bare", format!("{:.0}", report.bare_per_second)),
        ("processor", format!("{:.0}", report.processor_us_per_save)),
        ("memory", format!("{:.0}", report.server_memory_mb)),
        ("repeated", report.calls_repeated.to_string()),
        ("busy", report.told_busy.to_string()),
        ("acknowledged", report.acknowledged.to_string()),
        ("missing", report.missing.to_string()),
        ("members", report.members.to_string()),
        ("failures", report.failures.len().to_string()),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    out!("{}", words.say("cli-rehearse-machine", &values));
    for failure in report.failures.iter().take(10) {
        out!("  {failure}");
    }
    let id = if report.ready { "cli-rehearse-ready" } else { "cli-rehearse-lost" };
    out!("{}", words.say(id, &values));
}
