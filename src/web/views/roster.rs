//! View of loading branches and members: two forms, and what a load did or would do.

use super::files::problems;
use crate::service::Error;
use crate::service::roster::{BranchesLoaded, FirstPassword, MembersLoaded};
use crate::web::layout::notice;
use crate::web::words::{Words, count};
use maud::{Markup, html};
use std::collections::HashMap;

/// Most names listed of each sort.
const MOST_NAMED: usize = 200;

/// What came of a load.
#[derive(Debug)]
pub enum Outcome<'a> {
    /// Nothing was sent.
    None,
    /// Branches.
    Branches {
        /// What changed.
        loaded: &'a BranchesLoaded,
        /// Code → name.
        names: &'a HashMap<String, String>,
        /// Whether it was only checked.
        dry_run: bool,
    },
    /// Members.
    Members {
        /// What changed.
        loaded: &'a MembersLoaded,
        /// Login → name.
        names: &'a HashMap<String, String>,
        /// Whether it was only checked.
        dry_run: bool,
    },
    /// It wasn't taken.
    Refused {
        /// Why.
        error: &'a Error,
        /// The file's name.
        file: &'a str,
    },
}

/// The whole page.
pub fn roster(words: Words, has_branches: bool, outcome: &Outcome<'_>) -> Markup {
    html! {
        h1 { (words.t("roster-title")) }
        p.muted { (words.t("roster-intro")) }
        (outcome_of(words, outcome))
        (form(words, "branches", !has_branches))
        (form(words, "members", has_branches))
    }
}

fn form(words: Words, what: &str, is_next: bool) -> Markup {
    let id = format!("f-{what}");
    html! {
        section.card {
            h2 { (words.t(&format!("roster-{what}"))) }
            form method="post" action={ "/roster/" (what) } enctype="multipart/form-data" {
                div.field {
                    label for=(id) { (words.t("roster-file")) }
                    input id=(id) type="file" name="file" accept=".csv,.xlsx,text/csv" required;
                    p.help { (words.t(&format!("roster-{what}-help"))) }
                }
                p.actions {
                    button class=(if is_next { "button" } else { "button quiet" }) name="action" value="check" { (words.t("check-only")) }
                    button.button.quiet name="action" value="load" { (words.t("roster-load")) }
                }
            }
        }
    }
}

fn outcome_of(words: Words, outcome: &Outcome<'_>) -> Markup {
    match outcome {
        Outcome::None => html! {},
        Outcome::Refused { error, file } => html! {
            section.card {
                h2 { (words.with("file-refused", &[("file", (*file).into())])) }
                (problems(words, error))
            }
        },
        Outcome::Branches { loaded, names, dry_run } => html! {
            section.card {
                (headline(words, *dry_run))
                (group(words, "roster-new", &loaded.new, names))
                (group(words, "roster-changed", &loaded.changed, names))
                (group(words, "roster-moved", &loaded.moved, names))
                (group(words, "roster-missing", &loaded.missing, names))
                (ignored(words, &loaded.ignored))
                p.muted { (words.with("roster-unchanged", &[("count", count(loaded.unchanged))])) }
            }
        },
        Outcome::Members { loaded, names, dry_run } => html! {
            section.card {
                (headline(words, *dry_run))
                (group(words, "roster-new", &loaded.new, names))
                (group(words, "roster-changed", &loaded.changed, names))
                (group(words, "roster-moved", &loaded.moved, names))
                (group(words, "roster-ended", &loaded.ended, names))
                (group(words, "roster-missing", &loaded.missing, names))
                (ignored(words, &loaded.ignored))
                p.muted { (words.with("roster-unchanged", &[("count", count(loaded.unchanged))])) }
            }
            (passwords(words, &loaded.passwords))
        },
    }
}

/// Columns that were left unread: a misspelt heading must not go unseen.
fn ignored(words: Words, columns: &[String]) -> Markup {
    html! {
        @if !columns.is_empty() {
            (notice("warn", &words.with("roster-ignored", &[("columns", words.list(columns.iter().cloned()).into())])))
        }
    }
}

fn headline(words: Words, dry_run: bool) -> Markup {
    if dry_run { notice("", &words.t("roster-checked")) } else { notice("good", &words.t("roster-loaded")) }
}

/// One sort of change with the names it touches.
fn group(words: Words, id: &str, keys: &[String], names: &HashMap<String, String>) -> Markup {
    let in_full = |key: &String| names.get(key).map_or_else(|| key.clone(), |name| format!("{name} ({key})"));
    html! {
        @if !keys.is_empty() {
            details open[keys.len() <= 20] {
                summary { (words.with(id, &[("count", count(keys.len()))])) }
                p { (words.list(keys.iter().take(MOST_NAMED).map(in_full))) @if keys.len() > MOST_NAMED { " …" } }
            }
        }
    }
}

/// First passwords, shown this once, as slips to print and hand out.
fn passwords(words: Words, passwords: &[FirstPassword]) -> Markup {
    html! {
        @if !passwords.is_empty() {
            section.card {
                h2 { (words.t("first-passwords")) }
                (notice("warn", &words.t("first-passwords-once")))
                table {
                    thead { tr { th { (words.t("name")) } th { (words.t("login")) } th { (words.t("first-password")) } } }
                    tbody { @for one in passwords { tr { td { (one.name) } td { code { (one.login) } } td { code.big { (one.password) } } } } }
                }
            }
        }
    }
}
