//! Numbers that Word counts itself: of questions, options and headings.

use roxmltree::{Document, Node};
use std::collections::HashMap;

/// How a level of a list counts.
#[derive(Debug, Clone)]
struct Level {
    start: u32,
    format: String,
    /// `%1.` or `（%1）`.
    text: String,
}

/// The lists of a document, and how far each has counted.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    levels: HashMap<(String, usize), Level>,
    /// The abstract list of a list.
    lists: HashMap<String, String>,
    restarts: HashMap<(String, usize), u32>,
    counted: HashMap<String, Vec<Option<u32>>>,
}

/// The list and level of each style of paragraphs that has one.
pub(super) type Styles = HashMap<String, (String, usize)>;

/// Most levels of a list.
const MOST_LEVELS: usize = 9;

/// The child of a name.
pub(super) fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.tag_name().name() == name)
}

/// An attribute, whatever its namespace.
pub(super) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|attribute| attribute.name() == name).map(|attribute| attribute.value())
}

fn value<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    attribute(child(node, name)?, "val")
}

fn level_of(node: Node<'_, '_>, name: &str) -> Option<usize> {
    attribute(node, name)?.parse().ok().filter(|level| *level < MOST_LEVELS)
}

/// The lists that a document declares.
pub(super) fn read(document: &Document<'_>) -> Numbering {
    let mut numbering = Numbering::default();
    for node in document.root_element().children() {
        match node.tag_name().name() {
            "abstractNum" => {
                let Some(list) = attribute(node, "abstractNumId") else { continue };
                for (level, read) in node.children().filter_map(level) {
                    numbering.levels.insert((list.to_owned(), level), read);
                }
            }
            "num" => numbering.declare(node),
            _ => {}
        }
    }
    numbering
}

fn level(node: Node<'_, '_>) -> Option<(usize, Level)> {
    let level = level_of(node, "ilvl")?;
    let read = Level {
        start: value(node, "start").and_then(|start| start.parse().ok()).unwrap_or(1),
        format: value(node, "numFmt").unwrap_or("decimal").to_owned(),
        text: value(node, "lvlText").unwrap_or_default().to_owned(),
    };
    (node.tag_name().name() == "lvl").then_some((level, read))
}

/// The lists that styles of paragraphs belong to.
pub(super) fn of_styles(document: &Document<'_>) -> Styles {
    let styles = document.root_element().children().filter(|node| node.tag_name().name() == "style");
    styles
        .filter_map(|style| {
            let (list, level) = list_of(child(style, "pPr")?)?;
            Some((attribute(style, "styleId")?.to_owned(), (list, level)))
        })
        .collect()
}

/// The list and level that the properties of a paragraph name.
pub(super) fn list_of(properties: Node<'_, '_>) -> Option<(String, usize)> {
    let node = child(properties, "numPr")?;
    let level = child(node, "ilvl").and_then(|node| level_of(node, "val")).unwrap_or(0);
    Some((value(node, "numId")?.to_owned(), level))
}

impl Numbering {
    fn declare(&mut self, node: Node<'_, '_>) {
        let (Some(list), Some(of)) = (attribute(node, "numId"), value(node, "abstractNumId")) else { return };
        self.lists.insert(list.to_owned(), of.to_owned());
        for change in node.children().filter(|node| node.tag_name().name() == "lvlOverride") {
            let Some(place) = level_of(change, "ilvl") else { continue };
            if let Some(start) = value(change, "startOverride").and_then(|start| start.parse().ok()) {
                self.restarts.insert((list.to_owned(), place), start);
            }
        }
    }

    /// Counts a paragraph in and says what stands before it.
    pub(super) fn next(&mut self, list: &str, level: usize) -> Option<String> {
        let of = self.lists.get(list)?.clone();
        let restart = self.restarts.remove(&(list.to_owned(), level));
        let start = self.levels.get(&(of.clone(), level))?.start;
        let counted = self.counted.entry(of.clone()).or_insert_with(|| vec![None; MOST_LEVELS]);
        let place = counted.get_mut(level)?;
        *place = Some(restart.unwrap_or_else(|| place.map_or(start, |number| number.saturating_add(1))));
        counted.iter_mut().skip(level + 1).for_each(|deeper| *deeper = None);
        let counted = counted.clone();
        let mut text = self.levels.get(&(of.clone(), level))?.text.clone();
        for place in 0..=level {
            let shape = self.levels.get(&(of.clone(), place));
            let Some(shape) = shape else { continue };
            let number = counted.get(place).copied().flatten().unwrap_or(shape.start);
            text = text.replace(&format!("%{}", place + 1), &written(number, &shape.format)?);
        }
        Some(text)
    }
}

/// A number as a list writes it; nothing for bullets.
fn written(number: u32, format: &str) -> Option<String> {
    let letter = |first: u8| {
        let index = number.checked_sub(1).filter(|index| *index < 26)?;
        Some(char::from(first + u8::try_from(index).ok()?).to_string())
    };
    match format {
        "bullet" | "none" => None,
        "upperLetter" => letter(b'A'),
        "lowerLetter" => letter(b'a'),
        "chineseCounting" | "chineseCountingThousand" | "japaneseCounting" | "taiwaneseCountingThousand" => {
            Some(chinese(number))
        }
        _ => Some(number.to_string()),
    }
}

fn chinese(number: u32) -> String {
    let digit = |digit: u32| {
        usize::try_from(digit).ok().and_then(|digit| "零一二三四五六七八九".chars().nth(digit)).map(String::from)
    };
    let digit = |number: u32| digit(number).unwrap_or_default();
    match number {
        0..10 => digit(number),
        10..100 => {
            let tens = if number < 20 { String::new() } else { digit(number / 10) };
            let ones = if number.is_multiple_of(10) { String::new() } else { digit(number % 10) };
            format!("{tens}十{ones}")
        }
        _ => number.to_string(),
    }
}
