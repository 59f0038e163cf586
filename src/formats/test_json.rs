//! A test's own file, which is also how the API speaks of a test: JSON ↔ [`Definition`].
//!
//! What can be told from the file alone is checked here, all at once; whether the branches and banks exist, and hold
//! enough questions, is for the one who knows them. What [`write()`] writes, [`read()`] reads back as the same test.

mod belonging;
mod integrity;
mod schema;
mod section;

pub(super) use schema::schema;
pub use section::usual_title;

use super::json::{Document, Places, Value};
use super::reader::{Fields, MOST_TITLE_CHARACTERS, Reader};
use crate::rules::bank::{Problem, ProblemCode};
use crate::rules::blueprint::{Audience, Definition, Keep, MOST_ATTEMPTS, MOST_MINUTES, Occasion, Review};
use crate::rules::marking::Marking;
use crate::rules::objection::MOST_DAYS;
use crate::rules::points::Points;
use crate::rules::text::{CODE_CHARACTERS, fold, tidy_code};
use serde_json::json;
use std::collections::HashSet;

/// Largest file.
pub const MOST_BYTES: usize = 4 * 1024 * 1024;
/// Most branches named in an audience.
pub const MOST_BRANCHES: usize = 10_000;

const FIELDS: [&str; 22] = [
    "test",
    "occasion",
    "title",
    "audience",
    "opens",
    "closes",
    "minutes",
    "attempts",
    "keep",
    "pass",
    "excellent",
    "review",
    "late_minutes",
    "earliest_submit_minutes",
    "integrity",
    "approve_corrections",
    "make_up_of",
    "sample",
    "objection_days",
    "markers",
    "difference",
    "sections",
];

const AUDIENCE: [&str; 3] = ["branches", "except", "members"];

/// Most people named in an audience.
pub const MOST_MEMBERS: usize = 10_000;

/// What the API tells of a test besides: it may stand in a file that was made from such an answer, and says nothing.
pub const TOLD: [&str; 7] = ["commitment", "questions", "full", "final", "cancelled", "may", "asks"];

/// The pass line of a test that states none, in percent.
const USUAL_PASS: Points = Points::from_hundredths(60 * 100);
/// The line of excellence of a test that states none, in percent.
const USUAL_EXCELLENT: Points = Points::from_hundredths(90 * 100);
/// Most points between two marks of a question.
const MOST_DIFFERENCE: Points = Points::from_hundredths(1000 * 100);
/// Full marks in percent.
const WHOLE: Points = Points::from_hundredths(100 * 100);

/// Gives problems that were found later their places in the file.
pub fn locate(bytes: &[u8], problems: &mut [Problem]) {
    let Ok(document) = Document::read(bytes, MOST_BYTES) else { return };
    let mut places = Places::new(document.source());
    for problem in problems {
        if let Some(value) = document.find(&problem.pointer) {
            problem.place = places.place(value.at());
        }
    }
}

/// Reads a test file, or says everything that is wrong with it.
pub fn read(bytes: &[u8]) -> Result<Definition, Vec<Problem>> {
    let document = Document::read(bytes, MOST_BYTES).map_err(|problem| vec![problem])?;
    let mut reader = Reader::new(&document);
    let definition = definition(&mut reader);
    reader.finish(definition)
}

