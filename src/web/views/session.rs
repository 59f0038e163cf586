//! Views of signing in, the password, the first administrator and the own account.

use crate::i18n::Described;
use crate::limits;
use crate::rules::rights::Caller;
use crate::rules::tree::Tree;
use crate::web::layout::{Field, field, notice, summary};
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// What was typed to sign in.
#[derive(Debug, Clone, Copy)]
pub struct SignInForm<'a> {
    /// The login.
    pub login: &'a str,
    /// Where to go afterwards.
    pub next: &'a str,
    /// What went wrong.
    pub error: Option<&'a Described>,
}

/// The form to sign in.
pub fn sign_in(words: Words, form: &SignInForm<'_>) -> Markup {
    html! {
        section.card.narrow {
            h1 { (words.t("sign-in")) }
            @if let Some(error) = form.error { (summary(&error.what, &error.remedy, Some("login"))) }
            @else if form.next != "/" { p { (words.t("sign-in-next")) } }
            form method="post" action="/sign-in" {
                input type="hidden" name="next" value=(form.next);
                (field(&Field { name: "login", kind: "text", label: words.t("login"), value: form.login,
                    autocomplete: Some("username"), ..Field::default() }))
                (field(&Field { name: "password", kind: "password", label: words.t("password"),
                    autocomplete: Some("current-password"), ..Field::default() }))
                p.actions { button.button.wide type="submit" { (words.t("sign-in")) } }
            }
            p.small { a href="/s" { (words.t("sign-in-with-slip")) } }
            p.small.muted { (words.t("sign-in-help")) }
        }
    }
}

/// How long whoever waits still has to.
pub fn wait(words: Words, place: usize, seconds: u64) -> Markup {
    html! {
        section.card.narrow {
            h1 { (words.t("sign-in-wait")) }
            p.lead role="status" { (words.with("sign-in-place", &[("place", count(place)), ("seconds", count(seconds))])) }
            p { (words.t("sign-in-wait-explained")) }
            p.actions { a.button.quiet href="/sign-in/wait" { (words.t("look-again")) } }
        }
    }
}

/// What is wrong with a change of password, field by field.
#[derive(Debug, Clone, Default)]
pub struct PasswordForm {
    /// Whether it has to be changed before anything else.
    pub must_change: bool,
    /// The password so far.
    pub before: Option<String>,
    /// The new one.
    pub after: Option<String>,
    /// The new one again.
    pub again: Option<String>,
}

/// The form to change the own password.
pub fn password(words: Words, form: &PasswordForm) -> Markup {
    let wrong = [("before", &form.before), ("after", &form.after), ("again", &form.again)];
    let wrong = wrong.into_iter().find_map(|(name, error)| error.as_ref().map(|error| (name, error)));
    let least = words.with("password-help", &[("least", count(*limits::PASSWORD_CHARACTERS.start()))]);
    html! {
        section.card.narrow {
            h1 { (words.t("password-title")) }
            @if form.must_change { p { (words.t("password-must-change")) } }
            @if let Some((name, error)) = wrong { (summary(error, "", Some(name))) }
            form method="post" action="/password" {
                (field(&Field { name: "before", kind: "password", label: words.t("password-before"), error: form.before.clone(),
                    autocomplete: Some("current-password"), ..Field::default() }))
                (field(&Field { name: "after", kind: "password", label: words.t("password-after"), error: form.after.clone(),
                    help: Some(least), autocomplete: Some("new-password"), ..Field::default() }))
                (field(&Field { name: "again", kind: "password", label: words.t("password-again"), error: form.again.clone(),
                    autocomplete: Some("new-password"), ..Field::default() }))
                p.actions { button.button type="submit" { (words.t("password-change")) } }
            }
        }
    }
}

/// What was typed to set up the first administrator.
#[derive(Debug, Clone, Default)]
pub struct SetUpForm<'a> {
    /// The login.
    pub login: &'a str,
    /// The name.
    pub name: &'a str,
    /// The field that is wrong, and why.
    pub error: Option<(&'a str, String)>,
}

/// The form for the first administrator.
pub fn set_up(words: Words, form: &SetUpForm<'_>) -> Markup {
    let error = |name: &str| form.error.as_ref().filter(|(wrong, _)| *wrong == name).map(|(_, error)| error.clone());
    let least = words.with("password-help", &[("least", count(*limits::PASSWORD_CHARACTERS.start()))]);
    html! {
        section.card.narrow {
            h1 { (words.t("set-up-title")) }
            p { (words.t("set-up-intro")) }
            @if let Some((name, error)) = &form.error { (summary(error, "", Some(name))) }
            form method="post" {
                (field(&Field { name: "name", kind: "text", label: words.t("your-name"), value: form.name, error: error("name"),
                    autocomplete: Some("name"), ..Field::default() }))
                (field(&Field { name: "login", kind: "text", label: words.t("login"), value: form.login, error: error("login"),
                    autocomplete: Some("username"), ..Field::default() }))
                (field(&Field { name: "password", kind: "password", label: words.t("password"), error: error("password"),
                    help: Some(least), autocomplete: Some("new-password"), ..Field::default() }))
                (field(&Field { name: "again", kind: "password", label: words.t("set-up-again"), error: error("again"),
                    autocomplete: Some("new-password"), ..Field::default() }))
                p.actions { button.button type="submit" { (words.t("set-up-do")) } }
            }
        }
    }
}

/// The own account.
pub fn account(words: Words, caller: &Caller, tree: &Tree, changed: bool) -> Markup {
    html! {
        section.card.narrow {
            h1 { (caller.name) }
            @if changed { (notice("good", &words.t("password-changed"))) }
            dl.facts {
                dt { (words.t("login")) } dd { (caller.login) }
                dt { (words.t("roles")) }
                dd {
                    @if caller.roles.is_empty() { (words.t("roles-none")) }
                    ul.plain {
                        @for (role, branch) in &caller.roles {
                            li {
                                (words.t(&format!("role-{}", role.name()))) " · "
                                @match branch.as_deref() {
                                    None => { (words.t("whole-unit")) }
                                    Some(id) => { (tree.get(id).map_or("–", |node| node.name.as_str())) }
                                }
                            }
                        }
                    }
                }
            }
            p.actions {
                a.button.quiet href="/password" { (words.t("password-change")) }
                a.button.quiet href="/account/data" { (words.t("own-data")) }
            }
            p.small.muted { (words.t("own-data-help")) }
            div.actions {
                form method="post" action="/sign-out" { button.button.quiet type="submit" { (words.t("sign-out")) } }
                form method="post" action="/sign-out-everywhere" { button.button.quiet type="submit" { (words.t("sign-out-everywhere")) } }
            }
        }
    }
}
