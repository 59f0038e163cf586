//! `kaohe ready`: whether everything is ready for a test, as far as it can be told beside the server.

use crate::cli::words::Words;
use crate::cli::{Failure, Outcome, Place, open};
use crate::i18n;
use crate::rules::rights::Caller;
use crate::service::readiness::{self, State};
use clap::Args;

/// Arguments of `kaohe ready`.
#[derive(Debug, Args)]
pub(super) struct ReadyArgs {
    /// Print a JSON document.
    #[arg(long, env = "KAOHE_JSON")]
    json: bool,
}

/// Fails where something is to be done, so that a script can ask.
pub(super) async fn run(place: &Place, args: &ReadyArgs, words: &Words) -> Outcome {
    let app = open::app(place).await?;
    let found = readiness::look(&app, &Caller::operator(), app.clock.now_ms(), "").await?;
    if args.json {
        out!("{}", found.document());
    } else {
        for one in &found.findings {
            let said = i18n::finding(words.language, one);
            let mark = match one.state {
                State::Good => "✓",
                State::Warn => "!",
                State::Unknown => "·",
            };
            out!("{mark} {}", said.what);
            if one.state != State::Good && !said.remedy.is_empty() {
                out!("    {}", said.remedy);
            }
        }
        for next in &found.tests {
            let title = next.test.definition.title.in_language(words.language);
            let opens = i18n::stamp(next.test.definition.opens_at_ms);
            let numbers = [next.people, next.slips, next.checked.0, next.checked.1].map(|number| number.to_string());
            let [people, slips, checked, due] = &numbers;
            let values = [("people", people.as_str()), ("slips", slips), ("checked", checked), ("due", due)];
            out!("  {opens}  {title}: {}", words.say("ready-test", &values));
        }
    }
    let is_good = found.findings.iter().all(|one| one.state != State::Warn);
    if is_good { Ok(()) } else { Err(Failure::Said("cli-not-ready", String::new())) }
}
