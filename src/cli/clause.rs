//! `kaohe clause`: clauses that questions cite as data, and what was amended of them.

use crate::api::clauses as api;
use crate::cli::words::Words;
use crate::cli::{Outcome, Place, open, search};
use crate::rules::rights::Caller;
use crate::service::clauses::{self, Amending};
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(super) enum ClauseCommand {
    /// List regulations with how many questions there are of each, and articles without any.
    List {
        /// Print a JSON document, as the API gives it.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
    /// Note that an article, or a whole regulation, was amended; prints the name of the note.
    Amend {
        /// The regulation's name.
        regulation: String,
        /// The number of its article; left out: all of it.
        #[arg(long, env = "KAOHE_ARTICLE", default_value = "", hide_default_value = true)]
        article: String,
        /// From which day on: 2026-11-20.
        #[arg(long, env = "KAOHE_ON")]
        on: String,
        /// What was amended.
        #[arg(long, env = "KAOHE_NOTE")]
        note: String,
    },
    /// List what was amended, or the questions of one note that have still to be checked.
    Amended {
        /// The note; left out: all of them.
        amended: Option<String>,
        /// How many questions to pass over; fifty are printed.
        #[arg(long, env = "KAOHE_FROM_PLACE", default_value_t = 0, value_name = "N")]
        from: usize,
        /// Print a JSON document, as the API gives it.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
    /// Note that questions were checked against the amended text and hold.
    Checked {
        /// The note.
        amended: String,
        /// Questions, each as BANK/QUESTION.
        #[arg(required = true)]
        questions: Vec<String>,
    },
    /// Retire questions of an amended clause: a new edition of each bank.
    Retire {
        /// The note.
        amended: String,
        /// Questions, each as BANK/QUESTION.
        #[arg(required = true)]
        questions: Vec<String>,
        /// Why.
        #[arg(long, env = "KAOHE_REASON")]
        reason: String,
    },
    /// Take a note back, with everything that was checked for it.
    Withdraw {
        /// The note.
        amended: String,
    },
}

pub(super) async fn run(place: &Place, command: ClauseCommand, words: &Words) -> Outcome {
    let (app, operator) = (open::app(place).await?, Caller::operator());
    let now_ms = app.clock.now_ms();
    match command {
        ClauseCommand::List { json } => {
            let all = clauses::index(&app, &operator).await?;
            if json {
                out!("{}", api::document_of_index(&all));
                return Ok(());
            }
            for one in &all {
                let gaps: Vec<String> =
                    one.gaps().into_iter().map(|gap| format!("{}-{}", gap.start(), gap.end())).collect();
                out!("{}\t{}\t{}\t{}", one.name, one.drawable(), one.retired(), gaps.join(","));
            }
        }
        ClauseCommand::Amend { regulation, article, on, note } => {
            let id = clauses::amend(&app, &operator, now_ms, &Amending { regulation, article, on, note }).await?;
            out!("{id}");
        }
        ClauseCommand::Amended { amended: None, json, .. } => {
            let all = clauses::amended(&app, &operator).await?;
            if json {
                out!("{}", api::document_of_amended(&all));
                return Ok(());
            }
            for one in &all {
                let row = &one.row;
                let article = row.article.map(|article| article.to_string()).unwrap_or_default();
                out!("{}\t{}\t{article}\t{}\t{}\t{}", row.id, row.regulation, row.amended_on, one.open, row.note);
            }
        }
        ClauseCommand::Amended { amended: Some(id), from, json } => {
            let opened = clauses::open(&app, &operator, &id, from).await?;
            if json {
                out!("{}", api::document(&opened));
                return Ok(());
            }
            for (bank, question) in &opened.questions {
                out!("{}", search::line(words, &opened.banks, *bank, question));
            }
            out!("{}", words.say("cli-search-count", &[("count", &opened.amended.open.to_string())]));
        }
        ClauseCommand::Checked { amended, questions } => {
            let count = clauses::check(&app, &operator, now_ms, &amended, &questions).await?;
            out!("{}", words.say("cli-clause-checked", &[("count", &count.to_string())]));
        }
        ClauseCommand::Retire { amended, questions, reason } => {
            for loaded in clauses::retire(&app, &operator, now_ms, &amended, (&questions, &reason)).await? {
                let edition = loaded.edition.to_string();
                out!("{}", words.say("cli-published", &[("bank", &loaded.bank), ("edition", &edition)]));
            }
        }
        ClauseCommand::Withdraw { amended } => clauses::withdraw(&app, &operator, &amended).await?,
    }
    Ok(())
}
