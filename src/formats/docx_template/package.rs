//! The parts of a template, unpacked within limits, and whether any of them could act.

use super::Flaw;
use super::places::Edits;
use crate::formats::exchange::xml::parse;
use roxmltree::Node;
use std::collections::HashSet;
use std::io::{Cursor, Read, Write};
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;

/// The namespace of Word.
pub(super) const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
pub(super) const DOCUMENT: &str = "word/document.xml";
pub(super) const STYLES: &str = "word/styles.xml";
const SETTINGS: &str = "word/settings.xml";
const CONTENT_TYPES: &str = "[Content_Types].xml";
/// What the main part of a Word document is; that of one with macros, or of Word's own templates, is called otherwise.
const MAIN: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
/// Most bytes that all parts may unpack to.
const MOST_UNPACKED_BYTES: u64 = 64 * 1024 * 1024;
/// Most parts.
const MOST_PARTS: usize = 500;
/// What parts may be to each other. Everything else could bring programs, or objects of other programs.
const KNOWN_RELATIONS: [&str; 27] = [
    "comments",
    "commentsExtended",
    "commentsExtensible",
    "commentsIds",
    "core-properties",
    "custom-properties",
    "customXml",
    "customXmlProps",
    "documentTasks",
    "endnotes",
    "extended-properties",
    "font",
    "fontTable",
    "footer",
    "footnotes",
    "header",
    "hyperlink",
    "image",
    "metadata",
    "numbering",
    "officeDocument",
    "people",
    "settings",
    "styles",
    "stylesWithEffects",
    "theme",
    "thumbnail",
];
/// Further ones that Word writes.
const MORE_RELATIONS: [&str; 2] = ["webSettings", "glossaryDocument"];
/// Words of fields that fetch something or start something.
const ACTING_FIELDS: [&str; 7] = ["DDE", "INCLUDE", "MACROBUTTON", "IMPORT", "DATABASE", "LINK", "AUTOTEXT"];

/// The parts in their order.
pub(super) struct Package(Vec<(String, Vec<u8>)>);

impl Package {
    /// A document nothing of which could act. The name of the template that Word made it from is taken out.
    pub(super) fn open(bytes: &[u8]) -> Result<Self, Flaw> {
        let mut package = Self(unpacked(bytes)?);
        package.check_types()?;
        let relations: Vec<String> = package.names(|name| name.strip_suffix(".rels").is_some());
        for name in relations {
            package.check_relations(&name)?;
        }
        // Notes and comments have fields as well.
        for name in package.names(|name| name.starts_with("word/") && name.strip_suffix(".xml").is_some()) {
            check_fields(package.text(&name)?)?;
        }
        Ok(package)
    }

    fn names(&self, is_meant: impl Fn(&str) -> bool) -> Vec<String> {
        self.0.iter().map(|(name, _)| name).filter(|name| is_meant(name)).cloned().collect()
    }

    /// The parts whose places are filled in: the document, its heads and feet.
    pub(super) fn names_with_text(&self) -> Vec<String> {
        let is_edge = |name: &str| {
            let edge = name.strip_prefix("word/header").or_else(|| name.strip_prefix("word/footer"));
            edge.and_then(|rest| rest.strip_suffix(".xml")).is_some_and(|rest| !rest.contains('/'))
        };
        self.names(|name| name == DOCUMENT || is_edge(name))
    }

    pub(super) fn text(&self, name: &str) -> Result<&str, Flaw> {
        let found = self.0.iter().find(|(known, _)| known == name);
        let (_, bytes) = found.ok_or_else(|| Flaw::OtherKind(name.to_owned()))?;
        let text = std::str::from_utf8(bytes).map_err(|error| Flaw::Unreadable(format!("{name}: {error}")))?;
        Ok(text.trim_start_matches('\u{feff}'))
    }

    pub(super) fn put(&mut self, name: &str, text: String) {
        if let Some((_, bytes)) = self.0.iter_mut().find(|(known, _)| known == name) {
            *bytes = text.into_bytes();
        }
    }

