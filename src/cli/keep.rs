//! `kaohe trace`, `kaohe backup`, `kaohe restore`.

use crate::cli::words::Words;
use crate::cli::{Failure, Outcome, Place, follow, open};
use crate::service::Error;
use crate::service::proofs::{self, NamedAttempt, NamedPresence, TraceVerified};
use crate::store::db;
use clap::{Args, Subcommand};
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub(super) enum TraceCommand {
    /// Check every link of the chain of changes, and stored marks against it.
    Verify {
        /// Print a JSON document.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
}

/// Arguments of `kaohe backup`.
#[derive(Debug, Args)]
pub(super) struct BackupArgs {
    /// The file to write; it must not exist.
    #[arg(required_unless_present = "follow", conflicts_with = "follow")]
    file: Option<PathBuf>,
    /// Keep a whole copy in a folder, never more than seconds behind, until told to stop; `kaohe serve --data DIR` goes
    /// on from it where this machine fails.
    #[arg(long, env = "KAOHE_FOLLOW", value_name = "DIR")]
    follow: Option<PathBuf>,
}

/// Arguments of `kaohe restore`.
#[derive(Debug, Args)]
pub(super) struct RestoreArgs {
    /// The file that `kaohe backup` wrote.
    file: PathBuf,
}

pub(super) async fn verify(place: &Place, json: bool, words: &Words) -> Outcome {
    let app = open::app(place).await?;
    let verified = proofs::verify_trace(&app).await?;
    let (links, head) = (verified.links.to_string(), verified.head.clone());
    if json {
        out!("{}", serde_json::to_string(&verified).unwrap_or_default());
    }
    if verified.holds() {
        if !json {
            out!("{}", words.say("cli-trace-holds", &[("links", &links), ("head", &head)]));
            for attempt in &verified.unchecked_attempts {
                out!("{}", say_attempt(words, "cli-trace-unchecked", attempt));
            }
        }
        return Ok(());
    }
    if !json {
        for line in found(&verified, words) {
            out!("{line}");
        }
    }
    Err(Failure::Said("cli-trace-broken", String::new()))
}

fn say_attempt(words: &Words, id: &str, attempt: &NamedAttempt) -> String {
    let values =
        [("attempt", attempt.attempt.as_str()), ("test", attempt.test.as_str()), ("login", attempt.login.as_str())];
    words.say(id, &values)
}

/// Everything that was found, a line each.
fn found(verified: &TraceVerified, words: &Words) -> Vec<String> {
    let link = |id: &'static str| move |seq: &i64| words.say(id, &[("seq", &seq.to_string())]);
    let presence = |one: &NamedPresence| {
        words.say("cli-trace-presence", &[("test", one.test.as_str()), ("login", one.login.as_str())])
    };
    let mut lines: Vec<String> = verified.broken.iter().map(link("cli-trace-link")).collect();
    lines.extend(verified.edited_details.iter().map(link("cli-trace-detail-edited")));
    lines.extend(verified.missing_details.iter().map(link("cli-trace-detail-missing")));
    lines.extend(verified.differing_attempts.iter().map(|one| say_attempt(words, "cli-trace-attempt", one)));
    lines.extend(verified.differing_tests.iter().map(|test| words.say("cli-trace-test", &[("test", test.as_str())])));
    lines.extend(verified.differing_presence.iter().map(presence));
    let assessment = |year: &String| words.say("cli-trace-assessment", &[("year", year.as_str())]);
    lines.extend(verified.differing_assessments.iter().map(assessment));
    lines
}

pub(super) async fn backup(place: &Place, args: &BackupArgs, words: &Words) -> Outcome {
    let Some(target) = &args.file else {
        let folder = args.follow.as_deref().unwrap_or_else(|| Path::new(""));
        return follow::run(place, folder, words).await;
    };
    if target.exists() {
        return Err(Failure::Said("cli-backup-exists", target.display().to_string()));
    }
    if place.database.is_some() {
        return Err(Failure::Service(Error::NotForThisDatabase));
    }
    if !open::file_in(&place.data).exists() {
        return Err(Failure::Said("cli-no-data", place.data.display().to_string()));
    }
    let app = open::app(place).await?;
    if !app.db.copy_to(target).await? {
        return Err(Failure::Service(Error::NotForThisDatabase));
    }
    // Only for the list of what is ready; the copy is good without it.
    let _ = crate::app::note_backup(&place.data, app.clock.now_ms());
    out!("{}", words.say("cli-backup-written", &[("file", &target.display().to_string())]));
    Ok(())
}

/// Copies beside, looks whether the copy is whole and ours, and only then gives it its name.
pub(super) async fn restore(place: &Place, args: &RestoreArgs, words: &Words) -> Outcome {
    if place.database.is_some() {
        return Err(Failure::Service(Error::NotForThisDatabase));
    }
    let target = open::file_in(&place.data);
    if target.exists() {
        return Err(Failure::Said("cli-restore-not-empty", place.data.display().to_string()));
    }
    let mut source = File::open(&args.file).map_err(|error| Failure::File(args.file.clone(), error))?;
    open::make_folder(&place.data)?;
    let beside = target.with_extension("restoring");
    let copied = copy(&mut source, &beside).map_err(|error| Failure::File(beside.clone(), error));
    let checked = match copied {
        Ok(()) => db::inspect(&beside).await.map_err(Failure::from),
        Err(failure) => Err(failure),
    };
    let named = checked.and_then(|found| match found {
        db::Found::Kaohe => put(&beside, &target, &place.data).map_err(|error| Failure::File(target.clone(), error)),
        db::Found::Newer => Err(Failure::Said("cli-restore-newer", args.file.display().to_string())),
        db::Found::Damaged => Err(Failure::Said("cli-restore-damaged", args.file.display().to_string())),
        db::Found::Other => Err(Failure::Said("cli-restore-other", args.file.display().to_string())),
    });
    if named.is_err() {
        // Nothing half done stays; the failure is what counts.
        let _ = std::fs::remove_file(&beside);
    }
    named?;
    out!("{}", words.say("cli-restored", &[("folder", &place.data.display().to_string())]));
    Ok(())
}

fn copy(source: &mut File, beside: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    let mut file = db::for_owner_only(&mut options).open(beside)?;
    std::io::copy(source, &mut file)?;
    file.sync_all()
}

fn put(beside: &Path, target: &Path, folder: &Path) -> std::io::Result<()> {
    std::fs::rename(beside, target)?;
    // The name is durable once the folder is.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
