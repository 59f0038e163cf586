//! One person: what is known, which roles, the history, and what an administrator may do.

use super::{branch_choices, departure_name, left_tag, path_of, place_choices, place_name, role_name};
use crate::rules::rights::Caller;
use crate::rules::roster::{Departure, Role};
use crate::rules::tree::Node;
use crate::service::people::{Held, Kept, Shown, shown_login};
use crate::web::layout::{crumbs, notice};
use crate::web::views::assessments::member_path;
use crate::web::views::branches::path_of as branch_path;
use crate::web::views::fields::{Choice, Form, Refused};
use crate::web::words::Words;
use maud::{Markup, html};

/// What the page shows.
#[derive(Debug)]
pub struct Person<'a> {
    /// The person.
    pub shown: &'a Shown,
    /// Where the caller keeps people.
    pub kept: &'a Kept,
    /// Categories in use.
    pub categories: &'a [String],
    /// Today: `2026-11-20`.
    pub today: &'a str,
    /// A first password that was just made.
    pub password: Option<&'a str>,
    /// Years whose annual assessment has this person's result for the caller.
    pub years: &'a [i64],
    /// What was just done, as the name of a message.
    pub done: Option<&'static str>,
    /// The role to be given, where that is why the page was opened.
    pub give: Option<Role>,
    /// What was refused.
    pub refused: Option<&'a Refused>,
}

/// The whole page.
pub fn person(words: Words, caller: &Caller, page: &Person<'_>) -> Markup {
    let person = &page.shown.listed.person;
    let path = path_of(caller, &person.id, &person.login);
    html! {
        (crumbs(words, &[("/people".into(), words.t("nav-people"))], &person.name))
        h1 { (person.name) }
        @if let Some(done) = page.done { (notice("good", &words.t(done))) }
        @if let Some(password) = page.password {
            div.notice.good role="status" {
                p { (words.t("password-reset-done")) }
                p { (words.t("login")) " " code.big { (person.login) } " " (words.t("password")) " " code.big { (password) } }
            }
        }
        section.card { (facts(words, caller, page)) }
        (roles(words, page, &path))
        @if page.shown.may_keep && caller.has(Role::Administrator) { (keeping(words, page, &path)) }
        (history(words, &page.shown.history))
    }
}

fn place(words: Words, caller: &Caller, node: Option<&Node>) -> Markup {
    let office = [Role::Administrator, Role::Organizer, Role::Committee].iter().any(|role| caller.has(*role));
    html! {
        @match node { Some(node) if office => { a href=(branch_path(node)) { (node.name) } } node => { (place_name(words, node)) } }
    }
}

fn facts(words: Words, caller: &Caller, page: &Person<'_>) -> Markup {
    let listed = &page.shown.listed;
    let person = &listed.person;
    let code = page.shown.membership().and_then(|held| held.place.as_ref()).map(|node| node.code.as_str());
    html! {
        dl.facts {
            dt { (words.t("login")) } dd { (shown_login(&person.login, caller)) }
            @if !person.category.is_empty() { dt { (words.t("category")) } dd { (person.category) } }
            @if !person.number.is_empty() { dt { (words.t("number")) } dd { (person.number) } }
            dt { (words.t("member-at")) }
            dd {
                @if let Some(held) = page.shown.membership() { (place(words, caller, held.place.as_ref())) }
                @else if let Some(left) = listed.left { (left_tag(words, left)) }
                @else { span.muted { (words.t("member-nowhere")) } }
            }
            @if !page.years.is_empty() {
                dt { (words.t("assessments-title")) }
                dd { @for year in page.years { a href=(member_path(&year.to_string(), &person.login, code)) { (year) } " " } }
            }
            @if page.shown.may_keep {
                dt { (words.t("sign-in-state")) }
                dd { (words.t(if person.must_change { "sign-in-state-waiting" } else { "sign-in-state-own" })) }
            }
        }
    }
}

