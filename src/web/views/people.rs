//! Views of people: the list, one person, somebody new.

mod new;
mod person;

pub use new::{New, added, new};
pub use person::{Person, person};

use super::banks::pager;
use crate::rules::rights::Caller;
use crate::rules::roster::{Departure, Role};
use crate::rules::tree::Node;
use crate::service::people::{Kept, Listed, Page, State, shown_login};
use crate::web::layout::notice;
use crate::web::views::fields::Choice;
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};
use std::collections::HashMap;

/// What was asked for in the list.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The code of a branch.
    pub branch: String,
    /// Part of login, name or number.
    pub search: String,
    /// The name of a role.
    pub role: String,
    /// The name of a state.
    pub state: String,
    /// The role that somebody is to be given, where that is what the list is looked through for.
    pub give: Option<Role>,
}

/// A page of the list.
#[derive(Debug, Clone)]
pub struct List<'a> {
    /// The people.
    pub page: &'a Page,
    /// Where this page begins.
    pub from: i64,
    /// What was asked for.
    pub asked: &'a Asked,
    /// Branches to choose from.
    pub branches: &'a [(Node, Option<String>)],
}

/// A role in words.
fn role_name(words: Words, role: Role) -> String {
    words.t(&format!("role-{}", role.name()))
}

fn departure_name(words: Words, departure: Departure) -> String {
    words.t(&format!("departure-{}", departure.name()))
}

fn place_name(words: Words, place: Option<&Node>) -> String {
    place.map_or_else(|| words.t("whole-unit"), |node| node.name.clone())
}

/// The address of a person's page. A login that is kept from others never stands in an address, nor one that means
/// another page.
pub fn path_of(caller: &Caller, id: &str, login: &str) -> String {
    let is_plain = shown_login(login, caller) == *login && login != "new";
    format!("/people/{}", segment(if is_plain { login } else { id }))
}

/// Branches to choose from, each as deep as it stands.
pub fn branch_choices(branches: &[(usize, Node)]) -> Vec<Choice> {
    let text = |depth: &usize, node: &Node| format!("{}{}", "\u{2003}".repeat(*depth), node.name);
    branches.iter().map(|(depth, node)| (node.code.clone(), text(depth, node))).collect()
}

/// What forms send for the whole unit, since nothing at all means that no branch was chosen.
pub const WHOLE: &str = "*";

/// The same and at the end the whole unit, where the caller keeps that.
fn place_choices(words: Words, kept: &Kept) -> Vec<Choice> {
    let whole = kept.whole.then(|| (WHOLE.to_owned(), words.t("whole-unit-administrators")));
    branch_choices(&kept.branches).into_iter().chain(whole).collect()
}

fn address(asked: &Asked, state: &str) -> String {
    let give = asked.give.map(Role::name).unwrap_or_default();
    format!(
        "/people?branch={}&search={}&role={}&state={}&give={give}",
        segment(&asked.branch),
        segment(&asked.search),
        segment(&asked.role),
        segment(state)
    )
}

/// The list of people.
pub fn people(words: Words, caller: &Caller, shown: &List<'_>) -> Markup {
    let List { page, asked, .. } = *shown;
    let administrator = caller.has(Role::Administrator);
    html! {
        div.head {
            h1 { (words.t("nav-people")) } span.grow {}
            @if administrator {
                a.button href=(new_path(asked)) { (words.t("person-new")) }
                a.button.quiet href={ "/slips?branch=" (segment(&asked.branch)) } { (words.t("slips")) }
                a.button.quiet href="/roster" { (words.t("roster-title")) }
            }
        }
        @if let Some(role) = asked.give.filter(|_| administrator) {
            (notice("", &words.with("people-give", &[("role", role_name(words, role).into())])))
        }
        (filters(words, shown))
        p.small.muted {
            (words.with("people-count", &[("count", count(page.all))]))
            @if page.left > 0 { " " a href=(address(asked, State::Any.name())) { (words.with("people-left-too", &[("count", count(page.left))])) } }
        }
        section.card {
            @if page.people.is_empty() { p.muted { (words.t("people-none")) } } @else { (table(words, caller, shown)) }
            (pager(words, &address(asked, &asked.state), "from", shown.from, page.all))
        }
    }
}

