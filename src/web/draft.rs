//! A test as somebody types it into the form: every field as text, so that nothing typed is ever lost. Reads the form,
//! is made from a definition, and follows the form's buttons; `file` turns it into a test file, by whose rules it is
//! then checked.

mod belonging;
mod file;
mod moment;

pub use belonging::name_of;
pub use file::field_of;
pub use moment::{local, typed};

use crate::formats::test_json::usual_title;
use crate::rules::blueprint::{
    Band, Definition, MOST_ROWS, MOST_SECTIONS, Occasion, Row, Section, USUAL_BANDS, moved_ahead,
};
use crate::rules::integrity::written;
use crate::rules::question::{Kind, Policy};
use crate::rules::text::{EachLanguage, Text, is_han};
use crate::web::input::Fields;
use std::collections::HashMap;

/// A row of a section, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowDraft {
    /// The bank's name.
    pub bank: String,
    /// Ids of topics; all where empty.
    pub topics: Vec<String>,
    /// How many questions.
    pub count: String,
    /// How many of them easy, middling, hard.
    pub bands: [String; 3],
    /// Other bands, as `1-3: 5, 4-5: 5`; only where the usual three don't say it.
    pub mix: String,
}

/// A section, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SectionDraft {
    /// Its heading in Chinese; the kind's name where both are empty.
    pub title_zh: String,
    /// Its heading in English.
    pub title_en: String,
    /// The name of its kind.
    pub kind: String,
    /// Points of each question.
    pub points: String,
    /// The name of the policy for multiple choice.
    pub policy: String,
    /// Its rows.
    pub rows: Vec<RowDraft>,
}

/// The whole form, as typed. Fields bear the names of the test file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// Fields with one value, by name.
    pub values: HashMap<&'static str, String>,
    /// Codes of branches that take it.
    pub branches: Vec<String>,
    /// Codes of branches taken out again.
    pub except: Vec<String>,
    /// Whether a changed test takes the newest editions.
    pub newest: bool,
    /// Its sections.
    pub sections: Vec<SectionDraft>,
}

/// Fields with one value each.
const SINGLE: [&str; 31] = [
    "title_zh",
    "title_en",
    "test",
    "suggested",
    "occasion",
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
    "integrity_hints",
    "integrity_full_screen",
    "integrity_no_copy",
    "integrity_one_device",
    "integrity_addresses",
    "integrity_password",
    "integrity_safe_exam_browser",
    "approve_corrections",
    "belonging",
    "sample_size",
    "sample_number",
    "sample_by_branch",
    "sample_by_category",
    "objection_days",
    "markers",
    "difference",
];
/// The names of the three usual bands in the form.
pub const BAND_FIELDS: [&str; 3] = ["easy", "middling", "hard"];

impl Draft {
    /// The value of a field.
    pub fn get(&self, name: &str) -> &str {
        self.values.get(name).map(String::as_str).unwrap_or_default()
    }

