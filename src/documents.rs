//! Documents that leave Kaohe: reports and registers as workbooks, official papers to be edited, and the archive of a
//! test. What stands in them comes from use cases, words from `locales/`, bytes from `formats`.
//!
//! Page, API and command line ask here for a file and hand it over; what a reader may see was decided by the use case.

pub mod announcement;
mod archive;
pub mod assessment;
mod circular;
mod grid;
mod items;
pub mod mark_list;
pub mod named;
mod official;
mod presence;
pub mod question;
mod register;
mod report;
mod sample;
pub mod signed_pages;

use crate::app::App;
use crate::i18n::words::Words;
use crate::rules::rights::Caller;
use crate::rules::tree::Node;
use crate::service::registers;
use crate::service::{Error, Result};

/// A file to be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: String,
    /// What it is.
    pub media_type: &'static str,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// The documents of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    /// The branch report as one table.
    ReportCsv,
    /// The branch report with every level below it.
    ReportXlsx,
    /// The score register 成绩册, a sheet for each branch.
    RegisterXlsx,
    /// The same to print and sign.
    RegisterDocx,
    /// The circular 通报 about the test, for publication.
    Circular,
    /// The announcement 考试通知.
    Announcement,
    /// Everything about the test in one archive 迎检材料.
    Archive,
}

impl Document {
    /// Every document.
    pub const ALL: [Self; 7] = [
        Self::ReportCsv,
        Self::ReportXlsx,
        Self::RegisterXlsx,
        Self::RegisterDocx,
        Self::Circular,
        Self::Announcement,
        Self::Archive,
    ];

    /// The name in addresses: what it is and, behind a point, its form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ReportCsv => "report.csv",
            Self::ReportXlsx => "report.xlsx",
            Self::RegisterXlsx => "register.xlsx",
            Self::RegisterDocx => "register.docx",
            Self::Circular => "circular.docx",
            Self::Announcement => "announcement.docx",
            Self::Archive => "archive.zip",
        }
    }

    /// What files of its form are.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::ReportCsv => "text/csv; charset=utf-8",
            Self::ReportXlsx | Self::RegisterXlsx => XLSX,
            Self::RegisterDocx | Self::Circular | Self::Announcement => DOCX,
            Self::Archive => "application/zip",
        }
    }

    /// Whether it can be narrowed to a category of members.
    pub const fn is_narrowed(self) -> bool {
        matches!(self, Self::ReportCsv | Self::ReportXlsx)
    }

    /// Whether it can be made for a branch below; the others speak of the whole test.
    pub const fn is_of_branch(self) -> bool {
        !matches!(self, Self::Announcement | Self::Archive)
    }
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// Who asks for a document of which test.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Who.
    pub caller: &'a Caller,
    /// The language.
    pub words: Words,
    /// When.
    pub now_ms: i64,
    /// The test.
    pub test: &'a str,
    /// The branch; `None`: the caller's highest.
    pub branch: Option<&'a str>,
    /// The category of members that figures are narrowed to; `None`: everybody.
    pub category: Option<&'a str>,
    /// The address under which the server was asked; empty where it wasn't by an address.
    pub address: &'a str,
}

/// Makes the circular about the tests of a quarter or a year: `asked` names it, and the branch.
pub async fn circular_of_period(
    app: &App,
    caller: &Caller,
    (words, now_ms): (Words, i64),
    asked: &crate::service::overview::Asked,
) -> Result<File> {
    circular::period::make(app, caller, (words, now_ms), asked).await
}

/// Makes the archive of a quarter or a year: `asked` names it, `server` is the address by which the server was asked.
pub async fn archive_of_period(
    app: &App,
    caller: &Caller,
    (words, now_ms, server): (Words, i64, &str),
    asked: &crate::service::overview::Asked,
) -> Result<File> {
    Box::pin(archive::period::make(app, caller, (words, now_ms, server), asked)).await
}

/// Makes a template for circulars to begin with, for a unit of this name.
pub async fn sample_template(words: Words, unit: &Node) -> Result<File> {
    let bytes = official::sample_template(words, &unit.name).await?;
    Ok(File { name: format!("{}-template.docx", unit.code), media_type: DOCX, bytes })
}

/// The file of a template that a unit keeps.
pub fn template(unit: &Node, bytes: Vec<u8>) -> File {
    File { name: format!("{}-template.docx", unit.code), media_type: DOCX, bytes }
}

/// Makes a document.
pub async fn make(app: &App, document: Document, asked: Asked<'_>) -> Result<File> {
    let Asked { caller, words, now_ms, test, branch, category, .. } = asked;
    if category.is_some() && !document.is_narrowed() {
        return Err(Error::Invalid { field: "category", expected: "category-of-report" });
    }
    let (of, bytes) = match document {
        Document::ReportCsv => {
            let report = crate::service::reports::report_of(app, caller, test, (branch, category)).await?;
            (report.line.branch.clone(), report::csv(words, &report))
        }
        Document::ReportXlsx => {
            let levels = registers::levels(app, caller, test, (branch, category)).await?;
            let mut register = registers::register(app, caller, test, branch).await?;
            if let Some(category) = category {
                register.narrow(category);
            }
            let of = levels.report.line.branch.clone();
            (of, aside(move || report::workbook(words, now_ms, &levels, &register)).await?)
        }
        Document::RegisterXlsx => {
            let register = registers::register(app, caller, test, branch).await?;
            (register.top.clone(), aside(move || register::workbook(words, now_ms, &register)).await?)
        }
        Document::RegisterDocx => {
            let register = registers::register(app, caller, test, branch).await?;
            (register.top.clone(), aside(move || register::document(words, &register)).await?)
        }
        Document::Circular => {
            let (of, bytes) = circular::make(app, asked).await?;
            (of, bytes)
        }
        Document::Announcement => (None, announcement::make(app, asked).await?),
        Document::Archive => (None, Box::pin(archive::make(app, asked)).await?),
    };
    Ok(File { name: file_name(document, test, of.as_ref()), media_type: document.media_type(), bytes })
}

fn file_name(document: Document, test: &str, branch: Option<&Node>) -> String {
    let branch = branch.map(|node| format!("-{}", node.code)).unwrap_or_default();
    format!("{test}{branch}-{}", document.name())
}

/// Does work that takes the processor for a while beside the requests of others.
async fn aside<T: Send + 'static, E: std::error::Error + Send + 'static>(
    work: impl FnOnce() -> std::result::Result<T, E> + Send + 'static,
) -> Result<T> {
    let made = tokio::task::spawn_blocking(work).await.map_err(|_| Error::Busy)?;
    made.map_err(|error| {
        tracing::error!(%error, "a document couldn't be written");
        Error::Busy
    })
}
