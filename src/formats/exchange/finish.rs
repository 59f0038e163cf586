//! From a draft to a bank file: names, topics and ids, and the way back from its mistakes to where they stand.

use super::{Draft, Drafted, Origin, Remark};
use crate::formats::bank_json::Placed;
use crate::rules::bank::{Problem, ProblemCode};
use crate::rules::text::is_name;
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The topic of questions that name none.
const GENERAL: &str = "general";

/// How a bank is to be called whose file doesn't say it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Naming {
    /// Its name.
    pub bank: String,
    /// Its title; the name, where nobody says one.
    pub title: Option<String>,
}

impl Naming {
    /// The name that a file's own name gives: its plain letters, or `bank` where it has none. The second value says
    /// whether it is the whole name.
    pub fn of_file(file: &str) -> (String, bool) {
        let file = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let plain: String =
            stem.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' }).collect();
        let plain = plain.trim_matches('-').chars().take(64).collect::<String>();
        if plain.is_empty() { ("bank".to_owned(), false) } else { (plain.clone(), plain == stem) }
    }
}

/// A file turned into a bank file.
#[derive(Debug, Clone)]
pub struct Converted {
    /// The bank file.
    pub json: Vec<u8>,
    /// What was left out, or taken over otherwise than written.
    pub remarks: Vec<Remark>,
    /// The pictures that came in the file, by the names that texts give them.
    pub pictures: Arc<HashMap<String, Vec<u8>>>,
    /// Where each question of the bank file comes from.
    questions: Vec<Whence>,
}

/// Where a question comes from.
#[derive(Debug, Clone)]
struct Whence {
    id: String,
    origin: Origin,
    origins: Vec<(String, Origin)>,
}

impl Converted {
    /// The same mistakes of the bank file, with their places in the file it was made from.
    pub fn locate(&self, problems: Vec<Problem>) -> Vec<Problem> {
        problems.into_iter().map(|problem| self.located(problem)).collect()
    }

    /// The same for what is suspicious.
    pub fn locate_lints(&self, lints: Vec<Placed>) -> Vec<Placed> {
        lints.into_iter().map(|lint| Placed { origin: self.origin(&lint.pointer), ..lint }).collect()
    }

    /// Where a question of the bank file stands in the file it was made from.
    pub fn origin_of_question(&self, index: usize) -> Option<Origin> {
        self.questions.get(index).map(|whence| whence.origin.clone())
    }

    /// Where a part of the bank file stands in the file it was made from.
    fn origin(&self, pointer: &str) -> Option<Box<Origin>> {
        let (index, part) = part_of_question(pointer)?;
        Some(Box::new(self.questions.get(index)?.origin_of(part).clone()))
    }

    fn located(&self, mut problem: Problem) -> Problem {
        if problem.code == ProblemCode::RepeatedId {
            let first = self.questions.iter().find(|other| other.id == problem.found);
            problem.expected =
                first.and_then(|first| first.origin.line).map(|line| line.to_string()).unwrap_or_default();
        }
        // What is missing would stand in its own cell.
        let is_missing = problem.code == ProblemCode::Missing;
        let missing = is_missing.then(|| format!("{}/{}", problem.pointer, problem.expected));
        problem.origin = self.origin(missing.as_ref().unwrap_or(&problem.pointer));
        problem
    }

    /// The same without the questions that have these mistakes; `None` where a mistake lies in no question, or
    /// no question is left.
    #[must_use]
    pub fn without(&self, problems: &[Problem]) -> Option<Self> {
        let faulty: HashSet<usize> = problems
            .iter()
            .map(|problem| part_of_question(&problem.pointer).map(|(index, _)| index))
            .collect::<Option<_>>()?;
        let mut file: Value = serde_json::from_slice(&self.json).ok()?;
        let questions = file.get_mut("questions")?.as_array_mut()?;
        let mut kept = Self {
            json: Vec::new(),
            remarks: self.remarks.clone(),
            pictures: Arc::clone(&self.pictures),
            questions: Vec::new(),
        };
        let all = std::mem::take(questions).into_iter().zip(&self.questions).enumerate();
        for (index, (question, whence)) in all {
            if faulty.contains(&index) {
                continue;
            }
            questions.push(question);
            kept.questions.push(whence.clone());
        }
        let is_left = !questions.is_empty();
        kept.json = file.to_string().into_bytes();
        is_left.then_some(kept)
    }
}

