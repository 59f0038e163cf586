//! `kaohe items`: the item analysis of a test on the terminal or as JSON.

use crate::cli::words::Words;
use crate::cli::{Outcome, Place, open};
use crate::rules::rights::Caller;
use crate::service::items::{self, Items, Line, MoodleItems};
use clap::Args;

/// Arguments of `kaohe items`.
#[derive(Debug, Args)]
pub(super) struct ItemsArgs {
    /// The test's name.
    test: String,
    /// Code of the branch; left out: the highest.
    #[arg(long, env = "KAOHE_BRANCH")]
    branch: Option<String>,
    /// Print a JSON document, as the API gives it.
    #[arg(long, env = "KAOHE_JSON")]
    json: bool,
    /// The figures as Moodle's quiz statistics report has them, position by position.
    #[arg(long, env = "KAOHE_MOODLE")]
    moodle: bool,
}

pub(super) async fn run(place: &Place, args: ItemsArgs, words: &Words) -> Outcome {
    let app = open::app(place).await?;
    let (caller, branch) = (Caller::operator(), args.branch.as_deref());
    if args.moodle {
        let report = items::moodle_items(&app, &caller, &args.test, branch).await?;
        if args.json {
            out!("{}", crate::api::items::moodle(&report));
        } else {
            print_moodle(&report, words);
        }
        return Ok(());
    }
    let items = items::items(&app, &caller, app.clock.now_ms(), &args.test, branch).await?;
    if args.json {
        out!("{}", crate::api::items::document(&items));
    } else {
        print(&items, words);
    }
    Ok(())
}

/// A figure, or a dash where there is none.
fn shown(figure: Option<f64>, decimals: usize) -> String {
    figure.map_or_else(|| "–".to_owned(), |figure| format!("{figure:.decimals$}"))
}

fn print(items: &Items, words: &Words) {
    let figures = &items.figures;
    out!("{}", items.test.definition.title.in_language(words.language));
    let attempts = figures.attempts.to_string();
    let values = [
        ("attempts", attempts.as_str()),
        ("mean", &shown(figures.mean, 1)),
        ("deviation", &shown(figures.standard_deviation, 1)),
        ("reliability", &shown(figures.alpha.or(figures.reliability), 2)),
        ("error", &shown(figures.alpha_standard_error.or(figures.standard_error), 1)),
        ("consistency", &shown(figures.decision_consistency, 0)),
    ];
    out!("{}", words.say("cli-items-test", &values));
    out!("{}", words.say("cli-items-heading", &[]));
    for line in &items.questions {
        print_line(line, words);
    }
}

fn print_line(line: &Line, words: &Words) {
    let figures = &line.figures;
    let asked = &figures.asked;
    let flags: Vec<String> = line.flags().iter().map(|flag| words.say(&format!("flag-{}", flag.name()), &[])).collect();
    let comma = words.say("list-comma", &[]);
    out!(
        "{}\t{}\t{}\t{}\t{}/{}\t{}",
        figures.attempts,
        shown(figures.facility, 1),
        shown(figures.discrimination, 2),
        figures.omitted,
        asked.bank,
        asked.question.id,
        flags.join(&comma),
    );
}

fn print_moodle(items: &MoodleItems, words: &Words) {
    out!("{}", items.test.definition.title.in_language(words.language));
    out!("{}", words.say("cli-items-moodle-heading", &[]));
    for position in &items.report.positions {
        let row = &position.row;
        out!(
            "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
            position.position,
            row.attempts,
            shown(row.facility, 2),
            shown(row.standard_deviation, 2),
            shown(position.intended_weight, 2),
            shown(position.effective_weight, 2),
            shown(row.discrimination_index, 2),
            shown(row.discriminative_efficiency, 2),
        );
    }
}
