//! Views of branches: the tree, one of them, a new one.

use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::tree::Node;
use crate::service::branches::{Row, Shown};
use crate::web::layout::{crumbs, notice};
use crate::web::views::fields::{Choice, Form, Refused};
use crate::web::views::people::branch_choices;
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// Kinds in use everywhere, to choose from.
const KINDS: [&str; 6] = ["党委", "党总支", "党支部", "党小组", "临时党支部", "联合党支部"];

/// The address of a branch's page; a code that means another page gives way to the id.
pub fn path_of(node: &Node) -> String {
    format!("/branches/{}", segment(if node.code == "new" { &node.id } else { &node.code }))
}

fn members(words: Words, row: &Row) -> String {
    let values = [("own", count(row.own)), ("all", count(row.all))];
    match row.own {
        own if own == row.all => words.with("branch-members", &values),
        0 => words.with("branch-members-all", &values),
        _ => words.with("branch-members-below", &values),
    }
}

/// The tree of branches.
pub fn branches(words: Words, caller: &Caller, rows: &[Row], search: &str) -> Markup {
    let administrator = caller.has(Role::Administrator);
    html! {
        div.head {
            h1 { (words.t("nav-branches")) } span.grow {}
            @if administrator {
                a.button href="/branches/new" { (words.t("branch-new")) }
                a.button.quiet href="/roster" { (words.t("roster-title")) }
            }
        }
        form.filters method="get" action="/branches" role="search" {
            label { span { (words.t("search")) } input type="search" name="search" value=(search) placeholder=(words.t("search-branches")); }
            button.button.quiet type="submit" { (words.t("search")) }
            @if !search.is_empty() { a.button.quiet href="/branches" { (words.t("all-branches")) } }
        }
        section.card {
            @if rows.is_empty() { p.muted { (words.t(if search.is_empty() { "branches-none" } else { "branches-none-found" })) } }
            ul.tree { @for row in rows {
                li class={ "d" (row.depth.min(6)) } {
                    a href=(path_of(&row.node)) { @if !search.is_empty() && row.is_match { mark { (row.node.name) } } @else { (row.node.name) } } " "
                    span.muted.small { (row.node.code) @if !row.node.kind.is_empty() { " · " (row.node.kind) } " · " span.pair { (members(words, row)) } }
                }
            } }
        }
    }
}

/// The form for a new branch.
pub fn new(words: Words, parents: &[Choice], parent: &str, refused: Option<&Refused>) -> Markup {
    let form = Form::of_branch(words, "new", refused);
    html! {
        div.narrow {
            (crumbs(words, &[("/branches".into(), words.t("nav-branches"))], &words.t("branch-new")))
            h1 { (words.t("branch-new")) }
            (form.summary())
            section.card {
                form method="post" action="/branches" {
                    (form.line("name", "text", "branch-name", ""))
                    (form.line("code", "text", "branch-code", ""))
                    (form.suggested("kind", "branch-kind", "", &KINDS.map(ToOwned::to_owned)))
                    (form.choice("parent", "branch-parent", parent, parents))
                    p.actions {
                        button.button type="submit" { (words.t("branch-new-do")) }
                        a.button.quiet href="/branches" { (words.t("back")) }
                    }
                }
            }
        }
    }
}

/// What to choose a place below from; the top, where the caller keeps the whole unit.
pub fn parents(words: Words, branches: &[(usize, Node)], may_top: bool) -> Vec<Choice> {
    let top = may_top.then(|| (String::new(), words.t("branch-top")));
    top.into_iter().chain(branch_choices(branches)).collect()
}

/// One branch.
pub fn branch(words: Words, shown: &Shown, done: Option<&'static str>, refused: Option<&Refused>) -> Markup {
    let node = &shown.row.node;
    let path = path_of(node);
    let above = shown.path.iter().map(|above| (path_of(above), above.name.clone()));
    let way: Vec<(String, String)> =
        [("/branches".to_owned(), words.t("nav-branches"))].into_iter().chain(above).collect();
    html! {
        (crumbs(words, &way, &node.name))
        h1 { (node.name) }
        @if let Some(done) = done { (notice("good", &words.t(done))) }
        section.card {
            dl.facts {
                dt { (words.t("code")) } dd { (node.code) }
                @if !node.kind.is_empty() { dt { (words.t("branch-kind")) } dd { (node.kind) } }
                dt { (words.t("people")) } dd { (members(words, &shown.row)) }
            }
            p.actions {
                a.button.quiet href={ "/people?branch=" (segment(&node.code)) } { (words.t("branch-people")) }
                @if shown.may_publish { a.button.quiet href={ (path) "/template" } { (words.t("template")) } }
                @if shown.may_keep {
                    a.button.quiet href={ "/people/new?branch=" (segment(&node.code)) } { (words.t("person-new")) }
                    a.button.quiet href={ "/slips?branch=" (segment(&node.code)) } { (words.t("slips")) }
                }
            }
        }
        (children(words, shown))
        @if shown.may_keep { (keeping(words, shown, &path, refused)) }
    }
}

