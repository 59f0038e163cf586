//! A sheet of our own to begin with: an example of each kind, and what to fill in.

use super::rows::rows_of;
use super::write::{of_bank, table};
use super::{Column, Part, Version, in_language};
use crate::formats::bank_json;
use crate::formats::exchange::{Form, Unwritten};
use crate::formats::sheet::{Table, write_csv, write_xlsx};
use crate::rules::bank::Bank;
use crate::rules::text::Language;

const EXAMPLES: (&str, &str) = (include_str!("examples/zh.json"), include_str!("examples/en.json"));
/// Options and targets for which there are columns.
const OPTIONS: std::ops::RangeInclusive<char> = 'A'..='F';
const TARGETS: std::ops::RangeInclusive<u8> = 1..=4;
const HELP_WIDTHS: [u8; 2] = [20, 100];

/// A sheet with an example of each kind; `help` are headings with what is to be said of them, for a second sheet of a
/// workbook.
pub fn template(form: Form, language: Language, help: Vec<Vec<String>>) -> Result<Vec<u8>, Unwritten> {
    let examples: Bank = bank_json::read(in_language(EXAMPLES, language).as_bytes())
        .map_err(|problems| Unwritten(format!("{problems:?}")))?;
    let mut rows = vec![of_bank(&examples, language)];
    for question in &examples.questions {
        let mut own = rows_of(&bank_json::written_question(question), language);
        if let Some(cells) = own.first_mut() {
            // People name topics in words.
            let topic = examples.topics.iter().find(|topic| topic.id == question.topic);
            let title = topic.map(|topic| topic.title.in_language(language).to_owned()).unwrap_or_default();
            cells.insert(Column::new(Part::Topic), title);
            cells.remove(&Column::new(Part::Id));
        }
        rows.extend(own);
    }
    if let Some(bank) = rows.first_mut() {
        bank.remove(&Column::new(Part::Id));
    }
    let table = table(&columns(), rows, language);
    if form == Form::Csv {
        return Ok(write_csv(&table.rows));
    }
    let name = in_language(("说明（Kaohe）", "Help (Kaohe)"), language).to_owned();
    let help = Table { name, rows: help, widths: HELP_WIDTHS.to_vec(), ..Table::default() };
    write_xlsx(&[table, help]).map_err(Unwritten)
}

fn columns() -> Vec<Column> {
    let single = [Part::Id, Part::Kind, Part::OfCase, Part::Share, Part::Topic, Part::Difficulty, Part::Stem];
    let others = [
        Part::Answer,
        Part::Points,
        Part::Tolerance,
        Part::Units,
        Part::Numbers,
        Part::AnyOrder,
        Part::Explanation,
        Part::Cite,
        Part::Excludes,
        Part::Retired,
    ];
    let parts = single.into_iter().chain(OPTIONS.map(Part::Option)).chain(TARGETS.map(Part::Target)).chain(others);
    parts.map(|part| Column { part, version: Version::Same }).collect()
}
