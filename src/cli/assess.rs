//! `kaohe assess`: the annual study assessment on the machine itself.

use crate::cli::words::Words;
use crate::cli::{Failure, Outcome, Place, open, read_file};
use crate::formats::assessment_json;
use crate::rules::rights::Caller;
use crate::service::assessments;
use clap::Subcommand;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(super) enum AssessCommand {
    /// Print the results of a year.
    Show {
        /// The year.
        year: u32,
        /// Code of the branch; left out: the highest.
        #[arg(long, env = "KAOHE_BRANCH")]
        branch: Option<String>,
        /// Print a JSON document, as the API gives it.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
    /// Set the rules of a year from a file.
    Set {
        /// The year.
        year: u32,
        /// The file with the rules.
        file: PathBuf,
        /// Code of the branch at which they hold; left out: the highest.
        #[arg(long, env = "KAOHE_BRANCH")]
        branch: Option<String>,
        /// Only print what these rules would give.
        #[arg(long)]
        preview: bool,
    },
    /// Print rules to start from: study-and-annual, monthly-nine-of-twelve, monthly-quarterly-annual.
    Rules {
        /// The year.
        year: u32,
        /// Their name.
        name: String,
    },
    /// Sign the results of a year off.
    Sign {
        /// The year.
        year: u32,
        /// Who signs; may be given several times.
        #[arg(long = "signer", required = true, value_name = "NAME")]
        signers: Vec<String>,
        /// From the second time on: what is different.
        #[arg(long, default_value = "")]
        note: String,
        /// Code of the branch; left out: the highest.
        #[arg(long, env = "KAOHE_BRANCH")]
        branch: Option<String>,
    },
}

pub(super) async fn run(place: &Place, command: AssessCommand, words: &Words) -> Outcome {
    if let AssessCommand::Rules { year, name } = &command {
        let rules = assessments::ready_rules(name, *year);
        let rules = rules.ok_or_else(|| Failure::Said("cli-no-ready-rules", name.clone()))?;
        out!("{}", serde_json::to_string_pretty(&assessment_json::write(&rules)).unwrap_or_default());
        return Ok(());
    }
    let app = open::app(place).await?;
    let (operator, now_ms) = (Caller::operator(), app.clock.now_ms());
    match command {
        AssessCommand::Rules { .. } => {}
        AssessCommand::Show { year, branch, json } => {
            let assessed = assessments::show(&app, &operator, now_ms, year, branch.as_deref()).await?;
            if json {
                out!("{}", crate::api::assessments::document(&assessed));
            } else {
                print(&assessed, words);
            }
        }
        AssessCommand::Set { year, file, branch, preview } => {
            let (file, at) = (read_file(&file)?, (year, branch.as_deref()));
            if preview {
                let (_, after) = assessments::try_rules(&app, &operator, now_ms, at, &file).await?;
                print(&after, words);
            } else {
                assessments::set(&app, &operator, now_ms, at, &file).await?;
                out!("{}", words.say("cli-assessment-set", &[("year", &year.to_string())]));
            }
        }
        AssessCommand::Sign { year, signers, note, branch } => {
            let at = (year, branch.as_deref());
            let row = assessments::sign(&app, &operator, now_ms, at, (&signers, &note)).await?;
            let number = row.number.to_string();
            out!("{}", words.say("cli-assessment-signed", &[("number", &number), ("digest", &row.digest)]));
        }
    }
    Ok(())
}

fn print(assessed: &assessments::Assessed, words: &Words) {
    out!("{}", assessed.definition.title.in_language(words.language));
    out!("{}", words.say("cli-assessment-heading", &[]));
    for member in &assessed.members {
        let outcome = &member.outcome;
        let band = outcome.band.and_then(|band| assessed.definition.bands.get(band));
        let band = band.map(|band| band.title.in_language(words.language).to_owned()).unwrap_or_default();
        let total = match outcome.total {
            Ok(total) => total.to_string(),
            Err(why) => words.say(&format!("ungraded-{}", why.name()), &[]),
        };
        let rank = member.rank.map_or_else(|| "–".to_owned(), |rank| rank.to_string());
        out!("{rank}\t{total}\t{band}\t{}\t{}\t{}", member.branch.code, member.login, member.name);
    }
}
