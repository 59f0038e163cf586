//! The sections of a test and what each draws.

use crate::formats::json::{Member, Value};
use crate::formats::reader::{Fields, MOST_TITLE_CHARACTERS, Reader};
use crate::rules::bank::ProblemCode;
use crate::rules::blueprint::{Band, MOST_QUESTIONS, MOST_ROWS, MOST_SECTIONS, Row, Section};
use crate::rules::points::Points;
use crate::rules::question::{Kind, Policy};
use crate::rules::text::{EachLanguage, Text};
use serde_json::json;

pub(super) const FIELDS: [&str; 5] = ["title", "kind", "points", "policy", "draw"];
pub(super) const ROW: [&str; 4] = ["bank", "topics", "count", "difficulty"];

/// Most topics named in one row.
pub(super) const MOST_TOPICS: usize = 1000;
/// The points one question may carry.
pub(super) const POINTS: std::ops::RangeInclusive<Points> =
    Points::from_hundredths(1)..=Points::from_hundredths(1000 * 100);

/// The sections of a paper of at most [`MOST_QUESTIONS`].
pub(super) fn read_all<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<Vec<Section>> {
    let items = reader.list(value, MOST_SECTIONS)?;
    let sections: Vec<Section> = items.iter().filter_map(|item| section(reader, item)).collect();
    let count: u64 = sections.iter().flat_map(|section| &section.draw).map(|row| u64::from(row.count)).sum();
    if count > u64::from(MOST_QUESTIONS) {
        reader.note(value.at(), ProblemCode::TooMany, &count.to_string(), MOST_QUESTIONS.to_string());
    }
    (sections.len() == items.len()).then_some(sections)
}

fn section<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<Section> {
    let fields = reader.fields(value, &FIELDS)?;
    let kind = reader.required(&fields, "kind").and_then(|value| reader.one_of(value, &Kind::ALL, Kind::name));
    let title = match fields.get("title") {
        Some(value) => reader.words(value, MOST_TITLE_CHARACTERS),
        None => kind.map(usual_title),
    };
    let points = reader.required(&fields, "points").and_then(|value| reader.points(value, POINTS));
    let policy = policy(reader, &fields, kind);
    let draw = reader.required(&fields, "draw").and_then(|value| {
        let items = reader.list(value, MOST_ROWS)?;
        let rows: Vec<Row> = items.iter().filter_map(|item| row(reader, item)).collect();
        (rows.len() == items.len()).then_some(rows)
    });
    Some(Section { title: title?, kind: kind?, points: points?, policy: policy?, draw: draw? })
}

/// The heading of a section that states none.
pub fn usual_title(kind: Kind) -> Text {
    let (zh, en) = match kind {
        Kind::Single => ("单项选择题", "Single choice"),
        Kind::Multiple => ("多项选择题", "Multiple choice"),
        Kind::TrueFalse => ("判断题", "True or false"),
        Kind::Blank => ("填空题", "Fill in the blanks"),
        Kind::Order => ("排序题", "Put in order"),
        Kind::Match => ("配对题", "Match"),
        Kind::Numeric => ("计算题", "Calculate"),
        Kind::Short => ("简答题", "Short answers"),
        Kind::Essay => ("论述题", "Essays"),
        Kind::Case => ("材料分析题", "Case studies"),
    };
    Text::Each(EachLanguage { zh: Some(zh.to_owned()), en: Some(en.to_owned()) })
}

fn policy<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>, kind: Option<Kind>) -> Option<Policy> {
    let Some(member) = fields.member("policy") else { return Some(Policy::default()) };
    if kind.is_some_and(|kind| kind != Kind::Multiple) {
        reader.note(member.at(), ProblemCode::NotForKind, "policy", Kind::Multiple.name());
    }
    reader.one_of(&member.value, &Policy::ALL, Policy::name)
}

fn row<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<Row> {
    let fields = reader.fields(value, &ROW)?;
    let bank = reader.required(&fields, "bank").and_then(|value| reader.name(value));
    let topics = match fields.get("topics") {
        Some(value) => topics(reader, value),
        None => Some(Vec::new()),
    };
    let count = reader.required(&fields, "count").and_then(|value| reader.integer(value, 1..=MOST_QUESTIONS));
    let difficulty = match fields.get("difficulty") {
        Some(value) => bands(reader, value, count),
        None => Some(Vec::new()),
    };
    Some(Row { bank: bank?.into_owned(), topics: topics?, count: count?, difficulty: difficulty? })
}

fn topics<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<Vec<String>> {
    let items = reader.list_or_none(value, MOST_TOPICS)?;
    let mut topics: Vec<String> = Vec::with_capacity(items.len());
    for item in items {
        let Some(topic) = reader.name(item) else { continue };
        if topics.iter().any(|known| *known == topic) {
            reader.note(item.at(), ProblemCode::Repeated, &topic, "");
        } else {
            topics.push(topic.into_owned());
        }
    }
    (topics.len() == items.len()).then_some(topics)
}

/// Bands that don't overlap and add up to the row's count; none at all where the object is empty.
fn bands<'d>(reader: &mut Reader<'d>, value: &'d Value, count: Option<u32>) -> Option<Vec<(Band, u32)>> {
    let members = reader.members(value)?;
    let mut bands: Vec<(Band, u32)> = Vec::with_capacity(members.len().min(5));
    let mut sound = true;
    for member in members {
        let band = band(reader, member, &bands);
        let number = reader.integer(&member.value, 1..=MOST_QUESTIONS);
        match band.zip(number) {
            Some(pair) => bands.push(pair),
            None => sound = false,
        }
    }
    let sum: u32 = bands.iter().map(|(_, number)| number).sum();
    if let Some(count) = count
        && sound
        && !bands.is_empty()
        && sum != count
    {
        reader.note(value.at(), ProblemCode::BandsSum, &sum.to_string(), count.to_string());
    }
    sound.then_some(bands)
}

fn band(reader: &mut Reader<'_>, member: &Member, before: &[(Band, u32)]) -> Option<Band> {
    let name = reader.document().key(member);
    let Some(band) = Band::parse(&name) else {
        reader.note(member.at(), ProblemCode::OutOfRange, &name, "1–5");
        return None;
    };
    if let Some((other, _)) = before.iter().find(|(other, _)| other.from <= band.to && band.from <= other.to) {
        reader.note(member.at(), ProblemCode::BandsOverlap, &band.to_string(), other.to_string());
        return None;
    }
    Some(band)
}

/// A section as the file holds it.
pub(super) fn write(section: &Section) -> serde_json::Value {
    let rows: Vec<serde_json::Value> = section.draw.iter().map(write_row).collect();
    let mut file = json!({"title": section.title, "kind": section.kind.name(), "points": section.points});
    if let Some(fields) = file.as_object_mut() {
        if section.kind == Kind::Multiple {
            fields.insert("policy".to_owned(), section.policy.name().into());
        }
        fields.insert("draw".to_owned(), rows.into());
    }
    file
}

fn write_row(row: &Row) -> serde_json::Value {
    let mut file = json!({"bank": row.bank});
    if let Some(fields) = file.as_object_mut() {
        if !row.topics.is_empty() {
            fields.insert("topics".to_owned(), row.topics.clone().into());
        }
        fields.insert("count".to_owned(), row.count.into());
        if !row.difficulty.is_empty() {
            let bands: serde_json::Map<String, serde_json::Value> =
                row.difficulty.iter().map(|(band, number)| (band.to_string(), (*number).into())).collect();
            fields.insert("difficulty".to_owned(), bands.into());
        }
    }
    file
}
