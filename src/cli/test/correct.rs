//! `kaohe test correct` and `kaohe test corrections`: correcting a test after its results are settled.

use crate::api::corrections::{described, previewed};
use crate::app::App;
use crate::cli::words::Words;
use crate::cli::{Failure, Outcome};
use crate::rules::points::Points;
use crate::rules::rights::Caller;
use crate::service::corrections::{self, Asked, Subject};
use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum CorrectCommand {
    /// Correct a question or one mark of a test whose results are settled.
    Correct(CorrectArgs),
    /// List what was corrected in a test.
    Corrections {
        /// The test's name.
        test: String,
        /// Print a JSON document.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
    /// Approve or refuse a correction that waits for a second person.
    Decide {
        /// The test's name.
        test: String,
        /// The correction's id, as `kaohe test corrections --json` names it.
        correction: String,
        /// What to do.
        #[arg(value_enum)]
        decision: Decision,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum Decision {
    /// Approve it: results are marked again.
    Approve,
    /// Refuse it: nothing changes.
    Refuse,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(in crate::cli) enum Change {
    /// Another answer takes the place of the correct one.
    Key,
    /// A further answer is right too.
    Accept,
    /// Everybody who got the question gets its points.
    FullPoints,
    /// The question doesn't count.
    Void,
    /// One mark of one attempt.
    Mark,
}

/// Arguments of `kaohe test correct`.
#[derive(Debug, Args)]
pub(in crate::cli) struct CorrectArgs {
    /// The test's name.
    test: String,
    /// What to change.
    #[arg(long, value_enum)]
    change: Change,
    /// The bank of the question.
    #[arg(long, required_unless_present = "attempt")]
    bank: Option<String>,
    /// The question's id.
    #[arg(long, required_unless_present = "attempt")]
    question: Option<String>,
    /// The answer as in a bank file, e.g. `"B"`, `["A","C"]`, `true`; a bare letter may stand without quotes.
    #[arg(long)]
    answer: Option<String>,
    /// The attempt whose mark changes.
    #[arg(long, requires = "position", requires = "points")]
    attempt: Option<String>,
    /// The question's number on its paper, from 1.
    #[arg(long)]
    position: Option<i64>,
    /// What it earns from now on.
    #[arg(long)]
    points: Option<f64>,
    /// Why; it stays in the record and members see it.
    #[arg(long, default_value = "")]
    reason: String,
    /// Only say what would change.
    #[arg(long)]
    preview: bool,
    /// Print a JSON document.
    #[arg(long, env = "KAOHE_JSON")]
    json: bool,
}

impl CorrectArgs {
    fn subject(&self) -> Result<Subject, Failure> {
        let missing = |what: &str| Failure::Said("cli-correct-missing", what.to_owned());
        let answer = || {
            let text = self.answer.as_deref().ok_or_else(|| missing("--answer"))?;
            Ok::<_, Failure>(serde_json::from_str(text).unwrap_or_else(|_| serde_json::Value::from(text)))
        };
        let change = match self.change {
            Change::Key => Asked::Key(answer()?),
            Change::Accept => Asked::Accept(answer()?),
            Change::FullPoints => Asked::FullPoints,
            Change::Void => Asked::Void,
            Change::Mark => {
                return Ok(Subject::Mark {
                    attempt: self.attempt.clone().ok_or_else(|| missing("--attempt"))?,
                    position: self.position.ok_or_else(|| missing("--position"))?,
                    points: self.points.and_then(Points::from_number).ok_or_else(|| missing("--points"))?,
                });
            }
        };
        let bank = self.bank.clone().ok_or_else(|| missing("--bank"))?;
        let question = self.question.clone().ok_or_else(|| missing("--question"))?;
        Ok(Subject::Question { bank, question, change })
    }
}

pub(super) async fn run(app: &App, command: CorrectCommand, words: &Words) -> Outcome {
    let (operator, now_ms) = (Caller::operator(), app.clock.now_ms());
    match command {
        CorrectCommand::Correct(args) => correct(app, &operator, now_ms, &args, words).await,
        CorrectCommand::Corrections { test, json } => {
            let (_, listed) = corrections::list(app, &operator, &test).await?;
            if json {
                out!("{}", listed.iter().map(described).collect::<serde_json::Value>());
                return Ok(());
            }
            for one in &listed {
                let row = &one.row;
                let state = words.say(&format!("correction-{}", row.state), &[]);
                let (number, changed) = (row.number, one.changed);
                out!(
                    "{number}\t{state}\t{}/{}\t{}\t{changed}\t{}",
                    row.bank,
                    row.question,
                    one.change.name(),
                    row.reason
                );
            }
            Ok(())
        }
        CorrectCommand::Decide { test, correction, decision } => {
            let approved = matches!(decision, Decision::Approve);
            corrections::decide(app, &operator, now_ms, (&test, &correction), approved).await?;
            out!("{}", words.say(if approved { "cli-correction-approved" } else { "cli-correction-refused" }, &[]));
            Ok(())
        }
    }
}

async fn correct(app: &App, operator: &Caller, now_ms: i64, args: &CorrectArgs, words: &Words) -> Outcome {
    let subject = args.subject()?;
    if args.preview {
        let preview = corrections::preview(app, operator, &args.test, &subject).await?;
        if args.json {
            out!("{}", previewed(&preview));
            return Ok(());
        }
        for one in &preview.results {
            out!("{}\t{}\t{} → {}", one.login, one.name, one.score_before, one.score);
        }
        let counts = [preview.results.len(), preview.passing, preview.failing].map(|count| count.to_string());
        let [changed, passing, failing] = &counts;
        let values = [("changed", changed.as_str()), ("passing", passing), ("failing", failing)];
        out!("{}", words.say("cli-correction-previewed", &values));
        return Ok(());
    }
    let row = corrections::correct(app, operator, now_ms, &args.test, (&subject, &args.reason)).await?;
    let (_, listed) = corrections::list(app, operator, &args.test).await?;
    let Some(made) = listed.iter().find(|one| one.row.id == row.id) else { return Ok(()) };
    if args.json {
        out!("{}", described(made));
    } else if row.state == corrections::state::WAITING {
        out!("{}", words.say("corrections-second", &[]));
    } else {
        out!("{}", words.say("cli-correction-made", &[("changed", &made.changed.to_string())]));
    }
    Ok(())
}
