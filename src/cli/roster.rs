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
        /// What a heading means, as HEADING=MEANING; nothing behind the sign: the column isn't read. Remembered.
        #[arg(long, value_name = "HEADING=MEANING")]
        column: Vec<String>,
        /// Who somebody of the sheet is, as LOGIN-OR-ROW=LOGIN of a known person; nothing behind the sign: somebody new.
        #[arg(long, value_name = "LOGIN-OR-ROW=LOGIN")]
        same: Vec<String>,
        /// Why somebody left whom the sheet doesn't name, as LOGIN=transferred-out, retired or deceased.
        #[arg(long, value_name = "LOGIN=REASON")]
        left: Vec<String>,
        /// Only say what would change.
        #[arg(long, env = "KAOHE_DRY_RUN")]
        dry_run: bool,
        /// Print a JSON document.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
}

pub(super) async fn run(place: &Place, command: RosterCommand, words: &Words) -> Outcome {
    let RosterCommand::Load { branches, members, column, same, left, dry_run, json } = command;
    let options = roster::said(dry_run, &column, &same, &left)?;
    let read = |file: Option<PathBuf>| file.map(|file| read_file(&file)).transpose();
    let files = Files { branches: read(branches)?, members: read(members)? };
    let app = open::app(place).await?;
    let loaded = roster::load(&app, &Caller::operator(), app.clock.now_ms(), files, options).await?;
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
        loaded.left.len(),
    ]
    .map(|count| count.to_string());
    let [new, changed, moved, ended, unchanged, missing, left] = &counts;
    let values = [
        ("new", new.as_str()),
        ("changed", changed),
        ("moved", moved),
        ("ended", ended),
        ("unchanged", unchanged),
        ("missing", missing),
        ("left", left),
    ];
    out!("{}", words.say("cli-members-loaded", &values));
    say_ignored(&loaded.ignored, words);
    for one in loaded.possibly_same.iter().filter(|one| one.answer.is_none()) {
        let known = |one: &roster::Candidate| {
            [&one.login, &one.name, &one.branch, &one.number]
                .iter()
                .filter(|text| !text.is_empty())
                .map(|text| text.as_str())
                .collect::<Vec<_>>()
                .join(" ")
        };
        let known: Vec<String> = one.candidates.iter().map(known).collect();
        let row = one.row.to_string();
        let values = [("row", row.as_str()), ("name", &one.name), ("login", &one.login), ("known", &known.join("; "))];
        out!("{}", words.say("cli-possibly-same", &values));
    }
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
