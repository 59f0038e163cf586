//! What must be said of a sheet before its rows can be read.

use super::columns::{Field, Understood, column_name};
use super::{Hints, kinds, options};
use crate::formats::sheet::{Sheet, SheetRow};
use crate::rules::bank::{Origin, Place, Problem, ProblemCode};
use std::collections::BTreeMap;

/// Most characters of a stem that stands for its kind.
const EXAMPLE_CHARACTERS: usize = 16;

/// Codes that stand for kinds, and options in the stem: each told once, with examples.
pub(super) fn unclear(sheet: &Sheet, understood: &Understood, hints: &Hints) -> Vec<Problem> {
    if !understood.is_enough() {
        return Vec::new();
    }
    let first = understood.header.unwrap_or_default();
    let rows: Vec<&SheetRow> = sheet.rows.iter().filter(|row| row.number > first).collect();
    let told = |code, column: Field, found: String, expected: String| {
        let origin = Origin {
            sheet: Some(sheet.name.clone()).filter(|name| !name.is_empty()),
            line: understood.header.filter(|row| *row > 0),
            column: understood.column(column).map(column_name),
            ..Origin::default()
        };
        Problem {
            origin: Some(Box::new(origin)),
            ..Problem::new(Place::default(), String::new(), code, found, expected)
        }
    };
    let codes = codes(&rows, understood, hints);
    let example = |(code, (count, stem)): (&&str, &(usize, String))| format!("{code} × {count} ({stem}…)");
    let mut unclear = Vec::new();
    if !codes.is_empty() {
        let found = codes.iter().map(example).collect::<Vec<_>>().join("; ");
        let kinds = ["single", "multiple", "true_false", "blank", "short"];
        let expected = codes.keys().zip(kinds.iter().cycle()).map(|(code, kind)| format!("{code}={kind}"));
        unclear.push(told(ProblemCode::KindsUnclear, Field::Kind, found, expected.collect::<Vec<_>>().join(",")));
    }
    if let Some(stem) = with_options_inside(&rows, understood) {
        let column = understood.column(Field::Stem).map(column_name).unwrap_or_default();
        unclear.push(told(ProblemCode::OptionsInStem, Field::Stem, stem, format!("选项={column}")));
    }
    unclear
}

/// Codes of kinds that nobody explained, with how often they stand there and the first question that has them.
fn codes<'s>(rows: &[&'s SheetRow], understood: &Understood, hints: &Hints) -> BTreeMap<&'s str, (usize, String)> {
    let mut codes: BTreeMap<&str, (usize, String)> = BTreeMap::new();
    let Some((kind, stem)) = understood.column(Field::Kind).zip(understood.column(Field::Stem)) else { return codes };
    for row in rows.iter().filter(|row| !row.cell(stem).is_empty()) {
        let word = row.cell(kind);
        if hints.kinds.of(word).is_none() && kinds::is_code(word) {
            let example = || row.cell(stem).chars().take(EXAMPLE_CHARACTERS).collect();
            codes.entry(word).or_insert_with(|| (0, example())).0 += 1;
        }
    }
    codes
}

/// The first stem that holds options, where no column does.
fn with_options_inside(rows: &[&SheetRow], understood: &Understood) -> Option<String> {
    let stem = understood.column(Field::Stem).filter(|_| !understood.has_options())?;
    let cell = rows.iter().map(|row| row.cell(stem)).find(|cell| options::inside(cell).is_some())?;
    Some(cell.chars().take(4 * EXAMPLE_CHARACTERS).collect())
}
