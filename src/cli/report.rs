//! `kaohe report`: the branch report of a test on the terminal or as JSON, and the documents of a test as files.

use crate::cli::words::Words;
use crate::cli::{Outcome, Place, open, put};
use crate::documents::{self, Document};
use crate::i18n;
use crate::rules::rights::Caller;
use crate::service::reports::{self, Line};
use clap::Args;
use std::path::PathBuf;

/// Arguments of `kaohe report`.
#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// The test's name.
    test: String,
    /// Code of the branch; left out: the highest.
    #[arg(long, env = "KAOHE_BRANCH")]
    branch: Option<String>,
    /// Print a JSON document, as the API gives it.
    #[arg(long, env = "KAOHE_JSON", conflicts_with = "document")]
    json: bool,
    /// Write a document of the test instead; its name says what it is and its form.
    #[arg(long, env = "KAOHE_DOCUMENT", value_parser = Document::ALL.map(Document::name))]
    document: Option<String>,
    /// The file to write; left out: standard output.
    #[arg(long, env = "KAOHE_OUT", requires = "document")]
    out: Option<PathBuf>,
}

pub(super) async fn run(place: &Place, args: ReportArgs, words: &Words) -> Outcome {
    let app = open::app(place).await?;
    let wanted = |name: &str| Document::ALL.into_iter().find(|document| document.name() == name);
    if let Some(document) = args.document.as_deref().and_then(wanted) {
        let asked = documents::Asked {
            caller: &Caller::operator(),
            words: i18n::words::Words(words.language),
            now_ms: app.clock.now_ms(),
            test: &args.test,
            branch: args.branch.as_deref(),
            address: "",
        };
        return put(args.out, &documents::make(&app, document, asked).await?.bytes);
    }
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
