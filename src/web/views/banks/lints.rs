//! Views of what is suspicious in a bank: in a file that was sent, and in the newest edition.

use crate::formats::bank_json::Placed;
use crate::i18n;
use crate::rules::lint::{LintCode, Suspect};
use crate::service::banks::Listed;
use crate::web::layout::{crumbs, notice};
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// Most lints of a sort that are listed; the rest is counted.
const MOST_LISTED: usize = 100;

/// What is suspicious in a file that was sent; nothing where nothing is.
pub fn placed(words: Words, lints: &[Placed]) -> Markup {
    html! {
        @if !lints.is_empty() {
            section.card {
                h2 { (words.with("bank-lints-in-file", &[("count", count(lints.len()))])) }
                p.muted { (words.t("bank-lints-help")) }
                table.cards {
                    thead { tr { th { (words.t("problem-place")) } th { (words.t("problem-what")) } th { (words.t("problem-remedy")) } } }
                    tbody { @for one in lints.iter().take(MOST_LISTED) {
                        @let said = i18n::lint(words.0, &one.lint);
                        tr {
                            td {
                                @match &one.origin {
                                    Some(origin) => { (i18n::origin(words.0, origin)) }
                                    None => { (words.with("problem-line", &[("line", count(one.place.line)), ("column", count(one.place.column))])) br; code.muted.small { (one.pointer) } }
                                }
                            }
                            td data-label=(words.t("problem-what")) { (said.what) }
                            td.muted data-label=(words.t("problem-remedy")) { (said.remedy) }
                        }
                    } }
                }
                (more(words, lints.len()))
            }
        }
    }
}

fn more(words: Words, all: usize) -> Markup {
    html! { @if all > MOST_LISTED { p.muted { (words.with("problems-more", &[("count", count(all - MOST_LISTED))])) } } }
}

/// The page of a bank's newest edition.
pub fn lints(words: Words, bank: &Listed, suspects: &[Suspect]) -> Markup {
    let path = format!("/banks/{}", segment(&bank.row.name));
    let title = words.of(&bank.title).to_owned();
    let sorts = LintCode::ALL.map(|code| suspects.iter().filter(|one| one.lint.code == code).collect::<Vec<_>>());
    html! {
        (crumbs(words, &[("/banks".into(), words.t("nav-banks")), (path.clone(), title)], &words.t("bank-lints")))
        h1 { (words.t("bank-lints")) }
        @if suspects.is_empty() { (notice("good", &words.t("bank-lints-none"))) } @else { p.muted { (words.t("bank-lints-help")) } }
        @for sort in sorts.iter().filter(|sort| !sort.is_empty()) { (of_sort(words, &path, sort)) }
    }
}

/// All of one sort: what has to be done about it is said once.
fn of_sort(words: Words, path: &str, sort: &[&Suspect]) -> Markup {
    let Some(first) = sort.first() else { return html! {} };
    html! {
        section.card {
            h2 { (words.t(&format!("lint-name-{}", first.lint.code.name()))) " " span.tag.none { (sort.len()) } }
            p { (i18n::lint(words.0, &first.lint).remedy) }
            ul.plain.rows { @for one in sort.iter().take(MOST_LISTED) {
                li {
                    @if let Some(id) = &one.question { a href={ (path) "?search=" (segment(id)) "#questions" } { code { (id) } } " " }
                    (i18n::lint(words.0, &one.lint).what)
                }
            } }
            (more(words, sort.len()))
        }
    }
}
