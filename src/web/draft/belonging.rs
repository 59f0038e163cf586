//! What the form of a test says of its people beyond branches: those it names and what it makes up for, which go through
//! the form as they are, and how the members of an inspection are drawn.

use super::Draft;
use crate::rules::blueprint::{Definition, Occasion};
use crate::rules::sample::{By, Sample, Size};
use serde_json::{Map, Value, json};

impl Draft {
    /// Takes over who takes a test.
    pub(super) fn set_belonging(&mut self, definition: &Definition) {
        let file = crate::formats::test_json::write(definition);
        let mut kept = Map::new();
        if let Some(make_up) = file.get("make_up_of") {
            kept.insert("make_up_of".to_owned(), make_up.clone());
        }
        if !definition.audience.members.is_empty() {
            kept.insert("members".to_owned(), json!(definition.audience.members));
        }
        let belonging = if kept.is_empty() { String::new() } else { Value::from(kept).to_string() };
        self.set("belonging", belonging);
        let sample = definition.sample.as_ref();
        let (size, number) = match sample.map(|sample| sample.size) {
            Some(Size::Share(percent)) => ("share", percent.to_string()),
            Some(Size::PerBranch(number)) => ("per_branch", number.to_string()),
            None => ("", String::new()),
        };
        self.set("sample_size", size);
        self.set("sample_number", number);
        for by in By::ALL {
            let is_by = sample.is_some_and(|sample: &Sample| sample.by.contains(&by));
            self.set(name_of(by), if is_by { "1" } else { "" });
        }
    }

    /// The people whom the test names.
    pub fn members(&self) -> Vec<String> {
        let kept: Value = serde_json::from_str(self.get("belonging")).unwrap_or_default();
        let members = kept.get("members").and_then(Value::as_array);
        members.into_iter().flatten().filter_map(Value::as_str).map(ToOwned::to_owned).collect()
    }

    pub(super) fn make_up_of(&self) -> Option<Value> {
        let kept: Value = serde_json::from_str(self.get("belonging")).unwrap_or_default();
        let is_make_up = self.get("occasion") == Occasion::MakeUp.name();
        kept.get("make_up_of").filter(|_| is_make_up).cloned()
    }

    /// How members are drawn; nothing but in an inspection. Without a group named, by all.
    pub(super) fn sample(&self) -> Option<Value> {
        let size = self.get("sample_size");
        if self.get("occasion") != Occasion::Inspection.name() || size.is_empty() {
            return None;
        }
        let number = self.get("sample_number").trim();
        let number = number.parse::<u32>().map_or_else(|_| json!(number), |number| json!(number));
        let by: Vec<&str> = By::ALL.into_iter().filter(|by| !self.get(name_of(*by)).is_empty()).map(By::name).collect();
        Some(json!({ size: number, "by": by }))
    }
}

/// The field of a group.
pub const fn name_of(by: By) -> &'static str {
    match by {
        By::Branch => "sample_by_branch",
        By::Category => "sample_by_category",
    }
}
