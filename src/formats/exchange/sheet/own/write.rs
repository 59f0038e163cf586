//! A bank → our own sheet.

use super::cells::{escaped, guarded, joined};
use super::{Column, MOST_TARGETS, Other, Part, Version, in_language, kind_word};
use crate::formats::exchange::sheet::options::letters;
use crate::formats::exchange::{Form, Unwritten};
use crate::formats::sheet::{MOST_CELL_CHARACTERS, Table, write_csv, write_xlsx};
use crate::rules::bank::Bank;
use crate::rules::question::case::is_even;
use crate::rules::question::{Choice, Cite, Key, Kind, Question};
use crate::rules::text::{Language, Text};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Columns that are there whatever the bank holds.
const USUAL: [Part; 5] = [Part::Id, Part::Kind, Part::Topic, Part::Difficulty, Part::Answer];

/// A row on its way into the sheet.
pub(super) type Cells = BTreeMap<Column, String>;

/// Writes a bank as a workbook or CSV, and says which questions are in it.
pub fn write(bank: &Bank, form: Form, language: Language) -> Result<(Vec<u8>, Vec<&Question>), Unwritten> {
    let mut rows = vec![of_bank(bank, language)];
    rows.extend(bank.topics.iter().map(|topic| {
        let mut cells = Cells::new();
        put(&mut cells, Part::Kind, Other::Topic.word(language));
        put(&mut cells, Part::Topic, &topic.id);
        put_text(&mut cells, Part::Stem, &topic.title);
        cells
    }));
    let mut kept = Vec::with_capacity(bank.questions.len());
    for question in &bank.questions {
        let own = rows_of(question, language);
        let mut cells = own.iter().flat_map(Cells::values);
        if form == Form::Csv || cells.all(|cell| cell.encode_utf16().count() < MOST_CELL_CHARACTERS) {
            rows.extend(own);
            kept.push(question);
        }
    }
    let columns: BTreeSet<Column> =
        rows.iter().flat_map(|row| row.keys().copied()).chain(USUAL.map(Column::new)).collect();
    let columns: Vec<Column> = columns.into_iter().collect();
    let table = table(&columns, rows, language);
    let bytes = if form == Form::Csv { write_csv(&table.rows) } else { write_xlsx(&[table]).map_err(Unwritten)? };
    Ok((bytes, kept))
}

/// A table of rows under the headings of these columns.
pub(super) fn table(columns: &[Column], rows: Vec<Cells>, language: Language) -> Table {
    let cells = |mut row: Cells| {
        let cell = |column| row.remove(column).map(|cell| guarded(&cell).into_owned()).unwrap_or_default();
        columns.iter().map(cell).collect::<Vec<String>>()
    };
    let words: Vec<String> = Other::ALL
        .map(|other| other.word(language))
        .into_iter()
        .chain(Kind::ALL.map(|kind| kind_word(kind, language)))
        .map(str::to_owned)
        .collect();
    let choices = columns.iter().enumerate().filter_map(|(index, column)| match column.part {
        Part::Kind => Some((index, words.clone())),
        Part::Difficulty => Some((index, (1..=5).map(|number: u8| number.to_string()).collect())),
        Part::Retired | Part::AnyOrder | Part::OfCase => Some((index, vec![yes(language).to_owned()])),
        _ => None,
    });
    let heading = columns.iter().map(|column| column.heading(language)).collect();
    Table {
        name: in_language(("题库", "Bank"), language).to_owned(),
        heading: 1,
        rows: std::iter::once(heading).chain(rows.into_iter().map(cells)).collect(),
        widths: columns.iter().map(|column| width(column.part)).collect(),
        choices: choices.collect(),
        marked: Vec::new(),
    }
}

const fn width(part: Part) -> u8 {
    match part {
        Part::Stem => 50,
        Part::Explanation | Part::Points => 36,
        Part::Option(_) | Part::Target(_) | Part::Answer | Part::Cite => 20,
        Part::Id | Part::Topic | Part::Excludes | Part::Regulation => 14,
        _ => 10,
    }
}