fn definition(reader: &mut Reader<'_>) -> Option<Definition> {
    let fields = reader.fields_and(reader.document().root(), &FIELDS, &TOLD)?;
    let test = reader.required(&fields, "test").and_then(|value| reader.name(value));
    let title = reader.required(&fields, "title").and_then(|value| reader.words(value, MOST_TITLE_CHARACTERS));
    let occasion = or_usual(&fields, "occasion", |value| reader.one_of(value, &Occasion::ALL, Occasion::name));
    let audience = reader.required(&fields, "audience").and_then(|value| audience(reader, value));
    let (opens, closes) = times(reader, &fields);
    let minutes = reader.required(&fields, "minutes").and_then(|value| reader.integer(value, 1..=MOST_MINUTES));
    let attempts = fields.get("attempts").map_or(Some(1), |value| reader.integer(value, 1..=MOST_ATTEMPTS));
    let keep = or_usual(&fields, "keep", |value| reader.one_of(value, &Keep::ALL, Keep::name));
    let (pass, excellent) = lines(reader, &fields);
    let review = or_usual(&fields, "review", |value| reader.one_of(value, &Review::ALL, Review::name));
    if let (Some(Review::AfterSubmit), Some(occasion), Some(value)) = (review, occasion, fields.get("review"))
        && occasion != Occasion::Practice
    {
        reader.note(value.at(), ProblemCode::PracticeOnly, Review::AfterSubmit.name(), Occasion::Practice.name());
    }
    let late_minutes = fields.get("late_minutes").and_then(|value| reader.integer(value, 0..=MOST_MINUTES));
    let most = minutes.unwrap_or(MOST_MINUTES);
    let earliest_submit_minutes =
        fields.get("earliest_submit_minutes").and_then(|value| reader.integer(value, 0..=most));
    let integrity = or_usual(&fields, "integrity", |value| integrity::read(reader, value));
    let approve_corrections = or_usual(&fields, "approve_corrections", |value| reader.boolean(value));
    let belonging = belonging::read(reader, &fields, occasion);
    let objection_days = fields.get("objection_days").and_then(|value| reader.integer(value, 0..=MOST_DAYS));
    let marking = marking(reader, &fields);
    let sections = reader.required(&fields, "sections").and_then(|value| section::read_all(reader, value));
    let belonging = belonging?;
    Some(Definition {
        test: test?.into_owned(),
        title: title?,
        occasion: occasion?,
        audience: audience?,
        opens_at_ms: opens?,
        closes_at_ms: closes?,
        minutes: minutes?,
        attempts: attempts?,
        keep: keep?,
        pass: pass?,
        excellent: excellent?,
        review: review?,
        late_minutes,
        earliest_submit_minutes,
        integrity: integrity?,
        approve_corrections: approve_corrections?,
        make_up_of: belonging.make_up_of,
        sample: belonging.sample,
        objection_days,
        marking: marking?,
        sections: sections?,
    })
}

/// How written answers are marked; a difference speaks of two.
fn marking<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Marking> {
    let stated = fields.get("difference");
    let difference = stated.map(|value| reader.points(value, Points::ZERO..=MOST_DIFFERENCE));
    let least = if stated.is_some() { 2 } else { 1 };
    let markers = fields.get("markers").map_or(Some(least), |value| reader.integer(value, least..=2))?;
    let difference = match difference {
        Some(difference) => Some(difference?),
        None => None,
    };
    Some(Marking { two: markers == 2, difference })
}

/// A field that may be left out: then its type's usual value stands.
fn or_usual<'d, T: Default>(fields: &Fields<'d>, name: &str, read: impl FnOnce(&'d Value) -> Option<T>) -> Option<T> {
    fields.get(name).map_or_else(|| Some(T::default()), read)
}

fn audience<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<Audience> {
    let fields = reader.fields(value, &AUDIENCE)?;
    let branches = reader.required(&fields, "branches").and_then(|value| {
        let items = reader.list(value, MOST_BRANCHES)?;
        codes(reader, items)
    });
    let except = match fields.get("except") {
        Some(value) => reader.list_or_none(value, MOST_BRANCHES).and_then(|items| codes(reader, items)),
        None => Some(Vec::new()),
    };
    let members = match fields.get("members") {
        Some(value) => reader.list_or_none(value, MOST_MEMBERS).and_then(|items| codes(reader, items)),
        None => Some(Vec::new()),
    };
    Some(Audience { branches: branches?, except: except?, members: members? })
}

/// Branch codes, no two of which name the same branch.
fn codes<'d>(reader: &mut Reader<'d>, items: &'d [Value]) -> Option<Vec<String>> {
    let mut seen = HashSet::new();
    let mut codes = Vec::with_capacity(items.len());
    for item in items {
        let Some(text) = reader.spoken(item, super::reader::MOST_TEXT_CHARACTERS) else { continue };
        match tidy_code(&text) {
            None => reader.note(item.at(), ProblemCode::BadCode, &text, CODE_CHARACTERS.to_string()),
            Some(code) if !seen.insert(fold(&code)) => reader.note(item.at(), ProblemCode::Repeated, &code, ""),
            Some(code) => codes.push(code),
        }
    }
    (codes.len() == items.len()).then_some(codes)
}

fn times<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> (Option<i64>, Option<i64>) {
    let opens = reader.required(fields, "opens").and_then(|value| time(reader, value));
    let closes_value = reader.required(fields, "closes");
    let closes = closes_value.and_then(|value| time(reader, value));
    if let (Some((opens, written)), Some((closes, found)), Some(value)) = (&opens, &closes, closes_value)
        && closes <= opens
    {
        reader.note(value.at(), ProblemCode::ClosesFirst, found, written.as_str());
    }
    (opens.map(|(time, _)| time), closes.map(|(time, _)| time))
}

