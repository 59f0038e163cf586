//! A bank's own file: JSON ↔ [`Bank`].
//!
//! A file is taken as a whole or refused with every mistake it holds. What [`write()`] writes, [`read()`] reads back as
//! the same bank. Texts are kept as they are written, letter by letter.

mod answer;
mod lints;
mod parts;
mod question;
mod schema;
mod write;

pub use lints::Placed;
pub use question::USUAL_DIFFICULTY;
pub(super) use schema::schema;
pub use write::{write, written_answer, written_question};

use super::json::{Document, Places, Value};
use super::reader::{Expected, MOST_TITLE_CHARACTERS, Reader};
use crate::rules::bank::{Bank, Place, Problem, ProblemCode, Topic};
use crate::rules::question::{Key, Question};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// Largest file.
pub const MOST_BYTES: usize = 256 * 1024 * 1024;
/// Most questions of a bank.
pub const MOST_QUESTIONS: usize = 200_000;
/// Most topics of a bank.
pub const MOST_TOPICS: usize = 1000;

const FIELDS: [&str; 5] = ["bank", "title", "source", "topics", "questions"];
const TOPIC: [&str; 2] = ["id", "title"];

/// What the questions of a bank may refer to.
struct Known<'d> {
    /// The topics declared; `None` where they can't be read, so that no question is blamed for that.
    topics: Option<HashSet<Cow<'d, str>>>,
    /// Where each id stands first.
    ids: HashMap<Cow<'d, str>, u32>,
}

/// Reads a bank file, or says everything that is wrong with it.
pub fn read(bytes: &[u8]) -> Result<Bank, Vec<Problem>> {
    let document = Document::read(bytes, MOST_BYTES).map_err(|problem| vec![problem])?;
    let mut reader = Reader::new(&document);
    let bank = bank(&mut reader);
    reader.finish(bank)
}

/// Reads a bank file and says what is suspicious in it though it may be loaded.
pub fn examine(bytes: &[u8]) -> Result<(Bank, Vec<Placed>), Vec<Problem>> {
    let document = Document::read(bytes, MOST_BYTES).map_err(|problem| vec![problem])?;
    let mut reader = Reader::new(&document);
    let bank = bank(&mut reader);
    let bank = reader.finish(bank)?;
    let placed = lints::placed(&document, &bank);
    Ok((bank, placed))
}

/// Mistakes found in a bank after it was read, with their places in its file by their pointers.
pub fn located(bytes: &[u8], mut problems: Vec<Problem>) -> Vec<Problem> {
    let Ok(document) = Document::read(bytes, MOST_BYTES) else { return problems };
    let mut places = Places::new(document.source());
    let at = |problem: &Problem| document.find(&problem.pointer).map_or(0, Value::at);
    problems.sort_by_key(at);
    for problem in &mut problems {
        problem.place = places.place(at(problem));
    }
    problems
}

/// Reads another answer to a question, written as in a bank's file. Problems have the answer's own pointers, and no
/// place.
pub fn key_of(question: &Question, answer: &serde_json::Value) -> Result<Key, Vec<Problem>> {
    let mut file = written_question(question);
    if let Some(fields) = file.as_object_mut() {
        put_answer(fields, answer);
        // What it refers to stands in the bank, which isn't here.
        fields.remove("excludes");
    }
    let topics = serde_json::json!([{ "id": question.topic, "title": question.topic }]);
    let file = serde_json::json!({ "bank": "bank", "title": "bank", "topics": topics, "questions": [file] });
    let mut bank = read(file.to_string().as_bytes()).map_err(|mut problems| {
        for problem in &mut problems {
            problem.place = Place::default();
            if let Some(own) = problem.pointer.strip_prefix("/questions/0") {
                problem.pointer = own.to_owned();
            }
        }
        problems
    })?;
    bank.questions.pop().map(|question| question.key).ok_or_else(Vec::new)
}

