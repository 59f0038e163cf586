//! `kaohe trace`, `kaohe backup`, `kaohe restore`.

use crate::cli::words::Words;
use crate::cli::{Failure, Outcome, Place, open};
use crate::service::{Error, proofs};
use clap::{Args, Subcommand};
use std::path::PathBuf;

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
    file: PathBuf,
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
        }
        return Ok(());
    }
    let first = verified.broken.first().or(verified.edited_details.first()).map(ToString::to_string);
    Err(Failure::Said(
        "cli-trace-broken",
        first.or_else(|| verified.differing_attempts.first().cloned()).unwrap_or_default(),
    ))
}

pub(super) async fn backup(place: &Place, args: &BackupArgs, words: &Words) -> Outcome {
    if args.file.exists() {
        return Err(Failure::Said("cli-backup-exists", args.file.display().to_string()));
    }
    let app = open::app(place).await?;
    if !app.db.copy_to(&args.file).await? {
        return Err(Failure::Service(Error::NotForThisDatabase));
    }
    out!("{}", words.say("cli-backup-written", &[("file", &args.file.display().to_string())]));
    Ok(())
}

pub(super) fn restore(place: &Place, args: &RestoreArgs, words: &Words) -> Outcome {
    if place.database.is_some() {
        return Err(Failure::Service(Error::NotForThisDatabase));
    }
    let target = open::file_in(&place.data);
    if target.exists() {
        return Err(Failure::Said("cli-restore-not-empty", place.data.display().to_string()));
    }
    std::fs::create_dir_all(&place.data).map_err(|error| Failure::File(place.data.clone(), error))?;
    std::fs::copy(&args.file, &target).map_err(|error| Failure::File(args.file.clone(), error))?;
    out!("{}", words.say("cli-restored", &[("folder", &place.data.display().to_string())]));
    Ok(())
}
