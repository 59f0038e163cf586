//! `kaohe bank`: check, load, export, convert.

use crate::api::banks as api;
use crate::cli::search::{self, PageArgs, SearchArgs};
use crate::cli::words::Words;
use crate::cli::{Failure, Outcome, Place, open, put, read_file};
use crate::formats::bundle::Beside;
use crate::formats::exchange::sheet::{Columns, Hints, Kinds};
use crate::formats::exchange::{Form, Written};
use crate::formats::picture::Picture;
use crate::i18n;
use crate::rules::bank::Problem;
use crate::rules::rights::Caller;
use crate::rules::text::Language;
use crate::service::banks::drafts::{self, Waiting};
use crate::service::banks::{self, LoadOptions, Notes, Reading, Taken};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub(super) enum BankCommand {
    /// Check files of questions without loading them; every error, and whatever is suspicious, with line, column and remedy.
    Check {
        /// Files of questions, of any form.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        #[command(flatten)]
        reading: ReadingArgs,
        /// Write a sheet with faulty cells in colour and what is wrong in a last column; only for one XLSX or CSV file.
        #[arg(long, env = "KAOHE_MARKED", value_name = "OUT.xlsx")]
        marked: Option<PathBuf>,
        /// Fail also where something is suspicious though it could be loaded.
        #[arg(long, env = "KAOHE_STRICT")]
        strict: bool,
        /// Print a JSON document.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
    /// Load files of questions as new editions.
    Load {
        /// Files of questions, of any form.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        #[command(flatten)]
        reading: ReadingArgs,
        /// Code of the branch the bank belongs to; left out: the whole unit.
        #[arg(long, env = "KAOHE_BRANCH")]
        branch: Option<String>,
        /// Whether organizers below may draw from it without seeing keys; a new bank of the whole unit is shared unless
        /// this says no.
        #[arg(long, env = "KAOHE_SHARED", value_parser = super::switch)]
        shared: Option<bool>,
        /// Only say what would change.
        #[arg(long, env = "KAOHE_DRY_RUN")]
        dry_run: bool,
        /// Print a JSON document.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
    /// Print a bank's newest edition as a bank file, or in another form.
    Export {
        /// The bank's name.
        bank: String,
        /// The form to write.
        #[arg(long, env = "KAOHE_TO", default_value = "json", value_parser = Form::WRITTEN.map(Form::name))]
        to: String,
        /// The file to write; left out: standard output.
        #[arg(long, env = "KAOHE_OUT")]
        out: Option<PathBuf>,
        /// Say on standard error what the form can't hold as a JSON document.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
    /// Say which questions wait to be published, and publish them.
    Draft {
        /// The bank.
        bank: String,
        /// Publish them as the next edition, for this reason.
        #[arg(long, env = "KAOHE_PUBLISH", value_name = "REASON")]
        publish: Option<String>,
        /// Print a JSON document.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
    /// Look for questions in all banks.
    Search(SearchArgs),
    /// Questions of different banks that ask nearly the same, those with contradicting keys first.
    Duplicates(PageArgs),
    /// Write a sheet to fill in, with an example of each kind of question.
    Template {
        /// The form to write.
        #[arg(long, env = "KAOHE_FORM", default_value = "xlsx", value_parser = Form::SHEETS.map(Form::name))]
        form: String,
        /// The language of its headings; left out: that of the environment.
        #[arg(long, env = "KAOHE_LANGUAGE", value_parser = Language::ALL.map(Language::code))]
        language: Option<String>,
        /// The file to write; left out: standard output.
        #[arg(long, env = "KAOHE_OUT")]
        out: Option<PathBuf>,
    },
    /// Write a file of questions in another form.
    Convert {
        /// The file, of any form.
        file: PathBuf,
        /// The form to write.
        #[arg(long, env = "KAOHE_TO", value_parser = Form::WRITTEN.map(Form::name))]
        to: String,
        #[command(flatten)]
        reading: ReadingArgs,
        /// The file to write; left out: standard output.
        #[arg(long, env = "KAOHE_OUT")]
        out: Option<PathBuf>,
        /// Say on standard error what was left out or changed as a JSON document.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
}

/// How files that aren't our own bank files are to be read.
#[derive(Debug, Clone, Args)]
pub(super) struct ReadingArgs {
    /// The form of the files; left out: told by what stands in them.
    #[arg(long, env = "KAOHE_FROM", value_parser = Form::ALL.map(Form::name))]
    from: Option<String>,
    /// The name of the bank, where the file doesn't say it.
    #[arg(long, env = "KAOHE_BANK")]
    bank: Option<String>,
    /// The title of the bank, where the file doesn't say it.
    #[arg(long, env = "KAOHE_TITLE")]
    title: Option<String>,
    /// Which column of a sheet is what: 题干=C,答案=F,header=2.
    #[arg(long, env = "KAOHE_COLUMNS")]
    columns: Option<Columns>,
    /// Which code of a sheet is which kind: 1=single,2=multiple.
    #[arg(long, env = "KAOHE_KINDS")]
    kinds: Option<Kinds>,
    /// Leave out questions with mistakes instead of refusing the file.
    #[arg(long, env = "KAOHE_SKIP_FAULTY")]
    skip_faulty: bool,
}

impl ReadingArgs {
    fn of(&self, file: &Path, any_name: bool, lints: bool) -> Reading {
        Reading {
            file: file.display().to_string(),
            form: self.from.as_deref().and_then(Form::from_name),
            bank: self.bank.clone(),
            title: self.title.clone(),
            hints: Hints {
                columns: self.columns.clone().unwrap_or_default(),
                kinds: self.kinds.clone().unwrap_or_default(),
            },
            skip_faulty: self.skip_faulty,
            any_name,
            lints,
            beside: Beside::Folder(file.parent().map(Path::to_path_buf).unwrap_or_default()),
        }
    }
}

pub(super) async fn run(place: &Place, command: BankCommand, words: &Words) -> Outcome {
    match command {
        BankCommand::Check { files, reading, marked, strict, json } => {
            if let Some(out) = marked {
                let [file] = files.as_slice() else { return Err(Failure::Said("cli-marked-one", String::new())) };
                mark(file, &reading, &out, words)?;
            }
            check(&files, &reading, strict, json, words)
        }
        BankCommand::Load { files, reading, branch, shared, dry_run, json } => {
            load(
                place,
                (&files, &reading),
                &LoadOptions { branch, shared, dry_run, ..LoadOptions::default() },
                json,
                words,
            )
            .await
        }
        BankCommand::Export { bank, to, out, json } => {
            let app = open::app(place).await?;
            let form = Form::from_name(&to).unwrap_or(Form::Json);
            let Written { bytes, remarks } =
                banks::export(&app, &Caller::operator(), &bank, form, words.language).await?;
            if !remarks.is_empty() {
                print_notes(&Notes { remarks, ..Notes::default() }, json, words);
            }
            put(out, &bytes)
        }
        BankCommand::Draft { bank, publish, json } => draft(place, &bank, publish.as_deref(), json, words).await,
        BankCommand::Search(args) => search::run(place, args, words).await,
        BankCommand::Duplicates(page) => search::duplicates(place, page, words).await,
        BankCommand::Template { form, language, out } => {
            let form = Form::from_name(&form).unwrap_or(Form::Xlsx);
            let language = language.as_deref().and_then(Language::from_code).unwrap_or(words.language);
            put(out, &banks::template(&Caller::operator(), form, language, api::template_help(language))?)
        }
        BankCommand::Convert { file, to, reading, out, json } => {
            let (bank, mut notes) = banks::open(&read_file(&file)?, &reading.of(&file, true, false))?;
            let pictures = std::mem::take(&mut notes.shown.taken);
            let pictures: Vec<_> = pictures.into_iter().map(|Picture { name, bytes }| (name, bytes)).collect();
            let written = banks::write(&bank, &pictures, Form::from_name(&to).unwrap_or(Form::Json), words.language)?;
            notes.remarks.extend(written.remarks);
            print_notes(&notes, json, words);
            put(out, &written.bytes)
        }
    }
}

/// Says what waits of a bank, or publishes it.
async fn draft(place: &Place, bank: &str, reason: Option<&str>, json: bool, words: &Words) -> Outcome {
    let (app, operator) = (open::app(place).await?, Caller::operator());
    if let Some(reason) = reason {
        let loaded = drafts::publish(&app, &operator, app.clock.now_ms(), bank, reason).await?;
        if json {
            out!("{}", serde_json::json!(loaded));
        } else {
            let edition = loaded.edition.to_string();
            out!("{}", words.say("cli-published", &[("bank", &loaded.bank), ("edition", &edition)]));
        }
        return Ok(());
    }
    let draft = drafts::draft(&app, &operator, bank).await?;
    if json {
        out!("{}", crate::api::bank_drafts::document(&draft));
        return Ok(());
    }
    for change in &draft.changes {
        let id = match (&change.before, &change.after) {
            (_, Waiting::Unfinished(_)) => "cli-unfinished-waits",
            (Some(_), _) => "cli-change-waits",
            (None, _) => "cli-new-waits",
        };
        let by = change.changed_by.clone().unwrap_or_else(|| words.say("correction-operator", &[]));
        let at = i18n::moment(words.language, change.changed_at_ms);
        out!("{}", words.say(id, &[("question", &change.id), ("by", &by), ("at", &at)]));
    }
    if let Some(outline) = &draft.outline {
        let by = outline.changed_by.clone().unwrap_or_else(|| words.say("correction-operator", &[]));
        let at = i18n::moment(words.language, outline.changed_at_ms);
        out!("{}", words.say("cli-outline-waits", &[("by", &by), ("at", &at)]));
    }
    if draft.count() == 0 {
        out!("{}", words.say("draft-none", &[]));
    }
    Ok(())
}

/// Writes the sheet with its mistakes marked, where it has any.
fn mark(file: &Path, reading: &ReadingArgs, out: &Path, words: &Words) -> Outcome {
    let told = |problem: &Problem| api::told(words.language, problem);
    let marked = banks::marked(&read_file(file)?, &reading.of(file, true, false), words.language, told)?;
    let place = out.display().to_string();
    let said = if marked.is_some() { "cli-marked" } else { "cli-marked-nothing" };
    if let Some(bytes) = marked {
        put(Some(out.to_owned()), &bytes)?;
    }
    say!("{}", words.say(said, &[("file", &place)]));
    Ok(())
}

fn check(files: &[PathBuf], reading: &ReadingArgs, strict: bool, json: bool, words: &Words) -> Outcome {
    let (mut failed, mut suspicious) = (0_usize, 0_usize);
    let mut report: Vec<serde_json::Value> = Vec::new();
    for file in files {
        let name = file.display().to_string();
        match banks::open(&read_file(file)?, &reading.of(file, true, true)) {
            Ok((bank, notes)) => {
                let count = bank.questions.len().to_string();
                suspicious += usize::from(!notes.lints.is_empty());
                let mut good = api::notes(words.language, &notes);
                good.insert("file".into(), name.as_str().into());
                good.insert("bank".into(), bank.name.as_str().into());
                good.insert("questions".into(), bank.questions.len().into());
                good.insert("errors".into(), serde_json::json!([]));
                report.push(good.into());
                if !json {
                    print_notes(&notes, false, words);
                    out!("{}", words.say("cli-bank-good", &[("file", &name), ("bank", &bank.name), ("count", &count)]));
                    for line in words.lints(&notes.lints) {
                        say!("  {line}");
                    }
                }
            }
            Err(error) => {
                failed += 1;
                let mut refused = crate::api::problem::said(&error, words.language);
                refused.insert("file".into(), name.as_str().into());
                report.push(refused.into());
                if !json {
                    say!("{name}:");
                    words.print_failure(&Failure::Service(error));
                }
            }
        }
    }
    if json {
        out!("{}", serde_json::Value::from(report));
    }
    match (failed, suspicious) {
        (0, 1..) if strict => Err(Failure::Said("cli-bank-suspicious", suspicious.to_string())),
        (0, _) => Ok(()),
        _ => Err(Failure::Said("cli-bank-bad", failed.to_string())),
    }
}

/// Says on standard error what was left out of a file or taken over otherwise than written. What was asked for is on
/// standard output.
fn print_notes(notes: &Notes, json: bool, words: &Words) {
    if json {
        say!("{}", serde_json::Value::from(api::notes(words.language, notes)));
        return;
    }
    if !notes.left_out.is_empty() {
        say!("{}:", words.say("left-out", &[]));
        for line in words.problems(&notes.left_out) {
            say!("  {line}");
        }
    }
    for remark in &notes.remarks {
        let (place, what) = (i18n::origin(words.language, &remark.origin), i18n::remark(words.language, remark));
        let place = if place.is_empty() { place } else { format!("{place}: ") };
        say!("  {}", words.say("cli-remark", &[("place", &place), ("what", &what)]));
    }
}

async fn load(
    place: &Place,
    (files, reading): (&[PathBuf], &ReadingArgs),
    options: &LoadOptions,
    json: bool,
    words: &Words,
) -> Outcome {
    let app = open::app(place).await?;
    let operator = Caller::operator();
    // All or nothing: each is tried before the first is loaded.
    let mut failed = 0_usize;
    for file in files {
        let tried = LoadOptions { dry_run: true, ..options.clone() };
        if let Err(error) = banks::load_file(
            &app,
            &operator,
            app.clock.now_ms(),
            (read_file(file)?.into(), reading.of(file, false, false)),
            tried,
        )
        .await
        {
            failed += 1;
            say!("{}:", file.display());
            words.print_failure(&Failure::Service(error));
        }
    }
    if failed > 0 {
        return Err(Failure::Said("cli-bank-none-loaded", failed.to_string()));
    }
    for file in files {
        let sent = (read_file(file)?.into(), reading.of(file, false, !json));
        let Taken { loaded, notes, .. } =
            banks::load_file(&app, &operator, app.clock.now_ms(), sent, options.clone()).await?;
        if !notes.remarks.is_empty() || !notes.left_out.is_empty() {
            print_notes(&notes, json, words);
        }
        if json {
            out!("{}", serde_json::to_string(&loaded).unwrap_or_default());
            continue;
        }
        let (edition, d) = (loaded.edition.to_string(), loaded.difference);
        let counts = [d.added, d.changed, d.removed, d.unchanged].map(|count| count.to_string());
        let [added, changed, removed, unchanged] = &counts;
        let values = [
            ("bank", loaded.bank.as_str()),
            ("edition", &edition),
            ("added", added),
            ("changed", changed),
            ("removed", removed),
            ("unchanged", unchanged),
        ];
        out!("{}", words.say(if options.dry_run { "cli-bank-would-load" } else { "cli-bank-loaded" }, &values));
        out!("{}", words.say(if loaded.shared { "cli-bank-shared" } else { "cli-bank-not-shared" }, &[]));
        if !notes.lints.is_empty() {
            let (count, file) = (notes.lints.len().to_string(), file.display().to_string());
            out!("{}", words.say("cli-bank-lints", &[("count", &count), ("file", &file)]));
        }
    }
    Ok(())
}
