//! Watching over a test from the machine itself: how it stands, pauses, messages, attempts opened again.

use crate::app::App;
use crate::cli::words::Words;
use crate::cli::{Failure, Outcome};
use crate::rules::rights::Caller;
use crate::service::tests::invigilate::{self, Scope};
use crate::service::watching::{self, State};
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum WatchCommand {
    /// Say how a test stands now: who is working, silent, paused, finished.
    Live {
        /// The test's name.
        test: String,
        /// Print a JSON document.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
    /// Pause a test: no time runs and no answer is taken.
    Pause {
        /// The test's name.
        test: String,
        #[command(flatten)]
        whom: Whom,
        /// Why; it stays in the record.
        #[arg(long)]
        reason: String,
    },
    /// Let a paused test go on; the time that stood still is given back.
    Resume {
        /// The test's name.
        test: String,
        /// The pause; without it every pause of the test ends.
        #[arg(long)]
        pause: Option<String>,
        /// Why; it stays in the record.
        #[arg(long)]
        reason: String,
    },
    /// Say something to those who sit a test.
    Message {
        /// The test's name.
        test: String,
        #[command(flatten)]
        whom: Whom,
        /// What to say.
        text: String,
    },
    /// Let another device go on with an open attempt that stays with its device.
    Release {
        /// The attempt's id, as the live view's JSON names it.
        attempt: String,
        /// Why; it stays in the record.
        #[arg(long)]
        reason: String,
    },
    /// Let an attempt go on that was handed in by mistake.
    Reopen {
        /// The attempt's id, as the live view's JSON names it.
        attempt: String,
        /// Why; it stays in the record.
        #[arg(long)]
        reason: String,
    },
}

/// Whom an act concerns; everyone where nothing is given.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(in crate::cli) struct Whom {
    /// Only the branch of this code and all below it.
    #[arg(long)]
    branch: Option<String>,
    /// Only the person of this login.
    #[arg(long)]
    login: Option<String>,
}

impl Whom {
    fn scope(self) -> Scope {
        match (self.branch, self.login) {
            (Some(code), _) => Scope::Branch(code),
            (None, Some(login)) => Scope::Person(login),
            (None, None) => Scope::Everyone,
        }
    }
}

pub(super) async fn run(app: &App, command: WatchCommand, words: &Words) -> Outcome {
    let (operator, now_ms) = (Caller::operator(), app.clock.now_ms());
    match command {
        WatchCommand::Live { test, json } => return live(app, &test, json, words).await,
        WatchCommand::Pause { test, whom, reason } => {
            let pause = invigilate::pause(app, &operator, now_ms, &test, &whom.scope(), &reason).await?;
            out!("{}", words.say("cli-test-paused", &[("test", &test), ("pause", &pause.id)]));
        }
        WatchCommand::Resume { test, pause, reason } => {
            let open =
                invigilate::pauses(app, &operator, &test).await?.into_iter().filter(|one| one.until_at_ms.is_none());
            let ids: Vec<String> = pause.map_or_else(|| open.map(|one| one.id).collect(), |id| vec![id]);
            if ids.is_empty() {
                return Err(Failure::Said("cli-test-not-paused", test));
            }
            for id in ids {
                invigilate::resume(app, &operator, now_ms, &test, &id, &reason).await?;
            }
            out!("{}", words.say("cli-test-resumed", &[("test", &test)]));
        }
        WatchCommand::Message { test, whom, text } => {
            invigilate::send_message(app, &operator, now_ms, &test, &whom.scope(), &text).await?;
            out!("{}", words.say("live-done-sent", &[]));
        }
        WatchCommand::Release { attempt, reason } => {
            invigilate::release(app, &operator, now_ms, &attempt, &reason).await?;
            out!("{}", words.say("live-done-released", &[]));
        }
        WatchCommand::Reopen { attempt, reason } => {
            invigilate::reopen(app, &operator, now_ms, &attempt, &reason).await?;
            out!("{}", words.say("live-done-reopened", &[]));
        }
    }
    Ok(())
}

async fn live(app: &App, test: &str, json: bool, words: &Words) -> Outcome {
    let now_ms = app.clock.now_ms();
    let seen = watching::look(app, &Caller::operator(), now_ms, test).await?;
    if json {
        out!("{}", crate::api::invigilation::seen_value(&seen, now_ms));
        return Ok(());
    }
    for state in State::ALL {
        let label = words.say(&format!("live-state-{}", state.name().replace('_', "-")), &[]);
        out!("{}\t{label}", seen.count(state));
    }
    out!("{}\t{}", seen.saves_per_second(), words.say("live-saves", &[]));
    Ok(())
}