/// Roles beside the membership, each with its end, and another one to be given.
fn roles(words: Words, page: &Person<'_>, path: &str) -> Markup {
    let shown = page.shown;
    let now: Vec<&Held> =
        shown.history.iter().filter(|held| held.until_at_ms.is_none() && held.role != Role::Member).collect();
    let may_end = |held: &Held| held.place.as_ref().map_or(page.kept.whole, |node| keeps(page.kept, node));
    let taking = Form::of(words, "take", page.refused);
    html! {
        section.card #roles {
            h2 { (words.t("roles")) }
            (taking.summary())
            @if now.is_empty() { p.muted { (words.t("roles-none-beside")) } }
            @for held in now {
                div.row {
                    div { h3 { (role_name(words, held.role)) " · " (place_name(words, held.place.as_ref())) } p.small.muted { (words.with("since", &[("day", words.day(held.from_at_ms).into())])) } }
                    @if may_end(held) { (take(words, &taking, held, path)) }
                }
            }
            @if !page.kept.branches.is_empty() || page.kept.whole { (give(words, page, path)) }
        }
    }
}

fn keeps(kept: &Kept, node: &Node) -> bool {
    kept.whole || kept.branches.iter().any(|(_, one)| one.id == node.id)
}

fn take(words: Words, form: &Form<'_>, held: &Held, path: &str) -> Markup {
    let code = held.place.as_ref().map(|node| node.code.as_str()).unwrap_or_default();
    let is_meant = form.value("role", "") == held.role.name() && form.value("branch", "") == code;
    html! {
        form method="post" action={ (path) "/roles/end" } {
            input type="hidden" name="role" value=(held.role.name());
            input type="hidden" name="branch" value=(code);
            @if is_meant { (form.confirm("even_own")) }
            button.button.quiet type="submit" { (words.t("role-take")) span.visually-hidden { " " (role_name(words, held.role)) " " (place_name(words, held.place.as_ref())) } }
        }
    }
}

fn give(words: Words, page: &Person<'_>, path: &str) -> Markup {
    let form = Form::of(words, "give", page.refused);
    let offered = Role::ALL.iter().filter(|role| **role != Role::Member);
    let roles: Vec<Choice> = offered.map(|role| (role.name().to_owned(), role_name(words, *role))).collect();
    let first = page.give.unwrap_or(Role::Organizer).name();
    let home = page.shown.membership().and_then(|held| held.place.as_ref()).filter(|node| keeps(page.kept, node));
    let top = page.kept.branches.first().map(|(_, node)| node);
    let place = if page.give.is_some() { top } else { home.or(top) };
    html! {
        details open[form.is_refused() || page.give.is_some()] {
            summary { (words.t("role-give")) }
            (form.summary())
            form method="post" action={ (path) "/roles" } {
                (form.choice("role", "role-to-have", first, &roles))
                (form.choice("branch", "role-place", place.map(|node| node.code.as_str()).unwrap_or_default(), &place_choices(words, page.kept)))
                p.actions { button.button.quiet type="submit" { (words.t("role-give-do")) } }
            }
        }
    }
}

/// Changing, moving, leaving, coming back, first passwords.
fn keeping(words: Words, page: &Person<'_>, path: &str) -> Markup {
    let membership = page.shown.membership();
    html! {
        section.card #keep {
            h2 { (words.t("person-keep")) }
            (change(words, page, path))
            @if let Some(held) = membership { (moving(words, page, path, held)) }
            @else { (coming_back(words, page, path)) }
            @if !page.shown.listed.roles.is_empty() { (leaving(words, page, path)) }
            @if page.password.is_none() { (first_password(words, page, path)) }
        }
    }
}

fn change(words: Words, page: &Person<'_>, path: &str) -> Markup {
    let (person, form) = (&page.shown.listed.person, Form::of(words, "facts", page.refused));
    html! {
        details open[form.is_refused()] {
            summary { (words.t("person-change")) }
            (form.summary())
            form method="post" action=(path) {
                (form.line("name", "text", "name", &person.name))
                (form.suggested("category", "person-category", &person.category, page.categories))
                (form.line("number", "text", "person-number", &person.number))
                (form.line("login", "text", "person-login-change", &person.login))
                p.actions { button.button.quiet type="submit" { (words.t("save")) } }
            }
        }
    }
}

