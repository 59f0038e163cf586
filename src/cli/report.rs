//! `kaohe report`: the branch report of a test on the terminal or as JSON, and the documents of a test as files.

use crate::app::App;
use crate::cli::words::Words;
use crate::cli::{Failure, Outcome, Place, open, put};
use crate::documents::{self, Document};
use crate::i18n;
use crate::limits;
use crate::rules::blueprint::Occasion;
use crate::rules::figures::Tally;
use crate::rules::overview::{Cell, Measure};
use crate::rules::rights::Caller;
use crate::service::overview::{self, Asked};
use crate::service::reports::{self, Difference, Line};
use crate::service::tests;
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::PathBuf;

/// Arguments of `kaohe report`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct ReportArgs {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    shown: ShownArgs,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Compute all stored figures from the attempts, and compare.
    Check(CheckArgs),
    /// Show branches over the tests of a period.
    Overview(OverviewArgs),
}

#[derive(Debug, Args)]
struct OverviewArgs {
    /// Code of the branch; left out: the highest.
    #[arg(long, env = "KAOHE_BRANCH")]
    branch: Option<String>,
    /// Tests that closed in this year; left out: the last ones.
    #[arg(long, env = "KAOHE_YEAR")]
    year: Option<i16>,
    /// Of that year, only tests that closed in this quarter.
    #[arg(long, env = "KAOHE_QUARTER", requires = "year", value_parser = clap::value_parser!(u8).range(1..=4))]
    quarter: Option<u8>,
    /// Tests of this occasion; left out: all but practice.
    #[arg(long, env = "KAOHE_OCCASION", value_parser = occasion)]
    occasion: Option<Occasion>,
    /// Every branch of this kind, however deep, instead of those right below.
    #[arg(long, env = "KAOHE_KIND")]
    kind: Option<String>,
    /// Only members of this category.
    #[arg(long, env = "KAOHE_CATEGORY")]
    category: Option<String>,
    /// The figure in the cells: mean, participation, pass or excellence.
    #[arg(long, env = "KAOHE_FIGURE", default_value = "mean", value_parser = ["mean", "participation", "pass", "excellence"])]
    figure: String,
    /// Write the circular about the tests of the quarter or year to this file (DOCX).
    #[arg(long, env = "KAOHE_CIRCULAR", requires = "year", conflicts_with = "json")]
    circular: Option<PathBuf>,
    /// Write the archive of the quarter or year to this file (ZIP).
    #[arg(long, env = "KAOHE_ARCHIVE", requires = "year", conflicts_with_all = ["json", "circular"])]
    archive: Option<PathBuf>,
    /// Print a JSON document, as the API gives it.
    #[arg(long, env = "KAOHE_JSON")]
    json: bool,
}

fn occasion(text: &str) -> Result<Occasion, String> {
    Occasion::from_name(text).ok_or_else(|| Occasion::ALL.map(Occasion::name).join(", "))
}

#[derive(Debug, Args)]
struct CheckArgs {
    /// The test's name; left out: every test.
    test: Option<String>,
    /// Print a JSON document.
    #[arg(long, env = "KAOHE_JSON")]
    json: bool,
}

#[derive(Debug, Args)]
struct ShownArgs {
    /// The test's name.
    #[arg(required = true)]
    test: Option<String>,
    /// Code of the branch; left out: the highest.
    #[arg(long, env = "KAOHE_BRANCH")]
    branch: Option<String>,
    /// Only members of this category.
    #[arg(long, env = "KAOHE_CATEGORY")]
    category: Option<String>,
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
    match args.action {
        Some(Action::Check(args)) => check(&app, args, words).await,
        Some(Action::Overview(args)) => overview(&app, args, words).await,
        None => show(&app, args.shown, words).await,
    }
}

