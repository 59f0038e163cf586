//! Who marks at a test, named on the machine itself.

use crate::app::App;
use crate::cli::Outcome;
use crate::cli::words::Words;
use crate::rules::rights::Caller;
use crate::service::marking;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum MarkerCommand {
    /// List who was named to mark at a test.
    Markers {
        /// The test's name.
        test: String,
        /// Print a JSON document, as the API gives it.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
    /// Name somebody to mark at a test, or take the name off.
    NameMarker {
        /// The test's name.
        test: String,
        /// Whom.
        login: String,
        /// Take the name off.
        #[arg(long)]
        end: bool,
    },
}

pub(super) async fn run(app: &App, command: MarkerCommand, words: &Words) -> Outcome {
    let (operator, now_ms) = (Caller::operator(), app.clock.now_ms());
    match command {
        MarkerCommand::Markers { test, json } => {
            let listed = marking::list_markers(app, &operator, &test).await?;
            if json {
                out!("{}", crate::api::marking::described(&listed));
                return Ok(());
            }
            for marker in &listed {
                out!("{}\t{}", marker.login, marker.name);
            }
        }
        MarkerCommand::NameMarker { test, login, end } => {
            let said = if end {
                marking::end(app, &operator, now_ms, &test, &login).await?;
                "cli-marker-ended"
            } else {
                marking::name(app, &operator, now_ms, &test, &login).await?;
                "cli-marker-named"
            };
            out!("{}", words.say(said, &[("login", &login), ("test", &test)]));
        }
    }
    Ok(())
}
