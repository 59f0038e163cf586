//! One name for each thing, however a version spells it.

use roxmltree::Node;
use std::borrow::Cow;

/// What stands before the elements of version 3 that aren't HTML's.
const PREFIX: &str = "qti-";

/// The name of an element as version 2 spells it.
pub(super) fn name<'i>(node: Node<'_, 'i>) -> Cow<'i, str> {
    let name = node.tag_name().name();
    name.strip_prefix(PREFIX).map_or(Cow::Borrowed(name), |rest| Cow::Owned(camel(rest)))
}

/// An attribute by its name in version 2.
pub(super) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attribute(name).or_else(|| node.attribute(&*kebab(name)))
}

/// The elements inside of a name.
pub(super) fn all<'a, 'i>(node: Node<'a, 'i>, wanted: &str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.descendants().skip(1).filter(move |inner| name(*inner) == wanted)
}

/// The first element inside of a name.
pub(super) fn first<'a, 'i>(node: Node<'a, 'i>, wanted: &str) -> Option<Node<'a, 'i>> {
    all(node, wanted).next()
}

pub(super) fn camel(kebab: &str) -> String {
    let mut parts = kebab.split('-');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let (head, tail) = part.split_at(part.chars().next().map_or(0, char::len_utf8));
        name + &head.to_ascii_uppercase() + tail
    })
}

pub(super) fn kebab(camel: &str) -> String {
    let mut kebab = String::with_capacity(camel.len() + 4);
    for character in camel.chars() {
        if character.is_ascii_uppercase() {
            kebab.push('-');
        }
        kebab.push(character.to_ascii_lowercase());
    }
    kebab
}

/// How version 3 spells an element of version 2.
pub(super) fn third_element(name: &str) -> String {
    let is_html =
        matches!(name, "p" | "div" | "br" | "span" | "img" | "table" | "thead" | "tbody" | "tr" | "th" | "td");
    if is_html { name.to_owned() } else { format!("{PREFIX}{}", kebab(name)) }
}

/// How version 3 spells an attribute of version 2.
pub(super) fn third_attribute(name: &str) -> String {
    if name.contains(':') { name.to_owned() } else { kebab(name) }
}