    pub(super) fn write(self) -> ZipResult<Vec<u8>> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in self.0 {
            archive.start_file(name, SimpleFileOptions::default())?;
            archive.write_all(&bytes)?;
        }
        Ok(archive.finish()?.into_inner())
    }

    fn check_types(&self) -> Result<(), Flaw> {
        let types = self.text(CONTENT_TYPES)?;
        let acting = ["macroEnabled", "vbaProject", "activeX", "oleObject"];
        if let Some(one) = acting.iter().find(|one| types.to_ascii_lowercase().contains(&one.to_ascii_lowercase())) {
            return Err(Flaw::Acts((*one).to_owned()));
        }
        let xml = parse(types).map_err(|error| Flaw::Unreadable(error.why))?;
        let main = format!("/{DOCUMENT}");
        let of_main = xml.descendants().find(|node| node.attribute("PartName") == Some(main.as_str()));
        match of_main.and_then(|node| node.attribute("ContentType")) {
            Some(MAIN) => Ok(()),
            other => Err(Flaw::OtherKind(other.unwrap_or(DOCUMENT).to_owned())),
        }
    }

    fn check_relations(&mut self, name: &str) -> Result<(), Flaw> {
        let text = self.text(name)?;
        let xml = parse(text).map_err(|error| Flaw::Unreadable(error.why))?;
        let mut edits = Edits::default();
        for relation in xml.root_element().children().filter(Node::is_element) {
            let kind = relation.attribute("Type").and_then(|kind| kind.rsplit('/').next()).unwrap_or_default();
            let is_outside = relation.attribute("TargetMode").is_some_and(|mode| mode.eq_ignore_ascii_case("external"));
            let is_known = KNOWN_RELATIONS.contains(&kind) || MORE_RELATIONS.contains(&kind);
            match kind {
                "attachedTemplate" => edits.push(relation.range(), String::new()),
                "hyperlink" => {}
                _ if is_known && !is_outside => {}
                _ => {
                    let target = relation.attribute("Target").unwrap_or_default();
                    return Err(Flaw::Acts(format!("{kind} {target}")));
                }
            }
        }
        if !edits.is_empty() {
            let relations = edits.made(text);
            self.put(name, relations);
            self.forget_template()?;
        }
        Ok(())
    }

    fn forget_template(&mut self) -> Result<(), Flaw> {
        let text = self.text(SETTINGS)?;
        let xml = parse(text).map_err(|error| Flaw::Unreadable(error.why))?;
        let mut edits = Edits::default();
        for one in xml.descendants().filter(|node| node.has_tag_name((WORD, "attachedTemplate"))) {
            edits.push(one.range(), String::new());
        }
        let settings = edits.made(text);
        self.put(SETTINGS, settings);
        Ok(())
    }
}

fn unpacked(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, Flaw> {
    let unreadable = |error: zip::result::ZipError| Flaw::Unreadable(error.to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    if archive.len() > MOST_PARTS {
        return Err(Flaw::Unreadable(format!("> {MOST_PARTS}")));
    }
    let mut left = MOST_UNPACKED_BYTES;
    let mut parts = Vec::new();
    let mut names = HashSet::new();
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(unreadable)?;
        if file.is_dir() {
            continue;
        }
        let name = file.name().map_err(unreadable)?.into_owned();
        let is_plain = !name.starts_with('/') && name.split('/').all(|step| !matches!(step, "" | "." | ".."));
        if !is_plain || !names.insert(name.to_ascii_lowercase()) {
            return Err(Flaw::Unreadable(name));
        }
        let mut bytes = Vec::new();
        // The first byte above the limit is proof enough.
        let size = file
            .take(left + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| Flaw::Unreadable(format!("{name}: {error}")))?;
        left = u64::try_from(size)
            .ok()
            .and_then(|size| left.checked_sub(size))
            .ok_or_else(|| Flaw::Unreadable(format!("> {} MB", MOST_UNPACKED_BYTES / 1024 / 1024)))?;
        parts.push((name, bytes));
    }
    Ok(parts)
}

/// Fields are put together from pieces, wherever Word split them.
fn check_fields(text: &str) -> Result<(), Flaw> {
    let xml = parse(text).map_err(|error| Flaw::Unreadable(error.why))?;
    let mut said = String::new();
    for node in xml.descendants() {
        if node.has_tag_name((WORD, "instrText")) {
            said.push_str(node.text().unwrap_or_default());
        }
        if node.has_tag_name((WORD, "fldSimple")) {
            said.push_str(node.attribute((WORD, "instr")).unwrap_or_default());
        }
    }
    let letters = said.to_ascii_uppercase().replace("HYPERLINK", "");
    match ACTING_FIELDS.iter().find(|word| letters.contains(**word)) {
        Some(word) => Err(Flaw::Acts((*word).to_owned())),
        None => Ok(()),
    }
}
