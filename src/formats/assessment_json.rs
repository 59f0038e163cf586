//! The rules of an annual assessment as a file, which is also how the API speaks of them: JSON ↔ [`Definition`].
//!
//! What [`write()`] writes, [`read()`] reads back as the same rules.

mod schema;

pub(super) use schema::schema;

use super::json::{Document, Value};
use super::reader::{Fields, MOST_TITLE_CHARACTERS, Reader};
use crate::rules::assessment::{Band, BranchWeights, Combine, Component, Definition, Missing, Selection, WHOLE};
use crate::rules::bank::{Problem, ProblemCode};
use crate::rules::blueprint::Occasion;
use crate::rules::points::Points;
use serde_json::{Map, json};

/// Largest file.
pub const MOST_BYTES: usize = 1024 * 1024;
/// Most components.
pub const MOST_COMPONENTS: usize = 20;
/// Most bands.
pub const MOST_BANDS: usize = 20;
/// Most tests named by a component.
pub const MOST_TESTS: usize = 1000;
/// Years that can be assessed.
pub const YEARS: std::ops::RangeInclusive<u32> = 2000..=2999;

const FIELDS: [&str; 8] = ["year", "title", "components", "bands", "pass", "excellent", "branch", "least_members"];
const COMPONENT: [&str; 8] = ["title", "weight", "tests", "combine", "best", "least", "absent", "excused"];
const BAND: [&str; 2] = ["title", "from"];
const SELECTION: [&str; 2] = ["occasion", "names"];
/// Highest number of sittings or members.
const MOST_NUMBER: u32 = 10_000;
const BRANCH: [&str; 4] = ["mean", "participation", "pass", "excellence"];

/// Occasions that can be part of an assessment: practice never is.
pub const ASSESSED: [Occasion; 5] =
    [Occasion::Monthly, Occasion::Quarterly, Occasion::Annual, Occasion::MakeUp, Occasion::Inspection];

/// Reads rules, or says everything that is wrong with them.
pub fn read(bytes: &[u8]) -> Result<Definition, Vec<Problem>> {
    let document = Document::read(bytes, MOST_BYTES).map_err(|problem| vec![problem])?;
    let mut reader = Reader::new(&document);
    let definition = definition(&mut reader);
    reader.finish(definition)
}

fn definition(reader: &mut Reader<'_>) -> Option<Definition> {
    let fields = reader.fields(reader.document().root(), &FIELDS)?;
    let year = reader.required(&fields, "year").and_then(|value| reader.integer(value, YEARS));
    let title = reader.required(&fields, "title").and_then(|value| reader.words(value, MOST_TITLE_CHARACTERS));
    let components = reader.required(&fields, "components").and_then(|value| components(reader, value));
    let bands = reader.required(&fields, "bands").and_then(|value| bands(reader, value));
    let pass = line(reader, &fields, "pass", 60);
    let excellent = line(reader, &fields, "excellent", 90);
    if let (Some(pass), Some(excellent), Some(value)) =
        (pass, excellent, fields.get("excellent").or(fields.get("pass")))
        && excellent < pass
    {
        reader.note(value.at(), ProblemCode::ExcellentBelowPass, &excellent.to_string(), pass.to_string());
    }
    let branch = reader.required(&fields, "branch").and_then(|value| branch(reader, value));
    let least_members = number(reader, &fields, "least_members", 0);
    Some(Definition {
        year: year?,
        title: title?,
        components: components?,
        bands: bands?,
        pass: pass?,
        excellent: excellent?,
        branch: branch?,
        least_members: least_members?,
    })
}

fn line<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>, name: &str, usual: i64) -> Option<Points> {
    let usual = Points::from_hundredths(usual * 100);
    fields.get(name).map_or(Some(usual), |value| reader.points(value, Points::ZERO..=WHOLE))
}

fn number<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>, name: &str, usual: u32) -> Option<u32> {
    fields.get(name).map_or(Some(usual), |value| reader.integer(value, 0..=MOST_NUMBER))
}

/// Notes weights that don't come to 100 %.
fn adds_up(reader: &mut Reader<'_>, value: &Value, weights: &[Points]) {
    let sum: Points = weights.iter().copied().sum();
    if sum != WHOLE {
        reader.note(value.at(), ProblemCode::WeightsSum, &sum.to_string(), "100");
    }
}

fn components<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<Vec<Component>> {
    let items = reader.list(value, MOST_COMPONENTS)?;
    let components: Vec<Component> = items.iter().filter_map(|item| component(reader, item)).collect();
    if components.len() < items.len() {
        return None;
    }
    adds_up(reader, value, &components.iter().map(|component| component.weight).collect::<Vec<_>>());
    Some(components)
}

fn component<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<Component> {
    let fields = reader.fields(value, &COMPONENT)?;
    let title = reader.required(&fields, "title").and_then(|value| reader.words(value, MOST_TITLE_CHARACTERS));
    let weight = reader.required(&fields, "weight").and_then(|value| reader.points(value, Points::ZERO..=WHOLE));
    let tests = reader.required(&fields, "tests").and_then(|value| selection(reader, value));
    let combine =
        fields.get("combine").map_or(Some(Combine::Mean), |value| reader.one_of(value, &Combine::ALL, Combine::name));
    let best = match (combine, fields.get("best")) {
        (Some(Combine::Best), _) => {
            reader.required(&fields, "best").and_then(|value| reader.integer(value, 1..=1000)).map(Some)
        }
        (_, Some(value)) => {
            reader.note(value.at(), ProblemCode::NotForKind, "best", Combine::Best.name());
            Some(None)
        }
        (_, None) => Some(None),
    };
    let least = number(reader, &fields, "least", 0);
    let mut missing =
        |name, usual| fields.get(name).map_or(Some(usual), |value| reader.one_of(value, &Missing::ALL, Missing::name));
    let (absent, excused) = (missing("absent", Missing::Zero), missing("excused", Missing::Dropped));
    Some(Component {
        title: title?,
        weight: weight?,
        tests: tests?,
        combine: combine?,
        best: best?,
        least: least?,
        absent: absent?,
        excused: excused?,
    })
}