const fn yes(language: Language) -> &'static str {
    in_language(("是", "yes"), language)
}

/// The cells of the row that names the bank.
pub(super) fn of_bank(bank: &Bank, language: Language) -> Cells {
    let mut cells = Cells::new();
    put(&mut cells, Part::Id, &bank.name);
    put(&mut cells, Part::Kind, Other::Bank.word(language));
    put_text(&mut cells, Part::Stem, &bank.title);
    if let Some(source) = &bank.source {
        put_text(&mut cells, Part::Cite, source);
    }
    cells
}

/// The rows of a question: one, and of a case one more for each of its parts.
pub(super) fn rows_of(question: &Question, language: Language) -> Vec<Cells> {
    let mut rows = vec![of_question(question, language)];
    let Key::Case(keys) = &question.key else { return rows };
    let is_even = is_even(keys);
    for ((part, key), asked) in question.parts.iter().zip(keys).zip(question.parts()) {
        let mut cells = of_question(&asked, language);
        let difficulty = part.difficulty.map(|difficulty| difficulty.to_string());
        for (own, said) in
            [(Part::Id, part.id.clone()), (Part::Topic, part.topic.clone()), (Part::Difficulty, difficulty)]
        {
            if said.is_none() {
                cells.remove(&Column::new(own));
            }
        }
        put(&mut cells, Part::OfCase, yes(language));
        if !is_even {
            put(&mut cells, Part::Share, &key.share.to_string());
        }
        rows.push(cells);
    }
    rows
}

/// The cells of a question, without its parts.
fn of_question(question: &Question, language: Language) -> Cells {
    let mut cells = Cells::new();
    put(&mut cells, Part::Id, &question.id);
    put(&mut cells, Part::Kind, kind_word(question.kind(), language));
    put(&mut cells, Part::Topic, &question.topic);
    put(&mut cells, Part::Difficulty, &question.difficulty.to_string());
    put_text(&mut cells, Part::Stem, &question.stem);
    let options = labels(&question.options, letters().map(String::from));
    for (letter, choice) in options.values().zip(&question.options) {
        put_text(&mut cells, Part::Option(letter.chars().next().unwrap_or('A')), &choice.text);
    }
    let targets = labels(&question.targets, (1..=MOST_TARGETS).map(|number| number.to_string()));
    for (number, choice) in targets.values().zip(&question.targets) {
        put_text(&mut cells, Part::Target(number.parse().unwrap_or(1)), &choice.text);
    }
    put_key(&mut cells, &question.key, (&options, &targets), language);
    if let Some(explanation) = &question.explanation {
        put_text(&mut cells, Part::Explanation, explanation);
    }
    match &question.cite {
        Some(Cite::Text(text)) => put_text(&mut cells, Part::Cite, text),
        Some(Cite::Clause(clause)) => {
            put_version(&mut cells, Part::Cite, Version::Zh, clause.zh.as_deref());
            put_version(&mut cells, Part::Cite, Version::En, clause.en.as_deref());
            put(&mut cells, Part::Regulation, &clause.regulation);
            put(&mut cells, Part::Article, &clause.article.map(|article| article.to_string()).unwrap_or_default());
        }
        None => {}
    }
    put(&mut cells, Part::Excludes, &question.excludes.join(", "));
    if question.retired {
        put(&mut cells, Part::Retired, yes(language));
    }
    cells
}

