//! QTI ↔ [`Draft`] and bank: items and packages of the versions 1.2, 2.0 to 2.2 and 3.0.
//!
//! Version 3 names the things of version 2 otherwise (`qti-choice-interaction`): `names` knows how, and nothing else
//! needs to. What an item asks that Kaohe can't is named and counted; the other items are taken.

mod first;
mod item;
mod kinds;
mod names;
mod package;
mod write;

pub(super) use write::{Version, write};

use super::drafting::apply_tags;
use super::html::to_text;
use super::pictures::{self, Found, Pictures};
use super::unreadable::Unreadable;
use super::xml::{self, Lines};
use super::{Draft, Drafted, Origin};
use crate::formats::bundle::Beside;
use crate::rules::text::is_name;
use roxmltree::Node;
use serde_json::{Map, Value, json};

/// Reads the items of a file or package; `beside` is where pictures stand that a file names which is no package.
pub fn read(bytes: &[u8], beside: &Beside) -> Result<Draft, Unreadable> {
    let mut draft = Draft::default();
    if bytes.starts_with(b"PK") {
        package::read(&mut draft, bytes)?;
    } else {
        let mut find =
            |taken: &mut Pictures, address: &str| taken.find(address, |address| pictures::beside(beside, address));
        read_file(&mut draft, bytes, &Around::default(), &mut find)?;
    }
    draft.count_skipped();
    draft.leave_repeated_ids();
    Ok(draft)
}

/// What a package says of the items of a file.
#[derive(Debug, Clone, Default)]
struct Around {
    /// The file's name.
    file: Option<String>,
    /// The title of the section that a test puts it in.
    topic: Option<String>,
    /// Words that the manifest says of it.
    tags: Vec<String>,
}

/// Takes in the picture at an address that a file names.
type Find<'f> = dyn FnMut(&mut Pictures, &str) -> Found + 'f;

/// Reads the items of a file that is no package.
fn read_file(draft: &mut Draft, bytes: &[u8], around: &Around, find: &mut Find<'_>) -> Result<(), Unreadable> {
    let text = xml::mended(xml::text(bytes)?);
    let document = xml::parse(&text)?;
    let lines = Lines::new(&text);
    let root = document.root_element();
    let mut is_qti = false;
    for node in root.descendants().filter(Node::is_element) {
        let name = names::name(node);
        let mut reading =
            Reading { draft: &mut *draft, lines: &lines, around, node, origins: Vec::new(), find: &mut *find };
        match &*name {
            "assessmentItem" => item::read(&mut reading),
            "item" if is_first(root) => first::read(&mut reading),
            "assessmentTest" | "questestinterop" => {}
            _ => continue,
        }
        is_qti = true;
    }
    let title = root.descendants().find(|node| matches!(&*names::name(*node), "assessment" | "assessmentTest"));
    if let Some(title) = title.and_then(|node| node.attribute("title")).filter(|title| !title.trim().is_empty()) {
        draft.title.get_or_insert_with(|| json!(title));
    }
    if is_qti { Ok(()) } else { Err(xml::unreadable(format!("<{}>", root.tag_name().name()))) }
}

fn is_first(root: Node<'_, '_>) -> bool {
    matches!(root.tag_name().name(), "questestinterop" | "item")
}

/// One item on its way into a draft.
struct Reading<'d, 'a, 'i> {
    draft: &'d mut Draft,
    lines: &'d Lines<'a>,
    around: &'d Around,
    node: Node<'a, 'i>,
    origins: Vec<(String, Origin)>,
    find: &'d mut Find<'d>,
}

impl Reading<'_, '_, '_> {
    fn place(&self, node: Node<'_, '_>) -> Origin {
        Origin { file: self.around.file.clone(), line: Some(self.lines.of(node)), ..Origin::default() }
    }

    /// Notes where a field of the question stands.
    fn note(&mut self, pointer: String, node: Node<'_, '_>) {
        let place = self.place(node);
        self.origins.push((pointer, place));
    }

    /// Says what was left out or decided about the item.
    fn remark(&mut self, code: &'static str, found: impl Into<String>) {
        let place = self.place(self.node);
        self.draft.remark(place, code, found);
    }

    /// What readers see of a piece of HTML.
    fn show(&mut self, html: &str) -> String {
        let (pictures, find) = (&mut self.draft.pictures, &mut *self.find);
        let plain = to_text(html, &mut |address| find(pictures, address));
        for (code, found) in plain.told {
            self.remark(code, found);
        }
        plain.text
    }

    /// What the item is called where it isn't taken.
    fn title(&self) -> String {
        let title = self.node.attribute("title").filter(|title| !title.trim().is_empty());
        let id = names::attribute(self.node, "identifier").or_else(|| self.node.attribute("ident"));
        title.or(id).unwrap_or_default().to_owned()
    }

    fn skip(&mut self, kind: &str) {
        let (place, title) = (self.place(self.node), self.title());
        self.draft.skip(place, kind, &title);
    }

    /// Takes a question; `ids` are the names that it may have, the best first.
    fn take(&mut self, mut fields: Map<String, Value>, ids: [Option<&str>; 2], topic: Option<String>) {
        if let Some(id) = ids.into_iter().flatten().find(|id| is_name(id)) {
            fields.insert("id".to_owned(), json!(id));
        }
        if let Some(topic) = self.around.topic.clone().or(topic).filter(|topic| !topic.trim().is_empty()) {
            fields.insert("topic".to_owned(), json!(topic));
        }
        apply_tags(self.draft, &mut fields, &self.around.tags);
        let origin = self.place(self.node);
        super::drafting::push(self.draft, Drafted { origin, fields, origins: std::mem::take(&mut self.origins) });
    }
}

#[cfg(test)]
mod tests;