fn moving(words: Words, page: &Person<'_>, path: &str, held: &Held) -> Markup {
    let form = Form::of(words, "move", page.refused);
    let here = held.place.as_ref().map(|node| node.id.as_str());
    let others: Vec<(usize, Node)> =
        page.kept.branches.iter().filter(|(_, node)| Some(node.id.as_str()) != here).cloned().collect();
    html! {
        @if !others.is_empty() {
            details open[form.is_refused()] {
                summary { (words.t("person-move")) }
                p { (words.t("person-move-explained")) }
                (form.summary())
                form method="post" action={ (path) "/move" } {
                    (form.choice("branch", "person-move-to", "", &branch_choices(&others)))
                    (form.line("on", "date", "person-move-on", page.today))
                    p.actions { button.button.quiet type="submit" { (words.t("person-move-do")) } }
                }
            }
        }
    }
}

fn coming_back(words: Words, page: &Person<'_>, path: &str) -> Markup {
    let form = Form::of(words, "return", page.refused);
    let was = page.shown.history.iter().any(|held| held.role == Role::Member);
    let (title, explained) =
        if was { ("person-return", "person-return-explained") } else { ("person-join", "person-join-explained") };
    html! {
        details open[form.is_refused()] {
            summary { (words.t(title)) }
            p { (words.t(explained)) }
            (form.summary())
            form method="post" action={ (path) "/return" } {
                (form.choice("branch", "branch", "", &branch_choices(&page.kept.branches)))
                (form.line("on", "date", "person-return-on", page.today))
                p.actions { button.button.quiet type="submit" { (words.t("person-return-do")) } }
            }
        }
    }
}

fn leaving(words: Words, page: &Person<'_>, path: &str) -> Markup {
    let form = Form::of(words, "leave", page.refused);
    let reasons: Vec<Choice> =
        Departure::ALL.iter().map(|reason| (reason.name().to_owned(), departure_name(words, *reason))).collect();
    html! {
        details open[form.is_refused()] {
            summary { (words.t("person-leave")) }
            p { (words.t("person-leave-explained")) }
            (form.summary())
            form method="post" action={ (path) "/leave" } {
                (form.choice("as", "person-leave-as", "", &reasons))
                (form.line("on", "date", "person-leave-on", page.today))
                (form.confirm("even_own"))
                p.actions { button.button.quiet.danger type="submit" { (words.t("person-leave-do")) } }
            }
        }
    }
}

fn first_password(words: Words, page: &Person<'_>, path: &str) -> Markup {
    html! {
        details {
            summary { (words.t("password-reset")) }
            p { (words.t("password-reset-explained")) }
            div.actions {
                form method="post" action={ (path) "/password" } { button.button.quiet type="submit" { (words.t("password-reset-do")) } }
                form method="post" action="/slips" {
                    input type="hidden" name="who" value="picked";
                    input type="hidden" name="person" value=(page.shown.listed.person.id);
                    button.button.quiet type="submit" { (words.t("slip-one")) }
                }
            }
        }
    }
}

/// Every role held now or once, the latest first.
fn history(words: Words, history: &[Held]) -> Markup {
    html! {
        section.card {
            h2 { (words.t("person-history")) }
            @if history.is_empty() { p.muted { (words.t("role-none")) } }
            @else {
                table.cards {
                    thead { tr { th { (words.t("branch")) } th { (words.t("role")) } th { (words.t("history-from")) } th { (words.t("history-until")) } th { (words.t("reason")) } } }
                    tbody { @for held in history.iter().rev() {
                        tr {
                            td { (place_name(words, held.place.as_ref())) }
                            td { (role_name(words, held.role)) }
                            td data-label=(words.t("history-from")) { (words.day(held.from_at_ms)) }
                            td data-label=(words.t("history-until")) { @match held.until_at_ms { Some(at) => { (words.day(at)) } None => { (words.t("history-now")) } } }
                            td { @if let Some(reason) = held.ended_as { (departure_name(words, reason)) } }
                        }
                    } }
                }
            }
        }
    }
}
