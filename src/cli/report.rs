//! `kaohe report`: the branch report of a test on the terminal or as JSON.

use crate::cli::words::Words;
use crate::cli::{Outcome, Place, open};
use crate::rules::rights::Caller;
use crate::service::reports::{self, Line};
use clap::Args;

/// Arguments of `kaohe report`.
#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// The test's name.
    test: String,
    /// Code of the branch; left out: the highest.
    #[arg(long, env = "KAOHE_BRANCH")]
    branch: Option<String>,
    /// Print a JSON document, as the API gives it.
    #[arg(long, env = "KAOHE_JSON")]
    json: bool,
}

pub(super) async fn run(place: &Place, args: ReportArgs, words: &Words) -> Outcome {
    let app = open::app(place).await?;
    let report = reports::report(&app, &Caller::operator(), &args.test, args.branch.as_deref()).await?;
    if args.json {
        out!("{}", crate::api::reports::document(&report));
        return Ok(());
    }
    out!("{}", report.test.definition.title.in_language(words.language));
    out!("{}", words.say(if report.is_final { "cli-report-final" } else { "cli-report-provisional" }, &[]));
    if let Some(reason) = &report.test.row.cancelled_reason {
        out!("{}", words.say("cancelled-because", &[("reason", reason)]));
    }
    out!("{}", words.say("cli-report-heading", &[]));
    print_line(&report.line, words);
    for line in &report.children {
        print_line(line, words);
    }
    Ok(())
}

fn print_line(line: &Line, words: &Words) {
    let shown = |figure: Option<f64>| figure.map_or_else(|| "–".to_owned(), |figure| format!("{figure:.1}"));
    let (tally, figures) = (&line.tally, &line.figures);
    let branch = line.branch.as_ref();
    let unnamed = if line.elsewhere { "branch-elsewhere" } else { "cli-whole-unit" };
    let name = branch.map_or_else(|| words.say(unnamed, &[]), |node| format!("{} {}", node.code, node.name));
    let name = if line.direct { format!("{name} *") } else { name };
    out!(
        "{}\t{}\t{}\t{}\t{}\t{}\t{name}",
        tally.due(),
        tally.sat,
        shown(figures.participation_rate),
        shown(figures.mean),
        shown(figures.pass_rate),
        shown(figures.excellence_rate),
    );
}
