//! `kaohe template`: the template for circulars of a branch.

use crate::api::circular_templates as api;
use crate::app::App;
use crate::cli::words::Words;
use crate::cli::{Outcome, Place, open, put, read_file};
use crate::documents;
use crate::i18n;
use crate::rules::rights::Caller;
use crate::service::circular_templates::{self as service, Shown};
use clap::Subcommand;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(super) enum TemplateCommand {
    /// Show which template holds for a branch: its own, or that of the nearest branch above.
    Show {
        /// Code of the branch.
        branch: String,
        /// Print a JSON document, as the API gives it.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
    /// Keep a Word file (DOCX) as the template of a branch, in the place of the one it has.
    Set {
        /// Code of the branch.
        branch: String,
        /// The file.
        file: PathBuf,
    },
    /// Remove the template of a branch.
    Remove {
        /// Code of the branch.
        branch: String,
    },
    /// Write the template that a branch keeps itself, or a sample to begin with.
    Get {
        /// Code of the branch.
        branch: String,
        /// A sample to begin with instead.
        #[arg(long, env = "KAOHE_SAMPLE")]
        sample: bool,
        /// The file to write; left out: standard output.
        #[arg(long, env = "KAOHE_OUT")]
        out: Option<PathBuf>,
    },
}

pub(super) async fn run(place: &Place, command: TemplateCommand, words: &Words) -> Outcome {
    let (app, operator) = (open::app(place).await?, Caller::operator());
    let now_ms = app.clock.now_ms();
    match command {
        TemplateCommand::Show { branch, json } => {
            let shown = service::show(&app, &operator, &branch).await?;
            if json {
                out!("{}", api::document(&shown));
            } else {
                say(words, &shown);
            }
        }
        TemplateCommand::Set { branch, file } => {
            let content = read_file(&file)?;
            say(words, &service::keep(&app, &operator, now_ms, &branch, content).await?);
        }
        TemplateCommand::Remove { branch } => {
            say(words, &service::remove(&app, &operator, now_ms, &branch).await?);
        }
        TemplateCommand::Get { branch, sample, out } => return get(&app, words, (&branch, sample), out).await,
    }
    Ok(())
}

async fn get(app: &App, words: &Words, (branch, sample): (&str, bool), out: Option<PathBuf>) -> Outcome {
    let operator = Caller::operator();
    if sample {
        let shown = service::show(app, &operator, branch).await?;
        let made = documents::sample_template(i18n::words::Words(words.language), &shown.branch).await?;
        return put(out, &made.bytes);
    }
    put(out, &service::content(app, &operator, branch).await?.1)
}

fn say(words: &Words, shown: &Shown) {
    if let Some(kept) = &shown.used {
        let values = [("branch", kept.branch.name.as_str()), ("digest", kept.template.digest.as_str())];
        out!("{}", words.say("cli-template", &values));
    } else {
        out!("{}", words.say("template-none", &[]));
    }
}
