//! One question of a bank file.

use super::answer::Labelled;
use super::{Known, answer, own_id, parts};
use crate::formats::json::Value;
use crate::formats::reader::{Blank, Fields, MOST_TEXT_CHARACTERS, Reader};
use crate::rules::bank::ProblemCode;
use crate::rules::question::{Choice, Cite, Clause, Key, Kind, Question};
use crate::rules::text::{EachLanguage, Text};
use std::collections::HashSet;

pub(super) const FIELDS: [&str; 14] = [
    "id",
    "kind",
    "topic",
    "difficulty",
    "stem",
    "options",
    "targets",
    "parts",
    "answer",
    "any_order",
    "explanation",
    "cite",
    "excludes",
    "retired",
];

/// Those that each question has; `answer`, `options`, `targets` and `parts` as well where its kind has them.
pub(super) const REQUIRED: [&str; 4] = ["id", "kind", "topic", "stem"];
pub(super) const CITE: [&str; 4] = ["zh", "en", "regulation", "article"];

/// How many options a choice offers.
pub(super) const OPTIONS: std::ops::RangeInclusive<usize> = 2..=26;
/// How many targets a match offers.
pub(super) const TARGETS: std::ops::RangeInclusive<usize> = 2..=40;
/// Most characters of a label.
pub(super) const MOST_LABEL_CHARACTERS: usize = 8;
/// Most questions that one names in `excludes`.
pub(super) const MOST_EXCLUDED: usize = 1000;
/// Highest number of an article.
pub(super) const MOST_ARTICLES: u32 = 10_000;
/// The difficulty of a question that states none.
pub const USUAL_DIFFICULTY: u8 = 3;

pub(super) fn read<'d>(reader: &mut Reader<'d>, value: &'d Value, known: &Known<'d>) -> Option<Question> {
    let fields = reader.fields(value, &FIELDS)?;
    let id = reader.required(&fields, "id").and_then(|value| own_id(reader, value, &known.ids));
    let kind = reader.required(&fields, "kind").and_then(|value| reader.one_of(value, &Kind::ALL, Kind::name));
    let topic = reader.required(&fields, "topic").and_then(|value| topic(reader, value, known));
    let difficulty = match fields.get("difficulty") {
        Some(value) => reader.integer(value, 1..=5).and_then(|number| u8::try_from(number).ok()),
        None => Some(USUAL_DIFFICULTY),
    };
    let asked = asked(reader, &fields, kind);
    let parts = kind.and_then(|kind| parts::read(reader, &fields, kind, known));
    let explanation = fields.get("explanation").and_then(|value| reader.idle_words(value));
    let cite = fields.get("cite").and_then(|value| cite(reader, value));
    let excludes = match fields.get("excludes") {
        Some(value) => excludes(reader, value, &fields, known),
        None => Some(Vec::new()),
    };
    let retired = match fields.get("retired") {
        Some(value) => reader.boolean(value),
        None => Some(false),
    };
    let (asked, parts) = (asked?, parts?);
    Some(Question {
        id: id?,
        topic: topic?,
        difficulty: difficulty?,
        stem: asked.stem,
        options: asked.options,
        targets: asked.targets,
        key: asked.key.or(parts.key)?,
        parts: parts.parts,
        explanation,
        cite,
        excludes: excludes?,
        retired: retired?,
    })
}

/// What a question asks, and its key.
pub(super) struct Asked {
    pub(super) stem: Text,
    pub(super) options: Vec<Choice>,
    pub(super) targets: Vec<Choice>,
    /// `None` of a case, whose parts have theirs.
    pub(super) key: Option<Key>,
}

pub(super) fn asked<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>, kind: Option<Kind>) -> Option<Asked> {
    let stem_value = reader.required(fields, "stem");
    let stem = stem_value.and_then(|value| reader.words(value, MOST_TEXT_CHARACTERS));
    let Some(kind) = kind else {
        reader.required(fields, "answer");
        return None;
    };
    let options = options_of(reader, fields, kind);
    let targets = targets_of(reader, fields, kind);
    if kind == Kind::Case {
        if let Some(member) = fields.member("answer") {
            reader.note(member.at(), ProblemCode::AnswerInParts, "", "");
            return None;
        }
        return Some(Asked { stem: stem?, options: options?, targets: targets?, key: None });
    }
    let answer_value = reader.required(fields, "answer");
    let labelled = Labelled { options: options.as_deref(), targets: targets.as_deref() };
    let key = answer_value.and_then(|value| answer::key(reader, fields, kind, value, labelled));
    if let (Kind::Blank, Some(answer), Some(stem)) = (kind, answer_value, stem_value) {
        answer::check_gaps(reader, stem, answer);
    }
    Some(Asked { stem: stem?, options: options?, targets: targets?, key: Some(key?) })
}

