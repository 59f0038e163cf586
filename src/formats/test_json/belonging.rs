//! What a test makes up for, and how its members are drawn.

use super::WHOLE;
use crate::formats::json::Value;
use crate::formats::reader::{Fields, Reader};
use crate::formats::schema::{integer, list, name, object, one_of, points};
use crate::rules::bank::ProblemCode;
use crate::rules::blueprint::{Definition, Occasion};
use crate::rules::make_up::MakeUpOf;
use crate::rules::points::Points;
use crate::rules::sample::{By, MOST_PER_BRANCH, Sample, Size};
use serde_json::{Map, json};

const MAKE_UP: [&str; 3] = ["test", "cap", "holds_review"];
const SAMPLE: [&str; 3] = ["share", "per_branch", "by"];

/// What a make-up makes up for, and the sample of an inspection.
pub(super) struct Belonging {
    pub(super) make_up_of: Option<MakeUpOf>,
    pub(super) sample: Option<Sample>,
}

/// Both, where they can be read.
pub(super) fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>, occasion: Option<Occasion>) -> Option<Belonging> {
    let mut only = |name: &str, needed: Occasion| {
        let value = fields.get(name)?;
        if occasion.is_some_and(|occasion| occasion != needed) {
            reader.note(value.at(), ProblemCode::NotForOccasion, name, needed.name());
        }
        Some(value)
    };
    let (make_up, sampled) = (only("make_up_of", Occasion::MakeUp), only("sample", Occasion::Inspection));
    let make_up_of = make_up.map_or(Some(None), |value| make_up_of(reader, value).map(Some));
    let sample = sampled.map_or(Some(None), |value| sample(reader, value).map(Some));
    Some(Belonging { make_up_of: make_up_of?, sample: sample? })
}

fn make_up_of<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<MakeUpOf> {
    let fields = reader.fields(value, &MAKE_UP)?;
    let test = reader.required(&fields, "test").and_then(|value| reader.name(value));
    let cap = fields.get("cap").map_or(Some(None), |value| reader.points(value, Points::ZERO..=WHOLE).map(Some));
    let holds_review = fields.get("holds_review").map_or(Some(false), |value| reader.boolean(value));
    Some(MakeUpOf { test: test?.into_owned(), cap: cap?, holds_review: holds_review? })
}

fn sample<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<Sample> {
    let fields = reader.fields(value, &SAMPLE)?;
    let share = fields.get("share").map(|value| reader.integer(value, 1..=100).map(Size::Share));
    let number = fields.get("per_branch").map(|value| reader.integer(value, 1..=MOST_PER_BRANCH).map(Size::PerBranch));
    let by = fields.get("by").map_or(Some(By::ALL.to_vec()), |value| grouping(reader, value));
    let size = match (share, number) {
        (Some(size), None) | (None, Some(size)) => size,
        (Some(_), Some(_)) | (None, None) => {
            reader.note(value.at(), ProblemCode::OneOfFields, "", "share, per_branch");
            None
        }
    };
    let (size, by) = (size?, by?);
    if matches!(size, Size::PerBranch(_)) && !by.contains(&By::Branch) {
        let at = fields.get("by").map_or(value.at(), Value::at);
        reader.note(at, ProblemCode::Missing, "", By::Branch.name());
        return None;
    }
    Some(Sample { size, by })
}

/// In the order of [`By::ALL`], whatever the file's.
fn grouping<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<Vec<By>> {
    let items = reader.list_or_none(value, By::ALL.len())?;
    let mut found = Vec::with_capacity(items.len());
    for item in items {
        let Some(by) = reader.one_of(item, &By::ALL, By::name) else { continue };
        if found.contains(&by) {
            reader.note(item.at(), ProblemCode::Repeated, by.name(), "");
        } else {
            found.push(by);
        }
    }
    found.sort_unstable();
    (found.len() == items.len()).then_some(found)
}

pub(super) fn write(definition: &Definition, fields: &mut Map<String, serde_json::Value>) {
    let members = &definition.audience.members;
    if let (false, Some(audience)) =
        (members.is_empty(), fields.get_mut("audience").and_then(|one| one.as_object_mut()))
    {
        audience.insert("members".to_owned(), json!(members));
    }
    if let Some(make_up) = &definition.make_up_of {
        let mut value = json!({ "test": make_up.test, "holds_review": make_up.holds_review });
        if let (Some(cap), Some(members)) = (make_up.cap, value.as_object_mut()) {
            members.insert("cap".to_owned(), json!(cap));
        }
        fields.insert("make_up_of".to_owned(), value);
    }
    if let Some(sample) = &definition.sample {
        let by: Vec<&str> = sample.by.iter().map(|by| by.name()).collect();
        let value = match sample.size {
            Size::Share(percent) => json!({ "share": percent, "by": by }),
            Size::PerBranch(number) => json!({ "per_branch": number, "by": by }),
        };
        fields.insert("sample".to_owned(), value);
    }
}

pub(super) fn make_up_schema() -> serde_json::Value {
    object(&MAKE_UP, &["test"], |field| match field {
        "test" => name(),
        "cap" => points(0.0, 100.0),
        _ => json!({ "type": "boolean", "default": false }),
    })
}

pub(super) fn sample_schema() -> serde_json::Value {
    let mut schema = object(&SAMPLE, &[], |field| match field {
        "share" => integer(1..=100),
        "per_branch" => integer(1..=MOST_PER_BRANCH),
        _ => list(&one_of(&By::ALL, By::name), 0, By::ALL.len()),
    });
    if let Some(members) = schema.as_object_mut() {
        members.insert("oneOf".into(), json!([{ "required": ["share"] }, { "required": ["per_branch"] }]));
    }
    schema
}