impl Whence {
    /// Where a part of the question stands: the place of the nearest part around it that has one.
    fn origin_of(&self, part: &str) -> &Origin {
        let holds =
            |pointer: &str| part == pointer || part.strip_prefix(pointer).is_some_and(|rest| rest.starts_with('/'));
        let nearest =
            self.origins.iter().filter(|(pointer, _)| holds(pointer)).max_by_key(|(pointer, _)| pointer.len());
        nearest.map_or(&self.origin, |(_, origin)| origin)
    }
}

/// The index of the question that a pointer leads into, and the rest of the pointer.
fn part_of_question(pointer: &str) -> Option<(usize, &str)> {
    let rest = pointer.strip_prefix("/questions/")?;
    let (index, part) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    Some((index.parse().ok()?, part))
}

/// Makes a bank file of a draft.
pub(super) fn finish(draft: Draft, naming: &Naming) -> Converted {
    let Draft { title, source, topics, questions, remarks, pictures } = draft;
    let topics = Topics::new(topics, &questions);
    let mut ids = Ids::new(&questions);
    let mut whences = Vec::with_capacity(questions.len());
    let mut written = Vec::with_capacity(questions.len());
    for Drafted { origin, mut fields, origins } in questions {
        let id = ids.take(&fields);
        let topic = topics.id_of(fields.get("topic").and_then(Value::as_str));
        let mut question = Map::new();
        question.insert("id".to_owned(), Value::String(id.clone()));
        fields.insert("topic".to_owned(), Value::String(topic));
        let parts = fields.get_mut("parts").and_then(Value::as_array_mut);
        for topic in parts.into_iter().flatten().filter_map(|part| part.get_mut("topic")) {
            *topic = Value::String(topics.id_of(topic.as_str()));
        }
        fields.remove("id");
        question.extend(fields);
        written.push(Value::Object(question));
        whences.push(Whence { id, origin, origins });
    }
    let title = naming.title.clone().map(Value::String).or(title).unwrap_or_else(|| Value::String(naming.bank.clone()));
    let mut file = json!({ "bank": naming.bank, "title": title });
    if let (Some(source), Some(members)) = (source, file.as_object_mut()) {
        members.insert("source".to_owned(), source);
    }
    if let Some(members) = file.as_object_mut() {
        members.insert("topics".to_owned(), Value::Array(topics.declared));
        members.insert("questions".to_owned(), Value::Array(written));
    }
    let pictures = Arc::new(pictures.into_files());
    Converted { json: file.to_string().into_bytes(), remarks, pictures, questions: whences }
}

/// Topics by what the file calls them.
struct Topics {
    ids: HashMap<String, String>,
    declared: Vec<Value>,
}

impl Topics {
    /// A topic whose name can be an id keeps it; others are numbered and keep their name as title.
    fn new(topics: Vec<(String, Value)>, questions: &[Drafted]) -> Self {
        let names: HashSet<String> = topics.iter().map(|(raw, _)| raw.clone()).filter(|raw| is_name(raw)).collect();
        let mut free = (1..).map(|number| format!("t{number:02}")).filter(|id| !names.contains(id));
        let mut all = Self { ids: HashMap::new(), declared: Vec::new() };
        for (raw, title) in topics {
            if all.ids.contains_key(&raw) {
                continue;
            }
            let id = if is_name(&raw) { raw.clone() } else { free.next().unwrap_or_default() };
            all.declared.push(json!({ "id": id, "title": title }));
            all.ids.insert(raw, id);
        }
        let is_named = |question: &Drafted| {
            question.fields.get("topic").and_then(Value::as_str).is_some_and(|raw| all.ids.contains_key(raw))
        };
        if !questions.iter().all(is_named) && !names.contains(GENERAL) {
            all.declared.push(json!({ "id": GENERAL, "title": { "zh": "综合", "en": "General" } }));
        }
        all
    }

    fn id_of(&self, raw: Option<&str>) -> String {
        raw.and_then(|raw| self.ids.get(raw)).cloned().unwrap_or_else(|| GENERAL.to_owned())
    }
}

/// Ids: those that the file gives, and numbers in the file's order for the rest.
struct Ids {
    given: HashSet<String>,
    next: usize,
}

impl Ids {
    fn new(questions: &[Drafted]) -> Self {
        Self { given: questions.iter().filter_map(|question| given_id(&question.fields)).collect(), next: 1 }
    }

    fn take(&mut self, fields: &Map<String, Value>) -> String {
        given_id(fields).unwrap_or_else(|| {
            loop {
                let id = format!("q-{:04}", self.next);
                self.next += 1;
                if !self.given.contains(&id) {
                    return id;
                }
            }
        })
    }
}

fn given_id(fields: &Map<String, Value>) -> Option<String> {
    fields.get("id").and_then(Value::as_str).map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests;
