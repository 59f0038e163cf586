//! What a sheet did, with the first passwords it made, as slips.

use crate::rules::tree::Node;
use crate::service::people::Slip;
use crate::service::roster::{BranchesLoaded, FirstPassword, Loaded, MembersLoaded};
use crate::web::layout::{crumbs, notice};
use crate::web::views::slips;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// The whole page. `address` is what people type into the browser; `has_people`: whether there is anybody.
pub fn done(words: Words, loaded: &Loaded, address: &str, has_people: bool) -> Markup {
    let passwords = loaded.members.iter().flat_map(|members| &members.passwords).collect::<Vec<_>>();
    html! {
        div.noprint {
            (crumbs(words, &[("/roster".into(), words.t("roster-title"))], &words.t("roster-loaded")))
            h1 { (words.t("roster-loaded")) }
            section.card {
                @if let Some(branches) = &loaded.branches { (of_branches(words, branches)) }
                @if let Some(members) = &loaded.members { (of_members(words, members)) }
                p.actions {
                    @if has_people { a class=(if passwords.is_empty() { "button" } else { "button quiet" }) href="/people" { (words.t("nav-people")) } a.button.quiet href="/branches" { (words.t("nav-branches")) } }
                    @else { a.button href="/roster" { (words.t("roster-then-people")) } }
                    a.button.quiet href="/" { (words.t("to-home")) }
                }
            }
        }
        @if !passwords.is_empty() {
            div.head.noprint { h2 { (words.t("first-passwords")) } span.grow {} (slips::print_button(words)) }
            div.noprint { (notice("warn", &words.t("first-passwords-once"))) }
            (slips::sheet(words, address, &as_slips(loaded, &passwords)))
        }
    }
}

fn as_slips(loaded: &Loaded, passwords: &[&FirstPassword]) -> Vec<Slip> {
    let branch = |login: &str| {
        let people = loaded.members.as_ref().map(|members| &members.people);
        people.and_then(|people| people.get(login)).map(|(_, branch)| branch.clone()).unwrap_or_default()
    };
    let node = |name: String| Node { id: String::new(), code: String::new(), name, kind: String::new(), parent: None };
    let slip = |one: &&FirstPassword| Slip {
        login: one.login.clone(),
        name: one.name.clone(),
        password: one.password.clone(),
        path: Some(branch(&one.login)).filter(|name| !name.is_empty()).map(node).into_iter().collect(),
    };
    let mut slips: Vec<Slip> = passwords.iter().map(slip).collect();
    // Stable: within a branch they stay in the order of the sheet.
    let mut order: Vec<String> = Vec::new();
    for one in passwords {
        let name = branch(&one.login);
        if !order.contains(&name) {
            order.push(name);
        }
    }
    slips.sort_by_key(|slip| order.iter().position(|name| Some(name) == slip.path.last().map(|node| &node.name)));
    slips
}

fn line(words: Words, id: &str, number: usize) -> Markup {
    html! { @if number > 0 { li { (words.with(id, &[("count", count(number))])) } } }
}

fn of_members(words: Words, loaded: &MembersLoaded) -> Markup {
    html! {
        ul {
            (line(words, "roster-new", loaded.new.len())) (line(words, "roster-changed", loaded.changed.len()))
            (line(words, "roster-moved", loaded.moved.len())) (line(words, "roster-ended", loaded.ended.len()))
            (line(words, "roster-left", loaded.left.len())) (line(words, "roster-unchanged", loaded.unchanged))
        }
    }
}

fn of_branches(words: Words, loaded: &BranchesLoaded) -> Markup {
    html! {
        ul {
            (line(words, "roster-new", loaded.new.len())) (line(words, "roster-changed", loaded.changed.len()))
            (line(words, "roster-moved", loaded.moved.len())) (line(words, "roster-unchanged", loaded.unchanged))
        }
    }
}
