//! A question as a bank's file holds it → the rows of our own sheet. It needn't be sound: what makes no sense stands in its
//! cell as it is written, for a person to mend.

use super::cells::{escaped, joined};
use super::{Column, MOST_TARGETS, Part, Version, in_language, kind_word};
use crate::formats::exchange::sheet::options::letters;
use crate::rules::question::Kind;
use crate::rules::text::Language;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// A row on its way into the sheet.
pub(super) type Cells = BTreeMap<Column, String>;

/// The rows of a question: one, and of a case one more for each of its parts.
pub(super) fn rows_of(question: &Value, language: Language) -> Vec<Cells> {
    let mut rows = vec![of_question(question, language)];
    for part in list(question, "parts") {
        let mut cells = of_question(part, language);
        put(&mut cells, Part::OfCase, yes(language));
        put(&mut cells, Part::Share, &scalar(&part["share"]));
        rows.push(cells);
    }
    rows
}

pub(super) const fn yes(language: Language) -> &'static str {
    in_language(("是", "yes"), language)
}

/// The kind of a question, where it has one that is known.
pub(super) fn kind_of(question: &Value) -> Option<Kind> {
    question["kind"].as_str().and_then(Kind::from_name)
}

/// The items of a member that is a list.
pub(super) fn list<'v>(question: &'v Value, member: &str) -> impl Iterator<Item = &'v Value> {
    question[member].as_array().into_iter().flatten()
}

/// The cells of a question, without its parts.
fn of_question(question: &Value, language: Language) -> Cells {
    let mut cells = Cells::new();
    let kind = kind_of(question);
    let word = kind.map_or_else(|| scalar(&question["kind"]), |kind| kind_word(kind, language).to_owned());
    put(&mut cells, Part::Kind, &word);
    for (part, member) in [(Part::Id, "id"), (Part::Topic, "topic"), (Part::Difficulty, "difficulty")] {
        put(&mut cells, part, &scalar(&question[member]));
    }
    put_text(&mut cells, Part::Stem, &question["stem"]);
    let options = labels(&question["options"], letters().map(String::from));
    for (letter, text) in options.texts() {
        put_text(&mut cells, Part::Option(letter.chars().next().unwrap_or('A')), text);
    }
    let targets = labels(&question["targets"], (1..=MOST_TARGETS).map(|number| number.to_string()));
    for (number, text) in targets.texts() {
        put_text(&mut cells, Part::Target(number.parse().unwrap_or(1)), text);
    }
    put_key(&mut cells, (kind, &question["answer"]), (&options, &targets), language);
    if question["any_order"] == true {
        put(&mut cells, Part::AnyOrder, yes(language));
    }
    put_text(&mut cells, Part::Explanation, &question["explanation"]);
    let cite = &question["cite"];
    put_text(&mut cells, Part::Cite, cite);
    put(&mut cells, Part::Regulation, &scalar(&cite["regulation"]));
    put(&mut cells, Part::Article, &scalar(&cite["article"]));
    put(&mut cells, Part::Excludes, &list(question, "excludes").map(scalar).collect::<Vec<_>>().join(", "));
    if question["retired"] == true {
        put(&mut cells, Part::Retired, yes(language));
    }
    cells
}

fn put_key(
    cells: &mut Cells,
    (kind, answer): (Option<Kind>, &Value),
    (options, targets): (&Labels<'_>, &Labels<'_>),
    language: Language,
) {
    let written = match (kind, answer) {
        (Some(Kind::TrueFalse), Value::Bool(true)) => in_language(("对", "true"), language).to_owned(),
        (Some(Kind::TrueFalse), Value::Bool(false)) => in_language(("错", "false"), language).to_owned(),
        (Some(Kind::Short | Kind::Essay), _) => return put_model(cells, answer),
        (Some(Kind::Blank), Value::Array(gaps)) => put_gaps(cells, gaps),
        (Some(Kind::Numeric), Value::Object(number)) => put_number(cells, number),
        (_, Value::Array(labels)) => {
            let labels: Vec<String> = labels.iter().map(|label| options.in_sheet(&scalar(label))).collect();
            labels.join(if labels.iter().all(|label| label.chars().count() == 1) { "" } else { ", " })
        }
        (_, Value::Object(pairs)) => {
            let pair = |(option, to): (&String, &Value)| {
                format!("{}={}", options.in_sheet(option), targets.in_sheet(&scalar(to)))
            };
            let mut pairs: Vec<String> = pairs.iter().map(pair).collect();
            pairs.sort();
            pairs.join(", ")
        }
        (Some(Kind::Single), label) => options.in_sheet(&scalar(label)),
        (_, other) => scalar(other),
    };
    put(cells, Part::Answer, &written);
}

