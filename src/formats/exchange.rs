//! Question files of other systems ↔ banks: what all their forms share.
//!
//! A reader of a form makes a [`Draft`]: questions as fields of our own bank file, each with the place it came from.
//! Whether they are sound is decided in one place only, by [`bank_json`]; its mistakes are told with
//! the places of the foreign file. What a reader can't take over it names in a [`Remark`], and takes the rest.

pub mod aiken;
pub mod docx;
mod drafting;
mod finish;
mod form;
pub mod gift;
mod held;
mod html;
pub mod listing;
mod lost;
pub mod moodle_xml;
mod pictures;
pub mod qti;
pub mod sheet;
#[cfg(test)]
mod testing;
pub mod unreadable;
pub(super) mod xml;

pub use crate::rules::bank::{Origin, Remark};
pub use finish::{Converted, Naming};
pub use form::Form;
pub(in crate::formats) use xml::escape;

use crate::formats::bank_json;
use crate::formats::bundle::{self, Beside};
use crate::formats::sheet::decode;
use crate::rules::bank::{Bank, Place, Problem, ProblemCode};
use crate::rules::question::Question;
use crate::rules::roster::SheetProblem;
use crate::rules::text::Language;
use pictures::Pictures;
use serde_json::{Map, Value};
use std::collections::HashSet;

/// Why nothing was made of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// It isn't what it seems, or questions must be asked about it first.
    File(Vec<Problem>),
    /// It is no sheet that can be read.
    Sheet(SheetProblem),
}

/// A bank written in some form.
#[derive(Debug, Clone)]
pub struct Written {
    /// The file.
    pub bytes: Vec<u8>,
    /// What the form can't hold.
    pub remarks: Vec<Remark>,
}

/// Turns a file of any form but our own into a bank file; `hints` are what a person said of a sheet, and `beside` is where
/// files stand that it names.
pub fn convert(
    bytes: &[u8],
    form: Form,
    naming: &Naming,
    hints: &sheet::Hints,
    beside: &Beside,
) -> Result<Converted, Refused> {
    let draft = read(bytes, form, hints, beside)?;
    if draft.questions.is_empty() {
        return Err(Refused::File(vec![no_questions(&draft)]));
    }
    Ok(finish::finish(draft, naming))
}

fn read(bytes: &[u8], form: Form, hints: &sheet::Hints, beside: &Beside) -> Result<Draft, Refused> {
    let text = || decode(bytes).map_err(Refused::Sheet);
    Ok(match form {
        // What a ZIP holds is taken out of it before.
        Form::Json | Form::Zip => return Err(Refused::File(vec![unreadable(0, form.name())])),
        Form::Gift => gift::read(&text()?),
        Form::Aiken => aiken::read(&text()?),
        Form::Text => listing::read_text(&text()?),
        Form::Docx => docx::read(bytes).map_err(refused)?,
        Form::MoodleXml => moodle_xml::read(bytes, beside).map_err(refused)?,
        Form::Qti12 | Form::Qti21 | Form::Qti3 => qti::read(bytes, beside).map_err(refused)?,
        Form::Xlsx | Form::Csv => sheet::read(bytes, hints).map_err(|unread| match unread {
            sheet::Unread::File(problem) => Refused::Sheet(problem),
            sheet::Unread::Unclear(problems) => Refused::File(problems),
            sheet::Unread::Ask(sheets) => Refused::File(sheets.iter().map(unclear).collect()),
        })?,
    })
}

/// Why a bank couldn't be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unwritten(pub String);

