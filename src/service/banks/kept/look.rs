//! A file that is kept, read question by question.

use super::Kept;
use crate::formats::bank_json;
use crate::formats::bundle::{self, Beside, Bundle};
use crate::formats::exchange::{Converted, Form, Naming, Origin, Remark, convert};
use crate::formats::picture::Picture;
use crate::rules::bank::{Bank, Place, Problem, Topic};
use crate::rules::lint::Lint;
use crate::rules::question::Question;
use crate::rules::text::Text;
use crate::service::banks::forms::{name, refused, unopened};
use crate::service::banks::{Reading, pictures};
use crate::service::error::{Error, Result};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// How a question stands to the file that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// As it was sent.
    Sent,
    /// It was mended.
    Mended,
    /// It is left out.
    LeftOut,
}

/// A question of a file.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its place in the file, from 0.
    pub number: usize,
    /// As a bank's file holds it.
    pub written: Value,
    /// Where it stands in a file of another form.
    pub origin: Option<Origin>,
    /// What is wrong with it; the pointers begin with `/questions/0`.
    pub problems: Vec<Problem>,
    /// What is suspicious in it, where all of the file is sound.
    pub lints: Vec<Lint>,
    /// The question, where it can be shown.
    pub question: Option<Question>,
    /// How it stands to the file.
    pub standing: Standing,
    /// The version of what was mended; empty where nothing was.
    pub version: String,
}

/// A file, question by question.
#[derive(Debug)]
pub struct Looked {
    /// The bank's name.
    pub name: String,
    /// Its title, where it has one that can be read.
    pub title: Option<Text>,
    /// Its topics.
    pub topics: Vec<Topic>,
    /// Its questions in their order.
    pub items: Vec<Item>,
    /// Mistakes that lie in no question.
    pub problems: Vec<Problem>,
    /// What was not taken over, or taken over otherwise than written.
    pub remarks: Vec<Remark>,
    /// Pictures that came with it.
    pub pictures: Vec<Picture>,
    /// The bank, where all of it is sound.
    pub(super) bank: Option<Bank>,
}

/// A file as a bank's file, whatever its form.
struct Source {
    file: Value,
    /// What was made of a file of another form.
    converted: Option<Converted>,
    beside: Beside,
}

fn source(bytes: &[u8], reading: &Reading) -> Result<Source> {
    if let Some(Bundle { file, bytes, beside }) = bundle::open(bytes).map_err(|why| Error::File(vec![unopened(why)]))? {
        let form = reading.form.filter(|form| *form != Form::Zip);
        return of_file(&bytes, &Reading { file, form, ..reading.clone() }, beside);
    }
    of_file(bytes, reading, Beside::Nothing)
}

fn of_file(bytes: &[u8], reading: &Reading, beside: Beside) -> Result<Source> {
    let form = reading.form_of(bytes);
    if form == Form::Json {
        // A file that has no questions to look at is refused as a load would.
        let refused = || Error::File(bank_json::read(bytes).err().unwrap_or_default());
        let file: Value = serde_json::from_slice(bytes).map_err(|_| refused())?;
        file.get("questions").and_then(Value::as_array).ok_or_else(refused)?;
        return Ok(Source { file, converted: None, beside });
    }
    let naming = Naming { bank: name(reading)?, title: reading.title.clone() };
    let converted = convert(bytes, form, &naming, &reading.hints, &beside).map_err(refused)?;
    let file: Value = serde_json::from_slice(&converted.json).unwrap_or_default();
    let beside = Beside::Also(Arc::clone(&converted.pictures), Box::new(beside));
    Ok(Source { file, converted: Some(converted), beside })
}

/// Reads a file with what was mended of it.
pub(super) fn look(kept: &Kept) -> Result<Looked> {
    let Source { mut file, converted, beside } = source(&kept.bytes, &kept.reading)?;
    let written = file.get_mut("questions").and_then(Value::as_array_mut).map(std::mem::take).unwrap_or_default();
    let mut items: Vec<Item> = Vec::with_capacity(written.len());
    for (number, written) in written.into_iter().enumerate() {
        let origin = converted.as_ref().and_then(|converted| converted.origin_of_question(number));
        let sent = Standing::Sent;
        let mut item = Item {
            number,
            written,
            origin,
            problems: Vec::new(),
            lints: Vec::new(),
            question: None,
            standing: sent,
            version: String::new(),
        };
        if let Some(row) = kept.mended.get(&number) {
            item.version.clone_from(&row.digest);
            item.standing = if row.body.is_some() { Standing::Mended } else { Standing::LeftOut };
            if let Some(body) = &row.body {
                item.written = crate::store::read_json("kept_question", &kept.id, body)?;
            }
        }
        items.push(item);
    }
    let mut looked = Looked {
        name: file.get("bank").and_then(Value::as_str).unwrap_or_default().to_owned(),
        title: file.get("title").cloned().and_then(|title| serde_json::from_value(title).ok()),
        topics: file.get("topics").cloned().and_then(|topics| serde_json::from_value(topics).ok()).unwrap_or_default(),
        items,
        problems: Vec::new(),
        remarks: converted.as_ref().map(|converted| converted.remarks.clone()).unwrap_or_default(),
        pictures: Vec::new(),
        bank: None,
    };
    looked.read(file, &beside);
    if let Some(converted) = &converted {
        looked.locate(converted);
    }
    Ok(looked)
}