fn put_key(cells: &mut Cells, key: &Key, (options, targets): (&Labels<'_>, &Labels<'_>), language: Language) {
    let letter = |label: &String| options.get(label.as_str()).cloned().unwrap_or_default();
    let answer = match key {
        // Its parts have rows of their own.
        Key::Case(_) => return,
        Key::Single(label) => letter(label),
        Key::Multiple(labels) | Key::Order(labels) => labels.iter().map(letter).collect(),
        Key::TrueFalse(right) => {
            in_language(if *right { ("对", "true") } else { ("错", "false") }, language).to_owned()
        }
        Key::Match(pairs) => {
            let target = |label: &String| targets.get(label.as_str()).cloned().unwrap_or_default();
            let mut written: Vec<String> =
                pairs.iter().map(|(option, to)| format!("{}={}", letter(option), target(to))).collect();
            written.sort();
            written.join(", ")
        }
        Key::Numeric(number) => {
            if number.tolerance.as_f64() != Some(0.0) {
                put(cells, Part::Tolerance, &number.tolerance.to_string());
            }
            put(cells, Part::Units, &joined(&number.units));
            number.value.to_string()
        }
        Key::Blank(gaps) => {
            let numbered = || (1_usize..).zip(&gaps.gaps);
            let units = numbered().filter(|(_, gap)| !gap.units.is_empty());
            let units: Vec<String> = units.map(|(number, gap)| format!("{number}={}", joined(&gap.units))).collect();
            let numbers = numbered().filter(|(_, gap)| gap.number && gap.units.is_empty());
            let numbers: Vec<String> = numbers.map(|(number, _)| number.to_string()).collect();
            put(cells, Part::Units, &units.join("\n"));
            put(cells, Part::Numbers, &numbers.join(", "));
            if gaps.any_order {
                put(cells, Part::AnyOrder, yes(language));
            }
            gaps.gaps.iter().map(|gap| joined(&gap.accept)).collect::<Vec<_>>().join("\n")
        }
        Key::Short(model) | Key::Essay(model) => {
            put_text(cells, Part::Answer, &model.model);
            for version in Version::ALL {
                if model.points.iter().any(|point| in_version(&point.text, version).is_some()) {
                    let lines = model.points.iter().map(|point| match in_version(&point.text, version) {
                        Some(text) => format!("{}% {}", point.share, escaped(text)),
                        None => format!("{}%", point.share),
                    });
                    put_version(cells, Part::Points, version, Some(&lines.collect::<Vec<_>>().join("\n")));
                }
            }
            return;
        }
    };
    put(cells, Part::Answer, &answer);
}

/// Labels of a list as the sheet calls them, in its order and by the bank's own.
struct Labels<'q> {
    in_sheet: Vec<String>,
    by_label: HashMap<&'q str, String>,
}

impl Labels<'_> {
    fn values(&self) -> impl Iterator<Item = &String> {
        self.in_sheet.iter()
    }

    fn get(&self, label: &str) -> Option<&String> {
        self.by_label.get(label)
    }
}

/// A list keeps its labels where they are those of the columns, in their order; otherwise they are counted anew.
fn labels(list: &[Choice], columns: impl Iterator<Item = String>) -> Labels<'_> {
    let columns: Vec<String> = columns.collect();
    let places: Option<Vec<usize>> =
        list.iter().map(|choice| columns.iter().position(|column| *column == choice.label)).collect();
    let is_ordered = places.is_some_and(|places| places.is_sorted_by(|one, two| one < two));
    let in_sheet: Vec<String> = if is_ordered {
        list.iter().map(|choice| choice.label.clone()).collect()
    } else {
        columns.into_iter().take(list.len()).collect()
    };
    let by_label = list.iter().map(|choice| choice.label.as_str()).zip(in_sheet.iter().cloned()).collect();
    Labels { in_sheet, by_label }
}

fn put(cells: &mut Cells, part: Part, text: &str) {
    put_version(cells, part, Version::Same, Some(text));
}

fn put_version(cells: &mut Cells, part: Part, version: Version, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        cells.insert(Column { part, version }, text.to_owned());
    }
}

fn put_text(cells: &mut Cells, part: Part, text: &Text) {
    for version in Version::ALL {
        put_version(cells, part, version, in_version(text, version));
    }
}

fn in_version(text: &Text, version: Version) -> Option<&str> {
    match (text, version) {
        (Text::Same(text), Version::Same) => Some(text),
        (Text::Each(each), Version::Zh) => each.zh.as_deref(),
        (Text::Each(each), Version::En) => each.en.as_deref(),
        _ => None,
    }
}