fn selection<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<Selection> {
    let fields = reader.fields(value, &SELECTION)?;
    let Some(names) = fields.get("names") else {
        let value = reader.required(&fields, "occasion")?;
        return reader.one_of(value, &ASSESSED, Occasion::name).map(Selection::Occasion);
    };
    let items = reader.list(names, MOST_TESTS)?;
    let mut read = Vec::with_capacity(items.len());
    for item in items {
        let Some(name) = reader.name(item) else { continue };
        if read.iter().any(|known: &String| *known == *name) {
            reader.note(item.at(), ProblemCode::Repeated, &name, "");
        }
        read.push(name.into_owned());
    }
    (read.len() == items.len()).then_some(Selection::Names(read))
}

/// From the highest down; no two begin at the same line.
fn bands<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<Vec<Band>> {
    let items = reader.list(value, MOST_BANDS)?;
    let mut bands: Vec<Band> = Vec::with_capacity(items.len());
    for item in items {
        let Some(fields) = reader.fields(item, &BAND) else { continue };
        let title = reader.required(&fields, "title").and_then(|value| reader.words(value, MOST_TITLE_CHARACTERS));
        let from = reader.required(&fields, "from").and_then(|value| reader.points(value, Points::ZERO..=WHOLE));
        let (Some(title), Some(from)) = (title, from) else { continue };
        if bands.iter().any(|band| band.from == from) {
            reader.note(item.at(), ProblemCode::Repeated, &from.to_string(), "");
        }
        bands.push(Band { title, from });
    }
    bands.sort_by_key(|band| std::cmp::Reverse(band.from));
    (bands.len() == items.len()).then_some(bands)
}

fn branch<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<BranchWeights> {
    let fields = reader.fields(value, &BRANCH)?;
    let mut weight =
        |name| fields.get(name).map_or(Some(Points::ZERO), |value| reader.points(value, Points::ZERO..=WHOLE));
    let (mean, participation, pass, excellence) =
        (weight("mean")?, weight("participation")?, weight("pass")?, weight("excellence")?);
    adds_up(reader, value, &[mean, participation, pass, excellence]);
    Some(BranchWeights { mean, participation, pass, excellence })
}

/// Rules as their file and the API hold them, every default spelled out.
pub fn write(definition: &Definition) -> serde_json::Value {
    json!({
        "year": definition.year,
        "title": definition.title,
        "components": definition.components.iter().map(write_component).collect::<Vec<_>>(),
        "bands": definition.bands.iter().map(|band| json!({ "title": band.title, "from": band.from })).collect::<Vec<_>>(),
        "pass": definition.pass,
        "excellent": definition.excellent,
        "branch": definition.branch,
        "least_members": definition.least_members,
    })
}

fn write_component(component: &Component) -> serde_json::Value {
    let mut fields = Map::new();
    fields.insert("title".into(), json!(component.title));
    fields.insert("weight".into(), json!(component.weight));
    let tests = match &component.tests {
        Selection::Occasion(occasion) => json!({ "occasion": occasion.name() }),
        Selection::Names(names) => json!({ "names": names }),
    };
    fields.insert("tests".into(), tests);
    fields.insert("combine".into(), component.combine.name().into());
    if let Some(best) = component.best {
        fields.insert("best".into(), best.into());
    }
    fields.insert("least".into(), component.least.into());
    fields.insert("absent".into(), component.absent.name().into());
    fields.insert("excused".into(), component.excused.name().into());
    fields.into()
}

#[cfg(test)]
mod tests {
    use super::{read, write};
    use crate::rules::assessment::{Combine, Selection, ready};

    #[test]
    fn what_is_written_is_read_back() {
        for name in ready::NAMES {
            let mut rules = ready::rules(name, 2026).unwrap();
            assert_eq!(read(write(&rules).to_string().as_bytes()), Ok(rules.clone()), "{name}");
            let component = &mut rules.components[0];
            (component.combine, component.best) = (Combine::Best, Some(3));
            component.tests = Selection::Names(vec!["a".into(), "b".into()]);
            assert_eq!(read(write(&rules).to_string().as_bytes()), Ok(rules), "{name}");
        }
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        let text = r#"{"year": 1999, "title": "T", "components": [
            {"title": "A", "weight": 30, "tests": {"occasion": "practice"}},
            {"title": "B", "weight": 30, "tests": {"names": ["a", "a"]}, "best": 2, "combin": "mean"}],
            "bands": [{"title": "x", "from": 60}, {"title": "y", "from": 60}], "pass": 90, "excellent": 60,
            "branch": {"mean": 50, "pass": 40}}"#;
        let problems = read(text.as_bytes()).unwrap_err();
        let found: Vec<String> =
            problems.iter().map(|problem| format!("{} {:?}", problem.pointer, problem.code)).collect();
        assert_eq!(
            found,
            [
                "/year OutOfRange",
                "/components/0/tests/occasion NotOneOf",
                "/components/1/tests/names/1 Repeated",
                "/components/1/best NotForKind",
                "/components/1/combin UnknownField",
                "/bands/1 Repeated",
                "/excellent ExcellentBelowPass",
                "/branch WeightsSum",
            ]
        );
    }
}
