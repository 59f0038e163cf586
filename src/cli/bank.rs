//! `kaohe bank`: check, load, export, convert.

use crate::cli::words::Words;
use crate::cli::{Failure, Outcome, Place, open, read_file};
use crate::formats::bank_json::{self, Placed};
use crate::rules::rights::Caller;
use crate::service::Error;
use crate::service::banks::{self, LoadOptions};
use clap::Subcommand;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(super) enum BankCommand {
    /// Check bank files without loading them; every error, and whatever is suspicious, with line, column and remedy.
    Check {
        /// Bank files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Fail also where something is suspicious though it could be loaded.
        #[arg(long, env = "KAOHE_STRICT")]
        strict: bool,
        /// Print a JSON document.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
    /// Load bank files as new editions.
    Load {
        /// Bank files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Code of the branch the bank belongs to; left out: the whole unit.
        #[arg(long, env = "KAOHE_BRANCH")]
        branch: Option<String>,
        /// Whether organizers below may draw from it without seeing keys; a new bank of the whole unit is shared unless
        /// this says no.
        #[arg(long, env = "KAOHE_SHARED", value_parser = super::switch)]
        shared: Option<bool>,
        /// Only say what would change.
        #[arg(long, env = "KAOHE_DRY_RUN")]
        dry_run: bool,
        /// Print a JSON document.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
    /// Print a bank's newest edition as a bank file.
    Export {
        /// The bank's name.
        bank: String,
    },
    /// Write a bank file in another form.
    Convert {
        /// The bank file.
        file: PathBuf,
        /// The form.
        #[arg(long, env = "KAOHE_TO", value_parser = ["json"])]
        to: String,
    },
}

pub(super) async fn run(place: &Place, command: BankCommand, words: &Words) -> Outcome {
    match command {
        BankCommand::Check { files, strict, json } => check(&files, strict, json, words),
        BankCommand::Load { files, branch, shared, dry_run, json } => {
            load(place, &files, &LoadOptions { branch, shared, dry_run, lints: !json }, json, words).await
        }
        BankCommand::Export { bank } => {
            let app = open::app(place).await?;
            out!("{}", banks::export(&app, &Caller::operator(), &bank).await?);
            Ok(())
        }
        BankCommand::Convert { file, to: _ } => {
            let bank = bank_json::read(&read_file(&file)?).map_err(Error::File)?;
            out!("{}", bank_json::write(&bank));
            Ok(())
        }
    }
}

fn check(files: &[PathBuf], strict: bool, json: bool, words: &Words) -> Outcome {
    let (mut failed, mut suspicious) = (0_usize, 0_usize);
    let mut report = Vec::new();
    for file in files {
        let name = file.display().to_string();
        match bank_json::examine(&read_file(file)?) {
            Ok((bank, lints)) => {
                let count = bank.questions.len().to_string();
                suspicious += usize::from(!lints.is_empty());
                let warnings: Vec<_> = lints.iter().map(|one| crate::api::banks::placed(words.language, one)).collect();
                report.push(serde_json::json!({ "file": name, "bank": bank.name, "questions": bank.questions.len(), "errors": [], "warnings": warnings }));
                if !json {
                    out!("{}", words.say("cli-bank-good", &[("file", &name), ("bank", &bank.name), ("count", &count)]));
                    print_lints(&lints, words);
                }
            }
            Err(problems) => {
                failed += 1;
                let error = Error::File(problems);
                let mut refused = crate::api::problem::said(&error, words.language);
                refused.insert("file".into(), name.as_str().into());
                report.push(refused.into());
                if !json {
                    say!("{name}:");
                    words.print_failure(&Failure::Service(error));
                }
            }
        }
    }
    if json {
        out!("{}", serde_json::Value::from(report));
    }
    match (failed, suspicious) {
        (0, 1..) if strict => Err(Failure::Said("cli-bank-suspicious", suspicious.to_string())),
        (0, _) => Ok(()),
        _ => Err(Failure::Said("cli-bank-bad", failed.to_string())),
    }
}

/// What is suspicious goes to standard error, as errors do: what was asked for is on standard output.
fn print_lints(lints: &[Placed], words: &Words) {
    for one in lints {
        let said = crate::i18n::lint(words.language, &one.lint);
        let (line, column) = (one.place.line.to_string(), one.place.column.to_string());
        let values = [
            ("line", line.as_str()),
            ("column", &column),
            ("pointer", &one.pointer),
            ("what", &said.what),
            ("remedy", &said.remedy),
        ];
        say!("  {}", words.say("cli-file-problem", &values));
    }
}

async fn load(place: &Place, files: &[PathBuf], options: &LoadOptions, json: bool, words: &Words) -> Outcome {
    let app = open::app(place).await?;
    let operator = Caller::operator();
    // All or nothing: each is tried before the first is loaded.
    let mut failed = 0_usize;
    for file in files {
        let tried = LoadOptions { dry_run: true, ..options.clone() };
        if let Err(error) = banks::load(&app, &operator, app.clock.now_ms(), read_file(file)?.into(), tried).await {
            failed += 1;
            say!("{}:", file.display());
            words.print_failure(&Failure::Service(error));
        }
    }
    if failed > 0 {
        return Err(Failure::Said("cli-bank-none-loaded", failed.to_string()));
    }
    for file in files {
        let loaded = banks::load(&app, &operator, app.clock.now_ms(), read_file(file)?.into(), options.clone()).await?;
        if json {
            out!("{}", serde_json::to_string(&loaded).unwrap_or_default());
            continue;
        }
        let (edition, d) = (loaded.edition.to_string(), loaded.difference);
        let counts = [d.added, d.changed, d.removed, d.unchanged].map(|count| count.to_string());
        let [added, changed, removed, unchanged] = &counts;
        let values = [
            ("bank", loaded.bank.as_str()),
            ("edition", &edition),
            ("added", added),
            ("changed", changed),
            ("removed", removed),
            ("unchanged", unchanged),
        ];
        out!("{}", words.say(if options.dry_run { "cli-bank-would-load" } else { "cli-bank-loaded" }, &values));
        out!("{}", words.say(if loaded.shared { "cli-bank-shared" } else { "cli-bank-not-shared" }, &[]));
        if !loaded.lints.is_empty() {
            let (count, file) = (loaded.lints.len().to_string(), file.display().to_string());
            out!("{}", words.say("cli-bank-lints", &[("count", &count), ("file", &file)]));
        }
    }
    Ok(())
}
