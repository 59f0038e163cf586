//! `kaohe roster`: load branches and members.

use crate::cli::words::Words;
use crate::cli::{Outcome, Place, open, read_file};
use crate::rules::rights::Caller;
use crate::service::roster::{self, BranchesLoaded, Files, Loaded, MembersLoaded};
use clap::Subcommand;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(super) enum RosterCommand {
    /// Load branches, members, or both, from CSV or XLSX; all or nothing.
    Load {
        /// File of branches: code, name, parent, kind.
        #[arg(long, env = "KAOHE_BRANCHES", required_unless_present = "members")]
        branches: Option<PathBuf>,
        /// File of members: login, name, branch, role, password …
        #[arg(long, env = "KAOHE_MEMBERS")]
        members: Option<PathBuf>,
        /// Only say what would change.
        #[arg(long, env = "KAOHE_DRY_RUN")]
        dry_run: bool,
        /// Print a JSON document.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
}

pub(super) async fn run(place: &Place, command: RosterCommand, words: &Words) -> Outcome {
    let RosterCommand::Load { branches, members, dry_run, json } = command;
    let read = |file: Option<PathBuf>| file.map(|file| read_file(&file)).transpose();
    let files = Files { branches: read(branches)?, members: read(members)? };
    let app = open::app(place).await?;
    let loaded = roster::load(&app, &Caller::operator(), app.clock.now_ms(), files, dry_run).await?;
    if json {
        print_json(&loaded);
        return Ok(());
    }
    if let Some(branches) = &loaded.branches {
        say_branches(branches, words);
    }
    if let Some(members) = &loaded.members {
        say_members(members, words);
    }
    if dry_run {
        out!("{}", words.say("cli-dry-run", &[]));
    }
    Ok(())
}

/// One document: of one sheet as the API gives it, of both `{"branches", "members"}`.
fn print_json(loaded: &Loaded) {
    let document = match (&loaded.branches, &loaded.members) {
        (Some(branches), None) => serde_json::to_string(branches),
        (None, Some(members)) => serde_json::to_string(members),
        _ => serde_json::to_string(loaded),
    };
    out!("{}", document.unwrap_or_default());
}

fn say_branches(loaded: &BranchesLoaded, words: &Words) {
    let counts = [loaded.new.len(), loaded.changed.len(), loaded.moved.len(), loaded.unchanged, loaded.missing.len()]
        .map(|count| count.to_string());
    let [new, changed, moved, unchanged, missing] = &counts;
    let values =
        [("new", new.as_str()), ("changed", changed), ("moved", moved), ("unchanged", unchanged), ("missing", missing)];
    out!("{}", words.say("cli-branches-loaded", &values));
    say_ignored(&loaded.ignored, words);
}

fn say_members(loaded: &MembersLoaded, words: &Words) {
    let counts = [
        loaded.new.len(),
        loaded.changed.len(),
        loaded.moved.len(),
        loaded.ended.len(),
        loaded.unchanged,
        loaded.missing.len(),
    ]
    .map(|count| count.to_string());
    let [new, changed, moved, ended, unchanged, missing] = &counts;
    let values = [
        ("new", new.as_str()),
        ("changed", changed),
        ("moved", moved),
        ("ended", ended),
        ("unchanged", unchanged),
        ("missing", missing),
    ];
    out!("{}", words.say("cli-members-loaded", &values));
    say_ignored(&loaded.ignored, words);
    if !loaded.passwords.is_empty() {
        out!("{}", words.say("cli-first-passwords", &[]));
        for first in &loaded.passwords {
            out!("{}\t{}\t{}", first.login, first.name, first.password);
        }
    }
}

fn say_ignored(ignored: &[String], words: &Words) {
    if !ignored.is_empty() {
        let comma = words.say("list-comma", &[]);
        out!("{}", words.say("cli-ignored", &[("columns", &ignored.join(&comma))]));
    }
}
