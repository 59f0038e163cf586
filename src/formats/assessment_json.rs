//! The rules of an annual assessment as a file, which is also how the API speaks of them: JSON ↔ [`Definition`].
//!
//! What [`write()`] writes, [`read()`] reads back as the same rules.

mod criteria;
mod schema;

pub(super) use schema::schema;

use super::json::{Document, Value};
use super::reader::{Fields, MOST_TITLE_CHARACTERS, Reader};
use crate::rules::assessment::{
    Band, BranchWeights, Combine, Component, Definition, MarkList, Missing, Selection, WHOLE,
};
use crate::rules::bank::{Problem, ProblemCode};
use crate::rules::blueprint::Occasion;
use crate::rules::points::{MOST_POINTS, Points};
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

const FIELDS: [&str; 10] =
    ["year", "title", "components", "bands", "pass", "excellent", "branch", "least_members", "commend", "help"];
const COMPONENT: [&str; 9] = ["title", "weight", "tests", "marks", "combine", "best", "least", "absent", "excused"];
/// Fields that speak of tests, and so not of marks that are entered.
const OF_TESTS: [&str; 5] = ["tests", "combine", "best", "least", "excused"];
const MARKS: [&str; 2] = ["name", "full"];
const BAND: [&str; 2] = ["title", "from"];
const SELECTION: [&str; 2] = ["occasion", "names"];
/// Highest number of sittings or members.
const MOST_NUMBER: u32 = 10_000;
/// Full marks of marks that are entered.
const LEAST_FULL: Points = Points::from_hundredths(1);
const MOST_FULL: Points = Points::from_hundredths(MOST_POINTS * 100);
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
    let commend = fields.get("commend").and_then(|value| criteria::commend(reader, value));
    let help = fields.get("help").and_then(|value| criteria::help(reader, value));
    Some(Definition {
        year: year?,
        title: title?,
        components: components?,
        bands: bands?,
        pass: pass?,
        excellent: excellent?,
        branch: branch?,
        least_members: least_members?,
        commend,
        help,
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
    for (index, (item, component)) in items.iter().zip(&components).enumerate() {
        let Some(list) = component.marks() else { continue };
        let before = components.iter().take(index).filter_map(Component::marks);
        if before.into_iter().any(|known| known.name == list.name) {
            reader.note(item.at(), ProblemCode::Repeated, &list.name, "");
        }
    }
    Some(components)
}

fn component<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<Component> {
    let fields = reader.fields(value, &COMPONENT)?;
    let title = reader.required(&fields, "title").and_then(|value| reader.words(value, MOST_TITLE_CHARACTERS));
    let weight = reader.required(&fields, "weight").and_then(|value| reader.points(value, Points::ZERO..=WHOLE));
    let tests = match fields.get("marks") {
        Some(marks) => {
            for field in OF_TESTS {
                if let Some(value) = fields.get(field) {
                    reader.note(value.at(), ProblemCode::NotForKind, field, "tests");
                }
            }
            mark_list(reader, marks).map(Selection::Marks)
        }
        None => reader.required(&fields, "tests").and_then(|value| selection(reader, value)),
    };
    let combine =
        fields.get("combine").map_or(Some(Combine::Mean), |value| reader.one_of(value, &Combine::ALL, Combine::name));
    let best = match (combine, fields.get("best")) {
        (Some(Combine::Best), _) => {
            reader.required(&fields, "best").and_then(|value| reader.integer(value, 1..=1000)).map(Some)
        }
        (_, Some(value)) => {
            if fields.get("marks").is_none() {
                reader.note(value.at(), ProblemCode::NotForKind, "best", Combine::Best.name());
            }
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

fn mark_list<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<MarkList> {
    let fields = reader.fields(value, &MARKS)?;
    let name = reader.required(&fields, "name").and_then(|value| reader.name(value));
    let full = fields.get("full").map_or(Some(WHOLE), |value| reader.points(value, LEAST_FULL..=MOST_FULL));
    Some(MarkList { name: name?.into_owned(), full: full? })
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
    let mut file = json!({
        "year": definition.year,
        "title": definition.title,
        "components": definition.components.iter().map(write_component).collect::<Vec<_>>(),
        "bands": definition.bands.iter().map(|band| json!({ "title": band.title, "from": band.from })).collect::<Vec<_>>(),
        "pass": definition.pass,
        "excellent": definition.excellent,
        "branch": definition.branch,
        "least_members": definition.least_members,
    });
    if let Some(fields) = file.as_object_mut() {
        let commend = definition.commend.as_ref().map(criteria::write_commend);
        let help = definition.help.as_ref().map(criteria::write_help);
        fields.extend(commend.map(|commend| ("commend".to_owned(), commend)));
        fields.extend(help.map(|help| ("help".to_owned(), help)));
    }
    file
}

fn write_component(component: &Component) -> serde_json::Value {
    let mut fields = Map::new();
    fields.insert("title".into(), json!(component.title));
    fields.insert("weight".into(), json!(component.weight));
    let tests = match &component.tests {
        Selection::Marks(list) => {
            fields.insert("marks".into(), json!({ "name": list.name, "full": list.full }));
            fields.insert("absent".into(), component.absent.name().into());
            return fields.into();
        }
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
    use crate::rules::assessment::commendation::{BranchCriteria, Commendation, MemberCriteria};
    use crate::rules::assessment::help::HelpCriteria;
    use crate::rules::assessment::{Combine, Component, MarkList, Missing, Selection, ready};
    use crate::rules::points::Points;

    #[test]
    fn what_is_written_is_read_back() {
        for name in ready::NAMES {
            let mut rules = ready::rules(name, 2026).unwrap();
            assert_eq!(read(write(&rules).to_string().as_bytes()), Ok(rules.clone()), "{name}");
            let component = &mut rules.components[0];
            (component.combine, component.best) = (Combine::Best, Some(3));
            component.tests = Selection::Names(vec!["a".into(), "b".into()]);
            assert_eq!(read(write(&rules).to_string().as_bytes()), Ok(rules.clone()), "{name}");
            let (full, absent) = (Points::from_hundredths(2000), Missing::Dropped);
            let tests = Selection::Marks(MarkList { name: "notes".into(), full });
            let usual = ready::rules("monthly-nine-of-twelve", 2026).unwrap().components.remove(0);
            rules.components[0] = Component { tests, absent, weight: rules.components[0].weight, least: 0, ..usual };
            let members = MemberCriteria { total: Some(full), no_fail: true, ..MemberCriteria::default() };
            let branches =
                BranchCriteria { kind: Some("党支部".into()), most: Some(3), ..BranchCriteria::default() };
            rules.commend = Some(Commendation { members: Some(members), branches: Some(branches) });
            rules.help = Some(HelpCriteria { absences: Some(2), ..HelpCriteria::default() });
            assert_eq!(read(write(&rules).to_string().as_bytes()), Ok(rules), "{name}");
        }
    }

    #[test]
    fn marks_have_a_name_of_their_own_and_nothing_of_tests() {
        let text = r#"{"year": 2026, "title": "T", "components": [
            {"title": "A", "weight": 50, "marks": {"name": "notes", "full": 0}, "combine": "best", "best": 3},
            {"title": "B", "weight": 25, "marks": {"name": "party notes"}},
            {"title": "C", "weight": 25}],
            "bands": [{"title": "x", "from": 60}], "branch": {"mean": 100}}"#;
        let found = |text: &str| -> Vec<String> {
            let problems = read(text.as_bytes()).unwrap_err();
            problems.iter().map(|problem| format!("{} {:?}", problem.pointer, problem.code)).collect()
        };
        assert_eq!(
            found(text),
            [
                "/components/0/marks/full OutOfRange",
                "/components/0/combine NotForKind",
                "/components/0/best NotForKind",
                "/components/1/marks/name BadName",
                "/components/2 Missing",
            ]
        );
        let twice = text.replace(", \"full\": 0}, \"combine\": \"best\", \"best\": 3", "}");
        let twice = twice
            .replace("party notes", "notes")
            .replace("\"weight\": 25}]", "\"weight\": 25, \"marks\": {\"name\": \"c\"}}]");
        assert_eq!(found(&twice), ["/components/1 Repeated"]);
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
