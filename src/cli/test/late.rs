//! What arrived after the end of attempts: listed, accepted or refused on the machine itself.

use crate::app::App;
use crate::cli::words::Words;
use crate::cli::{Failure, Outcome};
use crate::rules::points::Points;
use crate::rules::rights::Caller;
use crate::service::late;
use clap::{Args, Subcommand};

use super::correct::Decision;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum LateCommand {
    /// List what arrived after the end of sittings of a test.
    Late {
        /// The test's name.
        test: String,
        /// Print a JSON document, as the API gives it.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
    /// Accept or refuse what arrived late, of one sitting or of all that wait.
    DecideLate(DecideArgs),
}

/// Arguments of `kaohe test decide-late`.
#[derive(Debug, Args)]
pub(in crate::cli) struct DecideArgs {
    /// The test's name.
    test: String,
    /// What to do.
    #[arg(value_enum)]
    decision: Decision,
    /// The attempt's id, as `kaohe test late --json` names it.
    #[arg(long, required_unless_present = "all", conflicts_with = "all")]
    attempt: Option<String>,
    /// All sittings that wait for a decision.
    #[arg(long)]
    all: bool,
    /// Why; members read it.
    #[arg(long)]
    reason: String,
}

pub(super) async fn run(app: &App, command: LateCommand, words: &Words) -> Outcome {
    let (operator, now_ms) = (Caller::operator(), app.clock.now_ms());
    match command {
        LateCommand::Late { test, json } => {
            let (_, listed) = late::list(app, &operator, &test).await?;
            if json {
                let all: serde_json::Value =
                    listed.iter().map(|one| crate::api::late::described(one, &operator)).collect();
                out!("{all}");
                return Ok(());
            }
            for one in &listed {
                let state = match &one.decision {
                    None => "cli-late-waiting",
                    Some((amendment, _)) if amendment.accepted => "cli-late-accepted",
                    Some(_) => "cli-late-refused",
                };
                let (codes, who) = (late::codes(&one.rows).join(" "), &one.person);
                out!(
                    "{}\t{}\t{codes}\t{}\t{}\t{}",
                    words.say(state, &[]),
                    one.attempt.id,
                    one.rows.len(),
                    who.login,
                    who.name
                );
            }
            Ok(())
        }
        LateCommand::DecideLate(args) => {
            let accepted = matches!(args.decision, Decision::Approve);
            let decided = if let Some(id) = &args.attempt {
                let at = (args.test.as_str(), id.as_str());
                vec![late::decide(app, &operator, now_ms, at, accepted, &args.reason).await?]
            } else {
                late::decide_all(app, &operator, now_ms, (&args.test, None), accepted, &args.reason).await?
            };
            if decided.is_empty() {
                return Err(Failure::Said("cli-late-none", args.test));
            }
            for amendment in decided {
                let score = |hundredths| Points::from_hundredths(hundredths).to_string();
                let (before, after) = (score(amendment.score_before), score(amendment.score));
                let values = [("attempt", amendment.attempt_id.as_str()), ("before", &before), ("score", &after)];
                out!("{}", words.say("cli-late-decided", &values));
            }
            Ok(())
        }
    }
}
