//! First passwords on paper: several slips on a page, to be cut apart and handed out, each to the person it names.

use crate::service::people::{Added, Listed, Slip, Waiting};
use crate::web::layout::{crumbs, notice};
use crate::web::views::fields::{Form, Refused};
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// The slip of somebody who was just added.
pub fn of_added(added: &Added) -> Option<Slip> {
    let password = added.password.clone()?;
    Some(Slip { login: added.login.clone(), name: added.name.clone(), password, path: added.path.clone() })
}

/// A button that prints the page, where the script runs.
pub fn print_button(words: Words) -> Markup {
    html! { button.button type="button" data-print hidden { (words.t("print")) } }
}

/// Slips under the name of their branch, in the order given. `address` is what people type into the browser. Logins stand
/// in full: a slip goes to the person it names.
pub fn sheet(words: Words, address: &str, slips: &[Slip]) -> Markup {
    let same = |one: &Slip, two: &Slip| one.path.last() == two.path.last();
    html! {
        @for group in slips.chunk_by(same) {
            section.card {
                h2.slips-title { (group.first().map_or_else(String::new, |slip| place(words, slip))) }
                div.slips { @for slip in group { (one(words, address, slip)) } }
            }
        }
    }
}

fn place(words: Words, slip: &Slip) -> String {
    slip.path.last().map_or_else(|| words.t("whole-unit"), |node| node.name.clone())
}

fn one(words: Words, address: &str, slip: &Slip) -> Markup {
    let (top, own) = (slip.path.first(), slip.path.last());
    html! {
        article.slip {
            p.small { @if let Some(top) = top.filter(|top| Some(*top) != own) { (top.name) " · " } (place(words, slip)) }
            h3 { (slip.name) }
            p { (words.t("login")) " " code.big { (slip.login) } }
            p { (words.t("first-password")) br; code.big { (slip.password) } }
            p.small { (words.t("slip-address")) " " code.long { (address) } }
            p.small { (words.t("slip-how")) }
        }
    }
}

/// What the page on which people are chosen shows.
#[derive(Debug)]
pub struct Choosing<'a> {
    /// Who never changed the first password.
    pub waiting: &'a Waiting,
    /// The code of the branch asked for.
    pub branch: &'a str,
    /// What was searched for.
    pub search: &'a str,
    /// Who was found, to be picked.
    pub found: &'a [Listed],
    /// What was refused.
    pub refused: Option<&'a Refused>,
}

/// Choosing for whom slips are made.
pub fn choose(words: Words, shown: &Choosing<'_>) -> Markup {
    let waiting = shown.waiting;
    let where_to = waiting.branch.as_ref().map_or_else(|| words.t("slips-all-branches"), |node| node.name.clone());
    let form = Form::of(words, "slips", shown.refused);
    html! {
        (crumbs(words, &[("/people".into(), words.t("nav-people"))], &words.t("slips")))
        h1 { (words.t("slips")) }
        p { (words.t("slips-intro")) }
        (form.summary())
        section.card {
            h2 { (words.with("slips-waiting", &[("place", where_to.into()), ("count", count(waiting.all))])) }
            @if waiting.all == 0 { p.muted { (words.t("slips-waiting-none")) } }
            @else {
                p { (words.t("slips-waiting-explained")) }
                @if waiting.by_branch.len() > 1 {
                    details {
                        summary { (words.t("slips-by-branch")) }
                        table { tbody { @for (node, number) in &waiting.by_branch {
                            tr { td { (node.as_ref().map_or_else(|| words.t("whole-unit"), |node| node.name.clone())) } td.n { (number) } }
                        } } }
                    }
                }
                form method="post" action="/slips" {
                    input type="hidden" name="who" value="waiting";
                    input type="hidden" name="branch" value=(shown.branch);
                    p.actions { button.button type="submit" { (words.with("slips-make", &[("count", count(waiting.all))])) } }
                }
            }
        }
        (picking(words, shown))
    }
}

fn picking(words: Words, shown: &Choosing<'_>) -> Markup {
    html! {
        section.card #pick {
            h2 { (words.t("slips-pick")) }
            p { (words.t("slips-pick-explained")) }
            form.filters method="get" action="/slips#pick" role="search" {
                input type="hidden" name="branch" value=(shown.branch);
                label { span { (words.t("search")) } input type="search" name="search" value=(shown.search) placeholder=(words.t("search-people")); }
                button.button.quiet type="submit" { (words.t("search")) }
            }
            @if !shown.search.is_empty() && shown.found.is_empty() { p.muted { (words.t("people-none")) } }
            @if !shown.found.is_empty() {
                form method="post" action="/slips" {
                    input type="hidden" name="who" value="picked";
                    input type="hidden" name="branch" value=(shown.branch);
                    @for listed in shown.found {
                        label.check {
                            input type="checkbox" name="person" value=(listed.person.id); " " (listed.person.name) " "
                            span.small.muted { (listed.roles.first().and_then(|(_, node)| node.as_ref()).map(|node| node.name.as_str()).unwrap_or_default()) } " "
                            @if !listed.person.must_change { span.tag.warn { (words.t("sign-in-state-own")) } }
                        }
                    }
                    p.actions { button.button.quiet type="submit" { (words.t("slips-make-picked")) } }
                }
            }
        }
    }
}

/// Slips that were just made.
pub fn made(words: Words, address: &str, branch: &str, slips: &[Slip]) -> Markup {
    html! {
        div.noprint {
            (crumbs(words, &[("/people".into(), words.t("nav-people")), (format!("/slips?branch={}", segment(branch)), words.t("slips"))], &words.t("slips-made-title")))
            h1 { (words.with("slips-made", &[("count", count(slips.len()))])) }
            (notice("warn", &words.t("slips-once")))
            p.actions { (print_button(words)) }
        }
        (sheet(words, address, slips))
    }
}
