//! A package: its items in the order of its tests, then of its manifest.
//!
//! Nothing is unpacked to the disk, names of files are only compared with each other, and what is unpacked in memory is
//! measured while it is read, whatever the archive claims.

use super::names::{all, attribute, name};
use super::{Around, read_file};
use crate::formats::exchange::form::root;
use crate::formats::exchange::pictures::{Allowance, Found, Pictures, path};
use crate::formats::exchange::unreadable::Unreadable;
use crate::formats::exchange::xml::{self, text_of};
use crate::formats::exchange::{Draft, Origin};
use roxmltree::Node;
use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Most files of a package.
const MOST_FILES: usize = 250_000;
/// Most bytes that all files which are read may unpack to.
const MOST_UNPACKED_BYTES: u64 = 512 * 1024 * 1024;
/// Most bytes of one file.
const MOST_FILE_BYTES: u64 = 64 * 1024 * 1024;
const MANIFEST: &str = "imsmanifest.xml";

pub(super) fn read(draft: &mut Draft, bytes: &[u8]) -> Result<(), Unreadable> {
    let mut package = Package::open(bytes)?;
    let manifest = package.names.keys().filter(|name| is_manifest(name)).min_by_key(|name| name.len()).cloned();
    let mut contents = Contents::default();
    if let Some(manifest) = &manifest {
        let file = package.file(manifest)?;
        contents.read_manifest(draft, manifest, &file)?;
    }
    for name in package.listed() {
        if !contents.order.contains(&name) {
            contents.order.push(name);
        }
    }
    let mut kinds = HashMap::new();
    for name in &contents.order {
        if let Some(kind) = package.kind(name)? {
            kinds.insert(name.clone(), kind);
        }
    }
    let is_test = |name: &&String| kinds.get(*name).is_some_and(|kind| kind.ends_with("est") && kind != "manifest");
    let tests: Vec<String> = contents.order.iter().filter(is_test).cloned().collect();
    for test in &tests {
        let file = package.file(test)?;
        contents.read_test(draft, test, &file);
    }
    contents.in_order_of_tests();
    let items = contents.order.iter().filter(|name| kinds.get(*name).is_some_and(|kind| kind != "manifest"));
    for name in items.filter(|name| !tests.contains(name)) {
        let around = contents.around(name);
        let file = package.file(name)?;
        let mut find = |pictures: &mut Pictures, address: &str| package.picture(pictures, (name, address));
        if let Err(why) = read_file(draft, &file, &around, &mut find) {
            let origin =
                Origin { file: Some(name.clone()), line: Some(why.line).filter(|line| *line > 0), ..Origin::default() };
            draft.remark(origin, "file-unreadable", why.why);
        }
    }
    leave_repeated_questions(draft);
    Ok(())
}

fn is_manifest(name: &str) -> bool {
    name.rsplit('/').next().is_some_and(|file| file.eq_ignore_ascii_case(MANIFEST))
}

/// The files of an archive.
struct Package<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
    /// Where each stands.
    names: HashMap<String, usize>,
    /// The same by the last part of the name; nothing where several are called so.
    last_names: HashMap<String, Option<usize>>,
    left: u64,
    /// What became of files that were shown.
    shown: HashMap<usize, Found>,
    left_for_pictures: Allowance,
}

impl<'b> Package<'b> {
    fn open(bytes: &'b [u8]) -> Result<Self, Unreadable> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| xml::unreadable(error.to_string()))?;
        if archive.len() > MOST_FILES {
            return Err(xml::unreadable(format!("> {MOST_FILES} files")));
        }
        let mut package = Self {
            archive,
            names: HashMap::new(),
            last_names: HashMap::new(),
            left: MOST_UNPACKED_BYTES,
            shown: HashMap::new(),
            left_for_pictures: Allowance::default(),
        };
        for index in 0..package.archive.len() {
            let file = package.archive.by_index_raw(index).map_err(|error| xml::unreadable(error.to_string()))?;
            if let Ok(name) = file.name()
                && file.is_file()
            {
                let name = name.replace('\\', "/");
                let last = name.rsplit('/').next().unwrap_or_default().to_owned();
                package.last_names.entry(last).and_modify(|known| *known = None).or_insert(Some(index));
                package.names.insert(name, index);
            }
        }
        Ok(package)
    }