/// Writes a bank in a form that can be written, in one language where the form holds one (otherwise the headings of a
/// sheet are in it), and says what it can't hold.
///
/// `pictures` are those that the bank shows, for a form that holds them.
pub fn write(
    bank: &Bank,
    pictures: &[(String, Vec<u8>)],
    form: Form,
    language: Language,
) -> Result<Written, Unwritten> {
    let files: held::Files<'_> = pictures.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let held::Held { written, whole } = held::held(bank, form, &files);
    let (written, bank) = (written.as_ref().unwrap_or(bank), whole.as_ref().unwrap_or(bank));
    let (bytes, kept) = match form {
        Form::Gift => in_bytes(gift::write(written, language)),
        Form::Aiken => in_bytes(aiken::write(written, language)),
        Form::MoodleXml => in_bytes(moodle_xml::write(written, &files, language)),
        Form::Qti21 => qti::write(written, &files, qti::Version::Two, language)?,
        Form::Qti3 => qti::write(written, &files, qti::Version::Three, language)?,
        Form::Xlsx | Form::Csv => sheet::own::write(written, form, language)?,
        Form::Zip => {
            let bytes = bundle::write(&bank.name, bank_json::write(bank).as_bytes(), pictures);
            let bytes = bytes.map_err(|error| Unwritten(error.to_string()))?;
            return Ok(Written { bytes, remarks: Vec::new() });
        }
        Form::Json | Form::Text | Form::Docx | Form::Qti12 => {
            return Ok(Written {
                bytes: bank_json::write(bank).into_bytes(),
                remarks: beside(bank).into_iter().collect(),
            });
        }
    };
    let draft = read(&bytes, form, &sheet::Hints::default(), &Beside::Nothing).unwrap_or_default();
    let kept: HashSet<&str> = kept.iter().map(|question| question.id.as_str()).collect();
    let kept: Vec<&Question> = bank.questions.iter().filter(|question| kept.contains(question.id.as_str())).collect();
    let mut remarks = lost::list(bank, form.holds_one_language().then_some(language), &kept, &draft);
    if !form.holds_one_language() {
        remarks.extend(beside(bank));
    }
    Ok(Written { bytes, remarks })
}

/// That a bank shows pictures, for a form that names them and doesn't hold them.
fn beside(bank: &Bank) -> Option<Remark> {
    let names: HashSet<String> = bank.questions.iter().flat_map(Question::pictures).collect();
    let found = format!("pictures × {}", names.len());
    (!names.is_empty()).then(|| Remark { origin: Origin::default(), code: "not-in-form", found })
}

fn in_bytes<K>((text, kept): (String, K)) -> (Vec<u8>, K) {
    (text.into_bytes(), kept)
}

fn refused(why: unreadable::Unreadable) -> Refused {
    let unreadable::Unreadable { line, why } = why;
    Refused::File(vec![unreadable(line, &why)])
}

/// A file that can't be read, at a line where one is known.
fn unreadable(line: usize, why: &str) -> Problem {
    let code = ProblemCode::UnreadableForm;
    let origin = Origin { line: Some(line).filter(|line| *line > 0), ..Origin::default() };
    let origin = Some(Box::new(origin));
    Problem { origin, ..Problem::new(Place::default(), String::new(), code, why.to_owned(), String::new()) }
}

/// A file of which nothing could be taken, with what stands in it, where that is known.
fn no_questions(draft: &Draft) -> Problem {
    let codes = ["items-skipped", "item-skipped", "text-skipped", "file-unreadable"];
    let skipped = codes.iter().find_map(|code| draft.remarks.iter().find(|remark| remark.code == *code));
    let found = skipped.map(|remark| format!(" ({})", remark.found)).unwrap_or_default();
    let origin = Some(Box::new(skipped.map(|remark| remark.origin.clone()).unwrap_or_default()));
    let code = ProblemCode::NoQuestions;
    Problem { origin, ..Problem::new(Place::default(), String::new(), code, found, String::new()) }
}

/// A sheet whose columns must be named.
fn unclear(sheet: &sheet::Understood) -> Problem {
    let origin = Origin {
        sheet: Some(sheet.sheet.clone()).filter(|name| !name.is_empty()),
        line: sheet.header,
        ..Origin::default()
    };
    Problem {
        origin: Some(Box::new(origin)),
        ..Problem::new(Place::default(), String::new(), ProblemCode::ColumnsUnclear, sheet.lettered(), sheet.wanted())
    }
}

/// One question as a reader found it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Drafted {
    /// Where it begins.
    pub origin: Origin,
    /// Its fields as a bank file holds them; an `id` and a `topic` may be missing.
    pub fields: Map<String, Value>,
    /// Where single fields stand, by JSON pointer inside the question (`/answer`, `/options/B`).
    pub origins: Vec<(String, Origin)>,
}

/// What a reader made of a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    /// The bank's title, where the file says one.
    pub title: Option<Value>,
    /// What the file says the bank rests on.
    pub source: Option<Value>,
    /// Topics in the order in which they appear: id or any text that names one, and title.
    pub topics: Vec<(String, Value)>,
    /// The questions in the file's order.
    pub questions: Vec<Drafted>,
    /// What was not taken over, or taken over otherwise than written.
    pub remarks: Vec<Remark>,
    /// The pictures that its texts show.
    pictures: Pictures,
}
