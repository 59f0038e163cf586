//! The archive of a test 迎检材料: one ZIP that can be read without Kaohe, with a page of contents that holds the digest
//! of every file. Its files are made one after another, so that memory holds the archive and one of them.

use super::named::values;
use super::report::objection_period;
use super::sample;
use super::{Asked, circular, items, presence, register, report};
use crate::app::App;
use crate::documents::announcement;
use crate::i18n::words::{Words, count};
use crate::rules::text::hex;
use crate::service::archives::{Archived, archived};
use crate::service::objections::Objected;
use crate::service::registers::{Levels, Register};
use crate::service::{Error, Result, registers};
use maud::html;
use sha2::{Digest, Sha256};
use std::io::{Cursor, Write};
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A file in the archive.
struct Entry {
    name: String,
    bytes: usize,
    digest: String,
}

struct Package {
    zip: ZipWriter<Cursor<Vec<u8>>>,
    entries: Vec<Entry>,
}

impl Package {
    fn new() -> Self {
        Self { zip: ZipWriter::new(Cursor::new(Vec::new())), entries: Vec::new() }
    }

    fn put(&mut self, name: &str, form: &str, bytes: &[u8]) -> ZipResult<()> {
        // Workbooks and documents are compressed already.
        let is_packed = matches!(form, "xlsx" | "docx");
        let method = if is_packed { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let name = format!("{name}.{form}");
        self.zip.start_file(name.as_str(), SimpleFileOptions::default().compression_method(method))?;
        self.zip.write_all(bytes)?;
        self.entries.push(Entry { name, bytes: bytes.len(), digest: hex(&Sha256::digest(bytes)) });
        Ok(())
    }

    fn finish(self) -> ZipResult<Vec<u8>> {
        Ok(self.zip.finish()?.into_inner())
    }
}

/// Makes it, of the whole test as far as the caller may see it, which is all of it.
pub(super) async fn make(app: &App, asked: Asked<'_>) -> Result<Vec<u8>> {
    let Asked { caller, words, now_ms, test, .. } = asked;
    let asked = Asked { branch: None, category: None, ..asked };
    let archived = archived(app, caller, test).await?;
    let announcement = announcement::make(app, asked).await?;
    // Nothing is published while answers wait to be marked; the archive then goes without.
    let circular = match circular::make(app, asked).await {
        Ok((_, bytes)) => Some(bytes),
        Err(Error::TestNotOver) => None,
        Err(error) => return Err(error),
    };
    let levels = registers::levels(app, caller, test, (None, None)).await?;
    let register = registers::register(app, caller, test, None).await?;
    let analysis = crate::service::items::items(app, caller, now_ms, test, None).await?;
    let operator = || words.t("correction-operator");
    let maker = if caller.name.is_empty() { operator() } else { caller.name.clone() };
    super::aside(move || {
        let made = Made { words, now_ms, maker, archived, levels, register };
        made.pack(announcement, circular, &analysis)
    })
    .await
}

/// Why an archive couldn't be written.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Zip(#[from] zip::result::ZipError),
    #[error(transparent)]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
}

struct Made {
    words: Words,
    now_ms: i64,
    maker: String,
    archived: Archived,
    levels: Levels,
    register: Register,
}

impl Made {
    fn pack(
        &self,
        announcement: Vec<u8>,
        circular: Option<Vec<u8>>,
        analysis: &crate::service::items::Items,
    ) -> std::result::Result<Vec<u8>, Failed> {
        let (words, now_ms) = (self.words, self.now_ms);
        let mut package = Package::new();
        package.put(&words.t("archive-announcement"), "docx", &announcement)?;
        drop(announcement);
        package.put(
            &words.t("archive-report"),
            "xlsx",
            &report::workbook(words, now_ms, &self.levels, &self.register)?,
        )?;
        package.put(&words.t("archive-register"), "xlsx", &register::workbook(words, now_ms, &self.register)?)?;
        package.put(&words.t("archive-register"), "docx", &register::document(words, &self.register)?)?;
        package.put(&words.t("archive-presence"), "csv", &presence::csv(words, &self.register))?;
        let corrections = presence::corrections_csv(words, &self.archived);
        package.put(&words.t("archive-corrections"), "csv", &corrections)?;
        package.put(&words.t("archive-objections"), "csv", &presence::objections_csv(words, &self.archived))?;
        package.put(&words.t("archive-items"), "xlsx", &items::workbook(words, now_ms, analysis)?)?;
        if let Some(circular) = circular {
            package.put(&words.t("archive-circular"), "docx", &circular)?;
        }
        if let Some(sample) = &self.archived.sample {
            package.put(&words.t("archive-sample"), "html", sample::page(words, &self.archived, sample).as_bytes())?;
        }
        let contents = self.contents(&package.entries);
        package.put(&words.t("archive-contents"), "html", contents.as_bytes())?;
        let sums: Vec<String> =
            package.entries.iter().map(|entry| format!("{}  {}\n", entry.digest, entry.name)).collect();
        package.put("SHA256SUMS", "txt", sums.concat().as_bytes())?;
        Ok(package.finish()?)
    }

    /// The page of contents: the test in figures, every file with its digest, what proves the draw and the record of
    /// changes, and places for signatures.
    fn contents(&self, entries: &[Entry]) -> String {
        let words = self.words;
        let test = &self.archived.test;
        let waiting: usize = self.archived.objections.iter().map(Objected::waiting).sum();
        let title = words.with("archive-title", &[("title", words.of(&test.definition.title).into())]);
        let body = html! {
            p { (words.span(test.definition.opens_at_ms, test.definition.closes_at_ms)) }
            p { (self.figures()) }
            table {
                thead { tr { th { (words.t("archive-file")) } th { (words.t("archive-bytes")) } th { "SHA-256" } } }
                tbody { @for entry in entries { tr {
                    td { a href=(percent_encoding::utf8_percent_encode(&entry.name, percent_encoding::NON_ALPHANUMERIC)) { (entry.name) } }
                    td { (entry.bytes) } td { code { (entry.digest) } }
                } } }
            }
            @if let Some(period) = objection_period(words, test) { p { (period) } }
            @if waiting > 0 { p { strong { (words.with("objections-count", &[("count", count(waiting))])) } } }
            p { (words.t("archive-check")) }
            p { (words.t("commitment")) " " code { (test.row.commitment) } }
            p { (words.t("trace-head")) " " code { (self.register.trace_head) } }
            p { (words.with("archive-made", &[("date", words.moment(self.now_ms).into()), ("name", self.maker.as_str().into())])) }
            div.sign { @for id in ["sign-maker", "sign-checker", "sign-secretary", "sign-seal", "sign-date"] { span { (words.t(id)) } } }
        };
        sample::framed(words, &title, &body)
    }

    fn figures(&self) -> String {
        let line = &self.levels.report.line;
        self.words.with("circular-figures", &values(&line.tally, &line.figures))
    }
}
