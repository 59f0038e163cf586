//! Writes a bank file: fields in the order in which people read them, two spaces to a level, LF.

use crate::rules::bank::{Bank, Topic};
use crate::rules::question::blank::Gap;
use crate::rules::question::case::{Part, PartKey, is_even};
use crate::rules::question::matching::Pairs;
use crate::rules::question::numeric::Numeric;
use crate::rules::question::written::Model;
use crate::rules::question::{Choice, Cite, Key, Kind, Question};
use crate::rules::text::Text;
use serde::{Serialize, Serializer};

#[derive(Serialize)]
struct BankFile<'a> {
    bank: &'a str,
    title: &'a Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a Text>,
    topics: &'a [Topic],
    #[serde(serialize_with = "questions")]
    questions: &'a [Question],
}

#[derive(Serialize)]
struct QuestionFile<'a> {
    id: &'a str,
    kind: &'static str,
    topic: &'a str,
    difficulty: u8,
    stem: &'a Text,
    #[serde(skip_serializing_if = "<[Choice]>::is_empty", serialize_with = "options")]
    options: &'a [Choice],
    #[serde(skip_serializing_if = "<[Choice]>::is_empty", serialize_with = "options")]
    targets: &'a [Choice],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<PartFile<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Answer<'a>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    any_order: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<&'a Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cite: Option<&'a Cite>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    excludes: &'a [String],
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    retired: bool,
}

#[derive(Serialize)]
struct PartFile<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    topic: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    difficulty: Option<u8>,
    stem: &'a Text,
    #[serde(skip_serializing_if = "<[Choice]>::is_empty", serialize_with = "options")]
    options: &'a [Choice],
    #[serde(skip_serializing_if = "<[Choice]>::is_empty", serialize_with = "options")]
    targets: &'a [Choice],
    answer: Answer<'a>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    any_order: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    share: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<&'a Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cite: Option<&'a Cite>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Answer<'a> {
    Label(&'a str),
    Labels(&'a [String]),
    Right(bool),
    Gaps(Vec<GapFile<'a>>),
    Pairs(&'a Pairs),
    Number(&'a Numeric),
    Model(&'a Model),
    /// Part by part; in files each stands in its part.
    Parts(Vec<Self>),
}

#[derive(Serialize)]
#[serde(untagged)]
enum GapFile<'a> {
    Texts(&'a [String]),
    Described(&'a Gap),
}

/// The text of a bank's file.
pub fn write(bank: &Bank) -> String {
    let file = BankFile {
        bank: &bank.name,
        title: &bank.title,
        source: bank.source.as_ref(),
        topics: &bank.topics,
        questions: &bank.questions,
    };
    // Only a key that isn't a string or a failing writer could stop this, and there is neither.
    let mut text = serde_json::to_string_pretty(&file).unwrap_or_default();
    text.push('\n');
    text
}

/// The answer of a key as a bank's file holds it.
pub fn written_answer(key: &Key) -> serde_json::Value {
    serde_json::to_value(answer(key)).unwrap_or_default()
}

/// A question as a bank's file holds it.
pub fn written_question(one: &Question) -> serde_json::Value {
    serde_json::to_value(question(one)).unwrap_or_default()
}

fn questions<S: Serializer>(questions: &[Question], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(questions.iter().map(question))
}

fn options<S: Serializer>(options: &[Choice], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(options.iter().map(|choice| (&choice.label, &choice.text)))
}

fn question(question: &Question) -> QuestionFile<'_> {
    QuestionFile {
        id: &question.id,
        kind: question.kind().name(),
        topic: &question.topic,
        difficulty: question.difficulty,
        stem: &question.stem,
        options: &question.options,
        targets: &question.targets,
        parts: parts(question),
        answer: (question.kind() != Kind::Case).then(|| answer(&question.key)),
        any_order: any_order(&question.key),
        explanation: question.explanation.as_ref(),
        cite: question.cite.as_ref(),
        excludes: &question.excludes,
        retired: question.retired,
    }
}

const fn any_order(key: &Key) -> bool {
    matches!(key, Key::Blank(gaps) if gaps.any_order)
}

fn parts(question: &Question) -> Vec<PartFile<'_>> {
    let Key::Case(keys) = &question.key else { return Vec::new() };
    let is_even = is_even(keys);
    question.parts.iter().zip(keys).map(|(part, key)| part_file(part, key, is_even)).collect()
}

fn part_file<'a>(part: &'a Part, key: &'a PartKey, is_even: bool) -> PartFile<'a> {
    PartFile {
        id: part.id.as_deref(),
        kind: key.key.kind().name(),
        topic: part.topic.as_deref(),
        difficulty: part.difficulty,
        stem: &part.stem,
        options: &part.options,
        targets: &part.targets,
        answer: answer(&key.key),
        any_order: any_order(&key.key),
        share: (!is_even).then_some(key.share),
        explanation: part.explanation.as_ref(),
        cite: part.cite.as_ref(),
    }
}

fn answer(key: &Key) -> Answer<'_> {
    match key {
        Key::Single(label) => Answer::Label(label),
        Key::Multiple(labels) | Key::Order(labels) => Answer::Labels(labels),
        Key::TrueFalse(right) => Answer::Right(*right),
        Key::Blank(gaps) => Answer::Gaps(gaps.gaps.iter().map(gap).collect()),
        Key::Match(pairs) => Answer::Pairs(pairs),
        Key::Numeric(number) => Answer::Number(number),
        Key::Short(model) | Key::Essay(model) => Answer::Model(model),
        Key::Case(keys) => Answer::Parts(keys.iter().map(|part| answer(&part.key)).collect()),
    }
}

fn gap(gap: &Gap) -> GapFile<'_> {
    if gap.number || !gap.units.is_empty() { GapFile::Described(gap) } else { GapFile::Texts(&gap.accept) }
}
