//! Somebody new: the form, and the slip that comes of it.

use super::{place_choices, role_name};
use crate::rules::roster::Role;
use crate::service::people::{Added, Kept};
use crate::web::layout::{crumbs, notice};
use crate::web::views::fields::{Choice, Form, Refused};
use crate::web::views::slips::{self, print_button};
use crate::web::visit::segment;
use crate::web::words::Words;
use maud::{Markup, html};

/// What the form needs.
#[derive(Debug)]
pub struct New<'a> {
    /// By which the server knows the same form sent twice.
    pub form_id: &'a str,
    /// Where the caller keeps people.
    pub kept: &'a Kept,
    /// Categories in use.
    pub categories: &'a [String],
    /// The code of the branch to start with.
    pub branch: &'a str,
    /// The name of the role to start with.
    pub role: &'a str,
    /// What was refused.
    pub refused: Option<&'a Refused>,
}

/// The form for a new person.
pub fn new(words: Words, shown: &New<'_>) -> Markup {
    let form = Form::of(words, "new", shown.refused);
    let roles: Vec<Choice> = Role::ALL.iter().map(|role| (role.name().to_owned(), role_name(words, *role))).collect();
    let first = if shown.role.is_empty() { Role::Member.name() } else { shown.role };
    let places = place_choices(words, shown.kept);
    html! {
        div.narrow {
            (crumbs(words, &[("/people".into(), words.t("nav-people"))], &words.t("person-new")))
            h1 { (words.t("person-new")) }
            (form.summary())
            section.card {
                @if shown.kept.branches.is_empty() { (notice("warn", &words.t("person-new-no-branches"))) }
                form method="post" action="/people" {
                    input type="hidden" name="form" value=(form.value("form", shown.form_id));
                    (form.line("name", "text", "name", ""))
                    (form.choice("branch", "branch", shown.branch, &places))
                    (form.choice("role", "role-to-have", first, &roles))
                    (form.suggested("category", "person-category", "", shown.categories))
                    details open[form.is_refused()] {
                        summary { (words.t("person-new-more")) }
                        (form.line("number", "text", "person-number", ""))
                        (form.line("login", "text", "person-login", ""))
                    }
                    p.help { (words.t("person-new-password")) }
                    p.actions {
                        button.button type="submit" { (words.t("person-new-do")) }
                        a.button.quiet href="/people" { (words.t("back")) }
                    }
                }
            }
        }
    }
}

/// The slip of somebody who was just added.
pub fn added(words: Words, added: &Added, path: &str, address: &str) -> Markup {
    let branch = added.path.last().map(|node| node.code.as_str()).unwrap_or_default();
    html! {
        (crumbs(words, &[("/people".into(), words.t("nav-people"))], &words.t("person-added-title")))
        h1 { (words.with("person-added", &[("name", added.name.as_str().into())])) }
        div.noprint { (notice("good", &words.t("person-added-once"))) }
        @if let Some(slip) = slips::of_added(added) { (slips::sheet(words, address, std::slice::from_ref(&slip))) }
        p.actions.noprint {
            (print_button(words))
            a.button.quiet href={ "/people/new?branch=" (segment(branch)) } { (words.t("person-new-next")) }
            a.button.quiet href=(path) { (words.t("person-see")) }
        }
    }
}
