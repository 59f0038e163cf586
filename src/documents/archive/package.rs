//! A ZIP with folders, and the digest of every file in it.

use crate::i18n::words::Words;
use crate::rules::text::hex;
use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Why an archive couldn't be written.
#[derive(Debug, thiserror::Error)]
pub(in crate::documents) enum Failed {
    #[error(transparent)]
    Zip(#[from] zip::result::ZipError),
    #[error(transparent)]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
}

/// A file in the archive.
struct Entry {
    name: String,
    bytes: usize,
    digest: String,
}

/// The archive so far.
pub(in crate::documents) struct Package {
    zip: ZipWriter<Cursor<Vec<u8>>>,
    /// What stands before the names of files, with a slash behind it; empty outside of folders.
    folder: String,
    entries: Vec<Entry>,
}

impl Package {
    pub(super) fn new() -> Self {
        Self { zip: ZipWriter::new(Cursor::new(Vec::new())), folder: String::new(), entries: Vec::new() }
    }

    /// From here on files stand in this folder; none where it is empty.
    pub(super) fn open(&mut self, folder: &str) {
        self.folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    }

    pub(in crate::documents) fn put(&mut self, name: &str, form: &str, bytes: &[u8]) -> Result<(), Failed> {
        // Workbooks, documents and scanned pages are compressed already.
        let is_packed = matches!(form, "xlsx" | "docx" | "pdf" | "jpg" | "png");
        let method = if is_packed { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let name = format!("{}{name}.{form}", self.folder);
        self.zip.start_file(name.as_str(), SimpleFileOptions::default().compression_method(method))?;
        self.zip.write_all(bytes).map_err(zip::result::ZipError::from)?;
        self.entries.push(Entry { name, bytes: bytes.len(), digest: hex(&Sha256::digest(bytes)) });
        Ok(())
    }

    /// The files of the open folder and of those in it, by their names as they are called from there.
    fn here(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries.iter().filter_map(|entry| Some((entry.name.strip_prefix(&self.folder)?, entry)))
    }

    /// The files that are here so far, each with its digest.
    pub(super) fn listed(&self, words: Words) -> Markup {
        html! {
            table {
                thead { tr { th { (words.t("archive-file")) } th { (words.t("archive-bytes")) } th { "SHA-256" } } }
                tbody { @for (name, entry) in self.here() { tr {
                    td { a href=(address(name)) { (name) } } td { (entry.bytes) } td { code { (entry.digest) } }
                } } }
            }
        }
    }

    /// A file of the digests of all that is here.
    pub(super) fn put_sums(&mut self) -> Result<(), Failed> {
        let sums: Vec<String> = self.here().map(|(name, entry)| format!("{}  {name}\n", entry.digest)).collect();
        self.put("SHA256SUMS", "txt", sums.concat().as_bytes())
    }

    pub(super) fn finish(self) -> Result<Vec<u8>, Failed> {
        Ok(self.zip.finish()?.into_inner())
    }
}

/// The address of a file beside the page that names it.
pub(super) fn address(name: &str) -> String {
    let steps = name.split('/').map(|step| utf8_percent_encode(step, NON_ALPHANUMERIC).to_string());
    steps.collect::<Vec<_>>().join("/")
}
