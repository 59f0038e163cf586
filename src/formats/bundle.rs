//! A question file with its pictures beside it: in one ZIP, or in a folder.

use crate::formats::exchange::unreadable::Unreadable;
use std::collections::HashMap;
use std::io::{Cursor, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use zip::write::SimpleFileOptions;

/// Most bytes that a ZIP may unpack to.
const MOST_UNPACKED_BYTES: u64 = 512 * 1024 * 1024;
/// Most files in it.
const MOST_FILES: usize = 20_000;
/// Endings of question files.
const QUESTIONS: [&str; 8] = ["json", "xlsx", "csv", "tsv", "docx", "txt", "gift", "xml"];
/// The folder of pictures in a ZIP that is written.
const PICTURES: &str = "pictures";

/// Where the files stand that a question file names.
#[derive(Debug, Clone, Default)]
pub enum Beside {
    /// Nowhere.
    #[default]
    Nothing,
    /// In the same ZIP, by their paths.
    Files(Arc<HashMap<String, Vec<u8>>>),
    /// In a folder.
    Folder(PathBuf),
    /// In the question file itself, and then there.
    Also(Arc<HashMap<String, Vec<u8>>>, Box<Self>),
}

impl Beside {
    /// What stands in the file that is called so: by its path, or by its name alone where only one is called so.
    pub fn find(&self, name: &str) -> Option<Vec<u8>> {
        let path = name.trim_start_matches("./");
        match self {
            Self::Nothing => None,
            Self::Also(files, other) => files.get(name).cloned().or_else(|| other.find(name)),
            Self::Files(files) => {
                let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
                let mut called_so = files.iter().filter(|(known, _)| last(known) == last(path));
                let found = files.get(path).or_else(|| match (called_so.next(), called_so.next()) {
                    (Some((_, bytes)), None) => Some(bytes),
                    _ => None,
                });
                found.cloned()
            }
            Self::Folder(folder) => {
                let is_inside =
                    path.split('/').all(|step| !matches!(step, "" | "." | "..")) && !path.contains(['\\', ':']);
                is_inside.then(|| std::fs::read(folder.join(path)).ok()).flatten()
            }
        }
    }
}

/// A question file out of a ZIP.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// Its name.
    pub file: String,
    /// What stands in it.
    pub bytes: Vec<u8>,
    /// The other files.
    pub beside: Beside,
}

/// Why a ZIP isn't opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unopened {
    /// It can't be read, or unpacks to too much.
    Unreadable(Unreadable),
    /// Several question files stand in it; these.
    Several(Vec<String>),
}

impl From<Unreadable> for Unopened {
    fn from(why: Unreadable) -> Self {
        Self::Unreadable(why)
    }
}

/// Opens a ZIP that holds one question file; `None` of anything else: a workbook, a document, a package of QTI, no ZIP.
pub fn open(bytes: &[u8]) -> Result<Option<Bundle>, Unopened> {
    if !bytes.starts_with(b"PK") {
        return Ok(None);
    }
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else { return Ok(None) };
    let names: Vec<String> = (0..archive.len()).filter_map(|index| name(&mut archive, index)).collect();
    let is_package = |name: &String| {
        name == "[Content_Types].xml" || name == "mimetype" || name.rsplit('/').next() == Some("imsmanifest.xml")
    };
    let asked: Vec<&String> = names.iter().filter(|name| QUESTIONS.contains(&&*ending(name))).collect();
    let [file] = asked.as_slice() else {
        // Several items of QTI without a manifest are a package as well.
        let are_items = asked.iter().all(|name| ending(name) == "xml");
        return if are_items || names.iter().any(is_package) {
            Ok(None)
        } else {
            Err(Unopened::Several(asked.into_iter().cloned().collect()))
        };
    };
    if names.iter().any(is_package) {
        return Ok(None);
    }
    let file = (*file).clone();
    let mut files = unpacked(&mut archive)?;
    let bytes = files.remove(&file).unwrap_or_default();
    Ok(Some(Bundle { file, bytes, beside: Beside::Files(Arc::new(files)) }))
}

/// The name of a file, as people on Windows may have written it; nothing of folders and of what systems leave behind.
fn name(archive: &mut zip::ZipArchive<Cursor<&[u8]>>, index: usize) -> Option<String> {
    let file = archive.by_index_raw(index).ok()?;
    let raw = file.name_raw();
    let name = std::str::from_utf8(raw)
        .map_or_else(|_| encoding_rs::GB18030.decode_without_bom_handling(raw).0.into_owned(), str::to_owned);
    let name = name.replace('\\', "/");
    let is_left_behind =
        name.starts_with("__MACOSX/") || name.rsplit('/').next().is_some_and(|last| last.starts_with('.'));
    (file.is_file() && !is_left_behind).then_some(name)
}

