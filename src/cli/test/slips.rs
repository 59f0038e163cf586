//! `kaohe test slips`: sign-in slips written to a file.

use crate::app::App;
use crate::cli::words::Words;
use crate::cli::{Failure, Outcome};
use crate::formats::slip_sheet::{self, Row};
use crate::rules::rights::Caller;
use crate::rules::slip::printed_code;
use crate::rules::text::Language;
use crate::service::sign_in_slips::{self as slips, Asked, Sheet, told_apart};
use clap::Args;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `kaohe test slips`.
#[derive(Debug, Args)]
pub(in crate::cli) struct SlipsArgs {
    /// The test's name.
    test: String,
    /// The file to write, ending in .html or .csv; it must not exist.
    file: PathBuf,
    /// The address that phones open, e.g. `http://192.168.1.10:8080`.
    #[arg(long, env = "KAOHE_EXTERNAL_URL", value_name = "URL", value_parser = super::super::serve::external_url)]
    address: String,
    /// Only for this branch and what is below it.
    #[arg(long, value_name = "CODE")]
    branch: Option<String>,
    /// Only for these people, by login.
    #[arg(long, value_name = "LOGIN")]
    person: Vec<String>,
    /// Also for those who have a slip; theirs is cancelled.
    #[arg(long)]
    anew: bool,
}

pub(super) async fn run(app: &App, args: &SlipsArgs, now_ms: i64, words: &Words) -> Outcome {
    let ending = args.file.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
    let is_page = match ending.as_str() {
        "html" | "htm" => true,
        "csv" => false,
        _ => return Err(Failure::Said("cli-slips-ending", args.file.display().to_string())),
    };
    // Before anything is made: slips that can't be written are lost.
    let failed = |error| Failure::File(args.file.clone(), error);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    let mut file = crate::store::db::for_owner_only(&mut options).open(&args.file).map_err(failed)?;
    let asked = Asked { branch: args.branch.clone(), people: args.person.clone(), anew: args.anew };
    let sheet = match slips::make(app, &Caller::operator(), now_ms, &args.test, &asked).await {
        Ok(sheet) => sheet,
        Err(error) => {
            drop(file);
            let _ = std::fs::remove_file(&args.file);
            return Err(error.into());
        }
    };
    let said = said(words, &sheet, &args.address);
    let rows = rows(&sheet, &args.address);
    let bytes = if is_page { slip_sheet::html(&said, &rows).into_bytes() } else { slip_sheet::csv(&said, &rows) };
    file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    let (count, path) = (rows.len().to_string(), args.file.display().to_string());
    out!("{}", words.say("cli-slips-written", &[("count", &count), ("file", &path)]));
    Ok(())
}

fn said(words: &Words, sheet: &Sheet, address: &str) -> slip_sheet::Words {
    slip_sheet::Words {
        lang: if words.language == Language::Zh { "zh-CN" } else { "en" },
        title: sheet.title.in_language(words.language).to_owned(),
        how: words.say("test-slip-how", &[]),
        address: format!("{address}/s"),
        headings: ["branch", "name", "slip-code", "slip-address"].map(|id| words.say(id, &[])),
    }
}

fn rows(sheet: &Sheet, address: &str) -> Vec<Row> {
    let same = |one: &slips::Slip, two: &slips::Slip| one.name == two.name && one.path.last() == two.path.last();
    let of = |slip: &slips::Slip| Row {
        branch: slip.path.last().map(|node| node.name.clone()).unwrap_or_default(),
        name: told_apart(slip, sheet.slips.iter().filter(|other| same(slip, other)).count() > 1),
        code: printed_code(&slip.code),
        link: format!("{address}/s/{}", slip.token),
    };
    sheet.slips.iter().map(of).collect()
}
