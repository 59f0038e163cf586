//! What official papers have in common: their head, their sections, and who signs.

use super::aside;
use crate::formats::docx_template::{self, Filling};
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

/// The last paragraphs stay with what follows.
fn keep_end(blocks: &mut [Block]) {
    for block in blocks.iter_mut().rev().take(3) {
        if let Block::Paragraph(paragraph) = block {
            paragraph.keeps_next = true;
        }
    }
}

/// Who signs and when, with room for the seal over both. They never stand alone on a page: what is before stays with them.
pub(super) fn close(blocks: &mut Vec<Block>, office: Paragraph, date: Paragraph) {
    keep_end(blocks);
    let empty = || Block::from(Paragraph::new(Style::Body, "").keeping_next());
    blocks.extend([empty(), empty(), office.keeping_next().into(), date.into()]);
}

/// A day, as it stands below who signs.
pub(super) fn date(words: Words, at_ms: i64) -> Paragraph {
    Paragraph::new(Style::Closing, words.day(at_ms))
}

/// A circular in its parts.
pub(super) struct Circular {
    /// The title.
    pub(super) title: String,
    /// The text, with the list of what is enclosed.
    pub(super) text: Vec<Block>,
    /// Who signs.
    pub(super) office: Paragraph,
    /// When, Unix milliseconds.
    pub(super) at_ms: i64,
    /// What is enclosed, each on its page.
    pub(super) enclosures: Vec<Block>,
}

impl Circular {
    /// The file: in the unit's own template where it has one, otherwise after GB/T 9704—2012.
    pub(super) async fn write(mut self, words: Words, template: Option<Vec<u8>>) -> Result<Vec<u8>> {
        let Some(template) = template else { return self.write_plain(words).await };
        keep_end(&mut self.text);
        let filling = Filling {
            title: self.title,
            text: self.text,
            issuer: self.office.runs.iter().map(|run| run.text.as_str()).collect(),
            date: words.day(self.at_ms),
            enclosures: self.enclosures,
        };
        aside(move || docx_template::fill(&template, &filling).map_err(Flaws)).await
    }

    async fn write_plain(self, words: Words) -> Result<Vec<u8>> {
        let mut blocks = head(words, &self.title, &words.t("circular-to"));
        blocks.extend(self.text);
        close(&mut blocks, self.office, date(words, self.at_ms));
        blocks.extend(self.enclosures);
        write(words, &self.title, blocks).await
    }
}

/// Why a template that was taken can't be filled in.
#[derive(Debug, thiserror::Error)]
#[error("{0:?}")]
struct Flaws(Vec<docx_template::Flaw>);

/// A template to begin with, for a unit of this name.
pub(super) async fn sample_template(words: Words, unit: &str) -> Result<Vec<u8>> {
    let place = |style: Style, id: &str| Paragraph::new(style, words.t(&format!("template-place-{id}")));
    let mut blocks: Vec<Block> = vec![
        Paragraph::new(Style::Issuer, words.with("template-issuer", &[("unit", unit.into())])).into(),
        Paragraph::to_fill(Style::Number, words.t("official-number")).into(),
        place(Style::Title, "title").into(),
        Paragraph::to_fill(Style::Flush, words.t("circular-to")).into(),
        place(Style::Body, "text").into(),
    ];
    close(&mut blocks, place(Style::Closing, "issuer"), place(Style::Closing, "date"));
    blocks.push(place(Style::Body, "enclosures").into());
    write(words, &words.t("template"), blocks).await
}

/// The file.
pub(super) async fn write(words: Words, title: &str, blocks: Vec<Block>) -> Result<Vec<u8>> {
    let document = Document { title: title.to_owned(), language: language(words), layout: Layout::Official, blocks };
    aside(move || docx::write(&document)).await
}