    /// Sets a field.
    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.values.insert(name, value.into());
    }

    /// Reads a form.
    pub fn read(fields: &Fields) -> Self {
        let mut by_name: HashMap<&str, Vec<&str>> = HashMap::new();
        for (name, value) in &fields.0 {
            by_name.entry(name).or_default().push(value);
        }
        let all = |name: &str| -> Vec<String> {
            by_name.get(name).into_iter().flatten().map(|value| (*value).to_owned()).collect()
        };
        let one =
            |name: &str| by_name.get(name).and_then(|values| values.first()).copied().unwrap_or_default().to_owned();
        let is_there = |name: &str| by_name.contains_key(name);
        let row = |start: &str| RowDraft {
            bank: one(&format!("{start}-bank")),
            topics: all(&format!("{start}-topics")),
            count: one(&format!("{start}-count")),
            bands: BAND_FIELDS.map(|band| one(&format!("{start}-{band}"))),
            mix: one(&format!("{start}-mix")),
        };
        let section = |start: &str| SectionDraft {
            title_zh: one(&format!("{start}-title_zh")),
            title_en: one(&format!("{start}-title_en")),
            kind: one(&format!("{start}-kind")),
            points: one(&format!("{start}-points")),
            policy: one(&format!("{start}-policy")),
            rows: (0..MOST_ROWS)
                .map(|index| format!("{start}-r{index}"))
                .take_while(|start| is_there(&format!("{start}-bank")))
                .map(|start| row(&start))
                .collect(),
        };
        Self {
            values: SINGLE.into_iter().map(|name| (name, one(name))).collect(),
            branches: all("branches"),
            except: all("except"),
            newest: is_there("newest"),
            sections: (0..MOST_SECTIONS)
                .map(|index| format!("s{index}"))
                .take_while(|start| is_there(&format!("{start}-kind")))
                .map(|start| section(&start))
                .collect(),
        }
    }

    /// Every field with its value, as the form sends it.
    pub fn fields(&self) -> Vec<(String, String)> {
        let mut fields: Vec<(String, String)> =
            SINGLE.into_iter().map(|name| (name.to_owned(), self.get(name).to_owned())).collect();
        fields.extend(self.branches.iter().map(|code| ("branches".to_owned(), code.clone())));
        fields.extend(self.except.iter().map(|code| ("except".to_owned(), code.clone())));
        if self.newest {
            fields.push(("newest".to_owned(), "1".to_owned()));
        }
        for (index, section) in self.sections.iter().enumerate() {
            let named = [
                ("title_zh", &section.title_zh),
                ("title_en", &section.title_en),
                ("kind", &section.kind),
                ("points", &section.points),
                ("policy", &section.policy),
            ];
            fields.extend(named.map(|(name, value)| (format!("s{index}-{name}"), value.clone())));
            for (row_index, row) in section.rows.iter().enumerate() {
                let start = format!("s{index}-r{row_index}");
                let named = [("bank", &row.bank), ("count", &row.count), ("mix", &row.mix)];
                fields.extend(named.map(|(name, value)| (format!("{start}-{name}"), value.clone())));
                fields.extend(row.topics.iter().map(|topic| (format!("{start}-topics"), topic.clone())));
                let bands = BAND_FIELDS.iter().zip(&row.bands);
                fields.extend(bands.map(|(band, value)| (format!("{start}-{band}"), value.clone())));
            }
        }
        fields
    }

    /// The form of a test as it stands.
    pub fn of(definition: &Definition) -> Self {
        let (title_zh, title_en) = versions(&definition.title);
        let optional = |minutes: Option<u32>| minutes.map(|minutes| minutes.to_string()).unwrap_or_default();
        let integrity = &definition.integrity;
        let switch = |on: bool| if on { "1".to_owned() } else { String::new() };
        let values = [
            ("integrity_hints", switch(integrity.hints)),
            ("integrity_full_screen", switch(integrity.full_screen)),
            ("integrity_no_copy", switch(integrity.no_copy)),
            ("integrity_one_device", switch(integrity.one_device)),
            ("integrity_addresses", integrity.addresses.iter().map(written).collect::<Vec<_>>().join(", ")),
            ("integrity_password", integrity.password.clone().unwrap_or_default()),
            ("integrity_safe_exam_browser", integrity.safe_exam_browser.join(", ")),
            ("approve_corrections", switch(definition.approve_corrections)),
            ("objection_days", optional(definition.objection_days)),
            ("markers", definition.marking.markers().to_string()),
            ("difference", definition.marking.difference.map(|points| points.to_string()).unwrap_or_default()),
            ("title_zh", title_zh),
            ("title_en", title_en),
            ("test", definition.test.clone()),
            ("occasion", definition.occasion.name().to_owned()),
            ("opens", local(definition.opens_at_ms)),
            ("closes", local(definition.closes_at_ms)),
            ("minutes", definition.minutes.to_string()),
            ("attempts", definition.attempts.to_string()),
            ("keep", definition.keep.name().to_owned()),
            ("pass", definition.pass.to_string()),
            ("excellent", definition.excellent.to_string()),
            ("review", definition.review.name().to_owned()),
            ("late_minutes", optional(definition.late_minutes)),
            ("earliest_submit_minutes", optional(definition.earliest_submit_minutes)),
        ];
        let mut draft = Self {
            values: values.into_iter().collect(),
            branches: definition.audience.branches.clone(),
            except: definition.audience.except.clone(),
            newest: false,
            sections: definition.sections.iter().map(SectionDraft::of).collect(),
        };
        draft.set_belonging(definition);
        draft
    }

    /// The form of a new test like an old one: without a name and named people, its window moved into the future.
    pub fn copy_of(definition: &Definition, now_ms: i64) -> Self {
        let (opens_at_ms, closes_at_ms) = moved_ahead(definition.opens_at_ms, definition.closes_at_ms, now_ms);
        let mut draft = Self::of(&Definition { opens_at_ms, closes_at_ms, ..definition.clone() });
        draft.set("test", "");
        draft.set("belonging", "");
        draft
    }

    /// A name for the test by its occasion and day of opening: `monthly-2026-11`.
    pub fn name_to_suggest(&self) -> String {
        let opens = self.get("opens");
        let (year, month, day) = (opens.get(..4), opens.get(5..7), opens.get(8..10));
        let (Some(year), Some(month), Some(day)) = (year, month, day) else { return "test".to_owned() };
        let occasion = self.get("occasion");
        match Occasion::ALL.into_iter().find(|known| known.name() == occasion) {
            Some(Occasion::Monthly) => format!("monthly-{year}-{month}"),
            Some(Occasion::Quarterly) => {
                let quarter = month.parse::<u32>().map_or(1, |month| month.saturating_sub(1) / 3 + 1);
                format!("quarterly-{year}-q{quarter}")
            }
            Some(Occasion::Annual) => format!("annual-{year}"),
            Some(Occasion::MakeUp) => format!("make-up-{year}-{month}-{day}"),
            Some(other) => format!("{}-{year}-{month}-{day}", other.name()),
            None => format!("test-{year}-{month}-{day}"),
        }
    }

    /// Does what a button of the form asks for: adds or removes a section or row. Returns the field to go on with.
    pub fn act(&mut self, action: &str) -> Option<String> {
        let mut parts = action.split(':');
        let verb = parts.next()?;
        let index = parts.next().and_then(|text| text.parse::<usize>().ok());
        match (verb, index, parts.next().and_then(|text| text.parse::<usize>().ok())) {
            ("add-section", _, _) if self.sections.len() < MOST_SECTIONS => {
                let section = self.next_section();
                self.sections.push(section);
                Some(format!("s{}-kind", self.sections.len() - 1))
            }
            ("remove-section", Some(index), _) if index < self.sections.len() => {
                self.sections.remove(index);
                Some("add-section".to_owned())
            }
            ("add-row", Some(index), _) => {
                let section = self.sections.get_mut(index).filter(|section| section.rows.len() < MOST_ROWS)?;
                let bank = section.rows.last().map(|row| row.bank.clone()).unwrap_or_default();
                section.rows.push(RowDraft { bank, ..RowDraft::default() });
                Some(format!("s{index}-r{}-bank", section.rows.len() - 1))
            }
            ("remove-row", Some(index), Some(row)) => {
                let section = self.sections.get_mut(index).filter(|section| section.rows.len() > 1)?;
                if row < section.rows.len() {
                    section.rows.remove(row);
                }
                Some(format!("s{index}-r{}-bank", section.rows.len() - 1))
            }
            _ => None,
        }
    }

    /// A section of a kind that isn't there yet, from the bank used last.
    fn next_section(&self) -> SectionDraft {
        let is_used = |kind: &Kind| self.sections.iter().any(|section| section.kind == kind.name());
        let kind = Kind::ALL.into_iter().find(|kind| !is_used(kind)).unwrap_or(Kind::Single);
        let bank = self.sections.last().and_then(|section| section.rows.last()).map(|row| row.bank.clone());
        let row = RowDraft { bank: bank.unwrap_or_default(), ..RowDraft::default() };
        SectionDraft {
            kind: kind.name().to_owned(),
            points: "2".to_owned(),
            rows: vec![row],
            ..SectionDraft::default()
        }
    }
}