    /// The files that may hold XML, in the archive's order.
    fn listed(&self) -> Vec<String> {
        let is_xml = |name: &str| {
            let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
            matches!(&*ending, "xml" | "qti" | "dat") && !name.starts_with("__MACOSX/")
        };
        let mut listed: Vec<(&usize, &String)> =
            self.names.iter().filter(|(name, _)| is_xml(name)).map(|(name, index)| (index, name)).collect();
        listed.sort_unstable();
        listed.into_iter().map(|(_, name)| name.clone()).collect()
    }

    /// Takes in a picture that a file shows.
    fn picture(&mut self, pictures: &mut Pictures, (base, address): (&str, &str)) -> Found {
        if address.starts_with("data:") {
            return pictures.find(address, |_| None);
        }
        let Some(index) = self.place(base, address) else { return Found::Missing };
        if let Some(known) = self.shown.get(&index) {
            return known.clone();
        }
        let bytes = self.left_for_pictures.read(&mut self.archive, index);
        let found = bytes.map_or(Found::Unfit, |bytes| pictures.take(&bytes));
        self.shown.insert(index, found.clone());
        found
    }

    /// Where a file stands that another one names: from there, from the top, or the only one that is called so.
    fn place(&self, base: &str, address: &str) -> Option<usize> {
        if address.contains("://") {
            return None;
        }
        let path = path(address);
        // Canvas names its own folder so.
        let of_canvas = path.strip_prefix("$IMS-CC-FILEBASE$").or_else(|| path.strip_prefix("$IMS_CC_FILEBASE$"));
        let path = of_canvas.unwrap_or(&path).trim_start_matches('/');
        let from_top = |folder: &str| resolve(folder, path);
        let places = [resolve(base, address), from_top("web_resources/"), from_top("")];
        let exact = places.into_iter().flatten().find_map(|name| self.names.get(&name).copied());
        let last = path.rsplit('/').next().filter(|last| !last.is_empty())?;
        exact.or_else(|| self.last_names.get(last).copied().flatten())
    }

    fn file(&mut self, name: &str) -> Result<Vec<u8>, Unreadable> {
        self.head(name, MOST_FILE_BYTES, true)
    }

    /// Reads the beginning of a file; one that is longer is refused where all of it is wanted.
    fn head(&mut self, name: &str, most: u64, is_whole: bool) -> Result<Vec<u8>, Unreadable> {
        let Some(index) = self.names.get(name) else { return Ok(Vec::new()) };
        let unreadable = |error: String| xml::unreadable(format!("{name}: {error}"));
        let file = self.archive.by_index(*index).map_err(|error| unreadable(error.to_string()))?;
        let mut bytes = Vec::new();
        // The first byte above the limit is proof enough.
        let limit = most.min(self.left);
        let size = file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| unreadable(error.to_string()))?;
        let size = u64::try_from(size).unwrap_or(u64::MAX);
        if size > limit && (is_whole || limit < most) {
            return Err(unreadable(format!("> {} MB", limit / 1024 / 1024)));
        }
        self.left = self.left.saturating_sub(size);
        Ok(bytes)
    }

    /// The first element of a file, where it is one of QTI or the manifest.
    fn kind(&mut self, name: &str) -> Result<Option<String>, Unreadable> {
        const HEAD_BYTES: u64 = 4096;
        let head = self.head(name, HEAD_BYTES, false)?;
        Ok(root(&head).filter(|kind| super::super::form::is_qti(kind) || kind == "manifest"))
    }
}

/// What manifest and tests say of the files.
#[derive(Default)]
struct Contents {
    order: Vec<String>,
    tags: HashMap<String, Vec<String>>,
    topics: HashMap<String, String>,
    /// Files in the order in which tests name them.
    tested: Vec<String>,
}

