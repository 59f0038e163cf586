//! The questions of a file, one after the other.

use super::files::{Files, name_of};
use super::kinds;
use crate::formats::bundle::Beside;
use crate::formats::exchange::drafting::{Fields, apply_tags, line, push};
use crate::formats::exchange::gift::read::topic;
use crate::formats::exchange::html::{has_markup, to_text};
use crate::formats::exchange::pictures::{Found, decoded, shown};
use crate::formats::exchange::unreadable::Unreadable;
use crate::formats::exchange::xml::{self, Lines, child, children, text_of};
use crate::formats::exchange::{Draft, Drafted, Origin};
use crate::rules::text::is_name;
use roxmltree::Node;
use serde_json::json;

/// Reads the questions of an XML file of Moodle; `beside` is where pictures stand that aren't part of it.
pub fn read(bytes: &[u8], beside: &Beside) -> Result<Draft, Unreadable> {
    let text = xml::mended(xml::text(bytes)?);
    let document = xml::parse(&text)?;
    let lines = Lines::new(&text);
    let root = document.root_element();
    let mut draft = Draft::default();
    let mut category = None;
    for node in root.descendants().filter(|node| node.has_tag_name("question") && node.has_attribute("type")) {
        if node.attribute("type") == Some("category") {
            category = child(node, "category").and_then(|inner| topic(inner_text(inner).trim()));
        } else {
            Reading::new(&mut draft, (&lines, beside), node).read(category.as_deref());
        }
    }
    if draft.questions.is_empty() && !root.has_tag_name("quiz") {
        return Err(xml::unreadable(format!("<{}>", root.tag_name().name())));
    }
    draft.count_skipped();
    draft.leave_repeated_ids();
    Ok(draft)
}

/// One question on its way into a draft.
pub(super) struct Reading<'d, 'a, 'i> {
    pub(super) draft: &'d mut Draft,
    lines: &'d Lines<'a>,
    pub(super) node: Node<'a, 'i>,
    origins: Vec<(String, Origin)>,
    beside: &'d Beside,
    files: Files<'a, 'i>,
    /// Pictures and sounds told or shown so far, by their names.
    media: Vec<String>,
}

/// An answer with its share of the points in percent.
#[derive(Debug, Clone)]
pub(super) struct Answer<'a, 'i> {
    pub(super) node: Node<'a, 'i>,
    pub(super) fraction: f64,
}

impl Answer<'_, '_> {
    /// Whether it earns all points.
    pub(super) fn is_full(&self) -> bool {
        self.fraction > 99.9
    }
}

