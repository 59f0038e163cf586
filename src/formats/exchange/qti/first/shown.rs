//! What an item shows: its text as HTML, and where responses stand in it.

use crate::formats::exchange::html::has_markup;
use crate::formats::exchange::qti::Reading;
use crate::formats::exchange::xml::{child, escape, markup, text_of};
use roxmltree::Node;

/// What a response is given with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Choice,
    Text,
    Other,
}

/// Something that can be chosen.
pub(super) struct Label<'a, 'i> {
    pub(super) node: Node<'a, 'i>,
    pub(super) ident: String,
    pub(super) text: String,
}

/// A place for a response.
pub(super) struct Response<'a, 'i> {
    index: usize,
    pub(super) ident: String,
    pub(super) sort: Sort,
    pub(super) is_number: bool,
    pub(super) cardinality: String,
    /// What stands beside this one alone.
    pub(super) prompt: String,
    pub(super) labels: Vec<Label<'a, 'i>>,
}

impl Response<'_, '_> {
    /// What stands for it in the text; no text has such characters.
    pub(super) fn marker(&self) -> String {
        format!("\u{f8ff}{}\u{f8fe}", self.index)
    }

    /// The name of a response in brackets, where the text holds it.
    pub(super) fn placeholder(&self, stem: &str) -> Option<String> {
        let names = [self.prompt.as_str(), self.ident.strip_prefix("response_")?];
        names.iter().filter(|name| !name.is_empty()).map(|name| format!("[{name}]")).find(|name| stem.contains(name))
    }

    /// A text without its marker.
    pub(super) fn without_marker(&self, stem: &str) -> String {
        stem.replace(&self.marker(), "").trim().to_owned()
    }
}

/// What an item shows.
pub(super) struct Presented<'a, 'i> {
    pub(super) html: String,
    pub(super) responses: Vec<Response<'a, 'i>>,
}

impl Presented<'_, '_> {
    /// What the elements are called, where nothing else says the kind.
    pub(super) fn kind(&self) -> String {
        let mut names: Vec<&str> = self
            .responses
            .iter()
            .map(|response| match response.sort {
                Sort::Choice => "response_lid",
                Sort::Text => "response_str",
                Sort::Other => "response",
            })
            .collect();
        names.dedup();
        names.join(" + ")
    }

    pub(super) fn without_markers(&self, stem: &str) -> String {
        let mut text = stem.to_owned();
        for one in &self.responses {
            let marker = one.marker();
            let is_inside = text.trim_end().find(&marker).is_some_and(|at| at + marker.len() < text.trim_end().len());
            text = if is_inside && one.sort == Sort::Text {
                text.replace(&marker, "_____")
            } else {
                one.without_marker(&text)
            };
        }
        text
    }
}

pub(super) fn presented<'a, 'i>(reading: &mut Reading<'_, 'a, 'i>) -> Option<Presented<'a, 'i>> {
    let presentation = child(reading.node, "presentation")?;
    let mut presented = Presented { html: String::new(), responses: Vec::new() };
    walk(reading, presentation, &mut presented);
    Some(presented)
}

/// Texts and responses in the order in which they are shown. Not deeper than a document may be.
fn walk<'a, 'i>(reading: &mut Reading<'_, 'a, 'i>, node: Node<'a, 'i>, presented: &mut Presented<'a, 'i>) {
    let mut is_behind_material = false;
    for inner in node.children().filter(Node::is_element) {
        let name = inner.tag_name().name();
        match name {
            "material" => {
                if is_behind_material {
                    presented.html.push_str("<br>");
                }
                presented.html.push_str(&material(inner));
            }
            _ if name.starts_with("response_") => {
                let one = response(reading, inner, presented.responses.len());
                presented.html.push_str(&one.marker());
                presented.responses.push(one);
            }
            _ => walk(reading, inner, presented),
        }
        is_behind_material = name == "material";
    }
}

fn response<'a, 'i>(reading: &mut Reading<'_, 'a, 'i>, node: Node<'a, 'i>, index: usize) -> Response<'a, 'i> {
    let holds = |wanted: &str| node.descendants().any(|inner| inner.tag_name().name() == wanted);
    let name = node.tag_name().name();
    let sort = match name {
        "response_lid" if holds("render_choice") => Sort::Choice,
        "response_str" | "response_num" => Sort::Text,
        _ if holds("render_fib") => Sort::Text,
        _ => Sort::Other,
    };
    let mut labels = Vec::new();
    let own: Vec<Node<'a, 'i>> =
        node.descendants().filter(|inner| inner.tag_name().name() == "response_label").collect();
    for label in own.into_iter().filter(|_| sort == Sort::Choice) {
        let text = reading.show(&material(label));
        labels.push(Label { node: label, ident: label.attribute("ident").unwrap_or_default().to_owned(), text });
    }
    let mut html = String::new();
    for own in node.children().filter(|inner| inner.tag_name().name() == "material") {
        html.push_str(&material(own));
    }
    let fib = node.descendants().find(|inner| inner.tag_name().name() == "render_fib");
    let sort_of_fib = fib.and_then(|fib| fib.attribute("fibtype")).unwrap_or_default().to_ascii_lowercase();
    Response {
        index,
        ident: node.attribute("ident").unwrap_or_default().to_owned(),
        sort,
        is_number: name == "response_num" || matches!(&*sort_of_fib, "integer" | "decimal" | "scientific"),
        cardinality: node.attribute("rcardinality").unwrap_or_default().to_owned(),
        prompt: reading.show(&html),
        labels,
    }
}

/// The texts and pictures inside an element as HTML.
pub(super) fn material(node: Node<'_, '_>) -> String {
    let mut html = String::new();
    for inner in node.descendants() {
        match inner.tag_name().name() {
            "mattext" | "mat_formattedtext" | "matemtext" => html.push_str(&text_html(inner)),
            "matbreak" => html.push_str("<br>"),
            "matimage" | "mataudio" | "matvideo" => {
                let label = inner.attribute("label").unwrap_or_default();
                html.push_str(&["<img src=\"", &escape(&address(inner)), "\" alt=\"", &escape(label), "\">"].concat());
            }
            _ => {}
        }
    }
    html
}

/// Where a picture or sound stands, or what it holds itself.
fn address(node: Node<'_, '_>) -> String {
    let said = |name: &str| node.attribute(name).unwrap_or_default();
    if said("embedded") == "base64" {
        return format!("data:{};base64,{}", said("imagtype"), text_of(node));
    }
    said("uri").to_owned()
}

fn text_html(node: Node<'_, '_>) -> String {
    if node.children().any(|inner| inner.is_element()) {
        return markup(node, &mut |_| None);
    }
    let text = text_of(node);
    let is_html = node
        .attribute("texttype")
        .or(node.attribute("type"))
        .is_some_and(|kind| kind.to_ascii_lowercase().contains("html"));
    if is_html || has_markup(&text) { text } else { escape(&text).replace('\n', "<br>") }
}
