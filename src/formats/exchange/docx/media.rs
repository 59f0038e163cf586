//! The pictures of a document, each one character in its lines until it is known what they mean.

use super::numbering::attribute;
use super::paragraphs::{is_drawing, is_dropped};
use crate::formats::exchange::drafting::Fields;
use crate::formats::exchange::pictures::{Allowance, Found, Pictures, shown};
use crate::formats::exchange::{Draft, xml};
use roxmltree::Node;
use serde_json::Value;
use std::collections::HashMap;
use std::io::Cursor;
use zip::ZipArchive;

/// The character of the first picture. No document needs those behind it: they are for private use.
const FIRST: u32 = 0xF_0000;
/// Most pictures of one document.
const MOST: usize = 60_000;

/// The pictures of a document.
pub(super) struct Media<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
    left: Allowance,
    /// Files by the names that the document has for them.
    targets: HashMap<String, String>,
    /// What became of them.
    known: HashMap<String, Found>,
    pictures: Pictures,
    /// Those that lines show, in the order of their characters: as they stand in texts, and in words.
    placed: Vec<(String, String)>,
}

/// What lines hold of a drawing.
pub(super) enum Placed {
    /// Its pictures, as characters.
    Shown(String),
    /// Nothing, for the reason of this code; with what is to be said of it.
    Left(&'static str, String),
}

impl<'b> Media<'b> {
    pub(super) fn new(archive: ZipArchive<Cursor<&'b [u8]>>, relations: &str) -> Self {
        let (left, pictures) = (Allowance::default(), Pictures::default());
        let (known, placed) = (HashMap::new(), Vec::new());
        Self { archive, left, targets: targets(relations).unwrap_or_default(), known, pictures, placed }
    }

    /// Places the pictures of a drawing.
    pub(super) fn place(&mut self, drawing: Node<'_, '_>) -> Placed {
        let of = |node: Node<'_, '_>, name| attribute(node, name).map(str::to_owned);
        // A text box in it has paragraphs of its own, and they their own drawings.
        let is_own = |node: &Node<'_, '_>| node.ancestors().skip(1).find(|above| is_drawing(*above)) == Some(drawing);
        let own = drawing.descendants().filter(|node| is_own(node) && !is_dropped(*node));
        let names = own.filter_map(|node| match node.tag_name().name() {
            "blip" => of(node, "embed").or_else(|| of(node, "link")),
            "imagedata" => of(node, "id"),
            _ => None,
        });
        let words = words(drawing);
        let mut characters = String::new();
        let mut left = None;
        for name in names {
            match self.find(&name) {
                Found::Taken(picture) => characters.extend(self.character(&words, &picture)),
                other => left = Some((other, self.targets.get(&name).cloned().unwrap_or(name))),
            }
        }
        match left {
            _ if !characters.is_empty() => Placed::Shown(characters),
            Some((Found::Unfit, name)) => Placed::Left("picture-unfit", name),
            Some((_, name)) => Placed::Left("picture-skipped", name),
            None => Placed::Left("picture-skipped", words),
        }
    }

    fn character(&mut self, words: &str, picture: &str) -> Option<char> {
        let place = self.placed.len();
        let character = char::from_u32(FIRST + u32::try_from(place).ok()?).filter(|_| place < MOST)?;
        self.placed.push((shown(words, picture), words.to_owned()));
        Some(character)
    }

    fn find(&mut self, name: &str) -> Found {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        let index = self.targets.get(name).and_then(|target| self.archive.index_for_name(target));
        let found = match index {
            Some(index) => match self.left.read(&mut self.archive, index) {
                Some(bytes) => self.pictures.take(&bytes),
                None => Found::Unfit,
            },
            None => Found::Missing,
        };
        self.known.insert(name.to_owned(), found.clone());
        found
    }

    /// Puts the pictures where their characters stand: in texts that hold pictures, elsewhere their words.
    pub(super) fn put_into(self, draft: &mut Draft) {
        let Self { placed, pictures, .. } = self;
        draft.pictures = pictures;
        if placed.is_empty() {
            return;
        }
        let texts = Texts { placed };
        for question in &mut draft.questions {
            texts.put_into_question(&mut question.fields);
        }
        draft
            .title
            .iter_mut()
            .chain(draft.topics.iter_mut().map(|(_, title)| title))
            .for_each(|title| texts.words(title));
        draft.topics.iter_mut().for_each(|(raw, _)| *raw = texts.put(raw, false));
        draft.remarks.iter_mut().for_each(|remark| remark.found = texts.put(&remark.found, false));
        draft.title = draft.title.take().filter(|title| title.as_str().is_none_or(|title| !title.trim().is_empty()));
    }
}

struct Texts {
    placed: Vec<(String, String)>,
}

impl Texts {
    fn put_into_question(&self, fields: &mut Fields) {
        let is_written = fields.get("kind").is_some_and(|kind| matches!(kind.as_str(), Some("short" | "essay")));
        for (name, value) in fields.iter_mut() {
            match name.as_str() {
                "stem" | "explanation" | "options" | "targets" => self.each(value, true),
                "answer" => self.each(value, is_written),
                _ => self.words(value),
            }
        }
    }

    fn words(&self, value: &mut Value) {
        self.each(value, false);
    }

    fn each(&self, value: &mut Value, shows: bool) {
        match value {
            Value::String(text) => *text = self.put(text, shows),
            Value::Array(values) => values.iter_mut().for_each(|value| self.each(value, shows)),
            Value::Object(values) => values.values_mut().for_each(|value| self.each(value, shows)),
            _ => {}
        }
    }

    fn put(&self, text: &str, shows: bool) -> String {
        let mut put = String::with_capacity(text.len());
        for character in text.chars() {
            let place = u32::from(character).checked_sub(FIRST).and_then(|place| usize::try_from(place).ok());
            match place.and_then(|place| self.placed.get(place)) {
                Some((picture, _)) if shows => put.push_str(picture),
                Some((_, words)) => put.push_str(words),
                None => put.push(character),
            }
        }
        put
    }
}

/// Files inside the archive by the names that the document has for them.
fn targets(relations: &str) -> Option<HashMap<String, String>> {
    let document = xml::parse(relations).ok()?;
    let all = document.descendants().filter(|node| node.tag_name().name() == "Relationship");
    let targets = all.filter_map(|node| {
        let target = attribute(node, "Target")?;
        let is_inside = attribute(node, "TargetMode") != Some("External");
        let path = match target.strip_prefix('/') {
            Some(path) => path.to_owned(),
            None => format!("word/{target}"),
        };
        Some((attribute(node, "Id")?.to_owned(), if is_inside { path } else { target.to_owned() }))
    });
    Some(targets.collect())
}

/// What a drawing shows, where somebody said it: not the name of a file.
fn words(drawing: Node<'_, '_>) -> String {
    let said = drawing.descendants().find_map(|node| match node.tag_name().name() {
        "docPr" => attribute(node, "descr"),
        "shape" => attribute(node, "alt"),
        _ => None,
    });
    let is_ending = |end: &str| matches!(end.len(), 3..=4) && end.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_file =
        |words: &str| words.contains(['\\', '/']) || words.rsplit_once('.').is_some_and(|(_, end)| is_ending(end));
    said.map(str::trim).filter(|words| !is_file(words)).unwrap_or_default().to_owned()
}