impl<'d, 'a, 'i> Reading<'d, 'a, 'i> {
    fn new(draft: &'d mut Draft, (lines, beside): (&'d Lines<'a>, &'d Beside), node: Node<'a, 'i>) -> Self {
        Self { draft, lines, node, origins: Vec::new(), beside, files: Files::of(node), media: Vec::new() }
    }

    fn read(mut self, category: Option<&str>) {
        let kind = self.node.attribute("type").unwrap_or_default();
        let name = child(self.node, "name").map(inner_text).unwrap_or_default().trim().to_owned();
        let Some(mut fields) = kinds::question(&mut self, kind) else {
            let stem = self.shown("questiontext");
            let name = if name.is_empty() { stem } else { name };
            return match kind {
                "description" => self.draft.remark(self.place(self.node), "text-skipped", name),
                _ => self.draft.skip(self.place(self.node), kind, &name),
            };
        };
        self.show_old_picture(&mut fields);
        self.tell_files();
        let number = child(self.node, "idnumber").map(text_of).unwrap_or_default().trim().to_owned();
        if let Some(id) = [number, name].into_iter().find(|id| is_name(id)) {
            fields.insert("id".to_owned(), json!(id));
        }
        if let Some(topic) = category {
            fields.insert("topic".to_owned(), json!(topic));
        }
        if child(self.node, "hidden").is_some_and(|hidden| matches!(text_of(hidden).trim(), "1" | "true")) {
            fields.insert("retired".to_owned(), json!(true));
        }
        let tags = child(self.node, "tags").into_iter().flat_map(|tags| children(tags, "tag"));
        let tags: Vec<String> = tags.map(|tag| inner_text(tag).trim().to_owned()).collect();
        apply_tags(self.draft, &mut fields, &tags);
        let origin = self.place(self.node);
        push(self.draft, Drafted { origin, fields, origins: self.origins });
    }

    /// Where an element stands.
    pub(super) fn place(&self, node: Node<'a, 'i>) -> Origin {
        line(self.lines.of(node))
    }

    /// Notes where a field of the question stands.
    pub(super) fn note(&mut self, pointer: String, node: Node<'a, 'i>) {
        let place = self.place(node);
        self.origins.push((pointer, place));
    }

    /// What readers see of an element's text.
    pub(super) fn show(&mut self, node: Node<'a, 'i>) -> String {
        let text = inner_text(node);
        let format = node.attribute("format").unwrap_or_default();
        if matches!(format, "plain_text" | "markdown") || format != "html" && !has_markup(&text) {
            return text.trim().to_owned();
        }
        self.show_html(node, &text)
    }

    /// What readers see of a piece of HTML that stands in an element.
    pub(super) fn show_html(&mut self, node: Node<'a, 'i>, html: &str) -> String {
        let (files, beside, media) = (&mut self.files, self.beside, &mut self.media);
        let pictures = &mut self.draft.pictures;
        let plain = to_text(html, &mut |address| {
            let found = files.find(pictures, (node, address), beside);
            if matches!(found, Found::Taken(_)) && !address.starts_with("data:") {
                media.push(name_of(address));
            }
            found
        });
        for (code, found) in plain.told {
            self.tell(code, &found);
        }
        plain.text
    }

    /// What readers see of a child of the question.
    pub(super) fn shown(&mut self, name: &str) -> String {
        child(self.node, name).map(|node| self.show(node)).unwrap_or_default()
    }

    /// Tells once what isn't shown.
    fn tell(&mut self, code: &'static str, found: &str) {
        let name = if code == "formula-flattened" { found.to_owned() } else { name_of(found) };
        if !name.is_empty() && !self.media.contains(&name) {
            let place = self.place(self.node);
            self.draft.remark(place, code, &name);
            self.media.push(name);
        }
    }

    /// The picture that old versions put below a question.
    fn show_old_picture(&mut self, fields: &mut Fields) {
        let Some(bytes) = child(self.node, "image_base64").and_then(|image| decoded(&text_of(image))) else { return };
        let Found::Taken(name) = self.draft.pictures.take(&bytes) else { return };
        self.media.push(child(self.node, "image").map(text_of).unwrap_or_default().trim().to_owned());
        let stem = fields.get("stem").and_then(serde_json::Value::as_str).unwrap_or_default();
        let stem = format!("{stem}\n{}", shown("", &name));
        fields.insert("stem".to_owned(), json!(stem.trim()));
    }

    /// Names the files that are part of the question and weren't shown.
    fn tell_files(&mut self) {
        let pictures = children(self.node, "image").map(|image| text_of(image).trim().to_owned());
        let names: Vec<String> = self.files.names.iter().cloned().chain(pictures).collect();
        for name in names {
            self.tell("media-left-out", &name);
        }
    }

    /// The answers of the question.
    pub(super) fn answers(&self) -> Vec<Answer<'a, 'i>> {
        children(self.node, "answer").map(|node| Answer { node, fraction: fraction(node) }).collect()
    }

    /// The explanation: what is said to all, or else to who gives the answer `key`. Other comments are told to be lost.
    pub(super) fn explain(&mut self, fields: &mut Fields, key: Option<&Answer<'a, 'i>>, all: &[Answer<'a, 'i>]) {
        let general = self.shown("generalfeedback");
        let mut comments = Vec::new();
        for answer in all {
            let comment = child(answer.node, "feedback").map(|node| self.show(node)).unwrap_or_default();
            if !comment.is_empty() {
                comments.push((answer.node, comment));
            }
        }
        let of_key = comments.iter().position(|(node, _)| key.is_some_and(|key| key.node == *node));
        let explanation = match of_key {
            Some(at) if general.is_empty() => comments.remove(at).1,
            _ => general,
        };
        if !explanation.is_empty() {
            fields.insert("explanation".to_owned(), json!(explanation));
        }
        if let Some((node, comment)) = comments.first() {
            self.draft.remark(line(self.lines.of(*node)), "feedback-left-out", comment.as_str());
        }
    }
}

/// The text of an element that wraps it in `<text>`, as most do.
pub(super) fn inner_text(node: Node<'_, '_>) -> String {
    let node = child(node, "text").unwrap_or(node);
    let is_markup = node.children().any(|inner| inner.is_element());
    if is_markup { xml::markup(node, &mut |_| None) } else { text_of(node) }
}

fn fraction(node: Node<'_, '_>) -> f64 {
    let written = node.attribute("fraction").unwrap_or_default().trim().replace(',', ".");
    written.parse().ok().filter(|fraction: &f64| fraction.is_finite()).unwrap_or_default()
}
