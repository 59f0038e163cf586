//! Views of the roster's sheets: sending one, looking at what it would do, and what it did.

pub mod done;
pub mod look;

use crate::rules::roster::SheetKind;
use crate::service::roster::Column;
use crate::web::layout::notice;
use crate::web::words::Words;
use maud::{Markup, html};

/// The page on which a sheet is sent. `done`: the name of a message about what was done just now.
pub fn send(words: Words, has_branches: bool, learned: &[(SheetKind, Column)], done: Option<&str>) -> Markup {
    html! {
        h1 { (words.t("roster-title")) }
        p.muted { (words.t("roster-intro")) }
        @if let Some(done) = done { (notice("good", &words.t(done))) }
        (form(words, SheetKind::Branches, !has_branches))
        (form(words, SheetKind::Members, has_branches))
        (remembered(words, learned))
    }
}

fn form(words: Words, sheet: SheetKind, is_next: bool) -> Markup {
    let what = sheet.name();
    let id = format!("f-{what}");
    html! {
        section.card {
            h2 { (words.t(&format!("roster-{what}"))) }
            form method="post" action={ "/roster/" (what) } enctype="multipart/form-data" {
                (drop(words, &id, ".csv,.xlsx,text/csv", &words.t(&format!("roster-{what}-help"))))
                p.actions {
                    button class=(if is_next { "button" } else { "button quiet" }) { (words.t("roster-look")) }
                }
                p.small {
                    (words.t("roster-template")) " "
                    a href={ "/roster/template/" (what) "/xlsx" } download { "Excel" } " · "
                    a href={ "/roster/template/" (what) "/csv" } download { "CSV" }
                }
            }
        }
    }
}

/// A field for a file, onto which one may also be dropped where the script runs.
pub fn drop(words: Words, id: &str, accept: &str, help: &str) -> Markup {
    html! {
        div.field.drop data-drop {
            label for=(id) { (words.t("choose-file")) span hidden { " " (words.t("or-drop")) } }
            input id=(id) type="file" name="file" accept=(accept) required aria-describedby={ (id) "-help" };
            p.help id={ (id) "-help" } { (help) }
        }
    }
}

/// What was said of headings, to be taken back.
fn remembered(words: Words, learned: &[(SheetKind, Column)]) -> Markup {
    html! {
        @if !learned.is_empty() {
            section.card {
                h2 { (words.t("roster-remembered")) }
                p.muted { (words.t("roster-remembered-help")) }
                @for (sheet, column) in learned {
                    form.row method="post" action="/roster/headings" {
                        p { (words.t(&format!("roster-{}", sheet.name()))) " · “" (column.heading) "” → " strong { (meaning(words, &column.meaning)) } }
                        input type="hidden" name="sheet" value=(sheet.name());
                        input type="hidden" name="heading" value=(column.heading);
                        button.button.quiet { (words.t("roster-unlearn")) }
                    }
                }
            }
        }
    }
}

/// What a column means, in words.
pub(super) fn meaning(words: Words, name: &str) -> String {
    words.t(&format!("column-{}", if name.is_empty() { "none" } else { name }))
}
