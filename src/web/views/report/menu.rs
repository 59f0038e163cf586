//! The menu of a report: everything that can be taken out of it as a file. It opens without script.

use super::Shown;
use crate::documents::Document;
use crate::web::views::branches;
use crate::web::words::Words;
use maud::{Markup, html};

/// Files of the branch that is shown, and of the whole test.
pub(super) fn export(words: Words, shown: &Shown<'_>, path: &str, (query, narrowed): (&str, &str)) -> Markup {
    let report = shown.report;
    let has_circular = report.is_final && report.test.row.cancelled_reason.is_none();
    let is_offered = |document: Document| match document {
        Document::Circular => has_circular,
        Document::Archive => shown.has_archive,
        _ => true,
    };
    // A category stands behind the branch; of documents that can't be narrowed everybody is in them.
    let of = |document: Document| match document {
        _ if document.is_narrowed() && query.is_empty() => narrowed.replacen('&', "?", 1),
        _ if document.is_narrowed() => format!("{query}{narrowed}"),
        _ if document.is_of_branch() => query.to_owned(),
        _ => String::new(),
    };
    html! {
        details.menu.noprint {
            summary.button.quiet { (words.t("export")) }
            div.card {
                @for (document, id) in FILES.into_iter().filter(|(document, _)| is_offered(*document)) {
                    p { a href={ (path) "/" (document.name()) (of(document)) } download { (words.t(id)) } }
                }
                @if shown.has_archive { p { a href={ (path) "/signed-pages" } { (words.t("signed-pages")) } } }
                @if let Some(branch) = report.line.branch.as_ref().filter(|_| has_circular) {
                    p { a href={ (branches::path_of(branch)) "/template" } { (words.t("template")) } }
                }
            }
        }
    }
}

const FILES: [(Document, &str); 7] = [
    (Document::ReportXlsx, "export-report-xlsx"),
    (Document::ReportCsv, "export-report-csv"),
    (Document::RegisterXlsx, "export-register-xlsx"),
    (Document::RegisterDocx, "export-register-docx"),
    (Document::Circular, "export-circular"),
    (Document::Announcement, "export-announcement"),
    (Document::Archive, "export-archive"),
];