fn ending(name: &str) -> String {
    name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default()
}

fn unpacked(archive: &mut zip::ZipArchive<Cursor<&[u8]>>) -> Result<HashMap<String, Vec<u8>>, Unreadable> {
    if archive.len() > MOST_FILES {
        return Err(unreadable(format!("zip: > {MOST_FILES}")));
    }
    let mut left = MOST_UNPACKED_BYTES;
    let mut files = HashMap::new();
    for index in 0..archive.len() {
        let Some(name) = name(archive, index) else { continue };
        let file = archive.by_index(index).map_err(|error| unreadable(error.to_string()))?;
        let mut bytes = Vec::new();
        // The first byte above the limit is proof enough.
        let size = file.take(left + 1).read_to_end(&mut bytes).map_err(|error| unreadable(error.to_string()))?;
        left = u64::try_from(size)
            .ok()
            .and_then(|size| left.checked_sub(size))
            .ok_or_else(|| unreadable(format!("> {} MB", MOST_UNPACKED_BYTES / 1024 / 1024)))?;
        files.insert(name, bytes);
    }
    Ok(files)
}

/// A ZIP of a bank file and its pictures.
pub fn write(bank: &str, json: &[u8], pictures: &[(String, Vec<u8>)]) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file(format!("{bank}.json"), SimpleFileOptions::default())?;
    archive.write_all(json)?;
    for (name, bytes) in pictures {
        let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        archive.start_file(format!("{PICTURES}/{name}"), stored)?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

fn unreadable(why: impl Into<String>) -> Unreadable {
    Unreadable { line: 0, why: why.into() }
}

#[cfg(test)]
mod tests {
    use super::{Beside, Unopened, open, write};
    use std::io::{Cursor, Write};
    use zip::write::SimpleFileOptions;

    fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in files {
            archive.start_file(*name, SimpleFileOptions::default()).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn a_question_file_is_found_with_what_stands_beside_it() {
        let written = write("b", b"{}", &[("a.png".to_owned(), b"x".to_vec())]).unwrap();
        let bundle = open(&written).unwrap().unwrap();
        assert_eq!((bundle.file.as_str(), bundle.bytes.as_slice()), ("b.json", &b"{}"[..]));
        assert_eq!(bundle.beside.find("pictures/a.png"), Some(b"x".to_vec()));
        assert_eq!(bundle.beside.find("./a.png"), Some(b"x".to_vec()), "one file of the name will do");
        let doubled = zipped(&[("q.csv", ""), ("1/a.png", "1"), ("2/a.png", "2"), ("__MACOSX/._q.csv", "")]);
        let bundle = open(&doubled).unwrap().unwrap();
        assert_eq!((bundle.beside.find("a.png"), bundle.beside.find("2/a.png")), (None, Some(b"2".to_vec())));
    }

    #[test]
    fn packages_and_other_files_are_left_to_their_readers() {
        for files in [
            &[("[Content_Types].xml", ""), ("xl/workbook.xml", "")][..],
            &[("imsmanifest.xml", ""), ("a.xml", ""), ("a.png", "")],
            &[("a.xml", ""), ("b.xml", "")],
            &[("a.png", "")],
        ] {
            assert!(open(&zipped(files)).unwrap().is_none(), "{files:?}");
        }
        assert!(open(b"PK\x03\x04").unwrap().is_none() && open(b"{}").unwrap().is_none());
        let several = open(&zipped(&[("a.json", ""), ("b.csv", ""), ("c.png", "")])).unwrap_err();
        let names = vec!["a.json".to_owned(), "b.csv".to_owned()];
        assert_eq!(several, Unopened::Several(names), "which of them is not for us to say");
    }

    #[test]
    fn a_folder_gives_nothing_from_outside() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.png"), "x").unwrap();
        let inner = folder.path().join("inner");
        std::fs::create_dir(&inner).unwrap();
        assert_eq!(Beside::Folder(folder.path().to_owned()).find("a.png"), Some(b"x".to_vec()));
        for outside in ["../a.png", "/etc/passwd", "inner/../a.png", "", "..\\a.png"] {
            assert_eq!(Beside::Folder(inner.clone()).find(outside), None, "{outside}");
        }
    }
}
