//! Objections to questions of a test: listed and answered on the machine itself.

use crate::app::App;
use crate::cli::Outcome;
use crate::cli::words::Words;
use crate::rules::rights::Caller;
use crate::service::objections::{self, Answering};
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ObjectionCommand {
    /// List what members object to questions of a test.
    Objections {
        /// The test's name.
        test: String,
        /// Print a JSON document, as the API gives it.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
    /// Answer one objection, or all that wait about a question.
    AnswerObjections(AnswerArgs),
}

/// Arguments of `kaohe test answer-objections`.
#[derive(Debug, Args)]
pub(in crate::cli) struct AnswerArgs {
    /// The test's name.
    test: String,
    /// The bank of the question.
    #[arg(long)]
    bank: String,
    /// The question's id.
    #[arg(long)]
    question: String,
    /// Only this one, as `kaohe test objections --json` names it.
    #[arg(long)]
    objection: Option<String>,
    /// The members are right.
    #[arg(long)]
    upheld: bool,
    /// What is answered; members read it.
    #[arg(long)]
    answer: String,
}

pub(super) async fn run(app: &App, command: ObjectionCommand, words: &Words) -> Outcome {
    let (operator, now_ms) = (Caller::operator(), app.clock.now_ms());
    match command {
        ObjectionCommand::Objections { test, json } => {
            let (test, _, listed) = objections::list(app, &operator, now_ms, &test).await?;
            if json {
                out!("{}", crate::api::objections::document(&test, &listed));
                return Ok(());
            }
            if listed.is_empty() {
                say!("{}", words.say("objections-none", &[]));
            }
            for objected in &listed {
                for one in &objected.objections {
                    let state = match one.row.upheld {
                        None => "objection-waits",
                        Some(true) => "objection-upheld",
                        Some(false) => "objection-not-upheld",
                    };
                    let (login, name) = one.by.clone().unwrap_or_default();
                    let note = one.row.note.replace('\n', " ");
                    let (id, question) = (&one.row.id, &objected.question.id);
                    out!("{}\t{id}\t{}/{question}\t{login}\t{name}\t{note}", words.say(state, &[]), objected.bank);
                }
            }
        }
        ObjectionCommand::AnswerObjections(args) => {
            let AnswerArgs { test, bank, question, objection, upheld, answer } = args;
            let answering = Answering { bank, question, objection, upheld, answer };
            let answered = objections::answer(app, &operator, now_ms, &test, answering).await?;
            out!("{}", words.say("cli-objections-answered", &[("count", &answered.to_string())]));
        }
    }
    Ok(())
}