pub(super) fn topic<'d>(reader: &mut Reader<'d>, value: &'d Value, known: &Known<'d>) -> Option<String> {
    let topic = reader.name(value)?;
    if let Some(topics) = &known.topics
        && !topics.contains(&topic)
    {
        let mut names: Vec<&str> = topics.iter().map(|topic| &**topic).collect();
        names.sort_unstable();
        let nearest = reader.suggest(&topic, names);
        reader.note(value.at(), ProblemCode::UnknownTopic, &topic, nearest);
        return None;
    }
    Some(topic.into_owned())
}

/// The options of a kind that has them, and none of one that hasn't.
fn options_of<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>, kind: Kind) -> Option<Vec<Choice>> {
    if kind.has_options() {
        return reader.required(fields, "options").and_then(|value| options(reader, value, OPTIONS));
    }
    if let Some(member) = fields.member("options") {
        reader.note(member.at(), ProblemCode::NoOptionsHere, kind.name(), "");
        return None;
    }
    Some(Vec::new())
}

/// The targets of a match, and none of another kind.
fn targets_of<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>, kind: Kind) -> Option<Vec<Choice>> {
    if kind == Kind::Match {
        return reader.required(fields, "targets").and_then(|value| options(reader, value, TARGETS));
    }
    if let Some(member) = fields.member("targets") {
        reader.note(member.at(), ProblemCode::NotForKind, "targets", Kind::Match.name());
        return None;
    }
    Some(Vec::new())
}

fn options<'d>(
    reader: &mut Reader<'d>,
    value: &'d Value,
    range: std::ops::RangeInclusive<usize>,
) -> Option<Vec<Choice>> {
    let members = reader.members(value)?;
    if !range.contains(&members.len()) {
        let expected = format!("{}–{}", range.start(), range.end());
        reader.note(value.at(), ProblemCode::OutOfRange, &members.len().to_string(), expected);
        return None;
    }
    let mut options: Vec<Choice> = Vec::with_capacity(members.len());
    for member in members {
        let label = reader.document().key(member);
        let fits = (1..=MOST_LABEL_CHARACTERS).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !fits {
            reader.note(member.at(), ProblemCode::BadLabel, &label, "");
        }
        if let Some(text) = reader.words(&member.value, MOST_TEXT_CHARACTERS)
            && fits
        {
            options.push(Choice { label: label.into_owned(), text });
        }
    }
    (options.len() == members.len()).then_some(options)
}

/// Words, or a clause where the regulation or its article is named.
pub(super) fn cite<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<Cite> {
    if !matches!(value, Value::Object { .. }) {
        return reader.idle_words(value).map(Cite::Text);
    }
    let fields = reader.fields(value, &CITE)?;
    let zh = fields.get("zh").and_then(|value| reader.version(value, MOST_TEXT_CHARACTERS, Blank::Absent));
    let en = fields.get("en").and_then(|value| reader.version(value, MOST_TEXT_CHARACTERS, Blank::Absent));
    if fields.get("regulation").is_none() && fields.get("article").is_none() {
        if fields.get("zh").is_none() && fields.get("en").is_none() {
            reader.note(value.at(), ProblemCode::Missing, "", "zh, en");
        }
        return (zh.is_some() || en.is_some()).then_some(Cite::Text(Text::Each(EachLanguage { zh, en })));
    }
    let regulation =
        reader.required(&fields, "regulation").and_then(|value| reader.spoken(value, MOST_TEXT_CHARACTERS));
    let article = fields.get("article").and_then(|value| reader.integer(value, 1..=MOST_ARTICLES));
    Some(Cite::Clause(Clause { zh, en, regulation: regulation?.into_owned(), article }))
}

fn excludes<'d>(
    reader: &mut Reader<'d>,
    value: &'d Value,
    fields: &Fields<'d>,
    known: &Known<'d>,
) -> Option<Vec<String>> {
    let own = fields.get("id").and_then(|id| reader.document().text(id));
    let items = reader.list_or_none(value, MOST_EXCLUDED)?;
    let mut seen = HashSet::new();
    let mut ids = Vec::with_capacity(items.len());
    for item in items {
        let Some(id) = reader.name(item) else { continue };
        let code = if own.as_ref() == Some(&id) {
            ProblemCode::ExcludesItself
        } else if !known.ids.contains_key(&id) {
            ProblemCode::UnknownQuestion
        } else if !seen.insert(id.clone()) {
            ProblemCode::Repeated
        } else {
            ids.push(id.into_owned());
            continue;
        };
        reader.note(item.at(), code, &id, "");
    }
    (ids.len() == items.len()).then_some(ids)
}
