//! `kaohe test signed-pages` and `kaohe assess signed-pages`: scanned signed pages, on the machine itself.

use crate::api::signed_pages as api;
use crate::app::App;
use crate::cli::words::Words;
use crate::cli::{Failure, Outcome, put, read_file};
use crate::i18n::stamp;
use crate::rules::rights::Caller;
use crate::service::signed_pages::{self as service, Sending, SignedPage, Whose};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Of a test.
#[derive(Debug, Subcommand)]
pub(super) enum OfTest {
    /// List them.
    List {
        /// The test's name.
        test: String,
        /// Print a JSON document, as the API gives it.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
    /// Add files: PDF, JPEG or PNG.
    Add {
        /// The test's name.
        test: String,
        #[command(flatten)]
        files: Files,
    },
    /// Write one to a file.
    Get {
        /// The test's name.
        test: String,
        #[command(flatten)]
        page: Written,
    },
    /// Remove one.
    Remove {
        /// The test's name.
        test: String,
        #[command(flatten)]
        page: Removed,
    },
}

/// Of a year.
#[derive(Debug, Subcommand)]
pub(super) enum OfYear {
    /// List them.
    List {
        #[command(flatten)]
        year: Year,
        /// Print a JSON document, as the API gives it.
        #[arg(long, env = "KAOHE_JSON")]
        json: bool,
    },
    /// Add files: PDF, JPEG or PNG.
    Add {
        #[command(flatten)]
        year: Year,
        #[command(flatten)]
        files: Files,
    },
    /// Write one to a file.
    Get {
        #[command(flatten)]
        year: Year,
        #[command(flatten)]
        page: Written,
    },
    /// Remove one.
    Remove {
        #[command(flatten)]
        year: Year,
        #[command(flatten)]
        page: Removed,
    },
}

#[derive(Debug, Args)]
pub(super) struct Year {
    /// The year.
    year: u32,
    /// Code of the branch; left out: the highest.
    #[arg(long, env = "KAOHE_BRANCH")]
    branch: Option<String>,
}

impl Year {
    fn whose(&self) -> Whose<'_> {
        Whose::Year(self.year, self.branch.as_deref())
    }
}

#[derive(Debug, Args)]
pub(super) struct Files {
    /// The files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What a single file is; left out: what its name says.
    #[arg(long, default_value = "")]
    title: String,
}

#[derive(Debug, Args)]
pub(super) struct Written {
    /// The page, as the list names it.
    page: String,
    /// The file to write; left out: standard output.
    #[arg(long, env = "KAOHE_OUT")]
    out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Removed {
    /// The page, as the list names it.
    page: String,
    /// Why.
    #[arg(long)]
    reason: String,
}

pub(super) async fn of_test(app: &App, command: OfTest, words: &Words) -> Outcome {
    match command {
        OfTest::List { test, json } => list(app, Whose::Test(&test), json, words).await,
        OfTest::Add { test, files } => add(app, Whose::Test(&test), files, words).await,
        OfTest::Get { test, page } => get(app, Whose::Test(&test), page).await,
        OfTest::Remove { test, page } => remove(app, Whose::Test(&test), &page, words).await,
    }
}

pub(super) async fn of_year(app: &App, command: OfYear, words: &Words) -> Outcome {
    match command {
        OfYear::List { year, json } => list(app, year.whose(), json, words).await,
        OfYear::Add { year, files } => add(app, year.whose(), files, words).await,
        OfYear::Get { year, page } => get(app, year.whose(), page).await,
        OfYear::Remove { year, page } => remove(app, year.whose(), &page, words).await,
    }
}

async fn list(app: &App, whose: Whose<'_>, json: bool, words: &Words) -> Outcome {
    let pages = service::list(app, &Caller::operator(), whose).await?;
    if json {
        out!("{}", api::document(&pages));
        return Ok(());
    }
    for page in &pages.pages {
        line(page, words);
    }
    Ok(())
}

fn line(page: &SignedPage, words: &Words) {
    let sender = page.sender.clone().unwrap_or_else(|| words.say("correction-operator", &[]));
    let sent = stamp(page.sent_at_ms);
    out!("{}\t{}.{}\t{}\t{sent}\t{sender}\t{}", page.id, page.title, page.kind, page.size, page.digest);
}

/// Each file by itself: what is taken is told, and stays where a later one is refused.
async fn add(app: &App, whose: Whose<'_>, Files { files, title }: Files, words: &Words) -> Outcome {
    if files.len() > 1 && !title.is_empty() {
        return Err(Failure::Said("cli-one-title", String::new()));
    }
    for path in files {
        let content = read_file(&path)?;
        let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let sending = Sending { title: title.clone(), file_name, content };
        let sent = service::send(app, &Caller::operator(), app.clock.now_ms(), whose, sending).await;
        if sent.is_err() {
            say!("{}", path.display());
        }
        line(&sent?, words);
    }
    Ok(())
}

async fn get(app: &App, whose: Whose<'_>, Written { page, out }: Written) -> Outcome {
    put(out, &service::content(app, &Caller::operator(), whose, &page).await?.1)
}

async fn remove(app: &App, whose: Whose<'_>, removed: &Removed, words: &Words) -> Outcome {
    let about = (removed.page.as_str(), removed.reason.as_str());
    service::remove(app, &Caller::operator(), app.clock.now_ms(), whose, about).await?;
    out!("{}", words.say("signed-page-removed", &[]));
    Ok(())
}
