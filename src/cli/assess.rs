//! `kaohe assess`: the annual study assessment on the machine itself.

mod by_hand;
mod lists;

use crate::cli::words::Words;
use crate::cli::{Failure, Outcome, Place, open, put, read_file, signed_pages};
use crate::documents::{self, assessment::Workbook};
use crate::formats::assessment_json;
use crate::rules::rights::Caller;
use crate::service::assessments::{self, Entering, Loading, MarkRow, MarksLoaded};
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(super) enum AssessCommand {
    /// Print the results of a year.
    Show {
        /// The year.
        year: u32,
        /// Code of the branch; left out: the highest.
        #[arg(long, env = "KAOHE_BRANCH")]
        branch: Option<String>,
        /// Print a JSON document, as the API gives it.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
    /// Set the rules of a year from a file.
    Set {
        /// The year.
        year: u32,
        /// The file with the rules.
        file: PathBuf,
        /// Code of the branch at which they hold; left out: the highest.
        #[arg(long, env = "KAOHE_BRANCH")]
        branch: Option<String>,
        /// Only print what these rules would give.
        #[arg(long)]
        preview: bool,
    },
    /// Print rules to start from: study-and-annual, monthly-nine-of-twelve, monthly-quarterly-annual.
    Rules {
        /// The year.
        year: u32,
        /// Their name.
        name: String,
    },
    /// Print who can be commended by the criteria of the rules.
    Commended(ListArgs),
    /// Print who needs help, and why; for the committee that is responsible, never for publication.
    ToHelp(ListArgs),
    /// Print a year beside the year before.
    Compared(ListArgs),
    /// Write a workbook of a year.
    Document {
        /// The year.
        year: u32,
        /// Which: its name says what it is.
        #[arg(value_parser = Workbook::ALL.map(Workbook::name))]
        document: String,
        /// Code of the branch; left out: the highest.
        #[arg(long, env = "KAOHE_BRANCH")]
        branch: Option<String>,
        /// The file to write; left out: standard output.
        #[arg(long, env = "KAOHE_OUT")]
        out: Option<PathBuf>,
    },
    /// Enter a member's mark in a list of the rules.
    Mark {
        /// The year.
        year: u32,
        /// The name of the list in the rules.
        list: String,
        /// Whose mark.
        login: String,
        /// Points of full marks, or percent (85%).
        score: String,
        /// Where it comes from, and why.
        #[arg(long)]
        source: String,
        /// Code of the branch; left out: the highest.
        #[arg(long, env = "KAOHE_BRANCH")]
        branch: Option<String>,
    },
    /// Enter a list of marks from CSV or XLSX (login, score, source); all or nothing.
    LoadMarks {
        /// The year.
        year: u32,
        /// The name of the list in the rules.
        list: String,
        /// The file.
        file: PathBuf,
        /// Where marks come from whose row doesn't say.
        #[arg(long, default_value = "")]
        source: String,
        /// Code of the branch; left out: the highest.
        #[arg(long, env = "KAOHE_BRANCH")]
        branch: Option<String>,
        /// Only say what would change.
        #[arg(long, env = "KAOHE_DRY_RUN")]
        dry_run: bool,
        /// Print a JSON document, as the API gives it.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
    #[command(flatten)]
    ByHand(by_hand::ByHand),
    /// Scanned signed pages of a year that is signed off.
    #[command(subcommand)]
    SignedPages(signed_pages::OfYear),
    /// Sign the results of a year off.
    Sign {
        /// The year.
        year: u32,
        /// Who signs; may be given several times.
        #[arg(long = "signer", required = true, value_name = "NAME")]
        signers: Vec<String>,
        /// From the second time on: what is different.
        #[arg(long, default_value = "")]
        note: String,
        /// Code of the branch; left out: the highest.
        #[arg(long, env = "KAOHE_BRANCH")]
        branch: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// The year.
    year: u32,
    /// Code of the branch; left out: the highest.
    #[arg(long, env = "KAOHE_BRANCH")]
    branch: Option<String>,
    /// Print a JSON document, as the API gives it.
    #[arg(long, env = "KAOHE_JSON")]
    json: bool,
}

pub(super) async fn run(place: &Place, command: AssessCommand, words: &Words) -> Outcome {
    if let AssessCommand::Rules { year, name } = &command {
        let rules = assessments::ready_rules(name, *year);
        let rules = rules.ok_or_else(|| Failure::Said("cli-no-ready-rules", name.clone()))?;
        out!("{}", serde_json::to_string_pretty(&assessment_json::write(&rules)).unwrap_or_default());
        return Ok(());
    }
    let app = open::app(place).await?;
    let (operator, now_ms) = (Caller::operator(), app.clock.now_ms());
    match command {
        AssessCommand::Rules { .. } => {}
        AssessCommand::Show { year, branch, json } => {
            let assessed = assessments::show(&app, &operator, now_ms, year, branch.as_deref()).await?;
            if json {
                out!("{}", crate::api::assessments::document(&assessed));
            } else {
                print(&assessed, words);
            }
        }
        AssessCommand::Set { year, file, branch, preview } => {
            let (file, at) = (read_file(&file)?, (year, branch.as_deref()));
            if preview {
                let (_, after) = assessments::try_rules(&app, &operator, now_ms, at, &file).await?;
                print(&after, words);
            } else {
                assessments::set(&app, &operator, now_ms, at, &file).await?;
                out!("{}", words.say("cli-assessment-set", &[("year", &year.to_string())]));
            }
        }
        AssessCommand::Commended(args) => {
            let shown = assessments::commended(&app, &operator, now_ms, (args.year, args.branch.as_deref())).await?;
            lists::commended(&shown, args.json, words);
        }
        AssessCommand::ToHelp(args) => {
            let shown = assessments::to_help(&app, &operator, now_ms, (args.year, args.branch.as_deref())).await?;
            lists::to_help(&shown, args.json, words);
        }
        AssessCommand::Compared(args) => {
            let shown = assessments::compared(&app, &operator, now_ms, (args.year, args.branch.as_deref())).await?;
            lists::compared(&shown, args.json, words);
        }
        AssessCommand::Document { year, document, branch, out } => {
            let workbook = Workbook::ALL.into_iter().find(|one| one.name() == document);
            let workbook = workbook.unwrap_or(Workbook::Results);
            let by = (&operator, crate::i18n::words::Words(words.language), now_ms);
            let file = documents::assessment::make(&app, by, (year, branch.as_deref()), workbook).await?;
            put(out, &file.bytes)?;
        }
        AssessCommand::Mark { year, list, login, score, source, branch } => {
            let entering = Entering { list, login, score, source };
            let row = assessments::enter(&app, &operator, now_ms, (year, branch.as_deref()), &entering).await?;
            say_entered(&row, &entering.login, words);
        }
        AssessCommand::LoadMarks { year, list, file, source, branch, dry_run, json } => {
            let loading = Loading { list, file: read_file(&file)?, source, dry_run };
            let loaded = assessments::load_marks(&app, &operator, now_ms, (year, branch.as_deref()), loading).await?;
            say_loaded(&loaded, (dry_run, json), words);
        }
        AssessCommand::SignedPages(command) => signed_pages::of_year(&app, command, words).await?,
        AssessCommand::ByHand(command) => by_hand::run(&app, (&operator, now_ms), command, words).await?,
        AssessCommand::Sign { year, signers, note, branch } => {
            let at = (year, branch.as_deref());
            let row = assessments::sign(&app, &operator, now_ms, at, (&signers, &note)).await?;
            let number = row.number.to_string();
            out!("{}", words.say("cli-assessment-signed", &[("number", &number), ("digest", &row.digest)]));
        }
    }
    Ok(())
}

fn say_entered(row: &MarkRow, login: &str, words: &Words) {
    let (points, full) = (row.mark().points.to_string(), row.mark().full.to_string());
    out!("{}", words.say("cli-mark-entered", &[("login", login), ("points", &points), ("full", &full)]));
}

fn say_loaded(loaded: &MarksLoaded, (dry_run, json): (bool, bool), words: &Words) {
    if json {
        out!("{}", serde_json::to_string(loaded).unwrap_or_default());
        return;
    }
    let counts = [loaded.new.len(), loaded.changed.len(), loaded.unchanged, loaded.left_out].map(|one| one.to_string());
    let [new, changed, unchanged, left] = &counts;
    let values = [("new", new.as_str()), ("changed", changed), ("unchanged", unchanged), ("left", left)];
    out!("{}", words.say("cli-marks-loaded", &values));
    for one in &loaded.changed {
        let before = one.before.map(|before| before.to_string()).unwrap_or_default();
        out!("{}\t{}\t{before} → {}\t{}", one.login, one.name, one.after, one.source);
    }
    if dry_run {
        out!("{}", words.say("cli-dry-run", &[]));
    }
}

fn print(assessed: &assessments::Assessed, words: &Words) {
    out!("{}", assessed.definition.title.in_language(words.language));
    out!("{}", words.say("cli-assessment-heading", &[]));
    for member in &assessed.members {
        let outcome = &member.outcome;
        let band = outcome.band.and_then(|band| assessed.definition.bands.get(band));
        let band = band.map(|band| band.title.in_language(words.language).to_owned()).unwrap_or_default();
        let total = match outcome.total {
            Ok(total) => total.to_string(),
            Err(why) => words.say(&format!("ungraded-{}", why.name()), &[]),
        };
        let rank = member.rank.map_or_else(|| "–".to_owned(), |rank| rank.to_string());
        out!("{rank}\t{total}\t{band}\t{}\t{}\t{}", member.branch.code, member.login, member.name);
    }
}