/// Puts another answer into a question's file; that of a case is a list, part by part.
fn put_answer(fields: &mut serde_json::Map<String, serde_json::Value>, answer: &serde_json::Value) {
    use serde_json::Value;
    let Some(Value::Array(parts)) = fields.get_mut("parts") else {
        fields.insert("answer".to_owned(), answer.clone());
        return;
    };
    match answer {
        Value::Array(answers) if answers.len() == parts.len() => {
            for (part, answer) in parts.iter_mut().filter_map(Value::as_object_mut).zip(answers) {
                part.insert("answer".to_owned(), answer.clone());
            }
        }
        // As many answers as are there decide how many parts are found.
        _ => *parts = Vec::new(),
    }
}

fn bank(reader: &mut Reader<'_>) -> Option<Bank> {
    let root = reader.document().root();
    let fields = reader.fields(root, &FIELDS)?;
    let name = reader.required(&fields, "bank").and_then(|value| reader.name(value));
    let title = reader.required(&fields, "title").and_then(|value| reader.words(value, MOST_TITLE_CHARACTERS));
    let source = fields.get("source").and_then(|value| reader.idle_words(value));
    let topics = reader.required(&fields, "topics").and_then(|value| reader.list(value, MOST_TOPICS));
    let items = reader.required(&fields, "questions").and_then(|value| reader.list(value, MOST_QUESTIONS));
    let known =
        Known { topics: topics.map(|items| ids(reader, items).into_keys().collect()), ids: ids(reader, items?) };
    let topics = topics.and_then(|items| read_topics(reader, items));
    let mut questions = Vec::with_capacity(items?.len());
    let mut sound = true;
    for item in items? {
        match question::read(reader, item, &known) {
            Some(question) => questions.push(question),
            None => sound = false,
        }
    }
    let (name, title, topics) = (name?.into_owned(), title?, topics?);
    sound.then_some(Bank { name, title, source, topics, questions })
}

/// Where each id stands first, well formed or not.
fn ids<'d>(reader: &Reader<'d>, items: &'d [Value]) -> HashMap<Cow<'d, str>, u32> {
    let document = reader.document();
    let mut ids = HashMap::with_capacity(items.len());
    for item in items {
        let Value::Object { members, .. } = item else { continue };
        let id = members.iter().find(|member| document.key(member) == "id").map(|member| &member.value);
        if let Some((value, id)) = id.and_then(|value| Some((value, document.text(value)?))) {
            ids.entry(id).or_insert(value.at());
        }
    }
    ids
}

fn read_topics<'d>(reader: &mut Reader<'d>, items: &'d [Value]) -> Option<Vec<Topic>> {
    let first = ids(reader, items);
    let topics: Vec<Option<Topic>> = items.iter().map(|item| topic(reader, item, &first)).collect();
    topics.into_iter().collect()
}

fn topic<'d>(reader: &mut Reader<'d>, value: &'d Value, first: &HashMap<Cow<'d, str>, u32>) -> Option<Topic> {
    let fields = reader.fields(value, &TOPIC)?;
    let id = reader.required(&fields, "id").and_then(|value| own_id(reader, value, first));
    let title = reader.required(&fields, "title").and_then(|value| reader.words(value, MOST_TITLE_CHARACTERS));
    Some(Topic { id: id?, title: title? })
}

/// A name that no sibling before it bears.
fn own_id<'d>(reader: &mut Reader<'d>, value: &'d Value, first: &HashMap<Cow<'d, str>, u32>) -> Option<String> {
    let id = reader.name(value)?;
    let first = first.get(&id).copied().unwrap_or_else(|| value.at());
    if first < value.at() {
        reader.note(value.at(), ProblemCode::RepeatedId, &id, Expected::LineOf(first));
        return None;
    }
    Some(id.into_owned())
}

/// Texts that each say something, and each something else.
fn texts<'d>(reader: &mut Reader<'d>, items: &'d [Value], most_characters: usize) -> Option<Vec<String>> {
    let mut seen = HashSet::with_capacity(items.len());
    let mut texts = Vec::with_capacity(items.len());
    for item in items {
        let Some(text) = reader.spoken(item, most_characters) else { continue };
        if seen.insert(text.clone()) {
            texts.push(text.into_owned());
        } else {
            reader.note(item.at(), ProblemCode::Repeated, &text, "");
        }
    }
    (texts.len() == items.len()).then_some(texts)
}

#[cfg(test)]
mod tests;
