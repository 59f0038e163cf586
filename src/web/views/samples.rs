//! View of who was drawn for an inspection, unit by unit to print, with the groups and how to check the draw.

use crate::rules::rights::Caller;
use crate::service::people::shown_login;
use crate::service::samples::{GroupLine, Sampled};
use crate::web::layout::crumbs;
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// The whole page.
pub fn sample(words: Words, caller: &Caller, sampled: &Sampled) -> Markup {
    let definition = &sampled.test.definition;
    let path = format!("/tests/{}", segment(&definition.test));
    let title = words.of(&definition.title);
    let drawn: usize = sampled.people.iter().map(|(_, people)| people.len()).sum();
    html! {
        (crumbs(words, &[("/tests".into(), words.t("nav-tests")), (format!("{path}/report"), title.to_owned())], &words.t("sample-drawn")))
        div.head {
            h1 { (words.t("sample-drawn")) } span.muted { (title) } span.grow {}
            button.button.quiet.noprint type="button" data-print hidden { (words.t("print")) }
        }
        p { (words.with("sample-count", &[("count", count(drawn))])) }
        @for (branch, people) in &sampled.people {
            section.card {
                h2 { (branch.name) " " span.muted { (people.len()) } }
                table.cards {
                    thead { tr { th { (words.t("name")) } th { (words.t("category")) } th { (words.t("login")) } } }
                    tbody { @for person in people {
                        tr { td { (person.name) } td.beside { (person.category) } td.muted.beside { (shown_login(&person.login, caller)) } }
                    } }
                }
            }
        }
        (groups(words, &sampled.groups))
        section.card {
            h2 { (words.t("sample-check")) }
            p { (words.t("sample-check-how")) }
            p.small { code.long { (sampled.test.row.commitment) } }
            p.small.muted { (words.t("sample-check-limits")) }
        }
    }
}

fn groups(words: Words, groups: &[GroupLine]) -> Markup {
    html! {
        @if !groups.is_empty() {
            section.card {
                h2 { (words.t("sample-groups")) }
                table.cards {
                    thead { tr { th { (words.t("branch")) } th { (words.t("category")) } th.n { (words.t("sample-of")) } th.n { (words.t("sample-taken")) } } }
                    tbody { @for group in groups {
                        tr {
                            td { @match &group.branch { Some(node) => { (node.name) } None => { (words.t("all")) } } }
                            td.beside { @match &group.category { Some(category) if category.is_empty() => { "–" } Some(category) => { (category) } None => { (words.t("all")) } } }
                            td.n data-label=(words.t("sample-of")) { (group.members) } td.n data-label=(words.t("sample-taken")) { (group.drawn) }
                        }
                    } }
                }
            }
        }
    }
}