/// What the pointers of a question by itself begin with.
pub const FIRST: &str = "/questions/0";

/// Rounds after which what is left is not looked at further: each leaves out what refers to something left out before.
const ROUNDS: usize = 4;

impl Looked {
    /// Reads the questions that aren't left out, and again without those that are wrong, for what can be shown.
    fn read(&mut self, mut file: Value, beside: &Beside) {
        let mut left_out = BTreeSet::new();
        for round in 0..ROUNDS {
            let is_in = |item: &&Item| item.standing != Standing::LeftOut && !left_out.contains(&item.number);
            let (numbers, questions): (Vec<usize>, Vec<Value>) =
                self.items.iter().filter(is_in).map(|item| (item.number, item.written.clone())).unzip();
            let Some(list) = file.get_mut("questions") else { return };
            *list = Value::Array(questions);
            match bank_json::examine(file.to_string().as_bytes()) {
                Ok((bank, lints)) => {
                    self.show(bank, &numbers, beside);
                    if round == 0 && self.items.iter().all(|item| item.problems.is_empty()) {
                        for lint in lints {
                            let number = lint.lint.question.and_then(|index| numbers.get(index));
                            if let Some(item) = number.and_then(|number| self.items.get_mut(*number)) {
                                item.lints.push(lint.lint);
                            }
                        }
                    } else {
                        self.bank = None;
                    }
                    return;
                }
                Err(problems) => {
                    for problem in problems {
                        let wrong = index_of(&problem.pointer).and_then(|index| numbers.get(index)).copied();
                        left_out.extend(wrong);
                        // What goes wrong later only refers to what was left out before.
                        if round == 0 {
                            self.note(wrong, problem);
                        }
                    }
                    if !self.problems.is_empty() {
                        return;
                    }
                }
            }
        }
    }

    /// Gives the mistakes of questions that stand as they were sent their places in the file.
    fn locate(&mut self, converted: &Converted) {
        for item in self.items.iter_mut().filter(|item| item.standing == Standing::Sent) {
            for problem in &mut item.problems {
                let rest = problem.pointer.strip_prefix(FIRST).unwrap_or_default();
                let there = Problem { pointer: format!("/questions/{}{rest}", item.number), ..problem.clone() };
                problem.origin = converted.locate(vec![there]).pop().and_then(|problem| problem.origin);
            }
        }
    }

    fn note(&mut self, number: Option<usize>, mut problem: Problem) {
        problem.place = Place::default();
        let item = number.and_then(|number| self.items.get_mut(number));
        match (index_of(&problem.pointer), item) {
            (Some(index), Some(item)) => {
                let rest = problem.pointer.strip_prefix(&format!("/questions/{index}")).unwrap_or_default();
                problem.pointer = format!("{FIRST}{rest}");
                item.problems.push(problem);
            }
            _ => self.problems.push(problem),
        }
    }

    /// Gives the questions of a bank to their items, with the pictures that came with them.
    fn show(&mut self, mut bank: Bank, numbers: &[usize], beside: &Beside) {
        match pictures::take(&mut bank, beside) {
            Ok(shown) => self.pictures = shown.taken,
            Err(problems) => {
                for problem in problems {
                    let wrong = index_of(&problem.pointer).and_then(|index| numbers.get(index)).copied();
                    self.note(wrong, problem);
                }
            }
        }
        for (number, question) in numbers.iter().zip(&bank.questions) {
            if let Some(item) = self.items.get_mut(*number) {
                item.question = Some(question.clone());
            }
        }
        self.bank = Some(bank);
    }
}

/// The index of the question that a pointer leads into.
fn index_of(pointer: &str) -> Option<usize> {
    let rest = pointer.strip_prefix("/questions/")?;
    rest.split('/').next()?.parse().ok()
}