/// A time in Unix milliseconds, as test files and the API write it.
pub fn moment<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<i64> {
    time(reader, value).map(|(at_ms, _)| at_ms)
}

/// A time in Unix milliseconds, and as written.
fn time<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<(i64, String)> {
    let text = reader.text(value, super::reader::MOST_TEXT_CHARACTERS)?;
    let time = rfc_3339(&text);
    if time.is_none() {
        reader.note(value.at(), ProblemCode::BadTime, &text, "2026-11-20T09:00:00+08:00");
    }
    Some((time?, text.into_owned()))
}

/// The time of an RFC 3339 text in Unix milliseconds. jiff alone would take more: short offsets, zone names, weeks.
pub fn rfc_3339(text: &str) -> Option<i64> {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c.to_ascii_uppercase() }).collect();
    let rest = shape.strip_prefix("0000-00-00")?;
    let rest = rest.strip_prefix(['T', ' '])?.strip_prefix("00:00:00")?;
    let offset = match rest.strip_prefix('.') {
        Some(fraction) => {
            let offset = fraction.trim_start_matches('0');
            (offset.len() < fraction.len()).then_some(offset)?
        }
        None => rest,
    };
    let known = matches!(offset, "Z" | "+00:00" | "-00:00");
    known.then(|| text.to_ascii_uppercase().parse::<jiff::Timestamp>().ok())?.map(jiff::Timestamp::as_millisecond)
}

/// The pass line and the line of excellence. One that is left out gives way to the other, as 95 for `pass` may stand
/// alone without a word about excellence.
fn lines<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> (Option<Points>, Option<Points>) {
    let mut line = |name| fields.get(name).map(|value| reader.points(value, Points::ZERO..=WHOLE));
    match (line("pass"), line("excellent")) {
        (Some(pass), Some(excellent)) => {
            if let (Some(low), Some(high), Some(value)) = (pass, excellent, fields.get("excellent"))
                && high < low
            {
                reader.note(value.at(), ProblemCode::ExcellentBelowPass, &high.to_string(), low.to_string());
            }
            (pass, excellent)
        }
        (Some(pass), None) => (pass, Some(USUAL_EXCELLENT.max(pass.unwrap_or(USUAL_EXCELLENT)))),
        (None, Some(excellent)) => (Some(USUAL_PASS.min(excellent.unwrap_or(USUAL_PASS))), excellent),
        (None, None) => (Some(USUAL_PASS), Some(USUAL_EXCELLENT)),
    }
}

/// A test as its file and the API hold it, every default spelled out. Times are written in UTC.
pub fn write(definition: &Definition) -> serde_json::Value {
    let mut file = json!({
        "test": definition.test,
        "occasion": definition.occasion.name(),
        "title": definition.title,
        "audience": {"branches": definition.audience.branches, "except": definition.audience.except},
        "opens": written_time(definition.opens_at_ms),
        "closes": written_time(definition.closes_at_ms),
        "minutes": definition.minutes,
        "attempts": definition.attempts,
        "keep": definition.keep.name(),
        "pass": definition.pass,
        "excellent": definition.excellent,
        "review": definition.review.name(),
    });
    if let Some(fields) = file.as_object_mut() {
        let limits = [
            ("late_minutes", definition.late_minutes),
            ("earliest_submit_minutes", definition.earliest_submit_minutes),
        ];
        for (name, minutes) in limits {
            if let Some(minutes) = minutes {
                fields.insert(name.to_owned(), minutes.into());
            }
        }
        if !definition.integrity.is_nothing() {
            fields.insert("integrity".to_owned(), integrity::write(&definition.integrity));
        }
        if definition.approve_corrections {
            fields.insert("approve_corrections".to_owned(), true.into());
        }
        belonging::write(definition, fields);
        if let Some(days) = definition.objection_days {
            fields.insert("objection_days".to_owned(), days.into());
        }
        if definition.marking.two {
            fields.insert("markers".to_owned(), definition.marking.markers().into());
        }
        if let Some(points) = definition.marking.difference {
            fields.insert("difference".to_owned(), json!(points));
        }
        let sections: Vec<serde_json::Value> = definition.sections.iter().map(section::write).collect();
        fields.insert("sections".to_owned(), sections.into());
    }
    file
}

/// RFC 3339 in UTC; a time outside the years that can be written stands at the nearest that can.
fn written_time(at_ms: i64) -> String {
    let nearest = if at_ms < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
    jiff::Timestamp::from_millisecond(at_ms).unwrap_or(nearest).to_string()
}

#[cfg(test)]
mod tests;
