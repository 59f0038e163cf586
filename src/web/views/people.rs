//! Views of people and branches.

use super::banks::pager;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::tree::Node;
use crate::service::people::{Listed, shown_login};
use crate::web::layout::crumbs;
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};
use std::collections::HashMap;

/// A page of a list of people.
#[derive(Debug)]
pub struct List<'a> {
    /// The people of this page.
    pub page: Vec<&'a Listed>,
    /// How many there are in all.
    pub all: i64,
    /// Where this page begins.
    pub from: i64,
    /// The code of the branch asked for.
    pub branch: &'a str,
    /// The words asked for.
    pub search: &'a str,
    /// Branches to choose from.
    pub branches: &'a [(Node, Option<String>)],
}

fn role_name(words: Words, role: Role) -> String {
    words.t(&format!("role-{}", role.name()))
}

/// A person's roles in words.
fn roles(words: Words, listed: &Listed) -> Markup {
    html! {
        @if listed.roles.is_empty() { span.muted { (words.t("role-none")) } }
        ul.plain { @for (role, place) in &listed.roles {
            li { (role_name(words, *role)) " · " @match place { Some(node) => { (node.name) } None => { (words.t("whole-unit")) } } }
        } }
    }
}

/// Whether the caller may be shown the login, and so the page that carries it in its address.
fn link(caller: &Caller, listed: &Listed) -> Option<String> {
    let login = &listed.person.login;
    (shown_login(login, caller) == *login).then(|| format!("/people/{}", segment(login)))
}

/// The list of people.
pub fn people(words: Words, caller: &Caller, shown: &List<'_>) -> Markup {
    html! {
        div.head {
            h1 { (words.t("nav-people")) } span.grow {}
            @if caller.has(Role::Administrator) { a.button href="/roster" { (words.t("roster-title")) } }
        }
        form.filters method="get" action="/people" role="search" {
            label { span { (words.t("search")) } input type="search" name="search" value=(shown.search) placeholder=(words.t("search-people")); }
            label { span { (words.t("branch")) } select name="branch" {
                option value="" { (words.t("all-branches")) }
                @for (depth, node) in depths(shown.branches) {
                    option value=(node.code) selected[node.code == shown.branch] { ("\u{2003}".repeat(depth)) (node.name) }
                }
            } }
            button.button.quiet type="submit" { (words.t("search")) }
        }
        p.small.muted { (words.with("people-count", &[("count", count(shown.all))])) }
        section.card {
            @if shown.page.is_empty() { p.muted { (words.t("people-none")) } }
            @else {
                table.cards {
                    thead { tr { th { (words.t("name")) } th { (words.t("login")) } th { (words.t("category")) } th { (words.t("number")) } th { (words.t("roles")) } } }
                    tbody { @for listed in &shown.page {
                        tr {
                            td { @match link(caller, listed) { Some(path) => { a href=(path) { (listed.person.name) } } None => { (listed.person.name) } } }
                            td.muted { (shown_login(&listed.person.login, caller)) }
                            td { (listed.person.category) } td { (listed.person.number) } td { (roles(words, listed)) }
                        }
                    } }
                }
            }
            (pager(words, &format!("/people?branch={}&search={}", segment(shown.branch), segment(shown.search)), "from", shown.from, shown.all))
        }
    }
}

/// Each branch with how deep it stands below those the reader sees.
fn depths(branches: &[(Node, Option<String>)]) -> Vec<(usize, &Node)> {
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut found = Vec::with_capacity(branches.len());
    for (node, parent) in branches {
        let depth = parent.as_deref().and_then(|parent| known.get(parent)).map_or(0, |depth| depth + 1);
        known.insert(&node.code, depth);
        found.push((depth, node));
    }
    found
}

/// Where somebody was a member, and when.
#[derive(Debug, Clone)]
pub struct Membership {
    /// The name of the branch.
    pub branch: String,
    /// Since when.
    pub from_at_ms: i64,
    /// Until when; `None`: still.
    pub until_at_ms: Option<i64>,
}

/// One person.
pub fn person(
    words: Words,
    caller: &Caller,
    listed: &Listed,
    history: &[Membership],
    password: Option<&str>,
) -> Markup {
    let person = &listed.person;
    html! {
        (crumbs(words, &[("/people".into(), words.t("nav-people"))], &person.name))
        h1 { (person.name) }
        @if let Some(password) = password {
            div.notice.good role="status" {
                p { (words.t("password-reset-done")) }
                p { (words.t("login")) " " code.big { (person.login) } " " (words.t("password")) " " code.big { (password) } }
            }
        }
        section.card {
            dl.facts {
                dt { (words.t("login")) } dd { (shown_login(&person.login, caller)) }
                @if !person.category.is_empty() { dt { (words.t("category")) } dd { (person.category) } }
                @if !person.number.is_empty() { dt { (words.t("number")) } dd { (person.number) } }
                dt { (words.t("roles")) } dd { (roles(words, listed)) }
                dt { (words.t("memberships")) }
                dd {
                    @if history.is_empty() { "–" }
                    ul.plain { @for membership in history {
                        li {
                            (membership.branch) " "
                            span.muted { (words.moment(membership.from_at_ms)) " – " (membership.until_at_ms.map(|at| words.moment(at)).unwrap_or_default()) }
                        }
                    } }
                }
            }
            @if caller.has(Role::Administrator) && password.is_none() {
                details {
                    summary { (words.t("password-reset")) }
                    p { (words.t("password-reset-explained")) }
                    form method="post" action={ "/people/" (segment(&person.login)) "/password" } {
                        p.actions { button.button.quiet type="submit" { (words.t("password-reset-do")) } }
                    }
                }
            }
        }
    }
}

/// The tree of branches.
pub fn branches(words: Words, caller: &Caller, listed: &[(Node, Option<String>)]) -> Markup {
    html! {
        div.head {
            h1 { (words.t("nav-branches")) } span.grow {}
            @if caller.has(Role::Administrator) { a.button href="/roster" { (words.t("roster-title")) } }
        }
        section.card {
            @if listed.is_empty() { p.muted { (words.t("branches-none")) } }
            ul.tree {
                @for (depth, node) in depths(listed) {
                    li class={ "d" (depth.min(6)) } {
                        a href={ "/people?branch=" (segment(&node.code)) } { (node.name) } " "
                        span.muted.small { (node.code) @if !node.kind.is_empty() { " · " (node.kind) } }
                    }
                }
            }
        }
    }
}
