//! `kaohe test` and `kaohe draw`: make, list, open, close, verify.

mod correct;
mod late;
mod make_up;
mod markers;
mod objections;
mod sample;
mod slips;
mod watch;

use crate::app::App;
use crate::cli::words::Words;
use crate::cli::{Failure, Outcome, Place, open, read_file, signed_pages};
use crate::formats::test_json;
use crate::rules::rights::Caller;
use crate::service::{paper_sittings, proofs, tests};
use clap::Subcommand;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(super) enum TestCommand {
    /// Make a test from a test file.
    Create {
        /// The test file.
        file: PathBuf,
        /// Print a JSON document.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
    /// List tests.
    List {
        /// Print a JSON document.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
    /// Open a test now instead of later; before its first paper.
    Open {
        /// The test's name.
        test: String,
    },
    /// Make a make-up of a test for those who were absent, on leave or failed.
    MakeUp(make_up::MakeUpArgs),
    /// List who was drawn for an inspection, unit by unit.
    Sample {
        /// The test's name.
        test: String,
        /// Print a JSON document.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
    /// List the papers printed for members who sit a test on paper.
    Papers {
        /// The test's name.
        test: String,
        /// Print a JSON document, as the API gives it.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
    /// Scanned signed pages of a settled test.
    #[command(subcommand)]
    SignedPages(signed_pages::OfTest),
    /// Make sign-in slips for a test and write them to a file: `.html` to print, `.csv` for labels.
    Slips(slips::SlipsArgs),
    #[command(flatten)]
    Watch(watch::WatchCommand),
    #[command(flatten)]
    Late(late::LateCommand),
    #[command(flatten)]
    Objections(objections::ObjectionCommand),
    #[command(flatten)]
    Markers(markers::MarkerCommand),
    #[command(flatten)]
    Correct(correct::CorrectCommand),
    /// Close a test now: open attempts are ended and marked.
    Close {
        /// The test's name.
        test: String,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum DrawCommand {
    /// Draw every paper of a test again and compare.
    Verify {
        /// The test's name.
        test: String,
        /// Print a JSON document.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
}

pub(super) async fn run(place: &Place, command: TestCommand, words: &Words) -> Outcome {
    let app = open::app(place).await?;
    let (operator, now_ms) = (Caller::operator(), app.clock.now_ms());
    match command {
        TestCommand::Create { file, json } => {
            let test = tests::create(&app, &operator, now_ms, &read_file(&file)?).await?;
            if json {
                let made = serde_json::json!({ "test": test.row.name, "commitment": test.row.commitment, "full": test.definition.full() });
                out!("{made}");
            } else {
                let values = [("test", test.row.name.as_str()), ("commitment", &test.row.commitment)];
                out!("{}", words.say("cli-test-made", &values));
            }
        }
        TestCommand::List { json } => {
            let listed = tests::list(&app, &operator).await?;
            if json {
                let all: Vec<_> = listed.iter().map(|(test, _)| test_json::write(&test.definition)).collect();
                out!("{}", serde_json::Value::from(all));
            } else {
                for (test, _) in listed {
                    let title = test.definition.title.in_language(words.language).to_owned();
                    let (opens, closes) = (
                        crate::i18n::stamp(test.definition.opens_at_ms),
                        crate::i18n::stamp(test.definition.closes_at_ms),
                    );
                    out!("{}\t{opens} – {closes}\t{title}", test.row.name);
                }
            }
        }
        TestCommand::Open { test } => {
            let (found, _) = tests::show(&app, &operator, &test).await?;
            let mut definition = found.definition;
            definition.opens_at_ms = definition.opens_at_ms.min(now_ms);
            let file = test_json::write(&definition).to_string();
            tests::replace(&app, &operator, now_ms, &test, file.as_bytes(), tests::Editions::Pinned).await?;
            out!("{}", words.say("cli-test-opened", &[("test", &test)]));
        }
        TestCommand::Papers { test, json } => papers(&app, &test, json, words).await?,
        TestCommand::SignedPages(command) => signed_pages::of_test(&app, command, words).await?,
        TestCommand::Slips(args) => slips::run(&app, &args, now_ms, words).await?,
        TestCommand::MakeUp(args) => make_up::run(&app, &args, now_ms, words).await?,
        TestCommand::Sample { test, json } => sample::run(&app, &test, json).await?,
        TestCommand::Late(command) => late::run(&app, command, words).await?,
        TestCommand::Objections(command) => objections::run(&app, command, words).await?,
        TestCommand::Markers(command) => markers::run(&app, command, words).await?,
        TestCommand::Correct(command) => correct::run(&app, command, words).await?,
        TestCommand::Watch(command) => watch::run(&app, command, words).await?,
        TestCommand::Close { test } => {
            tests::close(&app, &operator, now_ms, &test).await?;
            out!("{}", words.say("cli-test-closed", &[("test", &test)]));
        }
    }
    Ok(())
}

pub(super) async fn verify(place: &Place, test: &str, json: bool, words: &Words) -> Outcome {
    let app = open::app(place).await?;
    let verified = proofs::verify_draw(&app, &Caller::operator(), test).await?;
    if json {
        out!("{}", serde_json::to_string(&verified).unwrap_or_default());
    }
    let papers = verified.papers.to_string();
    if verified.holds() {
        if !json {
            out!("{}", words.say("cli-draw-holds", &[("papers", &papers)]));
        }
        return Ok(());
    }
    if !verified.commitment_holds {
        return Err(Failure::Said("cli-commitment-broken", test.to_owned()));
    }
    if !verified.members_hold || !verified.before_holds {
        return Err(Failure::Said("cli-members-differ", test.to_owned()));
    }
    if !verified.edited_banks.is_empty() {
        return Err(Failure::Said("cli-edition-edited", verified.edited_banks.join(" ")));
    }
    Err(Failure::Said("cli-draw-differs", verified.differing.join(" ")))
}

/// Says whose papers were printed, and how they stand.
async fn papers(app: &App, test: &str, json: bool, words: &Words) -> Outcome {
    let papers = paper_sittings::list(app, &Caller::operator(), test).await?.papers;
    if json {
        let all: serde_json::Value =
            papers.iter().map(|paper| crate::api::paper_sittings::described(paper, &Caller::operator())).collect();
        out!("{all}");
        return Ok(());
    }
    for paper in &papers {
        let state = match paper.row.state.as_str() {
            paper_sittings::PRINTED => "papers-waits",
            paper_sittings::ENTERED => "papers-entered",
            paper_sittings::CHECKED => "papers-checked",
            _ => "papers-void",
        };
        let values =
            [("name", paper.person.name.as_str()), ("login", &paper.person.login), ("state", &words.say(state, &[]))];
        out!("{}", words.say("cli-paper", &values));
    }
    Ok(())
}
