//! A bank → our own sheet.

use super::cells::guarded;
use super::rows::{Cells, put, put_text, rows_of, yes};
use super::{Column, Other, Part, in_language, kind_word};
use crate::formats::bank_json::written_question;
use crate::formats::exchange::{Form, Unwritten};
use crate::formats::sheet::{MOST_CELL_CHARACTERS, Table, write_csv, write_xlsx};
use crate::rules::bank::Bank;
use crate::rules::question::{Kind, Question};
use crate::rules::text::Language;
use serde_json::json;
use std::collections::BTreeSet;

/// Columns that are there whatever the bank holds.
const USUAL: [Part; 5] = [Part::Id, Part::Kind, Part::Topic, Part::Difficulty, Part::Answer];

/// Writes a bank as a workbook or CSV, and says which questions are in it.
pub fn write(bank: &Bank, form: Form, language: Language) -> Result<(Vec<u8>, Vec<&Question>), Unwritten> {
    let mut rows = vec![of_bank(bank, language)];
    rows.extend(bank.topics.iter().map(|topic| {
        let mut cells = Cells::new();
        put(&mut cells, Part::Kind, Other::Topic.word(language));
        put(&mut cells, Part::Topic, &topic.id);
        put_text(&mut cells, Part::Stem, &json!(topic.title));
        cells
    }));
    let mut kept = Vec::with_capacity(bank.questions.len());
    for question in &bank.questions {
        let own = rows_of(&written_question(question), language);
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

/// The cells of the row that names the bank.
pub(super) fn of_bank(bank: &Bank, language: Language) -> Cells {
    let mut cells = Cells::new();
    put(&mut cells, Part::Id, &bank.name);
    put(&mut cells, Part::Kind, Other::Bank.word(language));
    put_text(&mut cells, Part::Stem, &json!(bank.title));
    if let Some(source) = &bank.source {
        put_text(&mut cells, Part::Cite, &json!(source));
    }
    cells
}
