//! What readers see of a text: lines, pictures, formulas and tables.

use crate::formats::exchange::held::has_table;
use crate::formats::exchange::xml::{Element, spaced};
use crate::formats::mathml;
use crate::rules::rich::{Block, Inline, Picture, Table, blocks, inline, size};

/// The folder of pictures in a package; items stand in one of their own beside it.
pub(super) const PICTURES: &str = "images";

/// What stands in the place of a gap.
type Gap<'g> = dyn Fn(usize) -> Option<Element> + 'g;

/// An element with a text behind what stands in it.
pub(super) fn lines(element: Element, text: &str) -> Element {
    if !has_table(text) {
        return line(element, text, &|_| None);
    }
    blocks(text).into_iter().fold(element, |element, block| match block {
        Block::Lines(lines) => line(element, lines, &|_| None),
        Block::Table(shown) => element.add(table(&shown, &|_| None)),
    })
}

/// A text as paragraphs and tables.
pub(super) fn paragraphs(text: &str, gap: &Gap<'_>) -> Vec<Element> {
    if !has_table(text) {
        return vec![line(Element::new("p"), text, gap)];
    }
    let block = |block: Block<'_>| match block {
        Block::Lines(lines) => line(Element::new("p"), lines, gap),
        Block::Table(shown) => table(&shown, gap),
    };
    blocks(text).into_iter().map(block).collect()
}

fn table(shown: &Table<'_>, gap: &Gap<'_>) -> Element {
    let row = |cells: &[&str], name: &'static str| {
        Element::new("tr").add_all(cells.iter().map(|cell| line(Element::new(name), cell, gap)))
    };
    Element::new("table")
        .add(Element::new("thead").add(row(&shown.heading, "th")))
        .add(Element::new("tbody").add_all(shown.rows.iter().map(|cells| row(cells, "td"))))
}

/// An element with lines behind what stands in it.
fn line(element: Element, text: &str, gap: &Gap<'_>) -> Element {
    inline(text).into_iter().fold(element, |element, one| match one {
        Inline::Words(words) => with_gaps(element, words, gap),
        Inline::Formula(formula) => match mathml::with_namespace(formula) {
            Some(formula) => element.markup(formula),
            None => element.text(spaced(formula)),
        },
        Inline::Picture(Picture { alt, name }) => {
            let picture = Element::new("img").with("src", format!("../{PICTURES}/{name}")).with("alt", alt);
            element.add(match size(name) {
                Some((width, height)) => picture.with("width", width.to_string()).with("height", height.to_string()),
                None => picture,
            })
        }
    })
}

fn with_gaps(element: Element, words: &str, gap: &Gap<'_>) -> Element {
    let mut pieces = words.split("{{");
    let first = with_breaks(element, pieces.next().unwrap_or_default());
    pieces.fold(first, |element, piece| {
        let found = piece.split_once("}}").and_then(|(number, rest)| {
            let index = number.parse::<usize>().ok()?.checked_sub(1)?;
            Some((gap(index)?, rest))
        });
        match found {
            Some((gap, rest)) => with_breaks(element.add(gap), rest),
            None => with_breaks(element, &["{{", piece].concat()),
        }
    })
}

fn with_breaks(element: Element, text: &str) -> Element {
    let mut lines = text.split('\n');
    let first = lines.next().unwrap_or_default();
    let add = |element: Element, line: &str| if line.is_empty() { element } else { element.text(spaced(line)) };
    lines.fold(add(element, first), |element, line| add(element.add(Element::new("br")), line))
}
