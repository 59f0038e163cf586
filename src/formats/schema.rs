//! JSON Schemas (draft 2020-12) of our own files, made of the tables and limits that their readers use.
//!
//! A schema tells an editor what may stand where. What only the whole file shows (names that are there, gaps that fit
//! their stem, sums) is for the reader.

use super::{assessment_json, bank_json, test_json};
use crate::rules::text::NAME_CHARACTERS;
use serde_json::{Map, Value, json};

/// The files that have a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// A bank.
    Bank,
    /// A test.
    Test,
    /// The rules of an annual assessment.
    Assessment,
}

impl Schema {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Bank, Self::Test, Self::Assessment];

    /// Its name on the command line and, with `.json`, in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bank => "bank",
            Self::Test => "test",
            Self::Assessment => "assessment",
        }
    }

    /// The schema of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|schema| schema.name() == name)
    }

    /// The schema itself.
    pub fn document(self) -> Value {
        let (title, schema) = match self {
            Self::Bank => ("A question bank of Kaohe", bank_json::schema()),
            Self::Test => ("A test of Kaohe", test_json::schema()),
            Self::Assessment => ("The rules of an annual assessment of Kaohe", assessment_json::schema()),
        };
        let mut document = json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "title": title });
        if let (Some(members), Value::Object(schema)) = (document.as_object_mut(), schema) {
            members.extend(schema);
        }
        document
    }

    /// The schema as a file.
    pub fn text(self) -> String {
        format!("{:#}\n", self.document())
    }
}

/// An object with the fields of a reader's table and no others; `of` says what each holds.
pub(super) fn object(fields: &[&str], required: &[&str], of: impl Fn(&str) -> Value) -> Value {
    let properties: Map<String, Value> = fields.iter().map(|name| ((*name).to_owned(), of(name))).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// A string that says something.
pub(super) fn spoken(most: usize) -> Value {
    json!({ "type": "string", "pattern": "\\S", "maxLength": most })
}

/// A text that must say something: the same for all, or one a language.
pub(super) fn words(most: usize) -> Value {
    either_language(&spoken(most))
}

/// A text that may be blank.
pub(super) fn idle_words(most: usize) -> Value {
    either_language(&json!({ "type": "string", "maxLength": most }))
}

fn either_language(version: &Value) -> Value {
    let each = json!({ "type": "object", "properties": { "zh": version, "en": version }, "minProperties": 1,
        "additionalProperties": false });
    json!({ "anyOf": [version, each] })
}

/// What names banks, tests, questions and topics.
pub(super) fn name() -> Value {
    json!({ "type": "string", "pattern": format!("^[A-Za-z0-9._-]{{1,{NAME_CHARACTERS}}}$") })
}

/// A list of at least `least` and at most `most`.
pub(super) fn list(items: &Value, least: usize, most: usize) -> Value {
    json!({ "type": "array", "items": items, "minItems": least, "maxItems": most })
}

/// One of these words.
pub(super) fn one_of<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str) -> Value {
    json!({ "enum": all.iter().map(|one| name(*one)).collect::<Vec<_>>() })
}

/// A whole number within a range.
pub(super) fn integer(range: std::ops::RangeInclusive<u32>) -> Value {
    json!({ "type": "integer", "minimum": range.start(), "maximum": range.end() })
}

/// A number with at most two decimals within a range.
pub(super) fn points(from: f64, to: f64) -> Value {
    json!({ "type": "number", "minimum": from, "maximum": to, "description": "At most two decimals." })
}