fn children(words: Words, shown: &Shown) -> Markup {
    let last = shown.children.len().saturating_sub(1);
    html! {
        @if !shown.children.is_empty() || shown.may_keep {
            section.card {
                h2 { (words.t("branch-children")) }
                @if shown.children.is_empty() { p.muted { (words.t("branch-children-none")) } }
                @for (index, row) in shown.children.iter().enumerate() {
                    div.row.tight {
                        div { h3 { a href=(path_of(&row.node)) { (row.node.name) } } p.small.muted { (row.node.code) " · " (members(words, row)) } }
                        @if shown.may_keep && last > 0 {
                            div.side { (order(words, &row.node, &shown.row.node.code, (index > 0, index < last))) }
                        }
                    }
                }
                @if shown.may_keep { p.actions { a.button.quiet href={ "/branches/new?parent=" (segment(&shown.row.node.code)) } { (words.t("branch-new-below")) } } }
            }
        }
    }
}

/// Buttons that put a branch one place up or down.
fn order(words: Words, node: &Node, back: &str, (up, down): (bool, bool)) -> Markup {
    let button = |to: &str, sign: &str, can: bool| {
        html! {
            button.button.quiet name="to" value=(to) disabled[!can] { (sign) span.visually-hidden { " " (words.with(&format!("branch-{to}"), &[("name", node.name.as_str().into())])) } }
        }
    };
    html! {
        form method="post" action={ (path_of(node)) "/order" } {
            input type="hidden" name="back" value=(back);
            (button("up", "↑", up)) " " (button("down", "↓", down))
        }
    }
}

fn keeping(words: Words, shown: &Shown, path: &str, refused: Option<&Refused>) -> Markup {
    let node = &shown.row.node;
    let (facts, moving) = (Form::of_branch(words, "facts", refused), Form::of_branch(words, "move", refused));
    html! {
        section.card #keep {
            h2 { (words.t("branch-keep")) }
            details open[facts.is_refused()] {
                summary { (words.t("branch-change")) }
                (facts.summary())
                form method="post" action=(path) {
                    (facts.line("name", "text", "branch-name", &node.name))
                    (facts.line("code", "text", "branch-code", &node.code))
                    (facts.suggested("kind", "branch-kind", &node.kind, &KINDS.map(ToOwned::to_owned)))
                    p.actions { button.button.quiet type="submit" { (words.t("save")) } }
                }
            }
            @if shown.may_place {
                @let here = shown.path.last().map(|above| above.code.as_str()).unwrap_or_default();
                details open[moving.is_refused()] {
                    summary { (words.t("branch-move")) }
                    p { (words.t("branch-move-explained")) }
                    (moving.summary())
                    form method="post" action={ (path) "/move" } {
                        (moving.choice("parent", "branch-parent", here, &parents(words, &shown.elsewhere, shown.may_top)))
                        p.actions { button.button.quiet type="submit" { (words.t("branch-move-do")) } }
                    }
                }
                @if shown.neighbours != (false, false) {
                    details { summary { (words.t("branch-order")) } (order(words, node, "", shown.neighbours)) }
                }
                (deleting(words, shown, path, refused))
            }
        }
    }
}

fn deleting(words: Words, shown: &Shown, path: &str, refused: Option<&Refused>) -> Markup {
    let form = Form::of_branch(words, "delete", refused);
    html! {
        details open[form.is_refused()] {
            summary { (words.t("branch-delete")) }
            (form.summary())
            @if shown.uses.is_empty() {
                p { (words.t("branch-delete-explained")) }
                form method="post" action={ (path) "/delete" } {
                    p.actions { button.button.quiet.danger type="submit" { (words.t("branch-delete-do")) } }
                }
            } @else {
                p { (words.t("branch-delete-not")) }
                ul { @for name in &shown.uses { li { (words.t(&format!("in-use-{name}"))) } } }
                p { (words.t("branch-delete-instead")) }
            }
        }
    }
}