/// What the gaps accept, and which of them are numbers.
fn put_gaps(cells: &mut Cells, gaps: &[Value]) -> String {
    let texts = |value: &Value| match value {
        Value::Array(texts) => joined(&texts.iter().map(scalar).collect::<Vec<_>>()),
        other => joined(&[scalar(other)]),
    };
    let numbered = || (1_usize..).zip(gaps).filter(|(_, gap)| gap.is_object());
    let has_units = |gap: &Value| list(gap, "units").next().is_some();
    let units = numbered().filter(|(_, gap)| has_units(gap));
    let units: Vec<String> = units.map(|(number, gap)| format!("{number}={}", texts(&gap["units"]))).collect();
    let numbers = numbered().filter(|(_, gap)| gap["number"] == true && !has_units(gap));
    let numbers: Vec<String> = numbers.map(|(number, _)| number.to_string()).collect();
    put(cells, Part::Units, &units.join("\n"));
    put(cells, Part::Numbers, &numbers.join(", "));
    let accepted = gaps.iter().map(|gap| texts(if gap.is_object() { &gap["accept"] } else { gap }));
    accepted.collect::<Vec<_>>().join("\n")
}

fn put_number(cells: &mut Cells, number: &Map<String, Value>) -> String {
    let member = |name: &str| number.get(name).map(scalar).unwrap_or_default();
    let units = number.get("units").and_then(Value::as_array);
    let units: Vec<String> = units.into_iter().flatten().map(scalar).collect();
    put(cells, Part::Units, &joined(&units));
    if number.get("tolerance").and_then(Value::as_f64) != Some(0.0) {
        put(cells, Part::Tolerance, &member("tolerance"));
    }
    member("value")
}

/// A model answer with its marking points: a line for each in every language, its share in front.
fn put_model(cells: &mut Cells, answer: &Value) {
    let model = answer.get("model").unwrap_or(answer);
    put_text(cells, Part::Answer, model);
    for version in Version::ALL {
        if list(answer, "points").any(|point| in_version(&point["text"], version).is_some()) {
            let lines = list(answer, "points").map(|point| {
                let share = scalar(&point["share"]);
                match in_version(&point["text"], version) {
                    Some(text) => format!("{share}% {}", escaped(&text)),
                    None => format!("{share}%"),
                }
            });
            put_version(cells, Part::Points, version, Some(lines.collect::<Vec<_>>().join("\n")));
        }
    }
}

/// Texts under labels as the sheet calls them.
struct Labels<'q> {
    texts: Vec<(String, &'q Value)>,
    by_label: HashMap<&'q str, String>,
}

impl<'q> Labels<'q> {
    fn texts(&self) -> impl Iterator<Item = (&str, &'q Value)> {
        self.texts.iter().map(|(label, text)| (label.as_str(), *text))
    }

    /// What the sheet calls a label; one that there isn't stays.
    fn in_sheet(&self, label: &str) -> String {
        self.by_label.get(label).cloned().unwrap_or_else(|| label.to_owned())
    }
}

/// A list keeps its labels where they are those of the columns, in their order; otherwise they are counted anew.
fn labels(list: &Value, columns: impl Iterator<Item = String>) -> Labels<'_> {
    let columns: Vec<String> = columns.collect();
    let own: Vec<(&String, &Value)> = list.as_object().into_iter().flatten().collect();
    let places: Option<Vec<usize>> =
        own.iter().map(|(label, _)| columns.iter().position(|column| column == *label)).collect();
    let is_ordered = places.is_some_and(|places| places.is_sorted_by(|one, two| one < two));
    let in_sheet: Vec<String> =
        if is_ordered { own.iter().map(|(label, _)| (*label).clone()).collect() } else { columns };
    let by_label = own.iter().map(|(label, _)| label.as_str()).zip(in_sheet.iter().cloned()).collect();
    Labels { texts: in_sheet.into_iter().zip(own.into_iter().map(|(_, text)| text)).collect(), by_label }
}

/// A value as it stands in a cell.
fn scalar(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

pub(super) fn put(cells: &mut Cells, part: Part, text: &str) {
    put_version(cells, part, Version::Same, Some(text.to_owned()));
}

fn put_version(cells: &mut Cells, part: Part, version: Version, text: Option<String>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        cells.insert(Column { part, version }, text);
    }
}

pub(super) fn put_text(cells: &mut Cells, part: Part, text: &Value) {
    for version in Version::ALL {
        put_version(cells, part, version, in_version(text, version));
    }
}

fn in_version(text: &Value, version: Version) -> Option<String> {
    match (text, version) {
        (Value::Object(each), Version::Zh) => each.get("zh").map(scalar),
        (Value::Object(each), Version::En) => each.get("en").map(scalar),
        (Value::Object(_) | Value::Null, _) => None,
        (text, Version::Same) => Some(scalar(text)),
        _ => None,
    }
}