/// Says of each test whether its stored figures are right; fails where some aren't.
async fn check(app: &App, args: CheckArgs, words: &Words) -> Outcome {
    let operator = Caller::operator();
    let tests = match args.test {
        Some(test) => vec![test],
        None => tests::list(app, &operator).await?.into_iter().map(|(test, _)| test.row.name).collect(),
    };
    let mut wrong = Vec::new();
    for test in &tests {
        let differences = reports::check(app, &operator, test).await?;
        if !args.json {
            let id = if differences.is_empty() { "cli-figures-right" } else { "cli-figures-wrong" };
            out!("{}", words.say(id, &[("test", test), ("count", &differences.len().to_string())]));
        }
        wrong.extend(differences.into_iter().map(|difference| (test, difference)));
    }
    let shown = |difference: &Difference| {
        let node = difference.branch.as_ref();
        node.map_or_else(|| difference.branch_id.clone(), |node| format!("{} {}", node.code, node.name))
    };
    if args.json {
        let one = |(test, difference): &(&String, Difference)| {
            let counts = |tally: &Tally| json!({ "due": tally.due(), "sat": tally.sat, "sum": tally.sum() });
            json!({
                "test": test, "branch": shown(difference), "with_below": difference.whole,
                "stored": counts(&difference.stored), "computed": counts(&difference.computed),
            })
        };
        out!("{}", json!({ "tests": tests.len(), "differences": wrong.iter().map(one).collect::<Vec<_>>() }));
    } else {
        for (_, difference) in &wrong {
            let (stored, computed) = (&difference.stored, &difference.computed);
            out!("{}\t{}/{} → {}/{}", shown(difference), stored.sat, stored.due(), computed.sat, computed.due());
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Failure::Said("cli-figures-differ", wrong.len().to_string())) }
}

async fn overview(app: &App, args: OverviewArgs, words: &Words) -> Outcome {
    let measure = Measure::from_name(&args.figure);
    let OverviewArgs { branch, year, quarter, occasion, kind, category, .. } = args;
    let (operator, now_ms) = (Caller::operator(), app.clock.now_ms());
    let mut asked = Asked { branch, year, quarter, occasion, kind, category, from: 0, whole: false };
    if let Some(file) = args.circular {
        let made =
            documents::circular_of_period(app, &operator, (i18n::words::Words(words.language), now_ms), &asked).await?;
        return put(Some(file), &made.bytes);
    }
    if let Some(file) = args.archive {
        let at = (i18n::words::Words(words.language), now_ms, "");
        return put(Some(file), &documents::archive_of_period(app, &operator, at, &asked).await?.bytes);
    }
    let mut found = overview::overview(app, &operator, now_ms, &asked).await?;
    // A page shows some branches, a terminal all.
    loop {
        asked.from += limits::PAGE_ITEMS;
        if usize::try_from(asked.from).is_ok_and(|from| from >= found.count) {
            break;
        }
        found.rows.extend(overview::overview(app, &operator, now_ms, &asked).await?.rows);
    }
    if args.json {
        out!("{}", crate::api::overview::document(&found));
        return Ok(());
    }
    let tests: Vec<&str> = found.tests.iter().map(|test| test.row.name.as_str()).collect();
    out!("{}\t{}", tests.join("\t"), words.say("branch", &[]));
    for row in found.rows.iter().chain([&found.total]) {
        let shown = |cell: &Option<Cell>| {
            let value = cell.as_ref().and_then(|cell| measure.of(&cell.figures));
            value.map_or_else(|| "–".to_owned(), |value| format!("{value:.1}"))
        };
        let cells: Vec<String> = row.cells.iter().map(shown).collect();
        let name = row.branch.as_ref();
        let name = name.map_or_else(|| words.say("cli-whole-unit", &[]), |node| format!("{} {}", node.code, node.name));
        out!("{}\t{name}{}", cells.join("\t"), if row.direct { " *" } else { "" });
    }
    Ok(())
}

async fn show(app: &App, args: ShownArgs, words: &Words) -> Outcome {
    let test = args.test.unwrap_or_default();
    let wanted = |name: &str| Document::ALL.into_iter().find(|document| document.name() == name);
    if let Some(document) = args.document.as_deref().and_then(wanted) {
        let asked = documents::Asked {
            caller: &Caller::operator(),
            words: i18n::words::Words(words.language),
            now_ms: app.clock.now_ms(),
            test: &test,
            branch: args.branch.as_deref(),
            category: args.category.as_deref(),
            address: "",
        };
        return put(args.out, &documents::make(app, document, asked).await?.bytes);
    }
    let report =
        reports::report_of(app, &Caller::operator(), &test, (args.branch.as_deref(), args.category.as_deref())).await?;
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