/// A text's two versions; a text for all stands where its letters belong.
pub fn versions(text: &Text) -> (String, String) {
    match text {
        Text::Each(EachLanguage { zh, en }) => (zh.clone().unwrap_or_default(), en.clone().unwrap_or_default()),
        Text::Same(text) if text.chars().any(is_han) => (text.clone(), String::new()),
        Text::Same(text) => (String::new(), text.clone()),
    }
}

impl SectionDraft {
    fn of(section: &Section) -> Self {
        let usual = section.title == usual_title(section.kind);
        let (title_zh, title_en) = if usual { Default::default() } else { versions(&section.title) };
        Self {
            title_zh,
            title_en,
            kind: section.kind.name().to_owned(),
            points: section.points.to_string(),
            policy: if section.kind == Kind::Multiple { section.policy } else { Policy::default() }.name().to_owned(),
            rows: section.draw.iter().map(RowDraft::of).collect(),
        }
    }
}

impl RowDraft {
    fn of(row: &Row) -> Self {
        let usual = row.difficulty.iter().all(|(band, _)| USUAL_BANDS.contains(band));
        let of_band = |band: Band| {
            let found = row.difficulty.iter().find(|(known, _)| usual && *known == band);
            found.map(|(_, count)| count.to_string()).unwrap_or_default()
        };
        let mix =
            || row.difficulty.iter().map(|(band, count)| format!("{band}: {count}")).collect::<Vec<_>>().join(", ");
        Self {
            bank: row.bank.clone(),
            topics: row.topics.clone(),
            count: row.count.to_string(),
            bands: USUAL_BANDS.map(of_band),
            mix: if usual { String::new() } else { mix() },
        }
    }
}

#[cfg(test)]
mod tests;
