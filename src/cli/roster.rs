//! `kaohe roster`: load branches and members.

use crate::cli::words::Words;
use crate::cli::{Outcome, Place, open, read_file};
use crate::rules::rights::Caller;
use crate::service::roster;
use clap::Subcommand;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(super) enum RosterCommand {
    /// Load branches, members, or both (branches first), from CSV or XLSX.
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
    let app = open::app(place).await?;
    let (operator, now_ms) = (Caller::operator(), app.clock.now_ms());
    if let Some(file) = branches {
        let loaded = roster::load_branches(&app, &operator, now_ms, read_file(&file)?, dry_run).await?;
        let counts =
            [loaded.new.len(), loaded.changed.len(), loaded.moved.len(), loaded.unchanged, loaded.missing.len()]
                .map(|c| c.to_string());
        let [new, changed, moved, unchanged, missing] = &counts;
        let values = [
            ("new", new.as_str()),
            ("changed", changed),
            ("moved", moved),
            ("unchanged", unchanged),
            ("missing", missing),
        ];
        print(json, &loaded, &words.say("cli-branches-loaded", &values));
    }
    if let Some(file) = members {
        let loaded = roster::load_members(&app, &operator, now_ms, read_file(&file)?, dry_run).await?;
        let counts = [
            loaded.new.len(),
            loaded.changed.len(),
            loaded.moved.len(),
            loaded.ended.len(),
            loaded.unchanged,
            loaded.missing.len(),
        ]
        .map(|c| c.to_string());
        let [new, changed, moved, ended, unchanged, missing] = &counts;
        let values = [
            ("new", new.as_str()),
            ("changed", changed),
            ("moved", moved),
            ("ended", ended),
            ("unchanged", unchanged),
            ("missing", missing),
        ];
        print(json, &loaded, &words.say("cli-members-loaded", &values));
        if !json && !loaded.passwords.is_empty() {
            out!("{}", words.say("cli-first-passwords", &[]));
            for first in &loaded.passwords {
                out!("{}\t{}\t{}", first.login, first.name, first.password);
            }
        }
    }
    if dry_run && !json {
        out!("{}", words.say("cli-dry-run", &[]));
    }
    Ok(())
}

fn print<T: serde::Serialize>(json: bool, value: &T, words: &str) {
    if json {
        out!("{}", serde_json::to_string(value).unwrap_or_default());
    } else {
        out!("{words}");
    }
}
