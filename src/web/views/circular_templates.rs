//! View of the template for circulars of a branch.

use crate::rules::tree::Node;
use crate::service::Error;
use crate::service::circular_templates::{Kept, Shown};
use crate::web::layout::{crumbs, notice};
use crate::web::views::branches;
use crate::web::views::files::problems;
use crate::web::views::roster::drop;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// The places of a template; each has two names and says what is put there.
const PLACES: [&str; 5] = ["title", "text", "issuer", "date", "enclosures"];

/// The address of the page of a branch.
pub fn path_of(branch: &Node) -> String {
    format!("{}/template", branches::path_of(branch))
}

/// The whole page.
pub fn template(words: Words, shown: &Shown, done: Option<&'static str>, refused: Option<&Error>) -> Markup {
    let branch = &shown.branch;
    let path = path_of(branch);
    let way = [("/branches".to_owned(), words.t("nav-branches")), (branches::path_of(branch), branch.name.clone())];
    html! {
        div.narrow {
            (crumbs(words, &way, &words.t("template")))
            h1 { (words.t("template")) }
            @if let Some(done) = done { (notice("good", &words.t(done))) }
            @if let Some(error) = refused { (problems(words, error)) }
            p { (words.t("template-explained")) }
            section.card {
                h2 { (words.t("template-used")) }
                (used(words, shown))
                @if shown.is_own() {
                    p.actions { a.button.quiet href={ (path) ".docx" } download { (words.t("template-download")) } }
                    form method="post" action={ (path) "/remove" } {
                        p.actions { button.button.quiet.danger type="submit" { (words.t("template-remove")) } }
                    }
                }
            }
            section.card {
                h2 { (words.t(if shown.is_own() { "template-replace" } else { "template-send" })) }
                form method="post" action=(path) enctype="multipart/form-data" {
                    (drop(words, "template-file", ".docx", &words.t("template-file-help")))
                    p.actions {
                        button.button type="submit" { (words.t("template-keep")) }
                        a.button.quiet href={ (path) "/sample.docx" } download { (words.t("template-sample")) }
                    }
                }
            }
            section.card {
                h2 { (words.t("template-places")) }
                p { (words.t("template-places-explained")) }
                table.cards {
                    thead { tr { th { (words.t("template-place")) } th { (words.t("template-place-what")) } } }
                    tbody { @for id in PLACES { tr {
                        td { code { (words.t(&format!("template-place-{id}"))) } }
                        td data-label=(words.t("template-place-what")) { (words.t(&format!("template-what-{id}"))) }
                    } } }
                }
                p.small.muted { (words.t("template-limits")) }
            }
        }
    }
}

fn used(words: Words, shown: &Shown) -> Markup {
    let Some(Kept { branch, template }) = &shown.used else { return html! { p { (words.t("template-none")) } } };
    let by = template.kept_by.clone().unwrap_or_else(|| words.t("correction-operator"));
    html! {
        dl.facts {
            dt { (words.t("template-of")) }
            dd { @if shown.is_own() { (words.t("template-own")) } @else { (branch.name) } }
            dt { (words.t("template-since")) } dd { (words.moment(template.kept_at_ms)) " · " (by) }
            dt { (words.t("archive-bytes")) } dd { (words.with("template-bytes", &[("count", count(template.size))])) }
            dt { "SHA-256" } dd { code.long { (template.digest) } }
        }
    }
}
