//! Question files of any form: read, checked and loaded as a bank.

use super::{LoadOptions, Loaded, may_load, prepare, store};
use crate::app::App;
use crate::formats::bank_json::{self, Placed};
use crate::formats::exchange::sheet::Columns;
use crate::formats::exchange::{self, Form, Naming, Refused, Remark, Written, convert};
use crate::limits;
use crate::rules::bank::{Bank, Problem, Topic};
use crate::rules::question::Question;
use crate::rules::rights::Caller;
use crate::rules::text::{Language, is_name};
use crate::service::error::{Error, Result};
use std::sync::Arc;

/// How a file is to be read. All of it may be left out for a bank file of our own.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The file's own name, which helps to tell its form and may name the bank.
    pub file: String,
    /// Its form, where it shall not be told from the file.
    pub form: Option<Form>,
    /// The bank's name.
    pub bank: Option<String>,
    /// The bank's title.
    pub title: Option<String>,
    /// Which column of a sheet is what.
    pub columns: Columns,
    /// Whether questions with mistakes are left out instead of refusing the file.
    pub skip_faulty: bool,
    /// Whether a name that the file's own name gives only in part will do.
    pub any_name: bool,
    /// Whether to look for what is suspicious; it takes longer than the reading.
    pub lints: bool,
}

/// What is to be said of a file that is sound.
#[derive(Debug, Default)]
pub struct Notes {
    /// What is suspicious in it, where that was asked for.
    pub lints: Vec<Placed>,
    /// What was left out, or taken over otherwise than written.
    pub remarks: Vec<Remark>,
    /// The mistakes of questions that were left out.
    pub left_out: Vec<Problem>,
}

/// A file that was loaded, or only tried.
#[derive(Debug)]
pub struct Taken {
    /// What the load did, or would do.
    pub loaded: Loaded,
    /// What is to be said of the file.
    pub notes: Notes,
    /// Its first questions, to be looked at before it is loaded.
    pub first: Vec<Question>,
    /// Its topics.
    pub topics: Vec<Topic>,
}

/// Reads and checks a file. It takes a while for large ones: not for a thread that answers requests.
pub fn open(bytes: &[u8], reading: &Reading) -> Result<(Bank, Notes)> {
    let examine = |bytes: &[u8]| {
        if reading.lints { bank_json::examine(bytes) } else { bank_json::read(bytes).map(|bank| (bank, Vec::new())) }
    };
    let form = reading.form.unwrap_or_else(|| Form::detect(&reading.file, bytes));
    if form == Form::Json {
        let (bank, lints) = examine(bytes).map_err(Error::File)?;
        return Ok((bank, Notes { lints, ..Notes::default() }));
    }
    let naming = Naming { bank: name(reading)?, title: reading.title.clone() };
    let mut converted = convert(bytes, form, &naming, &reading.columns).map_err(refused)?;
    let mut left_out = Vec::new();
    let examined = match examine(&converted.json) {
        Err(problems) if reading.skip_faulty => {
            left_out = converted.locate(problems);
            match converted.without(&left_out) {
                Some(rest) => converted = rest,
                None => return Err(Error::File(left_out)),
            }
            examine(&converted.json)
        }
        examined => examined,
    };
    let (bank, lints) = examined.map_err(|problems| Error::File(converted.locate(problems)))?;
    let lints = converted.locate_lints(lints);
    Ok((bank, Notes { lints, remarks: converted.remarks, left_out }))
}

/// Writes a bank in a form, and says what the form can't hold. It takes a while for large ones.
pub fn write(bank: &Bank, form: Form, language: Language) -> Result<Written> {
    exchange::write(bank, form, language).map_err(|error| {
        tracing::error!(%error, "a bank couldn't be written");
        Error::Busy
    })
}

fn refused(refused: Refused) -> Error {
    match refused {
        Refused::File(problems) => Error::File(problems),
        Refused::Sheet(problem) => Error::Sheet(vec![problem]),
    }
}

/// The name that the bank is given, or that the file's own name is; a part of that only where any name will do, because
/// a load under a made-up name could become the next edition of another bank.
fn name(reading: &Reading) -> Result<String> {
    let (of_file, is_whole) = Naming::of_file(&reading.file);
    match &reading.bank {
        Some(name) if is_name(name) => Ok(name.clone()),
        None if is_whole || reading.any_name => Ok(of_file),
        _ => Err(Error::Invalid { field: "bank", expected: "bank-name" }),
    }
}

/// Checks a file of any form and loads it as a new edition.
pub async fn load_file(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    (bytes, reading): (Arc<Vec<u8>>, Reading),
    options: LoadOptions,
) -> Result<Taken> {
    may_load(caller)?;
    let read = move || {
        open(&bytes, &reading).map(|(bank, notes)| {
            let shown = usize::try_from(limits::PAGE_ITEMS).unwrap_or_default();
            let first = bank.questions.iter().take(shown).cloned().collect();
            let topics = bank.topics.clone();
            (prepare(bank), first, topics, notes)
        })
    };
    let (prepared, first, topics, notes) = tokio::task::spawn_blocking(read).await.map_err(|_| Error::Busy)??;
    let loaded = store(app, caller, now_ms, &prepared, options).await?;
    Ok(Taken { loaded, notes, first, topics })
}
