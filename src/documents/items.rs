//! The item analysis as a workbook: the figures of the test, and every question.

use super::grid::{Book, Cell, Grid};
use crate::i18n::words::{Words, count, figure};
use crate::rules::rich::plain;
use crate::service::items::{Items, Line};
use rust_xlsxwriter::XlsxError;

const COLUMNS: [(&str, u16); 11] = [
    ("bank", 22),
    ("items-question", 16),
    ("kind", 12),
    ("topic", 20),
    ("items-stem", 50),
    ("items-attempts", 9),
    ("facility", 10),
    ("discrimination", 10),
    ("items-omitted", 9),
    ("items-flags", 26),
    ("sheet-edition", 8),
];

pub(super) fn workbook(words: Words, now_ms: i64, items: &Items) -> Result<Vec<u8>, XlsxError> {
    let title = format!("{} · {}", words.of(&items.test.definition.title), words.t("items"));
    let mut book = Book::new(words, &title, now_ms)?;
    let figures = &items.figures;
    let two = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}"));
    let lead = words.with(
        "items-lead",
        &[
            ("attempts", count(figures.attempts)),
            ("mean", figure(figures.mean).into()),
            ("deviation", figure(figures.standard_deviation).into()),
            ("reliability", two(figures.alpha.or(figures.reliability)).into()),
        ],
    );
    book.add(&Grid {
        name: words.t("items"),
        title,
        lead,
        columns: COLUMNS.iter().map(|(id, width)| (words.t(id), *width)).collect(),
        rows: items.questions.iter().map(|line| row(words, line)).collect(),
        fixed: 2,
        landscape: true,
        ..Grid::default()
    })?;
    book.into_bytes()
}

fn row(words: Words, line: &Line) -> Vec<Cell> {
    let figures = &line.figures;
    let question = &figures.asked.question;
    let flags = line.flags().iter().map(|flag| words.t(&format!("flag-{}", flag.name())));
    let rounded = |value: f64| (value * 100.0).round() / 100.0;
    let stem = if line.shows_words { plain(words.of(&question.stem)).into_owned() } else { String::new() };
    vec![
        Cell::Text(figures.asked.bank.to_string()),
        Cell::Text(question.id.clone()),
        Cell::Middle(words.t(&format!("kind-{}", question.kind().name()))),
        Cell::Text(words.of(&line.topic).to_owned()),
        Cell::Text(stem),
        Cell::count(figures.attempts.try_into().unwrap_or_default()),
        Cell::Rate(figures.facility),
        Cell::Points(figures.discrimination.map(rounded)),
        Cell::count(figures.omitted.try_into().unwrap_or_default()),
        Cell::Text(words.list(flags)),
        Cell::Count(line.edition),
    ]
}