fn new_path(asked: &Asked) -> String {
    format!("/people/new?branch={}&role={}", segment(&asked.branch), asked.give.map(Role::name).unwrap_or_default())
}

fn filters(words: Words, shown: &List<'_>) -> Markup {
    let asked = shown.asked;
    let states = [("", "state-roster"), (State::Left.name(), "state-left"), (State::Any.name(), "state-any")];
    html! {
        form.filters method="get" action="/people" role="search" {
            @if let Some(role) = asked.give { input type="hidden" name="give" value=(role.name()); }
            label { span { (words.t("search")) } input type="search" name="search" value=(asked.search) placeholder=(words.t("search-people")); }
            label { span { (words.t("branch")) } select name="branch" {
                option value="" { (words.t("all-branches")) }
                @for (depth, node) in depths(shown.branches) {
                    option value=(node.code) selected[node.code == asked.branch] { ("\u{2003}".repeat(depth)) (node.name) }
                }
            } }
            label { span { (words.t("role")) } select name="role" {
                option value="" { (words.t("role-any")) }
                @for role in Role::ALL { option value=(role.name()) selected[role.name() == asked.role] { (role_name(words, role)) } }
            } }
            label { span { (words.t("roster-state")) } select name="state" {
                @for (state, text) in states { option value=(state) selected[state == asked.state] { (words.t(text)) } }
            } }
            button.button.quiet type="submit" { (words.t("search")) }
        }
    }
}

fn table(words: Words, caller: &Caller, shown: &List<'_>) -> Markup {
    let give = shown.asked.give.filter(|_| caller.has(Role::Administrator));
    let has_numbers = shown.page.people.iter().any(|listed| !listed.person.number.is_empty());
    let query = give.map(|role| format!("?give={}", role.name())).unwrap_or_default();
    html! {
        table.cards {
            thead { tr {
                th { (words.t("name")) } th { (words.t("member-at")) } th { (words.t("roles-other")) } th { (words.t("category")) }
                @if has_numbers { th { (words.t("number")) } } th { (words.t("login")) }
            } }
            tbody { @for listed in &shown.page.people {
                tr {
                    td { a href={ (path_of(caller, &listed.person.id, &listed.person.login)) (query) } { (listed.person.name) } }
                    td.beside { (member_at(words, listed)) }
                    td.beside { (other_roles(words, listed)) }
                    td.beside.pair { (listed.person.category) }
                    @if has_numbers { td.beside.pair { (listed.person.number) } }
                    td.beside.muted { (shown_login(&listed.person.login, caller)) }
                }
            } }
        }
    }
}

/// Where somebody is a member, or how it comes that nowhere.
fn member_at(words: Words, listed: &Listed) -> Markup {
    let membership = listed.roles.iter().find(|(role, _)| *role == Role::Member);
    html! {
        @if let Some((_, place)) = membership { (place_name(words, place.as_ref())) }
        @else if let Some(left) = listed.left { (left_tag(words, left)) }
        @else if listed.roles.is_empty() { span.tag.warn { (words.t("role-none")) } }
    }
}

/// That somebody is off the roster, since when and why.
fn left_tag(words: Words, (at_ms, reason): (i64, Option<Departure>)) -> Markup {
    let reason = reason.map_or_else(|| words.t("state-left"), |reason| departure_name(words, reason));
    html! { span.tag.none { (reason) } " " span.small.muted { (words.day(at_ms)) } }
}

fn other_roles(words: Words, listed: &Listed) -> Markup {
    let others: Vec<_> = listed.roles.iter().filter(|(role, _)| *role != Role::Member).collect();
    html! {
        @if !others.is_empty() {
            ul.plain { @for (role, place) in others { li { (role_name(words, *role)) " · " (place_name(words, place.as_ref())) } } }
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