impl Contents {
    fn read_manifest(&mut self, draft: &mut Draft, manifest: &str, file: &[u8]) -> Result<(), Unreadable> {
        let text = xml::text(file)?;
        let document = xml::parse(&text)?;
        let mut seen = HashSet::new();
        for resource in all(document.root(), "resource") {
            let files = std::iter::once(resource).chain(all(resource, "file"));
            let names: Vec<String> = files.filter_map(|node| resolved(draft, manifest, node)).collect();
            let keywords = all(resource, "keyword").map(|keyword| text_of(keyword).trim().to_owned());
            let keywords: Vec<String> = keywords.filter(|keyword| !keyword.is_empty()).collect();
            for name in names {
                if !keywords.is_empty() {
                    self.tags.entry(name.clone()).or_insert_with(|| keywords.clone());
                }
                if seen.insert(name.clone()) {
                    self.order.push(name);
                }
            }
        }
        Ok(())
    }

    /// Sections give their items a topic.
    fn read_test(&mut self, draft: &mut Draft, test: &str, file: &[u8]) {
        let Ok(written) = xml::text(file) else { return };
        let Ok(document) = xml::parse(&written) else { return };
        let root = document.root_element();
        if let Some(title) = attribute(root, "title").filter(|title| !title.trim().is_empty()) {
            draft.title.get_or_insert_with(|| serde_json::json!(title));
        }
        for item in all(document.root(), "assessmentItemRef") {
            let Some(name) = resolved(draft, test, item) else { continue };
            let section = item.ancestors().find(|node| name_is(*node, "assessmentSection"));
            if let Some(title) = section.and_then(|section| attribute(section, "title")) {
                self.topics.entry(name.clone()).or_insert_with(|| title.to_owned());
            }
            self.tested.push(name);
        }
    }

    fn in_order_of_tests(&mut self) {
        let places: HashMap<&String, usize> =
            self.tested.iter().enumerate().rev().map(|(place, name)| (name, place)).collect();
        self.order.sort_by_key(|name| places.get(name).copied().unwrap_or(usize::MAX));
    }

    fn around(&self, name: &str) -> Around {
        Around {
            file: Some(name.to_owned()),
            topic: self.topics.get(name).cloned(),
            tags: self.tags.get(name).cloned().unwrap_or_default(),
        }
    }
}

/// The file inside the package that an element refers to; what lies outside is told and never fetched.
fn resolved(draft: &mut Draft, base: &str, node: Node<'_, '_>) -> Option<String> {
    let href = attribute(node, "href")?;
    let inside = resolve(base, href);
    if inside.is_none() {
        let origin = Origin { file: Some(base.to_owned()), ..Origin::default() };
        draft.remark(origin, "reference-outside", href);
    }
    inside
}

fn name_is(node: Node<'_, '_>, wanted: &str) -> bool {
    node.is_element() && name(node) == wanted
}

/// A reference from one file to another as a name inside the package.
fn resolve(base: &str, href: &str) -> Option<String> {
    let href = percent_encoding::percent_decode_str(href.trim()).decode_utf8().ok()?.replace('\\', "/");
    if href.contains("://") || href.starts_with('/') || href.get(1..2) == Some(":") {
        return None;
    }
    let mut parts: Vec<&str> = base.split('/').collect();
    parts.pop();
    for part in href.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Some systems write the same items twice into a package, in two versions.
fn leave_repeated_questions(draft: &mut Draft) {
    let mut seen = HashSet::new();
    let before = draft.questions.len();
    draft.questions.retain(|question| {
        let id = question.fields.get("id").cloned();
        id.is_none() || seen.insert(serde_json::to_string(&question.fields).unwrap_or_default())
    });
    let repeated = before - draft.questions.len();
    if repeated > 0 {
        draft.remark(Origin::default(), "repeated-left-out", repeated.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn references_stay_in_the_package() {
        for (base, href, name) in [
            ("imsmanifest.xml", "items/a%20b.xml", Some("items/a b.xml")),
            ("x/imsmanifest.xml", "./a.xml", Some("x/a.xml")),
            ("x/tests/t.xml", "..\\a.xml", Some("x/a.xml")),
            ("x/t.xml", "../../etc/passwd", None),
            ("t.xml", "/etc/passwd", None),
            ("t.xml", "C:/a.xml", None),
            ("t.xml", "http://h/a.xml", None),
            ("t.xml", "%2e%2e/a.xml", None),
        ] {
            assert_eq!(resolve(base, href).as_deref(), name, "{href}");
        }
    }
}
