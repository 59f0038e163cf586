//! The files that are part of a question: pictures that its texts show.

use crate::formats::bundle::Beside;
use crate::formats::exchange::pictures::{Found, Pictures, beside as at, decoded, path};
use crate::formats::exchange::xml::text_of;
use roxmltree::{Node, NodeId};
use std::collections::HashMap;

/// What stands before the names of files.
const OF_MOODLE: &str = "PLUGINFILE@@/";

/// The files of one question. Those of several texts may have the same name.
pub(super) struct Files<'a, 'i> {
    /// By the element that they belong to, and their path.
    own: HashMap<(NodeId, String), Node<'a, 'i>>,
    by_path: HashMap<String, Node<'a, 'i>>,
    /// Their names, in order.
    pub(super) names: Vec<String>,
    /// What became of those that were shown.
    shown: HashMap<NodeId, Found>,
}

impl<'a, 'i> Files<'a, 'i> {
    pub(super) fn of(question: Node<'a, 'i>) -> Self {
        let (own, by_path) = (HashMap::new(), HashMap::new());
        let mut files = Self { own, by_path, names: Vec::new(), shown: HashMap::new() };
        for file in question.descendants().filter(|node| node.has_tag_name("file")) {
            let (Some(name), Some(parent)) = (file.attribute("name"), file.parent()) else { continue };
            let folder = file.attribute("path").unwrap_or_default().trim_matches('/');
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            files.names.push(path.clone());
            files.by_path.entry(path.clone()).or_insert(file);
            files.own.entry((parent.id(), path)).or_insert(file);
        }
        files
    }

    /// Takes in the picture that an element shows: one of its own files, of the question's, or one beside the file.
    pub(super) fn find(
        &mut self,
        pictures: &mut Pictures,
        (node, address): (Node<'_, '_>, &str),
        beside: &Beside,
    ) -> Found {
        if address.starts_with("data:") {
            return pictures.find(address, |_| None);
        }
        let (_, name) = address.rsplit_once(OF_MOODLE).unwrap_or(("", address));
        let key = (node.id(), name_of(name));
        let Some(file) = self.own.get(&key).or_else(|| self.by_path.get(&key.1)) else {
            return pictures.find(name, |name| at(beside, name));
        };
        let known = self.shown.entry(file.id());
        known.or_insert_with(|| decoded(&text_of(*file)).map_or(Found::Unfit, |bytes| pictures.take(&bytes))).clone()
    }
}

/// The path that an address names, as it is written: what a file is called in remarks.
pub(super) fn name_of(address: &str) -> String {
    let (_, name) = address.rsplit_once(OF_MOODLE).unwrap_or(("", address));
    path(name).trim_start_matches('/').to_owned()
}
