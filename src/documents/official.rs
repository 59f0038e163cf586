//! What official papers have in common: their head, their sections, and who signs.

use super::aside;
use crate::formats::docx_writer::{self as docx, Block, Document, Layout, Paragraph, Style};
use crate::i18n::words::Words;
use crate::rules::text::Language;
use crate::service::Result;

/// The language of a document, as programs name it.
pub(super) const fn language(words: Words) -> &'static str {
    match words.0 {
        Language::Zh => "zh-CN",
        Language::En => "en-GB",
    }
}

/// 一、二、三 in Chinese, 1, 2, 3 in English; figures beyond ten.
pub(super) fn numeral(words: Words, number: usize) -> String {
    if (1..=10).contains(&number) { words.t(&format!("numeral-{number}")) } else { number.to_string() }
}

/// Issuer and number to fill in, title, and to whom it goes.
pub(super) fn head(words: Words, title: &str, to: &str) -> Vec<Block> {
    vec![
        Paragraph::to_fill(Style::Issuer, words.t("official-issuer")).into(),
        Paragraph::to_fill(Style::Number, words.t("official-number")).into(),
        Paragraph::new(Style::Title, title).into(),
        Paragraph::to_fill(Style::Flush, to).into(),
    ]
}

/// A section: its heading with its number, and its paragraphs.
pub(super) fn section(words: Words, number: usize, heading: &str, paragraphs: Vec<Paragraph>) -> Vec<Block> {
    let values = [("number", numeral(words, number).into()), ("heading", heading.into())];
    let heading = Paragraph::new(Style::Heading, words.with("notice-heading", &values));
    std::iter::once(heading).chain(paragraphs).map(Block::from).collect()
}

/// Who signs and when, with room for the seal over both. They never stand alone on a page: what is before stays with them.
pub(super) fn close(blocks: &mut Vec<Block>, office: Paragraph, date: Paragraph) {
    for block in blocks.iter_mut().rev().take(3) {
        if let Block::Paragraph(paragraph) = block {
            paragraph.keeps_next = true;
        }
    }
    let empty = || Block::from(Paragraph::new(Style::Body, "").keeping_next());
    blocks.extend([empty(), empty(), office.keeping_next().into(), date.into()]);
}

/// A day, as it stands below who signs.
pub(super) fn date(words: Words, at_ms: i64) -> Paragraph {
    Paragraph::new(Style::Closing, words.day(at_ms))
}

/// The file.
pub(super) async fn write(words: Words, title: &str, blocks: Vec<Block>) -> Result<Vec<u8>> {
    let document = Document { title: title.to_owned(), language: language(words), layout: Layout::Official, blocks };
    aside(move || docx::write(&document)).await
}
