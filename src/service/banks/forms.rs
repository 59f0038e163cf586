//! Question files of any form: read, checked and loaded as a bank.

use super::pictures::{self, Shown};
use super::{LoadOptions, Loaded, hints, may_load, newest, prepare, store};
use crate::app::App;
use crate::formats::bank_json::{self, Placed};
use crate::formats::bundle::{self, Beside, Bundle, Unopened};
use crate::formats::exchange::sheet::{self, Hints};
use crate::formats::exchange::unreadable::Unreadable;
use crate::formats::exchange::{self, Form, Naming, Origin, Refused, Remark, Unwritten, Written, convert};
use crate::limits;
use crate::rules::bank::{Bank, Place, Problem, ProblemCode, Topic};
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
    /// What is said of a sheet that doesn't say it itself.
    pub hints: Hints,
    /// Whether questions with mistakes are left out instead of refusing the file.
    pub skip_faulty: bool,
    /// Whether a name that the file's own name gives only in part will do.
    pub any_name: bool,
    /// Whether to look for what is suspicious; it takes longer than the reading.
    pub lints: bool,
    /// Where pictures stand that the file names, unless it comes in a ZIP with them.
    pub beside: Beside,
}

impl Reading {
    pub(super) fn form_of(&self, bytes: &[u8]) -> Form {
        self.form.unwrap_or_else(|| Form::detect(&self.file, bytes))
    }
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
    /// The pictures of its texts.
    pub shown: Shown,
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

/// Reads and checks a file, alone or in a ZIP with its pictures. It takes a while for large ones: not for a thread that
/// answers requests.
pub fn open(bytes: &[u8], reading: &Reading) -> Result<(Bank, Notes)> {
    let bundle = bundle::open(bytes).map_err(|why| Error::File(vec![unopened(why)]))?;
    let inner = bundle.map(|Bundle { file, bytes, beside }| {
        let form = reading.form.filter(|form| *form != Form::Zip);
        (bytes, Reading { file, form, beside, ..reading.clone() })
    });
    match &inner {
        Some((bytes, reading)) => open_file(bytes, reading),
        None => open_file(bytes, reading),
    }
}

fn open_file(bytes: &[u8], reading: &Reading) -> Result<(Bank, Notes)> {
    let examine = |bytes: &[u8]| {
        if reading.lints { bank_json::examine(bytes) } else { bank_json::read(bytes).map(|bank| (bank, Vec::new())) }
    };
    let form = reading.form_of(bytes);
    if form == Form::Json {
        let (mut bank, lints) = examine(bytes).map_err(Error::File)?;
        let taken = pictures::take(&mut bank, &reading.beside);
        let shown = taken.map_err(|problems| Error::File(bank_json::located(bytes, problems)))?;
        return Ok((bank, Notes { lints, shown, ..Notes::default() }));
    }
    let naming = Naming { bank: name(reading)?, title: reading.title.clone() };
    let mut converted = convert(bytes, form, &naming, &reading.hints, &reading.beside).map_err(refused)?;
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
    let (mut bank, lints) = examined.map_err(|problems| Error::File(converted.locate(problems)))?;
    let beside = Beside::Also(Arc::clone(&converted.pictures), Box::new(reading.beside.clone()));
    let taken = pictures::take(&mut bank, &beside);
    let shown = taken.map_err(|problems| Error::File(converted.locate(problems)))?;
    let lints = converted.locate_lints(lints);
    Ok((bank, Notes { lints, remarks: converted.remarks, left_out, shown }))
}

/// Writes a bank in a form, and says what the form can't hold. It takes a while for large ones.
pub fn write(bank: &Bank, pictures: &[(String, Vec<u8>)], form: Form, language: Language) -> Result<Written> {
    exchange::write(bank, pictures, form, language).map_err(|error| unwritten(&error))
}

fn unwritten(error: &Unwritten) -> Error {
    tracing::error!(%error, "a bank couldn't be written");
    Error::Busy
}

/// The newest edition in a form, and what the form can't hold.
pub async fn export(app: &App, caller: &Caller, name: &str, form: Form, language: Language) -> Result<Written> {
    let bank = newest(app, caller, name).await?;
    let pictures = if form.holds_pictures() { pictures::of_bank(app, &bank).await? } else { Vec::new() };
    tokio::task::spawn_blocking(move || write(&bank, &pictures, form, language)).await.map_err(|_| Error::Busy)?
}

/// A sheet to begin with, for those who may load banks; `help` says what to fill in.
pub fn template(caller: &Caller, form: Form, language: Language, help: Vec<Vec<String>>) -> Result<Vec<u8>> {
    may_load(caller)?;
    if !Form::SHEETS.contains(&form) {
        return Err(NO_SHEET);
    }
    sheet::own::template(form, language, help).map_err(|error| unwritten(&error))
}

const NO_SHEET: Error = Error::Invalid { field: "form", expected: "sheet-form" };

/// A sheet given back as a workbook with its mistakes marked, which `say` puts in words; `None` where there are none.
/// It takes a while for large ones.
pub fn marked(
    bytes: &[u8],
    reading: &Reading,
    language: Language,
    say: impl Fn(&Problem) -> String,
) -> Result<Option<Vec<u8>>> {
    if !Form::SHEETS.contains(&reading.form_of(bytes)) {
        return Err(NO_SHEET);
    }
    let strictly = Reading { skip_faulty: false, lints: false, ..reading.clone() };
    let problems = match open(bytes, &strictly) {
        Err(Error::File(problems)) => problems,
        other => return other.map(|_| None),
    };
    let faults: Vec<(Origin, String)> =
        problems.iter().map(|problem| (problem.origin.as_deref().cloned().unwrap_or_default(), say(problem))).collect();
    let marked = sheet::marked(bytes, &reading.hints.columns, &faults, language).map_err(refused)?;
    marked.map(Some).map_err(|error| unwritten(&error))
}

pub(super) fn unopened(why: Unopened) -> Problem {
    let (code, found) = match why {
        Unopened::Unreadable(Unreadable { why, .. }) => (ProblemCode::UnreadableForm, why),
        Unopened::Several(files) => (ProblemCode::SeveralFiles, files.join(", ")),
    };
    let origin = Some(Box::new(Origin::default()));
    Problem { origin, ..Problem::new(Place::default(), String::new(), code, found, String::new()) }
}

pub(super) fn refused(refused: Refused) -> Error {
    match refused {
        Refused::File(problems) => Error::File(problems),
        Refused::Sheet(problem) => Error::Sheet(vec![problem]),
    }
}

/// The name that the bank is given, or that the file's own name is; a part of that only where any name will do, because
/// a load under a made-up name could become the next edition of another bank.
pub(super) fn name(reading: &Reading) -> Result<String> {
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
    (bytes, mut reading): (Arc<Vec<u8>>, Reading),
    options: LoadOptions,
) -> Result<Taken> {
    may_load(caller)?;
    let place = hints::place(caller, &bytes, &reading).await?;
    let mut recalled = None;
    if let (Some(place), true) = (&place, reading.hints.is_nothing()) {
        recalled = hints::recalled(app, place).await?;
    }
    let said = Some(reading.hints.clone()).filter(|hints| !hints.is_nothing() && !options.dry_run);
    if let Some(hints) = &recalled {
        reading.hints = hints.clone();
    }
    let read = move || {
        open(&bytes, &reading).map(|(bank, notes)| {
            let shown = usize::try_from(limits::PAGE_ITEMS).unwrap_or_default();
            let first = bank.questions.iter().take(shown).cloned().collect();
            let topics = bank.topics.clone();
            (prepare(bank), first, topics, notes)
        })
    };
    let (prepared, first, topics, mut notes) = tokio::task::spawn_blocking(read).await.map_err(|_| Error::Busy)??;
    if let Some(Hints { columns, kinds }) = recalled {
        let said = [columns.to_string(), kinds.to_string()].into_iter().filter(|said| !said.is_empty());
        let found = said.collect::<Vec<_>>().join("; ");
        notes.remarks.insert(0, Remark { origin: Origin::default(), code: "as-last-time", found });
    }
    pictures::check(app, &notes.shown).await?;
    if !options.dry_run {
        pictures::keep(app, now_ms, std::mem::take(&mut notes.shown.taken)).await?;
    }
    let loaded = store(app, caller, now_ms, &prepared, options).await?;
    if let (Some(place), Some(said)) = (place, said) {
        hints::remember(app, now_ms, place, &said).await?;
    }
    Ok(Taken { loaded, notes, first, topics })
}
